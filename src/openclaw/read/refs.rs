//! What OpenClaw has besides Chutes: where its config has refs of models, and which variables make a
//! provider usable. Taken from the schemas (`openclaw config schema`) and the plugins' manifests that
//! 2026.5.28, 2026.6.11, 2026.7.1, 2026.7.35 and 2026.9.6 are shipped with.

use super::auth_store::PROVIDER;
use crate::openclaw::value;
use crate::selection::{Alias, Configured, refs};
use serde_json::Value;

/// A place in the config where refs of models may stand.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Dotted; `*` is any member or item.
    pub path: &'static str,
    pub holds: Holds,
    /// The releases whose schema has it: first examined, last examined.
    pub releases: (&'static str, &'static str),
}

/// What stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A ref or alias, or `{primary, fallbacks}` of them.
    Model,
    /// A list of them.
    List,
    /// A map whose keys are refs, or `provider/*`.
    Keys,
}

const OLDEST: &str = "2026.5.28";
const NEWEST: &str = "2026.9.6";
/// In all releases.
const ALWAYS: (&str, &str) = (OLDEST, NEWEST);
/// Up to the last release before 2026.8.1.
const BEFORE: (&str, &str) = (OLDEST, "2026.7.35");
/// From 2026.8.1 on.
const SINCE: (&str, &str) = (NEWEST, NEWEST);
const SINCE_JULY: (&str, &str) = ("2026.7.1", NEWEST);

const fn place(path: &'static str, holds: Holds, releases: (&'static str, &'static str)) -> Place {
    Place { path, holds, releases }
}

use Holds::{Keys, List, Model};

/// Every place; those of one agent are in [`OF_AN_AGENT`].
pub const PLACES: &[Place] = &[
    place("agents.defaults.model", Model, ALWAYS),
    place("agents.defaults.models", Keys, ALWAYS),
    place("agents.defaults.modelPolicy.allow", List, SINCE),
    place("agents.defaults.imageModel", Model, ALWAYS),
    place("agents.defaults.pdfModel", Model, ALWAYS),
    place("agents.defaults.voiceModel", Model, ALWAYS),
    place("agents.defaults.utilityModel", Model, SINCE_JULY),
    place("agents.defaults.decisionModel", Model, SINCE),
    place("agents.defaults.imageGenerationModel", Model, BEFORE),
    place("agents.defaults.musicGenerationModel", Model, BEFORE),
    place("agents.defaults.videoGenerationModel", Model, BEFORE),
    place("agents.defaults.mediaModels.*", Model, SINCE),
    place("agents.defaults.subagents.model", Model, ALWAYS),
    place("agents.defaults.heartbeat.model", Model, ALWAYS),
    place("agents.defaults.compaction.model", Model, ALWAYS),
    place("agents.defaults.compaction.memoryFlush.model", Model, ALWAYS),
    place("agents.defaults.embeddedAgent.cyberFailover.model", Model, SINCE),
    place("channels.modelByChannel.*.*", Model, ALWAYS),
    place("channels.*.model", Model, ALWAYS),
    place("channels.*.accounts.*.model", Model, ALWAYS),
    place("channels.*.guard.pinnedModel", Model, SINCE),
    place("channels.*.tts.summaryModel", Model, ALWAYS),
    place("channels.*.accounts.*.tts.summaryModel", Model, ALWAYS),
    place("channels.*.voice.model", Model, ALWAYS),
    place("channels.*.accounts.*.voice.model", Model, ALWAYS),
    place("channels.*.voice.tts.summaryModel", Model, ALWAYS),
    place("channels.*.accounts.*.voice.tts.summaryModel", Model, ALWAYS),
    place("hooks.gmail.model", Model, ALWAYS),
    place("hooks.mappings.*.model", Model, ALWAYS),
    place("messages.tts.summaryModel", Model, BEFORE),
    place("tts.summaryModel", Model, SINCE),
    place("tools.exec.reviewer.model", Model, ALWAYS),
    place("tools.exec.applyPatch.allowModels", List, ALWAYS),
    place("tools.media.image.preferredModel", Model, SINCE),
    place("tools.media.audio.preferredModel", Model, SINCE),
    place("tools.media.video.preferredModel", Model, SINCE),
    place("plugins.entries.*.llm.allowedModels", List, ALWAYS),
    place("plugins.entries.*.subagent.allowedModels", List, ALWAYS),
    place("plugins.entries.*.config.model", Model, ALWAYS),
    place("plugins.entries.*.config.modelFallback", Model, ALWAYS),
    place("plugins.entries.*.config.defaultModel", Model, ALWAYS),
    place("plugins.entries.*.config.visionModel", Model, SINCE),
    place("plugins.entries.*.config.allowedModels", List, BEFORE),
    place("plugins.entries.*.config.dreaming.model", Model, ALWAYS),
    place("plugins.entries.*.config.dreaming.execution.defaults.model", Model, ALWAYS),
    place("plugins.entries.*.config.dreaming.phases.*.execution.model", Model, ALWAYS),
];

