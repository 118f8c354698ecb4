//! What OpenClaw has configured for Chutes now.

use super::auth_store::{self, PROVIDER, Profile};
use super::dotenv;
use super::exec_provider;
use super::fingerprint::Fingerprint;
use super::install::CredentialStores;
use super::refs;
use super::snapshot::Snapshot;
use crate::chutes::credential_kinds::variable;
use crate::chutes::model::{Model, Price, Shared, id_of, usd};
use crate::openclaw::types::{CredentialKind, StoredCredential, env_ref};
use crate::openclaw::value::at;
use crate::secret::Secret;
use crate::selection::refs::{DEFAULT_PROVIDER, normalize as normalize_ref, provider_of};
use crate::selection::{Alias, Configured, Selection};
use crate::sign_in::SignIn;
use crate::time::UnixMillis;
use serde_json::Value;
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Current {
    pub config_exists: bool,
    /// Normalised id of the agent whose store is meant.
    pub agent: String,
    /// All agents of the config, default first.
    pub agents: Vec<String>,
    pub configured: Configured,
    /// Other providers that can be used: those that the config names anywhere, and those with a credential.
    pub other_providers: Vec<String>,
    /// `models.providers.chutes.baseUrl`.
    pub base_url: Option<String>,
    /// `models.providers.chutes.models` as they are, for lists that work without the catalog.
    pub models: Vec<Arc<Model>>,
    pub credentials: Vec<StoredCredential>,
    /// Index into `credentials` of the one OpenClaw would use.
    pub active: Option<usize>,
    /// This OpenClaw keeps credentials in a database, which is not read here: `credentials` has only what
    /// the config refers to. [`crate::openclaw::program::status`] has OpenClaw say what is there.
    pub in_database: bool,
    /// The client secret that OpenClaw's gateway would renew with. Filled in by who has what the gateway reads.
    pub kept_client_secret: Option<Secret>,
    /// `gateway.mode` is set, so `openclaw gateway run` starts.
    pub gateway_mode: bool,
    /// Where credentials are kept.
    pub stores: CredentialStores,
    /// The files that this was read from.
    pub fingerprint: Fingerprint,
}

impl Current {
    /// `now` is Unix time in milliseconds.
    pub fn of(snapshot: &Snapshot, now: UnixMillis) -> Self {
        let config = snapshot.value();
        let provider = chutes_provider(config).map(|(_, provider)| provider);
        let models = snapshot.models();
        let registered = models.iter().filter_map(|entry| entry.get("id")?.as_str().map(str::to_owned));
        let mut shared = Shared::default();
        let (profiles, active) = usable(snapshot, now);
        let configured = Configured { registered: registered.collect(), ..configured(config) };
        Self {
            other_providers: refs::usable_providers(config, &configured, &snapshot.providers_with_credentials()),
            kept_client_secret: None,
            config_exists: snapshot.config.bytes.is_some(),
            agent: snapshot.agent.clone(),
            agents: snapshot.agents.clone(),
            configured,
            base_url: provider.and_then(|p| p.get("baseUrl")?.as_str()).map(str::to_owned),
            models: models.iter().filter_map(|entry| Some(shared.share(model(&entry)?))).collect(),
            credentials: profiles.iter().map(|(agent, profile)| stored(agent, profile)).collect(),
            active,
            in_database: snapshot.installed.generation.has_database(),
            gateway_mode: at(config, &["gateway", "mode"]).is_some_and(Value::is_string),
            stores: snapshot.credential_stores(),
            fingerprint: Fingerprint::of_snapshot(snapshot),
        }
    }

    /// The choices as they are: a selection that changes nothing, if there is a default.
    pub fn selection(&self) -> Selection {
        let configured = &self.configured;
        Selection {
            primary: configured.primary.clone().unwrap_or_default(),
            fallbacks: configured.fallbacks.clone(),
            image: configured.image.clone(),
            aliases: configured.aliases.iter().filter(|alias| id_of(&alias.target).is_some()).cloned().collect(),
            registered: self.models.clone(),
            authoritative: false,
        }
    }

    pub fn active_credential(&self) -> Option<&StoredCredential> {
        self.active.and_then(|index| self.credentials.get(index))
    }
}

