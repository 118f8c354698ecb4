//! Long: the table of all causes.
//!
//! One thing that is wrong or worth knowing: a cause with its evidence, its words and its repair.

use crate::chutes::failure::Failure;
use crate::chutes::oauth::renewal_terms::Missing;
use crate::clean;
use crate::openclaw;
use crate::openclaw::helper::Helper;
use crate::openclaw::plan::refusals::Refusal;
use crate::openclaw::types::CredentialKind;
use crate::sign_in::Trouble;
use crate::texts::{Lang, doctor as text};
use crate::time::UnixMillis;
use std::path::PathBuf;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Chutes does not answer through OpenClaw because of it, or will stop within a day.
    Fault,
    /// It works; a person should know all the same.
    Notice,
}

impl Severity {
    /// `fault`, `notice`: as in the JSON document.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Fault => "fault",
            Severity::Notice => "notice",
        }
    }
}

/// What mends a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// A change of OpenClaw's config, made by the same plan as any other change of models.
    Config,
    /// The marks of past failures leave OpenClaw's auth state, once a live call proved the credential.
    AuthState,
    /// Permission bits of files and directories that hold secrets.
    Permissions,
    /// Something that only a person can do; the advice says what.
    Person,
    /// Nothing has to be mended.
    None,
}

impl Repair {
    /// As in the JSON document.
    pub fn name(self) -> &'static str {
        match self {
            Repair::Config => "config",
            Repair::AuthState => "auth-state",
            Repair::Permissions => "permissions",
            Repair::Person => "person",
            Repair::None => "none",
        }
    }

    /// `doctor --fix` carries it out.
    pub fn is_automatic(self) -> bool {
        matches!(self, Repair::Config | Repair::AuthState | Repair::Permissions)
    }
}

/// What the config uses a model for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Default,
    /// Place in the list, from 1.
    Fallback(usize),
    Image,
    Alias(String),
}

impl Role {
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Role::Default => text::role_default(lang).to_owned(),
            Role::Fallback(place) => text::role_fallback(lang, place),
            Role::Image => text::role_image(lang).to_owned(),
            Role::Alias(name) => text::role_alias(lang, clean::line(name)),
        }
    }
}

/// Sessions of one agent in which the same model was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub agent: String,
    /// Full ref.
    pub model: String,
    /// How many.
    pub sessions: usize,
}

