//! The Chutes credentials in OpenClaw's auth store, and which of them OpenClaw would use.

use crate::chutes::credential_kinds::variable;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::value::at;
use crate::secret::Secret;
use crate::time::UnixMillis;
use serde_json::{Map, Value};

/// Name of the provider in every file of OpenClaw's.
pub const PROVIDER: &str = "chutes";

/// One stored Chutes profile, secrets included. Stays inside this module's neighbours.
#[derive(Clone, Debug)]
pub struct Profile {
    pub id: String,
    pub kind: CredentialKind,
    /// Key, token or access token, when it is stored in clear.
    pub secret: Option<Secret>,
    /// The environment variable that holds it instead.
    pub env_var: Option<String>,
    /// A reference to something else (a file, a command).
    pub other_ref: bool,
    /// Of a sign-in, when it can be renewed.
    pub refresh: Option<Secret>,
    pub account: Option<String>,
    /// Unix time in milliseconds.
    pub expires_at: Option<UnixMillis>,
    pub client_id: Option<String>,
}

/// The Chutes profiles of a store, in file order. What OpenClaw ignores is left out.
pub fn profiles(store: &Value) -> Vec<Profile> {
    let all = store.get("profiles").and_then(Value::as_object).into_iter().flatten();
    all.filter(|(_, entry)| provider_of(entry).as_deref() == Some(PROVIDER))
        .filter_map(|(id, entry)| profile(id, entry))
        .collect()
}

/// The provider of a profile entry, in lower case.
pub fn provider_of(entry: &Value) -> Option<String> {
    entry.get("provider").and_then(Value::as_str).map(|name| name.trim().to_lowercase())
}

fn profile(id: &str, entry: &Value) -> Option<Profile> {
    let text = |name: &str| {
        entry.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let kind = match text("type").or_else(|| text("mode"))?.as_str() {
        "api_key" => CredentialKind::ApiKey,
        "token" => CredentialKind::Token,
        "oauth" => CredentialKind::OAuth,
        _ => return None,
    };
    let (stored, reference) = match kind {
        CredentialKind::ApiKey => (text("key").or_else(|| text("apiKey")), entry.get("keyRef")),
        CredentialKind::Token => (text("token"), entry.get("tokenRef")),
        CredentialKind::OAuth => (text("access"), None),
    };
    // A reference wins over a text beside it.
    let reference = reference.filter(|value| value.is_object());
    let from_env = reference
        .filter(|r| r.get("source").and_then(Value::as_str) == Some("env"))
        .and_then(|r| Some(r.get("id")?.as_str()?.to_owned()))
        .or_else(|| {
            stored.as_deref().filter(|_| kind != CredentialKind::OAuth).and_then(placeholder).map(str::to_owned)
        });
    Some(Profile {
        id: id.to_owned(),
        kind,
        other_ref: reference.is_some() && from_env.is_none(),
        secret: stored.filter(|_| reference.is_none() && from_env.is_none()).map(Secret::new),
        env_var: from_env,
        refresh: text("refresh").filter(|_| kind == CredentialKind::OAuth).map(Secret::new),
        account: text("email").or_else(|| text("displayName")),
        expires_at: entry.get("expires").and_then(UnixMillis::from_json),
        client_id: text("clientId"),
    })
}

/// Id of what a provider's own `apiKey` refers to.
pub const PROVIDER_KEY: &str = "models.providers.chutes.apiKey";

/// The variable that a provider's own `apiKey` refers to, as a profile.
pub fn provider_key(provider: &Value) -> Option<Profile> {
    let key = provider.get("apiKey").filter(|key| key.is_object() || key.as_str().and_then(placeholder).is_some())?;
    let name = if key.is_object() { "keyRef" } else { "key" };
    let mut found = profile(PROVIDER_KEY, &serde_json::json!({"type": "api_key", name: key}))?;
    if found.env_var.as_deref() == Some(variable::OAUTH_TOKEN) {
        found.kind = CredentialKind::Token;
    }
    found.env_var.is_some().then_some(found)
}

/// The name in `${NAME}`.
pub fn placeholder(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    let valid = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    valid.then_some(name)
}

/// The value under a provider's name, whatever its case.
pub fn by_provider<'a>(map: Option<&'a Value>, provider: &str) -> Option<(&'a str, &'a Value)> {
    let mut entries = map?.as_object()?.iter();
    entries.find(|(key, _)| is_provider(key, provider)).map(|(key, value)| (key.as_str(), value))
}

/// Whether a key of the config means this provider.
pub fn is_provider(key: &str, provider: &str) -> bool {
    key.trim().eq_ignore_ascii_case(provider)
}

