//! What the JSON5 editor reports, in words that are safe to print: secrets hidden, outside text cleaned.

use crate::clean;
use crate::secret::names_a_secret;
use crate::texts::{Lang, json5 as words};
use json5_edit::{EditError, Found, SyntaxError, SyntaxKind, Unproven};

/// One sentence: what is wrong, at which line and column.
pub fn syntax_message(error: &SyntaxError, lang: Lang) -> String {
    let what = match error.kind {
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
    words::syntax(lang, error.line, error.column, what)
}

/// The line and, below it, a caret at the column: safe to print, at most `width` characters wide,
/// with what may be a key or token hidden.
pub fn pointer(error: &SyntaxError, width: usize) -> (String, String) {
    let width = width.max(8);
    let from = error.column.saturating_sub(1).saturating_sub(width / 2);
    let shown: String = hide_tokens(&hide_values(&error.excerpt)).chars().skip(from).take(width).collect();
    let indent = error.column.saturating_sub(1) - from;
    (clean::line(&shown), format!("{}^", " ".repeat(indent)))
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

/// One sentence: why an edit was not made, and where in the document.
pub fn edit_message(error: &EditError, lang: Lang) -> String {
    match error {
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
        EditError::NoSuchIndex { path, index, length } => words::no_such_index(lang, clean::line(path), index, length),
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

#[cfg(test)]
#[allow(clippy::expect_used)]
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

    #[test]
    fn a_syntax_error_shows_the_place_safely_in_both_languages() {
        let error = json5_edit::Document::parse(format!("{{{} a: 1 b }}", "x: '\u{1b}[31m', ".repeat(100)))
            .expect_err("no JSON5");
        let (line, caret) = pointer(&error, 60);
        assert!(line.chars().count() <= 60 && !line.contains('\u{1b}'));
        assert_eq!(line.chars().nth(caret.chars().count() - 1), Some('b'));

        let error =
            json5_edit::Document::parse("{ apiKey: 'cpk_0123456789abcdef0123456789abcdef }").expect_err("no JSON5");
        let (line, caret) = pointer(&error, 80);
        assert!(line.starts_with("{ apiKey: '••••") && !line.contains("cdef"), "{line}");
        assert_eq!(line.chars().nth(caret.chars().count() - 1), Some('\''));

        for lang in [Lang::En, Lang::ZhCn] {
            let error = json5_edit::Document::parse("{\n  a: 1\n  b: 2\n}").expect_err("no JSON5");
            assert!(syntax_message(&error, lang).contains('3'));
            let error = EditError::Duplicate { path: "a\u{1b}".to_owned(), lines: (2, 4) };
            let message = edit_message(&error, lang);
            assert!(message.contains('2') && message.contains('4') && !message.contains('\u{1b}'), "{message}");
        }
    }
}
