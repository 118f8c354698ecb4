//! The timer that renews where no gateway's cron does: the record of what was made of it, a document in our own
//! state. What it names is ours, so `undo`, `logout` and the first `renew` that meets a gateway know what to take away.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What it is called, as the job in a gateway's cron is.
pub const NAME: &str = "openclaw-chutes-renew";

/// Who calls `renew` at times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// The systemd manager of this user.
    Systemd,
    /// macOS.
    Launchd,
    /// cron, by an entry in this user's table.
    Crontab,
}

impl By {
    /// `systemd`, `launchd`, `crontab`.
    pub fn name(self) -> &'static str {
        match self {
            By::Systemd => "systemd",
            By::Launchd => "launchd",
            By::Crontab => "crontab",
        }
    }
}

/// A timer as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalTimer {
    pub by: By,
    /// The unit without its ending, or launchd's label.
    pub name: String,
    /// Its files, in the order in which they were written.
    pub files: Vec<TimerFile>,
    /// The line in the crontab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Lingering was off, and is on for its sake.
    #[serde(default)]
    pub lingers: bool,
}

/// One file of the timer, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerFile {
    pub path: PathBuf,
    /// SHA-256, in hexadecimal: a file that somebody changed is theirs.
    pub sha256: String,
}

impl RenewalTimer {
    /// From the bytes of the document. None: no timer.
    pub fn parse(bytes: &[u8]) -> Option<RenewalTimer> {
        serde_json::from_slice(bytes).ok()
    }

    /// The document.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// Where the record is kept that goes with a sign-in.
pub fn place(sign_in: &Path) -> PathBuf {
    let name = sign_in.file_name().unwrap_or_default().to_string_lossy().replacen("sign-in", "renewal-timer", 1);
    sign_in.with_file_name(name)
}
