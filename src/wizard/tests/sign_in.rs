//! Transitions of the app screen and the sign-in screen. No IO, no clock: time comes as news.

use super::super::protocol::*;
use super::super::*;
use crate::chutes::oauth::answer::Mistake;
use crate::chutes::oauth::answer::Refusal;
use crate::chutes::oauth::app::{AppError, Registered};
use crate::chutes::oauth::attempt::{BadClientId, BadClientSecret, BadSetting, Environment};
use crate::chutes::oauth::token::{Granted, TokenError};
use crate::host::{Host, Reason, Verdict};
use crate::time::UnixMillis;
use crate::wizard::facts::{Begun, SignInFacts};
use crate::wizard::screens::app::{Field, Problem};
use crate::wizard::screens::auth::Choice;

const ID: &str = "cid_abc123def456ghi789jkl012";
const SECRET: &str = "csc_0123456789abcdefghijABCDEFGHIJ0123456789abcdefgh";
const LINK: &str = "https://api.chutes.ai/idp/authorize?state=x";

fn host(verdict: Verdict) -> Host {
    let reason = Reason::NoDisplay;
    Host {
        verdict,
        found: (verdict, reason.clone()),
        reason,
        container: None,
        wsl: false,
        workspace: false,
        ssh: None,
        name: None,
        codespace: None,
    }
}

fn facts(client_id: Option<&str>, verdict: Verdict) -> Facts {
    let environment = Environment::read(|name| match name {
        "CHUTES_CLIENT_ID" => client_id.map(str::to_owned),
        "CHUTES_CLIENT_SECRET" => client_id.map(|_| SECRET.to_owned()),
        _ => None,
    });
    let sign_in = SignInFacts { environment: Some(environment), host: Some(host(verdict)), ..SignInFacts::default() };
    Facts { sign_in, choice: Some(AuthChoice::OAuth), ..Facts::default() }
}

/// At the link, with nothing pasted.
fn waiting(verdict: Verdict) -> (Wizard, Vec<Effect>) {
    let (mut wizard, effects) = Wizard::new(facts(Some(ID), verdict));
    assert!(matches!(&effects[..], [Effect::Load, Effect::SignIn { .. }]), "{effects:?}");
    assert_eq!((wizard.screen, wizard.context()), (Screen::SignIn, KeyContext::SignInBusy));
    let effects = ready(&mut wizard);
    (wizard, effects)
}

fn ready(wizard: &mut Wizard) -> Vec<Effect> {
    news(wizard, SignInUpdate::Ready { link: LINK.into(), port: 1456, cannot_listen: None, left_ms: 900_000 })
}

fn news(wizard: &mut Wizard, update: SignInUpdate) -> Vec<Effect> {
    let attempt = wizard.sign_in.attempt;
    wizard.handle(Event::SignIn { attempt, update })
}

fn act(wizard: &mut Wizard, action: Action) -> Vec<Effect> {
    wizard.handle(Event::Action(action))
}

fn granted() -> SignInUpdate {
    let granted = Granted {
        access: Secret::new("cak_access"),
        refresh: Some(Secret::new("crt_refresh")),
        expires_at: UnixMillis(1_800_000_000_000),
        granted_at: UnixMillis(1_799_996_700_000),
        ends_at: UnixMillis(1_800_000_300_000),
        idp: "https://api.chutes.ai".into(),
        scopes: vec!["chutes:invoke".into()],
        account: Some("alice".into()),
        account_id: Some("1".into()),
    };
    SignInUpdate::Granted(Box::new(granted), ClientId::parse(ID).expect("an id"))
}