/// Below `agents.list.*` (before 2026.8.1) and `agents.entries.*` (from then on).
pub const OF_AN_AGENT: &[Place] = &[
    place("model", Model, ALWAYS),
    place("models", Keys, ALWAYS),
    place("modelPolicy.allow", List, SINCE),
    place("utilityModel", Model, SINCE_JULY),
    place("decisionModel", Model, SINCE),
    place("subagents.model", Model, ALWAYS),
    place("heartbeat.model", Model, ALWAYS),
    place("tts.summaryModel", Model, ALWAYS),
    place("tools.exec.reviewer.model", Model, ALWAYS),
    place("tools.exec.applyPatch.allowModels", List, ALWAYS),
];

/// The two shapes of the list of agents.
pub const AGENTS: [&str; 2] = ["agents.list.*", "agents.entries.*"];

/// Providers that serve models, and the variables of which one is enough. The plugins of later releases
/// that are not shipped any more can be installed, so all that ever were are here.
pub const VARIABLES: &[(&str, &[&str])] = &[
    ("amazon-bedrock", &["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"]),
    ("anthropic", &["ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_API_KEY"]),
    ("arcee", &["ARCEEAI_API_KEY"]),
    ("byteplus", &["BYTEPLUS_API_KEY"]),
    ("byteplus-plan", &["BYTEPLUS_API_KEY"]),
    ("cerebras", &["CEREBRAS_API_KEY"]),
    ("clawrouter", &["CLAWROUTER_API_KEY"]),
    ("cloudflare-ai-gateway", &["CLOUDFLARE_AI_GATEWAY_API_KEY"]),
    ("cohere", &["COHERE_API_KEY"]),
    ("deepinfra", &["DEEPINFRA_API_KEY"]),
    ("deepseek", &["DEEPSEEK_API_KEY"]),
    ("fireworks", &["FIREWORKS_API_KEY"]),
    ("github-copilot", &["COPILOT_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"]),
    ("google", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    ("google-vertex", &["GOOGLE_CLOUD_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS"]),
    ("groq", &["GROQ_API_KEY"]),
    ("huggingface", &["HUGGINGFACE_HUB_TOKEN", "HF_TOKEN"]),
    ("kilocode", &["KILOCODE_API_KEY"]),
    ("kimi", &["KIMI_API_KEY", "KIMICODE_API_KEY"]),
    ("kimi-coding", &["KIMI_API_KEY", "KIMICODE_API_KEY"]),
    ("litellm", &["LITELLM_API_KEY"]),
    ("lmstudio", &["LM_API_TOKEN"]),
    ("meta", &["MODEL_API_KEY"]),
    ("microsoft-foundry", &["AZURE_OPENAI_API_KEY"]),
    ("minimax", &["MINIMAX_CODE_PLAN_KEY", "MINIMAX_CODING_API_KEY", "MINIMAX_API_KEY"]),
    ("minimax-portal", &["MINIMAX_OAUTH_TOKEN", "MINIMAX_API_KEY"]),
    ("mistral", &["MISTRAL_API_KEY"]),
    ("moonshot", &["MOONSHOT_API_KEY", "KIMI_API_KEY"]),
    ("novita", &["NOVITA_API_KEY"]),
    ("nvidia", &["NVIDIA_API_KEY"]),
    ("ollama", &["OLLAMA_API_KEY"]),
    ("ollama-cloud", &["OLLAMA_API_KEY"]),
    ("openai", &["OPENAI_API_KEY"]),
    ("opencode", &["OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"]),
    ("opencode-go", &["OPENCODE_API_KEY", "OPENCODE_ZEN_API_KEY"]),
    ("openrouter", &["OPENROUTER_API_KEY"]),
    ("qianfan", &["QIANFAN_API_KEY"]),
    ("qwen", &["QWEN_API_KEY", "MODELSTUDIO_API_KEY", "DASHSCOPE_API_KEY"]),
    ("sglang", &["SGLANG_API_KEY"]),
    ("stepfun", &["STEPFUN_API_KEY"]),
    ("stepfun-plan", &["STEPFUN_API_KEY"]),
    ("synthetic", &["SYNTHETIC_API_KEY"]),
    ("tencent-tokenhub", &["TOKENHUB_API_KEY"]),
    ("together", &["TOGETHER_API_KEY"]),
    ("venice", &["VENICE_API_KEY"]),
    ("vercel-ai-gateway", &["AI_GATEWAY_API_KEY"]),
    ("vllm", &["VLLM_API_KEY"]),
    ("volcengine", &["VOLCANO_ENGINE_API_KEY"]),
    ("volcengine-plan", &["VOLCANO_ENGINE_API_KEY"]),
    ("xai", &["XAI_API_KEY"]),
    ("xiaomi", &["XIAOMI_API_KEY"]),
    ("xiaomi-token-plan", &["XIAOMI_TOKEN_PLAN_API_KEY"]),
    ("zai", &["ZAI_API_KEY", "Z_AI_API_KEY"]),
];

/// Providers that need no variable and no description: sign-ins of other programs, and local ones.
const WITHOUT_VARIABLES: [&str; 8] =
    ["apple-fm", "claude-cli", "codex", "codex-cli", "copilot-proxy", "google-gemini-cli", "openai-codex", "chutes"];

/// Whether OpenClaw has a provider of this name built in, or as a plugin.
pub fn is_built_in(provider: &str) -> bool {
    VARIABLES.iter().any(|(name, _)| *name == provider) || WITHOUT_VARIABLES.contains(&provider)
}

/// The providers for which `is_set` knows a variable.
pub fn with_variables(is_set: impl Fn(&str) -> bool) -> impl Iterator<Item = &'static str> {
    let usable = move |(_, names): &&(&'static str, &'static [&'static str])| names.iter().any(|name| is_set(name));
    VARIABLES.iter().filter(usable).map(|(provider, _)| *provider)
}

/// A ref somewhere in the config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub place: &'static str,
    /// As it is written: a ref, an alias, or a name without a provider.
    pub text: &'a str,
    /// The model of a `model`, not one of its fallbacks.
    pub first: bool,
}

impl Found<'_> {
    /// The `model` of an agent's own, not one of its fallbacks.
    pub fn is_of_an_agent(&self) -> bool {
        self.place == "model" && self.first
    }
}

