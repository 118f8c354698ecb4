//! Review and Done: the plan, the verify call, the write.

use super::models::Models;
use super::protocol::{Action, Attempt, Committed, Credential, Effect, Planned};
use super::{Screen, Wizard};
use crate::chutes::model::id_of;
use crate::chutes::verify::Verdict;
use crate::diff::{FileDiff, Hunk};
use crate::openclaw::Error;
use crate::openclaw::plan::Request;
use crate::openclaw::program::status::Resolved;
use crate::openclaw::types::NewCredential;
use crate::openclaw::write::undo::Undone;
use std::collections::BTreeMap;

/// The verify call of the review.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Verification {
    /// `--skip-verify`, or another provider's model is the default.
    #[default]
    Skipped,
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
    /// First line shown of the diff.
    pub scroll: usize,
    /// Enter was pressed before everything needed was there.
    pub confirmed: bool,
    pub writing: bool,
    pub write_failed: Option<Error>,
}

impl Review {
    /// Lines of the whole diff as the screen lists it.
    pub fn line_count(&self) -> usize {
        let Some(Ok(planned)) = &self.planned else { return 0 };
        command_rows(planned) + planned.diffs.iter().map(file_rows).sum::<usize>()
    }
}

/// The command that stores the credential, and an empty line behind.
pub fn command_rows(planned: &Planned) -> usize {
    usize::from(planned.handover.is_some()) * 2
}

/// A heading of two lines, the hunks with a gap line between two, and an empty line behind.
pub fn file_rows(diff: &FileDiff) -> usize {
    3 + diff.hunks.iter().map(Hunk::len).sum::<usize>() + diff.hunks.len().saturating_sub(1)
}

#[derive(Debug, Default)]
pub struct Done {
    pub committed: Committed,
    /// Nothing had to be written.
    pub unchanged: bool,
    pub undone: Option<Result<Undone, Error>>,
    /// First line shown, in a low window.
    pub scroll: usize,
    pub attempt: Attempt,
    pub read_back: ReadBack,
}

/// What OpenClaw says of what was written.
#[derive(Debug, Default, PartialEq)]
pub enum ReadBack {
    /// There is no OpenClaw to ask.
    #[default]
    NotAsked,
    Asked,
    /// It gave no answer.
    Silent,
    /// The default and that many aliases mean what they should.
    Agrees {
        aliases: usize,
    },
    Differs(Difference),
}

/// A name that means something else to OpenClaw.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// The alias; None: the default.
    pub alias: Option<String>,
    /// Full refs; None: nothing.
    pub found: Option<String>,
    pub wanted: String,
}

impl Wizard {
    pub(super) fn refused_by_verify(&self) -> bool {
        matches!(&self.review.verification, Verification::Answered(Verdict::Refused(_) | Verdict::NotServed(_)))
    }

