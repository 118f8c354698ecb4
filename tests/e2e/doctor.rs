//! `doctor` and the real OpenClaw: faults seeded on three releases are named by what they are, those that need no
//! person are mended, OpenClaw answers afterwards, and `undo` puts every byte back. Homes that work have no fault.

use crate::support::*;
use openclaw_chutes::standin::idp::{Consent, Idp, Options};
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use testkit::http::get;
use testkit::peer::{Release, patiently};
use testkit::{Home, Ran};

const STATE: &str = ".openclaw/agents/main/agent/auth-state.json";
pub const SECRET: &str = "csc_canaryCANARY0123456789canaryCANARY0123456789cana";
/// Runs in OpenClaw's own Node: changes the Chutes profiles and the notes about them in its database.
const SEED: &str = r#"
import { pathToFileURL } from "node:url";
const [sdkPath, agentDir, shared, body] = process.argv.slice(1);
console.log = console.info = console.warn = () => {};
const sdk = await import(pathToFileURL(sdkPath).href);
const place = shared === "true" ? {} : { agentDir };
const change = new Function("store", body);
const stored = await sdk.updateAuthProfileStoreWithLock({ ...place, updater: (store) => { change(store); return true; } });
if (!stored) throw new Error("not stored");
"#;

/// A home on which one release was set up, and the services that it talks to.
pub struct Patient<'a> {
    pub home: Home,
    pub standin: Standin,
    idp: Arc<Idp>,
    release: &'a Release,
}

impl<'a> Patient<'a> {
    /// Nothing is set up.
    pub fn bare(release: &'a Release) -> Patient<'a> {
        let idp = Arc::new(Idp::new(Options { auto_consent: Some(Consent::Allow), ..Options::default() }));
        let keys = Keys::Listed(vec![KEY.to_owned()]);
        let served = Config { idp: Some(idp.clone()), ..Config::serving(keys, sample::list(Era::Documented)) };
        let standin = Standin::start(served).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base()).set("CHUTES_IDP_BASE_URL", standin.idp_base());
        home.set("CHUTES_OAUTH_REDIRECT_URI", "http://127.0.0.1:1456/oauth-callback");
        release.install(&mut home);
        Patient { home, standin, idp, release }
    }

