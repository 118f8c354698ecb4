//! One visit: OpenClaw's files, its database and the service are looked at side by side; then what needs no person
//! is mended. The same for the command and for the wizard.

use super::finding::{Cause, Finding, Repair, Role, Severity};
use super::offline::{self, Facts, Place, Places};
use super::online::{self, Answers};
use crate::accounts::Known;
use crate::chutes::account::{self, Account};
use crate::chutes::catalog;
use crate::chutes::client::Client;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::model::{Catalog, id_of};
use crate::chutes::verify::{Verdict, verify};
use crate::diff::{self, FileDiff};
use crate::files;
use crate::openclaw::plan::{self, AccountChange, Request};
use crate::openclaw::program::profiles;
use crate::openclaw::read::current::{Current, active_secret, kept};
use crate::openclaw::read::fingerprint::Fingerprint;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::write::{self, undo};
use crate::openclaw::{Error, Site};
use crate::renewal::prospect::prospect;
use crate::renewal::{self, round};
use crate::selection::{Note, Selection, documented, repair};
use crate::state::State;
use crate::texts::Lang;
use crate::time::now;
use std::panic::resume_unwind;
use tokio::task::spawn_blocking;

/// What is visited.
#[derive(Clone, Debug)]
pub struct Visit {
    pub site: Site,
    pub state: State,
    /// By the environment; a config that names its own service goes before Chutes' usual address.
    pub endpoints: Endpoints,
    pub lang: Lang,
}

/// What one look showed.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// What stops most first.
    pub findings: Vec<Finding>,
    /// The test call; None: none was made.
    pub verdict: Option<Verdict>,
    /// The default model.
    pub reference: Option<String>,
    /// What the account has left. None: nobody says.
    pub account: Option<Account>,
    pub remedy: Remedy,
}

/// What mends findings without a person.
#[derive(Clone, Debug, Default)]
pub struct Remedy {
    /// What is written to OpenClaw's files. None: nothing there has to change.
    pub request: Option<Box<Request>>,
    /// The same as a diff.
    pub files: Vec<FileDiff>,
    /// The files as they were looked at.
    pub fingerprint: Fingerprint,
    /// Files and directories that others can read, and that are ours to mend.
    pub places: Vec<Place>,
    /// Profile in OpenClaw's database whose marks of past failures go: a live call proved its credential.
    pub unmark: Option<String>,
}

impl Remedy {
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.places.is_empty() && self.unmark.is_none()
    }
}

/// What became of a remedy.
#[derive(Clone, Debug, Default)]
pub struct Mended {
    /// What was written.
    pub files: Vec<FileDiff>,
    /// For each finding of the look: it is gone.
    pub gone: Vec<bool>,
    /// The default model.
    pub reference: Option<String>,
    /// Files were written, and can be put back.
    pub undoable: bool,
}

impl Seen {
    pub fn faults(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Fault).count()
    }
}

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the files and the database show.
struct Files {
    known: Known,
    /// A running gateway does not know the job that is to renew.
    job_gone: bool,
}

impl Files {
    fn read(site: &Site) -> Result<Files, Error> {
        let known = Known::read(site)?;
        let job_gone = round::job_is_gone(site, &known.snapshot, var);
        Ok(Files { known, job_gone })
    }
}

/// Nothing is changed, but for our own copy of the list, and a sign-in whose renewal was due.
pub async fn look(visit: &Visit) -> Result<Seen, Error> {
    let site = visit.site.clone();
    let plain = match aside(move || site.read()).await {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let findings = vec![Finding::from(Cause::Unreadable(error))];
            return Ok(Seen { findings, ..Seen::default() });
        }
    };
    let configured = Current::of(&plain, now());
    let endpoints = visit.endpoints.clone().of_config(configured.base_url.as_deref(), var);
    let client = Client::new(endpoints.clone());
    let site = visit.site.clone();
    let credential = async {
        let files = aside(move || Files::read(&site)).await?;
        let asked = ask(visit, &client, &files).await;
        Ok::<_, Error>((files, asked))
    };
    let (list, credential) = tokio::join!(catalog::discover(&client, None, |_| {}), credential);
    let (files, (mut answers, account)) = credential?;
    let live = match list {
        Ok(catalog) => Some(catalog),
        Err(failure) => {
            answers.list = Some(failure);
            None
        }
    };
    answers.clock_ahead = client.clock_ahead();
    let visit = visit.clone();
    aside(move || {
        if let Some(live) = &live {
            visit.state.keep_catalog(live);
        }
        let findings = all_findings(&visit, &files, live.as_ref(), &answers);
        let catalog = live.or_else(|| visit.state.catalog());
        let works = matches!(answers.verdict, Some(Verdict::Works { .. }));
        let remedy = remedy(&plain, &files, &findings, catalog.as_ref(), works, endpoints)?;
        let reference = files.known.current.configured.primary;
        Ok(Seen { findings, verdict: answers.verdict, reference, account, remedy })
    })
    .await
}

