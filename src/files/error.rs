//! What can go wrong with a file, as data; [`Error::message`] and [`Error::hint`] put it into words.

use crate::clean;
use crate::texts::{Lang, openclaw as texts};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Why a file could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum Error {
    /// A file could not be read or written. `errno` is the raw system error.
    Io { doing: Doing, path: PathBuf, errno: i32 },
    /// The file belongs to another user, and we may not give the new one to them.
    ForeignOwner { path: PathBuf, uid: u32 },
    /// Run as root: a link of this user leads to what is not theirs.
    PlantedLink { path: PathBuf, uid: u32 },
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

impl Error {
    /// An error of the system, about one file.
    pub fn io(doing: Doing, path: &Path, error: &std::io::Error) -> Self {
        Error::Io { doing, path: path.to_owned(), errno: error.raw_os_error().unwrap_or(eio()) }
    }

    /// Nothing can be kept in this directory, whoever tries: it is read-only, cannot be made, or is none. One that is
    /// there and belongs to somebody else is another matter: who owns it can give it back.
    pub fn is_no_place(&self, directory: &Path) -> bool {
        use rustix::io::Errno;
        let Error::Io { errno, .. } = self else { return false };
        match Errno::from_raw_os_error(*errno) {
            Errno::ROFS | Errno::NOENT | Errno::NOTDIR => true,
            Errno::ACCESS | Errno::PERM => !directory.exists(),
            _ => false,
        }
    }

    /// An owner is about the file that has it, not about the copy of it that could not be made.
    pub(crate) fn about(self, file: &Path) -> Self {
        match self {
            Error::ForeignOwner { uid, .. } => Error::ForeignOwner { path: file.to_owned(), uid },
            other => other,
        }
    }

    /// The stable code of the JSON document.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Io { doing: Doing::Read, .. } => "read-failed",
            Error::PlantedLink { .. } => "planted-link",
            Error::Io { .. } | Error::ForeignOwner { .. } => "write-failed",
        }
    }

    /// What failed and where. Safe to print.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Error::Io { doing, path, errno } => {
                let (path, reason) = (show(path), errno_words(*errno, lang));
                match doing {
                    Doing::Read => texts::cannot_read(lang, path, reason),
                    Doing::Write => texts::cannot_write(lang, path, reason),
                    Doing::CreateDir => texts::cannot_create_dir(lang, path, reason),
                    Doing::Backup => texts::cannot_back_up(lang, path, reason),
                    Doing::Lock => texts::cannot_lock(lang, path, reason),
                }
            }
            Error::ForeignOwner { path, uid } => texts::foreign_owner(lang, show(path), uid),
            Error::PlantedLink { path, uid } => texts::planted_link(lang, show(path), uid),
        }
    }

    /// What to do about it.
    pub fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            Error::Io { path, errno, doing } => io_hint(*doing, path, *errno, lang),
            Error::ForeignOwner { path, .. } => {
                Some(hint_give_back(path, lang).unwrap_or_else(|| texts::hint_owner(lang, show(path))))
            }
            Error::PlantedLink { .. } => Some(texts::hint_planted_link(lang).to_owned()),
        }
    }
}

/// A path, safe to print.
pub fn show(path: &Path) -> String {
    clean::line(&path.display().to_string())
}

/// EIO, for errors that the system gave no number.
fn eio() -> i32 {
    rustix::io::Errno::IO.raw_os_error()
}

fn errno_words(errno: i32, lang: Lang) -> String {
    use rustix::io::Errno;
    let words = match Errno::from_raw_os_error(errno) {
        Errno::NOSPC => texts::no_space(lang),
        Errno::DQUOT => texts::quota(lang),
        Errno::ACCESS | Errno::PERM => texts::no_permission(lang),
        Errno::ROFS => texts::read_only(lang),
        Errno::NOTDIR => texts::not_a_dir(lang),
        Errno::ISDIR => texts::is_a_dir(lang),
        Errno::INVAL => texts::not_a_file(lang),
        Errno::IO => texts::io_error(lang),
        Errno::NOENT => texts::no_such_file(lang),
        Errno::NAMETOOLONG => texts::name_too_long(lang),
        Errno::LOOP => texts::link_loop(lang),
        Errno::FBIG => texts::too_big(lang),
        other => return clean::line(&std::io::Error::from_raw_os_error(other.raw_os_error()).to_string()),
    };
    words.to_owned()
}

fn io_hint(doing: Doing, path: &Path, errno: i32, lang: Lang) -> Option<String> {
    use rustix::io::Errno;
    let given_back = hint_give_back(path, lang);
    let path = show(path);
    match Errno::from_raw_os_error(errno) {
        Errno::NOSPC | Errno::DQUOT | Errno::FBIG => Some(texts::hint_space(lang).to_owned()),
        Errno::ACCESS | Errno::PERM if given_back.is_some() => given_back,
        Errno::ACCESS | Errno::PERM if doing == Doing::Read => Some(texts::hint_read(lang, path)),
        Errno::ACCESS | Errno::PERM => Some(texts::hint_owner(lang, path)),
        Errno::ROFS => Some(texts::hint_read_only(lang).to_owned()),
        Errno::NOTDIR | Errno::ISDIR | Errno::INVAL => Some(texts::hint_in_the_way(lang, path)),
        _ => None,
    }
}

/// For what somebody else, most likely root, left in a directory of ours.
fn hint_give_back(path: &Path, lang: Lang) -> Option<String> {
    let ours = rustix::process::geteuid().as_raw();
    let mut left: Option<&Path> = None;
    for part in path.ancestors() {
        match std::fs::symlink_metadata(part) {
            Err(_) => {}
            Ok(meta) if meta.uid() == ours => return left.map(|left| texts::hint_give_back(lang, show(left))),
            Ok(_) => left = Some(part),
        }
    }
    None
}
