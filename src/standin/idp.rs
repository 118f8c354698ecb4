//! The stand-in's identity provider: consent, codes, PKCE, rotation, with the rules of the real one,
//! and a few ways to misbehave for the tests.

use super::IdentityProvider;
use crate::chutes::endpoints::is_loopback;
use crate::chutes::oauth::attempt::{ClientId, DEFAULT_SCOPES, INVOKE};
use crate::http1::{Request, Response};
use crate::texts::{Lang, signin as t};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::{Url, form_urlencoded};

const CONSENT: &str = include_str!("../../assets/callback/consent.html");
const STYLE: &str = include_str!("../../assets/callback/page.css");
const CODE_LIFE: Duration = Duration::from_secs(600);

/// A registered app.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    pub name: String,
    /// Compared byte for byte.
    pub redirect_uris: Vec<String>,
    pub allowed_scopes: Vec<String>,
}

/// Which apps exist.
#[derive(Clone, Debug)]
pub enum Apps {
    Listed(Vec<App>),
    /// What `demo` does: any well-formed client id, any loopback redirect, any secret `csc_…`.
    AnyWellFormed,
}

/// What the person in front of the browser would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    Allow,
    Deny,
}

/// How the provider behaves. May be changed while it runs.
#[derive(Clone, Debug)]
pub struct Options {
    pub apps: Apps,
    pub username: String,
    /// `expires_in` of access tokens.
    pub access_life: Duration,
    /// Grant these scopes instead of the ones asked for.
    pub grant_only: Option<Vec<String>>,
    /// Leave `scope` out of the token answer.
    pub omit_scope: bool,
    /// A refresh returns no new refresh token, and the old one stays good.
    pub keep_refresh: bool,
    /// Answer the consent page by itself.
    pub auto_consent: Option<Consent>,
    /// The token endpoint answers every request with this status and body.
    pub token_fault: Option<(u16, String)>,
    /// Userinfo answers with 500.
    pub userinfo_fails: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            apps: Apps::AnyWellFormed,
            username: "alice".to_owned(),
            access_life: Duration::from_secs(3600),
            grant_only: None,
            omit_scope: false,
            keep_refresh: false,
            auto_consent: None,
            token_fault: None,
            userinfo_fails: false,
        }
    }
}

/// What happened at the token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests of any kind and outcome.
    pub requests: usize,
    pub exchanged: usize,
    pub refreshed: usize,
    /// `invalid_grant` for a refresh token: used before, or never issued.
    pub refresh_refused: usize,
}

/// The provider. Everything it knows is in memory.
pub struct Idp {
    options: Mutex<Options>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Consent pages that wait for their answer, by a random id.
    asked: HashMap<String, Ask>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Grant>,
    counts: Counts,
}

/// A checked authorization request.
#[derive(Clone)]
struct Ask {
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    state: Option<String>,
    challenge: Option<String>,
}

struct Code {
    ask: Ask,
    expires: SystemTime,
}

#[derive(Clone)]
struct Grant {
    client_id: String,
    scopes: Vec<String>,
}

struct Access {
    grant: Grant,
    expires: SystemTime,
}

/// `error` of a token answer.
type TokenFault = &'static str;

