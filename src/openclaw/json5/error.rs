//! What can be wrong with a document or an edit, as data; words come from `message`.

use crate::clean;
use crate::openclaw::mask::names_a_secret;
use crate::texts::{Lang, json5 as words};

/// Why a text is not JSON5, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// From 1. Lines end at LF, CR LF or CR.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub kind: SyntaxKind,
    /// The line itself, as it stands in the file. It may hold a secret; [`SyntaxError::message`] shows
    /// only the part around the column.
    pub excerpt: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxKind {
    /// Nothing but white space and comments.
    Empty,
    ExpectedValue,
    ExpectedKey,
    ExpectedColon,
    ExpectedComma,
    /// The place is the opening quote.
    UnclosedString,
    /// The place is the opening `/*`.
    UnclosedComment,
    /// The place is the opening bracket.
    UnclosedContainer,
    BadEscape,
    BadNumber,
    /// A lone `/`.
    Unexpected,
    /// Something follows the document.
    AfterEnd,
    /// More than 256 containers inside each other.
    TooDeep,
}

impl SyntaxError {
    pub(super) fn new(text: &str, at: usize, kind: SyntaxKind) -> Self {
        let (line, column) = super::tree::position(text, at);
        let is_break = |c: char| c == '\n' || c == '\r';
        let start = text[..at].rfind(is_break).map_or(0, |before| before + 1);
        let end = text[at..].find(is_break).map_or(text.len(), |length| at + length);
        let excerpt = text[start..end].trim_start_matches('\u{feff}').to_owned();
        Self { line, column, kind, excerpt }
    }

    /// One sentence: what is wrong, at which line and column.
    pub fn message(&self, lang: Lang) -> String {
        let what = match self.kind {
            SyntaxKind::Empty => words::empty(lang),
            SyntaxKind::ExpectedValue => words::expected_value(lang),
            SyntaxKind::ExpectedKey => words::expected_key(lang),
            SyntaxKind::ExpectedColon => words::expected_colon(lang),
            SyntaxKind::ExpectedComma => words::expected_comma(lang),
            SyntaxKind::UnclosedString => words::unclosed_string(lang),
            SyntaxKind::UnclosedComment => words::unclosed_comment(lang),
            SyntaxKind::UnclosedContainer => words::unclosed_container(lang),
            SyntaxKind::BadEscape => words::bad_escape(lang),
            SyntaxKind::BadNumber => words::bad_number(lang),
            SyntaxKind::Unexpected => words::unexpected(lang),
            SyntaxKind::AfterEnd => words::after_end(lang),
            SyntaxKind::TooDeep => words::too_deep(lang),
        };
        words::syntax(lang, self.line, self.column, what)
    }

    /// The line and, below it, a caret at the column: safe to print, at most `width` characters wide,
    /// with what may be a key or token hidden.
    pub fn pointer(&self, width: usize) -> (String, String) {
        let width = width.max(8);
        let from = self.column.saturating_sub(1).saturating_sub(width / 2);
        let shown: String = hide_tokens(&hide_values(&self.excerpt)).chars().skip(from).take(width).collect();
        let indent = self.column.saturating_sub(1) - from;
        (clean::line(&shown), format!("{}^", " ".repeat(indent)))
    }
}

/// What stands after a word that names a secret, up to the end of the string or word. The length stays.
fn hide_values(line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let skip =
        |chars: &[char], at: usize, those: fn(char) -> bool| at + chars[at..].iter().take_while(|c| those(**c)).count();
    let mut at = 0;
    while at < chars.len() {
        let end = at + chars[at..].iter().take_while(|c| is_word(**c)).count();
        let word: String = chars[at..end].iter().collect();
        at = end.max(at + 1);
        if !names_a_secret(&word) {
            continue;
        }
        // A quote that ends the key, then whatever leads to the value, be it what is missing here.
        let after_key = end + usize::from(matches!(chars.get(end), Some('"' | '\'')));
        let start = skip(&chars, after_key, |c| c.is_whitespace() || matches!(c, ':' | '=' | '['));
        let (start, stop) = match chars.get(start) {
            Some(&quote @ ('"' | '\'')) => {
                let length = chars[start + 1..].iter().position(|c| *c == quote);
                (start + 1, length.map_or(chars.len(), |length| start + 1 + length))
            }
            _ => (start, skip(&chars, start, |c| !c.is_whitespace() && !matches!(c, ',' | ']' | '}' | '{'))),
        };
        chars[start.min(stop)..stop].fill('•');
        at = stop.max(at);
    }
    chars.into_iter().collect()
}