    pub(super) fn act_on_review(&mut self, action: Action) -> Vec<Effect> {
        if self.review.writing {
            return Vec::new();
        }
        let last = self.review.line_count().saturating_sub(self.page);
        match action {
            Action::Up => self.review.scroll = self.review.scroll.saturating_sub(1),
            Action::Down => self.review.scroll = (self.review.scroll + 1).min(last),
            Action::PageUp => self.review.scroll = self.review.scroll.saturating_sub(self.page),
            Action::PageDown => self.review.scroll = (self.review.scroll + self.page).min(last),
            Action::First => self.review.scroll = 0,
            Action::Last => self.review.scroll = last,
            Action::Back => return self.leave_review(),
            Action::AnotherKey if self.refused_by_verify() => {
                let effects = self.leave_review();
                if matches!(self.review.verification, Verification::Answered(Verdict::Refused(_))) {
                    self.refuse_key();
                }
                return effects;
            }
            Action::Retry => return self.start_review(),
            Action::ClientSecret => return self.client_secret_key(),
            Action::Enter => {
                self.review.confirmed = true;
                return self.write_if_ready();
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn leave_review(&mut self) -> Vec<Effect> {
        self.screen = Screen::Models;
        self.review.confirmed = false;
        let attempts = [self.review.attempt, self.review.verify_attempt];
        self.review.attempt = Attempt::default();
        self.review.verify_attempt = Attempt::default();
        attempts.into_iter().filter(|a| *a != Attempt::default()).map(Effect::Cancel).collect()
    }

    pub(super) fn act_on_done(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Up => self.done.scroll = self.done.scroll.saturating_sub(1),
            // As far as there may be something: a file takes two lines, a warning three.
            Action::Down => {
                let chosen = self.models.as_ref().map_or(0, |models| models.aliases.len() + models.fallbacks.len());
                let written = &self.done.committed;
                let most = chosen + 2 * written.files.len() + 3 * written.warnings.len() + 12;
                self.done.scroll = (self.done.scroll + 1).min(most);
            }
            Action::Enter | Action::Back => return self.quit(),
            Action::Undo if !self.done.unchanged && self.done.undone.is_none() => {
                // What OpenClaw would read now is neither the old nor the new.
                self.done.read_back = ReadBack::NotAsked;
                return vec![Effect::Cancel(self.done.attempt), Effect::Undo];
            }
            _ => {}
        }
        Vec::new()
    }

    /// A list came while its predecessor's choices were being reviewed: what is written is what is
    /// shown, and what the new list leaves open is decided first.
    pub(super) fn review_again(&mut self) -> Vec<Effect> {
        let mut effects = self.leave_review();
        if self.models.as_ref().is_some_and(|models| models.pending.is_empty()) {
            effects.extend(self.start_review());
        }
        effects
    }

    pub(super) fn start_review(&mut self) -> Vec<Effect> {
        let Some(models) = &self.models else { return Vec::new() };
        let model = id_of(&models.primary).map(str::to_owned);
        let attempt = self.new_attempt();
        // What an earlier review showed goes before the next is worked out.
        self.review = Review::default();
        let request = Box::new(self.request());
        self.review = Review { attempt, registered: request.selection.registered.len(), ..Review::default() };
        let mut effects = vec![Effect::Plan { attempt, request }];
        self.screen = Screen::Review;
        if let (Some(model), false) = (model, self.facts.skip_verify) {
            let verify_attempt = self.new_attempt();
            self.review.verify_attempt = verify_attempt;
            self.review.verification = Verification::Running;
            let credential = self.credential.clone().unwrap_or(Credential::Stored);
            effects.push(Effect::Verify { attempt: verify_attempt, credential, model });
        }
        effects
    }

    /// The wish has changed, the credential and the model have not: no second test call.
    pub(super) fn plan_again(&mut self) -> Vec<Effect> {
        let attempt = self.new_attempt();
        self.review.attempt = attempt;
        self.review.planned = None;
        self.review.write_failed = None;
        self.review.confirmed = false;
        vec![Effect::Plan { attempt, request: Box::new(self.request()) }]
    }

    /// What is to be written, as the screens say now.
    pub(super) fn request(&self) -> Request {
        let credential = match &self.credential {
            Some(Credential::ApiKey(secret)) => Some(NewCredential::ApiKey { secret: secret.clone() }),
            Some(Credential::EnvKey(_)) if self.facts.store_reference => {
                Some(NewCredential::ApiKeyEnvRef { var: "CHUTES_API_KEY".to_owned() })
            }
            Some(Credential::EnvKey(secret)) => Some(NewCredential::ApiKey { secret: secret.clone() }),
            Some(Credential::OAuth(signed_in)) => {
                Some(NewCredential::signed_in(&signed_in.granted, &signed_in.client_id))
            }
            Some(Credential::Stored) | None => None,
        };
        let selection = self.models.as_ref().map(Models::selection).unwrap_or_default();
        let basis = self.current.clone();
        let signed_in = matches!(self.credential, Some(Credential::OAuth(_)));
        let client_secret = self.client_secret.clone().filter(|_| signed_in && self.keep_secret);
        Request { base_url: self.facts.base_url.clone(), credential, selection, client_secret, basis }
    }

    pub(super) fn verified(&mut self, attempt: Attempt, verdict: Verdict) -> Vec<Effect> {
        if attempt == self.test_attempt {
            if let Some(models) = &mut self.models {
                models.test_answered(verdict);
            }
            return Vec::new();
        }
        if attempt != self.review.verify_attempt || self.screen != Screen::Review {
            return Vec::new();
        }
        self.review.verification = Verification::Answered(verdict);
        self.write_if_ready()
    }

    pub(super) fn planned(&mut self, attempt: Attempt, result: Result<Planned, Error>) -> Vec<Effect> {
        if attempt != self.review.attempt || self.screen != Screen::Review {
            return Vec::new();
        }
        self.review.planned = Some(result);
        self.write_if_ready()
    }

    /// Once confirmed: write when the plan stands and the verify call has not refused.
    pub(super) fn write_if_ready(&mut self) -> Vec<Effect> {
        if !self.review.confirmed || self.review.writing {
            return Vec::new();
        }
        let Some(Ok(planned)) = &self.review.planned else {
            if matches!(self.review.planned, Some(Err(_))) {
                self.review.confirmed = false;
            }
            return Vec::new();
        };
        if self.review.verification == Verification::Running {
            return Vec::new();
        }
        if self.refused_by_verify() {
            self.review.confirmed = false;
            return Vec::new();
        }
        if planned.diffs.is_empty() && planned.handover.is_none() {
            self.done = Done { unchanged: true, ..Done::default() };
            self.screen = Screen::Done;
            return Vec::new();
        }
        self.review.writing = true;
        self.review.write_failed = None;
        vec![Effect::Commit { request: Box::new(self.request()) }]
    }

    pub(super) fn committed(&mut self, result: Result<Committed, Error>) -> Vec<Effect> {
        self.review.writing = false;
        self.review.confirmed = false;
        match result {
            Ok(committed) => {
                let attempt = self.new_attempt();
                self.done = Done { committed, attempt, ..Done::default() };
                self.screen = Screen::Done;
                // Nobody goes back to the diff.
                self.review.planned = None;
            }
            Err(error) => self.review.write_failed = Some(error),
        }
        if self.leaving {
            return self.quit();
        }
        if self.screen == Screen::Done && self.done.committed.can_be_read_back {
            self.done.read_back = ReadBack::Asked;
            return vec![Effect::ReadBack(self.done.attempt)];
        }
        Vec::new()
    }

    pub(super) fn read_back(&mut self, attempt: Attempt, resolved: Option<Resolved>) {
        if self.done.read_back != ReadBack::Asked || attempt != self.done.attempt {
            return;
        }
        let (Some(resolved), Some(models)) = (resolved, &self.models) else {
            self.done.read_back = ReadBack::Silent;
            return;
        };
        let chosen = models.choices();
        let names = chosen.aliases.iter().map(|alias| (Some(&alias.name), &alias.target));
        let differs = std::iter::once((None, &chosen.primary)).chain(names).find_map(|(alias, wanted)| {
            let found = match alias {
                None => Some(&resolved.default),
                Some(alias) => target_of(&resolved.aliases, alias),
            };
            let difference = || Difference { alias: alias.cloned(), found: found.cloned(), wanted: wanted.clone() };
            (found != Some(wanted)).then(difference)
        });
        self.done.read_back = match differs {
            Some(difference) => ReadBack::Differs(difference),
            None => ReadBack::Agrees { aliases: chosen.aliases.len() },
        };
    }
}

/// The target of an alias. OpenClaw looks it up whatever its case.
fn target_of<'a>(aliases: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    aliases.iter().find(|(known, _)| known.to_lowercase() == name.to_lowercase()).map(|(_, target)| target)
}
