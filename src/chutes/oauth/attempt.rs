//! One sign-in attempt: who asks (the registered app), for what, where the answer goes, and the two
//! random values that make the answer ours alone.

use crate::chutes::credential_kinds::{ChutesCredential, prefix, variable};
use crate::chutes::endpoints::{BadEndpoint, Endpoints};
use crate::secret::Secret;
use crate::time::UnixMillis;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};

/// The redirect address OpenClaw registers and uses.
pub const DEFAULT_REDIRECT: &str = "http://127.0.0.1:1456/oauth-callback";
pub const DEFAULT_SCOPES: [&str; 3] = ["openid", "profile", INVOKE];
/// The scope without which no model can be called.
pub const INVOKE: &str = "chutes:invoke";
/// How long an attempt waits for its answer, in milliseconds.
pub const LIFETIME_MS: i64 = 15 * 60 * 1000;
/// What one press of "more time" adds, in milliseconds.
pub const EXTENSION_MS: i64 = 10 * 60 * 1000;

/// The public id of a registered OAuth app: `cid_` and 24 of `a-z0-9`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId(String);

/// Why a text is no client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadClientId {
    Empty,
    /// A client secret (`csc_…`).
    IsSecret,
    /// An API key or a token (`cpk_…`, `cak_…`, `crt_…`).
    IsKey,
    /// Does not begin with `cid_`.
    NoPrefix,
    /// So many characters after `cid_` instead of 24.
    Length(usize),
    /// A character other than `a-z0-9` after `cid_`.
    Character,
}

impl ClientId {
    const LENGTH: usize = 24;

    pub fn parse(text: &str) -> Result<ClientId, BadClientId> {
        let text = text.trim();
        let rest = match ChutesCredential::of(text) {
            Some(ChutesCredential::ClientId) => text.strip_prefix(prefix::CLIENT_ID).unwrap_or_default(),
            Some(ChutesCredential::ClientSecret) => return Err(BadClientId::IsSecret),
            Some(_) => return Err(BadClientId::IsKey),
            None if text.is_empty() => return Err(BadClientId::Empty),
            None => return Err(BadClientId::NoPrefix),
        };
        if !rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(BadClientId::Character);
        }
        if rest.len() != Self::LENGTH {
            return Err(BadClientId::Length(rest.len()));
        }
        Ok(ClientId(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no client secret. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadClientSecret {
    Empty,
    /// A client id (`cid_…`).
    IsClientId,
    /// An API key or a token (`cpk_…`, `cak_…`, `crt_…`).
    IsKey,
    /// Does not begin with `csc_`.
    NoPrefix,
    /// So many characters after `csc_` instead of 48.
    Length(usize),
    /// A character other than letters and digits after `csc_`.
    Character,
}

/// Characters of a client secret after `csc_`.
pub const SECRET_LENGTH: usize = 48;

/// The secret of a registered app: `csc_` and 48 letters or digits.
pub fn parse_client_secret(text: &str) -> Result<Secret, BadClientSecret> {
    let text = text.trim();
    let Some(rest) = text.strip_prefix("csc_") else {
        return Err(match text.get(..4) {
            _ if text.is_empty() => BadClientSecret::Empty,
            Some("cid_") => BadClientSecret::IsClientId,
            Some("cpk_" | "cak_" | "crt_") => BadClientSecret::IsKey,
            _ => BadClientSecret::NoPrefix,
        });
    };
    if !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(BadClientSecret::Character);
    }
    if rest.len() != SECRET_LENGTH {
        return Err(BadClientSecret::Length(rest.len()));
    }
    Ok(Secret::new(text))
}

/// `csc_` and letters or digits, which need no quoting anywhere.
pub fn is_client_secret(text: &str) -> bool {
    let rest = text.strip_prefix(prefix::CLIENT_SECRET).unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A redirect address that stays on this machine. Kept byte for byte: the service compares bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    uri: String,
    host: LoopbackHost,
    port: u16,
    path_at: usize,
}

/// The three spellings of this machine that a redirect may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopbackHost {
    V4,
    V6,
    Localhost,
}

/// Where the editors of hosted workspaces show a forwarded port: `NAME-1456.app.github.dev`,
/// `1456-NAME.ws-eu1.gitpod.io`, `1456-cs-NAME.cloudshell.dev`.
const FORWARDERS: [&str; 7] = [
    ".app.github.dev",
    ".githubpreview.dev",
    ".gitpod.io",
    ".gitpod.dev",
    ".cloudshell.dev",
    ".cloudworkstations.dev",
    ".devtunnels.ms",
];

/// Whether this host, as a browser names it, is such an address of this port.
pub(crate) fn is_forwarded(authority: &str, port: u16) -> bool {
    let host = authority.strip_suffix(":443").unwrap_or(authority).to_ascii_lowercase();
    let label = host.split('.').next().unwrap_or_default();
    !host.contains(['@', ':', '/'])
        && FORWARDERS.iter().any(|domain| host.ends_with(domain))
        && label.split('-').any(|part| part == port.to_string())
}

impl LoopbackHost {
    /// Only the canonical spellings: a decimal, octal or short form of an address is not one of them.
    pub fn parse(text: &str) -> Option<LoopbackHost> {
        match text {
            "127.0.0.1" => Some(LoopbackHost::V4),
            "[::1]" => Some(LoopbackHost::V6),
            name if name.eq_ignore_ascii_case("localhost") => Some(LoopbackHost::Localhost),
            _ => None,
        }
    }
}

/// Why an address may not receive the authorization code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadRedirect {
    /// Not `http://`.
    Scheme,
    /// A user name or password in the address.
    UserInfo,
    /// The host as written, which is neither `127.0.0.1`, `[::1]` nor `localhost`.
    Host(String),
    /// No explicit port, or not 1 to 65535.
    Port,
    /// No path, or one with a query, fragment, `..` or a character that does not belong.
    Path,
}

