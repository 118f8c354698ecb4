//! The stand-in answers as the real identity provider does: seen with bare HTTP, without our client.
//!
//! Where a stand-in easily differs from the service, and the test that holds it to it:
//!
//! | | test |
//! |---|---|
//! | an exchange without the client secret is `invalid_client`, and spends the code | `an_exchange_without_the_secret_is_refused_and_spends_the_code` |
//! | order of its checks: code, redirect, client, secret, verifier | `the_checks_of_an_exchange_have_an_order` |
//! | a scope is refused after Allow, and the usual ones need no registration | `a_scope_is_refused_after_allow_and_the_usual_ones_need_no_registration` |
//! | a wrong `response_type` or `plain` is a page with 400, no redirect | `a_bad_link_ends_on_a_page_and_nothing_comes_back` |
//! | `User denied the request` | `a_denial_has_the_words_of_the_service_and_anything_else_allows` |
//! | two pages, login and consent | `the_pages_are_login_and_consent_and_a_session_leaves_the_first_out` |
//! | an unknown or missing `grant_type` | `other_grants_are_unsupported_and_a_request_without_one_has_no_shape` |
//! | revoking answers `{"revoked": true}` | `revoking_ends_one_token_and_always_says_so` |
//! | userinfo: 401 and 403, in words | `userinfo_says_why_it_says_nothing` |
//! | tokens: prefix, UUID, 48 characters, 89 in all | `tokens_have_the_shape_of_the_service` |
//! | the list with a dead token: 200; with one that may not invoke: 403 | `models_and_completions_answer_by_the_kind_of_the_credential` |
//! | 402 is an object | `payment_required_is_an_object` |

use crate::support::{CLIENT_ID, SECRET, fields_of};
use openclaw_chutes::standin::idp::{App, Apps, Consent, Idp, Options};
use openclaw_chutes::standin::sample::{Era, list};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use testkit::http::{Answer, request};
use url::form_urlencoded::{Serializer, parse};

const REDIRECT: &str = "http://127.0.0.1:1456/oauth-callback";
const ADMIN: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.adminadminadminadminadminadminad";
const NARROW: &str =
    "cpk_0123456789abcdef0123456789abcdef.0123456789abcdef0123456789abcdef.narrownarrownarrownarrownarrowna";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct Provider {
    standin: Standin,
    idp: Arc<Idp>,
}

impl Provider {
    /// One app, which was registered with no scope at all.
    fn new() -> Provider {
        let app = App {
            client_id: CLIENT_ID.to_owned(),
            client_secret: SECRET.to_owned(),
            name: "Test".to_owned(),
            redirect_uris: vec![REDIRECT.to_owned()],
            ..App::default()
        };
        let idp = Arc::new(Idp::new(Options { apps: Apps::Listed(vec![app]), ..Options::default() }));
        let keys = Keys::Listed(vec![NARROW.to_owned()]);
        let config = Config {
            idp: Some(idp.clone()),
            admin_keys: vec![ADMIN.to_owned()],
            ..Config::serving(keys, list(Era::Documented))
        };
        Provider { standin: Standin::start(config).unwrap(), idp }
    }

