//! `agents.defaults.models`: an allowlist and the aliases at once.

use super::ConfigSpec;
use crate::chutes::model::{Model, id_of};
use crate::openclaw::read::auth_store::PROVIDER;
use crate::openclaw::read::current::{configured, is_inverted, normalize_ref};
use crate::openclaw::value::at;
use crate::selection::Alias;
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

/// What it should hold.
pub(crate) fn allowed<'a>(old: &'a Value, wish: &ConfigSpec<'a>) -> Vec<Allowed<'a>> {
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
    if list.is_empty() {
        // So far everything was allowed: what the user could use stays usable.
        let wildcard = |name| Allowed { key: AllowedKey::Text(Cow::Owned(format!("{name}/*"))), entry: None };
        list.extend(usable_providers(old, wish.other_providers).into_iter().map(wildcard));
    }
    let mut listed: HashSet<String> = list.iter().map(|allowed| normalize_ref(&allowed.key())).collect();
    let mut registered: HashSet<&str> = HashSet::with_capacity(selection.registered.len());
    for model in &selection.registered {
        if registered.insert(&model.id) && !listed.contains(&normalize_ref(&model.reference())) {
            list.push(Allowed { key: AllowedKey::Model(model), entry: None });
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
    list
}

/// Providers of what the user could use before, but for Chutes.
fn usable_providers(old: &Value, with_credentials: &[String]) -> Vec<String> {
    let before = configured(old);
    let refs = before.primary.iter().chain(&before.fallbacks).chain(&before.image);
    let named = refs.filter_map(|text| text.split_once('/')).map(|(provider, _)| provider);
    let known = before.providers.iter().chain(with_credentials).map(String::as_str);
    let mut providers: Vec<String> = Vec::new();
    for name in known.chain(named) {
        let name = name.trim().to_lowercase();
        if !name.is_empty() && name != PROVIDER && !providers.contains(&name) {
            providers.push(name);
        }
    }
    providers
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
