//! The document as a tree whose nodes know where in the text they came from.

use super::lazy::Lazy;
use super::unicode::{is_id_continue, is_id_start};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Containers inside containers, at most. More is refused: nobody writes it, and it would eat the stack.
pub const MAX_DEPTH: usize = 256;

/// Bytes `start..end` of the source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// Index into [`Tree::nodes`].
pub(super) type Id = usize;

#[derive(Clone, Debug)]
pub(super) struct Node {
    /// None for what an edit made.
    pub span: Option<Span>,
    pub kind: Kind,
    /// Something in or below it differs from the source.
    pub touched: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(Number),
    String(Text),
    Array(Vec<Slot>),
    Object(Vec<Slot>),
}

impl Kind {
    /// The slots of a container, none for a scalar.
    pub fn slots(&self) -> &[Slot] {
        match self {
            Kind::Array(slots) | Kind::Object(slots) => slots,
            _ => &[],
        }
    }
}

/// One member of an object or element of an array.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Empty in an array.
    pub key: Text,
    pub value: Id,
    /// Which slot of the source container this is; None for what an edit added.
    pub origin: Option<usize>,
    /// Removed by an edit. It stays here so that the source around it can still be found.
    pub gone: bool,
    pub place: Place,
}

/// Where a slot stands in the source. All zero for what an edit added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// From the key (or the element itself) to the end of the value.
    pub whole: Span,
    /// End of the key; the start of the element in an array.
    pub key_end: usize,
    pub value: Span,
    pub comma: Option<usize>,
}

impl Place {
    pub const NONE: Place =
        Place { whole: Span { start: 0, end: 0 }, key_end: 0, value: Span { start: 0, end: 0 }, comma: None };
}

/// Text of a key or string. JavaScript strings may hold halves of surrogate pairs, which Rust's
/// cannot; each half is kept as a private-use character, and `halves` says so.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub text: Arc<str>,
    pub halves: bool,
}

/// Where a half pair `U+D800..=U+DFFF` is kept inside [`Text::text`].
pub(super) const HALVES_AT: u32 = 0x10_f800;

impl Text {
    pub fn new(text: &str) -> Self {
        Self { text: Arc::from(text), halves: false }
    }

    /// Never true when the source has half a pair: no Rust string equals it.
    pub fn is(&self, other: &str) -> bool {
        !self.halves && &*self.text == other
    }

    /// For a reader: each half pair is shown as U+FFFD.
    pub fn shown(&self) -> String {
        if !self.halves {
            return self.text.to_string();
        }
        self.text.chars().map(|c| if u32::from(c) >= HALVES_AT { '\u{fffd}' } else { c }).collect()
    }
}

/// A number as JavaScript sees it, with integers kept exact where Rust can.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    /// Fits i64 or u64.
    Int(i128),
    Float(f64),
}

