//! Homes with more than Chutes in them: what belongs to other providers stays theirs, and stays usable.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::{Value, json};
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const CONFIG: &str = ".openclaw/openclaw.json";
const DEFAULT: &str = "chutes/zai-org/GLM-4.7-TEE";

struct Stage {
    home: Home,
    standin: Standin,
}

impl Stage {
    fn with(config: &str, list: Vec<u8>) -> Stage {
        let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), list)).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        home.write(CONFIG, config);
        Stage { home, standin }
    }

    fn new(config: &str) -> Stage {
        Stage::with(config, sample::list(Era::Documented))
    }

    fn onboard(&self, more: &[&str]) -> Value {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        let ran = self.home.run_with_input(args.iter().chain(more), format!("{KEY}\n"));
        assert_eq!(ran.code, 0, "{ran:?}");
        document(&ran)
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.home.run(std::iter::once(BIN).chain(args.iter().copied()))
    }

    fn defaults(&self) -> Value {
        json5::from_str::<Value>(&self.home.read(CONFIG)).expect("JSON5")["agents"]["defaults"].clone()
    }

    fn allowed(&self, key: &str) -> bool {
        self.defaults()["models"].get(key).is_some()
    }
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("one document: {error}\n{ran:?}"))
}

fn warned<'a>(document: &'a Value, code: &str) -> Option<&'a str> {
    let warnings = document["warnings"].as_array().expect("a list");
    warnings.iter().find(|warning| warning["code"] == code).and_then(|warning| warning["message"].as_str())
}

#[test]
fn fallbacks_at_other_providers_stay_and_the_old_default_is_the_first() {
    let stage = Stage::new(
        r#"{ agents: { defaults: { model: { primary: "anthropic/claude-opus-4-6", fallbacks: ["google/gemini-3-pro", "openai/gpt-5.2"] } } } }"#,
    );
    let document = stage.onboard(&[]);
    let chain = json!(["anthropic/claude-opus-4-6", "google/gemini-3-pro", "openai/gpt-5.2"]);
    assert_eq!((&document["model"]["primary"], &document["model"]["fallbacks"]), (&json!(DEFAULT), &chain));
    assert_eq!(stage.defaults()["model"]["fallbacks"], chain);
    assert!(warned(&document, "previous-default").expect("said").contains("anthropic/claude-opus-4-6"));
    assert_eq!(warned(&document, "fallback-not-served"), None);
    for provider in ["anthropic/*", "google/*", "openai/*"] {
        assert!(stage.allowed(provider), "{provider}");
    }
    // And it stays so.
    let again = stage.onboard(&[]);
    assert_eq!((&again["changed"], warned(&again, "previous-default")), (&json!(false), None));
}

#[test]
fn what_is_asked_for_at_another_provider_is_taken_as_written() {
    let stage = Stage::new("{}");
    let document = stage.onboard(&[
        "--fallback",
        "google/gemini-3-pro",
        "--image-model",
        "openai/gpt-5.2",
        "--fallback",
        "deepseek-ai/DeepSeek-V3.2-TEE",
        "--fallback",
        "zai-org/GLM-9-typo",
    ]);
    let chain = ["google/gemini-3-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE", "zai-org/GLM-9-typo"];
    assert_eq!(document["model"]["fallbacks"], json!(chain));
    assert_eq!(document["model"]["image"], "openai/gpt-5.2");
    // What is no provider anybody knows is most likely a slip.
    assert!(warned(&document, "other-provider").expect("said").contains("zai-org/GLM-9-typo"));
    let registered = json5::from_str::<Value>(&stage.home.read(CONFIG)).expect("JSON5");
    let registered = registered["models"]["providers"]["chutes"]["models"].as_array().expect("a list").clone();
    assert!(registered.iter().all(|model| model["id"] != "google/gemini-3-pro"), "{registered:?}");
}

