//! How one container of the source is written, and so how new members in it are.

use crate::style::habits::{Ballot, Vote, blank_prefix, has_line_end, is_colon};
use crate::style::new_values::Fresh;
use crate::style::render::Render;
use crate::style::trivia::{Seats, cut};
use crate::tree::{Id, Kind, Place, Span, is_plain_key};
use crate::unicode::{is_line_end, is_space};

/// Lines that would grow longer than this are broken, in a document of several lines. Columns.
pub(crate) const LINE: usize = 100;
/// A one-line container stays on its line when it grows by no more than this; by [`LINE`] when its
/// author had made it long already.
const SLACK: usize = 40;

pub(crate) struct Layout {
    /// Members stand on lines of their own, indented by this; None: one after another on a line.
    pub indent: Option<String>,
    /// Every member moves to a line of its own, from a container that was on one line.
    pub explode: bool,
    pub trailing_comma: bool,
    /// Line end, indentation, comma and blanks, where commas begin the lines.
    pub comma_first: Option<String>,
    /// Between members on one line: `, `.
    comma: String,
    pub pad: String,
    pub keys: Keys,
    /// For new objects, and for arrays.
    objects: Shape,
    arrays: Shape,
}

/// On how many lines a new container goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// On the line it is on, however long.
    Line,
    /// On one line if it takes no more columns than this, as its neighbours do.
    Beside(usize),
    /// Over several, as its neighbours.
    Lines,
    /// As elsewhere in the document.
    Free,
}

pub(crate) struct Keys {
    pub bare: bool,
    pub quote: char,
    /// Empty in an array.
    pub colon: String,
}

impl Layout {
    pub fn shape(&self, kind: &Kind) -> Shape {
        if let Kind::Array = kind { self.arrays } else { self.objects }
    }

    /// Between the comma and the next member on the line.
    pub fn space(&self) -> &str {
        self.comma.strip_prefix(',').unwrap_or_default()
    }
}

impl Render<'_, '_> {
    pub(crate) fn layout(&self, id: Id, span: Span, old: &[Place], seats: &Seats) -> Layout {
        let habits = &self.habits;
        let object = matches!(self.after.kind(id), Kind::Object);
        let one_line = !has_line_end(self.text(span));
        let explode = one_line && habits.multi && self.outgrows(id, span);
        let own_lines = match seats.seats.last() {
            Some(seat) => has_line_end(self.text(seat.lead)),
            None => has_line_end(self.text(seats.foot)),
        };
        let deeper = || self.out.indent() + &habits.unit;
        let indent = match (explode, own_lines) {
            (true, _) => Some(deeper()),
            (false, true) => Some(self.member_indent(seats).unwrap_or_else(deeper)),
            (false, false) => None,
        };
        let trailing_comma = match old.last() {
            Some(last) => last.comma.is_some() || (explode && habits.trailing_multi),
            None if indent.is_some() => habits.trailing_multi,
            None => habits.trailing_inline,
        };
        let between = |two: &[Place]| &self.source[two[0].comma.unwrap_or(two[0].value.end)..two[1].start()];
        let comma = old.windows(2).rev().map(between).find(|text| text[1..].bytes().all(|byte| byte == b' '));
        let last_two = old.windows(2).next_back().filter(|_| !trailing_comma && indent.is_none());
        let comma_first = last_two.map(|two| &self.source[two[0].value.end..two[1].start()]);
        let comma_first = comma_first.filter(|text| {
            text.chars().all(|c| c == ',' || is_space(c)) && text.split(',').next().is_some_and(has_line_end)
        });
        let shape = |open: u8| match (one_line && !explode, self.beside(old, open)) {
            (true, _) => Shape::Line,
            (false, Some(shape)) => shape,
            (false, None) if indent.is_none() => Shape::Beside(0),
            (false, None) => Shape::Free,
        };
        Layout {
            explode,
            trailing_comma,
            comma_first: comma_first.map(str::to_owned),
            comma: comma.unwrap_or(&habits.comma).to_owned(),
            pad: if object { habits.object_pad.clone() } else { habits.array_pad.clone() },
            keys: self.keys(old, object),
            objects: shape(b'{'),
            arrays: shape(b'['),
            indent,
        }
    }

    /// The indentation of the last member that begins a line, or of the last comment that does.
    fn member_indent(&self, seats: &Seats) -> Option<String> {
        let comments = self.text(cut(self.source, seats.foot).0);
        let leads = seats.seats.iter().rev().map(|seat| self.text(seat.lead));
        let line = leads.chain([comments]).find_map(|lead| Some(&lead[lead.rfind(is_line_end)?..]))?;
        Some(blank_prefix(line.trim_start_matches(is_line_end)).to_owned())
    }

    pub(crate) fn keys(&self, old: &[Place], object: bool) -> Keys {
        let habits = &self.habits;
        if !object {
            return Keys { bare: false, quote: '"', colon: String::new() };
        }
        let (mut bare, mut single) = (Vote::default(), Vote::default());
        let mut colons = Ballot::default();
        for &place in old {
            let spelt = self.source.as_bytes()[place.start()];
            let is_quoted = matches!(spelt, b'"' | b'\'');
            if is_quoted {
                single.cast(spelt == b'\'');
            }
            if is_plain_key(&self.before.key(place).text) {
                bare.cast(!is_quoted);
            }
            let between = &self.source[place.key.end..place.value.start];
            if is_colon(between) {
                colons.cast(between);
            }
        }
        let quote = if single.result(habits.key_quote == '\'') { '\'' } else { '"' };
        // Values set in a column give no rule for the next one.
        let colon = colons.result().filter(|_| colons.is_unanimous()).unwrap_or(&habits.colon);
        Keys { bare: bare.result(habits.bare_keys), quote, colon: colon.to_owned() }
    }

    /// How the last container beside the new member that opens with this bracket is written.
    fn beside(&self, old: &[Place], open: u8) -> Option<Shape> {
        let is_like =
            |value: Span| self.text(value).starts_with(char::from(open)) && !self.before.is_empty(value.start);
        let value = old.iter().rev().map(|place| place.value).find(|value| is_like(*value))?;
        match has_line_end(self.text(value)) {
            true => Some(Shape::Lines),
            false => Some(Shape::Beside(value.len())),
        }
    }

    /// Would this one-line container become too long for a line?
    fn outgrows(&self, id: Id, span: Span) -> bool {
        let grown = self.growth(id, LINE * 2);
        let width = self.out.column() + span.len();
        let slack = if width > LINE { LINE } else { SLACK };
        grown > slack && width + grown > LINE
    }

    /// About how many characters the edits add below a node of the source. Stops counting at `limit`.
    pub(crate) fn growth(&self, id: Id, limit: usize) -> usize {
        let mut sum = 0;
        let mut old = self.before.members(id);
        for slot in self.after.slots(id).iter() {
            let place = slot.origin.and_then(|_| old.next()).map(|member| member.place);
            if slot.gone {
                continue;
            }
            if sum > limit {
                break;
            }
            sum += match self.after.is_new(slot.value) {
                true => {
                    let replaced = place.map_or(0, |place| place.value.len());
                    let key = if place.is_none() { slot.key.text.len() + 6 } else { 0 };
                    (self.width(Fresh::Node(slot.value), limit - sum) + key).saturating_sub(replaced)
                }
                false if self.after.is_touched(slot.value) => self.growth(slot.value, limit - sum),
                false => 0,
            };
        }
        sum
    }
}