/// The secret of the credential that OpenClaw would use, for a verify call or a refresh of the
/// catalog. `env` resolves a stored reference before what OpenClaw reads for itself. None: nothing usable is stored in clear or in a variable.
pub fn active_secret(snapshot: &Snapshot, now: UnixMillis, env: impl Fn(&str) -> Option<String>) -> Option<Secret> {
    let (profiles, active) = usable(snapshot, now);
    let (_, profile) = profiles.into_iter().nth(active?)?;
    let from_env = |name: &str| env(name).filter(|text| !text.is_empty()).or_else(|| snapshot.variable(name));
    let referred = || profile.env_var.as_deref().and_then(from_env).map(Secret::new);
    profile.secret.or_else(referred)
}

/// The variable of `.env` that the config refers to, as a run without any OpenClaw would write it. Whether a run of
/// ours put the credential there, [`ours_in_dotenv`] knows.
pub fn in_dotenv(snapshot: &Snapshot) -> Option<&'static str> {
    let (_, provider) = chutes_provider(snapshot.value())?;
    let key = provider.get("apiKey")?;
    let text = String::from_utf8_lossy(snapshot.dotenv.bytes.as_deref()?);
    let mut names = [variable::API_KEY, variable::OAUTH_TOKEN].into_iter();
    names.find(|name| *key == env_ref(name) && dotenv::value(&text, name).is_some())
}

/// The variable of [`in_dotenv`], if a run of ours put there what it holds: the user's own is not ours to take away.
pub fn ours_in_dotenv(snapshot: &Snapshot) -> Option<&'static str> {
    let name = in_dotenv(snapshot)?;
    let text = String::from_utf8_lossy(snapshot.dotenv.bytes.as_deref()?);
    let mark = dotenv::mark(name, &dotenv::value(&text, name)?);
    snapshot.our_variables.contains(&mark).then_some(name)
}

/// The sign-in that OpenClaw would use, with what its renewal takes.
#[derive(Clone, Debug)]
pub struct OAuthProfile {
    pub id: String,
    /// The `auth-profiles.json` it is in: the agent's own, or the one of `main`.
    pub store: PathBuf,
    pub refresh: Option<Secret>,
    pub client_id: Option<String>,
    /// Unix time in milliseconds, as stored.
    pub expires_at: Option<UnixMillis>,
}

/// None: OpenClaw would use something else, or nothing, or one that is not in such a file.
pub fn active_oauth(snapshot: &Snapshot, now: UnixMillis) -> Option<OAuthProfile> {
    if snapshot.installed.generation.has_database() {
        return None;
    }
    let (profiles, active) = usable(snapshot, now);
    let (agent, profile) = profiles.into_iter().nth(active?)?;
    let own = agent == snapshot.agent;
    let store = if own { &snapshot.store } else { snapshot.main_store.as_ref()? };
    (profile.kind == CredentialKind::OAuth).then(|| OAuthProfile {
        store: store.file.path.clone(),
        refresh: profile.refresh,
        client_id: profile.client_id,
        expires_at: profile.expires_at,
        id: profile.id,
    })
}

/// The sign-in that we keep, when the config has OpenClaw ask us for it.
pub fn kept(snapshot: &Snapshot) -> Option<SignIn> {
    let (_, provider) = chutes_provider(snapshot.value())?;
    provider.get("apiKey").filter(|key| exec_provider::is_reference(key))?;
    SignIn::parse(snapshot.sign_in.bytes.as_deref()?)
}

/// The id under which it is listed.
pub(crate) fn kept_id(kept: &SignIn) -> String {
    format!("{PROVIDER}:{}", kept.account.as_deref().unwrap_or("default"))
}

/// The same as a profile.
fn kept_profile(kept: &SignIn) -> Profile {
    Profile {
        id: kept_id(kept),
        kind: CredentialKind::OAuth,
        secret: Some(kept.access.clone()),
        env_var: None,
        other_ref: false,
        refresh: kept.refresh.clone(),
        account: kept.account.clone(),
        expires_at: Some(kept.ends_at),
        client_id: Some(kept.client_id.clone()),
    }
}

/// What the provider's own `apiKey` refers to: the sign-in that we keep, or a variable.
pub fn in_provider(snapshot: &Snapshot) -> Option<Profile> {
    let kept = kept(snapshot).map(|kept| kept_profile(&kept));
    kept.or_else(|| auth_store::provider_key(chutes_provider(snapshot.value())?.1))
}

