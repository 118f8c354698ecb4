//! The alias of a row, edited in place.

use super::{AliasEdit, Models, StatusLine, Transition};
use crate::chutes::model::{id_of, reference};
use crate::selection::Alias;
use crate::selection::alias::{self, Problem, same_name};
use crate::selection::propose::Note;
use crate::wizard::line::Line;
use crate::wizard::protocol::Action;

impl Models {
    /// The alias as it is typed belongs to another Chutes model, and can be moved from it.
    pub fn can_move_alias(&self) -> bool {
        let problem = self.editing.as_ref().and_then(|edit| edit.problem.as_ref());
        matches!(problem, Some(Problem::Duplicate { target }) if id_of(target).is_some())
    }

    pub(super) fn edit_alias(&mut self) {
        let Some(&row) = self.view.get(self.cursor) else { return self.nothing_shown() };
        let mut line = Line::new(self.alias_of(&self.models[row].id).unwrap_or_default());
        line.select();
        self.moved = true;
        self.editing = Some(AliasEdit { row, line, problem: None });
    }

    pub(super) fn type_alias(&mut self, text: &str) {
        if let Some(edit) = &mut self.editing {
            edit.line.insert(text, alias::MAX_LEN * 4);
        }
        self.check_alias();
    }

    pub(super) fn check_alias(&mut self) {
        let Some(mut edit) = self.editing.take() else { return };
        let id = &self.models[edit.row].id;
        let name = edit.line.text();
        edit.problem = if self.alias_of(id) == Some(name) {
            // As it is configured: OpenClaw's file may hold names that its own command would refuse.
            None
        } else {
            let all: Vec<Alias> = self.aliases.iter().chain(&self.other_aliases).cloned().collect();
            let ids = self.index.same_name(&self.models, name);
            alias::check(name, &reference(id), &all, &self.providers, ids).err()
        };
        self.editing = Some(edit);
    }

    pub(super) fn act_on_alias(&mut self, action: Action) -> Transition {
        match action {
            Action::Back => self.editing = None,
            Action::Edit(edit) => {
                if let Some(editing) = &mut self.editing {
                    editing.line.edit(edit);
                }
                self.check_alias();
            }
            Action::Enter if self.editing.as_ref().is_some_and(|edit| edit.problem.is_none()) => {
                self.finish_alias(None);
            }
            Action::TakeAliasHere => {
                let from = self.editing.as_ref().and_then(|edit| match &edit.problem {
                    Some(Problem::Duplicate { target }) if id_of(target).is_some() => Some(target.clone()),
                    _ => None,
                });
                if from.is_some() {
                    self.finish_alias(from);
                }
            }
            _ => {}
        }
        Transition::Stay
    }

    fn finish_alias(&mut self, taken_from: Option<String>) {
        let Some(edit) = self.editing.take() else { return };
        let name = edit.line.text().to_owned();
        let id = self.models[edit.row].id.to_string();
        let target = reference(&id);
        let old = self.alias_of(&id).map(str::to_owned);
        if old.as_deref() == Some(name.as_str()) || (old.is_none() && name.is_empty()) {
            return;
        }
        self.touched = true;
        if let Some(from) = &taken_from {
            self.aliases.retain(|a| a.target != *from);
        }
        // Who names a model decides for the name; who takes its name away decides for that.
        let decided = |other: &str| same_name(other, &name) || old.as_deref().is_some_and(|old| same_name(other, old));
        self.pending.retain(|note| !matches!(note, Note::Alias { name, .. } if decided(name)));
        let place = self.aliases.iter().position(|a| a.target == target);
        self.notice = Some(match (place, name.is_empty(), taken_from) {
            (Some(at), true, _) => {
                self.aliases.remove(at);
                StatusLine::AliasRemoved { name: old.unwrap_or_default() }
            }
            (place, _, from) => {
                match place {
                    Some(at) => self.aliases[at].name.clone_from(&name),
                    None => self.aliases.push(Alias { name: name.clone(), target }),
                }
                self.left_out.remove(&id);
                match from {
                    Some(from) => StatusLine::AliasMoved { name, from },
                    None => StatusLine::AliasSet { name },
                }
            }
        });
        self.propose_again();
        // The row may not match the filter any more; it stays, and so does the cursor.
        self.held = Some(self.models[edit.row].id.clone());
        self.unsure = true;
        self.keep_row(Models::sort_rows);
    }
}