#[test]
fn every_provider_in_use_stays_allowed() {
    let stage = Stage::new(
        r#"{
            env: { vars: { GROQ_API_KEY: "${GROQ_KEY_FROM_HOST}" } },
            agents: {
                defaults: { heartbeat: { every: "30m", model: "openrouter/qwen/qwen3-8b" } },
                list: [{ id: "main", default: true }, { id: "writer", model: "mistral/mistral-large-latest" },
                    { id: "coder", model: { primary: "xai/grok-5", fallbacks: ["zai/glm"] }, subagents: { model: "cerebras/qwen-3" } }],
            },
            channels: { modelByChannel: { telegram: { "123": "google/gemini-3-flash" } } },
            hooks: { mappings: [{ match: { path: "x" }, model: "deepseek/v4" }] },
        }"#,
    );
    stage.home.write(".openclaw/.env", "MOONSHOT_API_KEY=x\nVENICE_API_KEY=\n");
    let profiles =
        r#"{"version":1,"profiles":{"together:default":{"type":"api_key","provider":"together","key":"k"}}}"#;
    stage.home.write(".openclaw/agents/coder/agent/auth-profiles.json", profiles);
    stage.home.write(".openclaw/cron/jobs.json", r#"{"jobs":[{"payload":{"kind":"agentTurn","model":"nvidia/n"}}]}"#);
    stage.onboard(&[]);
    for provider in [
        "groq",
        "openrouter",
        "mistral",
        "xai",
        "zai",
        "cerebras",
        "google",
        "deepseek",
        "moonshot",
        "together",
        "nvidia",
    ] {
        assert!(stage.allowed(&format!("{provider}/*")), "{provider}: {}", stage.defaults()["models"]);
    }
    assert!(!stage.allowed("venice/*"));
}

#[test]
fn an_allowlist_keeps_what_was_allowed_without_being_listed() {
    let stage = Stage::new(
        r#"{ agents: { defaults: { model: { primary: "openai/gpt-5.2", fallbacks: ["google/gemini-3-pro"] }, models: { "anthropic/claude-x": { alias: "c" } } } } }"#,
    );
    assert_eq!(stage.run(&["models", "set", DEFAULT, "--json"]).code, 0);
    for key in ["openai/gpt-5.2", "google/gemini-3-pro", "anthropic/claude-x", DEFAULT] {
        assert!(stage.allowed(key), "{key}: {}", stage.defaults()["models"]);
    }
    assert!(!stage.allowed("openai/*"));
}

#[test]
fn a_name_without_a_provider_keeps_its_meaning_when_the_default_moves() {
    let stage = Stage::new(
        r#"{ agents: { defaults: { model: { primary: "anthropic/claude-opus-4-6", fallbacks: ["claude-sonnet-4-6"] }, heartbeat: { model: "claude-haiku-4-5" } } } }"#,
    );
    stage.onboard(&[]);
    let defaults = stage.defaults();
    assert_eq!(defaults["model"]["fallbacks"], json!(["anthropic/claude-opus-4-6", "anthropic/claude-sonnet-4-6"]));
    assert_eq!(defaults["heartbeat"]["model"], "claude-haiku-4-5");
    assert_eq!(defaults["models"]["anthropic/claude-haiku-4-5"]["alias"], "claude-haiku-4-5");
}

