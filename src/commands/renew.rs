//! `renew`: the stored sign-in, renewed when it is time, and a running gateway made to take it. For timers:
//! nothing due, nothing done, within milliseconds.

use super::context::{Context, var};
use super::error::Error;
use super::report::{self, Report};
use super::signals;
use crate::clean;
use crate::openclaw::Site;
use crate::openclaw::plan::renewal_job;
use crate::openclaw::program::gateway;
use crate::renewal::round::{Gateway, Job, Look, Round, Stored, round};
use crate::renewal::timer::{self, NotMade, Timer};
use crate::renewal::{self, kept};
use crate::sign_in;
use crate::texts::{Lang, renewal as text};
use crate::time::{UnixMillis, now};
use serde_json::{Value, json};
use std::time::Duration;

/// How `renew` is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Go on for ever.
    pub watch: bool,
    pub json: bool,
    /// Called by OpenClaw's cron: a failure that passes by itself is none, for that cron would wait longer and
    /// longer after each.
    pub scheduled: bool,
    /// Only the renewal.
    pub no_gateway: bool,
    /// Called by a gateway that starts: once it answers.
    pub when_up: bool,
    /// Make the timer of this machine, or take it away.
    pub timer: Option<bool>,
}

impl How {
    fn look(self, is_first: bool) -> Look {
        match self {
            How { no_gateway: true, .. } => Look::Renewal,
            How { scheduled: true, .. } => Look::Gateway,
            _ if is_first => Look::Job,
            _ => Look::Gateway,
        }
    }
}

/// How long a gateway may take to start.
const STARTING: Duration = Duration::from_secs(120);
/// With `--watch`: the longest and the shortest time between two looks, in milliseconds.
const LONGEST: i64 = 10 * 60 * 1000;
const SHORTEST: i64 = 250;
/// With `--watch`, after a failure, in milliseconds.
const AGAIN: i64 = 15_000;

pub fn renew(context: &Context, how: How) -> Result<Report, Error> {
    let site = context.site()?;
    if how.when_up && !gateway_comes_up(&site) {
        return Ok(Report::default());
    }
    let timer = match how.timer {
        None => TimerDone::Nothing,
        Some(true) if kept::read(&site.paths.sign_in).is_none() => TimerDone::Nothing,
        Some(true) => match timer::make(&site, &context.state(), var, now()) {
            Ok(true) => TimerDone::Nothing,
            Ok(false) => TimerDone::NotNeeded,
            Err(NotMade::OpenClaw(error)) => return Err(error.into()),
            Err(NotMade::NoTimers) => return Err(Error::NoTimers),
            Err(NotMade::NotStarted(why)) => return Err(Error::TimerNotStarted { why }),
        },
        Some(false) => match timer::read(&site.paths) {
            Some(made) => TimerDone::Taken(timer::take_away(&site.paths, &made)),
            None => TimerDone::Nothing,
        },
    };
    let mut is_first = true;
    loop {
        let mut done = look(context, &site, how.look(is_first))?;
        is_first = false;
        if let TimerDone::Taken(taken) = &timer {
            done.timer = taken.clone();
        }
        let mut said = report(&done, context, how);
        if timer == TimerDone::NotNeeded && !how.json && done.timer == Timer::None {
            said.out.push_str(text::timer_not_needed(context.lang));
            said.out.push('\n');
        }
        if !how.watch {
            return Ok(said);
        }
        report::stdout(&said.out).map_err(Error::System)?;
        report::stderr(&said.err);
        signals::until_interrupted(tokio::time::sleep(pause(&done)))?;
    }
}

/// What became of `--timer` and `--no-timer`.
#[derive(PartialEq)]
enum TimerDone {
    Nothing,
    NotNeeded,
    Taken(Timer),
}

/// A signal ends the waiting, never a renewal that was sent.
fn look(context: &Context, site: &Site, look: Look) -> Result<Round, Error> {
    let (site, endpoints) = (site.clone(), context.endpoints()?);
    let work = async move { tokio::task::spawn_blocking(move || round(&site, endpoints, var, look)).await };
    let done = signals::until_interrupted(work).inspect_err(|_| renewal::wait_until_kept())?;
    done.map_err(|error| Error::System(std::io::Error::other(error)))?.map_err(Error::Renewal)
}

fn pause(round: &Round) -> Duration {
    let now = now();
    let until = match (&round.stored, &round.problem) {
        (_, Some(_)) => AGAIN,
        (Stored::Kept(sign_in), None) => sign_in.due_at() - now,
        _ => LONGEST,
    };
    Duration::from_millis(u64::try_from(until.clamp(SHORTEST, LONGEST)).unwrap_or_default())
}

