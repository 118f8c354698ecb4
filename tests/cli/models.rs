//! Reading back and switching, as the real binary after an onboarding against the stand-in.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use serde_json::{Value, json};
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const CONFIG: &str = ".openclaw/openclaw.json";

struct Stage {
    home: Home,
    standin: Standin,
}

/// A home that was onboarded with the documented models.
fn onboarded() -> Stage {
    let config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
    let standin = Standin::start(config).expect("a stand-in");
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    let ran = home.run_with_input([BIN, "onboard", "--non-interactive", "--api-key-stdin"], KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    Stage { home, standin }
}

impl Stage {
    fn run(&self, line: &str) -> Ran {
        let ran = self.home.run(std::iter::once(BIN).chain(line.split_whitespace()));
        assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"), "{ran:?}");
        ran
    }

    fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        ran.stdout
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(line)).expect("one document")
    }

    fn failed(&self, line: &str, exit: i32, code: &str) {
        let before = std::fs::read(self.home.join(CONFIG)).ok();
        let ran = self.run(line);
        let document: Value = serde_json::from_str(&ran.stdout).expect("one document");
        assert_eq!((ran.code, &document["error"]["code"]), (exit, &json!(code)), "{line}: {ran:?}");
        assert_eq!(std::fs::read(self.home.join(CONFIG)).ok(), before, "{line}");
    }

    fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5")
    }
}

#[test]
fn the_list_has_openclaws_fields_and_ours() {
    let stage = onboarded();
    let list = stage.json("models list --json");
    let models = list["models"].as_array().expect("models");
    assert_eq!(list["count"], models.len());
    assert_eq!(models[0]["key"], "chutes/zai-org/GLM-4.7-TEE", "the default comes first");
    assert_eq!(models[0]["contextWindow"], 202_752);
    assert_eq!(models[0]["input"], "text");
    // The stand-in is on this machine.
    assert_eq!((&models[0]["local"], &models[0]["available"]), (&json!(true), &json!(true)));
    assert_eq!(models[0]["tags"], json!(["default", "configured"]));
    assert_eq!(models[0]["pricing"]["input"], 0.4);
    let vision = models.iter().find(|m| m["tags"].to_string().contains("alias:chutes-vision")).expect("the alias");
    assert_eq!(vision["input"], "text+image");

    let plain = stage.ok("models list --plain");
    let keys: Vec<&str> = models.iter().map(|model| model["key"].as_str().expect("a key")).collect();
    assert_eq!(plain.lines().collect::<Vec<_>>(), keys);
    let table = stage.ok("models list");
    assert!(table.lines().nth(1).expect("a row").starts_with("chutes/zai-org/GLM-4.7-TEE "), "{table}");
    assert!(table.contains("203k") && table.contains("alias:chutes-fast"), "{table}");
}

#[test]
fn all_adds_what_is_not_registered() {
    let stage = onboarded();
    stage.standin.set_fault(Route::Models, Fault::None);
    let again = [BIN, "onboard", "--non-interactive", "--api-key-stdin", "--models", "zai-org/GLM-4.7-TEE"];
    assert_eq!(stage.home.run_with_input(again, KEY).code, 0);
    let count = |line| stage.json(line)["count"].as_u64().expect("a count");
    assert!(count("models list --all --json") >= count("models list --json"));
    let served = serde_json::from_slice::<Value>(&sample::list(Era::Documented)).expect("JSON");
    assert!(count("models list --all --json") >= served["data"].as_array().expect("a list").len() as u64);
}

#[test]
fn the_status_names_the_credential_and_never_shows_it() {
    let stage = onboarded();
    let status = stage.json("models status --json");
    assert_eq!(status["configPath"], json!(stage.home.join(CONFIG)));
    assert_eq!(status["defaultModel"], "chutes/zai-org/GLM-4.7-TEE");
    assert_eq!(status["aliases"]["chutes-fast"], "chutes/zai-org/GLM-4.7-FP8");
    assert_eq!(status["auth"]["kind"], "api_key");
    assert_eq!(status["auth"]["status"], "ok");
    assert_eq!(status["catalog"]["source"], "cache");
    assert!(status["catalog"]["ageSeconds"].as_u64().expect("an age") < 600);
    let text = stage.ok("models status");
    assert!(text.contains("chutes:default") && text.contains("…ry89"), "{text}");
    assert_eq!(stage.ok("models status --plain"), "chutes/zai-org/GLM-4.7-TEE\n");
}

