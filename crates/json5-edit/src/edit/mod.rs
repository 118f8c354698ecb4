//! Edits on the tree: which nodes change, before any text is made.

pub(crate) mod lazy;
mod merge;
pub(crate) mod overlay;

use crate::edit::lazy::Lazy;
use crate::edit::overlay::{Edited, Slot};
use crate::error::{EditError, Found};
use crate::tree::{Id, Kind, MAX_DEPTH, Tree, position};
use crate::{New, Step, display};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// Objects with more members than this get an index of their keys.
pub(crate) const SMALL: usize = 16;

/// Where a key is in an object: its last slot, and the one before when it is there twice.
pub(crate) type Index<'d> = HashMap<Cow<'d, str>, (usize, Option<usize>)>;

pub(crate) struct Editor<'d> {
    pub tree: Edited<'d>,
    pub indexes: HashMap<Id, Index<'d>>,
}

impl<'d> Editor<'d> {
    pub fn new(tree: Tree<'d>) -> Self {
        Self { tree: Edited::new(tree), indexes: HashMap::new() }
    }

    pub fn finish(self) -> Edited<'d> {
        self.tree
    }

    pub fn set(&mut self, path: &'d [Step], value: &'d New<'d>) -> Result<(), EditError> {
        let below = match value {
            New::Value(value) => depth(value),
            // Its items are no deeper than what they are made of, which was parsed.
            New::Lazy(_) => 1,
        };
        if path.len() + below > MAX_DEPTH {
            return Err(EditError::TooDeep { path: display(path) });
        }
        let mut trail = vec![self.tree.root];
        let mut holder = None;
        for (done, step) in path.iter().enumerate() {
            let id = trail[trail.len() - 1];
            match self.locate(id, path, done, step)? {
                Some(slot) => {
                    holder = Some((id, slot));
                    trail.push(self.tree.slots(id)[slot].value);
                }
                None => {
                    let key = self.key_to_add(id, path, done)?;
                    let made = self.chain(path, done + 1, value)?;
                    self.push(id, Slot::added(key, made));
                    self.touch(&trail);
                    return Ok(());
                }
            }
        }
        let target = trail[trail.len() - 1];
        let changed = match value {
            New::Value(value) => self.assign(holder, target, value, &mut path.to_vec())?,
            New::Lazy(lazy) if self.is_in_the_way_of(target, lazy) => {
                let made = self.tree.build_lazy(lazy);
                self.put(holder, made);
                true
            }
            New::Lazy(lazy) => self.assign(holder, target, lazy.whole(), &mut path.to_vec())?,
        };
        if changed {
            self.touch(&trail);
        }
        Ok(())
    }

    /// Nothing of the node `target` stays when the items come: it is another thing, or new and empty.
    fn is_in_the_way_of(&mut self, target: Id, lazy: &Lazy<'_>) -> bool {
        self.tree.open(target);
        match (self.tree.kind(target), lazy.is_object()) {
            (Kind::Object, true) | (Kind::Array, false) => {
                self.tree.is_new(target) && self.tree.slots(target).is_empty()
            }
            _ => true,
        }
    }

    /// Puts the node `made` into the slot `holder`, or in the place of everything.
    pub fn put(&mut self, holder: Option<(Id, usize)>, made: Id) {
        match holder {
            None => self.tree.root = made,
            Some((id, slot)) => self.slots_mut(id)[slot].value = made,
        }
    }

    pub fn remove(&mut self, path: &[Step]) -> Result<(), EditError> {
        let Some((last, parents)) = path.split_last() else { return Err(EditError::Root) };
        let mut trail = vec![self.tree.root];
        for (done, step) in parents.iter().enumerate() {
            let id = trail[trail.len() - 1];
            match self.locate(id, path, done, step)? {
                Some(slot) => trail.push(self.tree.slots(id)[slot].value),
                None => return Ok(()),
            }
        }
        let id = trail[trail.len() - 1];
        if let Some(slot) = self.locate(id, path, parents.len(), last)? {
            self.drop_slot(id, slot);
            self.touch(&trail);
        }
        Ok(())
    }

    /// How many steps of the path are there. An object that has no key but `stand_in` counts as not there.
    pub fn depth(&mut self, path: &[Step], stand_in: &str) -> usize {
        let mut id = self.tree.root;
        for (depth, step) in path.iter().enumerate() {
            self.tree.open(id);
            let slot = match (step, self.tree.kind(id)) {
                (Step::Key(key), Kind::Object) => self.find_all(id, key).map(|(last, _)| last),
                (Step::Index(index), Kind::Array) => live(&self.tree.slots(id)).nth(*index),
                _ => None,
            };
            match slot.map(|slot| self.tree.slots(id)[slot].value) {
                Some(below) if !self.tree.base.has_only(below, stand_in) => id = below,
                _ => return depth,
            }
        }
        path.len()
    }

    /// The slot that `step` means in the container `id`.
    fn locate(&mut self, id: Id, path: &[Step], done: usize, step: &Step) -> Result<Option<usize>, EditError> {
        self.tree.open(id);
        match (step, self.tree.kind(id)) {
            (Step::Key(key), Kind::Object) => self.find(id, key, || display(&path[..=done])),
            (Step::Index(index), Kind::Array) => Ok(live(&self.tree.slots(id)).nth(*index)),
            _ => Err(self.in_the_way(id, &path[..done])),
        }
    }

    fn in_the_way(&self, id: Id, path: &[Step]) -> EditError {
        let found = match self.tree.kind(id) {
            Kind::Null => Found::Null,
            Kind::Bool(_) => Found::Bool,
            Kind::Number(_) => Found::Number,
            Kind::String(_) => Found::String,
            Kind::Array => Found::Array,
            Kind::Object => Found::Object,
        };
        let at = (!self.tree.is_new(id)).then(|| position(self.tree.base.text, id));
        EditError::InTheWay { path: display(path), found, at }
    }

    /// The key of a new slot; in an array, only the place after the last element is free.
    fn key_to_add<'p>(&self, id: Id, path: &'p [Step], done: usize) -> Result<&'p str, EditError> {
        match &path[done] {
            Step::Key(key) => Ok(key),
            Step::Index(index) => {
                let length = live(&self.tree.slots(id)).count();
                match *index == length {
                    true => Ok(""),
                    false => Err(EditError::NoSuchIndex { path: display(&path[..done]), index: *index, length }),
                }
            }
        }
    }

    /// Nodes for the steps of `path` from `from` on, around `value`.
    fn chain(&mut self, path: &'d [Step], from: usize, value: &'d New<'d>) -> Result<Id, EditError> {
        let mut id = match value {
            New::Value(value) => self.tree.build(value),
            New::Lazy(lazy) => self.tree.build_lazy(lazy),
        };
        for (at, step) in path.iter().enumerate().skip(from).rev() {
            id = match step {
                Step::Key(key) => self.tree.add(Kind::Object, vec![Slot::added(key, id)]),
                Step::Index(0) => self.tree.add(Kind::Array, vec![Slot::added("", id)]),
                Step::Index(index) => {
                    let path = display(&path[..at]);
                    return Err(EditError::NoSuchIndex { path, index: *index, length: 0 });
                }
            };
        }
        Ok(id)
    }

    fn touch(&mut self, trail: &[Id]) {
        for &id in trail {
            self.tree.node_mut(id).touched = true;
        }
    }

    pub fn slots_mut(&mut self, id: Id) -> &mut Vec<Slot<'d>> {
        &mut self.tree.node_mut(id).slots
    }

    pub fn push(&mut self, id: Id, slot: Slot<'d>) {
        let key = slot.key.text.clone();
        let slots = self.slots_mut(id);
        slots.push(slot);
        let at = slots.len() - 1;
        if let Some(index) = self.indexes.get_mut(&id) {
            index.insert(key, (at, None));
        }
    }

    fn drop_slot(&mut self, id: Id, slot: usize) {
        let slots = self.slots_mut(id);
        let key = slots[slot].key.text.clone();
        // What is not in the source leaves no trace, unless others would move.
        if slots[slot].origin.is_none() && slot + 1 == slots.len() {
            slots.pop();
        } else {
            slots[slot].gone = true;
        }
        if let Some(index) = self.indexes.get_mut(&id) {
            index.remove(&key);
        }
    }

    /// The slot of `key` in the object `id`; an error when the key is there twice.
    fn find(&mut self, id: Id, key: &str, path: impl Fn() -> String) -> Result<Option<usize>, EditError> {
        match self.find_all(id, key) {
            Some((last, Some(before))) => Err(self.duplicate(&self.tree.slots(id), id, (before, last), path())),
            here => Ok(here.map(|(at, _)| at)),
        }
    }

    fn find_all(&mut self, id: Id, key: &str) -> Option<(usize, Option<usize>)> {
        let slots = self.tree.slots(id);
        if slots.len() > SMALL && !self.indexes.contains_key(&id) {
            self.indexes.insert(id, index(&slots));
        }
        find_in(&slots, self.indexes.get(&id), key)
    }

    /// A key that is in two slots of the object `id`.
    pub fn duplicate(&self, slots: &[Slot<'_>], id: Id, two: (usize, usize), path: String) -> EditError {
        let base = self.tree.base;
        let member = |at: usize| slots[at].origin.and_then(|origin| base.members(id).nth(origin));
        let line = |at: usize| position(base.text, member(at).map_or(0, |member| member.head.span.start)).0;
        EditError::Duplicate { path, lines: (line(two.0), line(two.1)) }
    }
}

