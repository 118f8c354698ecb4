//! Several files brought from exact old bytes to new ones: all of them or none.

use crate::files::staged::{StagedFile, holds, make_dirs, remove_dirs, staged_name, sync_dir};
use crate::files::{self, Doing};
use crate::openclaw::error::Error;
use crate::openclaw::plan::PlanWarning;
use crate::openclaw::types::FileChange;
use rustix::fs::{CWD, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::borrow::Cow;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// One file to bring from exact old bytes to new ones. None: no such file.
pub(crate) struct Change<'a> {
    pub path: PathBuf,
    pub before: Option<Cow<'a, [u8]>>,
    pub after: Option<Cow<'a, [u8]>>,
    pub mode: u32,
    /// Where the old bytes are copied to.
    pub backup: Option<PathBuf>,
    /// Where the new bytes wait; None: a name is chosen.
    pub staged: Option<PathBuf>,
}

impl<'a> From<&'a FileChange> for Change<'a> {
    fn from(file: &'a FileChange) -> Self {
        Self {
            path: file.path.clone(),
            before: file.before.as_deref().map(Cow::Borrowed),
            after: Some(Cow::Borrowed(&file.after)),
            mode: file.mode,
            backup: file.backup.clone(),
            staged: None,
        }
    }
}

/// This run has changed users' files.
static CHANGED: AtomicBool = AtomicBool::new(false);

/// Whether this run has changed users' files, for whoever cannot say any more what it did.
pub fn has_changed_files() -> bool {
    CHANGED.load(Ordering::SeqCst)
}

pub(crate) enum Failure {
    /// Somebody changed this file since it was read. Everything is as they left it.
    Conflict(PathBuf),
    Error(Error),
}

