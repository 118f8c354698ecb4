//! Several accounts, and the way out, on the real OpenClaw: what it uses afterwards, and that no secret of ours is
//! left in any file.

use crate::doctor::{Patient, SECRET, json_of};
use crate::support::*;
use openclaw_chutes::standin::Keys;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::http;
use testkit::peer::{Release, patiently};

/// A key of another provider's, which the stand-in takes as well.
const OTHER: &str =
    "cpk_00000000000000000000000000000000.11111111111111111111111111111111.OtherOtherOtherOtherOtherOtherOt";
/// A second Chutes key.
const SECOND: &str =
    "cpk_22222222222222222222222222222222.33333333333333333333333333333333.SecondSecondSecondSecondSecondSe";

/// What somebody had before Chutes came: a provider with a key of its own, and its model.
fn theirs(patient: &Patient) -> String {
    let model = json!({"id": "zai-org/GLM-4.7-TEE", "name": "Theirs", "contextWindow": 131_072, "maxTokens": 8192,
        "input": ["text"], "reasoning": false, "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}});
    let provider =
        json!({"baseUrl": patient.standin.api_base(), "api": "openai-completions", "apiKey": OTHER, "models": [model]});
    format!(
        "{{\n  // ours since spring\n  \"gateway\": {{ \"mode\": \"local\" }},\n  \"models\": {{ \"providers\": {{ \"theirs\": {provider} }} }},\n  \"agents\": {{ \"defaults\": {{ \"model\": \"theirs/zai-org/GLM-4.7-TEE\" }} }}\n}}\n"
    )
}

/// Every token of the service's in any file of the home, databases included.
fn tokens(patient: &Patient) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in patient.home.files() {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned();
        for (at, _) in text.match_indices("cak_").chain(text.match_indices("crt_")) {
            let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
            let token: String = text[at..].chars().take_while(is_part).collect();
            if token.len() > 40 {
                found.insert(token);
            }
        }
    }
    found
}

fn is_active(patient: &Patient, token: &str) -> bool {
    let authority = patient.standin.address().to_string();
    let form = format!("token={token}");
    let head = format!(
        "POST /idp/token/introspect HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer: Value = serde_json::from_str(&http::request(&authority, &head).body).unwrap();
    answer["active"].as_bool().unwrap()
}

/// Everything of Chutes' leaves, and OpenClaw goes on with what it had.
fn leaves(release: &Release, with_key: bool, ask: bool) {
    let mut patient = Patient::bare(release);
    patient.standin.set_keys(Keys::Listed(vec![KEY.to_owned(), OTHER.to_owned()]));
    let theirs = theirs(&patient);
    patient.home.write(CONFIG, &theirs);
    match with_key {
        true => patient.onboard(),
        false => patient.sign_in(),
    }
    let issued = tokens(&patient);
    assert_eq!(issued.is_empty(), with_key, "{issued:?}");
    assert!(issued.iter().any(|token| is_active(&patient, token)) != with_key);

    let ran = patient.ours(&["logout", "--json"]);
    let report = document(&ran);
    let revoked = if with_key { Value::Null } else { json!(true) };
    assert_eq!((ran.code, &report["revoked"]), (0, &revoked), "{ran:?}");
    assert_eq!(report["default"], "theirs/zai-org/GLM-4.7-TEE", "{report:#}");
    assert!(!issued.iter().any(|token| is_active(&patient, token)), "the service forgot them");
    assert_eq!(tokens(&patient), BTreeSet::new(), "no token is left");
    for secret in [KEY, SECRET] {
        assert_eq!(patient.home.files_containing(secret), Vec::<std::path::PathBuf>::new(), "{secret}");
    }
    let config = patient.home.read(CONFIG);
    assert!(config.contains("// ours since spring") && !config.contains("chutes/"), "{config}");
    if ask {
        let answer = patient.openclaw(&["infer", "model", "run", "--local", "--prompt", "hi", "--json"]);
        assert_eq!(json_of(&answer)["ok"], true, "{answer:?}");
        let mut calls = patient.standin.requests().into_iter().filter(|call| call.target.contains("chat"));
        let last = calls.next_back().and_then(|call| call.authorization).unwrap_or_default();
        assert_eq!(last, format!("Bearer {OTHER}"), "with what was there before");
    }
}

/// Two keys in OpenClaw's database: another one is used, and one leaves.
fn side_by_side(release: &Release) {
    let patient = Patient::with_a_key(release);
    patient.standin.set_keys(Keys::Listed(vec![KEY.to_owned(), SECOND.to_owned()]));
    let second = json!({"type": "api_key", "provider": "chutes", "key": SECOND});
    patient.store(|_| panic!("a database"), &format!(r#"store.profiles["chutes:second"] = {second}"#));
    let accounts = |words: &[&str]| document(&patient.ours(&[&["accounts"], words, &["--json"]].concat()));
    let listed = accounts(&["list"]);
    let active = |listed: &Value| {
        let active: Vec<_> = listed["accounts"].as_array().unwrap().iter().filter(|a| a["active"] == true).collect();
        (listed["accounts"].as_array().unwrap().len(), active[0]["id"].as_str().unwrap().to_owned())
    };
    assert_eq!(active(&listed), (2, "chutes:default".to_owned()), "{listed:#}");
    assert_eq!(accounts(&["use", "second"])["active"], "chutes:second");
    let status = json_of(&patient.openclaw(&["models", "status", "--json"]));
    let providers = status["auth"]["oauth"]["providers"].as_array().unwrap();
    let chutes =
        providers.iter().find(|provider| provider["provider"] == "chutes").unwrap_or_else(|| panic!("{status}"));
    assert_eq!(chutes["effectiveProfiles"][0]["profileId"], "chutes:second", "OpenClaw uses it, too: {status}");
    assert_eq!(accounts(&["remove", "default"])["active"], "chutes:second");
    let listed = accounts(&["list"]);
    assert_eq!(active(&listed), (1, "chutes:second".to_owned()), "{listed:#}");
    let undone = patient.ours(&["undo"]);
    assert_eq!((undone.code, active(&accounts(&["list"])).0), (0, 2), "{undone:?}");
}

fn with(version: &str) {
    let Some(release) = Release::of(version) else { return };
    std::thread::scope(|scope| {
        scope.spawn(|| leaves(&release, true, version == "2026.5.28"));
        scope.spawn(|| leaves(&release, false, true));
        // The database of the others is changed in the same way.
        if version == "2026.9.6" {
            scope.spawn(|| side_by_side(&release));
        }
    });
}

#[test]
fn on_openclaw_2026_5_28() {
    with("2026.5.28");
}

#[test]
fn on_openclaw_2026_7_1() {
    with("2026.7.1");
}

#[test]
fn on_openclaw_2026_9_6() {
    with("2026.9.6");
}

/// Choices made on one generation are the same on another, and carry no secret.
#[test]
fn choices_travel_between_generations() {
    let (Some(old), Some(new)) = (Release::of("2026.5.28"), Release::of("2026.7.1")) else { return };
    let from = Patient::with_a_key(&old);
    for words in [
        &["models", "set", "chutes/openai/gpt-oss-120b-TEE"][..],
        &["models", "fallbacks", "add", "chutes-pro"],
        &["models", "set-image", "chutes-vision"],
        &["models", "aliases", "add", "mine", DEFAULT],
    ] {
        let ran = from.ours(words);
        assert_eq!(ran.code, 0, "{words:?}: {ran:?}");
    }
    let text = from.ours(&["export"]).stdout;
    assert!(leaks(&text).is_none() && !text.contains("cpk_"), "{text}");
    let to = Patient::with_a_key(&new);
    let ran = patiently(&to.home, [BIN, "import", "-", "--json"], &text);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(to.ours(&["export"]).stdout, text);
    let ran = patiently(&from.home, [BIN, "import", "-", "--check"], &text);
    assert_eq!(ran.code, 0, "what it came from needs no change: {ran:?}");
}
