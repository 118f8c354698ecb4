//! Puts back exactly the bytes that the last write replaced.

use super::journal::OpenJournal;
use super::run_lock;
use super::sidecar_lock::Lock;
use super::{Change, Failure, Prepared};
use crate::files::Doing;
use crate::files::lock::Lock as OwnLock;
use crate::files::{open_file, read_file};
use crate::openclaw::Site;
use crate::openclaw::error::Error;
use crate::openclaw::plan::Plan;
use crate::openclaw::program::profiles;
use crate::openclaw::types::Role;
use crate::signals::Uncut;
use crate::state::journal::Direction;
use crate::state::{Profiles, State, UndoFile, UndoRecord};
use crate::time::UnixMillis;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// Files that have their old bytes again.
    pub restored: Vec<PathBuf>,
    /// Files that did not exist before and are gone again.
    pub removed: Vec<PathBuf>,
    /// The credential that was stored in OpenClaw's database stays there, and what it replaced is gone.
    pub stays: Option<String>,
}

pub(super) fn record(
    state: &State,
    config: &Path,
    plan: &Plan,
    backups: &[Option<PathBuf>],
    database: Option<Profiles>,
    at: UnixMillis,
) -> Result<(), Error> {
    let files = &plan.files;
    // A hand-over alone has no way back, and it is the last write all the same: undo must not reach behind it.
    if files.is_empty() && database.is_none() && plan.handover.is_none() {
        return Ok(());
    }
    // What was there and has no copy was a secret that goes for good.
    let restorable = files.iter().zip(backups).filter(|(file, backup)| file.before.is_none() || backup.is_some());
    let files = restorable.map(|(file, backup)| UndoFile {
        path: file.path.clone(),
        before: file.before.as_deref().map(sha256),
        after: sha256(&file.after),
        backup: backup.clone(),
        mode: file.mode,
        renews: file.role == Role::SignIn,
    });
    let handed_over = plan.handover.as_ref().map(|handover| handover.profile_id.clone());
    let config = Some(config.to_owned());
    Ok(state.undo_record().write(&UndoRecord { at, config, files: files.collect(), handed_over, database })?)
}

/// Whether the last write put this file there, or changed it.
pub fn concerns(state: &State, path: &Path) -> bool {
    state.undo_record().read().is_some_and(|record| record.files.iter().any(|file| file.path == path))
}

/// When the last write was made, Unix time in milliseconds, if it can still be undone.
pub fn available(state: &State) -> Option<UnixMillis> {
    let record = state.undo_record().read()?;
    way_back(&record).is_ok_and(|(changes, _)| !changes.is_empty()).then_some(record.at)
}

/// Where OpenClaw put our last config when it went back to an older one of its own: a running gateway
/// does that, some time after the write, with a config it does not like. It keeps what it replaced
/// beside the config, so that its own words need not be asked for, which would take seconds.
pub fn reverted(state: &State) -> Option<PathBuf> {
    let record = state.undo_record().read()?;
    let aside = |entry: &UndoFile| -> Option<PathBuf> {
        let name = entry.path.file_name()?.to_str()?;
        let kept = ["clobbered", "rejected"].map(|why| format!("{name}.{why}."));
        let mut aside = crate::files::entries(entry.path.parent()?).into_iter().filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            kept.iter().any(|prefix| name.starts_with(prefix.as_str()))
        });
        aside.find(|path| sha256_of(path).ok().flatten().as_ref() == Some(&entry.after))
    };
    record.files.iter().filter(|entry| is_changed(entry)).find_map(aside)
}

/// The file is not as the last write left it.
fn is_changed(entry: &UndoFile) -> bool {
    sha256_of(&entry.path).is_ok_and(|now| now.as_ref() != Some(&entry.after))
}

/// Undoes the last commit, or refuses and touches nothing. One that was killed goes on where it stopped.
/// `site`: the installation, for what it keeps in its database; None: that stays.
pub fn undo(state: &State, site: Option<&Site>) -> Result<Undone, Error> {
    let record = state.undo_record().find()?.ok_or(Error::NothingToUndo)?;
    let last = record.files.last().map_or(state.dir(), |last| &last.path);
    let config = record.config.clone().unwrap_or_else(|| last.to_owned());
    let _only_one_of_us = run_lock::ours(state, &config)?;
    let mut journal = OpenJournal::open(state, &config);
    journal.recover_for_undo()?;
    let _uncut = Uncut::begin().map_err(Error::interrupted)?;
    let record = state.undo_record().read().ok_or(Error::NothingToUndo)?;
    if record.files.is_empty() && record.database.is_none() {
        let stored = record.handed_over.map(|profile_id| Error::OnlyHandedOver { profile_id });
        return Err(stored.unwrap_or(Error::NothingToUndo));
    }
    let locks = Locks::take(&record)?;
    let (mut changes, mut undone) = way_back(&record)?;
    journal.begin(Direction::Undo, &mut changes, None)?;
    if let Err(error) = put_back(changes) {
        journal.forget(&error);
        return Err(error);
    }
    if let Some(before) = &record.database {
        let put_back = site.map(|site| site.read().and_then(|snapshot| profiles::replace(site, &snapshot, &before.0)));
        undone.stays = match put_back {
            Some(Ok(_)) => None,
            _ => undone.stays.or_else(|| before.0.keys().next().cloned()),
        };
    }
    // Before the records go: who is killed in between leaves no lock that nobody comes back for.
    drop(locks);
    state.undo_record().remove();
    journal.end();
    Ok(undone)
}

