//! The list of models as it arrives: cut into its entries while it comes, so that memory does not grow
//! with the answer, and read leniently.

use super::client::BadJson;
use super::model::{Model, Shared};
use super::row::{self, Row};
use serde::de::IgnoredAny;
use serde_json::error::Category;
use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Bytes looked at at a time.
const PIECE: usize = 16 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What a list of models held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// In the order of the list, one per id.
    pub models: Vec<Arc<Model>>,
    /// Entries that are no chat models, or have no id that a config can hold.
    pub skipped: usize,
    /// Ids in which OpenClaw would expand a variable of the environment, and send it to the service.
    pub left_out: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    #[error("not JSON: line {}, column {}", .0.line, .0.column)]
    Json(BadJson),
    #[error("there is no list of models in it")]
    NoList,
}

/// Read a whole answer of the models endpoint. Lenient within: a field of an odd type is unknown, an
/// entry without a usable id is skipped, the first of several entries with one id counts.
pub fn parse(body: &[u8]) -> Result<Listing, ParseError> {
    let mut reader = Reader::default();
    reader.read(body);
    reader.finish()
}

/// [`parse`] for an answer that comes in pieces of any size. Serde reads each value; where one ends and
/// what stands between them is looked after here.
#[derive(Default)]
pub struct Reader {
    /// What came and was not read yet; never more than a piece and one unfinished value.
    pending: Vec<u8>,
    /// How much of `pending` was read.
    at: usize,
    /// Bytes that an unfinished value must have before it is looked at again: looking at it whenever a
    /// few more have come would take a time that grows with the square of its length.
    enough: usize,
    next: Next,
    /// First byte of the answer that is not white space.
    start: Option<u8>,
    /// Lines before this place, and bytes before it on its line.
    line: usize,
    column: usize,
    entries: Option<Entries>,
    error: Option<ParseError>,
}

/// What can come next. `data`: of the member that has the list.
#[derive(Clone, Copy, Default, PartialEq)]
enum Next {
    #[default]
    Answer,
    FirstKey,
    Key,
    Colon {
        data: bool,
    },
    Value {
        data: bool,
    },
    FirstEntry,
    Entry,
    AfterEntry,
    AfterValue,
    End,
}

