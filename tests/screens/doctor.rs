//! The Doctor screen as it is drawn and as it is read aloud.

use crate::frames::{Drive, NOON, facts, plan, snap, status, works};
use jiff::tz::TimeZone;
use openclaw_chutes::chutes::account::Account;
use openclaw_chutes::doctor::offline::Place;
use openclaw_chutes::doctor::visit::{Mended, Remedy, Seen};
use openclaw_chutes::doctor::{Cause, Finding};
use openclaw_chutes::texts::Lang;
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::protocol::{Action, Event};
use serde_json::json;

/// Two faults that need no person, one that does, and a notice.
fn seen() -> Seen {
    let place = Place {
        path: "/home/ada/.openclaw/agents/main/agent/auth-profiles.json".into(),
        uid: 1000,
        mode: 0o644,
        is_dir: false,
        holds_secrets: true,
    };
    let causes = [
        Cause::NoBalance(status(402)),
        Cause::AliasesBackwards { names: vec!["chutes-fast".into(), "chutes-pro".into()] },
        Cause::Permissions { path: place.path.clone(), mode: place.mode },
        Cause::AgentHasOwnModel { agent: "family".into(), model: "anthropic/claude-opus-4-8".into() },
    ];
    Seen {
        findings: causes.into_iter().map(Finding::from).collect(),
        account: Account::read(&json!({ "username": "ada", "balance": 0.0 }), None, None),
        remedy: Remedy { files: vec![plan().diffs.remove(1)], places: vec![place], ..Remedy::default() },
        ..Seen::default()
    }
}

fn looking(lang: Lang) -> Drive {
    let mut drive = Drive::start(Facts { choice: None, ..facts(lang) });
    drive.act(Action::Doctor);
    drive
}

fn examined(lang: Lang, seen: Seen) -> Drive {
    let mut drive = looking(lang);
    let attempt = drive.0.doctor.attempt;
    drive.event(Event::Examined { attempt, result: Box::new(Ok(seen)) });
    drive
}

fn mended(lang: Lang) -> Drive {
    let mut drive = examined(lang, seen());
    drive.act(Action::Enter);
    let attempt = drive.0.doctor.attempt;
    let result = Ok(Mended { gone: vec![false, true, true, false], undoable: true, ..Mended::default() });
    drive.event(Event::Mended { attempt, result: Box::new(result) });
    drive
}

#[test]
fn frames() {
    snap("doctor-looking", looking);
    snap("doctor-found", |lang| examined(lang, seen()));
    snap("doctor-mended", mended);
    snap("doctor-well", |lang| {
        let reference = Some("chutes/zai-org/GLM-4.7-TEE".to_owned());
        examined(lang, Seen { verdict: Some(works()), reference, ..Seen::default() })
    });
}

#[test]
fn read_aloud_it_says_the_same() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let view = View { theme: Theme::new(Depth::None, lang), lang, zone: TimeZone::UTC, now: NOON };
        let lines = view.lines(&examined(lang, seen()).0, 100).join("\n");
        insta::assert_snapshot!(format!("doctor-plain-{tag}"), lines);
    }
}
