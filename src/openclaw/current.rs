//! What OpenClaw has configured for Chutes now.

use super::snapshot::Snapshot;
use crate::selection::Configured;

/// Kind of a stored credential, named as OpenClaw's auth store names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ApiKey,
    Token,
    OAuth,
}

impl Kind {
    /// `api_key`, `token`, `oauth`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::ApiKey => "api_key",
            Kind::Token => "token",
            Kind::OAuth => "oauth",
        }
    }
}

/// A Chutes credential in OpenClaw's store. Never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    pub profile_id: String,
    /// Id of the agent in whose store it is.
    pub agent: String,
    pub kind: Kind,
    /// Chutes user name.
    pub account: Option<String>,
    /// Unix time in milliseconds, as stored (OpenClaw stores five minutes less than the token's life).
    pub expires_at: Option<i64>,
    /// `…abcd`: last four characters; `…` for a short one; None when only a reference is stored.
    pub hint: Option<String>,
    /// Name of the environment variable that holds it, when a reference is stored.
    pub env_var: Option<String>,
    /// OAuth: a refresh token is stored.
    pub refreshable: bool,
    /// OAuth: the app it was issued to.
    pub client_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Current {
    pub config_exists: bool,
    /// Normalised id of the agent whose store is meant.
    pub agent: String,
    /// All agents of the config, default first.
    pub agents: Vec<String>,
    pub configured: Configured,
    /// `models.providers.chutes.baseUrl`.
    pub base_url: Option<String>,
    /// `models.providers.chutes.models` as they are, for lists that work without the catalog.
    pub models: Vec<crate::chutes::model::Model>,
    pub credentials: Vec<StoredCredential>,
    /// Index into `credentials` of the one OpenClaw would use.
    pub active: Option<usize>,
    /// `gateway.mode` is set, so `openclaw gateway run` starts.
    pub gateway_mode: bool,
}

impl Current {
    /// `now` is Unix time in milliseconds.
    pub fn of(_snapshot: &Snapshot, _now: i64) -> Self {
        unimplemented!()
    }
}

/// The secret of the credential that OpenClaw would use, for a verify call or a refresh of the
/// catalog. `env` resolves a stored reference. None: nothing usable is stored.
pub fn active_secret(
    _snapshot: &Snapshot,
    _now: i64,
    _env: impl Fn(&str) -> Option<String>,
) -> Option<crate::secret::Secret> {
    unimplemented!()
}
