//! The `.env` file of a state directory: variables that OpenClaw, its gateway included, reads for
//! itself. One variable is set, every other byte stays.

use crate::secret::Secret;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// A variable of the file, and where its value stands in the text.
struct Entry {
    name: String,
    value: String,
    /// With its quotes, without white space around. Empty: where a value would stand.
    place: Range<usize>,
}

/// The last value of `name`, as OpenClaw reads it. None: not set, or to nothing.
pub fn value(text: &str, name: &str) -> Option<String> {
    let mut values = entries(text).into_iter().rev().filter(|entry| entry.name == name).map(|entry| entry.value);
    values.next().filter(|value| !value.trim().is_empty())
}

/// Name and value of each variable, as OpenClaw reads them; of a name that is there twice the last one counts.
pub fn variables(text: &str) -> HashMap<String, String> {
    entries(text).into_iter().map(|entry| (entry.name, entry.value)).collect()
}

/// The text with `name` set to `value`, which needs no quotes: in the places that set it, else in a new
/// line at the end.
pub fn set(text: &str, name: &str, value: &str) -> String {
    let mut out = text.to_owned();
    if self::value(text, name).as_deref() == Some(value) {
        return out;
    }
    for entry in entries(text).into_iter().rev().filter(|entry| entry.name == name) {
        out.replace_range(entry.place, value);
    }
    // Not there, or in a way (a value on the next line) that only quotes allow.
    if self::value(&out, name).as_deref() != Some(value) {
        out = text.to_owned();
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        if !out.is_empty() && !out.ends_with('\n') {
            out += end;
        }
        out += &format!("{name}={value}{end}");
    }
    out
}

/// The text without the lines that set `name`.
pub fn unset(text: &str, name: &str) -> String {
    let mut out = text.to_owned();
    for entry in entries(text).into_iter().rev().filter(|entry| entry.name == name) {
        let start = text[..entry.place.start].rfind(is_line_end).map_or(0, |at| at + 1);
        let rest = &text[entry.place.end..];
        let end = rest.find('\n').map_or(text.len(), |length| entry.place.end + length + 1);
        // The name may stand on a line before its value.
        let start = text[..start]
            .rfind(name)
            .filter(|_| !text[start..entry.place.start].contains(name))
            .map_or(start, |at| text[..at].rfind(is_line_end).map_or(0, |line| line + 1));
        out.replace_range(start..end, "");
    }
    out
}

/// The file with its text changed. Bytes that are not UTF-8 stay as they are.
pub fn edit<E>(file: &[u8], change: impl FnOnce(&str) -> Result<String, E>) -> Result<Vec<u8>, E> {
    if let Ok(text) = std::str::from_utf8(file) {
        return change(text).map(String::into_bytes);
    }
    // Each such byte becomes a character that means nothing, and of which the file has none.
    let chunks = || file.utf8_chunks();
    let is_free = |page: &u32| !chunks().any(|chunk| chunk.valid().chars().any(|c| u32::from(c) >> 8 == *page));
    let page = (0xF00..=0x10FF).find(is_free).unwrap_or(0x10FF);
    let mut text = String::new();
    for chunk in chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|byte| char::from_u32(page << 8 | u32::from(*byte))));
    }
    let mut bytes = Vec::new();
    for c in change(&text)?.chars() {
        match u32::from(c).to_be_bytes() {
            [.., byte] if u32::from(c) >> 8 == page => bytes.push(byte),
            _ => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Ok(bytes)
}

/// Names a variable and its value, by a SHA-256, so that it can be known again without being kept.
pub fn mark(name: &str, value: &str) -> String {
    crate::files::hex(&Sha256::digest(format!("{name}={value}")))
}

/// All variables in the order of the file. OpenClaw reads it with npm's `dotenv` 17; this follows the regular
/// expression there step by step:
///
/// ```text
/// ^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)
///   (\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$
/// ```
fn entries(text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = skip_space(text, at);
        let read = assignment(&text[start..]).map(|(name, from)| (name, start + from));
        let end = match read {
            Some((name, from)) => {
                let (raw, end) = raw_value(text, from);
                let trimmed = trim(&text[raw.clone()]);
                let offset = text[raw.clone()].find(trimmed).unwrap_or_default();
                let place = raw.start + offset..raw.start + offset + trimmed.len();
                found.push(Entry { name: name.to_owned(), value: plain(trimmed), place });
                end.max(start + 1)
            }
            None => start,
        };
        // The next match begins at the start of a line.
        at = text.get(end..).and_then(|rest| rest.find(is_line_end)).map_or(text.len(), |length| end + length + 1);
        at = (at..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    }
    found
}

/// Name and what stands before its value, at the beginning of a text; where the value may begin.
fn assignment(text: &str) -> Option<(&str, usize)> {
    let named = |from: usize| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let end = from + text[from..].find(|c| !is_part(c)).unwrap_or(text.len() - from);
        let name = text.get(from..end).filter(|name| !name.is_empty())?;
        let equals = skip_space(text, end);
        if text[equals..].starts_with('=') {
            return Some((name, equals + 1));
        }
        let space = text[end..].strip_prefix(':')?.chars().next().filter(|c| is_space(*c))?;
        Some((name, end + 1 + space.len_utf8()))
    };
    let exported = text.strip_prefix("export").filter(|rest| rest.starts_with(is_space));
    exported.and_then(|_| named(skip_space(text, "export".len()))).or_else(|| named(0))
}

