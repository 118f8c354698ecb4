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
    assert!(!codes.contains(&"not-renewable"), "the secret is where the gateway reads it: {codes:?}");
    assert_eq!(home.files_containing(SECRET), [home.join(".openclaw/.env")]);
    assert_eq!(profile(&home)["clientId"], CLIENT_ID);
    assert_eq!(pending(&home), 0);
    assert_eq!(finish(&home, &address).code, 1, "single use");
}

/// Twenty of them, all past the point where the attempt is read: one has it.
#[test]
fn of_twenty_that_finish_at_once_one_sends_the_code() {
    use std::io::{Read, Write};
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let address = get(start(&home)["url"].as_str().unwrap()).location();
    let (begin, rest) = address.split_at(8);
    let mut running: Vec<_> = (0..20)
        .map(|_| {
            let mut command = home.command([BIN, "login", "finish", "--redirect-stdin", "--json"]);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for child in &mut running {
        child.stdin.as_mut().unwrap().write_all(begin.as_bytes()).unwrap();
    }
    // Who reads the address has read the attempt.
    let deadline = std::time::Instant::now() + testkit::timeout();
    for child in &running {
        while rustix::io::ioctl_fionread(child.stdin.as_ref().unwrap()).unwrap() > 0 {
            assert!(std::time::Instant::now() < deadline, "it never reads");
            std::thread::yield_now();
        }
    }
    for child in &mut running {
        child.stdin.take().unwrap().write_all(rest.as_bytes()).unwrap();
    }
    let ended: Vec<(Option<i32>, String)> = running
        .into_iter()
        .map(|mut child| {
            let mut said = String::new();
            child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
            let document: Value = serde_json::from_str(&said).unwrap_or_default();
            let code = document["error"]["code"].as_str().unwrap_or("ok").to_owned();
            (child.wait().unwrap().code(), code)
        })
        .collect();
    assert_eq!(chutes.counts().requests, 1, "{ended:?}");
    assert_eq!(ended.iter().filter(|end| **end == (Some(0), "ok".to_owned())).count(), 1, "{ended:?}");
    let others = ended.iter().filter(|end| **end == (Some(1), "no-login-started".to_owned()));
    assert_eq!(others.count(), 19, "{ended:?}");
    assert_eq!(profile(&home)["clientId"], CLIENT_ID);
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
    std::fs::remove_file(home.join(".openclaw/.env")).unwrap();
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
    assert_eq!((ran.code, json(&ran)["probe"]["result"].as_str()), (2, Some("ok")), "the gateway has no secret");
    assert_eq!(chutes.counts().refreshed, 1);
    assert!(home.files_containing(SECRET).is_empty(), "the secret stays in the environment");
}

fn error_code(ran: &Ran) -> (i32, String) {
    (ran.code, json(ran)["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn without_the_secret_nothing_starts_and_no_code_is_used() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_SECRET", "");
    let ran = home.run([BIN, "login", "start", "--json"]);
    assert_eq!(error_code(&ran), (2, "missing-client-secret".to_owned()));
    assert!(ran.stderr.contains("CHUTES_CLIENT_SECRET"), "{}", ran.stderr);
    assert_eq!(pending(&home), 0);

    home.set("CHUTES_CLIENT_SECRET", SECRET);
    let begun = start(&home);
    assert!(home.files_containing(SECRET).is_empty(), "the waiting sign-in is without it");
    let address = get(begun["url"].as_str().unwrap()).location();
    home.set("CHUTES_CLIENT_SECRET", "");
    let ran = finish(&home, &address);
    assert_eq!(error_code(&ran), (2, "missing-client-secret".to_owned()));
    assert_eq!((chutes.counts().requests, pending(&home)), (0, 1), "the code is still good");
    home.set("CHUTES_CLIENT_SECRET", SECRET);
    assert_eq!(finish(&home, &address).code, 0);
}

#[test]
fn the_secret_may_wait_with_the_sign_in_or_where_openclaw_reads_it() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    let ran = home.run([BIN, "login", "start", "--keep-secret", "--json"]);
    let waiting = home.files_containing(SECRET);
    assert_eq!(waiting.len(), 1);
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&waiting[0].metadata().unwrap()) & 0o777, 0o600);
    home.set("CHUTES_CLIENT_SECRET", "");
    let address = get(json(&ran)["url"].as_str().unwrap()).location();
    assert_eq!(finish(&home, &address).code, 0);
    assert!(!waiting[0].exists());
    // From then on OpenClaw has it, and so have we.
    let address = get(start(&home)["url"].as_str().unwrap()).location();
    assert_eq!(finish(&home, &address).code, 0);
    assert_eq!(home.files_containing(SECRET), [home.join(".openclaw/.env")]);
}

