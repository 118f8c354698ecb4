//! Hides secrets in the text of a config or auth store, without changing its lines.

use crate::chutes::credential_kinds::{find_secret, secret_length};
use crate::openclaw::read::auth_store::placeholder;
use crate::secret::{Secret, names_a_secret};
use std::borrow::Cow;

/// The text, in pieces, with every secret replaced by `…abcd`. A secret is a string under a key that
/// names one, or anything that looks like a Chutes credential, also in a comment.
pub fn mask(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    Mask { rest: text, secret_here: false, around: Vec::new(), word: "" }
}

struct Mask<'a> {
    rest: &'a str,
    /// The key that the next value belongs to names a secret.
    secret_here: bool,
    /// The same for the containers around it.
    around: Vec<bool>,
    /// The last word, which a colon turns into a key.
    word: &'a str,
}

impl<'a> Iterator for Mask<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        let (token, rest) = self.rest.split_at(token_length(self.rest));
        self.rest = rest;
        match token.chars().next()? {
            '"' | '\'' => {
                self.word = inside(token);
                let is_key = rest.trim_start().starts_with(':');
                if self.secret_here && !is_key && placeholder(self.word).is_none() {
                    return Some(hide_string(token));
                }
            }
            ':' => self.secret_here = names_a_secret(self.word),
            ',' => self.secret_here = self.around.last().copied().unwrap_or(false),
            // The elements of a list of secrets are secrets.
            '[' => self.around.push(self.secret_here),
            '{' => {
                self.around.push(false);
                self.secret_here = false;
            }
            ']' | '}' => drop(self.around.pop()),
            c => {
                if c != '/' && !c.is_whitespace() {
                    self.word = token;
                }
            }
        }
        Some(hide_tokens(token))
    }
}

/// Length in bytes of a string, comment, run of white space, word, or single character.
fn token_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let until = |stop: fn(char) -> bool| text.find(stop).unwrap_or(text.len());
    match first {
        '"' | '\'' => string_length(text, first as u8),
        '/' if text.starts_with("//") => until(|c| matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')),
        '/' if text.starts_with("/*") => text[2..].find("*/").map_or(text.len(), |end| end + 4),
        c if c.is_whitespace() => until(|c| !c.is_whitespace()),
        ':' | ',' | '[' | ']' | '{' | '}' => 1,
        first => {
            let rest = &text[first.len_utf8()..];
            let stops =
                |c: char| c.is_whitespace() || matches!(c, ':' | ',' | '[' | ']' | '{' | '}' | '"' | '\'' | '/');
            first.len_utf8() + rest.find(stops).unwrap_or(rest.len())
        }
    }
}

/// Length in bytes of a string with its quotes; one that is never closed ends before the line end.
fn string_length(text: &str, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            // What is escaped is part of the string; `\r\n` is one line end.
            b'\\' => at += if bytes[at..].starts_with(b"\\\r\n") { 3 } else { 2 },
            b'\n' | b'\r' => return at,
            _ if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn inside(token: &str) -> &str {
    let quote = &token[..1];
    token[1..].strip_suffix(quote).unwrap_or(&token[1..])
}

/// A secret string: only its end is shown. One that runs over several lines keeps its line ends.
fn hide_string(token: &str) -> Cow<'_, str> {
    let quote = &token[..1];
    let text = inside(token);
    if text.is_empty() {
        return Cow::Borrowed(token);
    }
    let mut breaks = String::new();
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, '\n' | '\r')) {
        // Two line ends do not become the one `\r\n`.
        if c == '\n' && breaks.ends_with('\r') && !text[..at].ends_with('\r') {
            breaks.push('…');
        }
        breaks.push(c);
    }
    let hint = if text.contains('\\') { "…".to_owned() } else { Secret::new(text).hint() };
    let end = if token.ends_with(['\n', '\r']) { "" } else { quote };
    Cow::Owned(format!("{quote}{hint}{breaks}{end}"))
}

/// Chutes' own formats, wherever they stand.
fn hide_tokens(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = find_secret(rest) {
        let end = at + secret_length(&rest[at..]);
        out += &rest[..at];
        out += &Secret::new(&rest[at..end]).hint();
        rest = &rest[end..];
    }
    if out.is_empty() { Cow::Borrowed(rest) } else { Cow::Owned(out + rest) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::lines::lines;
    use proptest::prelude::*;

    #[test]
    fn values_under_secret_keys_are_hidden_in_every_style() {
        for (text, shown) in [
            (r#"{"key": "cpk_aaaa.bbbb.cccc1234"}"#, r#"{"key": "…1234"}"#),
            ("{apiKey: 'sk-0123456789abcd', b: 'x'}", "{apiKey: '…abcd', b: 'x'}"),
            ("{'gateway': {auth: {token: \"short\"}}}", "{'gateway': {auth: {token: \"…\"}}}"),
            ("{apiKey: \"${CHUTES_API_KEY}\"}", "{apiKey: \"${CHUTES_API_KEY}\"}"),
            ("{tokens: 1, maxTokens: 5, n: 'a'}", "{tokens: 1, maxTokens: 5, n: 'a'}"),
            ("{secrets: ['aaaaaaaaaaaa1', 'bbbbbbbbbbbb2'], c: 'd'}", "{secrets: ['…aaa1', '…bbb2'], c: 'd'}"),
            ("{MY_API_KEY /* why */ : /* x */ 'aaaaaaaaaaaaaz'}", "{MY_API_KEY /* why */ : /* x */ '…aaaz'}"),
            ("{password: 'a\\'bcdefghijklm'}", "{password: '…'}"),
            ("{password: 'abcdefghijkl\\\nmnop'}", "{password: '…\n'}"),
            ("{password: 'abcdefghijkl\\\r\nmnop'}", "{password: '…\r\n'}"),
            ("{password: 'a\\\rb\\\nc'}", "{password: '…\r…\n'}"),
            ("{password: 'open\r\n}", "{password: '…'\r\n}"),
            ("// cpk_left.here.comment1\n{a: 1}", "// …ent1\n{a: 1}"),
            ("{note: 'my cak_abcdefghijkl key'}", "{note: 'my …ijkl key'}"),
            (
                r#"{"keyRef": {"source": "env", "id": "CHUTES_API_KEY"}}"#,
                r#"{"keyRef": {"source": "env", "id": "CHUTES_API_KEY"}}"#,
            ),
        ] {
            assert_eq!(mask(text).collect::<String>(), shown);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_keeps_its_lines(parts in prop::collection::vec(prop::sample::select(vec![
            "'", "\"", "\\", "\r", "\n", "\r\n", "\u{2028}", "/*", "*/", "//", ":", ",", "{", "}", "[", "]", " ",
            "é", "key", "key: '", "cpk_aaaabbbbcccc",
        ]), 0..40)) {
            let text = parts.concat();
            let masked: String = mask(&text).collect();
            let ends = |text: &str| -> Vec<String> {
                lines(text).map(|line| line.trim_start_matches(|c| !matches!(c, '\r' | '\n')).to_owned()).collect()
            };
            prop_assert_eq!(ends(&masked), ends(&text), "{:?}", masked);
            prop_assert!(!masked.contains("aaaabbbb"));
        }
    }
}
