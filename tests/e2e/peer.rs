//! The real OpenClaw 2026.5.28 on what we wrote: it accepts the config, sees the models, finds the
//! credential and gets an answer with it.

use crate::support::*;
use openclaw_chutes::chutes::catalog;
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Fault, Route};
use serde_json::{Value, json};
use std::path::Path;
use testkit::{Home, Ran, peer};

/// Runs OpenClaw, which has to succeed.
#[track_caller]
fn openclaw(home: &Home, words: &[&str]) -> Ran {
    let ran = peer::run(home, words).expect("checked by `openclaw_is_here`");
    assert_eq!(ran.code, 0, "openclaw {words:?}: {ran:?}");
    ran
}

#[track_caller]
fn openclaw_json(home: &Home, words: &[&str]) -> Value {
    let ran = openclaw(home, words);
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("openclaw {words:?}: {error}\n{ran:?}"))
}

fn openclaw_is_here() -> bool {
    peer::argv().is_some()
}

/// Another home with the same files of OpenClaw's.
pub fn copy_of(home: &Home) -> Home {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).expect("a directory");
        for entry in std::fs::read_dir(from).expect("a directory").flatten() {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                std::fs::copy(entry.path(), target).expect("a copy");
            }
        }
    }
    let other = Home::new();
    copy(&home.join(".openclaw"), &other.join(".openclaw"));
    other
}

fn primary(home: &Home) -> Value {
    let config: Value = json5::from_str(&home.read(CONFIG)).expect("JSON5");
    config["agents"]["defaults"]["model"]["primary"].clone()
}

/// Each alias, said to OpenClaw, selects the right model.
fn the_aliases_select(home: &Home, aliases: &[(&str, &str)]) {
    let home = copy_of(home);
    for (alias, target) in aliases {
        openclaw(&home, &["models", "set", alias]);
        assert_eq!(primary(&home), json!(target), "models set {alias}");
    }
}

/// OpenClaw asks the model, and what arrives at the service is the key we stored.
fn it_answers(stage: &Stage) {
    let before = stage.standin.requests().len();
    let answer = openclaw_json(
        &stage.home,
        &["infer", "model", "run", "--local", "--model", DEFAULT, "--prompt", "hi", "--json"],
    );
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["outputs"][0]["text"], "Hello from the stand-in.", "{answer}");
    let asked: Vec<_> = stage.standin.requests().into_iter().skip(before).collect();
    let call = asked.iter().find(|request| request.target == "/v1/chat/completions").expect("a completion");
    assert_eq!(call.authorization, Some(format!("Bearer {KEY}")));
    let body: Value = serde_json::from_slice(&call.body).expect("JSON");
    assert_eq!(body["model"], "zai-org/GLM-4.7-TEE");
}

/// The configured rows of `models list --json` by ref.
fn configured(list: &Value) -> Vec<(String, Value)> {
    let rows = list["models"].as_array().expect("models");
    rows.iter()
        .filter(|row| row["tags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "configured")))
        .map(|row| (row["key"].as_str().expect("a ref").to_owned(), row.clone()))
        .collect()
}

fn tags(row: &Value) -> Vec<&str> {
    row["tags"].as_array().expect("tags").iter().map(|tag| tag.as_str().expect("a tag")).collect()
}

/// Everything the contract promises about what OpenClaw sees.
fn openclaw_sees_it(stage: &Stage) {
    let home = &stage.home;
    let served = catalog::parse(&sample::list(Era::Documented)).expect("the list").models;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let valid = openclaw_json(home, &["config", "validate", "--json"]);
            assert_eq!(valid["valid"], true, "{valid}");
            it_answers(stage);
        });
        scope.spawn(|| {
            let rows = configured(&openclaw_json(home, &["models", "list", "--json"]));
            let got: Vec<String> = rows.iter().map(|(reference, _)| reference.clone()).collect();
            let wanted: Vec<String> = served.iter().map(|model| format!("chutes/{}", model.id)).collect();
            assert_eq!(got, wanted);
            for ((reference, row), model) in rows.iter().zip(&served) {
                // What the service does not tell is OpenClaw's to assume.
                if let Some(context) = model.context {
                    assert_eq!(row["contextWindow"], json!(context), "{reference}");
                }
                assert_eq!((&row["available"], &row["missing"]), (&json!(true), &json!(false)), "{reference}");
                assert_eq!(tags(row).contains(&"default"), reference == DEFAULT, "{reference}");
                let alias = ALIASES.iter().find(|(_, target)| target == reference);
                let tag = alias.map(|(alias, _)| format!("alias:{alias}"));
                assert_eq!(tags(row).into_iter().find(|tag| tag.starts_with("alias:")), tag.as_deref(), "{reference}");
            }
            let shown = openclaw(home, &["models", "list"]).stdout;
            let first = shown.lines().find(|line| line.contains(DEFAULT)).expect("the default").to_owned();
            assert!(first.contains("default,configured") && first.contains("198k"), "{first}");
        });
        scope.spawn(|| {
            let status = openclaw_json(home, &["models", "status", "--json"]);
            assert_eq!(status["resolvedDefault"], DEFAULT, "{status}");
            assert_eq!(status["auth"]["missingProvidersInUse"], json!([]));
            let provider = &status["auth"]["providers"][0];
            assert_eq!((&provider["provider"], &provider["profiles"]["apiKey"]), (&json!("chutes"), &json!(1)));
            assert_eq!(provider["effective"]["kind"], "profiles");
            for (alias, target) in ALIASES {
                assert_eq!(status["aliases"][alias], target);
            }
        });
        scope.spawn(|| the_aliases_select(home, &ALIASES));
    });
}

