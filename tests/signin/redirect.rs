//! What people paste, and what it means: the table of the paste doctor, and the form of an attempt.

use openclaw_chutes::chutes::oauth::answer::{MAX_BYTES, Mistake, Refusal, Verdict, judge};
use openclaw_chutes::chutes::oauth::attempt::{
    Attempt, BadClientId, BadRedirect, BadSetting, CannotResume, ClientId, Environment, Redirect,
};
use openclaw_chutes::secret::Secret;
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;

const NOW: UnixMillis = UnixMillis(1_800_000_000_000);
const ID: &str = "cid_abc123def456ghi789jkl012";

fn attempt() -> Attempt {
    let environment = Environment::read(|_| None).expect("defaults");
    Attempt::new(environment.settings(ClientId::parse(ID).expect("an id"), None), NOW)
}

fn code(text: &str) -> Verdict {
    Verdict::Code(Secret::new(text))
}

/// `{S}` is the state, `{C}` the code of a right answer.
const GOOD: &[&str] = &[
    "http://127.0.0.1:1456/oauth-callback?code={C}&state={S}",
    "http://127.0.0.1:1456/oauth-callback?state={S}&code={C}",
    "https://claw-1456.app.github.dev/oauth-callback?code={C}&state={S}",
    "https://1456-claw.ws-eu1.gitpod.io/oauth-callback?code={C}&state={S}",
    "  http://127.0.0.1:1456/oauth-callback?code={C}&state={S}\r\n",
    "http://localhost:1456/oauth-callback?code={C}&state={S}",
    "http://LOCALHOST:1456/oauth-callback?code={C}&state={S}",
    "http://[::1]:1456/oauth-callback?code={C}&state={S}",
    "https://127.0.0.1:1456/oauth-callback?code={C}&state={S}",
    "127.0.0.1:1456/oauth-callback?code={C}&state={S}",
    "localhost:1456/oauth-callback?code={C}&state={S}",
    "/oauth-callback?code={C}&state={S}",
    "oauth-callback?code={C}&state={S}",
    "?code={C}&state={S}",
    "code={C}&state={S}",
    "state={S}&code={C}",
    "state={S}&scope=openid+profile&code={C}",
    "'http://127.0.0.1:1456/oauth-callback?code={C}&state={S}'",
    "\"http://127.0.0.1:1456/oauth-callback?code={C}&state={S}\"",
    "`http://127.0.0.1:1456/oauth-callback?state={S}&code={C}`",
    "“http://127.0.0.1:1456/oauth-callback?state={S}&code={C}”",
    "<http://127.0.0.1:1456/oauth-callback?state={S}&code={C}>",
    "http://127.0.0.1:1456/oauth-callback?code={C}&state={S}>",
    "http://127.0.0.1:1456/oauth-callback?state={S}&code={C}).",
    "[link](http://127.0.0.1:1456/oauth-callback?state={S}&code={C})",
    "curl 'http://127.0.0.1:1456/oauth-callback?code={C}&state={S}'",
    "curl \"http://127.0.0.1:1456/oauth-callback?state={S}&code={C}\" -H 'Accept: */*' --compressed",
    "curl 'http://127.0.0.1:1456/oauth-callback?state={S}&code={C}' \\\n  -H 'Accept: text/html' \\\n  -H 'Host: 127.0.0.1:1456'",
    "curl http://127.0.0.1:1456/oauth-callback?state={S}\\&code={C} -H x",
    "curl ^\"http://127.0.0.1:1456/oauth-callback?code={C}^&state={S}^\"",
    "http://127.0.0.1:1456/oauth-callback?code={C}`&state={S}",
    "Start-Process http://127.0.0.1:1456/oauth-callback?state={S}`&code={C}",
    "http://127.0.0.1:1456/oauth-callback\\?code\\={C}\\&state\\={S}",
    "http://127.0.0.1:1456/oauth-callback?code={C}&amp;state={S}",
    "http://127.0.0.1:1456/oauth-callback?code={C}&amp;amp;state={S}",
    "http://127.0.0.1:1456/oauth-callback?code={C}&#38;state={S}",
    "&lt;http://127.0.0.1:1456/oauth-callback?state={S}&amp;code={C}&gt;",
    "http://127.0.0.1:1456/oauth-call\nback?code={C}&st\nate={S}",
    "http://127.0.0.1:1456/oauth-callback?state={S}&co\n    de={C}",
    "│ http://127.0.0.1:1456/oauth-callb │\n│ ack?code={C}&state={S} │",
    "> http://127.0.0.1:1456/oauth-callback?code={C}\n> &state={S}",
    "http://127.0.0.1:1456/oauth-callback? code={C} &state={S}",
    "code={C}\nstate={S}",
    "code={C} state={S}",
    "\u{200b}http://127.0.0.1:1456/\u{feff}oauth-callback?code={C}&\u{200d}state={S}\u{200e}",
    "\u{1b}[200~http://127.0.0.1:1456/oauth-callback?code={C}&state={S}\u{1b}[201~",
    "http://127.0.0.1:1456/oauth-callback?code={C}&state={S}#",
    "http://127.0.0.1:1456/oauth-callback?state={S}&code={C}#_=_",
    "http://127.0.0.1:1456/oauth-callback#code={C}&state={S}",
    "http%3A%2F%2F127.0.0.1%3A1456%2Foauth-callback%3Fcode%3D{C}%26state%3D{S}",
    "The page said: http://127.0.0.1:1456/oauth-callback?code={C}&state={S} and could not load",
    "Here you are\nhttp://127.0.0.1:1456/oauth-callback?code={C}&state={S}\nthanks",
    "http://127.0.0.1:1456/oauth-callback?code={C}&state={S}http://127.0.0.1:1456/oauth-callback?code={C}&state={S}",
    "http://127.0.0.1:1456/oauth-callback?code={C}&code={C}&state={S}",
    "GET /oauth-callback?code={C}&state={S} HTTP/1.1",
];

