//! `onboard` without a person, as the real binary against the stand-in service: the JSON document, every
//! exit code, and that a failure leaves no file behind.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{ClosedPort, Config, Fault, Keys, Route, Standin};
use serde_json::{Value, json};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const CONFIG: &str = ".openclaw/openclaw.json";
const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";

struct Stage {
    home: Home,
    standin: Standin,
}

impl Stage {
    fn new(era: Era) -> Stage {
        let standin =
            Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(era))).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        Stage { home, standin }
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.home.run(std::iter::once(BIN).chain(args.iter().copied()))
    }

    /// `onboard --non-interactive --json`, with the key on standard input.
    fn onboard(&self, more: &[&str]) -> Ran {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        self.home.run_with_input(args.iter().chain(more), format!("{KEY}\n"))
    }

    fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5")
    }

    fn untouched(&self) {
        assert!(!self.home.join(".openclaw").exists(), "nothing of OpenClaw's may be written");
    }
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("one document: {error}\n{ran:?}"))
}

fn codes(document: &Value) -> Vec<&str> {
    document["warnings"].as_array().expect("a list").iter().map(|w| w["code"].as_str().expect("a code")).collect()
}

fn failed(ran: &Ran, exit: i32, code: &str) {
    let document = document(ran);
    assert_eq!(ran.code, exit, "{ran:?}");
    assert_eq!(document["error"]["code"], code, "{document}");
    assert_eq!((&document["ok"], &document["changed"]), (&json!(false), &json!(false)));
    assert_eq!(document.as_object().map(|d| d.len()), Some(3));
    assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"), "{ran:?}");
}

