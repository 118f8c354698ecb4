//! The models screen's state: what is listed, what is shown, what is chosen.

use super::filter::{Query, Ranker};
use super::line::{Line, LineEdit};
use super::protocol::Action;
use crate::chutes::failure::Failure;
use crate::chutes::model::{Catalog, Model, Price, Source, id_of, reference};
use crate::chutes::verify::Verdict;
use crate::selection::alias::{self, Problem};
use crate::selection::propose::{Documented, Note, Overrides, registered, resolve};
use crate::selection::{Alias, Configured, Refusal, Selection, propose};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Longest filter line, in bytes.
const MAX_FILTER: usize = 256;

/// By what the table is sorted. Unknown always comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Name,
    Context,
    PriceIn,
    PriceOut,
    PriceCache,
}

impl Sort {
    const ALL: [Sort; 5] = [Sort::Name, Sort::Context, Sort::PriceIn, Sort::PriceOut, Sort::PriceCache];

    fn next(self) -> Sort {
        let at = Sort::ALL.iter().position(|s| *s == self).unwrap_or(0);
        Sort::ALL[(at + 1) % Sort::ALL.len()]
    }
}

/// The alias of one row being edited in place.
#[derive(Clone, Debug, PartialEq)]
pub struct AliasEdit {
    /// Index into `models`.
    pub row: usize,
    pub line: Line,
    /// What is wrong with the name as it stands.
    pub problem: Option<Problem>,
}

/// One line under the table that answers the last key.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    NotImageCapable,
    /// The row cannot be left out: it is the default, a fallback, the image model or has an alias.
    InUse,
    NoProposalHere,
    /// The row under the cursor is not served, and was made the default all the same.
    NotServed,
    /// Nothing is shown by the filter.
    NothingShown,
    AliasSet {
        name: String,
    },
    AliasRemoved {
        name: String,
    },
    /// The alias was taken from this ref.
    AliasMoved {
        name: String,
        from: String,
    },
    Took {
        count: usize,
    },
    Testing {
        id: String,
    },
    Tested {
        id: String,
        verdict: Verdict,
    },
}

/// What the machine has to do after an action.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    Stay,
    /// On to the review.
    GoOn,
    GoBack,
    /// One-token call to the model with this id.
    Test(String),
    SaveFavourites,
}

/// The whole screen.
#[derive(Debug)]
pub struct Models {
    pub source: Source,
    /// Unix time in milliseconds of the list.
    pub fetched_at: Option<u64>,
    /// Why the list is not live.
    pub failure: Option<Failure>,
    /// The list, then what the config refers to and the list does not have.
    pub models: Vec<Model>,
    /// How many of `models` the list has.
    pub listed: usize,
    /// Full refs, from here on.
    pub primary: String,
    pub fallbacks: Vec<String>,
    pub image: Option<String>,
    /// Aliases of Chutes models.
    pub aliases: Vec<Alias>,
    /// Aliases of other providers' models: their names are taken.
    other_aliases: Vec<Alias>,
    /// Ids not to register.
    pub left_out: BTreeSet<String>,
    pub favourites: BTreeSet<String>,
    /// Successors that wait for a decision.
    pub pending: Vec<Note>,
    /// Things to know that need no decision.
    pub notes: Vec<Note>,
    pub filter: Line,
    pub filter_open: bool,
    query: Query,
    pub sort: Sort,
    /// Indices into `models`, in the order shown.
    pub view: Vec<usize>,
    /// Index into `view`.
    pub cursor: usize,
    pub editing: Option<AliasEdit>,
    /// Proposals are undecided and the person wants to go on.
    pub asking: bool,
    pub notice: Option<Notice>,
    providers: Vec<String>,
    documented: Documented,
    overrides: Overrides,
    ranker: Ranker,
    /// The person changed something: a new list keeps the choices.
    touched: bool,
}

