//! One line of text being edited: the text, and where the cursor is.

use crate::chutes::credential_kinds::{find_secret, secret_length};
use secrecy::zeroize::Zeroize;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Room for a key without a new buffer.
const LEAST_CAPACITY: usize = 256;

/// A line with a cursor between graphemes. Wiped from memory when dropped and when it needs a larger
/// buffer, since it may hold a key.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// Byte offset, always on a grapheme boundary.
    cursor: usize,
    /// What is typed is a secret.
    is_hidden: bool,
    /// The whole text is selected: what is typed next takes its place.
    is_selected: bool,
}

/// What can be done to a line, besides typing and pasting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEdit {
    Left,
    Right,
    WordLeft,
    WordRight,
    Start,
    End,
    DeleteBack,
    DeleteForward,
    DeleteWordBack,
    DeleteToStart,
    DeleteToEnd,
}

impl Line {
    pub fn new(text: &str) -> Line {
        Line { text: text.to_owned(), cursor: text.len(), is_hidden: false, is_selected: false }
    }

    /// An empty line for a secret: whoever shows what is typed shows signs in its place.
    pub fn hidden() -> Line {
        Line { text: String::new(), cursor: 0, is_hidden: true, is_selected: false }
    }

    /// What is typed is a secret and is not shown, on a screen or line by line.
    pub fn is_hidden(&self) -> bool {
        self.is_hidden
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// What may be shown of a line that is not hidden: `mask` in place of each character of a secret of Chutes'
    /// that came to the wrong field, behind its beginning, which says what it is.
    pub fn shown(&self, mask: &str) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut rest = self.text.as_str();
        while let Some(at) = find_secret(rest) {
            let end = at + secret_length(&rest[at..]);
            let clear = (at + "cpk_".len()).min(end);
            out.push_str(&rest[..clear]);
            out.push_str(&mask.repeat(end - clear));
            rest = &rest[end..];
        }
        out.push_str(rest);
        out
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Characters as a person counts them.
    pub fn count(&self) -> usize {
        self.text.graphemes(true).count()
    }

    /// Graphemes before the cursor.
    pub fn cursor_count(&self) -> usize {
        self.text[..self.cursor].graphemes(true).count()
    }

    /// Terminal columns before the cursor.
    pub fn cursor_width(&self) -> usize {
        self.text[..self.cursor].width()
    }

    /// Select the whole text, if there is any; whatever is done next ends that.
    pub fn select(&mut self) {
        self.is_selected = !self.text.is_empty();
        self.cursor = self.text.len();
    }

    pub fn is_selected(&self) -> bool {
        self.is_selected
    }

    pub fn clear(&mut self) {
        self.is_selected = false;
        self.text.zeroize();
        self.text.clear();
        self.cursor = 0;
    }

    /// Insert at the cursor, at most up to `max` bytes in all; what does not fit is not taken.
    /// Returns false when something was left out.
    pub fn insert(&mut self, text: &str, max: usize) -> bool {
        let kept = if self.is_selected { 0 } else { self.text.len() };
        if kept + text.len() > max {
            return false;
        }
        if self.is_selected {
            self.clear();
        }
        self.make_room(text.len());
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        // A combining character may have joined the grapheme on the left or right.
        self.cursor = self.boundary_at_or_after(self.cursor);
        true
    }

    /// Room for `more` bytes. The buffer that becomes too small is wiped: a String that grows by itself
    /// would leave it in memory as it is.
    fn make_room(&mut self, more: usize) {
        let needed = self.text.len() + more;
        if needed > self.text.capacity() {
            drop(self.replace_buffer(needed.next_power_of_two().max(LEAST_CAPACITY)));
        }
    }

    /// The old buffer, wiped.
    fn replace_buffer(&mut self, capacity: usize) -> String {
        let mut larger = String::with_capacity(capacity);
        larger.push_str(&self.text);
        self.text.zeroize();
        std::mem::replace(&mut self.text, larger)
    }

    pub fn edit(&mut self, edit: LineEdit) {
        if std::mem::take(&mut self.is_selected) && matches!(edit, LineEdit::DeleteBack | LineEdit::DeleteForward) {
            return self.clear();
        }
        match edit {
            LineEdit::Left => self.cursor = self.previous(),
            LineEdit::Right => self.cursor = self.next(),
            LineEdit::WordLeft => self.cursor = self.word_left(),
            LineEdit::WordRight => self.cursor = self.word_right(),
            LineEdit::Start => self.cursor = 0,
            LineEdit::End => self.cursor = self.text.len(),
            LineEdit::DeleteBack => self.delete(self.previous(), self.cursor),
            LineEdit::DeleteForward => self.delete(self.cursor, self.next()),
            LineEdit::DeleteWordBack => self.delete(self.word_left(), self.cursor),
            LineEdit::DeleteToStart => self.delete(0, self.cursor),
            LineEdit::DeleteToEnd => self.delete(self.cursor, self.text.len()),
        }
    }

    fn delete(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.cursor = from;
    }

    fn previous(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn next(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |g| self.cursor + g.len())
    }

    fn word_left(&self) -> usize {
        self.text[..self.cursor]
            .split_word_bound_indices()
            .rev()
            .find(|(_, word)| !word.trim().is_empty())
            .map_or(0, |(at, _)| at)
    }

    fn word_right(&self) -> usize {
        self.text[self.cursor..]
            .split_word_bound_indices()
            .find(|(_, word)| !word.trim().is_empty())
            .map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }

    fn boundary_at_or_after(&self, at: usize) -> usize {
        self.text.grapheme_indices(true).map(|(start, _)| start).find(|start| *start >= at).unwrap_or(self.text.len())
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({} characters)", self.count())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_takes_the_place_of_what_is_selected() {
        let selected = || {
            let mut line = Line::new("chutes-fast");
            line.select();
            line
        };
        let mut line = selected();
        assert!(line.is_selected() && line.insert("q", 11) && line.insert("k", 11));
        assert_eq!((line.text(), line.is_selected()), ("qk", false));
        let mut line = selected();
        line.edit(LineEdit::Left);
        assert!(line.insert("x", 99));
        assert_eq!(line.text(), "chutes-fasxt", "an arrow keeps it");
        let mut line = selected();
        line.edit(LineEdit::DeleteBack);
        assert!(line.is_empty());
        let mut empty = Line::default();
        empty.select();
        assert!(!empty.is_selected());
    }

    #[test]
    fn editing_moves_by_what_a_person_sees_as_a_character() {
        let mut line = Line::new("a👩‍🔧é");
        assert_eq!(line.count(), 3);
        line.edit(LineEdit::Left);
        line.edit(LineEdit::DeleteBack);
        assert_eq!(line.text(), "aé");
        line.edit(LineEdit::Start);
        line.edit(LineEdit::DeleteForward);
        assert_eq!((line.text(), line.cursor_count()), ("é", 0));
        line.edit(LineEdit::Left);
        line.edit(LineEdit::DeleteBack);
        assert_eq!(line.text(), "é");
    }

    #[test]
    fn words_and_line_ends() {
        let mut line = Line::new("chutes fast one");
        line.edit(LineEdit::DeleteWordBack);
        assert_eq!(line.text(), "chutes fast ");
        line.edit(LineEdit::WordLeft);
        line.edit(LineEdit::DeleteToStart);
        assert_eq!(line.text(), "fast ");
        line.edit(LineEdit::WordRight);
        line.edit(LineEdit::DeleteToEnd);
        assert_eq!(line.text(), "fast");
        assert!(!line.insert("xxxxx", 8));
        assert!(line.insert("er", 8));
        assert_eq!((line.text(), line.cursor_width()), ("faster", 6));
    }

    #[test]
    fn a_line_that_grows_leaves_no_copy_behind() {
        let mut line = Line::new("cpk_canary");
        let old = line.replace_buffer(64);
        assert_eq!((old.as_str(), line.text()), ("", "cpk_canary"));
        assert!(old.capacity() >= 10, "the buffer that held the text is the one that was wiped");
        // Typed letter by letter it never grows by itself.
        let mut line = Line::default();
        for typed in 0..2000 {
            let (room, held) = (line.text.capacity(), line.text.as_ptr());
            assert!(line.insert("x", 4000));
            let moved = held != line.text.as_ptr();
            assert!(!moved || room == typed, "only a full buffer is replaced");
        }
    }

    #[test]
    fn a_secret_in_a_field_for_something_else_is_covered() {
        for (text, shown) in [
            ("glm tools", "glm tools"),
            ("cpk_ab.cd", "cpk_•••••"),
            ("a cak_1 é csc_22 b", "a cak_• é csc_•• b"),
            ("cpk_", "cpk_"),
            ("cid_public", "cid_public"),
        ] {
            let line = Line::new(text);
            assert_eq!(line.shown("•"), shown);
            assert_eq!(line.shown("•").width(), line.cursor_width(), "the cursor stands where it stood");
        }
    }

    #[test]
    fn debug_shows_no_text() {
        assert_eq!(format!("{:?}", Line::new("cpk_canary")), "Line(10 characters)");
    }
}
