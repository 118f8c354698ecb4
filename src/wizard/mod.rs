//! The wizard as a state machine: event in, effects out. It owns all state and does no IO; it knows no
//! clock, no async, no terminal. Every asynchronous attempt has an id, and an answer to an old one is dropped.

pub mod filter;
pub mod line;
pub mod models;
pub mod protocol;
pub mod signin;
#[cfg(test)]
mod tests;

use crate::chutes::api_key;
use crate::chutes::catalog::Stage;
use crate::chutes::failure::Failure;
use crate::chutes::model::{Catalog, id_of};
use crate::chutes::oauth::attempt::ClientId;
use crate::chutes::verify::Verdict;
use crate::openclaw::Error;
use crate::openclaw::current::{Current, StoredCredential};
use crate::openclaw::diff::FileDiff;
use crate::openclaw::plan::{NewCredential, Request};
use crate::openclaw::undo::Undone;
use crate::secret::Secret;
use crate::selection::{Configured, Refusal};
use line::Line;
use models::{Models, Next, Notice};
use protocol::{Action, Attempt, AuthChoice, Committed, Context, Credential, Effect, Event, Facts, Outcome, Planned};
use signin::{App, Phase, Show, SignIn};

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
    /// Lines of the whole diff as the screen lists it: per file a heading of two lines, its hunks with a
    /// gap line between two, and an empty line behind.
    pub fn line_count(&self) -> usize {
        let Some(Ok(planned)) = &self.planned else { return 0 };
        let of_file = |diff: &FileDiff| {
            3 + diff.hunks.iter().map(|hunk| hunk.lines.len()).sum::<usize>() + diff.hunks.len().saturating_sub(1)
        };
        planned.diffs.iter().map(of_file).sum::<usize>() + usize::from(planned.handover.is_some()) * 2
    }
}

