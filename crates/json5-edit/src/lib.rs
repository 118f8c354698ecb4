//! Edits JSON5 without losing a byte: only the text of what changes changes. Comments, order, quotes,
//! commas, indentation and line ends of everything else stay.
//!
//! New text follows the style around it: first what the neighbours in its container do, then what is
//! most frequent in the document, else strict JSON with two spaces, as OpenClaw writes it. A document
//! with nothing in it gets small objects and arrays on one line, as OpenClaw's documentation has them.
//! A one-line object stays on its line until that would grow too long. A new member goes after the last
//! one, and after the comments that follow it; a removed member takes its line and the comments on that
//! line along, while comments above it stay.
//!
//! [`Document::edit`] proves its result before handing it out: an independent parser reads it, its
//! value is the old value with the change, and every byte outside the edited places is still there.

mod diff;
mod edit;
mod error;
mod lexer;
mod number;
mod parse;
mod proof;
mod style;
mod tree;
mod unicode;

pub use diff::{edits, edits_below, edits_beside, same};
pub use edit::lazy::Lazy;
pub use error::{EditError, Found, SyntaxError, SyntaxKind, Unproven};
pub use tree::MAX_DEPTH;

use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;
use tree::{Id, Kind, Span, Tree};

/// A JSON5 text. It takes little more memory than its text: what is in it is read when asked for.
#[derive(Clone, Debug)]
pub struct Document {
    text: Arc<String>,
    /// See [`Tree::containers`].
    containers: Vec<Span>,
}

/// An item of an array in a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Item(Id);

/// One step of a path into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// An element of an array, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<String> for Step {
    fn from(key: String) -> Self {
        Step::Key(key)
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// The path of a dotted list of keys, `models.providers.chutes`; `list[0]` is an index. For keys that
/// hold a dot or a bracket, use [`keys`].
pub fn path(dotted: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for part in dotted.split('.').filter(|part| !part.is_empty()) {
        let (key, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if !key.is_empty() {
            steps.push(Step::from(key));
        }
        while let Some((index, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            steps.push(index.parse().map_or_else(|_| Step::from(index), Step::Index));
            rest = after;
        }
    }
    steps
}

/// The path of keys taken as they are.
pub fn keys<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Vec<Step> {
    keys.into_iter().map(|key| Step::from(key.as_ref())).collect()
}

/// A path for people: `models.providers.chutes.models[0]`, keys with other characters in brackets:
/// `agents.defaults.models["chutes/x"]`.
pub fn display(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Key(key) if tree::is_plain_key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
            Step::Key(key) => out.push_str(&format!("[{}]", Value::from(key.as_str()))),
        }
    }
    out
}

/// One change of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit<'v> {
    /// Missing parents are created. Over an object or array, what is equal keeps its bytes; members
    /// that the new value lacks are removed. [`Step::Index`] of the length appends.
    Set {
        /// Where. Empty: the whole document.
        path: Vec<Step>,
        /// What stands there afterwards.
        value: New<'v>,
    },
    /// Nothing happens when the path is absent.
    Remove {
        /// What to remove.
        path: Vec<Step>,
    },
}

/// What an edit brings.
#[derive(Clone, Debug, PartialEq)]
pub enum New<'v> {
    /// A value that is there already.
    Value(Cow<'v, Value>),
    /// A container made item by item, so that a long one is never held in memory as a whole.
    Lazy(&'v Lazy<'v>),
}

impl Edit<'_> {
    /// [`Edit::Set`] with a value of its own.
    pub fn set(path: Vec<Step>, value: impl Into<Value>) -> Edit<'static> {
        Edit::Set { path, value: New::Value(Cow::Owned(value.into())) }
    }

    /// [`Edit::Remove`].
    pub fn remove(path: Vec<Step>) -> Edit<'static> {
        Edit::Remove { path }
    }

    /// Where the edit applies.
    pub fn path(&self) -> &[Step] {
        match self {
            Edit::Set { path, .. } | Edit::Remove { path } => path,
        }
    }
}

