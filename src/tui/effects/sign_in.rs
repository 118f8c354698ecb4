//! The sign-in as tasks: one attempt, the callback and the pastes that may answer it, the exchange, and
//! what is left on disk meanwhile.

use super::Effects;
use crate::chutes::client::Client;
use crate::chutes::oauth::answer::{Verdict, judge};
use crate::chutes::oauth::app::{self, Registration};
use crate::chutes::oauth::attempt::{Attempt as OAuth, CannotResume, Environment};
use crate::chutes::oauth::callback::{Arrival, Listener, Outcome as Page, Report};
use crate::chutes::oauth::token::{self, TokenError};
use crate::host::Host;
use crate::secret::Secret;
use crate::state::State;
use crate::state::made::MadeKind;
use crate::texts::{Lang, signin as t};
use crate::time::now;
use crate::tui::device::browser::{self, NotOpened};
use crate::tui::device::clipboard::{Clipboard, Outcome as Copied, Surroundings};
use crate::tui::device::qr;
use crate::wizard::protocol::{Attempt, Begin, Event, LinkFile, Over, SignInUpdate};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::{JoinHandle, spawn_blocking};

/// A paste in pieces is whole when nothing more came for this long.
const QUIET: Duration = Duration::from_millis(350);

/// The sign-in that is under way.
pub struct Running {
    attempt: Attempt,
    commands: UnboundedSender<Command>,
    task: JoinHandle<()>,
    link: Arc<Mutex<String>>,
    files: Vec<PathBuf>,
}

enum Command {
    Answer { text: Secret, only_whole: bool },
    MoreTime,
}

/// What a sign-in works with.
struct Work {
    attempt: Attempt,
    environment: Environment,
    client: Arc<Client>,
    state: State,
    events: UnboundedSender<Event>,
    lang: Lang,
    link: Arc<Mutex<String>>,
}

impl Effects {
    pub(super) fn sign_in(&mut self, attempt: Attempt, begin: Begin) {
        self.end_sign_in(false);
        let Some(environment) = self.session.sign_in.clone() else { return };
        let (commands, incoming) = mpsc::unbounded_channel();
        let link = Arc::new(Mutex::new(String::new()));
        let work = Work {
            attempt,
            environment,
            client: Arc::clone(&self.client),
            state: self.session.state.clone(),
            events: self.events.clone(),
            lang: self.session.lang,
            link: Arc::clone(&link),
        };
        let task = tokio::spawn(work.run(begin, incoming));
        self.running = Some(Running { attempt, commands, task, link, files: Vec::new() });
    }

    pub(super) fn register_app(&mut self, attempt: Attempt, api_key: Secret) {
        let Some(environment) = self.session.sign_in.clone() else { return };
        let (client, events, session) = (Arc::clone(&self.client), self.events.clone(), Arc::clone(&self.session));
        let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_default();
        let registering = tokio::spawn(async move {
            let uris = app::redirect_uris(&environment.redirect);
            let result =
                Box::new(app::register(&client, &api_key, &user, &uris, super::noting(&session, MadeKind::App)).await);
            let _ = events.send(Event::AppRegistered { attempt, result });
        });
        self.attempts.insert(attempt.0, registering);
    }

    fn tell(&self, attempt: Attempt, command: Command) {
        if let Some(running) = self.running.as_ref().filter(|running| running.attempt == attempt) {
            // A task that has ended needs no more answers.
            let _ = running.commands.send(command);
        }
    }

    pub(super) fn answer(&self, attempt: Attempt, text: Secret, only_whole: bool) {
        self.tell(attempt, Command::Answer { text, only_whole });
    }

    pub(super) fn more_time(&self, attempt: Attempt) {
        self.tell(attempt, Command::MoreTime);
    }

    pub(super) fn settle(&self, attempt: Attempt, count: u64) {
        let events = self.events.clone();
        tokio::spawn(async move {
            tokio::time::sleep(QUIET).await;
            let _ = events.send(Event::Settled { attempt, count });
        });
    }

    pub(super) fn open_browser(&self, attempt: Attempt, link: String, host: Host) {
        let (lang, events) = (self.session.lang, self.events.clone());
        let base = self.session.endpoints.idp.clone();
        spawn_blocking(move || {
            let note = match open(&link, &base, &host) {
                Ok(()) => t::browser_opened(lang).to_owned(),
                Err(why) => why.message(lang),
            };
            let _ = events.send(Event::SignIn { attempt, update: SignInUpdate::Note(note) });
        });
    }

