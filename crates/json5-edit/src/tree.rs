//! A document as a tree: its text, walked when somebody looks.

use crate::lexer::{Lexer, Token, skip_trivia};
use crate::number::Number;
use serde_json::Value;
use std::borrow::Cow;

/// Containers inside containers, at most. More is refused: nobody writes it, and it would eat the stack.
pub const MAX_DEPTH: usize = 256;

/// Bytes `start..end` of the source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
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
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
    pub fn len(self) -> usize {
        self.end - self.start
    }
}

/// Which value: where it begins in the source text, or what [`Edited::add`](crate::edit::overlay::Edited::add) gave.
pub(crate) type Id = usize;

#[derive(Clone, Debug)]
pub(crate) enum Kind<'t> {
    Null,
    Bool(bool),
    Number(Number),
    String(Text<'t>),
    Array,
    Object,
}

/// Text of a key or string. JavaScript strings may hold halves of surrogate pairs, which Rust's
/// cannot; each half is kept as a private-use character, and `halves` says so.
#[derive(Clone, Debug)]
pub(crate) struct Text<'t> {
    pub text: Cow<'t, str>,
    pub halves: bool,
}

/// Where a half pair `U+D800..=U+DFFF` is kept inside [`Text::text`].
pub(crate) const HALVES_AT: u32 = 0x10_f800;

impl<'t> Text<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text: Cow::Borrowed(text), halves: false }
    }

    /// Never true when the source has half a pair: no Rust string equals it.
    pub fn is(&self, other: &str) -> bool {
        !self.halves && self.text == other
    }

    /// For a reader: each half pair is shown as U+FFFD.
    pub fn shown(self) -> String {
        if !self.halves {
            return self.text.into_owned();
        }
        self.text.chars().map(|c| if u32::from(c) >= HALVES_AT { '\u{fffd}' } else { c }).collect()
    }
}

/// A member of an object, or an element of an array.
pub(crate) struct Member<'t> {
    pub head: Head<'t>,
    pub place: Place,
}

/// What a member begins with.
pub(crate) struct Head<'t> {
    /// Empty in an array.
    pub key: Text<'t>,
    /// Of the key, as in [`Place::key`].
    pub span: Span,
    pub value: Id,
}

/// Where a member stands in the source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Empty in an array, where the element begins.
    pub key: Span,
    pub value: Span,
    pub comma: Option<usize>,
}

impl Place {
    /// Of the key, or of the element itself.
    pub fn start(self) -> usize {
        self.key.start
    }
}

/// The source: a text that was parsed. Whatever there is to know of it is read from the text each time.
#[derive(Clone, Copy)]
pub(crate) struct Tree<'t> {
    pub text: &'t str,
    /// Where its containers are, in the order they begin, but for short ones that hold no other: those are
    /// read again where it matters.
    pub containers: &'t [Span],
}

impl<'t> Tree<'t> {
    pub fn root(self) -> Id {
        skip_trivia(self.text, 0).unwrap_or_default()
    }

