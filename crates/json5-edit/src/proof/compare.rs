//! Compares what a parser that is not ours reads with what is wanted.

use crate::edit::lazy::Lazy;
use crate::lexer::Token;
use crate::number::Number;
use crate::proof::expected::{Members, Want};
use crate::tree::{Id, Kind, MAX_DEPTH, Tree};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

/// Does `text` mean what is wanted, read by the independent parser?
pub(crate) fn means(text: &str, tree: Tree<'_>, want: &Want<'_>) -> bool {
    let mut parser = json5::Deserializer::from_str(text);
    let end = Cell::new(0);
    let check = Check { tree, want: Wanted::of(want), end: &end, depth: 0 };
    let found = check.deserialize(&mut parser);
    let rest = Check { want: Wanted::Any, ..check }.deserialize(&mut parser);
    let ends = matches!(rest, Err(error) if error.code() == Some(json5::ErrorCode::EofParsingValue));
    matches!(found, Ok(true)) && ends
}

/// A wanted value, wherever it is kept.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    Node(Id),
    Json(&'a Value),
    Lazy(&'a Lazy<'a>),
    /// One of its items.
    Item(&'a Lazy<'a>, usize),
    Array(&'a [Want<'a>]),
    Object(&'a Members<'a>),
    /// No matter what.
    Any,
}

impl<'a> Wanted<'a> {
    fn of(want: &'a Want<'a>) -> Self {
        match want {
            Want::Old(id) => Wanted::Node(*id),
            Want::New(value) => Wanted::Json(value),
            Want::Lazy(lazy) => Wanted::Lazy(lazy),
            Want::Array(items) => Wanted::Array(items),
            Want::Object(members) => Wanted::Object(members),
        }
    }
}

/// Compares what the parser reads with what is wanted: true when they are the same. Numbers are compared
/// by value; of a key written twice the last counts. The order of keys does not matter, but in what no edit
/// went into.
#[derive(Clone, Copy)]
struct Check<'a> {
    tree: Tree<'a>,
    want: Wanted<'a>,
    /// Where the value of the source ends that was compared last.
    end: &'a Cell<usize>,
    /// Containers around this value. The other parser knows no limit, so ours holds here.
    depth: usize,
}

enum View<'a> {
    Any,
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Wanted<'a>>),
    Object(Known<'a>),
}

/// The wanted members of an object.
enum Known<'a> {
    List(Vec<(&'a str, Wanted<'a>)>),
    Lazy(&'a Lazy<'a>),
}

impl<'a> Known<'a> {
    fn len(&self) -> usize {
        match self {
            Known::List(list) => list.len(),
            Known::Lazy(lazy) => lazy.len(),
        }
    }

    fn key(&self, at: usize) -> Cow<'a, str> {
        match self {
            Known::List(list) => Cow::Borrowed(list[at].0),
            Known::Lazy(lazy) => Cow::Owned(lazy.key(at)),
        }
    }

    fn want(&self, at: usize) -> Wanted<'a> {
        match self {
            Known::List(list) => list[at].1,
            Known::Lazy(lazy) => Wanted::Item(lazy, at),
        }
    }
}

