//! What is shown, in which order, and where the cursor is.

use super::index::Index;
use super::{Models, Sort, StatusLine, Transition, decision};
use crate::chutes::model::{Model, id_of};
use crate::selection::propose::Note;
use crate::wizard::filter::{NOT_FOUND, Query};
use crate::wizard::protocol::{Action, Effect};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Longest filter line, in bytes.
const MAX_FILTER: usize = 256;

impl Models {
    /// `models` has another list: add rows for what is configured, chosen or `kept` and not on it, and
    /// work out the keys.
    pub(super) fn list_changed<'k>(&mut self, kept: impl Iterator<Item = &'k str>) {
        let referred = [&self.primary].into_iter().chain(&self.fallbacks).chain(&self.image);
        let referred = referred.chain(self.aliases.iter().map(|a| &a.target)).filter_map(|r| id_of(r));
        let mut known: HashSet<&str> = self.models.iter().map(|m| &*m.id).collect();
        let mut missing: Vec<Arc<Model>> = Vec::new();
        for id in referred.chain(kept.map(|id| -> &str { id })) {
            if known.insert(id) {
                missing.push(self.facts_beside(id));
            }
        }
        drop(known);
        self.models.extend(missing);
        self.index = Index::new(&self.models);
        (self.last_row, self.described) = (None, None);
        self.sort_rows();
    }

    /// Work out the order of all rows, then what is shown.
    pub(super) fn sort_rows(&mut self) {
        let mut pinned = vec![false; self.models.len()];
        for row in self.favourites.iter().filter_map(|id| self.index.row_of(&self.models, id)) {
            pinned[row] = true;
        }
        // What is not on the list stays in sight, at the top: it waits for a decision. Then the favourites.
        let listed = self.listed;
        let group = |row: usize| if row >= listed { 0 } else { 2 - u8::from(pinned[row]) };
        let used = self.places();
        let beside = |row: usize| match self.sort {
            Sort::Alias => used.get(&row).copied().map(u64::from),
            _ => self.rank_beside(row),
        };
        self.order = self.index.sorted(&self.models, self.sort, self.reversed, group, beside);
        self.refresh_view();
    }

    /// Rows that are chosen or have an alias: the default, the fallbacks in their order, the image
    /// model, then the aliases by name.
    pub(super) fn used_rows(&self) -> Vec<usize> {
        let mut aliases: Vec<_> = self.aliases.iter().collect();
        aliases.sort_by_key(|alias| alias.name.to_ascii_lowercase());
        let chosen = [&self.primary].into_iter().chain(&self.fallbacks).chain(&self.image);
        let mut rows = Vec::new();
        for target in chosen.chain(aliases.into_iter().map(|alias| &alias.target)) {
            if let Some(row) = id_of(target).and_then(|id| self.row_of(id)).filter(|row| !rows.contains(row)) {
                rows.push(row);
            }
        }
        rows
    }

    /// The place of each of [`Models::used_rows`], where the table is sorted by it.
    fn places(&self) -> BTreeMap<usize, u32> {
        if self.sort != Sort::Alias {
            return BTreeMap::new();
        }
        self.used_rows().into_iter().zip(0..).collect()
    }

    /// Which rows the filter shows: the better a text is found, the higher; equals in the order of the table.
    pub(super) fn refresh_view(&mut self) {
        let Models { models, view, query, index, order, aliases, held, documented, .. } = self;
        let allows = |model: &Model| query.allows(model, documented.health.of(model));
        view.clear();
        if self.revealed || query.is_empty() {
            view.extend(order.iter().map(|&row| row as usize));
        } else if query.has_text() {
            let mut alias_of: BTreeMap<usize, String> = BTreeMap::new();
            for alias in aliases.iter() {
                if let Some(row) = id_of(&alias.target).and_then(|id| index.row_of(models, id)) {
                    alias_of.insert(row, alias.name.to_ascii_lowercase());
                }
            }
            let mut ranks: Vec<u8> = models
                .iter()
                .enumerate()
                .map(|(row, model)| match allows(model) {
                    true => query.rank(index.key(row), index.letters(row), None),
                    false => NOT_FOUND,
                })
                .collect();
            for (&row, alias) in alias_of.iter().filter(|(row, _)| allows(&models[**row])) {
                ranks[row] = query.rank(index.key(row), index.letters(row), Some(alias));
            }
            // As many places for each rank as it has rows; a stable sort in one pass.
            let mut next = [0_usize; 256];
            for rank in &ranks {
                next[usize::from(*rank)] += 1;
            }
            let mut sum = 0;
            for place in &mut next {
                sum += std::mem::replace(place, sum);
            }
            let found = next[usize::from(NOT_FOUND)];
            view.resize(found, 0);
            for &row in order.iter() {
                let rank = usize::from(ranks[row as usize]);
                if rank < usize::from(NOT_FOUND) {
                    view[next[rank]] = row as usize;
                    next[rank] += 1;
                }
            }
        } else {
            view.extend(order.iter().map(|&row| row as usize).filter(|&row| allows(&models[row])));
        }
        let held = held.as_ref().and_then(|id| index.row_of(models, id));
        if let Some(row) = held.filter(|row| !view.contains(row)) {
            view.insert(self.cursor.min(view.len()), row);
        }
        self.hidden = models.len() - view.len();
        self.cursor = self.cursor.min(view.len().saturating_sub(1));
    }

    // ── The details ──────────────────────────────────────────────────────────────────────────────

    /// The row whose details are shown.
    pub fn described(&self) -> Option<usize> {
        let kept = self.described.as_deref().and_then(|id| self.row_of(id));
        kept.or_else(|| self.view.get(self.cursor).copied()).filter(|_| !self.view.is_empty())
    }

    /// Some: the cursor is on another row than the one described; [`Models::rested`] with this number describes it.
    pub fn look(&mut self) -> Option<u64> {
        let here = self.current().map(|model| model.id.clone());
        if self.described.is_none() || self.described == here {
            (self.described, self.rests.0) = (here, None);
            return None;
        }
        if self.rests.0 == here {
            return None;
        }
        self.rests = (here, self.rests.1 + 1);
        Some(self.rests.1)
    }

    /// The cursor has not moved for a moment.
    pub fn rested(&mut self, count: u64) {
        if count == self.rests.1 {
            self.described = self.current().map(|model| model.id.clone());
        }
    }

    // ── The cursor ───────────────────────────────────────────────────────────────────────────────

    pub(super) fn move_to(&mut self, place: usize) {
        self.moved = true;
        self.last_row = None;
        self.cursor = place.min(self.view.len().saturating_sub(1));
    }

    /// Put the cursor on the model with this id, if it is shown.
    pub(super) fn go_to(&mut self, id: &str) -> bool {
        let row = self.row_of(id);
        let found = row.and_then(|row| self.view.iter().position(|&at| at == row));
        if let Some(at) = found {
            self.cursor = at;
        }
        found.is_some()
    }

    /// Where the cursor is at first: on the proposed default, else on the default.
    pub(super) fn go_to_start(&mut self) {
        let proposed = self.pending.iter().find_map(|note| match note {
            Note::Default { .. } => decision(note)?.1.and_then(id_of).map(str::to_owned),
            _ => None,
        });
        if let Some(id) = proposed.or_else(|| id_of(&self.primary).map(str::to_owned)) {
            self.go_to(&id);
        }
    }

    /// First row of a window of `rows` rows, as an index into `view`. The window stays where it is until
    /// the cursor leaves it, and then moves by half its height: few keys move the whole table.
    pub fn first_shown(&self, rows: usize) -> usize {
        let rows = rows.max(1);
        let last_top = self.view.len().saturating_sub(rows);
        let top = self.top.min(last_top);
        let half = rows / 2;
        if self.cursor < top {
            self.cursor.min(top.saturating_sub(half.max(1)))
        } else if self.cursor >= top + rows {
            let least = self.cursor + 1 - rows;
            (least + half.min(rows - 1)).min(last_top).max(least)
        } else {
            top
        }
    }

    pub(super) fn scroll(&mut self) {
        self.top = self.first_shown(self.page);
    }

    /// Change the order and stay on the same model.
    pub(super) fn keep_row(&mut self, change: impl FnOnce(&mut Models)) {
        let row = self.view.get(self.cursor).copied().or(self.last_row);
        change(self);
        self.last_row = row;
        if let Some(at) = row.and_then(|row| self.view.iter().position(|&at| at == row)) {
            self.cursor = at;
        }
    }

    pub(super) fn sort_by(&mut self, sort: Sort, reversed: bool) {
        self.sort = sort;
        self.reversed = reversed;
        self.moved = true;
        self.keep_row(Models::sort_rows);
    }

    pub(super) fn toggle_favourite(&mut self) -> Transition {
        let Some(id) = self.current().map(|m| m.id.to_string()) else { return Transition::Stay };
        self.moved = true;
        if !self.favourites.remove(&id) {
            self.favourites.insert(id);
        }
        self.keep_row(Models::sort_rows);
        Transition::Run(vec![Effect::SaveFavourites(self.favourites.iter().cloned().collect())])
    }

    // ── The filter ───────────────────────────────────────────────────────────────────────────────

    pub(super) fn act_on_filter(&mut self, action: Action) -> Transition {
        self.notice = None;
        match action {
            Action::Back => {
                self.filter_open = false;
                self.filter.clear();
                self.filter_changed();
            }
            Action::Enter => self.filter_open = false,
            Action::Edit(edit) => {
                self.filter.edit(edit);
                self.filter_changed();
            }
            _ => {}
        }
        Transition::Stay
    }

    pub fn type_text(&mut self, text: &str) {
        if self.editing.is_some() {
            self.type_alias(text);
        } else if self.filter_open && self.filter.insert(text, MAX_FILTER) {
            self.filter_changed();
        }
    }

    /// A pasted full id or ref selects its row; in a line being edited it is text.
    pub fn paste(&mut self, text: &str) {
        let text = text.trim();
        if self.editing.is_none() && !self.asking {
            self.moved = true;
            self.notice = None;
            if let Some(row) = self.row_named(text) {
                self.filter.clear();
                self.filter_open = false;
                self.filter_changed();
                if let Some(at) = self.view.iter().position(|&at| at == row) {
                    self.cursor = at;
                }
                return;
            }
            self.filter_open = true;
        }
        self.type_text(text);
    }

    pub(super) fn filter_changed(&mut self) {
        self.moved = true;
        let query = Query::parse(self.filter.text());
        self.held = None;
        let text_is_new = query.has_text() && query != self.query;
        let sort = query.sort().filter(|sort| *sort != self.sort);
        self.query = query;
        self.revealed = false;
        if let Some(sort) = sort {
            (self.sort, self.reversed) = (sort, false);
            self.sort_rows();
        }
        if text_is_new {
            self.last_row = self.view.get(self.cursor).copied().or(self.last_row);
            self.refresh_view();
            // The best find is the first.
            self.cursor = 0;
            self.top = 0;
        } else {
            self.keep_row(Models::refresh_view);
        }
    }

    /// What the filter may have been meant as, when it finds nothing.
    pub fn suggestion(&self) -> Option<String> {
        let names = (0..self.models.len()).map(|row| self.index.key(row));
        self.view.is_empty().then(|| self.query.suggestion(names)).flatten()
    }

    /// Show what the filter hides, or hide it again.
    pub(super) fn reveal(&mut self) {
        if self.query.is_empty() {
            return;
        }
        self.revealed = !self.revealed;
        self.keep_row(Models::refresh_view);
    }

    pub(super) fn nothing_shown(&mut self) {
        self.notice = Some(StatusLine::NothingShown);
    }
}