/// Why something does not work, with what shows it. Holds no secret.
#[derive(Clone, Debug)]
pub enum Cause {
    /// The config or a store cannot be read or understood.
    Unreadable(openclaw::Error),
    /// Only a `config.json` is there, which OpenClaw never reads.
    OnlyConfigJson {
        path: PathBuf,
    },
    /// The config has no default model, and none of Chutes'.
    NotConfigured,
    NoCredential,
    /// The stored key has not the form of a Chutes key; `length` in characters.
    KeyMalformed {
        profile: String,
        length: usize,
    },
    /// The credential is in a variable that the gateway does not find.
    VariableUnset {
        profile: String,
        variable: String,
    },
    /// `auth.profiles` names another kind than is stored: OpenClaw passes the profile over.
    ModeMismatch {
        profile: String,
        named: String,
        stored: CredentialKind,
    },
    /// A sign-in or token that is over and cannot be renewed. Unix time in milliseconds.
    Expired {
        profile: String,
        at_ms: UnixMillis,
    },
    /// The process that will renew the sign-in lacks something.
    CannotRenew {
        profile: String,
        missing: Missing,
    },
    /// More than one Chutes credential; OpenClaw uses the first.
    SeveralCredentials {
        used: String,
        others: Vec<String>,
    },
    /// OpenClaw passes the credential over until then. Unix time in milliseconds.
    Cooldown {
        profile: String,
        until_ms: UnixMillis,
        reason: Option<String>,
    },
    /// Name and target changed places in `agents.defaults.models`.
    AliasesBackwards {
        names: Vec<String>,
    },
    /// `agents.defaults.models` is an allowlist and lacks them.
    NotAllowed {
        role: Role,
        reference: String,
    },
    /// The last list of the service does not have it.
    NotServed {
        role: Role,
        reference: String,
        successor: Option<String>,
    },
    AgentHasOwnModel {
        agent: String,
        model: String,
    },
    /// Sessions in which somebody chose another model.
    SessionPinned(Pin),
    /// Something else goes before what was set up: a variable, or a profile.
    Shadowed {
        by: String,
    },
    /// The service says that the refresh token was used, has expired or was revoked.
    SignInSpent {
        profile: String,
    },
    /// The latest consent left out the right to call models.
    SignInWeakened {
        profile: String,
    },
    /// Seconds by which this machine's clock is ahead of the service's; below zero: behind.
    ClockOff {
        ahead: i64,
    },
    /// `gateway.mode` is `remote`: what counts is the other machine's config.
    RemoteGateway,
    /// `gateway.mode` is missing: the gateway does not start.
    GatewayModeMissing,
    /// OpenClaw put an older config in the place of the one we wrote; ours was kept there.
    ConfigReverted {
        path: PathBuf,
    },
    /// An `auth-profiles.json` beside a database: this OpenClaw refuses to start a turn.
    LegacyStore {
        path: PathBuf,
    },
    /// Others may read it.
    Permissions {
        path: PathBuf,
        mode: u32,
    },
    /// It belongs to another user than the home.
    Owner {
        path: PathBuf,
        uid: u32,
    },
    OpenClawNotFound,
    /// OpenClaw refuses something in the config.
    ConfigRefused(Refusal),
    /// OpenClaw will not run this program for the access token.
    HelperUnfit(Helper),
    /// The last renewal of the sign-in that we keep failed.
    RenewalTrouble(Trouble),
    /// No job in OpenClaw's cron renews the sign-in that we keep.
    NoRenewalJob,
    /// The running gateway has no job that renews; it had one.
    RenewalJobGone,
    /// A running gateway was not made to take the newest token yet.
    GatewayHasOldToken,
    /// A gateway of this version does not start on a config that names Chutes without its plugin.
    PluginStopsGateway,
    /// The plugin renews by itself and registers its own models.
    PluginInstalled,
    /// No answer from the service: name resolution, TLS, proxy, connection, time.
    Unreachable(Failure),
    /// A page where the service should be: a captive portal or a filter.
    CaptivePortal(Failure),
    /// The service refused the credential.
    CredentialRefused(Failure),
    /// The credential is known, and may not call models.
    NoRight(Failure),
    /// The account has no balance, or a cap is reached.
    NoBalance(Failure),
    /// The model is listed, and nothing runs that could answer.
    NoInstance(Failure),
    /// All that could answer is busy.
    NoCapacity(Failure),
    /// The service knows no such model for this account.
    ModelRefused(Failure),
    /// Another answer than the one to be expected.
    OddAnswer(Failure),
    /// The stored sign-in could not be renewed.
    RenewalFailed {
        message: String,
    },
}

/// A cause that holds here.
#[derive(Clone, Debug)]
pub struct Finding {
    pub cause: Cause,
    pub severity: Severity,
    pub repair: Repair,
}

impl From<Cause> for Finding {
    fn from(cause: Cause) -> Self {
        let (_, severity, repair) = cause.kind();
        Finding { cause, severity, repair }
    }
}