impl Models {
    /// The screen as it starts. Successors of what is no longer served are proposed, not taken.
    pub fn new(
        configured: &Configured,
        catalog: Catalog,
        failure: Option<Failure>,
        documented: &Documented,
        overrides: &Overrides,
        favourites: &[String],
    ) -> Result<Models, Refusal> {
        let proposal = propose(configured, &catalog, documented, overrides)?;
        let Selection { mut primary, mut fallbacks, mut image, mut aliases, registered: models, .. } =
            proposal.selection;
        let (pending, notes): (Vec<Note>, Vec<Note>) = proposal.notes.into_iter().partition(is_decision);
        // Nothing is taken silently: put back what the proposal replaced, and keep it as an open question.
        for note in &pending {
            match note {
                Note::Default { wanted, .. } => primary.clone_from(wanted),
                Note::Image { wanted, .. } => image = Some(wanted.clone()),
                Note::Fallback { wanted, taken } => {
                    if let Some(at) = taken.as_ref().and_then(|(new, _)| fallbacks.iter().position(|f| f == new)) {
                        fallbacks[at].clone_from(wanted);
                    }
                }
                Note::Alias { name, wanted, .. } => {
                    aliases.retain(|a| !alias::same_name(&a.name, name));
                    if configured.aliases.iter().any(|a| alias::same_name(&a.name, name)) {
                        aliases.push(Alias { name: name.clone(), target: wanted.clone() });
                    }
                }
                _ => {}
            }
        }
        let left_out = match &overrides.models {
            None => BTreeSet::new(),
            Some(_) => {
                catalog.models.iter().filter(|m| !models.iter().any(|r| r.id == m.id)).map(|m| m.id.clone()).collect()
            }
        };
        let mut screen = Models {
            source: catalog.source,
            fetched_at: catalog.fetched_at,
            failure,
            listed: catalog.models.len(),
            models: catalog.models,
            primary,
            fallbacks,
            image,
            aliases,
            other_aliases: configured.aliases.iter().filter(|a| id_of(&a.target).is_none()).cloned().collect(),
            left_out,
            favourites: favourites.iter().cloned().collect(),
            pending,
            notes,
            filter: Line::default(),
            filter_open: false,
            query: Query::default(),
            sort: Sort::default(),
            view: Vec::new(),
            cursor: 0,
            editing: None,
            asking: false,
            notice: None,
            providers: configured.providers.clone(),
            documented: documented.clone(),
            overrides: overrides.clone(),
            ranker: Ranker::default(),
            touched: false,
        };
        screen.add_referred(&configured.registered);
        screen.refresh_view();
        let start = screen.pending.iter().find_map(|note| match note {
            Note::Default { taken: Some((target, _)), .. } => id_of(target).map(str::to_owned),
            _ => None,
        });
        let start = start.or_else(|| id_of(&screen.primary).map(str::to_owned));
        if let Some(id) = start {
            screen.go_to(&id);
        }
        Ok(screen)
    }

    /// Another list has arrived. Untouched, the screen starts afresh from it; else the choices, the
    /// filter and the model under the cursor stay.
    pub fn replace_list(&mut self, configured: &Configured, catalog: Catalog, failure: Option<Failure>) {
        if !self.touched {
            let favourites: Vec<String> = self.favourites.iter().cloned().collect();
            if let Ok(fresh) = Models::new(
                configured,
                catalog,
                failure,
                &self.documented.clone(),
                &self.overrides.clone(),
                &favourites,
            ) {
                *self = fresh;
            }
            return;
        }
        let at = self.current().map(|m| m.id.clone());
        let editing = self.editing.as_ref().map(|edit| self.models[edit.row].id.clone());
        self.source = catalog.source;
        self.fetched_at = catalog.fetched_at;
        self.failure = failure;
        self.listed = catalog.models.len();
        self.models = catalog.models;
        self.add_referred(&configured.registered);
        if let (Some(edit), Some(id)) = (&mut self.editing, editing) {
            match self.models.iter().position(|m| m.id == id) {
                Some(row) => edit.row = row,
                None => self.editing = None,
            }
        }
        self.refresh_view();
        if let Some(id) = at {
            self.go_to(&id);
        }
    }

    /// Rows for whatever is configured or chosen and not on the list.
    fn add_referred(&mut self, configured: &[String]) {
        let mut wanted: Vec<String> = Vec::new();
        let referred = [&self.primary].into_iter().chain(&self.fallbacks).chain(&self.image);
        wanted
            .extend(referred.chain(self.aliases.iter().map(|a| &a.target)).filter_map(|r| id_of(r)).map(str::to_owned));
        wanted.extend(configured.iter().cloned());
        let mut known: std::collections::HashSet<String> = self.models.iter().map(|m| m.id.clone()).collect();
        for id in wanted {
            if known.insert(id.clone()) {
                let facts = self.documented.extra.iter().find(|m| m.id == id).cloned();
                self.models.push(facts.unwrap_or(Model { id, ..Model::default() }));
            }
        }
    }