#[test]
fn every_way_people_paste_gives_the_same_code() {
    // Many attempts: a state may begin and end with any of 64 characters.
    for attempt in std::iter::repeat_with(attempt).take(100) {
        for form in GOOD {
            let paste = form.replace("{S}", attempt.state().expose()).replace("{C}", "Kj_8-x.Q~42aZ");
            assert_eq!(judge(&paste, &attempt, NOW), code("Kj_8-x.Q~42aZ"), "{paste}");
        }
    }
    assert!(GOOD.len() >= 40);
}

#[test]
fn a_code_of_any_length_arrives_whole_whatever_the_width_it_was_wrapped_at() {
    let attempt = attempt();
    for length in [1, 1023, 1025, 4095, 4097, 20_000, 60_000] {
        let long: String = (0..length).map(|n| char::from(b"abcXYZ019-_"[n % 11])).collect();
        let url = format!("http://127.0.0.1:1456/oauth-callback?code={long}&state={}", attempt.state().expose());
        assert_eq!(judge(&url, &attempt, NOW), code(&long), "{length}");
        for width in [20, 40, 80] {
            let lines: Vec<_> = url.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            assert_eq!(judge(&lines.join("\n"), &attempt, NOW), code(&long), "{length} wrapped at {width}");
        }
    }
}

#[test]
fn each_mistake_is_named() {
    let attempt = attempt();
    let state = attempt.state().expose();
    let mistake = |paste: &str| match judge(paste, &attempt, NOW) {
        Verdict::Mistake(mistake) => mistake,
        other => panic!("{paste}: {other:?}"),
    };
    for (paste, expected) in [
        ("", Mistake::Empty),
        (" \n\u{200b}\u{1b}[200~\u{1b}[201~", Mistake::Empty),
        ("Kj_8xQ42aZKj_8xQ42aZ", Mistake::OnlyCode),
        ("code=Kj_8xQ42aZ", Mistake::OnlyCode),
        ("http://127.0.0.1:1456/oauth-callback?code=abc", Mistake::OnlyCode),
        (&attempt.authorize_url(), Mistake::AuthorizeLink),
        (&attempt.authorize_url().replace("&", "&amp;").replace("?", "?\n"), Mistake::AuthorizeLink),
        ("https://api.chutes.ai/idp/authorize", Mistake::AuthorizeLink),
        ("http://127.0.0.1:1456/oauth-callback?code=a&state=AAAAAAAAAAAAAAAAAAAAAA", Mistake::OtherAttempt),
        ("http://127.0.0.1:1456/oauth-callback?error=access_denied&state=old", Mistake::OtherAttempt),
        (&format!("code=a&state={}", state.to_ascii_lowercase()), Mistake::OtherAttempt),
        (&format!("code=a&state={}", &state[..21]), Mistake::OtherAttempt),
        (&format!("code=a&state={state}x"), Mistake::OtherAttempt),
        ("http://127.0.0.1:1456/oauth-callback", Mistake::NoState),
        ("http://127.0.0.1:1456/oauth-callback?error=access_denied", Mistake::NoState),
        ("error=access_denied", Mistake::NoState),
        (&format!("http://127.0.0.1:1456/oauth-callback?state={state}"), Mistake::NoCode),
        (&format!("http://127.0.0.1:1456/oauth-callback?code=&state={state}"), Mistake::NoCode),
        (&format!("http://127.0.0.1:1456/oauth-callback?code=a&code=b&state={state}"), Mistake::Ambiguous),
        (&format!("http://127.0.0.1:1456/oauth-callback?state=x&code=b&state={state}"), Mistake::Ambiguous),
        (
            &format!("https://evil.example/oauth-callback?code=a&state={state}"),
            Mistake::OtherSite { host: "evil.example".to_owned() },
        ),
        (
            &format!("http://127.0.0.1.evil.tld:1456/oauth-callback?code=a&state={state}"),
            Mistake::OtherSite { host: "127.0.0.1.evil.tld:1456".to_owned() },
        ),
        (
            &format!("http://127.0.0.1:1456@evil.tld/oauth-callback?code=a&state={state}"),
            Mistake::OtherSite { host: "127.0.0.1:1456@evil.tld".to_owned() },
        ),
        ("https://chutes.ai/app", Mistake::OtherSite { host: "chutes.ai".to_owned() }),
        ("hello there", Mistake::Unrecognised),
        ("yes", Mistake::Unrecognised),
        ("你好", Mistake::Unrecognised),
    ] {
        assert_eq!(mistake(paste), expected, "{paste}");
    }
    let long = "x".repeat(MAX_BYTES + 1);
    assert_eq!(mistake(&long), Mistake::TooLong { bytes: MAX_BYTES + 1 });
}

