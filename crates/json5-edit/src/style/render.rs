//! The new text of a document: untouched source is copied, the rest is written in the author's style.

use crate::edit::overlay::{Edited, Slot};
use crate::style::habits::{Habits, has_line_end};
use crate::style::layout::{LINE, Layout, Shape};
use crate::style::new_values::{Fresh, Look, quoted};
use crate::style::trivia::{Seat, Seats, cut, same_line, starts_line, trim_start};
use crate::style::writer::Out;
use crate::tree::{Id, Kind, Place, Span, Tree};
use crate::unicode::{is_line_end, is_space};

/// More than this is too much for the one line of a document, in characters.
const MUCH: usize = 2 * LINE;

pub(crate) fn render<'s>(before: Tree<'s>, after: &Edited<'_>) -> Out<'s> {
    let source = before.text;
    let habits = Habits::of(before);
    let out = Out::new(source, habits.eol);
    let mut render = Render { source, before, after, habits, out };
    // A document of one line that would grow by several gets lines, unless its author saves every blank.
    let spaced = !render.habits.multi && render.habits.colon.ends_with(' ');
    if spaced && before.root() == after.root && render.growth(after.root, MUCH) >= MUCH {
        render.habits.multi = true;
        render.habits.trailing_multi = render.habits.trailing_inline;
    }
    let root = before.span(before.root());
    render.out.copy_trivia(Span::new(0, root.start));
    match root.start == after.root {
        true => render.value(after.root, Shape::Lines),
        false => {
            render.out.released.push(root);
            render.fresh(Fresh::Node(after.root), Shape::Lines);
        }
    }
    render.out.copy_trivia(Span::new(root.end, source.len()));
    render.out
}

pub(crate) struct Render<'s, 't> {
    pub source: &'s str,
    pub before: Tree<'s>,
    pub after: &'t Edited<'t>,
    pub habits: Habits,
    pub out: Out<'s>,
}

/// How far the writing of a container has come.
#[derive(Default)]
struct Progress {
    /// White space of a removed member that the next one, on the same line, begins with.
    pending: Option<Span>,
    /// Something was written since the opening bracket.
    any: bool,
    /// The member before is new.
    after_new: bool,
}

impl Render<'_, '_> {
    pub fn text(&self, span: Span) -> &str {
        span.of(self.source)
    }

    fn is_blank(&self, span: Span) -> bool {
        self.text(span).chars().all(is_space)
    }

    /// A value: as in the source, or edited inside, or new.
    fn value(&mut self, id: Id, shape: Shape) {
        match (self.after.is_new(id), self.after.is_touched(id)) {
            (true, _) => self.fresh(Fresh::Node(id), shape),
            (false, true) => self.container(id, self.before.span(id), shape),
            (false, false) => self.out.copy(self.before.span(id)),
        }
    }

