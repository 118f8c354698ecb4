//! What the wizard knows from the start and never changes: the options, the environment, the places.

use crate::chutes::model::Catalog;
use crate::chutes::oauth::attempt::{BadSetting, ClientId, Environment};
use crate::host::Host;
use crate::openclaw::types::AuthChoice;
use crate::secret::Secret;
use crate::selection::{Documented, Overrides};
use crate::texts::Lang;
use crate::time::UnixMillis;
use std::path::{Path, PathBuf};

/// What never changes while the wizard runs.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub lang: Lang,
    /// Running against the embedded stand-in, in a throw-away home.
    pub demo: bool,
    /// Nothing is to move by itself (`NO_MOTION`).
    pub still: bool,
    /// Only the models screen: what is stored stays, no sign-in.
    pub models_only: bool,
    /// `--auth-choice`.
    pub choice: Option<AuthChoice>,
    /// A well-formed key from `CHUTES_API_KEY`.
    pub env_key: Option<Secret>,
    /// The key that `--api-key-file` or `--api-key-stdin` gave.
    pub given_key: Option<Secret>,
    /// `--secret-input-mode ref`: store the name `CHUTES_API_KEY` in place of the key.
    pub store_reference: bool,
    pub skip_verify: bool,
    /// The API in force, `…/v1`, and its host for messages.
    pub base_url: String,
    pub api_host: String,
    /// What `~` stands for in a shown path.
    pub home: PathBuf,
    /// OpenClaw's state directory and config, as a person writes them (`~/.openclaw`).
    pub state_dir: String,
    pub config_path: String,
    /// Who called `sudo`, where the home is not theirs.
    pub sudo_user: Option<String>,
    /// `--agent`; the config's default agent is known once the files are read.
    pub agent: Option<String>,
    /// The key that an empty field stands for in the demo.
    pub demo_key: Option<Secret>,
    pub documented: Documented,
    /// What is used when discovery fails: the built-in catalog.
    pub fallback: Catalog,
    pub overrides: Overrides,
    pub favourites: Vec<String>,
    pub sign_in: SignInFacts,
    /// An OpenClaw is installed that can say what it thinks of its config.
    pub openclaw_answers: bool,
}

impl Facts {
    /// A path as a person writes it.
    pub fn tilde(&self, path: &Path) -> String {
        match path.strip_prefix(&self.home) {
            Ok(below) if !self.home.as_os_str().is_empty() => format!("~/{}", below.display()),
            _ => path.display().to_string(),
        }
    }
}

/// What is known about signing in before anybody does.
#[derive(Clone, Debug, Default)]
pub struct SignInFacts {
    /// The settings, or what is wrong with them; None where nobody signs in.
    pub environment: Option<Result<Environment, BadSetting>>,
    /// The app of the last sign-in.
    pub remembered: Option<ClientId>,
    /// An earlier run began a sign-in that can still be continued.
    pub begun: Option<Begun>,
    /// Where we run, and why we think so.
    pub host: Option<Host>,
    /// The terminal is known to draw sextants.
    pub sextants: bool,
    /// In the demo, Enter can answer in place of a browser.
    pub demo: bool,
    /// `--qr`: the code is shown at once.
    pub qr: bool,
    /// `--link-file`, `--qr-file`
    pub link_file: Option<PathBuf>,
    pub qr_file: Option<PathBuf>,
    /// Where OpenClaw reads the client secret from, as a person writes it (`~/.openclaw/.env`).
    pub dotenv: String,
    /// This OpenClaw renews no sign-in: we do, and keep the secret ourselves.
    pub kept_by_us: bool,
}

/// An attempt that another run left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    pub at: UnixMillis,
    pub expires_at: UnixMillis,
    /// The client secret waits with it.
    pub has_secret: bool,
}
