//! The jobs line by line, as a screen reader speaks them: what is said to each answer, as snapshots. What comes
//! by itself, in an order that nobody promises, is waited for and not in them.

use openclaw_chutes::standin::{Config, Keys, Standin};
use testkit::{Home, Pty, Screen};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_4c9e1d7ab2f84c0f8e6d5b3a19c7e2d4.6e0b93d5c7a1f2e4b6d8c0a2e4f6a8b1.canarycanary7890canarycanary7890";
/// What only the eye understands: none of it is said.
const SIGNS: &str = "●◆○◌▸▪▫✗▴▾·•—…×→";

struct Talk {
    pty: Pty,
    /// Everything said since, with what was typed.
    said: String,
    /// Both go when this goes.
    _kept: (Standin, Home),
}

impl Talk {
    /// The models screen of a home that is set up, once its list is the live one.
    fn models() -> Talk {
        let list = std::fs::read("tests/data/chutes-models-2026-08-22.json").unwrap();
        let standin = Standin::start(Config::serving(Keys::Listed(vec![KEY.to_owned()]), list)).unwrap();
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        assert_eq!(home.run_with_input([BIN, "onboard", "--non-interactive", "--api-key-stdin"], KEY).code, 0);
        // So long that no line is wrapped or gone.
        let pty = home.pty([BIN, "models", "--plain"]).size(400, 400).spawn();
        pty.wait_for("the live list and a prompt", |screen| {
            screen.contains("14 models, live") && Talk::shown(screen).ends_with("\n>")
        });
        // What the market says comes beside the list, or not at all: the next prompt is behind it.
        Talk { pty, said: String::new(), _kept: (standin, home) }
    }

    /// Everything so far, up to the prompt.
    fn shown(screen: &Screen) -> String {
        screen.text().trim_end().to_owned()
    }

    /// Type a line, wait until it is answered with this text and a prompt.
    fn say(&mut self, line: &str, answer: &str) -> &mut Talk {
        let before = Talk::shown(&self.pty.screen());
        assert!(before.ends_with("\n>"), "no prompt: {before}");
        self.pty.send(format!("{line}\r"));
        let is_answer = |screen: &Screen| {
            let shown = Talk::shown(screen);
            let new = shown.get(before.len()..).unwrap_or_default();
            new.contains(answer) && new.ends_with("\n>")
        };
        let after = Talk::shown(&self.pty.wait_for(answer, is_answer));
        self.said.push_str(&after[before.len()..]);
        self
    }

    /// On to the review, then written; what OpenClaw's files hold is what the job was about.
    fn written(mut self) -> String {
        self.say("w", "answered in");
        let said = std::mem::take(&mut self.said);
        assert!(!said.contains("\n+ "), "the diff is read on request only: {said}");
        assert!(!said.contains(|c| SIGNS.contains(c)), "a sign is spoken: {said}");
        self.say("o", "chutes");
        self.said.clear();
        self.pty.send("\r").wait_text("OpenClaw is set up for Chutes");
        self.pty.send("\r");
        assert_eq!(self.pty.wait_exit(), 0);
        assert!(!self.pty.ever_wrote("\x1b") && !self.pty.ever_wrote("canary"), "no escape sequence, no secret");
        said
    }
}

/// The transcript is held as it is, and to what can be read aloud.
fn hold(name: &str, said: &str) {
    for line in said.lines() {
        assert!(line.chars().count() <= 160, "too long for one breath: {line}");
        assert!(!line.contains(|c| SIGNS.contains(c)), "a sign is spoken: {line}");
    }
    // Nothing of the list is said again unasked.
    let rows: Vec<&str> = said.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
    assert!(rows.len() <= 20, "{} rows", rows.len());
    insta::assert_snapshot!(name, said);
}

#[test]
fn another_default() {
    let mut talk = Talk::models();
    talk.say("chutes/moonshotai/Kimi-K2.6-TEE", "Cursor").say("", "This is the default now");
    hold("another_default", &talk.said);
    talk.written();
}

#[test]
fn an_alias_by_another_name() {
    let mut talk = Talk::models();
    talk.say("/ chutes-pro", "1 of").say("e quick", "quick is set").say("back", "of 14");
    hold("an_alias_by_another_name", &talk.said);
    talk.written();
}

#[test]
fn two_fallbacks_and_an_image_model() {
    let mut talk = Talk::models();
    talk.say("chutes/moonshotai/Kimi-K2.6-TEE", "Cursor").say("f", "fallback 1");
    talk.say("i", "image");
    talk.say("chutes/zai-org/GLM-5.2-TEE", "Cursor").say("f", "fallback 2");
    hold("two_fallbacks_and_an_image_model", &talk.said);
    talk.written();
}

#[test]
fn the_cheapest_that_can() {
    let mut talk = Talk::models();
    talk.say("/ tools vision ctx>200k sort:in", "of 14")
        .say("1 ?", "context")
        .say("1 ", "Cursor")
        .say("", "default now");
    hold("the_cheapest_that_can", &talk.said);
    talk.written();
}