    fn send(&self, method: &str, path: &str, bearer: Option<&str>, kind: &str, body: &str) -> Answer {
        let authority = self.standin.address().to_string();
        let bearer = bearer.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{bearer}");
        request(&authority, &format!("{head}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    }

    fn get(&self, path: &str, bearer: Option<&str>) -> (u16, Value) {
        status_and_json(&self.send("GET", path, bearer, "text/plain", ""))
    }

    fn json(&self, method: &str, path: &str, bearer: Option<&str>, body: &Value) -> (u16, Value) {
        status_and_json(&self.send(method, path, bearer, "application/json", &body.to_string()))
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, None, "application/x-www-form-urlencoded", &body)
    }

    fn posted(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        status_and_json(&self.form(path, fields))
    }

    /// The link of a client with these differences.
    fn link(&self, changes: &[(&str, Option<&str>)]) -> String {
        let plain = [
            ("client_id", CLIENT_ID),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "openid profile chutes:invoke"),
            ("state", "a b&c"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut query = Serializer::new(String::new());
        for (name, value) in plain {
            let changed = changes.iter().find(|(changed, _)| *changed == name);
            if let Some(value) = changed.map_or(Some(value), |(_, value)| *value) {
                query.append_pair(name, value);
            }
        }
        format!("/idp/authorize?{}", query.finish())
    }

    fn open(&self, link: &str) -> Answer {
        self.send("GET", link, None, "text/plain", "")
    }

    /// Where the browser ends when the person signs in and then answers so.
    fn answer(&self, link: &str, action: &str) -> Vec<(String, String)> {
        let login = self.open(link);
        assert_eq!(login.status, 200, "{}", login.body);
        let form = fields_of(&login.body);
        let to_consent = self.send("POST", "/idp/login", None, "application/x-www-form-urlencoded", &form);
        let consent = to_consent.location();
        assert!(consent.starts_with("/idp/authorize/consent?session_id="), "{consent}");
        assert!(to_consent.headers.contains("chutes-session-token="));
        assert_eq!(self.open(&consent).status, 200);
        let end = self.form(&consent, &[("action", action)]);
        assert_eq!(end.status, 302);
        let location = end.location();
        let query = location.strip_prefix(REDIRECT).and_then(|rest| rest.strip_prefix('?')).expect("the app's address");
        parse(query.as_bytes()).into_owned().collect()
    }

    fn code_for(&self, scope: &str) -> String {
        let fields = self.answer(&self.link(&[("scope", Some(scope))]), "allow");
        assert_eq!(fields[1], ("state".to_owned(), "a b&c".to_owned()));
        assert_eq!((fields[0].0.as_str(), fields[0].1.len()), ("code", 64), "{fields:?}");
        fields[0].1.clone()
    }

    fn code(&self) -> String {
        self.code_for("openid profile chutes:invoke")
    }

    fn exchange(&self, code: &str, changes: &[(&str, Option<&str>)]) -> (u16, Value) {
        let plain = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("client_id", CLIENT_ID),
            ("client_secret", SECRET),
            ("code_verifier", VERIFIER),
        ];
        self.posted("/idp/token", &with(&plain, changes))
    }

    fn refresh(&self, token: &str, changes: &[(&str, Option<&str>)]) -> (u16, Value) {
        let plain = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", CLIENT_ID),
            ("client_secret", SECRET),
        ];
        self.posted("/idp/token", &with(&plain, changes))
    }

    /// Access and refresh token.
    fn tokens(&self, scope: &str) -> (String, String) {
        let (status, tokens) = self.exchange(&self.code_for(scope), &[]);
        assert_eq!(status, 200, "{tokens}");
        (text(&tokens["access_token"]), text(&tokens["refresh_token"]))
    }
}

fn with<'a>(plain: &[(&'a str, &'a str)], changes: &[(&str, Option<&'a str>)]) -> Vec<(&'a str, &'a str)> {
    let changed = |(name, value): &(&'a str, &'a str)| {
        let change = changes.iter().find(|(changed, _)| changed == name);
        change.map_or(Some(*value), |(_, value)| *value).map(|value| (*name, value))
    };
    plain.iter().filter_map(changed).collect()
}

