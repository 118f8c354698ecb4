//! One file per screen: its own state, and an `act` that turns the meaning of a key into a transition.
//! A screen sees nothing of the others; the router in `wizard/mod.rs` follows its transitions.

pub mod accounts;
pub mod app;
pub mod auth;
pub mod discover;
pub mod doctor;
pub mod done;
pub mod key;
pub mod models;
pub mod review;
pub mod sign_in;

use super::protocol::{Action, Attempt, Credential, Effect, Viewport};
use crate::chutes::oauth::attempt::ClientId;
use crate::openclaw::read::fingerprint::Fingerprint;
use crate::secret::Secret;

/// A step of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    Auth,
    App,
    SignIn,
    Key,
    Discover,
    Models,
    Review,
    Done,
    /// Beside the steps: what is wrong, from the first screen and the last.
    Doctor,
    /// Beside the first step: the stored credentials.
    Accounts,
}

/// What the router has to do after a screen has seen a key.
#[derive(Debug)]
pub enum Transition {
    Stay,
    /// These, on the same screen.
    Run(Vec<Effect>),
    Go(Screen),
    /// To where one came from.
    Back,
    /// Leave the wizard.
    Quit,
    /// To the app screen, or right to the link when the app is known.
    ChooseSignIn,
    /// Go on with the attempt of an earlier run.
    ContinueSignIn,
    BeginSignIn {
        client_id: ClientId,
        secret: Secret,
    },
    /// The client secret of the attempt of an earlier run.
    ContinueSignInWith(Secret),
    /// Register an app with this API key.
    RegisterApp(Secret),
    /// The app was refused: ask for it again.
    AnotherApp,
    /// The answer of this attempt is not wanted any more.
    Forget(Attempt),
    /// A new link for the same app.
    NewLink,
    /// Put the client secret where OpenClaw reads it, or leave it out.
    ToggleClientSecret,
    ToggleTimer,
    /// Trade the API key for a narrow one.
    TradeKey,
    /// Ask for the list with this credential.
    Use(Credential),
    /// Ask for the list again, with the same credential.
    AskAgain,
    /// The credential was refused: ask for another one.
    AnotherCredential,
    /// One-token calls to the models with these ids.
    Test(Vec<String>),
    /// Work out what is to be written, and show it.
    Review,
    /// One pool in place of the default and its Chutes fallbacks.
    PoolOfChain,
    /// What was reviewed, as the files were then.
    Write(Fingerprint),
    /// Nothing has to be written.
    Finish,
    /// Look for what is wrong.
    Examine,
    /// Which credentials are stored?
    ListAccounts,
}

/// A position in something that may be longer than the window. The drawing side tells how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scroll {
    /// First row shown.
    pub first: usize,
    /// First column shown of long lines.
    pub column: usize,
    viewport: Viewport,
}

/// Columns that one key shows more of a long line.
const SIDEWAYS: usize = 20;

impl Default for Scroll {
    fn default() -> Scroll {
        Scroll { first: 0, column: 0, viewport: Viewport::new(10, usize::MAX) }
    }
}

impl Scroll {
    /// How far one can scroll, as the last frame said.
    pub fn set_viewport(&mut self, viewport: Viewport) {
        self.viewport = viewport;
        self.first = self.first.min(viewport.last);
    }

    /// False: the action is none that scrolls.
    pub fn act(&mut self, action: Action) -> bool {
        let Viewport { page, last, previous, next, wider, .. } = self.viewport;
        let to = match action {
            Action::Up => self.first.saturating_sub(1),
            Action::Down => self.first.saturating_add(1),
            Action::PageUp => self.first.saturating_sub(page),
            Action::PageDown => self.first.saturating_add(page),
            Action::First => 0,
            Action::Last => last,
            Action::NextFile => next.unwrap_or(self.first),
            Action::PreviousFile => previous.unwrap_or(self.first),
            Action::ScrollRight | Action::ScrollLeft => {
                self.column = match action {
                    Action::ScrollRight if wider => self.column + SIDEWAYS,
                    Action::ScrollRight => self.column,
                    _ => self.column.saturating_sub(SIDEWAYS),
                };
                return true;
            }
            _ => return false,
        };
        self.first = to.min(last);
        true
    }
}
