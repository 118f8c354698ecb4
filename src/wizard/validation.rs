//! What the installed OpenClaw refuses in its config. It is asked while the models are chosen; nobody
//! waits for the answer.

use super::protocol::{Attempt, Effect};
use crate::openclaw::plan::PlanWarning;

#[derive(Debug, Default)]
pub struct Validation {
    attempt: Attempt,
    /// What it refuses in the config as it was when it was asked last; None: it has not said.
    answer: Option<Vec<PlanWarning>>,
}

impl Validation {
    /// An older answer stands until there is a newer one.
    pub fn ask(&mut self, attempt: Attempt) -> Effect {
        self.attempt = attempt;
        Effect::Validate(attempt)
    }

    pub fn is_asked(&self) -> bool {
        self.attempt != Attempt::default()
    }

    /// Something is refused, as far as it has said.
    pub fn refuses(&self) -> bool {
        self.answer.as_ref().is_some_and(|refused| !refused.is_empty())
    }

    /// None: it gave no answer.
    pub fn answered(&mut self, attempt: Attempt, refused: Option<Vec<PlanWarning>>) {
        if attempt == self.attempt && refused.is_some() {
            self.answer = refused;
        }
    }

    /// Warnings of a plan: what OpenClaw itself refuses stands in the place of what its schema is known to.
    pub fn beside<'a>(&'a self, planned: &'a [PlanWarning]) -> impl Iterator<Item = &'a PlanWarning> {
        let is_guess = |warning: &PlanWarning| matches!(warning, PlanWarning::Refused { .. });
        let ours = planned.iter().filter(move |warning| self.answer.is_none() || !is_guess(warning));
        ours.chain(self.answer.iter().flatten())
    }
}