#[test]
fn a_template_is_the_users_own_and_is_not_judged() {
    let stage = Stage::new(r#"{ agents: { defaults: { model: { primary: "chutes/${MY_MODEL}" } } } }"#);
    let before = stage.defaults()["model"].clone();
    stage.onboard(&["--model", "chutes/${MY_MODEL}"]);
    assert_eq!(stage.defaults()["model"], before);
}

#[test]
fn an_odd_catalog_gives_only_models_that_chat_and_can_be_named() {
    let list = include_bytes!("../data/catalog-odd.json").to_vec();
    let stage = Stage::with("{}", list);
    let document = stage.onboard(&[]);
    let config: Value = json5::from_str(&stage.home.read(CONFIG)).expect("JSON5");
    let models = config["models"]["providers"]["chutes"]["models"].as_array().expect("a list").clone();
    let of = |id: &str| models.iter().find(|model| model["id"] == id).unwrap_or_else(|| panic!("{id}: {models:?}"));
    assert_eq!(of("zai-org/GLM-4.7-TEE")["contextWindow"], 202_752);
    assert_eq!(of("zai-org/GLM-4.7-TEE")["cost"], json!({"input": 0.4, "output": 2}));
    assert_eq!(of("vendor/no-context")["contextWindow"], 40_960);
    assert_eq!(of("vendor/noise")["cost"]["cacheRead"], json!(0.125));
    let text = stage.home.read(CONFIG);
    for gone in ["painter/", "embedder/", "vendor/reads", "${", "chutes/chutes", "\"*\""] {
        assert!(!text.contains(gone), "{gone}: {text}");
    }
    assert!(warned(&document, "model-left-out").expect("named").contains("vendor/reads-${HOME}"));
    assert_eq!(document["catalog"]["models"], 3);
}

#[test]
fn the_warning_of_a_replaced_alias_names_the_model_first() {
    let stage = Stage::new("{}");
    stage.onboard(&[]);
    let ran = stage.run(&["models", "aliases", "add", "mine", "chutes-pro", "--json"]);
    let said = document(&ran);
    let words = warned(&said, "alias-moved").unwrap_or_else(|| panic!("{said}"));
    assert!(words.starts_with("chutes/deepseek-ai/DeepSeek-V3.2-TEE had the alias chutes-pro;"), "{words}");
}

/// What OpenClaw refuses in it: an entry that is no object, an alias that is a list, a key of the root.
const REFUSED: &str = r#"// Edited by hand from an old guide.
{
  agents: { defaults: { model: { primary: "openai/gpt-5.2" }, models: { "openai/gpt-5.2": true, "anthropic/claude-opus-4-6": { alias: ["opus", "big"] } } } },
  providers: { openai: { apiKey: "${OPENAI_API_KEY}" } },
}
"#;

#[test]
fn what_openclaw_refuses_is_said_with_its_place_and_the_command_that_mends_it() {
    let stage = Stage::new(REFUSED);
    let said = stage.onboard(&[]);
    let refused: Vec<&str> = said["warnings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|warning| warning["code"] == "config-refused")
        .filter_map(|warning| warning["message"].as_str())
        .collect();
    assert_eq!(refused.len(), 3, "{said}");
    for (message, parts) in refused.iter().zip([
        ["openclaw.json:3:", "agents.defaults.models[\"openai/gpt-5.2\"]: true or false", "${EDITOR:-vi} +3 "],
        ["openclaw.json:3:", "alias: a list, where text is wanted", "${EDITOR:-vi} +3 "],
        ["openclaw.json:4:", "providers", "openclaw doctor --fix"],
    ]) {
        assert!(parts.iter().all(|part| message.contains(part)), "{parts:?}: {message}");
    }
    // What it refuses stays as it is.
    assert!(stage.home.read(CONFIG).contains(r#""openai/gpt-5.2": true"#));
}

#[test]
fn strict_fails_on_what_openclaw_refuses_and_writes_nothing() {
    let stage = Stage::new(REFUSED);
    let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin", "--strict"];
    let ran = stage.home.run_with_input(args, format!("{KEY}\n"));
    let said = document(&ran);
    assert_eq!((ran.code, &said["error"]["code"]), (1, &json!("config-refused")), "{ran:?}");
    assert!(said["error"]["message"].as_str().expect("words").contains("openclaw.json:4:"), "{said}");
    assert_eq!(stage.home.read(CONFIG), REFUSED);
    let fine = Stage::new("{ gateway: { mode: 'local' } }");
    fine.onboard(&["--strict"]);
}

#[test]
fn strict_asks_the_openclaw_that_is_installed() {
    let mut stage = Stage::new("{ gateway: { mode: 'local', odd: 1 } }");
    let answer = r#"{"valid":false,"issues":[{"path":"gateway","message":"Unrecognized key: \"odd\""}]}"#;
    stage.home.write("bin/openclaw", format!("#!/bin/sh\necho '{answer}'\nexit 1\n"));
    let program = stage.home.join("bin/openclaw");
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("its mode");
    let path = format!("{}:/usr/bin:/bin", stage.home.join("bin").display());
    stage.home.set("PATH", path);
    let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin", "--strict"];
    let ran = stage.home.run_with_input(args, format!("{KEY}\n"));
    let said = document(&ran);
    let words = said["error"]["message"].as_str().unwrap_or_else(|| panic!("{ran:?}"));
    assert!(words.contains("openclaw.json:1:34: gateway.odd: Unrecognized key"), "{words}");
}

#[test]
fn without_a_place_for_our_own_state_it_is_said_that_nothing_can_be_undone() {
    let mut stage = Stage::new("{}");
    // Nothing can be made there, not even by root.
    stage.home.set("XDG_STATE_HOME", "/proc/here/is/nothing");
    let said = stage.onboard(&[]);
    let codes: Vec<_> = said["warnings"].as_array().expect("a list").iter().map(|w| w["code"].as_str()).collect();
    assert!(codes.contains(&Some("not-undoable")), "{said}");
    assert_eq!(stage.run(&["undo"]).code, 1);
}

#[test]
fn refresh_on_a_home_without_chutes_changes_nothing_and_says_so() {
    let config = "{ agents: { defaults: { model: \"anthropic/claude-opus-4-6\" } } }";
    let stage = Stage::new(config);
    let ran = stage.run(&["models", "refresh", "--json"]);
    let said = document(&ran);
    assert_eq!((ran.code, &said["error"]["code"]), (1, &json!("not-configured")), "{ran:?}");
    assert_eq!(stage.home.read(CONFIG), config);
}

#[test]
fn refresh_tells_apart_what_the_service_changed_and_what_a_person_set() {
    let list = |context: u64, price: f64, other: u64| {
        let entry = |id: &str, context: u64, price: f64| {
            json!({"id": id, "context_length": context, "pricing": {"prompt": price, "completion": 2.0},
                "supported_features": ["reasoning", "tools"], "input_modalities": ["text"]})
        };
        let data = [entry("zai-org/GLM-4.7-TEE", context, price), entry("other/model", other, 1.0)];
        json!({ "object": "list", "data": data }).to_string().into_bytes()
    };
    let stage = Stage::with("{ gateway: { mode: 'local' } }", list(200_000, 0.4, 1000));
    stage.onboard(&[]);
    // By hand: a lower window, and no reasoning.
    let by_hand =
        stage.home.read(CONFIG).replacen("200000", "150000", 1).replacen("reasoning: true", "reasoning: false", 1);
    let by_hand = by_hand.replacen("\"reasoning\": true", "\"reasoning\": false", 1);
    stage.home.write(CONFIG, &*by_hand);
    let same = document(&stage.run(&["models", "refresh", "--json"]));
    assert_eq!(same["changed"], false, "{same}");
    assert_eq!(stage.home.read(CONFIG), by_hand);
    let fields = same["kept"][0]["fields"].as_str().unwrap_or_else(|| panic!("{same}"));
    assert_eq!((&same["kept"][0]["model"], fields), (&json!("zai-org/GLM-4.7-TEE"), "contextWindow, reasoning"));
    // By the service: a price, and the other model's window. Twice: what was kept stays kept.
    stage.standin.set_models(list(200_000, 0.5, 2000));
    for changed in [true, false] {
        let said = document(&stage.run(&["models", "refresh", "--json"]));
        assert_eq!(said["changed"], changed, "{said}");
        let config: Value = json5::from_str(&stage.home.read(CONFIG)).expect("JSON5");
        let models = &config["models"]["providers"]["chutes"]["models"];
        assert_eq!((&models[0]["contextWindow"], &models[0]["reasoning"]), (&json!(150_000), &json!(false)));
        assert_eq!((&models[0]["cost"]["input"], &models[1]["contextWindow"]), (&json!(0.5), &json!(2000)));
    }
    // And a choice made by hand in between does not make it ours.
    assert_eq!(stage.run(&["models", "aliases", "add", "mine", "chutes/other/model", "--json"]).code, 0);
    let said = document(&stage.run(&["models", "refresh", "--json"]));
    assert_eq!(said["changed"], false, "{said}");
}

#[test]
fn a_key_in_the_dotenv_file_is_found_as_openclaw_finds_it() {
    let provider = r#"{ agents: { defaults: { model: "chutes/zai-org/GLM-4.7-TEE" } }, models: { providers: { chutes: { apiKey: "${CHUTES_API_KEY}" } } } }"#;
    let check = ["models", "status", "--check", "--json"];
    let stage = Stage::new(provider);
    assert_eq!(stage.run(&check).code, 1);
    stage.home.write(".openclaw/.env", format!("CHUTES_API_KEY={KEY}\n"));
    let ran = stage.run(&check);
    assert_eq!((ran.code, &document(&ran)["auth"]["status"]), (0, &json!("ok")), "{ran:?}");
    // It works, too.
    let probed = stage.run(&["models", "status", "--check", "--probe", "--json"]);
    assert_eq!(probed.code, 0, "{probed:?}");
    assert_eq!(stage.run(&["models", "refresh", "--json"]).code, 0);

    let stage = Stage::new(r#"{ agents: { defaults: { model: "chutes/zai-org/GLM-4.7-TEE" } } }"#);
    let profile = r#"{"version":1,"profiles":{"chutes:default":{"type":"api_key","provider":"chutes","keyRef":{"source":"env","provider":"default","id":"CHUTES_API_KEY"}}}}"#;
    stage.home.write(".openclaw/agents/main/agent/auth-profiles.json", profile);
    assert_eq!(stage.run(&check).code, 1);
    stage.home.write(".openclaw/.env", format!("CHUTES_API_KEY={KEY}\n"));
    assert_eq!(stage.run(&check).code, 0);
}

#[test]
fn a_config_that_a_group_writes_together_stays_theirs() {
    use std::os::unix::fs::PermissionsExt;
    for (before, after) in [(0o660, 0o660), (0o664, 0o660), (0o644, 0o600), (0o600, 0o600)] {
        let stage = Stage::new("{ gateway: { mode: 'local' } }");
        let config = stage.home.join(CONFIG);
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(before)).expect("its mode");
        stage.onboard(&[]);
        assert_eq!(config.metadata().expect("the config").permissions().mode() & 0o777, after, "{before:o}");
    }
}

#[test]
fn certificates_that_a_variable_names_and_that_are_not_there_are_named() {
    let mut stage = Stage::new("{ gateway: { mode: 'local' } }");
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/tls/ca.pem");
    stage.home.set("NODE_EXTRA_CA_CERTS", good);
    assert_eq!(warned(&stage.onboard(&[]), "certificates-not-read"), None);
    stage.home.write("empty.pem", "no certificate\n");
    let empty = stage.home.join("empty.pem");
    for (variable, path) in [
        ("NODE_EXTRA_CA_CERTS", "/nowhere/extra.pem"),
        ("NODE_EXTRA_CA_CERTS", empty.to_str().expect("text")),
        ("SSL_CERT_FILE", "/nowhere/all.pem"),
    ] {
        stage.home.unset("NODE_EXTRA_CA_CERTS").set(variable, path);
        let document = stage.onboard(&[]);
        let words = warned(&document, "certificates-not-read").unwrap_or_else(|| panic!("{document}"));
        assert!(words.contains(variable) && words.contains(path), "{words}");
    }
}
