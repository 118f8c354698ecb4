//! The proof of an edit: read the result with a parser that is not ours, and compare.

use super::error::Unproven;
use super::out::Out;
use super::tree::{Kind, Number, Span, Tree, is_plain_key};
use super::unicode::is_space;
use super::{Edit, Step, parse};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;

/// A value with everything JSON5 can say. Keys written twice stay both.
#[derive(Clone, Debug)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Plain>),
    Object(Members),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    list: Vec<(String, Option<Plain>)>,
    /// Last place of each key, made when an edit first needs it.
    index: Option<HashMap<String, usize>>,
}

pub(super) fn prove(source: &str, before: &Tree, edits: &[Edit], out: &Out) -> Result<(), Unproven> {
    kept(source, out)?;
    let tree = parse::parse(&out.text).map_err(|_| Unproven::Syntax)?;
    let found = read(&out.text, &tree).ok_or(Unproven::Syntax)?;
    let mut wanted = Plain::from_tree(before, before.root);
    for edit in edits {
        match edit {
            Edit::Set { path, value } => wanted.set(path, Plain::from_json(value)),
            Edit::Remove { path } => wanted.remove(path),
        }
    }
    match wanted.same(&found) {
        true => Ok(()),
        false => Err(Unproven::Value),
    }
}

/// Every byte of the source is in the result, in order, but for what an edit released, and for commas
/// and white space next to it.
fn kept(source: &str, out: &Out) -> Result<(), Unproven> {
    let mut released = out.released.clone();
    released.sort_by_key(|span| span.start);
    let mut released = released.into_iter().peekable();
    let mut source_at = 0;
    let mut text_at = 0;
    let end = (Span::new(source.len(), source.len()), out.text.len());
    for &(span, at) in out.copies.iter().chain([&end]) {
        let copied = out.text.get(at..at + (span.end - span.start));
        if span.start < source_at || at < text_at || copied != Some(span.of(source)) {
            return Err(Unproven::Bytes);
        }
        while source_at < span.start {
            while released.next_if(|gone| gone.end <= source_at).is_some() {}
            let stop = match released.peek() {
                Some(gone) if gone.start <= source_at => {
                    source_at = gone.end.min(span.start);
                    continue;
                }
                Some(gone) => gone.start.min(span.start),
                None => span.start,
            };
            let lost = Span::new(source_at, stop).of(source);
            if !lost.chars().all(|c| c == ',' || is_space(c)) {
                return Err(Unproven::Bytes);
            }
            source_at = stop;
        }
        source_at = span.end;
        text_at = at + (span.end - span.start);
    }
    Ok(())
}

/// The value as the independent parser reads it. Some spellings it refuses though OpenClaw's accepts
/// them (half surrogate pairs, very long hexadecimal numbers, a few letters in bare keys): these few
/// tokens are spelt plainly for it, from our own reading.
fn read(text: &str, tree: &Tree) -> Option<Plain> {
    json5::from_str(text).or_else(|_| json5::from_str(&spell_plainly(text, tree))).ok()
}

fn spell_plainly(text: &str, tree: &Tree) -> String {
    let mut tokens: Vec<(Span, String)> = Vec::new();
    let quoted = |text: &str| Value::from(text).to_string();
    for node in &tree.nodes {
        match (&node.kind, node.span) {
            (Kind::String(string), Some(span)) if has_surrogate_escape(span.of(text)) => {
                tokens.push((span, quoted(&string.text)));
            }
            (Kind::Number(Number::Float(float)), Some(span)) if float.is_finite() => {
                tokens.push((span, format!("{float:e}")));
            }
            (Kind::Number(Number::Float(float)), Some(span)) if float.is_infinite() => {
                tokens.push((span, (if *float > 0.0 { "Infinity" } else { "-Infinity" }).to_owned()));
            }
            (Kind::Object(slots), _) => {
                for place in slots.iter().map(|slot| (slot.place, &slot.key)) {
                    let span = Span::new(place.0.whole.start, place.0.key_end);
                    let spelt = span.of(text);
                    let bare = !spelt.starts_with(['"', '\'']);
                    if has_surrogate_escape(spelt) || (bare && !is_plain_key(spelt)) {
                        tokens.push((span, quoted(&place.1.text)));
                    }
                }
            }
            _ => {}
        }
    }
    tokens.sort_by_key(|(span, _)| span.start);
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    for (span, spelt) in tokens {
        plain.push_str(&text[at..span.start]);
        plain.push_str(&spelt);
        at = span.end;
    }
    plain.push_str(&text[at..]);
    plain
}

fn has_surrogate_escape(spelt: &str) -> bool {
    spelt.contains("\\ud") || spelt.contains("\\uD")
}

impl Plain {
    pub fn from_tree(tree: &Tree, id: usize) -> Plain {
        match &tree.node(id).kind {
            Kind::Null => Plain::Null,
            Kind::Bool(bool) => Plain::Bool(*bool),
            Kind::Number(number) => Plain::Number(*number),
            Kind::String(text) => Plain::String(text.text.to_string()),
            Kind::Array(slots) => Plain::Array(slots.iter().map(|slot| Plain::from_tree(tree, slot.value)).collect()),
            Kind::Object(slots) => Plain::Object(Members::of(
                slots.iter().map(|slot| (slot.key.text.to_string(), Plain::from_tree(tree, slot.value))),
            )),
        }
    }

