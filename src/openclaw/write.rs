//! The one place that writes users' files. All files of a change are prepared beside their targets
//! first; then each target is looked at once more and replaced by a rename. What goes wrong on the
//! way puts every file back.

use super::error::{Doing, Error};
use super::lock;
use super::plan::{self, FileChange, Plan, Request, Role};
use super::snapshot::Snapshot;
use super::{Site, credential, handover, snapshot, undo};
use crate::chutes::oauth::token::Renewed;
use crate::state::State;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a change is planned again when somebody else writes the same file meanwhile.
const ATTEMPTS: usize = 3;
/// Backups kept beside each file.
const BACKUPS: usize = 5;
const BACKUP_MARK: &str = ".chutes-backup-";
const TEMP_MARK: &str = ".chutes-";
/// A temporary file this old belongs to a run that was killed.
const ABANDONED: Duration = Duration::from_secs(600);

/// What a commit did.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The plan that was carried out: the reviewed one, or the same wish planned again because a
    /// file had changed meanwhile.
    pub plan: Plan,
    /// Backups made, in the order of `plan.files`; None for a new file.
    pub backups: Vec<Option<PathBuf>>,
    /// Files were planned again because somebody changed them meanwhile.
    pub replanned: bool,
    /// The change can be undone.
    pub undoable: bool,
    /// OpenClaw's files as they were before.
    before: Option<Snapshot>,
}

impl Written {
    /// OpenClaw's files as this left them, from memory: reading them again could fail, and nothing would
    /// have been wrong with the write. Worked out here, since most callers do without; once only.
    pub fn take_after(&mut self) -> Option<Snapshot> {
        self.before.take()?.after(&self.plan.files).ok()
    }

    /// The backup of the config, for the JSON document.
    pub fn config_backup(&self) -> Option<&Path> {
        let at = self.plan.files.iter().position(|file| file.role == Role::Config)?;
        self.backups.get(at)?.as_deref()
    }
}

/// Carries the request out: credential first, config second, all or nothing. Reads the files again;
/// `now` is Unix time in milliseconds.
pub fn commit(site: &Site, request: &Request, state: &State, now: i64) -> Result<Written, Error> {
    let _only_one_of_us = lock::ours(state, &site.paths.config)?;
    let mut handed_over: Option<String> = None;
    let mut conflict = PathBuf::new();
    for attempt in 0..ATTEMPTS {
        let snapshot = site.read()?;
        let plan = plan::plan(&snapshot, request, now)?;
        if !plan.changes_anything() {
            return Ok(Written { plan, replanned: attempt > 0, before: Some(snapshot), ..Written::default() });
        }
        let touches_store = plan.files.iter().any(|file| file.role != Role::Config);
        let store = &snapshot.store.file.path;
        let _openclaws_lock = if touches_store { lock::openclaws(store)? } else { None };
        let prepared = Prepared::new(plan.files.iter().map(Change::from).collect())?;
        if let Some(handover) = plan.handover.as_ref().filter(|_| handed_over.is_none()) {
            handover::run(site, &snapshot, handover)?;
            handed_over = Some(handover.profile_id.clone());
        }
        match prepared.commit() {
            Ok(backups) => {
                let undoable = undo::record(state, &plan, &backups, now).is_ok();
                plan.files.iter().for_each(|file| tidy(&file.path));
                return Ok(Written { plan, backups, replanned: attempt > 0, undoable, before: Some(snapshot) });
            }
            Err(Failure::Conflict(path)) => conflict = path,
            Err(Failure::Error(error)) => return Err(stored_already(handed_over, error)),
        }
    }
    Err(stored_already(handed_over, Error::KeepsChanging { path: conflict }))
}

/// Puts the new tokens of a renewed sign-in into its store. The caller holds OpenClaw's locks. No backup:
/// the old tokens are spent.
pub fn renewed(store: &Path, profile: &str, tokens: &Renewed) -> Result<(), Error> {
    for _ in 0..ATTEMPTS {
        let json = snapshot::json(store)?;
        let Some(after) = credential::renewed(&json, profile, tokens)? else { break };
        match Prepared::new(vec![in_place(json.file, after)])?.commit() {
            Ok(_) => return Ok(()),
            Err(Failure::Conflict(_)) => {}
            Err(Failure::Error(error)) => return Err(error),
        }
    }
    Err(Error::KeepsChanging { path: store.to_owned() })
}

