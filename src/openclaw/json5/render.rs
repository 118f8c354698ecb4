//! The new text of a document: untouched source is copied, the rest is written in the author's style.

use super::out::Out;
use super::seats::{Seat, Seats, cut, same_line, starts_line, trim_start};
use super::style::{Habits, Vote, blank_prefix, has_line_end, is_leaf};
use super::tree::{Id, Kind, Number, Slot, Span, Tree, is_plain_key};
use std::fmt::Write;

/// Lines that grow longer than this are broken where the document has several lines.
const LINE: usize = 100;
/// A one-line container that was already long stays so when it grows by no more than this.
const SLACK: usize = 40;

pub(super) fn render<'s>(source: &'s str, before: &Tree, after: &Tree) -> Out<'s> {
    let habits = Habits::of(source, before);
    let out = Out::new(source, habits.eol);
    let mut render = Render { source, before, after, habits, out };
    let root = before.node(before.root).span.unwrap_or(Span::new(0, 0));
    render.out.copy_trivia(Span::new(0, root.start));
    match before.root == after.root {
        true => render.value(after.root, None),
        false => {
            render.out.released.push(root);
            render.fresh(after.root, None);
        }
    }
    render.out.copy_trivia(Span::new(root.end, source.len()));
    render.out
}

struct Render<'s, 't> {
    source: &'s str,
    before: &'t Tree,
    after: &'t Tree,
    habits: Habits,
    out: Out<'s>,
}

/// How one container is written.
struct Layout {
    /// Members stand on lines of their own, indented by this; None: one after another on a line.
    indent: Option<String>,
    /// Every member moves to a line of its own, from a container that was on one line.
    explode: bool,
    trailing_comma: bool,
    comma: String,
    pad: String,
    keys: Keys,
    /// Objects, and arrays, beside the new member: are they on one line?
    inline_objects: Option<bool>,
    inline_arrays: Option<bool>,
}

impl Layout {
    /// Should a new value of this kind be on one line?
    fn inline(&self, kind: &Kind) -> Option<bool> {
        let beside = if let Kind::Array(_) = kind { self.inline_arrays } else { self.inline_objects };
        beside.or(self.indent.is_none().then_some(true))
    }
}

#[derive(Clone)]
struct Keys {
    bare: bool,
    quote: char,
    colon: String,
}

impl Render<'_, '_> {
    fn text(&self, span: Span) -> &str {
        span.of(self.source)
    }

    /// A value: as in the source, or edited inside, or new. `inline` as in [`Render::fresh`].
    fn value(&mut self, id: Id, inline: Option<bool>) {
        let node = self.after.node(id);
        match (node.span, node.touched) {
            (Some(span), false) => self.out.copy(span),
            (Some(span), true) => self.container(id, span, inline),
            (None, _) => self.fresh(id, inline),
        }
    }

