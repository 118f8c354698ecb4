//! What replaces a model that the service no longer serves: the one that a person who pays the bill would
//! choose. The same facts always give the same answer.

use crate::chutes::health::{Health, State};
use crate::chutes::model::{Model, Price};
use std::cmp::Ordering;
use std::num::NonZeroU64;
use std::sync::Arc;

/// What a model is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The default model and `chutes-pro`: at least half of the old context.
    Main,
    /// `chutes-fast`: quick and cheap, with a context that a conversation fits in.
    Fast,
    /// `chutes-vision` and the image model: takes images.
    Vision,
    /// An alias of the user's own.
    Own,
    /// A fallback: without a relative it is left out, since others stand behind it.
    Fallback,
}

/// Why a successor was proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NewestOfFamily,
    FirstOfBuiltIn,
    /// Lowest time to the first token.
    Quickest,
    CheapestWithTools,
    CheapestWithImages,
    /// Reasons, and costs nearest to what the old one did.
    NearestPrice,
    /// Nothing within the price limit was left: the cheapest that can.
    Cheapest,
    /// A pool without the members that are gone, or with others in their place.
    PoolRepaired,
}

/// What there is to choose from.
#[derive(Clone, Copy)]
pub struct Market<'a> {
    pub served: &'a [Arc<Model>],
    pub health: &'a Health,
    /// The ids of the built-in catalog, in order.
    pub built_in: &'a [String],
}

/// What `chutes-fast` needs, tokens.
const FAST_CONTEXT: u64 = 128_000;

impl Role {
    /// How many times the old price a successor may cost while there is something else.
    pub fn price_limit(self) -> f64 {
        match self {
            Role::Fast => 1.5,
            _ => 2.0,
        }
    }

    /// Whether a model states all that this role needs. A model listed without facts waits.
    fn suits(self, model: &Model, old: Option<&Model>) -> bool {
        let takes = |kind: &str| model.input.as_ref().is_some_and(|kinds| kinds.iter().any(|known| known == kind));
        let holds = |tokens: u64| model.context.is_some_and(|context| context.get() >= tokens);
        let chats = takes("text") && model.text_out == Some(true) && model.tools == Some(true);
        chats
            && match self {
                Role::Fast => holds(FAST_CONTEXT),
                Role::Vision => takes("image"),
                Role::Main => {
                    old.and_then(|old| old.context).map(NonZeroU64::get).is_none_or(|old| holds(old.div_ceil(2)))
                }
                Role::Own | Role::Fallback => true,
            }
    }
}

