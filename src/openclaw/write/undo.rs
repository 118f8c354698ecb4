//! Puts back exactly the bytes that the last write replaced.

use super::run_lock;
use super::{Change, Failure, Prepared};
use crate::files::Doing;
use crate::files::{open_file, read_file};
use crate::openclaw::Site;
use crate::openclaw::error::Error;
use crate::openclaw::plan::Plan;
use crate::openclaw::program::profiles;
use crate::openclaw::types::Role;
use crate::signals::Uncut;
use crate::state::{Profiles, State, UndoFile, UndoRecord};
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

pub(crate) fn record(
    state: &State,
    plan: &Plan,
    backups: &[Option<PathBuf>],
    database: Option<Profiles>,
    at: i64,
) -> Result<(), Error> {
    let files = &plan.files;
    if files.is_empty() && database.is_none() {
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
    Ok(state.undo_record().write(&UndoRecord { at, files: files.collect(), handed_over, database })?)
}

/// When the last write was made, Unix time in milliseconds, if it can still be undone.
pub fn available(state: &State) -> Option<i64> {
    let record = state.undo_record().read()?;
    changes(&record).is_ok().then_some(record.at)
}

/// Where OpenClaw put our last config when it went back to an older one of its own: a running gateway
/// does that, some time after the write, with a config it does not like. It keeps what it replaced
/// beside the config, so that its own words need not be asked for, which would take seconds.
pub fn reverted(state: &State) -> Option<PathBuf> {
    let record = state.undo_record().read()?;
    let aside = |entry: &UndoFile| -> Option<PathBuf> {
        let name = entry.path.file_name()?.to_str()?;
        let kept = ["clobbered", "rejected"].map(|why| format!("{name}.{why}."));
        let beside = std::fs::read_dir(entry.path.parent()?).ok()?.flatten().map(|file| file.path());
        let mut aside = beside.filter(|path| {
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

/// Undoes the last commit, or refuses and touches nothing. `site`: the installation, for what it keeps in its
/// database; None: that stays.
pub fn undo(state: &State, site: Option<&Site>) -> Result<Undone, Error> {
    let record = state.undo_record().read().ok_or(Error::NothingToUndo)?;
    if record.files.is_empty() && record.database.is_none() {
        return Err(Error::NothingToUndo);
    }
    let config = record.files.last().map_or(state.dir(), |config| &config.path);
    let _only_one_of_us = run_lock::ours(state, config)?;
    let kept = record.files.iter().find(|entry| entry.renews);
    let _no_renewal = kept.map(|entry| run_lock::sign_in(&entry.path)).transpose()?;
    let store = record.files.iter().find(|entry| entry.path.ends_with("auth-profiles.json"));
    let _openclaws_lock = store.map(|entry| run_lock::openclaws(&entry.path)).transpose()?.flatten();

    let changes = changes(&record)?;
    let mut undone = Undone { stays: record.handed_over.clone(), ..Undone::default() };
    for change in &changes {
        match change.after {
            Some(_) => undone.restored.push(change.path.clone()),
            None => undone.removed.push(change.path.clone()),
        }
    }
    let _uncut = Uncut::begin().map_err(Error::interrupted)?;
    match Prepared::new(changes)?.commit() {
        Ok(_) => {}
        Err(Failure::Conflict(path)) => return Err(Error::ChangedSince { path }),
        Err(Failure::Error(error)) => return Err(error),
    }
    if let Some(before) = &record.database {
        let put_back = site.map(|site| site.read().and_then(|snapshot| profiles::replace(site, &snapshot, &before.0)));
        undone.stays = match put_back {
            Some(Ok(_)) => None,
            _ => undone.stays.or_else(|| before.0.keys().next().cloned()),
        };
    }
    state.undo_record().remove();
    Ok(undone)
}

/// The way back, config first: a credential that the config still names must not be missing.
fn changes(record: &UndoRecord) -> Result<Vec<Change<'static>>, Error> {
    record.files.iter().rev().map(change).collect()
}

fn change(entry: &UndoFile) -> Result<Change<'static>, Error> {
    let now = read_file(&entry.path)?;
    if !entry.renews && now.as_deref().map(sha256).as_ref() != Some(&entry.after) {
        return Err(Error::ChangedSince { path: entry.path.clone() });
    }
    let after = match &entry.before {
        None => None,
        Some(hash) => {
            let gone = |path: &Path| Error::BackupGone { path: path.to_owned() };
            let backup = entry.backup.as_deref().ok_or_else(|| gone(&entry.path))?;
            let bytes = read_file(backup)?.ok_or_else(|| gone(backup))?;
            if sha256(&bytes) != *hash {
                return Err(gone(backup));
            }
            Some(bytes)
        }
    };
    let (before, after) = (now.map(Cow::Owned), after.map(Cow::Owned));
    Ok(Change { path: entry.path.clone(), before, after, mode: entry.mode, backup: None })
}

/// Of a file that may be long; None when there is none.
fn sha256_of(path: &Path) -> Result<Option<String>, Error> {
    let Some(mut file) = open_file(path)? else { return Ok(None) };
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut hash).map_err(|error| Error::io(Doing::Read, path, &error))?;
    Ok(Some(crate::files::hex(&hash.finalize())))
}

fn sha256(bytes: &[u8]) -> String {
    crate::files::hex(&Sha256::digest(bytes))
}
