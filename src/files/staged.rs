//! What comes to lie beside a file that is written: its new bytes before the rename, copies of the old
//! ones, and the directories they need.

use super::{Doing, Error};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Backups kept beside each file.
const BACKUPS: usize = 5;
const BACKUP_MARK: &str = ".chutes-backup-";
const TEMP_MARK: &str = ".chutes-";
/// A temporary file this old belongs to a run that was killed.
const ABANDONED: Duration = Duration::from_secs(600);

/// Writes the content of a file; the same whenever it is called. The second time is for comparing.
pub type Content<'a> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'a;

/// A synced file beside another: its new bytes under a random name, or a copy of the old ones. Removed
/// unless it is kept.
pub(crate) struct StagedFile(PathBuf);

impl StagedFile {
    /// New bytes for `path`. `like` gives the owner: the file that is replaced, or the directory of a new one.
    pub(crate) fn temp(
        path: &Path,
        content: &Content<'_>,
        mode: u32,
        like: Option<&fs::Metadata>,
    ) -> Result<Self, Error> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Error::io(Doing::Write, path, &Errno::IO.into()))?;
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!("{TEMP_MARK}{}", super::hex(&random)));
        let temp = path.with_file_name(name);
        create(&temp, content, mode, like).map_err(|error| at_target(error, Doing::Write, path))?;
        Ok(Self(temp))
    }

    /// A copy of old bytes at `wanted`, or with a number behind when that is taken. `like` gives the owner.
    pub(crate) fn backup(wanted: &Path, bytes: &[u8], like: Option<&fs::Metadata>) -> Result<Self, Error> {
        let name = wanted.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for again in 1.. {
            let path = match again {
                1 => wanted.to_owned(),
                n => wanted.with_file_name(format!("{name}-{n}")),
            };
            match create(&path, &|file| file.write_all(bytes), 0o600, like) {
                Ok(()) => return Ok(Self(path)),
                Err(Create::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists && again < 100 => {}
                Err(error) => return Err(at_target(error, Doing::Backup, &path)),
            }
        }
        Err(Error::Io { doing: Doing::Backup, path: wanted.to_owned(), errno: Errno::EXIST.raw_os_error() })
    }

    /// Moves it to its place.
    pub(crate) fn rename(self, path: &Path) -> Result<(), Error> {
        fs::rename(&self.0, path).map_err(|error| Error::io(Doing::Write, path, &error))?;
        self.keep();
        sync_dir(path);
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// From now on nobody removes it.
    pub(crate) fn keep(self) -> PathBuf {
        let path = self.0.clone();
        std::mem::forget(self);
        path
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

enum Create {
    Io(io::Error),
    Owner(u32),
}

fn at_target(error: Create, doing: Doing, path: &Path) -> Error {
    match error {
        Create::Io(error) => Error::io(doing, path, &error),
        Create::Owner(uid) => Error::ForeignOwner { path: path.to_owned(), uid },
    }
}

/// A new file, private from its first byte, with owner and mode as given, on disk when this returns.
fn create(path: &Path, content: &Content<'_>, mode: u32, like: Option<&fs::Metadata>) -> Result<(), Create> {
    let mut open = OpenOptions::new();
    open.read(true).write(true).create_new(true).mode(0o600);
    open.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    let file = open.open(path).map_err(Create::Io)?;
    let written = (|| {
        if let Some(like) = like {
            let ours = file.metadata().map_err(Create::Io)?;
            if like.uid() != ours.uid() {
                // Only root can give a file away; anybody else would lock its owner out.
                fchown(&file, Some(like.uid()), Some(like.gid())).map_err(|_| Create::Owner(like.uid()))?;
            } else if like.gid() != ours.gid() {
                let _ = fchown(&file, None, Some(like.gid()));
            }
        }
        let mut out = BufWriter::new(&file);
        content(&mut out).and_then(|()| out.flush()).map_err(Create::Io)?;
        file.set_permissions(Permissions::from_mode(mode)).map_err(Create::Io)?;
        file.sync_all().map_err(Create::Io)?;
        // What a disk took without a word may still be something else.
        let same = (&file).rewind().and_then(|()| reads(&file, content)).map_err(Create::Io)?;
        if same { Ok(()) } else { Err(Create::Io(Errno::IO.into())) }
    })();
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// Whether a file has exactly these bytes; None: whether there is no such file.
pub(crate) fn holds(path: &Path, bytes: Option<&[u8]>) -> Result<bool, Error> {
    let file = super::open_file(path)?;
    let (Some(file), Some(bytes)) = (&file, bytes) else { return Ok(file.is_none() && bytes.is_none()) };
    reads(file, &|to| to.write_all(bytes)).map_err(|error| Error::io(Doing::Read, path, &error))
}

/// Whether the rest of a file is exactly this content.
fn reads(file: &File, content: &Content<'_>) -> io::Result<bool> {
    let mut same = Same { there: BufReader::with_capacity(64 * 1024, file), differs: false };
    match content(&mut same).and_then(|()| same.end()) {
        Err(_) if same.differs => Ok(false),
        read => read.map(|()| true),
    }
}

/// Takes only what its reader has, too.
struct Same<R> {
    there: R,
    differs: bool,
}

impl<R: BufRead> Same<R> {
    fn differs(&mut self) -> io::Error {
        self.differs = true;
        Errno::IO.into()
    }

    fn end(&mut self) -> io::Result<()> {
        loop {
            match self.there.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok([]) => return Ok(()),
                Ok(_) => return Err(self.differs()),
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: BufRead> Write for Same<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let there = self.there.fill_buf()?;
        let length = there.len().min(bytes.len());
        if there[..length] != bytes[..length] || (length == 0 && !bytes.is_empty()) {
            return Err(self.differs());
        }
        self.there.consume(length);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Creates missing directories, 0700, owned like their parent. Those that were created, outermost first.
pub(crate) fn make_dirs(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    let mut made = Vec::new();
    for dir in missing.into_iter().rev() {
        match fs::DirBuilder::new().mode(0o700).create(dir) {
            Ok(()) => made.push(dir.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                remove_dirs(&made);
                return Err(Error::io(Doing::CreateDir, dir, &error));
            }
        }
        let owner = dir.parent().and_then(|parent| fs::metadata(parent).ok());
        let ours = rustix::process::geteuid();
        if let Some(owner) = owner.filter(|owner| ours.is_root() && owner.uid() != 0) {
            let _ = std::os::unix::fs::chown(dir, Some(owner.uid()), Some(owner.gid()));
        }
    }
    match fs::metadata(dir) {
        Ok(meta) if meta.is_dir() => Ok(made),
        Ok(_) => Err(Error::io(Doing::CreateDir, dir, &Errno::NOTDIR.into())),
        Err(error) => {
            remove_dirs(&made);
            Err(Error::io(Doing::CreateDir, dir, &error))
        }
    }
}

/// Removes directories that are empty, innermost first.
pub(crate) fn remove_dirs(dirs: &[PathBuf]) {
    dirs.iter().rev().for_each(|dir| drop(fs::remove_dir(dir)));
}

/// Makes a rename last. A file system that cannot sync a directory is no reason to fail.
pub(crate) fn sync_dir(path: &Path) {
    if let Some(dir) = path.parent() {
        let _ = File::open(dir).and_then(|dir| dir.sync_all());
    }
}

/// Keeps the newest few of our backups of a file, and takes away what a killed run left beside it.
pub(crate) fn tidy(path: &Path) {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return };
    let name = name.to_string_lossy();
    let Ok(entries) = fs::read_dir(dir) else { return };
    let entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let begins = |prefix: String| {
        let begins = move |path: &&PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix));
        entries.iter().filter(begins)
    };
    let is_abandoned = |path: &&PathBuf| {
        let age = fs::metadata(path).and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
        age.is_some_and(|age| age > ABANDONED)
    };
    for temp in begins(format!(".{name}{TEMP_MARK}")).filter(is_abandoned) {
        let _ = fs::remove_file(temp);
    }
    // The scratch directory of a hand-over that was killed.
    for dir in begins(TEMP_MARK.to_owned()).filter(is_abandoned) {
        let _ = fs::remove_dir_all(dir);
    }
    let mut backups: Vec<&PathBuf> = begins(format!("{name}{BACKUP_MARK}")).collect();
    backups.sort_by_key(|path| (fs::metadata(path).and_then(|meta| meta.modified()).ok(), (*path).clone()));
    let surplus = backups.len().saturating_sub(BACKUPS);
    backups[..surplus].iter().for_each(|path| drop(fs::remove_file(path)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_exactly_its_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        assert_eq!((holds(&path, None), holds(&path, Some(b""))), (Ok(true), Ok(false)));
        // Longer than what is read at once.
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            fs::write(&path, &bytes[..length]).unwrap();
            assert_eq!(holds(&path, Some(&bytes[..length])), Ok(true), "{length}");
            assert_eq!(holds(&path, None), Ok(false), "{length}");
            for other in [0, length.saturating_sub(1), (length + 1).min(bytes.len())] {
                assert_eq!(holds(&path, Some(&bytes[..other])), Ok(other == length), "{length}, {other}");
            }
            if length > 0 {
                let mut changed = bytes[..length].to_vec();
                changed[length - 1] ^= 1;
                assert_eq!(holds(&path, Some(&changed)), Ok(false), "{length}");
            }
        }
        assert!(holds(dir.path(), None).is_err());
    }
}
