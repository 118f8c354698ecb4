//! What comes to lie beside a file that is written: its new bytes before the rename, copies of the old
//! ones, and the directories they need.

use super::attributes::carry_over;
use super::{Doing, Error};
use rustix::fs::{CWD, Mode, OFlags, fchown, fstat, mkdirat, openat};
use rustix::io::Errno;
use rustix::process::{Gid, Uid, geteuid};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown as unix_fchown};
use std::path::{Path, PathBuf};

const TEMP_MARK: &str = ".chutes-";

/// Writes the content of a file; the same whenever it is called. The second time is for comparing.
pub type Content<'a> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'a;

/// A synced file beside another: its new bytes under a random name, or a copy of the old ones. Removed
/// unless it is kept.
pub(crate) struct StagedFile {
    path: PathBuf,
    /// Names of attributes that the file has which is to be replaced, and that this one could not get.
    lost: Vec<String>,
}

impl StagedFile {
    /// A new file with this content. `like` gives the owner: the file that is replaced, or the directory of a
    /// new one. `target`: the file that an error is about.
    pub(crate) fn new(
        path: &Path,
        target: &Path,
        content: &Content<'_>,
        mode: u32,
        like: Option<&fs::Metadata>,
    ) -> Result<Self, Error> {
        let doing = if path == target { Doing::Backup } else { Doing::Write };
        // A copy needs none of what others may do with the file.
        let replaced = Some(target).filter(|target| *target != path);
        let lost = create(path, content, mode, like, replaced).map_err(|error| at_target(error, doing, target))?;
        Ok(Self { path: path.to_owned(), lost })
    }

    /// A copy of old bytes. `like` gives the owner.
    pub(crate) fn backup(path: &Path, bytes: &[u8], like: Option<&fs::Metadata>) -> Result<Self, Error> {
        Self::new(path, path, &|file| file.write_all(bytes), 0o600, like)
    }

    /// Moves it to its place.
    pub(crate) fn rename(self, path: &Path) -> Result<(), Error> {
        fs::rename(&self.path, path).map_err(|error| Error::io(Doing::Write, path, &error))?;
        self.keep();
        sync_dir(path);
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Names of attributes that could not be carried over.
    pub(crate) fn lost(&self) -> &[String] {
        &self.lost
    }

    /// From now on nobody removes it.
    pub(crate) fn keep(self) -> PathBuf {
        let mut kept = std::mem::ManuallyDrop::new(self);
        std::mem::take(&mut kept.path)
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A name beside `path` that nobody else has: for its new bytes until they take its place.
pub(crate) fn staged_name(path: &Path) -> Result<PathBuf, Error> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(random_suffix(path)?);
    Ok(path.with_file_name(name))
}

/// `.chutes-` and 16 random hexadecimal digits. `path`: the file that an error is about.
pub(crate) fn random_suffix(path: &Path) -> Result<String, Error> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| Error::io(Doing::Write, path, &Errno::IO.into()))?;
    Ok(format!("{TEMP_MARK}{}", super::hex(&random)))
}

/// `wanted`, or with a number behind it when that is taken.
pub(crate) fn free_name(wanted: &Path) -> PathBuf {
    let name = wanted.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..1000).map(|n| wanted.with_file_name(format!("{name}-{n}")));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    // Where all are taken, creating it fails and says so.
    names.find(|path| fs::symlink_metadata(path).is_err()).unwrap_or_else(|| wanted.to_owned())
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

/// A new file, private from its first byte, with owner and mode as given, on disk when this returns. The names of
/// attributes of `replaced` that it could not get.
fn create(
    path: &Path,
    content: &Content<'_>,
    mode: u32,
    like: Option<&fs::Metadata>,
    replaced: Option<&Path>,
) -> Result<Vec<String>, Create> {
    let mut open = OpenOptions::new();
    open.read(true).write(true).create_new(true).mode(0o600);
    open.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits() as i32);
    let file = open.open(path).map_err(Create::Io)?;
    let written = (|| {
        if let Some(like) = like {
            let ours = file.metadata().map_err(Create::Io)?;
            if like.uid() != ours.uid() {
                // Only root can give a file away; anybody else would lock its owner out.
                unix_fchown(&file, Some(like.uid()), Some(like.gid())).map_err(|_| Create::Owner(like.uid()))?;
            } else if like.gid() != ours.gid() {
                let _ = unix_fchown(&file, None, Some(like.gid()));
            }
        }
        let mut out = BufWriter::new(&file);
        content(&mut out).and_then(|()| out.flush()).map_err(Create::Io)?;
        // It is ours and private: who refuses another mode is a file system that has none (vfat, CIFS).
        match file.set_permissions(Permissions::from_mode(mode)) {
            Err(error) if !has_no_modes(&error) => return Err(Create::Io(error)),
            _ => {}
        }
        let lost = replaced.map(|replaced| carry_over(replaced, &file, mode)).unwrap_or_default();
        file.sync_all().map_err(Create::Io)?;
        // What a disk took without a word may still be something else.
        let same = (&file).rewind().and_then(|()| reads(&file, content)).map_err(Create::Io)?;
        if same { Ok(lost) } else { Err(Create::Io(Errno::IO.into())) }
    })();
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

pub(crate) fn has_no_modes(error: &io::Error) -> bool {
    let none = [Errno::PERM, Errno::OPNOTSUPP, Errno::NOSYS].map(|errno| errno.raw_os_error());
    error.raw_os_error().is_some_and(|errno| none.contains(&errno))
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

/// The directories that would have to be made for this one, outermost first.
pub(crate) fn missing_dirs(dir: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = dir.ancestors().take_while(|dir| !dir.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

/// Creates missing directories, 0700, owned like their parent. Those that were created, outermost first.
///
/// Each is made in, and looked at through, an open directory: whoever exchanges a directory for a link
/// meanwhile gets nothing made elsewhere and nothing given away.
pub(crate) fn make_dirs(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    super::refuse_planted_links(dir)?;
    let missing = missing_dirs(dir);
    let mut made = Vec::new();
    let failed = |dir: &Path, error: Errno| Error::io(Doing::CreateDir, dir, &error.into());
    let make = |made: &mut Vec<PathBuf>| {
        let there = missing.first().map_or(Some(dir), |first| first.parent()).unwrap_or(Path::new("/"));
        let open = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut parent = openat(CWD, there, open, Mode::empty()).map_err(|error| failed(dir, error))?;
        for dir in &missing {
            let name = dir.file_name().unwrap_or_default();
            match mkdirat(&parent, name, Mode::RWXU) {
                Ok(()) => made.push(dir.clone()),
                // Somebody else made it meanwhile.
                Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(dir, error)),
            }
            let owner = fstat(&parent).map_err(|error| failed(dir, error))?;
            let new = openat(&parent, name, open | OFlags::NOFOLLOW, Mode::empty());
            let new = new.map_err(|error| failed(dir, error))?;
            if made.last() == Some(dir) && geteuid().is_root() && owner.st_uid != 0 {
                let (uid, gid) = (Uid::from_raw(owner.st_uid), Gid::from_raw(owner.st_gid));
                fchown(&new, Some(uid), Some(gid)).map_err(|error| failed(dir, error))?;
            }
            parent = new;
        }
        Ok(())
    };
    if let Err(error) = make(&mut made) {
        remove_dirs(&made);
        return Err(error);
    }
    Ok(made)
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
