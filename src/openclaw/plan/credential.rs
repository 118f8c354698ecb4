//! What a new credential changes: the auth store and its state, or a hand-over to OpenClaw's own
//! command where the store is a database. No IO.

use crate::chutes::credential_kinds::variable;
use crate::chutes::oauth::token::Renewed;
use crate::openclaw::error::{Error, Shape};
use crate::openclaw::plan::AccountChange;
use crate::openclaw::read::auth_store::{self, PROVIDER, Profile};
use crate::openclaw::read::current;
use crate::openclaw::read::exec_provider;
use crate::openclaw::read::install::Generation;
use crate::openclaw::read::snapshot::{File, Json, Snapshot};
use crate::openclaw::types::ConfigProfile;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::types::StoredCredential;
use crate::openclaw::types::{DatabaseChange, Handover, NewCredential, Role, env_ref};
use crate::openclaw::value::{at, existing, object};
use crate::secret::Secret;
use crate::sign_in::{self, Progress, SignIn};
use json5_edit::Document;
use json5_edit::{edits, same};
use serde_json::{Value, json};

#[derive(Default)]
pub struct Change {
    /// New contents, in the order of writing.
    pub files: Vec<(Role, File, Vec<u8>)>,
    pub handover: Option<Handover>,
    /// Before the hand-over.
    pub database: Option<DatabaseChange>,
    /// A reference to write into the provider's own config.
    pub provider_key: Option<Value>,
    /// The reference that stands there goes.
    pub drop_provider_key: bool,
    /// The entry of `secrets.providers` that has OpenClaw ask us.
    pub helper: Option<Value>,
    /// Variables of `.env`, and what they are to be; None: they go.
    pub dotenv: Vec<(&'static str, Option<Secret>)>,
    pub profile: Option<ConfigProfile>,
    pub replaced: Vec<StoredCredential>,
}

/// `client_secret`: of the app, when it is to be kept.
pub fn change(snapshot: &Snapshot, new: &NewCredential, client_secret: Option<&Secret>) -> Result<Change, Error> {
    match (snapshot.installed.generation, new) {
        (generation, NewCredential::OAuth { .. }) if generation.has_us_keep_sign_ins() => {
            keep(snapshot, new, client_secret)
        }
        (Generation::Unknown, _) => Ok(in_dotenv(new)),
        (Generation::JsonStore, _) => in_file(snapshot, new),
        _ => in_database(snapshot, new),
    }
    .map(|mut change| {
        // What an earlier run put there, when no OpenClaw was to be found, goes; unless the new one refers to it. Of a
        // variable that the user set, the reference goes alone.
        let stays = |name: &str| match new {
            NewCredential::ApiKeyEnvRef { var } => var == name,
            _ => change.dotenv.iter().any(|(set, _)| *set == name),
        };
        if let Some(old) = current::in_dotenv(snapshot).filter(|name| !stays(name)) {
            change.drop_provider_key = true;
            change.dotenv.extend(current::ours_in_dotenv(snapshot).map(|_| (old, None)));
        }
        if change.helper.is_none() && SignIn::parse(snapshot.sign_in.bytes.as_deref().unwrap_or_default()).is_some() {
            change.files.push((Role::SignIn, snapshot.sign_in.clone(), sign_in::signed_out()));
        }
        change
    })
}

/// In `auth-profiles.json`.
fn in_file(snapshot: &Snapshot, new: &NewCredential) -> Result<Change, Error> {
    // A store that cannot be read is never overwritten: OpenClaw would take it for an empty one.
    let store = snapshot.store.value.clone()?;
    let id = profile_id(new);
    let own = auth_store::profiles(&store);
    let inherited = snapshot.main_store.iter().flat_map(|main| auth_store::profiles(main.seen()));
    let inherited: Vec<String> = inherited.map(|profile| profile.id).collect();
    let is_other_kind = |profile: &&Profile| profile.kind != new.kind() && profile.id != id;
    let mut removed: Vec<String> = own.iter().filter(is_other_kind).map(|profile| profile.id.clone()).collect();

    let mut wanted_store = store.clone();
    let shape = |dotted: &str| Error::WrongShape {
        path: snapshot.store.file.path.clone(),
        dotted: dotted.to_owned(),
        expected: Shape::Object,
    };
    if let Some(root) = wanted_store.as_object_mut() {
        root.entry("version").or_insert_with(|| json!(1));
    }
    let profiles = object(&mut wanted_store, &["profiles"]).ok_or_else(|| shape("profiles"))?;
    profiles.retain(|stored, _| !removed.contains(stored));
    let entry = entry(new, profiles.get(&id));
    let overwrites = profiles.get(&id).is_some_and(|old| !same(old, &entry));
    profiles.insert(id.clone(), entry);

    let replaced = own.iter().filter(|p| removed.contains(&p.id) || (p.id == id && overwrites));
    let replaced: Vec<StoredCredential> = replaced.map(|p| current::stored(&snapshot.agent, p)).collect();
    // A profile of the other kind that only the config still names goes too.
    for (named, mode) in config_profiles(snapshot) {
        let stored = own.iter().any(|profile| profile.id == named) || inherited.contains(&named);
        if !stored && named != id && mode.as_deref() != Some(new.kind().name()) {
            removed.push(named);
        }
    }
    let kept = own.iter().map(|profile| &profile.id).chain(&inherited);
    let others = kept.filter(|other| **other != id && !removed.contains(other)).cloned().collect();

    let stale: Vec<String> = removed.iter().cloned().chain(overwrites.then(|| id.clone())).collect();
    tidy_state(&mut wanted_store, std::slice::from_ref(&id), &removed, &stale);
    let mut files = Vec::new();
    files.extend(json_change(Role::AuthStore, &snapshot.store, &store, &wanted_store)?);
    if let (Some(_), Ok(state)) = (&snapshot.auth_state.file.bytes, &snapshot.auth_state.value) {
        let mut wanted_state = state.clone();
        tidy_state(&mut wanted_state, std::slice::from_ref(&id), &removed, &stale);
        files.extend(json_change(Role::AuthState, &snapshot.auth_state, state, &wanted_state)?);
    }
    let account = match new {
        NewCredential::OAuth { account, .. } => account.clone(),
        _ => None,
    };
    let profile = ConfigProfile { id, mode: new.kind().name(), account, others, removed };
    Ok(Change { files, profile: Some(profile), replaced, ..Change::default() })
}

/// No OpenClaw is known, so it goes where every one reads it: the config names a variable, and `.env` has it.
fn in_dotenv(new: &NewCredential) -> Change {
    let (name, secret) = match new {
        NewCredential::ApiKeyEnvRef { var } => {
            return Change { provider_key: Some(env_ref(var)), ..Change::default() };
        }
        NewCredential::ApiKey { secret } => (variable::API_KEY, secret),
        NewCredential::Token { secret, .. } | NewCredential::OAuth { access: secret, .. } => {
            (variable::OAUTH_TOKEN, secret)
        }
    };
    let dotenv = vec![(name, Some(secret.clone()))];
    Change { provider_key: Some(env_ref(name)), dotenv, ..Change::default() }
}

/// `chutes:default`, or `chutes:<user>` for a sign-in.
pub(super) fn profile_id(new: &NewCredential) -> String {
    match new {
        NewCredential::OAuth { account: Some(account), .. } if !account.trim().is_empty() => {
            format!("{PROVIDER}:{}", account.trim())
        }
        _ => format!("{PROVIDER}:default"),
    }
}

/// Chutes profiles that the config names, with their mode.
pub(super) fn config_profiles(snapshot: &Snapshot) -> Vec<(String, Option<String>)> {
    let named = at(snapshot.value(), &["auth", "profiles"]).and_then(Value::as_object).into_iter().flatten();
    named
        .filter(|(_, entry)| auth_store::provider_of(entry).as_deref() == Some(PROVIDER))
        .map(|(id, entry)| (id.clone(), entry.get("mode").and_then(Value::as_str).map(str::to_owned)))
        .collect()
}

/// The profile as OpenClaw stores it. What the user added to one of the same kind stays.
pub(crate) fn entry(new: &NewCredential, old: Option<&Value>) -> Value {
    let mut entry = json!({"type": new.kind().name(), "provider": PROVIDER});
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            entry[name] = value;
        }
    };
    match new {
        NewCredential::ApiKey { secret } => set("key", Some(json!(secret.expose()))),
        NewCredential::ApiKeyEnvRef { var } => set("keyRef", Some(env_ref(var))),
        NewCredential::Token { secret, expires_at } => {
            set("token", Some(json!(secret.expose())));
            set("expires", expires_at.map(Value::from));
        }
        NewCredential::OAuth { access, refresh, expires_at, client_id, account, account_id, .. } => {
            set("access", Some(json!(access.expose())));
            set("refresh", refresh.as_ref().map(|secret| json!(secret.expose())));
            set("expires", Some(json!(expires_at)));
            set("email", account.as_deref().map(Value::from));
            set("clientId", Some(json!(client_id)));
            set("accountId", account_id.as_deref().map(Value::from));
        }
    }
    let same_kind = old.filter(|old| old.get("type").and_then(Value::as_str) == Some(new.kind().name()));
    for name in ["copyToAgents", "displayName", "metadata"] {
        set(name, same_kind.and_then(|old| old.get(name)).cloned());
    }
    entry
}

