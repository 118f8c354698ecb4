//! What this program makes at Chutes stays there when files are undone: it is named, deleted where that can be done, and
//! known even when the run that asked for it was cut off.

use crate::support::*;
use crate::wizard::ADMIN;
use openclaw_chutes::standin::sample::{Era, list};
use openclaw_chutes::standin::{Config, Keys, Record, Standin};
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use testkit::{Home, Pty};

/// A service that makes a key when it is let, and a home that leads to it.
fn holding_back() -> (Standin, Sender<()>, Receiver<()>, Home) {
    let (arrived, arrivals) = channel();
    let (go_on, wait) = channel::<()>();
    let (arrived, wait) = (Mutex::new(arrived), Arc::new(Mutex::new(wait)));
    let hold = move |record: &Record| {
        if record.method == "POST" && record.target == "/api_keys/" {
            arrived.lock().unwrap().send(()).unwrap();
            // Until the test says so, or is over.
            let _ = wait.lock().unwrap().recv();
        }
    };
    let config = Config::serving(Keys::AnyWellFormed, list(Era::Documented));
    let standin = Standin::start_with(config, Some(Box::new(hold))).unwrap();
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base()).set("CHUTES_IDP_BASE_URL", standin.idp_base());
    (standin, go_on, arrivals, home)
}

fn at_review(home: &Home) -> Pty {
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes-api-key"]).size(80, 40).spawn();
    pty.wait_text("Paste your Chutes API key");
    pty.paste(ADMIN).keys("Enter").wait_text("models, live");
    pty.keys("Enter").wait_text("may do everything");
    pty.wait_text("answered");
    pty
}

fn made(home: &Home) -> Vec<Value> {
    serde_json::from_str(&home.read(".local/state/openclaw-chutes/made-at-chutes.json")).unwrap()
}

#[test]
fn a_key_that_was_being_made_when_the_run_was_cut_off_is_named_by_the_next() {
    let (standin, go_on, arrivals, home) = holding_back();
    let pty = at_review(&home);
    pty.keys("x").wait_text("is making a key");
    arrivals.recv_timeout(testkit::timeout()).expect("the request");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    let [asked] = &made(&home)[..] else { panic!("{:?}", made(&home)) };
    let name = asked["name"].as_str().unwrap().to_owned();
    assert!(asked["id"].is_null() && name.starts_with("OpenClaw "), "{asked}");
    assert!(home.files_containing(ADMIN).is_empty());
    drop(go_on);

    // The next run names it, once.
    let onboard = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
    let said = home.run_with_input(onboard, format!("{ADMIN}\n"));
    let said: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|_| panic!("{said:?}"));
    let warning = said["warnings"].as_array().unwrap().iter().find(|warning| warning["code"] == "made-unheard");
    assert!(warning.expect("its name")["message"].as_str().unwrap().contains(&name), "{said}");
    assert!(made(&home).is_empty());
    drop(standin);
}

#[test]
fn undo_from_the_shell_names_the_key_and_deletes_it_where_it_can() {
    let (_standin, go_on, _arrivals, mut home) = holding_back();
    let written = |home: &Home| {
        go_on.send(()).unwrap();
        let pty = at_review(home);
        pty.keys("x").wait_text("Now with the new key");
        pty.wait_text("answered");
        pty.keys("Enter").wait_text("openclaw models status");
        // What was made is said.
        pty.wait_text("was made at Chutes for this");
        pty.keys("Enter");
        assert_eq!(pty.wait_exit(), 0);
        made(home)[0]["name"].as_str().unwrap().to_owned()
    };
    let name = written(&home);
    let ran = home.run([BIN, "undo"]);
    assert!(
        ran.code == 0 && ran.stdout.contains(&format!("“{name}”, which this program made, is still valid")),
        "{ran:?}"
    );
    assert_eq!(made(&home).len(), 1, "it is still there");

    let other = written(&home);
    home.set("CHUTES_API_KEY", ADMIN);
    let ran = home.run([BIN, "undo", "--json"]);
    let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!((ran.code, &said["atChutes"]), (0, &json!([])), "{other}: {said}");
    assert!(made(&home).is_empty());
}