/// The ids in a list such as `auth.order.chutes`.
pub fn ids(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Index of the profile that OpenClaw would use now, by its own rules: an order in its state, then one
/// in the config, then the profiles that the config names, then all; of those, `oauth` before `token`
/// before `api_key`, the longest unused first, those in a cool-down last.
pub fn active(profiles: &[Profile], config: &Value, stores: &[&Value], now: UnixMillis) -> Option<usize> {
    let position = |id: &str| profiles.iter().position(|profile| profile.id == id);
    let configured = at(config, &["auth", "profiles"]).and_then(Value::as_object);
    let named: Vec<String> = configured
        .into_iter()
        .flatten()
        .filter(|(_, entry)| provider_of(entry).as_deref() == Some(PROVIDER))
        .map(|(id, _)| id.clone())
        .collect();
    let order = stores.iter().find_map(|store| by_provider(store.get("order"), PROVIDER));
    let order = order.or_else(|| by_provider(at(config, &["auth", "order"]), PROVIDER)).map(|(_, list)| ids(list));
    let everything = || profiles.iter().map(|profile| profile.id.clone()).collect::<Vec<_>>();
    let base = match &order {
        Some(order) => order.clone(),
        None if named.is_empty() => everything(),
        None => named.clone(),
    };
    let usable = |id: &String| {
        let index = position(id)?;
        let entry = configured.and_then(|map| map.get(id));
        eligible(&profiles[index], entry, now).then_some(index)
    };
    let mut found: Vec<usize> = base.iter().filter_map(usable).collect();
    if found.is_empty() && !named.is_empty() && base.iter().all(|id| position(id).is_none()) {
        found = everything().iter().filter_map(usable).collect();
    }
    let usage = |index: usize| {
        let id = &profiles[index].id;
        stores.iter().find_map(|store| store.get("usageStats")?.get(id)?.as_object())
    };
    let until = |index: usize| cooldown(usage(index)).filter(|until| *until > now);
    let last_used =
        |index: usize| usage(index).and_then(|u| UnixMillis::from_json(u.get("lastUsed")?)).unwrap_or_default().0;
    let rank = |index: usize| match profiles[index].kind {
        CredentialKind::OAuth => 0,
        CredentialKind::Token => 1,
        CredentialKind::ApiKey => 2,
    };
    let by_kind = order.is_none_or(|order| order.is_empty());
    found.sort_by_key(|&index| match until(index) {
        Some(until) => (1, until.0, 0),
        None if by_kind => (0, rank(index), last_used(index)),
        None => (0, 0, 0),
    });
    found.first().copied()
}

/// Until when OpenClaw leaves a profile alone, by its entry of `usageStats`.
pub fn cooldown(usage: Option<&Map<String, Value>>) -> Option<UnixMillis> {
    let times = ["blockedUntil", "cooldownUntil", "disabledUntil"];
    times.iter().filter_map(|name| UnixMillis::from_json(usage?.get(*name)?)).max()
}

fn eligible(profile: &Profile, configured: Option<&Value>, now: UnixMillis) -> bool {
    if let Some(entry) = configured {
        let mode = entry.get("mode").and_then(Value::as_str);
        let fits =
            mode == Some(profile.kind.name()) || (mode == Some("oauth") && profile.kind == CredentialKind::Token);
        if !fits || provider_of(entry).as_deref() != Some(PROVIDER) {
            return false;
        }
    }
    let stored = profile.secret.is_some() || profile.env_var.is_some() || profile.other_ref;
    match profile.kind {
        CredentialKind::ApiKey => stored,
        CredentialKind::Token => stored && profile.expires_at.is_none_or(|at| at > now),
        CredentialKind::OAuth => stored || profile.refresh.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn used(config: Value, state: Value) -> Option<String> {
        let store = json!({"profiles": {
            "chutes:default": {"type": "api_key", "provider": "chutes", "key": "cpk_1"},
            "chutes:alice": {"type": "oauth", "provider": "Chutes", "access": "cak_1", "expires": 5},
            "chutes:old": {"type": "token", "provider": "chutes", "token": "cak_2", "expires": 50},
            "other": {"type": "api_key", "provider": "openai", "key": "sk"},
            "odd": {"type": "strange", "provider": "chutes"},
        }});
        let profiles = profiles(&store);
        assert_eq!(profiles.len(), 3);
        active(&profiles, &config, &[&state, &store], UnixMillis(100)).map(|index| profiles[index].id.clone())
    }

    fn auth(profiles: Value, order: Value) -> Value {
        json!({"auth": {"profiles": profiles, "order": order}})
    }

    #[test]
    fn the_profile_openclaw_would_use() {
        let some = |id: &str| Some(id.to_owned());
        let key = json!({"provider": "chutes", "mode": "api_key"});
        assert_eq!(used(json!({}), json!({})), some("chutes:alice"));
        assert_eq!(used(auth(json!({"chutes:default": key}), json!({})), json!({})), some("chutes:default"));
        assert_eq!(used(auth(json!({"chutes:gone": key}), json!({})), json!({})), some("chutes:alice"));
        // A mode that does not fit the stored type hides the profile.
        assert_eq!(used(auth(json!({"chutes:alice": key}), json!({})), json!({})), None);
        let ordered = auth(json!({}), json!({"chutes": ["chutes:old", "chutes:default", "chutes:alice"]}));
        assert_eq!(used(ordered.clone(), json!({})), some("chutes:default"), "an expired token is passed over");
        assert_eq!(used(ordered.clone(), json!({"order": {"CHUTES": ["chutes:alice"]}})), some("chutes:alice"));
        let cooling = json!({"usageStats": {"chutes:default": {"cooldownUntil": 200}}});
        assert_eq!(used(ordered, cooling), some("chutes:alice"));
    }
}
