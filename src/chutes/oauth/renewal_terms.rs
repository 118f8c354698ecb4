//! The renewal contract: what a renewal sends, and whether the process that will send it one day (a
//! gateway, about an hour after sign-in) will have what it takes. Pure; the locks that keep a
//! single-use refresh token from being spent twice are [`crate::openclaw::write::sidecar_lock`].

use crate::secret::Secret;
use crate::texts::{Lang, signin as t};
use crate::time::UnixMillis;
use url::form_urlencoded::Serializer;

/// OpenClaw counts a credential as usable only while more than this remains until its stored expiry,
/// which is itself five minutes early. Milliseconds.
pub const MARGIN_MS: i64 = 5 * 60 * 1000;

/// True when the credential must be renewed before use. `expires_at` as stored; None or 0: unknown.
pub fn is_due(expires_at: Option<UnixMillis>, now: UnixMillis) -> bool {
    expires_at.is_none_or(|at| at <= now + MARGIN_MS)
}

/// What is stored with an OAuth profile.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub client_id: Option<String>,
    pub refresh: Option<Secret>,
}

/// What the renewing process finds in its environment. For a gateway: only what OpenClaw reads for
/// itself, not what the shell of the sign-in had.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// `CHUTES_CLIENT_ID`
    pub client_id: Option<String>,
    /// `CHUTES_CLIENT_SECRET`
    pub client_secret: Option<Secret>,
}

/// One renewal, ready to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Form-encoded body.
    pub form: Secret,
    pub refresh: Secret,
    pub client_secret: Option<Secret>,
}

/// Something without which a renewal fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    RefreshToken,
    ClientId,
    /// Chutes refuses every renewal without it.
    ClientSecret,
}

impl Missing {
    pub fn message(self, lang: Lang) -> &'static str {
        match self {
            Missing::RefreshToken => t::renewal_no_refresh(lang),
            Missing::ClientId => t::renewal_no_client_id(lang),
            Missing::ClientSecret => t::renewal_no_secret(lang),
        }
    }
}

/// The request that these would make. The stored client id wins over the environment's, and the
/// secret is sent when there is one: both as OpenClaw does it.
pub fn request(stored: &Stored, surroundings: &Surroundings) -> Result<Request, Missing> {
    let present = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let refresh = stored.refresh.clone().filter(|token| !token.expose().trim().is_empty());
    let refresh = refresh.ok_or(Missing::RefreshToken)?;
    let client_id = present(&stored.client_id).or_else(|| present(&surroundings.client_id)).ok_or(Missing::ClientId)?;
    let client_secret = surroundings.client_secret.clone().filter(|secret| !secret.is_empty());
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "refresh_token")
        .append_pair("client_id", &client_id)
        .append_pair("refresh_token", refresh.expose().trim());
    if let Some(secret) = &client_secret {
        form.append_pair("client_secret", secret.expose());
    }
    Ok(Request { form: Secret::new(form.finish()), refresh, client_secret })
}

/// The dry run: what a renewal under these surroundings would fail for; None: it can work.
pub fn missing(stored: &Stored, surroundings: &Surroundings) -> Option<Missing> {
    match request(stored, surroundings) {
        Err(missing) => Some(missing),
        Ok(Request { client_secret: None, .. }) => Some(Missing::ClientSecret),
        Ok(_) => None,
    }
}
