//! The wizard as a state machine: event in, effects out. It owns all state and does no IO; it knows no
//! clock, no async, no terminal. Every asynchronous attempt has an id, and an answer to an old one is dropped.

mod auth;
mod discover;
pub mod filter;
pub mod line;
pub mod models;
pub mod protocol;
mod review;
pub mod signin;
#[cfg(test)]
mod tests;

pub use auth::{Choice, KeyField};
pub use discover::{Discover, Progress, STAGES};
pub use review::{Difference, Done, ReadBack, Review, Verification, command_rows, file_rows};

use crate::chutes::api_key;
use crate::chutes::failure::Failure;
use crate::chutes::model::Catalog;
use crate::chutes::oauth::attempt::ClientId;
use crate::openclaw::Error;
use crate::openclaw::current::{Current, StoredCredential};
use crate::secret::Secret;
use crate::selection::Refusal;
use models::{Models, Next, Notice};
use protocol::{Action, Attempt, AuthChoice, Context, Credential, Effect, Event, Facts, Outcome};
use signin::{App, Phase, Show, SignIn};
use std::collections::HashSet;

/// A step of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    Auth,
    App,
    SignIn,
    Key,
    Discover,
    Models,
    Review,
    Done,
}

/// Something that stops the wizard until it is put right.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    Files(Error),
    Overrides(Refusal),
}

#[derive(Debug)]
pub struct Wizard {
    pub facts: Facts,
    pub screen: Screen,
    pub help: bool,
    /// First line shown of the help.
    pub help_scroll: usize,
    pub trouble: Option<Trouble>,
    /// What OpenClaw has now; None until it was read.
    pub current: Option<Current>,
    pub choices: Vec<Choice>,
    /// Index into `choices`.
    pub chosen: usize,
    pub app: App,
    pub sign_in: SignIn,
    /// The sign-in was chosen, and a setting of the environment forbids it.
    pub setting_refused: bool,
    /// Needed for renewals; from the environment or the app screen.
    pub client_secret: Option<Secret>,
    /// Put the client secret where OpenClaw reads it.
    pub keep_secret: bool,
    /// The app of the last attempt.
    last_begin: Option<ClientId>,
    pub key: KeyField,
    pub discover: Discover,
    pub models: Option<Models>,
    pub test_attempt: Attempt,
    pub review: Review,
    pub done: Done,
    credential: Option<Credential>,
    /// The answer of discovery, until the config to compare it with is there.
    found: Option<Result<Catalog, Failure>>,
    /// For the models screen alone: what it shows until the service answers.
    kept: Option<Catalog>,
    /// Ids of the list that an earlier run kept.
    seen_before: HashSet<Box<str>>,
    next_attempt: u64,
    /// Ctrl-C came while files were being written.
    leaving: bool,
    /// Rows that a page of the list or the diff has; told by the drawing side.
    pub page: usize,
}

impl Wizard {
    /// The machine at its start, and what it wants done first.
    pub fn new(facts: Facts) -> (Wizard, Vec<Effect>) {
        let screen = match facts.choice {
            _ if facts.models_only => Screen::Models,
            Some(AuthChoice::ApiKey) if facts.given_key.is_none() => Screen::Key,
            _ if facts.given_key.is_some() => Screen::Discover,
            _ => Screen::Auth,
        };
        let mut wizard = Wizard {
            screen,
            help: false,
            help_scroll: 0,
            trouble: None,
            current: None,
            choices: Vec::new(),
            chosen: 0,
            app: App::default(),
            sign_in: SignIn::default(),
            setting_refused: false,
            client_secret: None,
            keep_secret: false,
            last_begin: None,
            key: KeyField::default(),
            discover: Discover::default(),
            models: None,
            test_attempt: Attempt::default(),
            review: Review::default(),
            done: Done::default(),
            credential: None,
            found: None,
            kept: None,
            seen_before: HashSet::new(),
            next_attempt: 0,
            leaving: false,
            page: 10,
            facts,
        };
        wizard.offer_choices();
        let mut effects = vec![Effect::Load];
        if wizard.facts.models_only {
            effects.push(Effect::ReadKept);
            effects.extend(wizard.ask_for_list(Credential::Stored));
        } else if screen == Screen::Discover {
            let credential = match wizard.facts.given_key.clone() {
                Some(key) => Credential::ApiKey(key),
                None => Credential::Stored,
            };
            effects.extend(wizard.start_discovery(credential));
        }
        // An attempt that waits is offered first.
        if screen == Screen::Auth
            && wizard.facts.choice == Some(AuthChoice::OAuth)
            && wizard.facts.sign_in.begun.is_none()
        {
            effects.extend(wizard.choose_sign_in());
        }
        (wizard, effects)
    }

    /// Which keys are in force.
    pub fn context(&self) -> Context {
        if self.help { Context::Help } else { self.context_below_help() }
    }