impl Redirect {
    /// Read from the text itself and not from a parsed URL: a URL parser would quietly turn
    /// `http://2130706433` or `http://0x7f.1` into 127.0.0.1.
    pub fn parse(uri: &str) -> Result<Redirect, BadRedirect> {
        let rest = uri.strip_prefix("http://").ok_or(BadRedirect::Scheme)?;
        let authority_len = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(authority_len);
        if authority.contains('@') {
            return Err(BadRedirect::UserInfo);
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host = LoopbackHost::parse(host).ok_or_else(|| BadRedirect::Host(host.to_owned()))?;
        let port = port
            .filter(|port| !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|port| port.parse().ok())
            .ok_or(BadRedirect::Port)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
        let dotted = path.split('/').any(|part| part == "." || part == "..");
        if !path.starts_with('/') || path.starts_with("//") || dotted || !path.bytes().all(plain) {
            return Err(BadRedirect::Path);
        }
        Ok(Redirect { uri: uri.to_owned(), host, port, path_at: uri.len() - path.len() })
    }

    pub fn as_str(&self) -> &str {
        &self.uri
    }
    pub fn host(&self) -> LoopbackHost {
        self.host
    }
    pub fn port(&self) -> u16 {
        self.port
    }
    pub fn path(&self) -> &str {
        &self.uri[self.path_at..]
    }
}

/// A variable of the environment that stops the sign-in before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSetting {
    /// `CHUTES_CLIENT_ID`
    ClientId(BadClientId),
    /// `CHUTES_OAUTH_REDIRECT_URI`, and its value.
    Redirect(BadRedirect, String),
    /// `CHUTES_OAUTH_SCOPES`, and the part that is no scope.
    Scope(String),
    Endpoint(BadEndpoint),
}

/// What the environment says about signing in; the client id may still have to be asked for.
#[derive(Clone, Debug)]
pub struct Environment {
    pub client_id: Option<ClientId>,
    pub client_secret: Option<Secret>,
    pub redirect: Redirect,
    pub scopes: Vec<String>,
    pub endpoints: Endpoints,
}

