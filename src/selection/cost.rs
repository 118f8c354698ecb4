//! What a day with a model costs.

use crate::chutes::model::Price;

pub use crate::chutes::account::dollars;

/// How much somebody uses a model in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Tokens sent with each call.
    pub input: u32,
    /// Tokens got with each call.
    pub output: u32,
    pub calls: u32,
}

impl Usage {
    /// A little chat, a day's work, an agent that is left alone.
    pub const ALL: [Usage; 3] = [
        Usage { input: 2_000, output: 500, calls: 20 },
        Usage { input: 10_000, output: 1_000, calls: 50 },
        Usage { input: 40_000, output: 2_000, calls: 200 },
    ];

    /// The one after this one.
    pub fn next(self) -> Usage {
        let at = Usage::ALL.iter().position(|usage| *usage == self).map_or(0, |at| at + 1);
        Usage::ALL[at % Usage::ALL.len()]
    }

    /// USD. None: a price is unknown. What a cache saves is not counted.
    pub fn cost(self, price: Price) -> Option<f64> {
        let once = f64::from(self.input) * price.input? + f64::from(self.output) * price.output?;
        Some(once * f64::from(self.calls) / 1e6)
    }
}

impl Default for Usage {
    fn default() -> Self {
        Usage::ALL[1]
    }
}

/// `part` of `whole` in whole per cent; a little is said as 1. None: of nothing.
pub fn percent(part: f64, whole: f64) -> Option<u64> {
    (whole > 0.0 && part >= 0.0).then(|| ((part / whole * 100.0).ceil() as u64).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_costs_what_its_calls_cost() {
        let price = |input, output| Price { input: Some(input), output: Some(output), cache_read: None };
        assert_eq!(Usage::default().cost(price(1.25, 3.95)).map(dollars).as_deref(), Some("$0.82"));
        assert_eq!(Usage::default().cost(price(0.14, 0.28)).map(dollars).as_deref(), Some("$0.084"));
        assert_eq!(Usage::default().cost(Price { input: Some(1.0), ..Price::default() }), None);
        let around: Vec<Usage> =
            std::iter::successors(Some(Usage::default()), |usage| Some(usage.next())).take(4).collect();
        assert_eq!(around[0], around[3]);
        assert_eq!(percent(0.82, 7.0), Some(12));
        assert_eq!((percent(0.0001, 7.0), percent(1.0, 0.0)), (Some(1), None));
        assert_eq!(
            [0.0, 0.0004, 0.004, 12.3, 1234.5, -2.0].map(dollars),
            ["$0.00", "<$0.001", "$0.004", "$12.30", "$1234", "-$2.00"]
        );
    }
}