impl Idp {
    pub fn new(options: Options) -> Idp {
        Idp { options: Mutex::new(options), state: Mutex::default() }
    }

    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        change(&mut lock(&self.options));
    }

    pub fn counts(&self) -> Counts {
        lock(&self.state).counts
    }

    /// Answer a request below `/idp/`. None: no such page.
    pub fn handle(&self, request: &Request) -> Option<Response> {
        let lang = language(request);
        match (request.method.as_str(), request.path()) {
            ("GET", "/idp/authorize") => Some(self.authorize(request, lang)),
            ("POST", "/idp/authorize") => Some(self.consent(request, lang)),
            ("POST", "/idp/token") => Some(self.token(request)),
            ("GET", "/idp/userinfo") => Some(self.userinfo(request)),
            ("POST", "/idp/token/revoke") => Some(self.revoke(request)),
            (_, "/idp/authorize" | "/idp/token" | "/idp/userinfo" | "/idp/token/revoke") => {
                Some(error(405, "method_not_allowed"))
            }
            _ => None,
        }
    }

    /// A token that was issued here, has not expired, and may call models.
    pub fn accepts_access_token(&self, token: &str) -> bool {
        let state = lock(&self.state);
        state.access.get(token).is_some_and(|access| {
            access.expires > SystemTime::now() && access.grant.scopes.iter().any(|scope| scope == INVOKE)
        })
    }

    /// Let every access token expire now.
    pub fn expire_access_tokens(&self) {
        lock(&self.state).access.values_mut().for_each(|access| access.expires = UNIX_EPOCH);
    }

    fn authorize(&self, request: &Request, lang: Lang) -> Response {
        let fields: HashMap<String, String> =
            form_urlencoded::parse(request.query().as_bytes()).map(|(n, v)| (n.into_owned(), v.into_owned())).collect();
        let field = |name: &str| fields.get(name).filter(|value| !value.is_empty()).cloned();
        let options = lock(&self.options).clone();
        // Nothing is sent to a redirect address before it is known to be the app's own.
        let Some(client_id) = field("client_id") else { return refusal(lang, t::consent_bad_request(lang)) };
        let Some(app) = options.apps.find(&client_id) else { return refusal(lang, t::consent_unknown_app(lang)) };
        let redirect_uri = match field("redirect_uri") {
            Some(uri) if app.has_redirect(&uri) => uri,
            _ => return refusal(lang, t::consent_bad_redirect(lang)),
        };
        let scopes: Vec<String> =
            field("scope").unwrap_or_default().split(' ').filter(|s| !s.is_empty()).map(str::to_owned).collect();
        let ask = Ask { client_id, redirect_uri, scopes, state: field("state"), challenge: field("code_challenge") };
        if field("response_type").as_deref() != Some("code") {
            return ask.back(&[("error", "unsupported_response_type")]);
        }
        if ask.challenge.is_some() && field("code_challenge_method").as_deref() != Some("S256") {
            return ask.back(&[("error", "invalid_request"), ("error_description", "Only S256 is supported")]);
        }
        if let Some(scope) = ask.scopes.iter().find(|scope| !app.allowed_scopes.contains(scope)) {
            let description = format!("Scope {scope} is not allowed for this app");
            return ask.back(&[("error", "invalid_scope"), ("error_description", &description)]);
        }
        match options.auto_consent {
            Some(answer) => self.decide(ask, answer),
            None => {
                let id = random("req_");
                let page = consent_page(&app.name, &ask.scopes, &id, lang);
                lock(&self.state).asked.insert(id, ask);
                page
            }
        }
    }

    fn consent(&self, request: &Request, lang: Lang) -> Response {
        let answer = match request.form("decision").as_deref() {
            Some("allow") => Consent::Allow,
            Some("deny") => Consent::Deny,
            _ => return refusal(lang, t::consent_bad_request(lang)),
        };
        let ask = request.form("request").and_then(|id| lock(&self.state).asked.remove(&id));
        match ask {
            Some(ask) => self.decide(ask, answer),
            None => refusal(lang, t::consent_gone(lang)),
        }
    }

    fn decide(&self, ask: Ask, answer: Consent) -> Response {
        match answer {
            Consent::Deny => ask.back(&[("error", "access_denied"), ("error_description", "The user denied access")]),
            Consent::Allow => {
                let code = random("");
                let answer = ask.back(&[("code", &code)]);
                lock(&self.state).codes.insert(code, Code { ask, expires: SystemTime::now() + CODE_LIFE });
                answer
            }
        }
    }

    fn token(&self, request: &Request) -> Response {
        lock(&self.state).counts.requests += 1;
        let options = lock(&self.options).clone();
        if let Some((status, body)) = options.token_fault {
            let headers = vec![("Content-Type", "application/json".to_owned())];
            return Response { status, headers, body: body.into_bytes() };
        }
        let form = request.header("content-type").unwrap_or_default().starts_with("application/x-www-form-urlencoded");
        let grant = match request.form("grant_type").as_deref() {
            _ if !form => Err("invalid_request"),
            Some("authorization_code") => self.exchange(request, &options),
            Some("refresh_token") => self.refresh(request, &options),
            _ => Err("invalid_request"),
        };
        match grant {
            Ok(answer) => Response::json(200, &answer).header("Cache-Control", "no-store"),
            Err(fault) => error(400, fault),
        }
    }

    fn exchange(&self, request: &Request, options: &Options) -> Result<serde_json::Value, TokenFault> {
        let field = |name| request.form(name).filter(|value| !value.is_empty()).ok_or("invalid_request");
        // Consumed first: a failed exchange spends the code, too.
        let code = lock(&self.state).codes.remove(&field("code")?).ok_or("invalid_grant")?;
        let (client_id, redirect_uri) = (field("client_id")?, field("redirect_uri")?);
        let app = options.apps.find(&client_id).ok_or("invalid_client")?;
        if request.form("client_secret").is_some_and(|secret| !app.has_secret(&secret)) {
            return Err("invalid_client");
        }
        let bound = code.ask.client_id == client_id && code.ask.redirect_uri == redirect_uri;
        if !bound || code.expires <= SystemTime::now() {
            return Err("invalid_grant");
        }
        match &code.ask.challenge {
            Some(challenge) if *challenge == s256(&field("code_verifier")?) => {}
            Some(_) => return Err("invalid_grant"),
            None if request.form("client_secret").is_some() => {}
            None => return Err("invalid_client"),
        }
        let scopes = options.grant_only.clone().unwrap_or(code.ask.scopes);
        let grant = Grant { client_id, scopes };
        let refresh = random("crt_");
        let mut state = lock(&self.state);
        state.counts.exchanged += 1;
        state.refresh.insert(refresh.clone(), grant.clone());
        Ok(state.issue(grant, Some(&refresh), options))
    }

    fn refresh(&self, request: &Request, options: &Options) -> Result<serde_json::Value, TokenFault> {
        let field = |name| request.form(name).filter(|value| !value.is_empty());
        let client_id = field("client_id").ok_or("invalid_request")?;
        let given = field("refresh_token").ok_or("invalid_request")?;
        let app = options.apps.find(&client_id).ok_or("invalid_client")?;
        if !field("client_secret").is_some_and(|secret| app.has_secret(&secret)) {
            return Err("invalid_client");
        }
        let mut state = lock(&self.state);
        let Some(grant) = state.refresh.get(&given).filter(|grant| grant.client_id == client_id).cloned() else {
            state.counts.refresh_refused += 1;
            return Err("invalid_grant");
        };
        state.counts.refreshed += 1;
        if options.keep_refresh {
            return Ok(state.issue(grant, None, options));
        }
        let next = random("crt_");
        state.refresh.remove(&given);
        state.refresh.insert(next.clone(), grant.clone());
        Ok(state.issue(grant, Some(&next), options))
    }

    fn userinfo(&self, request: &Request) -> Response {
        let options = lock(&self.options).clone();
        if options.userinfo_fails {
            return error(500, "server_error");
        }
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let known = lock(&self.state).access.get(token).is_some_and(|access| access.expires > SystemTime::now());
        match known {
            true => Response::json(
                200,
                &json!({ "sub": "user-0001", "username": options.username, "created_at": "2025-01-01T00:00:00Z" }),
            ),
            false => error(401, "invalid_token"),
        }
    }

    /// RFC 7009: an unknown token is no error.
    fn revoke(&self, request: &Request) -> Response {
        if let Some(token) = request.form("token") {
            let mut state = lock(&self.state);
            state.access.remove(&token);
            state.refresh.remove(&token);
        }
        Response::json(200, &json!({}))
    }
}