    /// The keys that the help tells about.
    pub fn context_below_help(&self) -> Context {
        if self.trouble.is_some() {
            return Context::Trouble;
        }
        match self.screen {
            Screen::Auth => Context::Auth,
            Screen::App if self.app.only_secret => Context::AppSecret,
            Screen::App => Context::App,
            Screen::SignIn => match (&self.sign_in.phase, self.sign_in.show) {
                (Phase::Starting | Phase::Exchanging, _) => Context::SignInBusy,
                (Phase::Over(_), _) => Context::SignInOver,
                (Phase::Waiting, Show::Bare) => Context::SignInBare,
                (Phase::Waiting, Show::Qr { .. }) => Context::SignInQr,
                (Phase::Waiting, Show::Ways) if !self.sign_in.paste.is_empty() => Context::SignInTyping,
                (Phase::Waiting, Show::Ways) if self.sign_in.is_expired() => Context::SignInExpired,
                (Phase::Waiting, Show::Ways) => Context::SignIn,
            },
            Screen::Key => Context::Key,
            Screen::Discover if self.discover.running => Context::DiscoverRunning,
            Screen::Discover if self.key_was_refused() => Context::DiscoverRefused,
            Screen::Discover => Context::DiscoverFailed,
            Screen::Models => match &self.models {
                Some(models) if models.can_move_alias() => Context::ModelsAliasTaken,
                Some(models) if models.editing.is_some() => Context::ModelsAlias,
                Some(models) if models.asking => Context::ModelsPending,
                Some(models) if models.filter_open => Context::ModelsFilter,
                Some(models) if !models.filter.is_empty() => Context::ModelsFiltered,
                _ => Context::Models,
            },
            Screen::Review if self.review.writing => Context::ReviewWaiting,
            Screen::Review if self.refused_by_verify() => Context::ReviewRefused,
            Screen::Review if self.review.confirmed => Context::ReviewWaiting,
            Screen::Review if matches!(self.credential, Some(Credential::OAuth(_))) => Context::ReviewOAuth,
            Screen::Review => Context::Review,
            Screen::Done if self.done.unchanged || self.done.undone.is_some() => Context::DoneForGood,
            Screen::Done => Context::Done,
        }
    }

    /// The last four characters of the credential in use.
    pub fn credential_hint(&self) -> Option<String> {
        match self.credential.as_ref()? {
            Credential::ApiKey(key) | Credential::EnvKey(key) => Some(key.hint()),
            Credential::OAuth(signed_in) => Some(signed_in.granted.access.hint()),
            Credential::Stored => self.active_credential().and_then(|c| c.hint.clone()),
        }
    }

    /// Which credential is being set up.
    pub fn credential(&self) -> Option<&Credential> {
        self.credential.as_ref()
    }

    /// What OpenClaw would use now.
    pub fn active_credential(&self) -> Option<&StoredCredential> {
        let current = self.current.as_ref()?;
        current.active.and_then(|at| current.credentials.get(at))
    }

