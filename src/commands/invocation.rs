//! What was asked, typed: the outcome of reading the command line.

use super::renew::How;
use crate::chutes::pool::Order;
use crate::openclaw::types::AuthChoice;
use crate::selection::recommend::Purpose;
use crate::texts::Lang;
use std::path::PathBuf;

/// One run of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// The name this program was called by: `openclaw-chutes` or `openclaw`.
    pub program: &'static str,
    pub lang: Lang,
    /// `--plain`: line-by-line prompts; in lists, one entry per line. The environment (`ACCESSIBLE`,
    /// `TERM=dumb`) is not included.
    pub plain: bool,
    /// `--no-color`, or `NO_COLOR` set to anything but nothing.
    pub no_color: bool,
    pub target: Target,
    pub command: Command,
}

/// Which OpenClaw files are meant; what is None comes from the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// `--agent`: whose credential store.
    pub agent: Option<String>,
    /// `--config`: the config file.
    pub config: Option<PathBuf>,
    /// `--openclaw`: the program itself, where it is not to be found otherwise.
    pub openclaw: Option<PathBuf>,
    /// `--profile`: OpenClaw's own profile (`~/.openclaw-<name>`).
    pub profile: Option<String>,
}

/// The subcommand, with its options checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Onboard(Box<Onboard>),
    Demo,
    /// `models` alone: the model screen.
    Models,
    ModelsList {
        all: bool,
        json: bool,
    },
    ModelsStatus {
        check: bool,
        probe: bool,
        json: bool,
    },
    /// Ref or alias.
    ModelsSet {
        reference: String,
        json: bool,
    },
    /// Ref or alias.
    ModelsSetImage {
        reference: String,
        json: bool,
    },
    FallbacksList {
        json: bool,
    },
    FallbacksAdd {
        reference: String,
        json: bool,
    },
    FallbacksRemove {
        reference: String,
        json: bool,
    },
    FallbacksClear {
        json: bool,
    },
    ModelsRefresh(super::refresh::How),
    ModelsRecommend {
        purpose: Purpose,
        json: bool,
    },
    PoolsList {
        json: bool,
    },
    PoolsAdd {
        name: String,
        members: Vec<String>,
        order: Order,
        json: bool,
    },
    PoolsRemove {
        name: String,
        json: bool,
    },
    /// The proof of a TEE model.
    ModelsVerify {
        reference: String,
        json: bool,
    },
    AliasesList {
        json: bool,
    },
    AliasesAdd {
        alias: String,
        reference: String,
        json: bool,
    },
    AliasesRemove {
        alias: String,
        json: bool,
    },
    ConfigGet {
        path: String,
        json: bool,
    },
    Renew(How),
    Token,
    LoginStart {
        /// The client secret waits with the attempt.
        keep_secret: bool,
        json: bool,
    },
    LoginFinish {
        redirect_stdin: bool,
        /// Also make a timer that renews.
        timer: bool,
        json: bool,
    },
    LoginAppCreate {
        key_source: Option<KeySource>,
        /// Where the new secret goes instead of standard output.
        secret_file: Option<PathBuf>,
        json: bool,
    },
    Logout(super::logout::Logout),
    AccountsList {
        json: bool,
    },
    AccountsUse {
        name: String,
        json: bool,
    },
    AccountsRemove {
        name: String,
        json: bool,
    },
    Export,
    Import {
        /// `-`: standard input.
        source: PathBuf,
        /// Show the diff, write nothing.
        check: bool,
        json: bool,
    },
    Doctor {
        fix: bool,
        json: bool,
    },
    Undo {
        json: bool,
    },
    /// For the shell of this name.
    Completions(String),
    Man,
}

impl Command {
    /// `--json` was given to it.
    pub fn json(&self) -> bool {
        match self {
            Command::Onboard(options) => options.json,
            Command::Logout(options) => options.json,
            Command::ModelsRefresh(how) => how.json,
            Command::ModelsList { json, .. }
            | Command::ModelsStatus { json, .. }
            | Command::ModelsSet { json, .. }
            | Command::ModelsSetImage { json, .. }
            | Command::FallbacksList { json }
            | Command::FallbacksAdd { json, .. }
            | Command::FallbacksRemove { json, .. }
            | Command::FallbacksClear { json }
            | Command::ModelsRecommend { json, .. }
            | Command::PoolsList { json }
            | Command::PoolsAdd { json, .. }
            | Command::PoolsRemove { json, .. }
            | Command::ModelsVerify { json, .. }
            | Command::AliasesList { json }
            | Command::AliasesAdd { json, .. }
            | Command::AliasesRemove { json, .. }
            | Command::ConfigGet { json, .. }
            | Command::LoginStart { json, .. }
            | Command::LoginAppCreate { json, .. }
            | Command::LoginFinish { json, .. }
            | Command::AccountsList { json }
            | Command::AccountsUse { json, .. }
            | Command::AccountsRemove { json, .. }
            | Command::Import { json, .. }
            | Command::Doctor { json, .. }
            | Command::Undo { json } => *json,
            Command::Renew(how) => how.json,
            Command::Token
            | Command::Demo
            | Command::Export
            | Command::Models
            | Command::Completions(_)
            | Command::Man => false,
        }
    }
}

/// Options of `onboard`. All of them also preselect in the wizard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Onboard {
    pub auth_choice: Option<AuthChoice>,
    pub key_source: Option<KeySource>,
    pub secret_input_mode: SecretInputMode,
    /// `--model`: ref or alias.
    pub model: Option<String>,
    /// `--fallback`, in the order given.
    pub fallbacks: Vec<String>,
    pub image_model: Option<String>,
    /// `--alias NAME=REF`, in the order given.
    pub aliases: Vec<(String, String)>,
    pub models: Option<ModelsChoice>,
    pub sign_in: SignIn,
    pub non_interactive: bool,
    pub json: bool,
    /// Show the diff, write nothing.
    pub check: bool,
    pub skip_verify: bool,
    /// `--strict`: what OpenClaw refuses in the config is a failure.
    pub strict: bool,
    /// `login finish --timer`: make a timer that renews, where no gateway's cron does.
    pub timer: bool,
}

impl Onboard {
    /// No terminal may be read: `--json` and `--check` have nobody to ask either.
    pub fn without_a_person(&self) -> bool {
        self.non_interactive || self.json || self.check
    }
}

/// Where the options say that the key is. The environment is looked at when neither is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    Stdin,
    File(PathBuf),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretInputMode {
    /// The key itself goes into OpenClaw's credential store.
    #[default]
    Plaintext,
    /// A reference to `CHUTES_API_KEY` goes there; the key stays in the environment.
    Ref,
}

/// `--models`: what to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelsChoice {
    All,
    /// As given, one per `--models`; commas not yet split, because an id may contain one.
    Listed(Vec<String>),
}

/// How to sign in; everything off: decide by the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignIn {
    pub browser: bool,
    pub headless: bool,
    pub qr: bool,
    pub link_file: Option<PathBuf>,
    pub qr_file: Option<PathBuf>,
}