#[test]
fn the_app_is_asked_for_checked_and_kept() {
    let (mut wizard, _) = Wizard::new(facts(None, Verdict::Remote));
    assert_eq!((wizard.screen, wizard.context()), (Screen::App, KeyContext::App));
    wizard.handle(Event::Paste(Secret::new("csc_0123")));
    act(&mut wizard, Action::Enter);
    assert_eq!(wizard.app.problem, Some(Problem::Id(BadClientId::IsSecret)));
    act(&mut wizard, Action::Edit(line::LineEdit::DeleteToStart));
    wizard.handle(Event::Paste(Secret::new(format!(" {ID}\n"))));
    assert!(!wizard.line().expect("a field").is_hidden());
    assert!(act(&mut wizard, Action::Enter).is_empty() && wizard.app.field == Field::Secret);
    assert!(wizard.line().expect("a field").is_hidden());
    for (typed, problem) in [
        ("", BadClientSecret::Empty),
        ("nonsense", BadClientSecret::NoPrefix),
        ("csc_abc", BadClientSecret::Length(3)),
        (ID, BadClientSecret::IsClientId),
    ] {
        act(&mut wizard, Action::Edit(line::LineEdit::DeleteToStart));
        wizard.handle(Event::Paste(Secret::new(typed)));
        assert!(act(&mut wizard, Action::Enter).is_empty());
        assert_eq!(wizard.app.problem, Some(Problem::Secret(problem)), "{typed}");
    }
    act(&mut wizard, Action::Edit(line::LineEdit::DeleteToStart));
    wizard.handle(Event::Paste(Secret::new(SECRET)));
    let effects = act(&mut wizard, Action::Enter);
    let [Effect::SignIn { begin: Begin::New { client_id, secret, .. }, .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((client_id.as_str(), secret.expose()), (ID, SECRET));
    let effects = act(&mut wizard, Action::Back);
    assert!(matches!(&effects[..], [Effect::Cancel(_)]));
    assert_eq!((wizard.screen, wizard.app.id.text()), (Screen::App, ID));
    act(&mut wizard, Action::Back);
    assert_eq!(wizard.screen, Screen::Auth);
}

#[test]
fn a_secret_that_is_missing_is_asked_for_whatever_else_is_known() {
    let mut facts = facts(Some(ID), Verdict::Remote);
    if let Some(Ok(environment)) = &mut facts.sign_in.environment {
        environment.client_secret = None;
    }
    let (mut wizard, effects) = Wizard::new(facts.clone());
    assert!(matches!(&effects[..], [Effect::Load]), "no link yet: {effects:?}");
    assert_eq!((wizard.screen, wizard.app.field, wizard.app.id.text()), (Screen::App, Field::Secret, ID));
    assert!(act(&mut wizard, Action::Enter).is_empty());
    assert_eq!(wizard.app.problem, Some(Problem::Secret(BadClientSecret::Empty)));
    // One that OpenClaw keeps already stands for the empty field.
    let kept = Current { kept_client_secret: Some(Secret::new(SECRET)), ..Current::default() };
    wizard.handle(Event::Loaded(Box::new(Ok(kept))));
    assert!(matches!(&act(&mut wizard, Action::Enter)[..], [Effect::SignIn { .. }]));
    // The attempt of an earlier run needs it, too.
    facts.sign_in.begun = Some(Begun { at: UnixMillis(1), expires_at: UnixMillis(2), has_secret: false });
    let (mut wizard, _) = Wizard::new(facts.clone());
    act(&mut wizard, Action::Enter);
    assert_eq!((wizard.screen, wizard.context()), (Screen::App, KeyContext::AppSecret));
    act(&mut wizard, Action::OtherField);
    wizard.handle(Event::Paste(Secret::new(SECRET)));
    let effects = act(&mut wizard, Action::Enter);
    assert!(matches!(&effects[..], [Effect::SignIn { begin: Begin::Continue { secret: Some(_) }, .. }]), "{effects:?}");
    // Unless it waits with it.
    facts.sign_in.begun = Some(Begun { at: UnixMillis(1), expires_at: UnixMillis(2), has_secret: true });
    let (mut wizard, _) = Wizard::new(facts);
    let effects = act(&mut wizard, Action::Enter);
    assert!(matches!(&effects[..], [Effect::SignIn { begin: Begin::Continue { secret: None }, .. }]), "{effects:?}");
}

#[test]
fn an_app_that_is_refused_is_asked_for_again_and_nothing_stands_for_it() {
    for over in [
        Over::Failed(TokenError::Client { secret_sent: true }),
        Over::RedirectMissing("http://127.0.0.1:1456/oauth-callback".into()),
    ] {
        for key in [Action::NewLink, Action::Back] {
            let (mut wizard, _) = waiting(Verdict::Remote);
            news(&mut wizard, SignInUpdate::Over(over.clone()));
            assert!(matches!(&act(&mut wizard, key)[..], [Effect::Cancel(_)]));
            assert_eq!((wizard.screen, wizard.app.id.text(), wizard.app.field), (Screen::App, ID, Field::Secret));
            assert!(act(&mut wizard, Action::Enter).is_empty(), "not the same link again");
            act(&mut wizard, Action::Back);
            assert_eq!(wizard.screen, Screen::Auth);
            act(&mut wizard, Action::Enter);
            assert_eq!(wizard.screen, Screen::App, "nor by choosing it anew");
        }
    }
}

const KEY: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.canarycanarycanarycanarycanary12";

#[test]
fn an_api_key_registers_an_app_and_the_sign_in_goes_on() {
    let (mut wizard, _) = Wizard::new(facts(None, Verdict::Remote));
    act(&mut wizard, Action::PreviousField);
    assert_eq!(wizard.app.field, Field::ApiKey);
    wizard.handle(Event::Paste(Secret::new(&KEY[..98])));
    assert!(act(&mut wizard, Action::Enter).is_empty());
    assert_eq!(wizard.app.problem, Some(Problem::ApiKey(crate::chutes::api_key::Problem::Length(98))));
    act(&mut wizard, Action::Edit(line::LineEdit::DeleteToStart));
    wizard.handle(Event::Paste(Secret::new(KEY)));
    let effects = act(&mut wizard, Action::Enter);
    let [Effect::RegisterApp { attempt, api_key }] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((api_key.expose(), wizard.context()), (KEY, KeyContext::AppBusy));
    let attempt = *attempt;
    // A key that may not: the two fields are left.
    let refused = Box::new(Err(AppError::KeyMayNot));
    assert!(wizard.handle(Event::AppRegistered { attempt, result: refused }).is_empty());
    assert_eq!(wizard.app.problem, Some(Problem::NotRegistered(AppError::KeyMayNot)));
    assert_eq!((wizard.app.field, wizard.app.api_key.is_empty()), (Field::Id, true));
    act(&mut wizard, Action::PreviousField);
    wizard.handle(Event::Paste(Secret::new(KEY)));
    let [Effect::RegisterApp { attempt: second, .. }] = act(&mut wizard, Action::Enter)[..] else { panic!("asked") };
    let made = || {
        Box::new(Ok(Registered {
            client_id: ClientId::parse(ID).expect("an id"),
            client_secret: Secret::new(SECRET),
            name: "OpenClaw alice 7k2m3n".into(),
            redirect_uris: Vec::new(),
        }))
    };
    assert!(wizard.handle(Event::AppRegistered { attempt, result: made() }).is_empty(), "a late answer");
    let effects = wizard.handle(Event::AppRegistered { attempt: second, result: made() });
    let [Effect::Remember { .. }, Effect::SignIn { begin: Begin::New { secret, .. }, .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((secret.expose(), wizard.screen), (SECRET, Screen::SignIn));
    assert!(wizard.app.api_key.is_empty(), "used once");
    assert_eq!(wizard.sign_in.registered_now.as_deref(), Some("OpenClaw alice 7k2m3n"));
    assert!(!format!("{wizard:?}").contains("canary"));
    // Esc while it is being registered drops the answer.
    let (mut wizard, _) = Wizard::new(self::facts(None, Verdict::Remote));
    act(&mut wizard, Action::PreviousField);
    wizard.handle(Event::Paste(Secret::new(KEY)));
    act(&mut wizard, Action::Enter);
    assert!(matches!(&act(&mut wizard, Action::Back)[..], [Effect::Cancel(_)]));
    assert_eq!((wizard.screen, wizard.context()), (Screen::App, KeyContext::App));
}

#[test]
fn the_browser_is_opened_only_where_the_person_sits_and_tab_changes_that() {
    assert!(waiting(Verdict::Remote).1.is_empty());
    let (mut wizard, effects) = waiting(Verdict::Local);
    assert!(matches!(&effects[..], [Effect::OpenBrowser { link, .. }] if link == LINK));
    assert!(act(&mut wizard, Action::OtherHost).is_empty());
    let attempt = wizard.sign_in.attempt;
    assert!(matches!(&act(&mut wizard, Action::OtherHost)[..], [Effect::OpenBrowser { .. }]));
    assert_eq!(wizard.sign_in.attempt, attempt, "the same attempt");
}

#[test]
fn what_the_options_asked_for_happens_at_once() {
    let mut facts = facts(Some(ID), Verdict::Remote);
    facts.sign_in.link_file = Some("/x/link".into());
    facts.sign_in.qr_file = Some("/x/code.png".into());
    facts.sign_in.qr = true;
    let (mut wizard, _) = Wizard::new(facts);
    let effects = ready(&mut wizard);
    assert!(matches!(
        &effects[..],
        [Effect::SaveLink { kind: LinkFile::Text, .. }, Effect::SaveLink { kind: LinkFile::Png, .. }]
    ));
    assert_eq!(wizard.context(), KeyContext::SignInQr);
    act(&mut wizard, Action::Back);
    assert_eq!((wizard.context(), wizard.screen), (KeyContext::SignIn, Screen::SignIn));
}

#[test]
fn a_paste_is_an_answer_and_pieces_are_one_when_nothing_more_comes() {
    let (mut wizard, _) = waiting(Verdict::Remote);
    let effects = wizard.handle(Event::Paste(Secret::new("http://x/?code=1")));
    assert!(matches!(&effects[..], [Effect::Answer { only_whole: false, .. }]));
    news(&mut wizard, SignInUpdate::Mistake(Mistake::NoState));
    assert_eq!((wizard.sign_in.mistake.is_some(), wizard.context()), (true, KeyContext::SignInTyping));
    // The next paste replaces the wrong one.
    let effects = wizard.handle(Event::Paste(Secret::new("http://x/?code=2")));
    assert!(matches!(&effects[..], [Effect::Answer { text, .. }] if text.expose() == "http://x/?code=2"));

    let (mut wizard, _) = waiting(Verdict::Remote);
    let attempt = wizard.sign_in.attempt;
    assert!(matches!(
        &wizard.handle(Event::Burst(Secret::new("http://x/?code")))[..],
        [Effect::Settle { count: 1, .. }]
    ));
    assert!(matches!(&wizard.handle(Event::Text('='))[..], [Effect::Settle { count: 2, .. }]));
    assert!(wizard.handle(Event::Settled { attempt, count: 1 }).is_empty(), "more has come since");
    let effects = wizard.handle(Event::Settled { attempt, count: 2 });
    assert!(
        matches!(&effects[..], [Effect::Answer { text, only_whole: true, .. }] if text.expose() == "http://x/?code=")
    );
    assert!(wizard.handle(Event::Text('x')).len() == 1 && wizard.sign_in.paste.count() == 16);
    let effects = wizard.handle(Event::Burst(Secret::new("y".repeat(70_000))));
    assert!(effects.is_empty() && matches!(wizard.sign_in.mistake, Some(Mistake::TooLong { bytes: 70_016 })));
}

#[test]
fn typed_text_waits_for_enter() {
    let (mut wizard, _) = waiting(Verdict::Remote);
    assert!(wizard.handle(Event::Text('h')).is_empty());
    assert_eq!(wizard.context(), KeyContext::SignInTyping);
    assert!(matches!(&act(&mut wizard, Action::Enter)[..], [Effect::Answer { only_whole: false, .. }]));
}

#[test]
fn an_expired_attempt_takes_a_late_paste_more_time_or_a_new_link() {
    let (mut wizard, _) = waiting(Verdict::Remote);
    news(&mut wizard, SignInUpdate::Left(1));
    assert_eq!(wizard.context(), KeyContext::SignIn);
    news(&mut wizard, SignInUpdate::Left(0));
    assert_eq!(wizard.context(), KeyContext::SignInExpired);
    assert!(matches!(&wizard.handle(Event::Paste(Secret::new("late")))[..], [Effect::Answer { .. }]));
    act(&mut wizard, Action::Edit(line::LineEdit::DeleteToStart));
    assert!(matches!(&act(&mut wizard, Action::MoreTime)[..], [Effect::MoreTime(_)]));
    news(&mut wizard, SignInUpdate::Left(600_000));
    assert_eq!(wizard.context(), KeyContext::SignIn);
    news(&mut wizard, SignInUpdate::Left(0));
    let old = wizard.sign_in.attempt;
    let effects = act(&mut wizard, Action::NewLink);
    assert!(
        matches!(&effects[..], [Effect::Cancel(a), Effect::SignIn { attempt, .. }] if *a == old && *attempt != old)
    );
}

#[test]
fn late_news_of_an_old_attempt_is_dropped() {
    let (mut wizard, _) = waiting(Verdict::Remote);
    let old = wizard.sign_in.attempt;
    act(&mut wizard, Action::Back);
    assert_eq!(wizard.screen, Screen::Auth);
    assert!(wizard.handle(Event::SignIn { attempt: old, update: granted() }).is_empty());
    assert_eq!((wizard.screen, wizard.credential()), (Screen::Auth, None));
}

#[test]
fn a_refusal_ends_the_attempt_and_a_grant_goes_on_by_itself() {
    let (mut wizard, _) = waiting(Verdict::Remote);
    news(&mut wizard, SignInUpdate::Over(Over::Refused(Refusal::Denied { description: None })));
    assert_eq!(wizard.context(), KeyContext::SignInOver);
    act(&mut wizard, Action::NewLink);
    ready(&mut wizard);
    wizard.handle(Event::Paste(Secret::new("http://x/?code=canary")));
    news(&mut wizard, SignInUpdate::Exchanging);
    assert!(wizard.sign_in.paste.is_empty(), "a code is not kept");
    assert!(wizard.handle(Event::Paste(Secret::new("again"))).is_empty(), "the first answer has won");
    let effects = news(&mut wizard, granted());
    assert!(matches!(
        &effects[..],
        [Effect::Remember { .. }, Effect::Discover { credential: Credential::OAuth(_), .. }]
    ));
    assert_eq!(wizard.screen, Screen::Discover);
}

#[test]
fn the_bare_link_goes_away_with_any_key_and_a_paste_counts() {
    let (mut wizard, _) = waiting(Verdict::Remote);
    act(&mut wizard, Action::BareLink);
    assert_eq!((wizard.bare_link(), wizard.context()), (Some(LINK), KeyContext::SignInBare));
    wizard.handle(Event::Text('q'));
    assert_eq!(
        (wizard.bare_link(), wizard.context(), wizard.sign_in.paste.is_empty()),
        (None, KeyContext::SignIn, true)
    );
    act(&mut wizard, Action::BareLink);
    assert_eq!(wizard.handle(Event::Paste(Secret::new("http://x/?code=1"))).len(), 1);
    assert_eq!(wizard.bare_link(), None);
}

#[test]
fn a_setting_that_cannot_be_used_is_named_on_the_first_screen() {
    let mut facts = facts(None, Verdict::Remote);
    facts.choice = None;
    facts.sign_in.environment = Some(Err(BadSetting::Scope("\"".into())));
    let (mut wizard, _) = Wizard::new(facts);
    assert!(act(&mut wizard, Action::Enter).is_empty());
    assert_eq!((wizard.screen, wizard.auth.setting_refused), (Screen::Auth, true));
}

#[test]
fn a_begun_attempt_is_offered_before_a_new_one() {
    let mut facts = facts(Some(ID), Verdict::Remote);
    facts.sign_in.begun = Some(Begun { at: UnixMillis(1), expires_at: UnixMillis(2), has_secret: false });
    let (mut wizard, effects) = Wizard::new(facts);
    assert!(matches!(&effects[..], [Effect::Load]));
    assert!(matches!(wizard.auth.choices[wizard.auth.chosen], Choice::Continue(_)));
    assert!(matches!(&act(&mut wizard, Action::Enter)[..], [Effect::SignIn { begin: Begin::Continue { .. }, .. }]));
}
