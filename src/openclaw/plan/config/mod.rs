//! The config as it should be: the old value plus a request. Pure; a config that already says all of
//! it comes out equal.

mod allowlist;
pub(super) mod settings;

use super::schema;
use crate::chutes::model::{Model, id_of, reference, usd};
use crate::openclaw::error::{Error, Shape};
use crate::openclaw::read::auth_store::PROVIDER;
use crate::openclaw::read::current::{self};
use crate::openclaw::read::exec_provider;
use crate::openclaw::read::includes::{MergedConfig, Models};
use crate::openclaw::types::ConfigProfile;
use crate::openclaw::types::Problem;
use crate::openclaw::value::{self, at, existing, object};
use crate::selection::Selection;
use crate::selection::refs::normalize as normalize_ref;
use allowlist::{ALLOWED, Allowed, allowed};
use json5_edit::same;
use json5_edit::{Edit, Lazy, New, Step, keys};
use serde_json::{Map, Number, Value, json};
use settings::{authenticate, choose, extend_policy, name_no_profile, refer, refer_no_more};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// OpenClaw's name for the protocol that Chutes speaks.
const API: &str = "openai-completions";

/// What the config is to say, in our own terms.
pub struct ConfigSpec<'a> {
    pub base_url: &'a str,
    pub selection: &'a Selection,
    pub profile: Option<&'a ConfigProfile>,
    /// A reference that stands in the provider itself, for stores that take no references.
    pub provider_key: Option<&'a Value>,
    /// The reference that stands there is to something that goes.
    pub drop_provider_key: bool,
    /// OpenClaw asks us: the entry of `secrets.providers`.
    pub helper: Option<&'a Value>,
    /// The gateway does not start with the plugin missing and not switched off.
    pub switch_plugin_off: bool,
    /// Providers that the user has credentials for, besides those that the config names.
    pub other_providers: &'a [String],
    /// This OpenClaw turns thinking off and on by a template variable, where a model is said to have it.
    pub thinking_by_template: bool,
    /// There was no config: it also gets what `openclaw gateway run` insists on.
    pub brand_new: bool,
}

/// The config as it should be. The two containers that grow with the catalog are made item by item:
/// as values, ten thousand models would take more memory than all the rest of the program.
pub struct DesiredConfig<'a> {
    /// All of it, with these two empty.
    rest: Value,
    /// Key of the provider, in the file's spelling.
    provider: String,
    /// `models.providers.chutes.models`.
    entries: Vec<Entry<'a>>,
    /// What that was before.
    models: Models<'a>,
    /// `agents.defaults.models`.
    allowed: Vec<Allowed<'a>>,
}

/// A model of the provider's list.
struct Entry<'a> {
    /// Its place in the old list.
    old: Option<usize>,
    /// Described in it; None: it stays as it is.
    model: Option<&'a Model>,
    thinking_by_template: bool,
}

impl Entry<'_> {
    fn value(&self, old: Models<'_>) -> Value {
        let mut value = match (self.old, self.model) {
            (Some(at), _) => old.get(at).into_owned(),
            (None, Some(model)) => json!({"id": model.id, "name": model.reference()}),
            (None, None) => Value::Null,
        };
        if let (Some(entry), Some(model)) = (value.as_object_mut(), self.model) {
            describe(entry, model);
            if self.thinking_by_template && model.reasoning == Some(true) {
                think_by_template(entry);
            }
        }
        value
    }
}

