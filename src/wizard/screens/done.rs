//! Done: what was written, how OpenClaw reads it, and taking it back.

use super::{Scroll, Transition};
use crate::openclaw::Error;
use crate::openclaw::program::status::Resolved;
use crate::openclaw::write::undo::Undone;
use crate::selection::Selection;
use crate::wizard::protocol::{Action, Attempt, Committed, Effect};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Done {
    pub committed: Committed,
    pub undo: Undo,
    pub scroll: Scroll,
    pub attempt: Attempt,
    pub read_back: ReadBack,
}

/// How far taking the write back is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Undo {
    /// Nothing was written, or our own state could not keep what is needed for it.
    #[default]
    NotOffered,
    Offered,
    Running,
    Done(Undone),
    Failed(Error),
    /// What was written last has no way back, and only the last write can be taken back.
    Passed,
}

/// What OpenClaw says of what was written.
#[derive(Debug, Default, PartialEq)]
pub enum ReadBack {
    /// There is no OpenClaw to ask.
    #[default]
    NotAsked,
    Asked,
    /// It gave no answer.
    Silent,
    /// The default and that many aliases mean what they should.
    Agrees {
        aliases: usize,
    },
    Differs(Difference),
}

/// A name that means something else to OpenClaw.
#[derive(Debug, PartialEq)]
pub struct Difference {
    /// The alias; None: the default.
    pub alias: Option<String>,
    /// Full refs; None: nothing.
    pub found: Option<String>,
    pub wanted: String,
}

impl Done {
    /// Something was written: whether OpenClaw can be asked how it reads that is asked at once.
    pub fn written(committed: Committed, attempt: Attempt) -> (Done, Vec<Effect>) {
        let can_be_read_back = committed.can_be_read_back;
        let read_back = if can_be_read_back { ReadBack::Asked } else { ReadBack::NotAsked };
        let undo = match &committed {
            Committed { no_undo: true, .. } => Undo::NotOffered,
            Committed { only_stored: true, .. } => Undo::Passed,
            _ => Undo::Offered,
        };
        let done = Done { committed, attempt, read_back, undo, ..Done::default() };
        (done, can_be_read_back.then_some(Effect::ReadBack(attempt)).into_iter().collect())
    }

    /// Nothing had to be written.
    pub fn is_unchanged(&self) -> bool {
        self.undo == Undo::NotOffered && !self.committed.no_undo
    }

    pub fn act(&mut self, action: Action) -> Transition {
        if self.scroll.act(action) {
            return Transition::Stay;
        }
        match action {
            Action::Enter | Action::Back => Transition::Quit,
            Action::Doctor => Transition::Examine,
            Action::Undo if self.undo == Undo::Offered => {
                self.undo = Undo::Running;
                // What OpenClaw would read now is neither the old nor the new.
                self.read_back = ReadBack::NotAsked;
                Transition::Run(vec![Effect::Cancel(self.attempt), Effect::Undo])
            }
            _ => Transition::Stay,
        }
    }

    pub fn undone(&mut self, result: Result<Undone, Error>) {
        if self.undo == Undo::Running {
            self.undo = result.map_or_else(Undo::Failed, Undo::Done);
            self.scroll = Scroll::default();
        }
    }

    /// How OpenClaw reads it, compared with what was chosen.
    pub fn read_back(&mut self, attempt: Attempt, resolved: Option<Resolved>, chosen: Option<&Selection>) {
        if self.read_back != ReadBack::Asked || attempt != self.attempt {
            return;
        }
        let (Some(resolved), Some(chosen)) = (resolved, chosen) else {
            self.read_back = ReadBack::Silent;
            return;
        };
        let names = chosen.aliases.iter().map(|alias| (Some(&alias.name), &alias.target));
        let differs = std::iter::once((None, &chosen.primary)).chain(names).find_map(|(alias, wanted)| {
            let found = match alias {
                None => Some(&resolved.default),
                Some(alias) => target_of(&resolved.aliases, alias),
            };
            let difference = || Difference { alias: alias.cloned(), found: found.cloned(), wanted: wanted.clone() };
            (found != Some(wanted)).then(difference)
        });
        self.read_back = match differs {
            Some(difference) => ReadBack::Differs(difference),
            None => ReadBack::Agrees { aliases: chosen.aliases.len() },
        };
    }
}

/// The target of an alias. OpenClaw looks it up whatever its case.
fn target_of<'a>(aliases: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    aliases.iter().find(|(known, _)| known.to_lowercase() == name.to_lowercase()).map(|(_, target)| target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_that_only_openclaw_stored_is_no_write_to_take_back() {
        let stored = Committed { only_stored: true, ..Committed::default() };
        let (done, _) = Done::written(stored, Attempt::default());
        assert!(done.undo == Undo::Passed && !done.is_unchanged());
        let (done, _) = Done::written(Committed::default(), Attempt::default());
        assert_eq!(done.undo, Undo::Offered);
    }
}