/// The last slot of `key`, and the one before when it is there twice. Without an index of the slots they are
/// gone through.
pub(crate) fn find_in(slots: &[Slot<'_>], index: Option<&Index<'_>>, key: &str) -> Option<(usize, Option<usize>)> {
    if let Some(index) = index {
        return index.get(key).copied();
    }
    let mut found = (0..slots.len()).rev().filter(|&at| !slots[at].gone && slots[at].key.is(key));
    found.next().map(|last| (last, found.next()))
}

/// Positions of the slots that are still there.
pub(crate) fn live(slots: &[Slot<'_>]) -> impl Iterator<Item = usize> {
    slots.iter().enumerate().filter(|(_, slot)| !slot.gone).map(|(at, _)| at)
}

pub(crate) fn index<'d>(slots: &[Slot<'d>]) -> Index<'d> {
    let mut index = Index::with_capacity(slots.len());
    for at in live(slots).filter(|&at| !slots[at].key.halves) {
        let here = index.entry(slots[at].key.text.clone()).or_insert((at, None));
        if here.0 != at {
            *here = (at, Some(here.0));
        }
    }
    index
}

/// Containers inside containers, counted without recursion: the value may come from anywhere.
fn depth(value: &Value) -> usize {
    let mut deepest = 0;
    let mut todo = vec![(value, 0)];
    while let Some((value, above)) = todo.pop() {
        let below = above + 1;
        match value {
            Value::Array(items) => todo.extend(items.iter().map(|item| (item, below))),
            Value::Object(map) => todo.extend(map.values().map(|item| (item, below))),
            _ => continue,
        }
        deepest = deepest.max(below);
        if deepest > MAX_DEPTH {
            break;
        }
    }
    deepest
}
