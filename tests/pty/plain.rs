//! The wizard line by line, in a pseudo-terminal: for screen readers, dumb terminals and logs.

use openclaw_chutes::standin::{Config, Standin};
use testkit::Home;

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_4c9e1d7ab2f84c0f8e6d5b3a19c7e2d4.6e0b93d5c7a1f2e4b6d8c0a2e4f6a8b1.canarycanary7890canarycanary7890";

fn home(standin: &Standin) -> Home {
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", standin.api_base());
    home
}

#[test]
fn the_whole_main_job_without_one_escape_sequence() {
    let standin = Standin::start(Config::demo()).unwrap();
    let home = home(&standin);
    let pty = home.pty([BIN, "onboard", "--plain", "--auth-choice", "chutes-api-key"]).size(100, 400).spawn();
    pty.wait_text("Paste your Chutes API key");
    pty.send(format!("{KEY}\r"));
    pty.wait_text("zai-org/GLM-4.7-TEE, default");
    // A row by its number, its alias in the same line; then back to the documented default.
    pty.send("/ gpt-oss\r");
    pty.wait_text("1 of 14");
    pty.send("e oss\r");
    pty.wait_text("alias oss");
    pty.send("back\r");
    pty.wait_text("14 of 14");
    pty.send("chutes/zai-org/GLM-4.7-TEE\r");
    pty.wait_text("Cursor: 12. zai-org/GLM-4.7-TEE");
    pty.send("\r");
    let screen = pty.wait_text("answered in");
    assert!(!screen.contains("canary"));
    pty.wait_text("Enter write");
    pty.send("\r");
    pty.wait_text("OpenClaw is set up for Chutes");
    pty.send("\r");
    assert_eq!(pty.wait_exit(), 0);

    assert!(!pty.ever_wrote("\x1b"), "an escape sequence was written");
    assert!(!pty.ever_wrote("canary"), "the key was echoed");
    pty.assert_terminal_restored();
    let config: serde_json::Value = json5::from_str(&home.read(".openclaw/openclaw.json")).unwrap();
    assert_eq!(config["agents"]["defaults"]["models"]["chutes/openai/gpt-oss-120b-TEE"]["alias"], "oss");
}

/// Silence could not be told from a program that hangs: the same answer twice is said twice, with a prompt.
#[test]
fn whatever_is_typed_is_answered_every_time() {
    let home = Home::new();
    let pty = home.pty([BIN, "demo", "--plain"]).size(200, 400).spawn();
    pty.wait_text("How should OpenClaw sign in");
    let count = |screen: &testkit::Screen, text: &str| screen.text().matches(text).count();
    let answered = |line: &str, answer: &str| {
        for _ in 0..2 {
            let before = pty.screen();
            pty.send(format!("{line}\r"));
            pty.wait_for(answer, |screen| {
                count(screen, answer) > count(&before, answer) && count(screen, "\n>") > count(&before, "\n>")
            });
        }
    };
    answered("nonsense", "nonsense is no key here");
    answered("99", "There is no row 99");
    let screen = pty.wait_text(". API key");
    let row = screen.rows().into_iter().find(|row| row.contains(". API key")).unwrap();
    pty.send(format!("{}\r", row.trim().split('.').next().unwrap()));
    pty.wait_text("Paste your");
    pty.send("\r").wait_text("GLM-4.7-TEE, default");
    answered("0 f", "There is no row 0");
    answered("99 f", "There is no row 99");
    // The default is no fallback of its own.
    answered("chutes/zai-org/GLM-4.7-TEE", "Cursor: 12.");
    answered("12 f", "The default cannot be its own fallback.");
    answered("f 12", "The default cannot be its own fallback.");
    answered("wat", "wat is no key here");
    pty.send("quit\r");
    assert_eq!(pty.wait_exit(), 130);
}