    /// A container of the source whose members changed. `shape` is for one that was empty.
    fn container(&mut self, id: Id, span: Span, shape: Shape) {
        let slots = self.after.slots(id);
        let mut old = Vec::with_capacity(slots.len());
        old.extend(self.before.members(id).map(|member| member.place));
        let seats = Seats::of(self.source, span, &old);
        let last_live = slots.iter().rposition(|slot| !slot.gone);
        let open = Span::new(span.start, span.start + 1);
        let close = Span::new(span.end - 1, span.end);
        if old.is_empty() && self.is_blank(seats.foot) && !has_line_end(self.text(seats.foot)) {
            self.out.copy(open);
            if let Look::Container(members) = self.look(Fresh::Node(id)) {
                self.fresh_inside(&members, shape);
            }
            return self.out.copy(close);
        }
        if last_live.is_none() && self.is_bare(&old, &seats) {
            self.out.copy(open);
            old.iter().zip(&seats.seats).for_each(|(place, seat)| self.release(*place, *seat));
            return self.out.copy(close);
        }
        let layout = self.layout(id, span, &old, &seats);
        let outer = self.out.indent();
        self.out.copy(open);
        self.out.copy_trivia(seats.head);

        // From here on, only new members.
        let tail = slots.iter().rposition(|slot| slot.origin.is_some()).map_or(0, |last| last + 1);
        let comma_first = layout.comma_first.as_deref().filter(|_| tail > 0 && !slots[tail - 1].gone);
        let mut done = Progress::default();
        for (at, slot) in slots[..tail].iter().enumerate() {
            let comma = match last_live {
                Some(last) if last == at => layout.trailing_comma,
                _ => comma_first.is_none() || at + 1 < tail,
            };
            match slot.origin {
                Some(origin) if slot.gone => self.removed(old[origin], &seats, origin, &mut done, &layout),
                Some(origin) => self.kept(slot, old[origin], seats.seats[origin], comma, &mut done, &layout),
                None if slot.gone => {}
                None => {
                    self.gap(&layout, done.any, &seats);
                    self.member(slot, &layout, comma);
                    done = Progress { pending: None, any: true, after_new: true };
                }
            }
        }
        let mut foot = seats.foot;
        let mut rest = slots.iter().enumerate().skip(tail).filter(|(_, slot)| !slot.gone).peekable();
        if rest.peek().is_some() {
            // What the comments at the end say is about the members above.
            let (comments, blank) = cut(self.source, foot);
            self.out.copy_trivia(comments);
            foot = blank;
            done.any |= comments.start < comments.end && layout.indent.is_none();
        }
        for (at, slot) in rest {
            match comma_first {
                Some(between) => self.out.put(between),
                None => self.gap(&layout, done.any, &seats),
            }
            let last = last_live == Some(at);
            self.member(slot, &layout, if last { layout.trailing_comma } else { comma_first.is_none() });
            done.any = true;
        }
        self.foot(foot, old.is_empty(), &outer, &layout);
        self.out.copy(close);
    }

    /// What stands before the closing bracket.
    fn foot(&mut self, foot: Span, was_empty: bool, outer: &str, layout: &Layout) {
        let (comments, rest) = cut(self.source, foot);
        let has_comments = comments.start < comments.end;
        if let (true, Some(indent)) = (layout.explode, &layout.indent) {
            if has_comments {
                self.out.line(indent);
                self.out.copy_trivia(trim_start(self.source, comments));
            }
            return self.out.line(outer);
        }
        self.out.copy_trivia(comments);
        // Of an empty container over several lines only the last line end stays.
        let from = match last_line_end(self.text(rest)) {
            Some(at) if was_empty && !has_comments => rest.start + at,
            _ => rest.start,
        };
        self.out.copy_trivia(Span::new(from, rest.end));
    }

    /// A member of the source that stays: its value may have changed.
    fn kept(&mut self, slot: &Slot<'_>, old: Place, seat: Seat, comma: bool, done: &mut Progress, layout: &Layout) {
        self.lead(seat.lead, done, slot.origin == Some(0), layout);
        self.out.copy(Span::new(old.start(), old.value.start));
        let shape = layout.shape(&self.after.kind(slot.value));
        if slot.value == old.value.start {
            self.value(slot.value, shape);
        } else {
            self.replaced(slot.value, old.value, shape);
        }
        match old.comma {
            Some(at) => {
                if comma {
                    self.out.copy_trivia(seat.before);
                    self.out.copy(Span::new(at, at + 1));
                } else {
                    self.out.copy_trivia(cut(self.source, seat.before).0);
                }
                self.out.copy_trivia(seat.after);
            }
            None => {
                if comma {
                    self.out.put(",");
                }
                self.out.copy_trivia(seat.before);
            }
        }
        *done = Progress { pending: None, any: true, after_new: false };
    }

    /// A new value where an old one stood. A string keeps the quotes.
    fn replaced(&mut self, id: Id, old: Span, shape: Shape) {
        self.out.released.push(old);
        let quote = self.text(old).chars().next().filter(|c| matches!(c, '"' | '\''));
        match (self.after.kind(id), quote) {
            (Kind::String(text), Some(quote)) => self.out.put(&quoted(&text.text, quote)),
            _ => self.fresh(Fresh::Node(id), shape),
        }
    }

