//! Edits on the tree: which nodes change, before any text is made.

use super::edited::{Edited, Slot};
use super::error::{EditError, Found};
use super::lazy::Lazy;
use super::number::Number;
use super::tree::{Id, Kind, MAX_DEPTH, Text, Tree, position};
use super::{New, Step, display};
use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Objects with more members than this get an index of their keys.
const SMALL: usize = 16;
/// Two arrays whose lengths multiply to more than this are matched element by element.
const ALIGN_LIMIT: usize = 4_000_000;

/// Where a key is in an object: its last slot, and the one before when it is there twice.
type Index<'d> = HashMap<Cow<'d, str>, (usize, Option<usize>)>;

pub(super) struct Editor<'d> {
    tree: Edited<'d>,
    indexes: HashMap<Id, Index<'d>>,
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
    fn put(&mut self, holder: Option<(Id, usize)>, made: Id) {
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

    fn slots_mut(&mut self, id: Id) -> &mut Vec<Slot<'d>> {
        &mut self.tree.node_mut(id).slots
    }

    fn push(&mut self, id: Id, slot: Slot<'d>) {
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
        let slots = self.tree.slots(id);
        let mut here = match self.indexes.get(&id) {
            Some(index) => index.get(key).copied(),
            None if slots.len() <= SMALL => {
                let mut found = (0..slots.len()).rev().filter(|&at| !slots[at].gone && slots[at].key.is(key));
                found.next().map(|last| (last, found.next()))
            }
            None => {
                let index = index(&slots);
                let here = index.get(key).copied();
                self.indexes.insert(id, index);
                here
            }
        };
        if let Some((last, Some(before))) = here.take_if(|(_, before)| before.is_some()) {
            let base = self.tree.base;
            let member = |at: usize| slots[at].origin.and_then(|origin| base.members(id).nth(origin));
            let line = |at: usize| position(base.text, member(at).map_or(0, |member| member.head.span.start)).0;
            return Err(EditError::Duplicate { path: path(), lines: (line(before), line(last)) });
        }
        Ok(here.map(|(at, _)| at))
    }

    /// Makes the node `target`, held in `holder`, equal to `value`. True when something changed.
    fn assign(
        &mut self,
        holder: Option<(Id, usize)>,
        target: Id,
        value: &'d Value,
        path: &mut Vec<Step>,
    ) -> Result<bool, EditError> {
        self.tree.open_all(target);
        match (self.tree.kind(target), value) {
            (Kind::Object, Value::Object(map)) => return self.merge_object(target, map, path),
            (Kind::Array, Value::Array(items)) => return self.merge_array(target, items, path),
            _ if self.same(target, value) => return Ok(false),
            _ => {}
        }
        let made = self.tree.build(value);
        self.put(holder, made);
        Ok(true)
    }

    fn merge_object(&mut self, id: Id, map: &'d Map<String, Value>, path: &mut Vec<Step>) -> Result<bool, EditError> {
        // Most of a long list stays as it is, and need not be opened.
        if self.same_members(id, map) {
            return Ok(false);
        }
        self.tree.open(id);
        let mut changed = false;
        for at in 0..self.tree.slots(id).len() {
            let slot = &self.tree.slots(id)[at];
            if !slot.gone && (slot.key.halves || !map.contains_key(&*slot.key.text)) {
                self.drop_slot_in_place(id, at);
                changed = true;
            }
        }
        for (key, value) in map {
            path.push(Step::from(key.as_str()));
            let found = match self.find(id, key, || display(path)) {
                // Written twice, but as it should be: the last one counts.
                Err(EditError::Duplicate { .. }) if self.last_is(id, key, value) => {
                    path.pop();
                    continue;
                }
                other => other?,
            };
            changed |= match found {
                Some(at) => {
                    let child = self.tree.slots(id)[at].value;
                    let below = self.assign(Some((id, at)), child, value, path)?;
                    if below {
                        self.tree.node_mut(child).touched = true;
                    }
                    below
                }
                None => {
                    let made = self.tree.build(value);
                    self.push(id, Slot::added(key, made));
                    true
                }
            };
            path.pop();
        }
        if changed {
            self.tree.node_mut(id).touched = true;
        }
        Ok(changed)
    }

    fn drop_slot_in_place(&mut self, id: Id, at: usize) {
        self.slots_mut(id)[at].gone = true;
        // Its positions still hold; only the one key is gone, and it may have been there twice.
        self.indexes.remove(&id);
    }

    fn last_is(&self, id: Id, key: &str, value: &Value) -> bool {
        let slots = self.tree.slots(id);
        let last = slots.iter().rfind(|slot| !slot.gone && slot.key.is(key));
        last.is_some_and(|slot| self.same(slot.value, value))
    }

    /// Elements that are equal, or objects with the same `id`, are taken to be the same element.
    fn merge_array(&mut self, id: Id, items: &'d [Value], path: &mut Vec<Step>) -> Result<bool, EditError> {
        let slots = self.tree.slots(id).into_owned();
        let old: Vec<usize> = live(&slots).collect();
        let old_marks: Vec<u64> = old.iter().map(|&at| self.mark(slots[at].value)).collect();
        let new_marks: Vec<u64> = items.iter().map(mark_value).collect();
        let pairs = align(&old_marks, &new_marks, |a, b| self.alike(slots[old[a]].value, &items[b]));

        let mut changed = false;
        let mut merged: Vec<Slot> = Vec::with_capacity(slots.len() + items.len());
        let mut next_item = 0;
        let mut taken = 0;
        for (at, mut slot) in slots.into_iter().enumerate() {
            if slot.gone || old.get(taken) != Some(&at) {
                merged.push(slot);
                continue;
            }
            match pairs[taken] {
                None => {
                    slot.gone = true;
                    changed = true;
                    merged.push(slot);
                }
                Some(item) => {
                    for value in &items[next_item..item] {
                        changed = true;
                        merged.push(Slot::added("", self.tree.build(value)));
                    }
                    next_item = item + 1;
                    path.push(Step::Index(item));
                    let target = slot.value;
                    changed |= match (self.tree.kind(target), &items[item]) {
                        (Kind::Object, Value::Object(map)) => self.merge_object(target, map, path)?,
                        (Kind::Array, Value::Array(below)) => self.merge_array(target, below, path)?,
                        (_, value) if self.same(target, value) => false,
                        (_, value) => {
                            slot.value = self.tree.build(value);
                            true
                        }
                    };
                    path.pop();
                    merged.push(slot);
                }
            }
            taken += 1;
        }
        for value in &items[next_item..] {
            changed = true;
            merged.push(Slot::added("", self.tree.build(value)));
        }
        if changed {
            merged.retain(|slot| !slot.gone || slot.origin.is_some());
            *self.slots_mut(id) = merged;
            self.tree.node_mut(id).touched = true;
        }
        Ok(changed)
    }

    /// May the element become `value` with its comments kept, or is it another thing?
    fn alike(&self, id: Id, value: &Value) -> bool {
        match (self.tree.kind(id), value) {
            (Kind::Object, Value::Object(map)) => {
                let slots = self.tree.slots(id);
                let old = slots.iter().rfind(|slot| !slot.gone && slot.key.is("id"));
                match (old, map.get("id")) {
                    (Some(old), Some(new)) => self.same(old.value, new),
                    (None, None) => true,
                    _ => false,
                }
            }
            _ => true,
        }
    }

    /// Equal as values; of a key written twice the last counts.
    fn same(&self, id: Id, value: &Value) -> bool {
        match (self.tree.kind(id), value) {
            (Kind::Null, Value::Null) => true,
            (Kind::Bool(a), Value::Bool(b)) => a == *b,
            (Kind::Number(a), Value::Number(b)) => a.same(Number::from_json(b)),
            (Kind::String(a), Value::String(b)) => a.is(b),
            (Kind::Array, Value::Array(items)) => {
                let slots = self.tree.slots(id);
                live(&slots).count() == items.len()
                    && live(&slots).zip(items).all(|(at, item)| self.same(slots[at].value, item))
            }
            (Kind::Object, Value::Object(map)) => self.same_members(id, map),
            _ => false,
        }
    }

    fn same_members(&self, id: Id, map: &Map<String, Value>) -> bool {
        let slots = self.tree.slots(id);
        if live(&slots).any(|at| slots[at].key.halves) {
            return false;
        }
        let last = last_of_each(&slots);
        last.len() == map.len()
            && map.iter().all(|(key, item)| last.get(key.as_str()).is_some_and(|&id| self.same(id, item)))
    }

    /// Equal values have equal marks, and so have objects with an equal `id`. Agrees with [`mark_value`].
    fn mark(&self, id: Id) -> u64 {
        match self.tree.kind(id) {
            Kind::Null => hash(0, &()),
            Kind::Bool(bool) => hash(1, &bool),
            Kind::Number(number) => hash(2, &bits(number)),
            Kind::String(Text { text, halves }) => hash(if halves { 6 } else { 3 }, &*text),
            Kind::Array => {
                let slots = self.tree.slots(id);
                hash(4, &live(&slots).map(|at| self.mark(slots[at].value)).collect::<Vec<_>>())
            }
            Kind::Object => {
                let slots = self.tree.slots(id);
                let last = last_of_each(&slots);
                if let Some(&id) = last.get("id")
                    && let Kind::String(_) = self.tree.kind(id)
                {
                    return hash(7, &self.mark(id));
                }
                let sum = last.iter().map(|(key, &id)| hash(8, &(*key, self.mark(id))));
                hash(5, &sum.fold(0, u64::wrapping_add))
            }
        }
    }
}

