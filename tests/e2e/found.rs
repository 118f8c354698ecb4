//! An OpenClaw that is not in PATH, as for cron, sudo and Ansible: found where its installer put it, or where
//! `--openclaw` says, and what is written is what it reads.

use crate::support::*;
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::json;
use testkit::Home;
use testkit::peer::{Release, patiently};

/// Onboards with a PATH that has no OpenClaw, then asks the real one.
fn onboarded(stage: &mut Stage, directory: &str, more: &[&str]) {
    let Some(release) = Release::of("2026.9.6") else { return };
    let bin = release.link(&stage.home, directory);
    stage.home.set("npm_config_offline", "true").set("npm_config_fetch_retries", "0");
    let named = bin.join("openclaw").display().to_string();
    let more: Vec<&str> = more.iter().map(|word| if *word == "HERE" { named.as_str() } else { word }).collect();
    let words = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
    let ran = patiently(&stage.home, words.iter().chain(&more), KEY);
    let document = document(&ran);
    assert_eq!((ran.code, &document["ok"]), (0, &json!(true)), "{ran:?}");
    assert!(document["auth"]["store"].as_str().unwrap().ends_with("openclaw.sqlite"), "{document}");
    assert!(!warnings(&document).contains(&"openclaw-not-found"), "{document}");
    assert!(!stage.home.join(STORE).exists(), "a file that this release refuses to start with");

    stage.home.set("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    let status = patiently(&stage.home, ["openclaw", "models", "status", "--json"], "");
    assert_eq!(status.code, 0, "{status:?}");
    let start = status.stdout.find('{').unwrap();
    let status: serde_json::Value = serde_json::from_str(&status.stdout[start..]).unwrap();
    assert_eq!(status["resolvedDefault"], DEFAULT, "{status}");
    assert_eq!(status["auth"]["missingProvidersInUse"], json!([]), "{status}");
}

#[test]
fn by_nvm() {
    onboarded(&mut Stage::new(), ".nvm/versions/node/v24.1.0/bin", &[]);
}

#[test]
fn by_name() {
    onboarded(&mut Stage::new(), "somewhere/else", &["--openclaw", "HERE"]);
}

/// As the shims of version managers: nothing in the script or beside it tells where the package is.
#[test]
fn by_a_script_that_only_runs_it() {
    use std::os::unix::fs::PermissionsExt;
    let mut stage = Stage::new();
    let script = "#!/bin/sh\ndir=$(dirname \"$0\")\nPATH=$dir/../real:$PATH exec \"$dir/../real/openclaw\" \"$@\"\n";
    let program = stage.home.write("shims/openclaw", script);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its own file");
    stage.home.set("PATH", format!("{}:/usr/bin:/bin", stage.home.join("shims").display()));
    onboarded(&mut stage, "real", &[]);
}

#[test]
fn one_that_does_not_tell_its_version_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let mut stage = Stage::new();
    let program = stage.home.write("shims/openclaw", "#!/bin/sh\necho 'shim: no version is set'\nexit 126\n");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its own file");
    stage.home.set("PATH", format!("{}:/usr/bin:/bin", stage.home.join("shims").display()));
    let ran = stage.onboard(&["--check"]);
    let document = document(&ran);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(warnings(&document).contains(&"openclaw-version-unknown"), "{document}");
}

#[test]
fn a_name_that_leads_nowhere_is_refused() {
    let stage = Stage::new();
    let ran = stage.onboard(&["--openclaw", "/nowhere/openclaw"]);
    assert_eq!((ran.code, &document(&ran)["error"]["code"]), (2, &json!("no-such-openclaw")), "{ran:?}");
    assert!(stage.stamp().is_empty());
}

/// OpenClaw is gone, or is where nobody looks: its config still tells that it keeps credentials in a database.
#[test]
fn a_config_that_a_newer_openclaw_wrote_gets_no_file_that_it_refuses() {
    let stage = Stage::new();
    stage.home.write(CONFIG, "{ meta: { lastTouchedVersion: '2026.9.6' } }\n");
    let before = stage.stamp();
    let ran = stage.onboard(&[]);
    let document = document(&ran);
    assert_eq!((ran.code, &document["ok"]), (1, &json!(false)), "{ran:?}");
    assert!(document["error"]["hint"].as_str().unwrap().contains("--openclaw"), "{document}");
    assert_eq!(stage.stamp(), before, "nothing was written");
}

/// OpenClaw comes later, and nobody knows which: what was written is what each of them reads. The key goes with the
/// logout, and the next run replaces it.
#[test]
fn without_any_openclaw_every_generation_reads_what_was_written() {
    let standin = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
    let standin = Standin::start(standin).expect("a stand-in");
    let mut home = Home::without_openclaw();
    home.set("CHUTES_BASE_URL", standin.api_base());
    let mut stage = Stage::of(home, standin);
    let ran = stage.onboard(&[]);
    let said = document(&ran);
    assert_eq!((ran.code, &said["ok"], &said["model"]["verified"]), (0, &json!(true), &json!(true)), "{ran:?}");
    assert_eq!(warnings(&said), ["openclaw-not-found"]);
    let store = stage.home.join(".openclaw/.env");
    assert_eq!(said["auth"]["store"], json!(store), "{said}");
    assert_eq!(stage.home.files_containing(KEY), [store], "only there");
    assert!(!stage.home.join(STORE).exists(), "a file that new releases refuse to start with");
    assert_eq!(document(&stage.onboard(&[]))["changed"], json!(false));

    for version in ["2026.5.28", "2026.7.1", "2026.9.6"] {
        let Some(release) = Release::of(version) else { return };
        let home = crate::peer::copy_of(&stage.home);
        let words = ["models", "status", "--json"];
        let status = patiently(&home, release.argv().into_iter().chain(words.map(Into::into)), "");
        assert_eq!(status.code, 0, "{version} {status:?}");
        let start = status.stdout.find('{').expect("a document");
        let status: serde_json::Value = serde_json::from_str(&status.stdout[start..]).expect("JSON");
        assert_eq!(status["resolvedDefault"], DEFAULT, "{version} {status}");
        assert_eq!(status["auth"]["missingProvidersInUse"], json!([]), "{version} {status}");
    }
    let release = Release::of("2026.9.6").expect("it was here a moment ago");
    let prompt = ["infer", "model", "run", "--local", "--model", DEFAULT, "--prompt", "hi", "--json"];
    stage.home.set("npm_config_offline", "true").set("npm_config_fetch_retries", "0");
    let asked = patiently(&stage.home, release.argv().into_iter().chain(prompt.map(Into::into)), "");
    assert!(asked.stdout.contains("Hello from the stand-in."), "{asked:?}");
    let call = stage.standin.requests().into_iter().rfind(|request| request.target == "/v1/chat/completions");
    assert_eq!(call.expect("a completion").authorization, Some(format!("Bearer {KEY}")));
}
