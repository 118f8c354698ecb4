//! From a snapshot and a wish to exact new file contents. No IO.

pub(crate) mod config;
pub(crate) mod credential;
mod rebase;
pub mod refusals;
pub mod renewal_job;
pub mod renewal_timer;
mod renewal_way;
pub mod schema;
mod sign_out;
mod warning;

pub use renewal_way::{RenewalWay, cron_is_off};
pub use sign_out::SignOut;
pub use warning::{PlanWarning, left_at_chutes};

use super::error::Error;
use super::read::current;
use super::read::current::Current;
use super::read::dotenv;
use super::read::fingerprint::Fingerprint;
use super::read::includes::MergedConfig;
use super::read::plugin;
use super::read::refs;
use super::read::snapshot::{self, File, Snapshot};
use super::types::StoredCredential;
use super::types::{CredentialKind, DatabaseChange, FileChange, Handover, NewCredential, Role};
use super::value::at;
use crate::chutes::credential_kinds::variable;
use crate::chutes::oauth::attempt::is_client_secret;
use crate::chutes::oauth::renewal_terms::{self};
use crate::renewal_timer::RenewalTimer;
use crate::selection::refs::DEFAULT_PROVIDER;
use crate::sign_in::SignIn;
use crate::time::UnixMillis;
use crate::{secret::Secret, selection::Selection};
use config::{ConfigSpec, DesiredConfig};
use credential::Change;
use json5_edit::same;
use json5_edit::says;
use rebase::rebased;
use serde_json::Value;
use std::path::PathBuf;

/// What the user decided.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The API in force, `…/v1`.
    pub base_url: String,
    /// None: the stored credential stays.
    pub credential: Option<NewCredential>,
    pub selection: Selection,
    /// To be put where OpenClaw's gateway reads it for renewals; None: that file stays as it is.
    pub client_secret: Option<Secret>,
    /// What the selection was made on. What others change between that and the write stays changed.
    /// None: the selection is meant as it stands.
    pub basis: Option<Current>,
    /// A profile whose credential a live call proved: the marks of its past failures leave OpenClaw's auth
    /// state, so that it is used again at once.
    pub proven: Option<String>,
    /// Instead of all this: Chutes leaves.
    pub sign_out: Option<SignOut>,
    /// A timer is made that renews the sign-in which we keep.
    pub timer: TimerWish,
    /// Another stored profile becomes the one that OpenClaw uses, or one leaves.
    pub account: Option<AccountChange>,
    /// For that: the stored Chutes credentials, the one in use first. Those in OpenClaw's files are known.
    pub stored: Vec<StoredCredential>,
}

/// What is to become of the timer that renews.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimerWish {
    /// It stays as it is, or there is none.
    #[default]
    AsItIs,
    /// It is made together with the sign-in.
    Make,
    /// It alone is made.
    MakeOnly,
}

/// A change among the profiles that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// Id of the profile that OpenClaw is to use.
    Use(String),
    /// Id of a profile that goes; another one is left.
    Remove(String),
}

/// What is to be written, worked out and not written yet.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order they are written: credential first, config last. Empty: nothing changes.
    pub files: Vec<FileChange>,
    /// Before the hand-over.
    pub database: Option<DatabaseChange>,
    pub handover: Option<Handover>,
    /// Of a new sign-in: who renews it.
    pub renewal: Option<RenewalWay>,
    /// The timer that `files` make, once it is started.
    pub timer: Option<RenewalTimer>,
    /// The profile that will be active, when a credential is stored by this plan.
    pub profile_id: Option<String>,
    /// Stored Chutes credentials that this plan overwrites or removes.
    pub replaced: Vec<StoredCredential>,
    pub warnings: Vec<PlanWarning>,
    /// Where OpenClaw itself puts the credential of this plan. None: it is in `files`, or there is none.
    pub database_path: Option<PathBuf>,
    /// What the plan was made from and would write: see [`crate::openclaw::write::commit`].
    pub fingerprint: Fingerprint,
}

impl Plan {
    /// A file changes, or OpenClaw is to store a credential.
    pub fn changes_anything(&self) -> bool {
        !self.files.is_empty() || self.handover.is_some() || self.database.is_some()
    }
}

