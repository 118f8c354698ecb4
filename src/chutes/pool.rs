//! Several models under one ref. The service resolves `A,B,C`, `A,B:latency` and `A,B:throughput` itself:
//! on 429 and 503 it goes on to the next member, and members it does not know or that have no instance are
//! passed over (`model_routing.py`). So a pool outlives the withdrawal of a member.

use super::model::{Model, Price};
use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

/// Which member is asked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they are written: the others are there for when one fails.
    #[default]
    Written,
    /// The one that answers soonest.
    Latency,
    /// The one that writes fastest.
    Throughput,
}

impl Order {
    pub const ALL: [Order; 3] = [Order::Written, Order::Latency, Order::Throughput];

    /// As in JSON documents.
    pub fn name(self) -> &'static str {
        match self {
            Order::Written => "order",
            Order::Latency => "latency",
            Order::Throughput => "throughput",
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Order::Written => "",
            Order::Latency => ":latency",
            Order::Throughput => ":throughput",
        }
    }
}

/// A ref of several models.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pool {
    /// Ids, without `chutes/`; at least two, none twice.
    pub members: Vec<String>,
    pub order: Order,
}

/// Why these models make no pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Fewer than two.
    TooFew,
    Twice(String),
    /// The id has a comma or one of the suffixes in it: inside a pool it would mean something else.
    Unusable(String),
}

impl Pool {
    pub fn of(members: impl IntoIterator<Item = String>, order: Order) -> Result<Pool, Problem> {
        let members: Vec<String> = members.into_iter().collect();
        for (at, id) in members.iter().enumerate() {
            let has_suffix = Order::ALL.iter().any(|order| *order != Order::Written && id.ends_with(order.suffix()));
            if id.contains(',') || has_suffix || id.trim() != id || id.is_empty() {
                return Err(Problem::Unusable(id.clone()));
            }
            if members[..at].contains(id) {
                return Err(Problem::Twice(id.clone()));
            }
        }
        if members.len() < 2 { Err(Problem::TooFew) } else { Ok(Pool { members, order }) }
    }

    /// The pool that an id names; None: it names one model. An id that is itself in a list is that
    /// model, whatever it looks like: ask the list first.
    pub fn parse(id: &str) -> Option<Pool> {
        let named = |order: &Order| id.strip_suffix(order.suffix()).map(|list| (list, *order));
        let (list, order) = [Order::Latency, Order::Throughput].iter().find_map(named).unwrap_or((id, Order::Written));
        let mut members: Vec<String> = Vec::new();
        for member in list.split(',').map(str::trim) {
            if !members.iter().any(|known| known == member) {
                members.push(member.to_owned());
            }
        }
        Pool::of(members, order).ok()
    }

    /// The id as it is written into a config and sent on the wire.
    pub fn id(&self) -> String {
        self.to_string()
    }

    /// The members that a list has, in the order of the pool.
    pub fn served<'a>(&'a self, listed: &'a [Arc<Model>]) -> impl Iterator<Item = &'a Arc<Model>> {
        self.members.iter().filter_map(|id| listed.iter().find(|model| *model.id == **id))
    }

    /// What a caller can rely on, whichever member answers: the smallest limits, what all of them can, the
    /// dearest price. `known`: the members of which something is known ([`Pool::served`]).
    pub fn facts<'a>(&self, known: impl IntoIterator<Item = &'a Arc<Model>>) -> Model {
        let members: Vec<&Model> = known.into_iter().map(|model| &**model).collect();
        if members.is_empty() {
            return Model::unknown(&self.id());
        }
        let all = |of: fn(&Model) -> Option<bool>| {
            if members.iter().any(|model| of(model) == Some(false)) {
                return Some(false);
            }
            members.iter().all(|model| of(model) == Some(true)).then_some(true)
        };
        let inputs: Option<Vec<&Arc<Vec<String>>>> = members.iter().map(|model| model.input.as_ref()).collect();
        let input = inputs.map(|inputs| {
            let of_all = |kind: &&String| inputs.iter().all(|kinds| kinds.contains(kind));
            Arc::new(inputs[0].iter().filter(of_all).cloned().collect())
        });
        Model {
            id: self.id().into(),
            context: least(&members, |model| model.context),
            max_output: least(&members, |model| model.max_output),
            price: prices(&members, f64::max),
            input,
            reasoning: all(|model| model.reasoning),
            tools: all(|model| model.tools),
            json: all(|model| model.json),
            tee: all(|model| model.tee),
            quantization: None,
            text_out: all(|model| model.text_out),
            chute: None,
        }
    }

    /// The cheapest and the dearest that a call may cost.
    pub fn price_range<'a>(&self, known: impl IntoIterator<Item = &'a Arc<Model>>) -> (Price, Price) {
        let members: Vec<&Model> = known.into_iter().map(|model| &**model).collect();
        (prices(&members, f64::min), prices(&members, f64::max))
    }
}

