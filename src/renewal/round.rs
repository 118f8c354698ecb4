//! One look at the stored sign-in: renewed when it is time, then given to a gateway that runs, in whose cron
//! the next look is registered.

use super::timer::{self, Timer};
use super::{Error, kept, stored_secret};
use crate::chutes::endpoints::Endpoints;
use crate::chutes::oauth::renewal_terms::Surroundings;
use crate::openclaw::helper::Helper;
use crate::openclaw::plan::PlanWarning;
use crate::openclaw::program::gateway::{self, Answer};
use crate::openclaw::program::run;
use crate::openclaw::read::current::{self, Current};
use crate::openclaw::read::install::Generation;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::{Site, plan};
use crate::renewal_timer::RenewalTimer;
use crate::secret::Secret;
use crate::sign_in::SignIn;
use crate::texts::Lang;
use crate::time::{UnixMillis, now};

/// Who renews what is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// We do.
    Kept(Box<SignIn>),
    /// OpenClaw's core, before a request; `expires_at` as stored, where we can read it.
    OpenClaw { expires_at: Option<UnixMillis> },
    /// An API key or a token from elsewhere: nothing renews it.
    Lasting,
    /// No Chutes credential is known here.
    Nothing,
}

/// What became of the running gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gateway {
    /// It took the new token.
    Took,
    /// It has the token already, or renews by itself.
    Current,
    NotRunning,
    /// What was said, safe to print.
    Failed(String),
}

/// The job in the gateway's cron.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    There,
    Added,
    /// It is added as soon as a gateway runs.
    Later,
    /// `cron.enabled` is false: something else has to call `renew`.
    Disabled,
    Failed(String),
    /// Nothing of ours to be renewed.
    NotNeeded,
}

#[derive(Debug)]
pub struct Round {
    pub stored: Stored,
    pub renewed: bool,
    /// Why a renewal that was due did not succeed.
    pub problem: Option<Error>,
    pub gateway: Gateway,
    pub job: Job,
    pub timer: Timer,
}

/// How much is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The sign-in alone.
    Renewal,
    /// A gateway, too, which is told what it does not know yet. Milliseconds where there is nothing new.
    Gateway,
    /// Also whether its cron still has our job: seconds, where a gateway runs.
    Job,
}

/// `var`: the environment of this process. Blocks.
pub fn round(
    site: &Site,
    endpoints: Endpoints,
    var: impl Fn(&str) -> Option<String> + Clone + Send + 'static,
    look: Look,
) -> Result<Round, Error> {
    let document = &site.paths.sign_in;
    if kept::read(document).is_none() {
        return of_openclaw(site, endpoints, var);
    }
    let (sign_in, renewed, problem) = match kept::renew(document, &surroundings(site, &var), now) {
        Ok(Some(kept)) => (Some(kept.sign_in), kept.renewed, None),
        Ok(None) => (None, false, None),
        Err(error) => (kept::read(document), false, Some(error)),
    };
    let Some(sign_in) = sign_in else { return of_openclaw(site, endpoints, var) };
    let mut round = Round {
        stored: Stored::Kept(Box::new(sign_in.clone())),
        renewed,
        problem,
        gateway: Gateway::Current,
        job: Job::There,
        timer: timer::read(&site.paths).map_or(Timer::None, |made| Timer::There(made.by)),
    };
    if look != Look::Renewal {
        let told = tell(site, &sign_in, &var, look == Look::Job)?;
        (round.gateway, round.job, round.timer) = (told.gateway, told.job, told.timer);
    }
    Ok(round)
}

/// Where the client secret may be that is not in the document: as for any renewal, our own environment, then
/// what OpenClaw's gateway reads. A config that cannot be read is no reason not to renew.
pub(super) fn surroundings(site: &Site, var: impl Fn(&str) -> Option<String>) -> Surroundings {
    let own = var("CHUTES_CLIENT_SECRET").map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let of_gateway = || site.read().ok().and_then(|snapshot| plan::gateway_surroundings(&snapshot).client_secret);
    Surroundings { client_id: None, client_secret: own.map(Secret::new).or_else(of_gateway) }
}