impl IdentityProvider for Idp {
    fn handle(&self, request: &Request) -> Option<Response> {
        Idp::handle(self, request)
    }
    fn accepts(&self, access_token: &str) -> bool {
        self.accepts_access_token(access_token)
    }
}

impl State {
    fn issue(&mut self, grant: Grant, refresh: Option<&str>, options: &Options) -> serde_json::Value {
        let access = random("cak_");
        let mut answer = json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": options.access_life.as_secs(),
        });
        if let Some(refresh) = refresh {
            answer["refresh_token"] = json!(refresh);
        }
        if !options.omit_scope {
            answer["scope"] = json!(grant.scopes.join(" "));
        }
        self.access.insert(access, Access { grant, expires: SystemTime::now() + options.access_life });
        answer
    }
}

impl Apps {
    fn find(&self, client_id: &str) -> Option<App> {
        match self {
            Apps::Listed(apps) => apps.iter().find(|app| app.client_id == client_id).cloned(),
            Apps::AnyWellFormed => ClientId::parse(client_id).ok().map(|id| App {
                client_id: id.as_str().to_owned(),
                client_secret: String::new(),
                name: "openclaw-chutes demo".to_owned(),
                redirect_uris: Vec::new(),
                allowed_scopes: DEFAULT_SCOPES.map(str::to_owned).to_vec(),
            }),
        }
    }
}

