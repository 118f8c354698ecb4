//! What goes into the machine and what comes out: plain data.

use crate::chutes::catalog::Stage;
use crate::chutes::failure::Failure;
use crate::chutes::model::Catalog;
use crate::chutes::oauth::attempt::ClientId;
use crate::chutes::oauth::token::Granted;
use crate::chutes::verify::Verdict;
use crate::host::Host;
use crate::openclaw::Error;
use crate::openclaw::ask::Resolved;
use crate::openclaw::current::Current;
use crate::openclaw::diff::FileDiff;
use crate::openclaw::plan::{PlanWarning, Request};
use crate::openclaw::undo::Undone;
use crate::secret::Secret;
use crate::selection::{Documented, Overrides};
use crate::texts::Lang;
use crate::wizard::line::LineEdit;
use crate::wizard::signin::{Given, News};
use std::path::{Path, PathBuf};

/// Names one asynchronous attempt. An answer that carries another id than the current one is late, and dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt(pub u64);

/// What never changes while the wizard runs.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub lang: Lang,
    /// Running against the embedded stand-in, in a throw-away home.
    pub demo: bool,
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
    /// `--agent`; the config's default agent is known once the files are read.
    pub agent: Option<String>,
    /// The key that an empty field stands for in the demo.
    pub demo_key: Option<Secret>,
    pub documented: Documented,
    /// What is used when discovery fails: the built-in catalog.
    pub fallback: Catalog,
    pub overrides: Overrides,
    pub favourites: Vec<String>,
    pub sign_in: Given,
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

/// The two values of `--auth-choice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthChoice {
    OAuth,
    ApiKey,
}

/// A credential the wizard works with.
#[derive(Clone, Debug, PartialEq)]
pub enum Credential {
    /// Typed, pasted or read just now; not stored yet.
    ApiKey(Secret),
    /// The value of `CHUTES_API_KEY`.
    EnvKey(Secret),
    /// From a sign-in just now; not stored yet.
    OAuth(Box<SignedIn>),
    /// What OpenClaw's store has; the runtime reads it.
    Stored,
}

/// What a sign-in gave, and the app it was given to.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedIn {
    pub granted: Granted,
    pub client_id: ClientId,
}

/// How a sign-in begins.
#[derive(Clone, Debug)]
pub enum Begin {
    New {
        client_id: ClientId,
        secret: Option<Secret>,
    },
    /// Where an earlier run left off.
    Continue {
        secret: Option<Secret>,
    },
}

/// What a file holds for somebody whose terminal cannot copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFile {
    /// The link.
    Text,
    /// Its QR code.
    Png,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A key of the keymap in force, or text where text is being typed.
    Action(Action),
    Text(char),
    Paste(Secret),
    /// Text that came too fast to have been typed: a paste, or a part of one.
    Burst(Secret),
    /// OpenClaw's files were read.
    Loaded(Box<Result<Current, Error>>),
    /// The list that an earlier run kept, if there is one.
    Kept(Option<Box<Catalog>>),
    /// A stage of discovery began, `at_ms` after the attempt.
    Stage {
        attempt: Attempt,
        stage: Stage,
        at_ms: u64,
    },
    Discovered {
        attempt: Attempt,
        at_ms: u64,
        result: Box<Result<Catalog, Failure>>,
    },
    /// Time passes while something is under way.
    Tick {
        attempt: Attempt,
        at_ms: u64,
    },
    Verified {
        attempt: Attempt,
        verdict: Verdict,
    },
    Planned {
        attempt: Attempt,
        result: Box<Result<Planned, Error>>,
    },
    SignIn {
        attempt: Attempt,
        news: News,
    },
    /// Nothing was added to the paste field since it had that many pieces.
    Settled {
        attempt: Attempt,
        count: u64,
    },
    Committed(Box<Result<Committed, Error>>),
    /// How OpenClaw reads it; None: it gave no answer.
    ReadBack {
        attempt: Attempt,
        resolved: Option<Resolved>,
    },
    Undone(Box<Result<Undone, Error>>),
}

/// A plan as the Review screen shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planned {
    pub diffs: Vec<FileDiff>,
    pub warnings: Vec<PlanWarning>,
    /// OpenClaw's own command stores the credential.
    pub handover: Option<String>,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Committed {
    /// Files written, as a person writes their paths, each with its backup's name.
    pub files: Vec<(String, Option<String>)>,
    pub profile_id: Option<String>,
    pub warnings: Vec<PlanWarning>,
    /// An OpenClaw is there that can be asked how it reads this.
    pub can_be_read_back: bool,
}