impl Number {
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }

    /// Equal as values: `1`, `1.0` and `0x1` are; NaN equals itself here.
    pub fn same(self, other: Number) -> bool {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (a, b) => a.as_f64() == b.as_f64() || (a.as_f64().is_nan() && b.as_f64().is_nan()),
        }
    }

    /// An integer that fits neither i64 nor u64 is a float, as in the other parser.
    pub fn from_int(int: i128) -> Number {
        if i64::try_from(int).is_ok() || u64::try_from(int).is_ok() {
            Number::Int(int)
        } else {
            Number::Float(int as f64)
        }
    }

    pub fn from_json(number: &serde_json::Number) -> Number {
        match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Number::Int(int.into()),
            (None, Some(int)) => Number::Int(int.into()),
            (None, None) => Number::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// Null for what JSON cannot say: NaN and the infinities.
    fn to_json(self) -> Value {
        match self {
            Number::Int(int) => match (i64::try_from(int), u64::try_from(int)) {
                (Ok(int), _) => Value::from(int),
                (Err(_), Ok(int)) => Value::from(int),
                (Err(_), Err(_)) => Value::Null,
            },
            Number::Float(float) => Value::from(float),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    pub root: Id,
}

impl Tree {
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    pub fn slots(&self, id: Id) -> &[Slot] {
        self.nodes[id].kind.slots()
    }

    pub fn value(&self, id: Id) -> Value {
        self.value_without(id, None)
    }

    /// With nothing in the array `left_out`.
    pub fn value_without(&self, id: Id, left_out: Option<Id>) -> Value {
        match &self.nodes[id].kind {
            _ if Some(id) == left_out => Value::Array(Vec::new()),
            Kind::Null => Value::Null,
            Kind::Bool(bool) => Value::Bool(*bool),
            Kind::Number(number) => number.to_json(),
            Kind::String(text) => Value::String(text.shown()),
            Kind::Array(slots) => {
                Value::Array(slots.iter().map(|slot| self.value_without(slot.value, left_out)).collect())
            }
            Kind::Object(slots) => {
                let mut map = Map::new();
                for slot in slots {
                    map.insert(slot.key.shown(), self.value_without(slot.value, left_out));
                }
                Value::Object(map)
            }
        }
    }
}

/// A tree while it is edited: the source tree below, what changed and what is new above.
pub(super) struct Edited<'t> {
    base: &'t Tree,
    changed: HashMap<Id, Node>,
    added: Vec<Node>,
    /// Containers among `added` that have no slots yet: most are written as they came.
    unopened: HashMap<Id, Unopened<'t>>,
    pub root: Id,
}

/// What a container without slots holds.
#[derive(Clone, Copy)]
pub(super) enum Unopened<'t> {
    Json(&'t Value),
    Lazy(&'t Lazy<'t>),
}

impl<'t> Edited<'t> {
    pub fn new(base: &'t Tree) -> Self {
        Self { base, changed: HashMap::new(), added: Vec::new(), unopened: HashMap::new(), root: base.root }
    }

    pub fn node(&self, id: Id) -> &Node {
        match id.checked_sub(self.base.nodes.len()) {
            Some(at) => &self.added[at],
            None => self.changed.get(&id).unwrap_or(&self.base.nodes[id]),
        }
    }

    pub fn node_mut(&mut self, id: Id) -> &mut Node {
        match id.checked_sub(self.base.nodes.len()) {
            Some(at) => &mut self.added[at],
            None => self.changed.entry(id).or_insert_with(|| self.base.nodes[id].clone()),
        }
    }

    pub fn slots(&self, id: Id) -> &[Slot] {
        self.node(id).kind.slots()
    }

    pub fn add(&mut self, kind: Kind) -> Id {
        self.added.push(Node { span: None, kind, touched: true });
        self.base.nodes.len() + self.added.len() - 1
    }

    /// The node of a value that an edit brings in.
    pub fn build(&mut self, value: &'t Value) -> Id {
        let id = self.add(match value {
            Value::Null => Kind::Null,
            Value::Bool(bool) => Kind::Bool(*bool),
            Value::Number(number) => Kind::Number(Number::from_json(number)),
            Value::String(text) => Kind::String(Text::new(text)),
            Value::Array(_) => Kind::Array(Vec::new()),
            Value::Object(_) => Kind::Object(Vec::new()),
        });
        if let Value::Array(_) | Value::Object(_) = value {
            self.unopened.insert(id, Unopened::Json(value));
        }
        id
    }

    /// [`Edited::build`] for items that are made later.
    pub fn build_lazy(&mut self, lazy: &'t Lazy<'t>) -> Id {
        let id = self.add(if lazy.is_object() { Kind::Object(Vec::new()) } else { Kind::Array(Vec::new()) });
        self.unopened.insert(id, Unopened::Lazy(lazy));
        id
    }

    /// What a container without slots holds, if it is not opened.
    pub fn unopened(&self, id: Id) -> Option<Unopened<'t>> {
        self.unopened.get(&id).copied()
    }

    /// Gives a container its slots, so that edits can go into it.
    pub fn open(&mut self, id: Id) {
        let value = match self.unopened.remove(&id) {
            Some(Unopened::Json(value)) => value,
            Some(Unopened::Lazy(lazy)) => lazy.whole(),
            None => return,
        };
        let kind = match value {
            Value::Array(items) => Kind::Array(items.iter().map(|item| Slot::added("", self.build(item))).collect()),
            Value::Object(map) => {
                Kind::Object(map.iter().map(|(key, item)| Slot::added(key, self.build(item))).collect())
            }
            _ => return,
        };
        self.node_mut(id).kind = kind;
    }

    /// [`Edited::open`], with everything below.
    pub fn open_all(&mut self, id: Id) {
        let mut todo = vec![id];
        while let (Some(id), false) = (todo.pop(), self.unopened.is_empty()) {
            self.open(id);
            todo.extend(self.slots(id).iter().map(|slot| slot.value));
        }
    }
}

impl Slot {
    pub fn added(key: &str, value: Id) -> Slot {
        Slot { key: Text::new(key), value, origin: None, gone: false, place: Place::NONE }
    }
}

/// True for a key that may stand without quotes, in letters everyone's parser agrees on.
pub(super) fn is_plain_key(key: &str) -> bool {
    key.is_ascii() && key.chars().next().is_some_and(is_id_start) && key.chars().all(is_id_continue)
}

/// `(line, column)` of a byte offset, both from 1, the column in characters.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let (mut line, mut start) = (1, 0);
    let bytes = before.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\n' || (byte == b'\r' && text.as_bytes().get(at + 1) != Some(&b'\n')) {
            line += 1;
            start = at + 1;
        }
    }
    let column = before.get(start..).unwrap_or_default().trim_start_matches('\u{feff}').chars().count() + 1;
    (line, column)
}
