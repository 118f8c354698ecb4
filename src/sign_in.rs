//! The sign-in that this program keeps and renews, for an OpenClaw whose core renews none (from
//! 2026.8.1 on). A document in our own state, 0600: OpenClaw gets the access token from it through its
//! exec secret provider, and never sees the rest.

use crate::files::lock::Lock;
use crate::secret::Secret;
use crate::time::UnixMillis;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a waiter looks whether the lock is free.
const PAUSE: Duration = Duration::from_millis(5);

/// All times are Unix time in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    pub client_id: String,
    /// Chutes refuses every renewal without it. None: it is where OpenClaw's gateway reads it, or in the
    /// environment.
    pub client_secret: Option<Secret>,
    pub access: Secret,
    pub refresh: Option<Secret>,
    /// When the access token was issued.
    pub issued_at: UnixMillis,
    /// When it ends.
    pub ends_at: UnixMillis,
    /// Chutes user name.
    pub account: Option<String>,
    /// The `sub` of userinfo.
    pub account_id: Option<String>,
    /// Address of the identity provider that issued it.
    pub idp: String,
    pub progress: Progress,
}

/// What the renewals have come to. Nothing secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// A renewal was sent then, and its answer has not come yet.
    pub sent_at: Option<UnixMillis>,
    /// Why the last renewal failed; None: it did not.
    pub trouble: Option<Trouble>,
    /// `issued_at` of the token that a running gateway was last made to take.
    pub taken: Option<UnixMillis>,
    /// The job in OpenClaw's own cron that renews.
    pub job: Option<String>,
    /// Directories in which OpenClaw and its Node were found, as in `PATH`.
    pub search: Option<String>,
}

/// A renewal that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub at: UnixMillis,
    /// Stable name, as in JSON documents.
    pub code: String,
    /// In English, safe to print.
    pub message: String,
    /// Only a new sign-in helps.
    pub lasting: bool,
}

impl SignIn {
    /// From the bytes of the document. None: there is no sign-in in it.
    pub fn parse(bytes: &[u8]) -> Option<SignIn> {
        let document: Value = serde_json::from_slice(bytes).ok()?;
        let text =
            |name: &str| document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let time = |value: &Value, name: &str| value.get(name).and_then(Value::as_i64).map(UnixMillis);
        let progress = document.get("progress").unwrap_or(&Value::Null);
        let trouble = progress.get("trouble").and_then(|trouble| {
            Some(Trouble {
                at: time(trouble, "at")?,
                code: trouble.get("code")?.as_str()?.to_owned(),
                message: trouble.get("message")?.as_str()?.to_owned(),
                lasting: trouble.get("lasting")?.as_bool()?,
            })
        });
        Some(SignIn {
            client_id: text("clientId")?,
            client_secret: text("clientSecret").map(Secret::new),
            access: text("access").map(Secret::new)?,
            refresh: text("refresh").map(Secret::new),
            issued_at: time(&document, "issuedAt")?,
            ends_at: time(&document, "endsAt")?,
            account: text("account"),
            account_id: text("accountId"),
            idp: text("idp")?,
            progress: Progress {
                sent_at: time(progress, "sentAt"),
                trouble,
                taken: time(progress, "taken"),
                job: progress.get("job").and_then(Value::as_str).map(str::to_owned),
                search: progress.get("search").and_then(Value::as_str).map(str::to_owned),
            },
        })
    }

