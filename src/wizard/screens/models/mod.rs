//! Long: one state, whose parts act on each other.
//!
//! The models screen's state: what is listed, what is shown, what is chosen.

mod aliases;
mod choices;
mod drift;
mod index;
mod list;
mod market;
mod sort;
mod test_calls;

pub use drift::decision;

use super::Transition;
use crate::chutes::account::Account;
use crate::chutes::failure::Failure;
use crate::chutes::model::{Catalog, Model, Price, Source, id_of};
use crate::chutes::pool::Order;
use crate::chutes::verify::Verdict;
use crate::selection::alias::Problem;
use crate::selection::cost::Usage;
use crate::selection::propose::{Documented, Note, Overrides, propose_roles, registered};
use crate::selection::recommend::{Purpose, Recommendation};
use crate::selection::{Alias, Configured, Refusal, Selection};
use crate::time::UnixMillis;
use crate::wizard::filter::Query;
use crate::wizard::line::Line;
use crate::wizard::protocol::{Action, KeyContext, Viewport};
use index::Index;
pub use index::Measures;
pub use sort::{ColumnSet, Sort};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
pub use test_calls::{Round, Stopped};

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
pub enum StatusLine {
    NotImageCapable,
    /// The row cannot be left out: it is the default, a fallback, the image model or has an alias.
    InUse,
    /// The default cannot be its own fallback.
    IsDefault,
    NoProposalHere,
    /// There is none to call with.
    NoCredential,
    /// The row under the cursor is not served, and was made the default all the same.
    NotServed,
    /// Nothing is shown by the filter.
    NothingShown,
    /// Enter once more makes the row the default.
    EnterAgain {
        id: String,
    },
    /// Everything about the row under the cursor.
    Described,
    /// Leaving would lose what was chosen: Esc once more does it.
    LeaveAgain,
    /// Full ref of what was the default before.
    DefaultSet {
        before: String,
    },
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
    /// A pool is no member of another.
    IsPool,
    Marked {
        count: usize,
    },
    PoolNeedsMarks,
    PoolMade {
        order: Order,
    },
    Recommended {
        purpose: Purpose,
        row: Box<Recommendation>,
    },
    NothingRecommended,
    Testing {
        id: String,
    },
    /// No row shown has a price.
    NothingToTest,
    /// [`Models::round`] is over.
    RoundOver,
    Tested {
        id: String,
        verdict: Verdict,
    },
}

/// The whole screen.
#[derive(Debug)]
pub struct Models {
    pub source: Source,
    /// Unix time in milliseconds of the list.
    pub fetched_at: Option<UnixMillis>,
    /// Why the list is not live, or not newer.
    pub failure: Option<Failure>,
    /// The list, then what the config refers to and the list does not have.
    pub models: Vec<Arc<Model>>,
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
    /// What the test calls of this run showed, by id.
    pub tested: BTreeMap<String, Verdict>,
    /// The ids that test calls are under way to.
    pub testing: Vec<String>,
    /// Test calls to all rows shown, the last time it was asked for.
    pub round: Option<Round>,
    pub filter: Line,
    pub filter_open: bool,
    query: Query,
    /// The filter is kept but not applied: everything is shown.
    pub revealed: bool,
    pub sort: Sort,
    pub reversed: bool,
    index: Index,
    /// All rows as sorted.
    order: Vec<u32>,
    /// Indices into `models`, in the order shown.
    pub view: Vec<usize>,
    /// How many rows the filter hides.
    hidden: usize,
    /// Index into `view`.
    pub cursor: usize,
    /// First row of the window, as an index into `view`.
    top: usize,
    /// Rows of the table and its columns, as it was drawn last.
    page: usize,
    columns: ColumnSet,
    /// What the account has left; None: unknown.
    pub account: Option<Account>,
    /// What a day is taken to be.
    pub usage: Usage,
    /// Ids marked for a pool, in the order of marking.
    marked: Vec<String>,
    /// The recommendation that was shown last.
    recommended: Option<(Purpose, usize)>,
    pub editing: Option<AliasEdit>,
    /// Proposals are undecided and the person wants to go on.
    pub asking: bool,
    pub notice: Option<StatusLine>,
    providers: Vec<String>,
    /// With the config's own facts.
    documented: Documented,
    overrides: Overrides,
    own: ConfigFacts,
    /// The person changed something: a new list keeps the choices.
    touched: bool,
    /// The person moved about: a new list keeps the row under the cursor.
    moved: bool,
    /// A row that stays in sight although the filter would hide it: its alias was just changed.
    held: Option<Box<str>>,
    /// The id whose details are shown: the one under the cursor, once the cursor has rested there. Moving
    /// about sends a few bytes a key; who rests gets to read.
    described: Option<Box<str>>,
    /// The id that the cursor has yet to rest on, and how many there were.
    rests: (Option<Box<str>>, u64),
    /// The row the cursor was on, while the filter shows none.
    last_row: Option<usize>,
    /// The cursor is where nobody put it, or Enter just meant something else: the next Enter is not yet
    /// a choice.
    unsure: bool,
}

