//! Choosing: recommendations, pools, the account, successors on a later list; as the real binary.

use openclaw_chutes::standin::{Config, Fault, Keys, Route, Shape, Standin};
use serde_json::{Value, json};
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str = "cpk_0123abcd.4567ef.canary89";
const CONFIG: &str = ".openclaw/openclaw.json";
const JUNE: &[u8] = include_bytes!("../data/chutes-models-2026-06-11.json");
const AUGUST: &[u8] = include_bytes!("../data/chutes-models-2026-08-22.json");

struct Stage {
    home: Home,
    standin: Standin,
}

impl Stage {
    /// Nothing is set up yet. `right`: the key may see the account.
    fn new(list: &[u8], right: bool) -> Stage {
        let mut config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), list);
        if right {
            config.admin_keys.push(KEY.to_owned());
        }
        let standin = Standin::start(config).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        home.set("CHUTES_IDP_BASE_URL", standin.idp_base());
        Stage { home, standin }
    }

    fn onboarded(list: &[u8]) -> Stage {
        let stage = Stage::new(list, true);
        stage.onboard(&[]);
        stage
    }

    fn onboard(&self, more: &[&str]) -> Value {
        let line = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        let ran = self.home.run_with_input(line.iter().chain(more), KEY);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.stdout).expect("one document")
    }

    fn run(&self, line: &str) -> Ran {
        let ran = self.home.run(std::iter::once(BIN).chain(line.split_whitespace()));
        assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"), "{ran:?}");
        ran
    }

    fn json(&self, line: &str) -> Value {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        serde_json::from_str(&ran.stdout).expect("one document")
    }

    fn refused(&self, line: &str, exit: i32, code: &str) {
        let before = self.home.read(CONFIG);
        let ran = self.run(line);
        let document: Value = serde_json::from_str(&ran.stdout).expect("one document");
        assert_eq!((ran.code, &document["error"]["code"]), (exit, &json!(code)), "{line}: {ran:?}");
        assert_eq!(self.home.read(CONFIG), before, "{line}");
    }

    fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5")
    }

    fn registered(&self, id: &str) -> Option<Value> {
        let config = self.config();
        config["models"]["providers"]["chutes"]["models"].as_array()?.iter().find(|model| model["id"] == id).cloned()
    }

    fn asked(&self) -> Vec<String> {
        self.standin.requests().into_iter().map(|request| request.target).collect()
    }
}

fn codes(document: &Value) -> Vec<&str> {
    let warnings = document["warnings"].as_array().expect("warnings");
    warnings.iter().filter_map(|warning| warning["code"].as_str()).collect()
}

#[test]
fn what_is_recommended_has_figures_and_is_the_same_each_time() {
    let stage = Stage::new(AUGUST, false);
    for purpose in ["chat", "code", "vision", "cheap", "long"] {
        let document = stage.json(&format!("models recommend --for {purpose} --json"));
        let rows = document["recommendations"].as_array().expect("rows").clone();
        assert!((1..=3).contains(&rows.len()), "{document}");
        for row in &rows {
            let reason = row["reason"].as_str().expect("a reason");
            assert!(reason.contains('$') && reason.contains("tokens/s") && reason.contains("a day"), "{reason}");
            assert_eq!(row["health"]["state"], "up", "{row}");
        }
        assert_eq!(stage.json(&format!("models recommend --for {purpose} --json")), document);
    }
    assert_eq!(stage.json("models recommend --json"), stage.json("models recommend --for chat --json"));
    let cheapest = &stage.json("models recommend --for cheap --json")["recommendations"][0];
    assert_eq!(cheapest["key"], "chutes/deepseek-ai/DeepSeek-V4-Flash-0731-TEE");
    // What sleeps is not recommended; without health, prices and the list decide.
    stage.standin.change_market(|market| market.asleep.push("deepseek-ai/DeepSeek-V4-Flash-0731-TEE".into()));
    let cheapest = &stage.json("models recommend --for cheap --json")["recommendations"][0];
    assert_eq!(cheapest["key"], "chutes/Qwen/Qwen3-32B-TEE");
    for fault in [Fault::Status(500), Fault::OddJson, Fault::Html, Fault::Close, Fault::Truncated, Fault::Oversized] {
        stage.standin.set_fault(Route::Health, fault.clone());
        let document = stage.json("models recommend --for cheap --json");
        assert_eq!(document["recommendations"][0]["health"], Value::Null, "{fault:?}");
        assert_eq!(document["recommendations"][0]["key"], "chutes/deepseek-ai/DeepSeek-V4-Flash-0731-TEE");
    }
    assert!(stage.asked().iter().all(|target| !target.ends_with("stats/llm")), "always with a date");
    assert_eq!(stage.run("models recommend --for dreams").code, 2);
}

