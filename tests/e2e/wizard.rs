//! The wizard with an API key, as the real binary in a pseudo-terminal: from nothing to a written config,
//! every failure of discovery, and every way to leave it.

use crate::support::*;
use openclaw_chutes::standin::{ClosedPort, Fault, Route};
use serde_json::json;
use testkit::{Pty, Signal};

#[test]
fn a_pasted_key_and_four_times_enter() {
    for (cols, rows) in [(80, 24), (120, 40), (40, 12)] {
        let stage = Stage::new();
        let pty = stage.wizard().size(cols, rows).spawn();
        pty.wait_for("the field for the key", |screen| screen.contains("Paste your Chutes API key"));
        pty.paste(KEY).keys("Enter");
        pty.wait_for("the models", |screen| screen.contains("GLM-4.7-TEE") && screen.contains("live"));
        pty.keys("Enter");
        pty.wait_text("This is what will be written");
        // Pressed at once, it waits for the test call.
        pty.keys("Enter");
        pty.wait_for("the end", |screen| screen.contains("OpenClaw is set up for Chutes"));
        pty.keys("Enter");
        assert_eq!(pty.wait_exit(), 0);
        pty.assert_terminal_restored();

        let config = stage.config();
        assert_eq!(config["agents"]["defaults"]["model"]["primary"], DEFAULT, "{cols}x{rows}");
        assert_eq!(config["models"]["providers"]["chutes"]["baseUrl"], stage.standin.api_base());
        for (alias, target) in ALIASES {
            assert_eq!(config["agents"]["defaults"]["models"][target]["alias"], alias);
        }
        let store: serde_json::Value = serde_json::from_str(&stage.home.read(STORE)).expect("JSON");
        assert_eq!(store["profiles"]["chutes:default"]["key"], KEY);
        assert!(pty.screen().contains(DEFAULT), "what was done stays on the screen: {}", pty.screen().describe());
        if (cols, rows) == (80, 24) {
            assert!(pty.bytes() <= 40_000, "{} bytes for the whole way", pty.bytes());
        }
    }
}

#[test]
fn keys_pressed_ahead_are_not_lost_and_decide_nothing_unseen() {
    let stage = Stage::new();
    let pty = stage.at_key();
    // All at once, as somebody does who knows the way. Enter while discovery runs means nothing.
    pty.paste(KEY).keys("Enter Enter Enter Enter");
    pty.wait_for("a screen behind discovery", |screen| screen.contains("GLM-4.7-TEE"));
    let before_review = stage.home.join(CONFIG).exists() && !pty.ever_showed("This is what will be written");
    assert!(!before_review, "nothing is written that was not shown");
    pty.keys("C-c");
    pty.wait_exit();
}

/// Goes to the models whatever discovery said, and checks that they are the built-in ones.
fn goes_on_with_the_built_in_models(stage: &Stage, pty: &Pty) {
    pty.keys("Enter").wait_text("8 built-in models");
    pty.keys("Enter");
    pty.wait_for("the review", |screen| screen.contains("This is what will be written"));
    finish(pty);
    let registered = stage.registered();
    assert_eq!(registered.len(), 9, "the eight, and the target of chutes-fast: {registered:?}");
    assert!(registered.contains(&"zai-org/GLM-4.7-FP8".to_owned()));
    assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
}

/// A failure of discovery: what it is called here, and what the screen says about it.
fn every_failure() -> Vec<(Fault, &'static [&'static str])> {
    vec![
        (Fault::Status(403), &["403"]),
        (Fault::Status(429), &["429"]),
        (Fault::Status(500), &["500"]),
        (Fault::Status(503), &["503"]),
        (Fault::Html, &["web page"]),
        (Fault::Truncated, &["127.0.0.1"]),
        (Fault::OddJson, &["list"]),
        (Fault::EmptyList, &["no model"]),
        (Fault::Close, &["127.0.0.1"]),
        (Fault::GzipBomb, &["5 MiB"]),
        (Fault::Oversized, &["5 MiB"]),
        (Fault::Redirect(302, "http://127.0.0.2:1/v1/models".to_owned()), &["127.0.0.2"]),
    ]
}