/// What the config has of its own.
#[derive(Clone, Debug, Default)]
pub struct ConfigFacts {
    /// The models that it registers, as it describes them.
    pub models: Vec<Arc<Model>>,
    /// Ids of the list that it does not register although it could have.
    pub left_out: BTreeSet<String>,
}

/// What is chosen at the start, and what is open.
struct InitialChoices {
    primary: String,
    fallbacks: Vec<String>,
    image: Option<String>,
    aliases: Vec<Alias>,
    left_out: BTreeSet<String>,
    pending: Vec<Note>,
    notes: Vec<Note>,
}

impl Models {
    /// The screen as it starts. Successors of what is no longer served are proposed, not taken.
    pub fn new(
        configured: &Configured,
        own: ConfigFacts,
        catalog: Catalog,
        failure: Option<Failure>,
        documented: &Documented,
        overrides: &Overrides,
        favourites: &[String],
    ) -> Result<Models, Refusal> {
        let start = InitialChoices::from_config(configured, &own, &catalog, documented, overrides)?;
        let mut screen = Models {
            source: catalog.source,
            fetched_at: catalog.fetched_at,
            failure,
            listed: catalog.models.len(),
            models: catalog.models,
            primary: start.primary,
            fallbacks: start.fallbacks,
            image: start.image,
            aliases: start.aliases,
            other_aliases: configured.aliases.iter().filter(|a| id_of(&a.target).is_none()).cloned().collect(),
            left_out: start.left_out,
            favourites: favourites.iter().cloned().collect(),
            pending: start.pending,
            notes: start.notes,
            tested: BTreeMap::new(),
            testing: Vec::new(),
            round: None,
            filter: Line::default(),
            filter_open: false,
            query: Query::default(),
            revealed: false,
            sort: Sort::default(),
            reversed: false,
            index: Index::default(),
            order: Vec::new(),
            view: Vec::new(),
            hidden: 0,
            cursor: 0,
            top: 0,
            page: 10,
            columns: ColumnSet::ALL,
            account: None,
            usage: Usage::default(),
            marked: Vec::new(),
            recommended: None,
            editing: None,
            asking: false,
            notice: None,
            providers: configured.providers.clone(),
            documented: documented.beside(&own.models),
            overrides: overrides.clone(),
            own,
            touched: false,
            moved: false,
            held: None,
            described: None,
            rests: (None, 0),
            last_row: None,
            unsure: false,
        };
        screen.list_changed(configured.registered.iter().map(String::as_str));
        screen.go_to_start();
        Ok(screen)
    }