    // ── What is shown ────────────────────────────────────────────────────────────────────────────

    /// The model under the cursor.
    pub fn current(&self) -> Option<&Model> {
        self.view.get(self.cursor).map(|&at| &self.models[at])
    }

    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Whether the service serves the model in row `at`; None: not known, the list is not live.
    pub fn served(&self, at: usize) -> Option<bool> {
        (self.source == Source::Live).then_some(at < self.listed)
    }

    pub fn alias_of(&self, id: &str) -> Option<&str> {
        self.aliases.iter().find(|a| id_of(&a.target) == Some(id)).map(|a| a.name.as_str())
    }

    /// 1-based place among the fallbacks.
    pub fn fallback_place(&self, id: &str) -> Option<usize> {
        self.fallbacks.iter().position(|f| id_of(f) == Some(id)).map(|at| at + 1)
    }

    pub fn is_primary(&self, id: &str) -> bool {
        id_of(&self.primary) == Some(id)
    }

    pub fn is_image(&self, id: &str) -> bool {
        self.image.as_deref().and_then(id_of) == Some(id)
    }

    /// The proposal whose successor or subject is this model.
    pub fn pending_for(&self, id: &str) -> Option<&Note> {
        let is_successor = |note: &&Note| decision(note).is_some_and(|(_, taken)| taken.and_then(id_of) == Some(id));
        let is_subject = |note: &&Note| decision(note).is_some_and(|(wanted, _)| id_of(wanted) == Some(id));
        self.pending.iter().find(is_successor).or_else(|| self.pending.iter().find(is_subject))
    }

    /// Price of a listed model, or of a documented one that is not listed any more.
    pub fn known_price(&self, target: &str) -> Option<Price> {
        let id = id_of(target)?;
        let listed = self.models.iter().find(|m| m.id == id && m.price != Price::default());
        listed.or_else(|| self.documented.extra.iter().find(|m| m.id == id)).map(|m| m.price)
    }

    pub fn model(&self, target: &str) -> Option<&Model> {
        let id = id_of(target)?;
        self.models.iter().find(|m| m.id == id)
    }

    fn refresh_view(&mut self) {
        let Models { models, view, query, ranker, aliases, sort, favourites, listed, .. } = self;
        let order = |a: usize, b: usize| {
            let favourite = |at: usize| !favourites.contains(&models[at].id);
            by_sort(*sort, &models[a], &models[b])
                .then_with(|| favourite(a).cmp(&favourite(b)))
                .then_with(|| models[a].id.cmp(&models[b].id))
        };
        view.clear();
        if query.has_text() {
            let by_id: std::collections::HashMap<&str, &str> =
                aliases.iter().filter_map(|a| Some((id_of(&a.target)?, a.name.as_str()))).collect();
            let pattern = Ranker::pattern(query);
            let mut scored: Vec<(u32, usize)> = models
                .iter()
                .enumerate()
                .filter(|(_, model)| query.allows(model))
                .filter_map(|(at, model)| {
                    let alias = by_id.get(model.id.as_str()).copied();
                    ranker.score(&pattern, query, &model.id, alias).map(|score| (score, at))
                })
                .collect();
            scored.sort_unstable_by(|(sa, a), (sb, b)| sb.cmp(sa).then_with(|| order(*a, *b)));
            view.extend(scored.into_iter().map(|(_, at)| at));
        } else {
            view.extend((0..models.len()).filter(|&at| query.allows(&models[at])));
            // What is not on the list stays in sight, at the top: it waits for a decision.
            view.sort_unstable_by(|&a, &b| {
                let unlisted = |at: usize| at < *listed;
                unlisted(a).cmp(&unlisted(b)).then_with(|| order(a, b))
            });
        }
        self.cursor = self.cursor.min(self.view.len().saturating_sub(1));
    }

    fn go_to(&mut self, id: &str) -> bool {
        let found = self.view.iter().position(|&at| self.models[at].id == id);
        if let Some(at) = found {
            self.cursor = at;
        }
        found.is_some()
    }

    // ── What a key does ──────────────────────────────────────────────────────────────────────────