#[test]
fn every_shape_of_account_is_told_and_none_is_a_fault() {
    let stage = Stage::onboarded(AUGUST);
    let account = || stage.json("models status --json")["account"].clone();
    let shapes: [(&str, Value, Value); 9] = [
        ("free", json!("none"), json!(0.0)),
        ("paid:0", json!("none"), json!(0.0)),
        ("paid:12.5", json!("none"), json!(12.5)),
        ("plan:3", json!("subscription"), json!(0.7)),
        ("plan:10", json!("subscription"), json!(2.3333333333333335)),
        ("plan:20", json!("subscription"), json!(4.666666666666667)),
        ("custom", json!("custom"), json!(8.0)),
        ("uncapped", json!("subscription"), json!(null)),
        ("four-hours-used", json!("subscription"), json!(0.0)),
    ];
    for (name, kind, left) in shapes {
        stage.standin.change_market(|market| market.account = Shape::from_name(name).expect(name));
        let account = account();
        assert_eq!((&account["plan"]["kind"], &account["left"]), (&kind, &left), "{name}: {account}");
        assert_eq!(stage.onboard(&[])["account"], account, "{name}");
        let words = stage.run("models status").stdout;
        assert!(words.contains("Account"), "{words}");
    }
    for fault in [Fault::Status(500), Fault::OddJson, Fault::Html, Fault::Close, Fault::Truncated] {
        stage.standin.set_fault(Route::Account, fault.clone());
        assert_eq!(account(), Value::Null, "{fault:?}");
        assert!(!stage.run("models status").stdout.contains("Account"));
    }
    // A key that may call models and nothing else: one question, no answer, no fault.
    let narrow = Stage::new(AUGUST, false);
    assert_eq!(narrow.onboard(&[])["account"], Value::Null);
    assert_eq!(narrow.asked().iter().filter(|target| target.starts_with("/users")).count(), 1);
}

#[test]
fn a_pool_is_made_listed_used_and_removed() {
    let stage = Stage::onboarded(AUGUST);
    let made = stage.json("models pools add team zai-org/GLM-5.1-TEE chutes/moonshotai/Kimi-K2.6-TEE --latency --json");
    let id = "zai-org/GLM-5.1-TEE,moonshotai/Kimi-K2.6-TEE:latency";
    assert_eq!((&made["target"], &made["verified"]), (&json!(format!("chutes/{id}")), &json!(true)));
    let call = stage.standin.requests().pop().expect("a call");
    assert!(String::from_utf8_lossy(&call.body).contains(id), "proven by a call through it");
    let entry = stage.registered(id).expect("registered");
    assert_eq!((&entry["contextWindow"], &entry["maxTokens"]), (&json!(202_752), &json!(65_535)));
    assert_eq!((&entry["cost"]["input"], &entry["cost"]["output"]), (&json!(0.98), &json!(3.4)), "the dearest");
    assert_eq!(entry["input"], json!(["text"]), "what both can");
    let target = format!("chutes/{id}");
    assert_eq!(stage.config()["agents"]["defaults"]["models"][&target]["alias"], "team");

    let pools = stage.json("models pools list --json");
    let pool = &pools["pools"][0];
    assert_eq!((&pools["count"], &pool["name"], &pool["order"]), (&json!(1), &json!("team"), &json!("latency")));
    assert_eq!((&pool["served"], &pool["pricing"]["from"]["input"]), (&json!(2), &json!(0.58)));
    assert!(stage.run("models pools list").stdout.contains("$0.58-$0.98 in, $3.08-$3.40 out"));

    // As default, by alias or by ref; as fallback and image model at the onboarding.
    stage.json("models set team --json");
    assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], target);
    stage.refused("models pools remove team --json", 1, "pool-in-use");
    stage.json("models set zai-org/GLM-5.1-TEE --json");
    stage.json(&format!("models set {id} --json"));
    let seeing = "google/gemma-4-31B-turbo-TEE,moonshotai/Kimi-K2.6-TEE";
    let document = stage.onboard(&[
        "--model",
        "zai-org/GLM-5.1-TEE",
        "--fallback",
        id,
        "--image-model",
        seeing,
        "--alias",
        "eyes=google/gemma-4-31B-turbo-TEE, chutes/moonshotai/Kimi-K2.6-TEE",
    ]);
    assert_eq!(document["model"]["fallbacks"], json!([target]));
    assert_eq!(document["model"]["image"], json!(format!("chutes/{seeing}")));
    assert_eq!(document["aliases"]["eyes"], json!(format!("chutes/{seeing}")));
    assert_eq!(stage.registered(seeing).expect("registered")["input"], json!(["text", "image"]));
    let row = stage.json("models list --json")["models"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["key"] == target)
        .cloned();
    assert_eq!(row.expect("listed")["missing"], false);

    stage.json("models pools remove team --json");
    assert_eq!(stage.registered(id), None);
    assert!(stage.config()["agents"]["defaults"]["models"].get(&target).is_none());
    assert!(stage.registered("zai-org/GLM-5.1-TEE").is_some(), "nothing else went");

    stage.refused("models pools add one zai-org/GLM-5.1-TEE --json", 2, "pool-refused");
    stage.refused("models pools add one zai-org/GLM-5.1-TEE zai-org/GLM-5.1-TEE --json", 2, "pool-refused");
    stage.refused("models pools add one zai-org/GLM-5.1-TEE no/Such --json", 1, "unknown-model");
    stage.refused(
        "models pools add chutes-pro zai-org/GLM-5.1-TEE moonshotai/Kimi-K2.6-TEE --json",
        1,
        "alias-refused",
    );
    stage.refused("models pools remove nothing --json", 1, "unknown-pool");
    assert_eq!(stage.run("models pools add p a b --latency --throughput").code, 2);
    stage.standin.set_keys(Keys::Listed(Vec::new()));
    stage.standin.set_fault(Route::Chat, Fault::Status(401));
    stage.refused("models pools add one zai-org/GLM-5.1-TEE moonshotai/Kimi-K2.6-TEE --json", 3, "credential-refused");
}

