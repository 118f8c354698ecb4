//! How the author of a document writes: what new text should look like.

use super::tree::{Kind, Node, Slot, Tree, is_plain_key};
use super::unicode::is_line_end;

/// The habits of a whole document. A container's own habits go before them.
#[derive(Clone, Debug)]
pub(super) struct Habits {
    /// The document is written over several lines (or holds nothing yet).
    pub multi: bool,
    pub eol: &'static str,
    /// One level of indentation.
    pub unit: String,
    pub key_quote: char,
    pub string_quote: char,
    /// Keys go without quotes where they can.
    pub bare_keys: bool,
    /// From key to value: `: `.
    pub colon: String,
    /// Inside the braces of a one-line object, and the brackets of a one-line array.
    pub object_pad: String,
    pub array_pad: String,
    /// Between members on one line: `, `.
    pub comma: String,
    /// A comma after the last member, over several lines and on one.
    pub trailing_multi: bool,
    pub trailing_inline: bool,
    /// Small objects and arrays, with nothing nested, stand on one line.
    pub inline_objects: bool,
    pub inline_arrays: bool,
}

/// Yes or no, the more frequent wins.
#[derive(Default, Clone, Copy)]
pub(super) struct Vote(isize);

impl Vote {
    pub fn cast(&mut self, yes: bool) {
        self.0 += if yes { 1 } else { -1 };
    }
    pub fn result(self, otherwise: bool) -> bool {
        match self.0 {
            0 => otherwise,
            votes => votes > 0,
        }
    }
}

/// The most frequent of several texts; the earlier one when equal.
#[derive(Default)]
pub(super) struct Ballot<'t>(Vec<(&'t str, usize)>);

impl<'t> Ballot<'t> {
    /// Past this many different texts there is no habit to find.
    const MOST: usize = 16;

    pub fn cast(&mut self, text: &'t str) {
        if let Some((_, votes)) = self.0.iter_mut().find(|(other, _)| *other == text) {
            *votes += 1;
        } else if self.0.len() < Self::MOST {
            self.0.push((text, 1));
        }
    }

    pub fn result(&self) -> Option<&'t str> {
        self.0.iter().rev().max_by_key(|(_, votes)| *votes).map(|(text, _)| *text)
    }

    pub fn is_unanimous(&self) -> bool {
        self.0.len() == 1
    }
}

impl Habits {
    pub fn of(text: &str, tree: &Tree) -> Habits {
        let is_new = tree.slots(tree.root).is_empty();
        let mut habits = Habits {
            multi: true,
            eol: eol(text),
            unit: "  ".to_owned(),
            key_quote: '"',
            string_quote: '"',
            bare_keys: false,
            colon: ": ".to_owned(),
            object_pad: " ".to_owned(),
            array_pad: String::new(),
            comma: ", ".to_owned(),
            trailing_multi: false,
            trailing_inline: false,
            // With nothing to go by, as OpenClaw's documentation has it.
            inline_objects: is_new,
            inline_arrays: is_new,
        };
        if let Some(span) = tree.node(tree.root).span
            && !is_new
        {
            habits.multi = has_line_end(span.of(text));
        }
        let mut votes = Votes::default();
        for node in &tree.nodes {
            votes.node(text, tree, node);
        }
        votes.indent(text, tree);
        votes.settle(&mut habits);
        habits
    }
}

#[derive(Default)]
struct Votes<'t> {
    units: Ballot<'t>,
    colons: Ballot<'t>,
    commas: Ballot<'t>,
    object_pads: Ballot<'t>,
    array_pads: Ballot<'t>,
    single_keys: Vote,
    single_strings: Vote,
    bare_keys: Vote,
    trailing_multi: Vote,
    trailing_inline: Vote,
    inline_objects: Vote,
    inline_arrays: Vote,
}

