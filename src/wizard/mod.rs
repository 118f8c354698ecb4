//! Long: the one router of all screens, which alone knows every event and who takes it.
//!
//! The wizard as a state machine: event in, effects out. It owns all state and does no IO; it knows no
//! clock, no async, no terminal. Every asynchronous attempt has an id, and an answer to an old one is dropped.
//!
//! Each screen is a file of `screens/`. This file is the router: it takes events to the screen that they
//! concern, follows the transitions, and owns what several screens work with.

pub mod facts;
pub mod filter;
pub mod line;
pub mod protocol;
pub mod screens;
#[cfg(test)]
mod tests;
pub mod trade;
pub mod validation;

pub use screens::{Screen, models};

use crate::chutes::api_key;
use crate::chutes::credential_kinds::variable;
use crate::chutes::failure::Failure;
use crate::chutes::key_management::{NarrowKey, NarrowKeyError};
use crate::chutes::market::News;
use crate::chutes::model::{Catalog, Model, Source, id_of};
use crate::chutes::oauth::app::{AppError, Registered};
use crate::chutes::oauth::attempt::ClientId;
use crate::chutes::verify::Verdict;
use crate::openclaw::Error;
use crate::openclaw::plan::{Request, TimerWish};
use crate::openclaw::read::current::Current;
use crate::openclaw::types::{AuthChoice, NewCredential, StoredCredential};
use crate::secret::Secret;
use crate::selection::Refusal;
use crate::selection::propose::left_out;
use facts::Facts;
use models::{ConfigFacts, Models};
use protocol::{
    Action, Attempt, Begin, Committed, Credential, Effect, Event, KeyContext, Outcome, SignInUpdate, Viewport,
};
use screens::accounts::{Accounts, WayOut};
use screens::app::App;
use screens::auth::Auth;
use screens::discover::Discover;
use screens::doctor::Doctor;
use screens::done::{Done, Undo};
use screens::key::{self, KeyField};
use screens::review::{Review, Verification};
use screens::sign_in::{Phase, Show, SignIn};
use screens::{Scroll, Transition};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use trade::Trade;
use validation::Validation;

/// Something that stops the wizard until it is put right.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    Files(Error),
    Overrides(Refusal),
}

