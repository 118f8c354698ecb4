//! A canary key through every flow: it is in the auth store and nowhere else, not in any argument of ours
//! or of a child, not on screen beyond its last four characters, not in what a panic prints.

use crate::support::*;
use openclaw_chutes::openclaw::types::AuthChoice;
use openclaw_chutes::secret::Secret;
use openclaw_chutes::standin::{Fault, Keys, Route};
use openclaw_chutes::tui::terminal::Terminal;
use openclaw_chutes::wizard::Wizard;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::protocol::Event;
use testkit::{Home, need};

/// Every program that was started since the stage is watched, ours and its children, by the words it was started
/// with: nothing of the key is in them. `started`: how often ours was.
fn assert_in_no_argument(stage: &Stage, started: usize) {
    let trace = stage.started();
    let ours = format!("execve(\"{BIN}\", [");
    let is_ours = |line: &&str| line.contains(&ours) && line.ends_with(" = 0");
    assert_eq!(trace.lines().filter(is_ours).count(), started, "{trace}");
    assert_eq!(leaks(&trace), None, "{trace}");
}

#[test]
fn in_the_wizard() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new().watched();
    let pty = stage.onboarded_in_a_terminal();
    assert_eq!(leaks(pty.raw()), None);
    assert!(pty.ever_showed(HINT), "its last four characters are shown");
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);

    assert_in_no_argument(&stage, 1);

    // Once more with all there is to see: help, the diff of a replaced key, back and forth, undo.
    let other = Stage::new().watched();
    other.standin.set_keys(Keys::Listed(vec![KEY.to_owned(), REFUSED.to_owned()]));
    assert_eq!(other.onboard_with(REFUSED, &[]).code, 0);
    let pty = other.home.pty(other.argv(&["onboard"])).env("CHUTES_API_KEY", KEY).size(120, 60).spawn();
    pty.wait_text("How should OpenClaw sign in to Chutes?");
    pty.wait_text(HINT);
    pty.keys("?").wait_text("Keys");
    pty.keys("Esc").wait_text("How should");
    // Whichever line the cursor is on, the one with the variable is found by its words: from the top down.
    let is_chosen = || pty.screen().rows().iter().any(|row| row.contains('▸') && row.contains("CHUTES_API_KEY"));
    pty.keys("Up Up Up Up");
    for _ in 0..8 {
        if pty.wait_quiet(std::time::Duration::from_millis(100)).contains("CHUTES_API_KEY") && is_chosen() {
            break;
        }
        pty.keys("Down");
    }
    assert!(is_chosen(), "{:?}", pty.screen().rows());
    pty.keys("Enter").wait_text("live");
    pty.keys("Enter");
    wait_review(&pty);
    pty.keys("Down PageDown End Home").wait_text("This is what will be written");
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    pty.keys("u").wait_text("Undone");
    pty.keys("Enter");
    pty.wait_exit();
    assert_eq!(leaks(pty.raw()), None);
    for part in ["Ar4Tt", "Ko1Vy", "Di0Fp"] {
        assert!(!pty.ever_wrote(part), "the key that was replaced is masked too");
    }
    assert_in_no_argument(&other, 2);
}

#[test]
fn without_a_person_and_in_every_command() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new().watched();
    let mut said = vec![stage.onboard(&["--check"]), stage.onboard(&[]), stage.onboard(&[])];
    for words in [
        "models list --json",
        "models list --all",
        "models status --json",
        "models status --probe",
        "models status --check --probe",
        "models aliases list --json",
        "models refresh --json",
        "models set chutes-pro --json",
        "config get auth",
        "config get models --json",
        "undo --json",
        "--help",
    ] {
        said.push(stage.ours(&words.split(' ').collect::<Vec<_>>()));
    }
    for ran in &said {
        assert_eq!((leaks(&ran.stdout), leaks(&ran.stderr)), (None, None), "{ran:?}");
    }
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);
    // Nor any part of it in a file of our own.
    for file in stage.home.files().iter().filter(|file| **file != stage.home.join(STORE)) {
        assert_eq!(leaks(std::fs::read(file).expect("a file")), None, "{}", file.display());
    }
    assert_in_no_argument(&stage, said.len());
}

