//! Renews the sign-in that we keep ourselves. One at a time, under the document's lock; what must not be
//! lost is the answer, for the token that was sent is spent by it. So the document is written once
//! before the request (the disk takes it, and it says that a renewal is out) and once right after it.

use super::Error;
use crate::chutes::client::Client;
use crate::chutes::endpoints::Endpoints;
use crate::chutes::failure::{Failure, Kind, Stage};
use crate::chutes::oauth::renewal_terms::{self as terms, Stored, Surroundings};
use crate::chutes::oauth::token::{self, Renewed, TokenError};
use crate::files::lock::Lock;
use crate::files::{self, Doing};
use crate::openclaw;
use crate::secret::Secret;
use crate::sign_in::{self, SignIn, Trouble};
use crate::signals::Uncut;
use crate::texts::Lang;
use crate::time::UnixMillis;
use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::time::Duration;

/// A renewal of somebody else's ends sooner: an answer is waited for 30 s.
const LOCK_WAIT: Duration = Duration::from_secs(40);
/// The document grows by less than this when the new tokens come: so much more is tried beforehand.
const ROOM: usize = 1024;

/// The sign-in as it is afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub sign_in: SignIn,
    /// This call renewed it. False: it was not due, or somebody else did.
    pub renewed: bool,
}

/// What is kept there. None: no sign-in.
pub fn read(document: &Path) -> Option<SignIn> {
    SignIn::parse(&fs::read(document).ok()?)
}

/// Renews the sign-in of this document if it is due at `now`. None: there is none.
/// Blocks; a request that was sent is never given up.
pub fn renew(
    document: &Path,
    surroundings: &Surroundings,
    now: impl Fn() -> UnixMillis,
) -> Result<Option<Kept>, Error> {
    renew_unlike(document, surroundings, now, None)
}

/// [`renew`]; a sign-in whose access token is `refused` is due, whatever its time.
pub fn renew_unlike(
    document: &Path,
    surroundings: &Surroundings,
    now: impl Fn() -> UnixMillis,
    refused: Option<&Secret>,
) -> Result<Option<Kept>, Error> {
    let not_due = |sign_in: &SignIn| now() < sign_in.due_at() && Some(&sign_in.access) != refused;
    match read(document) {
        Some(sign_in) if not_due(&sign_in) => return Ok(Some(Kept { sign_in, renewed: false })),
        Some(_) => {}
        None => return Ok(None),
    }
    let _only_one = lock(document)?;
    // Somebody else may have renewed it, or signed in anew, while we waited.
    let Some(mut sign_in) = read(document) else { return Ok(None) };
    if not_due(&sign_in) {
        return Ok(Some(Kept { sign_in, renewed: false }));
    }
    let _uncut = Uncut::begin().map_err(openclaw::Error::interrupted)?;
    let _in_flight = super::IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner);
    match renewed(document, &mut sign_in, surroundings, &now) {
        Ok(()) => Ok(Some(Kept { sign_in, renewed: true })),
        Err(error) => {
            note(document, &mut sign_in, &error, now());
            Err(error)
        }
    }
}

/// Changes what is noted about the renewals, under the lock.
pub fn update(document: &Path, change: impl FnOnce(&mut SignIn)) -> Result<(), Error> {
    let _only_one = lock(document)?;
    let Some(old) = read(document) else { return Ok(()) };
    let mut new = old.clone();
    change(&mut new);
    if new == old { Ok(()) } else { Ok(files::write_private(document, &new.bytes())?) }
}

fn lock(document: &Path) -> Result<Lock, Error> {
    let failed = |error: std::io::Error| files::Error::io(Doing::Lock, document, &error);
    let lock = sign_in::lock(document, LOCK_WAIT).map_err(failed)?;
    lock.ok_or_else(|| openclaw::Error::Locked { path: document.to_owned(), pid: None }.into())
}

