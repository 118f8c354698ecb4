//! The sign-in against the stand-in's identity provider: from the link to the credential, and on.

use openclaw_chutes::chutes::client::{Call, Client};
use openclaw_chutes::chutes::oauth::answer::{Refusal, Verdict, judge};
use openclaw_chutes::chutes::oauth::attempt::{Attempt, ClientId, Environment};
use openclaw_chutes::chutes::oauth::renewal_terms;
use openclaw_chutes::chutes::oauth::renewal_terms::{Missing, Stored, Surroundings};
use openclaw_chutes::chutes::oauth::token::{self, Granted, TokenError};
use openclaw_chutes::http1::{Request, Response};
use openclaw_chutes::secret::Secret;
use openclaw_chutes::standin::idp::{App, Apps, Consent, Idp, Options};
use openclaw_chutes::standin::{Caller, Config, Keys, Standin};
use openclaw_chutes::texts::Lang;
use openclaw_chutes::time::UnixMillis;
use std::sync::Arc;
use std::time::Duration;

const NOW: UnixMillis = UnixMillis(1_800_000_000_000);
const ID: &str = "cid_abc123def456ghi789jkl012";
const SECRET: &str = "csc_canarycanarycanarycanarycanarycanarycanarycanary";
const USER: &str = "5ba1f0de-7c7e-4a4b-9d6e-0e4d6a1c2b3f";
const REDIRECT: &str = "http://127.0.0.1:1456/oauth-callback";

struct World {
    idp: Arc<Idp>,
    standin: Standin,
    client: Client,
}

fn world(change: impl FnOnce(&mut Options)) -> World {
    let mut options = Options {
        apps: Apps::Listed(vec![App {
            client_id: ID.to_owned(),
            client_secret: SECRET.to_owned(),
            name: "Te<st>".to_owned(),
            redirect_uris: vec![REDIRECT.to_owned()],
            ..App::default()
        }]),
        ..Options::default()
    };
    change(&mut options);
    let idp = Arc::new(Idp::new(options));
    let mut config = Config::serving(Keys::Listed(Vec::new()), r#"{"data":[]}"#);
    config.idp = Some(idp.clone());
    let standin = Standin::start(config).expect("a stand-in");
    let client = Client::new(standin.endpoints());
    World { idp, standin, client }
}

impl World {
    fn attempt(&self) -> Attempt {
        self.attempt_with(Some(SECRET))
    }

    fn attempt_with(&self, secret: Option<&str>) -> Attempt {
        let mut environment = Environment::read(|_| None).expect("defaults");
        environment.endpoints = self.standin.endpoints();
        Attempt::new(environment.settings(ClientId::parse(ID).expect("an id"), secret.map(Secret::new)), NOW)
    }

    /// What the browser is sent to after the person's answer.
    fn browse(&self, link: &str, answer: Consent) -> String {
        let page = self.get(link);
        assert_eq!(page.status, 200, "{}", String::from_utf8_lossy(&page.body));
        let to_consent = self.post("/idp/login", &fields_of(&page));
        assert_eq!(to_consent.status, 302);
        let target = header(&to_consent, "Location").expect("a redirect");
        assert!(target.starts_with("/idp/authorize/consent?session_id="), "{target}");
        let page = self.request("GET", &target, "");
        let html = String::from_utf8_lossy(&page.body).into_owned();
        assert!(html.contains("chutes:invoke") && html.contains("Te&lt;st&gt;") && !html.contains("<script"), "{html}");
        let body = if answer == Consent::Allow { "action=allow" } else { "action=deny" };
        let response = self.post(&target, body);
        assert_eq!(response.status, 302);
        assert_eq!(self.post(&target, body).status, 400, "a consent page is answered once");
        header(&response, "Location").expect("a redirect")
    }

    fn get(&self, link: &str) -> Response {
        self.request("GET", link.strip_prefix(&self.standin.idp_base()).expect("ours"), "")
    }

    fn post(&self, target: &str, body: &str) -> Response {
        self.request("POST", target, body)
    }

    fn request(&self, method: &str, target: &str, body: &str) -> Response {
        let (method, target, body) = (method.to_owned(), target.to_owned(), body.as_bytes().to_vec());
        let request = Request { method, target, headers: Vec::new(), body };
        self.idp.handle(&request, &Caller::Nobody).expect("a page")
    }

    fn code(&self, attempt: &Attempt) -> Secret {
        match judge(&self.browse(&attempt.authorize_url(), Consent::Allow), attempt, NOW) {
            Verdict::Code(code) => code,
            other => panic!("{other:?}"),
        }
    }

    fn sign_in(&self, attempt: &Attempt) -> Result<Granted, TokenError> {
        let code = self.code(attempt);
        block_on(token::sign_in(&self.client, attempt, &code, NOW))
    }

    fn models_status(&self, credential: &Secret) -> u16 {
        let call = Call::get(format!("{}/models", self.standin.api_base())).bearer(Some(credential));
        block_on(self.client.send(call, |_| {})).expect("an answer").status
    }
}

/// The hidden fields of a form, as a browser sends them.
fn fields_of(page: &Response) -> String {
    let html = String::from_utf8_lossy(&page.body).into_owned();
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for field in html.split("<input type=\"hidden\" name=\"").skip(1) {
        let mut parts = field.split('"');
        let (name, value) = (parts.next().expect("a name"), parts.nth(1).expect("a value"));
        form.append_pair(name, &value.replace("&amp;", "&"));
    }
    form.finish()
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone())
}