    /// A container of the source whose members changed.
    fn container(&mut self, id: Id, span: Span, inline: Option<bool>) {
        let (after, before) = (self.after, self.before);
        let slots = after.slots(id);
        let old = before.slots(id);
        let seats = Seats::of(self.source, span, old);
        let last_live = slots.iter().rposition(|slot| !slot.gone);
        if old.is_empty() && self.text(seats.foot).trim().is_empty() && !has_line_end(self.text(seats.foot)) {
            self.out.copy(Span::new(span.start, span.start + 1));
            self.fresh_inside(id, inline);
            return self.out.copy(Span::new(span.end - 1, span.end));
        }
        let layout = self.layout(id, span, old, &seats);
        let outer = self.out.indent();
        self.out.copy(Span::new(span.start, span.start + 1));
        if last_live.is_none() && self.is_bare(old, &seats) {
            for (slot, seat) in old.iter().zip(&seats.seats) {
                self.release(slot, *seat);
            }
            return self.out.copy(Span::new(span.end - 1, span.end));
        }
        self.out.copy_trivia(seats.head);

        let mut foot = seats.foot;
        // White space of removed members that the next one on the same line begins with.
        let mut pending: Option<Span> = None;
        let mut any = false;
        let mut previous_new = false;
        for (at, slot) in slots.iter().enumerate() {
            let Some(origin) = slot.origin else {
                if slot.gone {
                    continue;
                }
                if slots[at..].iter().all(|slot| slot.origin.is_none()) {
                    let (comments, rest) = cut(self.source, foot);
                    self.out.copy_trivia(comments);
                    foot = rest;
                    if comments.start < comments.end && !any && layout.indent.is_none() {
                        self.out.put(" ");
                        any = true;
                        previous_new = true;
                        self.member(slot, &layout, last_live == Some(at));
                        continue;
                    }
                }
                self.gap(&layout, any, &seats);
                self.member(slot, &layout, last_live == Some(at));
                (pending, any, previous_new) = (None, true, true);
                continue;
            };
            let seat = seats.seats[origin];
            let next = seats.seats.get(origin + 1).map(|seat| seat.lead);
            if slot.gone {
                pending = self.removed(&old[origin], seat, pending, next, any, &layout);
                continue;
            }
            self.lead(seat.lead, pending.take(), origin == 0 && previous_new, &layout);
            self.out.copy(Span::new(slot.place.whole.start, slot.place.value.start));
            let inline = layout.inline(&after.node(slot.value).kind);
            if slot.value == old[origin].value {
                self.value(slot.value, inline);
            } else {
                self.replaced(slot, inline);
            }
            let needs_comma = last_live != Some(at) || layout.trailing_comma;
            match slot.place.comma {
                Some(comma) => {
                    self.out.copy_trivia(seat.before);
                    if needs_comma {
                        self.out.copy(Span::new(comma, comma + 1));
                    }
                    self.out.copy_trivia(seat.after);
                }
                None => {
                    if needs_comma {
                        self.out.put(",");
                    }
                    self.out.copy_trivia(seat.before);
                }
            }
            (any, previous_new) = (true, false);
        }

        let (comments, rest) = cut(self.source, foot);
        if layout.explode {
            if comments.start < comments.end {
                if let Some(indent) = &layout.indent {
                    self.out.line(indent);
                }
                self.out.copy_trivia(trim_start(self.source, comments));
            }
            self.out.line(&outer);
        } else {
            self.out.copy_trivia(comments);
            let last_line = self.text(rest).rfind(super::unicode::is_line_end);
            match last_line {
                // `{}` over two lines: only its last line end stays.
                Some(at) if old.is_empty() && self.text(comments).is_empty() => {
                    let at = if self.text(rest)[..at].ends_with('\r') { at - 1 } else { at };
                    self.out.copy_trivia(Span::new(rest.start + at, rest.end));
                }
                _ => self.out.copy_trivia(rest),
            }
        }
        self.out.copy(Span::new(span.end - 1, span.end));
    }

    /// A new value where an old one stood. A string keeps the quotes.
    fn replaced(&mut self, slot: &Slot, inline: Option<bool>) {
        self.out.released.push(slot.place.value);
        let quote = self.text(slot.place.value).chars().next().filter(|c| matches!(c, '"' | '\''));
        match (&self.after.node(slot.value).kind, quote) {
            (Kind::String(text), Some(quote)) => self.out.put(&quoted(&text.text, quote)),
            _ => self.fresh(slot.value, inline),
        }
    }

    /// Nothing but members, commas and white space between the brackets.
    fn is_bare(&self, old: &[Slot], seats: &Seats) -> bool {
        let blank = |span: Span| self.text(span).trim_matches(super::unicode::is_space).is_empty();
        blank(seats.head)
            && blank(seats.foot)
            && old.iter().zip(&seats.seats).all(|(slot, seat)| {
                blank(seat.lead) && (slot.place.comma.is_none() || !has_line_end(self.text(seat.before)))
            })
    }

