//! The config as it should be: the old value plus a request. Pure; a config that already says all of
//! it comes out equal.

use super::current::{self, configured, is_inverted, normalize_ref, resolve};
use super::error::{Error, Shape};
use super::store::{self, PROVIDER};
use super::value::{at, existing, object, same};
use crate::chutes::model::{Model, id_of, reference};
use crate::selection::{Alias, Selection};
use serde_json::{Map, Number, Value, json};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// OpenClaw's name for the protocol that Chutes speaks.
const API: &str = "openai-completions";

/// What a config needs to know about the credential that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub id: String,
    /// `api_key`, `oauth`, `token`.
    pub mode: &'static str,
    /// Chutes user name.
    pub account: Option<String>,
    /// Other Chutes profiles that stay in the store.
    pub others: Vec<String>,
    /// Profiles that leave the store.
    pub removed: Vec<String>,
}

pub struct Wish<'a> {
    pub base_url: &'a str,
    pub selection: &'a Selection,
    pub profile: Option<&'a Profile>,
    /// A reference that stands in the provider itself, for stores that take no references.
    pub provider_key: Option<&'a Value>,
    /// Providers that the user has credentials for, besides those that the config names.
    pub other_providers: &'a [String],
    /// There was no config: it also gets what `openclaw gateway run` insists on.
    pub brand_new: bool,
}

/// `path` only names the file in errors.
pub fn wanted(path: &Path, old: &Value, wish: &Wish<'_>) -> Result<Value, Error> {
    let mut after = old.clone();
    let shape =
        |dotted: &str, expected| Error::WrongShape { path: path.to_owned(), dotted: dotted.to_owned(), expected };
    let need = |new: &mut Value, dotted: &str| {
        let path: Vec<&str> = dotted.split('.').collect();
        object(new, &path).map(|_| ()).ok_or_else(|| shape(dotted, Shape::Object))
    };
    if wish.brand_new {
        need(&mut after, "gateway")?;
        after["gateway"]["mode"] = json!("local");
    }
    need(&mut after, "models")?;
    need(&mut after, "agents.defaults.models")?;

    let name = current::chutes_provider(&after).map_or(PROVIDER, |(name, _)| name).to_owned();
    let models = object(&mut after, &["models"]).ok_or_else(|| shape("models", Shape::Object))?;
    models.entry("mode").or_insert_with(|| json!("merge"));
    let at_provider = format!("models.providers.{name}");
    let provider =
        object(&mut after, &["models", "providers", &name]).ok_or_else(|| shape(&at_provider, Shape::Object))?;
    set(provider, "baseUrl", json!(wish.base_url));
    set(provider, "api", json!(API));
    if let Some(key) = wish.provider_key {
        set(provider, "apiKey", key.clone());
    }
    let entries = provider.entry("models").or_insert_with(|| json!([]));
    let entries = entries.as_array_mut().ok_or_else(|| shape(&format!("{at_provider}.models"), Shape::Array))?;
    // Duplicate ids are valid; all of them are described.
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if let Some(id) = entry.get("id").and_then(Value::as_str) {
            places.entry(id.to_owned()).or_default().push(place);
        }
    }
    for model in &wish.selection.registered {
        let known = places.get(&*model.id);
        for &place in known.into_iter().flatten() {
            if let Some(entry) = entries[place].as_object_mut() {
                describe(entry, model);
            }
        }
        if known.is_none() {
            let mut entry =
                Map::from_iter([("id".to_owned(), json!(model.id)), ("name".to_owned(), json!(model.reference()))]);
            describe(&mut entry, model);
            entries.push(Value::Object(entry));
        }
    }

    choose(&mut after, wish.selection);
    list_models(&mut after, old, wish);
    if wish.selection.authoritative {
        unregister(&mut after, &name, wish.selection);
    }
    if let Some(allow) = at(&after, &["agents", "defaults", "modelPolicy", "allow"]).and_then(Value::as_array).cloned()
    {
        extend_policy(&mut after, &allow, wish.selection);
    }
    if let Some(profile) = wish.profile {
        need(&mut after, "auth.profiles")?;
        authenticate(&mut after, profile);
    }
    Ok(after)
}

/// Sets a member unless it already has that value.
fn set(map: &mut Map<String, Value>, key: &str, value: Value) {
    if !map.get(key).is_some_and(|old| same(old, &value)) {
        map.insert(key.to_owned(), value);
    }
}

