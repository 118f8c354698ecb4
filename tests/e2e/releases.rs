//! The real OpenClaw in its releases, each with a credential store of its own kind: what our
//! onboarding leaves is what they understand, and what a release cannot take is said before anything
//! is written.

use openclaw_chutes::standin::idp::{Consent, Idp, Options};
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use testkit::http::get;
use testkit::peer::{Release, patiently};
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const TOKEN: &str = "cak_0123456789abcdefcanary";
const CONFIG: &str = ".openclaw/openclaw.json";
const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";
const DEFAULT: &str = "chutes/zai-org/GLM-4.7-TEE";
const ALIASES: [(&str, &str); 3] = [
    ("chutes-fast", "chutes/zai-org/GLM-4.7-FP8"),
    ("chutes-pro", "chutes/deepseek-ai/DeepSeek-V3.2-TEE"),
    ("chutes-vision", "chutes/chutesai/Mistral-Small-3.2-24B-Instruct-2506"),
];
const BY_HAND: &str = r#"{
  // written by hand, years ago
  gateway: { mode: 'local' }, // stays
  models: {
    providers: {
      anthropic: { baseUrl: 'https://api.anthropic.com', models: [{ id: 'claude-opus-4-8', name: 'Opus' }] },
    },
  },
  /* the agent
     that answers */
  agents: { defaults: { model: 'anthropic/claude-opus-4-8' } },
}
"#;

struct Stage {
    home: Home,
    _standin: Standin,
}

impl Stage {
    fn new(release: &Release, config: Option<&str>) -> Self {
        let keys = Keys::Listed(vec![KEY.to_owned(), TOKEN.to_owned()]);
        let standin = Standin::start(Config::serving(keys, sample::list(Era::Documented))).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        release.install(&mut home);
        if let Some(config) = config {
            home.write(CONFIG, config);
        }
        Self { home, _standin: standin }
    }

    fn onboard(&self) -> Value {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        let ran = patiently(&self.home, args, &format!("{KEY}\n"));
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(!ran.stdout.contains(KEY) && !ran.stderr.contains(KEY), "{ran:?}");
        json_of(&ran)
    }

    /// OpenClaw itself, which has to succeed.
    #[track_caller]
    fn openclaw(&self, words: &[&str]) -> Ran {
        let ran = patiently(&self.home, ["openclaw"].iter().chain(words), "");
        assert_eq!(ran.code, 0, "openclaw {words:?}: {ran:?}");
        ran
    }
}

#[track_caller]
fn json_of(ran: &Ran) -> Value {
    let start = ran.stdout.find('{').unwrap_or_default();
    serde_json::from_str(&ran.stdout[start..]).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// A default of another provider becomes a fallback, and here that provider has no credential.
#[track_caller]
fn has_its_credential(status: &Value) {
    let missing = status["auth"]["missingProvidersInUse"].as_array().unwrap();
    assert!(!missing.contains(&json!("chutes")), "{status}");
}

/// What OpenClaw and we say about a finished onboarding. `aliases` are tried one after the other.
fn understood(stage: &Stage, json_store: bool, aliases: &[(&str, &str)]) {
    assert_eq!(stage.home.join(STORE).exists(), json_store, "a file that this release would refuse");
    let leftovers = std::fs::read_dir(stage.home.join(".openclaw")).unwrap().flatten();
    let leftovers: Vec<_> = leftovers.map(|entry| entry.file_name()).collect();
    assert!(leftovers.iter().all(|name| !name.to_string_lossy().starts_with(".chutes-")), "{leftovers:?}");
    if !json_store {
        let holding = stage.home.files_containing(KEY);
        assert!(holding.iter().all(|file| file.to_string_lossy().contains(".sqlite")), "{holding:?}");
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let valid = json_of(&stage.openclaw(&["config", "validate", "--json"]));
            assert_eq!(valid["valid"], true, "{valid}");
            let list = stage.openclaw(&["models", "list", "--plain"]).stdout;
            let lines: Vec<&str> = list.lines().collect();
            for wanted in ALIASES.iter().map(|(_, target)| *target).chain([DEFAULT]) {
                assert!(lines.contains(&wanted), "{wanted}: {list}");
            }
        });
        scope.spawn(|| {
            let status = json_of(&stage.openclaw(&["models", "status", "--json"]));
            assert_eq!(status["resolvedDefault"], DEFAULT, "{status}");
            has_its_credential(&status);
            for (alias, target) in ALIASES {
                assert_eq!(status["aliases"][alias], target);
            }
            let ours = patiently(&stage.home, [BIN, "models", "status", "--check", "--json"], "");
            let auth = &json_of(&ours)["auth"];
            assert_eq!((ours.code, &auth["status"]), (0, &json!("ok")), "{ours:?}");
            assert_eq!((&auth["profileId"], &auth["kind"]), (&json!("chutes:default"), &json!("api_key")));
        });
    });
    // Last: OpenClaw's own writes take comments away.
    for (alias, target) in aliases {
        let said = stage.openclaw(&["models", "set", alias]).stdout;
        assert!(said.contains(&format!("Default model: {target}")), "{said}");
    }
}

