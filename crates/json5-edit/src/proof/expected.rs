//! What a document should mean after an edit: the old value with the change, worked out on values
//! alone, apart from the code that edits the text.

use crate::edit::lazy::Lazy;
use crate::tree::{Id, Kind, Member, Tree};
use crate::{Edit, New, Step};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// A wanted value. What no edit goes into is still the node of the source, or the value of the edit.
#[derive(Debug)]
pub(crate) enum Want<'v> {
    Old(Id),
    New(&'v Value),
    Lazy(&'v Lazy<'v>),
    Array(Vec<Want<'v>>),
    Object(Box<Members<'v>>),
}

#[derive(Debug, Default)]
pub(crate) struct Members<'v> {
    /// None: removed.
    pub list: Vec<(Cow<'v, str>, Option<Want<'v>>)>,
    /// Last place of each key, made when first needed.
    index: Option<HashMap<Cow<'v, str>, usize>>,
}

impl<'v> Want<'v> {
    pub fn after(tree: Tree<'v>, edits: &'v [Edit<'v>]) -> Self {
        let mut want = Want::Old(tree.root());
        for edit in edits {
            match edit {
                Edit::Set { path, value: New::Value(value) } => want.set(tree, path, Want::New(value)),
                Edit::Set { path, value: New::Lazy(lazy) } => want.set(tree, path, Want::Lazy(lazy)),
                Edit::Remove { path } => want.remove(tree, path),
            }
        }
        want
    }

    fn object(list: Vec<(Cow<'v, str>, Option<Want<'v>>)>) -> Self {
        Want::Object(Box::new(Members { list, index: None }))
    }

    /// Copies a container, one level deep, so that it can change.
    fn open(&mut self, tree: Tree<'v>) -> &mut Self {
        if let Want::Lazy(lazy) = *self {
            *self = Want::New(lazy.whole());
        }
        match *self {
            Want::Old(id) => match tree.kind(id) {
                Kind::Array => {
                    *self = Want::Array(tree.members(id).map(|member| Want::Old(member.head.value)).collect());
                }
                Kind::Object => {
                    let open = |Member { head, .. }: Member<'v>| (head.key.text, Some(Want::Old(head.value)));
                    *self = Want::object(tree.members(id).map(open).collect());
                }
                _ => {}
            },
            Want::New(Value::Array(items)) => *self = Want::Array(items.iter().map(Want::New).collect()),
            Want::New(Value::Object(map)) => {
                let list = map.iter().map(|(key, item)| (key.as_str().into(), Some(Want::New(item)))).collect();
                *self = Want::object(list);
            }
            _ => {}
        }
        self
    }

    /// What cannot be done is left alone: the editor has refused it before.
    fn set(&mut self, tree: Tree<'v>, path: &'v [Step], value: Want<'v>) {
        let mut here = self;
        for (at, step) in path.iter().enumerate() {
            let fresh = || match path.get(at + 1) {
                Some(Step::Key(_)) => Want::Object(Box::default()),
                Some(Step::Index(_)) => Want::Array(Vec::new()),
                None => Want::New(&Value::Null),
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

    fn remove(&mut self, tree: Tree<'v>, path: &[Step]) {
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

impl<'v> Members<'v> {
    pub fn at(&mut self, key: &str) -> Option<usize> {
        let list = &self.list;
        let index = self.index.get_or_insert_with(|| {
            let there = list.iter().enumerate().filter(|(_, (_, value))| value.is_some());
            there.map(|(at, (key, _))| (key.clone(), at)).collect()
        });
        index.get(key).copied()
    }

    fn get(&mut self, key: &str) -> Option<&mut Want<'v>> {
        let at = self.at(key)?;
        self.list.get_mut(at)?.1.as_mut()
    }

    fn entry(&mut self, key: &'v str, fresh: impl Fn() -> Want<'v>) -> Option<&mut Want<'v>> {
        if self.at(key).is_none() {
            let at = self.list.len();
            self.list.push((key.into(), Some(fresh())));
            self.index.get_or_insert_default().insert(key.into(), at);
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
