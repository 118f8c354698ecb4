//! JSON5 text to [`Tree`]. Accepts what npm `json5` 2.2.3 accepts, down to [`MAX_DEPTH`].

use super::error::{SyntaxError, SyntaxKind};
use super::tree::{HALVES_AT, Id, Kind, MAX_DEPTH, Node, Number, Place, Slot, Span, Text, Tree};
use super::unicode::{is_id_continue, is_id_start, is_line_end, is_space};
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn parse(text: &str) -> Result<Tree, SyntaxError> {
    let mut parser = Parser { text, at: 0, nodes: Vec::new(), keys: HashSet::new() };
    let root = parser.document().map_err(|(at, kind)| SyntaxError::new(text, at, kind))?;
    Ok(Tree { nodes: parser.nodes, root })
}

/// Skips white space and comments from `at`; where the next token begins.
pub(super) fn skip_trivia(text: &str, mut at: usize) -> Result<usize, Fault> {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r' | 0xb | 0xc) => at += 1,
            Some(b'/') => at = skip_comment(text, at)?,
            Some(128..) => match text[at..].chars().next() {
                Some(c) if is_space(c) => at += c.len_utf8(),
                _ => return Ok(at),
            },
            _ => return Ok(at),
        }
    }
}

/// The end of the comment that begins at `at`. A line comment ends before its line end.
pub(super) fn skip_comment(text: &str, at: usize) -> Result<usize, Fault> {
    match text.as_bytes().get(at + 1) {
        Some(b'/') => Ok(text[at..].find(is_line_end).map_or(text.len(), |length| at + length)),
        Some(b'*') => match text[at + 2..].find("*/") {
            Some(length) => Ok(at + 2 + length + 2),
            None => Err((at, SyntaxKind::UnclosedComment)),
        },
        _ => Err((at, SyntaxKind::Unexpected)),
    }
}

/// A byte offset and what is wrong there.
type Fault = (usize, SyntaxKind);

struct Parser<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Node>,
    /// The keys so far. Most are there many times, and are kept once.
    keys: HashSet<Arc<str>>,
}