    fn lexer(self, at: usize) -> Lexer<'t> {
        Lexer { text: self.text, at }
    }

    /// A scalar and where it ends, or which container opens here.
    pub fn token(self, id: Id) -> (Token<'t>, usize) {
        let mut lexer = self.lexer(id);
        let token = lexer.value().unwrap_or(Token::Null);
        (token, lexer.at)
    }

    pub fn kind(self, id: Id) -> Kind<'t> {
        self.token(id).0.kind()
    }

    pub fn is_container(self, id: Id) -> bool {
        matches!(self.text.as_bytes().get(id), Some(b'{' | b'['))
    }

    pub fn span(self, id: Id) -> Span {
        Span::new(id, self.end(id))
    }

    pub fn end(self, id: Id) -> usize {
        if !self.is_container(id) {
            return self.token(id).1;
        }
        if let Ok(found) = self.containers.binary_search_by_key(&id, |span| span.start) {
            return self.containers[found].end;
        }
        let mut members = self.members(id);
        while let Some(head) = members.head() {
            members.tail(self.end(head.value));
        }
        members.end()
    }

    /// What a container holds, in order; nothing in a scalar.
    pub fn members(self, id: Id) -> Members<'t> {
        let inside = if self.is_container(id) { id + 1 } else { self.text.len() };
        Members { tree: self, open: id, lexer: self.lexer(inside) }
    }

    pub fn is_empty(self, id: Id) -> bool {
        // In a scalar, what looks like a comment is none, and may go on for long.
        !self.is_container(id) || {
            let inside = skip_trivia(self.text, id + 1).unwrap_or_default();
            matches!(self.text.as_bytes().get(inside), Some(b'}' | b']'))
        }
    }

    pub fn key(self, place: Place) -> Text<'t> {
        match place.key.len() {
            0 => Text::new(""),
            _ => self.lexer(place.key.start).key().unwrap_or(Text::new("")),
        }
    }

    /// Where a value ends that has this key nowhere in it. None: it has.
    pub fn end_without(self, id: Id, key: &str) -> Option<usize> {
        if !self.is_container(id) {
            return Some(self.end(id));
        }
        let mut members = self.members(id);
        while let Some(head) = members.head() {
            if head.key.is(key) {
                return None;
            }
            members.tail(self.end_without(head.value, key)?);
        }
        Some(members.end())
    }

    /// Is it an object with this key, and no other?
    pub fn has_only(self, id: Id, key: &str) -> bool {
        let is_object = matches!(self.token(id).0, Token::Object);
        is_object && !self.is_empty(id) && self.members(id).all(|member| member.head.key.is(key))
    }

    pub fn value(self, id: Id) -> Value {
        self.value_without(id, None)
    }

    /// With nothing in the array `left_out`.
    pub fn value_without(self, id: Id, left_out: Option<Id>) -> Value {
        self.read(id, left_out, &mut Vec::new()).0
    }

    /// A value and where it ends. `around`: the members before it in the containers around, which wait there
    /// so that each container is made in its size.
    fn read(self, id: Id, left_out: Option<Id>, around: &mut Vec<(String, Value)>) -> (Value, usize) {
        if Some(id) == left_out {
            return (Value::Array(Vec::new()), self.end(id));
        }
        let outside = around.len();
        let mut members = self.members(id);
        while let Some(head) = members.head() {
            let (value, end) = self.read(head.value, left_out, around);
            members.tail(end);
            around.push((head.key.shown(), value));
        }
        let inside = around.drain(outside..);
        match self.token(id) {
            (Token::Null, end) => (Value::Null, end),
            (Token::Bool(bool), end) => (Value::Bool(bool), end),
            (Token::Number(spelt), end) => (Number::read(spelt).to_json(), end),
            (Token::String(text), end) => (Value::String(text.shown()), end),
            (Token::Array, _) => (inside.map(|(_, value)| value).collect(), members.end()),
            (Token::Object, _) => (Value::Object(inside.collect()), members.end()),
        }
    }
}

/// Goes through a container of the source. Whoever goes through the values as well takes heads and tails
/// in turn.
pub(crate) struct Members<'t> {
    tree: Tree<'t>,
    open: Id,
    lexer: Lexer<'t>,
}

impl<'t> Members<'t> {
    pub fn head(&mut self) -> Option<Head<'t>> {
        let (key, span) = self.lexer.member(self.open).ok()??;
        Some(Head { key, span, value: self.lexer.at })
    }

    /// What follows the value of the last head, which ends at `end`: where the comma is.
    pub fn tail(&mut self, end: usize) -> Option<usize> {
        self.lexer.at = end;
        self.lexer.comma(self.open).ok()?
    }

    /// Where the container ends, once there is no next.
    pub fn end(&self) -> usize {
        self.lexer.at + 1
    }
}

impl<'t> Iterator for Members<'t> {
    type Item = Member<'t>;

    fn next(&mut self) -> Option<Member<'t>> {
        let head = self.head()?;
        let end = self.tree.end(head.value);
        let comma = self.tail(end);
        let place = Place { key: head.span, value: Span::new(head.value, end), comma };
        Some(Member { head, place })
    }
}

/// True for a key that may stand without quotes, in letters everyone's parser agrees on.
pub(crate) fn is_plain_key(key: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'_');
    key.bytes().all(is_letter) && key.bytes().next().is_some_and(|byte| !byte.is_ascii_digit())
}

/// `(line, column)` of a byte offset, both from 1, the column in characters.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
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
