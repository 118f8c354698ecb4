//! The one place that writes users' files. All files of a change are prepared beside their targets
//! first; then each target is looked at once more and replaced by a rename. What goes wrong on the
//! way puts every file back.

use super::beside::{Aside, Content, holds, make_dirs, remove_dirs, sync_dir, tidy};
use super::error::{Doing, Error};
use super::lock;
use super::plan::{self, FileChange, Plan, Request, Role};
use super::snapshot::Snapshot;
use super::{Site, credential, handover, snapshot, undo};
use crate::chutes::oauth::token::Renewed;
use crate::signals::Uncut;
use crate::state::State;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::borrow::Cow;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// How often a change is planned again when somebody else writes the same file meanwhile.
const ATTEMPTS: usize = 3;

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
}

impl Written {
    /// The backup of the config, for the JSON document.
    pub fn config_backup(&self) -> Option<&Path> {
        let at = self.plan.files.iter().position(|file| file.role == Role::Config)?;
        self.backups.get(at)?.as_deref()
    }
}

/// Carries the request out: credential first, config second, all or nothing. Reads the files again;
/// `now` is Unix time in milliseconds.
pub fn commit(site: &Site, request: &Request, state: &State, now: i64) -> Result<Written, Error> {
    carry_out(site, request, state, now, drop)
}

/// Like [`commit`]; also OpenClaw's files as it left them, from memory: reading them again could fail, and
/// nothing would have been wrong with the write.
pub fn commit_and_look(
    site: &Site,
    request: &Request,
    state: &State,
    now: i64,
) -> Result<(Written, Option<Snapshot>), Error> {
    let mut before: Option<Snapshot> = None;
    let written = carry_out(site, request, state, now, |snapshot| before = Some(snapshot))?;
    let after = before.and_then(|before| before.after(&written.plan.files).ok());
    Ok((written, after))
}

