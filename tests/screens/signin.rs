//! The sign-in screens as snapshots: three sizes, two languages.

use jiff::tz::TimeZone;
use openclaw_chutes::chutes::oauth::answer::{Mistake, Refusal};
use openclaw_chutes::chutes::oauth::app::AppError;
use openclaw_chutes::chutes::oauth::attempt::{Environment, INVOKE};
use openclaw_chutes::chutes::oauth::callback::CannotListen;
use openclaw_chutes::chutes::oauth::token::TokenError;
use openclaw_chutes::host::{Host, Reason, Ssh, Verdict};
use openclaw_chutes::openclaw::types::AuthChoice;
use openclaw_chutes::secret::Secret;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use openclaw_chutes::tui::theme::{Depth, Theme};
use openclaw_chutes::tui::view::View;
use openclaw_chutes::wizard::Wizard;
use openclaw_chutes::wizard::facts::{Begun, Facts, SignInFacts};
use openclaw_chutes::wizard::protocol::{Action, Event, Over, SignInUpdate};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::fmt::Write;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (40, 12)];
const SECRET: &str = "csc_0123456789abcdefghijABCDEFGHIJ0123456789abcdefgh";
const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.canarycanarycanarycanarycanary12";
const ID: &str = "cid_abc123def456ghi789jkl012";
const LINK: &str = "https://api.chutes.ai/idp/authorize?client_id=cid_abc123def456ghi789jkl012&redirect_uri=http://127.0.0.1:1456/oauth-callback&response_type=code&scope=openid+profile+chutes:invoke&state=kS8X_aB3aLMr2Py0ZsHkGP&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
/// 2026-08-22 12:03 UTC.
const NOON: UnixMillis = UnixMillis(1_787_400_180_000);

fn remote() -> Host {
    let ssh = Ssh {
        client: None,
        server_ip: Some("203.0.113.9".parse().unwrap()),
        port: Some(22),
        user: Some("root".into()),
    };
    let reason = Reason::Set("SSH_CONNECTION");
    Host { verdict: Verdict::Remote, reason, container: None, wsl: false, workspace: false, ssh: Some(ssh), name: None }
}

fn local() -> Host {
    Host { verdict: Verdict::Local, reason: Reason::Display("DISPLAY"), ssh: None, ..remote() }
}

fn facts(lang: Lang, client_id: Option<&str>, host: Host) -> Facts {
    let environment = Environment::read(|name| match name {
        "CHUTES_CLIENT_ID" => client_id.map(str::to_owned),
        "CHUTES_CLIENT_SECRET" => client_id.map(|_| SECRET.to_owned()),
        _ => None,
    });
    let sign_in = SignInFacts {
        environment: Some(environment),
        host: Some(host),
        dotenv: "~/.openclaw/.env".into(),
        ..SignInFacts::default()
    };
    Facts {
        lang,
        choice: Some(AuthChoice::OAuth),
        state_dir: "~/.openclaw".into(),
        config_path: "~/.openclaw/openclaw.json".into(),
        sign_in,
        ..Facts::default()
    }
}

fn news(wizard: &mut Wizard, update: SignInUpdate) {
    let attempt = wizard.sign_in.attempt;
    wizard.handle(Event::SignIn { attempt, update });
}

fn waiting(lang: Lang, host: Host, cannot_listen: Option<CannotListen>) -> Wizard {
    let (mut wizard, _) = Wizard::new(facts(lang, Some(ID), host));
    news(&mut wizard, SignInUpdate::Ready { link: LINK.into(), port: 1456, cannot_listen, left_ms: 581_000 });
    wizard
}

/// The frame as text. What a cell holds besides its character, the link behind a label, is left out.
fn frame(wizard: &Wizard, lang: Lang, width: u16, height: u16) -> String {
    let view = View { theme: Theme::new(Depth::Indexed256, lang), lang, zone: TimeZone::UTC, now: NOON };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| _ = view.draw(wizard, frame)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let mut out = String::new();
    for y in 0..height {
        let mut row = String::new();
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            let shown = symbol.split('\x1b').nth(2).map_or(symbol, |part| part.trim_start_matches('\\'));
            row.push_str(shown);
            x += u16::try_from(unicode_width::UnicodeWidthStr::width(shown).max(1)).unwrap();
        }
        writeln!(out, "{}", row.trim_end()).unwrap();
    }
    out
}