/// The bytes of a store in which the sign-in `id` has its new tokens. None: there is no such sign-in.
pub(crate) fn renewed(store: &Json, id: &str, tokens: &Renewed) -> Result<Option<Vec<u8>>, Error> {
    let old = store.value.clone()?;
    let mut new = old.clone();
    let Some(entry) = existing(&mut new, &["profiles", id]) else { return Ok(None) };
    entry.insert("access".to_owned(), json!(tokens.access.expose()));
    entry.insert("refresh".to_owned(), json!(tokens.refresh.expose()));
    entry.insert("expires".to_owned(), json!(tokens.expires_at));
    Ok(json_change(Role::AuthStore, store, &old, &new)?.map(|(_, _, bytes)| bytes))
}

/// An order that would pass the new profile over, and cool-downs that the old credential earned.
fn tidy_state(state: &mut Value, first: &[String], removed: &[String], stale: &[String]) {
    let order = auth_store::by_provider(state.get("order"), PROVIDER)
        .map(|(key, list)| (key.to_owned(), auth_store::ids(list)));
    if let Some((key, old)) = order {
        let rest = old.iter().filter(|other| !first.contains(other) && !removed.contains(other));
        let new: Vec<String> = first.iter().chain(rest).cloned().collect();
        if new != old {
            state["order"][key] = json!(new);
        }
    }
    if let Some(usage) = existing(state, &["usageStats"]) {
        usage.retain(|profile, _| !stale.contains(profile));
    }
    if let Some(last) = existing(state, &["lastGood"]) {
        last.retain(|_, profile| !profile.as_str().is_some_and(|profile| removed.iter().any(|gone| gone == profile)));
    }
}

