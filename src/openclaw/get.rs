//! `config get`: the config as OpenClaw 2026.5.28 answers it, with its defaults filled in and its
//! secrets redacted.

use super::current::{DEFAULT_ALIASES, normalize_ref};
use super::snapshot::Snapshot;
use super::value::{at, existing};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// What stands in place of a secret.
pub const REDACTED: &str = "__OPENCLAW_REDACTED__";

/// The value at a path such as `models.providers.chutes.models[0].id`, or None when OpenClaw would
/// say that it does not exist. `env` is for `${NAME}`.
pub fn get(snapshot: &Snapshot, path: &str, env: impl Fn(&str) -> Option<String>) -> Option<Value> {
    let segments = segments(path)?;
    let mut config = match snapshot.config.bytes {
        Some(_) => effective(snapshot, env),
        // Without a file OpenClaw fills in nothing.
        None => return None,
    };
    redact(&mut config, "");
    let mut found = &config;
    for segment in &segments {
        found = match found {
            Value::Array(items) => items.get(index(segment)?)?,
            Value::Object(object) => object.get(segment)?,
            _ => return None,
        };
    }
    Some(found.clone())
}

/// The config as OpenClaw runs with it: `${NAME}` replaced, defaults filled in. Secrets in clear.
fn effective(snapshot: &Snapshot, env: impl Fn(&str) -> Option<String>) -> Value {
    let mut config = snapshot.value().clone();
    let files = own_variables(snapshot, &config);
    let lookup = |name: &str| {
        let set = env(name).filter(|value| !value.trim().is_empty());
        set.or_else(|| files.get(name).cloned())
    };
    substitute(&mut config, &lookup);
    in_schema_order(&mut config);
    defaults(&mut config);
    expand_paths(&mut config, None, &|text| snapshot.paths.user_path(text).display().to_string());
    config
}

/// Variables that OpenClaw loads by itself: its `.env`, then the config's `env`.
fn own_variables(snapshot: &Snapshot, config: &Value) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let flat = at(config, &["env"]).and_then(Value::as_object).into_iter().flatten();
    let vars = at(config, &["env", "vars"]).and_then(Value::as_object).into_iter().flatten();
    for (name, value) in flat.chain(vars) {
        if let Some(value) = value.as_str().filter(|value| !value.trim().is_empty() && !value.contains("${")) {
            found.insert(name.clone(), value.to_owned());
        }
    }
    let file = std::fs::read_to_string(snapshot.paths.dotenv()).unwrap_or_default();
    for line in file.lines() {
        let line = line.trim().strip_prefix("export ").unwrap_or(line.trim());
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let value = value.trim();
        let unquoted = ['"', '\'', '`'].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
        let value = unquoted.unwrap_or_else(|| value.split(" #").next().unwrap_or_default().trim_end());
        found.insert(name.trim().to_owned(), value.to_owned());
    }
    found
}

/// A path's keys: `a.b`, `a[0]`, `a["b.c"]`, `a\.b`. None when it is not a path.
fn segments(path: &str) -> Option<Vec<String>> {
    let (mut parts, mut current, mut after_bracket) = (Vec::new(), String::new(), false);
    let mut chars = path.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => current.extend(chars.next()),
            '.' => {
                if current.trim().is_empty() && (!after_bracket || !current.is_empty()) {
                    return None;
                }
                parts.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
                after_bracket = false;
            }
            '[' => {
                if current.trim().is_empty() && !after_bracket && !parts.is_empty() {
                    return None;
                }
                parts.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
                let (inside, rest) = chars.as_str().split_once(']')?;
                chars = rest.chars();
                let inside = inside.trim();
                let key = match inside.chars().next()? {
                    '"' | '\'' => ::json5::from_str::<String>(inside).ok().filter(|key| !key.trim().is_empty())?,
                    _ => inside.to_owned(),
                };
                parts.push(key);
                after_bracket = true;
            }
            c => current.push(c),
        }
    }
    if !after_bracket && current.trim().is_empty() {
        return None;
    }
    parts.extend((!current.is_empty()).then_some(current));
    Some(parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
}

fn index(segment: &str) -> Option<usize> {
    let plain = segment.chars().all(|c| c.is_ascii_digit()) && (segment == "0" || !segment.starts_with('0'));
    plain.then(|| segment.parse().ok()).flatten()
}