/// What became of a gateway and of what calls us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub gateway: Gateway,
    pub job: Job,
    pub timer: Timer,
    /// The timer that was just made does not run; what was said, safe to print.
    pub timer_failed: Option<String>,
}

/// Has a running gateway take the token that it does not have yet, and adds the job that it lacks. Once its cron has
/// the job, the timer goes: there are never two. `check`: also a job that is known may have been removed.
fn tell(site: &Site, sign_in: &SignIn, var: impl Fn(&str) -> Option<String>, check: bool) -> Result<Told, Error> {
    let snapshot = site.read()?;
    let config = snapshot.value();
    let progress = &sign_in.progress;
    let cron_off = plan::cron_is_off(&snapshot);
    let made = snapshot.renewal_timer();
    let timer = made.as_ref().map_or(Timer::None, |made| Timer::There(made.by));
    let (to_take, to_add) = (progress.taken != Some(sign_in.issued_at), !cron_off && (check || progress.job.is_none()));
    let known = |otherwise: Job| match (&progress.job, cron_off) {
        (_, true) => Job::Disabled,
        (Some(_), _) => Job::There,
        (None, _) => otherwise,
    };
    let told = |gateway: Gateway, job: Job| Told { gateway, job, timer: timer.clone(), timer_failed: None };
    if !to_take && !to_add && (made.is_none() || cron_off) {
        return Ok(told(Gateway::Current, known(Job::There)));
    }
    if gateway::listens(config, &var) == Some(false) {
        return Ok(told(Gateway::NotRunning, known(Job::Later)));
    }
    let here = run::search(var("PATH").as_deref());
    let search = here.as_deref().or(progress.search.as_deref());
    let mut gateway = Gateway::Current;
    if to_take {
        gateway = match gateway::reload(site, search) {
            Answer::Done(_) => Gateway::Took,
            Answer::NotRunning => return Ok(told(Gateway::NotRunning, known(Job::Later))),
            Answer::Failed(said) => Gateway::Failed(said),
        };
    }
    let added = if to_add { Some(gateway::add_job(site, search, &Helper::this())) } else { None };
    kept::update(&site.paths.sign_in, |kept| {
        if gateway == Gateway::Took {
            // Of two that renew at the same time, the gateway has at least the token that this one saw.
            kept.progress.taken = Some(sign_in.issued_at);
        }
        if let Some(Answer::Done(id)) = &added {
            kept.progress.job = Some(id.clone());
        }
        if here.is_some() {
            kept.progress.search.clone_from(&here);
        }
    })?;
    let job = match added {
        None => known(Job::There),
        // OpenClaw makes one job of all that declare the same: it was there.
        Some(Answer::Done(id)) if progress.job.as_ref() == Some(&id) => Job::There,
        Some(Answer::Done(_)) => Job::Added,
        Some(Answer::NotRunning) => Job::Later,
        Some(Answer::Failed(said)) => Job::Failed(said),
    };
    let timer = match &made {
        Some(made) if matches!(job, Job::There | Job::Added) => timer::take_away(&site.paths, made),
        _ => timer.clone(),
    };
    Ok(Told { timer, ..told(gateway, job) })
}

/// After a write, or its undo: the timer that it made is started; a running gateway takes the new sign-in and gets its
/// job; when the sign-in has gone, job and timer go, too. `before`: what was kept before. None: there is nothing of
/// ours to renew.
pub fn after_write(
    site: &Site,
    before: Option<SignIn>,
    made: Option<&RenewalTimer>,
    var: impl Fn(&str) -> Option<String>,
) -> Option<Told> {
    let snapshot = site.read().ok()?;
    let now = current::kept(&snapshot);
    if let Some(before) = before.filter(|before| now.as_ref().is_none_or(|now| now.progress.job != before.progress.job))
    {
        unregister(site, &before, &var);
    }
    let Some(now) = now else {
        snapshot.renewal_timer().map(|made| timer::take_away(&site.paths, &made));
        return None;
    };
    if let (None, Some(here)) = (&now.progress.search, run::search(var("PATH").as_deref())) {
        // A timer has a shorter `PATH`.
        let _ = kept::update(&site.paths.sign_in, |kept| kept.progress.search = Some(here));
    }
    let timer_failed = made.and_then(|made| crate::openclaw::program::timer::start(made).err());
    let failed = |error: Error| Told {
        gateway: Gateway::Failed(error.message(Lang::En)),
        job: Job::Later,
        timer: Timer::None,
        timer_failed: None,
    };
    Some(Told { timer_failed, ..tell(site, &now, var, true).unwrap_or_else(failed) })
}