impl<'t> Parser<'t> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn trivia(&mut self) -> Result<(), Fault> {
        self.at = skip_trivia(self.text, self.at)?;
        Ok(())
    }

    fn document(&mut self) -> Result<Id, Fault> {
        self.trivia()?;
        if self.byte().is_none() {
            return Err((self.at, SyntaxKind::Empty));
        }
        let root = self.value(1)?;
        self.trivia()?;
        match self.byte() {
            None => Ok(root),
            Some(_) => Err((self.at, SyntaxKind::AfterEnd)),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Id, Fault> {
        let start = self.at;
        let kind = match self.byte() {
            None => return Err((start, SyntaxKind::ExpectedValue)),
            Some(open @ (b'{' | b'[')) => {
                if depth > MAX_DEPTH {
                    return Err((start, SyntaxKind::TooDeep));
                }
                self.at += 1;
                self.container(start, open == b'{', depth)?
            }
            Some(b'"' | b'\'') => Kind::String(self.string()?),
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'I' | b'N') => Kind::Number(self.number()?),
            Some(_) => return Err((start, SyntaxKind::ExpectedValue)),
        };
        self.nodes.push(Node { span: Some(Span::new(start, self.at)), kind, touched: false });
        Ok(self.nodes.len() - 1)
    }

    fn word(&mut self, word: &str, kind: Kind) -> Result<Kind, Fault> {
        if !self.text[self.at..].starts_with(word) {
            return Err((self.at, SyntaxKind::ExpectedValue));
        }
        self.at += word.len();
        Ok(kind)
    }

    fn container(&mut self, open: usize, object: bool, depth: usize) -> Result<Kind, Fault> {
        let close = if object { b'}' } else { b']' };
        let mut slots = Vec::new();
        let no_key = Text::new("");
        loop {
            self.trivia()?;
            match self.byte() {
                None => return Err((open, SyntaxKind::UnclosedContainer)),
                Some(byte) if byte == close => break,
                Some(_) => {}
            }
            let start = self.at;
            let key = if object { self.kept_once()? } else { no_key.clone() };
            let key_end = self.at;
            if object {
                self.trivia()?;
                if self.byte() != Some(b':') {
                    return Err((self.at, SyntaxKind::ExpectedColon));
                }
                self.at += 1;
                self.trivia()?;
            }
            let value_start = self.at;
            let value = self.value(depth + 1)?;
            let end = self.at;
            self.trivia()?;
            let comma = (self.byte() == Some(b',')).then_some(self.at);
            let place = Place { whole: Span::new(start, end), key_end, value: Span::new(value_start, end), comma };
            slots.push(Slot { key, value, origin: Some(slots.len()), gone: false, place });
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => break,
                None => return Err((open, SyntaxKind::UnclosedContainer)),
                Some(_) => return Err((self.at, SyntaxKind::ExpectedComma)),
            }
        }
        self.at += 1;
        // There are many small containers, and they stay.
        slots.shrink_to_fit();
        Ok(if object { Kind::Object(slots) } else { Kind::Array(slots) })
    }

    fn kept_once(&mut self) -> Result<Text, Fault> {
        let mut key = self.key()?;
        match self.keys.get(&*key.text) {
            Some(known) => key.text = known.clone(),
            None => drop(self.keys.insert(key.text.clone())),
        }
        Ok(key)
    }

    fn key(&mut self) -> Result<Text, Fault> {
        let start = self.at;
        if let Some(b'"' | b'\'') = self.byte() {
            return self.string();
        }
        let mut key = String::new();
        while let Some(mut c) = self.char() {
            let escape = c == '\\';
            let here = self.at;
            self.at += c.len_utf8();
            if escape {
                if self.byte() != Some(b'u') {
                    return Err((here, SyntaxKind::BadEscape));
                }
                self.at += 1;
                // Half a pair is no letter.
                c = char::from_u32(self.hex(4, here)?).unwrap_or('\u{fffd}');
            }
            let allowed = if key.is_empty() { is_id_start(c) } else { is_id_continue(c) };
            match (allowed, escape) {
                (true, _) => key.push(c),
                (false, true) => return Err((here, SyntaxKind::BadEscape)),
                (false, false) => {
                    self.at = here;
                    break;
                }
            }
        }
        match key.is_empty() {
            true => Err((start, SyntaxKind::ExpectedKey)),
            false => Ok(Text { text: Arc::from(key), halves: false }),
        }
    }

    fn hex(&mut self, digits: usize, escape: usize) -> Result<u32, Fault> {
        let mut value = 0;
        for _ in 0..digits {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            value = value * 16 + digit.ok_or((escape, SyntaxKind::BadEscape))?;
            self.at += 1;
        }
        Ok(value)
    }

    fn string(&mut self) -> Result<Text, Fault> {
        let start = self.at;
        let quote = self.byte().unwrap_or(b'"');
        self.at += 1;
        let mut out = Units::default();
        loop {
            let from = self.at;
            let stop = self.text.as_bytes()[from..]
                .iter()
                .position(|&byte| byte == quote || matches!(byte, b'\\' | b'\n' | b'\r'))
                .ok_or((start, SyntaxKind::UnclosedString))?;
            self.at += stop;
            if self.byte() == Some(quote) && out.is_untouched() {
                let text = Text::new(&self.text[from..self.at]);
                self.at += 1;
                return Ok(text);
            }
            out.push_str(&self.text[from..self.at]);
            match self.byte() {
                Some(b'\\') => self.escape(start, &mut out)?,
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(out.finish());
                }
                _ => return Err((start, SyntaxKind::UnclosedString)),
            }
        }
    }

    fn escape(&mut self, string: usize, out: &mut Units) -> Result<(), Fault> {
        let here = self.at;
        self.at += 1;
        let c = self.char().ok_or((string, SyntaxKind::UnclosedString))?;
        self.at += c.len_utf8();
        match c {
            'b' => out.push_str("\u{8}"),
            'f' => out.push_str("\u{c}"),
            'n' => out.push_str("\n"),
            'r' => out.push_str("\r"),
            't' => out.push_str("\t"),
            'v' => out.push_str("\u{b}"),
            '0' if !self.byte().is_some_and(|byte| byte.is_ascii_digit()) => out.push_str("\0"),
            '0'..='9' => return Err((here, SyntaxKind::BadEscape)),
            'x' => out.push_unit(self.hex(2, here)?),
            'u' => out.push_unit(self.hex(4, here)?),
            '\r' if self.byte() == Some(b'\n') => {
                self.at += 1;
                out.touch();
            }
            c if is_line_end(c) => out.touch(),
            c => out.push_str(c.encode_utf8(&mut [0; 4])),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Number, Fault> {
        let start = self.at;
        let bad = (start, SyntaxKind::BadNumber);
        let negative = self.byte() == Some(b'-');
        if let Some(b'+' | b'-') = self.byte() {
            self.at += 1;
        }
        let rest = &self.text[self.at..];
        for (word, value) in [("Infinity", f64::INFINITY), ("NaN", f64::NAN)] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(Number::Float(if negative { -value } else { value }));
            }
        }
        if rest.starts_with("0x") || rest.starts_with("0X") {
            self.at += 2;
            let digits = self.digits(|byte| byte.is_ascii_hexdigit());
            return if digits.is_empty() { Err(bad) } else { Ok(hexadecimal(digits, negative)) };
        }
        let from = self.at;
        let whole = self.digits(|byte| byte.is_ascii_digit());
        let mut integer = true;
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(bad);
        }
        if self.byte() == Some(b'.') {
            integer = false;
            self.at += 1;
            if self.digits(|byte| byte.is_ascii_digit()).is_empty() && whole.is_empty() {
                return Err(bad);
            }
        } else if whole.is_empty() {
            return Err(bad);
        }
        if let Some(b'e' | b'E') = self.byte() {
            integer = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            if self.digits(|byte| byte.is_ascii_digit()).is_empty() {
                return Err(bad);
            }
        }
        if integer && let Ok(int) = whole.parse::<i128>() {
            return Ok(Number::from_int(if negative { -int } else { int }));
        }
        let float: f64 = self.text[from..self.at].parse().map_err(|_| bad)?;
        Ok(Number::Float(if negative { -float } else { float }))
    }

    fn digits(&mut self, is_digit: impl Fn(&u8) -> bool) -> &'t str {
        let (text, start) = (self.text, self.at);
        self.at += text.as_bytes()[start..].iter().take_while(|byte| is_digit(byte)).count();
        &text[start..self.at]
    }
}