fn snap(name: &str, make: impl Fn(Lang) -> Wizard) {
    for lang in [Lang::En, Lang::ZhCn] {
        for (width, height) in SIZES {
            let tag = if lang == Lang::En { "en" } else { "zh" };
            let wizard = make(lang);
            insta::assert_snapshot!(format!("{name}-{width}x{height}-{tag}"), frame(&wizard, lang, width, height));
        }
    }
}

#[test]
fn choosing() {
    snap("auth-oauth", |lang| {
        let mut facts = facts(lang, Some(ID), remote());
        facts.choice = None;
        facts.sign_in.begun = Some(Begun { at: NOON - 300_000, expires_at: NOON + 600_000, has_secret: false });
        Wizard::new(facts).0
    });
}

#[test]
fn app() {
    snap("app", |lang| Wizard::new(facts(lang, None, remote())).0);
    snap("app-problem", |lang| {
        let (mut wizard, _) = Wizard::new(facts(lang, None, remote()));
        wizard.handle(Event::Paste(Secret::new("cid_short")));
        wizard.handle(Event::Action(Action::Enter));
        wizard
    });
}

#[test]
fn app_fields() {
    let without_secret = |lang| {
        let mut facts = facts(lang, Some(ID), remote());
        if let Some(Ok(environment)) = &mut facts.sign_in.environment {
            environment.client_secret = None;
        }
        Wizard::new(facts).0
    };
    snap("app-secret", |lang| {
        let mut wizard = without_secret(lang);
        wizard.handle(Event::Paste(Secret::new(&SECRET[..40])));
        wizard.handle(Event::Action(Action::Enter));
        wizard
    });
    snap("app-key", |lang| {
        let (mut wizard, _) = Wizard::new(facts(lang, None, remote()));
        wizard.handle(Event::Action(Action::PreviousField));
        wizard.handle(Event::Paste(Secret::new(KEY)));
        wizard
    });
    snap("app-key-may-not", |lang| {
        let (mut wizard, _) = Wizard::new(facts(lang, None, remote()));
        wizard.handle(Event::Action(Action::PreviousField));
        wizard.handle(Event::Paste(Secret::new(KEY)));
        wizard.handle(Event::Action(Action::Enter));
        let attempt = wizard.app.registering.unwrap();
        wizard.handle(Event::AppRegistered { attempt, result: Box::new(Err(AppError::KeyMayNot)) });
        wizard
    });
}

#[test]
fn ways() {
    snap("ways-remote", |lang| waiting(lang, remote(), None));
    snap("ways-local", |lang| waiting(lang, local(), None));
    snap("ways-busy", |lang| {
        let holder = Some("node (4711)".to_owned());
        waiting(lang, remote(), Some(CannotListen::PortBusy { port: 1456, holder }))
    });
    snap("ways-mistake", |lang| {
        let mut wizard = waiting(lang, remote(), None);
        wizard.handle(Event::Paste(Secret::new("http://127.0.0.1:1456/oauth-callback?code=canary")));
        news(&mut wizard, SignInUpdate::Mistake(Mistake::NoState));
        wizard
    });
    snap("ways-expired", |lang| {
        let mut wizard = waiting(lang, remote(), None);
        news(&mut wizard, SignInUpdate::Left(0));
        wizard
    });
}

#[test]
fn endings() {
    snap("over-denied", |lang| {
        let mut wizard = waiting(lang, remote(), None);
        news(&mut wizard, SignInUpdate::Over(Over::Refused(Refusal::Denied { description: None })));
        wizard
    });
    snap("over-app", |lang| {
        let mut wizard = waiting(lang, remote(), None);
        let uri = "http://127.0.0.1:1456/oauth-callback".to_owned();
        news(&mut wizard, SignInUpdate::Over(Over::RedirectMissing(uri)));
        wizard
    });
    snap("over-scope", |lang| {
        let mut wizard = waiting(lang, remote(), None);
        news(&mut wizard, SignInUpdate::Over(Over::Failed(TokenError::ScopeMissing(INVOKE))));
        wizard
    });
    snap("exchanging", |lang| {
        let mut wizard = waiting(lang, remote(), None);
        news(&mut wizard, SignInUpdate::Exchanging);
        wizard
    });
}

#[test]
fn the_code_of_a_paste_is_never_drawn() {
    for lang in [Lang::En, Lang::ZhCn] {
        for text in ["http://127.0.0.1:1456/oauth-callback?code=canary&state=x", "canarycanarycanary", "curl 'canary'"]
        {
            let mut wizard = waiting(lang, remote(), None);
            wizard.handle(Event::Paste(Secret::new(text)));
            assert!(!frame(&wizard, lang, 120, 40).contains("canary"), "{text}");
        }
    }
}
