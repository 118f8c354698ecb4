//! What to take for a purpose: at most three models, each for another reason, each reason in figures.

use super::successor::by_price;
use crate::chutes::health::{Health, ModelHealth, State};
use crate::chutes::model::Model;
use std::cmp::Ordering;
use std::sync::Arc;

/// What somebody wants to do with a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    #[default]
    Chat,
    Code,
    Vision,
    Cheap,
    Long,
}

impl Purpose {
    pub const ALL: [Purpose; 5] = [Purpose::Chat, Purpose::Code, Purpose::Vision, Purpose::Cheap, Purpose::Long];

    /// As on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Chat => "chat",
            Purpose::Code => "code",
            Purpose::Vision => "vision",
            Purpose::Cheap => "cheap",
            Purpose::Long => "long",
        }
    }

    pub fn from_name(name: &str) -> Option<Purpose> {
        Purpose::ALL.into_iter().find(|purpose| purpose.name() == name)
    }

    /// Whether a model states all that this needs.
    fn suits(self, model: &Model) -> bool {
        let takes_text = model.input.as_ref().is_some_and(|kinds| kinds.iter().any(|kind| kind == "text"));
        let holds = |tokens: u64| model.context.is_some_and(|context| context.get() >= tokens);
        let chats = takes_text
            && model.text_out == Some(true)
            && model.tools == Some(true)
            && model.price.blended().is_some()
            // OpenClaw's own prompt and tools take about half of this.
            && holds(32_000);
        chats
            && match self {
                Purpose::Chat | Purpose::Cheap | Purpose::Long => true,
                // Repositories are long, and patches too.
                Purpose::Code => {
                    model.reasoning == Some(true)
                        && holds(128_000)
                        && model.max_output.is_some_and(|tokens| tokens.get() >= 32_000)
                }
                Purpose::Vision => model.vision(),
            }
    }

    /// By what the rows are chosen, one each.
    fn merits(self) -> [Merit; 3] {
        match self {
            Purpose::Chat => [Merit::MostUsed, Merit::Quickest, Merit::Cheapest],
            Purpose::Code => [Merit::MostUsed, Merit::Fastest, Merit::Cheapest],
            Purpose::Vision => [Merit::Cheapest, Merit::MostUsed, Merit::Quickest],
            Purpose::Cheap => [Merit::Cheapest; 3],
            Purpose::Long => [Merit::LongestContext; 3],
        }
    }
}

/// What one row is best at, among those that can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merit {
    Cheapest,
    LongestContext,
    /// The service orders its list by use.
    MostUsed,
    /// Lowest time to the first token.
    Quickest,
    /// Most tokens per second.
    Fastest,
}

