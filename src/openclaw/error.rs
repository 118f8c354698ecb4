//! What can go wrong with OpenClaw's files. Errors carry data; [`Error::words`] and [`Error::hint`]
//! turn them into sentences.

use crate::texts::Lang;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words(Lang::En))]
pub enum Error {
    /// `--profile` with something that is no profile name.
    ProfileName {
        name: String,
    },
    /// `--agent` names none of the config's agents.
    UnknownAgent {
        agent: String,
        known: Vec<String>,
    },
    /// A file could not be read or written. `errno` is the raw system error.
    Io {
        doing: Doing,
        path: PathBuf,
        errno: i32,
    },
    /// A file is not valid JSON5 (config) or JSON (auth store). Line and column count from 1.
    Malformed {
        path: PathBuf,
        line: usize,
        column: usize,
        source_line: String,
        problem: String,
    },
    /// An `$include` that OpenClaw would not resolve.
    Include {
        path: PathBuf,
        include: String,
        problem: IncludeProblem,
    },
    /// An edit would have to go into a file that we cannot safely edit.
    OwnedByInclude {
        path: PathBuf,
        dotted: String,
    },
    /// Something that is no object (or list) stands where we need one.
    WrongShape {
        path: PathBuf,
        dotted: String,
        expected: &'static str,
    },
    /// The edited text did not prove to be the old one plus our change. Nothing was written.
    Unproven {
        path: PathBuf,
        reason: String,
    },
    /// The installed OpenClaw keeps credentials in a way this kind cannot be handed over to.
    UnsupportedStore {
        version: Option<String>,
        kind: super::current::Kind,
    },
    /// A file that holds secrets is a symbolic link.
    SymlinkedSecret {
        path: PathBuf,
    },
    /// The file belongs to another user, and we may not give the new one to them.
    ForeignOwner {
        path: PathBuf,
        uid: u32,
    },
    /// Another process kept changing the file.
    KeepsChanging {
        path: PathBuf,
    },
    /// Another process holds the lock.
    Locked {
        path: PathBuf,
        pid: Option<u32>,
    },
    /// The written file did not read back as written.
    ReadBack {
        path: PathBuf,
    },
    /// OpenClaw's own command failed or did not store the credential.
    Handover {
        command: String,
        exit: Option<i32>,
        said: String,
    },
    /// Nothing to undo.
    NothingToUndo,
    /// A file changed since our last write, or its backup is gone or changed.
    ChangedSince {
        path: PathBuf,
    },
    BackupGone {
        path: PathBuf,
    },
}

/// What was being done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Read,
    Write,
    CreateDir,
    Backup,
    Lock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncludeProblem {
    NotFound,
    Outside,
    Circular,
    TooDeep,
    NotText,
    TooLarge,
    SiblingsNeedObject,
}

impl Error {
    /// An error of the system, about one file.
    pub fn io(doing: Doing, path: &Path, error: &std::io::Error) -> Self {
        Error::Io { doing, path: path.to_owned(), errno: error.raw_os_error().unwrap_or(5) }
    }

    /// The stable code of the JSON document.
    pub fn code(&self) -> &'static str {
        unimplemented!()
    }

    /// What failed, where, and that nothing was touched.
    pub fn words(&self, _lang: Lang) -> String {
        unimplemented!()
    }

    /// What to do about it.
    pub fn hint(&self, _lang: Lang) -> Option<String> {
        unimplemented!()
    }
}
