//! `/idp/token` and what asks about tokens: codes and refresh tokens in, tokens out.

use super::{Access, Idp, Options, Refresh, State, lock};
use crate::http1::{Request, Response};
use crate::standin::caller::{USER_ID, missing};
use crate::standin::{random, refusal};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `error` of a token answer.
type TokenFault = &'static str;

/// What a token request says, the `Authorization` header included.
struct Asked<'a> {
    request: &'a Request,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl Asked<'_> {
    fn of(request: &Request) -> Asked<'_> {
        let basic = request.header("authorization").and_then(|value| value.strip_prefix("Basic "));
        let decoded = basic.and_then(|text| STANDARD.decode(text).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
        let (id, secret) = match decoded.as_deref().and_then(|text| text.split_once(':')) {
            Some((id, secret)) => (Some(id.to_owned()), Some(secret.to_owned())),
            None => (None, None),
        };
        let of_form = |name| request.form(name).filter(|value| !value.is_empty());
        Asked { request, client_id: of_form("client_id").or(id), client_secret: of_form("client_secret").or(secret) }
    }

    fn field(&self, name: &str) -> Option<String> {
        self.request.form(name).filter(|value| !value.is_empty())
    }
}

impl Idp {
    pub(super) fn token(&self, request: &Request) -> Response {
        lock(&self.state).counts.requests += 1;
        let options = self.options();
        if let Some((status, body)) = options.token_fault {
            let headers = vec![("Content-Type", "application/json".to_owned())];
            return Response { status, headers, body: body.into_bytes() };
        }
        let form = request.header("content-type").unwrap_or_default().starts_with("application/x-www-form-urlencoded");
        let Some(grant_type) = request.form("grant_type").filter(|_| form) else {
            return missing("body", &["grant_type"]);
        };
        let asked = Asked::of(request);
        let answer = match grant_type.as_str() {
            "authorization_code" => self.exchange(&asked, &options),
            "refresh_token" => self.refresh(&asked, &options),
            _ => Err("unsupported_grant_type"),
        };
        let response = match answer {
            Ok(tokens) => Response::json(200, &tokens),
            Err(fault @ "invalid_request") => {
                Response::json(400, &json!({ "error": fault, "error_description": "Missing required parameters" }))
            }
            Err(fault) => Response::json(400, &json!({ "error": fault })),
        };
        response.header("Cache-Control", "no-store")
    }

    fn exchange(&self, asked: &Asked<'_>, options: &Options) -> Result<Value, TokenFault> {
        const MISSING: TokenFault = "invalid_request";
        let (code, redirect_uri) = (asked.field("code").ok_or(MISSING)?, asked.field("redirect_uri").ok_or(MISSING)?);
        let client_id = asked.client_id.as_deref().ok_or(MISSING)?;
        // Taken out first: whatever happens from here on, it is spent.
        let code = lock(&self.state).codes.remove(&code).ok_or("invalid_grant")?;
        if code.expires <= SystemTime::now() || code.ask.redirect_uri != redirect_uri {
            return Err("invalid_grant");
        }
        let app = self.app(client_id).filter(|app| app.client_id == code.ask.client_id).ok_or("invalid_client")?;
        if !asked.client_secret.as_deref().is_some_and(|secret| app.has_secret(secret)) {
            return Err("invalid_client");
        }
        let proven = |challenge: &str| {
            asked.field("code_verifier").is_some_and(|verifier| {
                // RFC 7636 §4.6.
                challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
            })
        };
        if !code.ask.challenge.is_empty() && !proven(&code.ask.challenge) {
            return Err("invalid_grant");
        }
        let life = refresh_life(options, app.refresh_token_lifetime_days);
        let mut state = lock(&self.state);
        state.counts.exchanged += 1;
        state.grants.insert(client_id.to_owned(), code.scopes.clone());
        let refresh = state.issue_refresh(client_id, life);
        Ok(state.issue_access(client_id, code.scopes, Some(refresh), options))
    }

    fn refresh(&self, asked: &Asked<'_>, options: &Options) -> Result<Value, TokenFault> {
        let given = asked.field("refresh_token").ok_or("invalid_request")?;
        let client_id = asked.client_id.as_deref().ok_or("invalid_request")?;
        let known = lock(&self.state).refresh.get(&given).cloned().filter(|known| known.expires > SystemTime::now());
        let scopes = known.as_ref().and_then(|known| lock(&self.state).grants.get(&known.client_id).cloned());
        let (Some(known), Some(scopes)) = (known, scopes) else {
            lock(&self.state).counts.refresh_refused += 1;
            return Err("invalid_grant");
        };
        // A deactivated app still renews: it is looked up whatever its state.
        let app = lock(&self.state).apps.iter().find(|app| app.client_id == known.client_id).cloned();
        let app = app.or_else(|| self.any_app(&known.client_id)).filter(|app| app.client_id == client_id);
        let app = app.ok_or("invalid_client")?;
        if !asked.client_secret.as_deref().is_some_and(|secret| app.has_secret(secret)) {
            return Err("invalid_client");
        }
        let life = refresh_life(options, app.refresh_token_lifetime_days);
        let mut state = lock(&self.state);
        // Two renewals with one token at the same time: the second finds it gone.
        if !options.keep_refresh && state.refresh.remove(&given).is_none() {
            state.counts.refresh_refused += 1;
            return Err("invalid_grant");
        }
        state.counts.refreshed += 1;
        let next = if options.keep_refresh { None } else { Some(state.issue_refresh(client_id, life)) };
        Ok(state.issue_access(client_id, scopes, next, options))
    }

