//! The timer that renews where no gateway's cron does: started after its files are written, and taken away again.

use crate::openclaw::plan::{self, RenewalWay, Request, TimerWish};
use crate::openclaw::program::{gateway, timer};
use crate::openclaw::read::paths::Paths;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::write;
use crate::openclaw::write::undo::{Undone, concerns, undo};
use crate::openclaw::{Error, Site};
use crate::renewal_timer::{By, RenewalTimer};
use crate::state::State;
use crate::texts::{Lang, renewal as text};
use crate::time::UnixMillis;

/// How it stands after a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timer {
    None,
    There(By),
    /// A gateway's cron renews now.
    Removed(By),
    /// It is to go and did not; what was said, safe to print.
    Stays(By, String),
}

/// The timer of this installation, as it was made. None: there is none.
pub fn read(paths: &Paths) -> Option<RenewalTimer> {
    RenewalTimer::parse(&crate::files::read_file(&paths.renewal_timer).ok()??)
}

/// What could call us here, while no gateway's cron does and nothing else was made that does. `way`: of the sign-in
/// that is written. `var`: the environment of this process.
pub fn offered(snapshot: &Snapshot, way: Option<&RenewalWay>, var: impl Fn(&str) -> Option<String>) -> Option<By> {
    let Some(RenewalWay::Kept { .. }) = way else { return None };
    let there = snapshot.renewal_timer().is_some();
    if there || !is_wanted(snapshot, var) {
        return None;
    }
    plan::renewal_timer::of(&snapshot.paths, &snapshot.helper).map(|(timer, _)| timer.by)
}

/// No gateway runs our job now.
pub fn is_wanted(snapshot: &Snapshot, var: impl Fn(&str) -> Option<String>) -> bool {
    plan::cron_is_off(snapshot) || gateway::listens(snapshot.value(), var) == Some(false)
}

/// Makes it for the sign-in that is kept. False: a gateway's cron looks, and there are never two.
pub fn make(
    site: &Site,
    state: &State,
    var: impl Fn(&str) -> Option<String>,
    now: UnixMillis,
) -> Result<bool, NotMade> {
    let snapshot = site.read()?;
    if !is_wanted(&snapshot, var) {
        return Ok(false);
    }
    if plan::renewal_timer::of(&snapshot.paths, &snapshot.helper).is_none() {
        return Err(NotMade::NoTimers);
    }
    let request = Request { timer: TimerWish::MakeOnly, ..Request::default() };
    write::commit(site, &request, None, state, now)?;
    let Some(made) = read(&site.paths) else { return Ok(false) };
    // Also one that was there: it may have been stopped by hand.
    timer::start(&made).map_err(NotMade::NotStarted)?;
    Ok(true)
}

/// Why there is no timer that runs.
#[derive(Debug)]
pub enum NotMade {
    OpenClaw(Error),
    /// Nothing here calls a program at times.
    NoTimers,
    /// It was written; what was said, safe to print.
    NotStarted(String),
}

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        NotMade::OpenClaw(error)
    }
}

/// Stops it, and takes its files away.
pub fn take_away(paths: &Paths, made: &RenewalTimer) -> Timer {
    if let Err(said) = timer::stop(made) {
        return Timer::Stays(made.by, said);
    }
    let removed = write::timer::remove(&paths.renewal_timer, made);
    timer::forget(made);
    match removed {
        Ok(theirs) if theirs.is_empty() => Timer::Removed(made.by),
        Ok(theirs) => {
            let theirs: Vec<String> = theirs.iter().map(|path| crate::files::show(path)).collect();
            Timer::Stays(made.by, text::timer_file_changed(Lang::En, theirs.join(", ")))
        }
        Err(error) => Timer::Stays(made.by, error.message(Lang::En)),
    }
}

/// Undoes the last write. A timer that it made is stopped before its files go, and started again if they stay.
pub fn undone(site: &Site, state: &State) -> Result<Undone, Error> {
    let goes = read(&site.paths).filter(|_| concerns(state, &site.paths.renewal_timer));
    if let Some(made) = &goes {
        // One that cannot be stopped has nothing to run soon: its files go.
        let _ = timer::stop(made);
    }
    let undone = undo(state, Some(site));
    if let Some(made) = &goes {
        match read(&site.paths) {
            Some(_) => drop(timer::start(made)),
            None => timer::forget(made),
        }
    }
    undone
}
