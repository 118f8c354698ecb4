//! Who renews a sign-in after it is written, and what a person is told about that beforehand.

use crate::openclaw::program::gateway;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::value::at;
use crate::texts::{Lang, renewal as text};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenewalWay {
    /// OpenClaw's core, before a request.
    OpenClaw,
    /// We do; this command adds the job that has us look. None: OpenClaw's cron is switched off.
    Kept { job: Option<String> },
}

impl RenewalWay {
    pub(super) fn kept(snapshot: &Snapshot) -> Self {
        let off = at(snapshot.value(), &["cron", "enabled"]) == Some(&Value::Bool(false));
        RenewalWay::Kept { job: (!off).then(|| gateway::job_command(&snapshot.helper)) }
    }

    /// Which way, how often, and what happens when it stops: a sentence or two each.
    pub fn words(&self, lang: Lang) -> Vec<String> {
        let stop = text::way_stop(lang);
        match self {
            RenewalWay::OpenClaw => vec![text::way_openclaw(lang).to_owned()],
            RenewalWay::Kept { job: None } => vec![text::way_kept_by_hand(lang, stop)],
            RenewalWay::Kept { job: Some(job) } => {
                let job = text::way_kept_job(lang, crate::clean::line(job));
                vec![text::way_kept(lang, gateway::EVERY, stop), job]
            }
        }
    }

    /// For JSON documents.
    pub fn document(&self) -> Value {
        match self {
            RenewalWay::OpenClaw => json!({"by": "openclaw", "job": null}),
            RenewalWay::Kept { job } => json!({"by": "openclaw-chutes", "job": job}),
        }
    }
}