    pub(super) fn userinfo(&self, request: &Request) -> Response {
        let options = self.options();
        if options.userinfo_fails {
            return Response { status: 500, headers: Vec::new(), body: b"Internal Server Error".to_vec() };
        }
        let Some(token) = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")) else {
            return refusal(401, "Missing or invalid authorization header");
        };
        let known = lock(&self.state).access.get(token).cloned().filter(|access| access.expires > SystemTime::now());
        let Some(known) = known else { return refusal(401, "Invalid or expired token") };
        let enough = ["openid", "profile", "account:read", "admin"];
        if !known.scopes.iter().any(|scope| enough.contains(&scope.as_str())) {
            return refusal(403, "Token does not have required scope (openid, profile, or account:read)");
        }
        let account = json!({ "sub": USER_ID, "username": options.username, "created_at": "2025-01-01T00:00:00" });
        Response::json(200, &account)
    }

    /// RFC 7009: an unknown token is no error. Only this token ends, not the one it came with.
    pub(super) fn revoke(&self, request: &Request) -> Response {
        let Some(token) = request.form("token") else { return missing("body", &["token"]) };
        let mut state = lock(&self.state);
        state.access.remove(&token);
        state.refresh.remove(&token);
        Response::json(200, &json!({ "revoked": true }))
    }

    /// RFC 7662, for anybody who has the token. A refresh token is not spent by it.
    pub(super) fn introspect(&self, request: &Request) -> Response {
        let Some(token) = request.form("token") else { return missing("body", &["token"]) };
        let asked = Asked::of(request);
        if let (Some(id), Some(secret)) = (&asked.client_id, &asked.client_secret)
            && !self.app(id).is_some_and(|app| app.has_secret(secret))
        {
            return Response::json(401, &json!({ "error": "invalid_client" }));
        }
        let username = self.options().username;
        let state = lock(&self.state);
        let found = match (state.access.get(&token), state.refresh.get(&token)) {
            (Some(access), _) => {
                Some(("access_token", &access.client_id, Some(&access.scopes), access.issued, access.expires))
            }
            (_, Some(refresh)) => {
                let scopes = state.grants.get(&refresh.client_id);
                Some(("refresh_token", &refresh.client_id, scopes, refresh.issued, refresh.expires))
            }
            (None, None) => None,
        };
        let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let answer = match found {
            Some((kind, client_id, Some(scopes), issued, expires)) if expires > SystemTime::now() => json!({
                "active": true, "token_type": kind, "exp": seconds(expires), "iat": seconds(issued),
                "scope": scopes.join(" "), "client_id": client_id, "username": username, "sub": USER_ID,
            }),
            _ => json!({ "active": false }),
        };
        Response::json(200, &answer)
    }
}

fn refresh_life(options: &Options, days: u64) -> Duration {
    options.refresh_life.unwrap_or(Duration::from_secs(days * 24 * 60 * 60))
}

/// `cak_…` or `crt_…`: 89 characters.
fn new_token(prefix: &str) -> String {
    format!("{prefix}{}.{}", random::uuid(), random::alphanumeric(48))
}

impl State {
    fn issue_refresh(&mut self, client_id: &str, life: Duration) -> String {
        let (token, issued) = (new_token("crt_"), SystemTime::now());
        let refresh = Refresh { client_id: client_id.to_owned(), issued, expires: issued + life };
        self.refresh.insert(token.clone(), refresh);
        token
    }

    /// The answer with a new access token, and with `refresh` if there is one.
    fn issue_access(
        &mut self,
        client_id: &str,
        scopes: Vec<String>,
        refresh: Option<String>,
        options: &Options,
    ) -> Value {
        let (token, issued) = (new_token("cak_"), SystemTime::now());
        let mut answer =
            json!({ "access_token": token, "token_type": "Bearer", "expires_in": options.access_life.as_secs() });
        if let Some(refresh) = refresh {
            answer["refresh_token"] = json!(refresh);
        }
        if !options.omit_scope {
            answer["scope"] = json!(scopes.join(" "));
        }
        let access = Access { client_id: client_id.to_owned(), scopes, issued, expires: issued + options.access_life };
        self.access.insert(token, access);
        answer
    }
}
