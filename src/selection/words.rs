//! What is said about a choice, on the screen and in reports: figures as people read them.

use super::cost::{Usage, dollars};
use super::propose::Refusal;
use super::recommend::{Merit, Recommendation};
use crate::chutes::health::{ModelHealth, State};
use crate::chutes::model::Price;
use crate::chutes::pool::Order;
use crate::clean;
use crate::texts::{Lang, choose, choose as text, cli};

impl Refusal {
    /// What the options ask for, and why it cannot be.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            Refusal::Alias { name, problem } => problem.message(name, lang),
            Refusal::TwoAliases { target, names: [one, other] } => {
                cli::two_aliases(lang, clean::line(target), clean::line(one), clean::line(other))
            }
        }
    }
}

/// `$0.40 in, $2.00 out`.
pub fn price_words(price: Price, lang: Lang) -> String {
    let usd = |usd: Option<f64>| usd.map_or_else(|| "?".to_owned(), dollars);
    choose::price_in_out(lang, usd(price.input), usd(price.output))
}

pub fn order_words(order: Order, lang: Lang) -> &'static str {
    match order {
        Order::Written => text::order_written(lang),
        Order::Latency => text::order_latency(lang),
        Order::Throughput => text::order_throughput(lang),
    }
}

/// Why this one, in figures.
pub fn reason(row: &Recommendation, lang: Lang) -> String {
    let merit = merit_words(row, lang);
    let model = &row.model;
    let mut parts = vec![merit, price_words(model.price, lang)];
    parts.extend(model.context.map(|tokens| text::recommend_context(lang, short(tokens.get()))));
    if let Some(health) = row.health {
        parts.extend(health.ttft.map(|seconds| text::recommend_ttft(lang, format!("{seconds:.1}"))));
        parts.extend(health.tps.map(|tps| text::recommend_tps(lang, format!("{tps:.0}"))));
        parts.extend((health.state() == Some(State::Crowded)).then(|| text::state_crowded(lang).to_owned()));
    }
    parts.extend(Usage::default().cost(model.price).map(|usd| text::recommend_day(lang, dollars(usd))));
    parts.join(" · ")
}

/// What the row is best at, and among how many.
pub fn merit_words(row: &Recommendation, lang: Lang) -> String {
    let words = match row.merit {
        Merit::Cheapest => text::merit_cheapest,
        Merit::LongestContext => text::merit_longest,
        Merit::MostUsed => text::merit_most_used,
        Merit::Quickest => text::merit_quickest,
        Merit::Fastest => text::merit_fastest,
    };
    match row.place {
        1 => text::merit_first(lang, words(lang), row.of),
        place => text::merit_next(lang, words(lang), place, row.of),
    }
}

/// `10k in, 1k out, 50 times a day`: what a day's cost assumes.
pub fn usage_words(usage: Usage, lang: Lang) -> String {
    text::usage_day(lang, short(usage.input.into()), short(usage.output.into()), usage.calls)
}

/// [`usage_words`] where there is little room.
pub fn brief_usage(usage: Usage, lang: Lang) -> String {
    text::brief_usage(lang, short(usage.input.into()), short(usage.output.into()), usage.calls)
}

/// `203k`, `1.0M`.
fn short(count: u64) -> String {
    match count {
        0..1000 => count.to_string(),
        1000..999_500 => format!("{}k", (count + 500) / 1000),
        _ => format!("{:.1}M", count as f64 / 1e6),
    }
}

/// `up ×3`, `asleep`; how fast.
pub fn health_words(health: &ModelHealth, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(health.state().map(|state| match state {
        State::Up => text::health_up(lang, health.instances.unwrap_or_default()),
        State::Crowded => text::state_crowded(lang).to_owned(),
        State::Asleep => text::state_asleep(lang).to_owned(),
    }));
    parts.extend(health.ttft.map(|seconds| text::brief_ttft(lang, format!("{seconds:.1}"))));
    parts.extend(health.tps.map(|tps| text::brief_tps(lang, format!("{tps:.0}"))));
    parts
}