/// Whether a store a little larger than this one could be written: tries all but the last step.
pub fn can_replace(store: &Path) -> Result<(), Error> {
    let file = snapshot::json(store)?.file;
    let mut bytes = file.bytes.clone().unwrap_or_default();
    bytes.extend([b' '; 4096]);
    Prepared::new(vec![in_place(file, bytes)]).map(drop)
}

fn in_place(file: snapshot::File, after: Vec<u8>) -> Change<'static> {
    let mode = file.mode.map_or(0o600, |mode| mode & 0o600);
    Change { path: file.path, before: file.bytes.map(Cow::Owned), after: Some(Cow::Owned(after)), mode, backup: None }
}

/// What OpenClaw stored for us cannot be taken back: a credential that it replaced is gone.
fn stored_already(handed_over: Option<String>, error: Error) -> Error {
    match handed_over {
        Some(profile_id) => Error::StoredAlready { profile_id, error: Box::new(error) },
        None => error,
    }
}

/// Writes one of our own files: atomically, 0600, its directory 0700.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_private_with(path, &|file| file.write_all(bytes))
}

/// [`write_private`] for a content that is nowhere in memory as a whole.
pub fn write_private_with(path: &Path, content: &Content<'_>) -> Result<(), Error> {
    private_dir(path.parent().unwrap_or(Path::new("/")))?;
    let temp = Temp::beside(path, content, 0o600, None)?;
    temp.rename(path)
}

/// Writes the content of a file; the same whenever it is called. The second time is for comparing.
type Content<'a> = dyn Fn(&mut dyn Write) -> io::Result<()> + 'a;

/// A directory of ours alone, made where it is missing; another mode than 0700 is somebody's slip.
pub(super) fn private_dir(dir: &Path) -> Result<(), Error> {
    make_dirs(dir)?;
    if fs::metadata(dir).is_ok_and(|meta| meta.mode() & 0o077 != 0) {
        let _ = fs::set_permissions(dir, Permissions::from_mode(0o700));
    }
    Ok(())
}

/// One file to bring from exact old bytes to new ones. None: no such file.
pub(super) struct Change<'a> {
    pub path: PathBuf,
    pub before: Option<Cow<'a, [u8]>>,
    pub after: Option<Cow<'a, [u8]>>,
    pub mode: u32,
    pub backup: Option<PathBuf>,
}

impl<'a> From<&'a FileChange> for Change<'a> {
    fn from(file: &'a FileChange) -> Self {
        Self {
            path: file.path.clone(),
            before: file.before.as_deref().map(Cow::Borrowed),
            after: Some(Cow::Borrowed(&file.after)),
            mode: file.mode,
            backup: file.backup.clone(),
        }
    }
}

pub(super) enum Failure {
    /// Somebody changed this file since it was read. Everything is as they left it.
    Conflict(PathBuf),
    Error(Error),
}

/// Changes whose new bytes lie, synced, beside their targets. Dropped uncommitted, they leave no trace.
pub(super) struct Prepared<'a> {
    changes: Vec<(Change<'a>, Option<Temp>, Option<Backup>)>,
    new_dirs: Vec<PathBuf>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(changes: Vec<Change<'a>>) -> Result<Self, Error> {
        let mut prepared = Self { changes: Vec::new(), new_dirs: Vec::new() };
        for mut change in changes {
            let parent = change.path.parent().unwrap_or(Path::new("/")).to_owned();
            prepared.new_dirs.extend(make_dirs(&parent)?);
            let like = fs::symlink_metadata(&change.path).ok().or_else(|| fs::metadata(&parent).ok());
            let backup = match (&change.before, &change.backup) {
                (Some(bytes), Some(path)) => Some(Backup::new(path, bytes, like.as_ref())?),
                _ => None,
            };
            change.backup = backup.as_ref().map(|backup| backup.path.clone());
            let temp = match &change.after {
                Some(bytes) => {
                    Some(Temp::beside(&change.path, &|file| file.write_all(bytes), change.mode, like.as_ref())?)
                }
                None => None,
            };
            prepared.changes.push((change, temp, backup));
        }
        Ok(prepared)
    }

    /// Replaces the targets in order. The paths of the backups.
    pub(super) fn commit(mut self) -> Result<Vec<Option<PathBuf>>, Failure> {
        for at in 0..self.changes.len() {
            if let Err(failure) = replace(&mut self.changes[at]) {
                // The one that failed, too: its new bytes may be in place already.
                let undone = self.changes[..=at].iter_mut().rev().map(|(change, _, backup)| put_back(change, backup));
                // All of them are tried, whatever becomes of one.
                return Err(undone.fold(Ok(()), Result::and).err().map_or(failure, Failure::Error));
            }
        }
        self.new_dirs.clear();
        Ok(self.changes.iter_mut().map(|(_, _, backup)| backup.take().map(Backup::keep)).collect())
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        self.changes.clear();
        // Empty again if nothing was written; otherwise this fails, as it should.
        remove_dirs(&self.new_dirs);
    }
}