    /// Another list has arrived. What the person chose, the filter, what is being edited and the model
    /// under the cursor stay; what the new list proves unserved is proposed anew.
    pub fn replace_list(
        &mut self,
        configured: &Configured,
        own: ConfigFacts,
        catalog: Catalog,
        failure: Option<Failure>,
    ) {
        let at = self.current().map(|m| m.id.to_string());
        let editing = self.editing.as_ref().map(|edit| self.models[edit.row].id.to_string());
        if self.touched {
            // What was left out or taken in by hand stays so.
            let by_hand: BTreeSet<String> = self.left_out.symmetric_difference(&self.own.left_out).cloned().collect();
            self.left_out = own.left_out.symmetric_difference(&by_hand).cloned().collect();
            self.find_drift(&catalog);
        } else if let Ok(start) =
            InitialChoices::from_config(configured, &own, &catalog, &self.documented, &self.overrides)
        {
            self.primary = start.primary;
            self.fallbacks = start.fallbacks;
            self.image = start.image;
            self.aliases = start.aliases;
            self.left_out = start.left_out;
            self.pending = start.pending;
            self.notes = start.notes;
        }
        self.own = own;
        self.source = catalog.source;
        self.fetched_at = catalog.fetched_at;
        self.failure = failure;
        self.listed = catalog.models.len();
        self.models = catalog.models;
        self.asking &= !self.pending.is_empty();
        let was_edited = editing.as_deref().filter(|_| self.editing.is_some());
        let here = at.as_deref().filter(|_| self.moved || self.touched);
        self.list_changed(configured.registered.iter().map(String::as_str).chain(was_edited).chain(here));
        if let Some(id) = was_edited {
            // It was kept just now, so it is there.
            match (self.row_of(id), &mut self.editing) {
                (Some(row), Some(edit)) => edit.row = row,
                _ => self.editing = None,
            }
            self.check_alias();
        }
        match at {
            Some(id) if self.moved || self.touched || self.editing.is_some() => {
                self.unsure |= !self.go_to(&id);
            }
            _ => self.go_to_start(),
        }
    }

    /// The service gave no new list: this one stays.
    pub fn list_failed(&mut self, failure: Failure) {
        self.failure = Some(failure);
    }

    // ── What is there ────────────────────────────────────────────────────────────────────────────

    /// The model under the cursor.
    pub fn current(&self) -> Option<&Model> {
        self.view.get(self.cursor).map(|&at| &*self.models[at])
    }

    /// The filter as it is typed or kept.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The row with exactly this id.
    pub fn row_of(&self, id: &str) -> Option<usize> {
        self.index.row_of(&self.models, id)
    }

    /// The row with this id or full ref.
    pub fn row_named(&self, text: &str) -> Option<usize> {
        self.row_of(id_of(text).unwrap_or(text)).or_else(|| self.row_of(text))
    }

    /// What the columns of the table have to hold.
    pub fn measures(&self) -> &Measures {
        self.index.measures()
    }

    /// How many rows the filter hides: with `view.len()` it makes `models.len()`.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Whether the service serves the model in row `at`; None: not known, the list is not live.
    pub fn served(&self, at: usize) -> Option<bool> {
        (self.source == Source::Live).then(|| {
            let of_pool = || self.pool_of(&self.models[at].id).is_some_and(|pool| self.members_served(&pool).0 > 0);
            at < self.listed || of_pool()
        })
    }

    /// What is chosen and not on the live list, each once.
    pub fn unserved(&self) -> Vec<&str> {
        let chosen = [&self.primary].into_iter().chain(&self.fallbacks).chain(&self.image);
        let targets = chosen.chain(self.aliases.iter().map(|alias| &alias.target)).map(String::as_str);
        let is_gone = |target: &&str| {
            id_of(target).is_some_and(|id| self.row_of(id).is_some_and(|row| self.served(row) == Some(false)))
        };
        let mut gone: Vec<&str> = Vec::new();
        for target in targets.filter(is_gone) {
            if !gone.contains(&target) {
                gone.push(target);
            }
        }
        gone
    }

    /// The config has models of its own.
    pub fn has_own(&self) -> bool {
        !self.own.models.is_empty()
    }

    /// The alias of the model with this id.
    pub fn alias_of(&self, id: &str) -> Option<&str> {
        self.aliases.iter().find(|a| id_of(&a.target) == Some(id)).map(|a| a.name.as_str())
    }

    /// 1-based place among the fallbacks.
    pub fn fallback_place(&self, id: &str) -> Option<usize> {
        self.fallbacks.iter().position(|f| id_of(f) == Some(id)).map(|at| at + 1)
    }

    /// The model with this id is the default.
    pub fn is_primary(&self, id: &str) -> bool {
        id_of(&self.primary) == Some(id)
    }

    /// The model with this id is the image model.
    pub fn is_image(&self, id: &str) -> bool {
        self.image.as_deref().and_then(id_of) == Some(id)
    }

