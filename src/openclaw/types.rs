//! Plain data of this room, used by reading, planning, writing and showing alike.

use crate::chutes::oauth::attempt::ClientId;
use crate::chutes::oauth::token::Granted;
use crate::files::bytes::Bytes;
use crate::secret::Secret;
use crate::texts::{Lang, cli as texts};
use crate::time::UnixMillis;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The two ways to give a credential, named as OpenClaw names them (`--auth-choice`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthChoice {
    /// Sign in.
    OAuth,
    ApiKey,
}

impl AuthChoice {
    /// `chutes`, `chutes-api-key`.
    pub fn name(self) -> &'static str {
        match self {
            AuthChoice::OAuth => "chutes",
            AuthChoice::ApiKey => "chutes-api-key",
        }
    }

    /// The one by which a credential of this kind comes.
    pub fn of(kind: CredentialKind) -> AuthChoice {
        if kind == CredentialKind::ApiKey { AuthChoice::ApiKey } else { AuthChoice::OAuth }
    }
}

/// What kind a stored credential is, named as OpenClaw's auth store names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    ApiKey,
    Token,
    OAuth,
}

impl CredentialKind {
    /// `api_key`, `token`, `oauth`.
    pub fn name(self) -> &'static str {
        match self {
            CredentialKind::ApiKey => "api_key",
            CredentialKind::Token => "token",
            CredentialKind::OAuth => "oauth",
        }
    }

    /// As a person says it.
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            CredentialKind::ApiKey => texts::kind_api_key(lang),
            CredentialKind::Token => texts::kind_token(lang),
            CredentialKind::OAuth => texts::kind_oauth(lang),
        }
    }
}

/// A Chutes credential in OpenClaw's store. Never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    pub profile_id: String,
    /// Id of the agent in whose store it is.
    pub agent: String,
    pub kind: CredentialKind,
    /// Chutes user name.
    pub account: Option<String>,
    /// As stored (OpenClaw stores five minutes less than the token's life).
    pub expires_at: Option<UnixMillis>,
    /// `…abcd`: last four characters; `…` for a short one; None when only a reference is stored.
    pub hint: Option<String>,
    /// Name of the environment variable that holds it, when a reference is stored.
    pub env_var: Option<String>,
    /// OAuth: a refresh token is stored.
    pub refreshable: bool,
    /// OAuth: the app it was issued to.
    pub client_id: Option<String>,
}

/// A credential that is to be stored.
#[derive(Clone, Debug)]
pub enum NewCredential {
    ApiKey {
        secret: Secret,
    },
    /// A reference to an environment variable in place of the key.
    ApiKeyEnvRef {
        var: String,
    },
    OAuth {
        access: Secret,
        refresh: Option<Secret>,
        /// Already reduced by five minutes.
        expires_at: UnixMillis,
        client_id: String,
        /// Chutes user name.
        account: Option<String>,
        /// The `sub` of userinfo.
        account_id: Option<String>,
        /// The access token's own life: from and to.
        life: (UnixMillis, UnixMillis),
        /// Address of the identity provider that granted it.
        idp: String,
    },
    Token {
        secret: Secret,
        expires_at: Option<UnixMillis>,
    },
}

impl NewCredential {
    /// From a sign-in with the app `client_id`.
    pub fn signed_in(granted: &Granted, client_id: &ClientId) -> NewCredential {
        NewCredential::OAuth {
            access: granted.access.clone(),
            refresh: granted.refresh.clone(),
            expires_at: granted.expires_at,
            client_id: client_id.as_str().to_owned(),
            account: granted.account.clone(),
            account_id: granted.account_id.clone(),
            life: (granted.granted_at, granted.ends_at),
            idp: granted.idp.clone(),
        }
    }

    pub fn kind(&self) -> CredentialKind {
        match self {
            NewCredential::ApiKey { .. } | NewCredential::ApiKeyEnvRef { .. } => CredentialKind::ApiKey,
            NewCredential::OAuth { .. } => CredentialKind::OAuth,
            NewCredential::Token { .. } => CredentialKind::Token,
        }
    }
}

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    pub role: Role,
    pub path: PathBuf,
    /// The symbolic link that leads to `path`, for showing.
    pub link: Option<PathBuf>,
    /// None: a new file.
    pub before: Option<Bytes>,
    pub after: Vec<u8>,
    /// Permission bits after the write.
    pub mode: u32,
    /// Where the old bytes go. None for a new file.
    pub backup: Option<PathBuf>,
}

/// What a file is to OpenClaw or to us; it decides what is masked and which mode the file gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `auth-profiles.json`.
    AuthStore,
    /// `auth-state.json`.
    AuthState,
    /// `.env` of the state directory.
    Dotenv,
    /// The sign-in that we keep, in our own state.
    SignIn,
    /// A file of the timer that renews it, or our record of that timer.
    Timer,
    /// The config, or a file it includes.
    Config,
}

/// A credential to be stored by OpenClaw's own command, for versions whose store is a database.
#[derive(Clone, Debug)]
pub struct Handover {
    /// Arguments after the program name.
    pub args: Vec<String>,
    /// Written to its standard input.
    pub secret: Secret,
    pub profile_id: String,
}

/// What OpenClaw's own SDK does in its credential database.
#[derive(Clone, Debug)]
pub enum DatabaseChange {
    /// These become the only Chutes profiles there, by id.
    Only(Vec<(String, NewCredential)>),
    /// The profile with this id leaves.
    Without(String),
}

impl DatabaseChange {
    /// What is stored.
    pub fn put(&self) -> &[(String, NewCredential)] {
        match self {
            DatabaseChange::Only(put) => put,
            DatabaseChange::Without(_) => &[],
        }
    }
}

/// What a config needs to know about the credential that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProfile {
    pub id: String,
    /// `api_key`, `oauth`, `token`.
    pub mode: &'static str,
    /// Chutes user name.
    pub account: Option<String>,
    /// Other Chutes profiles that stay in the store.
    pub others: Vec<String>,
    /// Profiles that leave the store.
    pub removed: Vec<String>,
}

/// A reference to an environment variable, as OpenClaw writes it.
pub fn env_ref(var: &str) -> Value {
    json!({"source": "env", "provider": "default", "id": var})
}

/// A place that OpenClaw refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path of the value, as `config get` takes it.
    pub dotted: String,
    pub wrong: Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No such key at the root; it belongs below another, which is named.
    Misplaced(&'static str),
    /// A model must be an object with `id` and `name`.
    NoModel,
    /// None of the protocols that OpenClaw speaks.
    Api,
}

/// What was found of a run that was killed, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// It had changed nothing yet.
    Cleared,
    /// It had changed everything; only the rest was missing.
    Completed,
    /// It had changed some files; they have their old bytes again.
    TakenBack,
    /// It was an undo, which has gone on where it stopped.
    Undone,
    /// Somebody changed the files since: they stay as they are.
    LeftAlone,
}