impl Environment {
    /// `CHUTES_CLIENT_ID`, `CHUTES_CLIENT_SECRET`, `CHUTES_OAUTH_REDIRECT_URI`, `CHUTES_OAUTH_SCOPES`
    /// (separated by white space or commas) and the endpoints; a blank value counts as unset.
    pub fn read(var: impl Fn(&str) -> Option<String>) -> Result<Environment, BadSetting> {
        let get = |name| var(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let client_id =
            get(variable::CLIENT_ID).map(|id| ClientId::parse(&id)).transpose().map_err(BadSetting::ClientId)?;
        let uri = get(variable::REDIRECT_URI).unwrap_or_else(|| DEFAULT_REDIRECT.to_owned());
        let redirect = Redirect::parse(&uri).map_err(|bad| BadSetting::Redirect(bad, uri))?;
        let scopes = match get(variable::SCOPES) {
            None => DEFAULT_SCOPES.map(str::to_owned).to_vec(),
            Some(list) => parse_scopes(&list).map_err(BadSetting::Scope)?,
        };
        let endpoints = Endpoints::from_env(&var).map_err(BadSetting::Endpoint)?;
        let client_secret = get(variable::CLIENT_SECRET).map(Secret::new);
        Ok(Environment { client_id, client_secret, redirect, scopes, endpoints })
    }

    /// Complete, with the app that was found, remembered or asked for.
    pub fn settings(&self, client_id: ClientId, client_secret: Option<Secret>) -> Settings {
        Settings {
            client_id,
            client_secret,
            redirect: self.redirect.clone(),
            scopes: self.scopes.clone(),
            endpoints: self.endpoints.clone(),
        }
    }
}

/// Scopes of a list, each once, in order; Err is the first part that RFC 6749 §3.3 does not allow.
fn parse_scopes(list: &str) -> Result<Vec<String>, String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in list.split([' ', '\t', '\n', ',']).filter(|scope| !scope.is_empty()) {
        if !is_scope(scope) {
            return Err(scope.to_owned());
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

/// The characters of a scope, RFC 6749 §3.3.
fn is_scope(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// Everything an attempt needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    pub client_id: ClientId,
    /// Chutes refuses an exchange and a renewal without it.
    pub client_secret: Option<Secret>,
    pub redirect: Redirect,
    pub scopes: Vec<String>,
    pub endpoints: Endpoints,
}

impl Settings {
    /// Ask for these scopes as well; those that were not asked for already. A renewal has the scopes of the
    /// latest consent, so that asking for less would weaken every earlier sign-in with the same app.
    pub fn ask_also_for(&mut self, granted_before: &[String]) -> Vec<String> {
        let added: Vec<String> =
            granted_before.iter().filter(|scope| !self.scopes.contains(scope) && is_scope(scope)).cloned().collect();
        self.scopes.extend(added.iter().cloned());
        added
    }
}

/// One attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub settings: Settings,
    state: Secret,
    verifier: Secret,
    challenge: String,
    pub created_at: UnixMillis,
    pub expires_at: UnixMillis,
}

impl Attempt {
    /// A new attempt: 128 bits of state and a 256-bit PKCE verifier from the generator that the
    /// operating system seeds.
    pub fn new(settings: Settings, now: UnixMillis) -> Attempt {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Attempt {
            settings,
            state: Secret::new(CsrfToken::new_random().into_secret()),
            verifier: Secret::new(verifier.into_secret()),
            challenge: challenge.as_str().to_owned(),
            created_at: now,
            expires_at: now + LIFETIME_MS,
        }
    }

    pub fn state(&self) -> &Secret {
        &self.state
    }
    pub fn verifier(&self) -> &Secret {
        &self.verifier
    }

    pub fn expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at
    }

    /// More time, counted from now when it had already run out.
    pub fn extend(&mut self, now: UnixMillis) {
        self.expires_at = self.expires_at.max(now) + EXTENSION_MS;
    }

    /// Milliseconds that are left.
    pub fn left(&self, now: UnixMillis) -> u64 {
        (self.expires_at - now).max(0).unsigned_abs()
    }

    /// The link to open. `:` and `/` may stand as they are in a query (RFC 3986 §3.4), which keeps
    /// the link short enough to read and to fit a smaller QR code.
    pub fn authorize_url(&self) -> String {
        let Settings { client_id, redirect, scopes, endpoints, .. } = &self.settings;
        let fields = [
            ("client_id", client_id.as_str()),
            ("redirect_uri", redirect.as_str()),
            ("response_type", "code"),
            ("scope", &scopes.join(" ")),
            ("state", self.state.expose()),
            ("code_challenge", &self.challenge),
            ("code_challenge_method", "S256"),
        ];
        let query: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", query_escape(value))).collect();
        format!("{}/idp/authorize?{}", endpoints.idp, query.join("&"))
    }

    /// What another process needs to finish this attempt. The client secret is not part of it, unless
    /// it is put there with [`Pending::with_client_secret`].
    pub fn pending(&self) -> Pending {
        let Settings { client_id, redirect, scopes, endpoints, .. } = &self.settings;
        Pending {
            client_id: client_id.as_str().to_owned(),
            redirect_uri: redirect.as_str().to_owned(),
            scopes: scopes.clone(),
            idp: endpoints.idp.clone(),
            state: self.state.expose().to_owned(),
            verifier: self.verifier.expose().to_owned(),
            created_at: self.created_at,
            expires_at: self.expires_at,
            client_secret: None,
        }
    }

    /// Continue an attempt that another process began.
    pub fn resume(
        pending: Pending,
        endpoints: Endpoints,
        client_secret: Option<Secret>,
        now: UnixMillis,
    ) -> Result<Attempt, CannotResume> {
        if now >= pending.expires_at {
            return Err(CannotResume::Expired { at: pending.expires_at });
        }
        if pending.idp != endpoints.idp {
            return Err(CannotResume::OtherService);
        }
        let client_id = ClientId::parse(&pending.client_id).map_err(|_| CannotResume::Damaged)?;
        let redirect = Redirect::parse(&pending.redirect_uri).map_err(|_| CannotResume::Damaged)?;
        // RFC 7636 §4.1: 43 to 128 unreserved characters. Shorter state would be guessable.
        let unreserved = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        if !(43..=128).contains(&pending.verifier.len())
            || !unreserved(&pending.verifier)
            || pending.state.len() < 22
            || !unreserved(&pending.state)
        {
            return Err(CannotResume::Damaged);
        }
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str().to_owned();
        Ok(Attempt {
            settings: Settings { client_id, client_secret, redirect, scopes: pending.scopes.clone(), endpoints },
            state: Secret::new(pending.state.clone()),
            verifier: Secret::new(pending.verifier.clone()),
            challenge,
            created_at: pending.created_at,
            expires_at: pending.expires_at,
        })
    }
}

/// An attempt on disk. Only for a 0600 file that is deleted when the attempt ends. No `Debug`: the
/// verifier is in it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pending {
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    idp: String,
    state: String,
    verifier: String,
    pub created_at: UnixMillis,
    pub expires_at: UnixMillis,
    /// Only when the person asked for it: the process that finishes need not have it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

impl Pending {
    pub fn with_client_secret(mut self, secret: &Secret) -> Pending {
        self.client_secret = Some(secret.expose().to_owned());
        self
    }

    pub fn client_secret(&self) -> Option<Secret> {
        self.client_secret.as_deref().map(Secret::new)
    }
}

/// Why a pending attempt cannot be continued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotResume {
    Expired {
        at: UnixMillis,
    },
    /// It was begun against another identity provider.
    OtherService,
    Damaged,
}

fn query_escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
