//! The stand-in's identity provider: apps, the pages of a sign-in, codes, tokens and their rotation, with
//! the rules of the real one, and a few ways to misbehave for the tests.
//!
//! It shares no code with the client, so that a mistake of the client's parsers shows here.

mod apps;
mod flow;
mod pages;
mod tokens;

use super::IdentityProvider;
use super::caller::Caller;
use crate::http1::{Request, Response};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;

/// A registered app.
#[derive(Clone, Debug)]
pub struct App {
    /// Empty: one is made up.
    pub app_id: String,
    pub client_id: String,
    pub client_secret: String,
    pub name: String,
    /// Compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// Decides about privileged scopes only; the others are granted to every app.
    pub allowed_scopes: Vec<String>,
    /// Shown to every user.
    pub public: bool,
    pub active: bool,
    pub refresh_token_lifetime_days: u64,
}

impl Default for App {
    fn default() -> Self {
        Self {
            app_id: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            name: String::new(),
            redirect_uris: Vec::new(),
            allowed_scopes: Vec::new(),
            public: true,
            active: true,
            refresh_token_lifetime_days: 30,
        }
    }
}

/// Which apps exist from the start; more are registered over `POST /idp/apps`.
#[derive(Clone, Debug)]
pub enum Apps {
    Listed(Vec<App>),
    /// What `demo` does: besides the registered ones, any client id and any secret of the shape that
    /// the service gives, and any loopback redirect.
    AnyWellFormed,
}

/// What the person in front of the browser would answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    Allow,
    Deny,
}

/// How the provider behaves. May be changed while it runs, except for the apps.
#[derive(Clone, Debug)]
pub struct Options {
    pub apps: Apps,
    pub username: String,
    /// `expires_in` of access tokens.
    pub access_life: Duration,
    /// How long a refresh token is good; None: as long as the app says.
    pub refresh_life: Option<Duration>,
    /// Grant these scopes instead of the ones asked for.
    pub grant_only: Option<Vec<String>>,
    /// Leave `scope` out of the token answer.
    pub omit_scope: bool,
    /// A refresh returns no new refresh token, and the old one stays good.
    pub keep_refresh: bool,
    /// Leave out the login page and answer the consent page: as a browser that has a session, and
    /// whose person is quick.
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
            refresh_life: None,
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
    /// `invalid_grant` for a refresh token: used before, expired, or never issued.
    pub refresh_refused: usize,
}

/// The provider. Everything it knows is in memory.
pub struct Idp {
    options: Mutex<Options>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    apps: Vec<App>,
    /// Values of the session cookie.
    sessions: HashSet<String>,
    /// Consent pages that wait for their answer, by session id.
    asked: HashMap<String, Asked>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// The scopes of the latest consent, by client id.
    grants: HashMap<String, Vec<String>>,
    counts: Counts,
}

/// An authorization request.
#[derive(Clone)]
struct Ask {
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    challenge: String,
}

struct Asked {
    ask: Ask,
    expires: SystemTime,
}

struct Code {
    ask: Ask,
    scopes: Vec<String>,
    expires: SystemTime,
}

#[derive(Clone)]
struct Access {
    client_id: String,
    scopes: Vec<String>,
    issued: SystemTime,
    expires: SystemTime,
}

#[derive(Clone)]
struct Refresh {
    client_id: String,
    issued: SystemTime,
    expires: SystemTime,
}

impl Idp {
    /// With its own apps, accounts and tokens; nothing is kept beyond this value.
    pub fn new(options: Options) -> Idp {
        let mut apps = match &options.apps {
            Apps::Listed(apps) => apps.clone(),
            Apps::AnyWellFormed => Vec::new(),
        };
        for app in apps.iter_mut().filter(|app| app.app_id.is_empty()) {
            app.app_id = super::random::uuid();
        }
        Idp { options: Mutex::new(options), state: Mutex::new(State { apps, ..State::default() }) }
    }

