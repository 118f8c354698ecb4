//! Does what the machine asks for. The only file that spawns tasks; each attempt's task can be cancelled,
//! a write cannot: it is waited for.

pub mod sign_in;

use super::Session;
use crate::accounts::sign_out::{Departure, Problem};
use crate::accounts::{self, Known};
use crate::chutes::catalog;
use crate::chutes::client::Client;
use crate::chutes::endpoints::{DEFAULT_API, DEFAULT_IDP, Endpoints};
use crate::chutes::failure::{Failure, Kind};
use crate::chutes::health;
use crate::chutes::key_management;
use crate::chutes::making::Making;
use crate::chutes::market;
use crate::chutes::verify::{Verdict, verify};
use crate::diff::FileDiff;
use crate::doctor::visit::{self, Visit};
use crate::openclaw::Error;
use crate::openclaw::plan::{PlanWarning, Request};
use crate::openclaw::program::{child, status, validate};
use crate::openclaw::read::current::Current;
use crate::openclaw::read::fingerprint::Fingerprint;
use crate::openclaw::{plan, write};
use crate::renewal::{self, kept, round, timer};
use crate::secret::Secret;
use crate::signals;
use crate::state::made::MadeKind;
use crate::time::now;
use crate::tui::device::clipboard::Clipboard;
use crate::wizard::protocol::{Attempt, Committed, Credential, Effect, Event, Outcome, Planned};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, spawn_blocking};

/// How long the end of the wizard waits for a key that is being made.
const MAKING: Duration = Duration::from_millis(700);

/// Carries out what the machine asks for, and sends what came of it back as events.
pub struct Effects {
    session: Arc<Session>,
    client: Arc<Client>,
    events: UnboundedSender<Event>,
    attempts: HashMap<u64, JoinHandle<()>>,
    /// Writes under way.
    writes: Vec<JoinHandle<()>>,
    /// Keys that are being made.
    making: Vec<JoinHandle<()>>,
    /// The wizard is over.
    leaving: Arc<AtomicBool>,
    /// OpenClaw is being asked what it thinks of its config, as long as this holds.
    validating: Arc<AtomicBool>,
    running: Option<sign_in::Running>,
    clipboard: Arc<Mutex<Clipboard>>,
    for_terminal: Arc<Mutex<Vec<u8>>>,
}