/// Every ref that the config names, outside the providers' own lists.
pub fn named(config: &Value) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut take = |place: &Place, at: &str| {
        let path: Vec<&str> = at.split('.').filter(|step| !step.is_empty()).chain(place.path.split('.')).collect();
        value::each(config, &path, &mut |value| texts(place, value, &mut found));
    };
    PLACES.iter().for_each(|place| take(place, ""));
    for agents in AGENTS {
        OF_AN_AGENT.iter().for_each(|place| take(place, agents));
    }
    found
}

fn texts<'a>(place: &Place, value: &'a Value, found: &mut Vec<Found<'a>>) {
    let mut add = |text: &'a str, first: bool| {
        if !text.trim().is_empty() {
            found.push(Found { place: place.path, text: text.trim(), first });
        }
    };
    match (place.holds, value) {
        (Keys, Value::Object(map)) => map.keys().for_each(|key| add(key, false)),
        (List, Value::Array(items)) => items.iter().filter_map(Value::as_str).for_each(|text| add(text, false)),
        (Model, Value::String(text)) => add(text, true),
        (Model, Value::Object(model)) => {
            if let Some(text) = model.get("primary").and_then(Value::as_str) {
                add(text, true);
            }
            let fallbacks = model.get("fallbacks").and_then(Value::as_array).into_iter().flatten();
            fallbacks.filter_map(Value::as_str).for_each(|text| add(text, false));
        }
        _ => {}
    }
}

/// The full ref that OpenClaw makes of a text: an alias's target; for a name without a provider the one
/// provider that is described with such a model, else `otherwise`.
pub fn resolve(text: &str, aliases: &[Alias], config: &Value, otherwise: &str) -> String {
    let text = text.trim();
    let lower = text.to_lowercase();
    if let Some(alias) = aliases.iter().find(|alias| alias.name.to_lowercase() == lower) {
        return alias.target.clone();
    }
    if text.contains('/') {
        return refs::normalize(text);
    }
    refs::full(text, only_provider_with(text, config).as_deref().unwrap_or(otherwise))
}