    /// One of the aliases that OpenClaw's documentation names.
    pub fn is_documented(&self, alias: &str) -> bool {
        self.documented.aliases.iter().any(|a| crate::selection::alias::same_name(&a.name, alias))
    }

    /// The alias was written backwards in the config, and is put right.
    pub fn is_repaired(&self, alias: &str) -> bool {
        self.notes
            .iter()
            .any(|note| matches!(note, Note::Repaired { name, .. } if crate::selection::alias::same_name(name, alias)))
    }

    /// The documented default.
    pub fn documented_default(&self) -> &str {
        &self.documented.default
    }

    /// Price of a listed model, or of a documented one that is not listed any more.
    pub fn known_price(&self, target: &str) -> Option<Price> {
        let id = id_of(target)?;
        let listed = self.row_of(id).map(|row| &self.models[row]).filter(|m| m.price != Price::default());
        listed.or_else(|| self.documented.facts_of(id)).map(|m| m.price)
    }

    // ── The outcome ──────────────────────────────────────────────────────────────────────────────

    /// The person decided something that is not written yet.
    pub fn touched(&self) -> bool {
        self.touched
    }

    /// What the screen says now, as it will be written.
    pub fn selection(&self) -> Selection {
        let listed = &self.models[..self.listed];
        let mut overrides = Overrides::default();
        if !self.left_out.is_empty() {
            let wanted = listed.iter().map(|m| m.id.to_string()).filter(|id| !self.left_out.contains(id));
            overrides.models = Some(wanted.collect());
        }
        let mut selection = self.choices();
        selection.registered = registered(listed, &self.documented, &overrides, &selection);
        selection
    }

    /// [`Models::selection`] without the models to register.
    pub fn choices(&self) -> Selection {
        Selection {
            primary: self.primary.clone(),
            fallbacks: self.fallbacks.clone(),
            image: self.image.clone(),
            aliases: self.aliases.clone(),
            registered: Vec::new(),
            authoritative: self.source == Source::Live,
        }
    }

    // ── Keys ─────────────────────────────────────────────────────────────────────────────────────

    /// Which keys are in force.
    pub fn context(&self) -> KeyContext {
        if self.can_move_alias() {
            KeyContext::ModelsAliasTaken
        } else if self.editing.is_some() {
            KeyContext::ModelsAlias
        } else if self.asking {
            KeyContext::ModelsPending
        } else if self.is_round_offered() {
            KeyContext::ModelsTestAll
        } else if self.filter_open {
            KeyContext::ModelsFilter
        } else if !self.filter.is_empty() {
            KeyContext::ModelsFiltered
        } else {
            KeyContext::Models
        }
    }

    fn is_round_offered(&self) -> bool {
        self.round.as_ref().is_some_and(Round::is_offered)
    }

    /// The table as it was drawn.
    pub fn set_viewport(&mut self, viewport: Viewport) {
        self.page = viewport.page.max(1);
        self.columns = viewport.columns;
        self.scroll();
    }

    /// `leaves_program`: there is no screen to go back to, and what was chosen would be lost.
    pub fn act(&mut self, action: Action, leaves_program: bool) -> Transition {
        let warned = self.notice == Some(StatusLine::LeaveAgain);
        let mut transition = if self.editing.is_some() {
            self.act_on_alias(action)
        } else if self.asking {
            self.act_on_pending(action)
        } else if self.is_round_offered() {
            self.act_on_offer(action)
        } else if self.filter_open && matches!(action, Action::Back | Action::Enter | Action::Edit(_)) {
            self.act_on_filter(action)
        } else {
            self.act_on_list(action)
        };
        // A stray Esc loses no choices.
        if leaves_program && self.touched && !warned && matches!(transition, Transition::Back) {
            self.notice = Some(StatusLine::LeaveAgain);
            transition = Transition::Stay;
        }
        self.scroll();
        transition
    }