impl App {
    fn has_redirect(&self, uri: &str) -> bool {
        match self.redirect_uris.is_empty() {
            false => self.redirect_uris.iter().any(|known| known == uri),
            true => Url::parse(uri).is_ok_and(|url| is_loopback(&url)),
        }
    }

    fn has_secret(&self, secret: &str) -> bool {
        match self.client_secret.is_empty() {
            false => self.client_secret == secret,
            true => secret.len() > 4 && secret.starts_with("csc_"),
        }
    }
}

impl Ask {
    /// Back to the app, with these parameters and the state as it came.
    fn back(&self, parameters: &[(&str, &str)]) -> Response {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        let location = format!("{}?{}", self.redirect_uri, query.finish());
        Response { status: 303, headers: vec![("Location", location)], body: Vec::new() }
            .header("Cache-Control", "no-store")
            .header("Referrer-Policy", "no-referrer")
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn error(status: u16, error: &str) -> Response {
    Response::json(status, &json!({ "error": error }))
}

/// BASE64URL(SHA-256(verifier)), RFC 7636 §4.2.
fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// A value nobody can guess, of 43 characters after `prefix`.
fn random(prefix: &str) -> String {
    let mut bytes = [0; 32];
    if getrandom::fill(&mut bytes).is_err() {
        // Unique at least, which is all that a stand-in cannot do without.
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        bytes[..16].copy_from_slice(&nanos.to_le_bytes());
    }
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn language(request: &Request) -> Lang {
    let tag = request.header("accept-language").unwrap_or_default().split([',', ';']).next().unwrap_or_default();
    Lang::from_tag(tag.trim()).unwrap_or_default()
}

/// A page instead of a redirect: the terminal hears nothing of it.
fn refusal(lang: Lang, why: &str) -> Response {
    page(400, lang, t::consent_error_title(lang), why, "")
}

fn consent_page(app: &str, scopes: &[String], id: &str, lang: Lang) -> Response {
    let items: String = scopes.iter().map(|scope| format!("<li>{}</li>", escape(scope))).collect();
    let body = format!(
        "<ul>{items}</ul>\n<form method=\"post\" action=\"/idp/authorize\">\
         <input type=\"hidden\" name=\"request\" value=\"{id}\">\
         <button id=\"deny\" name=\"decision\" value=\"deny\">{}</button>\
         <button id=\"allow\" name=\"decision\" value=\"allow\">{}</button></form>",
        t::consent_deny(lang),
        t::consent_allow(lang),
    );
    page(200, lang, t::consent_title(lang), &t::consent_text(lang, escape(app)), &body)
}

fn page(status: u16, lang: Lang, title: &str, text: &str, body: &str) -> Response {
    let tag = match lang {
        Lang::En => "en",
        Lang::ZhCn => "zh-CN",
    };
    let html = CONSENT
        .replace("%LANG%", tag)
        .replace("%STYLE%", STYLE)
        .replace("%TITLE%", title)
        .replace("%NEXT%", t::consent_standin(lang))
        .replace("%TEXT%", text)
        .replace("%BODY%", body);
    Response::html(status, html)
        .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cache-Control", "no-store")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
