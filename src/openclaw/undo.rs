//! Puts back exactly the bytes that the last write replaced.

use super::Error;
use crate::state::State;
use std::path::PathBuf;

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Files that have their old bytes again.
    pub restored: Vec<PathBuf>,
    /// Files that did not exist before and are gone again.
    pub removed: Vec<PathBuf>,
}

/// Undoes the last commit, or refuses and touches nothing.
pub fn undo(_state: &State) -> Result<Undone, Error> {
    unimplemented!()
}
