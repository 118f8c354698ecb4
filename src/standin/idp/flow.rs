//! From the link to the code: `/idp/authorize`, `/idp/login`, `/idp/authorize/consent`.

use super::pages::{self, FINGERPRINT, language};
use super::{App, Ask, Asked, Code, Consent, Idp, lock};
use crate::http1::{Request, Response};
use crate::standin::caller::missing;
use crate::standin::random;
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};
use url::form_urlencoded;

const CODE_LIFE: Duration = Duration::from_secs(600);
/// From the login to the answer on the consent page.
const SESSION_LIFE: Duration = Duration::from_secs(600);
const COOKIE: &str = "chutes-session-token";

/// Granted to every app.
const GRANTABLE: [&str; 14] = [
    "openid",
    "profile",
    "profile:read",
    "balance",
    "balance:read",
    "quota",
    "quota:read",
    "usage",
    "usage:read",
    "account:read",
    "chutes:read",
    "chutes:invoke",
    "images:read",
    "invocations:read",
];

/// Granted to apps that were registered with them.
const PRIVILEGED: [&str; 10] = [
    "admin",
    "account:write",
    "billing:read",
    "secrets:read",
    "secrets:write",
    "secrets:delete",
    "chutes:write",
    "chutes:delete",
    "images:write",
    "images:delete",
];

/// `GET /idp/scopes`; `openid` is known and not listed.
pub(super) fn scopes() -> Response {
    let scopes: HashMap<&str, &str> =
        GRANTABLE.iter().skip(1).chain(&PRIVILEGED).map(|scope| (*scope, *scope)).collect();
    Response::json(200, &json!({ "scopes": scopes }))
}

impl Idp {
    /// What a person does in a browser who allows everything: from the link to the address where it ends. None:
    /// the link leads nowhere.
    pub fn allow(&self, link: &str) -> Option<String> {
        let target = link.split_once("://")?.1.split_once('/')?.1;
        let request =
            Request { method: "GET".into(), target: format!("/{target}"), headers: Vec::new(), body: Vec::new() };
        let answer = match self.asked_by(&request) {
            Ok((ask, _)) => self.decide(ask, Consent::Allow),
            Err(_) => return None,
        };
        answer.headers.into_iter().find(|(name, _)| *name == "Location").map(|(_, address)| address)
    }

    pub(super) fn authorize(&self, request: &Request) -> Response {
        let (ask, app) = match self.asked_by(request) {
            Ok(asked) => asked,
            Err(refusal) => return *refusal,
        };
        let lang = language(request);
        let options = self.options();
        if let Some(answer) = options.auto_consent {
            return self.decide(ask, answer);
        }
        let session = request.header("cookie").unwrap_or_default().split(';').find_map(|pair| {
            pair.trim()
                .strip_prefix(COOKIE)?
                .strip_prefix('=')
                .filter(|value| lock(&self.state).sessions.contains(*value))
        });
        match session {
            Some(_) => self.to_consent(ask),
            None => pages::login(&ask, &app.name, &options.username, "", lang),
        }
    }

    /// What an authorization request asks for, and the app; or the page that refuses it.
    fn asked_by(&self, request: &Request) -> Result<(Ask, App), Box<Response>> {
        let fields: HashMap<String, String> = form_urlencoded::parse(request.query().as_bytes()).into_owned().collect();
        let required = ["response_type", "client_id", "redirect_uri"];
        let absent: Vec<&str> = required.into_iter().filter(|name| !fields.contains_key(*name)).collect();
        if !absent.is_empty() {
            return Err(Box::new(missing("query", &absent)));
        }
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        let lang = language(request);
        let refuse = |why: &str| Err(Box::new(pages::refusal(lang, why)));
        if field("response_type") != "code" {
            return refuse("Only 'code' response type is supported");
        }
        // Nothing is sent to a redirect address before it is known to be the app's own.
        let Some(app) = self.app(&field("client_id")) else { return refuse("Unknown client_id") };
        if !app.has_redirect(&field("redirect_uri")) {
            return refuse("Redirect URI not registered for this application");
        }
        let challenge = field("code_challenge");
        if !challenge.is_empty() && field("code_challenge_method") != "S256" {
            return refuse("Only S256 code_challenge_method is supported");
        }
        let ask = Ask {
            client_id: app.client_id.clone(),
            redirect_uri: field("redirect_uri"),
            scope: field("scope"),
            state: field("state"),
            challenge,
        };
        Ok((ask, app))
    }