impl<'a> Check<'a> {
    fn view(&self) -> View<'a> {
        match self.want {
            Wanted::Any => View::Any,
            Wanted::Node(id) => {
                let (token, end) = self.tree.token(id);
                self.end.set(end);
                match token {
                    Token::Null => View::Null,
                    Token::Bool(bool) => View::Bool(bool),
                    Token::Number(spelt) => View::Number(Number::read(spelt)),
                    Token::String(text) => View::String(text.text),
                    // No scalar, which is all that anybody looks for here.
                    Token::Array | Token::Object => View::Array(Vec::new()),
                }
            }
            Wanted::Json(value) => match value {
                Value::Null => View::Null,
                Value::Bool(bool) => View::Bool(*bool),
                Value::Number(number) => View::Number(Number::from_json(number)),
                Value::String(text) => View::String(text.into()),
                Value::Array(items) => View::Array(items.iter().map(Wanted::Json).collect()),
                Value::Object(map) => {
                    let member = |(key, item): (&'a String, &'a Value)| (key.as_str(), Wanted::Json(item));
                    View::Object(Known::List(map.iter().map(member).collect()))
                }
            },
            Wanted::Lazy(lazy) if lazy.is_object() => View::Object(Known::Lazy(lazy)),
            Wanted::Lazy(lazy) => View::Array((0..lazy.len()).map(|at| Wanted::Item(lazy, at)).collect()),
            // Made before anything of it is compared.
            Wanted::Item(..) => View::Any,
            Wanted::Array(items) => View::Array(items.iter().map(Wanted::of).collect()),
            Wanted::Object(members) => {
                let there = members.list.iter().filter_map(|(key, item)| Some((&**key, Wanted::of(item.as_ref()?))));
                View::Object(Known::List(there.collect()))
            }
        }
    }

    fn below(&self, want: Wanted<'a>) -> Self {
        Check { want, depth: self.depth + 1, ..*self }
    }

    fn number(&self, found: Number) -> bool {
        match self.view() {
            View::Number(number) => number.same(found),
            view => matches!(view, View::Any),
        }
    }

    /// An array that no edit went into: its elements come as they are in the source.
    fn source_seq<'de, A: SeqAccess<'de>>(self, id: Id, mut seq: A) -> Result<bool, A::Error> {
        let mut members = self.tree.members(id);
        let mut same = matches!(self.tree.kind(id), Kind::Array);
        while let (true, Some(head)) = (same, members.head()) {
            same = seq.next_element_seed(self.below(Wanted::Node(head.value)))? == Some(true);
            members.tail(self.end.get());
        }
        self.end.set(members.end());
        match same && seq.next_element_seed(self.below(Wanted::Any))?.is_none() {
            true => Ok(true),
            false => Err(Error::custom("differs")),
        }
    }

    /// The same for an object.
    fn source_map<'de, A: MapAccess<'de>>(self, id: Id, mut map: A) -> Result<bool, A::Error> {
        let mut members = self.tree.members(id);
        let mut same = matches!(self.tree.kind(id), Kind::Object);
        while let (true, Some(head)) = (same, members.head()) {
            same = map.next_key_seed(Same(&head.key.text))? == Some(true)
                && map.next_value_seed(self.below(Wanted::Node(head.value)))?;
            members.tail(self.end.get());
        }
        self.end.set(members.end());
        match same && map.next_key_seed(Same(""))?.is_none() {
            true => Ok(true),
            false => Err(Error::custom("differs")),
        }
    }

    fn limit<E: Error>(&self) -> Result<(), E> {
        match self.depth >= MAX_DEPTH {
            true => Err(E::custom("too deep")),
            false => Ok(()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        match self.want {
            Wanted::Item(lazy, at) => {
                deserializer.deserialize_any(Check { want: Wanted::Json(&lazy.item(at)), ..self })
            }
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON5 value")
    }
    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(matches!(self.view(), View::Null | View::Any))
    }
    fn visit_bool<E>(self, found: bool) -> Result<bool, E> {
        Ok(match self.view() {
            View::Bool(bool) => bool == found,
            view => matches!(view, View::Any),
        })
    }
    fn visit_i64<E>(self, found: i64) -> Result<bool, E> {
        Ok(self.number(Number::from_int(found.into())))
    }
    fn visit_u64<E>(self, found: u64) -> Result<bool, E> {
        Ok(self.number(Number::from_int(found.into())))
    }
    fn visit_f64<E>(self, found: f64) -> Result<bool, E> {
        Ok(self.number(Number::Float(found)))
    }
    fn visit_str<E>(self, found: &str) -> Result<bool, E> {
        Ok(match self.view() {
            View::String(text) => text == found,
            view => matches!(view, View::Any),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        self.limit()?;
        if let Wanted::Node(id) = self.want {
            return self.source_seq(id, seq);
        }
        let (items, mut same) = match self.view() {
            View::Array(items) => (items, true),
            view => (Vec::new(), matches!(view, View::Any)),
        };
        let any = matches!(self.want, Wanted::Any);
        let mut count = 0;
        while let Some(ok) = seq.next_element_seed(self.below(items.get(count).copied().unwrap_or(Wanted::Any)))? {
            same &= ok;
            count += 1;
        }
        Ok(any || (same && count == items.len()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        self.limit()?;
        if let Wanted::Node(id) = self.want {
            return self.source_map(id, map);
        }
        let (members, mut known) = match self.view() {
            View::Object(members) => (members, true),
            view => (Known::List(Vec::new()), matches!(view, View::Any)),
        };
        let any = matches!(self.want, Wanted::Any);
        let mut same = vec![false; members.len()];
        let mut find = Find { members: &members, next: 0, places: None };
        while let Some(place) = map.next_key_seed(&mut find)? {
            let want = place.map_or(Wanted::Any, |place| members.want(place));
            let ok = map.next_value_seed(self.below(want))?;
            match place.and_then(|place| same.get_mut(place)) {
                Some(same) => *same = ok,
                None => known = false,
            }
        }
        Ok(any || (known && same.iter().all(|same| *same)))
    }
}

/// Is this the key?
struct Same<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Same<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

/// Finds the wanted member of a key: most often the next one.
struct Find<'a, 'm> {
    members: &'m Known<'a>,
    next: usize,
    places: Option<HashMap<Cow<'a, str>, usize>>,
}

impl<'de> DeserializeSeed<'de> for &mut Find<'_, '_> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for &mut Find<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        let members = self.members;
        let place = match self.next < members.len() && members.key(self.next) == key {
            true => Some(self.next),
            false => {
                let places = (0..members.len()).map(|at| (members.key(at), at));
                self.places.get_or_insert_with(|| places.collect()).get(key).copied()
            }
        };
        self.next = place.map_or(self.next, |place| place + 1);
        Ok(place)
    }
}
