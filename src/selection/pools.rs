//! Pools that do not rot: judged by their members, and repaired when one of them is withdrawn.

use super::successor::{Market, Role, successor};
use crate::chutes::model::Model;
use crate::chutes::pool::Pool;
use std::sync::Arc;

/// What is known of a pool: of what the service lists now, else of what was known before. None: `id` names
/// one model, or nothing is known of any member.
pub fn facts<'a>(id: &str, listed: &'a [Arc<Model>], known: impl Fn(&str) -> Option<&'a Arc<Model>>) -> Option<Model> {
    if listed.iter().any(|model| *model.id == *id) {
        return None;
    }
    let pool = Pool::parse(id)?;
    let mut members: Vec<&Arc<Model>> = pool.served(listed).collect();
    if members.is_empty() {
        members = pool.members.iter().filter_map(|id| known(id)).collect();
    }
    (!members.is_empty()).then(|| pool.facts(members))
}

/// The pool with a successor of its family, within the price, in the place of each member that is gone, or
/// without that member. None: nothing to repair, or too little left to be a pool: the service goes on with
/// what there is.
pub fn repair<'a>(pool: &Pool, market: Market<'_>, known: impl Fn(&str) -> Option<&'a Arc<Model>>) -> Option<Pool> {
    let served = |id: &str| market.served.iter().any(|model| *model.id == *id);
    let mut members: Vec<String> = Vec::new();
    for id in &pool.members {
        let replaced = || {
            let taken = |candidate: &str| pool.members.iter().chain(&members).any(|member| member == candidate);
            successor(id, known(id).map(|model| &**model), Role::Fallback, market, taken)
                .map(|(model, _)| model.id.to_string())
        };
        let member = if served(id) { Some(id.clone()) } else { replaced() };
        members.extend(member);
    }
    Pool::of(members, pool.order).ok().filter(|repaired| repaired != pool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chutes::health::Health;
    use crate::chutes::model::Price;
    use crate::chutes::pool::Order;

    fn model(id: &str, price: f64) -> Arc<Model> {
        Arc::new(Model {
            id: id.into(),
            price: Price { input: Some(price), output: Some(price), cache_read: None },
            tools: Some(true),
            text_out: Some(true),
            input: Some(Arc::new(vec!["text".into()])),
            ..Model::default()
        })
    }

    #[test]
    fn a_member_that_is_gone_is_replaced_by_its_family_or_dropped() {
        let served = [model("a/One-2", 1.5), model("b/Two-1", 1.0), model("c/Three-9", 9.0), model("d/Four-1", 1.0)];
        let (health, before) = (Health::default(), [model("a/One-1", 1.0), model("c/Three-1", 1.0)]);
        let market = Market { served: &served, health: &health, built_in: &[] };
        let repaired = |id: &str| {
            let known = |id: &str| before.iter().find(|model| *model.id == *id);
            repair(&Pool::parse(id).expect(id), market, known).map(|pool| pool.id())
        };
        assert_eq!(repaired("a/One-1,b/Two-1:latency").as_deref(), Some("a/One-2,b/Two-1:latency"));
        assert_eq!(repaired("b/Two-1,c/Three-1,d/Four-1").as_deref(), Some("b/Two-1,d/Four-1"), "nine times the price");
        assert_eq!(repaired("a/One-1,a/One-2,b/Two-1").as_deref(), Some("a/One-2,b/Two-1"), "never twice");
        assert_eq!(repaired("b/Two-1,d/Four-1"), None, "nothing is wrong");
        assert_eq!(repaired("b/Two-1,c/Three-1"), None, "one alone is no pool, and the service goes on with it");
    }

    #[test]
    fn facts_are_those_of_the_members_that_are_served() {
        let (listed, before) = ([model("a", 1.0), model("b", 3.0), model("x,y", 7.0)], [model("c", 9.0)]);
        let facts = |id: &str| facts(id, &listed, |id| before.iter().find(|model| *model.id == *id));
        assert_eq!(facts("a,b,c").and_then(|model| model.price.input), Some(3.0));
        assert_eq!(facts("c,d").and_then(|model| model.price.input), Some(9.0), "as it was known");
        assert_eq!(facts("x,y"), None, "a model of that name");
        assert_eq!((facts("d,e"), facts("a")), (None, None));
        assert_eq!(Pool::parse("a,b:throughput").map(|pool| pool.order), Some(Order::Throughput));
    }
}