    pub fn act(&mut self, action: Action, page: usize) -> Next {
        if self.editing.is_some() {
            return self.act_on_alias(action);
        }
        if self.asking {
            return self.act_on_pending(action);
        }
        if self.filter_open {
            match action {
                Action::Back => {
                    self.filter_open = false;
                    self.filter.clear();
                    self.filter_changed();
                    return Next::Stay;
                }
                Action::Enter => {
                    self.filter_open = false;
                    return Next::Stay;
                }
                Action::Edit(edit) => {
                    self.filter.edit(edit);
                    self.filter_changed();
                    return Next::Stay;
                }
                _ => {}
            }
        }
        self.notice = None;
        let last = self.view.len().saturating_sub(1);
        match action {
            Action::Up => self.cursor = self.cursor.saturating_sub(1),
            Action::Down => self.cursor = (self.cursor + 1).min(last),
            Action::PageUp => self.cursor = self.cursor.saturating_sub(page),
            Action::PageDown => self.cursor = (self.cursor + page).min(last),
            Action::First => self.cursor = 0,
            Action::Last => self.cursor = last,
            Action::Filter => self.filter_open = true,
            Action::Sort => {
                self.sort = self.sort.next();
                self.keep_row(Models::refresh_view);
            }
            Action::Enter => return self.enter(),
            Action::Back if !self.filter.is_empty() => {
                self.filter.clear();
                self.keep_row(Models::filter_changed);
            }
            Action::Back => return Next::GoBack,
            Action::Fallback => self.toggle_fallback(),
            Action::FallbackEarlier => self.move_fallback(-1),
            Action::FallbackLater => self.move_fallback(1),
            Action::Image => self.toggle_image(),
            Action::EditAlias => self.edit_alias(),
            Action::LeaveOut => self.toggle_left_out(),
            Action::Favourite => {
                if let Some(id) = self.current().map(|m| m.id.clone()) {
                    if !self.favourites.remove(&id) {
                        self.favourites.insert(id);
                    }
                    return Next::SaveFavourites;
                }
            }
            Action::TestCall => {
                if let Some(id) = self.current().map(|m| m.id.clone()) {
                    self.notice = Some(Notice::Testing { id: id.clone() });
                    return Next::Test(id);
                }
            }
            Action::TakeProposal => self.take_here(),
            Action::TakeAllProposals => self.take_all(),
            _ => {}
        }
        Next::Stay
    }

    pub fn type_text(&mut self, text: &str) {
        if let Some(edit) = &mut self.editing {
            edit.line.insert(text, alias::MAX_LEN * 4);
            self.check_alias();
        } else if self.filter_open && self.filter.insert(text, MAX_FILTER) {
            self.filter_changed();
        }
    }

    /// A pasted full id or ref selects its row; in a line being edited it is text.
    pub fn paste(&mut self, text: &str) {
        let text = text.trim();
        let id = id_of(text).unwrap_or(text);
        if self.editing.is_none() && self.models.iter().any(|m| m.id == id) {
            self.filter.clear();
            self.filter_open = false;
            self.filter_changed();
            self.go_to(id);
            return;
        }
        if self.editing.is_none() {
            self.filter_open = true;
        }
        self.type_text(text);
    }

    fn filter_changed(&mut self) {
        self.query = Query::parse(self.filter.text());
        self.refresh_view();
        if self.query.has_text() {
            self.cursor = 0;
        }
    }

    fn keep_row(&mut self, change: impl FnOnce(&mut Models)) {
        let id = self.current().map(|m| m.id.clone());
        change(self);
        if let Some(id) = id {
            self.go_to(&id);
        }
    }

    fn enter(&mut self) -> Next {
        let Some(&at) = self.view.get(self.cursor) else {
            self.notice = Some(Notice::NothingShown);
            return Next::Stay;
        };
        let id = self.models[at].id.clone();
        if !self.is_primary(&id) {
            self.set_primary(&id);
            if self.served(at) == Some(false) {
                self.notice = Some(Notice::NotServed);
            }
            return Next::Stay;
        }
        if self.pending.is_empty() {
            return Next::GoOn;
        }
        self.asking = true;
        Next::Stay
    }

    fn set_primary(&mut self, id: &str) {
        self.touched = true;
        self.primary = reference(id);
        self.fallbacks.retain(|f| id_of(f) != Some(id));
        self.left_out.remove(id);
        self.pending.retain(|note| !matches!(note, Note::Default { .. }));
    }