/// The profiles that the agent can use, with the agent in whose store each is; and the active one.
fn usable(snapshot: &Snapshot, now: UnixMillis) -> (Vec<(String, Profile)>, Option<usize>) {
    let own = auth_store::profiles(snapshot.store.seen());
    let inherited = snapshot.main_store.iter().flat_map(|main| auth_store::profiles(main.seen()));
    let inherited: Vec<Profile> = inherited.filter(|profile| own.iter().all(|own| own.id != profile.id)).collect();
    let agents = own.iter().map(|_| snapshot.agent.clone()).chain(inherited.iter().map(|_| "main".to_owned()));
    let agents: Vec<String> = agents.collect();
    let profiles: Vec<Profile> = own.into_iter().chain(inherited).collect();
    let stores = [snapshot.auth_state.seen(), snapshot.store.seen()];
    let active = auth_store::active(&profiles, snapshot.value(), &stores, now);
    let mut usable: Vec<(String, Profile)> = agents.into_iter().zip(profiles).collect();
    // What every profile goes before.
    if let (None, Some(profile)) = (active, in_provider(snapshot)) {
        usable.push((snapshot.agent.clone(), profile));
        return (usable.clone(), Some(usable.len() - 1));
    }
    (usable, active)
}

pub(crate) fn stored(agent: &str, profile: &Profile) -> StoredCredential {
    StoredCredential {
        profile_id: profile.id.clone(),
        agent: agent.to_owned(),
        kind: profile.kind,
        account: profile.account.clone(),
        expires_at: profile.expires_at,
        hint: profile.secret.as_ref().map(Secret::hint),
        env_var: profile.env_var.clone(),
        refreshable: profile.refresh.is_some(),
        client_id: profile.client_id.clone(),
    }
}

/// `models.providers.chutes`, under the spelling the file uses.
pub(crate) fn chutes_provider(config: &Value) -> Option<(&str, &Value)> {
    auth_store::by_provider(at(config, &["models", "providers"]), PROVIDER)
}

/// What the config says about models, but for those that are registered.
pub fn configured(config: &Value) -> Configured {
    let map = at(config, &["agents", "defaults", "models"]).and_then(Value::as_object);
    let mut aliases: Vec<Option<Alias>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut inverted = Vec::new();
    for (key, entry) in map.into_iter().flatten() {
        let implied = || default_alias(&normalize_ref(key)).map(str::to_owned);
        let Some(alias) = entry.get("alias").and_then(Value::as_str).map(|a| a.trim().to_owned()).or_else(implied)
        else {
            continue;
        };
        if is_inverted(key, &alias) {
            inverted.push(Alias { name: key.trim().to_owned(), target: alias });
        } else if !alias.is_empty() {
            // Of two that differ only in case, OpenClaw takes the later.
            if let Some(earlier) = places.insert(alias.to_lowercase(), aliases.len()) {
                aliases[earlier] = None;
            }
            aliases.push(Some(Alias { name: alias, target: normalize_ref(key) }));
        }
    }
    let aliases: Vec<Alias> = aliases.into_iter().flatten().collect();
    let resolve = |text: &str, otherwise: &str| refs::resolve(text, &aliases, config, otherwise);
    let primary_of = |value: Option<&Value>| {
        let text = value.and_then(|v| v.as_str().or_else(|| v.get("primary")?.as_str()));
        text.map(str::trim).filter(|text| !text.is_empty()).map(|text| resolve(text, DEFAULT_PROVIDER))
    };
    let model = at(config, &["agents", "defaults", "model"]);
    let primary = primary_of(model);
    let implied_default = if primary.is_some() { None } else { refs::implied_default(config) };
    let default = primary.as_ref().or(implied_default.as_ref());
    let default_provider = default.and_then(|default| provider_of(default)).unwrap_or(DEFAULT_PROVIDER);
    let fallbacks = model.and_then(|m| m.get("fallbacks")?.as_array()).into_iter().flatten();
    let allowed: Vec<String> = map
        .into_iter()
        .flatten()
        .map(|(key, _)| key)
        .filter(|key| key.contains('/'))
        .map(|k| normalize_ref(k))
        .collect();
    let described = at(config, &["models", "providers"]).and_then(Value::as_object).into_iter().flatten();
    let mut providers: Vec<String> = described.map(|(name, _)| name.clone()).collect();
    // OpenClaw knows many that need no description; what the config names of them is in use.
    for (provider, _) in allowed.iter().filter_map(|reference| reference.split_once('/')) {
        if !providers.iter().any(|known| known == provider) {
            providers.push(provider.to_owned());
        }
    }
    Configured {
        fallbacks: fallbacks.filter_map(Value::as_str).map(|text| resolve(text, default_provider)).collect(),
        image: primary_of(at(config, &["agents", "defaults", "imageModel"])),
        implied_default,
        primary,
        inverted,
        registered: Vec::new(),
        allowed: (!allowed.is_empty()).then_some(allowed),
        providers,
        aliases,
    }
}

