//! How the author of a document writes: what new text should look like.

use crate::tree::{Head, Id, Place, Span, Tree, is_plain_key};
use crate::unicode::is_line_end;

/// The habits of a whole document. A container's own habits go before them.
#[derive(Clone, Debug)]
pub(crate) struct Habits {
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
pub(crate) struct Vote(isize);

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
pub(crate) struct Ballot<'t>(Vec<(&'t str, usize)>);

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

    /// A vote that comes before all others so far.
    fn cast_before(&mut self, text: &'t str) {
        match self.0.iter().position(|(other, _)| *other == text) {
            Some(known) => self.0[..=known].rotate_right(1),
            None => self.0.insert(0, (text, 0)),
        }
        self.0[0].1 += 1;
        self.0.truncate(Self::MOST);
    }

    pub fn result(&self) -> Option<&'t str> {
        self.0.iter().rev().max_by_key(|(_, votes)| *votes).map(|(text, _)| *text)
    }

    pub fn is_unanimous(&self) -> bool {
        self.0.len() == 1
    }
}

impl Habits {
    pub fn of(tree: Tree<'_>) -> Habits {
        let text = tree.text;
        let is_new = tree.is_empty(tree.root());
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
        if !is_new {
            habits.multi = has_line_end(tree.span(tree.root()).of(text));
        }
        let mut votes = Votes::default();
        votes.value(tree, tree.root(), line_indent(text, tree.root()), &mut Vec::new());
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
    /// A value, after those inside it; where it ends. `outer`: how the line is indented that it stands on;
    /// `around`: the members before it in the containers around.
    fn value(&mut self, tree: Tree<'t>, id: Id, outer: &'t str, around: &mut Vec<Place>) -> usize {
        if !tree.is_container(id) {
            if let Some(quote @ (b'"' | b'\'')) = tree.text.as_bytes().get(id) {
                self.single_strings.cast(*quote == b'\'');
            }
            return tree.end(id);
        }
        let outside = around.len();
        let mut members = tree.members(id);
        let mut before = id;
        while let Some(head) = members.head() {
            self.key(tree.text, &head);
            let start = head.span.start;
            let own_line = tree.is_container(head.value) && has_line_end(&tree.text[before..start]);
            let inner = if own_line { line_indent(tree.text, start) } else { outer };
            before = self.value(tree, head.value, inner, around);
            let comma = members.tail(before);
            around.push(Place { key: head.span, value: Span::new(head.value, before), comma });
        }
        self.container(tree, id, outer, &around[outside..]);
        around.truncate(outside);
        members.end()
    }

    fn key(&mut self, text: &str, head: &Head<'_>) {
        let quoted = match text.as_bytes().get(head.span.start) {
            _ if head.span.is_empty() => return,
            Some(b'"') => Some(false),
            Some(b'\'') => Some(true),
            _ => None,
        };
        if let Some(single) = quoted {
            self.single_keys.cast(single);
        }
        if is_plain_key(&head.key.text) {
            self.bare_keys.cast(quoted.is_none());
        }
    }

    fn container(&mut self, tree: Tree<'t>, id: Id, outer: &str, places: &[Place]) {
        let text = tree.text;
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        let object = text[id..].starts_with('{');
        let mut multi = false;
        // One level of indentation is what a member's line has more than the line its container opens on.
        for at in (0..places.len()).rev() {
            let before = at.checked_sub(1).map_or(id, |before| places[before].value.end);
            let start = places[at].start();
            if has_line_end(&text[before..start]) {
                multi = true;
                if let Some(unit) = line_indent(text, start).strip_prefix(outer).filter(|unit| !unit.is_empty()) {
                    self.units.cast_before(unit);
                }
            }
        }
        match multi {
            true => self.trailing_multi.cast(last.comma.is_some()),
            false => {
                self.trailing_inline.cast(last.comma.is_some());
                let pads = if object { &mut self.object_pads } else { &mut self.array_pads };
                cast_blank(pads, &text[id + 1..first.start()]);
                for two in places.windows(2) {
                    if let Some(comma) = two[0].comma {
                        let between = &text[comma..two[1].start()];
                        if is_blank(&between[1..]) {
                            self.commas.cast(between);
                        }
                    }
                }
            }
        }
        if places.iter().all(|place| tree.is_empty(place.value.start)) {
            let votes = if object { &mut self.inline_objects } else { &mut self.inline_arrays };
            votes.cast(!multi);
        }
        for place in places.iter().filter(|_| object) {
            let colon = &text[place.key.end..place.value.start];
            if is_colon(colon) {
                self.colons.cast(colon);
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
pub(crate) fn is_colon(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b':'))
}

pub(crate) fn has_line_end(text: &str) -> bool {
    let bytes = text.as_bytes();
    // LS and PS begin with the same two bytes.
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'\n' | b'\r' => true,
        0xe2 => matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])),
        _ => false,
    })
}

/// The spaces and tabs that begin the line of `at`.
pub(crate) fn line_indent(text: &str, at: usize) -> &str {
    let blanks = text.as_bytes()[..at].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    // Most often nothing else comes before it.
    if text[..at - blanks].ends_with(['\n', '\r']) {
        return &text[at - blanks..at];
    }
    let start = text[..at].char_indices().rev().find(|(_, c)| is_line_end(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    blank_prefix(&text[start..])
}

pub(crate) fn blank_prefix(text: &str) -> &str {
    &text[..text.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()]
}

/// The line end most lines have.
fn eol(text: &str) -> &'static str {
    if !text.contains('\r') {
        return "\n";
    }
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
