//! Who renews a sign-in after it is written, and what a person is told about that beforehand.

use crate::openclaw::plan::renewal_job;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::value::at;
use crate::renewal_timer::{By, RenewalTimer};
use crate::texts::{Lang, renewal as text};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenewalWay {
    /// OpenClaw's core, before a request.
    OpenClaw,
    /// We do.
    Kept {
        /// The command that adds the job which has us look. None: OpenClaw's cron is switched off.
        job: Option<String>,
        /// The timer that is made besides.
        timer: Option<RenewalTimer>,
    },
}

impl RenewalWay {
    pub(super) fn kept(snapshot: &Snapshot, timer: Option<&RenewalTimer>) -> Self {
        let job = (!cron_is_off(snapshot)).then(|| renewal_job::job_command(&snapshot.helper));
        RenewalWay::Kept { job, timer: timer.cloned() }
    }

    /// Which way, how often, and what happens when it stops: a sentence or two each.
    pub fn words(&self, lang: Lang) -> Vec<String> {
        let RenewalWay::Kept { job, timer } = self else { return vec![text::way_openclaw(lang).to_owned()] };
        let stop = text::way_stop(lang);
        let mut words = match job {
            None if timer.is_some() => vec![text::way_kept_timer(lang, stop)],
            None => vec![text::way_kept_by_hand(lang, stop)],
            Some(job) => {
                let job = text::way_kept_job(lang, crate::clean::line(job));
                vec![text::way_kept(lang, renewal_job::EVERY, stop), job]
            }
        };
        words.extend(timer.as_ref().map(|timer| made(timer, lang)));
        words
    }

    /// For JSON documents.
    pub fn document(&self) -> Value {
        match self {
            RenewalWay::OpenClaw => json!({"by": "openclaw", "job": null}),
            RenewalWay::Kept { job, timer } => {
                json!({"by": "openclaw-chutes", "job": job, "timer": timer.as_ref().map(|timer| timer.by.name())})
            }
        }
    }
}

/// What a timer is, as a person sees it.
fn made(timer: &RenewalTimer, lang: Lang) -> String {
    let name = crate::clean::line(&timer.name);
    let made = match timer.by {
        By::Systemd => text::timer_systemd(lang, name, renewal_job::EVERY),
        By::Launchd => text::timer_launchd(lang, name, renewal_job::EVERY),
        By::Crontab => text::timer_crontab(lang, crate::clean::line(timer.entry.as_deref().unwrap_or_default())),
    };
    let lingers = if timer.lingers { text::timer_lingers(lang) } else { "" };
    format!("{made}{lingers}{}", text::timer_until(lang))
}

/// `cron.enabled` is false: no gateway runs our job.
pub fn cron_is_off(snapshot: &Snapshot) -> bool {
    at(snapshot.value(), &["cron", "enabled"]) == Some(&Value::Bool(false))
}