/// The value that begins here, as it stands, and where the assignment ends.
fn raw_value(text: &str, from: usize) -> (Range<usize>, usize) {
    let open = skip_space(text, from);
    if let Some(quote) = text[open..].chars().next().filter(|c| matches!(c, '\'' | '"' | '`')) {
        for close in closing(&text[open + 1..], quote) {
            let end = open + 1 + close + 1;
            if let Some(after) = after_value(text, end) {
                return (from..end, after);
            }
        }
    }
    let end = text[from..].find(['#', '\r', '\n']).map_or(text.len(), |length| from + length);
    (from..end, after_value(text, end).unwrap_or(end))
}

/// The quotes that may end a string, most wanted first: the first that no backslash escapes, then, where that is
/// no end, the escaped ones before it from the last to the first.
fn closing(text: &str, quote: char) -> Vec<usize> {
    let mut escaped = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut last = None;
    while let Some((at, c)) = chars.next() {
        if c == quote {
            last = Some(at);
            break;
        }
        if let ('\\', Some(&(next, _))) = (c, chars.peek().filter(|(_, next)| *next == quote)) {
            escaped.push(next);
            chars.next();
        }
    }
    last.into_iter().chain(escaped.into_iter().rev()).collect()
}

/// Nothing but white space and a comment up to an end of line: where that is. None: something else stands there.
fn after_value(text: &str, from: usize) -> Option<usize> {
    let next = skip_space(text, from);
    let rest = &text[next..];
    if rest.starts_with('#') {
        return Some(next + rest.find(is_line_end).unwrap_or(rest.len()));
    }
    if rest.is_empty() { Some(next) } else { text[from..next].rfind(is_line_end).map(|length| from + length) }
}