/// Every code, what it means in one English sentence, and what mends it: for the manual page and `docs/doctor.md`.
pub const CAUSES: &[(&str, &str, Repair)] = &[
    ("config-unreadable", "OpenClaw's config or credential store cannot be read or is not valid.", Repair::Person),
    ("config-json-not-read", "Only a config.json is there, which OpenClaw never reads.", Repair::Person),
    ("not-configured", "Chutes is not set up in this OpenClaw.", Repair::Person),
    ("no-credential", "No Chutes credential is stored.", Repair::Person),
    ("key-malformed", "The stored key is cut off or is no Chutes API key.", Repair::Person),
    ("variable-unset", "The credential is in a variable that the gateway does not find.", Repair::Person),
    ("mode-mismatch", "auth.profiles names another kind of credential than is stored.", Repair::Config),
    ("credential-expired", "The sign-in or token is over and cannot be renewed.", Repair::Person),
    (
        "cannot-renew",
        "The process that renews the sign-in lacks the client secret, the client id or the refresh token.",
        Repair::Person,
    ),
    ("several-credentials", "More than one Chutes credential is stored.", Repair::None),
    ("cooldown", "OpenClaw passes the credential over for a while, because calls failed before.", Repair::AuthState),
    (
        "aliases-backwards",
        "Aliases are written the wrong way round, so OpenClaw does not resolve them.",
        Repair::Config,
    ),
    (
        "not-allowed",
        "A chosen model is missing in the list of allowed models; OpenClaw takes another one silently.",
        Repair::Config,
    ),
    ("not-served", "A chosen model is not served any more.", Repair::Config),
    ("agent-has-own-model", "An agent has a model of its own, which the default does not reach.", Repair::None),
    ("session-pinned", "Sessions in which another model was chosen go on with it.", Repair::None),
    (
        "shadowed",
        "OpenClaw uses another credential than was set up: a variable or a profile goes before it.",
        Repair::Person,
    ),
    ("sign-in-spent", "The refresh token was used, has expired or was revoked.", Repair::Person),
    ("sign-in-weakened", "The latest consent left out the right to call models.", Repair::Person),
    ("clock-off", "The clock of this machine differs from the service's by minutes.", Repair::Person),
    ("remote-gateway", "The gateway runs on another machine, whose config counts.", Repair::None),
    ("gateway-mode-missing", "gateway.mode is not set, so the gateway does not start.", Repair::Person),
    ("config-reverted", "OpenClaw put an older config in the place of ours.", Repair::Person),
    (
        "legacy-store",
        "An auth-profiles.json stands beside OpenClaw's database, which stops every turn.",
        Repair::Person,
    ),
    ("permissions", "Other users can read a file or directory that holds secrets.", Repair::Permissions),
    ("owner", "A file belongs to another user, so OpenClaw or this program cannot write it.", Repair::Person),
    ("openclaw-not-found", "No OpenClaw was found.", Repair::None),
    (
        "config-refused",
        "OpenClaw refuses something in the config: what, where, and the command that mends it.",
        Repair::Person,
    ),
    ("helper-unfit", "OpenClaw will not run this program for the access token.", Repair::Person),
    ("renewal-trouble", "The last renewal of the sign-in failed.", Repair::Person),
    ("no-renewal-job", "No job of OpenClaw's cron renews the sign-in yet.", Repair::None),
    ("gateway-has-old-token", "A running gateway has not taken the newest token yet.", Repair::None),
    (
        "plugin-stops-gateway",
        "The gateway does not start: the config names Chutes, and its plugin is missing.",
        Repair::Config,
    ),
    (
        "plugin-installed",
        "OpenClaw's own Chutes plugin is there; it renews by itself and has models of its own.",
        Repair::None,
    ),
    ("unreachable", "The service could not be reached.", Repair::Person),
    ("captive-portal", "Something between here and the service answers with a page of its own.", Repair::Person),
    ("credential-refused", "The service refuses the credential.", Repair::Person),
    ("no-right-to-call", "The credential is valid, and may not call models.", Repair::Person),
    ("no-balance", "The account has no balance left, or a cap is reached.", Repair::Person),
    ("no-instance", "No instance of the model is up.", Repair::Person),
    ("no-capacity", "All instances of the model are busy.", Repair::Person),
    ("model-refused", "The service has no such model for this account.", Repair::Config),
    ("odd-answer", "The service answered something else than a completion.", Repair::Person),
    ("renewal-failed", "The stored sign-in could not be renewed.", Repair::Person),
];