/// True for `"chutes-fast": {alias: "chutes/…"}`: name and target changed places.
pub(crate) fn is_inverted(key: &str, alias: &str) -> bool {
    !key.contains('/') && crate::chutes::model::id_of(alias.trim()).is_some()
}

/// Aliases that OpenClaw 2026.5.28 gives by itself to models that are listed without one.
pub(crate) const DEFAULT_ALIASES: [(&str, &str); 8] = [
    ("opus", "anthropic/claude-opus-4-8"),
    ("sonnet", "anthropic/claude-sonnet-4-6"),
    ("gpt", "openai/gpt-5.4"),
    ("gpt-mini", "openai/gpt-5.4-mini"),
    ("gpt-nano", "openai/gpt-5.4-nano"),
    ("gemini", "google/gemini-3.1-pro-preview"),
    ("gemini-flash", "google/gemini-3-flash-preview"),
    ("gemini-flash-lite", "google/gemini-3.1-flash-lite"),
];

fn default_alias(reference: &str) -> Option<&'static str> {
    DEFAULT_ALIASES.iter().find(|(_, target)| *target == reference).map(|(alias, _)| *alias)
}

/// A model entry of the config, as far as it goes.
fn model(entry: &Value) -> Option<Model> {
    let price = |name: &str| entry.get("cost").and_then(|cost| cost.get(name)?.as_f64()).map(usd);
    let tokens = |name: &str| entry.get(name).and_then(Value::as_f64).and_then(|n| NonZeroU64::new(n as u64));
    let input = entry.get("input").and_then(Value::as_array);
    let kinds = |input: &Vec<Value>| input.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
    Some(Model {
        id: entry.get("id")?.as_str()?.into(),
        context: tokens("contextWindow"),
        max_output: tokens("maxTokens"),
        price: Price { input: price("input"), output: price("output"), cache_read: price("cacheRead") },
        input: input.map(|input| kinds(input).into()),
        reasoning: entry.get("reasoning").and_then(Value::as_bool),
        ..Model::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn aliases_of_both_orientations_are_told_apart() {
        let found = configured(&json!({"agents": {"defaults": {
            "model": {"primary": " Chutes-Fast", "fallbacks": ["opus", "x/y"]},
            "imageModel": "Chutes/v",
            "models": {
                "chutes/a": {"alias": "chutes-fast"},
                "chutes-pro": {"alias": "chutes/b"},
                "Chutes/chutes/c": {"alias": "CHUTES-FAST"},
                "anthropic/claude-opus-4-8": {},
                "openai/*": {},
            },
        }}}));
        let alias = |name: &str, target: &str| Alias { name: name.into(), target: target.into() };
        assert_eq!(found.aliases, [alias("CHUTES-FAST", "chutes/c"), alias("opus", "anthropic/claude-opus-4-8")]);
        assert_eq!(found.inverted, [alias("chutes-pro", "chutes/b")]);
        assert_eq!(found.primary.as_deref(), Some("chutes/c"));
        assert_eq!(found.fallbacks, ["anthropic/claude-opus-4-8", "x/y"]);
        assert_eq!(found.image.as_deref(), Some("chutes/v"));
        let allowed = ["chutes/a", "chutes/c", "anthropic/claude-opus-4-8", "openai/*"];
        assert_eq!(found.allowed.unwrap(), allowed);
    }

    #[test]
    fn nothing_configured_is_nothing() {
        assert_eq!(configured(&json!({})), Configured::default());
        assert_eq!(configured(&json!({"agents": {"defaults": {"model": "", "models": {}}}})), Configured::default());
    }
}