impl Reader {
    /// The next bytes of the answer.
    pub fn read(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            if self.error.is_some() {
                return;
            }
            self.pending.extend_from_slice(piece);
            self.error = self.advance(false).err();
            self.pending.drain(..self.at);
            self.at = 0;
        }
    }

    /// Models read so far.
    pub fn models(&self) -> usize {
        self.entries.as_ref().map_or(0, |entries| entries.listing.models.len())
    }

    /// The answer is over.
    pub fn finish(mut self) -> Result<Listing, ParseError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.advance(true)?;
        let mut listing = self.entries.ok_or(ParseError::NoList)?.listing;
        listing.models.shrink_to_fit();
        Ok(listing)
    }

    /// Reads what is pending, as far as that is possible. `all`: nothing more comes.
    fn advance(&mut self, all: bool) -> Result<(), ParseError> {
        while let Some(byte) = self.peek(all) {
            let (next, length) = match (self.next, byte) {
                (Next::Answer, b'{') => (Next::FirstKey, 1),
                (Next::Answer, b'[') => return Err(self.bad(Category::Data)),
                (Next::FirstKey | Next::AfterValue, b'}') => (Next::End, 1),
                (Next::FirstKey | Next::Key, byte) if byte != b'"' => return Err(self.bad(Category::Syntax)),
                (Next::Colon { data }, b':') => (Next::Value { data }, 1),
                (Next::Value { data: true }, b'[') => {
                    // The last of several members with that name counts.
                    self.entries = Some(Entries::default());
                    (Next::FirstEntry, 1)
                }
                (Next::FirstEntry | Next::AfterEntry, b']') => (Next::AfterValue, 1),
                (Next::AfterEntry, b',') => (Next::Entry, 1),
                (Next::AfterValue, b',') => (Next::Key, 1),
                (Next::Colon { .. } | Next::AfterEntry | Next::AfterValue | Next::End, _) => {
                    return Err(self.bad(Category::Syntax));
                }
                (
                    Next::Answer | Next::FirstKey | Next::Key | Next::Value { .. } | Next::FirstEntry | Next::Entry,
                    _,
                ) => {
                    let Some(length) = self.value(all)? else { return Ok(()) };
                    (self.take_value(length)?, length)
                }
            };
            self.pass(length);
            self.next = next;
        }
        if all && self.next != Next::End { Err(self.bad(Category::Eof)) } else { Ok(()) }
    }

    /// The byte that something begins with here; white space before it is passed.
    fn peek(&mut self, all: bool) -> Option<u8> {
        loop {
            let rest = &self.pending[self.at..];
            let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
            self.pass(spaces);
            let rest = &self.pending[self.at..];
            if self.next != Next::Answer {
                return rest.first().copied();
            }
            if rest.len() < BYTE_ORDER_MARK.len() && !all {
                return None;
            }
            if !rest.starts_with(BYTE_ORDER_MARK) {
                self.start = rest.first().copied();
                return self.start;
            }
            self.at += BYTE_ORDER_MARK.len();
        }
    }

    /// Length of the value that begins here; None while its end is not there.
    fn value(&mut self, all: bool) -> Result<Option<usize>, ParseError> {
        let rest = &self.pending[self.at..];
        if rest.len() < self.enough && !all {
            return Ok(None);
        }
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        match values.next() {
            // A number may go on after the last byte that is there.
            Some(Ok(_)) if all || values.byte_offset() < rest.len() => {
                self.enough = 0;
                Ok(Some(values.byte_offset()))
            }
            // One found at the very end may be nothing but the end, whatever Serde calls it.
            Some(Err(error)) if all || (error.line(), error.column()) != end_of(rest) => {
                let column = if error.line() == 1 { self.column } else { 0 } + error.column();
                let line = self.line + error.line();
                Err(ParseError::Json(BadJson { start: self.start, category: error.classify(), line, column }))
            }
            _ => {
                self.enough = rest.len() * 2;
                Ok(None)
            }
        }
    }

    /// Takes over a value of that length. What can come after it.
    fn take_value(&mut self, length: usize) -> Result<Next, ParseError> {
        let text = String::from_utf8_lossy(&self.pending[self.at..self.at + length]);
        match self.next {
            Next::FirstKey | Next::Key => {
                let key: Option<String> = serde_json::from_str(&text).ok();
                Ok(Next::Colon { data: key.as_deref() == Some("data") })
            }
            Next::Value { data } => {
                if data {
                    self.entries = None;
                }
                Ok(Next::AfterValue)
            }
            Next::FirstEntry | Next::Entry => {
                let row = row::read(&text);
                self.entries.get_or_insert_default().add(row);
                Ok(Next::AfterEntry)
            }
            _ => Err(self.bad(Category::Data)),
        }
    }

    fn pass(&mut self, length: usize) {
        let passed = &self.pending[self.at..self.at + length];
        let (line, column) = end_of(passed);
        self.column = if line == 1 { self.column + column } else { column };
        self.line += line - 1;
        self.at += length;
    }

    /// What is wrong at this place.
    fn bad(&self, category: Category) -> ParseError {
        ParseError::Json(BadJson { start: self.start, category, line: self.line + 1, column: self.column + 1 })
    }
}

/// Line and column of the last byte; both from 1.
fn end_of(bytes: &[u8]) -> (usize, usize) {
    let mut lines = bytes.rsplit(|byte| *byte == b'\n');
    let column = lines.next().map_or(0, <[u8]>::len);
    (1 + lines.count(), column)
}

/// The entries of a list, on the way to a [`Listing`].
#[derive(Default)]
struct Entries {
    listing: Listing,
    seen: HashSet<ById>,
    shared: Shared,
}

impl Entries {
    fn add(&mut self, row: Row) {
        match row {
            Row::NotChat | Row::Unusable => self.listing.skipped += 1,
            Row::Template(id) if self.listing.left_out.contains(&id) => {}
            Row::Template(id) => self.listing.left_out.push(id),
            Row::Model(model) if self.seen.contains(&*model.id) => {}
            Row::Model(model) => {
                let model = self.shared.share(*model);
                self.seen.insert(ById(model.clone()));
                self.listing.models.push(model);
            }
        }
    }
}

/// A model that is found by its id.
struct ById(Arc<Model>);