impl Cause {
    /// Stable name, how much it matters, and what mends it.
    fn kind(&self) -> (&'static str, Severity, Repair) {
        use Severity::{Fault, Notice};
        let (code, severity) = match self {
            Cause::Unreadable(_) => ("config-unreadable", Fault),
            Cause::OnlyConfigJson { .. } => ("config-json-not-read", Fault),
            Cause::NotConfigured => ("not-configured", Fault),
            Cause::NoCredential => ("no-credential", Fault),
            Cause::KeyMalformed { .. } => ("key-malformed", Fault),
            Cause::VariableUnset { .. } => ("variable-unset", Fault),
            Cause::ModeMismatch { .. } => ("mode-mismatch", Fault),
            Cause::Expired { .. } => ("credential-expired", Fault),
            Cause::CannotRenew { .. } => ("cannot-renew", Fault),
            Cause::SeveralCredentials { .. } => ("several-credentials", Notice),
            Cause::Cooldown { .. } => ("cooldown", Fault),
            Cause::AliasesBackwards { .. } => ("aliases-backwards", Fault),
            Cause::NotAllowed { .. } => ("not-allowed", Fault),
            Cause::NotServed { .. } => ("not-served", Fault),
            Cause::AgentHasOwnModel { .. } => ("agent-has-own-model", Notice),
            Cause::SessionPinned(_) => ("session-pinned", Notice),
            Cause::Shadowed { .. } => ("shadowed", Fault),
            Cause::SignInSpent { .. } => ("sign-in-spent", Fault),
            Cause::SignInWeakened { .. } => ("sign-in-weakened", Fault),
            Cause::ClockOff { .. } => ("clock-off", Fault),
            Cause::NoRight(_) => ("no-right-to-call", Fault),
            Cause::NoInstance(_) => ("no-instance", Fault),
            Cause::RemoteGateway => ("remote-gateway", Notice),
            Cause::GatewayModeMissing => ("gateway-mode-missing", Fault),
            Cause::ConfigReverted { .. } => ("config-reverted", Fault),
            Cause::LegacyStore { .. } => ("legacy-store", Fault),
            Cause::Permissions { .. } => ("permissions", Fault),
            Cause::Owner { .. } => ("owner", Fault),
            Cause::OpenClawNotFound => ("openclaw-not-found", Notice),
            Cause::ConfigRefused(_) => ("config-refused", Fault),
            Cause::HelperUnfit(_) => ("helper-unfit", Fault),
            Cause::RenewalTrouble(trouble) => ("renewal-trouble", if trouble.lasting { Fault } else { Notice }),
            Cause::NoRenewalJob => ("no-renewal-job", Notice),
            Cause::RenewalJobGone => ("renewal-job-gone", Fault),
            Cause::GatewayHasOldToken => ("gateway-has-old-token", Notice),
            Cause::PluginStopsGateway => ("plugin-stops-gateway", Fault),
            Cause::PluginInstalled => ("plugin-installed", Notice),
            Cause::Unreachable(_) => ("unreachable", Fault),
            Cause::CaptivePortal(_) => ("captive-portal", Fault),
            Cause::CredentialRefused(_) => ("credential-refused", Fault),
            Cause::NoBalance(_) => ("no-balance", Fault),
            Cause::NoCapacity(_) => ("no-capacity", Fault),
            Cause::ModelRefused(_) => ("model-refused", Fault),
            Cause::OddAnswer(_) => ("odd-answer", Fault),
            Cause::RenewalFailed { .. } => ("renewal-failed", Fault),
        };
        let repair = CAUSES.iter().find(|(known, ..)| *known == code).map_or(Repair::None, |(.., repair)| *repair);
        (code, severity, repair)
    }

