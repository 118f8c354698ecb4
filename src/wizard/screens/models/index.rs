//! What finding and sorting need of a list of models, worked out once per list and not per keystroke.

use super::Sort;
use crate::chutes::model::Model;
use crate::wizard::filter;
use std::cmp::Ordering;
use std::sync::Arc;

/// Keys and order of the rows of one list.
#[derive(Debug, Default)]
pub struct Index {
    /// The ids in lower case, one behind the other, and where each ends.
    keys: String,
    ends: Vec<usize>,
    /// [`filter::letters`] of each key.
    letters: Vec<u64>,
    /// Rows by key, then id.
    by_name: Vec<u32>,
    /// Place of each row in `by_name`.
    place: Vec<u32>,
    measures: Measures,
}

/// What the columns of a table of this list have to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Characters of the longest id.
    pub longest_id: usize,
    /// The largest price, and the most decimals of any: input, output, cached input.
    pub prices: [(f64, usize); 3],
}

impl Index {
    pub fn new(models: &[Arc<Model>]) -> Index {
        let mut index = Index::default();
        for model in models {
            let start = index.keys.len();
            index.keys.extend(model.id.chars().map(|c| c.to_ascii_lowercase()));
            index.ends.push(index.keys.len());
            index.letters.push(filter::letters(&index.keys[start..]));
        }
        let mut by_name: Vec<u32> = (0..u32::try_from(models.len()).unwrap_or(u32::MAX)).collect();
        by_name.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            index.key(a).cmp(index.key(b)).then_with(|| models[a].id.cmp(&models[b].id))
        });
        index.place = vec![0; models.len()];
        for (place, &row) in by_name.iter().enumerate() {
            index.place[row as usize] = u32::try_from(place).unwrap_or(u32::MAX);
        }
        index.by_name = by_name;
        index.measures = Measures {
            longest_id: models.iter().map(|model| model.id.chars().count()).max().unwrap_or(0),
            prices: [
                measure(models.iter().filter_map(|model| model.price.input)),
                measure(models.iter().filter_map(|model| model.price.output)),
                measure(models.iter().filter_map(|model| model.price.cache_read)),
            ],
        };
        index
    }

    pub fn measures(&self) -> &Measures {
        &self.measures
    }

    /// The id of a row in lower case.
    pub fn key(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.keys[start..self.ends[row]]
    }

    pub fn letters(&self, row: usize) -> u64 {
        self.letters[row]
    }

    /// The row with exactly this id.
    pub fn row_of(&self, models: &[Arc<Model>], id: &str) -> Option<usize> {
        let key = id.to_ascii_lowercase();
        let order = |row: &u32| -> Ordering {
            let row = *row as usize;
            self.key(row).cmp(&key).then_with(|| (*models[row].id).cmp(id))
        };
        self.by_name.binary_search_by(order).ok().map(|place| self.by_name[place] as usize)
    }

    /// A model whose id is `name` but for upper and lower case.
    pub fn same_name<'a>(&self, models: &'a [Arc<Model>], name: &str) -> Option<&'a str> {
        let key = name.to_ascii_lowercase();
        let place = self.by_name.binary_search_by(|row| self.key(*row as usize).cmp(&key)).ok()?;
        Some(&models[self.by_name[place] as usize].id)
    }

    /// All rows in the order of the table. `group` comes first of all (small before large), then the
    /// column; `beside` is what a row is sorted by that its model does not say. Unknown comes last in both directions.
    pub fn sorted(
        &self,
        models: &[Arc<Model>],
        sort: Sort,
        reversed: bool,
        group: impl Fn(usize) -> u8,
        beside: impl Fn(usize) -> Option<u64>,
    ) -> Vec<u32> {
        if sort == Sort::Name {
            let mut groups: [Vec<u32>; 3] = Default::default();
            let mut put = |&row: &u32| groups[usize::from(group(row as usize)).min(2)].push(row);
            if reversed {
                self.by_name.iter().rev().for_each(&mut put)
            } else {
                self.by_name.iter().for_each(&mut put)
            }
            return groups.concat();
        }
        // One number per row, so that sorting compares no text: group, unknown, value, name.
        let mut numbers: Vec<u128> = models
            .iter()
            .enumerate()
            .map(|(row, model)| {
                let value = match sort {
                    Sort::Name => None,
                    Sort::Alias | Sort::State | Sort::Ttft | Sort::Tps | Sort::Tested => beside(row),
                    // The largest first: that is what one looks for.
                    Sort::Context => model.context.map(|tokens| !tokens.get()),
                    Sort::Output => model.max_output.map(|tokens| !tokens.get()),
                    Sort::PriceIn => model.price.input.and_then(ordered),
                    Sort::PriceOut => model.price.output.and_then(ordered),
                    Sort::PriceCache => model.price.cache_read.and_then(ordered),
                };
                let value = value.map(|value| if reversed { !value } else { value });
                u128::from(group(row)) << 120
                    | u128::from(value.is_none()) << 112
                    | u128::from(value.unwrap_or_default()) << 32
                    | u128::from(self.place[row])
            })
            .collect();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| self.by_name[(number & u128::from(u32::MAX)) as usize]).collect()
    }
}