/// Find what takes the place of `wanted` (an id), of which `old` is known, leaving out ids for which
/// `taken` holds.
pub fn successor<'a>(
    wanted: &str,
    old: Option<&Model>,
    role: Role,
    market: Market<'a>,
    taken: impl Fn(&str) -> bool,
) -> Option<(&'a Model, Reason)> {
    let able = market.served.iter().map(|model| &**model);
    let able = able.filter(|model| *model.id != *wanted && !taken(&model.id) && role.suits(model, old));
    let mut able: Vec<&Model> = able.collect();
    // Where health is known, that are up; if nothing is, the figures say little about tomorrow.
    let up = |model: &&&Model| market.health.state(model) != Some(State::Asleep);
    if able.iter().any(|model| up(&model)) {
        able.retain(|model| up(&model));
    }
    // Without an old price nothing can be dearer than it.
    let limit = old.and_then(|old| old.price.blended()).map_or(f64::INFINITY, |price| limit(price, role));
    let affordable = || able.iter().copied().filter(|model| price_of(model) <= limit);
    let cheapest = |reason| affordable().min_by(|a, b| by_price(a, b)).map(|model| (model, reason));

    let lineage = Lineage::of(wanted);
    // Most of a long list has another publisher; only the rest is read closely.
    let publisher = |id: &str| id.split_once('/').map_or("", |(publisher, _)| publisher).to_lowercase();
    let relative = affordable()
        .filter(|model| publisher(&model.id) == lineage.publisher)
        .map(|model| (model, Lineage::of(&model.id)))
        .filter(|(_, of)| !of.version.is_empty() && of.same_family(&lineage))
        .max_by(|(a, la), (b, lb)| la.version.cmp(&lb.version).then_with(|| by_price(b, a)));
    if let Some((model, _)) = relative {
        return Some((model, Reason::NewestOfFamily));
    }
    let by_role = match role {
        Role::Fast => {
            let first_token = |model: &Model| market.health.of(model).and_then(|health| health.ttft);
            let timed = affordable().filter_map(|model| Some((model, first_token(model)?)));
            let quickest = timed.min_by(|(a, ta), (b, tb)| ta.total_cmp(tb).then_with(|| by_price(a, b)));
            quickest.map(|(model, _)| (model, Reason::Quickest)).or_else(|| cheapest(Reason::CheapestWithTools))
        }
        Role::Vision => cheapest(Reason::CheapestWithImages),
        Role::Main => {
            let built_in = market.built_in.iter().find_map(|id| affordable().find(|model| *model.id == **id));
            let before = old.map_or(f64::INFINITY, price_of);
            let distance = |model: &Model| (price_of(model) - before).abs();
            let nearest = |a: &&Model, b: &&Model| distance(a).total_cmp(&distance(b)).then_with(|| by_price(a, b));
            let reasoning = || affordable().filter(|model| model.reasoning == Some(true)).min_by(nearest);
            built_in
                .map(|model| (model, Reason::FirstOfBuiltIn))
                .or_else(|| reasoning().map(|model| (model, Reason::NearestPrice)))
        }
        Role::Own => None,
        Role::Fallback => return None,
    };
    let last = || able.iter().copied().min_by(|a, b| by_price(a, b)).map(|model| (model, Reason::Cheapest));
    by_role.or_else(last)
}

/// Whether a successor costs more than its role allows. None: one of the prices is unknown.
pub fn is_dearer(old: Option<&Model>, new: &Model, role: Role) -> Option<bool> {
    Some(new.price.blended()? > limit(old?.price.blended()?, role))
}

/// How many times the old price the new one exceeds, where that is more than the role allows. None: it is not,
/// or one of the prices is unknown.
pub fn exceeds(old: Price, new: Price, role: Role) -> Option<f64> {
    (new.blended()? > limit(old.blended()?, role)).then(|| role.price_limit())
}

/// The most that a successor may cost. The service's prices are not exact in their last digits.
fn limit(old: f64, role: Role) -> f64 {
    old * role.price_limit() * (1.0 + 1e-9)
}

fn price_of(model: &Model) -> f64 {
    model.price.blended().unwrap_or(f64::INFINITY)
}

/// Cheaper first (unknown last), then by id.
pub fn by_price(a: &Model, b: &Model) -> Ordering {
    price_of(a).total_cmp(&price_of(b)).then_with(|| a.id.cmp(&b.id))
}

/// `zai-org/GLM-4.7-TEE` read as publisher `zai-org`, family `glm`, version 4.7.
///
/// The version is the first number in the name that is not a size (`32B`, `A17B`); the family is what
/// stands before it.
#[derive(Debug, PartialEq, Eq)]
struct Lineage {
    publisher: String,
    family: String,
    version: Vec<u64>,
}

