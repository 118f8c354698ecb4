//! What the answers of the service show. Pure: the calls are made elsewhere.

use super::finding::{Cause, Finding};
use crate::chutes::failure::{Failure, Kind, NotJson};
use crate::chutes::verify::Verdict;
use crate::renewal;
use crate::renewal::prospect::Prospect;
use crate::texts::Lang;

/// What the calls of one run gave.
#[derive(Debug, Default)]
pub struct Answers {
    /// The list of models could not be had.
    pub list: Option<Failure>,
    /// The test call with the default model and the stored credential; None: none was made.
    pub verdict: Option<Verdict>,
    /// The stored sign-in could not be made fit for use.
    pub renewal: Option<renewal::Error>,
    /// What the next renewal of a sign-in will come to, and of which profile. None: it is no sign-in.
    pub prospect: Option<(Prospect, String)>,
    /// Seconds by which our clock is ahead. None: nobody said.
    pub clock_ahead: Option<i64>,
}

/// Below this, tokens that are renewed five minutes before their end are not harmed. Seconds.
const CLOCK_MAY_DIFFER: i64 = 150;

pub fn examine(answers: &Answers, lang: Lang) -> Vec<Finding> {
    let mut causes: Vec<Cause> = Vec::new();
    if let Some(error) = &answers.renewal {
        causes.push(Cause::RenewalFailed { message: error.message(lang) });
    }
    match &answers.verdict {
        Some(Verdict::Works { .. }) => {}
        Some(Verdict::Refused(failure)) => causes.push(refused(failure)),
        Some(Verdict::NotServed(failure)) => causes.push(Cause::ModelRefused(failure.clone())),
        Some(Verdict::NoBalance(failure)) => causes.push(Cause::NoBalance(failure.clone())),
        Some(Verdict::Unverified(failure)) => causes.push(transport(failure)),
        None => {}
    }
    match &answers.prospect {
        // A renewal that failed has said why.
        Some((Prospect::Spent, profile)) if answers.renewal.is_none() => {
            causes.push(Cause::SignInSpent { profile: profile.clone() });
        }
        Some((Prospect::Weakened, profile)) => causes.push(Cause::SignInWeakened { profile: profile.clone() }),
        _ => {}
    }
    // The same trouble is told once: the test call and the list go to the same host.
    if let (Some(failure), true) = (&answers.list, causes.is_empty()) {
        causes.push(transport(failure));
    }
    if let Some(ahead) = answers.clock_ahead.filter(|ahead| ahead.abs() > CLOCK_MAY_DIFFER) {
        causes.push(Cause::ClockOff { ahead });
    }
    causes.into_iter().map(Finding::from).collect()
}

/// 401, or 403: who it is is known, and may not.
fn refused(failure: &Failure) -> Cause {
    match failure.status() {
        Some(403) => Cause::NoRight(failure.clone()),
        _ => Cause::CredentialRefused(failure.clone()),
    }
}

fn transport(failure: &Failure) -> Cause {
    let failure_of = || failure.clone();
    match &failure.kind {
        Kind::Status { status: 401 | 403, .. } => refused(failure),
        Kind::Status { status: 402, .. } => Cause::NoBalance(failure_of()),
        Kind::Status { status: 503, .. } => Cause::NoInstance(failure_of()),
        Kind::Status { status: 429, .. } => Cause::NoCapacity(failure_of()),
        Kind::NotJson(NotJson::Html) | Kind::Redirected { .. } => Cause::CaptivePortal(failure_of()),
        Kind::ConnectionRefused
        | Kind::Dns { .. }
        | Kind::Tls(_)
        | Kind::Timeout { .. }
        | Kind::Proxy(_)
        | Kind::Network { .. }
        | Kind::Truncated => Cause::Unreachable(failure_of()),
        _ => Cause::OddAnswer(failure_of()),
    }
}