/// A change among the profiles that are stored. `known`: those that were listed, the one in use first; the JSON
/// stores are read here. An error when the one that is meant is not among them.
pub fn account(snapshot: &Snapshot, change: &AccountChange, known: &[StoredCredential]) -> Result<Change, Error> {
    let in_files = json_stores(snapshot).flat_map(|store| auth_store::profiles(store.seen()));
    // What the provider itself refers to is listed where nothing goes before it: then it is in use.
    let own = current::in_provider(snapshot).map(|own| own.id);
    let own = own.filter(|own| known.iter().any(|known| known.profile_id == *own));
    let is_own = |id: &str| own.as_deref() == Some(id);
    let stored: Vec<StoredCredential> = match snapshot.installed.generation.has_database() {
        true => known.iter().filter(|known| !is_own(&known.profile_id)).cloned().collect(),
        false => in_files.map(|profile| current::stored(&snapshot.agent, &profile)).collect(),
    };
    let (AccountChange::Use(meant) | AccountChange::Remove(meant)) = change;
    if !is_own(meant) && stored.iter().all(|other| other.profile_id != *meant) {
        return Err(Error::UnknownAccount { id: meant.clone() });
    }
    let removed = match change {
        AccountChange::Use(id) if is_own(id) => return Ok(Change::default()),
        AccountChange::Use(_) => Vec::new(),
        AccountChange::Remove(id) => vec![id.clone()],
    };
    // What is in use stays in use, unless it is what leaves.
    let stays_own = own.is_some() && !removed.is_empty() && !is_own(meant);
    let in_use = known.first().filter(|first| stored.iter().any(|other| other.profile_id == first.profile_id));
    let used = match change {
        AccountChange::Use(id) => stored.iter().find(|other| other.profile_id == *id),
        AccountChange::Remove(_) if stays_own => None,
        AccountChange::Remove(id) => in_use.into_iter().chain(&stored).find(|other| other.profile_id != *id),
    };
    if used.is_none() && !stays_own {
        return Err(Error::UnknownAccount { id: meant.clone() });
    }
    let mut files = Vec::new();
    let roles = [(Role::AuthStore, &snapshot.store), (Role::AuthState, &snapshot.auth_state)];
    let main = snapshot.main_store.iter().map(|main| (Role::AuthStore, main));
    for (role, json) in roles.into_iter().chain(main) {
        let (Some(_), Ok(old)) = (&json.file.bytes, &json.value) else { continue };
        let mut new = old.clone();
        if let Some(profiles) = existing(&mut new, &["profiles"]) {
            profiles.retain(|id, _| !removed.contains(id));
        }
        let first = used.map_or_else(Vec::new, |used| vec![used.profile_id.clone()]);
        tidy_state(&mut new, &first, &removed, &removed);
        files.extend(json_change(role, json, old, &new)?);
    }
    let in_database = snapshot.installed.generation.has_database();
    let gone = removed.first().filter(|id| in_database && !is_own(id)).cloned();
    let mut changed = Change { files, database: gone.map(DatabaseChange::Without), ..Change::default() };
    if is_own(meant) {
        changed.drop_provider_key = true;
        changed.dotenv.extend(current::ours_in_dotenv(snapshot).map(|name| (name, None)));
    }
    let kept = current::kept(snapshot).is_some();
    if kept && used.is_some() {
        // Its reference leaves the config.
        changed.files.push((Role::SignIn, snapshot.sign_in.clone(), sign_in::signed_out()));
    }
    if stays_own && !kept {
        // As if it were new: the config names no profile beside it.
        changed.provider_key = provider_key(snapshot);
    }
    changed.profile = used.map(|used| {
        let others = stored.iter().map(|other| other.profile_id.clone());
        let others = others.filter(|other| *other != used.profile_id && !removed.contains(other)).collect();
        let account = used.account.clone().filter(|_| used.kind == CredentialKind::OAuth);
        ConfigProfile { id: used.profile_id.clone(), mode: used.kind.name(), account, others, removed }
    });
    Ok(changed)
}