#[test]
fn status_check_tells_by_its_exit_code() {
    let stage = onboarded();
    assert_eq!(stage.run("models status --check").code, 0);
    let probe = stage.json("models status --check --probe --json");
    assert_eq!(probe["probe"]["result"], "ok");
    stage.standin.set_fault(Route::Chat, Fault::Status(401));
    let refused = stage.run("models status --check --probe --json");
    let document: Value = serde_json::from_str(&refused.stdout).expect("one document");
    assert_eq!((refused.code, &document["auth"]["status"]), (1, &json!("refused")));

    let store = ".openclaw/agents/main/agent/auth-profiles.json";
    let with_expiry = |ms: i64| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis();
        let profile =
            json!({ "type": "token", "provider": "chutes", "token": "cak_canary", "expires": now as i64 + ms });
        stage.home.write(store, json!({ "version": 1, "profiles": { "chutes:default": profile } }).to_string());
        let config = stage.home.read(CONFIG).replace("api_key", "token");
        stage.home.write(CONFIG, config);
        stage.run("models status --check").code
    };
    let hour = 60 * 60 * 1000;
    assert_eq!((with_expiry(-hour), with_expiry(hour), with_expiry(48 * hour)), (1, 2, 0));
    assert_eq!(
        Stage { home: Home::new(), ..onboarded() }.run("models status --check").code,
        1,
        "nothing is configured"
    );
}

#[test]
fn set_takes_refs_ids_and_aliases_and_nothing_else() {
    let stage = onboarded();
    for (name, reference) in [
        ("chutes-fast", "chutes/zai-org/GLM-4.7-FP8"),
        ("CHUTES-Pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
        ("chutes/moonshotai/Kimi-K2.5-TEE", "chutes/moonshotai/Kimi-K2.5-TEE"),
        ("zai-org/GLM-4.7-TEE", "chutes/zai-org/GLM-4.7-TEE"),
    ] {
        let said = stage.ok(&format!("models set {name}"));
        assert!(said.contains(&format!("Default model: {reference}")), "{said}");
        assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], reference, "{name}");
    }
    assert_eq!(stage.json("models set zai-org/GLM-4.7-TEE --json")["changed"], false);
    stage.failed("models set nosuchalias --json", 1, "unknown-model");
    stage.failed("models set openai/gpt-5 --json", 1, "unknown-model");
    for (typed, meant) in [
        ("chutes-fst", "chutes-fast"),
        ("zai-org/GLM-4.7-TEA", "chutes/zai-org/GLM-4.7-TEE"),
        ("chutes/zai-org/GML-4.7-TEE", "chutes/zai-org/GLM-4.7-TEE"),
        ("Kimi-K2.5-TE", "chutes/moonshotai/Kimi-K2.5-TEE"),
    ] {
        let said = stage.run(&format!("models set {typed} --lang en")).stderr;
        assert!(said.contains(&format!("Did you mean {meant}")), "{said}");
    }
    assert!(!stage.run("models set nonsense").stderr.contains("Did you mean"));
    let hint = stage.run("models set kimi --json");
    assert!(hint.stderr.contains("chutes/moonshotai/Kimi-K2"), "{hint:?}");
}

