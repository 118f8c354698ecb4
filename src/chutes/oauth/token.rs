//! The token endpoint and userinfo: a code or a refresh token in, a credential out.
//!
//! A code and a refresh token are single-use: nothing here is ever sent twice.

use super::attempt::{Attempt, INVOKE};
use super::renewal_terms;
use crate::chutes::client::{Answer, Call, Client};
use crate::chutes::failure::{Failure, Kind};
use crate::clean;
use crate::secret::Secret;
use crate::texts::{Lang, signin as t};
use crate::time::UnixMillis;
use serde::Deserialize;
use std::time::Duration;
use url::form_urlencoded::Serializer;

const WHOLE: Duration = Duration::from_secs(30);

/// What a sign-in gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// Five minutes before it ends: as OpenClaw stores it.
    pub expires_at: UnixMillis,
    /// When it was granted.
    pub granted_at: UnixMillis,
    /// When the access token really ends.
    pub ends_at: UnixMillis,
    /// Address of the identity provider that granted it.
    pub idp: String,
    pub scopes: Vec<String>,
    /// The user name, when userinfo told it.
    pub account: Option<String>,
    /// `sub` of userinfo.
    pub account_id: Option<String>,
}

/// What a renewal gave. `refresh` is the one to store: the new one, or the old one if none came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    pub access: Secret,
    pub refresh: Secret,
    /// As in [`Granted`].
    pub expires_at: UnixMillis,
    /// As in [`Granted`].
    pub ends_at: UnixMillis,
}

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub username: Option<String>,
    pub id: Option<String>,
}

/// Why there is no credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// `invalid_grant` for a code: used already, expired, or not for this redirect.
    CodeSpent,
    /// `invalid_grant` for a refresh token.
    RefreshSpent,
    /// `invalid_client`; whether a secret was sent.
    Client { secret_sent: bool },
    /// `invalid_request` and what else blames the request.
    Request,
    /// Granted without this scope.
    ScopeMissing(&'static str),
    /// An answer without a token.
    Unreadable,
    /// No usable answer at all.
    Failed(Failure),
}

impl TokenError {
    /// Stable name, for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            TokenError::CodeSpent | TokenError::RefreshSpent => "invalid-grant",
            TokenError::Client { .. } => "invalid-client",
            TokenError::Request => "invalid-request",
            TokenError::ScopeMissing(_) => "scope-missing",
            TokenError::Unreadable => "bad-token-answer",
            TokenError::Failed(failure) => failure.code(),
        }
    }

    /// What failed, and the next step.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            TokenError::CodeSpent => t::token_spent(lang).to_owned(),
            TokenError::RefreshSpent => t::token_refresh_spent(lang).to_owned(),
            TokenError::Client { secret_sent: true } => t::token_client(lang).to_owned(),
            TokenError::Client { secret_sent: false } => t::token_client_secret_missing(lang).to_owned(),
            TokenError::Request => t::token_request(lang).to_owned(),
            TokenError::ScopeMissing(scope) => t::token_scope(lang, scope),
            TokenError::Unreadable => t::token_unreadable(lang).to_owned(),
            TokenError::Failed(failure) => format!("{} {}", failure.message(lang), failure.hint(lang)),
        }
    }

    /// No answer came, or none that the service meant: nothing is known about the credential.
    pub fn is_network(&self) -> bool {
        matches!(self, TokenError::Failed(_))
    }
}

/// The whole sign-in after the redirect: exchange, scope check, account. Userinfo may fail.
pub async fn sign_in(
    client: &Client,
    attempt: &Attempt,
    code: &Secret,
    now: UnixMillis,
) -> Result<Granted, TokenError> {
    let mut granted = exchange(client, attempt, code, now).await?;
    if let Ok(account) = userinfo(client, &granted.access).await {
        granted.account = account.username;
        granted.account_id = account.id;
    }
    Ok(granted)
}