impl Borrow<str> for ById {
    fn borrow(&self) -> &str {
        &self.0.id
    }
}

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for ById {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::num::NonZeroU64;

    const AUGUST: &[u8] = include_bytes!("../../tests/data/chutes-models-2026-08-22.json");

    fn cut(body: &[u8], sizes: impl IntoIterator<Item = usize>) -> Result<Listing, ParseError> {
        let mut reader = Reader::default();
        let mut rest = body;
        for size in sizes {
            let (piece, after) = rest.split_at(size.min(rest.len()));
            reader.read(piece);
            rest = after;
        }
        reader.read(rest);
        reader.finish()
    }

    fn bad(body: &[u8]) -> Option<BadJson> {
        let errors = [parse(body), cut(body, body.iter().map(|_| 1))].map(Result::err);
        let [whole, pieces] = errors.map(|error| match error {
            Some(ParseError::Json(bad)) => Some(bad),
            _ => None,
        });
        assert_eq!(whole, pieces);
        whole
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_an_answer_is_cut(sizes in prop::collection::vec(0..700_usize, 0..60)) {
            prop_assert_eq!(cut(AUGUST, sizes).unwrap(), parse(AUGUST).unwrap());
        }
    }

    #[test]
    fn every_single_byte_may_come_alone() {
        let one = |body: &[u8]| cut(body, body.iter().map(|_| 1)).unwrap();
        assert_eq!(one(AUGUST), parse(AUGUST).unwrap());
        // A mark, numbers and words that a cut leaves with another meaning, and bytes of no text.
        let body =
            b"\xef\xbb\xbf {\"n\":-1.5e-3, \"d\\u0061ta\":[{\"id\":\"a\xff\",\"context_length\":12e2},12,null ] }\n";
        let listing = one(body);
        assert_eq!((listing.models.len(), listing.skipped), (1, 2));
        assert_eq!((&*listing.models[0].id, listing.models[0].context), ("a\u{fffd}", NonZeroU64::new(1200)));
    }

    #[test]
    fn memory_and_time_do_not_grow_with_the_answer() {
        let mut reader = Reader::default();
        reader.read(b"{\"data\":[");
        for n in 0..5000 {
            reader.read(format!("{{\"id\":\"m{n}\",\"text\":\"{}\"}},\n", "x".repeat(2000)).as_bytes());
        }
        assert_eq!(reader.models(), 5000);
        assert!(reader.pending.capacity() <= 4 * PIECE, "{}", reader.pending.capacity());
        // Looked at whenever a byte comes, this would take minutes.
        let long = format!("{{\"data\":[\"{}\"]}}", "x".repeat(1 << 20));
        assert_eq!(cut(long.as_bytes(), long.bytes().map(|_| 1)).unwrap().skipped, 1);
    }

    #[test]
    fn the_last_of_several_lists_counts() {
        let ids = |body: &str| parse(body.as_bytes()).map(|l| l.models.iter().map(|m| m.id.to_string()).collect());
        let two = ids(r#"{"data":[{"id":"a"},{"id":"b"}],"data":[{"id":"b"}]}"#);
        assert_eq!(two.ok(), Some(vec!["b".to_owned()]));
        let gone: Result<Vec<String>, _> = ids(r#"{"data":[{"id":"a"}],"data":1e999}"#);
        assert!(matches!(gone, Err(ParseError::NoList)));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        use Category::{Data, Eof, Syntax};
        for (body, start, category, line, column) in [
            ("{\"data\":[}", '{', Syntax, 1, 10),
            (" {\n \"data\": [{\"id\": tru}]}", '{', Syntax, 2, 21),
            ("{\"data\":[1 2]}", '{', Syntax, 1, 12),
            ("{\"data\":[1,]}", '{', Syntax, 1, 12),
            ("{\"data\":[1.]}", '{', Syntax, 1, 12),
            ("{\"data\":[]\n,}", '{', Syntax, 2, 2),
            ("{\"data\" []}", '{', Syntax, 1, 9),
            ("{data:[]}", '{', Syntax, 1, 2),
            ("{\"data\":[]}\n\n x", '{', Syntax, 3, 2),
            ("{\"data\":[{\"id\":\"a\"},", '{', Eof, 1, 21),
            ("{\"data\":[{\"id\":\"a", '{', Eof, 1, 17),
            ("[{\"id\":\"a\"}]", '[', Data, 1, 1),
            ("7", '7', Data, 1, 1),
            ("\n<html>", '<', Syntax, 2, 1),
            ("soon", 's', Syntax, 1, 1),
        ] {
            let expected = BadJson { start: Some(start as u8), category, line, column };
            assert_eq!(bad(body.as_bytes()), Some(expected), "{body}");
        }
        for nothing in ["", " \n", "\u{feff}"] {
            assert_eq!(bad(nothing.as_bytes()).and_then(|bad| bad.start), None, "{nothing:?}");
        }
        assert!(bad(b"{}").is_none() && matches!(parse(b"{}"), Err(ParseError::NoList)));
    }
}