#[test]
fn aliases_are_listed_added_and_removed() {
    let stage = onboarded();
    let list = stage.json("models aliases list --json");
    assert_eq!(list["aliases"].as_object().map(|map| map.len()), Some(3));
    assert!(stage.ok("models aliases list --plain").contains("chutes-fast chutes/zai-org/GLM-4.7-FP8\n"));
    let text = stage.ok("models aliases list");
    assert!(
        text.starts_with("Aliases (3):\n- ") && text.contains("- chutes-pro -> chutes/deepseek-ai/DeepSeek-V3.2-TEE")
    );

    stage.ok("models aliases add kimi moonshotai/Kimi-K2.5-TEE");
    assert_eq!(stage.config()["agents"]["defaults"]["models"]["chutes/moonshotai/Kimi-K2.5-TEE"]["alias"], "kimi");
    stage.failed("models aliases add KIMI zai-org/GLM-4.7-TEE --json", 1, "alias-refused");
    stage.failed("models aliases add a/b zai-org/GLM-4.7-TEE --json", 2, "alias-refused");
    stage.failed("models aliases add chutes zai-org/GLM-4.7-TEE --json", 1, "alias-refused");
    stage.failed("models aliases add fine nosuch/model --json", 1, "unknown-model");
    let moved = stage.run("models aliases add k2 moonshotai/Kimi-K2.5-TEE");
    assert!(moved.stderr.contains("kimi"), "one alias per model: {moved:?}");
    assert_eq!(stage.json("models aliases list --json")["aliases"].as_object().map(|map| map.len()), Some(4));

    stage.ok("models aliases remove K2");
    assert_eq!(stage.json("models aliases list --json")["aliases"]["k2"], Value::Null);
    stage.failed("models aliases remove k2 --json", 1, "unknown-alias");
}

#[test]
fn fallbacks_are_listed_added_removed_and_cleared() {
    let stage = onboarded();
    let (pro, fast) = ("chutes/deepseek-ai/DeepSeek-V3.2-TEE", "chutes/zai-org/GLM-4.7-FP8");
    let fallbacks = || stage.config()["agents"]["defaults"]["model"]["fallbacks"].clone();
    stage.ok("models fallbacks clear");
    assert_eq!(stage.json("models fallbacks list --json"), json!({ "fallbacks": [] }));
    assert_eq!(stage.ok("models fallbacks list"), "Fallbacks (0):\n- none\n");
    let unchanged = |line: &str| {
        let before = stage.home.read(CONFIG);
        assert_eq!(stage.json(line)["changed"], false, "{line}");
        assert_eq!(stage.home.read(CONFIG), before, "{line}");
    };
    unchanged("models fallbacks clear --json");

    // By alias, then by id: in this order. What another provider's entry looks like is not ours to change.
    let added = stage.json("models fallbacks add CHUTES-Pro --json");
    assert_eq!((&added["changed"], &added["fallbacks"]), (&json!(true), &json!([pro])));
    let other = "Anthropic/claude-opus-4-6";
    let config = in_fallbacks(&stage.home.read(CONFIG), pro, &format!("{other}\", \"chutes-pro"));
    stage.home.write(CONFIG, config);
    stage.ok("models fallbacks add zai-org/GLM-4.7-FP8");
    assert_eq!(fallbacks(), json!([other, "chutes-pro", fast]));
    unchanged("models fallbacks add chutes-fast --json");
    assert_eq!(stage.ok("models fallbacks list --plain").lines().nth(1), Some(pro));

    stage.failed("models fallbacks add nosuchalias --json", 1, "unknown-model");
    assert!(stage.run("models fallbacks add kimi").stderr.contains("chutes/moonshotai/Kimi-K2"), "did you mean");
    stage.failed("models fallbacks add zai-org/GLM-4.7-TEE --json", 1, "fallback-is-default");
    stage.failed("models fallbacks remove moonshotai/Kimi-K2.5-TEE --json", 1, "unknown-fallback");
    let removed = stage.json("models fallbacks remove chutes-pro --json");
    assert_eq!(removed["changed"], true);
    assert_eq!(fallbacks(), json!([other, fast]));
    // What nobody knows any more can go, too.
    let config = in_fallbacks(&stage.home.read(CONFIG), other, "chutes/gone/Model");
    stage.home.write(CONFIG, config);
    stage.ok("models fallbacks remove chutes/gone/Model");
    assert_eq!(fallbacks(), json!([fast]));
    stage.ok("models fallbacks clear");
    assert_eq!(stage.json("models status --json")["fallbacks"], json!([]));
}