fn block_on<T>(future: impl std::future::Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn from_the_link_to_a_credential_that_calls_models() {
    let world = world(|_| {});
    let attempt = world.attempt();
    let code = world.code(&attempt);
    let granted = block_on(token::sign_in(&world.client, &attempt, &code, NOW)).expect("granted");
    assert_eq!((granted.account.as_deref(), granted.account_id.as_deref()), (Some("alice"), Some(USER)));
    assert_eq!(granted.expires_at, NOW + 3_600_000 - 300_000);
    assert!(granted.access.expose().starts_with("cak_"));
    assert!(granted.refresh.as_ref().is_some_and(|token| token.expose().starts_with("crt_")));
    assert_eq!(world.models_status(&granted.access), 200);
    // The list is public, and so a dead token is only no token.
    assert_eq!(world.models_status(&Secret::new("cak_forged")), 200);
    assert_eq!(world.models_status(&Secret::new("crt_forged")), 401);
    // The code is spent.
    let again = block_on(token::exchange(&world.client, &attempt, &code, NOW));
    assert_eq!(again, Err(TokenError::CodeSpent));
}

#[test]
fn a_code_is_bound_to_its_attempt_and_spent_even_by_failure() {
    let world = world(|_| {});
    let (attempt, other) = (world.attempt(), world.attempt());
    let code = world.code(&attempt);
    assert_eq!(block_on(token::exchange(&world.client, &other, &code, NOW)), Err(TokenError::CodeSpent));
    assert_eq!(block_on(token::exchange(&world.client, &attempt, &code, NOW)), Err(TokenError::CodeSpent));
    assert_eq!(world.idp.counts().exchanged, 0);
}

#[test]
fn a_denial_and_a_bad_scope_come_back_and_a_bad_app_does_not() {
    let world = world(|_| {});
    let attempt = world.attempt();
    let denied = judge(&world.browse(&attempt.authorize_url(), Consent::Deny), &attempt, NOW);
    assert!(matches!(denied, Verdict::Refused(Refusal::Denied { description: Some(_) })), "{denied:?}");
    let link = attempt.authorize_url().replace("openid+profile", "openid+admin");
    let location = world.browse(&link, Consent::Allow);
    assert!(matches!(judge(&location, &attempt, NOW), Verdict::Refused(Refusal::InvalidScope { .. })), "{location}");
    for (from, to) in [(ID, "cid_000000000000000000000000"), ("/oauth-callback", "/oauth-callback/")] {
        let page = world.get(&attempt.authorize_url().replace(from, to));
        assert_eq!((page.status, header(&page, "Location")), (400, None));
    }
    world.idp.change(|options| options.auto_consent = Some(Consent::Allow));
    let location = header(&world.get(&attempt.authorize_url()), "Location").expect("a redirect");
    assert!(matches!(judge(&location, &attempt, NOW), Verdict::Code(_)));
}

#[test]
fn without_the_invoke_scope_there_is_no_credential() {
    let subset = vec!["openid".to_owned(), "profile".to_owned()];
    let without = world(|options| options.grant_only = Some(subset.clone()));
    let error = without.sign_in(&without.attempt()).expect_err("not granted");
    assert_eq!(error, TokenError::ScopeMissing("chutes:invoke"));
    assert!(error.message(Lang::En).contains("chutes:invoke"));
    // Without the field, what was asked for is what was granted.
    let silent = world(|options| options.omit_scope = true);
    assert_eq!(silent.sign_in(&silent.attempt()).expect("granted").scopes.len(), 3);
}

#[test]
fn userinfo_may_fail_and_a_hostile_name_is_no_name() {
    let world = world(|options| options.userinfo_fails = true);
    assert_eq!(world.sign_in(&world.attempt()).expect("granted").account, None);
    for name in ["a\u{1b}[2Jb", "a\u{202e}b", "a b", "", &"x".repeat(200)] {
        world.idp.change(|options| (options.userinfo_fails, options.username) = (false, name.to_owned()));
        let granted = world.sign_in(&world.attempt()).expect("granted");
        assert_eq!((granted.account, granted.account_id.as_deref()), (None, Some(USER)), "{name:?}");
    }
}

#[test]
fn errors_of_the_token_endpoint_are_told_apart_and_repeat_no_secret() {
    let world = world(|_| {});
    let wrong = world.attempt_with(Some("csc_wrong"));
    assert_eq!(world.sign_in(&wrong), Err(TokenError::Client { secret_sent: true }));
    for (status, body, expected) in [
        (400, r#"{"error":"invalid_request"}"#, "invalid-request"),
        (400, r#"{"error":"invalid_grant","error_description":"x"}"#, "invalid-grant"),
        (401, r#"{"error":"invalid_client"}"#, "invalid-client"),
        (503, "busy", "server-error"),
        (429, r#"{"detail":"slow down"}"#, "rate-limited"),
        (200, r#"{"token_type":"Bearer"}"#, "bad-token-answer"),
        (200, r#"{"access_token":"cak_canary", oops"#, "malformed-json"),
        (200, "<html>", "not-json"),
    ] {
        let attempt = world.attempt_with(Some(SECRET));
        world.idp.change(|options| options.token_fault = Some((status, body.to_owned())));
        let error = world.sign_in(&attempt).expect_err("an error");
        assert_eq!(error.code(), expected, "{body}");
        for lang in [Lang::En, Lang::ZhCn] {
            assert!(!error.message(lang).is_empty());
        }
    }
    // A body that repeats what we sent.
    let attempt = world.attempt_with(Some(SECRET));
    let echo = format!("code_verifier={} client_secret={SECRET}", attempt.verifier().expose());
    world.idp.change(|options| options.token_fault = Some((500, echo)));
    let error = world.sign_in(&attempt).expect_err("an error");
    let shown = format!("{error:?} {}", error.message(Lang::En));
    assert!(!shown.contains("canary") && !shown.contains(attempt.verifier().expose()), "{shown}");
}

#[test]
fn a_credential_follows_no_redirect_to_another_origin() {
    let world = world(|_| {});
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("set");
    let attempt = world.attempt();
    let code = world.code(&attempt);
    // The token endpoint of another provider answers with a redirect.
    struct Redirecting(String);
    impl openclaw_chutes::standin::IdentityProvider for Redirecting {
        fn handle(&self, _: &Request, _: &Caller) -> Option<Response> {
            let headers = vec![("Location", self.0.clone())];
            Some(Response { status: 307, headers, body: Vec::new() })
        }
        fn scopes_of(&self, _: &str) -> Option<Vec<String>> {
            None
        }
    }
    let mut config = Config::serving(Keys::Listed(Vec::new()), "{}");
    let target = format!("http://{}/idp/token", elsewhere.local_addr().expect("bound"));
    config.idp = Some(Arc::new(Redirecting(target)));
    let redirecting = Standin::start(config).expect("a stand-in");
    let mut attempt = attempt;
    attempt.settings.endpoints = redirecting.endpoints();
    let client = Client::new(redirecting.endpoints());
    let error = block_on(token::exchange(&client, &attempt, &code, NOW)).expect_err("refused");
    assert_eq!(error.code(), "redirected");
    assert!(block_on(token::userinfo(&client, &Secret::new("cak_x"))).is_err());
    assert!(elsewhere.accept().is_err(), "nobody connected");
}

fn stored(granted: &Granted) -> Stored {
    Stored { client_id: Some(ID.to_owned()), refresh: granted.refresh.clone() }
}

#[test]
fn a_renewal_needs_the_secret_rotates_the_token_and_works_once() {
    let world = world(|_| {});
    let granted = world.sign_in(&world.attempt()).expect("granted");
    let bare = Surroundings::default();
    let full = Surroundings { client_id: None, client_secret: Some(Secret::new(SECRET)) };
    assert_eq!(renewal_terms::missing(&stored(&granted), &bare), Some(Missing::ClientSecret));
    assert_eq!(renewal_terms::missing(&stored(&granted), &full), None);
    let renew = |surroundings: &Surroundings| {
        let request = renewal_terms::request(&stored(&granted), surroundings).expect("complete");
        block_on(token::refresh(&world.client, &request, NOW))
    };
    // The dry run was right: refused without, and the refresh token is still good.
    assert_eq!(renew(&bare), Err(TokenError::Client { secret_sent: false }));
    let renewed = renew(&full).expect("renewed");
    assert_ne!(Some(&renewed.refresh), granted.refresh.as_ref());
    assert_eq!(world.models_status(&renewed.access), 200);
    assert_eq!(renew(&full), Err(TokenError::RefreshSpent));
    assert_eq!((world.idp.counts().refreshed, world.idp.counts().refresh_refused), (1, 1));
}

#[test]
fn the_old_refresh_token_is_kept_when_no_new_one_comes() {
    let world = world(|options| (options.keep_refresh, options.access_life) = (true, Duration::from_secs(60)));
    let granted = world.sign_in(&world.attempt()).expect("granted");
    assert_eq!(granted.expires_at, NOW + 30_000, "never less than half a minute");
    let full = Surroundings { client_id: None, client_secret: Some(Secret::new(SECRET)) };
    let request = renewal_terms::request(&stored(&granted), &full).expect("complete");
    let renewed = block_on(token::refresh(&world.client, &request, NOW)).expect("renewed");
    assert_eq!(Some(&renewed.refresh), granted.refresh.as_ref());
}

#[test]
fn the_renewal_request_is_openclaws() {
    let refresh = Some(Secret::new("crt_a b"));
    let surroundings = Surroundings { client_id: Some("cid_env".to_owned()), client_secret: None };
    let form = |client_id: Option<&str>, surroundings: &Surroundings| {
        let stored = Stored { client_id: client_id.map(str::to_owned), refresh: refresh.clone() };
        renewal_terms::request(&stored, surroundings).map(|request| request.form.expose().to_owned())
    };
    let expected = "grant_type=refresh_token&client_id=cid_stored&refresh_token=crt_a+b";
    assert_eq!(form(Some("cid_stored"), &surroundings).as_deref(), Ok(expected));
    assert!(form(None, &surroundings).is_ok_and(|form| form.contains("client_id=cid_env&")));
    assert_eq!(form(None, &Surroundings::default()), Err(Missing::ClientId));
    let none = Stored { client_id: Some("cid_x".to_owned()), refresh: None };
    assert_eq!(renewal_terms::missing(&none, &surroundings), Some(Missing::RefreshToken));
    assert!(
        renewal_terms::is_due(None, NOW)
            && renewal_terms::is_due(Some(UnixMillis(0)), NOW)
            && renewal_terms::is_due(Some(NOW + 300_000), NOW)
    );
    assert!(!renewal_terms::is_due(Some(NOW + 300_001), NOW));
}
