//! Two locks: ours, against a second run of this program, and OpenClaw's own on its auth store.

use super::error::{Doing, Error};
use crate::state::State;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Long enough for a write to end; OpenClaw may hold its lock through a token refresh.
const WAIT: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);
/// A lock file that names no process is abandoned after this.
const ABANDONED: Duration = Duration::from_secs(30);

/// Held until dropped: nobody else runs this program on the same config.
pub fn ours(state: &State, config: &Path) -> Result<File, Error> {
    let name = hex(&Sha256::digest(config.as_os_str().as_encoded_bytes()));
    let path = state.dir().join("locks").join(format!("{}.lock", &name[..32]));
    if !path.exists() {
        super::write::write_private(&path, b"")?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| Error::io(Doing::Lock, &path, &error))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < WAIT => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(Error::Locked { path: config.to_owned(), pid: None }),
            Err(TryLockError::Error(error)) => return Err(Error::io(Doing::Lock, &path, &error)),
        }
    }
}

/// OpenClaw's lock on an auth store: `<store>.lock`, holding the process that has it. Released on drop.
pub struct StoreLock {
    path: PathBuf,
    inode: u64,
}

/// Takes OpenClaw's lock, waiting for a living holder, taking over from a dead one.
pub fn openclaws(store: &Path) -> Result<StoreLock, Error> {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    let path = PathBuf::from(name);
    let failed = |error: std::io::Error| Error::io(Doing::Lock, &path, &error);
    let pid = std::process::id();
    let mut payload = json!({"pid": pid, "createdAt": jiff::Timestamp::now().to_string()});
    if let Some(Process { start: Some(start), .. }) = process(pid) {
        payload["starttime"] = json!(start);
    }
    // The content must be there from the first moment: an empty lock file is never taken over.
    let draft = path.with_extension(format!("lock.{pid}"));
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(&draft).map_err(failed)?;
    let taken = file.write_all(format!("{payload}\n").as_bytes()).map_err(failed).and_then(|()| wait(&draft, &path));
    let _ = fs::remove_file(&draft);
    taken?;
    let inode = file.metadata().map_err(failed)?.ino();
    Ok(StoreLock { path, inode })
}

fn wait(draft: &Path, path: &Path) -> Result<(), Error> {
    let start = Instant::now();
    loop {
        match fs::hard_link(draft, path) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(Error::io(Doing::Lock, path, &error));
            }
            Err(_) => {}
        }
        if is_stale(path) {
            let _ = fs::remove_file(path);
        } else if start.elapsed() > WAIT {
            let holder = read(path).and_then(|held| held.get("pid")?.as_u64());
            return Err(Error::Locked { path: path.to_owned(), pid: holder.map(|pid| pid as u32) });
        } else {
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|meta| meta.ino() == self.inode) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn read(path: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// A holder that is gone: its process is dead or another, or it names none and is old.
fn is_stale(path: &Path) -> bool {
    let Some(held) = read(path) else { return false };
    if let Some(pid) = held.get("pid").and_then(Value::as_u64) {
        let Some(process) = process(pid as u32) else { return true };
        let recorded = held.get("starttime").and_then(Value::as_u64);
        return process.zombie || matches!((recorded, process.start), (Some(then), Some(now)) if then != now);
    }
    let created = held.get("createdAt").and_then(Value::as_str).and_then(|at| at.parse::<jiff::Timestamp>().ok());
    created.is_some_and(|at| SystemTime::from(at).elapsed().is_ok_and(|age| age > ABANDONED))
}

struct Process {
    zombie: bool,
    /// Ticks since boot; field 22 of `/proc/<pid>/stat`. None where there is no `/proc`.
    start: Option<u64>,
}

/// None: there is no such process.
fn process(pid: u32) -> Option<Process> {
    if let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) {
        // The name, in parentheses, may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().collect())?;
        return Some(Process {
            zombie: matches!(fields.first(), Some(&("Z" | "X"))),
            start: fields.get(19).and_then(|field| field.parse().ok()),
        });
    }
    if Path::new("/proc/self/stat").exists() {
        return None;
    }
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).ok()?)?;
    let alive = !matches!(rustix::process::test_kill_process(pid), Err(rustix::io::Errno::SRCH));
    alive.then_some(Process { zombie: false, start: None })
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_holders_lock_is_taken_over_and_a_living_ones_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let store = dir.path().join("auth-profiles.json");
        let lock = dir.path().join("auth-profiles.json.lock");
        let me = std::process::id();
        let start = process(me).unwrap().start;
        for (held, stale) in [
            (json!({"pid": 4_000_000_000u32}), true),
            (json!({"pid": me, "starttime": 1}), true),
            (json!({"pid": me, "starttime": start}), false),
            (json!({"createdAt": "2020-01-01T00:00:00.000Z"}), true),
            (json!({"createdAt": jiff::Timestamp::now().to_string()}), false),
            (json!({}), false),
        ] {
            fs::write(&lock, held.to_string()).unwrap();
            assert_eq!(is_stale(&lock), stale, "{held}");
        }
        fs::write(&lock, r#"{"pid":4000000000}"#).unwrap();
        let held = openclaws(&store).unwrap();
        let content: Value = serde_json::from_slice(&fs::read(&lock).unwrap()).unwrap();
        assert_eq!(content["pid"], me);
        assert_eq!(content["starttime"].as_u64(), start);
        drop(held);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left behind");
    }
}