/// The config with another text in the place of one of its fallbacks.
fn in_fallbacks(config: &str, old: &str, new: &str) -> String {
    let (head, tail) = config.split_at(config.find("fallbacks").expect("fallbacks"));
    head.to_owned() + &tail.replacen(old, new, 1)
}

#[test]
fn the_image_model_is_set() {
    let stage = onboarded();
    let set = stage.json("models set-image chutes-fast --json");
    assert_eq!((&set["changed"], &set["image"]), (&json!(true), &json!("chutes/zai-org/GLM-4.7-FP8")));
    assert_eq!(set["warnings"][0]["code"], "no-image-input", "it takes text only: {set}");
    assert_eq!(stage.config()["agents"]["defaults"]["imageModel"]["primary"], set["image"]);
    assert_eq!(stage.json("models set-image chutes-fast --json")["changed"], false);
    assert!(stage.ok("models set-image chutes-vision").contains("Image model: chutes/"));
    assert_eq!(stage.json("models set-image chutes-vision --json")["warnings"], json!([]));
    stage.failed("models set-image nosuchalias --json", 1, "unknown-model");
}

#[test]
fn a_home_of_another_provider_gets_no_chutes_by_the_way() {
    let stage = Stage { home: Home::new(), ..onboarded() };
    let config = "{ agents: { defaults: { model: { primary: \"anthropic/claude-opus-4-6\", fallbacks: [\"openai/gpt-5\"] } } } }";
    stage.home.write(CONFIG, config);
    assert_eq!(stage.json("models fallbacks list --json"), json!({ "fallbacks": ["openai/gpt-5"] }));
    for line in ["clear", "remove openai/gpt-5"] {
        stage.failed(&format!("models fallbacks {line} --json"), 1, "not-configured");
    }
    stage.failed("models set-image openai/gpt-5 --json", 1, "not-configured");
    assert_eq!(stage.home.read(CONFIG), config);
}

#[test]
fn refresh_brings_the_registered_models_up_to_date() {
    let stage = onboarded();
    let before = stage.home.read(CONFIG);
    let same = stage.json("models refresh --json");
    assert_eq!((&same["changed"], &same["added"], &same["removed"]), (&json!(false), &json!([]), &json!([])));
    assert_eq!(stage.home.read(CONFIG), before);

    stage.standin.set_models(sample::list(Era::Later));
    let later = stage.json("models refresh --json");
    assert_eq!(later["changed"], true);
    assert!(later["removed"].as_array().expect("a list").contains(&json!("openai/gpt-oss-120b-TEE")), "{later}");
    let codes: Vec<_> = later["warnings"].as_array().expect("a list").iter().map(|w| w["code"].clone()).collect();
    assert!(codes.contains(&json!("default-not-served")), "{later}");
    assert_eq!(
        stage.config()["agents"]["defaults"]["model"]["primary"],
        "chutes/zai-org/GLM-4.7-TEE",
        "a timer chooses nothing"
    );
    assert!(stage.json("models list --json")["models"][0]["tags"].to_string().contains("not served"));

    let before = stage.home.read(CONFIG);
    stage.standin.set_fault(Route::Models, Fault::Status(503));
    stage.failed("models refresh --json", 1, "service");
    stage.standin.set_fault(Route::Models, Fault::Status(401));
    stage.failed("models refresh --json", 3, "credential-refused");
    assert_eq!(stage.home.read(CONFIG), before);
}

