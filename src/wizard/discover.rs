//! Discover: the catalog query, its stages, and what a list or a failure leads to.

use super::models::{Models, Own};
use super::protocol::{Action, Attempt, Credential, Effect};
use super::{Screen, Trouble, Wizard};
use crate::chutes::catalog::Stage;
use crate::chutes::failure::Failure;
use crate::chutes::model::{Catalog, Model, Source};
use crate::selection::propose::left_out;
use std::collections::BTreeSet;
use std::sync::Arc;

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
    /// Plain HTTP: there is no TLS stage.
    pub without_tls: bool,
}

impl Discover {
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

    fn finish(&mut self) {
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

impl Wizard {
    /// Discovery said that this very key is not accepted.
    pub fn key_was_refused(&self) -> bool {
        let ours = !matches!(self.credential, None | Some(Credential::Stored));
        ours && matches!(self.discover.failure.as_ref().and_then(Failure::status), Some(401 | 403))
    }

    pub(super) fn act_on_discover(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Back => self.leave_discovery(),
            Action::Retry if !self.discover.running => {
                self.credential.clone().map_or_else(Vec::new, |credential| self.start_discovery(credential))
            }
            Action::AnotherKey if !self.discover.running => {
                self.refuse_key();
                Vec::new()
            }
            Action::Enter if !self.discover.running && self.models.is_some() => {
                self.screen = Screen::Models;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn leave_discovery(&mut self) -> Vec<Effect> {
        if self.facts.models_only {
            return self.quit();
        }
        let attempt = self.discover.attempt;
        let was_running = std::mem::replace(&mut self.discover.running, false);
        self.discover.attempt = Attempt::default();
        self.screen = match self.credential {
            Some(Credential::ApiKey(_)) => Screen::Key,
            _ => Screen::Auth,
        };
        if was_running { vec![Effect::Cancel(attempt)] } else { Vec::new() }
    }

    pub(super) fn start_discovery(&mut self, credential: Credential) -> Vec<Effect> {
        self.screen = Screen::Discover;
        self.ask_for_list(credential)
    }

    /// The models screen asks again and stays as it is meanwhile.
    pub(super) fn refresh_list(&mut self) -> Vec<Effect> {
        if self.discover.running {
            return Vec::new();
        }
        self.ask_for_list(self.credential.clone().unwrap_or(Credential::Stored))
    }

    pub(super) fn ask_for_list(&mut self, credential: Credential) -> Vec<Effect> {
        self.credential = Some(credential.clone());
        let attempt = self.new_attempt();
        self.discover = Discover {
            attempt,
            running: true,
            without_tls: self.facts.base_url.starts_with("http://"),
            ..Discover::default()
        };
        self.found = None;
        vec![Effect::Discover { attempt, credential: Some(credential) }]
    }

    /// The models screen alone does not wait for the service.
    pub(super) fn open_models(&mut self) {
        if !self.facts.models_only || self.models.is_some() {
            return;
        }
        if self.current.is_some()
            && let Some(kept) = self.kept.take()
        {
            self.set_list(kept, None);
        }
    }

    /// Give the models screen a list; it begins with its first one.
    pub(super) fn set_list(&mut self, catalog: Catalog, failure: Option<Failure>) {
        let (facts, Some(current)) = (&self.facts, &self.current) else { return };
        let (configured, models) = (&current.configured, current.models.clone());
        let catalog = catalog.beside(&models);
        let own = Own { left_out: self.left_out(&models, &catalog), models };
        match &mut self.models {
            Some(models) => models.replace_list(configured, own, catalog, failure),
            None => {
                let (documented, overrides) = (&facts.documented, &facts.overrides);
                match Models::new(configured, own, catalog, failure, documented, overrides, &facts.favourites) {
                    Ok(models) => self.models = Some(models),
                    Err(refusal) => self.trouble = Some(Trouble::Overrides(refusal)),
                }
            }
        }
    }

    /// Ids of the list that stay left out, as with `models refresh`.
    fn left_out(&self, own: &[Arc<Model>], catalog: &Catalog) -> BTreeSet<String> {
        if own.is_empty() {
            return BTreeSet::new();
        }
        // Onboarding registers the built-in models when there is no list; a later visit adds nothing.
        let is_visit = self.facts.models_only && catalog.source == Source::Bundled;
        let left_out = left_out(own, |id| is_visit || self.seen_before.contains(id));
        catalog.models.iter().map(|model| &*model.id).filter(|id| left_out(id)).map(str::to_owned).collect()
    }

    pub(super) fn stage(&mut self, attempt: Attempt, stage: Stage, at_ms: u64) {
        if attempt != self.discover.attempt || !self.discover.running {
            return;
        }
        self.discover.begin_stage(stage_index(stage), at_ms);
    }

    pub(super) fn discovered(&mut self, attempt: Attempt, at_ms: u64, result: Result<Catalog, Failure>) -> Vec<Effect> {
        if attempt != self.discover.attempt || !self.discover.running {
            return Vec::new();
        }
        // What is being written, or was, is not looked at again.
        if self.review.writing || self.screen == Screen::Done {
            self.discover.running = false;
            return Vec::new();
        }
        match &result {
            Ok(_) => self.discover.begin_stage(STAGES - 1, at_ms),
            Err(_) => self.discover.fail_stage(at_ms),
        }
        self.found = Some(result);
        self.compare_when_ready()
    }

    /// The list and the config are both needed before they can be compared.
    pub(super) fn compare_when_ready(&mut self) -> Vec<Effect> {
        if self.current.is_none() {
            return Vec::new();
        }
        // Without an answer of the service, the models screen alone has what was kept.
        let waits_for_kept = self.facts.models_only && self.models.is_none() && matches!(self.found, Some(Err(_)));
        if waits_for_kept {
            return Vec::new();
        }
        let Some(found) = self.found.take() else { return Vec::new() };
        self.discover.running = false;
        self.discover.failure = found.as_ref().err().cloned();
        match (found, &mut self.models) {
            (Ok(catalog), _) => self.set_list(catalog, None),
            (Err(failure), Some(models)) if self.screen != Screen::Discover => models.list_failed(failure),
            (Err(failure), _) => self.set_list(self.facts.fallback.clone(), Some(failure)),
        }
        if self.trouble.is_some() || self.discover.failure.is_some() {
            return Vec::new();
        }
        self.discover.finish();
        match self.screen {
            Screen::Discover => {
                self.screen = Screen::Models;
                Vec::new()
            }
            Screen::Review => self.review_again(),
            _ => Vec::new(),
        }
    }
}