    /// What goes with a removed member: itself, its comma, the comments on its line.
    fn release(&mut self, slot: &Slot, seat: Seat) {
        let before = self.same_line_part(seat.before);
        self.out.released.push(Span::new(slot.place.whole.start, before.end));
        self.out.released.push(seat.after);
    }

    /// The comments that begin on the line of the value, of what stands between it and its comma.
    fn same_line_part(&self, before: Span) -> Span {
        Span::new(before.start, same_line(self.source, before.start).0)
    }

    /// Leaves a member of the source out. Comments above it stay. Returns the white space that the next
    /// member, when on the same line, begins with.
    fn removed(
        &mut self,
        slot: &Slot,
        seat: Seat,
        pending: Option<Span>,
        next: Option<Span>,
        any: bool,
        layout: &Layout,
    ) -> Option<Span> {
        self.release(slot, seat);
        let gone = self.same_line_part(seat.before);
        let (kept, _) = cut(self.source, Span::new(gone.end, seat.before.end));
        let (start, lead) = match pending {
            Some(pending) if !starts_line(self.source, seat.lead) => (pending, trim_start(self.source, seat.lead)),
            _ => (Span::new(seat.lead.start, seat.lead.start), seat.lead),
        };
        let (comments, blank) = cut(self.source, lead);
        let has_comments = comments.start < comments.end;
        if has_comments {
            match (&layout.indent, layout.explode) {
                (Some(indent), true) => {
                    self.out.line(indent);
                    self.out.copy_trivia(trim_start(self.source, comments));
                }
                _ => {
                    self.out.copy_trivia(start);
                    self.out.copy_trivia(comments);
                }
            }
        }
        let rest = if has_comments || start.start == start.end { blank } else { start };
        self.out.copy_trivia(kept);
        next.filter(|next| kept.start == kept.end && !starts_line(self.source, *next))?;
        let first = !any && !has_comments;
        (first || has_line_end(self.text(rest))).then_some(rest)
    }

    /// White space and comments before a member of the source.
    fn lead(&mut self, lead: Span, pending: Option<Span>, after_new: bool, layout: &Layout) {
        if let (Some(indent), true) = (&layout.indent, layout.explode) {
            let (comments, _) = cut(self.source, trim_start(self.source, lead));
            self.out.line(indent);
            if comments.start < comments.end {
                self.out.copy_trivia(comments);
                self.out.put(" ");
            }
            return;
        }
        match pending {
            Some(pending) => {
                self.out.copy_trivia(pending);
                self.out.copy_trivia(trim_start(self.source, lead));
            }
            None if after_new && self.text(lead).trim().is_empty() => self.out.put(&layout.comma[1..]),
            None => self.out.copy_trivia(lead),
        }
    }

    /// What comes before a new member.
    fn gap(&mut self, layout: &Layout, any: bool, seats: &Seats) {
        match &layout.indent {
            Some(indent) => self.out.line(indent),
            None if any => self.out.put(&layout.comma[1..]),
            None => {
                let first = seats.seats.first().map(|seat| self.text(seat.lead).to_owned());
                let pad = first.filter(|lead| lead.trim().is_empty() && !has_line_end(lead));
                self.out.put(&pad.unwrap_or_else(|| layout.pad.clone()));
            }
        }
    }

    /// A new member, with its comma.
    fn member(&mut self, slot: &Slot, layout: &Layout, last: bool) {
        self.key(slot, &layout.keys);
        self.fresh(slot.value, layout.inline(&self.after.node(slot.value).kind));
        if !last || layout.trailing_comma {
            self.out.put(",");
        }
    }

    fn key(&mut self, slot: &Slot, keys: &Keys) {
        let key = &slot.key.text;
        if slot.origin.is_some() || keys.colon.is_empty() {
            return;
        }
        match keys.bare && is_plain_key(key) {
            true => self.out.put(key),
            false => self.out.put(&quoted(key, keys.quote)),
        }
        self.out.put(&keys.colon);
    }

