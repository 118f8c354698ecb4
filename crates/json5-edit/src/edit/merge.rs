//! Making a container of the document equal to a value: which members stay, change, go and come.

use crate::edit::overlay::Slot;
use crate::edit::{Editor, SMALL, find_in, index, live};
use crate::error::EditError;
use crate::number::Number;
use crate::tree::{Id, Kind, Text, Tree};
use crate::{Step, display};
use serde_json::{Map, Value};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// Two arrays whose lengths multiply to more than this are matched element by element.
const ALIGN_LIMIT: usize = 4_000_000;

impl<'d> Editor<'d> {
    /// Makes the node `target`, held in `holder`, equal to `value`. True when something changed.
    pub(crate) fn assign(
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
            (kind, value) if same_scalar(&kind, value) => return Ok(false),
            _ => {}
        }
        let made = self.tree.build(value);
        self.put(holder, made);
        Ok(true)
    }

    fn merge_object(&mut self, id: Id, map: &'d Map<String, Value>, path: &mut Vec<Step>) -> Result<bool, EditError> {
        // They are not opened before one of them changes: most of a long list stays as it is.
        let slots = self.tree.slots(id).into_owned();
        let index = (slots.len() > SMALL).then(|| index(&slots));
        let mut changed = false;
        for at in live(&slots) {
            if slots[at].key.halves || !map.contains_key(&*slots[at].key.text) {
                self.drop_slot_in_place(id, at);
                changed = true;
            }
        }
        for (key, value) in map {
            let at = match find_in(&slots, index.as_ref(), key) {
                // Written twice, but as it should be: the last one counts.
                Some((last, Some(_))) if self.same(slots[last].value, value) => continue,
                Some((last, Some(before))) => {
                    path.push(Step::from(key.as_str()));
                    return Err(self.duplicate(&slots, id, (before, last), display(path)));
                }
                Some((at, None)) => at,
                None => {
                    let made = self.tree.build(value);
                    self.push(id, Slot::added(key, made));
                    changed = true;
                    continue;
                }
            };
            path.push(Step::from(key.as_str()));
            changed |= self.assign(Some((id, at)), slots[at].value, value, path)?;
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

    /// Elements that are equal, or objects with the same `id`, are taken to be the same element.
    fn merge_array(&mut self, id: Id, items: &'d [Value], path: &mut Vec<Step>) -> Result<bool, EditError> {
        let slots = self.tree.slots(id).into_owned();
        let old: Vec<usize> = live(&slots).collect();
        // What a list begins with most often stays.
        let stay = old.iter().zip(items).take_while(|(at, item)| self.stays(slots[**at].value, item)).count();
        let old_marks: Vec<u64> = old[stay..].iter().map(|&at| self.mark(slots[at].value)).collect();
        let new_marks: Vec<u64> = items[stay..].iter().map(mark_value).collect();
        let rest = align(&old_marks, &new_marks, |a, b| self.alike(slots[old[stay + a]].value, &items[stay + b]));
        let rest = rest.into_iter().map(|pair| pair.map(|item| stay + item));
        let pairs: Vec<Option<usize>> = (0..stay).map(Some).chain(rest).collect();

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
                        _ if taken < stay || self.stays(target, &items[item]) => false,
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

    /// Nothing is to change in a value of the source. It may also be false when only the order of keys differs.
    fn stays(&self, id: Id, value: &Value) -> bool {
        // Where no edit went into it, none went into what is below.
        self.tree.node(id).is_none() && says(self.tree.base, id, value).is_some()
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
            (Kind::Array, Value::Array(items)) => {
                let slots = self.tree.slots(id);
                live(&slots).count() == items.len()
                    && live(&slots).zip(items).all(|(at, item)| self.same(slots[at].value, item))
            }
            (Kind::Object, Value::Object(map)) => {
                let slots = self.tree.slots(id);
                let last = last_of_each(&slots);
                !live(&slots).any(|at| slots[at].key.halves)
                    && last.len() == map.len()
                    && map.iter().all(|(key, item)| last.get(key.as_str()).is_some_and(|&id| self.same(id, item)))
            }
            (kind, value) => same_scalar(&kind, value),
        }
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
                if let Some((at, _)) = find_in(&slots, None, "id")
                    && let Kind::String(_) = self.tree.kind(slots[at].value)
                {
                    return hash(7, &self.mark(slots[at].value));
                }
                let last = last_of_each(&slots);
                let sum = last.iter().map(|(key, &id)| hash(8, &(*key, self.mark(id))));
                hash(5, &sum.fold(0, u64::wrapping_add))
            }
        }
    }
}

fn same_scalar(kind: &Kind<'_>, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Null, Value::Null) => true,
        (Kind::Bool(a), Value::Bool(b)) => a == b,
        (Kind::Number(a), Value::Number(b)) => a.same(Number::from_json(b)),
        (Kind::String(a), Value::String(b)) => a.is(b),
        _ => false,
    }
}

/// Where a value of the source ends that is equal to `value` and has its keys in the same order.
fn says(source: Tree<'_>, id: Id, value: &Value) -> Option<usize> {
    let mut members = source.members(id);
    let (token, end) = source.token(id);
    match (token.kind(), value) {
        (Kind::Array, Value::Array(items)) => {
            for item in items {
                let head = members.head()?;
                members.tail(says(source, head.value, item)?);
            }
        }
        (Kind::Object, Value::Object(map)) => {
            for (key, item) in map {
                let head = members.head().filter(|head| head.key.is(key))?;
                members.tail(says(source, head.value, item)?);
            }
        }
        (kind, value) => return same_scalar(&kind, value).then_some(end),
    }
    members.head().is_none().then(|| members.end())
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
