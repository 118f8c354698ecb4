//! The journal around a write: names what comes to lie beside users' files before it is there, and clears
//! up after a run that was killed. What no record names is never touched.

use super::transaction::{Change, Failure, Prepared, is_torn};
use super::{run_lock, undo};
use crate::files::staged::{free_name, missing_dirs, remove_dirs, staged_name};
use crate::openclaw::error::Error;
use crate::openclaw::plan::PlanWarning;
use crate::openclaw::types::Recovered;
use crate::signals::Uncut;
use crate::state::journal::{Backup, Direction, Journal, PlannedFile, Transaction};
use crate::state::{Document, State};
use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

/// Backups that are kept of each file: the first, which a person wrote, and the newest.
const BACKUPS: usize = 5;

impl From<Recovered> for PlanWarning {
    fn from(recovered: Recovered) -> Self {
        PlanWarning::EarlierRun { recovered }
    }
}

/// The journal of one config, while our lock on it is held.
pub(super) struct OpenJournal<'s> {
    state: &'s State,
    document: Document<Journal>,
    journal: Journal,
}

impl<'s> OpenJournal<'s> {
    pub(super) fn open(state: &'s State, config: &Path) -> Self {
        let document = state.journal(&run_lock::name_of(config));
        let journal = document.read().unwrap_or_default();
        Self { state, document, journal }
    }