#[test]
fn state_comes_before_error_before_time_before_code() {
    let attempt = attempt();
    let state = attempt.state().expose();
    let late = attempt.expires_at;
    let denied =
        format!("http://127.0.0.1:1456/oauth-callback?error=access_denied&error_description=no%1b%5b2J&state={state}");
    let refusal = |text: &str| Refusal::Denied { description: Some(text.to_owned()) };
    assert_eq!(judge(&denied, &attempt, NOW), Verdict::Refused(refusal("no\u{fffd}[2J")));
    assert_eq!(judge(&denied, &attempt, late), Verdict::Refused(refusal("no\u{fffd}[2J")));
    let both = format!("{denied}&code=abc");
    assert!(matches!(judge(&both, &attempt, NOW), Verdict::Refused(Refusal::Denied { .. })));
    let scope = format!("error=invalid_scope&state={state}");
    let expected = Verdict::Refused(Refusal::InvalidScope { description: None });
    assert_eq!(judge(&scope, &attempt, NOW), expected);
    let other = format!("error=server_error%0a&error_description={}&state={state}", "x".repeat(900));
    match judge(&other, &attempt, NOW) {
        Verdict::Refused(Refusal::Other { error, description: Some(description) }) => {
            assert_eq!((error.as_str(), description.chars().count()), ("server_error ", 200));
        }
        other => panic!("{other:?}"),
    }
    let good = format!("code=abc&state={state}");
    assert_eq!(judge(&good, &attempt, late - 1), code("abc"));
    assert_eq!(judge(&good, &attempt, late), Verdict::Mistake(Mistake::Expired { at: late }));
    assert_eq!(judge("code=abc&state=x", &attempt, late), Verdict::Mistake(Mistake::OtherAttempt));
}

#[test]
fn after_any_mistake_the_whole_address_still_succeeds() {
    let mut attempt = attempt();
    let good = format!("code=abc&state={}", attempt.state().expose());
    judge("Kj_8xQ42aZKj_8xQ42aZ", &attempt, NOW);
    assert_eq!(judge(&good, &attempt, NOW), code("abc"));
    let late = attempt.expires_at + 5;
    assert!(attempt.expired(late));
    attempt.extend(late);
    assert_eq!(judge(&good, &attempt, late), code("abc"));
}

#[test]
fn every_verdict_has_words_in_both_languages_and_never_the_raw_text() {
    let mistakes = [
        Mistake::Empty,
        Mistake::TooLong { bytes: 70_000 },
        Mistake::OnlyCode,
        Mistake::AuthorizeLink,
        Mistake::OtherAttempt,
        Mistake::NoState,
        Mistake::NoCode,
        Mistake::Ambiguous,
        Mistake::Expired { at: NOW },
        Mistake::OtherSite { host: "evil.example".to_owned() },
        Mistake::Unrecognised,
    ];
    let mut seen = std::collections::BTreeSet::new();
    for mistake in &mistakes {
        for (lang, stop) in [(Lang::En, '.'), (Lang::ZhCn, '。')] {
            let words = mistake.message(lang);
            assert!(words.ends_with(stop) && words.chars().filter(|c| *c == stop).count() >= 2, "{words}");
            assert!(seen.insert(words));
        }
    }
    let denied = Refusal::Denied { description: Some("The user said no.".to_owned()) };
    assert!(denied.message(Lang::En).contains("The user said no. Nothing"), "{}", denied.message(Lang::En));
}

