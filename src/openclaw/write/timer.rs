//! Takes the files of the timer away that renews.

use super::transaction::{Change, Failure, Prepared};
use super::undo::sha256;
use crate::openclaw::error::Error;
use crate::renewal_timer::RenewalTimer;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Removes what the record names, and the record; all of it or nothing. Files that somebody changed since are theirs
/// and stay: these.
pub fn remove(record: &Path, timer: &RenewalTimer) -> Result<Vec<PathBuf>, Error> {
    let mut changes = Vec::new();
    let mut changed = Vec::new();
    let mut take = |path: &Path, sha: Option<&str>| {
        let Some(bytes) = crate::files::read_file(path)? else { return Ok::<(), Error>(()) };
        if sha.is_some_and(|sha| sha != sha256(&bytes)) {
            changed.push(path.to_owned());
            return Ok(());
        }
        let before = Some(Cow::Owned(bytes));
        changes.push(Change { path: path.to_owned(), before, after: None, mode: 0o600, backup: None, staged: None });
        Ok(())
    };
    for file in timer.files.iter().rev() {
        take(&file.path, Some(&file.sha256))?;
    }
    take(record, None)?;
    match Prepared::new(changes)?.commit() {
        Ok(_) => Ok(changed),
        Err(Failure::Conflict(path)) => Err(Error::ChangedSince { path }),
        Err(Failure::Error(error)) => Err(error),
    }
}
