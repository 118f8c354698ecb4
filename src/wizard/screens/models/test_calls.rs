//! Test calls: one token of the row under the cursor, or of all rows shown, at a price that is agreed to first.

use super::{Models, StatusLine, Transition};
use crate::chutes::failure::Failure;
use crate::chutes::model::Price;
use crate::chutes::verify::Verdict;
use crate::wizard::protocol::Action;
use std::collections::VecDeque;

/// Calls at the same time.
const AT_ONCE: usize = 4;

/// More tokens than the two letters of a test call become in any model's template, and more than an answer of
/// one token is counted as.
const MOST_TOKENS: (f64, f64) = (1024.0, 16.0);

/// Test calls to all rows that were shown when it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// Ids to be asked, the next one first.
    waiting: VecDeque<String>,
    /// Ids asked, and the most USD that each may cost.
    under_way: Vec<(String, f64)>,
    /// A person has seen the price and agreed to it.
    started: bool,
    pub total: usize,
    pub answered: usize,
    pub worked: usize,
    /// Rows without a price: nobody could say what they cost.
    pub unpriced: usize,
    /// USD that all calls together may cost, as it is shown.
    pub limit: f64,
    /// USD of those that were answered.
    pub spent: f64,
    pub stopped: Option<Stopped>,
}

/// Why not all were asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Stopped {
    ByPerson,
    /// The account has nothing left, or its credential is refused: the rest would say the same.
    Refused(Failure),
    /// The next call might cost more than what was agreed to.
    Price,
}

impl Round {
    /// The price is on the screen and waits for a yes.
    pub fn is_offered(&self) -> bool {
        !self.started
    }

    pub fn is_over(&self) -> bool {
        self.started && self.waiting.is_empty() && self.under_way.is_empty()
    }

    fn stop(&mut self, why: Stopped) {
        if !self.waiting.is_empty() {
            self.waiting.clear();
            self.stopped = Some(why);
        }
    }
}

/// The most that a test call may cost, USD.
fn most(price: Price) -> Option<f64> {
    Some((MOST_TOKENS.0 * price.input? + MOST_TOKENS.1 * price.output?) / 1e6)
}

/// What a call that was answered has cost, USD; the most it may have, where the service does not say.
fn cost(price: Price, verdict: &Verdict, most: f64) -> f64 {
    let Verdict::Works { prompt_tokens, completion_tokens, .. } = verdict else { return 0.0 };
    let known = || {
        let (prompt, completion) = ((*prompt_tokens)?, (*completion_tokens)?);
        #[expect(clippy::cast_precision_loss, reason = "a handful of tokens")]
        let cost = (prompt as f64 * price.input? + completion as f64 * price.output?) / 1e6;
        Some(cost)
    };
    known().unwrap_or(most)
}

/// An amount, rounded up to what is shown of it.
fn rounded_up(usd: f64) -> f64 {
    let digits = if usd < 0.09 { 1e3 } else { 1e2 };
    (usd * digits).ceil() / digits
}

impl Models {
    pub(super) fn test_row(&mut self) -> Transition {
        let Some(id) = self.current().map(|model| model.id.to_string()) else {
            self.nothing_shown();
            return Transition::Stay;
        };
        self.notice = Some(StatusLine::Testing { id: id.clone() });
        if self.testing.contains(&id) {
            return Transition::Stay;
        }
        self.testing.push(id.clone());
        Transition::Test(vec![id])
    }

    /// The price of asking all rows shown; while they are being asked, no more of them.
    pub(super) fn offer_round(&mut self) {
        if let Some(round) = self.round.as_mut().filter(|round| !round.is_over()) {
            round.stop(Stopped::ByPerson);
            return self.end_of_round();
        }
        let models = self.view.iter().map(|&row| &self.models[row]);
        let priced: Vec<(String, f64)> =
            models.filter_map(|model| Some((model.id.to_string(), most(model.price)?))).collect();
        if priced.is_empty() {
            self.notice = Some(StatusLine::NothingToTest);
            return;
        }
        self.round = Some(Round {
            limit: rounded_up(priced.iter().map(|(_, usd)| usd).sum()),
            total: priced.len(),
            unpriced: self.view.len() - priced.len(),
            waiting: priced.into_iter().map(|(id, _)| id).collect(),
            under_way: Vec::new(),
            started: false,
            answered: 0,
            worked: 0,
            spent: 0.0,
            stopped: None,
        });
    }

    pub(super) fn act_on_offer(&mut self, action: Action) -> Transition {
        match action {
            Action::Enter => {
                if let Some(round) = &mut self.round {
                    round.started = true;
                }
                self.notice = None;
                self.ask_next()
            }
            Action::Back => {
                self.round = None;
                Transition::Stay
            }
            _ => Transition::Stay,
        }
    }

    /// As many as may be under way, and as the agreed price allows.
    fn ask_next(&mut self) -> Transition {
        let mut asked = Vec::new();
        let Some(mut round) = self.round.take() else { return Transition::Stay };
        while round.under_way.len() < AT_ONCE
            && let Some(id) = round.waiting.front()
        {
            let price = self.row_of(id).map_or_else(Price::default, |row| self.models[row].price);
            let most = most(price).unwrap_or(f64::INFINITY);
            let promised: f64 = round.under_way.iter().map(|(_, usd)| usd).sum();
            if round.spent + promised + most > round.limit {
                round.stop(Stopped::Price);
                break;
            }
            let Some(id) = round.waiting.pop_front() else { break };
            round.under_way.push((id.clone(), most));
            // Of a call that is under way already, the answer counts for both.
            if !self.testing.contains(&id) {
                self.testing.push(id.clone());
                asked.push(id);
            }
        }
        self.round = Some(round);
        if asked.is_empty() { Transition::Stay } else { Transition::Test(asked) }
    }

    /// The answer to a test call, and what is to be asked next.
    pub fn test_answered(&mut self, id: &str, verdict: Verdict) -> Transition {
        self.testing.retain(|testing| testing != id);
        self.tested.insert(id.to_owned(), verdict.clone());
        if self.sort == super::Sort::Tested {
            self.keep_row(Models::sort_rows);
        }
        let price = self.row_of(id).map_or_else(Price::default, |row| self.models[row].price);
        let of_round = |round: &Round| round.under_way.iter().position(|(asked, _)| asked == id);
        let place = self.round.as_ref().and_then(of_round);
        let (Some(round), Some(place)) = (&mut self.round, place) else {
            self.notice = Some(StatusLine::Tested { id: id.to_owned(), verdict });
            return Transition::Stay;
        };
        let (_, most) = round.under_way.remove(place);
        round.spent += cost(price, &verdict, most);
        round.answered += 1;
        match verdict {
            Verdict::Works { .. } => round.worked += 1,
            Verdict::NoBalance(failure) | Verdict::Refused(failure) => round.stop(Stopped::Refused(failure)),
            Verdict::NotServed(_) | Verdict::Unverified(_) => {}
        }
        let next = self.ask_next();
        self.end_of_round();
        next
    }

    fn end_of_round(&mut self) {
        if self.round.as_ref().is_some_and(Round::is_over) {
            self.notice = Some(StatusLine::RoundOver);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_never_less_than_the_sum() {
        for usd in [0.000_01, 0.0104, 0.0891, 0.0901, 0.096, 1.234] {
            let shown = rounded_up(usd);
            assert!(shown >= usd && shown < usd + 0.01, "{usd} {shown}");
            let said: f64 = crate::selection::cost::dollars(shown).trim_start_matches('$').parse().expect("an amount");
            assert!(said >= usd, "{usd} is said as {said}");
        }
    }
}
