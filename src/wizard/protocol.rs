//! Long: every event, action and effect, with what each key context allows.
//!
//! What goes into the machine and what comes out: plain data.

use crate::accounts::sign_out::{Problem, SignedOut};
use crate::accounts::{Changed, Listed};
use crate::chutes::catalog::Stage;
use crate::chutes::failure::Failure;
use crate::chutes::key_management::{NarrowKey, NarrowKeyError};
use crate::chutes::market::News;
use crate::chutes::model::Catalog;
use crate::chutes::oauth::answer::{Mistake, Refusal};
use crate::chutes::oauth::app::{AppError, Registered};
use crate::chutes::oauth::attempt::{CannotResume, ClientId};
use crate::chutes::oauth::callback::CannotListen;
use crate::chutes::oauth::token::{Granted, TokenError};
use crate::chutes::verify::Verdict;
use crate::diff::FileDiff;
use crate::doctor::visit::{Mended, Seen};
use crate::host::Host;
use crate::openclaw::Error;
use crate::openclaw::plan::AccountChange;
use crate::openclaw::plan::{PlanWarning, RenewalWay, Request};
use crate::openclaw::program::status::Resolved;
use crate::openclaw::read::current::Current;
use crate::openclaw::read::fingerprint::Fingerprint;
use crate::openclaw::write::undo::Undone;
use crate::renewal_timer::By;
use crate::secret::Secret;
use crate::wizard::line::LineEdit;
use crate::wizard::models::ColumnSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Names one asynchronous attempt. An answer that carries another id than the current one is late, and dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt(pub u64);

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
        secret: Secret,
        /// An API key at hand, which may look up whether the app takes our redirect.
        api_key: Option<Secret>,
    },
    /// Where an earlier run left off. None: the secret waits with the attempt.
    Continue { secret: Option<Secret> },
}

/// What happens to a sign-in attempt.
#[derive(Debug)]
pub enum SignInUpdate {
    /// Prepared: from here on every way is open.
    Ready {
        link: String,
        port: u16,
        cannot_listen: Option<CannotListen>,
        left_ms: u64,
    },
    /// Milliseconds left.
    Left(u64),
    Mistake(Mistake),
    /// Copied, saved, opened or not: in words.
    Note(String),
    Exchanging,
    Over(Over),
    Granted(Box<Granted>, ClientId),
}

/// Why an attempt ended without a credential.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    Refused(Refusal),
    Failed(TokenError),
    CannotResume(CannotResume),
    /// The app does not take this redirect address.
    RedirectMissing(String),
}

/// What a file holds for somebody whose terminal cannot copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFile {
    /// The link.
    Text,
    /// Its QR code.
    Png,
}

/// What the drawing side knows after a frame: how far one can scroll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewport {
    /// Rows that a page has.
    pub page: usize,
    /// First row shown when scrolled to the end.
    pub last: usize,
    /// Rows at which the part before and the one behind the first shown row begin.
    pub previous: Option<usize>,
    pub next: Option<usize>,
    /// Something goes on beyond the right edge.
    pub wider: bool,
    /// Of the table of models, the columns that are shown.
    pub columns: ColumnSet,
}

impl Viewport {
    /// Without parts to jump to.
    pub fn new(page: usize, last: usize) -> Viewport {
        Viewport { page, last, previous: None, next: None, wider: false, columns: ColumnSet::ALL }
    }
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A key of the keymap in force, or text where text is being typed.
    Action(Action),
    Text(char),
    Paste(Secret),
    /// A frame was drawn.
    Viewport(Viewport),
    /// Text that came too fast to have been typed: a paste, or a part of one.
    Burst(Secret),
    /// OpenClaw's files were read.
    Loaded(Box<Result<Current, Error>>),
    /// The list that an earlier run kept, if there is one.
    Kept {
        list: Option<Box<Catalog>>,
        /// Ids of the models that somebody has decided about: registered, or left out.
        decided: Vec<Box<str>>,
    },
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
        update: SignInUpdate,
    },
    /// What runs, or what the account has left, beside the list.
    Market(News),
    /// A moment has passed since [`Effect::Rest`].
    Rested(u64),
    /// What became of [`Effect::RegisterApp`].
    AppRegistered {
        attempt: Attempt,
        result: Box<Result<Registered, AppError>>,
    },
    KeyRights {
        attempt: Attempt,
        is_admin: bool,
    },
    NarrowKeyMade {
        attempt: Attempt,
        /// The key that it was made with.
        admin: Secret,
        result: Box<Result<NarrowKey, NarrowKeyError>>,
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
    /// What a look showed.
    Examined {
        attempt: Attempt,
        result: Box<Result<Seen, Error>>,
    },
    Mended {
        attempt: Attempt,
        result: Box<Result<Mended, Error>>,
    },
    /// What is stored.
    Accounts {
        attempt: Attempt,
        result: Result<Listed, Error>,
    },
    AccountChanged {
        attempt: Attempt,
        result: Result<Changed, Error>,
    },
    SignOutPlanned {
        attempt: Attempt,
        result: Result<Vec<FileDiff>, Error>,
    },
    SignedOut {
        attempt: Attempt,
        result: Box<Result<SignedOut, Problem>>,
    },
    /// What OpenClaw refuses in its config as it is; None: it gave no answer.
    Validated {
        attempt: Attempt,
        refused: Option<Vec<PlanWarning>>,
    },
}