#[test]
fn a_pool_is_judged_by_its_members_and_repaired() {
    let stage = Stage::onboarded(JUNE);
    stage.json("models pools add team zai-org/GLM-5-TEE moonshotai/Kimi-K2.5-TEE deepseek-ai/DeepSeek-V3.2-TEE --json");
    stage.json("models set team --json");
    // August has neither of the first two; both have a successor of their family within twice the price.
    stage.standin.set_models(AUGUST);
    let refreshed = stage.json("models refresh --json");
    assert!(codes(&refreshed).contains(&"pool-repaired"), "{refreshed}");
    let repaired = "chutes/zai-org/GLM-5.2-TEE,moonshotai/Kimi-K2.6-TEE,deepseek-ai/DeepSeek-V3.2-TEE";
    let config = stage.config();
    assert_eq!(config["agents"]["defaults"]["model"]["primary"], repaired);
    assert_eq!(config["agents"]["defaults"]["models"][repaired]["alias"], "team");
    assert!(stage.registered(repaired.trim_start_matches("chutes/")).is_some());
    assert!(stage.registered("zai-org/GLM-5-TEE,moonshotai/Kimi-K2.5-TEE,deepseek-ai/DeepSeek-V3.2-TEE").is_none());
    assert_eq!(stage.json("models refresh --json")["changed"], false, "and stays so");
    let listed = stage.json("models pools list --json");
    assert_eq!((&listed["pools"][0]["served"], &listed["count"]), (&json!(3), &json!(1)));
    // Onboarding again repairs as well, and says so.
    stage.standin.set_models(JUNE);
    let document = stage.onboard(&[]);
    assert!(codes(&document).contains(&"pool-repaired"), "{document}");
    assert!(!document["model"]["primary"].as_str().expect("a ref").contains("GLM-5.2"), "{document}");
}

#[test]
fn a_sleeping_model_is_no_successor() {
    let stage = Stage::new(AUGUST, true);
    stage.standin.change_market(|market| market.asleep.push("zai-org/GLM-5.1-TEE".into()));
    let document = stage.onboard(&[]);
    let primary = document["model"]["primary"].as_str().expect("a ref");
    assert!(!primary.contains("GLM"), "5.1 sleeps and 5.2 is too dear: {primary}");
    // Where nothing has to be chosen, nobody asks what is up.
    let before = stage.asked().len();
    stage.onboard(&["--model", "moonshotai/Kimi-K3-TEE"]);
    stage.standin.set_fault(Route::Health, Fault::Hang);
    assert!(stage.asked().len() > before);
}

#[test]
fn evidence_is_asked_for_afresh_and_forged_evidence_is_refused() {
    let stage = Stage::onboarded(AUGUST);
    let ask = || {
        let ran = stage.run("models verify zai-org/GLM-5.1-TEE --json");
        let document: Value = serde_json::from_str(&ran.stdout).expect("one document");
        assert_eq!((ran.code, &document["proven"]), (1, &json!(false)), "{ran:?}");
        assert_eq!(document["instances"][0]["checks"]["chain"], false);
        let asked = stage.asked();
        asked.iter().rev().find_map(|target| target.split_once("evidence?nonce=")).expect("asked").1.to_owned()
    };
    let (one, other) = (ask(), ask());
    assert!(one.len() == 64 && one.bytes().all(|byte| byte.is_ascii_hexdigit()) && one != other, "{one} {other}");
    assert!(stage.run("models verify zai-org/GLM-5.1-TEE").stdout.contains("NOT TRUE"));
    stage.refused("models verify no/Such --json", 1, "unknown-model");
    for fault in [Fault::Status(403), Fault::OddJson, Fault::Truncated, Fault::Close] {
        stage.standin.set_fault(Route::Account, fault);
        stage.refused("models verify zai-org/GLM-5.1-TEE --json", 1, "service");
    }
}
