//! Pools and thinking at a running gateway of the oldest and the newest OpenClaw: what arrives at the service.

use crate::gateways::{Gateway, Stage};
use crate::support::{CONFIG, KEY};
use serde_json::{Value, json};

const AUGUST: &[u8] = include_bytes!("../data/chutes-models-2026-08-22.json");
/// The default.
const MAIN: &str = "zai-org/GLM-5.1-TEE,moonshotai/Kimi-K2.6-TEE";
/// Under `chutes-fast`.
const FAST: &str = "Qwen/Qwen3-32B-TEE,deepseek-ai/DeepSeek-V4-Flash-0731-TEE:latency";
/// Fallback and image model.
const SEEING: &str = "google/gemma-4-31B-turbo-TEE,moonshotai/Kimi-K2.6-TEE";

fn without(id: &str) -> Vec<u8> {
    let mut list: Value = serde_json::from_slice(AUGUST).expect("JSON");
    list["data"].as_array_mut().expect("rows").retain(|row| row["id"] != id);
    list.to_string().into_bytes()
}

/// The bodies of the completions that were asked for since the onboarding.
fn completions(stage: &Stage) -> Vec<Value> {
    let requests = stage.standin.requests().into_iter().filter(|request| request.target == "/v1/chat/completions");
    requests.map(|request| serde_json::from_slice(&request.body).expect("JSON")).collect()
}

fn last(stage: &Stage) -> Value {
    completions(stage).pop().expect("a completion")
}

/// How much OpenClaw is to think, as its config says it.
fn think(stage: &Stage, level: &str) {
    let mut config: Value = json5::from_str(&stage.home.read(CONFIG)).expect("JSON5");
    config["agents"]["defaults"]["thinkingDefault"] = json!(level);
    stage.home.write(CONFIG, config.to_string());
}

/// `says_it`: this OpenClaw tells the model whether to think.
fn pools_and_thinking(version: &str, says_it: bool) {
    let Some(stage) = Stage::new(version, 3600) else { return };
    stage.standin.set_models(AUGUST);
    let fast = format!("chutes-fast={FAST}");
    let words = ["onboard", "--non-interactive", "--json", "--api-key-stdin", "--model", MAIN, "--fallback", SEEING];
    let more = ["--image-model", SEEING, "--alias", &fast];
    let said = stage.json(&[&words[..], &more[..]].concat(), &format!("{KEY}\n"));
    assert_eq!(said["model"]["fallbacks"], json!([format!("chutes/{SEEING}")]), "{said}");
    assert_eq!(said["model"]["image"], json!(format!("chutes/{SEEING}")));
    stage.valid();
    think(&stage, "off");

    let gateway = Gateway::start(&stage);
    assert_eq!(stage.asked_with(&gateway), KEY);
    assert_eq!(last(&stage)["model"], MAIN, "the whole pool goes out as one model");
    let thinks = || last(&stage)["chat_template_kwargs"]["enable_thinking"].clone();
    assert_eq!(thinks(), if says_it { json!(false) } else { Value::Null });

    // Its first member is withdrawn: one request, and an answer.
    stage.standin.set_models(without("zai-org/GLM-5.1-TEE"));
    let before = completions(&stage).len();
    assert_eq!(stage.ask_model(None).as_deref(), Some(KEY), "{}", gateway.said());
    assert_eq!((completions(&stage).len() - before, &last(&stage)["model"]), (1, &json!(MAIN)));
    // Each place that a pool stands in can be asked.
    for pool in [FAST, SEEING] {
        assert_eq!(stage.ask_model(Some(&format!("chutes/{pool}"))).as_deref(), Some(KEY), "{}", gateway.said());
        assert_eq!(last(&stage)["model"], pool);
    }

    think(&stage, "high");
    if says_it {
        stage.settles(&gateway, |_| thinks() == json!(true));
    } else {
        assert_eq!(stage.asked_with(&gateway), KEY);
        assert_eq!(thinks(), Value::Null, "never the opposite of what was said");
    }
}

#[test]
fn at_2026_5_28() {
    pools_and_thinking("2026.5.28", false);
}

#[test]
fn at_2026_9_6() {
    pools_and_thinking("2026.9.6", true);
}
