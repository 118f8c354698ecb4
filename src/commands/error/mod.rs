//! Everything that ends a command early: data here, words by language, an exit code, a stable name.

mod key;
mod login;
mod login_app;
#[cfg(test)]
mod tests;

pub use key::{KeyError, Origin, key_problem};
pub use login::LoginError;
pub use login_app::CreateError;

use super::usage::UsageError;
use crate::chutes::credential_kinds::redact;
use crate::chutes::endpoints::BadEndpoint;
use crate::chutes::failure::Failure;
use crate::chutes::oauth::attempt::BadSetting;
use crate::chutes::pool;
use crate::clean;
use crate::files;
use crate::openclaw::Error as OpenClawError;
use crate::openclaw::plan::refusals::Refusal as ConfigRefusal;
use crate::secret::Secret;
use crate::selection::portable::{MAX_LEN, Refused};
use crate::selection::{Refusal, alias};
use crate::signals;
use crate::texts::{Lang, choose, cli as text, renewal};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Why a command did not do what it was asked to. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum Error {
    Usage(#[from] UsageError),
    Key(#[from] KeyError),
    /// Without a person, and nothing says where the credential is.
    MissingCredential,
    /// `--auth-choice chutes` without a person and without a token.
    OAuthNeedsPerson,
    Endpoint(BadEndpoint),
    /// `login start` and `login finish`.
    Login(#[from] LoginError),
    /// `login app create`.
    App(#[from] CreateError),
    /// A variable that says how to sign in.
    Setting(BadSetting),
    /// The service refused the credential (401, 403) in the verify call.
    CredentialRefused(Failure),
    /// The service has no such model for this account (404 in the verify call).
    ModelNotServed {
        model: Box<str>,
        failure: Failure,
    },
    /// `--strict`, and OpenClaw refuses this in the config.
    ConfigRefused {
        refused: Vec<ConfigRefusal>,
    },
    /// A call that the command cannot do without.
    Service(Failure),
    Selection(Refusal),
    /// The stored sign-in could not be renewed.
    Renewal(crate::renewal::Error),
    OpenClaw(OpenClawError),
    /// `renew --timer`: nothing here calls a program at times.
    NoTimers,
    /// It was written; what was said about starting it.
    TimerNotStarted {
        why: String,
    },
    /// What an option names is no alias, no model that is listed, and no `provider/model`.
    UnknownRef {
        option: &'static str,
        name: String,
        similar: Vec<String>,
    },
    /// Neither an alias nor a model we know. `similar` are refs and aliases that look like it.
    UnknownModel {
        name: String,
        similar: Vec<String>,
    },
    /// A model of another provider where a Chutes model is meant.
    NotChutes {
        reference: String,
    },
    UnknownAlias {
        name: String,
    },
    /// `models fallbacks remove`: it is not in the list.
    UnknownFallback {
        name: String,
    },
    /// A model cannot stand in for itself.
    FallbackIsDefault {
        reference: String,
    },
    /// A name that cannot be an alias, or not of this model.
    Alias {
        name: String,
        problem: alias::Problem,
    },
    /// `logout`: the service did not confirm it, so nothing was changed.
    NotRevoked {
        message: String,
    },
    UnknownAccount {
        name: String,
    },
    /// The account that was to be removed is the only one.
    LastAccount {
        id: String,
    },
    Pool(PoolError),
    Tee(TeeError),
    /// A text that is no export of ours.
    Import(Refused),
    NoSuchFile {
        path: PathBuf,
    },
    /// Chutes is not in the config yet.
    NotConfigured,
    NoSuchPath {
        path: String,
    },
    /// `--openclaw` names no program.
    NoSuchOpenClaw {
        path: std::path::PathBuf,
    },
    /// A signal, by its number.
    Interrupted(i32),
    /// The operating system refused something that always works.
    System(std::io::Error),
    /// The files were written; standard output took no word of it.
    ReportLost(std::io::Error),
}

/// What is wrong with a pool that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolError {
    Members(pool::Problem),
    /// Neither the alias nor the ref of a pool.
    Unknown {
        name: String,
    },
    /// It is the default model, which something has to be.
    IsDefault {
        name: String,
    },
}

impl PoolError {
    fn message(&self, lang: Lang) -> String {
        match self {
            PoolError::Members(pool::Problem::TooFew) => choose::pool_too_few(lang).to_owned(),
            PoolError::Members(pool::Problem::Twice(id)) => choose::pool_twice(lang, clean::excerpt(id, 200)),
            PoolError::Members(pool::Problem::Unusable(id)) => choose::pool_unusable(lang, clean::excerpt(id, 200)),
            PoolError::Unknown { name } => choose::pool_unknown(lang, clean::excerpt(name, 200)),
            PoolError::IsDefault { name } => choose::pool_is_default(lang, clean::excerpt(name, 200)),
        }
    }
}

/// Why there is nothing to prove about a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeeError {
    NotServed {
        model: Box<str>,
    },
    /// The list does not say that it runs in one.
    NoTee {
        model: Box<str>,
    },
}

impl From<OpenClawError> for Error {
    fn from(error: OpenClawError) -> Self {
        match error {
            OpenClawError::Interrupted { signal } => Error::Interrupted(signal),
            error => Error::OpenClaw(error),
        }
    }
}

impl From<files::Error> for Error {
    fn from(error: files::Error) -> Self {
        OpenClawError::from(error).into()
    }
}

impl Error {
    /// The exit code, as in the table of `docs/json.md`.
    pub fn exit(&self) -> u8 {
        match self {
            Error::Usage(_)
            | Error::Key(_)
            | Error::MissingCredential
            | Error::OAuthNeedsPerson
            | Error::Endpoint(_)
            | Error::Setting(_)
            | Error::Selection(_)
            | Error::NoSuchOpenClaw { .. }
            | Error::UnknownRef { .. }
            | Error::Pool(PoolError::Members(_))
            | Error::Import(_)
            | Error::NoSuchFile { .. }
            | Error::Alias { problem: alias::Problem::Character(_) | alias::Problem::TooLong, .. } => 2,
            // What was asked for with --profile and --agent.
            Error::OpenClaw(OpenClawError::ProfileName { .. } | OpenClawError::UnknownAgent { .. }) => 2,
            Error::Login(error) => error.exit(),
            Error::App(error) => error.exit(),
            Error::CredentialRefused(_) => 3,
            Error::Renewal(error) if error.needs_sign_in() => 3,
            Error::Interrupted(signal) => u8::try_from(signals::exit_code(*signal)).unwrap_or(1),
            _ => 1,
        }
    }

    /// Stable name in JSON documents, listed in [`super::codes::ERRORS`].
    pub fn code(&self) -> &'static str {
        match self {
            Error::Usage(error) => error.code(),
            Error::Key(error) => error.code(),
            Error::MissingCredential => "missing-credential",
            Error::OAuthNeedsPerson => "oauth-needs-person",
            Error::Endpoint(_) => "bad-endpoint",
            Error::Setting(_) => "bad-setting",
            Error::Login(error) => error.code(),
            Error::App(error) => error.code(),
            Error::CredentialRefused(_) => "credential-refused",
            Error::ModelNotServed { .. } => "model-not-served",
            Error::Service(_) => "service",
            Error::ConfigRefused { .. } => "config-refused",
            Error::Selection(_) | Error::Alias { .. } => "alias-refused",
            Error::OpenClaw(error) => error.code(),
            Error::Renewal(error) => error.code(),
            Error::NoTimers => "no-timers",
            Error::TimerNotStarted { .. } => "timer-not-started",
            Error::UnknownModel { .. } => "unknown-model",
            Error::UnknownRef { .. } => "unknown-ref",
            Error::NotChutes { .. } => "not-a-chutes-model",
            Error::UnknownAlias { .. } => "unknown-alias",
            Error::UnknownFallback { .. } => "unknown-fallback",
            Error::FallbackIsDefault { .. } => "fallback-is-default",
            Error::NotRevoked { .. } => "not-revoked",
            Error::UnknownAccount { .. } => "unknown-account",
            Error::LastAccount { .. } => "last-account",
            Error::Pool(PoolError::Members(_)) => "pool-refused",
            Error::Tee(TeeError::NotServed { .. }) => "model-not-served",
            Error::Tee(TeeError::NoTee { .. }) => "no-tee",
            Error::Pool(PoolError::Unknown { .. }) => "unknown-pool",
            Error::Pool(PoolError::IsDefault { .. }) => "pool-in-use",
            Error::Import(_) => "import-refused",
            Error::NoSuchFile { .. } => "no-such-file",
            Error::NotConfigured => "not-configured",
            Error::NoSuchPath { .. } => "no-such-path",
            Error::NoSuchOpenClaw { .. } => "no-such-openclaw",
            Error::Interrupted(_) => "interrupted",
            Error::System(_) => "system",
            Error::ReportLost(_) => "report-lost",
        }
    }

    /// What failed, and where. Safe to print.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Error::Usage(error) => error.message(lang),
            Error::Key(error) => error.message(lang),
            Error::MissingCredential => text::missing_credential(lang).to_owned(),
            Error::OAuthNeedsPerson => text::oauth_needs_person(lang).to_owned(),
            Error::Endpoint(error) => error.message(lang),
            Error::Setting(error) => error.message(lang),
            Error::Login(error) => error.message(lang),
            Error::App(error) => error.message(lang),
            Error::CredentialRefused(failure) => text::credential_refused(lang, failure.message(lang)),
            Error::ModelNotServed { model, failure } => {
                text::verify_not_served(lang, clean::line(model), failure.message(lang))
            }
            Error::Service(failure) => failure.message(lang),
            Error::ConfigRefused { refused } => {
                let places = refused.iter().map(|refusal| refusal.message(lang));
                std::iter::once(text::config_refused(lang).to_owned()).chain(places).collect::<Vec<_>>().join("\n")
            }
            Error::Selection(refusal) => refusal.message(lang),
            Error::Alias { name, problem } => problem.message(name, lang),
            Error::OpenClaw(error) => error.message(lang),
            Error::Renewal(error) => error.message(lang),
            Error::NoTimers => renewal::no_timers(lang).to_owned(),
            Error::TimerNotStarted { why } => renewal::timer_failed(lang, clean::line(why)),
            Error::UnknownRef { option, name, .. } => text::unknown_ref(lang, option, clean::excerpt(name, 200)),
            Error::UnknownModel { name, .. } => text::unknown_model(lang, clean::excerpt(name, 200)),
            Error::NotChutes { reference } => text::not_chutes(lang, clean::excerpt(reference, 200)),
            Error::UnknownAlias { name } => text::unknown_alias(lang, clean::excerpt(name, 80)),
            Error::UnknownFallback { name } => text::unknown_fallback(lang, clean::excerpt(name, 200)),
            Error::FallbackIsDefault { reference } => text::fallback_is_default(lang, clean::excerpt(reference, 200)),
            Error::NotRevoked { message } => text::not_revoked(lang, message),
            Error::UnknownAccount { name } => text::unknown_account(lang, clean::excerpt(name, 80)),
            Error::LastAccount { id } => text::last_account(lang, clean::line(id)),
            Error::Pool(error) => error.message(lang),
            Error::Tee(TeeError::NotServed { model }) => text::warn_not_served_now(lang, clean::line(model)),
            Error::Tee(TeeError::NoTee { model }) => choose::tee_no_tee(lang, clean::line(model)),
            Error::Import(refused) => import_words(refused, lang),
            Error::NoSuchFile { path } => text::no_such_file(lang, clean::line(&path.to_string_lossy())),
            Error::NotConfigured => text::not_configured(lang).to_owned(),
            Error::NoSuchOpenClaw { path } => text::no_such_openclaw(lang, clean::line(&path.to_string_lossy())),
            Error::NoSuchPath { path } => text::no_such_path(lang, clean::excerpt(path, 200)),
            Error::Interrupted(_) => text::interrupted(lang).to_owned(),
            Error::System(error) => text::system(lang, clean::line(&error.to_string())),
            Error::ReportLost(error) => text::report_lost(lang, clean::line(&error.to_string())),
        }
    }

    /// What to do about it; empty where there is nothing to say.
    pub fn hint(&self, program: &str, lang: Lang) -> String {
        match self {
            Error::Usage(error) => error.hint(program, lang),
            Error::Key(error) => error.hint(lang),
            Error::MissingCredential => text::missing_credential_hint(lang).to_owned(),
            Error::OAuthNeedsPerson => text::oauth_needs_person_hint(lang, program),
            Error::Endpoint(_) => text::bad_endpoint_hint(lang).to_owned(),
            Error::Login(error) => error.hint(program, lang),
            Error::App(error) => error.hint(lang),
            Error::CredentialRefused(failure) | Error::Service(failure) => failure.hint(lang),
            Error::ModelNotServed { .. } => text::verify_not_served_hint(lang).to_owned(),
            Error::ConfigRefused { refused } => {
                let mut commands: Vec<String> = refused.iter().map(ConfigRefusal::mended_by).collect();
                commands.dedup();
                text::config_refused_hint(lang, commands.join("; "))
            }
            Error::OpenClaw(error) => error.hint(lang).unwrap_or_else(|| text::ask_doctor(lang, program)),
            Error::Renewal(_) | Error::System(_) => text::ask_doctor(lang, program),
            Error::UnknownModel { similar, .. } | Error::UnknownRef { similar, .. } if !similar.is_empty() => {
                let similar: Vec<_> = similar.iter().map(|name| clean::line(name)).collect();
                text::did_you_mean(lang, similar.join(", "))
            }
            Error::UnknownModel { .. } | Error::UnknownRef { .. } | Error::NotChutes { .. } => {
                text::unknown_model_hint(lang, program)
            }
            Error::UnknownAlias { .. } => text::unknown_alias_hint(lang, program),
            Error::UnknownFallback { .. } => text::unknown_fallback_hint(lang, program),
            Error::FallbackIsDefault { .. } => choose::pool_is_default_hint(lang, program),
            Error::Tee(_) => text::unknown_model_hint(lang, program),
            Error::NotRevoked { .. } => text::not_revoked_hint(lang, program),
            Error::UnknownAccount { .. } => text::unknown_account_hint(lang, program),
            Error::LastAccount { .. } => text::last_account_hint(lang, program),
            Error::Pool(PoolError::Members(_)) => choose::pool_members_hint(lang, program),
            Error::Pool(PoolError::Unknown { .. }) => choose::pool_unknown_hint(lang, program),
            Error::Pool(PoolError::IsDefault { .. }) => choose::pool_is_default_hint(lang, program),
            Error::Import(_) => text::import_hint(lang, program),
            Error::NoTimers | Error::TimerNotStarted { .. } => renewal::no_timers_hint(lang, program),
            Error::NoSuchFile { .. } => text::no_such_file_hint(lang).to_owned(),
            Error::NotConfigured => text::not_configured_hint(lang, program),
            Error::NoSuchPath { .. } => text::no_such_path_hint(lang, program),
            Error::NoSuchOpenClaw { .. } => text::no_such_openclaw_hint(lang).to_owned(),
            Error::Setting(_) | Error::Selection(_) | Error::Alias { .. } | Error::Interrupted(_) => String::new(),
            Error::ReportLost(_) => text::report_lost_hint(lang, program),
        }
    }

    /// [`Error::message`] as it may leave the process: without what may be a secret that was typed in the
    /// wrong place.
    pub fn shown(&self, lang: Lang) -> String {
        without_secrets(&self.message(lang))
    }

    /// The JSON document of a failure.
    pub fn document(&self, program: &str, lang: Lang) -> Value {
        let hint = Some(without_secrets(&self.hint(program, lang))).filter(|hint| !hint.is_empty());
        json!({
            "ok": false,
            "error": { "code": self.code(), "message": self.shown(lang), "hint": hint },
            "changed": matches!(self, Error::ReportLost(_) | Error::OpenClaw(OpenClawError::NotPutBack { .. })),
        })
    }
}

