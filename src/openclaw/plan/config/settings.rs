//! The settings around the models: which one is used, what may be used, and with which credential.

use super::set;
use crate::openclaw::read::auth_store::{self, PROVIDER};
use crate::openclaw::read::exec_provider;
use crate::openclaw::read::refs;
use crate::openclaw::types::ConfigProfile;
use crate::openclaw::value::{at, existing, object};
use crate::selection::Alias;
use crate::selection::Selection;
use crate::selection::refs::{DEFAULT_PROVIDER, normalize as normalize_ref, provider_of};
use serde_json::{Map, Value, json};

/// `agents.defaults.model` and `imageModel`. `old`: the config as it was; `others`: the aliases that it has.
pub(crate) fn choose(config: &mut Value, old: &Value, others: &[Alias], selection: &Selection) {
    let aliases: Vec<Alias> = selection.aliases.iter().chain(others).cloned().collect();
    // A fallback without a provider has that of the default.
    let of_fallbacks = provider_of(&selection.primary).unwrap_or(DEFAULT_PROVIDER);
    let stands_for = |value: Option<&Value>, target: &str, otherwise: &str| {
        let text = value.and_then(Value::as_str);
        text.is_some_and(|text| refs::resolve(text, &aliases, old, otherwise) == target)
    };
    let means = |value: Option<&Value>, target: &str| stands_for(value, target, DEFAULT_PROVIDER);
    let Some(defaults) = existing(config, &["agents", "defaults"]) else { return };
    match defaults.get_mut("model") {
        Some(Value::Object(model)) => {
            if !means(model.get("primary"), &selection.primary) {
                set(model, "primary", json!(selection.primary));
            }
            let old = model.get("fallbacks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let unchanged = old.len() == selection.fallbacks.len()
                && old.iter().zip(&selection.fallbacks).all(|(old, new)| stands_for(Some(old), new, of_fallbacks));
            if !unchanged {
                // What stays is written as it was: by an alias, or in another provider's own way.
                let as_written = |target: &String| {
                    let same = old.iter().find(|old| stands_for(Some(old), target, of_fallbacks));
                    same.cloned().unwrap_or_else(|| json!(target))
                };
                let fallbacks: Vec<Value> = selection.fallbacks.iter().map(as_written).collect();
                set(model, "fallbacks", Value::Array(fallbacks));
            }
        }
        Some(Value::String(text)) if selection.fallbacks.is_empty() => {
            if refs::resolve(text, &aliases, old, DEFAULT_PROVIDER) != selection.primary {
                *text = selection.primary.clone();
            }
        }
        _ => {
            let mut model = json!({"primary": selection.primary});
            if !selection.fallbacks.is_empty() {
                model["fallbacks"] = json!(selection.fallbacks);
            }
            put_first(defaults, "model", model, "models");
        }
    }
    let Some(image) = &selection.image else { return };
    match defaults.get_mut("imageModel") {
        Some(Value::Object(model)) => {
            if !means(model.get("primary"), image) {
                set(model, "primary", json!(image));
            }
        }
        old => {
            if !means(old.as_deref(), image) {
                put_first(defaults, "imageModel", json!({"primary": image}), "models");
            }
        }
    }
}

/// Inserts a new key before an existing empty object that was only just made, replaces an old one in place.
fn put_first(map: &mut Map<String, Value>, key: &str, value: Value, before: &str) {
    let made = map.get(before).is_some_and(|later| later.as_object().is_some_and(Map::is_empty));
    if made && !map.contains_key(key) {
        let later = map.shift_remove(before);
        map.insert(key.to_owned(), value);
        map.extend(later.map(|later| (before.to_owned(), later)));
    } else {
        map.insert(key.to_owned(), value);
    }
}

/// From 2026.8.1 on the allowlist proper.
pub(crate) fn extend_policy(config: &mut Value, allow: &[Value], selection: &Selection) {
    if allow.is_empty() {
        return;
    }
    let mut extended = allow.to_vec();
    let mut add = |reference: &str, wildcard: String| {
        let covers =
            |known: &Value| known.as_str().is_some_and(|known| known == wildcard || normalize_ref(known) == reference);
        if !extended.iter().any(covers) {
            extended.push(json!(if reference.starts_with("chutes/") { &wildcard } else { reference }));
        }
    };
    let targets = selection.aliases.iter().map(|alias| &alias.target);
    for reference in [&selection.primary].into_iter().chain(&selection.fallbacks).chain(&selection.image).chain(targets)
    {
        let provider = reference.split('/').next().unwrap_or_default();
        add(reference, format!("{provider}/*"));
    }
    if let Some(policy) = existing(config, &["agents", "defaults", "modelPolicy"]) {
        set(policy, "allow", Value::Array(extended));
    }
}

/// `auth.profiles` and `auth.order`.
pub(crate) fn authenticate(config: &mut Value, profile: &ConfigProfile) {
    let Some(profiles) = existing(config, &["auth", "profiles"]) else { return };
    profiles.retain(|id, _| !profile.removed.contains(id) || *id == profile.id);
    let entry = profiles.entry(&profile.id).or_insert_with(|| json!({}));
    if !entry.is_object() {
        *entry = json!({});
    }
    if let Some(entry) = entry.as_object_mut() {
        set(entry, "provider", json!(PROVIDER));
        set(entry, "mode", json!(profile.mode));
        match &profile.account {
            Some(account) => set(entry, "email", json!(account)),
            None => drop(entry.shift_remove("email")),
        }
    }
    let is_other = |id: &String| *id != profile.id && !profile.removed.contains(id);
    let configured = profiles.iter().filter(|(_, entry)| auth_store::provider_of(entry).as_deref() == Some(PROVIDER));
    let configured: Vec<String> = configured.map(|(id, _)| id.clone()).collect();
    let found = auth_store::by_provider(at(config, &["auth", "order"]), PROVIDER);
    let (key, old) =
        found.map_or((PROVIDER.to_owned(), None), |(key, list)| (key.to_owned(), Some(auth_store::ids(list))));
    let mut order = vec![profile.id.clone()];
    for id in old.iter().flatten().chain(&profile.others).chain(&configured).filter(|id| is_other(id)) {
        if !order.contains(id) {
            order.push(id.clone());
        }
    }
    if (old.is_some() || order.len() > 1)
        && let Some(orders) = object(config, &["auth", "order"])
    {
        set(orders, &key, json!(order));
    }
}

/// `secrets.providers`: OpenClaw runs this program for the access token.
pub(super) fn refer(config: &mut Value, helper: &Value) {
    if let Some(providers) = existing(config, &["secrets", "providers"]) {
        set(providers, exec_provider::ALIAS, helper.clone());
    }
}

/// Takes that away, and the containers that it leaves empty.
pub(in crate::openclaw::plan) fn refer_no_more(config: &mut Value) {
    let Some(providers) = existing(config, &["secrets", "providers"]) else { return };
    if providers.shift_remove(exec_provider::ALIAS).is_some() {
        remove_empty(config, &["secrets", "providers"]);
    }
}

/// Takes Chutes' profiles out of `auth.profiles` and `auth.order`: they would go before a reference.
pub(in crate::openclaw::plan) fn name_no_profile(config: &mut Value) {
    if let Some(profiles) = existing(config, &["auth", "profiles"]) {
        let before = profiles.len();
        profiles.retain(|_, entry| auth_store::provider_of(entry).as_deref() != Some(PROVIDER));
        if profiles.len() < before {
            remove_empty(config, &["auth", "profiles"]);
        }
    }
    if let Some(order) = existing(config, &["auth", "order"]) {
        let before = order.len();
        order.retain(|provider, _| !auth_store::is_provider(provider, PROVIDER));
        if order.len() < before {
            remove_empty(config, &["auth", "order"]);
        }
    }
}

/// Removes `[outer, inner]` where it has become empty, and then `outer`.
pub(in crate::openclaw::plan) fn remove_empty(config: &mut Value, [outer, inner]: &[&str; 2]) {
    if let Some(around) = existing(config, &[outer]) {
        if around.get(*inner).and_then(Value::as_object).is_some_and(Map::is_empty) {
            around.shift_remove(*inner);
        }
        if around.is_empty()
            && let Some(config) = config.as_object_mut()
        {
            config.shift_remove(*outer);
        }
    }
}