/// The usual container: a home that cannot be written, OpenClaw's files on a volume. What we remember is a
/// convenience, and its place is named.
#[test]
fn a_home_that_cannot_be_written_is_no_hindrance() {
    let standin = Standin::start(Config::demo()).unwrap();
    let mut home = home(&standin);
    // Nothing can be made there, not even by root.
    home.set("XDG_STATE_HOME", "/proc/here/is/nothing");
    let pty = home.pty([BIN, "onboard", "--plain", "--auth-choice", "chutes-api-key"]).size(300, 200).spawn();
    pty.wait_text("Paste your Chutes API key");
    pty.send(format!("{KEY}\r"));
    pty.wait_text("zai-org/GLM-4.7-TEE, default");
    pty.send("w\r").wait_text("answered in");
    pty.wait_text("Enter write");
    pty.send("\r");
    pty.wait_text("OpenClaw is set up for Chutes");
    let screen = pty.wait_text("XDG_STATE_HOME names another place");
    assert!(screen.contains("cannot be undone"), "{}", screen.describe());
    pty.send("\r");
    assert_eq!(pty.wait_exit(), 0);
    assert!(home.read(".openclaw/openclaw.json").contains("chutes"));
}

#[test]
fn a_dumb_terminal_and_accessible_get_lines_too() {
    for (name, value) in [("TERM", "dumb"), ("ACCESSIBLE", "1")] {
        let home = Home::new();
        let pty = home.pty([BIN, "demo"]).env(name, value).spawn();
        pty.wait_text("1. ");
        pty.send("quit\r");
        assert_eq!(pty.wait_exit(), 130, "{name}");
        assert!(!pty.ever_wrote("\x1b"), "{name}");
        pty.assert_terminal_restored();
    }
}

#[test]
fn a_long_paste_is_not_cut_by_the_terminal_and_ctrl_c_leaves() {
    let home = Home::new();
    let pty = home.pty([BIN, "demo", "--plain"]).size(100, 60).spawn();
    pty.wait_text("1. ");
    // Whatever comes first in the list, the API key is one of its choices.
    let screen = pty.wait_text("API key");
    let row = screen.rows().into_iter().find(|row| row.contains(". API key")).unwrap();
    pty.send(format!("{}\r", row.trim().split('.').next().unwrap()));
    pty.wait_text("Paste your");
    pty.send(format!("cpk_{}.b.c\r", "a".repeat(6000)));
    pty.wait_text("too long");
    pty.send("\x03");
    assert_eq!(pty.wait_exit(), 130);
    pty.assert_terminal_restored();
}

#[test]
fn doctor_and_accounts_by_lines() {
    let standin = Standin::start(Config::demo()).unwrap();
    let home = home(&standin);
    let ran = home.run_with_input([BIN, "onboard", "--non-interactive", "--api-key-stdin"], KEY);
    assert_eq!(ran.code, 0, "{ran:?}");
    let path = home.join(".openclaw/agents/main/agent/auth-profiles.json");
    let mode = |mode: u32| std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(&path, mode(0o644)).unwrap();
    let pty = home.pty([BIN, "onboard", "--plain"]).size(100, 400).spawn();
    // The files have been read: their row is there, and comes again later.
    pty.wait_text(". Accounts, ");
    pty.send("d\r");
    pty.wait_text("auth-profiles.json: 0644 to 0600");
    pty.wait_text("Enter repair");
    pty.send("\r");
    pty.wait_text("Repaired");
    pty.send("back\r");
    // The first screen again, with the row for accounts.
    let screen =
        pty.wait_for("the rows", |screen| screen.rows().iter().filter(|row| row.contains(". Accounts, ")).count() == 2);
    let row = screen.rows().into_iter().rfind(|row| row.contains(". Accounts, ")).unwrap();
    pty.send(format!("{}\r", row.trim().split('.').next().unwrap()));
    pty.wait_text("1. chutes:default, API key");
    pty.send("o\r");
    pty.wait_text("Signing out revokes");
    pty.wait_text("Enter sign out");
    pty.send("\r");
    pty.wait_text("An API key stays valid");
    pty.send("quit\r");
    assert_eq!(pty.wait_exit(), 0);
    assert!(!pty.ever_wrote("\x1b") && !pty.ever_wrote("canary"));
    assert!(home.files_containing("canary7890").is_empty());
}