/// Longer than a key that is held down takes to repeat, and too short to wait for.
const REST: Duration = Duration::from_millis(120);

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Effects {
    /// Nothing runs yet. `events`: where the answers go.
    pub fn new(session: Arc<Session>, events: UnboundedSender<Event>) -> Effects {
        let client = Arc::new(Client::new(session.endpoints.clone()));
        Effects {
            session,
            client,
            events,
            attempts: HashMap::new(),
            writes: Vec::new(),
            making: Vec::new(),
            leaving: Arc::default(),
            validating: Arc::default(),
            running: None,
            clipboard: sign_in::clipboard(),
            for_terminal: Arc::default(),
        }
    }

    /// Start what the machine asked for. Some: the wizard is over.
    pub fn run(&mut self, effect: Effect) -> Option<Outcome> {
        match effect {
            Effect::Load => {
                let session = Arc::clone(&self.session);
                self.blocking(move || Event::Loaded(Box::new(load(&session))));
            }
            Effect::ReadKept => {
                let session = Arc::clone(&self.session);
                self.blocking(move || Event::Kept {
                    list: session.state.catalog().map(Box::new),
                    decided: session.state.decided().read().unwrap_or_default(),
                });
            }
            Effect::Discover { attempt, credential } => self.discover(attempt, credential),
            Effect::Verify { attempt, credential, model } => self.verify(attempt, credential, model),
            Effect::Plan { attempt, request } => {
                let session = Arc::clone(&self.session);
                self.blocking(move || Event::Planned { attempt, result: Box::new(planned(&session, *request)) });
            }
            Effect::Commit { request, reviewed } => {
                let session = Arc::clone(&self.session);
                self.write(move || Event::Committed(Box::new(committed(&session, &request, &reviewed))));
            }
            Effect::Decided => {
                let session = Arc::clone(&self.session);
                self.writes.push(spawn_blocking(move || decide(&session)));
            }
            Effect::ReadBack(attempt) => self.read_back(attempt),
            Effect::Validate(attempt) => self.validate(attempt),
            Effect::Undo => {
                let session = Arc::clone(&self.session);
                self.write(move || {
                    let kept = kept::read(&session.site.paths.sign_in);
                    let undone = timer::undone(&session.site, &session.state);
                    round::after_write(&session.site, kept, None, |name| std::env::var(name).ok());
                    Event::Undone(Box::new(undone))
                });
            }
            Effect::Examine(attempt) => self.examine(attempt),
            Effect::Mend { attempt, seen } => {
                let visit = self.visit();
                self.write(move || {
                    let result = Box::new(visit::mend(&visit, &seen, true));
                    Event::Mended { attempt, result }
                });
            }
            Effect::ListAccounts(attempt) => {
                let session = Arc::clone(&self.session);
                self.blocking(move || {
                    let result = Known::read(&session.site).map(|known| known.listed());
                    Event::Accounts { attempt, result }
                });
            }
            Effect::ChangeAccount { attempt, change } => {
                let session = Arc::clone(&self.session);
                self.write(move || {
                    let Session { site, state, endpoints, .. } = &*session;
                    Event::AccountChanged { attempt, result: accounts::change(site, state, endpoints, change) }
                });
            }
            Effect::PlanSignOut(attempt) => {
                let session = Arc::clone(&self.session);
                self.blocking(move || {
                    let departure = Departure::plan(&session.site, &session.endpoints, false);
                    Event::SignOutPlanned { attempt, result: departure.map(|departure| departure.files()) }
                });
            }
            Effect::SignOut(attempt) => {
                let session = Arc::clone(&self.session);
                self.write(move || {
                    let departure = Departure::plan(&session.site, &session.endpoints, false);
                    let done = departure.map_err(Problem::Files).and_then(|d| d.carry_out(&session.state));
                    Event::SignedOut { attempt, result: Box::new(done) }
                });
            }
            Effect::SaveFavourites(favourites) => {
                let session = Arc::clone(&self.session);
                // Favourites are a convenience; the list on screen stays right if they cannot be kept.
                self.writes.push(spawn_blocking(move || {
                    let _ = session.state.favourites().write(&favourites);
                }));
            }
            Effect::SignIn { attempt, begin } => self.sign_in(attempt, begin),
            Effect::AskKeyRights { attempt, key } => self.ask_key_rights(attempt, key),
            Effect::MakeNarrowKey { attempt, admin } => self.make_narrow_key(attempt, admin),
            Effect::DeleteKey { admin, id } => {
                let (client, session) = (Arc::clone(&self.client), Arc::clone(&self.session));
                self.writes.push(tokio::spawn(async move { delete_key(&client, &session, &admin, &id).await }));
            }
            Effect::RegisterApp { attempt, api_key } => self.register_app(attempt, api_key),
            Effect::Answer { attempt, text, only_whole } => self.answer(attempt, text, only_whole),
            Effect::Settle { attempt, count } => self.settle(attempt, count),
            Effect::Rest(count) => {
                let events = self.events.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(REST).await;
                    let _ = events.send(Event::Rested(count));
                });
            }
            Effect::MoreTime(attempt) => self.more_time(attempt),
            Effect::AllowInDemo { attempt, link } => {
                if let Some(address) = self.session.demo_browser.as_ref().and_then(|browser| browser.0(&link)) {
                    self.answer(attempt, Secret::new(address), false);
                }
            }
            Effect::OpenBrowser { attempt, link, host } => self.open_browser(attempt, link, host),
            Effect::Copy { attempt, text } => self.copy(attempt, text),
            Effect::SaveLink { attempt, kind, path } => self.save_link(attempt, kind, path),
            Effect::Remember { client_id, scopes } => {
                self.forget_link();
                let session = Arc::clone(&self.session);
                let app = crate::state::RememberedClient::of(&client_id, &scopes);
                // A convenience, as the favourites are.
                self.writes.push(spawn_blocking(move || {
                    let _ = session.state.client().write(&app);
                }));
            }
            Effect::Cancel(attempt) => {
                self.cancel_sign_in(attempt);
                if let Some(task) = self.attempts.remove(&attempt.0) {
                    task.abort();
                }
            }
            Effect::StopWaiting => signals::interrupt(signals::INTERRUPT),
            Effect::Exit(outcome) => return Some(outcome),
        }
        None
    }

    /// Wait for writes that have begun. `interrupted`: a begun sign-in waits for the next run.
    pub async fn finish(&mut self, interrupted: bool) {
        self.end_sign_in(interrupted);
        self.validating.store(false, Ordering::Relaxed);
        if interrupted {
            // What only waits is given up.
            signals::interrupt(signals::INTERRUPT);
        }
        self.leaving.store(true, Ordering::Relaxed);
        for making in self.making.drain(..) {
            let abort = making.abort_handle();
            if tokio::time::timeout(MAKING, making).await.is_err() {
                abort.abort();
            }
        }
        for write in self.writes.drain(..) {
            // A write that panicked has said so already.
            let _ = write.await;
        }
        let _ = spawn_blocking(renewal::wait_until_kept).await;
        child::kill_all();
    }

    fn blocking(&self, work: impl FnOnce() -> Event + Send + 'static) {
        let events = self.events.clone();
        spawn_blocking(move || {
            // The receiver is gone only when the wizard is over.
            let _ = events.send(work());
        });
    }

    fn write(&mut self, work: impl FnOnce() -> Event + Send + 'static) {
        let events = self.events.clone();
        self.writes.push(spawn_blocking(move || {
            let _ = events.send(work());
        }));
    }

    fn discover(&mut self, attempt: Attempt, credential: Credential) {
        let (events, client, session) = (self.events.clone(), Arc::clone(&self.client), Arc::clone(&self.session));
        self.attempts.retain(|_, task| !task.is_finished());
        self.attempts.insert(
            attempt.0,
            tokio::spawn(async move {
                let begun = Instant::now();
                let secret = secret_of(&session, credential).await;
                // Beside the list, and in nobody's way.
                let (market_events, client_too, secret_too) = (events.clone(), Arc::clone(&client), secret.clone());
                tokio::spawn(async move {
                    let yesterday = health::yesterday(now());
                    market::ask(&client_too, secret_too.as_ref(), &yesterday, |news| {
                        let _ = market_events.send(Event::Market(news));
                    })
                    .await;
                });
                let ticking = events.clone();
                let ticks = async move {
                    loop {
                        tokio::time::sleep(Duration::from_secs(1)).await;
                        if ticking.send(Event::Tick { attempt, at_ms: millis(begun) }).is_err() {
                            break;
                        }
                    }
                };
                let staging = events.clone();
                let asking = catalog::discover(&client, secret.as_ref(), move |stage| {
                    let _ = staging.send(Event::Stage { attempt, stage, at_ms: millis(begun) });
                });
                let result = tokio::select! {
                    result = asking => result,
                    () = ticks => return,
                };
                if let Ok(live) = &result {
                    session.state.keep_catalog(live);
                }
                let _ = events.send(Event::Discovered { attempt, at_ms: millis(begun), result: Box::new(result) });
            }),
        );
    }

    fn visit(&self) -> Visit {
        let Session { site, state, endpoints, lang, .. } = &*self.session;
        Visit { site: site.clone(), state: state.clone(), endpoints: endpoints.clone(), lang: *lang }
    }

    fn examine(&mut self, attempt: Attempt) {
        let (events, visit) = (self.events.clone(), self.visit());
        let looking = tokio::spawn(async move {
            let result = Box::new(visit::look(&visit).await);
            let _ = events.send(Event::Examined { attempt, result });
        });
        self.attempts.insert(attempt.0, looking);
    }

    /// The process goes when the wizard does: its answer is for the screen alone.
    fn read_back(&mut self, attempt: Attempt) {
        let (events, session) = (self.events.clone(), Arc::clone(&self.session));
        spawn_blocking(move || {
            let resolved = status::read_back(&session.site, || !events.is_closed());
            let _ = events.send(Event::ReadBack { attempt, resolved });
        });
    }

    /// One at a time. What it leaves behind is taken away before the wizard is over.
    fn validate(&mut self, attempt: Attempt) {
        self.validating.store(false, Ordering::Relaxed);
        self.validating = Arc::new(AtomicBool::new(true));
        let (wanted, session) = (Arc::clone(&self.validating), Arc::clone(&self.session));
        self.write(move || {
            let snapshot = session.site.read().ok();
            let wanted = || wanted.load(Ordering::Relaxed);
            let refused = snapshot.and_then(|snapshot| validate::ask(&session.site, &snapshot, &session.state, wanted));
            let version = &session.site.installed.version;
            let warning = |refusal| PlanWarning::Refused { version: version.clone(), refusal };
            Event::Validated { attempt, refused: refused.map(|all| all.into_iter().map(warning).collect()) }
        });
    }

    /// Only where the management service belongs to the API: a key for another one is none of its business.
    fn ask_key_rights(&mut self, attempt: Attempt, key: Secret) {
        let Endpoints { api, idp } = self.client.endpoints();
        if api != DEFAULT_API && idp == DEFAULT_IDP {
            return;
        }
        let (client, events) = (Arc::clone(&self.client), self.events.clone());
        let asking = tokio::spawn(async move {
            if let Some(is_admin) = key_management::is_admin(&client, &key).await {
                let _ = events.send(Event::KeyRights { attempt, is_admin });
            }
        });
        self.attempts.insert(attempt.0, asking);
    }

    /// Not cancelled: a key that was made has to be heard of. One that comes when nobody waits for it any more is
    /// deleted; what never comes is noted by its name.
    fn make_narrow_key(&mut self, attempt: Attempt, admin: Secret) {
        let (client, events, session) = (Arc::clone(&self.client), self.events.clone(), Arc::clone(&self.session));
        let leaving = Arc::clone(&self.leaving);
        self.making.push(tokio::spawn(async move {
            let made = key_management::create_narrow(&client, &admin, noting(&session, MadeKind::Key)).await;
            match &made {
                Ok(key) if leaving.load(Ordering::Relaxed) => delete_key(&client, &session, &admin, &key.id).await,
                _ => drop(events.send(Event::NarrowKeyMade { attempt, admin, result: Box::new(made) })),
            }
        }));
    }

    fn verify(&mut self, attempt: Attempt, credential: Credential, model: String) {
        let (events, client, session) = (self.events.clone(), Arc::clone(&self.client), Arc::clone(&self.session));
        self.attempts.insert(
            attempt.0,
            tokio::spawn(async move {
                let var = |name: &str| std::env::var(name).ok();
                let asked = match credential {
                    Credential::Stored => {
                        let (site, endpoints) = (&session.site, &session.endpoints);
                        renewal::verify_stored(&client, site, endpoints, var, &model).await.ok().flatten()
                    }
                    other => match secret_of(&session, other).await {
                        Some(secret) => Some(verify(&client, &secret, &model).await),
                        None => None,
                    },
                };
                let verdict = match asked {
                    Some(verdict) => verdict,
                    None => Verdict::Refused(Failure {
                        host: session.endpoints.api_host(),
                        proxy: None,
                        kind: Kind::Status { status: 401, said: None, retry_after: None, resets_at: None },
                    }),
                };
                let _ = events.send(Event::Verified { attempt, verdict });
            }),
        );
    }
}