    pub(super) fn login(&self, request: &Request) -> Response {
        let required = ["client_id", "redirect_uri", "auth_method"];
        let absent: Vec<&str> = required.into_iter().filter(|name| request.form(name).is_none()).collect();
        if !absent.is_empty() {
            return missing("body", &absent);
        }
        let field = |name: &str| request.form(name).unwrap_or_default();
        let lang = language(request);
        let Some(app) = self.app(&field("client_id")) else { return pages::refusal(lang, "Unknown client_id") };
        if !app.has_redirect(&field("redirect_uri")) {
            return pages::refusal(lang, "Redirect URI not registered");
        }
        let ask = Ask {
            client_id: app.client_id,
            redirect_uri: field("redirect_uri"),
            scope: field("scope"),
            state: field("state"),
            challenge: field("code_challenge"),
        };
        let again = |error: &str| pages::login(&ask, &app.name, &self.options().username, error, lang);
        match (field("auth_method").as_str(), field("fingerprint").as_str()) {
            ("fingerprint", FINGERPRINT) => {}
            ("fingerprint", "") => return again("Please enter your fingerprint"),
            ("fingerprint", _) => return again("Invalid fingerprint"),
            _ => return pages::refusal(lang, "Invalid authentication method"),
        }
        let token =
            format!("eyJ{}.{}.{}", random::alphanumeric(33), random::alphanumeric(120), random::alphanumeric(43));
        lock(&self.state).sessions.insert(token.clone());
        // The real one is `Secure` and of the whole domain; this is plain HTTP on loopback.
        let cookie = format!("{COOKIE}={token}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax");
        self.to_consent(ask).header("Set-Cookie", cookie)
    }

    fn to_consent(&self, ask: Ask) -> Response {
        let session = random::uuid();
        let location = format!("/idp/authorize/consent?session_id={session}");
        lock(&self.state).asked.insert(session, Asked { ask, expires: SystemTime::now() + SESSION_LIFE });
        Response { status: 302, headers: vec![("Location", location)], body: Vec::new() }
    }

    pub(super) fn consent_page(&self, request: &Request) -> Response {
        let lang = language(request);
        let Some(session) = session_id(request) else { return missing("query", &["session_id"]) };
        let ask = match lock(&self.state).asked.get(&session) {
            Some(asked) if asked.expires > SystemTime::now() => asked.ask.clone(),
            _ => return pages::refusal(lang, EXPIRED),
        };
        let Some(app) = self.app(&ask.client_id) else { return pages::refusal(lang, "Unknown client_id") };
        pages::consent(&app.name, &ask.scopes(), &session, lang)
    }

    pub(super) fn consent(&self, request: &Request) -> Response {
        let lang = language(request);
        let Some(session) = session_id(request) else { return missing("query", &["session_id"]) };
        let Some(action) = request.form("action") else { return missing("body", &["action"]) };
        let asked = lock(&self.state).asked.remove(&session);
        match asked {
            Some(asked) if asked.expires > SystemTime::now() => {
                self.decide(asked.ask, if action == "deny" { Consent::Deny } else { Consent::Allow })
            }
            _ => pages::refusal(lang, EXPIRED),
        }
    }

    fn decide(&self, ask: Ask, answer: Consent) -> Response {
        if answer == Consent::Deny {
            return ask.back(&[("error", "access_denied"), ("error_description", "User denied the request")]);
        }
        let allowed = self.app(&ask.client_id).map(|app| app.allowed_scopes).unwrap_or_default();
        let refused = ask.scopes().into_iter().find_map(|scope| match scope {
            scope if GRANTABLE.contains(&scope) => None,
            scope if !PRIVILEGED.contains(&scope) => Some(format!("Unknown scope: {scope}")),
            scope if allowed.iter().any(|allowed| allowed == scope) => None,
            scope => Some(format!("Scope '{scope}' requires explicit app registration")),
        });
        if let Some(refused) = refused {
            return ask.back(&[("error", "invalid_scope"), ("error_description", &refused)]);
        }
        let scopes = match self.options().grant_only {
            Some(only) => only,
            None => ask.scopes().into_iter().map(str::to_owned).collect(),
        };
        let code = random::alphanumeric(64);
        let answer = ask.back(&[("code", &code)]);
        lock(&self.state).codes.insert(code, Code { ask, scopes, expires: SystemTime::now() + CODE_LIFE });
        answer
    }
}

const EXPIRED: &str = "Session expired. Please try again.";

fn session_id(request: &Request) -> Option<String> {
    let mut fields = form_urlencoded::parse(request.query().as_bytes());
    fields.find(|(name, _)| name == "session_id").map(|(_, value)| value.into_owned())
}

impl Ask {
    fn scopes(&self) -> Vec<&str> {
        let scopes: Vec<&str> = self.scope.split_whitespace().collect();
        if scopes.is_empty() { vec!["profile"] } else { scopes }
    }

    /// Back to the app, with these parameters and the state as it came.
    fn back(&self, parameters: &[(&str, &str)]) -> Response {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if !self.state.is_empty() {
            query.append_pair("state", &self.state);
        }
        let location = format!("{}?{}", self.redirect_uri, query.finish());
        Response { status: 302, headers: vec![("Location", location)], body: Vec::new() }
            .header("Cache-Control", "no-store")
            .header("Referrer-Policy", "no-referrer")
    }
}