fn fresh(release: &Release, json_store: bool) {
    let stage = Stage::new(release, None);
    let document = stage.onboard();
    assert_eq!((&document["changed"], &document["auth"]["profileId"]), (&json!(true), &json!("chutes:default")));
    understood(&stage, json_store, &ALIASES);
}

fn over_an_existing_config(release: &Release, json_store: bool) {
    let stage = Stage::new(release, Some(BY_HAND));
    stage.onboard();
    let config = stage.home.read(CONFIG);
    for comment in ["// written by hand, years ago\n", "// stays\n", "/* the agent\n     that answers */\n"] {
        assert!(config.contains(comment), "{comment}: {config}");
    }
    let value: Value = json5::from_str(&config).unwrap();
    assert!(value["agents"]["defaults"]["models"]["anthropic/*"].is_object(), "nobody is locked out: {config}");
    understood(&stage, json_store, &ALIASES[..1]);
}

/// A token of a sign-in from elsewhere: stored where the release keeps credentials.
fn with_a_token(release: &Release) {
    let mut stage = Stage::new(release, Some(BY_HAND));
    stage.home.set("CHUTES_OAUTH_TOKEN", TOKEN);
    let args = [BIN, "onboard", "--non-interactive", "--json", "--auth-choice", "chutes"];
    let ran = patiently(&stage.home, args, "");
    let document = json_of(&ran);
    assert_eq!((ran.code, &document["auth"]["kind"]), (0, &json!("token")), "{ran:?}");
    let status = json_of(&stage.openclaw(&["models", "status", "--json"]));
    has_its_credential(&status);
}