/// `${NAME}` becomes the variable, `$${NAME}` the text `${NAME}`; a missing variable leaves the text.
fn substitute(value: &mut Value, env: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) if text.contains("${") => *text = substituted(text, env),
        Value::Array(items) => items.iter_mut().for_each(|item| substitute(item, env)),
        Value::Object(object) => object.values_mut().for_each(|item| substitute(item, env)),
        _ => {}
    }
}

fn substituted(text: &str, env: &impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out += &rest[..at];
        rest = &rest[at..];
        let escaped = rest.starts_with("$${");
        let name = rest.strip_prefix(if escaped { "$${" } else { "${" }).and_then(|rest| rest.split_once('}'));
        match name.filter(|(name, _)| super::store::placeholder(&format!("${{{name}}}")).is_some()) {
            Some((name, after)) => {
                let value = if escaped { None } else { env(name).filter(|value| !value.is_empty()) };
                out += &value.unwrap_or_else(|| format!("${{{name}}}"));
                rest = after;
            }
            None => {
                out.push('$');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// What OpenClaw 2026.5.28 adds when it loads a config.
fn defaults(config: &mut Value) {
    let Some(root) = config.as_object_mut() else { return };
    let commands = root.entry("commands").or_insert_with(|| json!({}));
    if let Some(commands) = commands.as_object_mut() {
        commands.shift_remove("modelsWrite");
        for (key, value) in [
            ("native", json!("auto")),
            ("nativeSkills", json!("auto")),
            ("restart", json!(true)),
            ("ownerDisplay", json!("raw")),
        ] {
            commands.entry(key).or_insert(value);
        }
        order(commands, &COMMANDS);
    }
    fill(root, "messages", "ackReactionScope", json!("group-mentions"));
    if let Some(logging) = root.get_mut("logging").and_then(Value::as_object_mut)
        && logging.get("redactSensitive").is_none_or(|value| value.as_str() == Some(""))
    {
        logging.insert("redactSensitive".to_owned(), json!("tools"));
    }
    if let Some(key) = root.get_mut("session").and_then(|session| session.get_mut("mainKey")) {
        *key = json!("main");
    }
    let agents = root.entry("agents").or_insert_with(|| json!({}));
    if let Some(defaults) = super::value::object(agents, &["defaults"]) {
        let number = |map: &Map<String, Value>, key: &str| map.get(key).is_some_and(Value::is_number);
        if !number(defaults, "maxConcurrent") {
            defaults.insert("maxConcurrent".to_owned(), json!(4));
        }
        let subagents = defaults.entry("subagents").or_insert_with(|| json!({}));
        if let Some(subagents) = subagents.as_object_mut() {
            for (key, value) in [("maxConcurrent", 8), ("archiveAfterMinutes", 60)] {
                if !number(subagents, key) {
                    subagents.insert(key.to_owned(), json!(value));
                }
            }
        }
        defaults.get_mut("model").into_iter().for_each(normalize_model);
        if let Some(models) = defaults.get_mut("models").and_then(Value::as_object_mut) {
            normalize_map(models);
            for (alias, target) in DEFAULT_ALIASES {
                if let Some(entry) = models.get_mut(target).and_then(Value::as_object_mut) {
                    entry.entry("alias").or_insert_with(|| json!(alias));
                }
            }
        }
    }
    for agent in agents.get_mut("list").and_then(Value::as_array_mut).into_iter().flatten() {
        agent.get_mut("model").into_iter().for_each(normalize_model);
        agent.get_mut("models").and_then(Value::as_object_mut).into_iter().for_each(normalize_map);
    }
    fill(root, "cron", "maxConcurrentRuns", json!(8));
    if let Some(providers) = existing(config, &["models", "providers"]) {
        for (name, provider) in providers.iter_mut() {
            if let Some(provider) = provider.as_object_mut() {
                provider_defaults(name, provider);
            }
        }
    }
}

/// Sets a member of a section that lacks it, and makes the section.
fn fill(root: &mut Map<String, Value>, section: &str, key: &str, value: Value) {
    if let Some(section) = root.entry(section).or_insert_with(|| json!({})).as_object_mut() {
        section.entry(key).or_insert(value);
    }
}

fn provider_defaults(name: &str, provider: &mut Map<String, Value>) {
    // For its built-in providers OpenClaw supplies what the config leaves out; of these only Chutes
    // matters here.
    if name.trim().eq_ignore_ascii_case("chutes") {
        provider.entry("baseUrl").or_insert_with(|| json!(""));
        provider.entry("models").or_insert_with(|| json!([]));
    }
    let api = provider.get("api").cloned();
    for model in provider.get_mut("models").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(model) = model.as_object_mut() {
            model_defaults(model, api.as_ref());
        }
    }
}

fn model_defaults(model: &mut Map<String, Value>, api: Option<&Value>) {
    let positive = |value: Option<&Value>| value.filter(|value| value.as_f64().is_some_and(|n| n > 0.0)).cloned();
    let reasoning = model.get("reasoning").and_then(Value::as_bool).unwrap_or(false);
    model.insert("reasoning".to_owned(), json!(reasoning));
    model.entry("input").or_insert_with(|| json!(["text"]));
    let old = model.get("cost").cloned().unwrap_or_default();
    let mut cost = Map::new();
    for name in ["input", "output", "cacheRead", "cacheWrite"] {
        cost.insert(name.to_owned(), old.get(name).filter(|value| value.is_number()).cloned().unwrap_or(json!(0)));
    }
    if let Some(tiers) = old.get("tieredPricing") {
        cost.insert("tieredPricing".to_owned(), tiers.clone());
    }
    model.insert("cost".to_owned(), Value::Object(cost));
    let window = positive(model.get("contextWindow")).unwrap_or(json!(200_000));
    let limit = positive(model.get("maxTokens")).unwrap_or(json!(8192));
    let smaller = if limit.as_f64() > window.as_f64() { window.clone() } else { limit };
    model.insert("contextWindow".to_owned(), window);
    model.insert("maxTokens".to_owned(), smaller);
    if let Some(api) = api {
        model.entry("api").or_insert_with(|| api.clone());
    }
}

fn normalize_model(model: &mut Value) {
    match model {
        Value::String(text) => *text = normalize_ref(text),
        Value::Object(object) => {
            if let Some(Value::String(primary)) = object.get_mut("primary") {
                *primary = normalize_ref(primary);
            }
            for fallback in object.get_mut("fallbacks").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Value::String(text) = fallback {
                    *text = normalize_ref(text);
                }
            }
        }
        _ => {}
    }
}

/// Keys as refs; two spellings of one ref become one entry.
fn normalize_map(models: &mut Map<String, Value>) {
    if models.keys().all(|key| normalize_ref(key) == *key) {
        return;
    }
    let mut merged: Map<String, Value> = Map::new();
    for (key, entry) in std::mem::take(models) {
        let known = merged.entry(normalize_ref(&key)).or_insert_with(|| json!({}));
        match (known.as_object_mut(), entry) {
            (Some(known), Value::Object(entry)) => {
                for (name, value) in entry {
                    match (known.get_mut(&name).and_then(Value::as_object_mut), &value) {
                        (Some(below), Value::Object(above)) if name == "params" => below.extend(above.clone()),
                        _ => drop(known.insert(name, value)),
                    }
                }
            }
            (_, entry) => *known = entry,
        }
    }
    *models = merged;
}

/// `~/…` in members that name a path.
fn expand_paths(value: &mut Value, key: Option<&str>, expand: &impl Fn(&str) -> String) {
    let list = matches!(key, Some("paths" | "pathPrepend"));
    let names_path = key.is_some_and(|key| {
        let key = key.to_lowercase();
        list || ["dir", "path", "paths", "file", "root", "workspace"].iter().any(|end| key.ends_with(end))
    });
    let tilde = |text: &str| matches!(text.trim().strip_prefix('~'), Some(rest) if rest.is_empty() || rest.starts_with(['/', '\\']));
    match value {
        Value::String(text) if names_path && tilde(text) => *text = expand(text),
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::String(_) if !list => {}
                    Value::String(_) => expand_paths(item, key, expand),
                    item => expand_paths(item, None, expand),
                }
            }
        }
        Value::Object(object) => object.iter_mut().for_each(|(key, item)| expand_paths(item, Some(key), expand)),
        _ => {}
    }
}