/// Keeps what is known of a key or an app that is made.
fn noting(session: &Arc<Session>, kind: MadeKind) -> impl Fn(Making<'_>) + Send + Sync + use<> {
    let session = Arc::clone(session);
    move |making| session.state.note_making(kind, &session.endpoints.idp, making)
}

/// It may only call models, and its name says whose it is: a failure leaves it noted.
async fn delete_key(client: &Client, session: &Session, admin: &Secret, id: &str) {
    if key_management::delete(client, admin, id).await.is_ok() {
        session.state.forget_key(id);
    }
}

/// The credential itself; what is stored is read from OpenClaw's store at this moment.
async fn secret_of(session: &Arc<Session>, credential: Credential) -> Option<Secret> {
    match credential {
        Credential::ApiKey(secret) | Credential::EnvKey(secret) => Some(secret),
        Credential::OAuth(signed_in) => Some(signed_in.granted.access),
        // One that cannot be renewed is as good as none; the test call says so.
        Credential::Stored => {
            let var = |name: &str| std::env::var(name).ok();
            renewal::stored_secret(&session.site, &session.endpoints, var).await.ok().flatten()
        }
    }
}

fn load(session: &Session) -> Result<Current, Error> {
    let snapshot = write::read_or_mend(&session.site, &session.state)?;
    let kept_client_secret = plan::gateway_surroundings(&snapshot).client_secret;
    Ok(Current { kept_client_secret, ..Current::of(&snapshot, now()) })
}

