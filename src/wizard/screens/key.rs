//! API key: a masked field, checked before any call.

use super::Transition;
use crate::chutes::api_key::{self, Problem};
use crate::wizard::facts::Facts;
use crate::wizard::line::Line;
use crate::wizard::protocol::{Action, Credential};

#[derive(Clone, Debug)]
pub struct KeyField {
    pub line: Line,
    pub problem: Option<Problem>,
    /// The service refused a key: its last four characters.
    pub refused: Option<String>,
}

impl Default for KeyField {
    fn default() -> KeyField {
        KeyField { line: Line::hidden(), problem: None, refused: None }
    }
}

impl KeyField {
    pub fn act(&mut self, action: Action, facts: &Facts) -> Transition {
        match action {
            Action::Edit(edit) => {
                self.problem = None;
                self.line.edit(edit);
            }
            Action::Back => {
                self.problem = None;
                return Transition::Back;
            }
            Action::Enter => {
                let untouched = self.line.is_empty() && self.problem.is_none();
                let default = default_key(facts).filter(|_| untouched);
                let typed = || api_key::parse_whole(self.line.text()).map(Credential::ApiKey);
                match default.map_or_else(typed, Ok) {
                    Ok(credential) => return Transition::Use(credential),
                    // What was wrong with a paste that was not taken is still the matter.
                    Err(Problem::Empty) if self.problem.is_some() => {}
                    Err(problem) => self.refuse_text(problem),
                }
            }
            _ => {}
        }
        Transition::Stay
    }

    fn refuse_text(&mut self, problem: Problem) {
        self.problem = Some(problem);
        if problem == Problem::Fingerprint {
            // Nothing keeps it a moment longer than needed.
            self.line.clear();
        }
    }

    /// What is pasted is meant to be the whole key: what is wrong with it is said at once.
    pub fn paste(&mut self, text: &str) {
        self.type_text(text);
        if let (None, Err(problem)) = (self.problem, api_key::parse_whole(self.line.text())) {
            self.refuse_text(problem);
        }
    }

    pub fn type_text(&mut self, text: &str) {
        self.problem = None;
        self.refused = None;
        if !self.line.insert(text, api_key::MAX_LEN * 4) {
            self.problem = Some(Problem::TooLong);
        }
    }

    /// Ask for another key, saying which was refused.
    pub fn refuse(&mut self, hint: Option<String>) {
        self.refused = hint;
        self.line.clear();
    }
}

/// What an empty key field stands for.
pub fn default_key(facts: &Facts) -> Option<Credential> {
    let from_env = facts.env_key.clone().map(Credential::EnvKey);
    from_env.or_else(|| facts.demo_key.clone().map(Credential::ApiKey))
}