#[test]
fn no_sign_in_asks_for_less_than_the_one_before() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = signed_in(&chutes);
    home.set("CHUTES_OAUTH_SCOPES", "openid quota:read");
    let ran = home.run([BIN, "login", "start", "--json"]);
    let begun = json(&ran);
    assert_eq!(begun["scopes"], serde_json::json!(["openid", "quota:read", "profile", "chutes:invoke"]));
    assert_eq!(begun["warnings"][0]["code"], "scopes-kept");
    assert!(ran.stderr.contains("chutes:invoke"), "{}", ran.stderr);
    assert_eq!(finish(&home, &get(begun["url"].as_str().unwrap()).location()).code, 0);
    // Another app has its own past.
    home.set("CHUTES_CLIENT_ID", "cid_000000000000000000000001");
    assert_eq!(start(&home)["scopes"], serde_json::json!(["openid", "quota:read"]));
}

const ADMIN: &str =
    "cpk_00112233445566778899aabbccddeeff.00112233445566778899aabbccddeeff.CanaryAdminKeyCanaryAdminKeyCana";

#[test]
fn an_app_is_registered_with_a_key_that_may_and_signs_in() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = chutes.home();
    home.set("CHUTES_CLIENT_ID", "");
    home.set("CHUTES_CLIENT_SECRET", "");
    home.set("USER", "al_ice");
    let create = |home: &Home, key: &str, more: &[&str]| {
        let argv = [&[BIN, "login", "app", "create", "--api-key-stdin"][..], more].concat();
        home.run_with_input(argv, format!("{key}\n"))
    };
    let ran = create(&home, ADMIN, &["--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let made = json(&ran);
    assert!(made["name"].as_str().unwrap().starts_with("OpenClaw alice "), "{made}");
    let uris = made["redirectUris"].as_array().unwrap();
    assert!(
        uris.len() == 4
            && uris[0] == chutes.redirect()
            && uris.iter().any(|uri| uri == "http://[::1]:1456/oauth-callback")
    );
    let app = chutes.idp.apps().pop().unwrap();
    assert!(!app.public && app.name == made["name"].as_str().unwrap());
    assert!(home.files_containing(ADMIN).is_empty() && home.files_containing("csc_").is_empty(), "nothing is stored");
    // The id is remembered; the secret is for the script to pass on.
    home.set("CHUTES_CLIENT_SECRET", made["clientSecret"].as_str().unwrap());
    let address = get(start(&home)["url"].as_str().unwrap()).location();
    assert_eq!(finish(&home, &address).code, 0);
    assert_eq!(profile(&home)["clientId"], made["clientId"]);

    let file = home.join("secret");
    let ran = create(&home, ADMIN, &["--client-secret-file", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(secret.starts_with("csc_") && !ran.stdout.contains("csc_") && !ran.stderr.contains("csc_"));
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&file.metadata().unwrap()) & 0o777, 0o600);
    let apps = chutes.idp.apps().len();
    let again = create(&home, ADMIN, &["--json", "--client-secret-file", file.to_str().unwrap()]);
    assert_eq!(error_code(&again), (2, "client-secret-file".to_owned()), "nothing is overwritten");
    assert_eq!((create(&home, ADMIN, &[]).code, chutes.idp.apps().len()), (2, apps), "the secret needs a place");
}

#[test]
fn a_key_that_may_not_registers_nothing_and_is_not_repeated() {
    let chutes = Chutes::start(None);
    let home = chutes.home();
    let narrow = format!("{}narrow", &ADMIN[..96]);
    for (key, code) in [(narrow.as_str(), "key-may-not"), ("cpk_canary", "api-key-malformed")] {
        let ran = home.run_with_input([BIN, "login", "app", "create", "--api-key-stdin", "--json"], key);
        assert_eq!(json(&ran)["error"]["code"], code, "{ran:?}");
        assert!(!ran.stdout.contains(key) && !ran.stderr.contains(key));
    }
    assert!(chutes.idp.apps().is_empty());
}

#[test]
fn a_key_at_hand_finds_a_redirect_that_is_not_registered() {
    use openclaw_chutes::standin::idp::{App, Apps};
    let chutes = Chutes::with(Options {
        apps: Apps::Listed(vec![App {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SECRET.to_owned(),
            name: "Mine".to_owned(),
            redirect_uris: vec!["http://127.0.0.1:9/other".to_owned()],
            ..App::default()
        }]),
        ..Options::default()
    });
    let mut home = chutes.home();
    home.set("CHUTES_API_KEY", ADMIN);
    let ran = home.run([BIN, "login", "start", "--json"]);
    assert_eq!(error_code(&ran), (2, "redirect-not-registered".to_owned()));
    assert!(ran.stderr.contains(&chutes.redirect()), "the exact address: {}", ran.stderr);
    assert_eq!(pending(&home), 0);
    // A key that may not ask is no reason to stop.
    home.set("CHUTES_API_KEY", format!("{}narrow", &ADMIN[..96]));
    start(&home);
    let text = home.run([BIN, "login", "start"]).stdout;
    assert!(text.contains("Redirect URI not registered") && text.contains(&chutes.redirect()), "{text}");
}

/// `models status --check --json`: the exit code, the standing, and what is known of the next renewal.
fn check(home: &Home) -> (i32, String, String) {
    let ran = home.run([BIN, "models", "status", "--check", "--json"]);
    let auth = &json(&ran)["auth"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (ran.code, text(&auth["status"]), text(&auth["renewal"]["outlook"]))
}

fn standing(code: i32, status: &str, outlook: &str) -> (i32, String, String) {
    (code, status.to_owned(), outlook.to_owned())
}

#[test]
fn a_sign_in_that_is_proven_to_renew_is_usable() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = signed_in(&chutes);
    // The shell's secret is none of the gateway's.
    home.set("CHUTES_CLIENT_SECRET", "");
    assert_eq!(check(&home), standing(0, "ok", "proven"), "an hour is left, and it renews itself");
    expire(&home);
    assert_eq!(check(&home), standing(0, "ok", "proven"), "renewed when it is needed next");
    assert_eq!(chutes.counts().refreshed, 0, "asking spends nothing");
    // A narrower consent weakens it: it stops at the next renewal.
    chutes.idp.change(|options| options.grant_only = Some(vec!["openid".to_owned()]));
    let other = chutes.home();
    let address = get(start(&other)["url"].as_str().unwrap()).location();
    assert_eq!(finish(&other, &address).code, 3, "without chutes:invoke");
    assert_eq!(check(&home), standing(1, "expired", "scope-missing"));
    chutes.idp.expire_refresh_tokens();
    assert_eq!(check(&home), standing(1, "expired", "refused"));
    let said = home.run([BIN, "models", "status"]).stdout;
    assert!(said.contains("cannot be renewed any more"), "{said}");
    std::fs::remove_file(home.join(".openclaw/.env")).unwrap();
    assert_eq!(check(&home), standing(1, "expired", "no-client-secret"));
}

#[test]
fn a_refused_token_is_renewed_once_before_it_is_judged() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = signed_in(&chutes);
    let old = profile(&home);
    // Revoked long before its time.
    chutes.idp.expire_access_tokens();
    let ran = home.run([BIN, "models", "status", "--probe", "--check", "--json"]);
    assert_eq!((ran.code, json(&ran)["probe"]["result"].as_str()), (0, Some("ok")), "{ran:?}");
    assert_eq!(chutes.counts().refreshed, 1);
    assert_ne!(profile(&home)["access"], old["access"]);
    // With the new one refused too, it is refused, and not renewed again and again.
    chutes.standin.set_fault(openclaw_chutes::standin::Route::Chat, openclaw_chutes::standin::Fault::Status(401));
    let ran = home.run([BIN, "models", "status", "--probe", "--check", "--json"]);
    assert_eq!((ran.code, json(&ran)["auth"]["status"].as_str()), (1, Some("refused")), "{ran:?}");
    assert_eq!(chutes.counts().refreshed, 2);
}