    /// Changes how it behaves from the next request on.
    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        change(&mut lock(&self.options));
    }

    /// How often each thing has happened so far.
    pub fn counts(&self) -> Counts {
        lock(&self.state).counts
    }

    /// The apps that were listed or registered, and are not deleted.
    pub fn apps(&self) -> Vec<App> {
        lock(&self.state).apps.clone()
    }

    /// Answer a request below `/idp/`. None: no such page.
    pub fn handle(&self, request: &Request, caller: &Caller) -> Option<Response> {
        let path = request.path();
        if path == "/idp/apps" || path.starts_with("/idp/apps/") || path.starts_with("/idp/authorizations") {
            return Some(self.manage(request, caller));
        }
        let response = match (request.method.as_str(), path) {
            ("GET", "/idp/authorize") => self.authorize(request),
            ("POST", "/idp/login") => self.login(request),
            ("GET", "/idp/authorize/consent") => self.consent_page(request),
            ("POST", "/idp/authorize/consent") => self.consent(request),
            ("POST", "/idp/token") => self.token(request),
            ("POST", "/idp/token/revoke") => self.revoke(request),
            ("POST", "/idp/token/introspect") => self.introspect(request),
            ("GET", "/idp/userinfo") => self.userinfo(request),
            ("GET", "/idp/scopes") => flow::scopes(),
            (
                _,
                "/idp/authorize"
                | "/idp/login"
                | "/idp/authorize/consent"
                | "/idp/token"
                | "/idp/token/revoke"
                | "/idp/token/introspect"
                | "/idp/userinfo"
                | "/idp/scopes",
            ) => super::refusal(405, "Method Not Allowed"),
            _ => return None,
        };
        Some(response)
    }

    /// Let every access token expire now.
    pub fn expire_access_tokens(&self) {
        lock(&self.state).access.values_mut().for_each(|access| access.expires = UNIX_EPOCH);
    }

    /// Let every refresh token expire now.
    pub fn expire_refresh_tokens(&self) {
        lock(&self.state).refresh.values_mut().for_each(|refresh| refresh.expires = UNIX_EPOCH);
    }

    fn options(&self) -> Options {
        lock(&self.options).clone()
    }

    fn app(&self, client_id: &str) -> Option<App> {
        let known = lock(&self.state).apps.iter().find(|app| app.client_id == client_id && app.active).cloned();
        known.or_else(|| self.any_app(client_id))
    }

    /// The app of the demo: of that id, with the redirect address that OpenClaw uses.
    fn any_app(&self, client_id: &str) -> Option<App> {
        let well_formed = has_shape(client_id, "cid_", 24, |b| b.is_ascii_lowercase() || b.is_ascii_digit());
        (matches!(lock(&self.options).apps, Apps::AnyWellFormed) && well_formed).then(|| App {
            app_id: client_id.to_owned(),
            client_id: client_id.to_owned(),
            name: "openclaw-chutes demo".to_owned(),
            redirect_uris: vec!["http://127.0.0.1:1456/oauth-callback".to_owned()],
            ..App::default()
        })
    }
}

impl IdentityProvider for Idp {
    fn handle(&self, request: &Request, caller: &Caller) -> Option<Response> {
        Idp::handle(self, request, caller)
    }

    fn scopes_of(&self, access_token: &str) -> Option<Vec<String>> {
        let state = lock(&self.state);
        let access = state.access.get(access_token).filter(|access| access.expires > SystemTime::now())?;
        Some(access.scopes.clone())
    }

    fn is_session(&self, token: &str) -> bool {
        lock(&self.state).sessions.contains(token)
    }
}

impl App {
    /// Without a secret of its own, it stands for every app of the demo.
    fn is_any(&self) -> bool {
        self.client_secret.is_empty()
    }

    fn has_redirect(&self, uri: &str) -> bool {
        let loopback = |url: Url| {
            let host = url.host_str().unwrap_or_default();
            url.scheme() == "http" && matches!(host, "127.0.0.1" | "localhost" | "[::1]")
        };
        self.redirect_uris.iter().any(|known| known == uri) || self.is_any() && Url::parse(uri).is_ok_and(loopback)
    }

    fn has_secret(&self, secret: &str) -> bool {
        match self.is_any() {
            false => self.client_secret == secret,
            true => has_shape(secret, "csc_", 48, |b| b.is_ascii_alphanumeric()) && !secret.ends_with("bad"),
        }
    }
}

fn has_shape(text: &str, prefix: &str, length: usize, allowed: impl Fn(u8) -> bool) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == length && rest.bytes().all(allowed))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