/// Replaces secrets, found by the names on the way to them.
fn redact(value: &mut Value, path: &str) {
    match value {
        Value::Array(items) => {
            let path = format!("{path}[]");
            for item in items {
                match item {
                    Value::String(text) if is_sensitive(&path) && !is_placeholder(text) => *item = json!(REDACTED),
                    item => redact(item, &path),
                }
            }
        }
        Value::Object(object) => {
            for (key, item) in object.iter_mut() {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let lower = path.to_lowercase();
                match item {
                    Value::String(text) if is_sensitive(&path) && !is_placeholder(text) => *item = json!(REDACTED),
                    Value::String(text) if is_url_path(&path) && holds_secret(text) => *item = json!(REDACTED),
                    Value::Object(_) if lower.ends_with("serviceaccount") || lower.ends_with("serviceaccountref") => {
                        *item = json!(REDACTED);
                    }
                    item => redact(item, &path),
                }
            }
        }
        _ => {}
    }
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).is_some_and(|name| !name.contains('}'))
}

fn is_sensitive(path: &str) -> bool {
    let path = path.strip_suffix("[]").unwrap_or(path).to_lowercase();
    if path.contains("localservice.env.") {
        return true;
    }
    let counts = [
        "maxtokens",
        "maxoutputtokens",
        "maxinputtokens",
        "maxcompletiontokens",
        "contexttokens",
        "totaltokens",
        "tokencount",
        "tokenlimit",
        "tokenbudget",
        "passwordfile",
    ];
    let ends = ["token", "serviceaccount", "serviceaccountref"];
    let around = |first: &str| {
        let starts = path.match_indices(first).map(|(at, _)| &path[at + first.len()..]);
        starts
            .into_iter()
            .any(|rest| rest.starts_with("key") || rest.get(1..).is_some_and(|rest| rest.starts_with("key")))
    };
    !counts.iter().any(|end| path.ends_with(end))
        && (ends.iter().any(|end| path.ends_with(end))
            || path.contains("password")
            || path.contains("secret")
            || ["api", "encrypt", "private"].into_iter().any(around))
}