/// The whole state of the wizard; drawing reads it, and only [`Wizard::handle`] changes it.
#[derive(Debug)]
pub struct Wizard {
    pub facts: Facts,
    pub screen: Screen,
    /// The help lies over the screen.
    pub help: Option<Scroll>,
    pub trouble: Option<Trouble>,
    /// What OpenClaw has now; None until it was read.
    pub current: Option<Current>,
    pub auth: Auth,
    pub key: KeyField,
    pub app: App,
    pub sign_in: SignIn,
    pub discover: Discover,
    pub models: Option<Models>,
    /// What the service said besides its list.
    market: Vec<News>,
    pub review: Review,
    pub done: Done,
    pub doctor: Doctor,
    pub accounts: Accounts,
    /// Of an API key that may do everything.
    pub trade: Trade,
    /// What OpenClaw itself says of its config.
    pub validation: Validation,
    /// Which credential is being set up.
    credential: Option<Credential>,
    /// Needed for renewals; from the environment or the app screen.
    pub client_secret: Option<Secret>,
    /// Put the client secret where OpenClaw reads it.
    pub keep_secret: bool,
    /// Make the timer that renews while no gateway's cron does.
    pub renewal_timer: bool,
    /// The app of the last attempt to sign in.
    last_app: Option<ClientId>,
    /// For the models screen alone: what it shows until the service answers.
    kept: Option<Catalog>,
    /// Ids of the models that an earlier run registered or left out. Looking at a list decides nothing.
    decided: HashSet<Box<str>>,
    /// Test calls under way, and the ids they ask.
    tests: Vec<(Attempt, String)>,
    last_attempt: Attempt,
    /// Writes beside the steps that were not undone, whichever screen made them.
    writes_aside: usize,
    /// Ctrl-C came while files were being written.
    leaving: bool,
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
            help: None,
            trouble: None,
            current: None,
            auth: Auth::default(),
            key: KeyField::default(),
            app: App::default(),
            sign_in: SignIn::default(),
            discover: Discover::default(),
            models: None,
            market: Vec::new(),
            review: Review::default(),
            done: Done::default(),
            doctor: Doctor::default(),
            accounts: Accounts::default(),
            trade: Trade::default(),
            validation: Validation::default(),
            credential: None,
            client_secret: None,
            keep_secret: false,
            renewal_timer: false,
            last_app: None,
            kept: None,
            decided: HashSet::new(),
            tests: Vec::new(),
            last_attempt: Attempt::default(),
            writes_aside: 0,
            leaving: false,
            facts,
        };
        wizard.offer_choices();
        let mut effects = vec![Effect::Load];
        if wizard.facts.models_only {
            effects.push(Effect::ReadKept);
            effects.extend(wizard.ask_for_list(Credential::Stored));
        } else if let Some(key) = wizard.facts.given_key.clone() {
            effects.extend(wizard.ask_for_list(Credential::ApiKey(key)));
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

    // ── What is there ────────────────────────────────────────────────────────────────────────────

    /// Which keys are in force.
    pub fn context(&self) -> KeyContext {
        if self.help.is_some() { KeyContext::Help } else { self.context_below_help() }
    }

    /// The keys that the help tells about.
    pub fn context_below_help(&self) -> KeyContext {
        if self.trouble.is_some() {
            return KeyContext::Trouble;
        }
        match self.screen {
            Screen::Auth => KeyContext::Auth,
            Screen::App if self.app.registering.is_some() => KeyContext::AppBusy,
            Screen::App if self.app.only_secret => KeyContext::AppSecret,
            Screen::App => KeyContext::App,
            Screen::SignIn => match (&self.sign_in.phase, self.sign_in.show) {
                (Phase::Starting | Phase::Exchanging, _) => KeyContext::SignInBusy,
                (Phase::Over(_), _) => KeyContext::SignInOver,
                (Phase::Waiting, Show::Bare) => KeyContext::SignInBare,
                (Phase::Waiting, Show::Qr { .. }) => KeyContext::SignInQr,
                (Phase::Waiting, Show::Ways) if !self.sign_in.paste.is_empty() => KeyContext::SignInTyping,
                (Phase::Waiting, Show::Ways) if self.sign_in.is_expired() => KeyContext::SignInExpired,
                (Phase::Waiting, Show::Ways) => KeyContext::SignIn,
            },
            Screen::Key => KeyContext::Key,
            Screen::Discover if self.discover.running => KeyContext::DiscoverRunning,
            Screen::Discover if self.key_was_refused() => KeyContext::DiscoverRefused,
            Screen::Discover => KeyContext::DiscoverFailed,
            Screen::Models => self.models.as_ref().map_or(KeyContext::Models, Models::context),
            Screen::Review if self.review.writing => KeyContext::ReviewWaiting,
            Screen::Review if self.review.is_refused() => KeyContext::ReviewRefused,
            Screen::Review if self.review.confirmed => KeyContext::ReviewWaiting,
            Screen::Review if matches!(self.credential, Some(Credential::OAuth(_))) => match self.review.timer() {
                Some(_) => KeyContext::ReviewTimer,
                None => KeyContext::ReviewOAuth,
            },
            Screen::Review if matches!(self.trade, Trade::Running { .. }) => KeyContext::ReviewWaiting,
            Screen::Review if self.trade.is_offered() => KeyContext::ReviewAdminKey,
            Screen::Review => KeyContext::Review,
            Screen::Done if self.done.undo == Undo::Offered => KeyContext::Done,
            Screen::Done => KeyContext::DoneForGood,
            Screen::Doctor if self.doctor.is_busy() => KeyContext::DoctorBusy,
            Screen::Doctor if self.doctor.can_mend() => KeyContext::Doctor,
            Screen::Doctor if self.doctor.undo == Undo::Offered => KeyContext::DoctorMended,
            Screen::Doctor => KeyContext::DoctorOver,
            Screen::Accounts if self.accounts.is_busy() => KeyContext::AccountsBusy,
            Screen::Accounts => match &self.accounts.way_out {
                WayOut::Shown(_) => KeyContext::AccountsWayOut,
                WayOut::Over(_) if self.accounts.undo == Undo::Offered => KeyContext::AccountsLeft,
                WayOut::Over(_) => KeyContext::AccountsOver,
                _ if self.accounts.stored().is_empty() => KeyContext::AccountsOver,
                _ if self.accounts.undo == Undo::Offered => KeyContext::AccountsChanged,
                _ => KeyContext::Accounts,
            },
        }
    }

    /// The step of the rail that is being taken: a screen beside the steps belongs to the one that it was asked for on.
    pub fn step(&self) -> Screen {
        match self.screen {
            Screen::App | Screen::SignIn => Screen::Key,
            Screen::Doctor => self.doctor.from.unwrap_or(Screen::Auth),
            Screen::Accounts => Screen::Auth,
            other => other,
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

    /// What is set up is of no use yet: OpenClaw has no Chutes credential, and none is given now.
    pub fn lacks_credential(&self) -> bool {
        let Some(current) = &self.current else { return false };
        // What a database holds is not always known.
        let unknown = current.in_database && current.configured.primary.is_some();
        matches!(self.credential, None | Some(Credential::Stored)) && current.active.is_none() && !unknown
    }

    /// The agent whose credentials are meant.
    pub fn agent(&self) -> &str {
        let known = self.current.as_ref().map(|current| current.agent.as_str()).filter(|agent| !agent.is_empty());
        known.or(self.facts.agent.as_deref()).unwrap_or("main")
    }

    /// Discovery said that this very key is not accepted.
    pub fn key_was_refused(&self) -> bool {
        !matches!(self.credential, None | Some(Credential::Stored)) && self.discover.was_refused()
    }

    /// What an empty key field stands for.
    pub fn default_key(&self) -> Option<Credential> {
        key::default_key(&self.facts)
    }

    /// The client secret that an empty field stands for: of the environment, else the one that OpenClaw has.
    pub fn default_client_secret(&self) -> Option<Secret> {
        if self.app.refused {
            return None;
        }
        self.environment_secret().or_else(|| self.current.as_ref()?.kept_client_secret.clone())
    }

    /// `CHUTES_CLIENT_SECRET`.
    pub fn environment_secret(&self) -> Option<Secret> {
        self.facts.sign_in.environment.as_ref()?.as_ref().ok()?.client_secret.clone()
    }

    /// The line that is being edited.
    pub fn line(&self) -> Option<&line::Line> {
        match self.context() {
            KeyContext::Key => Some(&self.key.line),
            KeyContext::App | KeyContext::AppSecret => Some(self.app.line()),
            KeyContext::SignIn | KeyContext::SignInExpired | KeyContext::SignInTyping => Some(&self.sign_in.paste),
            _ => None,
        }
    }

    /// The link, while it is to be shown alone.
    pub fn bare_link(&self) -> Option<&str> {
        (self.context() == KeyContext::SignInBare).then_some(self.sign_in.link.as_str())
    }

    // ── Events ───────────────────────────────────────────────────────────────────────────────────

    /// Take one event; what is to be done because of it, in this order.
    pub fn handle(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = self.take(event);
        let rest = self.models.as_mut().filter(|_| self.screen == Screen::Models).and_then(Models::look);
        effects.extend(rest.map(Effect::Rest));
        effects
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Action(action) => return self.act(action),
            Event::Text(c) => {
                let mut buffer = [0; 4];
                return self.type_text(c.encode_utf8(&mut buffer));
            }
            Event::Paste(text) => return self.paste(&text),
            Event::Burst(text) if self.screen == Screen::SignIn => return self.sign_in.burst(text.expose()),
            Event::Burst(text) => return self.paste(&text),
            Event::Viewport(viewport) => self.set_viewport(viewport),
            Event::SignIn { attempt, update } => return self.sign_in_update(attempt, update),
            Event::Settled { attempt, count } => return self.sign_in.settled(attempt, count),
            Event::AppRegistered { attempt, result } => return self.app_registered(attempt, *result),
            Event::Loaded(result) => return self.loaded(*result),
            Event::Kept { list, decided } => return self.kept(list.map(|list| *list), decided),
            Event::Stage { attempt, stage, at_ms } => self.discover.stage(attempt, stage, at_ms),
            Event::Tick { attempt, at_ms } => self.discover.tick(attempt, at_ms),
            Event::Discovered { attempt, at_ms, result } => return self.discovered(attempt, at_ms, *result),
            Event::Market(news) => {
                if let Some(models) = &mut self.models {
                    models.market_known(&news);
                }
                self.market.push(news);
            }
            Event::Rested(count) => {
                if let Some(models) = &mut self.models {
                    models.rested(count);
                }
            }
            Event::Verified { attempt, verdict } => return self.verified(attempt, verdict),
            Event::Planned { attempt, result } if self.screen == Screen::Review => {
                let transition = self.review.planned(attempt, *result);
                return self.follow(transition);
            }
            Event::Planned { .. } => {}
            Event::Committed(result) => return self.committed(*result),
            Event::ReadBack { attempt, resolved } => {
                let chosen = self.models.as_ref().map(Models::choices);
                self.done.read_back(attempt, resolved, chosen.as_ref());
            }
            Event::Validated { attempt, refused } => self.validation.answered(attempt, refused),
            Event::KeyRights { attempt, is_admin } => self.trade.answered(attempt, is_admin),
            Event::NarrowKeyMade { attempt, admin, result } => return self.narrow_key_made(attempt, admin, *result),
            Event::Examined { attempt, result } => self.doctor.examined(attempt, *result),
            Event::Mended { attempt, result } => {
                let wrote = self.doctor.mended(attempt, *result);
                return self.written_aside(wrote);
            }
            Event::Accounts { attempt, result } => self.accounts.listed(attempt, result),
            Event::AccountChanged { attempt, result } => {
                let wrote = self.accounts.changed(attempt, result);
                return self.written_aside(wrote);
            }
            Event::SignOutPlanned { attempt, result } => self.accounts.planned(attempt, result),
            Event::SignedOut { attempt, result } => {
                let wrote = self.accounts.signed_out(attempt, result);
                return self.written_aside(wrote);
            }
            Event::Undone(result) if self.accounts.undo == Undo::Running => {
                self.undone_aside(result.is_ok());
                self.accounts.undone(*result);
                let mut effects = self.after_aside();
                if !self.leaving && matches!(self.accounts.way_out, WayOut::Closed) {
                    effects.push(Effect::ListAccounts(self.accounts.attempt));
                }
                return effects;
            }
            Event::Undone(result) if self.doctor.undo == Undo::Running => {
                self.undone_aside(result.is_ok());
                self.doctor.undone(*result);
                return self.after_aside();
            }
            Event::Undone(result) => {
                self.done.undone(*result);
                // What was written with the narrow key is gone: so is the key.
                let given_back =
                    if matches!(self.done.undo, Undo::Done(_)) { self.trade.give_back() } else { Vec::new() };
                if !given_back.is_empty() {
                    return if self.leaving { [given_back, self.quit()].concat() } else { given_back };
                }
                if self.leaving {
                    return self.quit();
                }
            }
        }
        Vec::new()
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        if action == Action::Quit {
            return self.quit();
        }
        if let Some(scroll) = &mut self.help {
            if !scroll.act(action) && matches!(action, Action::Help | Action::Back | Action::Enter) {
                self.help = None;
            }
            return Vec::new();
        }
        if action == Action::Help {
            self.help = Some(Scroll::default());
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
        let transition = match self.screen {
            Screen::Auth => self.auth.act(action),
            Screen::App => {
                let default_secret = self.default_client_secret();
                self.app.act(action, default_secret)
            }
            Screen::SignIn => self.sign_in.act(action),
            Screen::Key => self.key.act(action, &self.facts),
            Screen::Discover => self.discover.act(action, self.models.is_some()),
            Screen::Models => match &mut self.models {
                Some(models) => models.act(action, self.facts.models_only),
                None if action == Action::Back => Transition::Back,
                None => Transition::Stay,
            },
            Screen::Review => self.review.act(action),
            Screen::Done => self.done.act(action),
            Screen::Doctor => self.doctor.act(action),
            Screen::Accounts => self.accounts.act(action),
        };
        self.follow(transition)
    }

    fn type_text(&mut self, text: &str) -> Vec<Effect> {
        match self.context() {
            KeyContext::App | KeyContext::AppSecret => self.app.type_text(text),
            KeyContext::SignIn | KeyContext::SignInExpired | KeyContext::SignInTyping | KeyContext::SignInBare => {
                return self.sign_in.type_text(text);
            }
            KeyContext::Key => self.key.type_text(text),
            KeyContext::ModelsFilter | KeyContext::ModelsAlias | KeyContext::ModelsAliasTaken => {
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
            // A key pasted with its line end is complete, but Enter stays the person's.
            KeyContext::Key => self.key.paste(text.expose().trim()),
            // Whoever pastes a key has chosen.
            KeyContext::Auth if api_key::parse_whole(text.expose().trim()).is_ok() => {
                self.screen = Screen::Key;
                self.key.paste(text.expose().trim());
            }
            KeyContext::App | KeyContext::AppSecret => self.app.type_text(text.expose().trim()),
            KeyContext::SignIn
            | KeyContext::SignInExpired
            | KeyContext::SignInTyping
            | KeyContext::SignInQr
            | KeyContext::SignInBare => return self.sign_in.paste(text.expose()),
            KeyContext::Models
            | KeyContext::ModelsFilter
            | KeyContext::ModelsFiltered
            | KeyContext::ModelsAlias
            | KeyContext::ModelsAliasTaken => {
                if let Some(models) = &mut self.models {
                    models.paste(text.expose().lines().next().unwrap_or_default());
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn set_viewport(&mut self, viewport: Viewport) {
        match (&mut self.help, self.screen) {
            (Some(scroll), _) => scroll.set_viewport(viewport),
            (None, Screen::Models) => {
                if let Some(models) = &mut self.models {
                    models.set_viewport(viewport);
                }
            }
            (None, Screen::Review) => self.review.scroll.set_viewport(viewport),
            (None, Screen::Done) => self.done.scroll.set_viewport(viewport),
            (None, Screen::Doctor) => self.doctor.scroll.set_viewport(viewport),
            (None, Screen::Accounts) => self.accounts.scroll.set_viewport(viewport),
            _ => {}
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        // A write that has begun is finished, one that still waits is given up; the wizard leaves after it.
        if self.review.writing || self.done.undo == Undo::Running || self.is_writing_aside() {
            self.leaving = true;
            return vec![Effect::StopWaiting];
        }
        let outcome = match self.step() {
            Screen::Done => Outcome::Done,
            _ if self.trouble.is_some() => Outcome::Failed,
            _ if self.writes_aside > 0 => Outcome::Changed,
            _ => Outcome::Cancelled,
        };
        let mut effects = if outcome == Outcome::Done { Vec::new() } else { self.trade.give_back() };
        effects.push(Effect::Exit(outcome));
        effects
    }

    fn is_writing_aside(&self) -> bool {
        self.doctor.is_writing() || self.accounts.is_writing()
    }

    /// A write beside the steps is over. `wrote`: it changed something, and is now the last write.
    fn written_aside(&mut self, wrote: bool) -> Vec<Effect> {
        if wrote {
            self.writes_aside += 1;
            if self.done.undo == Undo::Offered {
                self.done.undo = Undo::Passed;
            }
        }
        self.after_aside()
    }

    fn undone_aside(&mut self, worked: bool) {
        self.writes_aside = self.writes_aside.saturating_sub(usize::from(worked));
    }

    /// What the steps show of the files may be old.
    fn after_aside(&mut self) -> Vec<Effect> {
        if self.leaving { self.quit() } else { vec![Effect::Load] }
    }

    // ── Transitions ──────────────────────────────────────────────────────────────────────────────

    fn follow(&mut self, transition: Transition) -> Vec<Effect> {
        match transition {
            Transition::Stay => Vec::new(),
            Transition::Run(effects) => effects,
            Transition::Go(screen) => {
                self.screen = screen;
                Vec::new()
            }
            Transition::Back => self.go_back(),
            Transition::Quit => self.quit(),
            Transition::ChooseSignIn => self.choose_sign_in(),
            Transition::ContinueSignIn => self.continue_sign_in(),
            Transition::ContinueSignInWith(secret) => {
                self.facts.sign_in.begun = None;
                self.begin_sign_in(Begin::Continue { secret: Some(secret) })
            }
            Transition::BeginSignIn { client_id, secret } => self.begin_new_sign_in(client_id, secret),
            Transition::RegisterApp(api_key) => {
                let attempt = self.new_attempt();
                self.app.registering = Some(attempt);
                vec![Effect::RegisterApp { attempt, api_key }]
            }
            Transition::AnotherApp => {
                let attempt = std::mem::take(&mut self.sign_in).attempt;
                self.app.reopen(self.last_app.as_ref());
                self.screen = Screen::App;
                vec![Effect::Cancel(attempt)]
            }
            Transition::Forget(attempt) => vec![Effect::Cancel(attempt)],
            Transition::NewLink => self.new_link(),
            Transition::ToggleClientSecret => self.toggle_client_secret(),
            Transition::ToggleTimer if self.review.timer().is_some() => {
                self.renewal_timer = !self.renewal_timer;
                self.plan_again()
            }
            Transition::ToggleTimer => Vec::new(),
            Transition::TradeKey => {
                let attempt = self.new_attempt();
                self.trade.begin(attempt)
            }
            Transition::Use(credential) => {
                self.screen = Screen::Discover;
                self.ask_for_list(credential)
            }
            // The models screen asks again and stays as it is meanwhile.
            Transition::AskAgain if self.discover.running => Vec::new(),
            Transition::AskAgain => self.ask_for_list(self.credential.clone().unwrap_or(Credential::Stored)),
            Transition::AnotherCredential => self.another_credential(),
            Transition::Test(_) if self.lacks_credential() => {
                if let Some(models) = &mut self.models {
                    models.notice = Some(models::StatusLine::NoCredential);
                }
                Vec::new()
            }
            Transition::Test(ids) => ids.into_iter().map(|id| self.test(id)).collect(),
            Transition::Review => self.start_review(),
            Transition::PoolOfChain => {
                let taken = self.models.as_mut().is_some_and(Models::take_pool_of_chain);
                // Another plan, and a call through the pool before anything is written.
                if taken { self.start_review() } else { Vec::new() }
            }
            Transition::Write(reviewed) => vec![Effect::Commit { request: Box::new(self.request()), reviewed }],
            Transition::Finish => {
                self.done = Done::default();
                self.screen = Screen::Done;
                vec![Effect::Decided]
            }
            Transition::Examine => {
                let attempt = self.new_attempt();
                let from = self.step();
                let before = std::mem::take(&mut self.doctor);
                let effects;
                (self.doctor, effects) = Doctor::begin(from, attempt);
                self.screen = Screen::Doctor;
                [vec![Effect::Cancel(before.attempt)], effects].concat()
            }
            Transition::ListAccounts => {
                let attempt = self.new_attempt();
                let effects;
                (self.accounts, effects) = Accounts::begin(attempt);
                self.screen = Screen::Accounts;
                effects
            }
        }
    }

    /// Esc: to where one came from.
    fn go_back(&mut self) -> Vec<Effect> {
        match self.screen {
            Screen::SignIn => {
                let attempt = std::mem::take(&mut self.sign_in).attempt;
                self.screen = if self.app.id.is_empty() { Screen::Auth } else { Screen::App };
                vec![Effect::Cancel(attempt)]
            }
            Screen::Discover | Screen::Models if self.facts.models_only => self.quit(),
            Screen::Discover | Screen::Models => {
                self.screen = match self.credential {
                    Some(Credential::ApiKey(_)) => Screen::Key,
                    _ => Screen::Auth,
                };
                self.discover.stop().map(Effect::Cancel).into_iter().collect()
            }
            Screen::Review => {
                self.screen = Screen::Models;
                self.review.leave()
            }
            Screen::Auth | Screen::Done => self.quit(),
            Screen::Doctor => {
                self.screen = self.step();
                vec![Effect::Cancel(self.doctor.attempt)]
            }
            Screen::Accounts => {
                self.screen = self.step();
                Vec::new()
            }
            Screen::App | Screen::Key => {
                self.screen = Screen::Auth;
                Vec::new()
            }
        }
    }

    fn new_attempt(&mut self) -> Attempt {
        self.last_attempt.0 += 1;
        self.last_attempt
    }

    // ── Signing in ───────────────────────────────────────────────────────────────────────────────

    fn offer_choices(&mut self) {
        let active = self.active_credential().cloned();
        let may_hold = |current: &Current| current.in_database && current.configured.primary.is_some();
        let any_stored = active.is_some()
            || self.current.as_ref().is_some_and(|current| !current.credentials.is_empty() || may_hold(current));
        self.auth.offer(&self.facts, active.as_ref(), any_stored);
    }

    /// The sign-in was chosen: to the app screen, or right to the link when the environment has both the
    /// id and the secret of the app.
    fn choose_sign_in(&mut self) -> Vec<Effect> {
        match self.facts.sign_in.environment.clone() {
            Some(Ok(environment)) => match (environment.client_id, environment.client_secret) {
                (Some(client_id), Some(secret)) if !self.app.refused => self.begin_new_sign_in(client_id, secret),
                (client_id, _) => {
                    self.app.open(client_id.as_ref().or(self.facts.sign_in.remembered.as_ref()));
                    self.screen = Screen::App;
                    Vec::new()
                }
            },
            Some(Err(_)) => {
                self.auth.setting_refused = true;
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// An attempt of an earlier run goes on; a code without the client secret would be spent for nothing.
    fn continue_sign_in(&mut self) -> Vec<Effect> {
        let waits = self.facts.sign_in.begun.is_some_and(|begun| begun.has_secret);
        match self.default_client_secret() {
            None if !waits => {
                self.app.open_for_secret();
                self.screen = Screen::App;
                Vec::new()
            }
            secret => {
                self.facts.sign_in.begun = None;
                self.begin_sign_in(Begin::Continue { secret })
            }
        }
    }

    fn begin_new_sign_in(&mut self, client_id: ClientId, secret: Secret) -> Vec<Effect> {
        let api_key = self.facts.env_key.clone().or_else(|| self.facts.given_key.clone());
        self.begin_sign_in(Begin::New { client_id, secret, api_key })
    }

    /// The app is there, and the sign-in goes on with it.
    fn app_registered(&mut self, attempt: Attempt, result: Result<Registered, AppError>) -> Vec<Effect> {
        if !self.app.registered(attempt, &result) {
            return Vec::new();
        }
        let Ok(app) = result else { return Vec::new() };
        let mut effects = vec![Effect::Remember { client_id: app.client_id.clone(), scopes: Vec::new() }];
        // Its redirect addresses are known: nothing has to be looked up.
        let begin = Begin::New { client_id: app.client_id, secret: app.client_secret, api_key: None };
        effects.extend(self.begin_sign_in(begin));
        self.sign_in.registered_now = Some(app.name);
        effects
    }

    fn begin_sign_in(&mut self, begin: Begin) -> Vec<Effect> {
        let attempt = self.new_attempt();
        (self.client_secret, self.last_app) = match &begin {
            Begin::New { client_id, secret, .. } => (Some(secret.clone()), Some(client_id.clone())),
            Begin::Continue { secret } => (secret.clone(), None),
        };
        self.sign_in.begin(attempt, &self.facts.sign_in);
        self.screen = Screen::SignIn;
        vec![Effect::SignIn { attempt, begin }]
    }

    fn new_link(&mut self) -> Vec<Effect> {
        let mut effects = vec![Effect::Cancel(self.sign_in.attempt)];
        match (self.last_app.clone(), self.client_secret.clone()) {
            (Some(client_id), Some(secret)) => effects.extend(self.begin_new_sign_in(client_id, secret)),
            // The app of a continued attempt is not known here: it is chosen anew.
            _ => {
                self.screen = Screen::Auth;
                self.offer_choices();
            }
        }
        effects
    }

    fn sign_in_update(&mut self, attempt: Attempt, update: SignInUpdate) -> Vec<Effect> {
        if attempt != self.sign_in.attempt || self.screen != Screen::SignIn {
            return Vec::new();
        }
        let mut effects = Vec::new();
        if let Some(signed_in) = self.sign_in.update(update, &self.facts.sign_in, &mut effects) {
            self.keep_secret = true;
            self.app.id = line::Line::new(signed_in.client_id.as_str());
            let (client_id, scopes) = (signed_in.client_id.clone(), signed_in.granted.scopes.clone());
            effects.push(Effect::Remember { client_id, scopes });
            effects.extend(self.follow(Transition::Use(Credential::OAuth(Box::new(signed_in)))));
        }
        effects
    }

    /// Back to where a credential is given, saying which was refused.
    fn another_credential(&mut self) -> Vec<Effect> {
        let effects = if self.screen == Screen::Review { self.review.leave() } else { Vec::new() };
        if matches!(self.credential, Some(Credential::OAuth(_))) {
            self.screen = Screen::Auth;
        } else {
            self.key.refuse(self.credential_hint());
            self.screen = Screen::Key;
        }
        effects
    }

    fn toggle_client_secret(&mut self) -> Vec<Effect> {
        if self.client_secret.is_some() {
            self.keep_secret = !self.keep_secret;
            return self.plan_again();
        }
        Vec::new()
    }

    /// Something else is to be written, with the same credential and models.
    fn plan_again(&mut self) -> Vec<Effect> {
        let attempt = self.new_attempt();
        self.review.plan_again(attempt);
        vec![Effect::Plan { attempt, request: Box::new(self.request()) }]
    }

    // ── The list ─────────────────────────────────────────────────────────────────────────────────

    fn ask_for_list(&mut self, credential: Credential) -> Vec<Effect> {
        self.credential = Some(credential.clone());
        let attempt = self.new_attempt();
        self.discover.begin(attempt, self.facts.base_url.starts_with("http://"));
        vec![Effect::Discover { attempt, credential }]
    }

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

    fn kept(&mut self, catalog: Option<Catalog>, decided: Vec<Box<str>>) -> Vec<Effect> {
        self.decided = decided.into_iter().collect();
        self.kept = Some(catalog.unwrap_or_else(|| self.facts.fallback.clone()));
        self.open_models();
        self.compare_when_ready()
    }

    /// The models screen alone does not wait for the service.
    fn open_models(&mut self) {
        if !self.facts.models_only || self.models.is_some() {
            return;
        }
        if self.current.is_some()
            && let Some(kept) = self.kept.take()
        {
            self.set_list(kept, None);
        }
    }

    fn discovered(&mut self, attempt: Attempt, at_ms: u64, result: Result<Catalog, Failure>) -> Vec<Effect> {
        // What is being written, or was, is not looked at again.
        if self.review.writing || self.screen == Screen::Done {
            self.discover.running &= attempt != self.discover.attempt;
            return Vec::new();
        }
        if self.discover.answered(attempt, at_ms, result) { self.compare_when_ready() } else { Vec::new() }
    }

    /// Once there are models to choose from, OpenClaw has time to say what it thinks of its config.
    fn compare_when_ready(&mut self) -> Vec<Effect> {
        let mut effects = self.compare();
        if self.models.is_some() && !self.validation.is_asked() {
            effects.extend(self.validate());
        }
        effects
    }

    fn validate(&mut self) -> Option<Effect> {
        if !self.facts.openclaw_answers {
            return None;
        }
        let attempt = self.new_attempt();
        Some(self.validation.ask(attempt))
    }

    /// What it refused may be mended by now, or stand elsewhere.
    fn validate_again(&mut self) -> Option<Effect> {
        if self.validation.refuses() { self.validate() } else { None }
    }

    /// The list and the config are both needed before they can be compared.
    fn compare(&mut self) -> Vec<Effect> {
        if self.current.is_none() {
            return Vec::new();
        }
        // Without an answer of the service, the models screen alone has what was kept.
        if self.facts.models_only && self.models.is_none() && self.discover.found_failure() {
            return Vec::new();
        }
        let Some(found) = self.discover.take_found() else { return Vec::new() };
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

    /// Give the models screen a list; it begins with its first one.
    fn set_list(&mut self, catalog: Catalog, failure: Option<Failure>) {
        let (facts, Some(current)) = (&self.facts, &self.current) else { return };
        let (configured, models) = (&current.configured, current.models.clone());
        let catalog = catalog.beside(&models);
        let own = ConfigFacts { left_out: self.left_out(&models, &catalog), models };
        match &mut self.models {
            Some(models) => models.replace_list(configured, own, catalog, failure),
            None => {
                let (documented, overrides) = (&facts.documented, &facts.overrides);
                match Models::new(configured, own, catalog, failure, documented, overrides, &facts.favourites) {
                    Ok(mut models) => {
                        self.market.iter().for_each(|news| models.market_known(news));
                        self.models = Some(models);
                    }
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
        let left_out = left_out(own, |id| is_visit || self.decided.contains(id));
        catalog.models.iter().map(|model| &*model.id).filter(|id| left_out(id)).map(str::to_owned).collect()
    }

    // ── Review and write ─────────────────────────────────────────────────────────────────────────

    fn start_review(&mut self) -> Vec<Effect> {
        let Some(models) = &self.models else { return Vec::new() };
        let model = id_of(&models.primary).map(str::to_owned);
        let attempt = self.new_attempt();
        // What an earlier review showed goes before the next is worked out.
        self.review = Review::default();
        let request = Box::new(self.request());
        self.review = Review { attempt, registered: request.selection.registered.len(), ..Review::default() };
        let mut effects = vec![Effect::Plan { attempt, request }];
        self.screen = Screen::Review;
        if self.lacks_credential() {
            self.review.verification = Verification::NoCredential;
        } else if let (Some(model), false) = (model, self.facts.skip_verify) {
            let verify_attempt = self.new_attempt();
            self.review.verify_attempt = verify_attempt;
            self.review.verification = Verification::Running;
            let credential = self.credential.clone().unwrap_or(Credential::Stored);
            effects.push(Effect::Verify { attempt: verify_attempt, credential, model });
        }
        effects.extend(self.ask_key_rights());
        effects.extend(self.validate_again());
        effects
    }

    /// An admin key can move the account's money: whether this is one is asked before it is stored.
    fn ask_key_rights(&mut self) -> Vec<Effect> {
        let key = match &self.credential {
            Some(Credential::ApiKey(key) | Credential::EnvKey(key)) if !self.facts.store_reference => key.clone(),
            _ => return self.trade.give_back(),
        };
        let attempt = self.new_attempt();
        self.trade.ask(&key, attempt)
    }

    /// The narrow key takes the place of the other one, and is tried as that was.
    /// One that nobody waits for any more is deleted.
    fn narrow_key_made(
        &mut self,
        attempt: Attempt,
        admin: Secret,
        result: Result<NarrowKey, NarrowKeyError>,
    ) -> Vec<Effect> {
        let id = result.as_ref().ok().map(|narrow| narrow.id.clone());
        let in_use =
            matches!(&self.credential, Some(Credential::ApiKey(key) | Credential::EnvKey(key)) if *key == admin);
        if !in_use || self.review.writing || self.screen == Screen::Done {
            self.trade.give_up(attempt);
        }
        match self.trade.made(attempt, result) {
            Some(key) => {
                self.credential = Some(Credential::ApiKey(key));
                if self.screen == Screen::Review { self.start_review() } else { Vec::new() }
            }
            None => id.map(|id| Effect::DeleteKey { admin, id }).into_iter().collect(),
        }
    }

    /// A list came while its predecessor's choices were being reviewed: what is written is what is
    /// shown, and what the new list leaves open is decided first.
    fn review_again(&mut self) -> Vec<Effect> {
        let mut effects = self.go_back();
        if self.models.as_ref().is_some_and(|models| models.pending.is_empty()) {
            effects.extend(self.start_review());
        }
        effects
    }

    /// A test call to the model with this id.
    fn test(&mut self, model: String) -> Effect {
        let credential = self.credential.clone().unwrap_or(Credential::Stored);
        let attempt = self.new_attempt();
        self.tests.push((attempt, model.clone()));
        Effect::Verify { attempt, credential, model }
    }

    fn verified(&mut self, attempt: Attempt, verdict: Verdict) -> Vec<Effect> {
        if let Some(at) = self.tests.iter().position(|(asked, _)| *asked == attempt) {
            let (_, id) = self.tests.swap_remove(at);
            let next = self.models.as_mut().map_or(Transition::Stay, |models| models.test_answered(&id, verdict));
            return self.follow(next);
        }
        if self.screen != Screen::Review {
            return Vec::new();
        }
        let transition = self.review.verified(attempt, verdict);
        self.follow(transition)
    }

    /// What is to be written, as the screens say now.
    fn request(&self) -> Request {
        let credential = match &self.credential {
            Some(Credential::ApiKey(secret)) => Some(NewCredential::ApiKey { secret: secret.clone() }),
            Some(Credential::EnvKey(_)) if self.facts.store_reference => {
                Some(NewCredential::ApiKeyEnvRef { var: variable::API_KEY.to_owned() })
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
        Request {
            base_url: self.facts.base_url.clone(),
            credential,
            selection,
            client_secret,
            basis,
            timer: if signed_in && self.renewal_timer { TimerWish::Make } else { TimerWish::AsItIs },
            ..Request::default()
        }
    }

    fn committed(&mut self, result: Result<Committed, Error>) -> Vec<Effect> {
        self.review.writing = false;
        self.review.confirmed = false;
        let mut effects = Vec::new();
        match result {
            Ok(committed) => {
                let attempt = self.new_attempt();
                (self.done, effects) = Done::written(committed, attempt);
                self.screen = Screen::Done;
                // Nobody goes back to the diff.
                self.review.planned = None;
                effects.extend(self.validate_again());
            }
            Err(error) => match error.changed_since_review() {
                // What was shown is not what would be written: it is shown anew.
                Some(paths) => {
                    let changed = paths.iter().map(|path| self.facts.tilde(path)).collect();
                    effects.extend(self.plan_again());
                    self.review.changed = changed;
                    effects.extend(self.validate());
                }
                None => self.review.write_failed = Some(error),
            },
        }
        if self.leaving { self.quit() } else { effects }
    }
}