/// Exchange the code. `now`: from which the expiry is counted.
pub async fn exchange(
    client: &Client,
    attempt: &Attempt,
    code: &Secret,
    now: UnixMillis,
) -> Result<Granted, TokenError> {
    let settings = &attempt.settings;
    let form = exchange_form(attempt, code);
    let mut call = Call::post_form(format!("{}/idp/token", settings.endpoints.idp), form);
    for secret in [Some(code), Some(attempt.verifier()), settings.client_secret.as_ref()].into_iter().flatten() {
        call = call.redact(secret);
    }
    let sent = Sent { grant: TokenError::CodeSpent, secret: settings.client_secret.is_some() };
    let tokens = tokens(client, call, sent).await?;
    let scopes: Vec<String> = match tokens.scope.as_deref().map(str::trim).filter(|scope| !scope.is_empty()) {
        // RFC 6749 §5.1: absent means as requested.
        None => settings.scopes.clone(),
        Some(list) => list.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
    };
    if !scopes.iter().any(|scope| scope == INVOKE) {
        return Err(TokenError::ScopeMissing(INVOKE));
    }
    Ok(Granted {
        expires_at: expires_at(tokens.expires_in, now),
        ends_at: ends_at(tokens.expires_in, now),
        idp: settings.endpoints.idp.clone(),
        granted_at: now,
        access: tokens.access,
        refresh: tokens.refresh,
        scopes,
        account: None,
        account_id: None,
    })
}

fn exchange_form(attempt: &Attempt, code: &Secret) -> Secret {
    let settings = &attempt.settings;
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("client_id", settings.client_id.as_str())
        .append_pair("code", code.expose())
        .append_pair("redirect_uri", settings.redirect.as_str())
        .append_pair("code_verifier", attempt.verifier().expose());
    if let Some(secret) = &settings.client_secret {
        form.append_pair("client_secret", secret.expose());
    }
    Secret::new(form.finish())
}

/// Renew. Only under both of OpenClaw's locks, with the token re-read inside them.
pub async fn refresh(
    client: &Client,
    request: &renewal_terms::Request,
    now: UnixMillis,
) -> Result<Renewed, TokenError> {
    let url = format!("{}/idp/token", client.endpoints().idp);
    let mut call = Call::post_form(url, request.form.clone()).redact(&request.refresh);
    if let Some(secret) = &request.client_secret {
        call = call.redact(secret);
    }
    let sent = Sent { grant: TokenError::RefreshSpent, secret: request.client_secret.is_some() };
    let tokens = tokens(client, call, sent).await?;
    Ok(Renewed {
        expires_at: expires_at(tokens.expires_in, now),
        ends_at: ends_at(tokens.expires_in, now),
        access: tokens.access,
        refresh: tokens.refresh.unwrap_or_else(|| request.refresh.clone()),
    })
}

/// Who the token belongs to.
pub async fn userinfo(client: &Client, access: &Secret) -> Result<Account, Failure> {
    #[derive(Deserialize)]
    struct Body {
        sub: Option<serde_json::Value>,
        username: Option<String>,
    }
    let call = Call::get(format!("{}/idp/userinfo", client.endpoints().idp)).bearer(Some(access)).within(WHOLE);
    let answer = client.send(call, |_| {}).await?.success()?;
    let body: Body = serde_json::from_slice(&answer.body).map_err(|error| answer.bad_json(&error))?;
    // A name becomes part of a profile id and is shown: one with invisible characters is no name.
    let plain = |text: &String| {
        let length = text.chars().count();
        (1..=128).contains(&length) && !text.chars().any(|c| clean::is_unsafe(c) || c.is_whitespace())
    };
    let id = match body.sub {
        Some(serde_json::Value::String(text)) => Some(text),
        Some(serde_json::Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    Ok(Account { username: body.username.map(|name| name.trim().to_owned()).filter(plain), id: id.filter(plain) })
}

/// `now + expires_in`; the hour that Chutes gives where the answer does not say.
fn ends_at(expires_in: Option<f64>, now: UnixMillis) -> UnixMillis {
    now + lifetime(expires_in.unwrap_or(3600.0))
}

/// What the service knows of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Introspection {
    /// In force until then, with these scopes. For a refresh token: those of the
    /// latest consent, which the next renewal will give.
    Active { expires_at: Option<UnixMillis>, scopes: Vec<String> },
    /// Used, expired, revoked or never issued.
    Inactive,
}

/// The form that names one token.
fn about(token: &Secret) -> Secret {
    let mut form = Serializer::new(String::new());
    form.append_pair("token", token.expose());
    Secret::new(form.finish())
}

/// Ask about a token without spending it (RFC 7662). No client authentication is needed.
pub async fn introspect(client: &Client, token: &Secret) -> Result<Introspection, Failure> {
    let url = format!("{}/idp/token/introspect", client.endpoints().idp);
    let call = Call::post_form(url, about(token)).redact(token).within(WHOLE);
    let answer = client.send(call, |_| {}).await?.success()?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body).map_err(|error| answer.bad_json(&error))?;
    match body["active"].as_bool() {
        Some(true) => Ok(Introspection::Active {
            expires_at: body["exp"].as_i64().map(|seconds| UnixMillis(seconds.saturating_mul(1000))),
            scopes: body["scope"].as_str().unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        }),
        Some(false) => Ok(Introspection::Inactive),
        None => Err(answer.failure(Kind::Malformed { detail: "no \"active\" in it".to_owned() })),
    }
}