#[test]
fn in_what_the_service_says_back() {
    // Every status repeats the Authorization header in its body.
    for status in [400, 401, 402, 403, 404, 418, 422, 429, 500, 502, 503] {
        for route in [Route::Models, Route::Chat] {
            let stage = Stage::new();
            stage.standin.set_fault(route, Fault::Status(status));
            let ran = stage.onboard(&[]);
            assert_eq!((leaks(&ran.stdout), leaks(&ran.stderr)), (None, None), "{status} {route:?}: {ran:?}");
            for file in stage.home.files().iter().filter(|file| **file != stage.home.join(STORE)) {
                assert_eq!(leaks(std::fs::read(file).expect("a file")), None, "{status} {}", file.display());
            }
        }
    }
    let stage = Stage::new();
    stage.standin.set_fault(Route::Chat, Fault::Status(500));
    let pty = stage.at_models();
    // A test call from the list, and the one of the review.
    pty.keys("t").wait_text("500");
    pty.keys("Enter").wait_text("not verified");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    assert_eq!(leaks(pty.raw()), None);
}

/// Where something else is asked for, no more than the beginning is seen, which says what it is.
#[test]
fn a_key_pasted_into_another_field_is_covered() {
    let stage = Stage::new();
    let id = stage.home.pty([BIN, "onboard", "--auth-choice", "chutes"]).spawn();
    id.wait_text("Which OAuth app");
    id.paste(KEY).wait_text("cpk_•");
    id.keys("Enter").wait_text("cpk_•");
    let lines = stage.home.pty([BIN, "onboard", "--plain", "--auth-choice", "chutes"]).spawn();
    lines.wait_text("> ");
    lines.type_text(KEY).wait_text("cpk***");
    let models = stage.at_models();
    models.keys("/").paste(KEY).wait_text("••••");
    models.keys("Esc").wait_gone("••••");
    models.keys("e").paste(KEY).wait_text("••••");
    for pty in [id, lines, models] {
        pty.signal(testkit::Signal::TERM);
        assert_eq!(pty.wait_exit(), 143);
        assert_eq!(leaks(pty.raw()), None, "{}", pty.screen().describe());
    }
}

#[test]
fn a_key_as_an_argument_is_refused_and_not_repeated() {
    for args in [
        vec!["onboard".to_owned(), "--chutes-api-key".to_owned(), KEY.to_owned()],
        vec!["onboard".to_owned(), format!("--chutes-api-key={KEY}")],
        vec![
            "onboard".to_owned(),
            "--non-interactive".to_owned(),
            "--json".to_owned(),
            format!("--chutes-api-key={KEY}"),
        ],
        vec!["onboard".to_owned(), KEY.to_owned()],
        vec![KEY.to_owned()],
    ] {
        let stage = Stage::new();
        let ran = stage.ours(&args.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert_eq!((leaks(&ran.stdout), leaks(&ran.stderr)), (None, None), "{args:?}: {ran:?}");
        if args.iter().any(|arg| arg.starts_with("--chutes-api-key")) {
            for option in ["--api-key-stdin", "--api-key-file"] {
                assert!(ran.stderr.contains(option), "{ran:?}");
            }
        }
        assert!(stage.home.files().is_empty());
    }
}

/// Not a test by itself: what [`a_panic_gives_the_terminal_back_and_tells_no_secret`] runs in a terminal.
/// It panics in the middle of a wizard that holds the key, and prints all that the wizard is.
#[test]
#[ignore = "run by another test, in a pseudo-terminal"]
fn panicking_wizard() {
    if std::env::var_os("PANIC_HERE").is_none() {
        return;
    }
    let facts = Facts { choice: Some(AuthChoice::ApiKey), env_key: Some(Secret::new(KEY)), ..Facts::default() };
    let (mut wizard, _) = Wizard::new(facts);
    let paste = Event::Paste(Secret::new(KEY));
    let said = format!("{paste:?}");
    wizard.handle(paste);
    let _terminal = Terminal::enter(false).expect("a terminal");
    panic!("on purpose {said} {wizard:?}");
}

#[test]
fn a_panic_gives_the_terminal_back_and_tells_no_secret() {
    let home = Home::new();
    let this = std::env::current_exe().expect("this test");
    let argv = [this.to_str().expect("a path"), "secrets::panicking_wizard", "--exact", "--ignored", "--nocapture"];
    let pty = home.pty(argv).env("PANIC_HERE", "1").spawn();
    assert_eq!(pty.wait_exit(), 101, "{}", pty.screen().describe());
    pty.assert_terminal_restored();
    assert!(pty.ever_wrote("\u{1b}[?1049h") && pty.ever_wrote("\u{1b}[?2004h"), "it had the terminal");
    assert!(pty.ever_wrote("on purpose"), "the message is printed: {}", pty.screen().describe());
    assert_eq!(leaks(pty.raw()), None);
}
