//! What a write puts beside users' files, recorded before it is there: so that the next run knows what a
//! killed one left, and nothing is ever removed that no record names.

use super::UndoRecord;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The journal of the writes to one config.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The write that is under way. Found by the next run, it was killed.
    pub transaction: Option<Transaction>,
    /// Backups that stay, oldest first.
    #[serde(default)]
    pub backups: Vec<Backup>,
}

/// Whether files are brought forward or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    Write,
    Undo,
}

/// A write to several files, all of them or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    pub direction: Direction,
    /// In the order they are written.
    pub files: Vec<PlannedFile>,
    /// Directories that were missing, outermost first.
    pub new_dirs: Vec<PathBuf>,
    /// The directory of the throw-away config for OpenClaw's own command.
    pub scratch: Option<PathBuf>,
    /// The undo record that this write replaces.
    pub previous: Option<UndoRecord>,
}

/// One file of a [`Transaction`]. Hashes are SHA-256; None: no file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFile {
    pub path: PathBuf,
    pub before: Option<String>,
    pub after: Option<String>,
    pub mode: u32,
    /// Where the new bytes wait; after they changed places, the old ones.
    pub staged: Option<PathBuf>,
    /// Where the old bytes are copied to.
    pub backup: Option<PathBuf>,
}

/// A copy of a file's old bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    pub of: PathBuf,
    pub path: PathBuf,
    /// SHA-256: a copy that somebody changed is theirs.
    pub sha256: String,
}
