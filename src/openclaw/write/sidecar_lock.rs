//! The two sidecar locks that OpenClaw itself takes around a token refresh, so that a single-use
//! refresh token is spent once however many programs want to: first the one of the profile
//! ([`refresh_lock`]), then the one of the auth store ([`store_lock`]); both held until the new token
//! is durable. Files are created exclusively, with the owner in them.

use crate::time::now;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How a lock is waited for, and when one that names no process counts as left behind.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    retries: u32,
    stale: Duration,
}

/// For the lock of one profile's refresh.
pub const REFRESH: Rules = Rules { retries: 20, stale: Duration::from_secs(180) };
/// For the lock of the auth store.
pub const STORE: Rules = Rules { retries: 10, stale: Duration::from_secs(30) };

const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Why a lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Held by somebody who lives. `pid` as far as the file says.
    #[error("{} is held by another process", path.display())]
    Busy { path: PathBuf, pid: Option<u32> },
    /// The caller did not want to wait any longer.
    #[error("waiting for {} was given up", path.display())]
    GivenUp { path: PathBuf },
    #[error("cannot create {}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

/// `<state dir>/locks/oauth-refresh/sha256-<hex>.lock`, the name OpenClaw 2026.5.28 uses.
pub fn refresh_lock(state_dir: &Path, provider: &str, profile: &str) -> PathBuf {
    let digest = Sha256::digest(format!("{provider}\0{profile}"));
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    state_dir.join("locks").join("oauth-refresh").join(format!("sha256-{hex}.lock"))
}

/// `<store>.lock`, with the directory resolved and the file name as given: two ways to one directory
/// are one lock.
pub fn store_lock(store: &Path) -> PathBuf {
    let mut path = match (store.parent().map(fs::canonicalize), store.file_name()) {
        (Some(Ok(directory)), Some(name)) => directory.join(name),
        _ => store.to_owned(),
    }
    .into_os_string();
    path.push(".lock");
    PathBuf::from(path)
}

/// A lock that is ours until it is dropped. Removed only if the file is still the one we made.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    inode: (u64, u64),
    content: Vec<u8>,
}

impl Lock {
    /// Take the lock at `path`. While another holds it, `wait` is called with how long to wait; it
    /// waits, or returns false to give up.
    pub fn acquire(path: &Path, rules: Rules, mut wait: impl FnMut(Duration) -> bool) -> Result<Lock, LockError> {
        let failed = |error| LockError::Io { path: path.to_owned(), error };
        if let Some(directory) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
        }
        let content = payload().into_bytes();
        let mut tries = 0;
        loop {
            match create(path, &content) {
                Ok(inode) => return Ok(Lock { path: path.to_owned(), inode, content }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
            let Some(found) = Found::at(path).map_err(failed)? else { continue };
            if found.is_stale(rules.stale) && found.remove(path).map_err(failed)? {
                continue;
            }
            if tries == rules.retries {
                return Err(LockError::Busy { path: path.to_owned(), pid: found.owner().map(|(pid, _)| pid) });
            }
            if !wait(backoff(tries)) {
                return Err(LockError::GivenUp { path: path.to_owned() });
            }
            tries += 1;
        }
    }

    /// Still ours on disk.
    pub fn is_held(&self) -> bool {
        let same_file = fs::symlink_metadata(&self.path).is_ok_and(|meta| (meta.dev(), meta.ino()) == self.inode);
        same_file && fs::read(&self.path).is_ok_and(|content| content == self.content)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.is_held() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Doubling from 100 ms to 10 s, each made up to twice as long by chance, so that waiters spread out.
fn backoff(tries: u32) -> Duration {
    let base = FIRST_WAIT.saturating_mul(1 << tries.min(10)).min(LONGEST_WAIT);
    let chance = getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX));
    base.mul_f64(1.0 + chance).min(LONGEST_WAIT)
}

/// The owner, as OpenClaw writes it: `starttime` tells this process from a later one of the same id.
fn payload() -> String {
    let pid = std::process::id();
    let mut owner =
        json!({ "pid": pid, "createdAt": now().timestamp().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string() });
    if let Some(process) = Process::read(pid) {
        owner["starttime"] = json!(process.starttime);
    }
    format!("{owner:#}\n")
}

/// Create `path` with its content in one step: a process that dies half-way leaves no empty lock,
/// which nobody could ever tell from a held one.
fn create(path: &Path, content: &[u8]) -> io::Result<(u64, u64)> {
    if let Some(made) = create_whole(path, content) {
        return made;
    }
    let draft = sibling(path);
    let made = (|| {
        let mut file = exclusive(&draft)?;
        file.write_all(content)?;
        let meta = file.metadata()?;
        match fs::hard_link(&draft, path) {
            Ok(()) => Ok(meta),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => {
                // A file system without hard links.
                let mut file = exclusive(path)?;
                let written = file.write_all(content).and_then(|()| file.metadata());
                if written.is_err() {
                    let _ = fs::remove_file(path);
                }
                written
            }
        }
    })();
    let _ = fs::remove_file(&draft);
    made.map(|meta| (meta.dev(), meta.ino()))
}

/// [`create`] by a file that has no name until it is complete, so that a process that dies leaves nothing.
/// None: this system or file system has no such files.
fn create_whole(path: &Path, content: &[u8]) -> Option<io::Result<(u64, u64)>> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let mut file = File::from(openat(CWD, path.parent()?, flags, Mode::from_raw_mode(0o644)).ok()?);
        file.write_all(content).ok()?;
        let meta = file.metadata().ok()?;
        let named = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&file));
        match linkat(CWD, named.as_str(), CWD, path, AtFlags::SYMLINK_FOLLOW) {
            Ok(()) => Some(Ok((meta.dev(), meta.ino()))),
            Err(rustix::io::Errno::EXIST) => Some(Err(io::ErrorKind::AlreadyExists.into())),
            Err(_) => None,
        }
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (path, content);
        None
    }
}