/// Writes what is known about a model into its entry; everything else in the entry stays.
fn describe(entry: &mut Map<String, Value>, model: &Model) {
    if entry.get("name").and_then(Value::as_str).is_none_or(str::is_empty) {
        set(entry, "name", json!(model.reference()));
    }
    if let Some(reasoning) = model.reasoning {
        set(entry, "reasoning", json!(reasoning));
    }
    // OpenClaw knows these four and rejects a config that names another.
    let input = model.input.iter().flat_map(|kinds| kinds.iter());
    let input: Vec<_> = input.filter(|kind| ["text", "image", "video", "audio"].contains(&kind.as_str())).collect();
    if !input.is_empty() {
        set(entry, "input", json!(input));
    }
    let prices = [("input", model.price.input), ("output", model.price.output), ("cacheRead", model.price.cache_read)];
    let prices: Vec<_> = prices.into_iter().filter_map(|(name, price)| Some((name, number(price?)?))).collect();
    if !prices.is_empty() {
        let cost = entry.entry("cost").or_insert_with(|| json!({}));
        if let Some(cost) = cost.as_object_mut() {
            prices.into_iter().for_each(|(name, price)| set(cost, name, price));
        }
    }
    for (name, limit) in [("contextWindow", model.context), ("maxTokens", model.max_output)] {
        if let Some(limit) = limit {
            set(entry, name, json!(limit));
        }
    }
    let compat = entry.entry("compat").or_insert_with(|| json!({}));
    if let Some(compat) = compat.as_object_mut() {
        set(compat, "supportsUsageInStreaming", json!(false));
    }
}

/// A price as people write it: `2`, not `2.0`.
fn number(price: f64) -> Option<Value> {
    if !price.is_finite() || price < 0.0 {
        return None;
    }
    let whole = price.trunc();
    if whole == price && whole < 1e15 {
        return Some(json!(whole as u64));
    }
    Number::from_f64(price).map(Value::Number)
}