#[test]
fn refresh_repair_takes_successors_and_check_only_tells() {
    let stage = onboarded();
    assert_eq!(stage.run("models refresh --check").code, 0);
    let quiet = stage.run("models refresh --quiet --repair");
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    stage.ok("models fallbacks add openai/gpt-oss-120b-TEE");

    stage.standin.set_models(sample::list(Era::Later));
    let files =
        || stage.home.files().into_iter().map(|path| std::fs::read(stage.home.join(&path)).ok()).collect::<Vec<_>>();
    let before = files();
    let ran = stage.run("models refresh --repair --check --quiet --json");
    let told: Value = serde_json::from_str(&ran.stdout).expect("one document");
    assert_eq!((ran.code, &told["changed"], &told["wouldChange"]), (4, &json!(false), &json!(true)), "{ran:?}");
    assert_eq!(files(), before, "--check writes nothing");
    let default = |document: &Value| {
        let proposed = document["proposed"].as_array().expect("a list");
        proposed.iter().find(|entry| entry["for"] == "default").cloned().expect("the default")
    };
    let successor = default(&told);
    assert_eq!(successor["old"], "chutes/zai-org/GLM-4.7-TEE");
    let price = &successor["price"];
    let factor = price["new"]["input"].as_f64().expect("a price") / price["old"]["input"].as_f64().expect("a price");
    assert!((price["factor"]["input"].as_f64().expect("a factor") - factor).abs() < 0.001, "{successor}");

    // A timer that was not told to repair proposes the same, and takes nothing.
    let plain = stage.json("models refresh --json");
    assert_eq!((&default(&plain)["new"], &default(&plain)["applied"]), (&successor["new"], &json!(false)));
    assert_eq!(stage.json("models status --json")["defaultModel"], "chutes/zai-org/GLM-4.7-TEE");
    let unchanged = stage.run("models refresh --check --json");
    let document: Value = serde_json::from_str(&unchanged.stdout).expect("one document");
    assert_eq!((unchanged.code, &document["wouldChange"]), (4, &json!(false)), "it needs attention: {document}");

    let repaired = stage.json("models refresh --repair --json");
    assert_eq!((&repaired["changed"], &default(&repaired)["applied"]), (&json!(true), &json!(true)));
    assert_eq!(default(&repaired)["new"], successor["new"]);
    let status = stage.json("models status --check --json");
    assert_eq!(status["defaultModel"], successor["new"]);
    assert!(status["served"].as_object().expect("a map").values().all(|served| served != false), "{status}");
    assert!(!status["fallbacks"].to_string().contains("gpt-oss"), "{status}");
    let again = stage.json("models refresh --repair --json");
    assert_eq!((&again["changed"], &again["proposed"]), (&json!(false), &json!([])), "{again}");
    assert_eq!(stage.run("models refresh --check").code, 0);
}

#[test]
fn what_is_not_served_is_not_green() {
    let stage = onboarded();
    let check = || {
        let ran = stage.run("models status --check --json");
        (ran.code, serde_json::from_str::<Value>(&ran.stdout).expect("one document")["served"].clone())
    };
    let (code, served) = check();
    assert_eq!((code, &served["chutes/zai-org/GLM-4.7-TEE"]), (0, &json!(true)), "{served}");
    // Another provider's model is not ours to judge.
    let gone = "chutes/openai/gpt-oss-120b-TEE";
    stage.ok(&format!("models fallbacks add {gone}"));
    let with = |what: &str| in_fallbacks(&stage.home.read(CONFIG), gone, what);
    let other = with("anthropic/claude-opus-4-6");
    let before = stage.home.read(CONFIG);
    stage.home.write(CONFIG, other);
    let (code, served) = check();
    assert_eq!((code, &served["anthropic/claude-opus-4-6"]), (0, &Value::Null), "{served}");
    stage.home.write(CONFIG, before);
    assert_eq!(check().0, 0);
    // Gone from the list: the default is fine, one fallback is dead.
    let list: Value = serde_json::from_slice(&sample::list(Era::Documented)).expect("JSON");
    let left: Vec<&Value> = list["data"].as_array().expect("a list").iter().filter(|m| m["id"] != gone[7..]).collect();
    stage.standin.set_models(json!({ "object": "list", "data": left }).to_string().into_bytes());
    stage.json("models refresh --json");
    let (code, served) = check();
    assert_eq!((code, &served[gone]), (1, &json!(false)), "{served}");
    assert!(stage.ok("models status").contains("not served"), "without --check it only tells");
    stage.ok("models refresh --repair");
    assert_eq!(check().0, 0);
    // A call that fails, for whatever reason.
    for status in [402, 404, 503] {
        stage.standin.set_fault(Route::Chat, Fault::Status(status));
        assert_eq!(stage.run("models status --check --probe").code, 1, "{status}");
        assert_eq!(stage.run("models status --probe").code, 0, "{status}");
    }
}