/// One of us waits for it, and not for ever. False: there is none, or somebody else waits.
fn gateway_comes_up(site: &Site) -> bool {
    let waiting = site.paths.sign_in.with_extension("waits");
    let Ok(Some(_only_one)) = sign_in::lock(&waiting, Duration::ZERO) else { return false };
    let start = std::time::Instant::now();
    while start.elapsed() < STARTING {
        let Ok(snapshot) = site.read() else { return false };
        if kept::read(&site.paths.sign_in).is_none() {
            return false;
        }
        if gateway::listens(snapshot.value(), var) != Some(false) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    false
}

fn report(round: &Round, context: &Context, how: How) -> Report {
    let (exit, lang) = (exit(round, how), context.lang);
    if how.json {
        return Report::json(&document(round, lang)).exit(exit);
    }
    let mut lines = vec![said(round, lang)];
    lines.extend(match &round.gateway {
        Gateway::Took => Some(text::gateway_took(lang).to_owned()),
        Gateway::NotRunning => Some(text::gateway_not_running(lang).to_owned()),
        Gateway::Failed(why) => Some(text::gateway_failed(lang, clean::line(why))),
        Gateway::Current => None,
    });
    lines.extend(match &round.job {
        Job::Added => Some(text::job_added(lang, renewal_job::EVERY)),
        Job::Disabled if round.timer == Timer::None => Some(text::job_disabled(lang).to_owned()),
        Job::Failed(why) => Some(text::job_failed(lang, clean::line(why))),
        Job::Later if round.gateway == Gateway::NotRunning => Some(text::job_later(lang).to_owned()),
        _ => None,
    });
    lines.extend(match &round.timer {
        Timer::None if matches!(round.job, Job::Later | Job::Disabled) => Some(text::timer_hint(lang, context.program)),
        Timer::None => None,
        Timer::There(by) => Some(text::timer_there(lang, by.name(), renewal_job::EVERY)),
        Timer::Removed(by) => Some(text::timer_removed(lang, by.name())),
        Timer::Stays(by, why) => Some(text::timer_stays(lang, by.name(), clean::line(why))),
    });
    let problem = round.problem.as_ref().map(|problem| problem.message(lang) + "\n").unwrap_or_default();
    let mut report = Report::text(lines.into_iter().map(|line| line + "\n").collect::<String>()).exit(exit);
    report.err = problem;
    report
}

/// What there is, and until when.
fn said(round: &Round, lang: Lang) -> String {
    match &round.stored {
        Stored::Kept(kept) if kept.is_over(now()) => text::is_over(lang, kept.ends_at.local()),
        Stored::Kept(kept) if round.renewed => text::renewed(lang, kept.ends_at.local(), kept.due_at().local()),
        Stored::Kept(kept) => text::not_due(lang, kept.ends_at.local(), kept.due_at().local()),
        Stored::OpenClaw { .. } if round.renewed => text::renewed_in_store(lang).to_owned(),
        Stored::OpenClaw { .. } => text::core_renews(lang).to_owned(),
        Stored::Lasting => text::nothing_to_renew(lang).to_owned(),
        Stored::Nothing => text::no_credential(lang).to_owned(),
    }
}

/// 0: there is a token that works, or it comes back by itself. 1: there is none now. 3: only a new sign-in helps.
fn exit(round: &Round, how: How) -> u8 {
    let over = match &round.stored {
        Stored::Kept(kept) => kept.is_over(now()),
        Stored::OpenClaw { expires_at } => expires_at.is_some_and(|at| at <= now()),
        Stored::Lasting => false,
        Stored::Nothing => true,
    };
    match &round.problem {
        Some(problem) if problem.needs_sign_in() => 3,
        Some(_) if how.scheduled => 0,
        _ => u8::from(over),
    }
}

fn document(round: &Round, lang: Lang) -> Value {
    let (renews, account, expires, next) = match &round.stored {
        Stored::Kept(kept) => ("openclaw-chutes", kept.account.clone(), Some(kept.ends_at), Some(kept.due_at())),
        Stored::OpenClaw { expires_at } => ("openclaw", None, *expires_at, None),
        Stored::Lasting | Stored::Nothing => ("nothing", None, None, None),
    };
    let gateway = match &round.gateway {
        Gateway::Took => "took",
        Gateway::Current => "current",
        Gateway::NotRunning => "not-running",
        Gateway::Failed(_) => "failed",
    };
    let job = match &round.job {
        Job::There => "there",
        Job::Added => "added",
        Job::Later => "when-a-gateway-runs",
        Job::Disabled => "cron-disabled",
        Job::Failed(_) => "failed",
        Job::NotNeeded => "not-needed",
    };
    let timer = match &round.timer {
        Timer::None => Value::Null,
        Timer::There(by) => json!({ "by": by.name(), "state": "there" }),
        Timer::Removed(by) => json!({ "by": by.name(), "state": "removed" }),
        Timer::Stays(by, why) => json!({ "by": by.name(), "state": "not-removed", "why": why }),
    };
    json!({
        "ok": round.problem.is_none(),
        "renewed": round.renewed,
        "renewedBy": renews,
        "account": account,
        "expiresAt": expires.map(UnixMillis::rfc3339),
        "renewsAt": next.map(UnixMillis::rfc3339),
        "gateway": gateway,
        "job": job,
        "timer": timer,
        "error": round.problem.as_ref().map(|problem| json!({
            "code": problem.code(),
            "message": problem.message(lang),
        })),
    })
}
