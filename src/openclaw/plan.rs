//! From a snapshot and a wish to exact new file contents. No IO.

use super::{
    Error,
    current::{Kind, StoredCredential},
    snapshot::Snapshot,
};
use crate::{secret::Secret, selection::Selection};
use std::path::PathBuf;

/// What the user decided.
#[derive(Clone, Debug)]
pub struct Request {
    /// The API in force, `…/v1`.
    pub base_url: String,
    /// None: the stored credential stays.
    pub credential: Option<NewCredential>,
    pub selection: Selection,
}

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
        /// Unix time in milliseconds, already reduced by five minutes.
        expires_at: i64,
        client_id: String,
        /// Chutes user name.
        account: Option<String>,
        /// The `sub` of userinfo.
        account_id: Option<String>,
    },
    Token {
        secret: Secret,
        expires_at: Option<i64>,
    },
}

impl NewCredential {
    pub fn kind(&self) -> Kind {
        match self {
            NewCredential::ApiKey { .. } | NewCredential::ApiKeyEnvRef { .. } => Kind::ApiKey,
            NewCredential::OAuth { .. } => Kind::OAuth,
            NewCredential::Token { .. } => Kind::Token,
        }
    }
}

/// One file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    pub role: Role,
    pub path: PathBuf,
    /// None: a new file.
    pub before: Option<Vec<u8>>,
    pub after: Vec<u8>,
    /// Permission bits after the write.
    pub mode: u32,
    /// Where the old bytes go. None for a new file.
    pub backup: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `auth-profiles.json`.
    AuthStore,
    /// `auth-state.json`.
    AuthState,
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

#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order they are written: credential first, config last. Empty: nothing changes.
    pub files: Vec<FileChange>,
    pub handover: Option<Handover>,
    /// The profile that will be active, when a credential is stored by this plan.
    pub profile_id: Option<String>,
    /// Stored Chutes credentials that this plan overwrites or removes.
    pub replaced: Vec<StoredCredential>,
    pub warnings: Vec<PlanWarning>,
}

impl Plan {
    pub fn changes_anything(&self) -> bool {
        !self.files.is_empty() || self.handover.is_some()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanWarning {
    /// The config lacks `gateway.mode`: `openclaw gateway run` will not start.
    GatewayModeMissing,
    /// Only a `config.json` is there, which OpenClaw never reads.
    UnreadConfigJson { path: PathBuf },
    /// Aliases written backwards were put right.
    AliasesRepaired { names: Vec<String> },
    /// Stored credentials of the other kind are removed.
    CredentialReplaced { profile_ids: Vec<String> },
    /// No OpenClaw was found; the documented files are written.
    OpenClawNotFound,
    /// An agent of `agents.list` has its own model, so the default does not reach it.
    AgentHasOwnModel { agent: String, model: String },
}

impl PlanWarning {
    /// The stable code of the JSON document.
    pub fn code(&self) -> &'static str {
        unimplemented!()
    }

    pub fn words(&self, _lang: crate::texts::Lang) -> String {
        unimplemented!()
    }
}

/// `now` is Unix time in milliseconds; it only names the backups.
pub fn plan(_snapshot: &Snapshot, _request: &Request, _now: i64) -> Result<Plan, Error> {
    unimplemented!()
}