/// Have the service forget a token (RFC 7009). It answers the same whether it knew the token or not, so
/// [`introspect`] is the proof. A revoked refresh token leaves the access tokens that it gave in force.
pub async fn revoke(client: &Client, token: &Secret) -> Result<(), Failure> {
    let url = format!("{}/idp/token/revoke", client.endpoints().idp);
    let call = Call::post_form(url, about(token)).redact(token).within(WHOLE);
    client.send(call, |_| {}).await?.success().map(drop)
}

/// `now + expires_in` five minutes early, and at least 30 seconds from now.
fn expires_at(expires_in: Option<f64>, now: UnixMillis) -> UnixMillis {
    (now + lifetime(expires_in.unwrap_or(0.0)) - renewal_terms::MARGIN_MS).max(now + 30_000)
}

/// Milliseconds of so many seconds. A negative lifetime counts as none; one that is longer than any token lives, as
/// the longest: added to a date it must give one that OpenClaw can read.
fn lifetime(seconds: f64) -> i64 {
    const LONGEST: f64 = 100.0 * 365.25 * 86_400.0;
    (seconds.clamp(0.0, LONGEST) * 1000.0) as i64
}

/// What an error answer means for this request.
struct Sent {
    grant: TokenError,
    /// A client secret was sent.
    secret: bool,
}

struct Tokens {
    access: Secret,
    refresh: Option<Secret>,
    /// Seconds.
    expires_in: Option<f64>,
    scope: Option<String>,
}

async fn tokens(client: &Client, call: Call<'_>, sent: Sent) -> Result<Tokens, TokenError> {
    let answer = client.send(call.within(WHOLE), |_| {}).await.map_err(TokenError::Failed)?;
    if !(200..300).contains(&answer.status) {
        return Err(refused(answer, sent));
    }
    // Values are taken one by one, so that no error can quote a token.
    let body: serde_json::Value =
        serde_json::from_slice(&answer.body).map_err(|error| TokenError::Failed(answer.bad_json(&error)))?;
    let text = |name: &str| body.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty());
    let access = text("access_token").map(Secret::new).ok_or(TokenError::Unreadable)?;
    let expires_in = body.get("expires_in").and_then(|value| {
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|seconds| seconds.is_finite())
    });
    Ok(Tokens {
        access,
        refresh: text("refresh_token").map(Secret::new),
        expires_in,
        scope: text("scope").map(str::to_owned),
    })
}

fn refused(answer: Answer, sent: Sent) -> TokenError {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match body.get("error").and_then(serde_json::Value::as_str) {
        Some("invalid_grant") => sent.grant,
        Some("invalid_client" | "unauthorized_client") => TokenError::Client { secret_sent: sent.secret },
        Some("invalid_request" | "unsupported_grant_type") => TokenError::Request,
        Some("invalid_scope") => TokenError::ScopeMissing(INVOKE),
        _ => match answer.success() {
            Err(failure) => TokenError::Failed(failure),
            Ok(_) => TokenError::Unreadable,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lifetime_leads_beyond_the_dates_that_openclaw_can_read() {
        const LAST_DATE: UnixMillis = UnixMillis(8_640_000_000_000_000);
        let now = UnixMillis(1_800_000_000_000);
        for seconds in [9e15, 9e18, f64::MAX] {
            assert!(ends_at(Some(seconds), now) <= LAST_DATE && expires_at(Some(seconds), now) <= LAST_DATE);
        }
        assert_eq!((ends_at(Some(3600.0), now), ends_at(Some(-5.0), now)), (now + 3_600_000, now));
        assert_eq!(expires_at(Some(3600.0), now), now + 3_300_000);
    }
}
