//! The one place that writes users' files. All files of a change are prepared beside their targets
//! first; then each target is looked at once more and replaced by a rename. What goes wrong on the
//! way puts every file back.

pub mod journal;
pub(crate) mod run_lock;
pub mod sidecar_lock;
pub mod timer;
mod transaction;
pub mod undo;

pub use transaction::has_changed_files;

use super::error::Error;
use super::plan::credential;
use super::plan::{self, Plan, PlanWarning, Request};
use super::program::scratch_config::ScratchConfig;
use super::program::{paste_key, profiles};
use super::read::Site;
use super::read::dotenv;
use super::read::fingerprint::Fingerprint;
use super::read::snapshot::{self, Snapshot};
use super::types::{DatabaseChange, Role};
use crate::chutes::credential_kinds::variable;
use crate::chutes::model::Model;
use crate::chutes::oauth::token::Renewed;
use crate::signals::Uncut;
use crate::state::journal::Direction;
use crate::state::{Profiles, State};
use crate::time::UnixMillis;
use journal::OpenJournal;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use transaction::{Change, Failure, Prepared};

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
    /// Files that somebody changed after the request's `basis` was read. The change was made on their new
    /// contents.
    pub changed_meanwhile: Vec<PathBuf>,
    /// The change can be undone.
    pub undoable: bool,
}

/// Carries the request out: credential first, config second, all or nothing. Reads the files again and plans
/// again; `now` is Unix time in milliseconds.
///
/// `reviewed` is the fingerprint of the plan that a person has seen: when the new plan is another one, nothing is
/// written, and [`Error::ChangedSinceReview`] names the files. None: nobody reviewed it, so the change is made on
/// whatever is there now, at most three times.
pub fn commit(
    site: &Site,
    request: &Request,
    reviewed: Option<&Fingerprint>,
    state: &State,
    now: UnixMillis,
) -> Result<Written, Error> {
    carry_out(site, request, reviewed, state, now, drop)
}

/// Like [`commit`]; also OpenClaw's files as it left them, from memory: reading them again could fail, and
/// nothing would have been wrong with the write.
pub fn commit_and_look(
    site: &Site,
    request: &Request,
    state: &State,
    now: UnixMillis,
) -> Result<(Written, Option<Snapshot>), Error> {
    let mut before: Option<Snapshot> = None;
    let written = carry_out(site, request, None, state, now, |snapshot| before = Some(snapshot))?;
    let after = before.and_then(|before| before.after(&written.plan.files).ok());
    Ok((written, after))
}

/// `planned` gets what each plan was made from, once it is needed no more.
fn carry_out(
    site: &Site,
    request: &Request,
    reviewed: Option<&Fingerprint>,
    state: &State,
    now: UnixMillis,
    mut planned: impl FnMut(Snapshot),
) -> Result<Written, Error> {
    let _only_one_of_us = run_lock::ours(state, &site.paths.config)?;
    let mut journal = OpenJournal::open(state, &site.paths.config);
    let recovered = journal.recover()?;
    let mut database = Database { site, before: None };
    let mut handed_over: Option<String> = None;
    let mut conflict = PathBuf::new();
    for attempt in 0..ATTEMPTS {
        let snapshot = site.read()?;
        let mut plan = plan::plan(&snapshot, request, now)?;
        plan.warnings.extend(recovered.map(PlanWarning::from));
        let unseen = reviewed.map(|reviewed| reviewed.differences(&plan.fingerprint)).unwrap_or_default();
        if !unseen.is_empty() {
            return Err(stored_already(handed_over, Error::ChangedSinceReview { paths: unseen }));
        }
        let basis = request.basis.as_ref().map(|basis| plan.fingerprint.changed_since(&basis.fingerprint));
        let mut changed_meanwhile = basis.unwrap_or_default();
        if attempt > 0 && !changed_meanwhile.contains(&conflict) {
            changed_meanwhile.push(conflict.clone());
        }
        if !plan.changes_anything() {
            planned(snapshot);
            return Ok(Written { plan, changed_meanwhile, ..Written::default() });
        }
        let touches = |roles: &[Role]| plan.files.iter().any(|file| roles.contains(&file.role));
        // A renewal that is out would write its answer over a new sign-in.
        let _no_renewal = if touches(&[Role::SignIn]) { Some(run_lock::sign_in(&site.paths.sign_in)?) } else { None };
        let touches_store = touches(&[Role::AuthStore, Role::AuthState, Role::Dotenv]);
        let store = &snapshot.store.file.path;
        let openclaws_lock = if touches_store { run_lock::openclaws(store)? } else { None };
        let _uncut = Uncut::begin().map_err(Error::interrupted)?;
        let mut changes: Vec<Change<'_>> = plan.files.iter().map(Change::from).collect();
        let handover = plan.handover.as_ref().filter(|_| handed_over.is_none());
        let scratch = handover.map(|_| ScratchConfig::name(&site.paths.state_dir)).transpose()?;
        let undoable = journal.begin(Direction::Write, &mut changes, scratch.as_deref())?;
        let done = (|| {
            let prepared = Prepared::new(changes)?;
            if let Some(change) = &plan.database {
                database.replace(&snapshot, change)?;
            }
            if let (Some(handover), Some(scratch)) = (handover, &scratch) {
                paste_key::run(site, &snapshot, handover, scratch)?;
                handed_over = Some(handover.profile_id.clone());
            }
            remember_variables(site, &plan);
            // Before the first byte of the user's changes: what is written can be undone.
            if undoable {
                undo::record(state, &site.paths.config, &plan, &prepared.backups(), database.before.clone(), now)?;
            }
            let losses = prepared.losses();
            prepared.commit().map(|backups| (backups, losses))
        })();
        if let Err(Failure::Error(_)) = &done {
            database.put_back(&snapshot);
        }
        planned(snapshot);
        match done {
            Ok((backups, losses)) => {
                plan.warnings.extend(losses);
                // Before the journal closes: who is killed in between leaves no lock that nobody comes back for.
                drop(openclaws_lock);
                journal.end();
                if request.sign_out.is_some() {
                    site.paths.our_variables().remove();
                }
                if touches(&[Role::Config]) {
                    keep_registered(state, request);
                }
                let undoable = undoable && !(plan.files.is_empty() && database.before.is_none());
                return Ok(Written { plan, backups, changed_meanwhile, undoable });
            }
            Err(Failure::Conflict(path)) => {
                journal.clear_up()?;
                conflict = path;
            }
            Err(Failure::Error(error)) => {
                journal.failed(&error);
                return Err(stored_already(handed_over, error));
            }
        }
    }
    if let Ok(snapshot) = site.read() {
        database.put_back(&snapshot);
    }
    Err(stored_already(handed_over, Error::KeepsChanging { path: conflict }))
}