    /// Copies off the draw path. What only the terminal can do waits for [`Effects::for_terminal`].
    pub(super) fn copy(&self, attempt: Attempt, text: String) {
        let (lang, events) = (self.session.lang, self.events.clone());
        let (clipboard, for_terminal) = (Arc::clone(&self.clipboard), Arc::clone(&self.for_terminal));
        spawn_blocking(move || {
            let copied = lock(&clipboard).copy(&text);
            let note = copied.message(lang).to_owned();
            if let Copied::ForTerminal(bytes) = copied {
                lock(&for_terminal).extend(bytes);
            }
            let _ = events.send(Event::SignIn { attempt, update: SignInUpdate::Note(note) });
        });
    }

    /// Bytes that the owner of the terminal is to write.
    pub fn for_terminal(&self) -> Vec<u8> {
        std::mem::take(&mut lock(&self.for_terminal))
    }

    pub(super) fn save_link(&mut self, attempt: Attempt, kind: LinkFile, path: Option<PathBuf>) {
        let (lang, site) = (self.session.lang, &self.session.site);
        let Some(running) = self.running.as_mut().filter(|running| running.attempt == attempt) else { return };
        let link = lock(&running.link).clone();
        let content = match kind {
            LinkFile::Text => Some(format!("{link}\n").into_bytes()),
            LinkFile::Png => qr::png(&link),
        };
        let path = path.unwrap_or_else(|| {
            site.paths.home.join(match kind {
                LinkFile::Text => "chutes-sign-in.txt",
                LinkFile::Png => "chutes-sign-in.png",
            })
        });
        let shown = crate::clean::line(&site.paths.tilde(&path));
        let note = match content {
            // Pressed twice: it is there already.
            _ if running.files.contains(&path) => t::link_saved(lang, shown),
            None => t::qr_too_long(lang).to_owned(),
            Some(content) => match write_new(&path, &content) {
                Ok(()) => {
                    running.files.push(path);
                    t::link_saved(lang, shown)
                }
                Err(error) => t::link_not_saved(lang, shown, crate::clean::line(&error.to_string())),
            },
        };
        let _ = self.events.send(Event::SignIn { attempt, update: SignInUpdate::Note(note) });
    }

    /// Stop listening and remove our files. `keep`: the attempt itself waits for another run.
    pub(super) fn end_sign_in(&mut self, keep: bool) {
        let Some(running) = self.running.take() else { return };
        running.task.abort();
        for file in &running.files {
            let _ = std::fs::remove_file(file);
        }
        if !keep {
            self.session.state.pending_login().remove();
        }
    }

    /// Somebody is signed in: what held the link is of no use any more.
    pub(super) fn forget_link(&mut self) {
        for file in self.running.iter_mut().flat_map(|running| running.files.drain(..)) {
            let _ = std::fs::remove_file(file);
        }
    }

    pub(super) fn cancel_sign_in(&mut self, attempt: Attempt) {
        if self.running.as_ref().is_some_and(|running| running.attempt == attempt) {
            self.end_sign_in(false);
        }
    }
}

impl Work {
    fn say(&self, update: SignInUpdate) {
        // The receiver is gone only when the wizard is over.
        let _ = self.events.send(Event::SignIn { attempt: self.attempt, update });
    }