/// The whole sign-in, in two processes: understood, and answered with.
fn signed_in(release: &Release, config: Option<&str>) {
    let idp = Arc::new(Idp::new(Options { auto_consent: Some(Consent::Allow), ..Options::default() }));
    let served = Config { idp: Some(idp), ..Config::serving(Keys::AnyWellFormed, sample::list(Era::Documented)) };
    let standin = Standin::start(served).unwrap();
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base()).set("CHUTES_IDP_BASE_URL", standin.idp_base());
    home.set("CHUTES_CLIENT_ID", "cid_abc123def456ghi789jkl012");
    home.set("CHUTES_CLIENT_SECRET", "csc_canaryCANARY0123456789canaryCANARY0123456789cana");
    home.set("CHUTES_OAUTH_REDIRECT_URI", "http://127.0.0.1:1456/oauth-callback");
    release.install(&mut home);
    if let Some(config) = config {
        home.write(CONFIG, config);
    }
    let begun = json_of(&home.run([BIN, "login", "start", "--json"]));
    let address = get(begun["url"].as_str().unwrap()).location();
    let ran = patiently(&home, [BIN, "login", "finish", "--redirect-stdin", "--json"], &address);
    let document = json_of(&ran);
    assert_eq!((ran.code, &document["auth"]["kind"]), (0, &json!("oauth")), "{ran:?}");
    if config.is_some() {
        assert!(home.read(CONFIG).contains("// written by hand, years ago\n"));
    }
    let openclaw = |words: &[&str]| {
        let ran = patiently(&home, ["openclaw"].iter().chain(words), "");
        assert_eq!(ran.code, 0, "openclaw {words:?}: {ran:?}");
        ran
    };
    let status = json_of(&openclaw(&["models", "status", "--json"]));
    assert_eq!(status["resolvedDefault"], DEFAULT, "{status}");
    has_its_credential(&status);
    let answer = openclaw(&["infer", "model", "run", "--local", "--model", DEFAULT, "--prompt", "hi", "--json"]);
    assert_eq!(json_of(&answer)["ok"], true, "{answer:?}");
    let said = openclaw(&["models", "set", "chutes-pro"]).stdout;
    assert!(said.contains("Default model: chutes/deepseek-ai/DeepSeek-V3.2-TEE"), "{said}");
}

/// Everything above with one release.
fn with(version: &str, json_store: bool) {
    let Some(release) = Release::of(version) else { return };
    std::thread::scope(|scope| {
        scope.spawn(|| fresh(&release, json_store));
        scope.spawn(|| over_an_existing_config(&release, json_store));
        scope.spawn(|| with_a_token(&release));
        scope.spawn(|| signed_in(&release, None));
        scope.spawn(|| signed_in(&release, Some(BY_HAND)));
    });
}

#[test]
fn openclaw_2026_5_28_with_a_json_store() {
    with("2026.5.28", true);
}

/// The releases between those: what differs must not be more than their number.
fn like_the_others(version: &str, json_store: bool) {
    let Some(release) = Release::of(version) else { return };
    std::thread::scope(|scope| {
        scope.spawn(|| fresh(&release, json_store));
        scope.spawn(|| signed_in(&release, None));
    });
}

#[test]
fn openclaw_2026_6_11_with_a_database_for_each_agent() {
    like_the_others("2026.6.11", false);
}

#[test]
fn openclaw_2026_7_1_with_a_database_for_each_agent() {
    with("2026.7.1", false);
}

#[test]
fn openclaw_2026_7_35_with_a_database_for_each_agent() {
    like_the_others("2026.7.35", false);
}

#[test]
fn openclaw_2026_9_6_with_one_database_for_all() {
    with("2026.9.6", false);
}

#[test]
fn undo_takes_the_credential_out_of_the_database() {
    let Some(release) = Release::of("2026.7.1") else { return };
    let stage = Stage::new(&release, Some(BY_HAND));
    stage.onboard();
    let undone = patiently(&stage.home, [BIN, "undo"], "");
    assert_eq!(undone.code, 0, "{undone:?}");
    assert!(!undone.stdout.contains("logout"), "{undone:?}");
    assert_eq!(stage.home.read(CONFIG), BY_HAND);
    let list = json_of(&stage.openclaw(&["models", "auth", "list", "--json"]));
    assert_eq!(list["profiles"], json!([]), "{list}");
}

/// OpenClaw's own command stored it: undo says what it leaves behind.
#[test]
fn undo_names_the_credential_that_stays_in_the_database() {
    let Some(release) = Release::of("2026.9.6") else { return };
    let stage = Stage::new(&release, Some(BY_HAND));
    stage.onboard();
    let undone = stage.home.run([BIN, "undo"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert!(undone.stdout.contains("openclaw models auth logout chutes:default --yes"), "{undone:?}");
    assert_eq!(stage.home.read(CONFIG), BY_HAND);
    assert!(!Path::new(&stage.home.join(STORE)).exists());
}
