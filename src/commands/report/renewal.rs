//! Who renews the stored sign-in, when next, and what went wrong: for `models status`.

use crate::clean;
use crate::openclaw::plan::renewal_job;
use crate::openclaw::read::current;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::{CredentialKind, StoredCredential};
use crate::renewal::prospect::Prospect;
use crate::renewal_timer::By;
use crate::sign_in::SignIn;
use crate::texts::{Lang, cli, renewal as text};
use crate::time::UnixMillis;
use serde_json::{Value, json};

/// What of a sign-in that we keep decides how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptState {
    /// It is renewed when it is time.
    Renews,
    /// Its token still lives, and nothing will follow it.
    Ends,
    /// No token works now.
    Over,
}

/// The sign-in that we keep, when it is the one in force.
pub fn kept(snapshot: &Snapshot, active: Option<&StoredCredential>) -> Option<SignIn> {
    active.filter(|active| active.kind == CredentialKind::OAuth)?;
    current::kept(snapshot)
}

pub fn state(kept: &SignIn, now: UnixMillis) -> KeptState {
    let trouble = kept.progress.trouble.as_ref();
    let lasting = kept.refresh.is_none() || trouble.is_some_and(|trouble| trouble.lasting);
    match kept.is_over(now) {
        // Nobody has needed it for a while; whoever needs it next renews it first.
        true if !lasting && trouble.is_none() => KeptState::Renews,
        true => KeptState::Over,
        false if lasting => KeptState::Ends,
        false => KeptState::Renews,
    }
}

/// `auth.renewal` of the document; null: nothing renews this credential.
pub fn json(
    kept: Option<&SignIn>,
    timer: Option<By>,
    active: Option<&StoredCredential>,
    prospect: Option<Prospect>,
) -> Value {
    let mut renewal = match kept {
        Some(kept) => json!({
            "by": "openclaw-chutes",
            "nextAt": kept.due_at().rfc3339(),
            "every": renewal_job::EVERY,
            "job": kept.progress.job,
            "timer": timer.map(By::name),
            "lastError": kept.progress.trouble.as_ref().map(|trouble| json!({
                "at": trouble.at.rfc3339(),
                "code": trouble.code,
                "message": trouble.message,
            })),
        }),
        None if active.is_some_and(|active| active.kind == CredentialKind::OAuth) => json!({"by": "openclaw"}),
        None => Value::Null,
    };
    if let (Some(prospect), Some(renewal)) = (prospect, renewal.as_object_mut()) {
        renewal.insert("outlook".to_owned(), json!(prospect.name()));
    }
    renewal
}

/// What is to be said of the next renewal; None: nothing is known.
pub fn outlook(prospect: Prospect, lang: Lang) -> Option<String> {
    match prospect {
        Prospect::Proven => Some(cli::renewal_proven(lang).to_owned()),
        Prospect::Likely => None,
        Prospect::Missing(missing) => Some(missing.message(lang).to_owned()),
        Prospect::Spent => Some(cli::renewal_refused(lang).to_owned()),
        Prospect::Weakened => Some(cli::renewal_weakened(lang).to_owned()),
    }
}

/// A line or two about a sign-in that we keep.
pub fn words(kept: &SignIn, timer: Option<By>, lang: Lang) -> Vec<String> {
    let next = kept.due_at().local();
    let mut lines = vec![match (timer, &kept.progress.job) {
        (Some(by), _) => text::status_next_timer(lang, next, by.name(), renewal_job::EVERY),
        (None, Some(_)) => text::status_next(lang, next, renewal_job::EVERY),
        (None, None) => text::status_next_no_job(lang, next),
    }];
    if let Some(trouble) = &kept.progress.trouble {
        lines.push(text::status_trouble(lang, trouble.at.local(), clean::line(&trouble.message)));
    }
    lines
}
