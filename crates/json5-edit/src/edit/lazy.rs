//! New arrays and objects that need not be in memory as a whole.

use serde_json::{Map, Value};
use std::cell::OnceCell;
use std::fmt;

/// An array or object whose items are made each time they are looked at: a list of ten thousand models
/// takes no more memory than the longest of them.
pub struct Lazy<'v> {
    len: usize,
    /// None: an array.
    key: Option<Box<dyn Fn(usize) -> String + 'v>>,
    item: Box<dyn Fn(usize) -> Value + 'v>,
    whole: OnceCell<Value>,
}

impl<'v> Lazy<'v> {
    /// `item` gives the same value for the same index, below `len`, each time; none deeper than a document
    /// may be.
    pub fn array(len: usize, item: impl Fn(usize) -> Value + 'v) -> Self {
        Self { len, key: None, item: Box::new(item), whole: OnceCell::new() }
    }

    /// `key` gives no key twice.
    pub fn object(len: usize, key: impl Fn(usize) -> String + 'v, item: impl Fn(usize) -> Value + 'v) -> Self {
        Self { key: Some(Box::new(key)), ..Self::array(len, item) }
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if there are no items.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// True for an object, false for an array.
    pub fn is_object(&self) -> bool {
        self.key.is_some()
    }

    /// The key of an item; empty in an array.
    pub fn key(&self, at: usize) -> String {
        self.key.as_ref().map(|key| key(at)).unwrap_or_default()
    }

    /// The value of the item at this index, made now.
    pub fn item(&self, at: usize) -> Value {
        (self.item)(at)
    }

    /// All of it in memory after all, for a merge with what is there.
    pub fn whole(&self) -> &Value {
        self.whole.get_or_init(|| {
            let items = (0..self.len).map(|at| (self.key(at), self.item(at)));
            match self.is_object() {
                true => Value::Object(Map::from_iter(items)),
                false => items.map(|(_, item)| item).collect(),
            }
        })
    }
}

impl fmt::Debug for Lazy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.whole().fmt(f)
    }
}

impl PartialEq for Lazy<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.whole() == other.whole()
    }
}
