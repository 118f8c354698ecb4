//! Review: the plan, the verify call, and when both allow the write.

use super::{Scroll, Transition};
use crate::chutes::verify::Verdict;
use crate::openclaw::Error;
use crate::renewal_timer::By;
use crate::wizard::protocol::{Action, Attempt, Effect, Planned};

/// The verify call of the review.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Verification {
    /// `--skip-verify`, or another provider's model is the default.
    #[default]
    Skipped,
    /// There is none to call with.
    NoCredential,
    Running,
    Answered(Verdict),
}

#[derive(Debug, Default)]
pub struct Review {
    pub attempt: Attempt,
    pub verify_attempt: Attempt,
    /// How many models the request registers.
    pub registered: usize,
    /// None: being worked out.
    pub planned: Option<Result<Planned, Error>>,
    pub verification: Verification,
    pub scroll: Scroll,
    /// Enter was pressed before everything needed was there.
    pub confirmed: bool,
    pub writing: bool,
    pub write_failed: Option<Error>,
    /// Files that somebody changed while they were being reviewed, as a person writes their paths.
    pub changed: Vec<String>,
    /// Long blocks are shown whole.
    pub unfolded: bool,
}

impl Review {
    /// The verify call forbids the write.
    pub fn is_refused(&self) -> bool {
        matches!(&self.verification, Verification::Answered(Verdict::Refused(_) | Verdict::NotServed(_)))
    }

    /// The verify call says that the credential itself is not accepted.
    pub fn credential_refused(&self) -> bool {
        matches!(self.verification, Verification::Answered(Verdict::Refused(_)))
    }

    /// What could renew while no gateway's cron does.
    pub fn timer(&self) -> Option<By> {
        self.planned.as_ref()?.as_ref().ok()?.timer
    }

    pub fn act(&mut self, action: Action) -> Transition {
        if self.writing || self.scroll.act(action) {
            return Transition::Stay;
        }
        match action {
            // Enter waits for an answer; it is taken back.
            Action::Back if self.confirmed => {
                self.confirmed = false;
                Transition::Stay
            }
            Action::Back => Transition::Back,
            Action::Unfold => {
                self.unfolded = !self.unfolded;
                self.scroll = Scroll::default();
                Transition::Stay
            }
            Action::AnotherKey if self.credential_refused() => Transition::AnotherCredential,
            Action::AnotherKey if self.is_refused() => Transition::Back,
            Action::Retry => Transition::Review,
            Action::TradeKey => Transition::TradeKey,
            Action::ClientSecret => Transition::ToggleClientSecret,
            Action::RenewalTimer => Transition::ToggleTimer,
            Action::MakePool => Transition::PoolOfChain,
            Action::Enter => {
                self.confirmed = true;
                self.write_if_ready()
            }
            _ => Transition::Stay,
        }
    }

    /// Nobody waits for the answers any more: what is to be cancelled.
    pub fn leave(&mut self) -> Vec<Effect> {
        self.confirmed = false;
        let attempts = [std::mem::take(&mut self.attempt), std::mem::take(&mut self.verify_attempt)];
        attempts.into_iter().filter(|a| *a != Attempt::default()).map(Effect::Cancel).collect()
    }

    /// What is to be written has changed; the credential and the model have not: no second test call.
    pub fn plan_again(&mut self, attempt: Attempt) {
        self.attempt = attempt;
        self.planned = None;
        self.write_failed = None;
        self.confirmed = false;
    }

    pub fn planned(&mut self, attempt: Attempt, result: Result<Planned, Error>) -> Transition {
        if attempt != self.attempt {
            return Transition::Stay;
        }
        self.planned = Some(result);
        self.write_if_ready()
    }

    pub fn verified(&mut self, attempt: Attempt, verdict: Verdict) -> Transition {
        if attempt != self.verify_attempt {
            return Transition::Stay;
        }
        self.verification = Verification::Answered(verdict);
        self.write_if_ready()
    }

    /// Once confirmed: write when the plan stands and the verify call has not refused.
    fn write_if_ready(&mut self) -> Transition {
        if !self.confirmed || self.writing {
            return Transition::Stay;
        }
        let Some(Ok(planned)) = &self.planned else {
            self.confirmed &= self.planned.is_none();
            return Transition::Stay;
        };
        if self.verification == Verification::Running {
            return Transition::Stay;
        }
        if self.is_refused() {
            self.confirmed = false;
            return Transition::Stay;
        }
        if planned.diffs.is_empty() && planned.handover.is_none() {
            return Transition::Finish;
        }
        let reviewed = planned.fingerprint.clone();
        self.writing = true;
        self.write_failed = None;
        self.changed.clear();
        Transition::Write(reviewed)
    }
}
