//! Files, read and written safely: regular files only, private files whole or not at all.

mod attributes;
pub mod bytes;
mod error;
pub mod lock;
pub mod staged;

pub use error::{Doing, Error, show};

use rustix::fs::{Dir, Mode, OFlags};
use rustix::io::Errno;
use staged::{Content, StagedFile, make_dirs};
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Reads a regular file whole; None when there is none.
pub fn read_file(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let Some(mut file) = open_file(path)? else { return Ok(None) };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| Error::io(Doing::Read, path, &error))?;
    Ok(Some(bytes))
}

/// Opens a regular file for reading; None when there is none.
pub fn open_file(path: &Path) -> Result<Option<File>, Error> {
    let failed = |error: std::io::Error| Error::io(Doing::Read, path, &error);
    refuse_planted_links(path)?;
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => {
            return Err(failed(Errno::ISDIR.into()));
        }
        // A pipe or a device would block or never end.
        Ok(meta) if !meta.is_file() => {
            return Err(failed(Errno::INVAL.into()));
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// Writes one of our own files: atomically, 0600, its directory 0700.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_private_with(path, &|file| file.write_all(bytes))
}

/// [`write_private`] for a content that is nowhere in memory as a whole.
pub fn write_private_with(path: &Path, content: &Content<'_>) -> Result<(), Error> {
    let dir = path.parent().unwrap_or(Path::new("/"));
    private_dir(dir)?;
    // Root leaves nothing of its own in somebody's home.
    let like = fs::metadata(dir).ok();
    let temp = StagedFile::new(&staged::staged_name(path)?, path, content, 0o600, like.as_ref())?;
    temp.rename(path)
}

/// A directory of ours alone, made where it is missing; another mode than 0700 is somebody's slip. Refused
/// where it belongs to somebody else, who could read and exchange what is in it; but for root, who works in
/// the homes of others.
pub fn private_dir(dir: &Path) -> Result<(), Error> {
    make_dirs(dir)?;
    let failed = |error: std::io::Error| Error::io(Doing::CreateDir, dir, &error);
    let open = File::open(dir).map_err(failed)?;
    let meta = open.metadata().map_err(failed)?;
    let ours = rustix::process::geteuid();
    if meta.uid() != ours.as_raw() && !ours.is_root() {
        return Err(Error::ForeignOwner { path: dir.to_owned(), uid: meta.uid() });
    }
    if meta.mode() & 0o077 != 0 {
        let _ = open.set_permissions(Permissions::from_mode(0o700));
    }
    Ok(())
}

/// Refuses, for root, a path that leads through a link which somebody else could have planted, to what is
/// not theirs: with `sudo` in a home that is not root's, nothing is followed out of it.
pub fn refuse_planted_links(path: &Path) -> Result<(), Error> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    for part in path.ancestors() {
        let Ok(link) = fs::symlink_metadata(part) else { continue };
        if !link.is_symlink() || link.uid() == 0 {
            continue;
        }
        let owner = match fs::metadata(part) {
            Ok(target) => Some(target.uid()),
            // It dangles: what would be made, would be made in the nearest directory that is there.
            Err(_) => nearest_owner(part),
        };
        if owner != Some(link.uid()) {
            return Err(Error::PlantedLink { path: part.to_owned(), uid: link.uid() });
        }
    }
    Ok(())
}

/// The owner of the nearest directory above the target of a link.
fn nearest_owner(link: &Path) -> Option<u32> {
    let target = link.parent()?.join(fs::read_link(link).ok()?);
    target.ancestors().skip(1).find_map(|dir| fs::metadata(dir).ok()).map(|meta| meta.uid())
}

/// Takes permission bits away from a file or directory of a user's; links are not followed.
pub fn restrict(path: &Path, mode: u32) -> Result<(), Error> {
    let failed = |errno: Errno| Error::io(Doing::Write, path, &errno.into());
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(failed)?;
    rustix::fs::fchmod(&file, Mode::from_raw_mode(mode)).map_err(failed)
}

/// What lies in a directory, in no order; what cannot be read of it is left out.
///
/// Not `std::fs::read_dir`, which panics when closing the directory fails.
pub fn entries(dir: &Path) -> Vec<PathBuf> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let open = rustix::fs::open(dir, flags, Mode::empty()).ok();
    let listed = open.and_then(|open| Dir::new(open).ok()).into_iter().flatten().flatten();
    let named = listed.filter(|entry| !matches!(entry.file_name().to_bytes(), b"." | b".."));
    named.map(|entry| dir.join(OsStr::from_bytes(entry.file_name().to_bytes()))).collect()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