    fn act_on_list(&mut self, action: Action) -> Transition {
        self.notice = None;
        // Any other key than Enter shows that the screen was looked at.
        self.unsure &= action == Action::Enter;
        match action {
            Action::Up => self.move_to(self.cursor.saturating_sub(1)),
            Action::Down => self.move_to(self.cursor + 1),
            Action::PageUp => self.move_to(self.cursor.saturating_sub(self.page)),
            Action::PageDown => self.move_to(self.cursor.saturating_add(self.page)),
            Action::First => self.move_to(0),
            Action::Last => self.move_to(usize::MAX),
            Action::Filter => {
                self.filter_open = true;
                self.filter.select();
            }
            Action::NextUsed => self.go_to_next_used(),
            Action::Reveal => self.reveal(),
            Action::Sort => self.sort_by_next(),
            Action::SortColumn(place) => self.sort_by_place(usize::from(place)),
            Action::SortReverse => self.sort_by(self.sort, !self.reversed),
            Action::Enter => return self.enter(),
            Action::GoOn => return self.go_on(),
            Action::GoToDefault => self.go_to_default(),
            Action::Back if !self.filter.is_empty() => {
                self.filter.clear();
                self.filter_changed();
            }
            Action::Back => return Transition::Back,
            Action::Fallback => self.toggle_fallback(),
            Action::FallbackEarlier => self.move_fallback(-1),
            Action::FallbackLater => self.move_fallback(1),
            Action::Image => self.toggle_image(),
            Action::EditAlias => self.edit_alias(),
            Action::LeaveOut => self.toggle_left_out(),
            Action::Favourite => return self.toggle_favourite(),
            Action::Retry => return Transition::AskAgain,
            Action::TestCall => return self.test_row(),
            Action::TestAll => self.offer_round(),
            Action::Mark => self.toggle_mark(),
            Action::MakePool => self.make_pool(),
            Action::Recommend => self.recommend_next(),
            Action::NextUsage => self.next_usage(),
            Action::Describe => self.notice = Some(StatusLine::Described),
            Action::TakeProposal => self.take_here(),
            Action::TakeAllProposals => self.take_all(),
            _ => {}
        }
        Transition::Stay
    }
}

impl InitialChoices {
    fn from_config(
        configured: &Configured,
        own: &ConfigFacts,
        catalog: &Catalog,
        documented: &Documented,
        overrides: &Overrides,
    ) -> Result<InitialChoices, Refusal> {
        let proposal = propose_roles(configured, catalog, documented, overrides)?;
        let mut left_out = match &overrides.models {
            None => own.left_out.clone(),
            Some(_) => {
                let models = registered(&catalog.models, documented, overrides, &proposal.selection);
                let registered: BTreeSet<&str> = models.iter().map(|m| &*m.id).collect();
                let ids = catalog.models.iter().map(|m| &*m.id);
                ids.filter(|id| !registered.contains(id)).map(str::to_owned).collect()
            }
        };
        let Selection { mut primary, mut fallbacks, mut image, mut aliases, .. } = proposal.selection;
        let (pending, notes): (Vec<Note>, Vec<Note>) =
            proposal.notes.into_iter().partition(|note| decision(note).is_some());
        // Nothing is taken silently: put back what the proposal replaced, and keep it as an open question.
        let is_set = |name: &str| {
            let meant = configured.aliases.iter().chain(&configured.inverted);
            meant.into_iter().any(|a| crate::selection::alias::same_name(&a.name, name))
        };
        for note in &pending {
            match note {
                Note::Default { wanted, .. } => primary.clone_from(wanted),
                Note::Image { wanted, .. } => image = Some(wanted.clone()),
                Note::Alias { name, wanted, .. } => {
                    aliases.retain(|a| !crate::selection::alias::same_name(&a.name, name));
                    if is_set(name) {
                        aliases.push(Alias { name: name.clone(), target: wanted.clone() });
                    }
                }
                _ => {}
            }
        }
        if overrides.fallbacks.is_empty() {
            fallbacks.clear();
            for fallback in &configured.fallbacks {
                if *fallback != primary && !fallbacks.contains(fallback) {
                    fallbacks.push(fallback.clone());
                }
            }
        }
        let chosen = [&primary].into_iter().chain(&fallbacks).chain(&image);
        for id in chosen.chain(aliases.iter().map(|alias| &alias.target)).filter_map(|target| id_of(target)) {
            left_out.remove(id);
        }
        Ok(InitialChoices { primary, fallbacks, image, aliases, left_out, pending, notes })
    }
}