#[test]
fn any_text_at_all_gets_a_verdict_and_only_our_state_gets_a_code() {
    let attempt = attempt();
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config::with_cases(400));
    let pieces = proptest::sample::select(vec![
        "http://",
        "code=",
        "state=",
        "&",
        "?",
        "#",
        "%3A",
        "\n",
        " ",
        "'",
        "\"",
        "127.0.0.1:1456",
        "/oauth-callback",
        "error=",
        "&amp;",
        "\\",
        "│",
        "汉",
        "=",
        "://",
        "\u{1b}",
        "state%3D",
        "x",
    ]);
    runner
        .run(&proptest::collection::vec(pieces, 0..40), |parts| {
            let verdict = judge(&parts.concat(), &attempt, NOW);
            proptest::prop_assert!(matches!(verdict, Verdict::Mistake(_)), "{:?}", parts.concat());
            Ok(())
        })
        .expect("no panic, no code");
}

#[test]
fn the_link_asks_for_exactly_what_the_protocol_wants() {
    let attempt = attempt();
    let link = attempt.authorize_url();
    let url = url::Url::parse(&link).expect("a URL");
    assert_eq!(url.as_str(), link, "a browser changes nothing in it");
    let pairs: Vec<(String, String)> = url.query_pairs().map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
    let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).expect("a parameter");
    assert_eq!(value("client_id"), ID);
    assert_eq!(value("redirect_uri"), "http://127.0.0.1:1456/oauth-callback");
    assert_eq!((value("response_type"), value("code_challenge_method")), ("code", "S256"));
    assert_eq!(value("scope"), "openid profile chutes:invoke");
    assert_eq!(value("state").len(), 22, "128 bits in base64url");
    assert_eq!(value("code_challenge").len(), 43);
    assert!(!link.contains(attempt.verifier().expose()));
    assert!(link.len() <= 293, "{}", link.len());
    let other = self::attempt();
    assert_ne!(other.state(), attempt.state());
    assert_ne!(other.verifier(), attempt.verifier());
    let shown = format!("{attempt:?}");
    assert!(!shown.contains(attempt.verifier().expose()) && !shown.contains(attempt.state().expose()), "{shown}");
}

#[test]
fn another_process_can_finish_the_attempt_and_a_damaged_or_old_record_is_refused() {
    let attempt = attempt();
    let text = serde_json::to_string(&attempt.pending()).expect("json");
    let read = |text: &str| serde_json::from_str(text).expect("a record");
    let endpoints = attempt.settings.endpoints.clone();
    let resume = |text: &str, now| Attempt::resume(read(text), endpoints.clone(), None, now);
    let again = resume(&text, NOW + 1).expect("resumed");
    assert_eq!(again.authorize_url(), attempt.authorize_url());
    assert_eq!(again.verifier(), attempt.verifier());
    assert_eq!(resume(&text, attempt.expires_at).err(), Some(CannotResume::Expired { at: attempt.expires_at }));
    assert_eq!(resume(&text.replace("api.chutes.ai", "evil.example"), NOW).err(), Some(CannotResume::OtherService));
    assert_eq!(resume(&text.replace("127.0.0.1", "10.0.0.1"), NOW).err(), Some(CannotResume::Damaged));
    assert_eq!(resume(&text.replace(attempt.state().expose(), "short"), NOW).err(), Some(CannotResume::Damaged));
}

