//! OAuth app: the client id, which is public, the client secret, and for somebody without an app an API
//! key that registers one.

use super::Transition;
use crate::chutes::api_key;
use crate::chutes::oauth::app::{AppError, Registered};
use crate::chutes::oauth::attempt::{BadClientId, BadClientSecret, ClientId, parse_client_secret};
use crate::secret::Secret;
use crate::wizard::line::Line;
use crate::wizard::protocol::{Action, Attempt};

/// Longest text that a field takes, in bytes.
const MAX_FIELD: usize = 400;

#[derive(Debug)]
pub struct App {
    pub id: Line,
    pub secret: Line,
    /// Registers an app; used once, never stored.
    pub api_key: Line,
    pub field: Field,
    pub problem: Option<Problem>,
    /// Only the secret is asked for: the sign-in of an earlier run has the rest.
    pub only_secret: bool,
    /// An app is being registered.
    pub registering: Option<Attempt>,
    /// The service refused the id or the secret: what an empty field would stand for is no good.
    pub refused: bool,
}

/// A field of the app screen, in the order of Tab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    #[default]
    Id,
    Secret,
    ApiKey,
}

/// What is wrong with a field of the app screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    Id(BadClientId),
    Secret(BadClientSecret),
    ApiKey(api_key::Problem),
    /// No app was registered.
    NotRegistered(AppError),
}

impl Default for App {
    fn default() -> App {
        App {
            id: Line::default(),
            secret: Line::hidden(),
            api_key: Line::hidden(),
            field: Field::Id,
            problem: None,
            only_secret: false,
            registering: None,
            refused: false,
        }
    }
}

impl App {
    /// Ask for what is missing: the cursor is on it. `known`: the id that the environment or an earlier
    /// sign-in gives.
    pub fn open(&mut self, known: Option<&ClientId>) {
        if let (true, Some(known)) = (self.id.is_empty(), known) {
            self.id = Line::new(known.as_str());
        }
        self.field = if self.id.is_empty() { Field::Id } else { Field::Secret };
        self.only_secret = false;
    }

    /// Ask for the secret alone.
    pub fn open_for_secret(&mut self) {
        self.only_secret = true;
        self.field = Field::Secret;
        self.problem = None;
    }

    /// The service did not take this app: both fields again, and nothing stands for an empty one.
    pub fn reopen(&mut self, client_id: Option<&ClientId>) {
        self.refused = true;
        self.secret.clear();
        self.open(client_id);
    }

    /// `default_secret`: what an empty field stands for.
    pub fn act(&mut self, action: Action, default_secret: Option<Secret>) -> Transition {
        match action {
            Action::Back => {
                self.problem = None;
                return match self.registering.take() {
                    Some(attempt) => Transition::Forget(attempt),
                    None => Transition::Back,
                };
            }
            _ if self.registering.is_some() => {}
            Action::Edit(edit) => {
                self.problem = None;
                self.line_mut().edit(edit);
            }
            Action::OtherField => self.go_to(match self.field {
                Field::Id => Field::Secret,
                Field::Secret => Field::ApiKey,
                Field::ApiKey => Field::Id,
            }),
            Action::PreviousField => self.go_to(match self.field {
                Field::Id => Field::ApiKey,
                Field::Secret => Field::Id,
                Field::ApiKey => Field::Secret,
            }),
            Action::Enter => return self.submit(default_secret),
            _ => {}
        }
        Transition::Stay
    }

    fn go_to(&mut self, field: Field) {
        if !self.only_secret {
            self.field = field;
        }
    }

    /// The field that is being edited.
    pub fn line(&self) -> &Line {
        match self.field {
            Field::Id => &self.id,
            Field::Secret => &self.secret,
            Field::ApiKey => &self.api_key,
        }
    }

    fn line_mut(&mut self) -> &mut Line {
        match self.field {
            Field::Id => &mut self.id,
            Field::Secret => &mut self.secret,
            Field::ApiKey => &mut self.api_key,
        }
    }

    pub fn type_text(&mut self, text: &str) {
        if self.registering.is_none() {
            self.problem = None;
            self.line_mut().insert(text, MAX_FIELD);
        }
    }

    fn submit(&mut self, default_secret: Option<Secret>) -> Transition {
        match self.field {
            Field::Id => {
                match ClientId::parse(self.id.text()) {
                    Ok(_) => self.field = Field::Secret,
                    Err(problem) => self.problem = Some(Problem::Id(problem)),
                }
                Transition::Stay
            }
            Field::Secret => self.submit_app(default_secret),
            Field::ApiKey => match api_key::parse_whole(self.api_key.text()) {
                Ok(key) => Transition::RegisterApp(key),
                Err(problem) => {
                    self.problem = Some(Problem::ApiKey(problem));
                    Transition::Stay
                }
            },
        }
    }

    fn submit_app(&mut self, default_secret: Option<Secret>) -> Transition {
        let default = default_secret.filter(|_| self.secret.is_empty() && !self.refused);
        let secret = match default.map_or_else(|| parse_client_secret(self.secret.text()), Ok) {
            Ok(secret) => secret,
            Err(problem) => {
                self.problem = Some(Problem::Secret(problem));
                return Transition::Stay;
            }
        };
        if self.only_secret {
            return Transition::ContinueSignInWith(secret);
        }
        match ClientId::parse(self.id.text()) {
            Ok(client_id) => Transition::BeginSignIn { client_id, secret },
            Err(problem) => {
                self.field = Field::Id;
                self.problem = Some(Problem::Id(problem));
                Transition::Stay
            }
        }
    }

    /// The app is registered: its id and secret fill the fields. False: the answer is late.
    pub fn registered(&mut self, attempt: Attempt, result: &Result<Registered, AppError>) -> bool {
        if self.registering != Some(attempt) {
            return false;
        }
        self.registering = None;
        match result {
            Ok(app) => {
                // Used once.
                self.api_key.clear();
                self.id = Line::new(app.client_id.as_str());
                self.secret.clear();
                self.secret.insert(app.client_secret.expose(), MAX_FIELD);
                self.refused = false;
                self.field = Field::Secret;
                true
            }
            Err(error) => {
                if *error == AppError::KeyMayNot {
                    self.api_key.clear();
                    self.field = if self.id.is_empty() { Field::Id } else { Field::Secret };
                }
                self.problem = Some(Problem::NotRegistered(error.clone()));
                false
            }
        }
    }
}