fn replace((change, temp, _): &mut (Change<'_>, Option<Temp>, Option<Backup>)) -> Result<(), Failure> {
    let now = fs::symlink_metadata(&change.path).ok();
    if now.is_some_and(|meta| !meta.is_file()) || current(&change.path)?.as_deref() != change.before.as_deref() {
        return Err(Failure::Conflict(change.path.clone()));
    }
    match (temp.take(), &change.after) {
        (Some(temp), Some(after)) => temp.put(change, after)?,
        _ => remove(&change.path)?,
    }
    // Somebody wrote at once over what we wrote: reading again shows whether our change is still in it.
    match current(&change.path)?.as_deref() == change.after.as_deref() {
        true => Ok(()),
        false => Err(Failure::Conflict(change.path.clone())),
    }
}

fn current(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    super::tree::read_file(path).map_err(Failure::Error)
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| Failure::Error(Error::io(Doing::Write, path, &error)))?;
    sync_dir(path);
    Ok(())
}

/// Undoes one replacement, unless there was none or somebody wrote the file since. The backup holds the
/// old bytes, so no space is needed.
fn put_back(change: &Change<'_>, backup: &mut Option<Backup>) -> Result<(), Error> {
    let path = &change.path;
    let now = super::tree::read_file(path);
    if now.as_ref().is_ok_and(|now| now.as_deref() != change.after.as_deref() || change.before == change.after) {
        return Ok(());
    }
    let done = now.is_ok()
        && match (&change.before, &*backup) {
            (None, _) => fs::remove_file(path).is_ok(),
            (Some(_), Some(backup)) => fs::rename(&backup.path, path).is_ok(),
            // An undo that is itself undone: the bytes are in memory.
            (Some(bytes), None) => {
                let temp = Temp::beside(path, &|file| file.write_all(bytes), change.mode, None);
                temp.and_then(|temp| temp.rename(path)).is_ok()
            }
        };
    // Moved into place, or the last copy of the old bytes: either way it is not ours to remove.
    let backup = backup.take().map(Backup::keep);
    sync_dir(path);
    if done { Ok(()) } else { Err(Error::NotPutBack { path: path.clone(), backup }) }
}

/// A synced file under a random name; removed unless renamed.
struct Temp(PathBuf);