impl From<files::Error> for Failure {
    fn from(error: files::Error) -> Self {
        Failure::Error(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

/// Changes whose new bytes lie, synced, beside their targets. Dropped uncommitted, they leave no trace.
pub(crate) struct Prepared<'a> {
    changes: Vec<(Change<'a>, Option<StagedFile>, Option<StagedFile>)>,
    new_dirs: Vec<PathBuf>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(changes: Vec<Change<'a>>) -> Result<Self, Error> {
        let mut prepared = Self { changes: Vec::new(), new_dirs: Vec::new() };
        for mut change in changes {
            let parent = change.path.parent().unwrap_or(Path::new("/")).to_owned();
            prepared.new_dirs.extend(make_dirs(&parent)?);
            let like = fs::symlink_metadata(&change.path).ok().or_else(|| fs::metadata(&parent).ok());
            let about = |error: files::Error| error.about(&change.path);
            let backup = match (&change.before, &change.backup) {
                (Some(bytes), Some(path)) => Some(StagedFile::backup(path, bytes, like.as_ref()).map_err(about)?),
                _ => None,
            };
            let temp = match &change.after {
                Some(bytes) => {
                    let staged = change.staged.take().map_or_else(|| staged_name(&change.path), Ok)?;
                    let content = |file: &mut dyn Write| file.write_all(bytes);
                    Some(StagedFile::new(&staged, &change.path, &content, change.mode, like.as_ref())?)
                }
                None => None,
            };
            prepared.changes.push((change, temp, backup));
        }
        Ok(prepared)
    }

    /// Where the old bytes have been copied to.
    pub(crate) fn backups(&self) -> Vec<Option<PathBuf>> {
        self.changes.iter().map(|(_, _, backup)| backup.as_ref().map(|backup| backup.path().to_owned())).collect()
    }

    /// What the files to be replaced have, and the new ones could not get.
    pub(crate) fn losses(&self) -> Vec<PlanWarning> {
        let mut losses = Vec::new();
        for (change, temp, _) in &self.changes {
            let path = &change.path;
            let names = temp.as_ref().map(|temp| temp.lost().to_vec()).unwrap_or_default();
            if !names.is_empty() {
                losses.push(PlanWarning::AttributesLost { path: path.clone(), names });
            }
            if temp.is_some() && fs::symlink_metadata(path).is_ok_and(|meta| meta.nlink() > 1) {
                losses.push(PlanWarning::LinkBroken { path: path.clone() });
            }
        }
        losses
    }

    /// Replaces the targets in order. The paths of the backups.
    pub(crate) fn commit(mut self) -> Result<Vec<Option<PathBuf>>, Failure> {
        for at in 0..self.changes.len() {
            if let Err(failure) = replace(&mut self.changes[at]) {
                // The one that failed, too: its new bytes may be in place already.
                let undone = self.changes[..=at].iter_mut().rev().map(|(change, _, backup)| put_back(change, backup));
                // All of them are tried, whatever becomes of one.
                return Err(undone.fold(Ok(()), Result::and).err().map_or(failure, Failure::Error));
            }
        }
        self.new_dirs.clear();
        CHANGED.fetch_or(!self.changes.is_empty(), Ordering::SeqCst);
        Ok(self.changes.iter_mut().map(|(_, _, backup)| backup.take().map(StagedFile::keep)).collect())
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        self.changes.clear();
        // Empty again if nothing was written; otherwise this fails, as it should.
        remove_dirs(&self.new_dirs);
    }
}

fn replace((change, temp, backup): &mut (Change<'_>, Option<StagedFile>, Option<StagedFile>)) -> Result<(), Failure> {
    let now = fs::symlink_metadata(&change.path).ok();
    if now.is_some_and(|meta| !meta.is_file()) || !holds(&change.path, change.before.as_deref())? {
        return Err(Failure::Conflict(change.path.clone()));
    }
    match (temp.take(), &change.after) {
        (Some(temp), Some(after)) => {
            let put = put(temp, change, after);
            if let Err(Failure::Error(Error::NotPutBack { .. })) = &put {
                // It may be the last copy of the old bytes.
                backup.take().map(StagedFile::keep);
            }
            put?;
        }
        _ => remove(&change.path)?,
    }
    // Somebody wrote at once over what we wrote: reading again shows whether our change is still in it.
    match holds(&change.path, change.after.as_deref())? {
        true => Ok(()),
        false => Err(Failure::Conflict(change.path.clone())),
    }
}

/// Puts the new bytes where exactly the old ones are. The two change places, so that bytes which
/// somebody wrote after the last look are seen, and put back.
fn put(temp: StagedFile, change: &Change<'_>, after: &[u8]) -> Result<(), Failure> {
    let path = &change.path;
    let conflict = || Err(Failure::Conflict(path.clone()));
    let rename = |flags| renameat_with(CWD, temp.path(), CWD, path, flags);
    let flags = if change.before.is_some() { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    match rename(flags) {
        Ok(()) => {}
        Err(Errno::EXIST | Errno::NOENT) => return conflict(),
        // Mounted as a single file, as containers do: nothing can take its place.
        Err(Errno::BUSY) if change.before.is_some() => return write_over(change, after),
        // A file system without these: a plain rename, a moment after the look.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => match fs::rename(temp.path(), path) {
            Err(error) if is_busy(&error) && change.before.is_some() => return write_over(change, after),
            Err(error) => return Err(Failure::Error(Error::io(Doing::Write, path, &error))),
            Ok(()) => {
                temp.keep();
                sync_dir(path);
                return Ok(());
            }
        },
        Err(errno) => return Err(Failure::Error(Error::io(Doing::Write, path, &errno.into()))),
    }
    if change.before.is_none() {
        sync_dir(path);
        return Ok(());
    }
    let there = holds(temp.path(), change.before.as_deref());
    if !matches!(there, Ok(true)) {
        // Back again, and once more if somebody wrote over our bytes meanwhile.
        let back = rename(RenameFlags::EXCHANGE);
        if back.is_ok() && holds(temp.path(), Some(after)).is_ok_and(|ours| !ours) {
            let _ = rename(RenameFlags::EXCHANGE);
        }
        sync_dir(path);
        if back.is_err() {
            let backup = Some(temp.keep());
            return Err(Failure::Error(Error::NotPutBack { path: path.clone(), backup }));
        }
        there?;
        return conflict();
    }
    sync_dir(path);
    Ok(())
}

/// Writes new bytes over the old ones, which are put back if that fails half-way. A run that is killed in
/// between leaves what [`is_torn`] knows again.
fn write_over(change: &Change<'_>, after: &[u8]) -> Result<(), Failure> {
    let path = &change.path;
    let Err(error) = in_place(path, after, change.mode) else { return Ok(()) };
    let before = change.before.as_deref().unwrap_or_default();
    if holds(path, Some(before)).is_ok_and(|untouched| untouched) || in_place(path, before, change.mode).is_ok() {
        return Err(Failure::Error(Error::io(Doing::Write, path, &error)));
    }
    Err(Failure::Error(Error::NotPutBack { path: path.clone(), backup: change.backup.clone() }))
}

/// First all bytes, then the length: at no time is the file empty.
fn in_place(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let flags = i32::from_ne_bytes(OFlags::NOFOLLOW.bits().to_ne_bytes());
    let file = fs::OpenOptions::new().write(true).custom_flags(flags).open(path)?;
    // Its owner may be somebody outside.
    let _ = file.set_permissions(fs::Permissions::from_mode(mode));
    file.write_all_at(bytes, 0)?;
    file.set_len(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    file.sync_all()
}

/// New bytes over old ones, as far as a run got that was killed in [`in_place`].
pub(super) fn is_torn(now: &[u8], before: &[u8], after: &[u8]) -> bool {
    let new = now.iter().zip(after).take_while(|(now, after)| now == after).count();
    new > 0 && now.get(new..) == Some(before.get(new..).unwrap_or_default())
}

fn is_busy(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::BUSY.raw_os_error())
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| Failure::Error(Error::io(Doing::Write, path, &error)))?;
    sync_dir(path);
    Ok(())
}

/// Undoes one replacement, unless there was none or somebody wrote the file since. The backup holds the
/// old bytes, so no space is needed.
fn put_back(change: &Change<'_>, backup: &mut Option<StagedFile>) -> Result<(), Error> {
    let path = &change.path;
    let ours = holds(path, change.after.as_deref());
    if ours.as_ref().is_ok_and(|ours| !ours || change.before == change.after) {
        return Ok(());
    }
    let done = ours.is_ok()
        && match (&change.before, &*backup) {
            (None, _) => fs::remove_file(path).is_ok(),
            (Some(bytes), Some(backup)) => match fs::rename(backup.path(), path) {
                Err(error) if is_busy(&error) => {
                    in_place(path, bytes, change.mode).is_ok() && fs::remove_file(backup.path()).is_ok()
                }
                renamed => renamed.is_ok(),
            },
            // An undo that is itself undone: the bytes are in memory.
            (Some(bytes), None) => {
                let content = |file: &mut dyn Write| file.write_all(bytes);
                let temp = staged_name(path).and_then(|name| StagedFile::new(&name, path, &content, change.mode, None));
                temp.and_then(|temp| temp.rename(path)).is_ok()
            }
        };
    // Moved into place, or the last copy of the old bytes: either way it is not ours to remove.
    let backup = backup.take().map(StagedFile::keep);
    sync_dir(path);
    if done { Ok(()) } else { Err(Error::NotPutBack { path: path.clone(), backup }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_half_written_over_is_known_again() {
        for (before, after) in [("{ a: 1 }\n", "{ a: 1, b: 2 }\n"), ("{ a: 1, b: 2 }\n", "{}\n")] {
            let (before, after) = (before.as_bytes(), after.as_bytes());
            for cut in 1..=after.len() {
                let mut torn = before.to_vec();
                torn.resize(before.len().max(cut), 0);
                torn[..cut].copy_from_slice(&after[..cut]);
                assert!(is_torn(&torn, before, after), "{cut}");
                torn.push(b'x');
                assert!(!is_torn(&torn, before, after), "{cut}");
            }
            assert!(!is_torn(b"", before, after) && !is_torn(b"mine", before, after));
        }
    }
}