#[test]
fn every_failure_of_discovery_says_why_and_goes_on() {
    std::thread::scope(|scope| {
        for (fault, words) in every_failure() {
            scope.spawn(move || {
                let stage = Stage::new();
                stage.standin.set_fault(Route::Models, fault.clone());
                let pty = stage.at_key();
                pty.paste(KEY).keys("Enter");
                let screen = pty.wait_for(&format!("the notice for {fault:?}"), |s| s.contains("built-in models"));
                for word in words {
                    assert!(screen.contains(word), "{fault:?} should say {word}: {}", screen.describe());
                }
                goes_on_with_the_built_in_models(&stage, &pty);
                assert_eq!(leaks(pty.raw()), None, "{fault:?}");
            });
        }
    });
}

#[test]
fn nobody_there_no_such_name_and_no_tls() {
    let closed = ClosedPort::new().expect("a port");
    let refused = format!("http://{}/v1", closed.address().expect("its address"));
    let stage = Stage::new();
    // TLS spoken to a server that does not.
    let not_tls = stage.standin.api_base().replace("http:", "https:");
    for (url, words) in [
        (refused, "127.0.0.1"),
        ("https://chutes.invalid/v1".to_owned(), "chutes.invalid could not be resolved"),
        (not_tls, "TLS"),
    ] {
        let mut stage = Stage::new();
        stage.home.set("CHUTES_BASE_URL", &url);
        let pty = stage.at_key();
        pty.paste(KEY).keys("Enter");
        let screen = pty.wait_for(&format!("the notice for {url}"), |s| s.contains("built-in models"));
        assert!(screen.contains(words), "{url}: {}", screen.describe());
        goes_on_with_the_built_in_models(&stage, &pty);
    }
}

#[test]
fn a_service_that_never_answers_is_given_up_after_ten_seconds() {
    let stage = Stage::new();
    stage.standin.set_fault(Route::Models, Fault::Hang);
    let pty = stage.at_key();
    pty.paste(KEY).keys("Enter");
    pty.wait_text("Asking 127.0.0.1");
    let screen = pty.wait_text("built-in models");
    assert!(screen.contains("10 s"), "{}", screen.describe());
    goes_on_with_the_built_in_models(&stage, &pty);
}

#[test]
fn leaving_discovery_while_it_hangs() {
    let stage = Stage::new();
    stage.standin.set_fault(Route::Models, Fault::Hang);
    let pty = stage.at_key();
    pty.paste(KEY).keys("Enter");
    pty.wait_text("Asking 127.0.0.1");
    pty.keys("Esc").wait_text("Paste your Chutes API key");
    assert!(pty.screen().contains(&format!("{0} of {0}", KEY.len())), "what was typed is kept");
    stage.standin.set_fault(Route::Models, Fault::None);
    pty.keys("Enter");
    pty.wait_for("the live list", |screen| screen.contains("live") && screen.contains("GLM-4.7-TEE"));
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
}

#[test]
fn a_refused_key_is_named_and_another_one_works() {
    let stage = Stage::new();
    let pty = stage.at_key();
    pty.paste(REFUSED).keys("Enter");
    let screen = pty.wait_text("Chutes refused the key");
    assert!(screen.contains(&REFUSED[REFUSED.len() - 4..]) && screen.contains("another key"), "{}", screen.describe());
    assert!(screen.contains("built-in models"), "going on is offered too: {}", screen.describe());
    pty.keys("k").wait_text("Paste your Chutes API key");
    pty.paste(KEY).keys("Enter");
    pty.wait_for("the live list", |screen| screen.contains("live") && screen.contains("GLM-4.7-TEE"));
    pty.keys("Enter");
    wait_review(&pty);
    finish(&pty);
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);
    assert!(stage.home.files_containing(REFUSED).is_empty());
    assert!(!pty.ever_wrote("Di0Fp7Hl"), "the refused key is never shown");
}

