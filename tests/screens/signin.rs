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
use openclaw_chutes::wizard::protocol::{Action, Effect, Event, Over, SignInUpdate};
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
    Host {
        verdict: Verdict::Remote,
        found: (Verdict::Remote, reason.clone()),
        reason,
        container: None,
        wsl: false,
        workspace: false,
        ssh: Some(ssh),
        name: None,
        codespace: None,
    }
}

fn local() -> Host {
    let reason = Reason::Display("DISPLAY");
    Host { verdict: Verdict::Local, found: (Verdict::Local, reason.clone()), reason, ssh: None, ..remote() }
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
fn a_browser_on_a_server_does_not_report_back_by_itself() {
    let mut wizard = waiting(Lang::En, remote(), None);
    let line = "ssh -N -L 1456:127.0.0.1:1456 root@203.0.113.9";
    let before = frame(&wizard, Lang::En, 80, 24);
    wizard.handle(Event::Action(Action::OtherHost));
    let text = frame(&wizard, Lang::En, 80, 24);
    assert!(text.contains(line) && !text.contains("just wait"), "{text}");
    wizard.handle(Event::Action(Action::OtherHost));
    assert_eq!(frame(&wizard, Lang::En, 80, 24), before, "back again, for the reason that it had");
    let text = frame(&waiting(Lang::En, local(), None), Lang::En, 80, 24);
    assert!(text.contains("just wait") && !text.contains("ssh -N"), "{text}");
}

#[test]
fn each_place_has_its_own_way_to_the_callback() {
    let reason = Reason::Set("CODESPACES");
    let found = (Verdict::Remote, reason.clone());
    let codespace = Some("fuzzy-space-7x".to_owned());
    let host = Host { reason, found, codespace, container: Some("docker"), ssh: None, ..remote() };
    let text = frame(&waiting(Lang::En, host, None), Lang::En, 80, 24);
    assert!(text.contains("gh codespace ports forward 1456:1456 -c fuzzy-space-7x"), "{text}");
    let host = Host { container: Some("docker"), ssh: None, name: Some("4f1c".into()), ..remote() };
    let text = frame(&waiting(Lang::En, host, None), Lang::En, 80, 24);
    assert!(text.contains("docker exec 4f1c curl -s 'ADDRESS'") && text.contains("for ADDRESS"), "{text}");
}

/// In the demo the service is on this machine, too: its port is forwarded beside the callback's.
#[test]
fn the_demo_forwards_its_own_pages_and_needs_no_browser() {
    let mut facts = facts(Lang::En, Some(ID), remote());
    facts.sign_in.demo = true;
    let (mut wizard, _) = Wizard::new(facts);
    let link = LINK.replace("https://api.chutes.ai", "http://127.0.0.1:33841");
    news(&mut wizard, SignInUpdate::Ready { link: link.clone(), port: 1456, cannot_listen: None, left_ms: 581_000 });
    let text = frame(&wizard, Lang::En, 120, 40);
    assert!(text.contains("-L 1456:127.0.0.1:1456 -L 33841:127.0.0.1:33841 root@203.0.113.9"), "{text}");
    assert!(text.contains("Enter, with nothing pasted"), "{text}");
    let effects = wizard.handle(Event::Action(Action::Enter));
    assert!(matches!(&effects[..], [Effect::AllowInDemo { link: asked, .. }] if *asked == link), "{effects:?}");
}

#[test]
fn whose_openclaw_sudo_sets_up_is_said() {
    let mut facts = facts(Lang::En, Some(ID), remote());
    facts.choice = None;
    facts.sudo_user = Some("ann".into());
    facts.state_dir = "/root/.openclaw".into();
    let text = frame(&Wizard::new(facts).0, Lang::En, 80, 24);
    assert!(text.contains("sets up the OpenClaw of /root/.openclaw, not ann's"), "{text}");
    assert!(text.lines().next().is_some_and(|header| header.contains("/root/.openclaw")), "{text}");
}

/// With `NO_MOTION` a second that passes changes nothing on the screen.
#[test]
fn nothing_moves_by_itself_where_that_is_asked_for() {
    for still in [true, false] {
        let (mut wizard, _) = Wizard::new(Facts { still, ..facts(Lang::En, Some(ID), remote()) });
        let ready = |left_ms| SignInUpdate::Ready { link: LINK.into(), port: 1456, cannot_listen: None, left_ms };
        news(&mut wizard, ready(581_000));
        let later = |wizard: &Wizard, now| {
            let lang = Lang::En;
            let view = View { theme: Theme::new(Depth::Indexed256, lang), lang, zone: TimeZone::UTC, now };
            let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
            terminal.draw(|frame| _ = view.draw(wizard, frame)).unwrap();
            terminal.backend().buffer().clone()
        };
        let before = later(&wizard, NOON);
        news(&mut wizard, SignInUpdate::Left(580_000));
        assert_eq!(later(&wizard, UnixMillis(NOON.0 + 1000)) == before, still);
        assert_eq!(frame(&wizard, Lang::En, 80, 24).contains("until 12:13"), still);
    }
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