impl<'a> DesiredConfig<'a> {
    /// `path` only names the file in errors.
    pub fn of(path: &Path, tree: &'a MergedConfig, wish: &ConfigSpec<'a>) -> Result<Self, Error> {
        let old = &tree.value;
        let shape =
            |dotted: &str, expected| Error::WrongShape { path: path.to_owned(), dotted: dotted.to_owned(), expected };
        let need = |new: &mut Value, dotted: &str| {
            let path: Vec<&str> = dotted.split('.').collect();
            object(new, &path).map(|_| ()).ok_or_else(|| shape(dotted, Shape::Object))
        };
        let name = current::chutes_provider(old).map_or(PROVIDER, |(name, _)| name);
        let mut rest = value::without(old, &[&ALLOWED]);
        if wish.brand_new {
            need(&mut rest, "gateway")?;
            rest["gateway"]["mode"] = json!("local");
        }
        need(&mut rest, "models")?;
        need(&mut rest, "agents.defaults.models")?;

        let models = object(&mut rest, &["models"]).ok_or_else(|| shape("models", Shape::Object))?;
        models.entry("mode").or_insert_with(|| json!("merge"));
        let at_provider = format!("models.providers.{name}");
        let provider =
            object(&mut rest, &["models", "providers", name]).ok_or_else(|| shape(&at_provider, Shape::Object))?;
        set(provider, "baseUrl", json!(wish.base_url));
        set(provider, "api", json!(API));
        let reference = wish.helper.map(|_| exec_provider::reference());
        let new_credential = wish.profile.is_some() || wish.provider_key.is_some() || reference.is_some();
        match wish.provider_key.or(reference.as_ref()) {
            Some(key) => set(provider, "apiKey", key.clone()),
            None => {
                let ours = new_credential && provider.get("apiKey").is_some_and(exec_provider::is_reference);
                if ours || wish.drop_provider_key {
                    provider.shift_remove("apiKey");
                }
            }
        }
        if !provider.entry("models").or_insert_with(|| json!([])).is_array() {
            return Err(shape(&format!("{at_provider}.models"), Shape::Array));
        }
        let selection = wish.selection;
        let models = tree.models();
        let entries = entries(models, &selection.registered, wish.thinking_by_template);
        let before = current::configured(old);
        let allowed = allowed(old, &before, wish);
        let mut wanted = Self { rest, provider: name.to_owned(), entries, models, allowed };

        choose(&mut wanted.rest, old, &before.aliases, selection);
        if selection.authoritative {
            wanted.unregister(selection);
        }
        let policy = at(&wanted.rest, &["agents", "defaults", "modelPolicy", "allow"]);
        if let Some(allow) = policy.and_then(Value::as_array).cloned() {
            extend_policy(&mut wanted.rest, &allow, selection);
        }
        if let Some(helper) = wish.helper {
            need(&mut wanted.rest, "secrets.providers")?;
            refer(&mut wanted.rest, helper);
        } else if new_credential {
            refer_no_more(&mut wanted.rest);
        }
        if wish.helper.is_some() || wish.provider_key.is_some() {
            name_no_profile(&mut wanted.rest);
        }
        if wish.switch_plugin_off {
            need(&mut wanted.rest, "plugins.entries.chutes")?;
            wanted.rest["plugins"]["entries"]["chutes"]["enabled"] = json!(false);
        }
        if let Some(profile) = wish.profile {
            need(&mut wanted.rest, "auth.profiles")?;
            authenticate(&mut wanted.rest, profile);
        }
        Ok(wanted)
    }

    /// What [`DesiredConfig::rest`] lacks, and where it belongs.
    pub fn parts(&self) -> [(Vec<Step>, Lazy<'_>); 2] {
        let (entries, allowed) = (&self.entries, &self.allowed);
        let models = Lazy::array(entries.len(), |at| entries[at].value(self.models));
        let map = Lazy::object(allowed.len(), |at| allowed[at].key().into_owned(), |at| allowed[at].value());
        [(keys(["models", "providers", &self.provider, "models"]), models), (keys(ALLOWED), map)]
    }

    /// What has to be done to `old`.
    pub fn edits<'p>(&'p self, old: &Value, parts: &'p [(Vec<Step>, Lazy<'p>)]) -> Vec<Edit<'p>> {
        let paths: Vec<&[Step]> = parts.iter().map(|(path, _)| path.as_slice()).collect();
        let mut edits = json5_edit::edits_beside(old, &self.rest, &paths);
        for (path, lazy) in parts {
            edits.extend(match value::at_steps(old, path) {
                Some(Value::Object(old)) if !old.is_empty() => of_members(path, old, lazy),
                Some(Value::Array(_)) if self.models_are(lazy) => Vec::new(),
                _ => vec![Edit::Set { path: path.clone(), value: New::Lazy(lazy) }],
            });
        }
        edits
    }

    /// Whether the old list of models says what these items do.
    fn models_are(&self, lazy: &Lazy<'_>) -> bool {
        self.models.len() == lazy.len() && self.models.iter().enumerate().all(|(at, old)| same(&old, &lazy.item(at)))
    }

    /// What has to be done where there is nothing.
    pub fn edits_of_nothing<'p>(&'p self, parts: &'p [(Vec<Step>, Lazy<'p>)]) -> Vec<Edit<'p>> {
        let rest = Edit::Set { path: Vec::new(), value: New::Value(Cow::Borrowed(&self.rest)) };
        let parts = parts.iter().map(|(path, lazy)| Edit::Set { path: path.clone(), value: New::Lazy(lazy) });
        std::iter::once(rest).chain(parts).collect()
    }

    /// All of it in memory.
    pub fn value(&self) -> Value {
        let mut value = self.rest.clone();
        if let Some(provider) = existing(&mut value, &["models", "providers", &self.provider]) {
            provider.insert("models".to_owned(), self.entries.iter().map(|entry| entry.value(self.models)).collect());
        }
        if let Some(map) = existing(&mut value, &ALLOWED) {
            map.extend(self.allowed.iter().map(|allowed| (allowed.key().into_owned(), allowed.value())));
        }
        value
    }

    /// The first place that OpenClaw refuses, if there is one.
    pub fn problem(&self) -> Option<Problem> {
        let entries = || self.entries.iter().enumerate();
        let refused = |(at, entry): (usize, &Entry<'_>)| schema::model(&self.provider, at, &entry.value(self.models));
        schema::problem(&self.rest).or_else(|| entries().find_map(refused))
    }

    /// Takes entries out that the service no longer has, that nobody refers to, and in which the user
    /// wrote nothing.
    fn unregister(&mut self, selection: &Selection) {
        let keep: HashSet<&str> = selection.registered.iter().map(|model| model.id.as_ref()).collect();
        let id = |entry: &Value| entry.get("id").and_then(Value::as_str).map(str::to_owned);
        let ours = self.models.iter().filter(|entry| is_ours(entry)).filter_map(|entry| id(&entry));
        let mut gone: HashSet<String> = ours.filter(|id| !keep.contains(id.as_str())).collect();
        if gone.is_empty() {
            return;
        }
        let referred = self.referred_to();
        gone.retain(|id| !referred.contains(&reference(id)));
        let old_id = |entry: &Entry<'a>| entry.old.and_then(|at| id(&self.models.get(at)));
        self.entries.retain(|entry| !old_id(entry).is_some_and(|id| gone.contains(&id)));
        self.allowed.retain(|allowed| !id_of(&normalize_ref(&allowed.key())).is_some_and(|id| gone.contains(id)));
    }

    /// Every ref that the config names anywhere outside the providers' own lists.
    fn referred_to(&self) -> HashSet<String> {
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
        for (_, section) in self.rest.as_object().into_iter().flatten().filter(|(key, _)| *key != "models") {
            collect(section, &mut refs);
        }
        // An empty entry in the allowlist is no interest in the model.
        for allowed in &self.allowed {
            if let Some(entry) = &allowed.entry {
                refs.insert(normalize_ref(&allowed.key()));
                collect(entry, &mut refs);
            }
        }
        refs
    }
}