/// What the files of the snapshot have to become for the request; nothing is written. `now` goes into the names of
/// backups. Fails on what cannot be changed without loss, and on a credential that this OpenClaw takes nowhere.
pub fn plan(snapshot: &Snapshot, request: &Request, now: UnixMillis) -> Result<Plan, Error> {
    if let Some(out) = request.sign_out {
        return sign_out::plan(snapshot, out, now);
    }
    if request.timer == TimerWish::MakeOnly {
        return renewal_timer::plan(snapshot, now);
    }
    let selection = match &request.basis {
        Some(basis) => &rebased(&request.selection, basis, &Current::of(snapshot, now)),
        None => &request.selection,
    };
    let new = request.credential.as_ref();
    let secret = request.client_secret.as_ref();
    let credential = match (new, &request.account) {
        (Some(new), _) => credential::change(snapshot, new, secret)?,
        (None, Some(account)) => credential::account(snapshot, account, &request.stored)?,
        (None, None) => Change::default(),
    };
    let mut files: Vec<FileChange> =
        credential.files.iter().cloned().map(|(role, file, after)| file_change(role, file, after, now)).collect();
    if let Some(profile) = &request.proven {
        let changes = credential::without_marks(snapshot, profile)?.into_iter();
        files.extend(changes.map(|(role, file, after)| file_change(role, file, after, now)));
    }
    // Where we keep the sign-in, its client secret is with it.
    let secret = secret.filter(|_| credential.helper.is_none());
    files.extend(dotenv_change(snapshot, secret, &credential.dotenv, now)?);
    let wanted = request.timer == TimerWish::Make && credential.helper.is_some();
    let (timer, made) = wanted.then(|| renewal_timer::changes(snapshot, now)).flatten().unzip();
    let timer = timer.filter(|_| made.as_ref().is_some_and(|made: &Vec<FileChange>| !made.is_empty()));
    files.extend(made.into_iter().flatten());
    files.extend(config_changes(snapshot, &request.base_url, selection, &credential, now)?);

    let Change { handover, database, helper, profile, replaced, .. } = credential;
    let removed = profile.as_ref().map(|profile| profile.removed.clone()).unwrap_or_default();
    let renewal = new.filter(|new| new.kind() == CredentialKind::OAuth).map(|_| match &helper {
        Some(_) => RenewalWay::kept(snapshot, timer.as_ref()),
        None => RenewalWay::OpenClaw,
    });
    let warnings = [
        warnings(snapshot, selection, removed),
        plugin_warnings(snapshot, new).into_iter().collect(),
        renewal_warning(snapshot, request, helper.is_some()).into_iter().collect(),
    ];
    let by_openclaw = handover.is_some() || database.is_some();
    let kind = request.credential.as_ref().map(NewCredential::kind);
    Ok(Plan {
        database_path: by_openclaw.then(|| snapshot.credential_stores().of(kind).to_owned()),
        fingerprint: Fingerprint::of_plan(snapshot, &files),
        files,
        database,
        handover,
        renewal,
        timer,
        profile_id: profile.map(|profile| profile.id).or_else(|| helper.and(new).map(credential::profile_id)),
        warnings: warnings.concat(),
        replaced,
    })
}

