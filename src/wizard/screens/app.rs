//! OAuth app: the client id, which is public, and the client secret.

use super::Transition;
use crate::chutes::oauth::attempt::{BadClientId, ClientId, is_client_secret};
use crate::secret::Secret;
use crate::wizard::line::Line;
use crate::wizard::protocol::Action;

/// Longest text that a field takes, in bytes.
const MAX_FIELD: usize = 400;

#[derive(Debug, Default)]
pub struct App {
    pub id: Line,
    pub secret: Line,
    pub on_secret: bool,
    pub problem: Option<Problem>,
    /// Only the secret is asked for, on the way to Review.
    pub only_secret: bool,
}

/// What is wrong with a field of the app screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Id(BadClientId),
    /// Not `csc_` and letters or digits.
    Secret,
}

impl App {
    /// Ask for the app, or for its secret when the id is known.
    pub fn open(&mut self, remembered: Option<&ClientId>) {
        if let (true, Some(remembered)) = (self.id.is_empty(), remembered) {
            self.id = Line::new(remembered.as_str());
        }
        self.on_secret = !self.id.is_empty();
        self.only_secret = false;
    }

    /// Ask for the secret alone.
    pub fn open_for_secret(&mut self) {
        self.only_secret = true;
        self.on_secret = true;
        self.problem = None;
    }

    /// `default_secret`: what an empty field stands for.
    pub fn act(&mut self, action: Action, default_secret: Option<Secret>) -> Transition {
        match action {
            Action::Edit(edit) => {
                self.problem = None;
                self.field().edit(edit);
            }
            Action::OtherField => self.on_secret = !self.on_secret || self.only_secret,
            Action::Back => {
                self.problem = None;
                return Transition::Back;
            }
            Action::Enter => return self.submit(default_secret),
            _ => {}
        }
        Transition::Stay
    }

    fn field(&mut self) -> &mut Line {
        if self.on_secret { &mut self.secret } else { &mut self.id }
    }

    pub fn type_text(&mut self, text: &str) {
        self.problem = None;
        self.field().insert(text, MAX_FIELD);
    }

    fn submit(&mut self, default_secret: Option<Secret>) -> Transition {
        let id = match ClientId::parse(self.id.text()) {
            Ok(id) => Some(id),
            Err(_) if self.only_secret => None,
            Err(problem) => {
                self.on_secret = false;
                self.problem = Some(Problem::Id(problem));
                return Transition::Stay;
            }
        };
        if !self.on_secret {
            self.on_secret = true;
            return Transition::Stay;
        }
        let typed = self.secret.text().trim();
        if !typed.is_empty() && !is_client_secret(typed) {
            self.problem = Some(Problem::Secret);
            return Transition::Stay;
        }
        let secret = if typed.is_empty() { default_secret } else { Some(Secret::new(typed)) };
        match id {
            _ if self.only_secret => Transition::KeepClientSecret(secret),
            Some(client_id) => Transition::BeginSignIn { client_id, secret },
            None => Transition::Stay,
        }
    }
}
