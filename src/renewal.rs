//! The credential that is stored, fit for use: an OAuth access token whose time is up is renewed first.
//!
//! A refresh token is good for one renewal. So both of OpenClaw's locks are held from before the store
//! is read again until the new token is on disk: however many programs want to renew, one does, and
//! the others find its result.

pub mod kept;
pub mod prospect;
pub mod round;
pub mod timer;

use crate::chutes::client::Client;
use crate::chutes::credential_kinds::variable;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::oauth::renewal_terms;
use crate::chutes::oauth::renewal_terms::{Missing, Surroundings};
use crate::chutes::oauth::token::{self, TokenError};
use crate::chutes::verify::{Verdict, verify};
use crate::files::{self, Doing};
use crate::openclaw::read::auth_store::PROVIDER;
use crate::openclaw::read::current::{self, OAuthProfile, active_oauth, active_secret};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::write::sidecar_lock::{Lock, LockError, REFRESH, Rules, STORE, refresh_lock, store_lock};
use crate::openclaw::{self, Site, plan, write};
use crate::secret::Secret;
use crate::signals::{self, Uncut};
use crate::texts::{Lang, renewal as words, signin as t};
use crate::time::{UnixMillis, now};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Why the stored credential cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    OpenClaw(#[from] openclaw::Error),
    #[error("{}", .0.message(Lang::En))]
    Missing(Missing),
    #[error("{}", .0.message(Lang::En))]
    Token(TokenError),
    /// A renewal was sent then and cut off before its answer was on disk: what it sent
    /// is spent, and what came back is lost.
    #[error("{}", words::cut_off(Lang::En, .0.local()))]
    CutOff(UnixMillis),
}

impl Error {
    /// What failed, and the next step.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Error::OpenClaw(error) => error.message(lang),
            Error::Missing(missing) => missing.message(lang).to_owned(),
            Error::Token(error) => t::renewal_failed(lang, error.message(lang)),
            Error::CutOff(at) => words::cut_off(lang, at.local()),
        }
    }

    /// Stable name, for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Error::OpenClaw(error) => error.code(),
            Error::Missing(Missing::RefreshToken) => "no-refresh-token",
            Error::Missing(Missing::ClientId) => "missing-client-id",
            Error::Missing(Missing::ClientSecret) => "missing-client-secret",
            Error::Token(error) => error.code(),
            Error::CutOff(_) => "renewal-cut-off",
        }
    }

    /// Only a person at a browser can help.
    pub fn needs_sign_in(&self) -> bool {
        match self {
            Error::Token(error) => !error.is_network(),
            Error::Missing(_) | Error::CutOff(_) => true,
            Error::OpenClaw(_) => false,
        }
    }
}

impl From<files::Error> for Error {
    fn from(error: files::Error) -> Self {
        Error::OpenClaw(error.into())
    }
}

/// Held while a refresh token is out and its successor is not on disk yet.
static IN_FLIGHT: Mutex<()> = Mutex::new(());

/// Blocks until no renewal is between the request and the disk: to be called before the process ends.
pub fn wait_until_kept() {
    drop(IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner));
}

/// The secret of the credential that OpenClaw would use, renewed before if its time is up. `var`: the
/// environment of this process. None: nothing usable is stored. Dropping the future ends the waiting
/// for a lock; a renewal that was sent goes on until its answer is stored.
pub async fn stored_secret(
    site: &Site,
    endpoints: &Endpoints,
    var: impl Fn(&str) -> Option<String> + Send + 'static,
) -> Result<Option<Secret>, Error> {
    secret_unlike(site, endpoints, var, None).await
}

/// [`stored_secret`] after the service refused one (401): a sign-in that still has it is renewed first,
/// whatever its time. None: there is no other one than the refused.
pub async fn secret_after_refusal(
    site: &Site,
    endpoints: &Endpoints,
    var: impl Fn(&str) -> Option<String> + Send + 'static,
    refused: Secret,
) -> Result<Option<Secret>, Error> {
    let next = secret_unlike(site, endpoints, var, Some(refused.clone())).await?;
    Ok(next.filter(|next| *next != refused))
}

/// A test call with what is stored. A refusal of a sign-in counts only when it was renewed and is refused
/// again: its token may have been revoked before its time. None: nothing usable is stored.
pub async fn verify_stored(
    client: &Client,
    site: &Site,
    endpoints: &Endpoints,
    var: impl Fn(&str) -> Option<String> + Clone + Send + 'static,
    model: &str,
) -> Result<Option<Verdict>, Error> {
    let Some(secret) = stored_secret(site, endpoints, var.clone()).await? else { return Ok(None) };
    let verdict = verify(client, &secret, model).await;
    match &verdict {
        Verdict::Refused(failure) if failure.credential_refused() => {
            match secret_after_refusal(site, endpoints, var, secret).await? {
                Some(renewed) => Ok(Some(verify(client, &renewed, model).await)),
                None => Ok(Some(verdict)),
            }
        }
        _ => Ok(Some(verdict)),
    }
}

