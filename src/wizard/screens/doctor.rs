//! Doctor: what is wrong, why, and the repair, which is written when it is confirmed.

use super::done::Undo;
use super::{Screen, Scroll, Transition};
use crate::doctor::visit::{Mended, Seen};
use crate::openclaw::Error;
use crate::openclaw::write::undo::Undone;
use crate::wizard::protocol::{Action, Attempt, Effect};
use std::sync::Arc;

#[derive(Debug, Default)]
pub struct Doctor {
    /// Where Esc leads.
    pub from: Option<Screen>,
    pub attempt: Attempt,
    /// What the look showed. None: it is under way.
    pub seen: Option<Result<Arc<Seen>, Error>>,
    /// The repair is being written.
    pub mending: bool,
    /// What became of it. None: none was confirmed.
    pub mended: Option<Result<Mended, Error>>,
    pub undo: Undo,
    pub scroll: Scroll,
    /// Long blocks of the diff are shown whole.
    pub unfolded: bool,
}

impl Doctor {
    /// A look begins. `from`: the screen that it was asked for on.
    pub fn begin(from: Screen, attempt: Attempt) -> (Doctor, Vec<Effect>) {
        (Doctor { from: Some(from), attempt, ..Doctor::default() }, vec![Effect::Examine(attempt)])
    }

    /// There is something that needs no person, and nothing was confirmed yet.
    pub fn can_mend(&self) -> bool {
        let waits = !self.mending && self.mended.is_none();
        waits && matches!(&self.seen, Some(Ok(seen)) if !seen.remedy.is_empty())
    }

    /// Something is written, which goes on when the wizard is left.
    pub fn is_writing(&self) -> bool {
        self.mending || self.undo == Undo::Running
    }

    /// Something goes on by itself.
    pub fn is_busy(&self) -> bool {
        self.seen.is_none() || self.is_writing()
    }

    pub fn act(&mut self, action: Action) -> Transition {
        if self.scroll.act(action) || self.is_writing() {
            return Transition::Stay;
        }
        match action {
            Action::Enter if self.can_mend() => {
                self.mending = true;
                match &self.seen {
                    Some(Ok(seen)) => {
                        Transition::Run(vec![Effect::Mend { attempt: self.attempt, seen: Arc::clone(seen) }])
                    }
                    _ => Transition::Stay,
                }
            }
            Action::Enter | Action::Back => Transition::Back,
            Action::Retry => Transition::Examine,
            Action::Unfold => {
                self.unfolded = !self.unfolded;
                Transition::Stay
            }
            Action::Undo if self.undo == Undo::Offered => {
                self.undo = Undo::Running;
                Transition::Run(vec![Effect::Undo])
            }
            _ => Transition::Stay,
        }
    }

    pub fn examined(&mut self, attempt: Attempt, result: Result<Seen, Error>) {
        if attempt == self.attempt && self.seen.is_none() {
            self.seen = Some(result.map(Arc::new));
        }
    }

    /// True: something was written.
    pub fn mended(&mut self, attempt: Attempt, result: Result<Mended, Error>) -> bool {
        if attempt != self.attempt || !self.mending {
            return false;
        }
        let is_mended = result.is_ok();
        self.mending = false;
        self.scroll = Scroll::default();
        if matches!(&result, Ok(mended) if mended.undoable) {
            self.undo = Undo::Offered;
        }
        self.mended = Some(result);
        is_mended
    }

    pub fn undone(&mut self, result: Result<Undone, Error>) {
        self.undo = result.map_or_else(Undo::Failed, Undo::Done);
        self.scroll = Scroll::default();
    }
}
