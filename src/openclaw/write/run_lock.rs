//! The locks around a write: ours, against a second run of this program, and OpenClaw's own on its
//! auth store.

use super::sidecar_lock::{Lock, LockError, STORE, store_lock};
use crate::files::Doing;
use crate::files::lock::Lock as OwnLock;
use crate::openclaw::error::Error;
use crate::sign_in;
use crate::signals;
use crate::state::State;
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;
use std::time::{Duration, Instant};

/// Long enough for a write to end; OpenClaw may hold its lock through a token refresh.
const WAIT: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(20);

/// Held until dropped: nobody else runs this program on the same config.
pub fn ours(state: &State, config: &Path) -> Result<OwnLock, Error> {
    let path = state.dir().join("locks").join(format!("{}.lock", name_of(config)));
    let failed = |error: std::io::Error| Error::io(Doing::Lock, &path, &error);
    let created = crate::files::private_dir(path.parent().unwrap_or(Path::new("/"))).map_err(Error::from);
    // Our own state is a convenience: where it cannot be written, a directory of the config's is locked.
    let file = match created.and_then(|()| open_lock(&path)) {
        Ok(file) => file,
        Err(error) => {
            let directory = config.ancestors().skip(1).find(|directory| directory.is_dir());
            directory.and_then(|directory| File::open(directory).ok()).ok_or(error)?
        }
    };
    let start = Instant::now();
    loop {
        let again = file.try_clone().map_err(failed)?;
        match OwnLock::try_take(again, &path).map_err(failed)? {
            Some(lock) => return Ok(lock),
            None if start.elapsed() < WAIT => signals::pause(PAUSE).map_err(Error::interrupted)?,
            None => return Err(Error::Locked { path: config.to_owned(), pid: None }),
        }
    }
}

/// Created in place, never renamed into it: whoever comes at the same time must lock the same file.
fn open_lock(path: &Path) -> Result<File, Error> {
    let failed = |error: std::io::Error| Error::io(Doing::Lock, path, &error);
    if fs::symlink_metadata(path).is_ok_and(|meta| !meta.is_file()) {
        return Err(failed(Errno::INVAL.into()));
    }
    let open = || {
        let mut open = OpenOptions::new();
        open.write(true).create(true).truncate(false).mode(0o600);
        open.custom_flags(i32::from_ne_bytes((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().to_ne_bytes())).open(path)
    };
    let file = match open() {
        // Left by a run of root's; the directory is ours.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && fs::remove_file(path).is_ok() => open(),
        opened => opened,
    };
    let file = file.map_err(failed)?;
    let directory = path.parent().and_then(|directory| fs::metadata(directory).ok());
    if let Some(directory) = directory.filter(|directory| directory.uid() != 0 && geteuid().is_root()) {
        // Root leaves nothing of its own in somebody's home.
        fchown(&file, Some(directory.uid()), Some(directory.gid())).map_err(failed)?;
    }
    Ok(file)
}

/// Stands for a config in the names of our own files: 32 hexadecimal digits.
pub fn name_of(config: &Path) -> String {
    crate::files::hex(&Sha256::digest(config.as_os_str().as_encoded_bytes())[..16])
}

/// Held until dropped: no renewal of the sign-in that we keep is out.
pub fn sign_in(document: &Path) -> Result<OwnLock, Error> {
    let lock = sign_in::lock(document, WAIT).map_err(|error| Error::io(Doing::Lock, document, &error))?;
    lock.ok_or_else(|| Error::Locked { path: document.to_owned(), pid: None })
}

/// OpenClaw's lock on an auth store. None where its directory does not exist yet: such a store is
/// nobody else's.
pub fn openclaws(store: &Path) -> Result<Option<Lock>, Error> {
    if !store.parent().is_some_and(Path::is_dir) {
        return Ok(None);
    }
    let start = Instant::now();
    let wait = |pause: Duration| {
        signals::pause(pause.min(WAIT.saturating_sub(start.elapsed()))).is_ok() && start.elapsed() < WAIT
    };
    Lock::acquire(&store_lock(store), STORE, wait).map(Some).map_err(|error| match error {
        LockError::Busy { pid, .. } => Error::Locked { path: store.to_owned(), pid },
        LockError::GivenUp { .. } => match signals::caught() {
            Some(signal) => Error::Interrupted { signal },
            None => Error::Locked { path: store.to_owned(), pid: None },
        },
        LockError::Io { path, error } => Error::io(Doing::Lock, &path, &error),
    })
}