    fn toggle_fallback(&mut self) {
        let Some(id) = self.current().map(|m| m.id.clone()) else { return };
        if self.is_primary(&id) {
            self.notice = Some(Notice::InUse);
            return;
        }
        self.touched = true;
        let target = reference(&id);
        if self.fallbacks.contains(&target) {
            self.fallbacks.retain(|f| *f != target);
        } else {
            self.fallbacks.push(target);
            self.left_out.remove(&id);
        }
    }

    fn move_fallback(&mut self, by: isize) {
        let Some(place) = self.current().and_then(|m| self.fallback_place(&m.id)) else { return };
        let Some(to) = (place - 1).checked_add_signed(by).filter(|to| *to < self.fallbacks.len()) else { return };
        self.touched = true;
        self.fallbacks.swap(place - 1, to);
    }

    fn toggle_image(&mut self) {
        let Some(model) = self.current() else { return };
        let (id, vision) = (model.id.clone(), model.vision());
        if self.is_image(&id) {
            self.image = None;
        } else if vision {
            self.image = Some(reference(&id));
            self.left_out.remove(&id);
        } else {
            self.notice = Some(Notice::NotImageCapable);
            return;
        }
        self.touched = true;
        self.pending.retain(|note| !matches!(note, Note::Image { .. }));
    }

    fn toggle_left_out(&mut self) {
        let Some(id) = self.current().map(|m| m.id.clone()) else { return };
        let used = self.is_primary(&id)
            || self.is_image(&id)
            || self.fallback_place(&id).is_some()
            || self.alias_of(&id).is_some();
        if used {
            self.notice = Some(Notice::InUse);
            return;
        }
        self.touched = true;
        if !self.left_out.remove(&id) {
            self.left_out.insert(id);
        }
    }

    // ── Aliases ──────────────────────────────────────────────────────────────────────────────────

    fn edit_alias(&mut self) {
        let Some(&row) = self.view.get(self.cursor) else { return };
        let line = Line::new(self.alias_of(&self.models[row].id).unwrap_or_default());
        self.editing = Some(AliasEdit { row, line, problem: None });
    }

    fn check_alias(&mut self) {
        let Some(mut edit) = self.editing.take() else { return };
        let target = reference(&self.models[edit.row].id);
        let all: Vec<Alias> = self.aliases.iter().chain(&self.other_aliases).cloned().collect();
        let ids = self.models.iter().map(|m| m.id.as_str());
        edit.problem = alias::check(edit.line.text(), &target, &all, &self.providers, ids).err();
        self.editing = Some(edit);
    }

    fn act_on_alias(&mut self, action: Action) -> Next {
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
        Next::Stay
    }

    fn finish_alias(&mut self, taken_from: Option<String>) {
        let Some(edit) = self.editing.take() else { return };
        let name = edit.line.text().to_owned();
        let id = self.models[edit.row].id.clone();
        let target = reference(&id);
        let old = self.alias_of(&id).map(str::to_owned);
        if old.as_deref() == Some(name.as_str()) || (old.is_none() && name.is_empty()) {
            return;
        }
        self.touched = true;
        if let Some(from) = &taken_from {
            self.aliases.retain(|a| a.target != *from);
        }
        let place = self.aliases.iter().position(|a| a.target == target);
        self.notice = Some(match (place, name.is_empty(), taken_from) {
            (Some(at), true, _) => {
                self.aliases.remove(at);
                Notice::AliasRemoved { name: old.unwrap_or_default() }
            }
            (place, _, from) => {
                match place {
                    Some(at) => self.aliases[at].name.clone_from(&name),
                    None => self.aliases.push(Alias { name: name.clone(), target }),
                }
                self.left_out.remove(&id);
                match from {
                    Some(from) => Notice::AliasMoved { name: name.clone(), from },
                    None => Notice::AliasSet { name: name.clone() },
                }
            }
        });
        self.pending.retain(|note| !matches!(note, Note::Alias { name: n, .. } if alias::same_name(n, &name)));
        self.keep_row(Models::refresh_view);
    }

    // ── Successors ───────────────────────────────────────────────────────────────────────────────

