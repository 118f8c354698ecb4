//! Lines of a text as a diff counts them.

use std::borrow::Cow;

/// The lines of a text, each with its end: `\n`, `\r\n`, or `\r` alone.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (line, behind) = rest.split_at(first_line(rest.as_bytes()).1);
        rest = behind;
        (!line.is_empty()).then_some(line)
    })
}

/// Length in bytes of the first line, without its end and with it.
pub(crate) fn first_line(text: &[u8]) -> (usize, usize) {
    match text.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(at) if text[at..].starts_with(b"\r\n") => (at, at + 2),
        Some(at) => (at, at + 1),
        None => (text.len(), text.len()),
    }
}

/// Reads lines out of a text that comes in pieces. No piece ends between `\r` and `\n`.
pub(crate) struct Lines<'a> {
    pieces: Box<dyn Iterator<Item = Cow<'a, str>> + 'a>,
    piece: Cow<'a, str>,
    /// How much of `piece` is read.
    at: usize,
    line: String,
    /// How many lines are read.
    count: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(pieces: impl Iterator<Item = Cow<'a, str>> + 'a) -> Self {
        Self { pieces: Box::new(pieces), piece: Cow::Borrowed(""), at: 0, line: String::new(), count: 0 }
    }

    /// The next line, without its end.
    pub(crate) fn next(&mut self) -> Option<&str> {
        self.line.clear();
        self.count += 1;
        loop {
            let rest = &self.piece[self.at..];
            let (length, with_end) = first_line(rest.as_bytes());
            self.line += &rest[..length];
            self.at += with_end;
            if length < with_end {
                return Some(&self.line);
            }
            let Some(piece) = self.pieces.next() else { break };
            (self.piece, self.at) = (piece, 0);
        }
        (!self.line.is_empty()).then_some(&*self.line)
    }

    /// Leaves lines out until `count` of them are read.
    pub(crate) fn skip_to(&mut self, count: usize) {
        while self.count < count && self.next().is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_in_every_editor() {
        for (text, expected) in [
            ("", vec![]),
            ("a", vec!["a"]),
            ("a\n\r\nb\rc\n", vec!["a\n", "\r\n", "b\r", "c\n"]),
            ("\r\r\n", vec!["\r", "\r\n"]),
        ] {
            assert_eq!(lines(text).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn lines_are_read_across_pieces() {
        let pieces = ["a", "", "b\nc\r", "\r\n", "d", "e"];
        let read = |skipped: usize| {
            let mut lines = Lines::new(pieces.into_iter().map(Cow::Borrowed));
            lines.skip_to(skipped);
            std::iter::from_fn(|| lines.next().map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(read(0), ["ab", "c", "", "de"]);
        assert_eq!(read(3), ["de"]);
        assert_eq!(read(4), [""; 0]);
        assert_eq!(read(9), [""; 0]);
    }
}
