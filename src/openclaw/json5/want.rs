//! What a document should mean after an edit: the old value with the change, worked out on values
//! alone, apart from the code that edits the text.

use super::tree::{Id, Kind, Number, Tree};
use super::{Edit, Step};
use serde_json::Value;
use std::collections::HashMap;

/// A wanted value. What no edit goes into is still the node of the source.
#[derive(Debug)]
pub(super) enum Want {
    Old(Id),
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Want>),
    Object(Members),
}

#[derive(Debug, Default)]
pub(super) struct Members {
    /// None: removed.
    pub list: Vec<(String, Option<Want>)>,
    /// Last place of each key, made when first needed.
    index: Option<HashMap<String, usize>>,
}

impl Want {
    pub fn after(tree: &Tree, edits: &[Edit]) -> Want {
        let mut want = Want::Old(tree.root);
        for edit in edits {
            match edit {
                Edit::Set { path, value } => want.set(tree, path, Want::from_json(value)),
                Edit::Remove { path } => want.remove(tree, path),
            }
        }
        want
    }

    fn from_json(value: &Value) -> Want {
        match value {
            Value::Null => Want::Null,
            Value::Bool(bool) => Want::Bool(*bool),
            Value::Number(number) => Want::Number(Number::from_json(number)),
            Value::String(text) => Want::String(text.clone()),
            Value::Array(items) => Want::Array(items.iter().map(Want::from_json).collect()),
            Value::Object(map) => {
                let list = map.iter().map(|(key, item)| (key.clone(), Some(Want::from_json(item)))).collect();
                Want::Object(Members { list, index: None })
            }
        }
    }

    /// Copies a container of the source, one level deep, so that it can change.
    fn open(&mut self, tree: &Tree) -> &mut Want {
        if let Want::Old(id) = *self {
            match &tree.node(id).kind {
                Kind::Array(slots) => *self = Want::Array(slots.iter().map(|slot| Want::Old(slot.value)).collect()),
                Kind::Object(slots) => {
                    let member = |slot: &super::tree::Slot| (slot.key.text.to_string(), Some(Want::Old(slot.value)));
                    *self = Want::Object(Members { list: slots.iter().map(member).collect(), index: None });
                }
                _ => {}
            }
        }
        self
    }

    /// What cannot be done is left alone: the editor has refused it before.
    fn set(&mut self, tree: &Tree, path: &[Step], value: Want) {
        let mut here = self;
        for (at, step) in path.iter().enumerate() {
            let fresh = || match path.get(at + 1) {
                Some(Step::Key(_)) => Want::Object(Members::default()),
                Some(Step::Index(_)) => Want::Array(Vec::new()),
                None => Want::Null,
            };
            let below = match (step, here.open(tree)) {
                (Step::Key(key), Want::Object(members)) => members.entry(key, fresh),
                (Step::Index(index), Want::Array(items)) => {
                    if *index == items.len() {
                        items.push(fresh());
                    }
                    items.get_mut(*index)
                }
                _ => None,
            };
            match below {
                Some(below) => here = below,
                None => return,
            }
        }
        *here = value;
    }

    fn remove(&mut self, tree: &Tree, path: &[Step]) {
        let Some((last, parents)) = path.split_last() else { return };
        let mut here = self;
        for step in parents {
            let below = match (step, here.open(tree)) {
                (Step::Key(key), Want::Object(members)) => members.get(key),
                (Step::Index(index), Want::Array(items)) => items.get_mut(*index),
                _ => None,
            };
            match below {
                Some(below) => here = below,
                None => return,
            }
        }
        match (last, here.open(tree)) {
            (Step::Key(key), Want::Object(members)) => members.remove(key),
            (Step::Index(index), Want::Array(items)) if *index < items.len() => drop(items.remove(*index)),
            _ => {}
        }
    }
}

impl Members {
    pub fn at(&mut self, key: &str) -> Option<usize> {
        let list = &self.list;
        let index = self.index.get_or_insert_with(|| {
            let there = list.iter().enumerate().filter(|(_, (_, value))| value.is_some());
            there.map(|(at, (key, _))| (key.clone(), at)).collect()
        });
        index.get(key).copied()
    }

    fn get(&mut self, key: &str) -> Option<&mut Want> {
        let at = self.at(key)?;
        self.list.get_mut(at)?.1.as_mut()
    }

    fn entry(&mut self, key: &str, fresh: impl Fn() -> Want) -> Option<&mut Want> {
        if self.at(key).is_none() {
            let at = self.list.len();
            self.list.push((key.to_owned(), Some(fresh())));
            self.index.get_or_insert_default().insert(key.to_owned(), at);
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
}
