//! `onboard --non-interactive --json` as the real binary: every failure of discovery, the captured lists,
//! the test call, and that no terminal is ever read.

use crate::support::*;
use openclaw_chutes::standin::{ClosedPort, Fault, Route};
use serde_json::{Value, json};
use testkit::Ran;

const BUILT_IN: [&str; 9] = [
    "zai-org/GLM-4.7-TEE",
    "zai-org/GLM-5-TEE",
    "deepseek-ai/DeepSeek-V3.2-TEE",
    "deepseek-ai/DeepSeek-R1-0528-TEE",
    "moonshotai/Kimi-K2.5-TEE",
    "chutesai/Mistral-Small-3.2-24B-Instruct-2506",
    "Qwen/Qwen3-Coder-Next-TEE",
    "openai/gpt-oss-120b-TEE",
    // The target of chutes-fast.
    "zai-org/GLM-4.7-FP8",
];

/// The names of the members of an object, in order.
fn members(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The document has exactly the fields of the contract.
fn has_the_fields_of_the_contract(document: &Value) {
    let fields = ["ok", "changed", "authChoice", "config", "auth", "catalog", "model", "aliases", "warnings"];
    assert_eq!(members(document), fields);
    assert_eq!(members(&document["config"]), ["path", "backup"]);
    assert_eq!(members(&document["auth"]), ["store", "profileId", "kind", "account", "expiresAt"]);
    assert_eq!(members(&document["catalog"]), ["source", "models", "fetchedAt", "reason"]);
    let model = ["primary", "fallbacks", "image", "served", "verified", "latencyMs"];
    assert_eq!(members(&document["model"]), model);
    assert_eq!(members(&document["aliases"]), ["chutes-fast", "chutes-pro", "chutes-vision"]);
    for warning in document["warnings"].as_array().expect("a list") {
        assert_eq!(members(warning), ["code", "message"]);
    }
}

fn fell_back(stage: &Stage, ran: &Ran, why: &str, what: &str) {
    let document = document(ran);
    assert_eq!(ran.code, 0, "{what}: {ran:?}");
    has_the_fields_of_the_contract(&document);
    assert_eq!(document["ok"], true);
    assert_eq!((&document["catalog"]["source"], &document["catalog"]["models"]), (&json!("bundled"), &json!(8)));
    let reason = document["catalog"]["reason"].as_str().expect("a reason");
    assert!(reason.contains(why), "{what}: {reason}");
    assert_eq!(document["catalog"]["fetchedAt"], Value::Null);
    assert!(warnings(&document).contains(&"catalog-fallback"), "{document}");
    assert_eq!(stage.registered(), BUILT_IN, "{what}");
    assert_eq!(document["model"]["primary"], DEFAULT);
    assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
    for (alias, target) in ALIASES {
        assert_eq!(document["aliases"][alias], target);
        assert_eq!(stage.config()["agents"]["defaults"]["models"][target]["alias"], alias);
    }
    assert_eq!((leaks(&ran.stdout), leaks(&ran.stderr)), (None, None), "{what}");
}

/// Standard output takes nothing: what was done is said where it can be.
#[test]
fn a_report_that_cannot_be_given_says_that_the_files_are_written() {
    let stage = Stage::new();
    let full = |words: &[&str]| {
        let ours = [&["sh", "-c", "exec \"$@\" >/dev/full", "sh", BIN], words].concat();
        stage.home.run_with_input(ours, format!("{KEY}\n"))
    };
    let ran = full(&["onboard", "--non-interactive", "--json", "--api-key-stdin"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("Everything was written") && ran.stderr.contains("models status"), "{ran:?}");
    assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
    for words in [&["models", "set", "chutes-pro"][..], &["undo"]] {
        let ran = full(words);
        assert!(ran.code == 1 && ran.stderr.contains("Everything was written"), "{words:?}: {ran:?}");
    }
    // Nothing was written, and nothing of the kind is said.
    for words in [&["models", "list"][..], &["config", "get", "models", "--json"]] {
        let ran = full(words);
        assert!(ran.code == 1 && ran.stderr.contains("No space left") && !ran.stderr.contains("written"), "{ran:?}");
    }
}

#[test]
fn every_failure_of_discovery_registers_the_built_in_models() {
    let faults = [
        (Fault::Status(401), "401"),
        (Fault::Status(403), "403"),
        (Fault::Status(429), "429"),
        (Fault::Status(500), "500"),
        (Fault::Status(503), "503"),
        (Fault::Html, "web page"),
        (Fault::Truncated, "127.0.0.1"),
        (Fault::OddJson, "list"),
        (Fault::EmptyList, "no model"),
        (Fault::Close, "127.0.0.1"),
        (Fault::GzipBomb, "5 MiB"),
        (Fault::Oversized, "5 MiB"),
        (Fault::Redirect(307, "http://127.0.0.2:1/v1/models".to_owned()), "127.0.0.2"),
        (Fault::Hang, "10 s"),
        (Fault::SlowHeaders, "10 s"),
    ];
    std::thread::scope(|scope| {
        for (fault, why) in faults {
            scope.spawn(move || {
                let stage = Stage::new();
                stage.standin.set_fault(Route::Models, fault.clone());
                let ran = stage.onboard(&[]);
                fell_back(&stage, &ran, why, &format!("{fault:?}"));
                assert_eq!(document(&ran)["model"]["verified"], true, "the test call decides");
            });
        }
    });
}

#[test]
fn nobody_there_no_such_name_and_no_tls() {
    let closed = ClosedPort::new().expect("a port");
    let refused = format!("http://{}/v1", closed.address().expect("its address"));
    let not_tls = Stage::new();
    let speaks_no_tls = not_tls.standin.api_base().replace("http:", "https:");
    for (url, why) in [
        (refused, "127.0.0.1"),
        ("https://chutes.invalid/v1".to_owned(), "chutes.invalid could not be resolved"),
        (speaks_no_tls, "TLS"),
    ] {
        let mut stage = Stage::new();
        stage.home.set("CHUTES_BASE_URL", &url);
        let ran = stage.onboard(&[]);
        fell_back(&stage, &ran, why, &url);
        let document = document(&ran);
        assert_eq!((&document["model"]["served"], &document["model"]["verified"]), (&Value::Null, &json!(false)));
        assert!(warnings(&document).contains(&"unverified"), "{document}");
    }
}

#[test]
fn the_captured_lists_give_successors() {
    for day in ["2026-06-11", "2026-08-22"] {
        let path = format!("{}/tests/data/chutes-models-{day}.json", env!("CARGO_MANIFEST_DIR"));
        let list = std::fs::read(path).expect("the captured list");
        let parsed: Value = serde_json::from_slice(&list).expect("JSON");
        let served = ids(&parsed["data"]);
        let stage = Stage::serving(list);
        let ran = stage.onboard(&[]);
        let document = document(&ran);
        assert_eq!(ran.code, 0, "{ran:?}");
        has_the_fields_of_the_contract(&document);
        assert_eq!(
            (&document["catalog"]["source"], &document["catalog"]["models"]),
            (&json!("live"), &json!(served.len()))
        );
        assert_eq!(document["catalog"]["reason"], Value::Null);

        // The default, chutes-fast and chutes-vision were served on neither day.
        let is_served = |reference: &Value| {
            let reference = reference.as_str().expect("a ref");
            served.iter().any(|id| format!("chutes/{id}") == reference)
        };
        let primary = &document["model"]["primary"];
        assert!(is_served(primary) && primary != DEFAULT, "{day}: {primary}");
        assert_eq!((&document["model"]["served"], &document["model"]["verified"]), (&json!(true), &json!(true)));
        for (alias, documented) in ALIASES {
            let target = &document["aliases"][alias];
            assert!(is_served(target), "{day}: {alias} is {target}");
            assert_eq!(target == documented, alias == "chutes-pro", "{day}: {alias} is {target}");
            assert_eq!(stage.config()["agents"]["defaults"]["models"][target.as_str().unwrap()]["alias"], alias);
        }
        let codes = warnings(&document);
        assert_eq!(codes.iter().filter(|code| **code == "default-not-served").count(), 1, "{document}");
        assert_eq!(codes.iter().filter(|code| **code == "alias-target-not-served").count(), 2, "{document}");
        let said = document["warnings"].to_string();
        for name in ["zai-org/GLM-4.7-TEE", "chutes-fast", "chutes-vision"] {
            assert!(said.contains(name), "{day}: the warnings name {name}: {said}");
        }
        assert!(said.contains(primary.as_str().unwrap().trim_start_matches("chutes/")), "{day}: {said}");

        // The same list gives the same answer.
        let again = stage.onboard(&[]);
        let again = document_of_unchanged(&again);
        assert_eq!((&again["model"]["primary"], &again["aliases"]), (primary, &document["aliases"]), "{day}");
    }
}

fn document_of_unchanged(ran: &Ran) -> Value {
    let document = document(ran);
    assert_eq!((ran.code, &document["changed"]), (0, &json!(false)), "{ran:?}");
    document
}

#[test]
fn the_test_call_decides_what_is_written() {
    for (status, exit) in [(401, 3), (403, 3), (404, 1)] {
        let stage = Stage::new();
        stage.standin.set_fault(Route::Chat, Fault::Status(status));
        let ran = stage.onboard(&[]);
        let document = document(&ran);
        assert_eq!(ran.code, exit, "{status}: {ran:?}");
        assert_eq!(members(&document), ["ok", "error", "changed"]);
        assert_eq!(members(&document["error"]), ["code", "message", "hint"]);
        assert!(stage.stamp().is_empty(), "{status}: nothing is written: {:?}", stage.stamp());
        assert!(stage.home.files_containing(KEY).is_empty());
        assert_eq!((leaks(&ran.stdout), leaks(&ran.stderr)), (None, None), "{status}");
    }
    for (fault, code) in [
        (Fault::Status(402), "balance"),
        (Fault::Status(429), "unverified"),
        (Fault::Status(500), "unverified"),
        (Fault::Status(503), "unverified"),
        (Fault::Close, "unverified"),
    ] {
        let stage = Stage::new();
        stage.standin.set_fault(Route::Chat, fault.clone());
        let ran = stage.onboard(&[]);
        let document = document(&ran);
        assert_eq!(ran.code, 0, "{fault:?}: {ran:?}");
        has_the_fields_of_the_contract(&document);
        assert_eq!((&document["model"]["verified"], &document["model"]["latencyMs"]), (&json!(false), &Value::Null));
        assert!(warnings(&document).contains(&code), "{fault:?}: {document}");
        assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
        assert_eq!((leaks(&ran.stdout), leaks(&ran.stderr)), (None, None), "{fault:?}");
    }
}

#[test]
fn a_terminal_is_never_read() {
    let stage = Stage::new();
    stage.home.write("key", format!("{KEY}\n"));
    // Nobody types. Were the terminal asked for anything, this would wait for ever.
    let key = stage.home.join("key");
    let onboard = [BIN, "onboard", "--non-interactive", "--json"];
    let pty = stage.home.pty(onboard.iter().map(std::ffi::OsString::from).chain(["--api-key-file".into(), key.into()]));
    let pty = pty.spawn();
    assert_eq!(pty.wait_exit(), 0, "{}", pty.screen().describe());
    pty.assert_terminal_restored();
    let written = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(!written.contains('\u{1b}'), "no question is put to the terminal: {written:?}");

    // And with nothing to go by, it ends with what is missing instead of asking.
    let pty = Stage::new().home.pty(onboard).spawn();
    assert_eq!(pty.wait_exit(), 2);
}

#[test]
fn missing_input_lists_what_would_supply_it() {
    for args in [
        &["onboard", "--non-interactive"][..],
        &["onboard", "--non-interactive", "--json"],
        &["onboard", "--non-interactive", "--json", "--auth-choice", "chutes-api-key"],
    ] {
        let stage = Stage::new();
        // With standard input closed altogether, too.
        for closed in [false, true] {
            let words = args.join(" ");
            let line = format!("exec '{BIN}' {words} {}", if closed { "<&-" } else { "" });
            let ran = stage.home.run(["sh", "-c", &line]);
            assert_eq!(ran.code, 2, "{words}: {ran:?}");
            for option in ["--api-key-stdin", "--api-key-file", "CHUTES_API_KEY"] {
                assert!(ran.stderr.contains(option), "{words}: {ran:?}");
            }
            if words.contains("json") {
                assert_eq!(document(&ran)["error"]["code"], "missing-credential");
            }
            assert!(stage.home.files().is_empty() && stage.standin.requests().is_empty());
        }
    }
}

#[test]
fn with_standard_input_closed_the_environment_is_enough() {
    let mut stage = Stage::new();
    stage.home.set("CHUTES_API_KEY", KEY);
    let ran = stage.home.run(["sh", "-c", &format!("exec '{BIN}' onboard --non-interactive --json <&-")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    has_the_fields_of_the_contract(&document(&ran));
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);
}
