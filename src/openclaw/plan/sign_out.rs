//! The way out: no Chutes credential is left in OpenClaw's files, and the config works without Chutes. No IO.

use super::config::settings::{name_no_profile, refer_no_more, remove_empty};
use super::credential::without_profiles;
use super::{Plan, file_change};
use crate::chutes::credential_kinds::variable;
use crate::chutes::model::id_of;
use crate::openclaw::error::Error;
use crate::openclaw::read::auth_store;
use crate::openclaw::read::current::{self, is_inverted};
use crate::openclaw::read::dotenv;
use crate::openclaw::read::exec_provider;
use crate::openclaw::read::fingerprint::Fingerprint;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::{FileChange, Role};
use crate::openclaw::value::existing;
use crate::selection::refs::normalize;
use crate::sign_in::{self, SignIn};
use crate::time::UnixMillis;
use serde_json::{Map, Value, json};

/// How much goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOut {
    /// The models stay registered and chosen; only the credential goes.
    pub keep_models: bool,
}

/// `now` is Unix time in milliseconds. What is in OpenClaw's database is not part of it.
pub fn plan(snapshot: &Snapshot, out: SignOut, now: UnixMillis) -> Result<Plan, Error> {
    let mut files: Vec<FileChange> = Vec::new();
    for (role, file, after) in without_profiles(snapshot)? {
        files.push(file_change(role, file, after, now));
    }
    if SignIn::parse(snapshot.sign_in.bytes.as_deref().unwrap_or_default()).is_some() {
        files.push(file_change(Role::SignIn, snapshot.sign_in.clone(), sign_in::signed_out(), now));
    }
    let before = snapshot.dotenv.bytes.as_deref().unwrap_or_default();
    let gone = [Some(variable::CLIENT_SECRET), current::ours_in_dotenv(snapshot)];
    let after = dotenv::edit(before, |text| {
        Ok::<_, Error>(gone.iter().flatten().fold(text.to_owned(), |text, name| dotenv::unset(&text, name)))
    })?;
    if after != before {
        files.push(file_change(Role::Dotenv, snapshot.dotenv.clone(), after, now));
    }
    // A copy of what goes would keep the secret.
    for file in &mut files {
        file.backup = None;
    }
    files.extend(config_changes(snapshot, out, now)?);
    Ok(Plan { fingerprint: Fingerprint::of_plan(snapshot, &files), files, ..Plan::default() })
}

fn config_changes(snapshot: &Snapshot, out: SignOut, now: UnixMillis) -> Result<Vec<FileChange>, Error> {
    if snapshot.config.bytes.is_none() {
        return Ok(Vec::new());
    }
    let old = snapshot.tree.whole();
    let mut new = old.clone();
    name_no_profile(&mut new);
    refer_no_more(&mut new);
    let name = current::chutes_provider(&old).map(|(name, _)| name.to_owned());
    match (&name, out.keep_models) {
        (Some(name), true) => forget_key(&mut new, name, current::ours_in_dotenv(snapshot).is_some()),
        (Some(name), false) => {
            if let Some(providers) = existing(&mut new, &["models", "providers"]) {
                providers.shift_remove(name);
            }
            remove_empty(&mut new, &["models", "providers"]);
        }
        (None, _) => {}
    }
    if !out.keep_models {
        choose_no_chutes(&mut new, &old);
    }
    let texts = snapshot.tree.edit(json5_edit::edits(&old, &new))?;
    let file = |path: &std::path::Path| {
        std::iter::once(&snapshot.config).chain(&snapshot.includes).find(|file| file.path == path).cloned()
    };
    let changes = texts.into_iter().filter_map(|(path, text)| Some((file(&path)?, text)));
    Ok(changes.map(|(file, text)| file_change(Role::Config, file, text.into_bytes(), now)).collect())
}

/// A key that stands in the provider itself: in clear, or as a reference to our helper. A reference to a
/// variable is no secret and stays, unless the variable goes, too.
fn forget_key(config: &mut Value, name: &str, variable_goes: bool) {
    let Some(provider) = existing(config, &["models", "providers", name]) else { return };
    let is_variable = |key: &Value| {
        let of_env = key.get("source").and_then(Value::as_str) == Some("env");
        of_env || key.as_str().and_then(auth_store::placeholder).is_some()
    };
    let goes = |key: &Value| variable_goes || exec_provider::is_reference(key) || !is_variable(key);
    if provider.get("apiKey").is_some_and(goes) {
        provider.shift_remove("apiKey");
    }
}

/// The models that are chosen go back to what works without Chutes: the first fallback of another provider
/// becomes the default, which it was before us.
fn choose_no_chutes(new: &mut Value, old: &Value) {
    let before = current::configured(old);
    let is_ours = |reference: &str| id_of(&normalize(reference)).is_some();
    let aliases: Vec<String> =
        (before.aliases.iter()).filter(|alias| is_ours(&alias.target)).map(|alias| alias.name.to_lowercase()).collect();
    let means_ours = |text: &str| is_ours(text) || aliases.contains(&text.trim().to_lowercase());
    let Some(defaults) = existing(new, &["agents", "defaults"]) else { return };
    for role in ["model", "imageModel"] {
        let gone = match defaults.get_mut(role) {
            Some(Value::String(text)) => means_ours(text),
            Some(Value::Object(choice)) => without_ours(choice, &means_ours),
            _ => false,
        };
        if gone {
            defaults.shift_remove(role);
        }
    }
    if let Some(map) = existing(new, &["agents", "defaults", "models"]) {
        let had = map.len();
        map.retain(|key, entry| {
            let inverted = entry.get("alias").and_then(Value::as_str).is_some_and(|alias| is_inverted(key, alias));
            !inverted && !is_ours(key)
        });
        let is_empty = map.is_empty() && had > 0;
        if let (true, Some(defaults)) = (is_empty, existing(new, &["agents", "defaults"])) {
            defaults.shift_remove("models");
        }
    }
    remove_empty(new, &["agents", "defaults"]);
    if let Some(policy) = existing(new, &["agents", "defaults", "modelPolicy"])
        && let Some(allow) = policy.get_mut("allow").and_then(Value::as_array_mut)
    {
        allow.retain(|entry| !entry.as_str().is_some_and(|text| text.starts_with("chutes/")));
    }
}

/// True: nothing is left of the choice.
fn without_ours(choice: &mut Map<String, Value>, is_ours: &impl Fn(&str) -> bool) -> bool {
    let of_ours = |value: &Value| value.as_str().is_some_and(is_ours);
    let mut rest: Vec<Value> = choice.get("fallbacks").and_then(Value::as_array).cloned().unwrap_or_default();
    let had = rest.len();
    rest.retain(|fallback| !of_ours(fallback));
    if choice.get("primary").is_some_and(of_ours) {
        if rest.is_empty() {
            return true;
        }
        choice.insert("primary".to_owned(), rest.remove(0));
    }
    if rest.len() != had {
        if rest.is_empty() {
            choice.shift_remove("fallbacks");
        } else {
            choice.insert("fallbacks".to_owned(), json!(rest));
        }
    }
    false
}
