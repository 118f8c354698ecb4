//! By what the table is sorted, and which of its columns a window shows.

use super::Models;
use crate::chutes::health::{ModelHealth, State};
use crate::chutes::verify::Verdict;

/// By what the table is sorted. Unknown always comes last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Name,
    /// What is chosen, then what has an alias.
    Alias,
    Context,
    Output,
    PriceIn,
    PriceOut,
    PriceCache,
    /// What is up, by instances; then crowded, then asleep.
    State,
    /// Time to the first token.
    Ttft,
    /// Tokens per second.
    Tps,
    /// How soon the test call of this run was answered.
    Tested,
}

impl Sort {
    /// In the order of the columns.
    pub const ALL: [Sort; 11] = [
        Sort::Name,
        Sort::Alias,
        Sort::Context,
        Sort::Output,
        Sort::PriceIn,
        Sort::PriceOut,
        Sort::PriceCache,
        Sort::State,
        Sort::Ttft,
        Sort::Tps,
        Sort::Tested,
    ];

    /// Whether the column runs upwards when it is not reversed.
    pub fn ascends(self) -> bool {
        !matches!(self, Sort::Context | Sort::Output | Sort::State | Sort::Tps)
    }
}

/// The columns that a window has room for: one that cannot be seen is not sorted by a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSet(u16);

impl ColumnSet {
    pub const ALL: ColumnSet = ColumnSet(u16::MAX);

    pub fn of(columns: impl IntoIterator<Item = Sort>) -> ColumnSet {
        ColumnSet(columns.into_iter().fold(0, |set, column| set | 1 << column as u16))
    }

    fn has(self, column: Sort) -> bool {
        self.0 & 1 << column as u16 != 0
    }

    fn shown(self) -> impl Iterator<Item = Sort> {
        Sort::ALL.into_iter().filter(move |column| self.has(*column))
    }
}

impl Models {
    /// By the next column that is shown; after the last one, by the first.
    pub(super) fn sort_by_next(&mut self) {
        let columns: Vec<Sort> = self.columns.shown().collect();
        let here = Sort::ALL.iter().position(|column| *column == self.sort).unwrap_or(0);
        let behind = columns.iter().find(|column| Sort::ALL.iter().position(|c| c == *column) > Some(here));
        self.sort_by(behind.or(columns.first()).copied().unwrap_or_default(), false);
    }

    /// By the column at this place of those that are shown, from 0; once more, the other way round.
    pub(super) fn sort_by_place(&mut self, place: usize) {
        if let Some(sort) = self.columns.shown().nth(place) {
            self.sort_by(sort, sort == self.sort && !self.reversed);
        }
    }

    /// What a row is sorted by that its model does not say itself, as a number: the least comes first.
    pub(super) fn rank_beside(&self, row: usize) -> Option<u64> {
        let model = &self.models[row];
        match self.sort {
            Sort::Tested => match self.tested.get(&*model.id)? {
                Verdict::Works { latency_ms, .. } => Some(*latency_ms),
                // What has failed stands behind what works, and before what nobody tried.
                _ => Some(u64::MAX),
            },
            sort => self.health_of(model).and_then(|health| rank_of_health(health, sort)),
        }
    }
}

fn rank_of_health(health: &ModelHealth, sort: Sort) -> Option<u64> {
    // The bits of a number that is not negative have its order.
    match sort {
        Sort::Ttft => health.ttft.map(|seconds| u64::from(seconds.to_bits())),
        Sort::Tps => health.tps.map(|tps| u64::from(!tps.to_bits())),
        Sort::State => {
            let group: u64 = match health.state()? {
                State::Up => 0,
                State::Crowded => 1,
                State::Asleep => 2,
            };
            Some(group << 32 | u64::from(!health.instances.unwrap_or_default()))
        }
        _ => None,
    }
}
