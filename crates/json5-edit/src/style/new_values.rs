//! New values, in the habits of the document.

use crate::edit::lazy::Lazy;
use crate::edit::overlay::Unopened;
use crate::number::Number;
use crate::style::layout::{Keys, LINE, Shape};
use crate::style::render::Render;
use crate::tree::{Id, Kind, is_plain_key};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Write;

/// A new value: a node, or part of what an edit brought.
#[derive(Clone, Copy)]
pub(crate) enum Fresh<'t> {
    Node(Id),
    Json(&'t Value),
    Item(&'t Lazy<'t>, usize),
}

pub(crate) enum Look<'t> {
    Null,
    Bool(bool),
    Number(Number),
    String(&'t str),
    Container(Members<'t>),
    /// Only just made; to be looked at once more.
    Made(Value),
}

pub(crate) struct Members<'t> {
    object: bool,
    of: Of<'t>,
}

enum Of<'t> {
    /// Keys (empty in an array) and values.
    List(Vec<(&'t str, Fresh<'t>)>),
    Lazy(&'t Lazy<'t>),
}

impl<'t> Members<'t> {
    fn len(&self) -> usize {
        match &self.of {
            Of::List(list) => list.len(),
            Of::Lazy(lazy) => lazy.len(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (Cow<'t, str>, Fresh<'t>)> {
        (0..self.len()).map(|at| match &self.of {
            Of::List(list) => (Cow::Borrowed(list[at].0), list[at].1),
            Of::Lazy(lazy) => (Cow::Owned(lazy.key(at)), Fresh::Item(lazy, at)),
        })
    }
}

impl<'t> Render<'_, 't> {
    pub(crate) fn key(&mut self, key: &str, keys: &Keys) {
        if keys.colon.is_empty() {
            return;
        }
        match keys.bare && is_plain_key(key) {
            true => self.out.put(key),
            false => self.out.put(&quoted(key, keys.quote)),
        }
        self.out.put(&keys.colon);
    }

    pub(crate) fn look<'a>(&self, value: Fresh<'a>) -> Look<'a>
    where
        't: 'a,
    {
        let id = match value {
            Fresh::Json(Value::Null) => return Look::Null,
            Fresh::Json(Value::Bool(bool)) => return Look::Bool(*bool),
            Fresh::Json(Value::Number(number)) => return Look::Number(Number::from_json(number)),
            Fresh::Json(Value::String(text)) => return Look::String(text),
            Fresh::Json(Value::Array(items)) => {
                let list = items.iter().map(|item| ("", Fresh::Json(item))).collect();
                return Look::Container(Members { object: false, of: Of::List(list) });
            }
            Fresh::Json(Value::Object(map)) => {
                let list = map.iter().map(|(key, item)| (key.as_str(), Fresh::Json(item))).collect();
                return Look::Container(Members { object: true, of: Of::List(list) });
            }
            Fresh::Item(lazy, at) => return Look::Made(lazy.item(at)),
            Fresh::Node(id) => id,
        };
        // What is as in the source is copied, and never looked at here.
        let Some(node) = self.after.node(id) else { return Look::Null };
        match &node.kind {
            Kind::Null => Look::Null,
            Kind::Bool(bool) => Look::Bool(*bool),
            Kind::Number(number) => Look::Number(*number),
            Kind::String(text) => Look::String(&text.text),
            kind @ (Kind::Array | Kind::Object) => match self.after.unopened(id) {
                Some(Unopened::Json(value)) => self.look(Fresh::Json(value)),
                Some(Unopened::Lazy(lazy)) => Look::Container(Members { object: lazy.is_object(), of: Of::Lazy(lazy) }),
                None => {
                    let live = node.slots.iter().filter(|slot| !slot.gone);
                    let list = live.map(|slot| (&*slot.key.text, Fresh::Node(slot.value))).collect();
                    Look::Container(Members { object: matches!(kind, Kind::Object), of: Of::List(list) })
                }
            },
        }
    }

    pub(crate) fn fresh(&mut self, value: Fresh<'_>, shape: Shape) {
        match self.look(value) {
            Look::Null => self.out.put("null"),
            Look::Bool(bool) => self.out.put(if bool { "true" } else { "false" }),
            Look::Number(number) => self.out.put(&number_text(number)),
            Look::String(text) => self.out.put(&quoted(text, self.habits.string_quote)),
            Look::Container(members) => {
                let (open, close) = if members.object { ("{", "}") } else { ("[", "]") };
                self.out.put(open);
                self.fresh_inside(&members, shape);
                self.out.put(close);
            }
            Look::Made(value) => self.fresh(Fresh::Json(&value), shape),
        }
    }

    /// The members of a new container, between its brackets.
    pub(crate) fn fresh_inside(&mut self, members: &Members<'_>, shape: Shape) {
        let Some(last) = members.len().checked_sub(1) else { return };
        let one_line = self.on_one_line(members, shape);
        let habits = &self.habits;
        let (outer, deeper) = (self.out.indent(), self.out.indent() + &habits.unit);
        let pad = if members.object { habits.object_pad.clone() } else { habits.array_pad.clone() };
        let comma = habits.comma.clone();
        let trailing = if one_line { habits.trailing_inline } else { habits.trailing_multi };
        let keys = self.keys(&[], members.object);
        for (at, (key, value)) in members.iter().enumerate() {
            match (one_line, at) {
                (false, _) => self.out.line(&deeper),
                (true, 0) => self.out.put(&pad),
                (true, _) => self.out.put(comma.strip_prefix(',').unwrap_or_default()),
            }
            self.key(&key, &keys);
            self.fresh(value, if one_line { Shape::Line } else { Shape::Free });
            if at != last || trailing {
                self.out.put(",");
            }
        }
        match one_line {
            true => self.out.put(&pad),
            false => self.out.line(&outer),
        }
    }

    fn on_one_line(&self, members: &Members<'_>, shape: Shape) -> bool {
        let column = self.out.column();
        let fits = |width: usize| self.width_inside(members, LINE.max(width)) <= width.max(LINE.saturating_sub(column));
        let habit = if members.object { self.habits.inline_objects } else { self.habits.inline_arrays };
        let leaves = || members.iter().all(|(_, value)| self.is_leaf(value));
        match shape {
            _ if !self.habits.multi => true,
            Shape::Line => true,
            Shape::Beside(width) => fits(width),
            Shape::Lines => false,
            Shape::Free => habit && leaves() && fits(0),
        }
    }

    /// Has nothing in it.
    fn is_leaf(&self, value: Fresh<'_>) -> bool {
        match self.look(value) {
            Look::Container(members) => members.len() == 0,
            Look::Made(value) => self.is_leaf(Fresh::Json(&value)),
            _ => true,
        }
    }

    /// About how many characters a new value takes on one line. Stops counting at `limit`.
    pub(crate) fn width(&self, value: Fresh<'_>, limit: usize) -> usize {
        match self.look(value) {
            Look::Null | Look::Bool(_) => 5,
            Look::Number(number) => number_text(number).len(),
            Look::String(text) => text.len() + 2,
            Look::Container(members) => self.width_inside(&members, limit),
            Look::Made(value) => self.width(Fresh::Json(&value), limit),
        }
    }

    fn width_inside(&self, members: &Members<'_>, limit: usize) -> usize {
        let mut sum = 2;
        for (key, value) in members.iter() {
            if sum > limit {
                break;
            }
            sum += self.width(value, limit - sum) + key.len() + 4;
        }
        sum
    }
}

pub(crate) fn number_text(number: Number) -> String {
    match number {
        Number::Int(int) => int.to_string(),
        // As JSON.stringify writes whole numbers.
        Number::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => format!("{}", float as i64),
        Number::Float(float) => serde_json::Value::from(float).to_string(),
    }
}

/// A string literal: what JSON escapes is escaped, and no more.
pub(crate) fn quoted(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c == quote => out.extend(['\\', c]),
            // U+2028 and U+2029 make npm's parser warn.
            c if c < ' ' || matches!(c, '\u{2028}' | '\u{2029}') => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