#[test]
fn a_key_refused_by_the_test_call_writes_nothing() {
    let stage = Stage::new();
    let pty = stage.at_key();
    pty.paste(REFUSED).keys("Enter").wait_text("Chutes refused the key");
    pty.keys("Enter").wait_text("8 built-in models");
    pty.keys("Enter").wait_text("Nothing was written");
    pty.keys("Enter Enter");
    pty.keys("k").wait_text("Paste your Chutes API key");
    assert!(stage.stamp().is_empty(), "{:?}", stage.stamp());
    pty.paste(KEY).keys("Enter").wait_text("live");
    pty.keys("Enter");
    wait_review(&pty);
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    assert_eq!(stage.home.files_containing(KEY), [stage.home.join(STORE)]);
}

#[test]
fn back_keeps_what_was_typed_and_chosen() {
    let stage = Stage::new();
    let pty = stage.home.pty([BIN, "onboard"]).spawn();
    pty.wait_text("How should OpenClaw sign in to Chutes?");
    // The API key is one of the choices; go to it by name, not by place.
    for _ in 0..4 {
        if pty.screen().rows().iter().any(|row| row.contains('▸') && row.contains("API key")) {
            break;
        }
        pty.keys("Down").wait_quiet(std::time::Duration::from_millis(100));
    }
    pty.keys("Enter").wait_text("Paste your Chutes API key");
    pty.type_text("cpk_abc.def").wait_text("11 of 102");
    pty.keys("Esc").wait_text("How should OpenClaw sign in to Chutes?");
    pty.keys("Enter").wait_text("11 of 102");
    pty.keys("C-u").wait_gone("11 of 102");
    pty.paste(KEY).keys("Enter").wait_text("live");
    pty.keys("Down Enter");
    let chosen = pty.wait_for("another default", |s| {
        s.rows().iter().any(|row| row.contains('▸') && row.contains("default") && !row.contains("GLM-4.7-TEE"))
    });
    let row = chosen.rows().into_iter().find(|row| row.contains('▸')).expect("the cursor");
    let id = row.split_whitespace().find(|word| word.contains('/')).expect("an id").to_owned();
    pty.keys("Enter").wait_text("This is what will be written");
    pty.keys("Esc").wait_text("alias");
    pty.wait_for("the choice is kept", |s| s.rows().iter().any(|row| row.contains(&id) && row.contains("default")));
    pty.keys("Enter").wait_text("This is what will be written");
    wait_review(&pty);
    finish(&pty);
    let primary = stage.config()["agents"]["defaults"]["model"]["primary"].as_str().expect("a default").to_owned();
    assert!(primary.starts_with(&format!("chutes/{}", id.trim_end_matches('…'))), "{primary} is not {id}");
}