/// `planned` gets what each plan was made from, once it is needed no more.
fn carry_out(
    site: &Site,
    request: &Request,
    state: &State,
    now: i64,
    mut planned: impl FnMut(Snapshot),
) -> Result<Written, Error> {
    let _only_one_of_us = lock::ours(state, &site.paths.config)?;
    let mut handed_over: Option<String> = None;
    let mut conflict = PathBuf::new();
    for attempt in 0..ATTEMPTS {
        let snapshot = site.read()?;
        let plan = plan::plan(&snapshot, request, now)?;
        if !plan.changes_anything() {
            planned(snapshot);
            return Ok(Written { plan, replanned: attempt > 0, ..Written::default() });
        }
        let touches_store = plan.files.iter().any(|file| file.role != Role::Config);
        let store = &snapshot.store.file.path;
        let _openclaws_lock = if touches_store { lock::openclaws(store)? } else { None };
        let _uncut = Uncut::begin().map_err(Error::interrupted)?;
        let prepared = Prepared::new(plan.files.iter().map(Change::from).collect())?;
        if let Some(handover) = plan.handover.as_ref().filter(|_| handed_over.is_none()) {
            handover::run(site, &snapshot, handover)?;
            handed_over = Some(handover.profile_id.clone());
        }
        planned(snapshot);
        match prepared.commit() {
            Ok(backups) => {
                let undoable = undo::record(state, &plan, &backups, now).is_ok();
                plan.files.iter().for_each(|file| tidy(&file.path));
                return Ok(Written { plan, backups, replanned: attempt > 0, undoable });
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
    let mut bytes = file.bytes.as_deref().unwrap_or_default().to_vec();
    bytes.extend([b' '; 4096]);
    Prepared::new(vec![in_place(file, bytes)]).map(drop)
}

fn in_place(file: snapshot::File, after: Vec<u8>) -> Change<'static> {
    let mode = file.mode.map_or(0o600, |mode| mode & 0o600);
    Change {
        path: file.path,
        before: file.bytes.map(|bytes| Cow::Owned(bytes.to_vec())),
        after: Some(Cow::Owned(after)),
        mode,
        backup: None,
    }
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
    let temp = Aside::temp(path, content, 0o600, None)?;
    temp.rename(path)
}

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

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

/// Changes whose new bytes lie, synced, beside their targets. Dropped uncommitted, they leave no trace.
pub(super) struct Prepared<'a> {
    changes: Vec<(Change<'a>, Option<Aside>, Option<Aside>)>,
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
                (Some(bytes), Some(path)) => Some(Aside::backup(path, bytes, like.as_ref())?),
                _ => None,
            };
            change.backup = backup.as_ref().map(|backup| backup.path().to_owned());
            let temp = match &change.after {
                Some(bytes) => {
                    Some(Aside::temp(&change.path, &|file| file.write_all(bytes), change.mode, like.as_ref())?)
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
        Ok(self.changes.iter_mut().map(|(_, _, backup)| backup.take().map(Aside::keep)).collect())
    }
}

impl Drop for Prepared<'_> {
    fn drop(&mut self) {
        self.changes.clear();
        // Empty again if nothing was written; otherwise this fails, as it should.
        remove_dirs(&self.new_dirs);
    }
}

fn replace((change, temp, _): &mut (Change<'_>, Option<Aside>, Option<Aside>)) -> Result<(), Failure> {
    let now = fs::symlink_metadata(&change.path).ok();
    if now.is_some_and(|meta| !meta.is_file()) || !holds(&change.path, change.before.as_deref())? {
        return Err(Failure::Conflict(change.path.clone()));
    }
    match (temp.take(), &change.after) {
        (Some(temp), Some(after)) => put(temp, change, after)?,
        _ => remove(&change.path)?,
    }
    // Somebody wrote at once over what we wrote: reading again shows whether our change is still in it.
    match holds(&change.path, change.after.as_deref())? {
        true => Ok(()),
        false => Err(Failure::Conflict(change.path.clone())),
    }
}

/// Puts the new bytes where exactly the old ones are. The two change places, so that bytes which
/// somebody wrote after the last look are seen, and put back.
fn put(temp: Aside, change: &Change<'_>, after: &[u8]) -> Result<(), Failure> {
    let path = &change.path;
    let conflict = || Err(Failure::Conflict(path.clone()));
    let rename = |flags| renameat_with(CWD, temp.path(), CWD, path, flags);
    let flags = if change.before.is_some() { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
    match rename(flags) {
        Ok(()) => {}
        Err(Errno::EXIST | Errno::NOENT) => return conflict(),
        // A file system without these: a plain rename, a moment after the look.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => return temp.rename(path).map_err(Failure::Error),
        Err(errno) => return Err(Failure::Error(Error::io(Doing::Write, path, &errno.into()))),
    }
    if change.before.is_none() {
        sync_dir(path);
        return Ok(());
    }
    let there = holds(temp.path(), change.before.as_deref());
    if !matches!(there, Ok(true)) {
        // Back again, and once more if somebody wrote over our bytes meanwhile.
        let back = rename(RenameFlags::EXCHANGE);
        if back.is_ok() && holds(temp.path(), Some(after)).is_ok_and(|ours| !ours) {
            let _ = rename(RenameFlags::EXCHANGE);
        }
        sync_dir(path);
        if back.is_err() {
            let backup = Some(temp.keep());
            return Err(Failure::Error(Error::NotPutBack { path: path.clone(), backup }));
        }
        there?;
        return conflict();
    }
    sync_dir(path);
    Ok(())
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_file(path).map_err(|error| Failure::Error(Error::io(Doing::Write, path, &error)))?;
    sync_dir(path);
    Ok(())
}

/// Undoes one replacement, unless there was none or somebody wrote the file since. The backup holds the
/// old bytes, so no space is needed.
fn put_back(change: &Change<'_>, backup: &mut Option<Aside>) -> Result<(), Error> {
    let path = &change.path;
    let ours = holds(path, change.after.as_deref());
    if ours.as_ref().is_ok_and(|ours| !ours || change.before == change.after) {
        return Ok(());
    }
    let done = ours.is_ok()
        && match (&change.before, &*backup) {
            (None, _) => fs::remove_file(path).is_ok(),
            (Some(_), Some(backup)) => fs::rename(backup.path(), path).is_ok(),
            // An undo that is itself undone: the bytes are in memory.
            (Some(bytes), None) => {
                let temp = Aside::temp(path, &|file| file.write_all(bytes), change.mode, None);
                temp.and_then(|temp| temp.rename(path)).is_ok()
            }
        };
    // Moved into place, or the last copy of the old bytes: either way it is not ours to remove.
    let backup = backup.take().map(Aside::keep);
    sync_dir(path);
    if done { Ok(()) } else { Err(Error::NotPutBack { path: path.clone(), backup }) }
}