    async fn run(self, begin: Begin, mut commands: UnboundedReceiver<Command>) {
        if let Begin::New { client_id, api_key: Some(key), .. } = &begin {
            let redirect = &self.environment.redirect;
            if app::look_up(&self.client, key, client_id, redirect).await == Registration::RedirectMissing {
                return self.say(SignInUpdate::Over(Over::RedirectMissing(redirect.as_str().to_owned())));
            }
        }
        let prepared = match self.prepare(begin) {
            Ok(prepared) => prepared,
            Err(over) => {
                self.state.pending_login().remove();
                return self.say(SignInUpdate::Over(over));
            }
        };
        let oauth = Arc::new(Mutex::new(prepared));
        let (link, redirect, left_ms) = {
            let oauth = lock(&oauth);
            (oauth.authorize_url(), oauth.settings.redirect.clone(), oauth.left(now()))
        };
        lock(&self.link).clone_from(&link);
        // Before the link is shown: an answer must never find nobody listening.
        let listener = Listener::bind(&redirect);
        let cannot_listen = listener.as_ref().err().cloned();
        self.say(SignInUpdate::Ready { link, port: redirect.port(), cannot_listen, left_ms });

        let (to_us, mut arrivals) = mpsc::channel(1);
        let judging = Arc::clone(&oauth);
        let serving = async {
            match &listener {
                // An error means that nothing can be accepted: paste is left.
                Ok(listener) => {
                    let _ = listener.run(move |target| judge(target, &lock(&judging), now()), self.lang, to_us).await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::pin!(serving);
        let (mut served, mut closed) = (false, false);
        let (code, report) = loop {
            let left = lock(&oauth).left(now());
            // The moment the shown number changes.
            let next = Duration::from_millis(if left == 0 { 3_600_000 } else { (left - 1) % 1000 + 1 });
            tokio::select! {
                () = &mut serving, if !served => served = true,
                arrival = arrivals.recv(), if !closed => match arrival {
                    Some(Arrival::Code(code, report)) => break (code, Some(report)),
                    Some(Arrival::Refused(refusal)) => {
                        self.state.pending_login().remove();
                        self.say(SignInUpdate::Over(Over::Refused(refusal)));
                        // The page is on its way.
                        if !served {
                            serving.await;
                        }
                        return;
                    }
                    None => closed = true,
                },
                command = commands.recv() => match command {
                    Some(Command::Answer { text, only_whole }) => {
                        let verdict = judge(text.expose(), &lock(&oauth), now());
                        match verdict {
                            Verdict::Code(code) => break (code, None),
                            Verdict::Refused(refusal) => {
                                self.state.pending_login().remove();
                                return self.say(SignInUpdate::Over(Over::Refused(refusal)));
                            }
                            Verdict::Mistake(_) if only_whole => {}
                            Verdict::Mistake(mistake) => self.say(SignInUpdate::Mistake(mistake)),
                        }
                    }
                    Some(Command::MoreTime) => {
                        let pending = {
                            let mut oauth = lock(&oauth);
                            oauth.extend(now());
                            oauth.pending()
                        };
                        // Only the continuing in another run would suffer.
                        let _ = self.state.pending_login().write(&pending);
                        self.say(SignInUpdate::Left(lock(&oauth).left(now())));
                    }
                    None => return,
                },
                () = tokio::time::sleep(next) => self.say(SignInUpdate::Left(lock(&oauth).left(now()))),
            }
        };
        // A code is good for one exchange, and so is the record of the attempt.
        self.state.pending_login().remove();
        self.say(SignInUpdate::Exchanging);
        let oauth = lock(&oauth).clone();
        let from_callback = report.is_some();
        let exchanging = self.exchange(&oauth, &code, report);
        tokio::pin!(exchanging);
        loop {
            tokio::select! {
                () = &mut exchanging => break,
                () = &mut serving, if !served => served = true,
            }
        }
        if from_callback && !served {
            serving.await;
        }
    }

    fn prepare(&self, begin: Begin) -> Result<OAuth, Over> {
        let oauth = match begin {
            Begin::New { client_id, secret, .. } => {
                let mut settings = self.environment.settings(client_id, Some(secret));
                let known = self.state.client().read();
                let before = known.filter(|app| app.client_id == settings.client_id.as_str()).map(|app| app.scopes);
                let added = settings.ask_also_for(&before.unwrap_or_default());
                if !added.is_empty() {
                    self.say(SignInUpdate::Note(t::scopes_kept(self.lang, added.join(" "))));
                }
                OAuth::new(settings, now())
            }
            Begin::Continue { secret } => {
                let pending = self.state.pending_login().read();
                let pending = pending.ok_or(Over::CannotResume(CannotResume::Damaged))?;
                let endpoints = self.environment.endpoints.clone();
                let secret = secret.or_else(|| pending.client_secret());
                OAuth::resume(pending, endpoints, secret, now()).map_err(Over::CannotResume)?
            }
        };
        // So that a cut connection does not cost the attempt; without it the attempt ends with this run.
        if self.state.pending_login().write(&oauth.pending()).is_err() {
            let place = crate::clean::line(&self.state.dir().display().to_string());
            self.say(SignInUpdate::Note(t::no_state(self.lang, place)));
        }
        Ok(oauth)
    }

    async fn exchange(&self, oauth: &OAuth, code: &Secret, report: Option<Report>) {
        let result = token::sign_in(&self.client, oauth, code, now()).await;
        let (page, news) = match result {
            Ok(granted) => (Page::SignedIn, SignInUpdate::Granted(Box::new(granted), oauth.settings.client_id.clone())),
            Err(error) => (page_of(&error), SignInUpdate::Over(Over::Failed(error))),
        };
        if let Some(report) = report {
            report.send(page);
        }
        self.say(news);
    }
}

fn page_of(error: &TokenError) -> Page {
    match error {
        TokenError::ScopeMissing(_) => Page::ScopeMissing,
        error if error.is_network() => Page::NetworkFailed,
        _ => Page::ExchangeFailed,
    }
}

fn open(link: &str, base: &str, host: &Host) -> Result<(), NotOpened> {
    let path = std::env::var("PATH").unwrap_or_default();
    let surroundings = browser::Surroundings {
        host,
        var: &|name| std::env::var(name).ok(),
        find: &|name| browser::find_on(&path, name),
        macos: cfg!(target_os = "macos"),
    };
    browser::launch(&browser::choose(link, base, &surroundings)?)
}

/// Only a file that was not there: what a person has is never overwritten.
fn write_new(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(content);
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

pub(super) fn clipboard() -> Arc<Mutex<Clipboard>> {
    Arc::new(Mutex::new(Clipboard::new(Surroundings::read(|name| std::env::var(name).ok()))))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
