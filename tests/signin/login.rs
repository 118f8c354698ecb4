//! The sign-in in two processes, a token from the environment, and renewals by our own commands.

use crate::support::*;
use openclaw_chutes::standin::idp::{Consent, Options};
use serde_json::Value;
use std::process::Stdio;
use testkit::{Home, Ran};

const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"))
}

/// `login start`: its document.
fn start(home: &Home) -> Value {
    let ran = home.run([BIN, "login", "start", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    json(&ran)
}

fn finish(home: &Home, input: &str) -> Ran {
    home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--json"], input)
}

/// Signed in, as `alice`.
fn signed_in(chutes: &Chutes) -> Home {
    let home = chutes.home();
    let address = get(start(&home)["url"].as_str().unwrap()).location();
    let ran = finish(&home, &address);
    assert_eq!(ran.code, 0, "{ran:?}");
    home
}

fn profile(home: &Home) -> Value {
    let store: Value = serde_json::from_str(&home.read(STORE)).unwrap();
    store["profiles"]["chutes:alice"].clone()
}

fn expire(home: &Home) {
    let mut store: Value = serde_json::from_str(&home.read(STORE)).unwrap();
    store["profiles"]["chutes:alice"]["expires"] = Value::from(1);
    home.write(STORE, serde_json::to_string_pretty(&store).unwrap());
}

fn pending(home: &Home) -> usize {
    home.files().iter().filter(|path| path.ends_with("pending-login.json")).count()
}

#[test]
fn one_process_begins_and_another_finishes() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let begun = start(&home);
    assert_eq!(begun["ok"], true);
    assert_eq!(begun["next"], "openclaw-chutes login finish --redirect-stdin");
    let id = begun["id"].as_str().unwrap();
    assert!(!id.is_empty() && !begun["url"].as_str().unwrap().contains(id), "the id tells nothing");
    assert!(begun["expiresAt"].as_str().unwrap().ends_with('Z'));
    let file = home.files().into_iter().find(|path| path.ends_with("pending-login.json")).unwrap();
    let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap());
    assert_eq!(mode & 0o777, 0o600);

    let address = get(begun["url"].as_str().unwrap()).location();
    let ran = finish(&home, &format!("{address}\n"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = json(&ran);
    assert_eq!((&report["authChoice"], &report["auth"]["kind"]), (&"chutes".into(), &"oauth".into()));
    assert_eq!((&report["auth"]["profileId"], &report["auth"]["account"]), (&"chutes:alice".into(), &"alice".into()));
    let codes: Vec<&str> =
        report["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"not-renewable"), "no secret is where the gateway reads it: {codes:?}");
    assert_eq!(profile(&home)["clientId"], CLIENT_ID);
    assert_eq!(pending(&home), 0);
    assert_eq!(finish(&home, &address).code, 1, "single use");
}

#[test]
fn a_mistake_keeps_the_attempt_and_a_denial_ends_it() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let url = start(&home)["url"].as_str().unwrap().to_owned();
    for (input, code) in
        [("", "not-the-redirect"), (url.as_str(), "not-the-redirect"), ("code=abc", "not-the-redirect")]
    {
        let ran = finish(&home, input);
        assert_eq!((ran.code, json(&ran)["error"]["code"].as_str()), (2, Some(code)), "{input}");
        assert_eq!(pending(&home), 1);
    }
    assert_eq!(chutes.counts().requests, 0, "nothing was sent to the token endpoint");
    chutes.idp.change(|options| options.auto_consent = Some(Consent::Deny));
    let ran = finish(&home, &get(&url).location());
    assert_eq!((ran.code, json(&ran)["error"]["code"].as_str()), (3, Some("consent-denied")));
    assert_eq!(pending(&home), 0);
    assert!(home.files_containing("chutes:").is_empty(), "nothing was written");
}

#[test]
fn a_missing_scope_writes_nothing() {
    let only = Some(vec!["openid".to_owned()]);
    let options = Options { auto_consent: Some(Consent::Allow), grant_only: only, ..Options::default() };
    let chutes = Chutes::with(options);
    let home = chutes.home();
    let address = get(start(&home)["url"].as_str().unwrap()).location();
    let ran = finish(&home, &address);
    assert_eq!((ran.code, json(&ran)["error"]["code"].as_str()), (3, Some("scope-missing")));
    assert!(ran.stderr.contains("chutes:invoke"));
    assert!(!home.join(STORE).exists() && !home.join(".openclaw/openclaw.json").exists());
}

#[test]
fn without_an_app_or_a_start_it_says_what_is_missing() {
    let chutes = Chutes::start(None);
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_ID", "");
    let ran = home.run([BIN, "login", "start", "--json"]);
    assert_eq!((ran.code, json(&ran)["error"]["code"].as_str()), (2, Some("missing-client-id")));
    assert!(ran.stderr.contains("CHUTES_CLIENT_ID"));
    let ran = finish(&home, "x");
    assert_eq!((ran.code, json(&ran)["error"]["code"].as_str()), (1, Some("no-login-started")));
    let ran = home.run([BIN, "onboard", "--non-interactive", "--auth-choice", "chutes", "--json"]);
    assert_eq!((ran.code, json(&ran)["error"]["code"].as_str()), (2, Some("oauth-needs-person")));
    assert!(ran.stderr.contains("login start"));
    home.set("CHUTES_OAUTH_REDIRECT_URI", "http://127.0.0.1.evil.tld:1456/oauth-callback");
    home.set("CHUTES_CLIENT_ID", CLIENT_ID);
    let ran = home.run([BIN, "login", "start", "--json"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("CHUTES_OAUTH_REDIRECT_URI"), "{}", ran.stderr);
}

#[test]
fn a_token_from_the_environment_is_a_credential() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let owner = signed_in(&chutes);
    let access = profile(&owner)["access"].as_str().unwrap().to_owned();
    let mut home = chutes.home();
    home.set("CHUTES_OAUTH_TOKEN", &access);
    let ran = home.run([BIN, "onboard", "--non-interactive", "--auth-choice", "chutes", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let report = json(&ran);
    assert_eq!((&report["auth"]["kind"], &report["model"]["verified"]), (&"token".into(), &true.into()));
    assert!(report["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "token-expires"));
    let asked = chutes.standin.requests().into_iter().rfind(|record| record.target == "/v1/models").unwrap();
    assert_eq!(asked.authorization, Some(format!("Bearer {access}")), "discovery used it");
    home.set("CHUTES_OAUTH_TOKEN", "cak_nobodys");
    let ran = home.run([BIN, "onboard", "--non-interactive", "--auth-choice", "chutes", "--json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
}

#[test]
fn twenty_processes_at_once_renew_once() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = signed_in(&chutes);
    home.write(".openclaw/.env", format!("CHUTES_CLIENT_SECRET={SECRET}\n"));
    expire(&home);
    chutes.idp.expire_access_tokens();
    let old = profile(&home);
    let probe = || {
        let mut command = home.command([BIN, "models", "status", "--probe", "--json"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..20).map(|_| probe()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["probe"]["result"], "ok", "{report}");
    }
    let counts = chutes.counts();
    assert_eq!((counts.refreshed, counts.refresh_refused), (1, 0));
    let new = profile(&home);
    assert!(new["access"] != old["access"] && new["refresh"] != old["refresh"], "both tokens are the new ones");
    assert!(new["expires"].as_u64() > Some(1));
    let left = home.files().into_iter().filter(|path| path.extension().is_some_and(|end| end == "lock"));
    let state = left.filter(|path| path.starts_with(home.join(".openclaw"))).count();
    assert_eq!(state, 0, "no lock is left behind");
}

#[test]
fn a_renewal_that_fails_says_why_and_spends_nothing() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = signed_in(&chutes);
    home.set("CHUTES_CLIENT_SECRET", "");
    expire(&home);
    let before = home.read(STORE);
    let ran = home.run([BIN, "models", "status", "--probe", "--check", "--json"]);
    assert_eq!((ran.code, json(&ran)["auth"]["status"].as_str()), (1, Some("refused")), "no secret anywhere");
    assert!(json(&ran)["probe"]["message"].as_str().unwrap().contains("CHUTES_CLIENT_SECRET"));
    let ran = home.run([BIN, "models", "refresh", "--json"]);
    assert_eq!(ran.code, 0, "the list is public: {ran:?}");
    assert!(json(&ran)["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == "not-renewed"));
    assert_eq!(home.read(STORE), before);

    home.set("CHUTES_CLIENT_SECRET", SECRET);
    let ran = home.run([BIN, "models", "status", "--probe", "--check", "--json"]);
    assert_eq!((ran.code, json(&ran)["probe"]["result"].as_str()), (2, Some("ok")), "an hour is less than a day");
    assert_eq!(chutes.counts().refreshed, 1);
    assert!(home.files_containing(SECRET).is_empty(), "the secret stays in the environment");
}
