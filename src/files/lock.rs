//! A lock of our own on a file that stays where it is: the kernel's, which ends with its process however that
//! ends. Where the file system has none (NFS without its lock daemon, some FUSE), a second file stands for it.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use rustix::system::uname;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One of another machine's is left behind by then: whoever holds it waits for nothing as long as this.
const OF_ANOTHER_HOST: Duration = Duration::from_secs(600);

/// Held until dropped.
#[derive(Debug)]
pub enum Lock {
    Kernel(#[allow(dead_code, reason = "closing it ends the lock")] File),
    /// The second file, which says whose it is.
    Beside(PathBuf),
}

impl Lock {
    /// Locks the file at `path`, which was opened as `file`. None: somebody else has it.
    pub fn try_take(file: File, path: &Path) -> io::Result<Option<Lock>> {
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock::Kernel(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if has_none(&error) => beside(path),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Lock::Beside(path) = self {
            let _ = fs::remove_file(path);
        }
    }
}

fn has_none(error: &io::Error) -> bool {
    let none = [Errno::NOLCK, Errno::OPNOTSUPP, Errno::NOSYS].map(|errno| errno.raw_os_error());
    error.raw_os_error().is_some_and(|errno| none.contains(&errno))
}

fn beside(path: &Path) -> io::Result<Option<Lock>> {
    let mut name = OsString::from(path);
    name.push(".held");
    let held = PathBuf::from(name);
    let host = uname().nodename().to_string_lossy().into_owned();
    for _ in 0..2 {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&held) {
            Ok(mut file) => {
                // Without a word it counts as another machine's.
                let _ = write!(file, "{} {host}", std::process::id());
                return Ok(Some(Lock::Beside(held)));
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        if !is_left_behind(&held, &host) {
            break;
        }
        let _ = fs::remove_file(&held);
    }
    Ok(None)
}

fn is_left_behind(held: &Path, host: &str) -> bool {
    let said = fs::read_to_string(held).unwrap_or_default();
    let ours = said.split_once(' ').filter(|(_, of)| *of == host).and_then(|(pid, _)| pid.parse().ok());
    match ours.and_then(Pid::from_raw) {
        Some(pid) => test_kill_process(pid) == Err(Errno::SRCH),
        None => {
            let age = fs::metadata(held).and_then(|meta| meta.modified()).map(|at| at.elapsed().unwrap_or_default());
            age.is_ok_and(|age| age > OF_ANOTHER_HOST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_file_keeps_others_out_until_its_owner_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.lock");
        let held = dir.path().join("a.lock.held");
        let first = beside(&path).unwrap();
        assert!(first.is_some() && beside(&path).unwrap().is_none());
        drop(first);
        assert!(!held.exists());
        // Of a process that is no more; of another machine; of nobody that is known.
        let host = uname().nodename().to_string_lossy().into_owned();
        let mut gone = std::process::Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        for (said, free) in
            [(format!("{} {host}", gone.id()), true), ("1 elsewhere".into(), false), (String::new(), false)]
        {
            fs::write(&held, &said).unwrap();
            assert_eq!(beside(&path).unwrap().is_some(), free, "{said}");
        }
        let long_ago = std::time::SystemTime::now() - OF_ANOTHER_HOST * 2;
        File::options().write(true).open(&held).unwrap().set_modified(long_ago).unwrap();
        assert!(beside(&path).unwrap().is_some());
    }
}