/// `apiKey` of the provider, as it stands there.
fn provider_key(snapshot: &Snapshot) -> Option<Value> {
    current::chutes_provider(snapshot.value()).and_then(|(_, provider)| provider.get("apiKey")).cloned()
}

fn json_stores(snapshot: &Snapshot) -> impl Iterator<Item = &Json> {
    std::iter::once(&snapshot.store).chain(&snapshot.main_store)
}

/// The JSON stores without any profile of Chutes', and without what is noted of them.
pub fn without_profiles(snapshot: &Snapshot) -> Result<Vec<(Role, File, Vec<u8>)>, Error> {
    let gone: Vec<String> =
        json_stores(snapshot).flat_map(|store| auth_store::profiles(store.seen())).map(|profile| profile.id).collect();
    let stores = json_stores(snapshot).map(|store| (Role::AuthStore, store));
    let mut files = Vec::new();
    for (role, json) in stores.chain([(Role::AuthState, &snapshot.auth_state)]) {
        if json.file.bytes.is_none() {
            continue;
        }
        // A store that cannot be read may hold anything.
        let old = json.value.clone()?;
        let mut new = old.clone();
        if let Some(profiles) = existing(&mut new, &["profiles"]) {
            profiles.retain(|_, entry| auth_store::provider_of(entry).as_deref() != Some(PROVIDER));
        }
        for notes in ["order", "lastGood"] {
            if let Some(map) = existing(&mut new, &[notes]) {
                map.retain(|provider, _| !auth_store::is_provider(provider, PROVIDER));
            }
        }
        if let Some(usage) = existing(&mut new, &["usageStats"]) {
            usage.retain(|profile, _| !gone.contains(profile));
        }
        files.extend(json_change(role, json, &old, &new)?);
    }
    Ok(files)
}