/// Remembers which credentials in `.env` are ours, before they are there. A failure to do so is nobody's trouble: a
/// sign-out then says that the variable is still set.
fn remember_variables(site: &Site, plan: &Plan) {
    let Some(file) = plan.files.iter().find(|file| file.role == Role::Dotenv) else { return };
    let before = String::from_utf8_lossy(file.before.as_deref().unwrap_or_default());
    let after = String::from_utf8_lossy(&file.after);
    let document = site.paths.our_variables();
    let mut marks = document.read().unwrap_or_default();
    for name in [variable::API_KEY, variable::OAUTH_TOKEN] {
        let value = dotenv::value(&after, name).filter(|value| dotenv::value(&before, name).as_ref() != Some(value));
        marks.extend(value.map(|value| dotenv::mark(name, &value)).filter(|mark| !marks.contains(mark)));
    }
    if !marks.is_empty() {
        let _ = document.write(&marks);
    }
}

/// Remembers what was written of the models. What only repeats the config is no word of the service's: of
/// that the older record stays.
fn keep_registered(state: &State, request: &Request) {
    let older = state.registered().map(|older| older.models).unwrap_or_default();
    let own = request.basis.iter().flat_map(|basis| &basis.models);
    let own: HashMap<&str, &Arc<Model>> = own.map(|model| (&*model.id, model)).collect();
    let older: HashMap<&str, &Arc<Model>> = older.iter().map(|model| (&*model.id, model)).collect();
    let written = request.selection.registered.iter().filter_map(|model| match own.get(&*model.id) {
        Some(own) if *own == model => older.get(&*model.id).map(|older| Arc::clone(older)),
        _ => Some(model.clone()),
    });
    state.keep_registered(&written.collect::<Vec<_>>());
}

/// What is done in OpenClaw's database on the way.
struct Database<'a> {
    site: &'a Site,
    /// The Chutes profiles that were there; None: nothing was done.
    before: Option<Profiles>,
}

impl Database<'_> {
    /// Once, however often the files are planned again.
    fn replace(&mut self, snapshot: &Snapshot, change: &DatabaseChange) -> Result<(), Error> {
        if self.before.is_none() {
            self.before = Some(Profiles(profiles::change(self.site, snapshot, change)?));
        }
        Ok(())
    }

    /// As it was. A failure is not reported: another one is.
    fn put_back(&mut self, snapshot: &Snapshot) {
        if let Some(before) = self.before.take() {
            let _ = profiles::replace(self.site, snapshot, &before.0);
        }
    }
}

/// OpenClaw's files. A file that is half written over is put right first, or waited for.
pub fn read_or_mend(site: &Site, state: &State) -> Result<Snapshot, Error> {
    let read = site.read();
    if read.is_ok() {
        return read;
    }
    let mended = run_lock::ours(state, &site.paths.config).and_then(|_only_one_of_us| {
        let mut journal = OpenJournal::open(state, &site.paths.config);
        if journal.left_torn()? { journal.recover().map(drop) } else { Ok(()) }
    });
    // Also when another run of this program was at it, and is done by now.
    if mended.is_ok() { site.read() } else { read }
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
        staged: None,
    }
}

/// What OpenClaw stored for us cannot be taken back: a credential that it replaced is gone.
fn stored_already(handed_over: Option<String>, error: Error) -> Error {
    match handed_over {
        Some(profile_id) => Error::StoredAlready { profile_id, error: Box::new(error) },
        None => error,
    }
}