#[test]
fn a_served_default_gives_exactly_the_document_of_the_contract() {
    let stage = Stage::new(Era::Documented);
    let ran = stage.onboard(&["--accept-risk"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut got = document(&ran);
    let listed = serde_json::from_slice::<Value>(&sample::list(Era::Documented)).expect("JSON")["data"]
        .as_array()
        .expect("a list")
        .len();
    assert!(got["catalog"]["fetchedAt"].as_str().expect("a time").ends_with('Z'));
    got["catalog"]["fetchedAt"] = json!("time");
    assert!(got["model"]["latencyMs"].is_u64());
    got["model"]["latencyMs"] = json!(1);
    got["warnings"].as_array_mut().expect("a list").retain(|w| w["code"] != "openclaw-not-found");
    assert_eq!(
        got,
        json!({
            "ok": true,
            "changed": true,
            "authChoice": "chutes-api-key",
            "config": { "path": stage.home.join(CONFIG), "backup": null },
            "auth": {
                "store": stage.home.join(STORE),
                "profileId": "chutes:default",
                "kind": "api_key",
                "account": null,
                "expiresAt": null,
            },
            "catalog": { "source": "live", "models": listed, "fetchedAt": "time", "reason": null },
            "model": {
                "primary": "chutes/zai-org/GLM-4.7-TEE",
                "fallbacks": [],
                "image": null,
                "served": true,
                "verified": true,
                "latencyMs": 1,
            },
            "aliases": {
                "chutes-fast": "chutes/zai-org/GLM-4.7-FP8",
                "chutes-pro": "chutes/deepseek-ai/DeepSeek-V3.2-TEE",
                "chutes-vision": "chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506",
            },
            "warnings": [],
        })
    );
    let config = stage.config();
    assert_eq!(config["agents"]["defaults"]["model"]["primary"], "chutes/zai-org/GLM-4.7-TEE");
    assert_eq!(config["models"]["providers"]["chutes"]["models"].as_array().map(Vec::len), Some(listed));
    assert_eq!(config["models"]["providers"]["chutes"]["baseUrl"], stage.standin.api_base());
    // The key is in the credential store and nowhere else.
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);
    assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"), "{ran:?}");
    for file in [CONFIG, STORE] {
        let mode = stage.home.join(file).metadata().expect(file).permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
}

#[test]
fn the_same_input_twice_writes_once() {
    let stage = Stage::new(Era::Documented);
    assert_eq!(stage.onboard(&[]).code, 0);
    let stamp = || {
        [CONFIG, STORE].map(|file| {
            let path = stage.home.join(file);
            (std::fs::read(&path).expect(file), path.metadata().and_then(|m| m.modified()).expect(file))
        })
    };
    let before = stamp();
    let again = stage.onboard(&[]);
    let document = document(&again);
    assert_eq!((again.code, &document["changed"]), (0, &json!(false)), "{again:?}");
    assert_eq!(document["config"]["backup"], Value::Null);
    assert_eq!(stamp(), before);
    let check = stage.onboard(&["--check"]);
    assert_eq!(check.code, 0, "{check:?}");
    assert_eq!(stamp(), before);
}

#[test]
fn check_shows_the_diff_and_writes_nothing() {
    let stage = Stage::new(Era::Documented);
    let args = [BIN, "onboard", "--check", "--api-key-stdin"];
    let ran = stage.home.run_with_input(args, KEY);
    assert_eq!(ran.code, 4, "{ran:?}");
    for part in ["+++ ~/.openclaw/openclaw.json", "@@", "GLM-4.7-TEE", "chutes:default"] {
        assert!(ran.stdout.contains(part), "{part}: {ran:?}");
    }
    assert!(!ran.stdout.contains("canary"), "{ran:?}");
    assert_eq!(stage.home.files(), Vec::<std::path::PathBuf>::new());
    assert!(stage.standin.requests().iter().all(|request| request.method == "GET"), "a dry run spends nothing");
}

#[test]
fn check_without_a_key_takes_the_stored_credential() {
    let stage = Stage::new(Era::Documented);
    let missing = stage.run(&["onboard", "--check", "--json"]);
    failed(&missing, 2, "missing-credential");
    assert_eq!(stage.onboard(&[]).code, 0);
    let same = stage.run(&["onboard", "--check", "--json"]);
    assert_eq!((same.code, &document(&same)["wouldChange"]), (0, &json!(false)), "{same:?}");
    let other = stage.run(&["onboard", "--check", "--json", "--model", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"]);
    let said = document(&other);
    assert_eq!((other.code, &said["wouldChange"]), (4, &json!(true)), "{other:?}");
    assert_eq!((&said["auth"]["profileId"], &said["auth"]["kind"]), (&json!("chutes:default"), &json!("api_key")));
}

#[test]
fn what_is_no_longer_served_gets_a_successor_and_a_warning() {
    let stage = Stage::new(Era::Later);
    let ran = stage.onboard(&[]);
    let document = document(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    let codes = codes(&document);
    assert!(codes.contains(&"default-not-served"), "{document}");
    assert_eq!(codes.iter().filter(|code| **code == "alias-target-not-served").count(), 2, "{document}");
    let served = serde_json::from_slice::<Value>(&sample::list(Era::Later)).expect("JSON");
    let refs: Vec<String> = served["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|model| format!("chutes/{}", model["id"].as_str().expect("an id")))
        .collect();
    let chosen = document["aliases"].as_object().expect("aliases").values().chain([&document["model"]["primary"]]);
    for reference in chosen {
        assert!(refs.iter().any(|served| served == reference), "{reference} is not served");
    }
}

#[test]
fn the_list_of_august_2026_gives_these_successors() {
    let stage = Stage::new(Era::Documented);
    stage.standin.set_models(include_bytes!("../data/chutes-models-2026-08-22.json"));
    let ran = stage.onboard(&[]);
    let document = document(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        document["model"]["primary"], "chutes/zai-org/GLM-5.1-TEE",
        "the newest of the family within twice the price: GLM 5.2 costs 2.4 times as much"
    );
    assert_eq!(document["aliases"]["chutes-pro"], "chutes/deepseek-ai/DeepSeek-V3.2-TEE", "still served");
    let mut codes = codes(&document);
    codes.retain(|code| code.ends_with("not-served") || *code == "successor-dearer");
    let expected = ["default-not-served", "alias-target-not-served", "alias-target-not-served", "successor-dearer"];
    assert_eq!(codes, expected);
    assert_eq!(document["catalog"]["models"], 14);
    assert_eq!(document["aliases"]["chutes-fast"], "chutes/deepseek-ai/DeepSeek-V4-Flash-0731-TEE", "cheap and quick");
    assert_eq!(document["aliases"]["chutes-vision"], "chutes/google/gemma-4-31B-turbo-TEE", "the cheapest with images");
    let said = |code: &str| {
        let warnings = document["warnings"].as_array().expect("warnings");
        let found = warnings.iter().find(|warning| warning["code"] == code).expect("the warning");
        found["message"].as_str().expect("words").to_owned()
    };
    for (code, old, new) in [
        ("default-not-served", "$0.40 in, $2.00 out", "$0.98 in, $3.08 out"),
        ("successor-dearer", "$0.060 in, $0.18 out", "$0.12 in, $0.37 out"),
    ] {
        assert!(said(code).contains(old) && said(code).contains(new), "{}", said(code));
    }
}

#[test]
fn every_failure_of_discovery_ends_in_the_built_in_models() {
    let stage = Stage::new(Era::Documented);
    let not_json = Fault::from_name("odd-json").expect("a fault");
    for fault in [
        Fault::Status(401),
        Fault::Status(429),
        Fault::Status(503),
        Fault::Html,
        Fault::Truncated,
        not_json,
        Fault::Close,
    ] {
        stage.standin.set_fault(Route::Models, fault.clone());
        let ran = stage.onboard(&[]);
        let document = document(&ran);
        assert_eq!(ran.code, 0, "{fault:?}: {ran:?}");
        assert_eq!(document["catalog"]["source"], "bundled", "{fault:?}");
        assert_eq!(document["catalog"]["models"], 8, "{fault:?}");
        assert!(!document["catalog"]["reason"].as_str().expect("a reason").is_empty());
        assert_eq!(document["catalog"]["fetchedAt"], Value::Null);
        assert!(codes(&document).contains(&"catalog-fallback"), "{fault:?}");
        assert_eq!(document["model"]["verified"], true, "the test call decides");
        // The eight, and the target of chutes-fast.
        assert_eq!(stage.config()["models"]["providers"]["chutes"]["models"].as_array().map(Vec::len), Some(9));
        assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"), "{ran:?}");
    }
}

#[test]
fn no_service_at_all_is_written_unverified() {
    let closed = ClosedPort::new().expect("a port");
    let mut stage = Stage::new(Era::Documented);
    stage.home.set("CHUTES_BASE_URL", format!("http://{}/v1", closed.address().expect("its address")));
    let ran = stage.onboard(&[]);
    let document = document(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(document["model"]["verified"], false);
    assert_eq!(document["model"]["served"], Value::Null);
    assert!(codes(&document).contains(&"unverified"), "{document}");
}

#[test]
fn the_test_call_decides() {
    for (status, exit, code) in
        [(401, 3, "credential-refused"), (403, 3, "credential-refused"), (404, 1, "model-not-served")]
    {
        let stage = Stage::new(Era::Documented);
        stage.standin.set_fault(Route::Chat, Fault::Status(status));
        failed(&stage.onboard(&[]), exit, code);
        stage.untouched();
    }
    for (status, code) in [(402, "balance"), (429, "unverified"), (500, "unverified")] {
        let stage = Stage::new(Era::Documented);
        stage.standin.set_fault(Route::Chat, Fault::Status(status));
        let ran = stage.onboard(&[]);
        let document = document(&ran);
        assert_eq!((ran.code, &document["model"]["verified"]), (0, &json!(false)), "{ran:?}");
        assert!(codes(&document).contains(&code), "{status}: {document}");
        assert!(!ran.stdout.contains("canary") && !ran.stderr.contains("canary"), "{ran:?}");
    }
    let stage = Stage::new(Era::Documented);
    stage.standin.set_fault(Route::Chat, Fault::Status(401));
    let skipped = stage.onboard(&["--skip-verify"]);
    assert_eq!((skipped.code, &document(&skipped)["model"]["verified"]), (0, &json!(false)), "{skipped:?}");
    assert!(stage.standin.requests().iter().all(|request| !request.target.contains("chat")));
}

#[test]
fn a_refused_key_is_exit_3_with_nothing_written() {
    let stage = Stage::new(Era::Documented);
    let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
    failed(&stage.home.run_with_input(args, "cpk_other.key.canary"), 3, "credential-refused");
    stage.untouched();
}

#[test]
fn missing_or_malformed_input_is_exit_2_before_any_call() {
    let stage = Stage::new(Era::Documented);
    let json = ["onboard", "--non-interactive", "--json"];
    let with = |more: &[&str]| stage.run(&[&json[..], more].concat());
    failed(&with(&[]), 2, "missing-credential");
    failed(&with(&["--auth-choice", "chutes"]), 2, "oauth-needs-person");
    failed(&with(&["--auth-choice", "chutes-api-key"]), 2, "missing-credential");
    failed(&with(&["--api-key-stdin"]), 2, "api-key-malformed");
    failed(&with(&["--api-key-file", "/nonexistent"]), 2, "api-key-file");
    failed(&with(&["--secret-input-mode", "ref", "--api-key-stdin"]), 2, "ref-without-variable");
    failed(&stage.onboard(&["--alias", "a/b=chutes/zai-org/GLM-4.7-TEE"]), 2, "alias-refused");
    let missing = with(&[]);
    for option in ["--api-key-stdin", "--api-key-file", "CHUTES_API_KEY"] {
        assert!(missing.stderr.contains(option), "{missing:?}");
    }
    let needs_person = with(&["--auth-choice", "chutes"]);
    assert!(needs_person.stderr.contains("login start"), "{needs_person:?}");
    stage.untouched();
    let listed_only = stage.standin.requests().iter().all(|request| request.method == "GET");
    assert!(listed_only, "no test call was made");
}

#[test]
fn the_options_choose() {
    let stage = Stage::new(Era::Documented);
    let ran = stage.onboard(&[
        "--model",
        "chutes/moonshotai/Kimi-K2.5-TEE",
        "--fallback",
        "zai-org/GLM-4.7-TEE",
        "--image-model",
        "chutes/moonshotai/Kimi-K2.5-TEE",
        "--alias",
        "mine=chutes/Qwen/Qwen3-Coder-Next-TEE",
        "--models",
        "moonshotai/Kimi-K2.5-TEE,zai-org/GLM-4.7-TEE",
    ]);
    let document = document(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(document["model"]["primary"], "chutes/moonshotai/Kimi-K2.5-TEE");
    assert_eq!(document["model"]["fallbacks"], json!(["chutes/zai-org/GLM-4.7-TEE"]));
    assert_eq!(document["model"]["image"], "chutes/moonshotai/Kimi-K2.5-TEE");
    assert_eq!(document["aliases"]["mine"], "chutes/Qwen/Qwen3-Coder-Next-TEE");
    let config = stage.config();
    assert_eq!(config["agents"]["defaults"]["models"]["chutes/Qwen/Qwen3-Coder-Next-TEE"]["alias"], "mine");
    let ids: Vec<&str> = config["models"]["providers"]["chutes"]["models"]
        .as_array()
        .expect("models")
        .iter()
        .map(|model| model["id"].as_str().expect("an id"))
        .collect();
    assert!(!ids.contains(&"openai/gpt-oss-120b-TEE"), "left out: {ids:?}");
}

#[test]
fn a_reference_keeps_the_key_off_the_disk() {
    let mut stage = Stage::new(Era::Documented);
    stage.home.set("CHUTES_API_KEY", KEY);
    let ran = stage.run(&["onboard", "--non-interactive", "--json", "--secret-input-mode", "ref"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(stage.home.files_containing(KEY), Vec::<std::path::PathBuf>::new());
    let store: Value = serde_json::from_str(&stage.home.read(STORE)).expect("JSON");
    assert_eq!(store["profiles"]["chutes:default"]["keyRef"]["id"], "CHUTES_API_KEY");
}

#[test]
fn a_token_from_the_environment_is_a_credential() {
    let mut stage = Stage::new(Era::Documented);
    stage.standin.set_keys(Keys::Listed(vec!["cak_canary".to_owned()]));
    stage.home.set("CHUTES_OAUTH_TOKEN", "cak_canary");
    let ran = stage.run(&["onboard", "--non-interactive", "--json", "--auth-choice", "chutes"]);
    let document = document(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!((&document["authChoice"], &document["auth"]["kind"]), (&json!("chutes"), &json!("token")));
    assert!(codes(&document).contains(&"token-expires"), "{document}");
}

#[test]
fn the_other_kind_of_credential_replaces_the_old_one() {
    let mut stage = Stage::new(Era::Documented);
    stage.standin.set_keys(Keys::Listed(vec![KEY.to_owned(), "cak_canary".to_owned()]));
    assert_eq!(stage.onboard(&[]).code, 0);
    stage.home.set("CHUTES_OAUTH_TOKEN", "cak_canary");
    let ran = stage.run(&["onboard", "--non-interactive", "--json", "--auth-choice", "chutes"]);
    assert_eq!((ran.code, &document(&ran)["changed"]), (0, &json!(true)), "{ran:?}");
    let store: Value = serde_json::from_str(&stage.home.read(STORE)).expect("JSON");
    let profiles = store["profiles"].as_object().expect("profiles");
    assert_eq!(profiles.len(), 1, "{profiles:?}");
    assert!(!stage.home.read(STORE).contains(KEY));
    let back = stage.onboard(&[]);
    assert_eq!((back.code, &document(&back)["auth"]["kind"]), (0, &json!("api_key")), "{back:?}");
    assert!(!stage.home.read(STORE).contains("cak_canary"));
}

#[test]
fn an_address_that_could_leak_the_key_is_refused_by_name() {
    let mut stage = Stage::new(Era::Documented);
    stage.home.set("CHUTES_BASE_URL", "http://example.com/v1");
    let ran = stage.onboard(&[]);
    failed(&ran, 2, "bad-endpoint");
    assert!(ran.stderr.contains("CHUTES_BASE_URL"), "{ran:?}");
    stage.untouched();
}

#[test]
fn without_json_a_person_reads_a_few_lines() {
    let stage = Stage::new(Era::Documented);
    let args = [BIN, "onboard", "--non-interactive", "--api-key-stdin"];
    let ran = stage.home.run_with_input(args, KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    for part in ["chutes/zai-org/GLM-4.7-TEE", "chutes-fast", "~/.openclaw/openclaw.json", "chutes:default"] {
        assert!(ran.stdout.contains(part), "{part}: {ran:?}");
    }
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains("canary"), "{ran:?}");
}

#[test]
fn a_signal_before_the_write_leaves_nothing() {
    let (heard, requests) = std::sync::mpsc::channel();
    let mut config = Config::serving(Keys::AnyWellFormed, sample::list(Era::Documented));
    config.models_fault = Fault::Hang;
    let standin =
        Standin::start_with(config, Some(Box::new(move |_| heard.send(()).unwrap_or_default()))).expect("a stand-in");
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    home.write("key", KEY);
    for (signal, exit) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        let child = home
            .command([BIN, "onboard", "--non-interactive", "--json", "--api-key-file", "key"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("the program");
        requests.recv_timeout(testkit::timeout()).expect("a request");
        assert_eq!(home.run(["kill", &format!("-{signal}"), &child.id().to_string()]).code, 0);
        let output = child.wait_with_output().expect("its end");
        assert_eq!(output.status.code(), Some(exit), "{signal}");
        let said: Value = serde_json::from_slice(&output.stdout).expect("a document");
        assert_eq!(said["error"]["code"], "interrupted");
        assert_eq!(home.files(), [home.join("key")]);
    }
}

/// An address of the service where `first` happens before the first answer.
fn before_the_answer(standin: &Standin, first: impl FnOnce() + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/v1", listener.local_addr().expect("its address"));
    let api = standin.api_base();
    let service = api.trim_start_matches("http://").trim_end_matches("/v1").to_owned();
    std::thread::spawn(move || {
        let mut first = Some(first);
        for client in listener.incoming() {
            let mut client = client.expect("a caller");
            if let Some(first) = first.take() {
                first();
            }
            let mut service = TcpStream::connect(&service).expect("the stand-in");
            let (mut to_client, mut from_service) = (client.try_clone().expect("it"), service.try_clone().expect("it"));
            std::thread::spawn(move || std::io::copy(&mut from_service, &mut to_client));
            std::thread::spawn(move || std::io::copy(&mut client, &mut service));
        }
    });
    address
}

#[test]
fn a_config_that_changes_while_the_service_answers_is_kept_and_said() {
    for check in [true, false] {
        let mut stage = Stage::new(Era::Documented);
        stage.home.write(CONFIG, "{ theirs: 1 }");
        let config = stage.home.join(CONFIG);
        let change = move || std::fs::write(&config, "{ theirs: 2 } // new").expect("the config");
        stage.home.set("CHUTES_BASE_URL", before_the_answer(&stage.standin, change));
        let more: &[&str] = if check { &["--check"] } else { &[] };
        let ran = stage.onboard(more);
        assert_eq!(ran.code, if check { 4 } else { 0 }, "{ran:?}");
        let document = document(&ran);
        assert!(codes(&document).contains(&"file-changed-meanwhile"), "{document}");
        let warnings = document["warnings"].to_string();
        assert!(warnings.contains("~/.openclaw/openclaw.json changed while this ran"), "{warnings}");
        assert!(stage.home.read(CONFIG).contains("// new"));
        assert_eq!((&stage.config()["theirs"], stage.config()["models"].is_null()), (&json!(2), check));
    }
}

/// From a variable that is not set, or a slip of the pen: nothing of it is written.
#[test]
fn an_option_that_names_no_model_is_refused() {
    let stage = Stage::new(Era::Documented);
    for (options, code) in [
        (["--model", ""], "usage"),
        (["--model", "  "], "usage"),
        (["--fallback", ""], "usage"),
        (["--image-model", ""], "usage"),
        (["--models", ","], "usage"),
        (["--model", "nonsense"], "unknown-ref"),
        (["--fallback", "nonsense"], "unknown-ref"),
        (["--image-model", "chutes/"], "unknown-ref"),
        (["--alias", "mine=nonsense"], "unknown-ref"),
        (["--models", "zai-org/GLM-4.7-TEE,nonsense"], "unknown-ref"),
    ] {
        failed(&stage.onboard(&options), 2, code);
        stage.untouched();
    }
    let ran = stage.onboard(&["--model", "glm-4.7-t"]);
    failed(&ran, 2, "unknown-ref");
    let hint = &document(&ran)["error"]["hint"];
    assert!(hint.as_str().unwrap().contains("chutes/zai-org/GLM-4.7-TEE"), "did you mean: {hint}");
}

/// Where no OpenClaw is known, the credential lies in `.env`: another one replaces it, a sign-out takes it away, and
/// what else the file says stays.
#[test]
fn without_openclaw_the_credential_is_replaced_and_taken_away_in_one_place() {
    let mut stage = Stage::new(Era::Documented);
    stage.home.unset("VOLTA_HOME");
    stage.standin.set_keys(Keys::Listed(vec![KEY.to_owned(), "cak_canary".to_owned()]));
    let before = "# mine\nOTHER='a b'\n";
    stage.home.write(".openclaw/.env", before);
    let first = stage.onboard(&[]);
    assert_eq!(first.code, 0, "{first:?}");
    let reference = |name: &str| json!({"source": "env", "provider": "default", "id": name});
    assert_eq!(stage.config()["models"]["providers"]["chutes"]["apiKey"], reference("CHUTES_API_KEY"));
    assert_eq!(stage.home.read(".openclaw/.env"), format!("{before}CHUTES_API_KEY={KEY}\n"));
    let status = document(&stage.run(&["models", "status", "--json"]));
    assert_eq!((&status["auth"]["kind"], &status["auth"]["status"]), (&json!("api_key"), &json!("ok")), "{status}");

    stage.home.set("CHUTES_OAUTH_TOKEN", "cak_canary");
    let token = stage.run(&["onboard", "--non-interactive", "--json", "--auth-choice", "chutes"]);
    assert_eq!((token.code, &document(&token)["auth"]["kind"]), (0, &json!("token")), "{token:?}");
    assert_eq!(stage.home.read(".openclaw/.env"), format!("{before}CHUTES_OAUTH_TOKEN=cak_canary\n"));
    assert_eq!(stage.config()["models"]["providers"]["chutes"]["apiKey"], reference("CHUTES_OAUTH_TOKEN"));
    stage.home.unset("CHUTES_OAUTH_TOKEN");

    assert_eq!(stage.onboard(&[]).code, 0);
    let out = stage.run(&["logout", "--json", "--yes", "--local"]);
    assert_eq!((out.code, &document(&out)["changed"]), (0, &json!(true)), "{out:?}");
    assert_eq!(codes(&document(&out)), ["key-still-valid"]);
    assert_eq!(stage.home.read(".openclaw/.env"), before);
    assert_eq!(stage.config()["models"]["providers"].get("chutes"), None);
    assert_eq!(stage.run(&["undo"]).code, 0, "and back");
}

/// An image is built without the key.
#[test]
fn a_reference_is_written_without_the_key() {
    let stage = Stage::new(Era::Documented);
    let ran = stage.run(&["onboard", "--non-interactive", "--json", "--secret-input-mode", "ref"]);
    let said = document(&ran);
    assert_eq!((ran.code, &said["ok"], &said["model"]["verified"]), (0, &json!(true), &json!(false)), "{ran:?}");
    assert!(codes(&said).contains(&"variable-not-set"), "{said}");
    let store: Value = serde_json::from_str(&stage.home.read(STORE)).expect("JSON");
    assert_eq!(store["profiles"]["chutes:default"]["keyRef"]["id"], "CHUTES_API_KEY");
    assert!(stage.standin.requests().iter().all(|request| request.authorization.is_none()));
}

/// As the shell's `--api-key-file <(pass show chutes)`, with a mark that an editor of another system left.
#[test]
fn a_key_file_may_be_a_pipe() {
    let mut stage = Stage::new(Era::Documented);
    stage.home.set("KEY", format!("\u{feff}{KEY}\r\n"));
    let script = format!("{BIN} onboard --non-interactive --json --api-key-file <(printf %s \"$KEY\")");
    let ran = stage.home.run(["bash", "-c", &script]);
    assert_eq!((ran.code, &document(&ran)["model"]["verified"]), (0, &json!(true)), "{ran:?}");
    assert!(!codes(&document(&ran)).contains(&"key-file-permissions"), "{ran:?}");
    assert!(stage.home.read(STORE).contains(KEY));
}