    /// True while something is under way that a clock should show.
    pub fn wants_ticks(&self) -> Option<Attempt> {
        (self.screen == Screen::Discover && self.discover.running).then_some(self.discover.attempt)
    }

    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Action(action) => self.act(action),
            Event::Text(c) => {
                let mut buffer = [0; 4];
                self.type_text(c.encode_utf8(&mut buffer))
            }
            Event::Paste(text) => self.paste(&text),
            Event::Burst(text) => self.burst(text.expose()),
            Event::SignIn { attempt, news } => self.sign_in_news(attempt, news),
            Event::Settled { attempt, count } => self.settled(attempt, count),
            Event::Loaded(result) => self.loaded(*result),
            Event::Kept(catalog) => {
                let kept = catalog.iter().flat_map(|catalog| &catalog.models);
                self.seen_before = kept.map(|model| model.id.clone()).collect();
                self.kept = Some(catalog.map_or_else(|| self.facts.fallback.clone(), |catalog| *catalog));
                self.open_models();
                self.compare_when_ready()
            }
            Event::Stage { attempt, stage, at_ms } => {
                self.stage(attempt, stage, at_ms);
                Vec::new()
            }
            Event::Tick { attempt, at_ms } => {
                if attempt == self.discover.attempt && self.discover.running {
                    self.discover.at_ms = at_ms;
                }
                Vec::new()
            }
            Event::Discovered { attempt, at_ms, result } => self.discovered(attempt, at_ms, *result),
            Event::Verified { attempt, verdict } => self.verified(attempt, verdict),
            Event::Planned { attempt, result } => self.planned(attempt, *result),
            Event::Committed(result) => self.committed(*result),
            Event::ReadBack { attempt, resolved } => {
                self.read_back(attempt, resolved);
                Vec::new()
            }
            Event::Undone(result) => {
                if self.screen == Screen::Done {
                    self.done.undone = Some(*result);
                }
                Vec::new()
            }
        }
    }

    // ── Keys ─────────────────────────────────────────────────────────────────────────────────────

    fn act(&mut self, action: Action) -> Vec<Effect> {
        if action == Action::Quit {
            return self.quit();
        }
        if self.help {
            match action {
                Action::Help | Action::Back | Action::Enter => self.help = false,
                Action::Up => self.help_scroll = self.help_scroll.saturating_sub(1),
                // One binding a line at most, so this is as far as there is anything.
                Action::Down => self.help_scroll = (self.help_scroll + 1).min(64),
                _ => {}
            }
            return Vec::new();
        }
        if action == Action::Help {
            self.help = true;
            self.help_scroll = 0;
            return Vec::new();
        }
        if self.trouble.is_some() {
            return match action {
                Action::Retry => {
                    self.trouble = None;
                    vec![Effect::Load]
                }
                Action::Back | Action::Enter => self.quit(),
                _ => Vec::new(),
            };
        }
        match self.screen {
            Screen::Auth => self.act_on_auth(action),
            Screen::App => self.act_on_app(action),
            Screen::SignIn => self.act_on_sign_in(action),
            Screen::Key => self.act_on_key(action),
            Screen::Discover => self.act_on_discover(action),
            Screen::Models => self.act_on_models(action),
            Screen::Review => self.act_on_review(action),
            Screen::Done => self.act_on_done(action),
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        // A write that has begun is finished, one that still waits is given up; the wizard leaves after it.
        if self.review.writing {
            self.leaving = true;
            return vec![Effect::StopWaiting];
        }
        let outcome = match self.screen {
            Screen::Done => Outcome::Done,
            _ if self.trouble.is_some() => Outcome::Failed,
            _ => Outcome::Cancelled,
        };
        vec![Effect::Exit(outcome)]
    }

    fn type_text(&mut self, text: &str) -> Vec<Effect> {
        match self.context() {
            Context::App | Context::AppSecret => self.type_into_app(text),
            Context::SignIn | Context::SignInExpired | Context::SignInTyping | Context::SignInBare => {
                return self.type_into_sign_in(text);
            }
            Context::Key => {
                self.key.problem = None;
                self.key.refused = None;
                if !self.key.line.insert(text, api_key::MAX_LEN * 4) {
                    self.key.problem = Some(api_key::Problem::TooLong);
                }
            }
            Context::ModelsFilter | Context::ModelsAlias | Context::ModelsAliasTaken => {
                if let Some(models) = &mut self.models {
                    models.type_text(text);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn paste(&mut self, text: &Secret) -> Vec<Effect> {
        match self.context() {
            Context::Key => {
                // A key pasted with its line end is complete, but Enter stays the person's.
                self.type_text(text.expose().trim());
            }
            Context::App | Context::AppSecret => self.type_into_app(text.expose().trim()),
            Context::SignIn
            | Context::SignInExpired
            | Context::SignInTyping
            | Context::SignInQr
            | Context::SignInBare => return self.paste_into_sign_in(text.expose()),
            Context::Models | Context::ModelsFilter | Context::ModelsAlias | Context::ModelsAliasTaken => {
                if let Some(models) = &mut self.models {
                    models.paste(text.expose().lines().next().unwrap_or_default());
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// The agent whose credentials are meant.
    pub fn agent(&self) -> &str {
        let known = self.current.as_ref().map(|current| current.agent.as_str()).filter(|agent| !agent.is_empty());
        known.or(self.facts.agent.as_deref()).unwrap_or("main")
    }

    fn act_on_models(&mut self, action: Action) -> Vec<Effect> {
        let page = self.page;
        let Some(models) = &mut self.models else {
            return if action == Action::Back { self.leave_discovery() } else { Vec::new() };
        };
        let warned = models.notice == Some(Notice::LeaveAgain);
        match models.act(action, page) {
            Next::Stay => Vec::new(),
            Next::GoOn => self.start_review(),
            // Here Esc leaves the program; a stray one loses no choices.
            Next::GoBack if self.facts.models_only && models.touched() && !warned => {
                models.notice = Some(Notice::LeaveAgain);
                Vec::new()
            }
            Next::GoBack => self.leave_discovery(),
            Next::Refresh => self.refresh_list(),
            Next::SaveFavourites => vec![Effect::SaveFavourites(models.favourites.iter().cloned().collect())],
            Next::Test(model) => {
                let credential = self.credential.clone().unwrap_or(Credential::Stored);
                self.test_attempt = self.new_attempt();
                vec![Effect::Verify { attempt: self.test_attempt, credential, model }]
            }
        }
    }

    // ── Answers ──────────────────────────────────────────────────────────────────────────────────

    fn loaded(&mut self, result: Result<Current, Error>) -> Vec<Effect> {
        match result {
            Ok(current) => {
                self.current = Some(current);
                self.offer_choices();
                self.open_models();
                self.compare_when_ready()
            }
            Err(error) => {
                self.trouble = Some(Trouble::Files(error));
                Vec::new()
            }
        }
    }

    fn new_attempt(&mut self) -> Attempt {
        self.next_attempt += 1;
        Attempt(self.next_attempt)
    }
}