    /// How a container of the source writes its members, and so how new ones are written.
    fn layout(&self, id: Id, span: Span, old: &[Slot], seats: &Seats) -> Layout {
        let habits = &self.habits;
        let object = matches!(self.after.node(id).kind, Kind::Object(_));
        let one_line = !has_line_end(self.text(span));
        let explode = one_line && habits.multi && self.outgrows(id, span);
        let own_line = match seats.seats.last() {
            Some(seat) => has_line_end(self.text(seat.lead)),
            None => has_line_end(self.text(seats.foot)),
        };
        let indent = match (explode, own_line) {
            (true, _) => Some(self.out.indent() + &habits.unit),
            (false, false) => None,
            (false, true) => {
                let leads = seats
                    .seats
                    .iter()
                    .rev()
                    .map(|seat| self.text(seat.lead))
                    .chain([self.text(cut(self.source, seats.foot).0)]);
                let own = leads.filter_map(|lead| lead.rfind(super::unicode::is_line_end).map(|at| &lead[at..])).next();
                let own = own.map(|line| blank_prefix(line.trim_start_matches(super::unicode::is_line_end)).to_owned());
                Some(own.unwrap_or_else(|| self.out.indent() + &habits.unit))
            }
        };
        let trailing_comma = match old.last() {
            Some(last) => last.place.comma.is_some() || (explode && habits.trailing_multi),
            None if indent.is_some() => habits.trailing_multi,
            None => habits.trailing_inline,
        };
        let comma = old.windows(2).rev().find_map(|two| {
            let between = &self.source[two[0].place.comma?..two[1].place.whole.start];
            between[1..].bytes().all(|byte| byte == b' ').then(|| between.to_owned())
        });
        let pad = if object { &habits.object_pad } else { &habits.array_pad };
        Layout {
            indent,
            explode,
            trailing_comma,
            comma: comma.unwrap_or_else(|| habits.comma.clone()),
            pad: pad.clone(),
            keys: self.keys(old, object),
            inline_objects: self.beside(old, |kind| matches!(kind, Kind::Object(_))),
            inline_arrays: self.beside(old, |kind| matches!(kind, Kind::Array(_))),
        }
    }