/// None where one of them does not say.
fn least(members: &[&Model], of: fn(&Model) -> Option<NonZeroU64>) -> Option<NonZeroU64> {
    members.iter().map(|model| of(model)).collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn prices(members: &[&Model], choose: fn(f64, f64) -> f64) -> Price {
    let of = |of: fn(Price) -> Option<f64>| {
        members.iter().map(|model| of(model.price)).collect::<Option<Vec<f64>>>()?.into_iter().reduce(choose)
    };
    Price { input: of(|price| price.input), output: of(|price| price.output), cache_read: of(|price| price.cache_read) }
}

impl fmt::Display for Pool {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}{}", self.members.join(","), self.order.suffix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: &str, context: u64, input: f64, kinds: &[&str], tools: Option<bool>) -> Arc<Model> {
        Arc::new(Model {
            id: id.into(),
            context: NonZeroU64::new(context),
            max_output: NonZeroU64::new(context / 2),
            price: Price { input: Some(input), output: Some(input * 2.0), cache_read: None },
            input: Some(Arc::new(kinds.iter().map(|kind| (*kind).to_owned()).collect())),
            tools,
            tee: Some(true),
            ..Model::default()
        })
    }

    #[test]
    fn a_pool_is_read_and_written_as_the_service_takes_it() {
        for (id, members, order) in [
            ("a/x,b/y", vec!["a/x", "b/y"], Order::Written),
            ("a/x, b/y :latency", vec!["a/x", "b/y"], Order::Latency),
            ("a/x,a/x,b/y,c:throughput", vec!["a/x", "b/y", "c"], Order::Throughput),
        ] {
            let pool = Pool::parse(id).expect(id);
            assert_eq!((pool.members.iter().map(String::as_str).collect::<Vec<_>>(), pool.order), (members, order));
            assert_eq!(Pool::parse(&pool.id()), Some(pool), "{id}");
        }
        for single in ["", "a/x", "a/x:latency", "a/x,", ",", "a/x,a/x", "a:latency,b"] {
            assert_eq!(Pool::parse(single), None, "{single}");
        }
        let of = |members: &[&str]| Pool::of(members.iter().map(|id| (*id).to_owned()), Order::Latency);
        assert_eq!(of(&["a"]), Err(Problem::TooFew));
        assert_eq!(of(&["a", "b", "a"]), Err(Problem::Twice("a".into())));
        assert_eq!(of(&["a", "b,c"]), Err(Problem::Unusable("b,c".into())));
        assert_eq!(of(&["a", "b"]).map(|pool| pool.id()), Ok("a,b:latency".into()));
    }

    #[test]
    fn a_pool_can_what_all_its_members_can_and_costs_what_the_dearest_costs() {
        let list = [
            listed("a", 100_000, 1.0, &["text", "image"], Some(true)),
            listed("b", 40_000, 3.0, &["text"], None),
            listed("c", 90_000, 0.5, &["text", "image", "video"], Some(false)),
        ];
        let facts = |id: &str| {
            let pool = Pool::parse(id).expect(id);
            pool.facts(pool.served(&list))
        };
        let all = facts("a,b,c:latency");
        assert_eq!(&*all.id, "a,b,c:latency");
        assert_eq!((all.context, all.max_output), (NonZeroU64::new(40_000), NonZeroU64::new(20_000)));
        assert_eq!((all.price.input, all.price.output, all.price.cache_read), (Some(3.0), Some(6.0), None));
        assert_eq!(all.input.as_deref(), Some(&vec!["text".to_owned()]));
        assert_eq!((all.tools, all.tee), (Some(false), Some(true)));
        assert_eq!(facts("a,b").tools, None, "one of them does not say");
        assert!(facts("a,c").vision());
        let pool = Pool::parse("c,a,gone").expect("a pool");
        let (cheapest, dearest) = pool.price_range(pool.served(&list));
        assert_eq!((cheapest.input, dearest.input), (Some(0.5), Some(1.0)));
        assert_eq!(facts("gone,away"), Model::unknown("gone,away"));
    }
}