/// True if the `json5` crate parses `text` to the value that these edits give on an empty document; the
/// first edit has an empty path. It may also be false because that parser refuses a spelling that OpenClaw's accepts, or
/// because JSON cannot say what the text does (NaN).
pub fn says(text: &str, edits: &[Edit<'_>]) -> bool {
    proof::says(text, edits)
}

impl Document {
    /// Reads a text. The document keeps it as it is.
    pub fn parse(text: impl Into<String>) -> Result<Document, SyntaxError> {
        Self::of(Arc::new(text.into()))
    }

    /// [`Document::parse`] for a text that others have, too.
    pub fn of(text: Arc<String>) -> Result<Document, SyntaxError> {
        Ok(Document { containers: parse::parse(&text)?, text })
    }

    /// What a missing file starts as: edits on it give strict JSON with two spaces, quoted keys, small
    /// objects and arrays on one line, and a newline at the end.
    pub fn empty() -> Document {
        Document { text: Arc::new("{}\n".to_owned()), containers: Vec::new() }
    }

    /// The text, as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn tree(&self) -> Tree<'_> {
        Tree { text: &self.text, containers: &self.containers }
    }

    /// The whole value. Of a key written twice the last one counts; NaN and the infinities are null;
    /// half a surrogate pair is U+FFFD.
    pub fn value(&self) -> Value {
        self.tree().value(self.tree().root())
    }

    /// [`Document::value`], with nothing in the array at `path`.
    pub fn value_without(&self, path: &[Step]) -> Value {
        let tree = self.tree();
        let left_out = self.find(path).filter(|&id| matches!(tree.kind(id), Kind::Array));
        tree.value_without(tree.root(), left_out)
    }

    /// Where the items of the array at `path` stand, for [`Document::read`]. None: there is no array.
    pub fn items(&self, path: &[Step]) -> Option<Vec<Item>> {
        let tree = self.tree();
        let id = self.find(path).filter(|&id| matches!(tree.kind(id), Kind::Array))?;
        let mut items: Vec<Item> = tree.members(id).map(|member| Item(member.head.value)).collect();
        items.shrink_to_fit();
        Some(items)
    }

    /// The value of an item, read as in [`Document::value`].
    pub fn read(&self, item: Item) -> Value {
        self.tree().value(item.0)
    }

    /// The keys of the object at `path`.
    pub fn members(&self, path: &[Step]) -> Vec<String> {
        let object = self.find(path).filter(|&id| matches!(self.tree().kind(id), Kind::Object));
        let members = object.into_iter().flat_map(|id| self.tree().members(id));
        members.map(|member| member.head.key.shown()).collect()
    }

    /// Whether the key is anywhere in the document.
    pub fn has_key(&self, key: &str) -> bool {
        self.tree().end_without(self.tree().root(), key).is_none()
    }

    /// The value at `path`, read as in [`Document::value`].
    pub fn get(&self, path: &[Step]) -> Option<Value> {
        self.find(path).map(|id| self.tree().value(id))
    }

    /// Line and column (from 1, in characters) of the value at `path`.
    pub fn position(&self, path: &[Step]) -> Option<(usize, usize)> {
        Some(tree::position(&self.text, self.find(path)?))
    }

    /// How many steps of each path are there. An object that has no key but `stand_in` counts as not there.
    pub fn depths<'p>(&self, paths: impl IntoIterator<Item = &'p [Step]>, stand_in: &str) -> Vec<usize> {
        let mut editor = edit::Editor::new(self.tree());
        paths.into_iter().map(|path| editor.depth(path, stand_in)).collect()
    }

    fn find(&self, path: &[Step]) -> Option<Id> {
        path.iter().try_fold(self.tree().root(), |id, step| self.below(id, step))
    }

    fn below(&self, id: Id, step: &Step) -> Option<Id> {
        let tree = self.tree();
        let member = match (step, tree.kind(id)) {
            (Step::Key(key), Kind::Object) => tree.members(id).filter(|member| member.head.key.is(key)).last(),
            (Step::Index(index), Kind::Array) => tree.members(id).nth(*index),
            _ => None,
        };
        member.map(|member| member.head.value)
    }

    /// The whole text after the edits, made one after another. All of them or none.
    pub fn edit(&self, edits: &[Edit<'_>]) -> Result<String, EditError> {
        let before = self.tree();
        let mut editor = edit::Editor::new(before);
        for edit in edits {
            match edit {
                Edit::Set { path, value } => editor.set(path, value)?,
                Edit::Remove { path } => editor.remove(path)?,
            }
        }
        let after = editor.finish();
        if !after.is_touched(after.root) {
            return Ok(self.text.to_string());
        }
        let out = style::render::render(before, &after);
        drop(after);
        proof::prove(before, edits, &out).map_err(EditError::Unproven)?;
        Ok(out.text)
    }
}