impl Temp {
    /// `like` gives the owner: the file that is replaced, or the directory of a new one.
    fn beside(path: &Path, content: &Content<'_>, mode: u32, like: Option<&fs::Metadata>) -> Result<Self, Error> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| Error::Io {
            doing: Doing::Write,
            path: path.to_owned(),
            errno: Errno::IO.raw_os_error(),
        })?;
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!("{TEMP_MARK}{}", lock::hex(&random)));
        let temp = path.with_file_name(name);
        create(&temp, content, mode, like).map_err(|error| at_target(error, Doing::Write, path))?;
        Ok(Self(temp))
    }

    /// Puts the new bytes where exactly the old ones are. The two change places, so that bytes which
    /// somebody wrote after the last look are seen, and put back.
    fn put(self, change: &Change<'_>, after: &[u8]) -> Result<(), Failure> {
        let path = &change.path;
        let conflict = || Err(Failure::Conflict(path.clone()));
        let rename = |flags| renameat_with(CWD, &self.0, CWD, path, flags);
        let flags = if change.before.is_some() { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        match rename(flags) {
            Ok(()) => {}
            Err(Errno::EXIST | Errno::NOENT) => return conflict(),
            // A file system without these: a plain rename, a moment after the look.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => return self.rename(path).map_err(Failure::Error),
            Err(errno) => return Err(Failure::Error(Error::io(Doing::Write, path, &errno.into()))),
        }
        if change.before.is_none() {
            sync_dir(path);
            return Ok(());
        }
        let there = current(&self.0);
        if !there.as_ref().is_ok_and(|there| there.as_deref() == change.before.as_deref()) {
            // Back again, and once more if somebody wrote over our bytes meanwhile.
            let back = rename(RenameFlags::EXCHANGE);
            if back.is_ok() && current(&self.0).is_ok_and(|ours| ours.as_deref() != Some(after)) {
                let _ = rename(RenameFlags::EXCHANGE);
            }
            sync_dir(path);
            if back.is_err() {
                let backup = Some(self.keep());
                return Err(Failure::Error(Error::NotPutBack { path: path.clone(), backup }));
            }
            return there.and_then(|_| conflict());
        }
        sync_dir(path);
        Ok(())
    }

    fn rename(self, path: &Path) -> Result<(), Error> {
        fs::rename(&self.0, path).map_err(|error| Error::io(Doing::Write, path, &error))?;
        self.keep();
        sync_dir(path);
        Ok(())
    }

    fn keep(self) -> PathBuf {
        let path = self.0.clone();
        std::mem::forget(self);
        path
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A copy of old bytes; removed unless kept.
struct Backup {
    path: PathBuf,
}

impl Backup {
    fn new(wanted: &Path, bytes: &[u8], like: Option<&fs::Metadata>) -> Result<Self, Error> {
        let name = wanted.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for again in 1.. {
            let path = match again {
                1 => wanted.to_owned(),
                n => wanted.with_file_name(format!("{name}-{n}")),
            };
            match create(&path, &|file| file.write_all(bytes), 0o600, like) {
                Ok(()) => return Ok(Self { path }),
                Err(Create::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists && again < 100 => {}
                Err(error) => return Err(at_target(error, Doing::Backup, &path)),
            }
        }
        Err(Error::Io { doing: Doing::Backup, path: wanted.to_owned(), errno: Errno::EXIST.raw_os_error() })
    }

    fn keep(self) -> PathBuf {
        let path = self.path.clone();
        std::mem::forget(self);
        path
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
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
        (&file).rewind().map_err(Create::Io)?;
        let mut there = Same(BufReader::new(&file));
        content(&mut there).and_then(|()| there.end()).map_err(Create::Io)
    })();
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// Takes only what its reader has, too.
struct Same<R>(R);

impl<R: BufRead> Same<R> {
    fn end(mut self) -> io::Result<()> {
        if self.0.fill_buf()?.is_empty() { Ok(()) } else { Err(Errno::IO.into()) }
    }
}

impl<R: BufRead> Write for Same<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let there = self.0.fill_buf()?;
        let length = there.len().min(bytes.len());
        if there[..length] != bytes[..length] || (length == 0 && !bytes.is_empty()) {
            return Err(Errno::IO.into());
        }
        self.0.consume(length);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Creates missing directories, 0700, owned like their parent. Those that were created, outermost first.
pub(super) fn make_dirs(dir: &Path) -> Result<Vec<PathBuf>, Error> {
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
fn remove_dirs(dirs: &[PathBuf]) {
    dirs.iter().rev().for_each(|dir| drop(fs::remove_dir(dir)));
}

/// Makes a rename last. A file system that cannot sync a directory is no reason to fail.
fn sync_dir(path: &Path) {
    if let Some(dir) = path.parent() {
        let _ = File::open(dir).and_then(|dir| dir.sync_all());
    }
}

/// Keeps the newest few of our backups of a file, and takes away what a killed run left beside it.
fn tidy(path: &Path) {
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