#[test]
fn a_redirect_leaves_this_machine_by_no_trick() {
    let good = ["http://127.0.0.1:1456/oauth-callback", "http://localhost:8080/cb", "http://[::1]:65535/"];
    for uri in good {
        let redirect = Redirect::parse(uri).expect(uri);
        assert_eq!(redirect.as_str(), uri);
    }
    let redirect = Redirect::parse(good[0]).expect("good");
    assert_eq!((redirect.port(), redirect.path()), (1456, "/oauth-callback"));
    let host = |text: &str| BadRedirect::Host(text.to_owned());
    for (uri, expected) in [
        ("https://127.0.0.1:1456/cb", BadRedirect::Scheme),
        ("javascript://127.0.0.1:1456/cb", BadRedirect::Scheme),
        ("HTTP:127.0.0.1:1456/cb", BadRedirect::Scheme),
        (" http://127.0.0.1:1456/cb", BadRedirect::Scheme),
        ("http://127.0.0.1.evil.tld:1456/cb", host("127.0.0.1.evil.tld")),
        ("http://localhost.evil.tld:1456/cb", host("localhost.evil.tld")),
        ("http://evil.tld:1456/cb", host("evil.tld")),
        ("http://127.0.0.1@evil.tld:1456/cb", BadRedirect::UserInfo),
        ("http://user:pw@127.0.0.1:1456/cb", BadRedirect::UserInfo),
        ("http://2130706433:1456/cb", host("2130706433")),
        ("http://0177.0.0.1:1456/cb", host("0177.0.0.1")),
        ("http://0x7f.0.0.1:1456/cb", host("0x7f.0.0.1")),
        ("http://127.1:1456/cb", host("127.1")),
        ("http://0.0.0.0:1456/cb", host("0.0.0.0")),
        ("http://[::]:1456/cb", host("[::]")),
        ("http://[::ffff:127.0.0.1]:1456/cb", host("[::ffff:127.0.0.1]")),
        ("http://127.0.0.1\\@evil.tld:1456/cb", BadRedirect::Port),
        ("http://127.0.0.1/cb", BadRedirect::Port),
        ("http://127.0.0.1:/cb", BadRedirect::Port),
        ("http://127.0.0.1:0/cb", BadRedirect::Port),
        ("http://127.0.0.1:99999/cb", BadRedirect::Port),
        ("http://127.0.0.1:+80/cb", BadRedirect::Port),
        ("http://127.0.0.1:1456", BadRedirect::Path),
        ("http://127.0.0.1:1456?x=1", BadRedirect::Path),
        ("http://127.0.0.1:1456/cb?x=1", BadRedirect::Path),
        ("http://127.0.0.1:1456/cb#x", BadRedirect::Path),
        ("http://127.0.0.1:1456/a/../b", BadRedirect::Path),
        ("http://127.0.0.1:1456//evil.tld", BadRedirect::Path),
        ("http://127.0.0.1:1456/a b", BadRedirect::Path),
    ] {
        assert_eq!(Redirect::parse(uri).expect_err(uri), expected, "{uri}");
        let setting = Environment::read(|name| (name == "CHUTES_OAUTH_REDIRECT_URI").then(|| format!("x{uri}")));
        let words = setting.expect_err(uri).message(Lang::En);
        assert!(words.starts_with("CHUTES_OAUTH_REDIRECT_URI: "), "{words}");
    }
}

#[test]
fn a_client_id_is_checked_and_the_mix_up_named() {
    assert_eq!(ClientId::parse(&format!(" {ID}\n")).expect("good").as_str(), ID);
    for (text, expected) in [
        ("", BadClientId::Empty),
        ("csc_abcdefabcdef", BadClientId::IsSecret),
        ("cpk_abc.def.ghi", BadClientId::IsKey),
        ("my-app", BadClientId::NoPrefix),
        ("cid_abc", BadClientId::Length(3)),
        ("cid_ABC123def456ghi789jkl012", BadClientId::Character),
        ("cid_é", BadClientId::Character),
    ] {
        assert_eq!(ClientId::parse(text), Err(expected), "{text}");
    }
}

#[test]
fn the_environment_is_read_and_refused_by_name() {
    let read = |name: &'static str, value: &'static str| {
        Environment::read(move |asked| (asked == name).then(|| value.to_owned()))
    };
    let scopes = read("CHUTES_OAUTH_SCOPES", "openid, chutes:invoke openid").expect("scopes").scopes;
    assert_eq!(scopes, ["openid", "chutes:invoke"]);
    assert_eq!(read("CHUTES_OAUTH_SCOPES", "a\u{1b}b").err(), Some(BadSetting::Scope("a\u{1b}b".to_owned())));
    assert!(read("CHUTES_CLIENT_SECRET", " ").expect("blank").client_secret.is_none());
    assert!(read("CHUTES_CLIENT_SECRET", "csc_x").expect("set").client_secret.is_some());
    assert!(matches!(read("CHUTES_CLIENT_ID", "cid_x"), Err(BadSetting::ClientId(_))));
    assert!(matches!(read("CHUTES_IDP_BASE_URL", "http://evil.tld"), Err(BadSetting::Endpoint(_))));
}