/// Any number of hexadecimal digits, rounded as a float when they do not fit an integer.
fn hexadecimal(digits: &str, negative: bool) -> Number {
    let digits = digits.trim_start_matches('0');
    let (head, tail) = digits.split_at(digits.len().min(30));
    let mut int = i128::from_str_radix(head, 16).unwrap_or(0);
    // Whatever is beyond 120 bits only decides how the last bit is rounded.
    int |= i128::from(tail.bytes().any(|byte| byte != b'0'));
    let sign = if negative { -1 } else { 1 };
    if tail.is_empty() {
        return Number::from_int(sign * int);
    }
    let exponent = i32::try_from(tail.len() * 4).unwrap_or(i32::MAX);
    Number::Float((sign * int) as f64 * 2f64.powi(exponent))
}

/// A JavaScript string as it is put together, UTF-16 unit by unit where escapes ask for it.
#[derive(Default)]
struct Units {
    out: String,
    /// The first half of a pair, waiting for the second.
    high: Option<u32>,
    halves: bool,
    touched: bool,
}

impl Units {
    fn is_untouched(&self) -> bool {
        !self.touched
    }

    fn touch(&mut self) {
        self.touched = true;
    }

    fn push_str(&mut self, text: &str) {
        self.touched = true;
        if !text.is_empty() {
            self.lone();
            self.out.push_str(text);
        }
    }

    fn push_unit(&mut self, unit: u32) {
        self.touched = true;
        match (self.high, unit) {
            (Some(high), 0xdc00..=0xdfff) => {
                self.high = None;
                let c = 0x1_0000 + ((high - 0xd800) << 10) + (unit - 0xdc00);
                self.out.extend(char::from_u32(c));
            }
            (_, 0xd800..=0xdbff) => {
                self.lone();
                self.high = Some(unit);
            }
            (_, 0xdc00..=0xdfff) => {
                self.lone();
                self.half(unit);
            }
            _ => {
                self.lone();
                self.out.extend(char::from_u32(unit));
            }
        }
    }

    /// The waiting first half stays alone.
    fn lone(&mut self) {
        if let Some(high) = self.high.take() {
            self.half(high);
        }
    }

    fn half(&mut self, unit: u32) {
        self.halves = true;
        self.out.extend(char::from_u32(HALVES_AT + (unit - 0xd800)));
    }

    fn finish(mut self) -> Text {
        self.lone();
        Text { text: Arc::from(self.out), halves: self.halves }
    }
}
