//! `agents.defaults.models`: an allowlist and the aliases at once.

use super::ConfigSpec;
use crate::chutes::model::{Model, id_of};
use crate::openclaw::read::auth_store::PROVIDER;
use crate::openclaw::read::current::is_inverted;
use crate::openclaw::read::refs;
use crate::openclaw::value::at;
use crate::selection::Configured;
use crate::selection::refs::{normalize as normalize_ref, provider_of};
use crate::selection::{Alias, Selection};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Where it stands.
pub(crate) const ALLOWED: [&str; 3] = ["agents", "defaults", "models"];

/// A member of the allowlist.
pub(crate) struct Allowed<'a> {
    key: AllowedKey<'a>,
    /// None: an object with nothing in it, as most are.
    pub entry: Option<Box<Value>>,
}

enum AllowedKey<'a> {
    Text(Cow<'a, str>),
    Model(&'a Model),
}

impl Allowed<'_> {
    pub fn key(&self) -> Cow<'_, str> {
        match &self.key {
            AllowedKey::Text(text) => Cow::Borrowed(text),
            AllowedKey::Model(model) => Cow::Owned(model.reference()),
        }
    }

    pub fn value(&self) -> Value {
        self.entry.as_deref().cloned().unwrap_or_else(|| json!({}))
    }

    fn alias(&self) -> Option<&str> {
        self.entry.as_ref()?.get("alias")?.as_str()
    }
}

/// What it should hold. `before`: what the config said.
pub(crate) fn allowed<'a>(old: &'a Value, before: &Configured, wish: &ConfigSpec<'a>) -> Vec<Allowed<'a>> {
    let selection = wish.selection;
    let map = at(old, &ALLOWED).and_then(Value::as_object);
    let is_empty = |entry: &Value| entry.as_object().is_some_and(Map::is_empty);
    let mut list: Vec<Allowed<'a>> = Vec::with_capacity(selection.registered.len());
    for (key, entry) in map.into_iter().flatten() {
        if !entry.get("alias").and_then(Value::as_str).is_some_and(|alias| is_inverted(key, alias)) {
            let entry = (!is_empty(entry)).then(|| Box::new(entry.clone()));
            list.push(Allowed { key: AllowedKey::Text(Cow::Borrowed(key)), entry });
        }
    }
    let text = |key: String| Allowed { key: AllowedKey::Text(Cow::Owned(key)), entry: None };
    let mut ours = Vec::new();
    if list.is_empty() && restricts(old) {
        // So far everything was allowed: what the user could use stays usable.
        let usable = refs::usable_providers(old, before, wish.other_providers);
        list.extend(usable.into_iter().map(|provider| text(format!("{provider}/*"))));
        let default = refs::default_provider(before);
        let named = refs::named(old).into_iter().map(|found| refs::resolve(found.text, &before.aliases, old, default));
        ours.extend(named.filter(|target| id_of(target).is_some()));
    } else if restricts(old) {
        // The default and its fallbacks are allowed without being listed, and only while they are that.
        let used = before.primary.iter().chain(&before.fallbacks).filter(|target| id_of(target).is_none());
        for target in used {
            let wildcard = provider_of(target).map(|provider| format!("{provider}/*"));
            let covers = |key: String| key == *target || Some(&key) == wildcard.as_ref();
            if provider_of(target).is_some() && !list.iter().any(|known| covers(normalize_ref(&known.key()))) {
                list.push(text(target.clone()));
            }
        }
    }
    let mut listed: HashSet<String> = list.iter().map(|allowed| normalize_ref(&allowed.key())).collect();
    let mut registered: HashSet<&str> = HashSet::with_capacity(selection.registered.len());
    for model in &selection.registered {
        if registered.insert(&model.id) && !listed.contains(&normalize_ref(&model.reference())) {
            list.push(Allowed { key: AllowedKey::Model(model), entry: None });
        }
    }
    // Whether the service lists them or not.
    for named in ours {
        let is_registered = id_of(&named).is_some_and(|id| registered.contains(id));
        if !is_registered && listed.insert(named.clone()) {
            list.push(Allowed { key: AllowedKey::Text(Cow::Owned(named)), entry: None });
        }
    }
    let chosen = [&selection.primary].into_iter().chain(&selection.fallbacks).chain(&selection.image);
    for wanted in chosen.chain(selection.aliases.iter().map(|alias| &alias.target)) {
        let is_registered = id_of(wanted).is_some_and(|id| registered.contains(id));
        if !is_registered && listed.insert(wanted.clone()) {
            list.push(Allowed { key: AllowedKey::Text(Cow::Borrowed(wanted)), entry: None });
        }
    }
    name_them(&mut list, &selection.aliases);
    keep_bare_names(&mut list, old, before, selection);
    list
}

