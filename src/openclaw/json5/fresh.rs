//! New values, in the habits of the document.

use super::layout::{Keys, LINE, Shape};
use super::render::Render;
use super::tree::{Id, Kind, Number, Slot, is_plain_key};
use std::fmt::Write;

impl Render<'_, '_> {
    pub(super) fn key(&mut self, slot: &Slot, keys: &Keys) {
        let key = &slot.key.text;
        if keys.colon.is_empty() {
            return;
        }
        match keys.bare && is_plain_key(key) {
            true => self.out.put(key),
            false => self.out.put(&quoted(key, keys.quote)),
        }
        self.out.put(&keys.colon);
    }

    pub(super) fn fresh(&mut self, id: Id, shape: Shape) {
        let (open, close) = match &self.after.node(id).kind {
            Kind::Null => return self.out.put("null"),
            Kind::Bool(bool) => return self.out.put(if *bool { "true" } else { "false" }),
            Kind::Number(number) => return self.out.put(&number_text(*number)),
            Kind::String(text) => return self.out.put(&quoted(&text.text, self.habits.string_quote)),
            Kind::Array(_) => ("[", "]"),
            Kind::Object(_) => ("{", "}"),
        };
        self.out.put(open);
        self.fresh_inside(id, shape);
        self.out.put(close);
    }

    /// The members of a new container, between its brackets.
    pub(super) fn fresh_inside(&mut self, id: Id, shape: Shape) {
        let slots = self.after.slots(id);
        let Some(last) = slots.iter().rposition(|slot| !slot.gone) else { return };
        let object = matches!(self.after.node(id).kind, Kind::Object(_));
        let one_line = self.on_one_line(id, object, shape);
        let habits = &self.habits;
        let (outer, deeper) = (self.out.indent(), self.out.indent() + &habits.unit);
        let pad = if object { habits.object_pad.clone() } else { habits.array_pad.clone() };
        let comma = habits.comma.clone();
        let trailing = if one_line { habits.trailing_inline } else { habits.trailing_multi };
        let keys = self.keys(&[], object);
        let mut any = false;
        for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| !slot.gone) {
            match (one_line, any) {
                (false, _) => self.out.line(&deeper),
                (true, true) => self.out.put(comma.strip_prefix(',').unwrap_or_default()),
                (true, false) => self.out.put(&pad),
            }
            self.key(slot, &keys);
            self.fresh(slot.value, if one_line { Shape::Line } else { Shape::Free });
            if at != last || trailing {
                self.out.put(",");
            }
            any = true;
        }
        match one_line {
            true => self.out.put(&pad),
            false => self.out.line(&outer),
        }
    }

    fn on_one_line(&self, id: Id, object: bool, shape: Shape) -> bool {
        let column = self.out.column();
        let fits = |width: usize| self.width(id, LINE.max(width)) <= width.max(LINE.saturating_sub(column));
        let habit = if object { self.habits.inline_objects } else { self.habits.inline_arrays };
        let leaves = || {
            let mut slots = self.after.slots(id).iter().filter(|slot| !slot.gone);
            slots.all(|slot| self.after.slots(slot.value).iter().all(|slot| slot.gone))
        };
        match shape {
            _ if !self.habits.multi => true,
            Shape::Line => true,
            Shape::Beside(width) => fits(width),
            Shape::Lines => false,
            Shape::Free => habit && leaves() && fits(0),
        }
    }
}

pub(super) fn number_text(number: Number) -> String {
    match number {
        Number::Int(int) => int.to_string(),
        // As JSON.stringify writes whole numbers.
        Number::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => format!("{}", float as i64),
        Number::Float(float) => serde_json::Value::from(float).to_string(),
    }
}

/// A string literal: what JSON escapes is escaped, and no more.
pub(super) fn quoted(text: &str, quote: char) -> String {
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