/// The client secret, and what else is to change, in the file that the gateway reads.
fn dotenv_change(
    snapshot: &Snapshot,
    client_secret: Option<&Secret>,
    variables: &[(&'static str, Option<Secret>)],
    now: UnixMillis,
) -> Result<Option<FileChange>, Error> {
    let file = &snapshot.dotenv;
    let stored = variables.iter().any(|(_, value)| value.is_some());
    if let (true, Some(error)) = (client_secret.is_some() || stored, &snapshot.dotenv_error) {
        return Err(error.clone());
    }
    let unproven = |name: &str| Error::Unproven { path: file.path.clone(), dotted: name.to_owned() };
    let before = file.bytes.as_deref().unwrap_or_default();
    let after = dotenv::edit(before, |text| {
        let mut after = text.to_owned();
        if let Some(secret) = client_secret.filter(|secret| is_client_secret(secret.expose())) {
            after = dotenv::set(&after, variable::CLIENT_SECRET, secret.expose());
        }
        for (name, value) in variables {
            after = match value {
                Some(value) => dotenv::set(&after, name, value.expose()),
                None => dotenv::unset(&after, name),
            };
            if dotenv::value(&after, name).as_deref() != value.as_ref().map(Secret::expose) {
                return Err(unproven(name));
            }
        }
        Ok(after)
    })?;
    Ok((after != before).then(|| file_change(Role::Dotenv, file.clone(), after, now)))
}

/// A dry run of the renewal: with what is to be stored, and with nothing but what the gateway reads
/// for itself. The shell of this run is gone by then.
fn renewal_warning(snapshot: &Snapshot, request: &Request, kept: bool) -> Option<PlanWarning> {
    let Some(NewCredential::OAuth { refresh, client_id, .. }) = &request.credential else { return None };
    let stored = renewal_terms::Stored { client_id: Some(client_id.clone()), refresh: refresh.clone() };
    let mut surroundings = gateway_surroundings(snapshot);
    let of_same_app = || {
        let old = SignIn::parse(snapshot.sign_in.bytes.as_deref()?)?;
        old.client_secret.filter(|_| old.client_id == *client_id)
    };
    if kept {
        surroundings.client_secret = request.client_secret.clone().or_else(of_same_app).or(surroundings.client_secret);
    } else if dotenv_change(snapshot, request.client_secret.as_ref(), &[], UnixMillis::default())
        .is_ok_and(|it| it.is_some())
    {
        surroundings.client_secret.clone_from(&request.client_secret);
    }
    renewal_terms::missing(&stored, &surroundings).map(|missing| PlanWarning::NotRenewable { missing })
}

/// The plugin where it decides over the gateway's start, or changes what the user gets.
fn plugin_warnings(snapshot: &Snapshot, new: Option<&NewCredential>) -> Option<PlanWarning> {
    if switches_plugin_off(snapshot) {
        return (plugin::switch(snapshot.value()) != Some(false)).then_some(PlanWarning::PluginSwitchedOff);
    }
    let on = snapshot.has_plugin && plugin::switch(snapshot.value()) != Some(false);
    (on && new.is_some()).then_some(PlanWarning::PluginInstalled)
}

/// A gateway of this OpenClaw would not start on a config that names Chutes.
fn switches_plugin_off(snapshot: &Snapshot) -> bool {
    snapshot.installed.stops_without_plugin() && !snapshot.has_plugin
}

/// The mode of the Chutes profile that the config names. None: it names none.
pub fn named_mode(snapshot: &Snapshot) -> Option<String> {
    let mut named = credential::config_profiles(snapshot).into_iter();
    named.find_map(|(_, mode)| mode)
}

/// What a gateway of this installation finds for a renewal: `.env`, `gateway.env`, `env.vars`.
pub fn gateway_surroundings(snapshot: &Snapshot) -> renewal_terms::Surroundings {
    renewal_terms::Surroundings {
        client_id: gateway_variable(snapshot, variable::CLIENT_ID),
        client_secret: gateway_variable(snapshot, variable::CLIENT_SECRET).map(Secret::new),
    }
}

/// A variable as a gateway of this installation finds it, whatever the shell of this run has: `.env`,
/// `gateway.env`, `env.vars`, `env`. None: it finds none, or an empty one.
pub fn gateway_variable(snapshot: &Snapshot, name: &str) -> Option<String> {
    snapshot.variable(name)
}

fn config_changes(
    snapshot: &Snapshot,
    base_url: &str,
    selection: &Selection,
    credential: &Change,
    now: UnixMillis,
) -> Result<Vec<FileChange>, Error> {
    let other_providers = snapshot.providers_with_credentials();
    let wish = ConfigSpec {
        base_url,
        selection,
        profile: credential.profile.as_ref(),
        provider_key: credential.provider_key.as_ref(),
        drop_provider_key: credential.drop_provider_key,
        helper: credential.helper.as_ref(),
        switch_plugin_off: switches_plugin_off(snapshot),
        other_providers: &other_providers,
        thinking_by_template: snapshot.installed.thinks_by_template(),
        brand_new: snapshot.config.bytes.is_none(),
    };
    let tree = &snapshot.tree;
    let wanted = DesiredConfig::of(&snapshot.config.path, tree, &wish)?;
    let mut texts = match tree.layers.len() {
        1 => tree.edit(wanted.edits(&tree.value, &wanted.parts()))?,
        // Each file has a share of the long lists, too.
        _ => tree.edit(json5_edit::edits(&tree.whole(), &wanted.value()))?,
    };
    if texts.is_empty() {
        return Ok(Vec::new());
    }
    prove(snapshot, &texts, &wanted)?;
    if let Some(problem) = wanted.problem() {
        return Err(Error::Refused { path: snapshot.config.path.clone(), problem });
    }
    let files = std::iter::once(&snapshot.config).chain(&snapshot.includes);
    let changed = files.filter_map(|file| {
        let (_, text) = texts.iter_mut().find(|(path, _)| *path == file.path)?;
        Some(file_change(Role::Config, file.clone(), std::mem::take(text).into_bytes(), now))
    });
    Ok(changed.collect())
}

/// Reads the new texts as OpenClaw would and compares with what was meant.
fn prove(snapshot: &Snapshot, texts: &[(PathBuf, String)], wanted: &DesiredConfig<'_>) -> Result<(), Error> {
    // The common case, without building the config once more: one file, which includes no other.
    if let ([(_, text)], 1) = (texts, snapshot.tree.layers.len())
        && says(text, &wanted.edits_of_nothing(&wanted.parts()))
    {
        return Ok(());
    }
    let wanted = wanted.value();
    let mut read = |path: &std::path::Path| {
        let new = texts.iter().find(|(changed, _)| changed == path).map(|(_, text)| text.clone().into_bytes().into());
        let known = || snapshot.includes.iter().chain([&snapshot.config]).find(|file| file.path == path);
        Ok(new.or_else(|| known().and_then(|file| file.bytes.clone())))
    };
    let after = MergedConfig::read(&snapshot.config.path, &snapshot.paths.include_roots, &mut read)?;
    let after = after.whole();
    if same(&after, &wanted) {
        return Ok(());
    }
    let differs = json5_edit::edits(&after, &wanted);
    let dotted = differs.first().map(|edit| json5_edit::display(edit.path())).unwrap_or_default();
    Err(Error::Unproven { path: snapshot.config.path.clone(), dotted })
}

/// Private, as OpenClaw keeps them; but a config that a group writes together stays theirs.
fn mode_after(role: Role, before: u32) -> u32 {
    let shared = role == Role::Config && before & 0o020 != 0;
    before & if shared { 0o660 } else { 0o600 }
}

fn file_change(role: Role, file: File, after: Vec<u8>, now: UnixMillis) -> FileChange {
    let stamp = now.timestamp().strftime("%Y%m%dT%H%M%SZ");
    let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // OpenClaw deletes what begins with `openclaw.json.bak.` and is not its own.
    let backup = file.path.with_file_name(format!("{name}.chutes-backup-{}", stamp));
    FileChange {
        role,
        backup: file.bytes.is_some().then_some(backup),
        mode: file.mode.map_or(0o600, |mode| mode_after(role, mode)),
        path: file.path,
        link: file.link,
        before: file.bytes,
        after,
    }
}

fn warnings(snapshot: &Snapshot, selection: &Selection, removed: Vec<String>) -> Vec<PlanWarning> {
    let config = snapshot.value();
    let mut warnings = Vec::new();
    if snapshot.config.bytes.is_some() && !at(config, &["gateway", "mode"]).is_some_and(Value::is_string) {
        warnings.push(PlanWarning::GatewayModeMissing);
    }
    if let Some(path) = &snapshot.paths.unread_config_json {
        warnings.push(PlanWarning::UnreadConfigJson { path: path.clone() });
    }
    let version = snapshot.installed.version.clone();
    let refusals = refusals::refusals(&snapshot.tree, version.as_deref()).into_iter();
    warnings.extend(refusals.map(|refusal| PlanWarning::Refused { version: version.clone(), refusal }));
    let inverted = current::configured(config).inverted;
    if !inverted.is_empty() {
        warnings.push(PlanWarning::AliasesRepaired { names: inverted.into_iter().map(|alias| alias.name).collect() });
    }
    if !removed.is_empty() {
        warnings.push(PlanWarning::CredentialReplaced { profile_ids: removed });
    }
    let installed = &snapshot.installed;
    match &installed.program {
        // The database that it made tells enough.
        _ if installed.version.is_some() || installed.generation.has_database() => {}
        Some(program) => warnings.push(PlanWarning::OpenClawVersionUnknown { program: program.clone() }),
        None => warnings.push(PlanWarning::OpenClawNotFound),
    }
    let own = snapshot::agent_entry(config, &snapshot.agent).and_then(|entry| entry.get("model"));
    let own = own.and_then(|model| model.as_str().or_else(|| model.get("primary")?.as_str()));
    let aliases = &selection.aliases;
    let means = |model: &str| refs::resolve(model, aliases, config, DEFAULT_PROVIDER);
    if let Some(model) = own.filter(|model| means(model) != selection.primary) {
        warnings.push(PlanWarning::AgentHasOwnModel { agent: snapshot.agent.clone(), model: model.to_owned() });
    }
    warnings
}