    /// Nothing but members, commas and white space between the brackets.
    fn is_bare(&self, old: &[Place], seats: &Seats) -> bool {
        let lone = |(place, seat): (&Place, &Seat)| {
            let end = place.comma.unwrap_or(seat.before.end);
            self.is_blank(seat.lead) && self.same_line_part(*seat).end == end
        };
        self.is_blank(seats.head) && self.is_blank(seats.foot) && old.iter().zip(&seats.seats).all(lone)
    }

    /// What goes with a removed member: itself, its comma, the comments on its line.
    fn release(&mut self, place: Place, seat: Seat) {
        self.out.released.push(Span::new(place.start(), self.same_line_part(seat).end));
        self.out.released.push(seat.after);
    }

    /// The comments that begin on the line of the value, of what stands between it and its comma.
    fn same_line_part(&self, seat: Seat) -> Span {
        Span::new(seat.before.start, same_line(self.source, seat.before.start).0)
    }

    /// Leaves a member of the source out. Comments above it stay.
    fn removed(&mut self, place: Place, seats: &Seats, origin: usize, done: &mut Progress, layout: &Layout) {
        let seat = seats.seats[origin];
        self.release(place, seat);
        let (below, _) = cut(self.source, Span::new(self.same_line_part(seat).end, seat.before.end));
        let (start, lead) = match done.pending.take() {
            Some(pending) if !starts_line(self.source, seat.lead) => (pending, trim_start(self.source, seat.lead)),
            _ => (Span::new(seat.lead.start, seat.lead.start), seat.lead),
        };
        let (comments, blank) = cut(self.source, lead);
        let has_comments = comments.start < comments.end;
        if let (true, true, Some(indent)) = (has_comments, layout.explode, &layout.indent) {
            self.out.line(indent);
            self.out.copy_trivia(trim_start(self.source, comments));
        } else if has_comments {
            self.out.copy_trivia(start);
            self.out.copy_trivia(comments);
        }
        self.out.copy_trivia(below);
        let rest = if has_comments || start.start == start.end { blank } else { start };
        let next = seats.seats.get(origin + 1).map(|seat| seat.lead);
        let same_line = next.is_some_and(|next| !starts_line(self.source, next));
        if same_line && below.start == below.end {
            let first = !done.any && !has_comments;
            done.pending = (first || has_line_end(self.text(rest))).then_some(rest);
        }
    }

    /// White space and comments before a member of the source.
    fn lead(&mut self, lead: Span, done: &Progress, first: bool, layout: &Layout) {
        if let (true, Some(indent)) = (layout.explode, &layout.indent) {
            let (comments, _) = cut(self.source, trim_start(self.source, lead));
            self.out.line(indent);
            if comments.start < comments.end {
                self.out.copy_trivia(comments);
                self.out.put(" ");
            }
            return;
        }
        match done.pending {
            Some(pending) => {
                self.out.copy_trivia(pending);
                self.out.copy_trivia(trim_start(self.source, lead));
            }
            // It was the first, and is no longer.
            None if first && done.after_new && self.is_blank(lead) && layout.indent.is_none() => {
                self.out.put(layout.space());
            }
            None => self.out.copy_trivia(lead),
        }
    }

    /// What comes before a new member.
    fn gap(&mut self, layout: &Layout, any: bool, seats: &Seats) {
        match &layout.indent {
            Some(indent) => self.out.line(indent),
            None if any => self.out.put(layout.space()),
            None => {
                let first = seats.seats.first().map(|seat| self.text(seat.lead).to_owned());
                let pad = first.filter(|lead| lead.chars().all(|c| is_space(c) && !is_line_end(c)));
                self.out.put(pad.as_ref().unwrap_or(&layout.pad));
            }
        }
    }

    /// A new member.
    fn member(&mut self, slot: &Slot<'_>, layout: &Layout, comma: bool) {
        self.key(&slot.key.text, &layout.keys);
        self.fresh(Fresh::Node(slot.value), layout.shape(&self.after.kind(slot.value)));
        if comma {
            self.out.put(",");
        }
    }
}

/// Where the last line end of a text begins.
fn last_line_end(text: &str) -> Option<usize> {
    let at = text.rfind(is_line_end)?;
    Some(if text[..at].ends_with('\r') && text[at..].starts_with('\n') { at - 1 } else { at })
}