    fn keys(&self, old: &[Slot], object: bool) -> Keys {
        let habits = &self.habits;
        if !object {
            return Keys { bare: false, quote: '"', colon: String::new() };
        }
        let (mut bare, mut single) = (Vote::default(), Vote::default());
        let mut colon = None;
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
            if between.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b':')) {
                colon = Some(between);
            }
        }
        let quote = if single.result(habits.key_quote == '\'') { '\'' } else { '"' };
        Keys { bare: bare.result(habits.bare_keys), quote, colon: colon.unwrap_or(&habits.colon).to_owned() }
    }

    /// Is the last container of a kind beside the new member written on one line?
    fn beside(&self, old: &[Slot], kind: impl Fn(&Kind) -> bool) -> Option<bool> {
        let like = |slot: &&Slot| kind(&self.before.node(slot.value).kind) && !self.before.slots(slot.value).is_empty();
        old.iter().rev().find(like).map(|slot| !has_line_end(self.text(slot.place.value)))
    }

    /// Would this one-line container become too long for a line?
    fn outgrows(&self, id: Id, span: Span) -> bool {
        let grown = self.growth(id, LINE * 2);
        let width = self.out.column() + (span.end - span.start) + grown;
        grown > SLACK && width > LINE
    }

    /// About how many characters the edits add below a node of the source. Stops counting at `limit`.
    fn growth(&self, id: Id, limit: usize) -> usize {
        let mut sum = 0;
        for slot in self.after.slots(id).iter().filter(|slot| !slot.gone) {
            if sum > limit {
                break;
            }
            let node = self.after.node(slot.value);
            sum += match node.span {
                Some(_) if node.touched => self.growth(slot.value, limit - sum),
                Some(_) => 0,
                None => self.width(slot.value, limit - sum) + slot.key.text.len() + 6,
            };
        }
        sum
    }

    /// About how many characters a new value takes on one line. Stops counting at `limit`.
    fn width(&self, id: Id, limit: usize) -> usize {
        match &self.after.node(id).kind {
            Kind::Null | Kind::Bool(_) => 5,
            Kind::Number(number) => number_text(*number).len(),
            Kind::String(text) => text.text.len() + 2,
            Kind::Array(slots) | Kind::Object(slots) => {
                let mut sum = 2;
                for slot in slots.iter().filter(|slot| !slot.gone) {
                    if sum > limit {
                        break;
                    }
                    sum += self.width(slot.value, limit - sum) + slot.key.text.len() + 4;
                }
                sum
            }
        }
    }

    /// A new value. `inline`: what its neighbours do; None: nothing to go by.
    fn fresh(&mut self, id: Id, inline: Option<bool>) {
        let after = self.after;
        let (open, close) = match &after.node(id).kind {
            Kind::Null => return self.out.put("null"),
            Kind::Bool(bool) => return self.out.put(if *bool { "true" } else { "false" }),
            Kind::Number(number) => return self.out.put(&number_text(*number)),
            Kind::String(text) => return self.out.put(&quoted(&text.text, self.habits.string_quote)),
            Kind::Array(_) => ("[", "]"),
            Kind::Object(_) => ("{", "}"),
        };
        self.out.put(open);
        self.fresh_inside(id, inline);
        self.out.put(close);
    }

    /// The members of a new container, between its brackets.
    fn fresh_inside(&mut self, id: Id, inline: Option<bool>) {
        let after = self.after;
        let slots = after.slots(id);
        let Some(last) = slots.iter().rposition(|slot| !slot.gone) else { return };
        let object = matches!(after.node(id).kind, Kind::Object(_));
        let habits = &self.habits;
        let fits = || self.out.column() + self.width(id, LINE) <= LINE;
        let leaves = slots.iter().all(|slot| is_leaf(after, slot));
        let habit = if object { habits.inline_objects } else { habits.inline_arrays };
        let inline = !habits.multi
            || match inline {
                Some(true) => fits(),
                Some(false) => false,
                None => habit && leaves && fits(),
            };
        let outer = self.out.indent();
        let indent = outer.clone() + &habits.unit;
        let pad = if object { habits.object_pad.clone() } else { habits.array_pad.clone() };
        let comma = habits.comma.clone();
        let trailing = if inline { habits.trailing_inline } else { habits.trailing_multi };
        let keys = self.keys(&[], object);
        let mut any = false;
        for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| !slot.gone) {
            match (inline, any) {
                (false, _) => self.out.line(&indent),
                (true, true) => self.out.put(&comma[1..]),
                (true, false) => self.out.put(&pad),
            }
            self.key(slot, &keys);
            self.fresh(slot.value, inline.then_some(true));
            if at != last || trailing {
                self.out.put(",");
            }
            any = true;
        }
        match inline {
            true => self.out.put(&pad),
            false => self.out.line(&outer),
        }
    }
}

fn number_text(number: Number) -> String {
    match number {
        Number::Int(int) => int.to_string(),
        // As JSON.stringify writes whole numbers.
        Number::Float(float) if float.fract() == 0.0 && float.abs() < 1e15 => format!("{}", float as i64),
        Number::Float(float) => serde_json::Value::from(float).to_string(),
    }
}

/// A string literal: what JSON escapes is escaped, and no more.
fn quoted(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c == quote => out.extend(['\\', c]),
            // U+2028 and U+2029 make npm's parser warn.
            c if c < ' ' || matches!(c, '\u{2028}' | '\u{2029}') => {
                // Writing into a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