/// The stored secret. `refused`: one that is renewed even before its time is up.
async fn secret_unlike(
    site: &Site,
    endpoints: &Endpoints,
    var: impl Fn(&str) -> Option<String> + Send + 'static,
    refused: Option<Secret>,
) -> Result<Option<Secret>, Error> {
    let snapshot = site.read()?;
    if current::kept(&snapshot).is_some() {
        let (site, document) = (site.clone(), site.paths.sign_in.clone());
        let work = move || kept::renew_unlike(&document, &round::surroundings(&site, var), now, refused.as_ref());
        let renewed = tokio::task::spawn_blocking(work).await;
        // A token that still lives is better than none.
        let living = || kept::read(&snapshot.sign_in.path).filter(|kept| !kept.is_over(now()));
        return match renewed {
            Ok(Ok(kept)) => Ok(kept.map(|kept| kept.sign_in.access)),
            Ok(Err(error)) => living().map(|kept| Some(kept.access)).ok_or(error),
            Err(_) => Ok(living().map(|kept| kept.access)),
        };
    }
    if due(&snapshot, refused.as_ref()).is_none_or(|profile| profile.refresh.is_none()) {
        return Ok(active_secret(&snapshot, now(), &var));
    }
    let (site, endpoints) = (site.clone(), endpoints.clone());
    let wanted = Wanted(Arc::new(AtomicBool::new(true)));
    let flag = Arc::clone(&wanted.0);
    let renewing = tokio::task::spawn_blocking(move || renew(&site, endpoints, var, &flag, refused.as_ref()));
    let path = snapshot.store.file.path;
    renewing.await.unwrap_or_else(|_| Err(openclaw::Error::Locked { path, pid: None }.into()))
}

/// The sign-in in force, when its time is up or its token is the one that was refused.
fn due(snapshot: &Snapshot, refused: Option<&Secret>) -> Option<OAuthProfile> {
    let is_refused = || refused.is_some() && active_secret(snapshot, now(), |_| None).as_ref() == refused;
    active_oauth(snapshot, now()).filter(|profile| renewal_terms::is_due(profile.expires_at, now()) || is_refused())
}

fn renew(
    site: &Site,
    endpoints: Endpoints,
    var: impl Fn(&str) -> Option<String>,
    wanted: &AtomicBool,
    refused: Option<&Secret>,
) -> Result<Option<Secret>, Error> {
    let snapshot = site.read()?;
    let Some(profile) = due(&snapshot, refused) else { return Ok(active_secret(&snapshot, now(), &var)) };
    let _refreshing = acquire(refresh_lock(&site.paths.state_dir, PROVIDER, &profile.id), REFRESH, wanted)?;
    let _storing = acquire(store_lock(&profile.store), STORE, wanted)?;

    // Somebody else may have renewed it, or stored another, while we waited.
    let snapshot = site.read()?;
    let Some(profile) = due(&snapshot, refused) else { return Ok(active_secret(&snapshot, now(), &var)) };
    let stored = renewal_terms::Stored { client_id: profile.client_id, refresh: profile.refresh };
    let request = renewal_terms::request(&stored, &surroundings(&snapshot, &var)).map_err(Error::Missing)?;
    // The old token is spent only if the new one can be kept.
    write::can_replace(&profile.store)?;
    // A runtime of its own: the caller's may be given up in the middle.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| openclaw::Error::io(Doing::Lock, &profile.store, &error))?;
    let _uncut = Uncut::begin().map_err(openclaw::Error::interrupted)?;
    let _in_flight = IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner);
    let client = Client::new(endpoints);
    let renewed = runtime.block_on(token::refresh(&client, &request, now())).map_err(Error::Token)?;
    write::renewed(&profile.store, &profile.id, &renewed)?;
    Ok(Some(renewed.access))
}

/// What we send: as OpenClaw, the environment first, then what its gateway reads.
fn surroundings(snapshot: &Snapshot, var: impl Fn(&str) -> Option<String>) -> Surroundings {
    let set = |name: &str| var(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let gateway = plan::gateway_surroundings(snapshot);
    Surroundings {
        client_id: set(variable::CLIENT_ID).or(gateway.client_id),
        client_secret: set(variable::CLIENT_SECRET).map(Secret::new).or(gateway.client_secret),
    }
}

/// Waits for a lock as long as anybody wants it.
fn acquire(path: PathBuf, rules: Rules, wanted: &AtomicBool) -> Result<Lock, Error> {
    const STEP: Duration = Duration::from_millis(20);
    let wait = |pause: Duration| {
        let mut left = pause;
        let is_wanted = || wanted.load(Ordering::Relaxed) && signals::caught().is_none();
        while !left.is_zero() && is_wanted() {
            std::thread::sleep(left.min(STEP));
            left = left.saturating_sub(STEP);
        }
        is_wanted()
    };
    let busy = |path, pid| Error::OpenClaw(openclaw::Error::Locked { path, pid });
    Lock::acquire(&path, rules, wait).map_err(|error| match error {
        LockError::Busy { path, pid } => busy(path, pid),
        LockError::GivenUp { path } => busy(path, None),
        LockError::Io { path, error } => openclaw::Error::io(Doing::Lock, &path, &error).into(),
    })
}

/// Cleared when the waiting future is dropped.
struct Wanted(Arc<AtomicBool>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