/// On a thread of its own: the wizard's draws meanwhile.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The runtime is going, and this with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// What is asked with the credential, all at the same time.
async fn ask(visit: &Visit, client: &Client, files: &Files) -> (Answers, Option<Account>) {
    let Known { snapshot, current, .. } = &files.known;
    let id = current.configured.primary.as_deref().and_then(id_of);
    let secret = active_secret(snapshot, now(), var);
    let call = async {
        let Some(id) = id else { return (None, None) };
        if snapshot.installed.generation.has_database() && kept(snapshot).is_none() {
            // OpenClaw renews what is in its database; a token that is over says nothing.
            let over = current.active_credential().and_then(|active| active.expires_at).is_some_and(|at| at <= now());
            return match &secret {
                Some(secret) if !over => (Some(verify(client, secret, id).await), None),
                _ => (None, None),
            };
        }
        match renewal::verify_stored(client, &visit.site, client.endpoints(), var, id).await {
            Ok(verdict) => (verdict, None),
            Err(error) => (None, Some(error)),
        }
    };
    let outlook = async {
        let active = current.active_credential()?;
        let outlook = prospect(client, snapshot, active).await?;
        Some((outlook, active.profile_id.clone()))
    };
    let left = async {
        match &secret {
            Some(secret) => account::ask(client, secret).await,
            None => None,
        }
    };
    let ((verdict, renewal), outlook, account) = tokio::join!(call, outlook, left);
    // What was renewed meanwhile has another refresh token than the one that was asked about.
    let site = visit.site.clone();
    let was_renewed = move || {
        let after = site.read().ok().and_then(|after| active_secret(&after, now(), var));
        after.is_some_and(|after| Some(&after) != secret.as_ref())
    };
    let prospect = if outlook.is_some() && aside(was_renewed).await { None } else { outlook };
    (Answers { verdict, renewal, prospect, ..Answers::default() }, account)
}

