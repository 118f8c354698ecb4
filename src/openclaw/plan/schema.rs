//! The part of OpenClaw's config schema that concerns us: what is known to keep its gateway from
//! starting is found before anything is written.
//!
//! The installed OpenClaw could say it (`openclaw config validate`), but starting it takes one to five
//! seconds, and a run without a person ends in hundredths of one. So this holds what every release from
//! 2026.5.28 to 2026.9.6 refuses, and nothing that only some do: a rule too many would refuse good
//! configs. What we write ourselves is inside what all of them take.

use crate::openclaw::read::auth_store::PROVIDER;
use serde_json::Value;

/// A place that OpenClaw refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path of the value, as `config get` takes it.
    pub dotted: String,
    pub wrong: Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No such key at the root; it belongs below another, which is named.
    Misplaced(&'static str),
    /// A model must be an object with `id` and `name`.
    NoModel,
    /// None of the protocols that OpenClaw speaks.
    Api,
}

/// The protocols that any of the releases knows.
const APIS: [&str; 12] = [
    "openai-completions",
    "openai-responses",
    "openai-codex-responses",
    "openai-chatgpt-responses",
    "anthropic-messages",
    "google-generative-ai",
    "google-vertex",
    "github-copilot",
    "bedrock-converse-stream",
    "ollama",
    "pi-messages",
    "azure-openai-responses",
];

/// The first place of ours that OpenClaw refuses, if there is one. What is refused elsewhere is said
/// ([`super::refusals`]), and does not keep us from writing.
pub fn problem(config: &Value) -> Option<Problem> {
    let misplaced = [("providers", "models.providers"), ("aliases", "agents.defaults.models")];
    let ours = |value: &Value| match value {
        Value::Object(map) => map.iter().any(|(key, value)| is_ours(key) || value.as_str().is_some_and(is_ours)),
        _ => false,
    };
    for (key, place) in misplaced {
        if config.get(key).is_some_and(ours) {
            return Some(Problem { dotted: key.to_owned(), wrong: Wrong::Misplaced(place) });
        }
    }
    let providers = crate::openclaw::value::at(config, &["models", "providers"]).and_then(Value::as_object);
    providers.into_iter().flatten().filter(|(name, _)| is_ours(name)).find_map(|(name, provider)| {
        let dotted = format!("models.providers.{name}");
        if let Some(wrong) = api(provider) {
            return Some(Problem { dotted: format!("{dotted}.api"), wrong });
        }
        let models = provider.get("models").and_then(Value::as_array).into_iter().flatten().enumerate();
        models.into_iter().find_map(|(at, entry)| model(name, at, entry))
    })
}

/// A provider's name, an alias or a ref that means Chutes.
fn is_ours(text: &str) -> bool {
    text.trim().to_lowercase().starts_with(PROVIDER)
}

/// What OpenClaw refuses in the model at this index of a provider's list.
pub fn model(provider: &str, at: usize, entry: &Value) -> Option<Problem> {
    let dotted = format!("models.providers.{provider}.models[{at}]");
    let named = |key: &str| entry.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    match named("id") && named("name") {
        false => Some(Problem { dotted, wrong: Wrong::NoModel }),
        true => api(entry).map(|wrong| Problem { dotted: format!("{dotted}.api"), wrong }),
    }
}

fn api(value: &Value) -> Option<Wrong> {
    let known = match value.get("api")? {
        Value::String(name) => APIS.contains(&name.as_str()) || name.contains("${"),
        _ => false,
    };
    (!known).then_some(Wrong::Api)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_shapes_that_kept_gateways_from_starting() {
        let found = |config: Value| problem(&config).map(|problem| (problem.dotted, problem.wrong));
        let at = |dotted: &str, wrong| Some((dotted.to_owned(), wrong));
        assert_eq!(found(json!({"providers": {"chutes": {}}})), at("providers", Wrong::Misplaced("models.providers")));
        assert_eq!(
            found(json!({"aliases": {"fast": "chutes/a"}})),
            at("aliases", Wrong::Misplaced("agents.defaults.models"))
        );
        let chutes = |provider: Value| json!({"models": {"providers": {"chutes": provider}}});
        assert_eq!(
            found(chutes(json!({"models": [{"id": "a", "name": "A"}, "b"]}))),
            at("models.providers.chutes.models[1]", Wrong::NoModel)
        );
        assert_eq!(
            found(chutes(json!({"models": [{"id": "a"}]}))),
            at("models.providers.chutes.models[0]", Wrong::NoModel)
        );
        assert_eq!(found(chutes(json!({"api": "openai"}))), at("models.providers.chutes.api", Wrong::Api));
        assert_eq!(
            found(chutes(json!({"models": [{"id": "a", "name": "A", "api": 1}]}))),
            at("models.providers.chutes.models[0].api", Wrong::Api)
        );
        let good = json!({"api": "${API}", "models": [{"id": "a", "name": "A", "api": "ollama", "mine": 1}]});
        assert_eq!(found(chutes(good)), None);
        let others =
            json!({"models": {"providers": {"x": {"models": ["?"], "api": 1}}}, "unknown": 1, "providers": {"x": {}}});
        assert_eq!(found(others), None);
    }
}
