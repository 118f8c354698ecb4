//! What the answers of the service show. Pure: the calls are made elsewhere.

use super::finding::{Cause, Finding};
use crate::chutes::failure::{Failure, Kind, NotJson};
use crate::chutes::verify::Verdict;
use crate::renewal;
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
}

pub fn examine(answers: &Answers, lang: Lang) -> Vec<Finding> {
    let mut causes: Vec<Cause> = Vec::new();
    if let Some(error) = &answers.renewal {
        causes.push(Cause::RenewalFailed { message: error.says(lang) });
    }
    match &answers.verdict {
        Some(Verdict::Works { .. }) => {}
        Some(Verdict::Refused(failure)) => causes.push(Cause::CredentialRefused(failure.clone())),
        Some(Verdict::NotServed(failure)) => causes.push(Cause::ModelRefused(failure.clone())),
        Some(Verdict::NoBalance(failure)) => causes.push(Cause::NoBalance(failure.clone())),
        Some(Verdict::Unverified(failure)) => causes.push(transport(failure)),
        None => {}
    }
    // The same trouble is told once: the test call and the list go to the same host.
    if let (Some(failure), true) = (&answers.list, causes.is_empty()) {
        causes.push(transport(failure));
    }
    causes.into_iter().map(Finding::from).collect()
}

fn transport(failure: &Failure) -> Cause {
    let failure_of = || failure.clone();
    match &failure.kind {
        Kind::Status { status: 401 | 403, .. } => Cause::CredentialRefused(failure_of()),
        Kind::Status { status: 402, .. } => Cause::NoBalance(failure_of()),
        Kind::Status { status: 429 | 503, .. } => Cause::NoCapacity(failure_of()),
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