    fn take_here(&mut self) {
        let Some(id) = self.current().map(|m| m.id.clone()) else { return };
        let Some(at) = self.pending_for(&id).and_then(|note| self.pending.iter().position(|n| n == note)) else {
            // One open question needs no pointing at.
            if self.pending.len() == 1 {
                self.take_all();
            } else {
                self.notice = Some(Notice::NoProposalHere);
            }
            return;
        };
        let note = self.pending.remove(at);
        self.take(note);
        self.notice = Some(Notice::Took { count: 1 });
    }

    fn take_all(&mut self) {
        let count = self.pending.len();
        if count == 0 {
            self.notice = Some(Notice::NoProposalHere);
            return;
        }
        for note in std::mem::take(&mut self.pending) {
            self.take(note);
        }
        self.notice = Some(Notice::Took { count });
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
                self.aliases.retain(|a| !alias::same_name(&a.name, &name));
                // The successor may have got an alias of the person's own meanwhile: that one stays.
                if let Some((target, _)) = taken.filter(|(target, _)| !self.aliases.iter().any(|a| a.target == *target))
                {
                    if let Some(id) = id_of(&target) {
                        self.left_out.remove(id);
                    }
                    self.aliases.push(Alias { name, target });
                }
            }
            Note::Fallback { wanted, taken } => match taken {
                Some((target, _)) if target != self.primary && !self.fallbacks.contains(&target) => {
                    if let Some(place) = self.fallbacks.iter_mut().find(|f| **f == wanted) {
                        *place = target;
                    }
                }
                _ => self.fallbacks.retain(|f| *f != wanted),
            },
            Note::Image { taken: Some((target, _)), .. } => self.image = Some(target),
            _ => {}
        }
    }

    fn act_on_pending(&mut self, action: Action) -> Next {
        match action {
            Action::Back => self.asking = false,
            Action::TakeProposal | Action::TakeAllProposals => {
                self.take_all();
                self.asking = false;
                self.notice = None;
                return Next::GoOn;
            }
            // Left as it is: a new alias is not set, a configured one stays where it was.
            Action::Enter => {
                self.asking = false;
                return Next::GoOn;
            }
            _ => {}
        }
        Next::Stay
    }

    // ── The outcome ──────────────────────────────────────────────────────────────────────────────

    /// What the screen says now, as it will be written.
    pub fn selection(&self) -> Selection {
        let listed =
            Catalog { models: self.models[..self.listed].to_vec(), source: self.source, fetched_at: self.fetched_at };
        let mut overrides = Overrides::default();
        if !self.left_out.is_empty() {
            let wanted = listed.models.iter().map(|m| m.id.clone()).filter(|id| !self.left_out.contains(id));
            overrides.models = Some(wanted.collect());
        }
        let image = self.image.as_deref();
        Selection {
            registered: registered(
                &listed,
                &self.documented,
                &overrides,
                &self.primary,
                &self.fallbacks,
                image,
                &self.aliases,
            ),
            primary: self.primary.clone(),
            fallbacks: self.fallbacks.clone(),
            image: self.image.clone(),
            aliases: self.aliases.clone(),
            authoritative: self.source == Source::Live,
        }
    }

    /// The ref that a name typed elsewhere means here.
    pub fn resolve(&self, text: &str) -> String {
        let catalog = Catalog { models: Vec::new(), source: self.source, fetched_at: None };
        resolve(text, &self.aliases, &self.providers, &catalog)
    }

    pub fn edit_line(&mut self, edit: LineEdit) {
        self.act(Action::Edit(edit), 1);
    }
}

fn is_decision(note: &Note) -> bool {
    decision(note).is_some()
}

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

fn by_sort(sort: Sort, a: &Model, b: &Model) -> Ordering {
    fn unknown_last<T>(a: Option<T>, b: Option<T>, order: impl Fn(&T, &T) -> Ordering) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => order(&a, &b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
    match sort {
        // The part a person reads: `GLM-4.7-TEE` of `zai-org/GLM-4.7-TEE`.
        Sort::Name => Ordering::Equal,
        Sort::Context => unknown_last(a.context, b.context, |a, b| b.cmp(a)),
        Sort::PriceIn => unknown_last(a.price.input, b.price.input, f64::total_cmp),
        Sort::PriceOut => unknown_last(a.price.output, b.price.output, f64::total_cmp),
        Sort::PriceCache => unknown_last(a.price.cache_read, b.price.cache_read, f64::total_cmp),
    }
}