/// The edits that turn the members of `old` into those of `lazy`.
fn of_members<'p>(path: &[Step], old: &Map<String, Value>, lazy: &Lazy<'_>) -> Vec<Edit<'p>> {
    let below = |key: &str| [path, &[Step::from(key)]].concat();
    let new: HashSet<String> = (0..lazy.len()).map(|at| lazy.key(at)).collect();
    let gone = old.keys().filter(|key| !new.contains(*key)).map(|key| Edit::Remove { path: below(key) });
    // Only what differs inside a member that stays: its other values may be ones that no Value can say.
    let changed = (0..lazy.len()).flat_map(|at| {
        let (key, item) = (lazy.key(at), lazy.item(at));
        let path = below(&key);
        match old.get(&key) {
            Some(old) => json5_edit::edits_below(&path, old, &item),
            None => vec![Edit::set(path, item)],
        }
    });
    gone.chain(changed).collect()
}

/// Duplicate ids are valid; all of them are described.
fn entries<'a>(old: Models<'a>, registered: &'a [Arc<Model>], thinking_by_template: bool) -> Vec<Entry<'a>> {
    let models: HashMap<&str, &Model> = registered.iter().map(|model| (model.id.as_ref(), model.as_ref())).collect();
    let mut known: HashSet<&str> = HashSet::new();
    let mut entries: Vec<Entry<'a>> = Vec::with_capacity(registered.len());
    for (at, entry) in old.iter().enumerate() {
        let model = entry.get("id").and_then(Value::as_str).and_then(|id| models.get(id).copied());
        known.extend(model.map(|model| -> &str { &model.id }));
        entries.push(Entry { old: Some(at), model, thinking_by_template });
    }
    let new = registered.iter().filter(|model| !known.contains::<str>(&model.id));
    entries.extend(new.map(|model| Entry { old: None, model: Some(model), thinking_by_template }));
    entries
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

/// Without this, `/think` changes nothing that is sent. Another format that stands there is the user's.
fn think_by_template(entry: &mut Map<String, Value>) {
    let compat = entry.entry("compat").or_insert_with(|| json!({}));
    if let Some(compat) = compat.as_object_mut() {
        compat.entry("thinkingFormat").or_insert_with(|| json!("qwen-chat-template"));
    }
}

/// A price as people write it: `2`, not `2.0`.
fn number(price: f64) -> Option<Value> {
    let price = usd(price);
    if !price.is_finite() || price < 0.0 {
        return None;
    }
    let whole = price.trunc();
    if whole == price && whole < 1e15 {
        return Some(json!(whole as u64));
    }
    Number::from_f64(price).map(Value::Number)
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
        "compat" => only(value, &["supportsUsageInStreaming", "thinkingFormat"]),
        _ => false,
    })
}