#[derive(Debug, Default)]
pub struct Done {
    pub committed: Committed,
    /// Nothing had to be written.
    pub unchanged: bool,
    pub undone: Option<Result<Undone, Error>>,
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
                Some(models) if models.editing.is_some() => Context::ModelsAlias,
                Some(models) if models.asking => Context::ModelsPending,
                Some(models) if models.filter_open => Context::ModelsFilter,
                _ => Context::Models,
            },
            Screen::Review if self.review.writing => Context::ReviewWaiting,
            Screen::Review if self.refused_by_verify() => Context::ReviewRefused,
            Screen::Review if self.review.confirmed => Context::ReviewWaiting,
            Screen::Review if matches!(self.credential, Some(Credential::OAuth(_))) => Context::ReviewOAuth,
            Screen::Review => Context::Review,
            Screen::Done => Context::Done,
        }
    }

    /// Discovery said that this very key is not accepted.
    pub fn key_was_refused(&self) -> bool {
        let ours = !matches!(self.credential, None | Some(Credential::Stored));
        ours && matches!(self.discover.failure.as_ref().and_then(Failure::status), Some(401 | 403))
    }

    fn refused_by_verify(&self) -> bool {
        matches!(&self.review.verification, Verification::Answered(Verdict::Refused(_) | Verdict::NotServed(_)))
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
        // A write that has begun is finished; the wizard leaves as soon as it is.
        if self.review.writing {
            self.leaving = true;
            return Vec::new();
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
            Context::ModelsFilter | Context::ModelsAlias => {
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
            Context::Models | Context::ModelsFilter | Context::ModelsAlias => {
                if let Some(models) = &mut self.models {
                    models.paste(text.expose().lines().next().unwrap_or_default());
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn act_on_auth(&mut self, action: Action) -> Vec<Effect> {
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

    fn act_on_key(&mut self, action: Action) -> Vec<Effect> {
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

    /// The agent whose credentials are meant.
    pub fn agent(&self) -> &str {
        let known = self.current.as_ref().map(|current| current.agent.as_str()).filter(|agent| !agent.is_empty());
        known.or(self.facts.agent.as_deref()).unwrap_or("main")
    }

    fn act_on_discover(&mut self, action: Action) -> Vec<Effect> {
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

    fn leave_discovery(&mut self) -> Vec<Effect> {
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

    /// Back to the key field, saying which key was refused.
    fn refuse_key(&mut self) {
        if matches!(self.credential, Some(Credential::OAuth(_))) {
            self.screen = Screen::Auth;
            return;
        }
        self.key.refused = self.credential_hint();
        self.key.line.clear();
        self.screen = Screen::Key;
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

    fn act_on_review(&mut self, action: Action) -> Vec<Effect> {
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

    fn leave_review(&mut self) -> Vec<Effect> {
        self.screen = Screen::Models;
        self.review.confirmed = false;
        let attempts = [self.review.attempt, self.review.verify_attempt];
        self.review.attempt = Attempt::default();
        self.review.verify_attempt = Attempt::default();
        attempts.into_iter().filter(|a| *a != Attempt::default()).map(Effect::Cancel).collect()
    }

    fn act_on_done(&mut self, action: Action) -> Vec<Effect> {
        match action {
            Action::Enter | Action::Back => self.quit(),
            Action::Undo if !self.done.unchanged && self.done.undone.is_none() => vec![Effect::Undo],
            _ => Vec::new(),
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

    fn offer_choices(&mut self) {
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

    fn start_discovery(&mut self, credential: Credential) -> Vec<Effect> {
        self.screen = Screen::Discover;
        self.ask_for_list(credential)
    }

    /// The models screen asks again and stays as it is meanwhile.
    fn refresh_list(&mut self) -> Vec<Effect> {
        if self.discover.running {
            return Vec::new();
        }
        self.ask_for_list(self.credential.clone().unwrap_or(Credential::Stored))
    }

    fn ask_for_list(&mut self, credential: Credential) -> Vec<Effect> {
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
    fn open_models(&mut self) {
        if !self.facts.models_only || self.models.is_some() {
            return;
        }
        if let Some(current) = &self.current
            && let Some(kept) = self.kept.take()
        {
            let configured = current.configured.clone();
            self.set_list(&configured, kept, None);
        }
    }

    /// Give the models screen a list; it begins with its first one.
    fn set_list(&mut self, configured: &Configured, catalog: Catalog, failure: Option<Failure>) {
        let facts = &self.facts;
        match &mut self.models {
            Some(models) => models.replace_list(configured, catalog, failure),
            None => {
                match Models::new(configured, catalog, failure, &facts.documented, &facts.overrides, &facts.favourites)
                {
                    Ok(models) => self.models = Some(models),
                    Err(refusal) => self.trouble = Some(Trouble::Overrides(refusal)),
                }
            }
        }
    }

    fn stage(&mut self, attempt: Attempt, stage: Stage, at_ms: u64) {
        if attempt != self.discover.attempt || !self.discover.running {
            return;
        }
        self.discover.begin_stage(stage_index(stage), at_ms);
    }

    fn discovered(&mut self, attempt: Attempt, at_ms: u64, result: Result<Catalog, Failure>) -> Vec<Effect> {
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
    fn compare_when_ready(&mut self) -> Vec<Effect> {
        let Some(current) = &self.current else { return Vec::new() };
        // Without an answer of the service, the models screen alone has what was kept.
        let waits_for_kept = self.facts.models_only && self.models.is_none() && matches!(self.found, Some(Err(_)));
        if waits_for_kept {
            return Vec::new();
        }
        let Some(found) = self.found.take() else { return Vec::new() };
        let configured = current.configured.clone();
        self.discover.running = false;
        self.discover.failure = found.as_ref().err().cloned();
        match (found, &mut self.models) {
            (Ok(catalog), _) => self.set_list(&configured, catalog, None),
            (Err(failure), Some(models)) if self.screen != Screen::Discover => models.list_failed(failure),
            (Err(failure), _) => self.set_list(&configured, self.facts.fallback.clone(), Some(failure)),
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

    /// A list came while its predecessor's choices were being reviewed: what is written is what is
    /// shown, and what the new list leaves open is decided first.
    fn review_again(&mut self) -> Vec<Effect> {
        let mut effects = self.leave_review();
        if self.models.as_ref().is_some_and(|models| models.pending.is_empty()) {
            effects.extend(self.start_review());
        }
        effects
    }

    fn start_review(&mut self) -> Vec<Effect> {
        let Some(models) = &self.models else { return Vec::new() };
        let model = id_of(&models.primary).map(str::to_owned);
        let attempt = self.new_attempt();
        let mut effects = vec![Effect::Plan { attempt, request: Box::new(self.request()) }];
        self.screen = Screen::Review;
        self.review = Review { attempt, ..Review::default() };
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
    fn plan_again(&mut self) -> Vec<Effect> {
        let attempt = self.new_attempt();
        self.review.attempt = attempt;
        self.review.planned = None;
        self.review.write_failed = None;
        self.review.confirmed = false;
        vec![Effect::Plan { attempt, request: Box::new(self.request()) }]
    }

    /// What is to be written, as the screens say now.
    fn request(&self) -> Request {
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

    fn verified(&mut self, attempt: Attempt, verdict: Verdict) -> Vec<Effect> {
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

    fn planned(&mut self, attempt: Attempt, result: Result<Planned, Error>) -> Vec<Effect> {
        if attempt != self.review.attempt || self.screen != Screen::Review {
            return Vec::new();
        }
        self.review.planned = Some(result);
        self.write_if_ready()
    }

    /// Once confirmed: write when the plan stands and the verify call has not refused.
    fn write_if_ready(&mut self) -> Vec<Effect> {
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

    fn committed(&mut self, result: Result<Committed, Error>) -> Vec<Effect> {
        self.review.writing = false;
        self.review.confirmed = false;
        match result {
            Ok(committed) => {
                self.done = Done { committed, ..Done::default() };
                self.screen = Screen::Done;
            }
            Err(error) => self.review.write_failed = Some(error),
        }
        if self.leaving { self.quit() } else { Vec::new() }
    }

    fn new_attempt(&mut self) -> Attempt {
        self.next_attempt += 1;
        Attempt(self.next_attempt)
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