/// What OpenClaw notes of a profile whose calls failed, and for how long it then passes the profile over.
pub const FAILURE_MARKS: [&str; 9] = [
    "blockedUntil",
    "blockedReason",
    "cooldownUntil",
    "cooldownReason",
    "disabledUntil",
    "disabledReason",
    "errorCount",
    "failureCounts",
    "lastFailureAt",
];

/// The JSON stores without the marks of past failures of `profile`; what else is noted of its use stays.
pub fn without_marks(snapshot: &Snapshot, profile: &str) -> Result<Vec<(Role, File, Vec<u8>)>, Error> {
    let mut files = Vec::new();
    for (role, json) in [(Role::AuthStore, &snapshot.store), (Role::AuthState, &snapshot.auth_state)] {
        let (Some(_), Ok(old)) = (&json.file.bytes, &json.value) else { continue };
        let mut new = old.clone();
        if let Some(usage) = existing(&mut new, &["usageStats", profile]) {
            usage.retain(|name, _| !FAILURE_MARKS.contains(&name.as_str()));
        }
        files.extend(json_change(role, json, old, &new)?);
    }
    Ok(files)
}

/// The new text of a JSON file, when it differs. An existing file keeps its layout.
fn json_change(role: Role, json: &Json, old: &Value, new: &Value) -> Result<Option<(Role, File, Vec<u8>)>, Error> {
    if same(old, new) {
        return Ok(None);
    }
    let path = &json.file.path;
    let unproven = || Error::Unproven { path: path.clone(), dotted: String::new() };
    let text = match json.file.bytes.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok()) {
        None => serde_json::to_string_pretty(new).map_err(|_| unproven())? + "\n",
        Some(text) => {
            let document = Document::parse(text).map_err(|error| Error::Malformed { path: path.clone(), error })?;
            let edited = document.edit(&edits(old, new));
            edited.map_err(|error| Error::Edit { path: path.clone(), error })?
        }
    };
    // Still strict JSON, and exactly what was meant.
    match serde_json::from_str::<Value>(&text) {
        Ok(read) if same(&read, new) => Ok(Some((role, json.file.clone(), text.into_bytes()))),
        _ => Err(unproven()),
    }
}