fn measure(prices: impl Iterator<Item = f64>) -> (f64, usize) {
    prices.fold((0.0, 0), |(largest, most), usd| {
        let decimals = usd.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
        (usd.max(largest), decimals.max(most))
    })
}

/// A number whose order as an integer is that of the amount. None for what is no number.
fn ordered(amount: f64) -> Option<u64> {
    let bits = amount.to_bits();
    (!amount.is_nan()).then(|| if amount.is_sign_negative() { !bits } else { bits | 1 << 63 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::model::Price;
    use std::num::NonZeroU64;

    fn models() -> Vec<Arc<Model>> {
        [
            ("b/Two", Some(2.0), Some(10)),
            ("A/one", None, None),
            ("c/three", Some(0.5), Some(30)),
            ("a/ONE", Some(2.0), Some(20)),
        ]
        .into_iter()
        .map(|(id, input, context)| Model {
            id: id.into(),
            context: context.and_then(NonZeroU64::new),
            price: Price { input, ..Price::default() },
            ..Model::default()
        })
        .map(Arc::new)
        .collect()
    }

    fn sorted(sort: Sort, reversed: bool) -> Vec<String> {
        let models = models();
        let index = Index::new(&models);
        let used = |row| (row == 2).then_some(0);
        let rows = index.sorted(&models, sort, reversed, |_| 1, used);
        rows.into_iter().map(|row| models[row as usize].id.to_string()).collect()
    }

    #[test]
    fn unknown_is_last_in_both_directions_and_names_break_ties() {
        assert_eq!(sorted(Sort::Name, false), ["A/one", "a/ONE", "b/Two", "c/three"]);
        assert_eq!(sorted(Sort::Name, true), ["c/three", "b/Two", "a/ONE", "A/one"]);
        assert_eq!(sorted(Sort::PriceIn, false), ["c/three", "a/ONE", "b/Two", "A/one"]);
        assert_eq!(sorted(Sort::PriceIn, true), ["a/ONE", "b/Two", "c/three", "A/one"]);
        assert_eq!(sorted(Sort::Context, false), ["c/three", "a/ONE", "b/Two", "A/one"]);
        assert_eq!(sorted(Sort::Context, true), ["b/Two", "a/ONE", "c/three", "A/one"]);
        assert_eq!(sorted(Sort::Alias, false)[0], "c/three");
    }

    #[test]
    fn rows_are_found_by_their_exact_id_and_names_without_case() {
        let models = models();
        let index = Index::new(&models);
        for (row, model) in models.iter().enumerate() {
            assert_eq!(index.row_of(&models, &model.id), Some(row));
        }
        assert_eq!(index.row_of(&models, "a/One"), None);
        assert_eq!(index.same_name(&models, "B/TWO"), Some("b/Two"));
        assert_eq!(index.same_name(&models, "b"), None);
    }

    #[test]
    fn amounts_keep_their_order_as_integers() {
        let amounts = [-2.0, -0.5, 0.0, 1e-9, 0.0245, 2.0, 1e12];
        assert!(amounts.map(ordered).is_sorted_by(|a, b| a < b));
        assert_eq!(ordered(f64::NAN), None);
    }
}
