//! What a person should know about a plan that can be carried out all the same.

use super::refusals::Refusal;
use crate::chutes::oauth::renewal_terms::Missing;
use crate::clean;
use crate::files::show;
use crate::openclaw::types::Recovered;
use crate::state::made::{Made, MadeKind};
use crate::texts::{Lang, openclaw as texts, renewal};
use std::path::PathBuf;

/// What a person should know of a plan, although nothing keeps it from being written.
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
    /// This program does not tell its version; the documented files are written.
    OpenClawVersionUnknown { program: PathBuf },
    /// The sign-in that is stored cannot be renewed by the gateway as it will be.
    NotRenewable { missing: Missing },
    /// OpenClaw refuses something that stands in the config, whatever is changed by us.
    Refused { version: Option<String>, refusal: Refusal },
    /// This gateway does not start with the plugin missing, so the config switches it off.
    PluginSwitchedOff,
    /// `@openclaw/chutes-provider` is installed, which does some things its own way.
    PluginInstalled,
    /// The running gateway did not take the new sign-in.
    GatewayFailed { why: String },
    /// The job that renews could not be added.
    JobFailed { why: String },
    /// The timer that renews was written and does not run.
    TimerFailed { why: String },
    /// A run that was cut off had asked Chutes for this, and never heard whether it was made.
    MadeUnheard { made: Made },
    /// The agent has a model of its own in `agents.list`, so the default does not reach it.
    AgentHasOwnModel { agent: String, model: String },
    /// A run before this one was killed.
    EarlierRun { recovered: Recovered },
    /// The file that was replaced had attributes or an access control list that the new one could not get.
    AttributesLost { path: PathBuf, names: Vec<String> },
    /// The file that was replaced had other names, and the old bytes are there.
    LinkBroken { path: PathBuf },
}

impl From<Made> for PlanWarning {
    fn from(made: Made) -> Self {
        PlanWarning::MadeUnheard { made }
    }
}

/// What is, or may be, at Chutes because of us, and how it is deleted.
pub fn left_at_chutes(made: &Made, lang: Lang) -> String {
    let (name, id) = (clean::line(&made.name), made.id.as_deref().map(clean::line));
    match (made.kind, id) {
        (MadeKind::Key, None) => texts::key_unheard(lang, name),
        (MadeKind::Key, Some(_)) => texts::key_stays(lang, name),
        (MadeKind::App, None) => texts::app_unheard(lang, name),
        (MadeKind::App, Some(id)) => texts::app_stays(lang, name, id),
    }
}

impl PlanWarning {
    /// The stable code of the JSON document.
    pub fn code(&self) -> &'static str {
        match self {
            PlanWarning::GatewayModeMissing => "gateway-mode-missing",
            PlanWarning::UnreadConfigJson { .. } => "config-json-not-read",
            PlanWarning::AliasesRepaired { .. } => "aliases-repaired",
            PlanWarning::CredentialReplaced { .. } => "credential-replaced",
            PlanWarning::OpenClawNotFound => "openclaw-not-found",
            PlanWarning::OpenClawVersionUnknown { .. } => "openclaw-version-unknown",
            PlanWarning::AgentHasOwnModel { .. } => "agent-has-own-model",
            PlanWarning::NotRenewable { .. } => "not-renewable",
            PlanWarning::EarlierRun { .. } => "earlier-run",
            PlanWarning::AttributesLost { .. } => "attributes-lost",
            PlanWarning::LinkBroken { .. } => "hard-link-broken",
            PlanWarning::Refused { .. } => "config-refused",
            PlanWarning::PluginSwitchedOff => "plugin-switched-off",
            PlanWarning::GatewayFailed { .. } => "gateway-not-reloaded",
            PlanWarning::JobFailed { .. } => "renewal-job-not-added",
            PlanWarning::TimerFailed { .. } => "renewal-timer-not-started",
            PlanWarning::MadeUnheard { .. } => "made-unheard",
            PlanWarning::PluginInstalled => "plugin-installed",
        }
    }

    pub fn message(&self, lang: Lang) -> String {
        match self {
            PlanWarning::GatewayModeMissing => texts::warn_gateway_mode(lang).to_owned(),
            PlanWarning::UnreadConfigJson { path } => texts::warn_config_json(lang, show(path)),
            PlanWarning::AliasesRepaired { names } => texts::warn_aliases(lang, clean::line(&names.join(", "))),
            PlanWarning::CredentialReplaced { profile_ids } => {
                texts::warn_replaced(lang, clean::line(&profile_ids.join(", ")))
            }
            PlanWarning::NotRenewable { missing } => missing.message(lang).to_owned(),
            PlanWarning::EarlierRun { recovered } => match recovered {
                Recovered::Cleared => texts::warn_run_cleared(lang),
                Recovered::Completed => texts::warn_run_completed(lang),
                Recovered::TakenBack => texts::warn_run_taken_back(lang),
                Recovered::Undone => texts::warn_run_undone(lang),
                Recovered::LeftAlone => texts::warn_run_left_alone(lang),
            }
            .to_owned(),
            PlanWarning::Refused { version, refusal } => {
                let who = version.as_ref().map(|version| texts::openclaw_of(lang, clean::line(version)));
                let who = who.unwrap_or_else(|| texts::any_openclaw(lang).to_owned());
                texts::warn_refused(lang, who, refusal.message(lang), refusal.mended_by())
            }
            PlanWarning::AttributesLost { path, names } => texts::warn_attributes(lang, show(path), names.join(", ")),
            PlanWarning::LinkBroken { path } => texts::warn_hard_link(lang, show(path)),
            PlanWarning::GatewayFailed { why } => renewal::gateway_failed(lang, clean::line(why)),
            PlanWarning::JobFailed { why } => renewal::job_failed(lang, clean::line(why)),
            PlanWarning::TimerFailed { why } => renewal::timer_failed(lang, clean::line(why)),
            PlanWarning::MadeUnheard { made } => left_at_chutes(made, lang),
            PlanWarning::PluginSwitchedOff => renewal::plugin_switched_off(lang).to_owned(),
            PlanWarning::PluginInstalled => renewal::plugin_installed(lang).to_owned(),
            PlanWarning::OpenClawNotFound => texts::warn_no_openclaw(lang).to_owned(),
            PlanWarning::OpenClawVersionUnknown { program } => {
                texts::warn_openclaw_version_unknown(lang, clean::line(&program.to_string_lossy()))
            }
            PlanWarning::AgentHasOwnModel { agent, model } => {
                texts::warn_own_model(lang, clean::line(agent), clean::line(model))
            }
        }
    }
}