/// Without the quotes around; in double quotes, `\n` and `\r` are line ends.
fn plain(value: &str) -> String {
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
    let inside = quote.and_then(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(&value);
    match quote {
        Some('"') => inside.replace("\\n", "\n").replace("\\r", "\r"),
        _ => inside.to_owned(),
    }
}

/// White space and line ends, as JavaScript has them.
fn is_space(c: char) -> bool {
    (c.is_whitespace() && c != '\u{85}') || c == '\u{feff}'
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn skip_space(text: &str, from: usize) -> usize {
    text[from..].find(|c| !is_space(c)).map_or(text.len(), |length| from + length)
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// The text, in pieces, with every value hidden but its end: nobody can tell which of them are secrets.
pub fn mask(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.split_inclusive('\n').map(|line| {
        let body = line.trim_end_matches(['\r', '\n']);
        let end = &line[body.len()..];
        match line_value(body) {
            Some(value) if !value.trim().is_empty() => {
                let (raw, _) = raw_value(value, 0);
                let hint = Secret::new(plain(trim(&value[raw]))).hint();
                Cow::Owned(format!("{}{hint}{end}", &body[..body.len() - value.len()]))
            }
            Some(_) => Cow::Borrowed(line),
            // The further lines of a quoted value, or a comment that may hold anything.
            None if body.trim().is_empty() => Cow::Borrowed(line),
            None => Cow::Owned(format!("…{end}")),
        }
    })
}

/// The value of a line that sets a variable, to the end of the line; more than is read, so that all is hidden.
fn line_value(line: &str) -> Option<&str> {
    let (_, from) = assignment(line.trim_start_matches(is_space))?;
    let start = line.len() - line.trim_start_matches(is_space).len();
    line.get(start + from..)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "CHUTES_CLIENT_SECRET";

    #[test]
    fn one_variable_is_set_and_every_other_byte_stays() {
        for (text, expected) in [
            ("", "CHUTES_CLIENT_SECRET=csc_new\n"),
            ("A=1", "A=1\nCHUTES_CLIENT_SECRET=csc_new\n"),
            ("# mine\r\nA='x y'\r\n", "# mine\r\nA='x y'\r\nCHUTES_CLIENT_SECRET=csc_new\r\n"),
            (
                "export CHUTES_CLIENT_SECRET=\"csc_old\" # why\nB=2\n",
                "export CHUTES_CLIENT_SECRET=csc_new # why\nB=2\n",
            ),
            (
                "CHUTES_CLIENT_SECRET='a\nb'\nB=2\nCHUTES_CLIENT_SECRET =\n",
                "CHUTES_CLIENT_SECRET=csc_new\nB=2\nCHUTES_CLIENT_SECRET =csc_new\n",
            ),
            ("CHUTES_CLIENT_SECRET=\n'x'\n", "CHUTES_CLIENT_SECRET=\n'x'\nCHUTES_CLIENT_SECRET=csc_new\n"),
            (
                "X_CHUTES_CLIENT_SECRET=1\n# CHUTES_CLIENT_SECRET=no\n",
                "X_CHUTES_CLIENT_SECRET=1\n# CHUTES_CLIENT_SECRET=no\nCHUTES_CLIENT_SECRET=csc_new\n",
            ),
        ] {
            let changed = set(text, NAME, "csc_new");
            assert_eq!(changed, expected);
            assert_eq!(value(&changed, NAME).as_deref(), Some("csc_new"));
            assert_eq!(set(&changed, NAME, "csc_new"), changed);
        }
    }

    #[test]
    fn values_are_read_as_openclaw_reads_them() {
        let text = "CHUTES_CLIENT_SECRET = 'a # b'\nA=1\nCHUTES_CLIENT_SECRET=c # d\nE=\"\"\n";
        assert_eq!(value(text, NAME).as_deref(), Some("c"));
        assert_eq!(value("CHUTES_CLIENT_SECRET='a # b'", NAME).as_deref(), Some("a # b"));
        assert_eq!(value(text, "E"), None);
        assert_eq!(value("# CHUTES_CLIENT_SECRET=x", NAME), None);
        // More than these stand in tests/openclaw/dotenv.rs, beside the real program's answers.
        assert_eq!(value("CHUTES_CLIENT_SECRET=a#b", NAME).as_deref(), Some("a"));
        assert_eq!(value("CHUTES_CLIENT_SECRET=\"a\nb\" # c", NAME).as_deref(), Some("a\nb"));
        assert_eq!(value("CHUTES_CLIENT_SECRET='it\\'s'", NAME).as_deref(), Some("it\\'s"));
    }

    #[test]
    fn nothing_of_a_value_is_shown_but_its_end() {
        let text = "OPENAI_API_KEY=sk-0123456789abcdef\n\nS=short\r\nQ=\"first\nsecond canary\"\n# csc_canary\n";
        let shown: String = mask(text).collect();
        assert_eq!(shown, "OPENAI_API_KEY=…cdef\n\nS=…\r\nQ=…\n…\n…\n");
        assert_eq!(shown.lines().count(), text.lines().count());
    }
}
