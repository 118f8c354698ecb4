//! The one place that writes users' files.

use super::{
    Error, Site,
    plan::{Plan, Request},
};
use crate::state::State;
use std::path::{Path, PathBuf};

/// What a commit did.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The plan that was carried out: the reviewed one, or the same wish planned again because a
    /// file had changed meanwhile.
    pub plan: Plan,
    /// Backups made, in the order of `plan.files`; None for a new file.
    pub backups: Vec<Option<PathBuf>>,
    /// Files were planned again because somebody changed them meanwhile.
    pub replanned: bool,
}

/// Carries the request out: credential first, config second, all or nothing. Reads the files again;
/// `now` is Unix time in milliseconds.
pub fn commit(_site: &Site, _request: &Request, _state: &State, _now: i64) -> Result<Written, Error> {
    unimplemented!()
}

/// Writes one of our own files: atomically, 0600, its directory 0700.
pub fn write_private(_path: &Path, _bytes: &[u8]) -> Result<(), Error> {
    unimplemented!()
}