fn planned(session: &Session, request: Request) -> Result<Planned, Error> {
    let snapshot = session.site.read()?;
    let plan = plan::plan(&snapshot, &request, now())?;
    let timer = timer::offered(&snapshot, plan.renewal.as_ref(), |name| std::env::var(name).ok());
    // With thousands of models, this and the text of each file are the larger part of all memory.
    drop(request);
    let put = plan.database.iter().flat_map(|change| change.put());
    let stored = put.map(|(id, _)| format!("upsertAuthProfileWithLock({id})")).next();
    let handover = plan.handover.map(|handover| format!("openclaw {}", handover.args.join(" "))).or(stored);
    let diffs = plan.files.into_iter().map(|file| FileDiff::of(&file)).collect();
    let (renewal, warnings, fingerprint) = (plan.renewal, plan.warnings, plan.fingerprint);
    Ok(Planned { diffs, handover, renewal, timer, warnings, fingerprint })
}

/// The list that was in sight is the last one kept.
fn decide(session: &Session) {
    if let Some(list) = session.state.catalog() {
        session.state.decide(&list);
    }
}

fn committed(session: &Session, request: &Request, reviewed: &Fingerprint) -> Result<Committed, Error> {
    let kept = kept::read(&session.site.paths.sign_in);
    let written = write::commit(&session.site, request, Some(reviewed), &session.state, now())?;
    decide(session);
    let name = |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let backups = written.backups.iter().map(|backup| backup.as_deref().and_then(name));
    let files = written.plan.files.iter().map(|file| file.path.as_path()).zip(backups);
    // First, as it was stored first; OpenClaw makes no backup of its database.
    let database = written.plan.database_path.as_deref().map(|path| (path, None));
    let files = database.into_iter().chain(files);
    let files = files.map(|(path, backup)| (session.site.paths.tilde(path), backup)).collect();
    let can_be_read_back = session.site.installed.program.is_some();
    let only_stored = written.plan.files.is_empty() && !written.undoable;
    let no_undo = !only_stored && !written.undoable;
    let mut warnings = written.plan.warnings;
    let made = written.plan.timer.as_ref();
    let told = round::after_write(&session.site, kept, made, |name| std::env::var(name).ok());
    warnings.extend(round::troubles(told.as_ref()));
    warnings.extend(session.state.take_unknown().into_iter().map(PlanWarning::from));
    Ok(Committed { files, profile_id: written.plan.profile_id, warnings, can_be_read_back, no_undo, only_stored })
}
