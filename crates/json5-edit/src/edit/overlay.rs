//! A tree while it is edited.

use crate::edit::lazy::Lazy;
use crate::number::Number;
use crate::tree::{Id, Kind, Member, Text, Tree};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// A value that an edit brought, or one of the source that edits went into.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t> {
    pub kind: Kind<'t>,
    /// None in a scalar.
    pub slots: Vec<Slot<'t>>,
    /// Something in or below it differs from the source.
    pub touched: bool,
}

/// One member of an object or element of an array.
#[derive(Clone, Debug)]
pub(crate) struct Slot<'t> {
    /// Empty in an array.
    pub key: Text<'t>,
    pub value: Id,
    /// Which slot of the source container this is; None for what an edit added.
    pub origin: Option<usize>,
    /// Removed by an edit. It stays here so that the source around it can still be found.
    pub gone: bool,
}

/// A tree while it is edited: the source below, what changed and what is new above.
pub(crate) struct Edited<'t> {
    pub base: Tree<'t>,
    changed: HashMap<Id, Node<'t>>,
    added: Vec<Node<'t>>,
    /// Containers among `added` that have no slots yet: most are written as they came.
    unopened: HashMap<Id, Unopened<'t>>,
    pub root: Id,
}

/// What a container without slots holds.
#[derive(Clone, Copy)]
pub(crate) enum Unopened<'t> {
    Json(&'t Value),
    Lazy(&'t Lazy<'t>),
}

impl<'t> Edited<'t> {
    pub fn new(base: Tree<'t>) -> Self {
        Self { base, changed: HashMap::new(), added: Vec::new(), unopened: HashMap::new(), root: base.root() }
    }

    /// Its number among `added`; None for a value of the source.
    fn added_at(&self, id: Id) -> Option<usize> {
        id.checked_sub(self.base.text.len())
    }

    /// None for a value of the source that no edit went into.
    pub fn node(&self, id: Id) -> Option<&Node<'t>> {
        match self.added_at(id) {
            Some(at) => self.added.get(at),
            None => self.changed.get(&id),
        }
    }

    pub fn node_mut(&mut self, id: Id) -> &mut Node<'t> {
        match self.added_at(id) {
            Some(at) => &mut self.added[at],
            None => {
                let base = self.base;
                self.changed.entry(id).or_insert_with(|| {
                    let mut slots = base_slots(base, id);
                    // There may be many, and they stay.
                    slots.shrink_to_fit();
                    Node { kind: base.kind(id), slots, touched: false }
                })
            }
        }
    }

    pub fn kind(&self, id: Id) -> Kind<'t> {
        self.node(id).map_or_else(|| self.base.kind(id), |node| node.kind.clone())
    }

    pub fn is_new(&self, id: Id) -> bool {
        self.added_at(id).is_some()
    }

    /// The slots of a container, none for a scalar; read for this once where no edit went into it.
    pub fn slots(&self, id: Id) -> Cow<'_, [Slot<'t>]> {
        self.node(id).map_or_else(|| base_slots(self.base, id).into(), |node| (&node.slots).into())
    }

    pub fn is_touched(&self, id: Id) -> bool {
        self.node(id).is_some_and(|node| node.touched)
    }

    pub fn add(&mut self, kind: Kind<'t>, slots: Vec<Slot<'t>>) -> Id {
        self.added.push(Node { kind, slots, touched: true });
        self.base.text.len() + self.added.len() - 1
    }

    /// The node of a value that an edit brings in.
    pub fn build(&mut self, value: &'t Value) -> Id {
        let kind = match value {
            Value::Null => Kind::Null,
            Value::Bool(bool) => Kind::Bool(*bool),
            Value::Number(number) => Kind::Number(Number::from_json(number)),
            Value::String(text) => Kind::String(Text::new(text)),
            Value::Array(_) => Kind::Array,
            Value::Object(_) => Kind::Object,
        };
        let id = self.add(kind, Vec::new());
        if let Value::Array(_) | Value::Object(_) = value {
            self.unopened.insert(id, Unopened::Json(value));
        }
        id
    }

    /// [`Edited::build`] for items that are made later.
    pub fn build_lazy(&mut self, lazy: &'t Lazy<'t>) -> Id {
        let id = self.add(if lazy.is_object() { Kind::Object } else { Kind::Array }, Vec::new());
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
            None => {
                // One of the source gets them with its node.
                self.node_mut(id);
                return;
            }
        };
        let slots = match value {
            Value::Array(items) => items.iter().map(|item| Slot::added("", self.build(item))).collect(),
            Value::Object(map) => map.iter().map(|(key, item)| Slot::added(key, self.build(item))).collect(),
            _ => return,
        };
        self.node_mut(id).slots = slots;
    }

    /// [`Edited::open`], with everything below. What is as in the source holds nothing new.
    pub fn open_all(&mut self, id: Id) {
        let mut todo = vec![id];
        while let (Some(id), false) = (todo.pop(), self.unopened.is_empty()) {
            if self.node(id).is_some() {
                self.open(id);
                todo.extend(self.slots(id).iter().map(|slot| slot.value));
            }
        }
    }
}

fn base_slots<'t>(base: Tree<'t>, id: Id) -> Vec<Slot<'t>> {
    let slot = |(at, Member { head, .. }): (usize, Member<'t>)| Slot {
        key: head.key,
        value: head.value,
        origin: Some(at),
        gone: false,
    };
    base.members(id).enumerate().map(slot).collect()
}

impl<'t> Slot<'t> {
    pub fn added(key: &'t str, value: Id) -> Self {
        Slot { key: Text::new(key), value, origin: None, gone: false }
    }
}