#[test]
fn malformed_keys_are_explained_before_any_call() {
    let stage = Stage::new();
    let pty = stage.at_key();
    for (typed, says) in [
        ("sk-proj-0123456789", "starts with cpk_"),
        ("cpk_onlyone.dot", "two dots"),
        ("cpk_a.b c.d", "white space"),
        ("cak_0123456789abcdef", "OAuth access token"),
        ("csc_0123456789abcdef", "client secret"),
        (&KEY[..98], "98 of 102"),
        ("aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF", "fingerprint"),
    ] {
        pty.keys("C-u").paste(typed).keys("Enter").wait_text(says);
        assert!(!pty.ever_wrote(typed), "{typed} is masked");
    }
    pty.keys("C-u Enter").wait_text("There is no key yet");
    assert!(stage.standin.requests().is_empty(), "no call was made");
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    assert_eq!(stage.home.files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn help_on_every_screen() {
    let stage = Stage::new();
    let pty = stage.wizard().spawn();
    let help = |key: &str, of: &str| {
        pty.keys(key).wait_for(&format!("the keys of {of}"), |s| s.contains("Keys") && s.contains("^C"));
        pty.keys("Esc").wait_text(of);
    };
    pty.wait_text("Paste your Chutes API key");
    help("F1", "Paste your Chutes API key");
    pty.paste(KEY).keys("Enter").wait_text("live");
    help("?", "live");
    help("F1", "live");
    pty.keys("Enter");
    wait_review(&pty);
    help("?", "This is what will be written");
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    help("?", "OpenClaw is set up for Chutes");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
}

#[test]
fn every_screen_stands_every_size() {
    let stage = Stage::new();
    let pty = stage.wizard().spawn();
    let through = |of: &str| {
        for (cols, rows) in [(120, 40), (40, 12), (20, 5), (200, 60), (1, 1), (80, 24)] {
            pty.resize(cols, rows);
            match (cols, rows) {
                (20, 5) => _ = pty.wait_for("what it needs", |s| s.joined().contains("This needs a window")),
                (1, 1) => {}
                _ => {
                    _ = pty.wait_for(&format!("{of} at {cols}x{rows}"), |s| s.size() == (cols, rows) && s.contains(of))
                }
            }
        }
    };
    pty.wait_text("Paste your Chutes API key");
    through("Paste your Chutes API key");
    stage.standin.set_fault(Route::Models, Fault::Status(503));
    pty.paste(KEY).keys("Enter").wait_text("503");
    through("503");
    stage.standin.set_fault(Route::Models, Fault::None);
    pty.keys("r").wait_text("live");
    through("GLM-4.7-TEE");
    pty.keys("?").wait_text("Keys");
    through("Keys");
    pty.keys("Esc").wait_text("live");
    pty.keys("Enter");
    wait_review(&pty);
    through("This is what will be written");
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    through("OpenClaw is set up for Chutes");
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    pty.assert_terminal_restored();
}

#[test]
fn without_colour() {
    for arguments in [&[][..], &["--no-color"]] {
        let stage = Stage::new();
        let argv = [BIN, "onboard", "--auth-choice", "chutes-api-key"];
        let launch = stage.home.pty(argv.iter().chain(arguments));
        let pty = if arguments.is_empty() { launch.env("NO_COLOR", "1") } else { launch }.spawn();
        pty.wait_text("Paste your Chutes API key");
        pty.paste(KEY).keys("Enter").wait_text("live");
        pty.keys("Enter");
        wait_review(&pty);
        pty.keys("C-c");
        assert_eq!(pty.wait_exit(), 130);
        // Of all sequences that set attributes, none sets a colour.
        let text = String::from_utf8_lossy(&pty.raw()).into_owned();
        for sequence in text.split("\u{1b}[").skip(1) {
            let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
            if sequence[end..].starts_with('m') {
                let coloured = sequence[..end]
                    .split([';', ':'])
                    .any(|part| part.parse().is_ok_and(|n: u16| matches!(n, 30..=38 | 40..=48 | 90..=97 | 100..=107)));
                assert!(!coloured, "{arguments:?}: ESC[{}m", &sequence[..end]);
            }
        }
    }
}

#[test]
fn in_simplified_chinese() {
    for (name, value) in [("LANG", "zh_CN.UTF-8"), ("OPENCLAW_LOCALE", "zh-CN")] {
        let stage = Stage::new();
        let pty = stage.wizard().env(name, value).spawn();
        pty.wait_text("请粘贴您的 Chutes API 密钥");
        pty.paste(KEY).keys("Enter").wait_text("实时");
        pty.keys("Enter");
        pty.wait_for("the review", |s| s.contains("将要写入的内容") && s.contains("毫秒内响应"));
        pty.keys("Enter").wait_text("OpenClaw 已设置好 Chutes");
        pty.keys("Enter");
        assert_eq!(pty.wait_exit(), 0);
        assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
    }
}

/// Leads the wizard to a screen, by name.
fn lead_to(pty: &Pty, screen: &str) {
    pty.wait_text("Paste your Chutes API key");
    if screen == "key" {
        pty.paste(KEY).wait_text(&format!("{0} of {0}", KEY.len()));
        return;
    }
    pty.paste(KEY).keys("Enter");
    if screen == "discover" {
        pty.wait_text("Asking 127.0.0.1");
        return;
    }
    pty.wait_text("live");
    if screen == "review" {
        pty.keys("Enter");
        wait_review(pty);
    }
}

const SEEN: &str = "{\n  // mine\n  models: {},\n}\n";

#[test]
fn however_it_is_ended_the_terminal_is_given_back_and_no_file_changed() {
    let ways: [(&str, i32); 5] = [("C-c", 130), ("TERM", 143), ("HUP", 129), ("INT", 130), ("hang up", 129)];
    std::thread::scope(|scope| {
        for screen in ["key", "discover", "models", "review"] {
            scope.spawn(move || {
                for (way, code) in ways {
                    let stage = Stage::new();
                    stage.home.write(CONFIG, SEEN);
                    let before = stage.stamp();
                    if screen == "discover" {
                        stage.standin.set_fault(Route::Models, Fault::Hang);
                    }
                    let mut pty = stage.wizard().spawn();
                    lead_to(&pty, screen);
                    match way {
                        "TERM" => pty.signal(Signal::TERM),
                        "HUP" => pty.signal(Signal::HUP),
                        "INT" => pty.signal(Signal::INT),
                        "hang up" => pty.hang_up(),
                        key => _ = pty.keys(key),
                    }
                    assert_eq!(pty.wait_exit(), code, "{way} on {screen}");
                    if way != "hang up" {
                        pty.assert_terminal_restored();
                    }
                    assert_eq!(stage.stamp(), before, "{way} on {screen}");
                    assert!(stage.home.files_containing(KEY).is_empty(), "{way} on {screen}");
                    assert_eq!(leaks(pty.raw()), None, "{way} on {screen}");
                }
            });
        }
    });
}

#[test]
fn killed_outright_it_changed_no_file() {
    for screen in ["key", "models", "review"] {
        let stage = Stage::new();
        stage.home.write(CONFIG, SEEN);
        let before = stage.stamp();
        let pty = stage.wizard().spawn();
        lead_to(&pty, screen);
        pty.signal(Signal::KILL);
        assert_eq!(pty.wait_exit(), -9);
        assert_eq!(stage.stamp(), before, "{screen}");
        assert!(stage.home.files_containing(KEY).is_empty(), "{screen}");
        // The next run is not hindered by what the killed one left.
        let pty = stage.onboarded_in_a_terminal();
        assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], json!(DEFAULT));
        assert!(stage.home.read(CONFIG).contains("// mine"), "{}", stage.home.read(CONFIG));
        pty.assert_terminal_restored();
    }
}