fn status_and_json(answer: &Answer) -> (u16, Value) {
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn fault(error: &str) -> (u16, Value) {
    (400, json!({ "error": error }))
}

fn detail(status: u16, detail: &str) -> (u16, Value) {
    (status, json!({ "detail": detail }))
}

#[test]
fn an_exchange_without_the_secret_is_refused_and_spends_the_code() {
    let provider = Provider::new();
    for secret in [None, Some(""), Some("csc_wrong")] {
        let code = provider.code();
        assert_eq!(provider.exchange(&code, &[("client_secret", secret)]), fault("invalid_client"));
        assert_eq!(provider.exchange(&code, &[]), fault("invalid_grant"), "spent");
    }
}

#[test]
fn the_checks_of_an_exchange_have_an_order() {
    let provider = Provider::new();
    let all_wrong = [
        ("code", Some("never")),
        ("redirect_uri", Some("http://127.0.0.1:1456/other")),
        ("client_id", Some("cid_000000000000000000000000")),
        ("client_secret", Some("csc_wrong")),
        ("code_verifier", Some("wrong")),
    ];
    // Each time one mistake less; the first one that is left decides.
    for (from, error) in
        [(0, "invalid_grant"), (1, "invalid_grant"), (2, "invalid_client"), (3, "invalid_client"), (4, "invalid_grant")]
    {
        assert_eq!(provider.exchange(&provider.code(), &all_wrong[from..]), fault(error), "from {from}");
    }
    assert_eq!(provider.exchange(&provider.code(), &[("code_verifier", None)]), fault("invalid_grant"));
    let missing = json!({ "error": "invalid_request", "error_description": "Missing required parameters" });
    let code = provider.code();
    for name in ["code", "redirect_uri", "client_id"] {
        assert_eq!(provider.exchange(&code, &[(name, None)]), (400, missing.clone()), "{name}");
    }
    assert_eq!(provider.exchange(&code, &[]).0, 200, "a request that names no code spends none");
}

#[test]
fn a_scope_is_refused_after_allow_and_the_usual_ones_need_no_registration() {
    let provider = Provider::new();
    assert!(provider.idp.apps()[0].allowed_scopes.is_empty());
    let fields = |scope: &str, action: &str| provider.answer(&provider.link(&[("scope", Some(scope))]), action);
    for (scope, message) in [
        ("openid nonsense", "Unknown scope: nonsense"),
        ("openid offline_access", "Unknown scope: offline_access"),
        ("openid,profile", "Unknown scope: openid,profile"),
        ("profile admin", "Scope 'admin' requires explicit app registration"),
    ] {
        let given = fields(scope, "allow");
        assert_eq!(given[0], ("error".to_owned(), "invalid_scope".to_owned()));
        assert_eq!(given[1], ("error_description".to_owned(), message.to_owned()));
        assert_eq!(fields(scope, "deny")[0].1, "access_denied", "not before the answer");
    }
    provider.code_for("openid profile balance:read quota usage:read account:read chutes:read images:read");
    let (_, tokens) = provider.exchange(&provider.code_for(""), &[]);
    assert_eq!(tokens["scope"], "profile", "no scope is profile");
}

#[test]
fn a_bad_link_ends_on_a_page_and_nothing_comes_back() {
    let provider = Provider::new();
    for (change, message) in [
        (("response_type", Some("token")), "Only 'code' response type is supported"),
        (("client_id", Some("cid_000000000000000000000000")), "Unknown client_id"),
        (("redirect_uri", Some("http://127.0.0.1:1457/oauth-callback")), "Redirect URI not registered"),
        (("redirect_uri", Some("http://localhost:1456/oauth-callback")), "Redirect URI not registered"),
        (("redirect_uri", Some("http://127.0.0.1:1456/oauth-callback/")), "Redirect URI not registered"),
        (("code_challenge_method", Some("plain")), "Only S256 code_challenge_method is supported"),
        (("code_challenge_method", None), "Only S256 code_challenge_method is supported"),
    ] {
        let page = provider.open(&provider.link(&[change]));
        assert_eq!(page.status, 400, "{change:?}");
        assert!(page.body.contains(message), "{change:?}: {}", page.body);
        let headers = page.headers.to_ascii_lowercase();
        assert!(headers.contains("text/html") && !headers.contains("location:"), "{headers}");
    }
    for name in ["response_type", "client_id", "redirect_uri"] {
        let (status, body) = status_and_json(&provider.open(&provider.link(&[(name, None)])));
        assert_eq!((status, &body["detail"][0]["loc"]), (422, &json!(["query", name])));
    }
    let gone = provider.open("/idp/authorize/consent?session_id=unknown");
    assert!(gone.status == 400 && gone.body.contains("Session expired. Please try again."));
}

#[test]
fn a_denial_has_the_words_of_the_service_and_anything_else_allows() {
    let provider = Provider::new();
    let denied = provider.answer(&provider.link(&[]), "deny");
    let expected = [("error", "access_denied"), ("error_description", "User denied the request"), ("state", "a b&c")];
    assert_eq!(denied, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert_eq!(provider.answer(&provider.link(&[]), "whatever")[0].0, "code");
}

#[test]
fn the_pages_are_login_and_consent_and_a_session_leaves_the_first_out() {
    let provider = Provider::new();
    let login = provider.open(&provider.link(&[]));
    let form = fields_of(&login.body);
    let wrong: Vec<(String, String)> = parse(form.as_bytes())
        .into_owned()
        .map(|(name, value)| if name == "fingerprint" { (name, "wrong".to_owned()) } else { (name, value) })
        .collect();
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = provider.form("/idp/login", &wrong);
    assert!(again.status == 200 && again.body.contains("Invalid fingerprint"), "{}", again.body);
    let signed_in = provider.send("POST", "/idp/login", None, "application/x-www-form-urlencoded", &form);
    let cookie = signed_in.headers.split("chutes-session-token=").nth(1).unwrap().split(';').next().unwrap();
    let authority = provider.standin.address();
    let head = format!("GET {} HTTP/1.1\r\nHost: {authority}\r\nConnection: close", provider.link(&[]));
    let sso = request(&authority.to_string(), &format!("{head}\r\nCookie: chutes-session-token={cookie}\r\n\r\n"));
    assert!(sso.status == 302 && sso.location().starts_with("/idp/authorize/consent?session_id="));
    // A web session is a bearer everywhere, too.
    assert_eq!(provider.get("/idp/apps", Some(cookie)).0, 200);
}

#[test]
fn other_grants_are_unsupported_and_a_request_without_one_has_no_shape() {
    let provider = Provider::new();
    for kind in ["client_credentials", "urn:ietf:params:oauth:grant-type:device_code", "password"] {
        assert_eq!(provider.posted("/idp/token", &[("grant_type", kind)]), fault("unsupported_grant_type"));
    }
    for (status, body) in [
        provider.posted("/idp/token", &[("code", "x")]),
        provider.json("POST", "/idp/token", None, &json!({ "grant_type": "authorization_code" })),
    ] {
        assert_eq!((status, &body["detail"][0]["loc"]), (422, &json!(["body", "grant_type"])), "{body}");
    }
}

#[test]
fn revoking_ends_one_token_and_always_says_so() {
    let provider = Provider::new();
    let (access, refresh) = provider.tokens("openid profile chutes:invoke");
    let revoked = (200, json!({ "revoked": true }));
    assert_eq!(provider.posted("/idp/token/revoke", &[("token", "crt_nobodys")]), revoked);
    assert_eq!(provider.posted("/idp/token/revoke", &[("token", &access)]), revoked);
    assert_eq!(provider.get("/idp/userinfo", Some(&access)), detail(401, "Invalid or expired token"));
    assert_eq!(provider.refresh(&refresh, &[]).0, 200, "its sibling lives on");
}

#[test]
fn userinfo_says_why_it_says_nothing() {
    let provider = Provider::new();
    assert_eq!(provider.get("/idp/userinfo", None), detail(401, "Missing or invalid authorization header"));
    assert_eq!(provider.get("/idp/userinfo", Some("cak_x")), detail(401, "Invalid or expired token"));
    let (status, body) = provider.get("/idp/userinfo", Some(&provider.tokens("chutes:invoke").0));
    assert_eq!(status, 403);
    assert!(text(&body["detail"]).contains("openid, profile, or account:read"));
    let (status, account) = provider.get("/idp/userinfo", Some(&provider.tokens("openid").0));
    assert_eq!((status, &account["username"]), (200, &json!("alice")));
}

#[test]
fn tokens_have_the_shape_of_the_service() {
    let provider = Provider::new();
    let (access, refresh) = provider.tokens("openid profile chutes:invoke");
    for (token, prefix) in [(&access, "cak_"), (&refresh, "crt_")] {
        assert_eq!(token.len(), 89);
        let (id, secret) = token.strip_prefix(prefix).unwrap().split_once('.').unwrap();
        let groups: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(id.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit() && !b.is_ascii_uppercase()));
        assert!(secret.len() == 48 && secret.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}

#[test]
fn models_and_completions_answer_by_the_kind_of_the_credential() {
    let provider = Provider::new();
    let (good, _) = provider.tokens("openid profile chutes:invoke");
    let (weak, _) = provider.tokens("openid profile");
    let deleted = NARROW.replace("narrowna", "deletedd");
    let wrong = |text: &str| Some(detail(401, text));
    // Some: what is refused, and how.
    type Refused = Option<(u16, Value)>;
    let cases: [(Option<&str>, Refused, Refused); 9] = [
        (None, None, wrong("Authentication required.")),
        (Some(NARROW), None, None),
        (Some(ADMIN), None, None),
        (Some(&good), None, None),
        (Some(&deleted), wrong("Invalid token or user not found"), wrong("Invalid token or user not found")),
        (
            Some("cpk_a.b.c"),
            wrong("Missing or invalid authorization header(s)"),
            wrong("Missing or invalid authorization header(s)"),
        ),
        (Some("sk-proj-1"), wrong("Invalid token."), wrong("Invalid token.")),
        (Some("cak_dead"), None, wrong("Authentication required.")),
        (
            Some(&weak),
            Some(detail(403, "Token does not have permission for this resource")),
            Some(detail(403, "Token does not have permission for this resource")),
        ),
    ];
    let body = json!({ "model": "zai-org/GLM-4.7-TEE", "messages": [] });
    for (bearer, list, completion) in &cases {
        let (status, answer) = provider.get("/v1/models", *bearer);
        assert_eq!(list.clone().unwrap_or((200, answer.clone())), (status, answer), "{bearer:?}");
        let (status, answer) = provider.json("POST", "/v1/chat/completions", *bearer, &body);
        assert_eq!(completion.clone().unwrap_or((200, answer.clone())), (status, answer), "{bearer:?}");
    }
    provider.idp.expire_access_tokens();
    assert_eq!(provider.get("/v1/models", Some(&good)).0, 200, "an expired token is no token");
    assert_eq!(provider.json("POST", "/v1/chat/completions", Some(&good), &body).0, 401);
    let (status, unknown) =
        provider.json("POST", "/v1/chat/completions", Some(NARROW), &json!({ "model": "x", "messages": [] }));
    assert_eq!((status, unknown), detail(404, "model not found: x"));
}

#[test]
fn payment_required_is_an_object() {
    let provider = Provider::new();
    let body = json!({ "model": "zai-org/GLM-4.7-TEE", "messages": [] });
    for (fault, reset) in [(Fault::Status(402), false), (Fault::Quota, true)] {
        provider.standin.set_fault(Route::Chat, fault);
        let (status, answer) = provider.json("POST", "/v1/chat/completions", Some(NARROW), &body);
        assert_eq!(status, 402);
        assert!(answer["detail"]["message"].is_string());
        assert_eq!(answer["detail"]["quota_reset_timestamp"].is_null(), !reset);
    }
}

#[test]
fn a_renewal_rotates_takes_the_secret_and_has_the_scopes_of_the_latest_consent() {
    let provider = Provider::new();
    let (old_access, refresh) = provider.tokens("openid profile chutes:invoke");
    for change in [("client_secret", None), ("client_secret", Some("csc_wrong")), ("client_id", Some("cid_other"))] {
        assert_eq!(provider.refresh(&refresh, &[change]), fault("invalid_client"), "spends nothing");
    }
    let (status, renewed) = provider.refresh(&refresh, &[]);
    assert_eq!(status, 200);
    assert_eq!(provider.refresh(&refresh, &[]), fault("invalid_grant"), "used");
    let next = text(&renewed["refresh_token"]);
    assert_eq!(provider.get("/idp/userinfo", Some(&old_access)).0, 200, "old access tokens live on");
    // A narrower consent weakens what is renewed from now on, and only that.
    provider.tokens("openid");
    assert_eq!(provider.get("/idp/userinfo", Some(&text(&renewed["access_token"]))).0, 200);
    let (_, weaker) = provider.refresh(&next, &[]);
    assert_eq!(weaker["scope"], "openid");
    provider.idp.expire_refresh_tokens();
    assert_eq!(provider.refresh(&text(&weaker["refresh_token"]), &[]), fault("invalid_grant"), "expired");
}

#[test]
fn introspection_tells_and_spends_nothing() {
    let provider = Provider::new();
    let (access, refresh) = provider.tokens("openid profile chutes:invoke");
    let inactive = (200, json!({ "active": false }));
    assert_eq!(provider.posted("/idp/token/introspect", &[("token", "crt_nobodys")]), inactive);
    for (token, kind, life) in [(&access, "access_token", 3600), (&refresh, "refresh_token", 30 * 24 * 3600)] {
        let (status, answer) = provider.posted("/idp/token/introspect", &[("token", token)]);
        assert_eq!((status, &answer["active"], &answer["token_type"]), (200, &json!(true), &json!(kind)));
        assert_eq!((&answer["client_id"], &answer["username"]), (&json!(CLIENT_ID), &json!("alice")));
        assert_eq!(answer["exp"].as_u64().unwrap() - answer["iat"].as_u64().unwrap(), life);
    }
    assert_eq!(provider.refresh(&refresh, &[]).0, 200);
    assert_eq!(provider.posted("/idp/token/introspect", &[("token", &refresh)]), inactive, "used");
}

#[test]
fn apps_are_registered_by_who_may_and_names_are_unique() {
    let provider = Provider::new();
    let app = json!({ "name": "OpenClaw alice 7k2m", "redirect_uris": [REDIRECT], "public": false, "odd": 1 });
    let refusals = [
        (None, 401),
        (Some(NARROW), 401),
        (Some("cak_dead"), 401),
        (Some(&*provider.tokens("openid profile chutes:invoke").0), 403),
    ]
    .map(|(bearer, expected)| (provider.json("POST", "/idp/apps", bearer, &app).0, expected));
    assert!(refusals.iter().all(|(status, expected)| status == expected), "{refusals:?}");
    let (status, made) = provider.json("POST", "/idp/apps", Some(ADMIN), &app);
    assert_eq!(status, 200, "{made}");
    let (id, secret, app_id) = (text(&made["client_id"]), text(&made["client_secret"]), text(&made["app_id"]));
    assert_eq!((id.len(), secret.len(), &made["public"]), (28, 52, &json!(false)));
    let again = json!({ "name": "OPENCLAW ALICE 7K2M", "redirect_uris": [REDIRECT] });
    let taken = detail(409, "An application with this name already exists");
    assert_eq!(provider.json("POST", "/idp/apps", Some(ADMIN), &again), taken);
    // An underscore stands for any character.
    let wild = |name: &str| {
        provider.json("POST", "/idp/apps", Some(ADMIN), &json!({ "name": name, "redirect_uris": [REDIRECT] })).0
    };
    assert_eq!(
        (wild("OpenClaw alice 7k_m"), wild("OpenClaw alice 7k3m"), wild("OpenClaw alice 7k_m")),
        (409, 200, 500)
    );
    for (bad, field) in [
        (json!({ "name": "x", "redirect_uris": [REDIRECT] }), "name"),
        (json!({ "name": "a/b/c", "redirect_uris": [REDIRECT] }), "name"),
        (json!({ "name": "fine" }), "redirect_uris"),
        (json!({ "name": "fine", "redirect_uris": ["app://x"] }), "redirect_uris"),
    ] {
        let (status, body) = provider.json("POST", "/idp/apps", Some(ADMIN), &bad);
        assert_eq!((status, &body["detail"][0]["loc"][1]), (422, &json!(field)), "{body}");
    }
    let (status, shown) = provider.get(&format!("/idp/apps/{id}"), Some(ADMIN));
    assert_eq!((status, &shown["redirect_uris"], &shown["client_secret"]), (200, &json!([REDIRECT]), &Value::Null));
    assert_eq!(provider.get("/idp/apps/cid_nobodys", Some(ADMIN)), detail(404, "Application not found"));
    let change = json!({ "redirect_uris": [REDIRECT, "http://localhost:1456/oauth-callback"] });
    assert_eq!(provider.json("PATCH", &format!("/idp/apps/{id}"), Some(ADMIN), &change).0, 404, "by app id only");
    let (_, changed) = provider.json("PATCH", &format!("/idp/apps/{app_id}"), Some(ADMIN), &change);
    assert_eq!(changed["redirect_uris"], change["redirect_uris"]);
    // The new app signs in, and its secret can be replaced.
    let link = provider.link(&[("client_id", Some(&id))]);
    let code = provider.answer(&link, "allow")[0].1.clone();
    let of_app = |secret| [("client_id", Some(id.as_str())), ("client_secret", Some(secret))];
    assert_eq!(provider.exchange(&code, &of_app(&secret)).0, 200);
    let (_, fresh) = provider.json("POST", &format!("/idp/apps/{app_id}/regenerate-secret"), Some(ADMIN), &Value::Null);
    let code = provider.answer(&link, "allow")[0].1.clone();
    assert_eq!(provider.exchange(&code, &of_app(&secret)), fault("invalid_client"));
    let code = provider.answer(&link, "allow")[0].1.clone();
    assert_eq!(provider.exchange(&code, &of_app(fresh["client_secret"].as_str().unwrap())).0, 200);
    assert_eq!(provider.json("DELETE", &format!("/idp/apps/{app_id}"), Some(ADMIN), &Value::Null).0, 200);
    assert_eq!(provider.open(&link).status, 400);
}

#[test]
fn an_ended_grant_ends_every_token() {
    let provider = Provider::new();
    let (access, refresh) = provider.tokens("openid profile chutes:invoke");
    let app_id = provider.idp.apps()[0].app_id.clone();
    let (status, grants) = provider.get("/idp/authorizations", Some(ADMIN));
    assert_eq!((status, &grants["items"][0]["app_id"]), (200, &json!(app_id)));
    let path = format!("/idp/authorizations/{app_id}");
    assert_eq!(provider.json("DELETE", &path, Some(ADMIN), &Value::Null).0, 200);
    assert_eq!(provider.get("/idp/userinfo", Some(&access)).0, 401);
    assert_eq!(provider.refresh(&refresh, &[]), fault("invalid_grant"));
}

#[test]
fn an_admin_key_makes_a_narrow_one_and_deletes_it() {
    let provider = Provider::new();
    let narrow =
        json!({ "admin": false, "name": "OpenClaw", "scopes": [{ "object_type": "chutes", "action": "invoke" }] });
    assert_eq!(provider.json("POST", "/api_keys", Some(ADMIN), &narrow).0, 307, "the slash belongs to it");
    assert_eq!(provider.json("POST", "/api_keys/", Some(NARROW), &narrow).0, 401);
    let token = provider.tokens("openid profile chutes:invoke").0;
    assert_eq!(provider.json("POST", "/api_keys/", Some(&token), &narrow).0, 403);
    let (status, made) = provider.json("POST", "/api_keys/", Some(ADMIN), &narrow);
    let (key, id) = (text(&made["secret_key"]), text(&made["api_key_id"]));
    assert_eq!((status, key.len(), &made["admin"]), (200, 102, &json!(false)));
    assert_eq!(provider.json("POST", "/api_keys/", Some(ADMIN), &narrow).0, 409, "names are unique");
    assert_eq!(provider.get("/v1/models", Some(&key)).0, 200);
    assert_eq!(provider.get("/api_keys/", Some(&key)).0, 401, "it may do nothing else");
    let read_only = json!({ "name": "Reads", "scopes": [{ "object_type": "images", "action": "read" }] });
    let (_, other) = provider.json("POST", "/api_keys/", Some(ADMIN), &read_only);
    assert_eq!(
        provider.get("/v1/models", Some(&text(&other["secret_key"]))),
        detail(401, "Invalid token or user not found")
    );
    let long = json!({ "name": "x".repeat(25), "scopes": [] });
    assert_eq!(provider.json("POST", "/api_keys/", Some(ADMIN), &long).0, 422);
    assert_eq!(provider.json("DELETE", &format!("/api_keys/{id}"), Some(ADMIN), &Value::Null).0, 200);
    assert_eq!(provider.get("/v1/models", Some(&key)).0, 401);
}

#[test]
fn a_failing_token_endpoint_spends_nothing() {
    let provider = Provider::new();
    let (_, refresh) = provider.tokens("openid profile chutes:invoke");
    provider.standin.set_fault(Route::Token, Fault::Status(500));
    assert_eq!(provider.refresh(&refresh, &[]).0, 500);
    provider.standin.set_fault(Route::Token, Fault::None);
    provider.idp.change(|options| options.access_life = Duration::from_secs(60));
    let (status, renewed) = provider.refresh(&refresh, &[]);
    assert_eq!((status, &renewed["expires_in"]), (200, &json!(60)));
    provider.idp.change(|options| options.auto_consent = Some(Consent::Allow));
    assert!(provider.open(&provider.link(&[])).location().starts_with(REDIRECT));
}
