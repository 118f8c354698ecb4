//! `doctor`, as the real binary: each fault is seeded in a home that works, named, and repaired where it can be.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use testkit::{Home, Ran};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.CanaryCanaryCanaryCanaryCanary89";
const CONFIG: &str = ".openclaw/openclaw.json";
const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";
const STATE: &str = ".openclaw/agents/main/agent/auth-state.json";

struct Stage {
    home: Home,
    standin: Standin,
}

/// A home that works.
fn healthy() -> Stage {
    let config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
    let standin = Standin::start(config).expect("a stand-in");
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    home.set("CHUTES_IDP_BASE_URL", standin.idp_base());
    let ran = home.run_with_input([BIN, "onboard", "--non-interactive", "--api-key-stdin"], KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    Stage { home, standin }
}

impl Stage {
    fn run(&self, line: &str) -> Ran {
        let ran = self.home.run(std::iter::once(BIN).chain(line.split_whitespace()));
        assert!(!ran.stdout.contains("Canary") && !ran.stderr.contains("Canary"), "{ran:?}");
        ran
    }

    fn doctor(&self, options: &str) -> (i32, Value) {
        let ran = self.run(&format!("doctor --json {options}"));
        let document = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        (ran.code, document)
    }

    /// Changes the value of a JSON or JSON5 file.
    fn edit(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let mut value: Value = json5::from_str(&self.home.read(file)).expect("JSON5");
        change(&mut value);
        self.home.write(file, serde_json::to_string_pretty(&value).expect("JSON"));
    }

    fn config(&self) -> Value {
        json5::from_str(&self.home.read(CONFIG)).expect("JSON5")
    }
}

/// The codes of the faults that are left.
fn faults(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap_or_else(|| panic!("{document:#}"));
    let left = findings.iter().filter(|finding| finding["severity"] == "fault" && finding["fixed"] == false);
    left.filter_map(|finding| finding["code"].as_str()).collect()
}

#[test]
fn a_home_that_works_has_no_fault() {
    let stage = healthy();
    let (exit, document) = stage.doctor("");
    assert_eq!((exit, faults(&document)), (0, vec![]), "{document:#}");
    assert_eq!(
        (&document["ok"], &document["changed"], &document["probe"]["result"]),
        (&json!(true), &json!(false), &json!("ok"))
    );
    let ran = stage.run("doctor");
    assert!(ran.stdout.contains("chutes/zai-org/GLM-4.7-TEE answered in"), "{ran:?}");
    // Nothing is written by looking, and nothing by mending what is whole.
    let before = stage.home.read(CONFIG);
    assert_eq!(stage.doctor("--fix").1["changed"], false);
    assert_eq!(stage.home.read(CONFIG), before);
}

/// A way to break a home that works.
type Break = fn(&Stage);

/// Faults that only a person can mend: what breaks, and the code it must be told by.
const FOR_A_PERSON: &[(&str, Break)] = &[
    ("config-unreadable", |stage| {
        stage.home.write(CONFIG, "{ agents: { defaults: } }");
    }),
    ("not-configured", |stage| stage.edit(CONFIG, |config| config["agents"] = json!({}))),
    ("no-credential", |stage| std::fs::remove_file(stage.home.join(STORE)).expect("the store")),
    ("key-malformed", |stage| {
        stage.edit(STORE, |store| store["profiles"]["chutes:default"]["key"] = json!("cpk_0123.cut"));
    }),
    ("variable-unset", |stage| {
        stage.edit(STORE, |store| store["profiles"]["chutes:default"]["key"] = json!("${MY_CHUTES_KEY}"));
    }),
    ("credential-expired", |stage| {
        let token = json!({"type": "token", "provider": "chutes", "token": "cak_x", "expires": 1_700_000_000_000_u64});
        stage.edit(STORE, |store| store["profiles"] = json!({"chutes:default": token}));
        stage.edit(CONFIG, |config| config["auth"]["profiles"]["chutes:default"]["mode"] = json!("token"));
    }),
    ("cannot-renew", |stage| {
        let sign_in = json!({"type": "oauth", "provider": "chutes", "access": "cak_x", "refresh": "crt_x",
            "expires": 4_000_000_000_000_u64, "clientId": "cid_abcdefghijklmnopqrstuvwx"});
        stage.edit(STORE, |store| store["profiles"] = json!({"chutes:default": sign_in}));
        stage.edit(CONFIG, |config| config["auth"]["profiles"]["chutes:default"]["mode"] = json!("oauth"));
    }),
    ("gateway-mode-missing", |stage| {
        stage.edit(CONFIG, |config| {
            config["gateway"].as_object_mut().expect("gateway").remove("mode");
        });
    }),
    ("config-refused", |stage| {
        stage.edit(CONFIG, |config| config["agents"]["defaults"]["models"]["openai/gpt-5.2"] = json!(true));
    }),
    ("helper-unfit", |stage| {
        let helper = json!({"source": "exec", "command": stage.home.join("bin/openclaw-chutes"), "args": ["token"]});
        stage.edit(CONFIG, |config| config["secrets"] = json!({"providers": {"openclaw-chutes": helper}}));
    }),
    ("no-balance", |stage| stage.standin.set_fault(Route::Chat, Fault::Status(402))),
    ("no-instance", |stage| stage.standin.set_fault(Route::Chat, Fault::Status(503))),
    ("no-capacity", |stage| stage.standin.set_fault(Route::Chat, Fault::Status(429))),
    ("no-right-to-call", |stage| stage.standin.set_fault(Route::Chat, Fault::Status(403))),
    ("clock-off", |stage| stage.standin.set_fault(Route::Models, Fault::Clock(-600))),
    ("shadowed", |stage| {
        // A key in the config, and the variable that OpenClaw prefers to it.
        std::fs::remove_file(stage.home.join(STORE)).expect("the store");
        stage.home.write(".openclaw/.env", format!("CHUTES_API_KEY={KEY}\nMY_CHUTES_KEY={KEY}\n"));
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(stage.home.join(".openclaw/.env"), mode).expect("private");
        stage.edit(CONFIG, |config| {
            config.as_object_mut().expect("an object").remove("auth");
            config["models"]["providers"]["chutes"]["apiKey"] = json!("${MY_CHUTES_KEY}");
        });
    }),
    ("captive-portal", |stage| {
        stage.standin.set_fault(Route::Models, Fault::Html);
        stage.standin.set_fault(Route::Chat, Fault::Html);
    }),
    ("unreachable", |stage| stage.standin.set_fault(Route::Chat, Fault::Close)),
];

#[test]
fn what_a_person_has_to_mend_is_named_and_nothing_is_written() {
    for (code, break_it) in FOR_A_PERSON {
        let stage = healthy();
        break_it(&stage);
        let before = std::fs::read(stage.home.join(CONFIG)).expect("the config");
        for options in ["", "--fix"] {
            let (exit, document) = stage.doctor(options);
            assert!(faults(&document).contains(code), "{code}: {document:#}");
            assert_eq!((exit, &document["ok"]), (1, &json!(false)), "{code}: {document:#}");
            let finding = document["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == *code);
            assert!(finding.unwrap()["advice"].is_string(), "{code} says what to do: {document:#}");
        }
        assert_eq!(std::fs::read(stage.home.join(CONFIG)).expect("the config"), before, "{code}");
    }
}

/// Faults that `--fix` mends: what breaks, and the code.
const MENDED: &[(&str, Break)] = &[
    ("aliases-backwards", |stage| {
        stage.edit(CONFIG, |config| {
            let map = config["agents"]["defaults"]["models"].as_object_mut().expect("the map");
            map.retain(|_, entry| entry["alias"] != "chutes-pro");
            map.insert("chutes-pro".into(), json!({"alias": "chutes/deepseek-ai/DeepSeek-V3.2-TEE"}));
        });
    }),
    ("not-allowed", |stage| {
        stage.edit(CONFIG, |config| {
            let map = config["agents"]["defaults"]["models"].as_object_mut().expect("the map");
            map.remove("chutes/zai-org/GLM-4.7-TEE");
        });
    }),
    ("not-served", |stage| {
        let list: Value = serde_json::from_slice(&sample::list(Era::Documented)).expect("JSON");
        let kept: Vec<Value> = (list["data"].as_array().expect("a list").iter())
            .filter(|model| model["id"] != "zai-org/GLM-4.7-TEE")
            .cloned()
            .collect();
        stage.standin.set_models(json!({"object": "list", "data": kept}).to_string());
    }),
    ("permissions", |stage| {
        let mode = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(stage.home.join(STORE), mode).expect("another mode");
    }),
    ("cooldown", |stage| {
        let usage = json!({"chutes:default": {"lastUsed": 5, "errorCount": 4, "disabledUntil": 4_000_000_000_000_u64,
            "disabledReason": "billing", "failureCounts": {"billing": 4}}});
        stage.home.write(STATE, json!({"version": 1, "usageStats": usage}).to_string());
    }),
    ("mode-mismatch", |stage| {
        stage.edit(CONFIG, |config| config["auth"]["profiles"]["chutes:default"]["mode"] = json!("oauth"));
    }),
];

#[test]
fn what_needs_no_person_is_mended_and_can_be_undone() {
    for (code, break_it) in MENDED {
        let stage = healthy();
        break_it(&stage);
        let broken: Vec<_> =
            stage.home.files().into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
        let (exit, document) = stage.doctor("");
        assert!(exit == 1 && faults(&document).contains(code), "{code}: {document:#}");
        assert_eq!(document["changed"], false);

        let (exit, document) = stage.doctor("--fix");
        assert_eq!((exit, faults(&document)), (0, vec![]), "{code}: {document:#}");
        assert_eq!(document["changed"], true, "{code}");
        let (exit, document) = stage.doctor("");
        assert_eq!((exit, faults(&document)), (0, vec![]), "{code} stays mended: {document:#}");
        if *code != "permissions" {
            assert_eq!(stage.run("undo").code, 0, "{code}");
            for (path, bytes) in broken.iter().filter(|(path, _)| path.starts_with(stage.home.join(".openclaw"))) {
                assert_eq!(&std::fs::read(path).unwrap(), bytes, "{code}: {}", path.display());
            }
        }
    }
}

#[test]
fn a_successor_and_nothing_else_comes_into_the_config() {
    let stage = healthy();
    stage.edit(CONFIG, |config| {
        let map = config["agents"]["defaults"]["models"].as_object_mut().expect("the map");
        map.retain(|_, entry| entry["alias"] != "chutes-pro");
    });
    MENDED[2].1(&stage);
    let (_, document) = stage.doctor("--fix");
    assert_eq!(faults(&document), Vec::<&str>::new(), "{document:#}");
    let config = stage.config();
    let primary = config["agents"]["defaults"]["model"]["primary"].as_str().expect("a default");
    assert_ne!(primary, "chutes/zai-org/GLM-4.7-TEE");
    assert!(config["agents"]["defaults"]["models"].get(primary).is_some());
    // An alias that the person had removed stays away.
    assert!(!config.to_string().contains("chutes-pro"), "{config:#}");
}

#[test]
fn a_cooldown_stays_when_the_credential_is_refused() {
    let stage = healthy();
    MENDED[4].1(&stage);
    stage.standin.set_fault(Route::Chat, Fault::Status(401));
    let before = stage.home.read(STATE);
    let (exit, document) = stage.doctor("--fix");
    assert_eq!(exit, 1);
    assert!(
        faults(&document).contains(&"cooldown") && faults(&document).contains(&"credential-refused"),
        "{document:#}"
    );
    assert_eq!(stage.home.read(STATE), before);
}

#[test]
fn what_is_worth_knowing_is_no_fault() {
    let stage = healthy();
    let session = |model: &str, source: &str| json!({"sessionId": "s", "updatedAt": 1, "modelOverride": model, "providerOverride": "chutes", "modelOverrideSource": source});
    let sessions = json!({"agent:main:main": session("openai/gpt-oss-120b-TEE", "user"),
        "agent:main:two": session("openai/gpt-oss-120b-TEE", "user"),
        "agent:main:three": session("zai-org/GLM-4.7-TEE", "user"), "agent:main:four": session("a/b", "auto")});
    stage.home.write(".openclaw/agents/main/sessions/sessions.json", sessions.to_string());
    stage.edit(CONFIG, |config| config["gateway"]["mode"] = json!("remote"));
    let (exit, document) = stage.doctor("");
    assert_eq!((exit, faults(&document)), (0, vec![]), "{document:#}");
    let of = |code: &str| {
        let findings = document["findings"].as_array().expect("findings").iter();
        findings.filter(|finding| finding["code"] == code).map(|f| f["message"].to_string()).collect::<Vec<_>>()
    };
    let pins = of("session-pinned");
    assert!(pins.len() == 1 && pins[0].contains("chutes/openai/gpt-oss-120b-TEE: 2"), "{pins:?}");
    assert_eq!(of("remote-gateway").len(), 1, "{document:#}");
}

/// It takes as long as the slowest request, not as all of them: the third is under way before the first is answered.
#[test]
fn the_service_is_asked_everything_at_the_same_time() {
    let stage = healthy();
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("its address");
    stage.edit(CONFIG, |config| {
        config["models"]["providers"]["chutes"]["baseUrl"] = json!(format!("http://{address}/v1"));
    });
    let mut command = stage.home.command([BIN, "doctor", "--json"]);
    command.env("CHUTES_BASE_URL", format!("http://{address}/v1"));
    command.env("CHUTES_IDP_BASE_URL", format!("http://{address}"));
    let mut doctor = command.stdout(std::process::Stdio::null()).spawn().expect("the program");
    let (sender, calls) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for call in silent.incoming().flatten() {
            if sender.send(call).is_err() {
                return;
            }
        }
    });
    // The list, the completion, the account.
    let open: Vec<_> = (0..3).map(|_| calls.recv_timeout(testkit::timeout()).expect("another call")).collect();
    for mut call in open {
        call.set_nonblocking(true).expect("a socket");
        let mut bytes = [0; 4096];
        loop {
            match std::io::Read::read(&mut call, &mut bytes) {
                Ok(0) => panic!("it gave up one call before it made the next"),
                Ok(_) => {}
                Err(error) => break assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
            }
        }
    }
    doctor.kill().expect("the program");
    doctor.wait().expect("the program");
}

#[test]
fn the_words_exist_in_both_languages() {
    let stage = healthy();
    MENDED[0].1(&stage);
    let (en, zh) = (stage.run("doctor"), stage.run("doctor --lang zh-CN"));
    assert!(en.stdout.contains("Written the wrong way round") && en.stdout.contains("What --fix changes:"), "{en:?}");
    assert!(zh.stdout.contains("写反了") && zh.stdout.contains("--fix 将做的更改："), "{zh:?}");
}