    /// Set up with [`KEY`].
    pub fn with_a_key(release: &'a Release) -> Patient<'a> {
        let patient = Patient::bare(release);
        patient.onboard();
        patient
    }

    pub fn onboard(&self) {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        let ran = patiently(&self.home, args, KEY);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// Signed in, with the client secret where renewals find it.
    fn signed_in(release: &'a Release) -> Patient<'a> {
        let mut patient = Patient::bare(release);
        patient.sign_in();
        patient
    }

    pub fn sign_in(&mut self) {
        self.home.set("CHUTES_CLIENT_ID", "cid_abc123def456ghi789jkl012").set("CHUTES_CLIENT_SECRET", SECRET);
        let begun = document(&self.home.run([BIN, "login", "start", "--json"]));
        let address = get(begun["url"].as_str().unwrap()).location();
        let ran = patiently(&self.home, [BIN, "login", "finish", "--redirect-stdin", "--json"], &address);
        assert_eq!(ran.code, 0, "{ran:?}");
        self.home.unset("CHUTES_CLIENT_ID").unset("CHUTES_CLIENT_SECRET");
    }

    /// Another home with the same files of OpenClaw's.
    fn copied(&self) -> Patient<'a> {
        let copy = Patient::bare(self.release);
        for path in self.home.files().iter().filter(|path| path.starts_with(self.home.join(".openclaw"))) {
            let to = copy.home.join(path.strip_prefix(self.home.path()).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(path, &to).unwrap();
            std::fs::set_permissions(to.parent().unwrap(), std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        let text = self.home.read(CONFIG).replace(&self.standin.api_base(), &copy.standin.api_base());
        copy.home.write(CONFIG, text);
        copy
    }

    fn has_file_store(&self) -> bool {
        self.release.version == "2026.5.28"
    }

    fn is_newest(&self) -> bool {
        self.release.version == "2026.9.6"
    }

    fn edit(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let mut value: Value = json5::from_str(&self.home.read(file)).expect("JSON5");
        change(&mut value);
        self.home.write(file, serde_json::to_string_pretty(&value).expect("JSON"));
    }

    fn config(&self, change: impl FnOnce(&mut Value)) {
        self.edit(CONFIG, change);
    }

    /// Changes the store wherever it is: `in_file` and `in_database` (a function body of `store`) mean the same.
    pub fn store(&self, in_file: impl FnOnce(&mut Value), in_database: &str) {
        if self.has_file_store() {
            return self.edit(STORE, in_file);
        }
        let [_, script] = self.release.argv();
        let sdk = Path::new(&script).with_file_name("dist/plugin-sdk/provider-auth.js");
        let agent = self.home.join(".openclaw/agents/main/agent");
        let args = ["node".into(), "--input-type=module".into(), "--eval".into(), SEED.into(), sdk.into_os_string()];
        let more = [agent.into_os_string(), self.is_newest().to_string().into(), in_database.into()];
        let ran = patiently(&self.home, args.into_iter().chain(more), "");
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    fn mode(&self, file: &str, mode: u32) {
        std::fs::set_permissions(self.home.join(file), std::fs::Permissions::from_mode(mode)).expect("a file");
    }

    pub fn ours(&self, words: &[&str]) -> Ran {
        let ran = patiently(&self.home, std::iter::once(&BIN).chain(words), "");
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(leaks(&said).is_none() && !said.contains(SECRET), "a secret in {said}");
        ran
    }

    /// What doctor says, and what became of its repairs.
    fn doctor(&self, options: &[&str]) -> (i32, Value) {
        let ran = self.ours(&[&["doctor", "--json"], options].concat());
        (ran.code, document(&ran))
    }

    pub fn openclaw(&self, words: &[&str]) -> Ran {
        patiently(&self.home, ["openclaw"].iter().chain(words), "")
    }

    /// OpenClaw takes the config and finds its default model and the credential.
    #[track_caller]
    fn openclaw_is_content(&self, default: &str) {
        std::thread::scope(|scope| {
            let valid = scope.spawn(|| self.openclaw(&["config", "validate", "--json"]));
            let status = self.openclaw(&["models", "status", "--json"]);
            let valid = valid.join().unwrap();
            assert_eq!(json_of(&valid)["valid"], true, "{valid:?}");
            let status = json_of(&status);
            assert_eq!(status["resolvedDefault"], default, "{status}");
            assert_eq!(status["auth"]["unusableProfiles"], json!([]), "{status}");
            let missing = status["auth"]["missingProvidersInUse"].as_array().unwrap();
            assert!(!missing.contains(&json!("chutes")), "{status}");
        });
    }
}

#[track_caller]
pub fn json_of(ran: &Ran) -> Value {
    let start = ran.stdout.find('{').unwrap_or_default();
    serde_json::from_str(&ran.stdout[start..]).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// Codes of the findings of this severity that are left.
fn left<'a>(document: &'a Value, severity: &str) -> BTreeSet<&'a str> {
    let findings = document["findings"].as_array().unwrap_or_else(|| panic!("{document:#}")).iter();
    let left = findings.filter(|finding| finding["severity"] == severity && finding["fixed"] == false);
    left.filter_map(|finding| finding["code"].as_str()).collect()
}

fn set<'a>(codes: &[&'a str]) -> BTreeSet<&'a str> {
    codes.iter().copied().collect()
}

/// What needs no person, all at once: named, mended, understood by OpenClaw, and put back by `undo`.
fn mended(whole: &Patient) {
    let patient = whole.copied();
    let mut wanted = vec!["aliases-backwards", "not-served", "permissions", "cooldown"];
    patient.config(|config| {
        let map = config["agents"]["defaults"]["models"].as_object_mut().unwrap();
        map.retain(|_, entry| entry["alias"] != "chutes-pro");
        map.insert("chutes-pro".into(), json!({"alias": "chutes/deepseek-ai/DeepSeek-V3.2-TEE"}));
        config["agents"]["defaults"]["imageModel"] = json!({"primary": "chutes/somebody/Gone-Vision"});
    });
    if !patient.is_newest() {
        wanted.push("not-allowed");
        patient.config(|config| drop(config["agents"]["defaults"]["models"].as_object_mut().unwrap().remove(DEFAULT)));
    }
    if patient.release.version == "2026.7.1" {
        wanted.push("plugin-stops-gateway");
        patient.config(|config| drop(config.as_object_mut().unwrap().remove("plugins")));
    }
    let usage = json!({"chutes:default": {"lastUsed": 5, "errorCount": 4, "disabledUntil": 4_000_000_000_000_u64,
        "disabledReason": "billing"}});
    match patient.has_file_store() {
        true => drop(patient.home.write(STATE, json!({"version": 1, "usageStats": usage}).to_string())),
        false => patient.store(|_| {}, &format!("store.usageStats = {usage}")),
    }
    // Worth knowing, no fault.
    patient.config(|config| {
        config["agents"]["list"] =
            json!([{"id": "main", "default": true}, {"id": "family", "model": "openai/gpt-5.2"}]);
    });
    let session = json!({"agent:main:main": {"sessionId": "s", "updatedAt": 1, "modelOverride": "openai/gpt-oss-120b-TEE", "providerOverride": "chutes"}});
    patient.home.write(".openclaw/agents/main/sessions/sessions.json", session.to_string());
    patient.mode(CONFIG, 0o644);

    let kept = [CONFIG, STATE].map(|file| std::fs::read(patient.home.join(file)).ok());
    let (exit, seen) = patient.doctor(&[]);
    assert_eq!((exit, left(&seen, "fault")), (1, set(&wanted)), "{seen:#}");
    assert!(left(&seen, "notice").is_superset(&set(&["agent-has-own-model", "session-pinned"])), "{seen:#}");
    assert_eq!(
        [CONFIG, STATE].map(|file| std::fs::read(patient.home.join(file)).ok()),
        kept,
        "looking changes nothing"
    );

    let (exit, after) = patient.doctor(&["--fix"]);
    assert_eq!((exit, left(&after, "fault")), (0, set(&[])), "{after:#}");
    patient.openclaw_is_content(DEFAULT);
    let undone = patient.ours(&["undo"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!([CONFIG, STATE].map(|file| std::fs::read(patient.home.join(file)).ok()), kept, "undo is exact");
}

/// The credential is there, and OpenClaw passes it over: after the repair it is used.
fn named_by_the_wrong_kind(whole: &Patient) {
    let patient = whole.copied();
    patient.config(|config| config["auth"]["profiles"]["chutes:default"]["mode"] = json!("oauth"));
    let before = patient.home.read(CONFIG);
    let (exit, seen) = patient.doctor(&[]);
    assert_eq!((exit, left(&seen, "fault")), (1, set(&["mode-mismatch"])), "{seen:#}");
    let (exit, after) = patient.doctor(&["--fix"]);
    assert_eq!((exit, left(&after, "fault")), (0, set(&[])), "{after:#}");
    let words = ["infer", "model", "run", "--local", "--model", DEFAULT, "--prompt", "hi", "--json"];
    let answer = patient.openclaw(&words);
    assert_eq!(json_of(&answer)["ok"], true, "{answer:?}");
    let undone = patient.ours(&["undo"]);
    assert_eq!((undone.code, patient.home.read(CONFIG)), (0, before), "{undone:?}");
}

/// What only a person can mend, all at once: named, and nothing of it is touched.
fn for_a_person(whole: &Patient) {
    let patient = whole.copied();
    let wanted = ["key-malformed", "gateway-mode-missing", "config-refused", "helper-unfit"];
    patient.store(
        |store| store["profiles"]["chutes:default"]["key"] = json!("cpk_0123.cut"),
        r#"store.profiles["chutes:default"].key = "cpk_0123.cut""#,
    );
    patient.config(|config| {
        config["gateway"].as_object_mut().unwrap().remove("mode");
        match patient.is_newest() {
            true => config["meta"] = json!({"lastTouchedAt": "2026-05-01T00:00:00.000Z"}),
            false => config["agents"]["defaults"]["modelPolicy"] = json!({"allow": []}),
        }
        let helper = json!({"source": "exec", "command": patient.home.join("bin/gone"), "args": ["token"]});
        config["secrets"] = json!({"providers": {"openclaw-chutes": helper}});
    });
    let before = patient.home.read(CONFIG);
    let (exit, seen) = patient.doctor(&["--fix"]);
    assert_eq!((exit, left(&seen, "fault")), (1, set(&wanted)), "{seen:#}");
    let mut faults = seen["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "fault");
    assert!(faults.all(|finding| finding["advice"].is_string()), "{seen:#}");
    assert_eq!(patient.home.read(CONFIG), before);
    // OpenClaw refuses it, too.
    assert_ne!(patient.openclaw(&["config", "validate"]).code, 0);
}

/// A fault of a home of its own: what it takes, what is to be named. Others may follow from it.
type Seeded = (&'static str, fn(&Patient));

const ALONE: &[Seeded] = &[
    ("config-unreadable", |patient| drop(patient.home.write(CONFIG, "{ agents: { defaults: } }"))),
    ("not-configured", |patient| patient.config(|config| config["agents"] = json!({}))),
    ("no-credential", |patient| patient.store(|store| store["profiles"] = json!({}), "store.profiles = {}")),
    ("variable-unset", |patient| {
        let key = json!({"type": "api_key", "provider": "chutes", "keyRef": {"source": "env", "provider": "default", "id": "MY_CHUTES_KEY"}});
        let script = format!(r#"store.profiles["chutes:default"] = {key}"#);
        patient.store(|store| store["profiles"]["chutes:default"] = key, &script);
    }),
    ("credential-expired", |patient| {
        let token = json!({"type": "token", "provider": "chutes", "token": "cak_x", "expires": 1_700_000_000_000_u64});
        let script = format!(r#"store.profiles = {{"chutes:default": {token}}}"#);
        patient.store(|store| store["profiles"] = json!({"chutes:default": token}), &script);
        patient.config(|config| config["auth"]["profiles"]["chutes:default"]["mode"] = json!("token"));
    }),
];

/// Of releases whose credentials are in a database.
const BESIDE_A_DATABASE: Seeded = ("legacy-store", |patient| {
    patient.home.write(STORE, r#"{"version":1,"profiles":{}}"#);
    patient.mode(STORE, 0o600);
    patient.mode(".openclaw/agents/main/agent", 0o700);
});

/// What the service says is told by what it is, whatever the release.
const ONLINE: &[Seeded] = &[
    ("no-balance", |patient| patient.standin.set_fault(Route::Chat, Fault::Quota)),
    ("credential-refused", |patient| patient.standin.set_fault(Route::Chat, Fault::Status(401))),
    ("captive-portal", |patient| {
        patient.standin.set_fault(Route::Models, Fault::Html);
        patient.standin.set_fault(Route::Chat, Fault::Html);
    }),
    ("no-right-to-call", |patient| patient.standin.set_fault(Route::Chat, Fault::Status(403))),
    ("model-refused", |patient| patient.standin.set_fault(Route::Chat, Fault::Status(404))),
    ("no-capacity", |patient| patient.standin.set_fault(Route::Chat, Fault::Status(429))),
    ("no-instance", |patient| patient.standin.set_fault(Route::Chat, Fault::Status(503))),
    ("unreachable", |patient| patient.standin.set_fault(Route::Chat, Fault::Close)),
    ("odd-answer", |patient| patient.standin.set_fault(Route::Chat, Fault::OddJson)),
    ("clock-off", |patient| patient.standin.set_fault(Route::Models, Fault::Clock(900))),
];

fn named(patient: &Patient, (code, seed): &Seeded) {
    seed(patient);
    let (exit, seen) = patient.doctor(&[]);
    assert!(exit == 1 && left(&seen, "fault").contains(code), "{code}: {seen:#}");
}

/// Of a sign-in: what is missing for the next renewal, and what the service says of it.
fn sign_ins(release: &Release) {
    let patient = Patient::signed_in(release);
    let (exit, seen) = patient.doctor(&[]);
    assert_eq!((exit, left(&seen, "fault")), (0, set(&[])), "healthy: {seen:#}");
    patient.idp.change(|options| options.grant_only = Some(vec!["openid".to_owned()]));
    patient.idp.expire_refresh_tokens();
    let (_, seen) = patient.doctor(&[]);
    assert_eq!(left(&seen, "fault"), set(&["sign-in-spent"]), "{seen:#}");
    match patient.is_newest() {
        true => {
            let kept = patient.home.files().into_iter().find(|path| {
                path.extension().is_some_and(|e| e == "json")
                    && std::fs::read_to_string(path).is_ok_and(|t| t.contains(SECRET))
            });
            let path = kept.expect("the sign-in that we keep");
            let mut value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let names: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
            let secret = names.iter().find(|name| value[name.as_str()] == SECRET).expect("the secret");
            value.as_object_mut().unwrap().remove(secret);
            std::fs::write(path, value.to_string()).unwrap();
        }
        false => drop(patient.home.write(".openclaw/.env", "")),
    }
    let (_, seen) = patient.doctor(&[]);
    assert!(left(&seen, "fault").contains("cannot-renew"), "{seen:#}");
}

fn with(version: &str, online: usize) {
    let Some(release) = Release::of(version) else { return };
    let whole = Patient::with_a_key(&release);
    let (exit, seen) = whole.doctor(&[]);
    assert_eq!((exit, left(&seen, "fault")), (0, set(&[])), "{seen:#}");
    assert_eq!(seen["probe"]["result"], "ok", "a live call proved it: {seen:#}");
    std::thread::scope(|scope| {
        scope.spawn(|| mended(&whole));
        scope.spawn(|| named_by_the_wrong_kind(&whole));
        scope.spawn(|| for_a_person(&whole));
        scope.spawn(|| sign_ins(&release));
        if !whole.has_file_store() {
            scope.spawn(|| named(&whole.copied(), &BESIDE_A_DATABASE));
        }
        for seeded in ALONE.iter().chain(&ONLINE[..online]) {
            let whole = &whole;
            scope.spawn(move || named(&whole.copied(), seeded));
        }
    });
}

/// Homes that work, each in a way of its own: what is done to it before and after the onboarding.
type Healthy = (&'static str, fn(&mut Patient));

const HEALTHY: &[Healthy] = &[
    ("written by hand, with comments", |patient| {
        patient.home.write(CONFIG, "{\n  // mine\n  gateway: { mode: 'local' }, // stays\n}\n");
        patient.onboard();
    }),
    ("a reference to a variable that the gateway reads", |patient| {
        patient.home.write(".openclaw/.env", format!("CHUTES_API_KEY={KEY}\n"));
        patient.mode(".openclaw/.env", 0o600);
        patient.home.set("CHUTES_API_KEY", KEY);
        let ran = patient.ours(&["onboard", "--non-interactive", "--json", "--secret-input-mode", "ref"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        patient.home.unset("CHUTES_API_KEY");
    }),
    ("models in a file that the config includes", |patient| {
        patient.home.write(CONFIG, "{ gateway: { mode: 'local' }, models: { $include: './models.json5' } }\n");
        patient.home.write(".openclaw/models.json5", "{ mode: 'merge' }\n");
        patient.onboard();
    }),
    ("three agents", |patient| {
        patient.home.write(CONFIG, "{ gateway: { mode: 'local' }, agents: { list: [{ id: 'one', default: true }, { id: 'two' }, { id: 'three' }] } }\n");
        patient.onboard();
    }),
    ("another provider beside it", |patient| {
        patient.home.write(
            CONFIG,
            "{ gateway: { mode: 'local' }, agents: { defaults: { model: 'anthropic/claude-opus-4-8' } } }\n",
        );
        patient.home.write(STORE, r#"{"version":1,"profiles":{"anthropic:default":{"type":"api_key","provider":"anthropic","key":"sk-ant-x"}}}"#);
        patient.mode(STORE, 0o600);
        patient.mode(".openclaw/agents/main/agent", 0o700);
        patient.onboard();
    }),
    ("every model allowed by one entry", |patient| {
        patient.onboard();
        patient.config(|config| config["agents"]["defaults"]["models"]["chutes/*"] = json!({}));
    }),
    ("a pool for a default", |patient| {
        patient.onboard();
        let ran = patient.ours(&["models", "pools", "add", "both", DEFAULT, "chutes/deepseek-ai/DeepSeek-V3.2-TEE"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let ran = patient.ours(&["models", "set", "both"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }),
    ("a key that may not ask about the account", |patient| {
        patient.onboard();
        patient.home.unset("CHUTES_IDP_BASE_URL");
    }),
    ("a cooldown that is over", |patient| {
        patient.onboard();
        let usage = json!({"chutes:default": {"lastUsed": 5, "errorCount": 1, "cooldownUntil": 1_700_000_000_000_u64}});
        patient.home.write(STATE, json!({"version": 1, "usageStats": usage}).to_string());
        patient.mode(STATE, 0o600);
    }),
    ("a config that a group writes together", |patient| {
        patient.onboard();
        patient.mode(CONFIG, 0o660);
    }),
];

/// With those of the three releases that were just set up, or signed in, more than twelve.
#[test]
fn a_home_that_works_has_no_fault() {
    let Some(release) = Release::of("2026.5.28") else { return };
    std::thread::scope(|scope| {
        for (name, set_up) in HEALTHY {
            let release = &release;
            scope.spawn(move || {
                let mut patient = Patient::bare(release);
                std::fs::create_dir_all(patient.home.join(".openclaw")).unwrap();
                patient.mode(".openclaw", 0o700);
                set_up(&mut patient);
                let before = patient.home.read(CONFIG);
                let (exit, seen) = patient.doctor(&["--fix"]);
                assert_eq!((exit, left(&seen, "fault")), (0, set(&[])), "{name}: {seen:#}");
                assert_eq!(
                    (&seen["changed"], &seen["probe"]["result"]),
                    (&json!(false), &json!("ok")),
                    "{name}: {seen:#}"
                );
                assert_eq!(patient.home.read(CONFIG), before, "{name}");
            });
        }
    });
}

#[test]
fn on_openclaw_2026_5_28() {
    with("2026.5.28", ONLINE.len());
}

#[test]
fn on_openclaw_2026_7_1() {
    with("2026.7.1", 1);
}

#[test]
fn on_openclaw_2026_9_6() {
    with("2026.9.6", 1);
}
