//! Accounts: the stored credentials side by side. Another one is used, one is taken away, or everything is signed
//! out, once its diff was seen.

use super::done::Undo;
use super::{Scroll, Transition};
use crate::accounts::sign_out::{Problem, SignedOut};
use crate::accounts::{Changed, Listed};
use crate::diff::FileDiff;
use crate::openclaw::Error;
use crate::openclaw::plan::AccountChange;
use crate::openclaw::types::StoredCredential;
use crate::openclaw::write::undo::Undone;
use crate::wizard::protocol::{Action, Attempt, Effect};

#[derive(Debug, Default)]
pub struct Accounts {
    pub attempt: Attempt,
    /// None: OpenClaw is being asked, or something is being changed.
    pub listed: Option<Result<Listed, Error>>,
    /// Index into them.
    pub chosen: usize,
    /// What is being written now.
    pub doing: Option<AccountChange>,
    /// The last change that was written.
    pub did: Option<AccountChange>,
    pub failed: Option<Error>,
    pub way_out: WayOut,
    pub undo: Undo,
    pub scroll: Scroll,
}

/// How far signing out is.
#[derive(Debug, Default)]
pub enum WayOut {
    #[default]
    Closed,
    /// The diff is being worked out.
    Planning,
    /// The diff waits for a word.
    Shown(Vec<FileDiff>),
    Running,
    Over(Box<Result<SignedOut, Problem>>),
}

impl Accounts {
    /// Ask what is stored.
    pub fn begin(attempt: Attempt) -> (Accounts, Vec<Effect>) {
        (Accounts { attempt, ..Accounts::default() }, vec![Effect::ListAccounts(attempt)])
    }

    pub fn stored(&self) -> &[StoredCredential] {
        match &self.listed {
            Some(Ok(listed)) => &listed.stored,
            _ => &[],
        }
    }

    /// Something is written, which goes on when the wizard is left.
    pub fn is_writing(&self) -> bool {
        self.doing.is_some() || matches!(self.way_out, WayOut::Running) || self.undo == Undo::Running
    }

    /// Something goes on by itself.
    pub fn is_busy(&self) -> bool {
        let is_asking = self.listed.is_none() && matches!(self.way_out, WayOut::Closed);
        is_asking || self.is_writing() || matches!(self.way_out, WayOut::Planning)
    }

    pub fn act(&mut self, action: Action) -> Transition {
        if self.is_writing() {
            return Transition::Stay;
        }
        match (&self.way_out, action) {
            (WayOut::Shown(_), Action::Enter) => {
                self.way_out = WayOut::Running;
                self.scroll = Scroll::default();
                return Transition::Run(vec![Effect::SignOut(self.attempt)]);
            }
            (WayOut::Shown(_) | WayOut::Planning, Action::Back) => {
                self.way_out = WayOut::Closed;
                self.scroll = Scroll::default();
                return Transition::Stay;
            }
            (WayOut::Shown(_), _) => {
                self.scroll.act(action);
                return Transition::Stay;
            }
            _ => {}
        }
        let last = self.stored().len().saturating_sub(1);
        match action {
            Action::Back => return Transition::Back,
            Action::Undo if self.undo == Undo::Offered => {
                self.undo = Undo::Running;
                return Transition::Run(vec![Effect::Undo]);
            }
            Action::Enter if matches!(self.way_out, WayOut::Over(_)) => return Transition::Back,
            Action::Up => self.chosen = self.chosen.saturating_sub(1),
            Action::Down => self.chosen = (self.chosen + 1).min(last),
            Action::First | Action::PageUp => self.chosen = 0,
            Action::Last | Action::PageDown => self.chosen = last,
            Action::Enter => {
                let (Some(chosen), Some(Ok(listed))) = (self.stored().get(self.chosen), &self.listed) else {
                    return Transition::Back;
                };
                // What is in use already needs no write.
                if listed.active == Some(self.chosen) {
                    return Transition::Back;
                }
                return self.change(AccountChange::Use(chosen.profile_id.clone()));
            }
            Action::RemoveAccount if self.stored().len() > 1 => {
                if let Some(chosen) = self.stored().get(self.chosen) {
                    return self.change(AccountChange::Remove(chosen.profile_id.clone()));
                }
            }
            Action::SignOut if matches!(self.way_out, WayOut::Closed) => {
                self.way_out = WayOut::Planning;
                return Transition::Run(vec![Effect::PlanSignOut(self.attempt)]);
            }
            _ => {}
        }
        Transition::Stay
    }

    fn change(&mut self, change: AccountChange) -> Transition {
        self.doing = Some(change.clone());
        self.failed = None;
        Transition::Run(vec![Effect::ChangeAccount { attempt: self.attempt, change }])
    }

    /// A change was made, or failed. True: something was written.
    pub fn changed(&mut self, attempt: Attempt, result: Result<Changed, Error>) -> bool {
        if attempt != self.attempt || self.doing.is_none() {
            return false;
        }
        let done = self.doing.take();
        let changed = match result {
            Ok(changed) => changed,
            Err(error) => {
                // The list is as it was.
                self.failed = Some(error);
                return false;
            }
        };
        // The undo is that of the last write: one that wrote nothing leaves it.
        if changed.written {
            self.did = done;
            self.undo = if changed.undoable { Undo::Offered } else { Undo::NotOffered };
        }
        self.listed(attempt, Ok(changed.listed));
        changed.written
    }

    /// What is stored.
    pub fn listed(&mut self, attempt: Attempt, result: Result<Listed, Error>) {
        if attempt != self.attempt || self.doing.is_some() {
            return;
        }
        self.listed = Some(result);
        let active = self.listed.as_ref().and_then(|listed| listed.as_ref().ok()?.active);
        self.chosen = active.unwrap_or_default();
    }

    pub fn planned(&mut self, attempt: Attempt, result: Result<Vec<FileDiff>, Error>) {
        if attempt != self.attempt || !matches!(self.way_out, WayOut::Planning) {
            return;
        }
        match result {
            Ok(files) => self.way_out = WayOut::Shown(files),
            Err(error) => {
                self.way_out = WayOut::Closed;
                self.failed = Some(error);
            }
        }
    }

    /// True: something was written.
    pub fn signed_out(&mut self, attempt: Attempt, result: Box<Result<SignedOut, Problem>>) -> bool {
        if attempt != self.attempt {
            return false;
        }
        let is_out = result.is_ok();
        let wrote = matches!(&*result, Ok(out) if !out.plan.files.is_empty());
        self.undo = if wrote { Undo::Offered } else { Undo::NotOffered };
        self.way_out = WayOut::Over(result);
        is_out
    }

    pub fn undone(&mut self, result: Result<Undone, Error>) {
        self.undo = result.map_or_else(Undo::Failed, Undo::Done);
    }
}
