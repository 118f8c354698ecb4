//! What is configured and not served any more, and what is proposed in its place.

use super::{Models, StatusLine, Transition};
use crate::chutes::model::{Catalog, id_of};
use crate::selection::alias::same_name;
use crate::selection::propose::{Note, Overrides, role_of};
use crate::selection::successor::Role;
use crate::selection::{Alias, Configured, propose};
use crate::wizard::protocol::Action;

/// What a note that needs a decision is about: the ref that is gone, and its successor.
pub fn decision(note: &Note) -> Option<(&str, Option<&str>)> {
    match note {
        Note::Default { wanted, taken }
        | Note::Alias { wanted, taken, .. }
        | Note::Fallback { wanted, taken }
        | Note::Image { wanted, taken } => Some((wanted, taken.as_ref().map(|(target, _)| target.as_str()))),
        _ => None,
    }
}

impl Models {
    /// The proposal whose successor or subject is this model.
    pub fn pending_for(&self, id: &str) -> Option<&Note> {
        self.pending_at(id).map(|at| &self.pending[at])
    }

    fn pending_at(&self, id: &str) -> Option<usize> {
        let is_successor = |note: &Note| decision(note).is_some_and(|(_, taken)| taken.and_then(id_of) == Some(id));
        let is_subject = |note: &Note| decision(note).is_some_and(|(wanted, _)| id_of(wanted) == Some(id));
        self.pending.iter().position(is_successor).or_else(|| self.pending.iter().position(is_subject))
    }

    /// The choices as they stand, compared with a new list.
    pub(super) fn find_drift(&mut self, catalog: &Catalog) {
        let now = Configured {
            primary: Some(self.primary.clone()),
            fallbacks: self.fallbacks.clone(),
            image: self.image.clone(),
            aliases: self.aliases.iter().chain(&self.other_aliases).cloned().collect(),
            providers: self.providers.clone(),
            ..Configured::default()
        };
        // Nothing is asked for in advance here, so nothing can be refused.
        let Ok(proposal) = propose(&now, catalog, &self.documented, &Overrides::default()) else { return };
        let open = |name: &str| {
            let was_open = |note: &Note| matches!(note, Note::Alias { name: n, .. } if same_name(n, name));
            self.aliases.iter().any(|a| same_name(&a.name, name)) || self.pending.iter().any(was_open)
        };
        // A documented alias that the person removed stays removed.
        let concerns = |note: &Note| match note {
            Note::Alias { name, .. } => open(name),
            Note::Default { wanted, .. } => *wanted == self.primary,
            other => decision(other).is_some(),
        };
        self.pending = proposal.notes.into_iter().filter(concerns).collect();
    }

    /// A choice changed: a proposal whose successor has got another alias or another place meanwhile
    /// gets a new one.
    pub(super) fn propose_again(&mut self) {
        for at in 0..self.pending.len() {
            let (name, wanted, target) = match &self.pending[at] {
                Note::Alias { name, wanted, taken: Some((target, _)) } => (Some(name.as_str()), wanted, target),
                Note::Fallback { wanted, taken: Some((target, _)) } => (None, wanted, target),
                _ => continue,
            };
            let promised = |candidate: &str| {
                let others = self.pending.iter().enumerate().filter(|(other, _)| *other != at);
                others
                    .filter(|(_, note)| matches!(note, Note::Alias { .. }))
                    .any(|(_, note)| decision(note).is_some_and(|(_, taken)| taken == Some(candidate)))
            };
            let held = |candidate: &str| match name {
                // OpenClaw holds one alias per model.
                Some(name) => {
                    promised(candidate)
                        || self.aliases.iter().any(|a| a.target == candidate && !same_name(&a.name, name))
                        || (role_of(name) == Role::Fast && candidate == self.primary)
                }
                None => candidate == self.primary || self.fallbacks.iter().any(|f| f == candidate),
            };
            if !held(target) {
                continue;
            }
            let listed = &self.models[..self.listed];
            let role = name.map_or(Role::Fallback, role_of);
            let new = self.documented.replace(wanted, role, listed, held);
            if let Note::Alias { taken, .. } | Note::Fallback { taken, .. } = &mut self.pending[at] {
                *taken = new;
            }
        }
    }