/// The rest of an undo that was killed; the caller holds our lock. What was in OpenClaw's database waits for
/// the next undo.
pub(super) fn go_on(state: &State) -> Result<Undone, Error> {
    let record = state.undo_record().read().ok_or(Error::NothingToUndo)?;
    let locks = Locks::take(&record)?;
    let (changes, undone) = way_back(&record)?;
    put_back(changes)?;
    drop(locks);
    if record.database.is_none() {
        state.undo_record().remove();
    }
    Ok(undone)
}

/// What nobody else may write meanwhile.
struct Locks {
    _no_renewal: Option<OwnLock>,
    _openclaws: Option<Lock>,
}

impl Locks {
    fn take(record: &UndoRecord) -> Result<Locks, Error> {
        let kept = record.files.iter().find(|entry| entry.renews);
        let store = record.files.iter().find(|entry| entry.path.ends_with("auth-profiles.json"));
        Ok(Locks {
            _no_renewal: kept.map(|entry| run_lock::sign_in(&entry.path)).transpose()?,
            _openclaws: store.map(|entry| run_lock::openclaws(&entry.path)).transpose()?.flatten(),
        })
    }
}

fn put_back(changes: Vec<Change<'_>>) -> Result<(), Error> {
    match Prepared::new(changes)?.commit() {
        Ok(_) => Ok(()),
        Err(Failure::Conflict(path)) => Err(Error::ChangedSince { path }),
        Err(Failure::Error(error)) => Err(error),
    }
}

/// What is still to be done, and what will have been done then. Config first: a credential that the config
/// still names must not be missing.
fn way_back(record: &UndoRecord) -> Result<(Vec<Change<'static>>, Undone), Error> {
    let mut undone = Undone { stays: record.handed_over.clone(), ..Undone::default() };
    let mut changes = Vec::new();
    for entry in record.files.iter().rev() {
        changes.extend(change(entry)?);
        match entry.before {
            Some(_) => undone.restored.push(entry.path.clone()),
            None => undone.removed.push(entry.path.clone()),
        }
    }
    Ok((changes, undone))
}

/// None: it has its old bytes already.
fn change(entry: &UndoFile) -> Result<Option<Change<'static>>, Error> {
    let now = read_file(&entry.path)?;
    let hash = now.as_deref().map(sha256);
    if hash == entry.before {
        return Ok(None);
    }
    if !entry.renews && hash.as_ref() != Some(&entry.after) {
        return Err(Error::ChangedSince { path: entry.path.clone() });
    }
    let after = match (&entry.before, &entry.backup) {
        (None, _) => None,
        (Some(hash), Some(backup)) => Some(backed_up(backup, hash)?),
        (Some(_), None) => return Err(Error::BackupGone { path: entry.path.clone() }),
    };
    let (before, after) = (now.map(Cow::Owned), after.map(Cow::Owned));
    Ok(Some(Change { path: entry.path.clone(), before, after, mode: entry.mode, backup: None, staged: None }))
}

/// The bytes of a backup, if they are still those of that hash.
pub(super) fn backed_up(backup: &Path, hash: &str) -> Result<Vec<u8>, Error> {
    let gone = || Error::BackupGone { path: backup.to_owned() };
    let bytes = read_file(backup)?.ok_or_else(gone)?;
    if sha256(&bytes) == hash { Ok(bytes) } else { Err(gone()) }
}

/// Of a file that may be long; None when there is none.
pub(super) fn sha256_of(path: &Path) -> Result<Option<String>, Error> {
    let Some(mut file) = open_file(path)? else { return Ok(None) };
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut hash).map_err(|error| Error::io(Doing::Read, path, &error))?;
    Ok(Some(crate::files::hex(&hash.finalize())))
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    crate::files::hex(&Sha256::digest(bytes))
}