/// The value of each key that is still there.
fn last_of_each<'s>(slots: &'s [Slot<'_>]) -> HashMap<&'s str, Id> {
    live(slots).map(|at| (&*slots[at].key.text, slots[at].value)).collect()
}

fn mark_value(value: &Value) -> u64 {
    match value {
        Value::Null => hash(0, &()),
        Value::Bool(bool) => hash(1, bool),
        Value::Number(number) => hash(2, &bits(Number::from_json(number))),
        Value::String(text) => hash(3, text.as_str()),
        Value::Array(items) => hash(4, &items.iter().map(mark_value).collect::<Vec<_>>()),
        Value::Object(map) => {
            if let Some(id @ Value::String(_)) = map.get("id") {
                return hash(7, &mark_value(id));
            }
            let sum = map.iter().map(|(key, item)| hash(8, &(key.as_str(), mark_value(item))));
            hash(5, &sum.fold(0, u64::wrapping_add))
        }
    }
}

fn hash<T: Hash + ?Sized>(kind: u8, value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    kind.hash(&mut hasher);
    value.hash(&mut hasher);
    hasher.finish()
}

/// The same for `0` and `-0`, `1` and `1.0`.
fn bits(number: Number) -> u64 {
    (number.as_f64() + 0.0).to_bits()
}

/// For each old element, the new one it becomes; in order, nothing twice.
fn align(old: &[u64], new: &[u64], alike: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut pairs = vec![None; old.len()];
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    (0..head).for_each(|at| pairs[at] = Some(at));
    (0..tail).for_each(|at| pairs[old.len() - 1 - at] = Some(new.len() - 1 - at));
    let (old_mid, new_mid) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    // Between two elements that stay, those that changed are matched one by one where they may be.
    let mut match_up = |old: usize, old_len: usize, new: usize, new_len: usize| {
        for at in 0..old_len.min(new_len) {
            if alike(head + old + at, head + new + at) {
                pairs[head + old + at] = Some(head + new + at);
            }
        }
    };
    if old_mid.len().saturating_mul(new_mid.len()) > ALIGN_LIMIT {
        match_up(0, old_mid.len(), 0, new_mid.len());
        return pairs;
    }
    let mut same = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old_mid, new_mid) {
        match op {
            DiffOp::Equal { old_index, new_index, len } => same.push((old_index, new_index, len)),
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                match_up(old_index, old_len, new_index, new_len);
            }
            DiffOp::Delete { .. } | DiffOp::Insert { .. } => {}
        }
    }
    for (old, new, len) in same {
        (0..len).for_each(|at| pairs[head + old + at] = Some(head + new + at));
    }
    pairs
}

/// Positions of the slots that are still there.
fn live(slots: &[Slot<'_>]) -> impl Iterator<Item = usize> {
    slots.iter().enumerate().filter(|(_, slot)| !slot.gone).map(|(at, _)| at)
}

fn index<'d>(slots: &[Slot<'d>]) -> Index<'d> {
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