/// A plan as the Review screen shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planned {
    pub diffs: Vec<FileDiff>,
    pub warnings: Vec<PlanWarning>,
    /// OpenClaw's own command stores the credential.
    pub handover: Option<String>,
    /// Of a new sign-in: who renews it.
    pub renewal: Option<RenewalWay>,
    /// No gateway's cron renews it now, and this could.
    pub timer: Option<By>,
    /// The files as they were looked at.
    pub fingerprint: Fingerprint,
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
    /// Our own state could not be written, so that nothing can put the old bytes back.
    pub no_undo: bool,
    /// No file changed: OpenClaw itself stored the credential, and what that replaced cannot be put back.
    pub only_stored: bool,
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
        credential: Credential,
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
    /// Write what was reviewed, or nothing if the files have changed since. Always finished, even if the
    /// wizard is left meanwhile.
    Commit {
        request: Box<Request>,
        reviewed: Fingerprint,
    },
    /// The choices stand as the configuration has them already.
    Decided,
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
    /// Report back as [`Event::Rested`] after a moment in which a person would have moved on.
    Rest(u64),
    MoreTime(Attempt),
    /// In the demo: what a browser would end on if its person allowed everything.
    AllowInDemo {
        attempt: Attempt,
        link: String,
    },
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
    /// Register an OAuth app with an API key, which is used for nothing else.
    RegisterApp {
        attempt: Attempt,
        api_key: Secret,
    },
    /// Whether this API key may do everything.
    AskKeyRights {
        attempt: Attempt,
        key: Secret,
    },
    /// Make a key that may only call models, with one that may do everything.
    MakeNarrowKey {
        attempt: Attempt,
        admin: Secret,
    },
    /// Delete the key with this id. Always finished, even if the wizard is left meanwhile.
    DeleteKey {
        admin: Secret,
        id: String,
    },
    Remember {
        client_id: ClientId,
        scopes: Vec<String>,
    },
    /// Ask OpenClaw how it reads what was written.
    ReadBack(Attempt),
    /// Ask OpenClaw what it thinks of its config. The answer to an older attempt is not wanted any more.
    Validate(Attempt),
    Undo,
    /// Look at the files and ask the service: what is wrong?
    Examine(Attempt),
    /// Carry out what the look proposed, or nothing if the files have changed since. Always finished.
    Mend {
        attempt: Attempt,
        seen: Arc<Seen>,
    },
    /// Which Chutes credentials are stored? OpenClaw is asked where they are in its database.
    ListAccounts(Attempt),
    /// Always finished.
    ChangeAccount {
        attempt: Attempt,
        change: AccountChange,
    },
    /// What signing out would write.
    PlanSignOut(Attempt),
    /// Always finished, or everything is put back.
    SignOut(Attempt),
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
    /// Left without a setup, but something was written on the way: a repair.
    Changed,
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
    /// By the column at this place of those that are shown, from 0.
    SortColumn(u8),
    SortReverse,
    /// On to the review.
    GoOn,
    GoToDefault,
    /// To the next row that is in use.
    NextUsed,
    /// Show what Review folds, or fold it again.
    Unfold,
    NextFile,
    PreviousFile,
    /// Show what is beyond the right edge, and back.
    ScrollRight,
    ScrollLeft,
    Fallback,
    FallbackEarlier,
    FallbackLater,
    Image,
    EditAlias,
    TakeAliasHere,
    LeaveOut,
    Favourite,
    TestCall,
    /// Test calls to all rows shown.
    TestAll,
    /// For a pool.
    Mark,
    MakePool,
    Recommend,
    /// Another idea of what a day is.
    NextUsage,
    /// Say everything about the row.
    Describe,
    TakeProposal,
    TakeAllProposals,
    Undo,
    /// What is wrong with the setup?
    Doctor,
    RemoveAccount,
    SignOut,
    /// The next field of the app screen, and the one before.
    OtherField,
    PreviousField,
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
    /// Make the timer that renews, or do not.
    RenewalTimer,
    /// Trade the API key for one that may only call models.
    TradeKey,
}