    /// Records what is about to be made, choosing the names. Nothing is touched if that fails. False: our own state,
    /// which is a convenience, has no place here; a run that is killed leaves its files then, and nothing undoes it.
    pub(super) fn begin(
        &mut self,
        direction: Direction,
        changes: &mut [Change<'_>],
        scratch: Option<&Path>,
    ) -> Result<bool, Error> {
        let mut new_dirs: Vec<PathBuf> = Vec::new();
        let mut files = Vec::new();
        for change in changes.iter_mut() {
            let parent = change.path.parent().unwrap_or(Path::new("/"));
            new_dirs.extend(missing_dirs(parent).into_iter().filter(|dir| !new_dirs.contains(dir)).collect::<Vec<_>>());
            change.staged = change.after.is_some().then(|| staged_name(&change.path)).transpose()?;
            change.backup = match &change.before {
                Some(_) => change.backup.take().map(|wanted| free_name(&wanted)),
                None => None,
            };
            files.push(PlannedFile {
                path: change.path.clone(),
                before: change.before.as_deref().map(undo::sha256),
                after: change.after.as_deref().map(undo::sha256),
                mode: change.mode,
                staged: change.staged.clone(),
                backup: change.backup.clone(),
            });
        }
        if let Some(scratch) = scratch {
            let parent = scratch.parent().unwrap_or(Path::new("/"));
            new_dirs.extend(missing_dirs(parent).into_iter().filter(|dir| !new_dirs.contains(dir)).collect::<Vec<_>>());
        }
        let previous = self.state.undo_record().read();
        let scratch = scratch.map(Path::to_owned);
        self.journal.transaction = Some(Transaction { direction, files, new_dirs, scratch, previous });
        match self.document.write(&self.journal) {
            Ok(()) => Ok(true),
            Err(error) if error.is_no_place(self.state.dir()) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Everything is in place: what was copied stays, as far as there are not too many copies.
    pub(super) fn end(&mut self) {
        let Some(done) = self.journal.transaction.take() else { return };
        for file in done.files {
            if let (Some(path), Some(sha256)) = (file.backup, file.before) {
                self.journal.backups.push(Backup { of: file.path.clone(), path, sha256 });
            }
            self.prune(&file.path);
        }
        // At worst the next run finds a write that is complete.
        let _ = self.document.write(&self.journal);
    }

    /// Before an undo: what a killed write had begun is what would be undone; a killed undo goes on, without
    /// what it left.
    pub(super) fn recover_for_undo(&mut self) -> Result<(), Error> {
        match &self.journal.transaction {
            Some(found) if found.direction == Direction::Undo => remove_leftovers(found),
            _ => _ = self.recover()?,
        }
        Ok(())
    }

    /// An undo failed and put everything back; what could not be is for the next one.
    pub(super) fn forget(&mut self, error: &Error) {
        if !matches!(error, Error::NotPutBack { .. }) {
            self.journal.transaction = None;
            let _ = self.document.write(&self.journal);
        }
    }

    /// It failed, and nothing of it is left, or what is left is for the next run. The caller holds OpenClaw's lock.
    pub(super) fn failed(&mut self, error: &Error) {
        if matches!(error, Error::NotPutBack { .. }) {
            return;
        }
        let _ = self.clear_up();
    }

    /// Keeps the first and the newest copies of a file. By the order of the record: clocks are set back.
    fn prune(&mut self, of: &Path) {
        while self.journal.backups.iter().filter(|backup| backup.of == of).count() > BACKUPS {
            let mut ours = self.journal.backups.iter().enumerate().filter(|(_, backup)| backup.of == of);
            let Some((at, _)) = ours.nth(1) else { return };
            let backup = self.journal.backups.remove(at);
            remove_if(&backup.path, &backup.sha256);
        }
    }

    /// A run was killed while it wrote over a file.
    pub(super) fn left_torn(&self) -> Result<bool, Error> {
        let files = self.journal.transaction.iter().flat_map(|begun| &begun.files);
        files.map(was_torn).try_fold(false, |any, torn| Ok(any || torn?))
    }

    /// Clears up after a run that was killed. None: there was none.
    pub(super) fn recover(&mut self) -> Result<Option<Recovered>, Error> {
        let found = self.journal.transaction.as_ref().filter(|found| found.direction == Direction::Write);
        let store = found.and_then(|found| found.files.iter().find(|file| file.path.ends_with("auth-profiles.json")));
        let _openclaws_lock = store.map(|file| run_lock::openclaws(&file.path)).transpose()?.flatten();
        self.clear_up()
    }

    /// [`Self::recover`], and after a write of this run that did not come to its end: the caller holds OpenClaw's
    /// lock, which would be waited for in vain here.
    pub(super) fn clear_up(&mut self) -> Result<Option<Recovered>, Error> {
        let Some(found) = self.journal.transaction.clone() else { return Ok(None) };
        let _uncut = Uncut::begin().map_err(Error::interrupted)?;
        let recovered = match found.direction {
            Direction::Write => self.recover_write(&found)?,
            Direction::Undo => match undo::go_on(self.state) {
                Ok(_) => Recovered::Undone,
                Err(Error::ChangedSince { .. } | Error::BackupGone { .. } | Error::NothingToUndo) => {
                    Recovered::LeftAlone
                }
                Err(error) => return Err(error),
            },
        };
        remove_leftovers(&found);
        if recovered == Recovered::Completed {
            self.end();
        } else {
            remove_dirs(&found.new_dirs);
            self.journal.transaction = None;
            self.document.write(&self.journal)?;
        }
        Ok(Some(recovered))
    }

    fn recover_write(&self, found: &Transaction) -> Result<Recovered, Error> {
        let mut done = Vec::new();
        let (mut changed, mut torn) = (false, false);
        for file in &found.files {
            let now = undo::sha256_of(&file.path)?;
            let complete = now == file.after;
            if complete || (now != file.before && was_torn(file)?) {
                done.push(file);
                torn |= !complete;
            } else if now != file.before {
                changed = true;
            }
        }
        if done.len() == found.files.len() && !torn {
            return Ok(Recovered::Completed);
        }
        let recovered = match (done.is_empty(), changed) {
            (true, false) => Recovered::Cleared,
            (true, true) => Recovered::LeftAlone,
            (false, _) => Recovered::TakenBack,
        };
        let back: Result<Vec<Change<'static>>, Error> = done.into_iter().rev().map(way_back).collect();
        // What has no copy was a secret that goes for good, or somebody removed its copy: such a write goes on.
        let (changes, recovered) = match back {
            Ok(back) => (back, recovered),
            Err(Error::BackupGone { .. }) => match way_on(found)? {
                Some(on) => (on, Recovered::Completed),
                None => (Vec::new(), Recovered::LeftAlone),
            },
            Err(error) => return Err(error),
        };
        let recovered = match Prepared::new(changes)?.commit() {
            Ok(_) => recovered,
            Err(Failure::Conflict(_)) => Recovered::LeftAlone,
            Err(Failure::Error(error)) => return Err(error),
        };
        if recovered == Recovered::Completed {
            return Ok(recovered);
        }
        for file in &found.files {
            if let (Some(backup), Some(before)) = (&file.backup, &file.before) {
                remove_copy(backup, &file.path, before);
            }
        }
        match &found.previous {
            Some(previous) => self.state.undo_record().write(previous)?,
            None => self.state.undo_record().remove(),
        }
        Ok(recovered)
    }
}

/// That run was killed while it wrote the new bytes over the old ones.
fn was_torn(file: &PlannedFile) -> Result<bool, Error> {
    let (Some(staged), Some(backup), Some(hash)) = (&file.staged, &file.backup, &file.before) else { return Ok(false) };
    let read = crate::files::read_file;
    let (Some(now), Some(after)) = (read(&file.path)?, read(staged)?) else { return Ok(false) };
    // Without the old bytes nobody can tell.
    let Ok(before) = undo::backed_up(backup, hash) else { return Ok(false) };
    Ok(is_torn(&now, &before, &after))
}

/// From the new bytes to the old ones, which are in the backup.
fn way_back(file: &PlannedFile) -> Result<Change<'static>, Error> {
    let now = crate::files::read_file(&file.path)?;
    let after = match (&file.before, &file.backup) {
        (None, _) => None,
        (Some(hash), Some(backup)) => Some(undo::backed_up(backup, hash)?),
        (Some(_), None) => return Err(Error::BackupGone { path: file.path.clone() }),
    };
    let (before, after) = (now.map(Cow::Owned), after.map(Cow::Owned));
    Ok(Change { path: file.path.clone(), before, after, mode: file.mode, backup: None, staged: None })
}

/// The rest of a write, from the new bytes that wait. None: somebody changed a file, or the new bytes are gone.
fn way_on(found: &Transaction) -> Result<Option<Vec<Change<'static>>>, Error> {
    let mut changes = Vec::new();
    for file in &found.files {
        let before = crate::files::read_file(&file.path)?;
        let hash = before.as_deref().map(undo::sha256);
        if hash == file.after {
            continue;
        }
        let after = file.staged.as_deref().map(crate::files::read_file).transpose()?.flatten();
        if hash != file.before || after.as_deref().map(undo::sha256) != file.after {
            return Ok(None);
        }
        let (before, after) = (before.map(Cow::Owned), after.map(Cow::Owned));
        changes.push(Change { path: file.path.clone(), before, after, mode: file.mode, backup: None, staged: None });
    }
    Ok(Some(changes))
}

/// The new bytes that wait, and the throw-away config.
fn remove_leftovers(found: &Transaction) {
    for staged in found.files.iter().filter_map(|file| file.staged.as_deref()) {
        if fs::symlink_metadata(staged).is_ok_and(|meta| meta.is_file()) {
            let _ = fs::remove_file(staged);
        }
    }
    if let Some(scratch) = &found.scratch
        && fs::symlink_metadata(scratch).is_ok_and(|meta| meta.is_dir())
    {
        let _ = fs::remove_dir_all(scratch);
    }
}

/// Removes a copy of ours of a file that has its old bytes again, whole or cut off by the end of that run.
fn remove_copy(copy: &Path, of: &Path, sha256: &str) {
    let read = |path: &Path| crate::files::read_file(path).ok().flatten();
    let (Some(begun), Some(whole)) = (read(copy), read(of)) else { return };
    let is_ours = undo::sha256(&whole) == sha256 && whole.starts_with(&begun);
    if is_ours && fs::symlink_metadata(copy).is_ok_and(|meta| meta.is_file()) {
        let _ = fs::remove_file(copy);
    }
}

/// Removes a copy of ours, unless somebody changed it.
fn remove_if(path: &Path, sha256: &str) {
    let is_file = fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file());
    if is_file && undo::sha256_of(path).is_ok_and(|now| now.as_deref() == Some(sha256)) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: PathBuf, before: &'static str, after: &'static str, backup: Option<PathBuf>) -> Change<'static> {
        let bytes = |text: &'static str| Some(Cow::Borrowed(text.as_bytes()));
        Change { path, before: bytes(before), after: bytes(after), mode: 0o600, backup, staged: None }
    }

    /// A write of two files, killed after the first: `.env`, with a copy or without one, then the config.
    fn killed_between_two_files(dir: &Path, backup: Option<PathBuf>) -> State {
        let state = State::at(dir.join("state"));
        let (env, config) = (dir.join(".env"), dir.join("openclaw.json"));
        fs::write(&env, "A=1\nKEY=old\n").unwrap();
        fs::write(&config, "{ old: 1 }").unwrap();
        let copy = dir.join("openclaw.json.chutes-backup-1");
        let mut changes =
            [change(env, "A=1\nKEY=old\n", "A=1\n", backup), change(config.clone(), "{ old: 1 }", "{}", Some(copy))];
        let mut journal = OpenJournal::open(&state, &config);
        journal.begin(Direction::Write, &mut changes, None).unwrap();
        for change in &changes {
            fs::write(change.staged.as_ref().unwrap(), change.after.as_deref().unwrap()).unwrap();
            if let Some(backup) = &change.backup {
                fs::write(backup, change.before.as_deref().unwrap()).unwrap();
            }
        }
        // The two change places, and that run is no more.
        let [env, _] = &changes;
        fs::rename(env.staged.as_ref().unwrap(), &env.path).unwrap();
        fs::write(env.staged.as_ref().unwrap(), env.before.as_deref().unwrap()).unwrap();
        state
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter(|name| name != "state").collect();
        names.sort();
        names
    }

    #[test]
    fn a_sign_out_that_was_killed_in_between_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let state = killed_between_two_files(dir.path(), None);
        let config = dir.path().join("openclaw.json");
        let mut journal = OpenJournal::open(&state, &config);
        assert_eq!(journal.recover(), Ok(Some(Recovered::Completed)));
        assert_eq!(fs::read_to_string(dir.path().join(".env")).unwrap(), "A=1\n");
        assert_eq!(fs::read_to_string(&config).unwrap(), "{}");
        assert_eq!(names(dir.path()), [".env", "openclaw.json", "openclaw.json.chutes-backup-1"]);
        assert_eq!(OpenJournal::open(&state, &config).recover(), Ok(None), "there is nothing left to clear up");
    }

    #[test]
    fn a_write_with_no_way_back_and_none_on_is_left_alone_once() {
        let dir = tempfile::tempdir().unwrap();
        let backup = dir.path().join(".env.chutes-backup-1");
        let state = killed_between_two_files(dir.path(), Some(backup.clone()));
        let config = dir.path().join("openclaw.json");
        fs::remove_file(backup).unwrap();
        fs::write(&config, "{ theirs: 1 }").unwrap();
        assert_eq!(OpenJournal::open(&state, &config).left_torn(), Ok(false));
        assert_eq!(OpenJournal::open(&state, &config).recover(), Ok(Some(Recovered::LeftAlone)));
        assert_eq!(fs::read_to_string(dir.path().join(".env")).unwrap(), "A=1\n");
        assert_eq!(fs::read_to_string(&config).unwrap(), "{ theirs: 1 }");
        assert_eq!(OpenJournal::open(&state, &config).recover(), Ok(None), "it stands in nobody's way any more");
    }
}