/// The request, and the tokens that come back, on disk when this returns.
fn renewed(
    document: &Path,
    sign_in: &mut SignIn,
    surroundings: &Surroundings,
    now: &impl Fn() -> UnixMillis,
) -> Result<(), Error> {
    let stored = Stored { client_id: Some(sign_in.client_id.clone()), refresh: sign_in.refresh.clone() };
    let secret = sign_in.client_secret.clone().or_else(|| surroundings.client_secret.clone());
    let with = Surroundings { client_id: None, client_secret: secret };
    if let Some(missing) = terms::missing(&stored, &with) {
        return Err(Error::Missing(missing));
    }
    let request = terms::request(&stored, &with).map_err(Error::Missing)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| files::Error::io(Doing::Lock, document, &error))?;
    let client = Client::new(Endpoints { idp: sign_in.idp.clone(), ..Endpoints::default() });

    let before = sign_in.progress.sent_at;
    let sent_at = now();
    sign_in.progress.sent_at = Some(before.unwrap_or(sent_at));
    let mut bytes = sign_in.bytes();
    bytes.extend([b' '; ROOM]);
    files::write_private(document, &bytes)?;
    let answer = runtime.block_on(token::refresh(&client, &request, sent_at));
    match answer {
        Ok(tokens) => {
            take(sign_in, tokens, sent_at);
            keep(document, &sign_in.bytes())
        }
        // The one loss there can be: a renewal that nobody heard the answer of had spent it.
        Err(TokenError::RefreshSpent) => Err(before.map_or(Error::Token(TokenError::RefreshSpent), Error::CutOff)),
        Err(error) => {
            if !may_have_arrived(&error) {
                sign_in.progress.sent_at = before;
            }
            Err(Error::Token(error))
        }
    }
}

fn take(sign_in: &mut SignIn, tokens: Renewed, sent_at: UnixMillis) {
    sign_in.access = tokens.access;
    sign_in.refresh = Some(tokens.refresh);
    sign_in.issued_at = sent_at;
    sign_in.ends_at = tokens.ends_at;
    sign_in.progress.sent_at = None;
    sign_in.progress.trouble = None;
}

/// What was just received has no other copy: where no new file can be written any more, the old one, which
/// is long enough, is written over.
fn keep(document: &Path, bytes: &[u8]) -> Result<(), Error> {
    match files::write_private(document, bytes) {
        Ok(()) => Ok(()),
        Err(error) => {
            let mut over = bytes.to_vec();
            let length = fs::metadata(document).map_or(0, |meta| meta.len());
            over.resize(over.len().max(usize::try_from(length).unwrap_or_default()), b' ');
            let written = fs::OpenOptions::new().write(true).open(document).and_then(|mut file| {
                std::io::Write::write_all(&mut file, &over)?;
                file.sync_all()
            });
            written.map_err(|_| error.into())
        }
    }
}

/// Whether the request may have reached the service, which then may have spent the token.
fn may_have_arrived(error: &TokenError) -> bool {
    match error {
        TokenError::Failed(Failure { kind, .. }) => !matches!(
            kind,
            Kind::ConnectionRefused
                | Kind::Dns { .. }
                | Kind::Tls(_)
                | Kind::Proxy(_)
                | Kind::Timeout { stage: Stage::Connect | Stage::Tls, .. }
        ),
        TokenError::Unreadable => true,
        // An answer in the protocol's own words: the token was looked at, and is as it was.
        _ => false,
    }
}

/// Keeps the reason where `doctor` and `models status` find it. A failure to do so changes nothing.
fn note(document: &Path, sign_in: &mut SignIn, error: &Error, now: UnixMillis) {
    sign_in.progress.trouble = Some(Trouble {
        at: now,
        code: error.code().to_owned(),
        message: error.message(Lang::En),
        lasting: error.needs_sign_in(),
    });
    let _ = files::write_private(document, &sign_in.bytes());
}
