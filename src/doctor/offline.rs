//! What OpenClaw's files and our own state show without asking anybody. No IO but in [`Places::look`] and [`pins`].

use super::finding::{Cause, Finding, Pin, Repair, Role, Severity};
use crate::chutes::api_key;
use crate::chutes::credential_kinds::variable;
use crate::chutes::model::{Catalog, id_of};
use crate::chutes::oauth::renewal_terms;
use crate::openclaw::helper::Helper;
use crate::openclaw::plan::refusals::refusals;
use crate::openclaw::plan::{gateway_surroundings, gateway_variable};
use crate::openclaw::read::auth_store;
use crate::openclaw::read::current::{self, Current, OAuthProfile, active_oauth, active_secret};
use crate::openclaw::read::exec_provider;
use crate::openclaw::read::install::Generation;
use crate::openclaw::read::plugin;
use crate::openclaw::read::snapshot::{Snapshot, agent_entry};
use crate::openclaw::types::{CredentialKind, StoredCredential};
use crate::openclaw::value::at;
use crate::time::UnixMillis;
use serde_json::Value;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What the findings are made from.
pub struct Facts<'a> {
    pub snapshot: &'a Snapshot,
    pub current: &'a Current,
    /// The last list that the service gave; None: it never gave one.
    pub catalog: Option<&'a Catalog>,
    /// The successor of a ref that is not served, by the rule that all commands follow.
    pub successor: &'a dyn Fn(&str, &Role) -> Option<String>,
    pub places: &'a Places,
    /// Sessions in which another model was chosen, where they can be read.
    pub pins: &'a [Pin],
    /// Where our last config was put when OpenClaw went back to an older one.
    pub reverted: Option<PathBuf>,
    /// OpenClaw keeps credentials in a database and did not say which.
    pub credential_unknown: bool,
    /// A running gateway was asked, and its cron has not the job that it had.
    pub job_gone: bool,
    /// Unix time in milliseconds.
    pub now: UnixMillis,
}

/// Owners and permission bits of the files that hold secrets.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub found: Vec<Place>,
    /// The program that OpenClaw is to run for the access token, as the config names it.
    pub helper: Option<Helper>,
    /// The user whose home it is.
    pub home_uid: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Place {
    pub path: PathBuf,
    pub uid: u32,
    /// Permission bits.
    pub mode: u32,
    pub is_dir: bool,
    /// A credential is in it, not only the config.
    pub holds_secrets: bool,
}

impl Place {
    /// Bits that others must not have.
    pub fn excess(&self) -> u32 {
        self.mode & if self.holds_secrets { 0o077 } else { 0o007 }
    }
}

impl Places {
    /// Looks at the files of a snapshot; what is not there is left out.
    pub fn look(snapshot: &Snapshot) -> Places {
        let store = &snapshot.store.file.path;
        let files = [
            (snapshot.config.path.as_path(), false),
            (store.as_path(), true),
            (snapshot.auth_state.file.path.as_path(), false),
            (snapshot.dotenv.path.as_path(), true),
        ];
        let directories = [Some(snapshot.paths.state_dir.as_path()), store.parent()];
        let found = files
            .into_iter()
            .chain(directories.into_iter().flatten().map(|path| (path, false)))
            .filter_map(|(path, holds_secrets)| {
                let meta = path.metadata().ok()?;
                let is_dir = meta.is_dir();
                Some(Place { path: path.to_owned(), uid: meta.uid(), mode: meta.mode() & 0o777, is_dir, holds_secrets })
            })
            .collect();
        let command = at(snapshot.value(), &["secrets", "providers", exec_provider::ALIAS, "command"]);
        let helper = command.and_then(Value::as_str).map(PathBuf::from);
        let helper = helper.map(|command| Helper { unfit: crate::openclaw::helper::unfit(&command), command });
        Places { helper, found, home_uid: snapshot.paths.home.metadata().ok().map(|meta| meta.uid()) }
    }
}

