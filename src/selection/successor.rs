//! What replaces a model that the service no longer serves. The same list always gives the same answer.

use crate::chutes::model::Model;
use std::cmp::Ordering;
use std::sync::Arc;

/// What a model is wanted for; decides when no relative is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The default model and `chutes-pro`: the first served of the built-in order.
    Main,
    /// `chutes-fast`: the cheapest with tools.
    Fast,
    /// `chutes-vision` and the image model: the cheapest that takes images.
    Vision,
    /// An alias of the user's own: only a relative will do.
    Own,
}

/// Why a successor was proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NewestOfFamily,
    FirstOfBuiltIn,
    CheapestWithTools,
    CheapestWithImages,
    Cheapest,
}

/// Find what takes the place of `wanted` (an id) among `served`, leaving out ids for which `taken` holds.
/// `built_in` is the order of the built-in catalog.
pub fn successor<'a>(
    wanted: &str,
    role: Role,
    served: &'a [Arc<Model>],
    built_in: &[String],
    taken: impl Fn(&str) -> bool,
) -> Option<(&'a Model, Reason)> {
    let free = || served.iter().map(|model| &**model).filter(|model| *model.id != *wanted && !taken(&model.id));
    let suits = |model: &&Model| role != Role::Vision || model.vision();

    let old = Lineage::of(wanted);
    // Most of a long list has another publisher; only the rest is read closely.
    let publisher = |id: &str| id.split_once('/').map_or("", |(publisher, _)| publisher).to_lowercase();
    let relative = free()
        .filter(suits)
        .filter(|model| publisher(&model.id) == old.publisher)
        .map(|model| (model, Lineage::of(&model.id)))
        .filter(|(_, lineage)| !lineage.version.is_empty() && lineage.same_family(&old))
        .max_by(|(a, la), (b, lb)| la.version.cmp(&lb.version).then_with(|| by_price(b, a)));
    if let Some((model, _)) = relative {
        return Some((model, Reason::NewestOfFamily));
    }
    let cheapest = |of: &dyn Fn(&Model) -> bool| free().filter(|model| of(model)).min_by(|a, b| by_price(a, b));
    let with_tools = |model: &Model| model.tools == Some(true);
    match role {
        Role::Own => None,
        Role::Fast => cheapest(&with_tools).map(|m| (m, Reason::CheapestWithTools)),
        Role::Vision => cheapest(&Model::vision).map(|m| (m, Reason::CheapestWithImages)),
        Role::Main => built_in
            .iter()
            .find_map(|id| free().find(|model| *model.id == **id))
            .map(|m| (m, Reason::FirstOfBuiltIn))
            .or_else(|| cheapest(&with_tools).map(|m| (m, Reason::CheapestWithTools)))
            .or_else(|| cheapest(&|_| true).map(|m| (m, Reason::Cheapest))),
    }
}

/// Cheaper first (input and output together, unknown last), then by id.
pub fn by_price(a: &Model, b: &Model) -> Ordering {
    let total = |model: &Model| match (model.price.input, model.price.output) {
        (Some(input), Some(output)) => input + output,
        _ => f64::INFINITY,
    };
    total(a).total_cmp(&total(b)).then_with(|| a.id.cmp(&b.id))
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
    use crate::chutes::model::Price;

    fn model(id: &str, input: f64, output: f64, tools: bool, image: bool) -> Arc<Model> {
        Arc::new(Model {
            id: id.into(),
            price: Price { input: Some(input), output: Some(output), cache_read: None },
            tools: Some(tools),
            input: Some(Arc::new(if image { vec!["text".into(), "image".into()] } else { vec!["text".into()] })),
            ..Model::default()
        })
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
    fn the_newest_relative_wins_then_the_cheaper_then_the_id() {
        let served = [
            model("zai-org/GLM-5-TEE", 1.0, 1.0, true, false),
            model("zai-org/GLM-5.10-TEE", 3.0, 1.0, true, false),
            model("zai-org/GLM-5.10-B", 2.0, 1.0, true, false),
            model("zai-org/GLM-5.10-A", 2.0, 1.0, true, false),
            model("other/GLM-9-TEE", 0.1, 0.1, true, false),
        ];
        let (found, why) = successor("zai-org/GLM-4.7-TEE", Role::Fast, &served, &[], |_| false).expect("one");
        assert_eq!((&*found.id, why), ("zai-org/GLM-5.10-A", Reason::NewestOfFamily));
        let (found, _) =
            successor("zai-org/GLM-4.7-TEE", Role::Fast, &served, &[], |id| id.contains("5.10")).expect("one");
        assert_eq!(&*found.id, "zai-org/GLM-5-TEE");
    }

    #[test]
    fn without_a_relative_the_role_decides() {
        let served = [
            model("a/cheap-no-tools", 0.01, 0.01, false, false),
            model("a/tools", 0.2, 0.2, true, false),
            model("a/eyes", 0.5, 0.5, true, true),
            model("b/builtin", 9.0, 9.0, true, false),
        ];
        let built_in = ["x/gone".to_owned(), "b/builtin".to_owned()];
        let get = |role| successor("gone/Thing-1", role, &served, &built_in, |_| false).map(|(m, why)| (&*m.id, why));
        assert_eq!(get(Role::Fast), Some(("a/tools", Reason::CheapestWithTools)));
        assert_eq!(get(Role::Vision), Some(("a/eyes", Reason::CheapestWithImages)));
        assert_eq!(get(Role::Main), Some(("b/builtin", Reason::FirstOfBuiltIn)));
        assert_eq!(get(Role::Own), None);
        let get = |role| successor("gone/Thing-1", role, &served, &[], |_| false).map(|(m, why)| (&*m.id, why));
        assert_eq!(get(Role::Main), Some(("a/tools", Reason::CheapestWithTools)));
    }

    #[test]
    fn a_vision_successor_sees() {
        let served = [model("m/Eye-9", 0.1, 0.1, true, false), model("m/Eye-4", 0.1, 0.1, true, true)];
        let (found, _) = successor("m/Eye-3", Role::Vision, &served, &[], |_| false).expect("one");
        assert_eq!(&*found.id, "m/Eye-4");
    }
}
