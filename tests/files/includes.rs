//! Configs spread over several files: each edit goes into the file that owns the place, or is refused
//! by name. The real OpenClaw 2026.5.28 reads the result back.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::{Value, json};
use testkit::{Home, Ran, peer};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
const DEFAULT: &str = "chutes/zai-org/GLM-4.7-TEE";

struct Stage {
    home: Home,
    _standin: Standin,
}

impl Stage {
    /// These files below `.openclaw`.
    fn new(files: &[(&str, &str)]) -> Self {
        let keys = Keys::Listed(vec![KEY.to_owned()]);
        let standin = Standin::start(Config::serving(keys, sample::list(Era::Documented))).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base()).set("MY_MODE", "local");
        for (name, text) in files {
            home.write(format!(".openclaw/{name}"), text);
        }
        Self { home, _standin: standin }
    }

    fn onboard(&self) -> Ran {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin", "--models", DEFAULT];
        self.home.run_with_input(args, format!("{KEY}\n"))
    }

    fn read(&self, name: &str) -> String {
        self.home.read(format!(".openclaw/{name}"))
    }

    fn value(&self, name: &str) -> Value {
        json5::from_str(&self.read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

/// File and text, or file and JSON pointer.
type Pairs = &'static [(&'static str, &'static str)];
/// Files, the error's code, parts of its message.
type Refused<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);

/// Layouts, with what has to be where afterwards: file, path in it.
const LAYOUTS: [(&str, Pairs, Pairs); 5] = [
    (
        "a section in its own file",
        &[
            (
                "openclaw.json",
                "{\n  gateway: { mode: 'local' },\n  // the models live elsewhere\n  models: { $include: './models.json5' },\n}\n",
            ),
            ("models.json5", "{\n  // ours\n  mode: 'merge',\n  providers: {},\n}\n"),
        ],
        &[("models.json5", "/providers/chutes/api"), ("openclaw.json", "/agents/defaults/model/primary")],
    ),
    (
        "siblings override",
        &[
            (
                "openclaw.json",
                "{\n  gateway: { mode: 'local' },\n  agents: { $include: 'agents.json5', defaults: { maxConcurrent: 2 } },\n}\n",
            ),
            ("agents.json5", "{ defaults: { model: 'anthropic/claude-opus-4-8' } }\n"),
        ],
        &[("agents.json5", "/defaults/model"), ("openclaw.json", "/models/providers/chutes/api")],
    ),
    (
        "nested",
        &[
            (
                "openclaw.json",
                "{\n  gateway: { mode: '${MY_MODE}' },\n  models: { $include: './parts/models.json5' },\n}\n",
            ),
            ("parts/models.json5", "{\n  // one more step\n  providers: { $include: './providers.json5' },\n}\n"),
            ("parts/providers.json5", "{\n  // by hand\n}\n"),
        ],
        &[("parts/providers.json5", "/chutes/baseUrl"), ("parts/models.json5", "/mode")],
    ),
    (
        "the whole config from a list of files",
        &[
            ("openclaw.json", "{ $include: ['./base.json5', './mine.json5'] }\n"),
            ("base.json5", "{\n  gateway: { mode: 'local' }, // base\n}\n"),
            (
                "mine.json5",
                "{\n  agents: { defaults: { model: { primary: 'anthropic/claude-opus-4-8' } } }, // mine\n}\n",
            ),
        ],
        &[("mine.json5", "/agents/defaults/model/primary")],
    ),
    (
        "variables stay as they are written",
        &[(
            "openclaw.json",
            "{\n  gateway: { mode: '${MY_MODE}' },\n  models: { providers: { anthropic: { baseUrl: 'https://x', apiKey: '${NOT_SET}', models: [] } } },\n}\n",
        )],
        &[("openclaw.json", "/models/providers/chutes/api")],
    ),
];

#[test]
fn an_edit_goes_into_the_file_that_owns_the_place_and_openclaw_reads_it() {
    std::thread::scope(|scope| {
        for (name, files, places) in LAYOUTS {
            scope.spawn(move || {
                let stage = Stage::new(files);
                let ran = stage.onboard();
                assert_eq!(ran.code, 0, "{name}: {ran:?}");
                for (file, pointer) in places {
                    assert!(stage.value(file).pointer(pointer).is_some(), "{name}: {file} {}", stage.read(file));
                }
                for (file, before) in files {
                    let after = stage.read(file);
                    let comments = before.lines().filter_map(|line| line.find("//").map(|at| &line[at..]));
                    let comments = comments.filter(|comment| !comment.starts_with("//x'"));
                    let variables = ["${MY_MODE}", "${NOT_SET}"].into_iter().filter(|name| before.contains(name));
                    for kept in comments.chain(variables) {
                        assert!(after.contains(kept), "{name}: {file} lost {kept:?}: {after}");
                    }
                    assert_eq!(before.contains("$include"), after.contains("$include"), "{name}: {file}");
                }
                let again = stage.onboard();
                let document: Value = serde_json::from_str(&again.stdout).unwrap();
                assert_eq!(document["changed"], false, "{name}: {again:?}");
                let Some(valid) = peer::run(&stage.home, ["config", "validate", "--json"]) else { return };
                assert!(valid.stdout.contains("\"valid\":true"), "{name}: {valid:?}");
                let status = peer::run(&stage.home, ["models", "status", "--json"]).unwrap();
                let status: Value =
                    serde_json::from_str(&status.stdout).unwrap_or_else(|_| panic!("{name}: {status:?}"));
                assert_eq!(status["resolvedDefault"], DEFAULT, "{name}");
                // The default from before is the first fallback now; its key was never here.
                let missing = status["auth"]["missingProvidersInUse"].as_array().expect("a list");
                assert!(!missing.contains(&json!("chutes")), "{name}: {missing:?}");
                let api = peer::run(&stage.home, ["config", "get", "models.providers.chutes.api"]).unwrap();
                assert_eq!(api.stdout.trim(), "openai-completions", "{name}: {api:?}");
            });
        }
    });
}

#[test]
fn what_cannot_be_edited_is_refused_with_its_place_and_every_file_stays() {
    let models = "{ providers: { chutes: { models: [{ id: 'a', name: 'A' }] } } }\n";
    let joined = "{\n  gateway: { mode: 'local' },\n  models: { $include: './m.json5', providers: { chutes: { models: [{ id: 'b', name: 'B' }] } } },\n}\n";
    let cases: [Refused<'_>; 6] = [
        (
            &[("openclaw.json", joined), ("m.json5", models)],
            "config-not-editable",
            &["models.providers.chutes.models", "openclaw.json"],
        ),
        (&[("openclaw.json", "{ $include: './gone.json5' }")], "include-failed", &["./gone.json5", "no such file"]),
        (&[("openclaw.json", "{ $include: '/etc/hostname' }")], "include-failed", &["/etc/hostname", "outside"]),
        (
            &[("openclaw.json", "{ $include: 'a' }"), ("a", "{ $include: 'openclaw.json' }")],
            "include-failed",
            &["back to itself"],
        ),
        (
            &[("openclaw.json", "{ $include: 'a' }"), ("a", "{\n  x: 1,\n  y: ?\n}")],
            "config-malformed",
            &["/a ", "line 3, column 6", "y: ?"],
        ),
        (
            &[("openclaw.json", "{ providers: { chutes: {} } }")],
            "config-malformed",
            &["at providers", "models.providers"],
        ),
    ];
    for (files, code, parts) in cases {
        let stage = Stage::new(files);
        let ran = stage.onboard();
        let document: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((ran.code, &document["error"]["code"]), (1, &json!(code)), "{files:?}: {ran:?}");
        let message = document["error"]["message"].as_str().unwrap();
        for part in parts.iter().chain(&["Nothing was touched"]) {
            assert!(message.contains(part), "{part}: {message}");
        }
        for (file, before) in files {
            assert_eq!(stage.read(file), *before);
        }
        assert!(!stage.home.join(".openclaw/agents").exists());
    }
}

/// A line that is shown may hold a secret.
#[test]
fn a_malformed_config_is_shown_with_its_line_and_no_secret() {
    let config =
        "{\n  // mine\n  gateway: { auth: { token: 'canary-0123456789' } },\n  apiKey: 'canary-9876543210' oops\n}\n";
    let stage = Stage::new(&[("openclaw.json", config)]);
    for args in [&[BIN, "models", "status"][..], &[BIN, "models", "set", DEFAULT], &[BIN, "config", "get", "models"]] {
        let ran = stage.home.run(args);
        assert_eq!(ran.code, 1, "{ran:?}");
        for part in ["openclaw.json", "line 4, column 31", "apiKey: ", "oops", "^", "Nothing was touched"] {
            assert!(ran.stderr.contains(part), "{part}: {ran:?}");
        }
        assert!(!ran.stderr.contains("canary"), "{ran:?}");
        assert_eq!(stage.read("openclaw.json"), config);
    }
}

#[test]
fn nothing_to_change_touches_neither_bytes_nor_times_nor_our_own_state() {
    let stage = Stage::new(&[("openclaw.json", "{\n  gateway: { mode: 'local' }, // mine\n}\n")]);
    let check = |code| {
        let args = [BIN, "onboard", "--check", "--api-key-stdin", "--models", DEFAULT];
        let ran = stage.home.run_with_input(args, format!("{KEY}\n"));
        assert_eq!(ran.code, code, "{ran:?}");
    };
    let stamps = || {
        let files = stage.home.files().into_iter().filter(|file| !file.ends_with("catalog.json"));
        files
            .map(|file| (std::fs::read(&file).unwrap(), file.metadata().unwrap().modified().unwrap(), file))
            .collect::<Vec<_>>()
    };
    let before = stamps();
    check(4);
    assert_eq!(stamps(), before, "a dry run");
    assert_eq!(stage.onboard().code, 0);
    let after = stamps();
    let document: Value = serde_json::from_str(&stage.onboard().stdout).unwrap();
    assert_eq!(document["changed"], false);
    check(0);
    let set = stage.home.run([BIN, "models", "set", DEFAULT, "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&set.stdout).unwrap()["changed"], false, "{set:?}");
    assert_eq!(stamps(), after);
}