fn all_findings(visit: &Visit, files: &Files, live: Option<&Catalog>, answers: &Answers) -> Vec<Finding> {
    let mut findings = offline_findings(visit, files, live);
    let gone = findings.iter().any(|finding| matches!(finding.cause, Cause::NotServed { role: Role::Default, .. }));
    let says_why = findings.iter().any(|finding| {
        matches!(finding.cause, Cause::KeyMalformed { .. } | Cause::CannotRenew { .. } | Cause::VariableUnset { .. })
    });
    findings.extend(online::examine(answers, visit.lang).into_iter().filter(|finding| match finding.cause {
        Cause::ModelRefused(_) => !gone,
        Cause::CredentialRefused(_) | Cause::RenewalFailed { .. } => !says_why,
        _ => true,
    }));
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn offline_findings(visit: &Visit, files: &Files, live: Option<&Catalog>) -> Vec<Finding> {
    let Known { snapshot, current, .. } = &files.known;
    let kept = visit.state.catalog();
    let catalog = live.or(kept.as_ref());
    let known = documented().beside(&current.models);
    let notes = catalog.map(|catalog| repair::notes(&current.configured, catalog, &known));
    let successor = |reference: &str, role: &Role| successor(notes.as_deref().unwrap_or_default(), reference, role);
    offline::examine(&Facts {
        snapshot,
        current,
        catalog,
        successor: &successor,
        places: &Places::look(snapshot),
        pins: &offline::pins(snapshot, current.configured.primary.as_deref()),
        reverted: undo::reverted(&visit.state),
        credential_unknown: files.known.credential_unknown,
        job_gone: files.job_gone,
        now: now(),
    })
}

/// What the rule for successors takes for a role.
fn successor(notes: &[Note], reference: &str, role: &Role) -> Option<String> {
    notes.iter().find_map(|note| match (note, role) {
        (Note::Default { wanted, taken }, Role::Default)
        | (Note::Fallback { wanted, taken }, Role::Fallback(_))
        | (Note::Image { wanted, taken }, Role::Image)
            if wanted == reference =>
        {
            taken.as_ref().map(|(target, _)| target.clone())
        }
        (Note::Alias { name, wanted, taken }, Role::Alias(alias)) if name == alias && wanted == reference => {
            taken.as_ref().map(|(target, _)| target.clone())
        }
        _ => None,
    })
}

/// `plain`: the files without what the database holds, as the write will find them.
fn remedy(
    plain: &Snapshot,
    files: &Files,
    findings: &[Finding],
    catalog: Option<&Catalog>,
    works: bool,
    endpoints: Endpoints,
) -> Result<Remedy, Error> {
    let current = &files.known.current;
    let us = rustix::process::geteuid().as_raw();
    let places = Places::look(plain).found.into_iter();
    let places = places.filter(|place| place.excess() != 0 && (place.uid == us || us == 0)).collect();
    let wants = |repair: Repair| findings.iter().any(|finding| finding.repair == repair);
    // There is no default to start from.
    if current.configured.primary.is_none() {
        return Ok(Remedy { places, ..Remedy::default() });
    }
    let proven = current.active_credential().filter(|_| works && wants(Repair::AuthState));
    let proven = proven.map(|active| active.profile_id.clone());
    let mismatch = findings.iter().find_map(|finding| match (&finding.cause, finding.repair) {
        (Cause::ModeMismatch { profile, .. }, Repair::Config) => Some(AccountChange::Use(profile.clone())),
        _ => None,
    });
    let selection = if wants(Repair::Config) { repaired(current, catalog) } else { current.selection() };
    let request = Request {
        base_url: current.base_url.clone().unwrap_or(endpoints.api),
        selection,
        basis: Some(Current::of(plain, now())),
        proven: proven.clone(),
        account: mismatch,
        stored: current.credentials.clone(),
        ..Request::default()
    };
    let unmark = proven.filter(|_| plain.installed.generation.has_database());
    if !wants(Repair::Config) && !wants(Repair::AuthState) {
        return Ok(Remedy { places, ..Remedy::default() });
    }
    let plan = plan::plan(plain, &request, now())?;
    let request = plan.changes_anything().then(|| Box::new(request));
    Ok(Remedy { request, files: diff::of(&plan), fingerprint: plan.fingerprint, places, unmark })
}

/// The configured choices with what is broken put right, and nothing else.
fn repaired(current: &Current, catalog: Option<&Catalog>) -> Selection {
    let mut selection = current.selection();
    let Some(catalog) = catalog else { return selection };
    let notes = repair::notes(&current.configured, catalog, &documented().beside(&current.models));
    repair::apply(&mut selection, &notes, catalog);
    let targets = [&selection.primary].into_iter().chain(&selection.fallbacks).chain(&selection.image);
    let targets: Vec<String> = targets.chain(selection.aliases.iter().map(|alias| &alias.target)).cloned().collect();
    for target in &targets {
        selection.register(target, Some(catalog));
    }
    selection
}

/// Carries the remedy of a look out, and looks at the files once more: nothing counts as mended that is not.
/// `reviewed`: a person saw the diff, and nothing else is written. Blocks.
pub fn mend(visit: &Visit, seen: &Seen, reviewed: bool) -> Result<Mended, Error> {
    let Remedy { request, fingerprint, places, unmark, .. } = &seen.remedy;
    let mut mended = Mended { gone: vec![false; seen.findings.len()], ..Mended::default() };
    if seen.remedy.is_empty() {
        return Ok(mended);
    }
    if let Some(request) = request {
        let fingerprint = reviewed.then_some(fingerprint);
        let written = write::commit(&visit.site, request, fingerprint, &visit.state, now())?;
        mended.files = diff::of(&written.plan);
        mended.undoable = written.undoable;
    }
    if let Some(profile) = unmark {
        profiles::unmark(&visit.site, &visit.site.read()?, profile)?;
    }
    for place in places {
        files::restrict(&place.path, place.mode & !place.excess())?;
    }
    let files = Files::read(&visit.site)?;
    let after = offline_findings(visit, &files, None);
    // Two findings with the same words are the same one.
    let words = |finding: &Finding| finding.cause.message(Lang::En, &|path| visit.site.paths.tilde(path));
    let is_left = |finding: &Finding| {
        let same = |other: &Finding| other.cause.code() == finding.cause.code() && words(other) == words(finding);
        after.iter().any(same)
    };
    let gone = |finding: &Finding| finding.repair.is_automatic() && !is_left(finding);
    mended.gone = seen.findings.iter().map(gone).collect();
    mended.reference = files.known.current.configured.primary;
    Ok(mended)
}
