//! Auth and API key: which credential is set up.

use super::line::Line;
use super::protocol::{Action, Credential, Effect};
use super::signin::{self};
use super::{Screen, Wizard};
use crate::chutes::api_key;
use crate::openclaw::types::StoredCredential;
use crate::secret::Secret;

/// One line of the Auth screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// An earlier run began a sign-in that still waits.
    Continue(signin::Begun),
    OAuth,
    ApiKey,
    /// `CHUTES_API_KEY` is set.
    EnvKey(Secret),
    /// Go on with what OpenClaw's store has.
    Stored(StoredCredential),
}

/// The masked key field.
#[derive(Clone, Debug, Default)]
pub struct KeyField {
    pub line: Line,
    pub problem: Option<api_key::Problem>,
    /// The service refused a key: its last four characters.
    pub refused: Option<String>,
}

impl Wizard {
    pub(super) fn offer_choices(&mut self) {
        let chosen = self.choices.get(self.chosen).cloned();
        self.choices.clear();
        self.choices.extend(self.facts.sign_in.begun.map(Choice::Continue));
        if self.facts.sign_in.environment.is_some() {
            self.choices.push(Choice::OAuth);
        }
        self.choices.push(Choice::ApiKey);
        // What needs no further question is where the cursor starts.
        let mut likely = 0;
        if let Some(key) = &self.facts.env_key {
            likely = self.choices.len();
            self.choices.push(Choice::EnvKey(key.clone()));
        }
        if self.facts.sign_in.begun.is_some() {
            likely = 0;
        }
        if let Some(stored) = self.active_credential().cloned() {
            self.choices.push(Choice::Stored(stored));
        }
        self.chosen = chosen.and_then(|c| self.choices.iter().position(|other| *other == c)).unwrap_or(likely);
    }

    pub(super) fn act_on_auth(&mut self, action: Action) -> Vec<Effect> {
        let last = self.choices.len().saturating_sub(1);
        match action {
            Action::Up => self.chosen = self.chosen.saturating_sub(1),
            Action::Down => self.chosen = (self.chosen + 1).min(last),
            Action::First | Action::PageUp => self.chosen = 0,
            Action::Last | Action::PageDown => self.chosen = last,
            Action::Enter => match self.choices.get(self.chosen).cloned() {
                Some(Choice::Continue(_)) => return self.continue_sign_in(),
                Some(Choice::OAuth) => return self.choose_sign_in(),
                Some(Choice::ApiKey) => self.screen = Screen::Key,
                Some(Choice::EnvKey(key)) => return self.start_discovery(Credential::EnvKey(key)),
                Some(Choice::Stored(_)) => return self.start_discovery(Credential::Stored),
                None => {}
            },
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn act_on_key(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Edit(edit) => {
                self.key.problem = None;
                self.key.line.edit(edit);
            }
            Action::Back => {
                self.key.problem = None;
                self.screen = Screen::Auth;
            }
            Action::Enter => {
                let untouched = self.key.line.is_empty() && self.key.problem.is_none();
                let default = self.default_key().filter(|_| untouched);
                let typed = || api_key::parse(self.key.line.text()).map(Credential::ApiKey);
                match default.map_or_else(typed, Ok) {
                    Ok(credential) => return self.start_discovery(credential),
                    // What was wrong with a paste that was not taken is still the matter.
                    Err(api_key::Problem::Empty) if self.key.problem.is_some() => {}
                    Err(problem) => self.key.problem = Some(problem),
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// What an empty key field stands for.
    pub fn default_key(&self) -> Option<Credential> {
        let from_env = self.facts.env_key.clone().map(Credential::EnvKey);
        from_env.or_else(|| self.facts.demo_key.clone().map(Credential::ApiKey))
    }

    /// Back to the key field, saying which key was refused.
    pub(super) fn refuse_key(&mut self) {
        if matches!(self.credential, Some(Credential::OAuth(_))) {
            self.screen = Screen::Auth;
            return;
        }
        self.key.refused = self.credential_hint();
        self.key.line.clear();
        self.screen = Screen::Key;
    }
}
