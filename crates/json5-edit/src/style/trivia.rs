//! What stands around the members of a container: which white space and comments belong to whom.

use crate::lexer::skip_comment;
use crate::style::habits::has_line_end;
use crate::tree::{Place, Span};
use crate::unicode::{is_line_end, is_space};

/// The text of a container, cut up: bracket, `head`, then for each member `lead`, the member, `before`,
/// comma, `after`; then `foot`, bracket. Every byte is in exactly one piece.
pub(crate) struct Seats {
    /// A comment on the line of the opening bracket, with the blanks before it.
    pub head: Span,
    pub seats: Vec<Seat>,
    /// What is left before the closing bracket.
    pub foot: Span,
}

#[derive(Clone, Copy)]
pub(crate) struct Seat {
    /// White space and comments before the member: line end, indentation, comments above it.
    pub lead: Span,
    /// Between the value and its comma.
    pub before: Span,
    /// After the comma, on the same line.
    pub after: Span,
}

impl Seats {
    pub fn of(text: &str, span: Span, places: &[Place]) -> Seats {
        let inner = Span::new(span.start + 1, span.end - 1);
        let (head_end, stop) = same_line(text, inner.start);
        let first = places.first().map_or(inner.end, |place| place.start());
        let head = match stop {
            Stop::Line if head_end <= first && !places.is_empty() => Span::new(inner.start, head_end),
            _ => Span::new(inner.start, inner.start),
        };
        let mut from = head.end;
        let mut seats = Vec::with_capacity(places.len());
        for (at, place) in places.iter().enumerate() {
            let lead = Span::new(from, place.start());
            let end = place.value.end;
            let last = at + 1 == places.len();
            let (before, after) = match place.comma {
                None => {
                    let (tail, _) = same_line(text, end);
                    (Span::new(end, tail), Span::new(tail, tail))
                }
                Some(comma) => {
                    let before = Span::new(end, comma);
                    let (tail, stop) = same_line(text, comma + 1);
                    let own_line = !has_line_end(before.of(text));
                    let tail = if own_line && (last || stop == Stop::Line) { tail } else { comma + 1 };
                    (before, Span::new(comma + 1, tail))
                }
            };
            from = after.end;
            seats.push(Seat { lead, before, after });
        }
        Seats { head, seats, foot: Span::new(from, inner.end) }
    }
}

#[derive(PartialEq)]
pub(crate) enum Stop {
    Line,
    Other,
}

/// The end of the last comment that begins on the line of `at` (or `at`), and what comes then.
pub(crate) fn same_line(text: &str, at: usize) -> (usize, Stop) {
    let mut end = at;
    let mut here = at;
    loop {
        match text[here..].chars().next() {
            Some(c) if is_line_end(c) => return (end, Stop::Line),
            Some(c) if is_space(c) => here += c.len_utf8(),
            Some('/') => match skip_comment(text, here) {
                Ok(after) => (here, end) = (after, after),
                Err(_) => return (end, Stop::Other),
            },
            _ => return (end, Stop::Other),
        }
    }
}

/// Cuts trivia in two: up to the end of the last comment, and the white space after it.
pub(crate) fn cut(text: &str, span: Span) -> (Span, Span) {
    let mut end = span.start;
    let mut here = span.start;
    while let Some(found) = text[here..span.end].find('/') {
        match skip_comment(text, here + found) {
            Ok(after) => (here, end) = (after, after),
            Err(_) => break,
        }
    }
    (Span::new(span.start, end), Span::new(end, span.end))
}

/// The span without the blanks before its first line end or comment.
pub(crate) fn trim_start(text: &str, span: Span) -> Span {
    let blanks =
        span.of(text).chars().take_while(|&c| is_space(c) && !is_line_end(c)).map(char::len_utf8).sum::<usize>();
    Span::new(span.start + blanks, span.end)
}

/// Does a line end come before anything else?
pub(crate) fn starts_line(text: &str, span: Span) -> bool {
    trim_start(text, span).of(text).starts_with(is_line_end)
}