    /// Stable name, one of [`CAUSES`].
    pub fn code(&self) -> &'static str {
        self.kind().0
    }

    /// What is wrong, with the evidence. One or two sentences, safe to print. `tilde` shortens a path.
    pub fn message(&self, lang: Lang, tilde: &dyn Fn(&std::path::Path) -> String) -> String {
        match self {
            Cause::Unreadable(error) => error.message(lang),
            Cause::OnlyConfigJson { path } => text::only_config_json(lang, clean::line(&tilde(path))),
            Cause::NotConfigured => text::not_configured(lang).to_owned(),
            Cause::NoCredential => text::no_credential(lang).to_owned(),
            Cause::KeyMalformed { profile, length } => text::key_malformed(lang, clean::line(profile), length),
            Cause::VariableUnset { profile, variable } => {
                text::variable_unset(lang, clean::line(profile), clean::line(variable))
            }
            Cause::ModeMismatch { profile, named, stored } => {
                text::mode_mismatch(lang, clean::line(profile), clean::line(named), stored.name())
            }
            Cause::Expired { profile, at_ms } => text::expired(lang, clean::line(profile), at_ms.local()),
            Cause::CannotRenew { profile, missing } => {
                text::cannot_renew(lang, clean::line(profile), missing.message(lang))
            }
            Cause::SeveralCredentials { used, others } => {
                text::several_credentials(lang, clean::line(used), clean::line(&others.join(", ")))
            }
            Cause::Cooldown { profile, until_ms, reason } => {
                let reason = reason.as_deref().map_or_else(|| text::reason_unknown(lang).to_owned(), clean::line);
                text::cooldown(lang, clean::line(profile), until_ms.local(), reason)
            }
            Cause::AliasesBackwards { names } => text::aliases_backwards(lang, clean::line(&names.join(", "))),
            Cause::NotAllowed { role, reference } => text::not_allowed(lang, role.words(lang), clean::line(reference)),
            Cause::NotServed { role, reference, successor } => match successor {
                Some(successor) => {
                    text::not_served_successor(lang, role.words(lang), clean::line(reference), clean::line(successor))
                }
                None => text::not_served(lang, role.words(lang), clean::line(reference)),
            },
            Cause::AgentHasOwnModel { agent, model } => {
                text::agent_has_own_model(lang, clean::line(agent), clean::line(model))
            }
            Cause::SessionPinned(pin) => {
                text::session_pinned(lang, clean::line(&pin.agent), pin.sessions, clean::line(&pin.model))
            }
            Cause::Shadowed { by } => text::shadowed(lang, clean::line(by)),
            Cause::SignInSpent { profile } => text::sign_in_spent(lang, clean::line(profile)),
            Cause::SignInWeakened { profile } => text::sign_in_weakened(lang, clean::line(profile)),
            Cause::ClockOff { ahead } if *ahead > 0 => text::clock_ahead(lang, ahead.abs().div_euclid(60)),
            Cause::ClockOff { ahead } => text::clock_behind(lang, ahead.abs().div_euclid(60)),
            Cause::RemoteGateway => text::remote_gateway(lang).to_owned(),
            Cause::GatewayModeMissing => text::gateway_mode_missing(lang).to_owned(),
            Cause::ConfigReverted { path } => text::config_reverted(lang, clean::line(&tilde(path))),
            Cause::LegacyStore { path } => text::legacy_store(lang, clean::line(&tilde(path))),
            Cause::Permissions { path, mode } => {
                text::permissions(lang, clean::line(&tilde(path)), format!("{mode:04o}"))
            }
            Cause::Owner { path, uid } => text::owner(lang, clean::line(&tilde(path)), uid),
            Cause::OpenClawNotFound => text::openclaw_not_found(lang).to_owned(),
            Cause::ConfigRefused(refusal) => refusal.message(lang),
            Cause::HelperUnfit(helper) => helper.problem(lang).unwrap_or_default(),
            Cause::RenewalTrouble(trouble) => {
                text::renewal_trouble(lang, trouble.at.local(), clean::line(&trouble.message))
            }
            Cause::NoRenewalJob => text::no_renewal_job(lang).to_owned(),
            Cause::RenewalJobGone => text::renewal_job_gone(lang).to_owned(),
            Cause::GatewayHasOldToken => text::gateway_has_old_token(lang).to_owned(),
            Cause::PluginStopsGateway => text::plugin_stops_gateway(lang).to_owned(),
            Cause::PluginInstalled => text::plugin_installed(lang).to_owned(),
            Cause::Unreachable(failure)
            | Cause::CaptivePortal(failure)
            | Cause::CredentialRefused(failure)
            | Cause::NoRight(failure)
            | Cause::NoBalance(failure)
            | Cause::NoInstance(failure)
            | Cause::NoCapacity(failure)
            | Cause::ModelRefused(failure)
            | Cause::OddAnswer(failure) => failure.message(lang),
            Cause::RenewalFailed { message } => clean::line(message),
        }
    }

    /// What to do about it. Empty where there is nothing to do. `program` is the name we were called by.
    pub fn advice(&self, program: &str, lang: Lang) -> String {
        match self {
            Cause::Unreadable(error) => error.hint(lang).unwrap_or_default(),
            Cause::OnlyConfigJson { .. } | Cause::NotConfigured | Cause::NoCredential | Cause::Expired { .. } => {
                text::run_onboard(lang, program)
            }
            Cause::KeyMalformed { .. } => text::another_key(lang, program),
            Cause::VariableUnset { variable, .. } => text::set_variable(lang, clean::line(variable)),
            Cause::CannotRenew { missing: Missing::ClientSecret, .. } => {
                text::set_variable(lang, "CHUTES_CLIENT_SECRET")
            }
            Cause::CannotRenew { .. }
            | Cause::RenewalFailed { .. }
            | Cause::SignInSpent { .. }
            | Cause::SignInWeakened { .. } => text::sign_in_again(lang, program),
            Cause::Shadowed { by } => text::take_away(lang, clean::line(by)),
            Cause::ClockOff { .. } => text::set_clock(lang).to_owned(),
            Cause::SessionPinned(_) => text::unpin(lang).to_owned(),
            Cause::ConfigRefused(refusal) => text::run_command(lang, clean::line(&refusal.mended_by())),
            Cause::HelperUnfit(helper) => helper.remedy(lang).unwrap_or_default(),
            Cause::RenewalTrouble(trouble) if trouble.lasting => text::sign_in_again(lang, program),
            Cause::RenewalTrouble(_) | Cause::NoRenewalJob | Cause::RenewalJobGone | Cause::GatewayHasOldToken => {
                text::run_renew(lang, program)
            }
            Cause::PluginInstalled => String::new(),
            Cause::AliasesBackwards { .. }
            | Cause::PluginStopsGateway
            | Cause::NotAllowed { .. }
            | Cause::ModeMismatch { .. }
            | Cause::Permissions { .. }
            | Cause::ModelRefused(_)
            | Cause::NotServed { successor: Some(_), .. } => text::run_fix(lang, program),
            Cause::NotServed { successor: None, .. } => text::choose_another(lang, program),
            Cause::Cooldown { .. } => text::clear_cooldown(lang, program),
            Cause::RemoteGateway => text::run_there(lang).to_owned(),
            Cause::GatewayModeMissing => text::set_gateway_mode(lang).to_owned(),
            Cause::ConfigReverted { .. } => text::run_openclaw_doctor(lang, program),
            Cause::LegacyStore { .. } => text::migrate_store(lang).to_owned(),
            Cause::Owner { path, uid: _ } => text::change_owner(lang, clean::line(&path.to_string_lossy())),
            Cause::SeveralCredentials { .. } | Cause::AgentHasOwnModel { .. } | Cause::OpenClawNotFound => {
                String::new()
            }
            Cause::Unreachable(failure)
            | Cause::CaptivePortal(failure)
            | Cause::CredentialRefused(failure)
            | Cause::NoRight(failure)
            | Cause::NoBalance(failure)
            | Cause::NoInstance(failure)
            | Cause::NoCapacity(failure)
            | Cause::OddAnswer(failure) => failure.hint(lang),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of the documentation, as this source has it.
    fn table() -> String {
        let rows = CAUSES.iter().map(|(code, meaning, repair)| {
            let by = match repair {
                Repair::Person => "you; the advice says how",
                Repair::None => "nothing to do",
                _ => "`doctor --fix`",
            };
            format!("| `{code}` | {meaning} | {by} |\n")
        });
        format!("| code | what it means | mended by |\n|---|---|---|\n{}", rows.collect::<String>())
    }

    #[test]
    fn the_documentation_has_the_table_of_the_source() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/doctor.md");
        let page = std::fs::read_to_string(&path).unwrap();
        assert!(page.contains(&table()), "docs/doctor.md lacks this table:\n{}", table());
    }

    #[test]
    fn every_code_stands_in_the_table_once() {
        for (index, (code, ..)) in CAUSES.iter().enumerate() {
            assert!(CAUSES[..index].iter().all(|(other, ..)| other != code), "{code}");
        }
        let causes = [Cause::NotConfigured, Cause::NoCredential, Cause::RemoteGateway, Cause::OpenClawNotFound];
        for cause in causes {
            assert!(CAUSES.iter().any(|(code, ..)| *code == cause.code()));
        }
    }
}