/// What the runtime is to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Read OpenClaw's files.
    Load,
    /// Read the list that an earlier run kept.
    ReadKept,
    Discover {
        attempt: Attempt,
        credential: Option<Credential>,
    },
    Verify {
        attempt: Attempt,
        credential: Credential,
        model: String,
    },
    Plan {
        attempt: Attempt,
        request: Box<Request>,
    },
    /// Write. Always finished, even if the wizard is left meanwhile.
    Commit {
        request: Box<Request>,
    },
    /// Prepare an attempt and wait for its answer.
    SignIn {
        attempt: Attempt,
        begin: Begin,
    },
    /// Judge what was pasted. `only_whole`: say nothing when it is no answer.
    Answer {
        attempt: Attempt,
        text: Secret,
        only_whole: bool,
    },
    /// Report back as [`Event::Settled`] when nothing came for a moment.
    Settle {
        attempt: Attempt,
        count: u64,
    },
    MoreTime(Attempt),
    /// Only after a frame with the link was drawn.
    OpenBrowser {
        attempt: Attempt,
        link: String,
        host: Host,
    },
    Copy {
        attempt: Attempt,
        text: String,
    },
    /// A new file, removed when the sign-in ends. None: a name of ours in the home directory.
    SaveLink {
        attempt: Attempt,
        kind: LinkFile,
        path: Option<PathBuf>,
    },
    Remember(ClientId),
    /// Ask OpenClaw how it reads what was written.
    ReadBack(Attempt),
    Undo,
    SaveFavourites(Vec<String>),
    /// The answer of this attempt is not wanted any more.
    Cancel(Attempt),
    /// The wizard leaves: a write that still waits for a lock or for OpenClaw's own command gives up.
    StopWaiting,
    Exit(Outcome),
}

/// How the wizard ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Written, or nothing to do.
    Done,
    /// Left with nothing written.
    Cancelled,
    /// Something failed that the person saw on screen.
    Failed,
}

/// What a key can mean. Which key means what, and where, is the keymap's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Quit,
    Help,
    Back,
    Enter,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Edit(LineEdit),
    Retry,
    AnotherKey,
    Filter,
    Reveal,
    Sort,
    SortReverse,
    Fallback,
    FallbackEarlier,
    FallbackLater,
    Image,
    EditAlias,
    TakeAliasHere,
    LeaveOut,
    Favourite,
    TestCall,
    TakeProposal,
    TakeAllProposals,
    Undo,
    /// The other field of the app screen.
    OtherField,
    CopyLink,
    CopyTunnel,
    BareLink,
    SaveLink,
    ShowQr,
    /// Local or remote: the other one than we think.
    OtherHost,
    MoreTime,
    NewLink,
    /// Put the client secret into OpenClaw's `.env`, or not.
    ClientSecret,
}

/// Which keys are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    Auth,
    App,
    /// The app screen when only the secret is asked for.
    AppSecret,
    /// The link is there, the paste field is empty.
    SignIn,
    /// The same, after the time ran out.
    SignInExpired,
    /// The paste field has text.
    SignInTyping,
    /// Being prepared, or the answer is being exchanged.
    SignInBusy,
    SignInOver,
    SignInQr,
    /// The bare link, outside the alternate screen.
    SignInBare,
    Key,
    DiscoverRunning,
    DiscoverFailed,
    DiscoverRefused,
    Models,
    /// A filter is kept.
    ModelsFiltered,
    ModelsFilter,
    ModelsAlias,
    /// Another model has the alias as it is typed.
    ModelsAliasTaken,
    ModelsPending,
    Review,
    /// Review of a sign-in: the client secret can be kept for renewals.
    ReviewOAuth,
    ReviewWaiting,
    ReviewRefused,
    Done,
    /// Nothing was written, or it was undone: there is nothing to undo.
    DoneForGood,
    Trouble,
    Help,
}

impl Context {
    pub const ALL: [Context; 28] = [
        Context::Auth,
        Context::App,
        Context::AppSecret,
        Context::SignIn,
        Context::SignInExpired,
        Context::SignInTyping,
        Context::SignInBusy,
        Context::SignInOver,
        Context::SignInQr,
        Context::SignInBare,
        Context::Key,
        Context::DiscoverRunning,
        Context::DiscoverFailed,
        Context::DiscoverRefused,
        Context::Models,
        Context::ModelsFiltered,
        Context::ModelsFilter,
        Context::ModelsAlias,
        Context::ModelsAliasTaken,
        Context::ModelsPending,
        Context::Review,
        Context::ReviewOAuth,
        Context::ReviewWaiting,
        Context::ReviewRefused,
        Context::Done,
        Context::DoneForGood,
        Context::Trouble,
        Context::Help,
    ];

    /// Something is under way, and goes on by itself.
    pub fn is_waiting(self) -> bool {
        matches!(self, Context::DiscoverRunning | Context::ReviewWaiting | Context::SignInBusy)
    }

    /// What is typed is a secret.
    pub fn is_secret(self) -> bool {
        matches!(self, Context::Key | Context::AppSecret | Context::SignIn | Context::SignInTyping)
    }

    /// A line is being edited: printable keys are text.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Context::App
                | Context::AppSecret
                | Context::SignInTyping
                | Context::Key
                | Context::ModelsFilter
                | Context::ModelsAlias
                | Context::ModelsAliasTaken
        )
    }

    /// Printable keys without a meaning begin a text.
    pub fn begins_text(self) -> bool {
        matches!(self, Context::SignIn | Context::SignInExpired | Context::SignInBare)
    }

    /// A fast run of key presses is a paste, whatever its letters mean as keys.
    pub fn takes_bursts(self) -> bool {
        matches!(self, Context::SignIn | Context::SignInExpired | Context::SignInTyping | Context::SignInQr)
    }
}
