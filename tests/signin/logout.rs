//! `logout` and `accounts`: what leaves, what stays, and what the service says of the tokens afterwards.

use crate::support::*;
use openclaw_chutes::standin::idp::Consent;
use serde_json::{Value, json};
use testkit::{Home, Ran};

const CONFIG: &str = ".openclaw/openclaw.json";
const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";
const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.CanaryCanaryCanaryCanaryCanary89";
/// A config that somebody else wrote, with another provider in use.
const THEIRS: &str = "{\n  // ours since spring\n  gateway: { mode: 'local' },\n  agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-6', fallbacks: ['google/gemini-3-pro'] } } },\n}\n";

fn run(home: &Home, line: &str) -> Ran {
    home.run(std::iter::once(BIN).chain(line.split_whitespace()))
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

fn signed_in(chutes: &Chutes, home: &Home) {
    let begun = document(&run(home, "login start --json"));
    let address = get(begun["url"].as_str().unwrap()).location();
    let ran = home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--json"], &address);
    assert_eq!(ran.code, 0, "{ran:?} {:?}", chutes.counts());
}

fn config(home: &Home) -> Value {
    json5::from_str(&home.read(CONFIG)).unwrap()
}

/// The tokens in the store.
fn tokens(home: &Home) -> Vec<String> {
    let store: Value = serde_json::from_str(&home.read(STORE)).unwrap();
    let profiles = store["profiles"].as_object().unwrap().values();
    let of = |profile: &Value| ["access", "refresh"].map(|name| profile[name].as_str().map(str::to_owned));
    profiles.flat_map(of).flatten().collect()
}

fn is_active(chutes: &Chutes, token: &str) -> bool {
    let authority = chutes.standin.address().to_string();
    let form = format!("token={token}");
    let answer = request(
        &authority,
        &format!(
            "POST /idp/token/introspect HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        ),
    );
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["active"].as_bool().unwrap()
}

#[test]
fn a_sign_in_is_revoked_and_leaves_no_secret_and_no_ref() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    home.write(CONFIG, THEIRS);
    let other = json!({"version": 1, "profiles": {"anthropic:default": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-x"}}});
    home.write(STORE, serde_json::to_string_pretty(&other).unwrap());
    signed_in(&chutes, &home);
    let tokens = tokens(&home);
    assert!(tokens.len() == 2 && tokens.iter().all(|token| is_active(&chutes, token)));

    let before = home.read(CONFIG);
    let checked = run(&home, "logout --check");
    assert!(checked.code == 4 && checked.stdout.contains("anthropic/claude-opus-4-6"), "{checked:?}");
    assert_eq!(home.read(CONFIG), before);

    let ran = run(&home, "logout --json");
    let report = document(&ran);
    assert_eq!(
        (ran.code, &report["revoked"], &report["removed"]),
        (0, &json!(true), &json!(["chutes:alice"])),
        "{report:#}"
    );
    assert_eq!(report["default"], "anthropic/claude-opus-4-6");
    assert!(tokens.iter().all(|token| !is_active(&chutes, token)), "the service forgot them");
    for secret in tokens.iter().map(String::as_str).chain([SECRET]) {
        assert_eq!(home.files_containing(secret), Vec::<std::path::PathBuf>::new());
    }
    let text = home.read(CONFIG);
    assert!(!text.contains("chutes") && text.contains("// ours since spring"), "{text}");
    assert_eq!(config(&home)["agents"]["defaults"]["model"]["primary"], "anthropic/claude-opus-4-6");
    assert_eq!(serde_json::from_str::<Value>(&home.read(STORE)).unwrap()["profiles"], other["profiles"]);
    // A second time there is nothing to do.
    assert_eq!(document(&run(&home, "logout --json"))["changed"], false);
    // The config can be put back; the credential is gone for good.
    assert_eq!(run(&home, "undo").code, 0);
    assert_eq!(home.read(CONFIG), before);
}

#[test]
fn a_key_leaves_and_the_models_may_stay() {
    let chutes = Chutes::start(None);
    for (options, stays) in [("", false), (" --keep-models", true)] {
        let home = chutes.home();
        let ran = home.run_with_input([BIN, "onboard", "--non-interactive", "--api-key-stdin"], KEY);
        assert_eq!(ran.code, 0, "{ran:?}");
        let ran = run(&home, &format!("logout --json{options}"));
        let report = document(&ran);
        assert_eq!((ran.code, &report["revoked"]), (0, &Value::Null), "{ran:?}");
        let codes: Vec<&str> =
            report["warnings"].as_array().unwrap().iter().filter_map(|w| w["code"].as_str()).collect();
        assert!(codes.contains(&"key-still-valid"), "{codes:?}");
        assert!(home.files_containing("CanaryCanary").is_empty());
        let text = home.read(CONFIG);
        assert_eq!(text.contains("GLM-4.7-TEE"), stays, "{text}");
        assert!(!text.contains("chutes:default") && text.contains("\"mode\": \"local\""), "{text}");
        assert_eq!(document(&run(&home, "doctor --json"))["ok"], false, "there is nothing to sign in with");
    }
}

#[test]
fn what_cannot_be_revoked_stays_unless_it_is_to_go_here_only() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    signed_in(&chutes, &home);
    let (config, store) = (home.read(CONFIG), home.read(STORE));
    // Nobody listens there.
    home.set("CHUTES_IDP_BASE_URL", format!("http://127.0.0.1:{}", free_port()));
    let ran = run(&home, "logout --json");
    assert_eq!((ran.code, document(&ran)["error"]["code"].as_str()), (1, Some("not-revoked")), "{ran:?}");
    assert_eq!((home.read(CONFIG), home.read(STORE)), (config, store));
    let ran = run(&home, "logout --local --json");
    assert_eq!((ran.code, &document(&ran)["revoked"]), (0, &json!(false)), "{ran:?}");
    assert_eq!(home.files_containing("crt_"), Vec::<std::path::PathBuf>::new());
}

#[test]
fn two_accounts_side_by_side_and_one_in_use() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    signed_in(&chutes, &home);
    chutes.idp.change(|options| options.username = "bob".to_owned());
    signed_in(&chutes, &home);
    let active = || {
        let list = document(&run(&home, "accounts list --json"));
        let accounts = list["accounts"].as_array().unwrap();
        assert_eq!(accounts.len(), 2, "{list:#}");
        accounts.iter().find(|account| account["active"] == true).unwrap()["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(active(), "chutes:bob");
    assert_eq!(run(&home, "accounts use alice").code, 0);
    assert_eq!(active(), "chutes:alice");
    let listed = run(&home, "accounts list");
    assert!(listed.stdout.contains("* chutes:alice") && listed.stdout.contains("  chutes:bob"), "{listed:?}");
    assert_eq!(run(&home, "undo").code, 0);
    assert_eq!(active(), "chutes:bob");
    let unknown = run(&home, "accounts use carol --json");
    assert_eq!(document(&unknown)["error"]["code"], "unknown-account");

    assert_eq!(run(&home, "accounts remove bob").code, 0);
    let list = document(&run(&home, "accounts list --json"));
    assert_eq!((list["accounts"].as_array().unwrap().len(), &list["accounts"][0]["active"]), (1, &json!(true)));
    assert!(!home.read(STORE).contains("bob") && !home.read(CONFIG).contains("bob"));
    let last = run(&home, "accounts remove alice --json");
    assert_eq!(document(&last)["error"]["code"], "last-account");
}

#[test]
fn who_is_in_use_stays_so_when_another_one_leaves() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    for name in ["alice", "bob", "carol"] {
        chutes.idp.change(|options| options.username = name.to_owned());
        signed_in(&chutes, &home);
    }
    for (gone, active) in [("bob", "chutes:carol"), ("carol", "chutes:alice")] {
        let left = document(&run(&home, &format!("accounts remove {gone} --json")));
        assert_eq!(left["active"], active, "{left:#}");
    }
}

/// While the service does not answer, nothing has left yet.
#[test]
fn ctrl_c_while_the_tokens_are_being_revoked_leaves_everything() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    signed_in(&chutes, &home);
    let (config, store) = (home.read(CONFIG), home.read(STORE));
    // It takes the call, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    home.set("CHUTES_IDP_BASE_URL", format!("http://{}", silent.local_addr().unwrap()));
    let pty = home.pty([BIN, "logout", "--yes"]).spawn();
    let _call = silent.accept().unwrap();
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130, "{}", pty.screen().describe());
    pty.assert_terminal_restored();
    assert_eq!((home.read(CONFIG), home.read(STORE)), (config, store));
    assert!(tokens(&home).iter().all(|token| is_active(&chutes, token)));
}

/// A token that ended lies in the store, and a variable of the user's own, which the config refers to, is in use.
#[test]
fn what_the_config_refers_to_is_taken_away_or_stays_as_asked() {
    let chutes = Chutes::start(None);
    let set_up = || {
        let home = chutes.home();
        let reference = r#"{ source: "env", provider: "default", id: "CHUTES_API_KEY" }"#;
        let base = chutes.standin.api_base();
        home.write(
            CONFIG,
            format!(
                "{{ gateway: {{ mode: 'local' }}, auth: {{ profiles: {{ 'chutes:old': {{ provider: 'chutes', mode: 'token' }} }} }}, \
                 agents: {{ defaults: {{ model: 'chutes/zai-org/GLM-4.7-TEE' }} }}, \
                 models: {{ providers: {{ chutes: {{ baseUrl: '{base}', apiKey: {reference}, models: [] }} }} }} }}\n"
            ),
        );
        let old = json!({"type": "token", "provider": "chutes", "token": "cak_old", "expires": 1});
        home.write(STORE, json!({"version": 1, "profiles": {"chutes:old": old}}).to_string());
        home.write(".openclaw/.env", format!("CHUTES_API_KEY={KEY}\n"));
        home
    };
    let listed = |home: &Home| -> Vec<String> {
        let list = document(&run(home, "accounts list --json"));
        list["accounts"].as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect()
    };
    let api_key = |home: &Home| config(home)["models"]["providers"]["chutes"].get("apiKey").cloned();
    let own = "models.providers.chutes.apiKey";

    let home = set_up();
    assert_eq!(listed(&home), ["chutes:old", own]);
    let ran = run(&home, &format!("accounts remove {own}"));
    assert_eq!((ran.code, api_key(&home), listed(&home)), (0, None, vec!["chutes:old".to_owned()]), "{ran:?}");
    assert_eq!(home.read(".openclaw/.env"), format!("CHUTES_API_KEY={KEY}\n"), "it is the user's");

    let home = set_up();
    let ran = run(&home, "accounts remove chutes:old");
    assert_eq!((ran.code, listed(&home)), (0, vec![own.to_owned()]), "{ran:?}");
    assert!(api_key(&home).is_some() && !home.read(CONFIG).contains("chutes:old"), "{}", home.read(CONFIG));
    assert!(!home.read(STORE).contains("cak_old"));
    // The way out leaves the variable, and says so.
    let report = document(&run(&home, "logout --json --yes --local"));
    let warned = report["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "variable-still-set");
    assert!(warned && api_key(&home).is_none(), "{report:#}");
    assert_eq!(home.read(".openclaw/.env"), format!("CHUTES_API_KEY={KEY}\n"));
}