impl<'t> Votes<'t> {
    fn node(&mut self, text: &'t str, tree: &Tree, node: &Node) {
        let Some(span) = node.span else { return };
        let (slots, object) = match &node.kind {
            Kind::String(_) => return self.single_strings.cast(span.of(text).starts_with('\'')),
            Kind::Array(slots) => (slots, false),
            Kind::Object(slots) => (slots, true),
            _ => return,
        };
        let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return };
        let multi = has_line_end(&text[span.start..first.place.whole.start])
            || slots.windows(2).any(|two| has_line_end(&text[two[0].place.whole.end..two[1].place.whole.start]));
        match multi {
            true => self.trailing_multi.cast(last.place.comma.is_some()),
            false => {
                self.trailing_inline.cast(last.place.comma.is_some());
                let pads = if object { &mut self.object_pads } else { &mut self.array_pads };
                cast_blank(pads, &text[span.start + 1..first.place.whole.start]);
                for two in slots.windows(2) {
                    if let Some(comma) = two[0].place.comma {
                        let between = &text[comma..two[1].place.whole.start];
                        if is_blank(&between[1..]) {
                            self.commas.cast(between);
                        }
                    }
                }
            }
        }
        if slots.iter().all(|slot| tree.slots(slot.value).is_empty()) {
            let votes = if object { &mut self.inline_objects } else { &mut self.inline_arrays };
            votes.cast(!multi);
        }
        if object {
            for slot in slots {
                self.key(text, slot);
            }
        }
    }

    fn key(&mut self, text: &'t str, slot: &Slot) {
        let place = slot.place;
        let bare = match text.as_bytes()[place.whole.start] {
            b'"' => Some(false),
            b'\'' => Some(true),
            _ => None,
        };
        if let Some(single) = bare {
            self.single_keys.cast(single);
        }
        if is_plain_key(&slot.key.text) {
            self.bare_keys.cast(bare.is_none());
        }
        let colon = &text[place.key_end..place.value.start];
        if is_colon(colon) {
            self.colons.cast(colon);
        }
    }

    /// One level of indentation is what a member's line has more than the line its container opens on.
    fn indent(&mut self, text: &'t str, tree: &Tree) {
        let mut todo = vec![(tree.root, line_indent(text, tree.node(tree.root).span.map_or(0, |span| span.start)))];
        while let Some((id, outer)) = todo.pop() {
            let Some(span) = tree.node(id).span else { continue };
            let mut before = span.start;
            for slot in tree.slots(id) {
                let start = slot.place.whole.start;
                let mut inner = outer;
                if has_line_end(&text[before..start]) {
                    inner = line_indent(text, start);
                    if let Some(unit) = inner.strip_prefix(outer).filter(|unit| !unit.is_empty()) {
                        self.units.cast(unit);
                    }
                }
                todo.push((slot.value, inner));
                before = slot.place.whole.end;
            }
        }
    }

    fn settle(self, habits: &mut Habits) {
        let own = |ballot: &Ballot, text: &mut String| {
            if let Some(winner) = ballot.result() {
                *text = winner.to_owned();
            }
        };
        own(&self.units, &mut habits.unit);
        own(&self.colons, &mut habits.colon);
        own(&self.commas, &mut habits.comma);
        own(&self.object_pads, &mut habits.object_pad);
        own(&self.array_pads, &mut habits.array_pad);
        if self.commas.0.is_empty() && habits.colon == ":" {
            habits.comma = ",".to_owned();
        }
        if self.object_pads.0.is_empty() && habits.colon == ":" {
            habits.object_pad = String::new();
        }
        let single_strings = self.single_strings.result(self.single_keys.result(false));
        let single_keys = self.single_keys.result(single_strings);
        let quote = |single| if single { '\'' } else { '"' };
        habits.string_quote = quote(single_strings);
        habits.key_quote = quote(single_keys);
        habits.bare_keys = self.bare_keys.result(false);
        habits.trailing_multi = self.trailing_multi.result(false);
        habits.trailing_inline = self.trailing_inline.result(false);
        habits.inline_objects = self.inline_objects.result(habits.inline_objects);
        habits.inline_arrays = self.inline_arrays.result(habits.inline_objects);
    }
}

fn cast_blank<'t>(ballot: &mut Ballot<'t>, text: &'t str) {
    if is_blank(text) {
        ballot.cast(text);
    }
}

/// Spaces and tabs only.
fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// A colon and nothing but blanks around it.
pub(super) fn is_colon(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b':'))
}

pub(super) fn has_line_end(text: &str) -> bool {
    let bytes = text.as_bytes();
    // LS and PS begin with the same two bytes.
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'\n' | b'\r' => true,
        0xe2 => matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])),
        _ => false,
    })
}

/// The spaces and tabs that begin the line of `at`.
pub(super) fn line_indent(text: &str, at: usize) -> &str {
    let start = text[..at].char_indices().rev().find(|(_, c)| is_line_end(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    blank_prefix(&text[start..])
}

pub(super) fn blank_prefix(text: &str) -> &str {
    &text[..text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()]
}

/// The line end most lines have.
fn eol(text: &str) -> &'static str {
    let crlf = text.matches("\r\n").count();
    let lf = text.bytes().filter(|&byte| byte == b'\n').count() - crlf;
    let cr = text.bytes().filter(|&byte| byte == b'\r').count() - crlf;
    match crlf.max(lf).max(cr) {
        0 => "\n",
        most if most == lf => "\n",
        most if most == crlf => "\r\n",
        _ => "\r",
    }
}