#[test]
fn refresh_keeps_left_out_what_was_left_out() {
    let stage = onboarded();
    let some = "zai-org/GLM-4.7-TEE,openai/gpt-oss-120b-TEE";
    let again = [BIN, "onboard", "--non-interactive", "--api-key-stdin", "--models", some];
    assert_eq!(stage.home.run_with_input(again, KEY).code, 0);
    let count = |stage: &Stage| {
        stage.config()["models"]["providers"]["chutes"]["models"].as_array().map(Vec::len).expect("models")
    };
    let before = count(&stage);
    stage.json("models refresh --json");
    assert_eq!(count(&stage), before);
}

#[test]
fn config_get_answers_as_openclaw_does() {
    let stage = onboarded();
    assert_eq!(stage.ok("config get models.mode"), "merge\n");
    assert_eq!(stage.ok("config get models.mode --json"), "\"merge\"\n");
    assert_eq!(stage.ok("config get models.providers.chutes.models[0].contextWindow"), "202752\n");
    let models = stage.json("config get models --json");
    assert_eq!(models["providers"]["chutes"]["api"], "openai-completions");
    let shown = stage.ok("config get models");
    assert!(shown.contains("chutes/zai-org/GLM-4.7-TEE"), "{shown}");
    assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON"), models);
    stage.failed("config get nope.path --json", 1, "no-such-path");
}

#[test]
fn undo_puts_the_old_bytes_back() {
    let stage = onboarded();
    let before = std::fs::read(stage.home.join(CONFIG)).expect("the config");
    stage.ok("models set chutes-fast");
    assert_ne!(std::fs::read(stage.home.join(CONFIG)).expect("the config"), before);
    let undone = stage.json("undo --json");
    assert_eq!(undone["restored"], json!([stage.home.join(CONFIG)]));
    assert_eq!(std::fs::read(stage.home.join(CONFIG)).expect("the config"), before);
}

#[test]
fn nothing_configured_is_said_and_not_invented() {
    let stage = Stage { home: Home::new(), ..onboarded() };
    assert_eq!(stage.json("models list --json"), json!({ "count": 0, "models": [] }));
    assert_eq!(stage.json("models aliases list --json"), json!({ "aliases": {} }));
    assert_eq!(stage.ok("models aliases list"), "Aliases (0):\n- none\n");
    let status = stage.json("models status --json");
    assert_eq!((&status["defaultModel"], &status["auth"]["status"]), (&Value::Null, &json!("missing")));
    assert_eq!(status["catalog"]["source"], "bundled");
    stage.failed("models aliases add x zai-org/GLM-4.7-TEE --json", 1, "not-configured");
    stage.failed("models refresh --json", 1, "not-configured");
    assert_eq!(stage.home.files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn the_target_options_name_other_files() {
    let stage = onboarded();
    let config = stage.home.read(CONFIG);
    stage.home.write("elsewhere.json5", config.replace("chutes-fast", "elsewhere"));
    stage.home.write(".openclaw-work/openclaw.json", config.replace("chutes-fast", "at-work"));
    for (line, alias) in [
        ("models aliases list --plain --config elsewhere.json5", "elsewhere "),
        ("--config=elsewhere.json5 models aliases list --plain", "elsewhere "),
        ("models aliases list --plain --profile work", "at-work "),
        ("models aliases list --plain --profile default", "chutes-fast "),
    ] {
        assert!(stage.ok(line).contains(alias), "{line}");
    }
    stage.failed("models list --json --profile ../x", 2, "bad-profile-name");
    stage.failed("models list --json --agent nobody", 2, "unknown-agent");
}

#[test]
fn a_broken_config_is_named_and_left_alone() {
    let stage = onboarded();
    stage.home.write(CONFIG, "{ models: { } ");
    for line in
        ["models list --json", "models set chutes-fast --json", "config get models --json", "models refresh --json"]
    {
        stage.failed(line, 1, "config-malformed");
    }
    let onboard = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
    let ran = stage.home.run_with_input(onboard, KEY);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(stage.home.read(CONFIG), "{ models: { } ");
}