    /// The document.
    pub fn bytes(&self) -> Vec<u8> {
        let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        let mut progress = Map::new();
        let mut note = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                progress.insert(name.to_owned(), value);
            }
        };
        let Progress { sent_at, trouble, taken, job, search } = &self.progress;
        note("sentAt", sent_at.map(Value::from));
        note("taken", taken.map(Value::from));
        note("job", job.as_deref().map(Value::from));
        note("search", search.as_deref().map(Value::from));
        note(
            "trouble",
            trouble.as_ref().map(|Trouble { at, code, message, lasting }| {
                json!({"at": at, "code": code, "message": message, "lasting": lasting})
            }),
        );
        let document = json!({
            "version": 1,
            "clientId": self.client_id,
            "clientSecret": secret(&self.client_secret),
            "access": self.access.expose(),
            "refresh": secret(&self.refresh),
            "issuedAt": self.issued_at,
            "endsAt": self.ends_at,
            "account": self.account,
            "accountId": self.account_id,
            "idp": self.idp,
            "progress": progress,
        });
        text_of(&document)
    }

    /// When it is renewed: with half of its life left, so that there is time for more than one try.
    pub fn due_at(&self) -> UnixMillis {
        self.issued_at + (self.ends_at - self.issued_at).max(0) / 2
    }

    /// It has ended: the service takes it no more.
    pub fn is_over(&self, now: UnixMillis) -> bool {
        self.ends_at <= now
    }
}

/// The document in which there is no sign-in (any more).
pub fn signed_out() -> Vec<u8> {
    text_of(&json!({"version": 1}))
}

fn text_of(document: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Where the sign-in that a config refers to is kept: `dir` is the directory of our own state.
pub fn place(dir: &Path, config: &Path) -> PathBuf {
    let digest = Sha256::digest(config.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    dir.join(format!("sign-in-{name}.json"))
}

/// Held until dropped, or until the process ends, however it ends: nobody else changes this document, or
/// spends its refresh token. None: somebody else held it all the time.
pub fn lock(document: &Path, wait: Duration) -> io::Result<Option<Lock>> {
    let dir = document.parent().unwrap_or(Path::new("/")).join("locks");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
    let path = dir.join(document.with_extension("lock").file_name().unwrap_or_default());
    // Never renamed into place: whoever comes at the same time must lock the same file.
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
    let start = Instant::now();
    loop {
        match Lock::try_take(file.try_clone()?, &path)? {
            None if start.elapsed() < wait => sleep(PAUSE),
            taken => return Ok(taken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in() -> SignIn {
        SignIn {
            client_id: "cid_abc123def456ghi789jkl012".into(),
            client_secret: Some(Secret::new("csc_canary")),
            access: Secret::new("cak_canary"),
            refresh: Some(Secret::new("crt_canary")),
            issued_at: UnixMillis(1000),
            ends_at: UnixMillis(3001),
            account: Some("alice".into()),
            account_id: None,
            idp: "https://api.chutes.ai".into(),
            progress: Progress {
                sent_at: Some(UnixMillis(5)),
                trouble: Some(Trouble {
                    at: UnixMillis(7),
                    code: "service".into(),
                    message: "m".into(),
                    lasting: false,
                }),
                taken: Some(UnixMillis(1000)),
                job: Some("id".into()),
                search: Some("/a:/b".into()),
            },
        }
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let full = sign_in();
        assert_eq!(SignIn::parse(&full.bytes()).as_ref(), Some(&full));
        let bare = SignIn { client_secret: None, refresh: None, account: None, progress: Progress::default(), ..full };
        assert_eq!(SignIn::parse(&bare.bytes()), Some(bare));
        for none in [&signed_out()[..], b"", b"{}", b"{\"version\": 1, \"access\": \"cak_x\"}"] {
            assert_eq!(SignIn::parse(none), None);
        }
    }

    #[test]
    fn half_of_a_life_is_time_for_more_than_one_try() {
        let kept = sign_in();
        assert_eq!(
            (kept.due_at(), kept.is_over(UnixMillis(3000)), kept.is_over(UnixMillis(3001))),
            (UnixMillis(2000), false, true)
        );
    }

    #[test]
    fn each_config_has_a_document_of_its_own() {
        let dir = Path::new("/s");
        assert_ne!(place(dir, Path::new("/a")), place(dir, Path::new("/b")));
        assert_eq!(place(dir, Path::new("/a")).parent(), Some(dir));
    }
}