/// Whether the map says what may be used. From 2026.8.1 on a policy does, once the map was taken over
/// into one.
fn restricts(config: &Value) -> bool {
    let policy = at(config, &["agents", "defaults", "modelPolicy"]).is_some_and(Value::is_object);
    let taken_over = at(config, &["meta", "migrations", "modelPolicyAllowlist"]) == Some(&Value::Bool(true));
    !policy && !taken_over
}

/// A name without a provider belongs to that of the default. When the default goes to another provider,
/// an alias keeps what the name stood for.
fn keep_bare_names(list: &mut Vec<Allowed<'_>>, old: &Value, before: &Configured, selection: &Selection) {
    let provider = refs::default_provider(before);
    if provider_of(&selection.primary) == Some(provider) {
        return;
    }
    let depends = |found: &refs::Found<'_>| {
        // The fallbacks here are written anew.
        !found.is_of_an_agent() && !matches!(found.place, "agents.defaults.model" | "agents.defaults.models" | "models")
    };
    for found in refs::named(old).iter().filter(|found| depends(found) && !found.text.contains('/')) {
        let stood_for = refs::resolve(found.text, &before.aliases, old, provider);
        let is_alias = before.aliases.iter().chain(&selection.aliases).any(|a| a.name.eq_ignore_ascii_case(found.text));
        if is_alias || provider_of(&stood_for) == Some(PROVIDER) {
            continue;
        }
        let at = list.iter().position(|allowed| normalize_ref(&allowed.key()) == stood_for);
        let at = at.unwrap_or_else(|| {
            list.push(Allowed { key: AllowedKey::Text(Cow::Owned(stood_for.clone())), entry: None });
            list.len() - 1
        });
        let entry = list[at].entry.get_or_insert_with(|| Box::new(json!({})));
        if let Some(entry) = entry.as_object_mut() {
            entry.entry("alias").or_insert_with(|| json!(found.text));
        }
    }
}

/// Gives the members of the allowlist their aliases.
fn name_them(list: &mut [Allowed<'_>], aliases: &[Alias]) {
    // OpenClaw holds one per model; of more, the first counts.
    let of_target: HashMap<&str, &Alias> = aliases.iter().rev().map(|alias| (alias.target.as_str(), alias)).collect();
    let names: HashSet<String> = aliases.iter().map(|alias| alias.name.to_lowercase()).collect();
    for allowed in list {
        let target = normalize_ref(&allowed.key());
        let old = allowed.alias().map(str::trim).unwrap_or_default().to_owned();
        match of_target.get(target.as_str()) {
            Some(alias) if alias.name != old => {
                if let Some(entry) = allowed.entry.get_or_insert_with(|| Box::new(json!({}))).as_object_mut() {
                    entry.insert("alias".to_owned(), json!(alias.name));
                }
            }
            Some(_) => {}
            // The name went to another model, or the user gave it up.
            None if !old.is_empty() && (id_of(&target).is_some() || names.contains(&old.to_lowercase())) => {
                if let Some(entry) = allowed.entry.as_mut().and_then(|entry| entry.as_object_mut()) {
                    entry.shift_remove("alias");
                }
                allowed.entry.take_if(|entry| entry.as_object().is_some_and(Map::is_empty));
            }
            None => {}
        }
    }
}