/// From 2026.6.5 on the store is a database: OpenClaw's own SDK, or its own command, is the way in.
fn in_database(snapshot: &Snapshot, new: &NewCredential) -> Result<Change, Error> {
    let id = profile_id(new);
    let named = config_profiles(snapshot);
    let is_new = |(name, mode): &(String, Option<String>)| *name == id && mode.as_deref() == Some(new.kind().name());
    let sdk = snapshot.installed.sdk.is_some();
    let clear = (sdk && snapshot.has_database).then(|| DatabaseChange::Only(Vec::new()));
    let account = match new {
        NewCredential::OAuth { account, .. } => account.clone(),
        _ => None,
    };
    let profile = ConfigProfile {
        id: id.clone(),
        mode: new.kind().name(),
        account,
        others: Vec::new(),
        removed: named.iter().filter(|profile| !is_new(profile)).map(|(name, _)| name.clone()).collect(),
    };
    let generation = snapshot.installed.generation;
    match new {
        // A reference is no secret: it may stand in the config, where every version reads it.
        NewCredential::ApiKeyEnvRef { var } => {
            Ok(Change { provider_key: Some(env_ref(var)), database: clear, ..Change::default() })
        }
        NewCredential::ApiKey { secret }
            if snapshot.installed.program.is_some() && (generation == Generation::SharedSqlite || !sdk) =>
        {
            let mut args = vec!["models", "auth"];
            let agent = snapshot.agent.as_str();
            if snapshot.agents.len() > 1 {
                args.extend(["--agent", agent]);
            }
            args.extend(["paste-api-key", "--provider", PROVIDER, "--profile-id", &id]);
            let args = args.into_iter().map(str::to_owned).collect();
            let handover = Handover { args, secret: secret.clone(), profile_id: id.clone() };
            // The command replaces a profile of that name; others it leaves.
            let others = named.iter().any(|profile| !is_new(profile));
            let database = clear.filter(|_| others);
            Ok(Change { handover: Some(handover), database, profile: Some(profile), ..Change::default() })
        }
        _ if sdk => {
            let put = vec![(id.clone(), new.clone())];
            Ok(Change { database: Some(DatabaseChange::Only(put)), profile: Some(profile), ..Change::default() })
        }
        _ => Err(Error::UnsupportedStore { version: snapshot.installed.version.clone(), kind: new.kind() }),
    }
}

/// From 2026.8.1 on OpenClaw renews no sign-in: it stays with us, and OpenClaw asks us for the access token.
fn keep(snapshot: &Snapshot, new: &NewCredential, client_secret: Option<&Secret>) -> Result<Change, Error> {
    let NewCredential::OAuth { access, refresh, client_id, account, account_id, life, idp, .. } = new else {
        return Err(Error::UnsupportedStore { version: snapshot.installed.version.clone(), kind: new.kind() });
    };
    if snapshot.helper.unfit.is_some() {
        return Err(Error::Helper(snapshot.helper.clone()));
    }
    let old = SignIn::parse(snapshot.sign_in.bytes.as_deref().unwrap_or_default());
    let same_app = old.as_ref().filter(|old| old.client_id == *client_id);
    let new = SignIn {
        client_id: client_id.clone(),
        client_secret: client_secret.cloned().or_else(|| same_app.and_then(|old| old.client_secret.clone())),
        access: access.clone(),
        refresh: refresh.clone(),
        issued_at: life.0,
        ends_at: life.1,
        account: account.clone(),
        account_id: account_id.clone(),
        idp: idp.clone(),
        // The job stays; what the old one went through is over.
        progress: old.as_ref().map_or_else(Progress::default, |old| Progress {
            job: old.progress.job.clone(),
            search: old.progress.search.clone(),
            ..Progress::default()
        }),
    };
    let as_before = old.is_some_and(|old| old.access == new.access && old.client_secret == new.client_secret);
    let files = match as_before {
        true => Vec::new(),
        false => vec![(Role::SignIn, snapshot.sign_in.clone(), new.bytes())],
    };
    // A profile in the database would be used in its place.
    let asked_already = current::kept(snapshot).is_some();
    let database = snapshot.installed.sdk.as_ref().filter(|_| snapshot.has_database && !(as_before && asked_already));
    Ok(Change {
        files,
        database: database.map(|_| DatabaseChange::Only(Vec::new())),
        helper: Some(exec_provider::provider(&snapshot.helper, &snapshot.paths)),
        ..Change::default()
    })
}