/// `agents.defaults.model` and `imageModel`.
fn choose(config: &mut Value, selection: &Selection) {
    let means = |value: Option<&Value>, target: &str| {
        value.and_then(Value::as_str).is_some_and(|text| resolve(text, &selection.aliases) == target)
    };
    let Some(defaults) = existing(config, &["agents", "defaults"]) else { return };
    match defaults.get_mut("model") {
        Some(Value::Object(model)) => {
            if !means(model.get("primary"), &selection.primary) {
                set(model, "primary", json!(selection.primary));
            }
            let old = model.get("fallbacks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let unchanged = old.len() == selection.fallbacks.len()
                && old.iter().zip(&selection.fallbacks).all(|(old, new)| means(Some(old), new));
            if !unchanged {
                set(model, "fallbacks", json!(selection.fallbacks));
            }
        }
        Some(Value::String(text)) if selection.fallbacks.is_empty() => {
            if resolve(text, &selection.aliases) != selection.primary {
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

/// `agents.defaults.models`: an allowlist and the aliases at once.
fn list_models(config: &mut Value, old: &Value, wish: &Wish<'_>) {
    let selection = wish.selection;
    let before = configured(old);
    let Some(map) = existing(config, &["agents", "defaults", "models"]) else { return };
    map.retain(|key, entry| !entry.get("alias").and_then(Value::as_str).is_some_and(|alias| is_inverted(key, alias)));
    if map.is_empty() {
        // So far everything was allowed: what the user could use stays usable.
        let refs = before.primary.iter().chain(&before.fallbacks).chain(&before.image);
        let named = refs.filter_map(|text| text.split_once('/')).map(|(provider, _)| provider);
        let mut providers: Vec<String> = Vec::new();
        for name in before
            .providers
            .iter()
            .map(String::as_str)
            .chain(wish.other_providers.iter().map(String::as_str))
            .chain(named)
        {
            let name = name.trim().to_lowercase();
            if !name.is_empty() && name != PROVIDER && !providers.contains(&name) {
                providers.push(name);
            }
        }
        map.extend(providers.into_iter().map(|name| (format!("{name}/*"), json!({}))));
    }
    let chosen = [&selection.primary].into_iter().chain(&selection.fallbacks).chain(&selection.image);
    let targets = selection.aliases.iter().map(|alias| &alias.target);
    let registered: Vec<String> = selection.registered.iter().map(|model| model.reference()).collect();
    let mut listed: HashSet<String> = map.keys().map(|key| normalize_ref(key)).collect();
    for wanted in registered.iter().chain(chosen).chain(targets) {
        if listed.insert(wanted.clone()) {
            map.insert(wanted.clone(), json!({}));
        }
    }
    // OpenClaw holds one per model; of more, the first counts.
    let of_target: HashMap<&str, &Alias> =
        selection.aliases.iter().rev().map(|alias| (alias.target.as_str(), alias)).collect();
    let names: HashSet<String> = selection.aliases.iter().map(|alias| alias.name.to_lowercase()).collect();
    for (key, entry) in map.iter_mut() {
        let Some(entry) = entry.as_object_mut() else { continue };
        let target = normalize_ref(key);
        let old = entry.get("alias").and_then(Value::as_str).map(str::trim).unwrap_or_default().to_owned();
        match of_target.get(target.as_str()) {
            Some(alias) if alias.name != old => drop(entry.insert("alias".to_owned(), json!(alias.name))),
            Some(_) => {}
            // The name went to another model, or the user gave it up.
            None if !old.is_empty() && (id_of(&target).is_some() || names.contains(&old.to_lowercase())) => {
                entry.shift_remove("alias");
            }
            None => {}
        }
    }
}

/// Takes entries out that the service no longer has, that nobody refers to, and in which the user
/// wrote nothing.
fn unregister(config: &mut Value, provider: &str, selection: &Selection) {
    let keep: HashSet<&str> = selection.registered.iter().map(|model| &*model.id).collect();
    let referred = referred_to(config);
    let entries = at(config, &["models", "providers", provider, "models"]).and_then(Value::as_array);
    let gone: HashSet<String> = entries
        .into_iter()
        .flatten()
        .filter(|entry| is_ours(entry))
        .filter_map(|entry| entry.get("id")?.as_str())
        .filter(|id| !keep.contains(id) && !referred.contains(&reference(id)))
        .map(str::to_owned)
        .collect();
    if gone.is_empty() {
        return;
    }
    if let Some(list) = existing(config, &["models", "providers", provider])
        .and_then(|provider| provider.get_mut("models")?.as_array_mut())
    {
        list.retain(|entry| !entry.get("id").and_then(Value::as_str).is_some_and(|id| gone.contains(id)));
    }
    if let Some(map) = existing(config, &["agents", "defaults", "models"]) {
        map.retain(|key, _| !id_of(&normalize_ref(key)).is_some_and(|id| gone.contains(id)));
    }
}

/// An entry with nothing in it but what we (or OpenClaw's own onboarding) write.
fn is_ours(entry: &Value) -> bool {
    let Some(entry) = entry.as_object() else { return false };
    let Some(id) = entry.get("id").and_then(Value::as_str) else { return false };
    let only = |value: &Value, names: &[&str]| {
        value.as_object().is_some_and(|object| object.keys().all(|key| names.contains(&key.as_str())))
    };
    entry.iter().all(|(key, value)| match key.as_str() {
        "id" | "reasoning" | "input" | "contextWindow" | "maxTokens" => true,
        "name" => value.as_str().is_some_and(|name| name == id || name == reference(id)),
        "cost" => only(value, &["input", "output", "cacheRead", "cacheWrite"]),
        "compat" => only(value, &["supportsUsageInStreaming"]),
        _ => false,
    })
}

/// Every ref that the config names anywhere outside the providers' own lists.
fn referred_to(config: &Value) -> HashSet<String> {
    fn collect(value: &Value, refs: &mut HashSet<String>) {
        match value {
            Value::String(text) => drop(refs.insert(normalize_ref(text))),
            Value::Array(items) => items.iter().for_each(|item| collect(item, refs)),
            Value::Object(object) => object.iter().for_each(|(key, item)| {
                refs.insert(normalize_ref(key));
                collect(item, refs);
            }),
            _ => {}
        }
    }
    let mut refs = HashSet::new();
    for (key, section) in config.as_object().into_iter().flatten().filter(|(key, _)| *key != "models") {
        if key != "agents" {
            collect(section, &mut refs);
            continue;
        }
        // An empty entry in the allowlist is no interest in the model.
        let mut agents = section.clone();
        if let Some(map) = existing(&mut agents, &["defaults", "models"]) {
            map.retain(|_, entry| !entry.as_object().is_some_and(Map::is_empty));
        }
        collect(&agents, &mut refs);
    }
    refs
}

/// From 2026.8.1 on the allowlist proper.
fn extend_policy(config: &mut Value, allow: &[Value], selection: &Selection) {
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
fn authenticate(config: &mut Value, profile: &Profile) {
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
    let configured = profiles.iter().filter(|(_, entry)| store::provider_of(entry).as_deref() == Some(PROVIDER));
    let configured: Vec<String> = configured.map(|(id, _)| id.clone()).collect();
    let found = store::by_provider(at(config, &["auth", "order"]), PROVIDER);
    let (key, old) = found.map_or((PROVIDER.to_owned(), None), |(key, list)| (key.to_owned(), Some(store::ids(list))));
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
