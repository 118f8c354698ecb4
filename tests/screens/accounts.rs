//! The Accounts screen, and the row that leads there.

use crate::frames::{Drive, NOON, facts, plan, snap};
use jiff::tz::TimeZone;
use openclaw_chutes::accounts::Listed;
use openclaw_chutes::accounts::sign_out::SignedOut;
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::types::{CredentialKind, StoredCredential};
use openclaw_chutes::texts::Lang;
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::facts::Facts;
use openclaw_chutes::wizard::protocol::{Action, Event};

fn stored(id: &str, kind: CredentialKind) -> StoredCredential {
    StoredCredential {
        profile_id: id.into(),
        agent: "main".into(),
        kind,
        account: (kind == CredentialKind::OAuth).then(|| id.trim_start_matches("chutes:").to_owned()),
        expires_at: None,
        hint: (kind == CredentialKind::ApiKey).then(|| "…7890".to_owned()),
        env_var: None,
        refreshable: false,
        client_id: None,
    }
}

fn listed() -> Listed {
    let stored = vec![stored("chutes:ada", CredentialKind::OAuth), stored("chutes:default", CredentialKind::ApiKey)];
    Listed { stored, active: Some(0) }
}

/// The first screen, with two accounts.
fn first(lang: Lang) -> Drive {
    let mut drive = Drive::start(Facts { choice: None, ..facts(lang) });
    let current = Current { credentials: listed().stored, active: Some(0), ..Current::default() };
    drive.event(Event::Loaded(Box::new(Ok(current)))).act(Action::Last);
    drive
}

fn at_accounts(lang: Lang) -> Drive {
    let mut drive = first(lang);
    drive.act(Action::Enter);
    let attempt = drive.0.accounts.attempt;
    drive.event(Event::Accounts { attempt, result: Ok(listed()) });
    drive.act(Action::Down);
    drive
}

fn way_out(lang: Lang) -> Drive {
    let mut drive = at_accounts(lang);
    drive.act(Action::SignOut);
    let attempt = drive.0.accounts.attempt;
    drive.event(Event::SignOutPlanned { attempt, result: Ok(vec![plan().diffs.remove(1)]) });
    drive
}

#[test]
fn frames() {
    snap("accounts-row", first);
    snap("accounts", at_accounts);
    snap("accounts-way-out", way_out);
    snap("accounts-left", |lang| {
        let mut drive = way_out(lang);
        drive.act(Action::Enter);
        let attempt = drive.0.accounts.attempt;
        let out = SignedOut {
            removed: vec!["chutes:ada".into(), "chutes:default".into()],
            key_lives: true,
            default: Some("anthropic/claude-opus-4-8".into()),
            ..SignedOut::default()
        };
        drive.event(Event::SignedOut { attempt, result: Box::new(Ok(out)) });
        drive
    });
}

#[test]
fn read_aloud_it_says_the_same() {
    for (lang, tag) in [(Lang::En, "en"), (Lang::ZhCn, "zh")] {
        let view = View { theme: Theme::new(Depth::None, lang), lang, zone: TimeZone::UTC, now: NOON };
        let screens = [at_accounts(lang), way_out(lang)];
        let lines: Vec<String> = screens.iter().flat_map(|drive| view.lines(&drive.0, 100)).collect();
        insta::assert_snapshot!(format!("accounts-plain-{tag}"), lines.join("\n"));
    }
}