#[test]
fn what_the_wizard_wrote() {
    if !openclaw_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.onboarded_in_a_terminal();
    // OpenClaw has to find everything in its own files.
    stage.home.unset("CHUTES_BASE_URL");
    openclaw_sees_it(&stage);
}

#[test]
fn what_was_written_without_a_person() {
    if !openclaw_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let ran = stage.onboard(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    stage.home.unset("CHUTES_BASE_URL");
    openclaw_sees_it(&stage);
}

#[test]
fn both_ways_write_the_same() {
    // Two services would have two addresses.
    let wizard = Stage::new();
    wizard.onboarded_in_a_terminal();
    let mut other = Home::new();
    other.set("CHUTES_BASE_URL", wizard.standin.api_base());
    let ran = other.run_with_input([BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"], KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    for file in [CONFIG, STORE] {
        assert_eq!(wizard.home.read(file), other.read(file), "{file}");
    }
}

#[test]
fn config_get_answers_as_openclaw_does() {
    if !openclaw_is_here() {
        return;
    }
    let stage = Stage::new();
    assert_eq!(stage.onboard(&[]).code, 0);
    let paths = [
        "models",
        "models.providers.chutes.models[0].id",
        "agents.defaults",
        "agents.defaults.model.primary",
        "agents",
        "auth",
        "gateway.mode",
        "nothing.here",
    ];
    std::thread::scope(|scope| {
        for path in paths {
            let home = &stage.home;
            scope.spawn(move || {
                let theirs = peer::run(home, ["config", "get", path]).expect("it is here");
                let ours = home.run([BIN, "config", "get", path]);
                assert_eq!(ours.code, theirs.code, "{path}: {ours:?} {theirs:?}");
                assert_eq!(ours.stdout, theirs.stdout, "{path}");
            });
        }
        let home = &stage.home;
        scope.spawn(move || {
            let words = ["config", "get", "models", "--json"];
            let ours = home.run([BIN].iter().chain(&words));
            let ours: Value = serde_json::from_str(&ours.stdout).expect("JSON");
            assert_eq!(ours, openclaw_json(home, &words));
        });
    });
}

const LIVED_IN: &str = r#"// Mine since March.
{
  gateway: { mode: 'local', port: 18789 }, // behind caddy
  auth: {
    profiles: { 'anthropic:default': { provider: 'anthropic', mode: 'api_key' } },
  },
  agents: {
    defaults: {
      model: { primary: 'anthropic/claude-sonnet-4-5' },
      // Only these may be used.
      models: {
        'anthropic/claude-sonnet-4-5': { alias: 'sonnet' },
      },
    },
  },
  /* the end */
}
"#;

/// The entry of the other provider, in a style that nobody would write.
const THEIRS: &str =
    "\"anthropic:default\": {\"type\":  \"api_key\",\n      \"provider\": \"anthropic\", \"key\": \"sk-ant-mine\" }";

#[test]
fn over_a_commented_config_with_another_provider_and_an_allowlist() {
    if !openclaw_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.home.write(CONFIG, LIVED_IN);
    stage.home.write(STORE, format!("{{\n  \"version\": 1,\n  \"profiles\": {{\n    {THEIRS}\n  }}\n}}\n"));
    stage.onboarded_in_a_terminal();

    let config = stage.home.read(CONFIG);
    for kept in ["// Mine since March.", "// behind caddy", "// Only these may be used.", "/* the end */", "'sonnet'"] {
        assert!(config.contains(kept), "{kept}: {config}");
    }
    assert!(stage.home.read(STORE).contains(THEIRS), "{}", stage.home.read(STORE));
    stage.home.unset("CHUTES_BASE_URL");
    let home = &stage.home;
    std::thread::scope(|scope| {
        scope.spawn(|| it_answers(&stage));
        scope.spawn(|| {
            let rows = configured(&openclaw_json(home, &["models", "list", "--json"]));
            let default = rows.iter().find(|(_, row)| tags(row).contains(&"default")).expect("a default");
            assert_eq!(default.0, DEFAULT);
            let sonnet = rows.iter().find(|(reference, _)| reference.starts_with("anthropic/")).expect("still allowed");
            assert!(tags(&sonnet.1).contains(&"alias:sonnet"), "{sonnet:?}");
        });
        scope.spawn(|| {
            the_aliases_select(home, &[("sonnet", "anthropic/claude-sonnet-4-5"), ("chutes-pro", ALIASES[1].1)]);
        });
        scope.spawn(|| {
            let valid = openclaw_json(home, &["config", "validate", "--json"]);
            assert_eq!(valid["valid"], true, "{valid}");
        });
    });
}

#[test]
fn after_openclaws_own_onboarding_the_aliases_are_put_right() {
    if !openclaw_is_here() {
        return;
    }
    let mut stage = Stage::new();
    stage.home.set("CHUTES_API_KEY", REFUSED);
    let words = "onboard --non-interactive --accept-risk --auth-choice chutes-api-key --skip-channels --skip-skills \
                 --skip-search --skip-daemon --skip-health --skip-ui --skip-hooks --skip-bootstrap";
    openclaw(&stage.home, &words.split_whitespace().collect::<Vec<_>>());
    stage.home.unset("CHUTES_API_KEY");
    let inverted = |config: &Value| config["agents"]["defaults"]["models"]["chutes-fast"].clone();
    assert_eq!(inverted(&stage.config())["alias"], ALIASES[0].1, "OpenClaw writes them backwards: {}", stage.config());
    let token = stage.config()["gateway"]["auth"].clone();

    stage.onboarded_in_a_terminal();
    assert_eq!(inverted(&stage.config()), Value::Null, "{}", stage.config());
    assert_eq!(stage.config()["gateway"]["auth"], token);
    assert!(stage.home.files_containing(REFUSED).iter().all(|file| *file != stage.home.join(STORE)), "replaced");
    stage.home.unset("CHUTES_BASE_URL");
    std::thread::scope(|scope| {
        scope.spawn(|| the_aliases_select(&stage.home, &ALIASES));
        scope.spawn(|| it_answers(&stage));
    });
}

#[test]
fn switching_from_a_sign_in_to_a_key() {
    if !openclaw_is_here() {
        return;
    }
    let mut stage = Stage::new();
    let config = json!({
        "auth": {
            "profiles": { "chutes:ann": { "provider": "chutes", "mode": "oauth" } },
            "order": { "chutes": ["chutes:ann"] },
        },
    });
    let store = json!({
        "version": 1,
        "profiles": {
            "chutes:ann": {
                "type": "oauth", "provider": "chutes", "access": "cak_old", "refresh": "crt_old",
                "expires": 4_102_444_800_000_u64, "clientId": "cid_000000000000000000000000", "email": "ann",
            },
        },
    });
    stage.home.write(CONFIG, config.to_string());
    stage.home.write(STORE, store.to_string());
    stage.onboarded_in_a_terminal();
    stage.home.unset("CHUTES_BASE_URL");
    std::thread::scope(|scope| {
        scope.spawn(|| it_answers(&stage));
        scope.spawn(|| {
            let status = openclaw_json(&stage.home, &["models", "status", "--json"]);
            let profiles = &status["auth"]["providers"][0]["profiles"];
            assert_eq!((&profiles["apiKey"], &profiles["oauth"]), (&json!(1), &json!(0)), "{status}");
        });
    });
}

#[test]
fn the_second_run_changes_nothing() {
    let stage = Stage::new();
    stage.onboarded_in_a_terminal();
    if openclaw_is_here() {
        openclaw(&stage.home, &["models", "status"]);
    }
    let before = stage.stamp();
    let again = stage.onboard(&[]);
    let document = document(&again);
    assert_eq!((again.code, &document["changed"]), (0, &json!(false)), "{again:?}");
    assert_eq!(document["config"]["backup"], Value::Null);
    assert_eq!(stage.stamp(), before);

    // In the terminal it says so.
    let pty = stage.at_models();
    pty.keys("Enter").wait_text("Nothing has to change");
    pty.keys("Enter").wait_text("Nothing had to change");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(stage.stamp(), before);
}

#[test]
fn when_discovery_failed_and_when_the_list_has_moved_on() {
    if !openclaw_is_here() {
        return;
    }
    let failed = || {
        let mut stage = Stage::new();
        stage.standin.set_fault(Route::Models, Fault::Status(503));
        assert_eq!(stage.onboard(&[]).code, 0);
        stage.home.unset("CHUTES_BASE_URL");
        assert_eq!(openclaw_json(&stage.home, &["config", "validate", "--json"])["valid"], true);
        the_aliases_select(&stage.home, &ALIASES);
        it_answers(&stage);
    };
    let moved_on = || {
        let list = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/chutes-models-2026-08-22.json");
        let mut stage = Stage::serving(std::fs::read(list).expect("the captured list"));
        let ran = stage.onboard(&[]);
        let document = document(&ran);
        assert_eq!(ran.code, 0, "{ran:?}");
        stage.home.unset("CHUTES_BASE_URL");
        // Limits that the service does not tell are left out, and OpenClaw takes that.
        assert_eq!(openclaw_json(&stage.home, &["config", "validate", "--json"])["valid"], true);
        let rows = configured(&openclaw_json(&stage.home, &["models", "list", "--json"]));
        let default = rows.iter().find(|(_, row)| tags(row).contains(&"default")).expect("a default");
        assert_eq!(document["model"]["primary"], default.0);
        let aliases = document["aliases"].as_object().expect("aliases");
        let aliases: Vec<_> =
            aliases.iter().map(|(name, target)| (name.as_str(), target.as_str().expect("a ref"))).collect();
        the_aliases_select(&stage.home, &aliases);
    };
    std::thread::scope(|scope| {
        scope.spawn(failed);
        scope.spawn(moved_on);
    });
}

/// An `openclaw` in the home's `PATH` that does this.
fn put_openclaw(home: &mut Home, does: &str) {
    use std::os::unix::fs::PermissionsExt;
    let program = home.write("bin/openclaw", format!("#!/bin/sh\n{does}\n"));
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its own file");
    home.set("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", home.join("bin").display()));
}

/// The wizard as far as Done, with an OpenClaw that does this.
fn done_beside(does: &str) -> (Stage, testkit::Pty) {
    let mut stage = Stage::new();
    put_openclaw(&mut stage.home, does);
    let pty = stage.at_key();
    pty.paste(KEY).keys("Enter").wait_text("GLM-4.7-TEE");
    pty.keys("Enter");
    wait_review(&pty);
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    (stage, pty)
}

#[test]
fn done_says_that_openclaw_reads_what_was_written() {
    let Some(argv) = peer::argv() else { return };
    let command: Vec<String> = argv.iter().map(|word| format!("'{}'", word.display())).collect();
    let (_stage, pty) = done_beside(&format!("exec {} \"$@\"", command.join(" ")));
    pty.wait_text("reads it: the default and 3 aliases resolve");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn done_says_what_openclaw_reads_otherwise() {
    let answer = json!({"resolvedDefault": DEFAULT, "aliases": {"chutes-fast": "chutes/other\u{1b}[2J/Model"}});
    let (_stage, pty) = done_beside(&format!("echo warning; cat <<'E'\n{answer}\nE"));
    pty.wait_text("OpenClaw takes chutes-fast for chutes/other");
    let (_stage, pty) = done_beside("exit 1");
    pty.wait_text("did not say how it reads this");
    assert_eq!(pty.keys("Enter").wait_exit(), 0);
}

#[test]
fn nobody_waits_for_an_openclaw_that_says_nothing() {
    // Its end closes the pipe.
    let (stage, pty) = done_beside("[ -p alive ] || mkfifo alive; exec sleep 100000 > alive");
    pty.wait_text("reading it");
    let alive = stage.home.join("alive");
    let (said, says) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut pipe = loop {
            if let Ok(pipe) = std::fs::File::open(&alive) {
                break pipe;
            }
            std::thread::yield_now();
        };
        said.send("it runs").expect("the test waits");
        std::io::copy(&mut pipe, &mut std::io::sink()).expect("a pipe");
        said.send("it is gone").expect("the test waits");
    });
    assert_eq!(says.recv_timeout(testkit::timeout()), Ok("it runs"));
    assert_eq!(pty.keys("Enter").wait_exit(), 0);
    assert_eq!(says.recv_timeout(testkit::timeout()), Ok("it is gone"));
}