/// A gateway runs, and its cron has lost the job that we added. Seconds, where one runs.
pub fn job_is_gone(site: &Site, snapshot: &Snapshot, var: impl Fn(&str) -> Option<String>) -> bool {
    let Some(kept) = current::kept(snapshot) else { return false };
    let Some(id) = kept.progress.job.filter(|_| !plan::cron_is_off(snapshot)) else { return false };
    if gateway::listens(snapshot.value(), &var) != Some(true) {
        return false;
    }
    let here = run::search(var("PATH").as_deref());
    gateway::has_job(site, here.as_deref().or(kept.progress.search.as_deref()), &id) == Answer::Done(false)
}

/// What of that a person should know.
pub fn troubles(told: Option<&Told>) -> Vec<PlanWarning> {
    let Some(told) = told else { return Vec::new() };
    let gateway = match &told.gateway {
        Gateway::Failed(why) => Some(PlanWarning::GatewayFailed { why: why.clone() }),
        _ => None,
    };
    let job = match &told.job {
        Job::Failed(why) => Some(PlanWarning::JobFailed { why: why.clone() }),
        _ => None,
    };
    let timer = told.timer_failed.clone().map(|why| PlanWarning::TimerFailed { why });
    gateway.into_iter().chain(job).chain(timer).collect()
}

/// Takes the job away that we registered. For who removes the sign-in. True: there is none (any more).
pub fn unregister(site: &Site, sign_in: &SignIn, var: impl Fn(&str) -> Option<String>) -> bool {
    let Some(id) = &sign_in.progress.job else { return true };
    let here = run::search(var("PATH").as_deref());
    let search = here.as_deref().or(sign_in.progress.search.as_deref());
    gateway::remove_job(site, search, id) == Answer::Done(())
}

/// A sign-in in OpenClaw's own store, or no sign-in.
fn of_openclaw(
    site: &Site,
    endpoints: Endpoints,
    var: impl Fn(&str) -> Option<String> + Clone + Send + 'static,
) -> Result<Round, Error> {
    let snapshot = site.read()?;
    let mut round = Round {
        stored: stored(&snapshot),
        renewed: false,
        problem: None,
        gateway: Gateway::Current,
        job: Job::NotNeeded,
        timer: Timer::None,
    };
    if let (Stored::OpenClaw { expires_at }, Generation::JsonStore) = (&round.stored, site.installed.generation) {
        let before = *expires_at;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let asked = runtime.ok().map(|runtime| runtime.block_on(stored_secret(site, &endpoints, var.clone())));
        round.problem = asked.and_then(Result::err);
        round.stored = stored(&site.read()?);
        round.renewed = matches!(&round.stored, Stored::OpenClaw { expires_at } if *expires_at != before);
        if round.renewed {
            let running = gateway::listens(snapshot.value(), &var) != Some(false);
            round.gateway = match if running { gateway::reload(site, None) } else { Answer::NotRunning } {
                Answer::Done(_) => Gateway::Took,
                Answer::NotRunning => Gateway::NotRunning,
                Answer::Failed(said) => Gateway::Failed(said),
            };
        }
    }
    Ok(round)
}

fn stored(snapshot: &Snapshot) -> Stored {
    let current = Current::of(snapshot, now());
    match current.active_credential() {
        Some(active) if active.kind == CredentialKind::OAuth => Stored::OpenClaw { expires_at: active.expires_at },
        Some(_) => Stored::Lasting,
        // In its database; which kind, the config says.
        None if current.in_database => match plan::named_mode(snapshot).as_deref() {
            Some("oauth") => Stored::OpenClaw { expires_at: None },
            Some(_) => Stored::Lasting,
            None => Stored::Nothing,
        },
        None => Stored::Nothing,
    }
}