/// A sentence without Chutes' credentials, and without anything in it that an argument of this run holds and
/// that looks like somebody else's.
pub fn without_secrets(text: &str) -> String {
    let typed: Vec<Secret> =
        std::env::args_os().skip(1).flat_map(|arg| foreign_secrets(&arg.to_string_lossy())).collect();
    redact(text, &typed.iter().collect::<Vec<_>>())
}

/// The parts of an argument that begin as the keys of well-known services do.
fn foreign_secrets(argument: &str) -> Vec<Secret> {
    const MARKS: [&str; 12] =
        ["sk-", "sk_", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AIza", "AKIA", "hf_", "gsk_"];
    let parts =
        argument.split(['/', '=', ':', ',', '<', '>', '"', '\'', ' ', '@']).map(|part| part.trim_start_matches('-'));
    let parts = parts.flat_map(|part| MARKS.iter().filter_map(move |mark| Some(&part[part.find(mark)?..])));
    parts.filter(|part| part.len() >= 12).map(Secret::new).collect()
}

fn import_words(refused: &Refused, lang: Lang) -> String {
    match refused {
        Refused::Empty => text::import_empty(lang).to_owned(),
        Refused::TooLong => text::import_too_long(lang, MAX_LEN / 1024),
        Refused::Malformed { line, column } => text::import_malformed(lang, line, column),
        Refused::Foreign => text::import_foreign(lang).to_owned(),
        Refused::Newer { version } => text::import_newer(lang, version),
        Refused::Shape { detail } => text::import_shape(lang, clean::excerpt(detail, 160)),
        Refused::Secret => text::import_secret(lang).to_owned(),
        Refused::NoRef { text: found } => text::import_no_ref(lang, clean::excerpt(found, 120)),
    }
}
