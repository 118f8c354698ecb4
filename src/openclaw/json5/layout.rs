//! How one container of the source is written, and so how new members in it are.

use super::fresh::Fresh;
use super::render::Render;
use super::seats::{Seats, cut};
use super::style::{Ballot, Vote, blank_prefix, has_line_end, is_colon};
use super::tree::{Id, Kind, Slot, Span, is_plain_key};
use super::unicode::{is_line_end, is_space};

/// Lines that would grow longer than this are broken, in a document of several lines. Columns.
pub(super) const LINE: usize = 100;
/// A one-line container stays on its line when it grows by no more than this; by [`LINE`] when its
/// author had made it long already.
const SLACK: usize = 40;

pub(super) struct Layout {
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
pub(super) enum Shape {
    /// On the line it is on, however long.
    Line,
    /// On one line if it takes no more columns than this, as its neighbours do.
    Beside(usize),
    /// Over several, as its neighbours.
    Lines,
    /// As elsewhere in the document.
    Free,
}

pub(super) struct Keys {
    pub bare: bool,
    pub quote: char,
    /// Empty in an array.
    pub colon: String,
}

impl Layout {
    pub fn shape(&self, kind: &Kind) -> Shape {
        if let Kind::Array(_) = kind { self.arrays } else { self.objects }
    }

    /// Between the comma and the next member on the line.
    pub fn space(&self) -> &str {
        self.comma.strip_prefix(',').unwrap_or_default()
    }
}

impl Render<'_, '_> {
    pub(super) fn layout(&self, id: Id, span: Span, old: &[Slot], seats: &Seats) -> Layout {
        let habits = &self.habits;
        let object = matches!(self.after.node(id).kind, Kind::Object(_));
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
            Some(last) => last.place.comma.is_some() || (explode && habits.trailing_multi),
            None if indent.is_some() => habits.trailing_multi,
            None => habits.trailing_inline,
        };
        let between =
            |two: &[Slot]| &self.source[two[0].place.comma.unwrap_or(two[0].place.whole.end)..two[1].place.whole.start];
        let comma = old.windows(2).rev().map(between).find(|text| text[1..].bytes().all(|byte| byte == b' '));
        let last_two = old.windows(2).next_back().filter(|_| !trailing_comma && indent.is_none());
        let comma_first = last_two.map(|two| &self.source[two[0].place.whole.end..two[1].place.whole.start]);
        let comma_first = comma_first.filter(|text| {
            text.chars().all(|c| c == ',' || is_space(c)) && text.split(',').next().is_some_and(has_line_end)
        });
        let shape = |kind: fn(&Kind) -> bool| match (one_line && !explode, self.beside(old, kind)) {
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
            objects: shape(|kind| matches!(kind, Kind::Object(_))),
            arrays: shape(|kind| matches!(kind, Kind::Array(_))),
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

    pub(super) fn keys(&self, old: &[Slot], object: bool) -> Keys {
        let habits = &self.habits;
        if !object {
            return Keys { bare: false, quote: '"', colon: String::new() };
        }
        let (mut bare, mut single) = (Vote::default(), Vote::default());
        let mut colons = Ballot::default();
        for slot in old {
            let spelt = self.source.as_bytes()[slot.place.whole.start];
            let is_quoted = matches!(spelt, b'"' | b'\'');
            if is_quoted {
                single.cast(spelt == b'\'');
            }
            if is_plain_key(&slot.key.text) {
                bare.cast(!is_quoted);
            }
            let between = &self.source[slot.place.key_end..slot.place.value.start];
            if is_colon(between) {
                colons.cast(between);
            }
        }
        let quote = if single.result(habits.key_quote == '\'') { '\'' } else { '"' };
        // Values set in a column give no rule for the next one.
        let colon = colons.result().filter(|_| colons.is_unanimous()).unwrap_or(&habits.colon);
        Keys { bare: bare.result(habits.bare_keys), quote, colon: colon.to_owned() }
    }

    /// How the last container of a kind beside the new member is written.
    fn beside(&self, old: &[Slot], kind: fn(&Kind) -> bool) -> Option<Shape> {
        let like = |slot: &&Slot| kind(&self.before.node(slot.value).kind) && !self.before.slots(slot.value).is_empty();
        let place = old.iter().rev().find(like)?.place;
        match has_line_end(self.text(place.value)) {
            true => Some(Shape::Lines),
            false => Some(Shape::Beside(place.value.end - place.value.start)),
        }
    }

    /// Would this one-line container become too long for a line?
    fn outgrows(&self, id: Id, span: Span) -> bool {
        let grown = self.growth(id, LINE * 2);
        let width = self.out.column() + (span.end - span.start);
        let slack = if width > LINE { LINE } else { SLACK };
        grown > slack && width + grown > LINE
    }

    /// About how many characters the edits add below a node of the source. Stops counting at `limit`.
    pub(super) fn growth(&self, id: Id, limit: usize) -> usize {
        let mut sum = 0;
        for slot in self.after.slots(id).iter().filter(|slot| !slot.gone) {
            if sum > limit {
                break;
            }
            let node = self.after.node(slot.value);
            sum += match node.span {
                Some(_) if node.touched => self.growth(slot.value, limit - sum),
                Some(_) => 0,
                None => {
                    let replaced = slot.place.value.end - slot.place.value.start;
                    let key = if slot.origin.is_none() { slot.key.text.len() + 6 } else { 0 };
                    (self.width(Fresh::Node(slot.value), limit - sum) + key).saturating_sub(replaced)
                }
            };
        }
        sum
    }
}
