//! Auth: which credential is set up.

use super::{Screen, Transition};
use crate::openclaw::types::{CredentialKind, StoredCredential};
use crate::secret::Secret;
use crate::wizard::facts::{Begun, Facts};
use crate::wizard::protocol::{Action, Credential};

/// One line of the Auth screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Choice {
    /// An earlier run began a sign-in that still waits.
    Continue(Begun),
    OAuth,
    ApiKey,
    /// `CHUTES_API_KEY` is set.
    EnvKey(Secret),
    /// Go on with what OpenClaw's store has.
    Stored(StoredCredential),
    /// Use another one that is stored, take one away, or sign out.
    Accounts,
}

impl Choice {
    /// What kind of credential it leads to.
    pub fn kind(&self) -> Option<CredentialKind> {
        match self {
            Choice::Continue(_) | Choice::OAuth => Some(CredentialKind::OAuth),
            Choice::ApiKey | Choice::EnvKey(_) => Some(CredentialKind::ApiKey),
            Choice::Stored(stored) => Some(stored.kind),
            Choice::Accounts => None,
        }
    }
}

#[derive(Debug, Default)]
pub struct Auth {
    pub choices: Vec<Choice>,
    /// Index into `choices`.
    pub chosen: usize,
    /// The person moved the cursor: it stays.
    moved: bool,
    /// The sign-in was chosen, and a setting of the environment forbids it.
    pub setting_refused: bool,
}

impl Auth {
    /// Work out the choices. `any_stored`: OpenClaw has a Chutes credential, or may have. The cursor stays on its choice; at first it is on the likeliest one.
    pub fn offer(&mut self, facts: &Facts, active: Option<&StoredCredential>, any_stored: bool) {
        let chosen = self.choices.get(self.chosen).filter(|_| self.moved).cloned();
        self.choices.clear();
        self.choices.extend(facts.sign_in.begun.map(Choice::Continue));
        if facts.sign_in.environment.is_some() {
            self.choices.push(Choice::OAuth);
        }
        self.choices.push(Choice::ApiKey);
        // What needs no further question is where the cursor starts.
        let mut likely = 0;
        if let Some(key) = &facts.env_key {
            likely = self.choices.len();
            self.choices.push(Choice::EnvKey(key.clone()));
        }
        // What works is not replaced by a stray Enter.
        if let Some(stored) = active {
            likely = self.choices.len();
            self.choices.push(Choice::Stored(stored.clone()));
        }
        if any_stored {
            self.choices.push(Choice::Accounts);
        }
        if facts.sign_in.begun.is_some() {
            likely = 0;
        }
        self.chosen = chosen.and_then(|c| self.choices.iter().position(|other| *other == c)).unwrap_or(likely);
    }

    pub fn act(&mut self, action: Action) -> Transition {
        let last = self.choices.len().saturating_sub(1);
        self.moved |= !matches!(action, Action::Enter | Action::Doctor);
        match action {
            Action::Back => return Transition::Quit,
            Action::Doctor => return Transition::Examine,
            Action::Up => self.chosen = self.chosen.saturating_sub(1),
            Action::Down => self.chosen = (self.chosen + 1).min(last),
            Action::First | Action::PageUp => self.chosen = 0,
            Action::Last | Action::PageDown => self.chosen = last,
            Action::Enter => match self.choices.get(self.chosen).cloned() {
                Some(Choice::Continue(_)) => return Transition::ContinueSignIn,
                Some(Choice::OAuth) => return Transition::ChooseSignIn,
                Some(Choice::ApiKey) => return Transition::Go(Screen::Key),
                Some(Choice::EnvKey(key)) => return Transition::Use(Credential::EnvKey(key)),
                Some(Choice::Stored(_)) => return Transition::Use(Credential::Stored),
                Some(Choice::Accounts) => return Transition::ListAccounts,
                None => {}
            },
            _ => {}
        }
        Transition::Stay
    }
}
