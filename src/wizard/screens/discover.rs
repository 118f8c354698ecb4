//! Discover: the catalog query and its stages.

use super::{Screen, Transition};
use crate::chutes::catalog::Stage;
use crate::chutes::failure::Failure;
use crate::chutes::model::Catalog;
use crate::wizard::protocol::{Action, Attempt};

/// How far a stage of discovery is. Times in milliseconds since the attempt began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    #[default]
    Waiting,
    Running {
        since: u64,
    },
    Done {
        took: u64,
    },
    Failed {
        took: u64,
    },
}

/// The stages of the Discover screen, in order. The last is ours: comparing the list with the config.
pub const STAGES: usize = 5;

#[derive(Debug, Default)]
pub struct Discover {
    pub attempt: Attempt,
    pub running: bool,
    /// Milliseconds since the attempt began.
    pub at_ms: u64,
    pub stages: [Progress; STAGES],
    pub failure: Option<Failure>,
    /// The answer, until the config to compare it with is there.
    found: Option<Result<Catalog, Failure>>,
    /// Plain HTTP: there is no TLS stage.
    pub without_tls: bool,
}

impl Discover {
    pub fn begin(&mut self, attempt: Attempt, without_tls: bool) {
        *self = Discover { attempt, running: true, without_tls, ..Discover::default() };
    }

    /// `has_models`: there is something to go on with.
    pub fn act(&mut self, action: Action, has_models: bool) -> Transition {
        match action {
            Action::Back => Transition::Back,
            Action::Retry if !self.running => Transition::AskAgain,
            Action::AnotherKey if !self.running => Transition::AnotherCredential,
            Action::Enter if !self.running && has_models => Transition::Go(Screen::Models),
            _ => Transition::Stay,
        }
    }

    /// Stop waiting; the attempt to cancel, if one was under way.
    pub fn stop(&mut self) -> Option<Attempt> {
        let attempt = std::mem::take(&mut self.attempt);
        std::mem::replace(&mut self.running, false).then_some(attempt)
    }

    /// True for an answer that is still waited for.
    fn is_current(&self, attempt: Attempt) -> bool {
        attempt == self.attempt && self.running
    }

    pub fn tick(&mut self, attempt: Attempt, at_ms: u64) {
        if self.is_current(attempt) {
            self.at_ms = at_ms;
        }
    }

    pub fn stage(&mut self, attempt: Attempt, stage: Stage, at_ms: u64) {
        if self.is_current(attempt) {
            self.begin_stage(stage_index(stage), at_ms);
        }
    }

    /// Keep the answer until it can be compared. False: it came too late.
    pub fn answered(&mut self, attempt: Attempt, at_ms: u64, result: Result<Catalog, Failure>) -> bool {
        if !self.is_current(attempt) {
            return false;
        }
        match &result {
            Ok(_) => self.begin_stage(STAGES - 1, at_ms),
            Err(_) => self.fail_stage(at_ms),
        }
        self.found = Some(result);
        true
    }

    /// The answer is a failure, not yet compared.
    pub fn found_failure(&self) -> bool {
        matches!(self.found, Some(Err(_)))
    }

    /// The answer, to be compared now.
    pub fn take_found(&mut self) -> Option<Result<Catalog, Failure>> {
        let found = self.found.take()?;
        self.running = false;
        self.failure = found.as_ref().err().cloned();
        Some(found)
    }

    /// The service said that the credential is not accepted.
    pub fn was_refused(&self) -> bool {
        matches!(self.failure.as_ref().and_then(Failure::status), Some(401 | 403))
    }

    /// A stage began: what ran before it is done, what was passed over needed no time.
    fn begin_stage(&mut self, index: usize, at_ms: u64) {
        self.at_ms = at_ms;
        self.end_running(at_ms, |took| Progress::Done { took });
        if let Some(stage) = self.stages.get_mut(index) {
            *stage = Progress::Running { since: at_ms };
        }
    }

    fn fail_stage(&mut self, at_ms: u64) {
        self.at_ms = at_ms;
        self.end_running(at_ms, |took| Progress::Failed { took });
    }

    pub fn finish(&mut self) {
        let at_ms = self.at_ms;
        self.end_running(at_ms, |took| Progress::Done { took });
    }

    fn end_running(&mut self, at_ms: u64, to: impl Fn(u64) -> Progress) {
        for stage in &mut self.stages {
            if let Progress::Running { since } = *stage {
                *stage = to(at_ms.saturating_sub(since));
            }
        }
    }
}

fn stage_index(stage: Stage) -> usize {
    match stage {
        Stage::Connect => 0,
        Stage::Tls => 1,
        Stage::Request => 2,
        Stage::Parse => 3,
    }
}