    pub(super) fn take_here(&mut self) {
        let Some(id) = self.current().map(|m| m.id.to_string()) else { return self.nothing_shown() };
        match self.pending_at(&id) {
            Some(at) => {
                let note = self.pending.remove(at);
                self.take(note);
                if !self.go_to_undecided() {
                    self.notice = Some(StatusLine::Took { count: 1 });
                }
            }
            // One open question needs no pointing at.
            None if self.pending.len() == 1 => self.take_all(),
            None => self.notice = Some(StatusLine::NoProposalHere),
        }
    }

    /// The cursor on what the next open proposal is about: it is read before it is taken. Without one, on
    /// the default, where Enter goes on. False: there is no other, or it is hidden.
    fn go_to_undecided(&mut self) -> bool {
        let Some((wanted, taken)) = self.pending.first().and_then(decision) else {
            if let Some(id) = id_of(&self.primary).map(str::to_owned) {
                self.go_to(&id);
            }
            return false;
        };
        let ids = [taken, Some(wanted)].map(|target| target.and_then(id_of).map(str::to_owned));
        // It is there to be read: Enter would make it the default.
        self.unsure = true;
        ids.into_iter().flatten().any(|id| self.go_to(&id))
    }

    pub(super) fn take_all(&mut self) {
        let mut count = 0;
        while !self.pending.is_empty() {
            let note = self.pending.remove(0);
            self.take(note);
            count += 1;
        }
        if count > 0 {
            self.go_to_undecided();
        }
        self.notice = Some(if count == 0 { StatusLine::NoProposalHere } else { StatusLine::Took { count } });
    }

    fn take(&mut self, note: Note) {
        self.touched = true;
        match note {
            Note::Default { taken: Some((target, _)), .. } => {
                if let Some(id) = id_of(&target) {
                    self.set_primary(id);
                    self.go_to(id);
                }
            }
            Note::Alias { name, taken, .. } => {
                self.aliases.retain(|a| !same_name(&a.name, &name));
                if let Some((target, _)) = taken {
                    if let Some(id) = id_of(&target) {
                        self.left_out.remove(id);
                    }
                    // `propose_again` keeps the successors free of other aliases.
                    self.aliases.push(Alias { name, target });
                }
            }
            Note::Fallback { wanted, taken } => match taken {
                Some((target, _)) if target != self.primary && !self.fallbacks.contains(&target) => {
                    if let Some(place) = self.fallbacks.iter_mut().find(|f| **f == wanted) {
                        if let Some(id) = id_of(&target) {
                            self.left_out.remove(id);
                        }
                        *place = target;
                    }
                }
                _ => self.fallbacks.retain(|f| *f != wanted),
            },
            Note::Image { wanted, taken } => match taken {
                Some((target, _)) => {
                    if let Some(id) = id_of(&target) {
                        self.left_out.remove(id);
                    }
                    self.image = Some(target);
                }
                None if self.image.as_deref() == Some(wanted.as_str()) => self.image = None,
                None => {}
            },
            _ => {}
        }
        self.propose_again();
        self.keep_row(Models::sort_rows);
    }

    /// Proposals are open and the person wants to go on.
    pub(super) fn act_on_pending(&mut self, action: Action) -> Transition {
        match action {
            Action::Back => self.asking = false,
            Action::TakeProposal | Action::TakeAllProposals => {
                self.take_all();
                self.asking = false;
                self.notice = None;
                return Transition::Review;
            }
            // Left as it is: a new alias is not set, a configured one stays where it was.
            Action::Enter | Action::GoOn => {
                self.asking = false;
                return Transition::Review;
            }
            _ => {}
        }
        Transition::Stay
    }
}