#[test]
fn the_demo_does_the_whole_job_and_touches_nothing() {
    let home = testkit::Home::new();
    // A network that does not work and a home that is set up: the demo must not even look.
    home.write(CONFIG, SEEN);
    let argv = [BIN, "demo"];
    let demo_says_so = |screen: testkit::Screen| {
        assert!(screen.row(0).contains("demo") || screen.row(1).contains("demo"), "{}", screen.describe());
    };
    let pty = home.pty(argv).env("HTTPS_PROXY", "http://127.0.0.1:1").env("HTTP_PROXY", "http://127.0.0.1:1").spawn();
    demo_says_so(pty.wait_text("How should OpenClaw sign in to Chutes?"));
    while !pty.screen().rows().iter().any(|row| row.contains('▸') && row.contains("API key")) {
        pty.keys("Down").wait_quiet(std::time::Duration::from_millis(100));
    }
    demo_says_so(pty.keys("Enter").wait_text("Paste your Chutes API key"));
    demo_says_so(pty.keys("Enter").wait_text("live"));
    pty.keys("Enter");
    wait_review(&pty);
    demo_says_so(pty.screen());
    demo_says_so(pty.keys("Enter").wait_text("OpenClaw is set up for Chutes"));
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
    assert_eq!(home.files(), [home.join(CONFIG)], "nothing is left behind");
    assert_eq!(home.read(CONFIG), SEEN);

    for signal in [Signal::TERM, Signal::HUP] {
        let pty = home.pty(argv).spawn();
        pty.wait_text("How should OpenClaw sign in to Chutes?");
        pty.signal(signal);
        pty.wait_exit();
        assert_eq!(home.files(), [home.join(CONFIG)], "nothing is left behind");
    }
}