/// The provider of the only model with this id that the config describes or lists.
fn only_provider_with(id: &str, config: &Value) -> Option<String> {
    let mut providers: Vec<String> = Vec::new();
    let mut add = |provider: &str, of: &str| {
        let provider = provider.trim().to_lowercase();
        if of.trim().eq_ignore_ascii_case(id) && !providers.contains(&provider) {
            providers.push(provider);
        }
    };
    let object = |path: &[&str]| value::at(config, path).and_then(Value::as_object).into_iter().flatten();
    for (key, _) in object(&["agents", "defaults", "models"]) {
        if let Some((provider, of)) = key.trim().split_once('/') {
            add(provider, of);
        }
    }
    for (provider, described) in object(&["models", "providers"]) {
        let models = described.get("models").and_then(Value::as_array).into_iter().flatten();
        models.filter_map(|model| model.get("id")?.as_str()).for_each(|of| add(provider, of));
    }
    match providers.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// Providers of what the user could use before, but for Chutes: those that the config describes or names
/// in any place where a ref may stand, and those with a credential.
pub fn usable_providers(old: &Value, before: &Configured, with_credentials: &[String]) -> Vec<String> {
    let default = default_provider(before);
    let found = named(old);
    // The `model` of an agent is read with OpenClaw's own default provider.
    let otherwise = |found: &Found<'_>| if found.is_of_an_agent() { refs::DEFAULT_PROVIDER } else { default };
    let named = found.iter().map(|found| resolve(found.text, &before.aliases, old, otherwise(found)));
    let chosen = before.primary.iter().chain(&before.implied_default).chain(&before.fallbacks).chain(&before.image);
    let all: Vec<String> = chosen.cloned().chain(named).collect();
    let named = all.iter().filter_map(|reference| refs::provider_of(reference));
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

/// The provider that OpenClaw gives to names without one, in most places: the default's.
pub fn default_provider(before: &Configured) -> &str {
    let default = before.primary.as_ref().or(before.implied_default.as_ref());
    default.and_then(|default| refs::provider_of(default)).unwrap_or(refs::DEFAULT_PROVIDER)
}

/// What OpenClaw uses where no default is set: the first model of the first provider that is described.
/// None where that is Chutes', or OpenAI's own default.
pub fn implied_default(config: &Value) -> Option<String> {
    let providers = value::at(config, &["models", "providers"])?.as_object()?;
    let named = |name: &str, other: &str| name.trim().eq_ignore_ascii_case(other);
    if providers.keys().any(|name| named(name, refs::DEFAULT_PROVIDER)) {
        return None;
    }
    providers.iter().take_while(|(name, _)| !named(name, PROVIDER)).find_map(|(name, provider)| {
        let id = provider.get("models")?.as_array()?.first()?.get("id")?.as_str()?.trim();
        (!id.is_empty()).then(|| refs::normalize(&format!("{name}/{id}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn refs_are_found_wherever_they_stand() {
        let config = json!({
            "agents": {
                "defaults": {
                    "model": {"primary": "a/1", "fallbacks": ["a/2", 7]}, "models": {"b/*": {}},
                    "heartbeat": {"model": "c/1"}, "mediaModels": {"image": {"primary": "d/1", "fallbacks": ["d/2"]}},
                },
                "list": [{"id": "x", "model": "e/1", "subagents": {"model": {"primary": " e/2 "}}}, 5],
                "entries": {"y": {"model": {"fallbacks": ["f/1"]}, "modelPolicy": {"allow": ["f/*"]}}},
            },
            "channels": {"modelByChannel": {"telegram": {"1": "g/1"}}, "discord": {"accounts": {"z": {"model": "g/2"}}}},
            "hooks": {"mappings": [{"model": "h/1"}], "gmail": {"model": "h/2"}},
            "plugins": {"entries": {"active-memory": {"config": {"model": "i/1"}, "llm": {"allowedModels": ["i/2"]}}}},
            "models": {"providers": {"j": {"models": [{"id": "j/1", "name": "n"}]}}},
        });
        let mut texts: Vec<&str> = named(&config).iter().map(|found| found.text).collect();
        texts.sort_unstable();
        let all = "a/1 a/2 b/* c/1 d/1 d/2 e/1 e/2 f/* f/1 g/1 g/2 h/1 h/2 i/1 i/2";
        assert_eq!(texts.join(" "), all);
    }

    #[test]
    fn a_name_without_a_provider_gets_the_one_that_openclaw_gives_it() {
        let config = json!({
            "agents": {"defaults": {"models": {"anthropic/claude-x": {}, "openai/*": {}}}},
            "models": {"providers": {"Mine": {"models": [{"id": "local"}, {"id": "twice"}]}, "other": {"models": [{"id": "twice"}]}}},
        });
        let aliases = [Alias { name: "Fast".into(), target: "chutes/a".into() }];
        for (text, reference) in [
            ("fast", "chutes/a"),
            ("Claude-X", "anthropic/Claude-X"),
            ("local", "mine/local"),
            ("twice", "groq/twice"),
            ("Google/g", "google/g"),
        ] {
            assert_eq!(resolve(text, &aliases, &config, "groq"), reference);
        }
        assert_eq!(implied_default(&config).as_deref(), Some("mine/local"));
    }

    #[test]
    fn a_variable_makes_a_provider_usable() {
        let usable: Vec<&str> = with_variables(|name| matches!(name, "KIMI_API_KEY" | "Z_AI_API_KEY")).collect();
        assert_eq!(usable, ["kimi", "kimi-coding", "moonshot", "zai"]);
        assert!(is_built_in("google") && is_built_in("openai-codex") && !is_built_in("zai-org"));
    }
}