fn exclusive(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)
}

/// A name in the same directory that nobody else uses.
fn sibling(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let random = getrandom::u64().unwrap_or_default();
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{count}-{random:016x}", std::process::id()));
    PathBuf::from(name)
}

/// Somebody's lock file.
struct Found {
    content: Vec<u8>,
    owner: Value,
}

impl Found {
    /// None when it has gone meanwhile.
    fn at(path: &Path) -> io::Result<Option<Found>> {
        // A pipe would wait for a writer, a device need not end.
        match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_dir() => return Err(rustix::io::Errno::ISDIR.into()),
            Ok(meta) if !meta.is_file() => return Err(rustix::io::Errno::INVAL.into()),
            _ => {}
        }
        match fs::read(path) {
            Ok(content) => {
                let owner = serde_json::from_slice(&content).unwrap_or_default();
                Ok(Some(Found { content, owner }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Process id and start time.
    fn owner(&self) -> Option<(u32, Option<u64>)> {
        let pid = self.owner.get("pid")?.as_u64().and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0)?;
        Some((pid, self.owner.get("starttime").and_then(Value::as_u64)))
    }

    /// With an owner: only when that process is gone, whatever the age. Without, but with a date: when
    /// that is too long ago. With neither: never.
    fn is_stale(&self, after: Duration) -> bool {
        if let Some((pid, starttime)) = self.owner() {
            return match Process::read(pid) {
                Some(process) => process.dead || starttime.is_some_and(|starttime| starttime != process.starttime),
                None => is_gone(pid),
            };
        }
        let Some(created) = self.owner.get("createdAt").and_then(Value::as_str) else { return false };
        let Ok(created) = created.parse::<jiff::Timestamp>() else { return true };
        let age = now().0 - created.as_millisecond();
        u128::try_from(age).is_ok_and(|age| age > after.as_millis())
    }

    /// Remove the file that was judged, and no other. False: another process is at it.
    fn remove(&self, path: &Path) -> io::Result<bool> {
        // One of us at a time: who judged long ago would move the next owner's lock away, if only for a
        // moment. The kernel's lock goes with its process; without one (some network file systems) the
        // moment is short.
        let directory = path.parent().and_then(|directory| File::open(directory).ok());
        if let Some(Err(TryLockError::WouldBlock)) = directory.as_ref().map(File::try_lock) {
            return Ok(false);
        }
        if Found::at(path)?.is_none_or(|now| now.content != self.content) {
            return Ok(true);
        }
        // OpenClaw does not know that lock: moved away first, and put back if another took its place.
        let aside = sibling(path);
        match fs::rename(path, &aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            moved => moved?,
        }
        if fs::read(&aside).is_ok_and(|content| content != self.content) {
            let _ = fs::hard_link(&aside, path);
        }
        fs::remove_file(&aside).map(|()| true)
    }
}

/// No such process. One that we may not signal, or cannot see in `/proc`, lives.
fn is_gone(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_none_or(|pid| rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

/// A line of `/proc/<pid>/stat`.
struct Process {
    dead: bool,
    /// Field 22: clock ticks after boot.
    starttime: u64,
}

impl Process {
    fn read(pid: u32) -> Option<Process> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, field 2, may hold spaces and parentheses.
        let after_name = &stat[stat.rfind(')')? + 1..];
        let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
        Some(Process { dead: matches!(*fields.first()?, "Z" | "X" | "x"), starttime: fields.get(19)?.parse().ok()? })
    }
}