impl Merit {
    /// As in JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Merit::Cheapest => "cheapest",
            Merit::LongestContext => "longest-context",
            Merit::MostUsed => "most-used",
            Merit::Quickest => "quickest",
            Merit::Fastest => "fastest",
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Recommendation {
    pub model: Arc<Model>,
    pub merit: Merit,
    /// 1: the best of all that can; 2: the next best, and so on.
    pub place: usize,
    /// Of so many that can.
    pub of: usize,
    pub health: Option<ModelHealth>,
}

/// The best of a list, in the service's order. What is asleep is not recommended.
pub fn recommend(purpose: Purpose, listed: &[Arc<Model>], health: &Health) -> Vec<Recommendation> {
    let able: Vec<(usize, &Arc<Model>)> = listed
        .iter()
        .enumerate()
        .filter(|(_, model)| purpose.suits(model) && health.state(model) != Some(State::Asleep))
        .collect();
    let mut rows: Vec<Recommendation> = Vec::new();
    for merit in purpose.merits() {
        let mut ranked: Vec<&(usize, &Arc<Model>)> =
            able.iter().filter(|(_, model)| known(merit, model, health)).collect();
        ranked.sort_by(|a, b| order(merit, a, b, health));
        let free = |(_, model): &&&(usize, &Arc<Model>)| !rows.iter().any(|row| row.model.id == model.id);
        let best = ranked.iter().find(free).map(|(_, model)| *model);
        if let Some(model) = best {
            let place = ranked.iter().position(|(_, other)| other.id == model.id).map_or(1, |at| at + 1);
            let health = health.of(model).copied();
            rows.push(Recommendation { model: model.clone(), merit, place, of: able.len(), health });
        }
    }
    rows
}

/// Whether the figure that counts is there.
fn known(merit: Merit, model: &Model, health: &Health) -> bool {
    match merit {
        Merit::Quickest => health.of(model).is_some_and(|health| health.ttft.is_some()),
        Merit::Fastest => health.of(model).is_some_and(|health| health.tps.is_some()),
        Merit::Cheapest | Merit::LongestContext | Merit::MostUsed => true,
    }
}

fn order(merit: Merit, a: &(usize, &Arc<Model>), b: &(usize, &Arc<Model>), health: &Health) -> Ordering {
    let figure = |model: &Model, of: fn(&ModelHealth) -> Option<f32>| health.of(model).and_then(of);
    let ((place, a), (other_place, b)) = (a, b);
    let by_merit = match merit {
        Merit::Cheapest => Ordering::Equal,
        Merit::LongestContext => b.context.cmp(&a.context),
        Merit::MostUsed => place.cmp(other_place),
        Merit::Quickest => figure(a, |of| of.ttft).partial_cmp(&figure(b, |of| of.ttft)).unwrap_or(Ordering::Equal),
        Merit::Fastest => figure(b, |of| of.tps).partial_cmp(&figure(a, |of| of.tps)).unwrap_or(Ordering::Equal),
    };
    by_merit.then_with(|| by_price(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::catalog::parse;

    #[test]
    fn the_captured_list_gives_rows_with_reasons() {
        let listed = parse(include_bytes!("../../tests/data/chutes-models-2026-08-22.json")).expect("a list").models;
        let rows = |purpose, health: &Health| -> Vec<(String, Merit, usize, usize)> {
            let rows = recommend(purpose, &listed, health);
            rows.into_iter().map(|row| (row.model.id.to_string(), row.merit, row.place, row.of)).collect()
        };
        let is = |id: &str, merit, place, of| (id.to_owned(), merit, place, of);
        let unknown = Health::default();
        assert_eq!(
            rows(Purpose::Cheap, &unknown),
            [
                is("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", Merit::Cheapest, 1, 12),
                is("Qwen/Qwen3-32B-TEE", Merit::Cheapest, 2, 12),
                is("google/gemma-4-31B-turbo-TEE", Merit::Cheapest, 3, 12),
            ]
        );
        assert_eq!(
            rows(Purpose::Chat, &unknown),
            [
                is("Qwen/Qwen3-32B-TEE", Merit::MostUsed, 1, 12),
                is("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", Merit::Cheapest, 1, 12),
            ],
            "nobody knows which is quick"
        );
        assert_eq!(
            rows(Purpose::Long, &unknown)[0],
            is("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", Merit::LongestContext, 1, 12)
        );
        assert!(rows(Purpose::Vision, &unknown).iter().all(|(id, ..)| !id.contains("GLM") && !id.contains("V4")));
        let health = Health::read(
            Some(br#"[{"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","active_instance_count":0}]"#),
            Some(br#"[{"chute_id":"0bb5d4c2-b5da-587d-b88e-62b4839028ec","date":"d","average_ttft":0.1}]"#),
        );
        assert!(!rows(Purpose::Chat, &health).iter().any(|(id, ..)| id.contains("K3")), "quick, and asleep");
        assert_eq!(rows(Purpose::Code, &unknown), rows(Purpose::Code, &unknown));
        assert_eq!(recommend(Purpose::Chat, &[], &unknown), []);
    }
}
