//! Choosing knowing: what is up and how fast, what the account has left, what a day costs; pools of marked
//! rows; the rows that are recommended.

use super::{Models, StatusLine};
use crate::chutes::health::{Health, ModelHealth};
use crate::chutes::market::News;
use crate::chutes::model::{Catalog, Model, id_of, reference};
use crate::chutes::pool::{Order, Pool};
use crate::selection::pools;
use crate::selection::recommend::{Purpose, recommend};
use std::sync::Arc;

impl Models {
    /// What the service says besides its list; what it does not say leaves everything as it is.
    pub fn market_known(&mut self, news: &News) {
        match news {
            News::Account(account) => self.account = Some(account.clone()),
            News::Health(health) => {
                self.documented.health = Arc::new(health.clone());
                self.keep_row(Models::sort_rows);
                self.propose_what_is_up();
            }
        }
    }

    /// What was proposed before anybody knew what is up may be asleep.
    fn propose_what_is_up(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let models = self.models[..self.listed].to_vec();
        self.find_drift(&Catalog { models, source: self.source, fetched_at: self.fetched_at, ..Catalog::default() });
        if !self.moved && !self.touched {
            self.go_to_start();
        }
    }

    pub fn health(&self) -> &Health {
        &self.documented.health
    }

    /// The figures of a row; None: unknown.
    pub fn health_of(&self, model: &Model) -> Option<&ModelHealth> {
        self.documented.health.of(model)
    }

    /// Another idea of a day.
    pub(super) fn next_usage(&mut self) {
        self.usage = self.usage.next();
    }

    // ── Pools ────────────────────────────────────────────────────────────────────────────────────

    /// Mark the row for a pool, or take the mark off; on to the next, so that several are marked in a run.
    pub(super) fn toggle_mark(&mut self) {
        let Some(id) = self.current().map(|model| model.id.to_string()) else { return self.nothing_shown() };
        if self.pool_of(&id).is_some() {
            self.notice = Some(StatusLine::IsPool);
            return;
        }
        match self.marked.iter().position(|marked| *marked == id) {
            Some(at) => drop(self.marked.remove(at)),
            None => self.marked.push(id),
        }
        self.notice = Some(StatusLine::Marked { count: self.marked.len() });
        self.move_to(self.cursor + 1);
    }

    /// 1-based place among the marked rows.
    pub fn mark_of(&self, id: &str) -> Option<usize> {
        self.marked.iter().position(|marked| marked == id).map(|at| at + 1)
    }

    /// The pool that an id names; None: it is one model.
    pub fn pool_of(&self, id: &str) -> Option<Pool> {
        let listed = self.row_of(id).is_some_and(|row| row < self.listed);
        if listed { None } else { Pool::parse(id) }
    }

    /// Of how many members the list has how many.
    pub fn members_served(&self, pool: &Pool) -> (usize, usize) {
        (pool.served(&self.models[..self.listed]).count(), pool.members.len())
    }

    /// The marked rows become one, which the cursor is then on. On a pool without marks: another order.
    pub(super) fn make_pool(&mut self) {
        let here = self.current().map(|model| model.id.to_string());
        let (members, order, old) = match here.as_deref().and_then(|id| self.pool_of(id)) {
            Some(pool) if self.marked.is_empty() => {
                let at = Order::ALL.iter().position(|order| *order == pool.order).unwrap_or(0);
                (pool.members.clone(), Order::ALL[(at + 1) % Order::ALL.len()], here)
            }
            _ => (self.marked.clone(), Order::default(), None),
        };
        let Ok(pool) = Pool::of(members, order) else {
            self.notice = Some(StatusLine::PoolNeedsMarks);
            return;
        };
        self.marked.clear();
        self.touched = true;
        let id = pool.id();
        if let Some(old) = old {
            self.use_instead(&old, &id);
        }
        self.list_changed(std::iter::once(id.as_str()));
        self.clear_filter_for(&id);
        self.go_to(&id);
        self.notice = Some(StatusLine::PoolMade { order });
    }

    /// The default and the Chutes fallbacks as one pool, tried in the same order: one key in place of a chain
    /// that does not help. None: there is no such chain.
    pub fn pool_of_chain(&self) -> Option<Pool> {
        let chain = std::iter::once(&self.primary).chain(&self.fallbacks);
        let ids: Vec<&str> = chain.filter_map(|target| id_of(target)).collect();
        let mut members: Vec<String> = Vec::new();
        for id in ids {
            let of_pool = self.pool_of(id).map(|pool| pool.members);
            for member in of_pool.unwrap_or_else(|| vec![id.to_owned()]) {
                if !members.contains(&member) {
                    members.push(member);
                }
            }
        }
        let has_fallbacks = self.fallbacks.iter().any(|target| id_of(target).is_some());
        Pool::of(members, Order::Written).ok().filter(|_| has_fallbacks)
    }

    /// Take [`Models::pool_of_chain`]. False: there is none.
    pub fn take_pool_of_chain(&mut self) -> bool {
        let Some(pool) = self.pool_of_chain() else { return false };
        let id = pool.id();
        self.touched = true;
        self.primary = reference(&id);
        self.fallbacks.retain(|target| id_of(target).is_none());
        self.list_changed(std::iter::empty());
        true
    }

    fn use_instead(&mut self, old: &str, new: &str) {
        let (old, new) = (reference(old), reference(new));
        let chosen = std::iter::once(&mut self.primary).chain(&mut self.fallbacks).chain(&mut self.image);
        let chosen = chosen.chain(self.aliases.iter_mut().map(|alias| &mut alias.target));
        chosen.filter(|target| **target == old).for_each(|target| target.clone_from(&new));
    }

    /// Facts of what the list does not have.
    pub(super) fn facts_beside(&self, id: &str) -> Arc<Model> {
        let known = |id: &str| self.documented.facts_of(id);
        let pool = pools::facts(id, &self.models[..self.listed], known).map(Arc::new);
        pool.or_else(|| known(id).cloned()).unwrap_or_else(|| Model::unknown(id).into())
    }

    // ── Recommendations ──────────────────────────────────────────────────────────────────────────

    /// The cursor on the next row that is recommended, each with its reason; after the last, for another purpose.
    pub(super) fn recommend_next(&mut self) {
        let (purpose, at) = match &self.recommended {
            Some((purpose, at)) => (*purpose, at + 1),
            None => (Purpose::default(), 0),
        };
        let rows = |purpose| recommend(purpose, &self.models[..self.listed], &self.documented.health);
        let place = Purpose::ALL.iter().position(|known| *known == purpose).unwrap_or(0);
        let turns = (0..=Purpose::ALL.len()).map(|turn| Purpose::ALL[(place + turn) % Purpose::ALL.len()]);
        let found = turns.enumerate().find_map(|(turn, purpose)| {
            let at = if turn == 0 { at } else { 0 };
            rows(purpose).into_iter().nth(at).map(|row| (purpose, at, row))
        });
        let Some((purpose, at, row)) = found else {
            self.notice = Some(StatusLine::NothingRecommended);
            return;
        };
        self.recommended = Some((purpose, at));
        self.clear_filter_for(&row.model.id);
        self.go_to(&row.model.id);
        self.notice = Some(StatusLine::Recommended { purpose, row: Box::new(row) });
    }

    /// A row that the filter hides would answer the key with nothing.
    pub(super) fn clear_filter_for(&mut self, id: &str) {
        let shown = self.row_of(id).is_some_and(|row| self.view.contains(&row));
        if !shown && !self.filter.is_empty() {
            self.filter.clear();
            self.filter_changed();
        }
    }
}