/// Everything that the files show to be wrong, what stops most first.
pub fn examine(facts: &Facts<'_>) -> Vec<Finding> {
    let mut causes = Vec::new();
    installation(facts, &mut causes);
    credential(facts, &mut causes);
    models(facts, &mut causes);
    places(facts, &mut causes);
    let finding = |cause: Cause| match cause {
        // Another one is used in its place: whose turn it should be is for a person to say.
        Cause::ModeMismatch { .. } if facts.current.active.is_some() => {
            Finding { cause, severity: Severity::Notice, repair: Repair::Person }
        }
        cause => Finding::from(cause),
    };
    let mut findings: Vec<Finding> = causes.into_iter().map(finding).collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn installation(facts: &Facts<'_>, causes: &mut Vec<Cause>) {
    let Facts { snapshot, current, .. } = facts;
    if let Some(path) = &snapshot.paths.unread_config_json {
        causes.push(Cause::OnlyConfigJson { path: path.clone() });
    }
    if let Some(path) = &facts.reverted {
        causes.push(Cause::ConfigReverted { path: path.clone() });
    }
    let mode = at(snapshot.value(), &["gateway", "mode"]).and_then(Value::as_str);
    match mode {
        Some("remote") => causes.push(Cause::RemoteGateway),
        None if current.config_exists => causes.push(Cause::GatewayModeMissing),
        _ => {}
    }
    let installed = &snapshot.installed;
    if installed.generation.has_database() && snapshot.store.file.bytes.is_some() {
        causes.push(Cause::LegacyStore { path: snapshot.store.file.path.clone() });
    }
    let refused = refusals(&snapshot.tree, installed.version.as_deref());
    causes.extend(refused.into_iter().map(Cause::ConfigRefused));
    let config = snapshot.value();
    if current::chutes_provider(config).is_some() && plugin::switch(config) != Some(false) {
        if snapshot.has_plugin {
            causes.push(Cause::PluginInstalled);
        } else if installed.stops_without_plugin() {
            causes.push(Cause::PluginStopsGateway);
        }
    }
    if installed.program.is_none() && installed.version.is_none() {
        causes.push(Cause::OpenClawNotFound);
    }
}

fn credential(facts: &Facts<'_>, causes: &mut Vec<Cause>) {
    let Facts { snapshot, current, now, .. } = *facts;
    mode_mismatches(facts, causes);
    causes.extend(facts.places.helper.clone().filter(|helper| helper.unfit.is_some()).map(Cause::HelperUnfit));
    let Some(active) = current.active_credential() else {
        // What is over is stored all the same; OpenClaw passes it over.
        let over = (current.credentials.iter())
            .filter_map(|stored| stored.expires_at.filter(|at_ms| *at_ms <= now).map(|at_ms| (stored, at_ms)));
        let over = over.map(|(stored, at_ms)| Cause::Expired { profile: stored.profile_id.clone(), at_ms });
        let before = causes.len();
        causes.extend(over);
        let is_explained = causes.len() > before || causes.iter().any(|c| matches!(c, Cause::ModeMismatch { .. }));
        if !facts.credential_unknown && !is_explained {
            causes.push(Cause::NoCredential);
        }
        return;
    };
    let profile = || active.profile_id.clone();
    causes.extend(shadow(snapshot, active).map(|by| Cause::Shadowed { by }));
    if let Some(variable) = &active.env_var
        && gateway_variable(snapshot, variable).is_none()
    {
        causes.push(Cause::VariableUnset { profile: profile(), variable: variable.clone() });
    }
    if active.kind == CredentialKind::ApiKey {
        let stored = active_secret(snapshot, now, |name| gateway_variable(snapshot, name));
        if let Some(key) = stored.filter(|key| api_key::parse(key.expose()).is_err()) {
            causes.push(Cause::KeyMalformed { profile: profile(), length: key.expose().chars().count() });
        }
    }
    sign_in(facts, active, causes);
    renewal(facts, causes);
    cooldown(facts, active, causes);
    let others: Vec<String> = (current.credentials.iter())
        .filter(|other| other.profile_id != active.profile_id)
        .map(|other| other.profile_id.clone())
        .collect();
    if !others.is_empty() {
        causes.push(Cause::SeveralCredentials { used: profile(), others });
    }
}

/// What goes before the credential that was set up: a profile before the sign-in that we keep, and, where the
/// provider is part of OpenClaw, its variables before a key in the config.
fn shadow(snapshot: &Snapshot, active: &StoredCredential) -> Option<String> {
    let in_stores = [Some(&snapshot.store), snapshot.main_store.as_ref()];
    let in_stores = in_stores.into_iter().flatten().flat_map(|store| auth_store::profiles(store.seen()));
    let is_profile = in_stores.into_iter().any(|profile| profile.id == active.profile_id);
    if is_profile {
        return current::kept(snapshot).map(|_| active.profile_id.clone());
    }
    let reads_variables = snapshot.installed.generation == Generation::JsonStore;
    let names = [variable::API_KEY, variable::OAUTH_TOKEN].into_iter().filter(|_| reads_variables);
    let mut before = names.take_while(|name| active.env_var.as_deref() != Some(name));
    before.find(|name| gateway_variable(snapshot, name).is_some()).map(str::to_owned)
}

/// The sign-in that we renew ourselves, for an OpenClaw whose core renews none.
fn renewal(facts: &Facts<'_>, causes: &mut Vec<Cause>) {
    let Some(kept) = current::kept(facts.snapshot) else { return };
    causes.extend(kept.progress.trouble.map(Cause::RenewalTrouble));
    let cron_off = at(facts.snapshot.value(), &["cron", "enabled"]) == Some(&Value::Bool(false));
    if facts.job_gone {
        causes.push(Cause::RenewalJobGone);
    }
    if kept.progress.job.is_none() && facts.snapshot.renewal_timer().is_none() && !cron_off {
        causes.push(Cause::NoRenewalJob);
    }
    if kept.progress.taken.is_some_and(|taken| taken != kept.issued_at) {
        causes.push(Cause::GatewayHasOldToken);
    }
}

fn sign_in(facts: &Facts<'_>, active: &StoredCredential, causes: &mut Vec<Cause>) {
    let Facts { snapshot, now, .. } = *facts;
    if let Some(kept) = current::kept(snapshot) {
        let terms = renewal_terms::Stored { client_id: Some(kept.client_id), refresh: kept.refresh };
        let gateways = gateway_surroundings(snapshot);
        let surroundings =
            renewal_terms::Surroundings { client_secret: kept.client_secret.or(gateways.client_secret), ..gateways };
        if let Some(missing) = renewal_terms::missing(&terms, &surroundings) {
            causes.push(Cause::CannotRenew { profile: active.profile_id.clone(), missing });
        }
        return;
    }
    let over = active.expires_at.is_some_and(|at_ms| at_ms <= now);
    match active_oauth(snapshot, now).or_else(|| in_agents_database(snapshot, active)) {
        // Without a way to renew it ends within the hour, so it is a fault before its end, too.
        Some(stored) => {
            let terms = renewal_terms::Stored { client_id: stored.client_id, refresh: stored.refresh };
            if let Some(missing) = renewal_terms::missing(&terms, &gateway_surroundings(snapshot)) {
                causes.push(Cause::CannotRenew { profile: active.profile_id.clone(), missing });
            }
        }
        None if over => causes
            .push(Cause::Expired { profile: active.profile_id.clone(), at_ms: active.expires_at.unwrap_or_default() }),
        None => {}
    }
}

/// A sign-in in the database of a version whose core renews it.
fn in_agents_database(snapshot: &Snapshot, active: &StoredCredential) -> Option<OAuthProfile> {
    let renews = snapshot.installed.generation == Generation::AgentSqlite && active.kind == CredentialKind::OAuth;
    let stored = auth_store::profiles(snapshot.store.seen()).into_iter().filter(|_| renews);
    let profile = stored.into_iter().find(|profile| profile.id == active.profile_id)?;
    Some(OAuthProfile {
        store: snapshot.store.file.path.clone(),
        refresh: profile.refresh,
        client_id: profile.client_id,
        expires_at: profile.expires_at,
        id: profile.id,
    })
}

/// Profiles that OpenClaw passes over because the config names another kind than is stored.
fn mode_mismatches(facts: &Facts<'_>, causes: &mut Vec<Cause>) {
    let snapshot = facts.snapshot;
    let named = at(snapshot.value(), &["auth", "profiles"]).and_then(Value::as_object);
    let stores = [Some(&snapshot.store), snapshot.main_store.as_ref()];
    let stored: Vec<auth_store::Profile> =
        stores.into_iter().flatten().flat_map(|store| auth_store::profiles(store.seen())).collect();
    for (id, entry) in named.into_iter().flatten() {
        let Some(profile) = stored.iter().find(|profile| profile.id == *id) else { continue };
        let mode = entry.get("mode").and_then(Value::as_str).unwrap_or_default();
        let fits = mode == profile.kind.name() || (mode == "oauth" && profile.kind == CredentialKind::Token);
        if !fits {
            causes.push(Cause::ModeMismatch { profile: id.clone(), named: mode.to_owned(), stored: profile.kind });
        }
    }
}

fn cooldown(facts: &Facts<'_>, active: &StoredCredential, causes: &mut Vec<Cause>) {
    let stores = [facts.snapshot.auth_state.seen(), facts.snapshot.store.seen()];
    let usage = stores.iter().find_map(|store| store.get("usageStats")?.get(&active.profile_id));
    let Some(usage) = usage else { return };
    let until = auth_store::cooldown(usage.as_object());
    let reason =
        ["blockedReason", "disabledReason", "cooldownReason"].iter().find_map(|name| usage.get(*name)?.as_str());
    if let Some(until_ms) = until.filter(|until| *until > facts.now) {
        let reason = reason.map(str::to_owned);
        causes.push(Cause::Cooldown { profile: active.profile_id.clone(), until_ms, reason });
    }
}

fn models(facts: &Facts<'_>, causes: &mut Vec<Cause>) {
    let Facts { snapshot, current, .. } = *facts;
    let configured = &current.configured;
    let any_chutes = current.active.is_some() || !current.models.is_empty() || !configured.inverted.is_empty();
    if configured.primary.is_none() || !(any_chutes || chutes_refs(current).next().is_some()) {
        causes.push(Cause::NotConfigured);
    }
    if !configured.inverted.is_empty() {
        let names = configured.inverted.iter().map(|alias| alias.name.clone()).collect();
        causes.push(Cause::AliasesBackwards { names });
    }
    for (role, reference) in roles(current) {
        let id = id_of(&reference);
        // From 2026.8.1 on a primary outside of the list runs all the same.
        let enforced = snapshot.installed.generation != Generation::SharedSqlite
            && matches!(role, Role::Default | Role::Fallback(_));
        if enforced && configured.allowed.as_ref().is_some_and(|allowed| !allows(allowed, &reference)) {
            causes.push(Cause::NotAllowed { role: role.clone(), reference: reference.clone() });
        }
        if let (Some(id), Some(catalog)) = (id, facts.catalog)
            && catalog.serves(id) == Some(false)
        {
            let successor = (facts.successor)(&reference, &role);
            causes.push(Cause::NotServed { role, reference, successor });
        }
    }
    causes.extend(facts.pins.iter().cloned().map(Cause::SessionPinned));
    for agent in &current.agents {
        let own = agent_entry(snapshot.value(), agent).and_then(|entry| entry.get("model"));
        let own = own.and_then(|model| model.as_str().or_else(|| model.get("primary")?.as_str()));
        if let Some(model) = own.filter(|model| configured.primary.as_deref() != Some(model)) {
            causes.push(Cause::AgentHasOwnModel { agent: agent.clone(), model: model.to_owned() });
        }
    }
}

/// Sessions whose model somebody chose, as far as OpenClaw keeps them in files. `default`: full ref of the default.
pub fn pins(snapshot: &Snapshot, default: Option<&str>) -> Vec<Pin> {
    let mut pins: Vec<Pin> = Vec::new();
    for agent in &snapshot.agents {
        let path = snapshot.paths.state_dir.join("agents").join(agent).join("sessions/sessions.json");
        let sessions = crate::files::read_file(&path).ok().flatten();
        let sessions: Option<Value> = sessions.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        for session in sessions.as_ref().and_then(Value::as_object).into_iter().flat_map(|map| map.values()) {
            let text = |name: &str| session.get(name).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
            // What OpenClaw fell back to by itself is no choice.
            let Some(chosen) = text("modelOverride").filter(|_| text("modelOverrideSource") != Some("auto")) else {
                continue;
            };
            let model = text("providerOverride").map_or_else(|| chosen.to_owned(), |by| format!("{by}/{chosen}"));
            if default == Some(model.as_str()) {
                continue;
            }
            match pins.iter_mut().find(|pin| pin.agent == *agent && pin.model == model) {
                Some(pin) => pin.sessions += 1,
                None => pins.push(Pin { agent: agent.clone(), model, sessions: 1 }),
            }
        }
    }
    pins
}

/// Every ref that the config uses, with what for.
pub fn roles(current: &Current) -> Vec<(Role, String)> {
    let configured = &current.configured;
    let primary = configured.primary.iter().map(|reference| (Role::Default, reference.clone()));
    let fallbacks = configured.fallbacks.iter().enumerate();
    let fallbacks = fallbacks.map(|(index, reference)| (Role::Fallback(index + 1), reference.clone()));
    let image = configured.image.iter().map(|reference| (Role::Image, reference.clone()));
    let aliases = configured.aliases.iter().map(|alias| (Role::Alias(alias.name.clone()), alias.target.clone()));
    primary.chain(fallbacks).chain(image).chain(aliases).collect()
}

fn chutes_refs(current: &Current) -> impl Iterator<Item = String> {
    roles(current).into_iter().map(|(_, reference)| reference).filter(|reference| id_of(reference).is_some())
}

fn allows(allowed: &[String], reference: &str) -> bool {
    let provider = reference.split_once('/').map(|(provider, _)| format!("{provider}/*"));
    allowed.iter().any(|entry| entry == reference || Some(entry) == provider.as_ref())
}

fn places(facts: &Facts<'_>, causes: &mut Vec<Cause>) {
    for place in &facts.places.found {
        if place.excess() != 0 {
            causes.push(Cause::Permissions { path: place.path.clone(), mode: place.mode });
        }
        if facts.places.home_uid.is_some_and(|uid| uid != place.uid)
            && is_below(&facts.snapshot.paths.home, &place.path)
        {
            causes.push(Cause::Owner { path: place.path.clone(), uid: place.uid });
        }
    }
}

/// Elsewhere another owner may be meant: a config under `/etc`, a mounted volume.
fn is_below(home: &Path, path: &Path) -> bool {
    path.starts_with(home)
}