fn is_url_path(path: &str) -> bool {
    let server = path.strip_prefix("mcp.servers.").and_then(|rest| rest.strip_suffix(".url"));
    [".baseUrl", ".httpUrl", ".cdpUrl", ".request.proxy.url"].iter().any(|end| path.ends_with(end))
        || server.is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

/// A user name, or a parameter that carries a credential, in an address.
fn holds_secret(address: &str) -> bool {
    const PARAMETERS: [&str; 15] = [
        "token",
        "key",
        "api_key",
        "apikey",
        "secret",
        "access_token",
        "auth_token",
        "password",
        "pass",
        "passwd",
        "auth",
        "client_secret",
        "hook_token",
        "refresh_token",
        "signature",
    ];
    let named = |name: &str| PARAMETERS.contains(&name.to_lowercase().replace('-', "_").as_str());
    if let Ok(url) = url::Url::parse(address)
        && (!url.username().is_empty() || url.password().is_some() || url.query_pairs().any(|(name, _)| named(&name)))
    {
        return true;
    }
    let user = address.split("//").skip(1).any(|rest| {
        rest.split(['/', '?', '#'])
            .next()
            .and_then(|host| host.split_once('@'))
            .is_some_and(|(user, _)| !user.is_empty())
    });
    user || address.split(['?', '&']).skip(1).filter_map(|pair| pair.split_once('=')).any(|(name, _)| named(name))
}

/// OpenClaw prints known members in the order of its schema. Where that shows most, so do we.
fn in_schema_order(config: &mut Value) {
    let mut sections: [(&[&str], &[&str]); 5] = [
        (&["models"], &["mode", "providers", "pricing"]),
        (&["agents"], &["defaults", "list"]),
        (&["auth"], &["profiles", "order", "cooldowns"]),
        (&["agents", "defaults"], &AGENT_DEFAULTS),
        (&["messages"], &MESSAGES),
    ];
    for (path, keys) in &mut sections {
        existing(config, path).into_iter().for_each(|section| order(section, keys));
    }
    for profile in existing(config, &["auth", "profiles"]).into_iter().flat_map(|profiles| profiles.values_mut()) {
        profile.as_object_mut().into_iter().for_each(|p| order(p, &["provider", "mode", "email", "displayName"]));
    }
    for provider in existing(config, &["models", "providers"]).into_iter().flat_map(|providers| providers.values_mut())
    {
        provider.as_object_mut().into_iter().for_each(|provider| order(provider, &MODEL_PROVIDER));
        let models = provider.get_mut("models").and_then(Value::as_array_mut).into_iter().flatten();
        models.filter_map(Value::as_object_mut).for_each(|model| order(model, &MODEL));
    }
}

/// Known keys first, in their order; the rest as they were.
fn order(map: &mut Map<String, Value>, keys: &[&str]) {
    let mut ordered = Map::new();
    for key in keys {
        if let Some(value) = map.shift_remove(*key) {
            ordered.insert((*key).to_owned(), value);
        }
    }
    ordered.extend(std::mem::take(map));
    *map = ordered;
}

const COMMANDS: [&str; 15] = [
    "native",
    "nativeSkills",
    "text",
    "bash",
    "bashForegroundMs",
    "config",
    "mcp",
    "plugins",
    "debug",
    "restart",
    "useAccessGroups",
    "ownerAllowFrom",
    "ownerDisplay",
    "ownerDisplaySecret",
    "allowFrom",
];
const MESSAGES: [&str; 12] = [
    "messagePrefix",
    "visibleReplies",
    "responsePrefix",
    "groupChat",
    "queue",
    "inbound",
    "ackReaction",
    "ackReactionScope",
    "removeAckAfterReply",
    "statusReactions",
    "suppressToolErrors",
    "tts",
];
const MODEL_PROVIDER: [&str; 17] = [
    "baseUrl",
    "apiKey",
    "auth",
    "api",
    "contextWindow",
    "contextTokens",
    "maxTokens",
    "timeoutSeconds",
    "region",
    "injectNumCtxForOpenAICompat",
    "params",
    "agentRuntime",
    "localService",
    "headers",
    "authHeader",
    "request",
    "models",
];
const MODEL: [&str; 16] = [
    "id",
    "name",
    "api",
    "baseUrl",
    "reasoning",
    "input",
    "cost",
    "contextWindow",
    "contextTokens",
    "maxTokens",
    "params",
    "agentRuntime",
    "headers",
    "compat",
    "mediaInput",
    "metadataSource",
];
const AGENT_DEFAULTS: [&str; 12] = [
    "params",
    "model",
    "imageModel",
    "imageGenerationModel",
    "videoGenerationModel",
    "musicGenerationModel",
    "voiceModel",
    "mediaGenerationAutoProviderFallback",
    "pdfModel",
    "pdfMaxBytesMb",
    "pdfMaxPages",
    "models",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_in_openclaw() {
        let split = |path: &str| segments(path);
        let some = |parts: &[&str]| Some(parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            split("models.providers.chutes.models[0].id"),
            some(&["models", "providers", "chutes", "models", "0", "id"])
        );
        assert_eq!(split(r#"a["chutes/z.B"].alias"#), some(&["a", "chutes/z.B", "alias"]));
        assert_eq!(split(r"a\.b['c']"), some(&["a.b", "c"]));
        for bad in ["", ".", "a..b", "a.", "a[", "a[]", "a.[0]"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn variables_are_filled_in_as_in_openclaw() {
        let env = |name: &str| (name == "A").then(|| "1".to_owned());
        for (text, filled) in
            [("x${A}y", "x1y"), ("$${A}", "${A}"), ("${B}", "${B}"), ("${a}$", "${a}$"), ("$${A", "$${A")]
        {
            assert_eq!(substituted(text, &env), filled);
        }
    }

    #[test]
    fn what_looks_like_a_secret_is_redacted() {
        for path in
            ["a.apiKey", "gateway.auth.token", "x.api-key", "channels.bot_token", "secrets.x", "a.clientSecret[]"]
        {
            assert!(is_sensitive(path), "{path}");
        }
        for path in ["models.maxTokens", "a.tokenBudget", "tokens", "keyboard", "a.passwordFile"] {
            assert!(!is_sensitive(path), "{path}");
        }
        assert!(
            holds_secret("https://u@h/v1") && holds_secret("https://h/?api-key=1") && !holds_secret("https://h/v1?a=b")
        );
    }
}
