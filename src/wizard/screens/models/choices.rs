//! Choosing: the default, the fallbacks and their order, the image model, what is registered.

use super::{Models, StatusLine, Transition};
use crate::chutes::model::{id_of, reference};
use crate::selection::propose::Note;

impl Models {
    /// Enter: the row becomes the default; on the default it goes on.
    pub(super) fn enter(&mut self) -> Transition {
        let Some(&at) = self.view.get(self.cursor) else {
            self.nothing_shown();
            return Transition::Stay;
        };
        let id = self.models[at].id.to_string();
        if !self.is_primary(&id) && std::mem::take(&mut self.unsure) {
            self.notice = Some(StatusLine::EnterAgain { id });
            return Transition::Stay;
        }
        if !self.is_primary(&id) {
            let before = std::mem::take(&mut self.primary);
            self.set_primary(&id);
            self.notice = Some(match self.served(at) {
                Some(false) => StatusLine::NotServed,
                _ => StatusLine::DefaultSet { before },
            });
            return Transition::Stay;
        }
        self.go_on()
    }

    /// On to the review; what is still open is asked about first.
    pub(super) fn go_on(&mut self) -> Transition {
        if self.pending.is_empty() {
            return Transition::Review;
        }
        self.asking = true;
        Transition::Stay
    }

    /// The cursor on the default, whatever the filter hides.
    pub(super) fn go_to_default(&mut self) {
        let Some(id) = id_of(&self.primary).map(str::to_owned) else { return };
        if !self.go_to(&id) {
            self.filter.clear();
            self.filter_changed();
            self.go_to(&id);
        }
    }

    /// The cursor on the next row that is in use: the default, the fallbacks, the image model, the aliases by
    /// name, and from the beginning again.
    pub(super) fn go_to_next_used(&mut self) {
        let used = self.used_rows();
        let here = self.view.get(self.cursor).and_then(|row| used.iter().position(|used| used == row));
        let next = here.map_or(0, |at| (at + 1) % used.len());
        let Some(id) = used.get(next).map(|row| self.models[*row].id.to_string()) else { return };
        self.clear_filter_for(&id);
        self.moved = true;
        self.go_to(&id);
    }

    pub(super) fn set_primary(&mut self, id: &str) {
        self.touched = true;
        self.primary = reference(id);
        self.fallbacks.retain(|f| id_of(f) != Some(id));
        self.left_out.remove(id);
        self.pending.retain(|note| !matches!(note, Note::Default { .. }));
        self.choice_changed();
    }

    /// Where the order of the table is that of the choices, it follows them.
    fn choice_changed(&mut self) {
        self.propose_again();
        if self.sort == super::Sort::Alias {
            self.keep_row(Models::sort_rows);
        }
    }

    pub(super) fn toggle_fallback(&mut self) {
        let Some(&at) = self.view.get(self.cursor) else { return self.nothing_shown() };
        let id = self.models[at].id.to_string();
        if self.is_primary(&id) {
            self.notice = Some(StatusLine::IsDefault);
            return;
        }
        self.touched = true;
        let target = reference(&id);
        if self.fallbacks.contains(&target) {
            self.fallbacks.retain(|f| *f != target);
            self.pending.retain(|note| !matches!(note, Note::Fallback { wanted, .. } if *wanted == target));
        } else {
            self.fallbacks.push(target);
            self.left_out.remove(&id);
            if self.served(at) == Some(false) {
                self.notice = Some(StatusLine::NotServed);
            }
        }
        self.choice_changed();
    }

    pub(super) fn move_fallback(&mut self, by: isize) {
        let Some(place) = self.current().and_then(|m| self.fallback_place(&m.id)) else { return };
        let Some(to) = (place - 1).checked_add_signed(by).filter(|to| *to < self.fallbacks.len()) else { return };
        self.touched = true;
        self.fallbacks.swap(place - 1, to);
        self.choice_changed();
    }

    pub(super) fn toggle_image(&mut self) {
        let Some(model) = self.current() else { return self.nothing_shown() };
        let (id, vision) = (model.id.to_string(), model.vision());
        if self.is_image(&id) {
            self.image = None;
        } else if vision {
            self.image = Some(reference(&id));
            self.left_out.remove(&id);
        } else {
            self.notice = Some(StatusLine::NotImageCapable);
            return;
        }
        self.touched = true;
        self.pending.retain(|note| !matches!(note, Note::Image { .. }));
        self.choice_changed();
    }

    pub(super) fn toggle_left_out(&mut self) {
        let Some(id) = self.current().map(|m| m.id.to_string()) else { return self.nothing_shown() };
        let used = self.is_primary(&id)
            || self.is_image(&id)
            || self.fallback_place(&id).is_some()
            || self.alias_of(&id).is_some();
        if used {
            self.notice = Some(StatusLine::InUse);
            return;
        }
        self.touched = true;
        if !self.left_out.remove(&id) {
            self.left_out.insert(id);
        }
    }
}
