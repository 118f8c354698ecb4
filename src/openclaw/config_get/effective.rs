//! The config as OpenClaw 2026.5.28 runs with it: variables replaced, defaults filled in.

use crate::openclaw::read::current::DEFAULT_ALIASES;
use crate::openclaw::read::dotenv;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::value::{at, existing};
use crate::selection::refs::normalize as normalize_ref;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The config as OpenClaw runs with it: `${NAME}` replaced, defaults filled in. Secrets in clear.
/// `with_models`: the list of Chutes' models is wanted, too.
pub fn effective(snapshot: &Snapshot, with_models: bool, env: impl Fn(&str) -> Option<String>) -> Value {
    let mut config = if with_models { snapshot.tree.whole() } else { snapshot.value().clone() };
    let lookup = variable(snapshot, &config, env);
    substitute(&mut config, &lookup);
    in_schema_order(&mut config);
    defaults(&mut config);
    expand_paths(&mut config, None, &|text| snapshot.paths.user_path(text).display().to_string());
    config
}

/// What a variable is for OpenClaw: set around it, else in its `.env`, else in `gateway.env`; and where all of that
/// is blank, in the config's own `env`.
fn variable<E: Fn(&str) -> Option<String>>(
    snapshot: &Snapshot,
    config: &Value,
    env: E,
) -> impl Fn(&str) -> Option<String> + use<E> {
    let mut from_files: HashMap<String, String> = HashMap::new();
    for file in [&snapshot.gateway_env, &snapshot.dotenv] {
        from_files.extend(dotenv::variables(&String::from_utf8_lossy(file.bytes.as_deref().unwrap_or_default())));
    }
    let flat = at(config, &["env"]).and_then(Value::as_object).into_iter().flatten();
    let vars = at(config, &["env", "vars"]).and_then(Value::as_object).into_iter().flatten();
    // Of a name in both, the one outside `vars` counts.
    let own = vars.chain(flat).filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let own: HashMap<String, String> =
        own.filter(|(_, value)| !value.trim().is_empty() && !value.contains("${")).collect();
    move |name: &str| {
        let set = env(name).or_else(|| from_files.get(name).cloned());
        set.filter(|value| !value.trim().is_empty()).or_else(|| own.get(name).cloned())
    }
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
        match name.filter(|(name, _)| crate::openclaw::read::auth_store::placeholder(&format!("${{{name}}}")).is_some())
        {
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
        order(commands, COMMANDS);
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
    if let Some(defaults) = crate::openclaw::value::object(agents, &["defaults"]) {
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

/// OpenClaw prints known members in the order of its schema. Where that shows, so do we.
fn in_schema_order(config: &mut Value) {
    for (path, keys) in SCHEMA {
        order_at(config, &path.split('.').filter(|key| !key.is_empty()).collect::<Vec<_>>(), keys);
    }
}

/// `*` stands for every member or element.
fn order_at(value: &mut Value, path: &[&str], keys: &str) {
    match (path, value) {
        ([], Value::Object(object)) => order(object, keys),
        (["*", rest @ ..], Value::Object(object)) => object.values_mut().for_each(|item| order_at(item, rest, keys)),
        (["*", rest @ ..], Value::Array(items)) => items.iter_mut().for_each(|item| order_at(item, rest, keys)),
        ([key, rest @ ..], Value::Object(object)) => {
            object.get_mut(*key).into_iter().for_each(|item| order_at(item, rest, keys));
        }
        _ => {}
    }
}

/// Known keys first, in their order; the rest as they were.
fn order(map: &mut Map<String, Value>, keys: &str) {
    let mut ordered = Map::new();
    for key in keys.split_whitespace() {
        if let Some(value) = map.shift_remove(key) {
            ordered.insert(key.to_owned(), value);
        }
    }
    ordered.extend(std::mem::take(map));
    *map = ordered;
}

/// Members of the sections that people ask for, in the order of OpenClaw's schema.
const SCHEMA: [(&str, &str); 16] = [
    (
        "",
        "$schema meta env wizard diagnostics logging cli crestodian update browser ui secrets auth accessGroups acp models nodeHost agents tools security bindings broadcast audio media messages commands approvals session cron transcripts commitments hooks web channels discovery talk gateway memory mcp skills plugins canvasHost surfaces proxy",
    ),
    ("models", "mode providers pricing"),
    (
        "models.providers.*",
        "baseUrl apiKey auth api contextWindow contextTokens maxTokens timeoutSeconds region injectNumCtxForOpenAICompat params agentRuntime localService headers authHeader request models",
    ),
    (
        "models.providers.*.models.*",
        "id name api baseUrl reasoning input cost contextWindow contextTokens maxTokens params agentRuntime headers compat mediaInput metadataSource",
    ),
    (
        "models.providers.*.models.*.compat",
        "supportsStore supportsPromptCacheKey supportsDeveloperRole supportsReasoningEffort supportsUsageInStreaming supportsTools supportsStrictMode",
    ),
    ("agents", "defaults list"),
    (
        "agents.defaults",
        "params model imageModel imageGenerationModel videoGenerationModel musicGenerationModel voiceModel mediaGenerationAutoProviderFallback pdfModel pdfMaxBytesMb pdfMaxPages models workspace skills silentReply repoRoot promptOverlays skipBootstrap skipOptionalBootstrapFiles contextInjection bootstrapMaxChars bootstrapTotalMaxChars experimental bootstrapPromptTruncationWarning userTimezone startupContext contextLimits timeFormat envelopeTimezone envelopeTimestamp envelopeElapsed contextTokens cliBackends memorySearch contextPruning compaction runRetries embeddedAgent thinkingDefault verboseDefault toolProgressDetail reasoningDefault elevatedDefault blockStreamingDefault blockStreamingBreak blockStreamingChunk blockStreamingCoalesce humanDelay timeoutSeconds mediaMaxMb imageMaxDimensionPx imageQuality typingIntervalSeconds typingMode heartbeat maxConcurrent subagents sandbox",
    ),
    ("agents.defaults.model", "primary fallbacks"),
    ("agents.defaults.imageModel", "primary fallbacks timeoutMs"),
    ("agents.defaults.models.*", "alias params agentRuntime streaming"),
    ("auth", "profiles order cooldowns"),
    ("auth.profiles.*", "provider mode email displayName"),
    (
        "gateway",
        "port mode bind customBindHost controlUi auth trustedProxies allowRealIpFallback tools webchat handshakeTimeoutMs channelHealthCheckMinutes channelStaleEventThresholdMinutes channelMaxRestartsPerHour tailscale remote reload tls http push nodes",
    ),
    ("gateway.auth", "mode token password allowTailscale rateLimit trustedProxy"),
    (
        "messages",
        "messagePrefix visibleReplies responsePrefix groupChat queue inbound ackReaction ackReactionScope removeAckAfterReply statusReactions suppressToolErrors tts",
    ),
    ("meta", "lastTouchedVersion lastTouchedAt"),
];

/// The same for `commands`, to which defaults are added before.
const COMMANDS: &str = "native nativeSkills text bash bashForegroundMs config mcp plugins debug restart useAccessGroups ownerAllowFrom ownerDisplay ownerDisplaySecret allowFrom";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_as_in_openclaw() {
        let env = |name: &str| (name == "A").then(|| "1".to_owned());
        for (text, filled) in
            [("x${A}y", "x1y"), ("$${A}", "${A}"), ("${B}", "${B}"), ("${a}$", "${a}$"), ("$${A", "$${A")]
        {
            assert_eq!(substituted(text, &env), filled);
        }
    }
}