    fn from_json(value: &Value) -> Plain {
        match value {
            Value::Null => Plain::Null,
            Value::Bool(bool) => Plain::Bool(*bool),
            Value::Number(number) => Plain::Number(Number::from_json(number)),
            Value::String(text) => Plain::String(text.clone()),
            Value::Array(items) => Plain::Array(items.iter().map(Plain::from_json).collect()),
            Value::Object(map) => {
                Plain::Object(Members::of(map.iter().map(|(key, item)| (key.clone(), Plain::from_json(item)))))
            }
        }
    }

    /// The place of `path`, made where it is missing. None where something is in the way.
    fn place(&mut self, path: &[Step]) -> Option<&mut Plain> {
        let mut here = self;
        for (at, step) in path.iter().enumerate() {
            let fresh = || match path.get(at + 1) {
                Some(Step::Key(_)) => Plain::Object(Members::default()),
                Some(Step::Index(_)) => Plain::Array(Vec::new()),
                None => Plain::Null,
            };
            here = match (step, here) {
                (Step::Key(key), Plain::Object(members)) => members.entry(key, fresh)?,
                (Step::Index(index), Plain::Array(items)) => {
                    if *index == items.len() {
                        items.push(fresh());
                    }
                    items.get_mut(*index)?
                }
                _ => return None,
            };
        }
        Some(here)
    }

    fn set(&mut self, path: &[Step], value: Plain) {
        if let Some(place) = self.place(path) {
            *place = value;
        }
    }

    fn remove(&mut self, path: &[Step]) {
        let Some((last, parents)) = path.split_last() else { return };
        let mut here = self;
        for step in parents {
            let below = match (step, here) {
                (Step::Key(key), Plain::Object(members)) => members.get(key),
                (Step::Index(index), Plain::Array(items)) => items.get_mut(*index),
                _ => None,
            };
            match below {
                Some(below) => here = below,
                None => return,
            }
        }
        match (last, here) {
            (Step::Key(key), Plain::Object(members)) => members.remove(key),
            (Step::Index(index), Plain::Array(items)) if *index < items.len() => drop(items.remove(*index)),
            _ => {}
        }
    }

    /// Equal as values. Of keys written twice the last counts; the order of keys does not.
    pub fn same(&self, other: &Plain) -> bool {
        match (self, other) {
            (Plain::Null, Plain::Null) => true,
            (Plain::Bool(a), Plain::Bool(b)) => a == b,
            (Plain::Number(a), Plain::Number(b)) => a.same(*b),
            (Plain::String(a), Plain::String(b)) => a == b,
            (Plain::Array(a), Plain::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b)),
            (Plain::Object(a), Plain::Object(b)) => a.same(b),
            _ => false,
        }
    }
}

impl Members {
    fn of(list: impl Iterator<Item = (String, Plain)>) -> Members {
        Members { list: list.map(|(key, value)| (key, Some(value))).collect(), index: None }
    }

    fn at(&mut self, key: &str) -> Option<usize> {
        let list = &self.list;
        let index = self.index.get_or_insert_with(|| {
            let there = list.iter().enumerate().filter(|(_, (_, value))| value.is_some());
            there.map(|(at, (key, _))| (key.clone(), at)).collect()
        });
        index.get(key).copied()
    }

    fn get(&mut self, key: &str) -> Option<&mut Plain> {
        let at = self.at(key)?;
        self.list.get_mut(at)?.1.as_mut()
    }

    fn entry(&mut self, key: &str, fresh: impl Fn() -> Plain) -> Option<&mut Plain> {
        if self.at(key).is_none() {
            self.index.as_mut()?.insert(key.to_owned(), self.list.len());
            self.list.push((key.to_owned(), Some(fresh())));
        }
        self.get(key)
    }

    fn remove(&mut self, key: &str) {
        if let Some(at) = self.at(key) {
            self.list[at].1 = None;
            if let Some(index) = &mut self.index {
                index.remove(key);
            }
        }
    }

    fn same(&self, other: &Members) -> bool {
        let mine = self.list.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
        let theirs = other.list.iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
        // Most often the order is the same, too.
        let count = mine.clone().count();
        let aligned = count == theirs.clone().count() && mine.clone().zip(theirs.clone()).all(|(a, b)| a.0 == b.0);
        if aligned && mine.clone().zip(theirs.clone()).all(|(a, b)| a.1.same(b.1)) {
            return true;
        }
        let mine: HashMap<&String, &Plain> = mine.collect();
        if aligned && mine.len() == count {
            return false;
        }
        let theirs: HashMap<&String, &Plain> = theirs.collect();
        mine.len() == theirs.len()
            && mine.iter().all(|(key, value)| theirs.get(key).is_some_and(|other| value.same(other)))
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Plain, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a JSON5 value")
    }
    fn visit_unit<E>(self) -> Result<Plain, E> {
        Ok(Plain::Null)
    }
    fn visit_none<E>(self) -> Result<Plain, E> {
        Ok(Plain::Null)
    }
    fn visit_bool<E>(self, bool: bool) -> Result<Plain, E> {
        Ok(Plain::Bool(bool))
    }
    fn visit_i64<E>(self, int: i64) -> Result<Plain, E> {
        Ok(Plain::Number(Number::from_int(int.into())))
    }
    fn visit_u64<E>(self, int: u64) -> Result<Plain, E> {
        Ok(Plain::Number(Number::from_int(int.into())))
    }
    fn visit_f64<E>(self, float: f64) -> Result<Plain, E> {
        Ok(Plain::Number(Number::Float(float)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain::String(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Plain, E> {
        Ok(Plain::String(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Plain, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Plain::Array(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Plain, A::Error> {
        let mut list = Vec::new();
        while let Some((key, value)) = map.next_entry()? {
            list.push((key, Some(value)));
        }
        Ok(Plain::Object(Members { list, index: None }))
    }
}