/// Long runs of letters and digits keep their first four characters. The length stays.
fn hide_tokens(line: &str) -> String {
    const LONG: usize = 20;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '=');
    let chars: Vec<char> = line.chars().collect();
    let runs = chars.chunk_by(|a, b| is_part(*a) == is_part(*b));
    let hide = |run: &[char]| -> String {
        let hidden = run.len() >= LONG && is_part(run[0]);
        run.iter().enumerate().map(|(at, &c)| if hidden && at >= 4 { '•' } else { c }).collect()
    };
    runs.map(hide).collect()
}

/// Why an edit was not made. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// What stands at `path` has no members (or no elements) for the edit to go into.
    InTheWay {
        path: String,
        found: Found,
        at: Option<(usize, usize)>,
    },
    /// The key at the end of `path` is there more than once; `lines` are the first two.
    Duplicate {
        path: String,
        lines: (usize, usize),
    },
    /// The array at `path` has `length` elements.
    NoSuchIndex {
        path: String,
        index: usize,
        length: usize,
    },
    /// The document itself cannot be removed.
    Root,
    TooDeep {
        path: String,
    },
    /// The result did not pass its proof: a bug in this program, found before anything was written.
    Unproven(Unproven),
}

/// What was found where something else is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// Which part of the proof failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// The result is not JSON5, for our parser or for the independent one.
    Syntax,
    /// Its value is not the old value with the change.
    Value,
    /// A byte outside the edited places differs.
    Bytes,
}

impl EditError {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            EditError::InTheWay { path, found, at } => {
                let found = match found {
                    Found::Null => "null",
                    Found::Bool => words::a_bool(lang),
                    Found::Number => words::a_number(lang),
                    Found::String => words::a_string(lang),
                    Found::Array => words::an_array(lang),
                    Found::Object => words::an_object(lang),
                };
                let path = clean::line(path);
                match at {
                    Some((line, column)) => words::in_the_way(lang, path, found, line, column),
                    None => words::in_the_way_new(lang, path, found),
                }
            }
            EditError::Duplicate { path, lines } => words::duplicate(lang, clean::line(path), lines.0, lines.1),
            EditError::NoSuchIndex { path, index, length } => {
                words::no_such_index(lang, clean::line(path), index, length)
            }
            EditError::Root => words::root(lang).to_owned(),
            EditError::TooDeep { path } => words::edit_too_deep(lang, clean::line(path)),
            EditError::Unproven(part) => {
                let part = match part {
                    Unproven::Syntax => words::unproven_syntax(lang),
                    Unproven::Value => words::unproven_value(lang),
                    Unproven::Bytes => words::unproven_bytes(lang),
                };
                words::unproven(lang, part)
            }
        }
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}
impl std::error::Error for SyntaxError {}

impl std::fmt::Display for EditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}
impl std::error::Error for EditError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_line_hides_what_stands_after_a_word_for_secrets() {
        for (line, shown) in [
            ("  apiKey: 'p@ss word' oops", "  apiKey: '•••••••••' oops"),
            ("\"token\" \"abc\", 'x': 'y'", "\"token\" \"•••\", 'x': 'y'"),
            ("password: hunter2, a: 1", "password: •••••••, a: 1"),
            ("secrets: ['a b", "secrets: ['•••"),
            ("maxTokens: 12 13", "maxTokens: 12 13"),
            ("name: 'abcdefghijklmnopqrstuvwxyz'", "name: 'abcd••••••••••••••••••••••'"),
            ("key", "key"),
            ("token:", "token:"),
        ] {
            assert_eq!(hide_tokens(&hide_values(line)), shown);
        }
    }
}