impl Lineage {
    fn of(id: &str) -> Lineage {
        let (publisher, name) = id.split_once('/').unwrap_or(("", id));
        let lower = name.to_lowercase();
        let bytes = lower.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if !bytes[at].is_ascii_digit() {
                at += 1;
                continue;
            }
            let mut end = at;
            while end < bytes.len()
                && (bytes[end].is_ascii_digit()
                    || (bytes[end] == b'.' && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)))
            {
                end += 1;
            }
            let is_size = matches!(bytes.get(end), Some(b'b' | b'm' | b'k'))
                && !bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
            if !is_size {
                return Lineage {
                    publisher: publisher.to_lowercase(),
                    family: lower[..at].trim_end_matches(['-', '_', ' ', '.']).to_owned(),
                    version: lower[at..end].split('.').map(|part| part.parse().unwrap_or(u64::MAX)).collect(),
                };
            }
            at = end;
        }
        Lineage { publisher: publisher.to_lowercase(), family: lower, version: Vec::new() }
    }

    fn same_family(&self, other: &Lineage) -> bool {
        self.publisher == other.publisher && self.family == other.family
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::bundled;
    use crate::chutes::catalog::parse;

    fn model(id: &str, input: f64, output: f64, image: bool) -> Arc<Model> {
        let kinds = if image { vec!["text".into(), "image".into()] } else { vec!["text".into()] };
        Arc::new(Model {
            id: id.into(),
            context: NonZeroU64::new(200_000),
            price: Price { input: Some(input), output: Some(output), cache_read: None },
            tools: Some(true),
            text_out: Some(true),
            reasoning: Some(true),
            input: Some(Arc::new(kinds)),
            ..Model::default()
        })
    }

    fn market<'a>(served: &'a [Arc<Model>], health: &'a Health, built_in: &'a [String]) -> Market<'a> {
        Market { served, health, built_in }
    }

    #[test]
    fn a_name_is_read_as_publisher_family_version() {
        let of = |id| {
            let l = Lineage::of(id);
            (l.family, l.version)
        };
        assert_eq!(of("zai-org/GLM-4.7-TEE"), ("glm".into(), vec![4, 7]));
        assert_eq!(of("zai-org/GLM-5.2-TEE"), ("glm".into(), vec![5, 2]));
        assert_eq!(of("deepseek-ai/DeepSeek-V3.2-TEE"), ("deepseek-v".into(), vec![3, 2]));
        assert_eq!(of("deepseek-ai/DeepSeek-R1-0528-TEE"), ("deepseek-r".into(), vec![1]));
        assert_eq!(of("Qwen/Qwen3.5-397B-A17B-TEE"), ("qwen".into(), vec![3, 5]));
        assert_eq!(of("moonshotai/Kimi-K3-TEE"), ("kimi-k".into(), vec![3]));
        assert_eq!(of("openai/gpt-oss-120b-TEE"), ("gpt-oss-120b-tee".into(), vec![]));
        assert_eq!(of("Nemotron-3-Nano-Omni-30B-TEE"), ("nemotron".into(), vec![3]));
    }

    #[test]
    fn the_newest_relative_within_the_price_wins_then_the_cheaper_then_the_id() {
        let served = [
            model("zai-org/GLM-5-TEE", 1.0, 1.0, false),
            model("zai-org/GLM-5.10-TEE", 1.3, 1.0, false),
            model("zai-org/GLM-5.10-B", 1.2, 1.0, false),
            model("zai-org/GLM-5.10-A", 1.2, 1.0, false),
            model("zai-org/GLM-6-TEE", 3.0, 9.0, false),
            model("other/GLM-9-TEE", 0.1, 0.1, false),
        ];
        let old = model("zai-org/GLM-4.7-TEE", 0.8, 0.8, false);
        let (health, none) = (Health::default(), |_: &str| false);
        let find = |role, taken: &dyn Fn(&str) -> bool| {
            successor(&old.id, Some(&old), role, market(&served, &health, &[]), taken).map(|(m, why)| (&*m.id, why))
        };
        assert_eq!(find(Role::Main, &none), Some(("zai-org/GLM-5.10-A", Reason::NewestOfFamily)));
        assert_eq!(find(Role::Main, &|id| id.contains("5.10")), Some(("zai-org/GLM-5-TEE", Reason::NewestOfFamily)));
        assert_eq!(find(Role::Fast, &none), Some(("zai-org/GLM-5.10-A", Reason::NewestOfFamily)), "1.15 is within 1.2");
        // Without an old price nothing is too dear.
        let unlimited = successor("zai-org/GLM-4", None, Role::Main, market(&served, &health, &[]), none);
        assert_eq!(unlimited.map(|(m, _)| &*m.id), Some("zai-org/GLM-6-TEE"));
    }

    #[test]
    fn without_a_relative_the_role_decides_and_last_the_price() {
        let served = [
            model("a/cheap", 0.01, 0.01, false),
            model("a/near", 0.9, 1.1, false),
            model("a/eyes", 0.5, 0.5, true),
            model("b/builtin", 1.5, 1.5, false),
        ];
        let built_in = ["x/gone".to_owned(), "b/builtin".to_owned()];
        let (health, old) = (Health::default(), model("gone/Thing-1", 1.0, 1.0, true));
        let get = |role, old: &Model, built_in: &[String]| {
            successor("gone/Thing-1", Some(old), role, market(&served, &health, built_in), |_| false)
                .map(|(m, why)| (m.id.to_string(), why))
        };
        let some = |id: &str, why| Some((id.to_owned(), why));
        assert_eq!(get(Role::Fast, &old, &[]), some("a/cheap", Reason::CheapestWithTools));
        assert_eq!(get(Role::Vision, &old, &[]), some("a/eyes", Reason::CheapestWithImages));
        assert_eq!(get(Role::Main, &old, &built_in), some("b/builtin", Reason::FirstOfBuiltIn));
        assert_eq!(get(Role::Main, &old, &[]), some("a/near", Reason::NearestPrice));
        assert_eq!(get(Role::Fallback, &old, &[]), None);
        // Nothing within twice of next to nothing.
        let cheap = model("gone/Thing-1", 0.001, 0.001, true);
        for role in [Role::Fast, Role::Main, Role::Own] {
            assert_eq!(get(role, &cheap, &built_in), some("a/cheap", Reason::Cheapest));
        }
        assert_eq!(get(Role::Vision, &cheap, &[]), some("a/eyes", Reason::Cheapest));
        assert_eq!(is_dearer(Some(&cheap), &served[2], Role::Vision), Some(true));
        assert_eq!(is_dearer(Some(&old), &served[2], Role::Vision), Some(false));
    }

    #[test]
    fn what_states_too_little_or_sleeps_waits() {
        let with = |change: fn(&mut Model)| {
            let mut model = Model::clone(&model("m/Eye-9", 0.1, 0.1, true));
            change(&mut model);
            [Arc::new(model)]
        };
        let old = model("m/Eye-3", 0.1, 0.1, true);
        let find = |served: &[Arc<Model>], role, health: &Health| {
            successor(&old.id, Some(&old), role, market(served, health, &[]), |_| false).map(|(m, _)| m.id.to_string())
        };
        let healthy = Health::default();
        for role in [Role::Main, Role::Fast, Role::Vision, Role::Own] {
            assert!(find(&with(|_| {}), role, &healthy).is_some());
            for lacking in [with(|m| m.tools = None), with(|m| m.text_out = Some(false)), with(|m| m.input = None)] {
                assert_eq!(find(&lacking, role, &healthy), None, "{role:?}");
            }
        }
        assert_eq!(find(&with(|m| m.context = NonZeroU64::new(99_999)), Role::Main, &healthy), None);
        assert!(find(&with(|m| m.context = NonZeroU64::new(100_000)), Role::Main, &healthy).is_some());
        assert_eq!(find(&with(|m| m.context = NonZeroU64::new(127_999)), Role::Fast, &healthy), None);
        let served = [model("m/Eye-9", 0.1, 0.1, true), model("m/Eye-8", 0.1, 0.1, true)];
        let asleep = Health::read(Some(br#"[{"name":"m/Eye-9","active_instance_count":0}]"#), None);
        assert_eq!(find(&served, Role::Vision, &asleep).as_deref(), Some("m/Eye-8"));
        assert_eq!(find(&served[..1], Role::Vision, &asleep).as_deref(), Some("m/Eye-9"), "nothing is up");
        let timed =
            br#"[{"name":"a/slow","average_ttft":3.5,"date":"d"},{"name":"a/quick","average_ttft":0.4,"date":"d"}]"#;
        let served =
            [model("a/slow", 0.1, 0.1, false), model("a/quick", 0.12, 0.1, false), model("a/new", 0.01, 0.01, false)];
        assert_eq!(find(&served, Role::Fast, &Health::read(None, Some(timed))).as_deref(), Some("a/quick"));
    }

    /// The two captured lists: what a person who pays would have chosen, with the figures.
    #[test]
    fn from_june_to_august() {
        let list = |date: &str| match date {
            "june" => parse(include_bytes!("../../tests/data/chutes-models-2026-06-11.json")),
            _ => parse(include_bytes!("../../tests/data/chutes-models-2026-08-22.json")),
        };
        let (june, august) = (list("june").expect("a list").models, list("august").expect("a list").models);
        let built_in: Vec<String> = bundled::catalog().models.iter().map(|model| model.id.to_string()).collect();
        let health = Health::default();
        let known: Vec<Arc<Model>> = bundled::catalog().models.into_iter().chain([bundled::fast_target()]).collect();
        let replace = |served: &[Arc<Model>], id: &str, role, taken: &[&str]| {
            let old = june.iter().chain(&known).find(|model| *model.id == *id).expect("known");
            let (model, why) =
                successor(id, Some(old), role, market(served, &health, &built_in), |id| taken.contains(&id))
                    .expect("one");
            let price = |model: &Model| (price_of(model) * 1000.0).round() / 1000.0;
            (model.id.to_string(), why, price(old), price(model))
        };
        let is = |id: &str, why, old, new| (id.to_owned(), why, old, new);
        // The documented choices on the list of August: GLM-5.2 (1.925) and Kimi-K3 (6.0) are too dear.
        assert_eq!(
            replace(&august, "zai-org/GLM-4.7-TEE", Role::Main, &[]),
            is("zai-org/GLM-5.1-TEE", Reason::NewestOfFamily, 0.8, 1.505)
        );
        assert_eq!(
            replace(&august, "zai-org/GLM-4.7-FP8", Role::Fast, &["zai-org/GLM-5.1-TEE"]),
            is("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", Reason::CheapestWithTools, 0.525, 0.175)
        );
        assert_eq!(
            replace(&august, "chutesai/Mistral-Small-3.2-24B-Instruct-2506", Role::Vision, &[]),
            is("google/gemma-4-31B-turbo-TEE", Reason::Cheapest, 0.09, 0.183),
            "2.03 times the price: said as dearer"
        );
        // On the list of June.
        assert_eq!(
            replace(&june, "zai-org/GLM-4.7-TEE", Role::Main, &[]),
            is("zai-org/GLM-5-TEE", Reason::NewestOfFamily, 0.8, 1.35)
        );
        assert_eq!(
            replace(&june, "zai-org/GLM-4.7-FP8", Role::Fast, &["zai-org/GLM-5-TEE"]),
            is("google/gemma-4-31B-turbo-TEE", Reason::CheapestWithTools, 0.525, 0.217)
        );
        // What June served and August does not.
        assert_eq!(
            replace(&august, "zai-org/GLM-5-TEE", Role::Main, &[]),
            is("zai-org/GLM-5.2-TEE", Reason::NewestOfFamily, 1.35, 1.925)
        );
        assert_eq!(
            replace(&august, "moonshotai/Kimi-K2.5-TEE", Role::Main, &[]),
            is("moonshotai/Kimi-K2.6-TEE", Reason::NewestOfFamily, 0.83, 1.285),
            "Kimi-K3 costs seven times as much"
        );
        assert_eq!(
            replace(&august, "MiniMaxAI/MiniMax-M2.5-TEE", Role::Main, &[]),
            is("Qwen/Qwen3-235B-A22B-Thinking-2507-TEE", Reason::NearestPrice, 0.413, 0.523)
        );
        assert_eq!(
            replace(&august, "MiniMaxAI/MiniMax-M2.5-TEE", Role::Fast, &[]),
            is("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", Reason::CheapestWithTools, 0.413, 0.175)
        );
    }
}