/// Declares [`KeyContext`] together with the list of all its variants, so that the two cannot differ.
macro_rules! key_contexts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Which keys are in force.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum KeyContext {
            $($(#[$doc])* $name,)*
        }

        impl KeyContext {
            pub const ALL: &'static [KeyContext] = &[$(KeyContext::$name,)*];
        }
    };
}

key_contexts! {
    Auth,
    App,
    /// The app screen when only the secret is asked for.
    AppSecret,
    /// An app is being registered.
    AppBusy,
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
    /// Test calls to all rows shown: the price waits for a yes.
    ModelsTestAll,
    Review,
    /// Review of a sign-in: the client secret can be kept for renewals.
    ReviewOAuth,
    /// The same, and a timer can be made that renews it.
    ReviewTimer,
    /// Review of an API key that may do everything: it can be traded for a narrow one.
    ReviewAdminKey,
    ReviewWaiting,
    ReviewRefused,
    Done,
    /// Nothing was written, or it was undone: there is nothing to undo.
    DoneForGood,
    /// A repair is offered.
    Doctor,
    /// Being looked at, or written.
    DoctorBusy,
    /// A repair was written.
    DoctorMended,
    /// There is nothing to write.
    DoctorOver,
    /// The stored credentials.
    Accounts,
    /// One of them was changed: it can be undone.
    AccountsChanged,
    /// Being asked for, or written.
    AccountsBusy,
    /// What signing out writes waits for a word.
    AccountsWayOut,
    /// Signed out, and the config can be put back.
    AccountsLeft,
    /// There is nothing to choose from.
    AccountsOver,
    Trouble,
    Help,
}

impl KeyContext {
    /// Something is under way, and goes on by itself.
    pub fn is_waiting(self) -> bool {
        matches!(
            self,
            KeyContext::AppBusy
                | KeyContext::DiscoverRunning
                | KeyContext::ReviewWaiting
                | KeyContext::SignInBusy
                | KeyContext::DoctorBusy
                | KeyContext::AccountsBusy
        )
    }

    /// A line is being edited: printable keys are text.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            KeyContext::App
                | KeyContext::AppSecret
                | KeyContext::SignInTyping
                | KeyContext::Key
                | KeyContext::ModelsFilter
                | KeyContext::ModelsAlias
                | KeyContext::ModelsAliasTaken
        )
    }

    /// Printable keys without a meaning begin a text.
    pub fn begins_text(self) -> bool {
        matches!(self, KeyContext::SignIn | KeyContext::SignInExpired | KeyContext::SignInBare)
    }

    /// A fast run of key presses is a paste, whatever its letters mean as keys.
    pub fn takes_bursts(self) -> bool {
        matches!(self, KeyContext::SignIn | KeyContext::SignInExpired | KeyContext::SignInTyping | KeyContext::SignInQr)
            || self.takes_names()
    }

    /// On the table a fast run of keys is only a paste if it reads like the id of a model: keys may repeat,
    /// and arrive together over a slow line.
    pub fn takes_names(self) -> bool {
        matches!(self, KeyContext::Models | KeyContext::ModelsFiltered)
    }

    /// These keys, which came at once, are a paste.
    pub fn is_paste(self, text: &str) -> bool {
        let is_name = text.find('/').is_some_and(|at| at > 1) && !text.contains(char::is_whitespace);
        self.takes_bursts() && (is_name || !self.takes_names())
    }
}
