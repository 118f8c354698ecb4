//! The tokens of JSON5, and how a container goes on from one member to the next, as npm `json5` 2.2.3 has
//! it. Used once to find out whether a text is JSON5, and again by everyone who looks into it.

use crate::error::SyntaxKind;
use crate::number::Number;
use crate::tree::{HALVES_AT, Kind, Span, Text};
use crate::unicode::{is_id_continue, is_id_start, is_line_end, is_space};
use std::borrow::Cow;

/// A byte offset and what is wrong there.
pub(crate) type Fault = (usize, SyntaxKind);

/// Skips white space and comments from `at`; where the next token begins.
pub(crate) fn skip_trivia(text: &str, mut at: usize) -> Result<usize, Fault> {
    let bytes = text.as_bytes();
    loop {
        match bytes.get(at) {
            Some(b' ') => at += blanks(&bytes[at..]),
            Some(b'\t' | b'\n' | b'\r' | 0xb | 0xc) => at += 1,
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
pub(crate) fn skip_comment(text: &str, at: usize) -> Result<usize, Fault> {
    match text.as_bytes().get(at + 1) {
        Some(b'/') => Ok(text[at..].find(is_line_end).map_or(text.len(), |length| at + length)),
        Some(b'*') => match text[at + 2..].find("*/") {
            Some(length) => Ok(at + 2 + length + 2),
            None => Err((at, SyntaxKind::UnclosedComment)),
        },
        _ => Err((at, SyntaxKind::Unexpected)),
    }
}

/// A scalar, or the bracket that opens a container.
pub(crate) enum Token<'t> {
    Null,
    Bool(bool),
    /// As it is spelt.
    Number(&'t str),
    String(Text<'t>),
    Array,
    Object,
}

impl<'t> Token<'t> {
    pub fn kind(self) -> Kind<'t> {
        match self {
            Token::Null => Kind::Null,
            Token::Bool(bool) => Kind::Bool(bool),
            Token::Number(spelt) => Kind::Number(Number::read(spelt)),
            Token::String(text) => Kind::String(text),
            Token::Array => Kind::Array,
            Token::Object => Kind::Object,
        }
    }
}

/// Reads a text from a byte offset on.
pub(crate) struct Lexer<'t> {
    pub text: &'t str,
    pub at: usize,
}

impl<'t> Lexer<'t> {
    #[inline(always)]
    pub fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    #[inline(always)]
    pub fn trivia(&mut self) -> Result<(), Fault> {
        // Most often there is none, or one blank.
        if self.byte() == Some(b' ') {
            self.at += 1;
        }
        if !matches!(self.byte(), Some(b'!'..=b'.' | b'0'..=b'~')) {
            self.at = skip_trivia(self.text, self.at)?;
        }
        Ok(())
    }

    /// Goes to the value of the next member of the container that opens at `open`; its key and where that
    /// is, both empty in an array. None at the closing bracket.
    pub fn member(&mut self, open: usize) -> Result<Option<(Text<'t>, Span)>, Fault> {
        self.trivia()?;
        let start = self.at;
        match self.byte() {
            None => return Err((open, SyntaxKind::UnclosedContainer)),
            here if here == self.close(open) => return Ok(None),
            Some(_) if !self.is_object(open) => return Ok(Some((Text::new(""), Span::new(start, start)))),
            Some(_) => {}
        }
        let key = self.key()?;
        let span = Span::new(start, self.at);
        self.trivia()?;
        if self.byte() != Some(b':') {
            return Err((self.at, SyntaxKind::ExpectedColon));
        }
        self.at += 1;
        self.trivia()?;
        Ok(Some((key, span)))
    }

    /// Goes past the comma behind a member, and says where it is; or to the closing bracket.
    pub fn comma(&mut self, open: usize) -> Result<Option<usize>, Fault> {
        self.trivia()?;
        match self.byte() {
            Some(b',') => {
                self.at += 1;
                Ok(Some(self.at - 1))
            }
            None => Err((open, SyntaxKind::UnclosedContainer)),
            here if here == self.close(open) => Ok(None),
            Some(_) => Err((self.at, SyntaxKind::ExpectedComma)),
        }
    }

    fn is_object(&self, open: usize) -> bool {
        self.text.as_bytes().get(open) == Some(&b'{')
    }

    fn close(&self, open: usize) -> Option<u8> {
        Some(if self.is_object(open) { b'}' } else { b']' })
    }

    /// A scalar, or the bracket of a container and no more.
    pub fn value(&mut self) -> Result<Token<'t>, Fault> {
        match self.byte() {
            Some(b'{') => Ok(self.bracket(Token::Object)),
            Some(b'[') => Ok(self.bracket(Token::Array)),
            Some(b'"' | b'\'') => Ok(Token::String(self.string()?)),
            Some(b'n') => self.word("null", Token::Null),
            Some(b't') => self.word("true", Token::Bool(true)),
            Some(b'f') => self.word("false", Token::Bool(false)),
            Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'I' | b'N') => Ok(Token::Number(self.number()?)),
            _ => Err((self.at, SyntaxKind::ExpectedValue)),
        }
    }

    fn bracket(&mut self, opens: Token<'t>) -> Token<'t> {
        self.at += 1;
        opens
    }

    fn word(&mut self, word: &str, means: Token<'t>) -> Result<Token<'t>, Fault> {
        if !self.text[self.at..].starts_with(word) {
            return Err((self.at, SyntaxKind::ExpectedValue));
        }
        self.at += word.len();
        Ok(means)
    }

    pub fn key(&mut self) -> Result<Text<'t>, Fault> {
        let start = self.at;
        if let Some(b'"' | b'\'') = self.byte() {
            return self.string();
        }
        // Most have nothing else in them.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'$' | b'_');
        while self.byte().is_some_and(|byte| is_plain(byte) && !(self.at == start && byte.is_ascii_digit())) {
            self.at += 1;
        }
        let mut key = Cow::Borrowed(&self.text[start..self.at]);
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
            match (allowed, escape, &mut key) {
                (true, false, Cow::Borrowed(key)) => *key = &self.text[start..self.at],
                (true, _, key) => key.to_mut().push(c),
                (false, true, _) => return Err((here, SyntaxKind::BadEscape)),
                (false, false, _) => {
                    self.at = here;
                    break;
                }
            }
        }
        match key.is_empty() {
            true => Err((start, SyntaxKind::ExpectedKey)),
            false => Ok(Text { text: key, halves: false }),
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

    fn string(&mut self) -> Result<Text<'t>, Fault> {
        let start = self.at;
        let quote = self.byte().unwrap_or(b'"');
        self.at += 1;
        let inside = self.plain(quote);
        if self.byte() == Some(quote) {
            self.at += 1;
            return Ok(Text::new(inside));
        }
        let mut out = Units::default();
        out.push_str(inside);
        while self.byte() == Some(b'\\') {
            self.escape(start, &mut out)?;
            out.push_str(self.plain(quote));
        }
        match self.byte() == Some(quote) {
            true => self.at += 1,
            false => return Err((start, SyntaxKind::UnclosedString)),
        }
        Ok(out.finish())
    }

    /// What stands in a string before its end, an escape or a line end.
    fn plain(&mut self, quote: u8) -> &'t str {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let (text, from) = (self.text, self.at);
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        loop {
            // Eight at a time. The lowest high bit is that of the first byte which is one of these, or a control.
            if let Some(&eight) = text.as_bytes()[self.at..].first_chunk() {
                let word = u64::from_le_bytes(eight);
                let controls = word.wrapping_sub(ONES * 0x10) & !word;
                let ends = zero(word ^ (ONES * u64::from(quote))) | zero(word ^ (ONES * u64::from(b'\\')));
                let plain = ((controls | ends) & (ONES << 7)).trailing_zeros() / 8;
                self.at += plain as usize;
                if plain == 8 {
                    continue;
                }
            }
            match self.byte() {
                Some(byte) if byte != quote && !matches!(byte, b'\\' | b'\n' | b'\r') => self.at += 1,
                _ => return &text[from..self.at],
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
            '\r' if self.byte() == Some(b'\n') => self.at += 1,
            c if is_line_end(c) => {}
            c => out.push_str(c.encode_utf8(&mut [0; 4])),
        }
        Ok(())
    }

    /// A number, as it is spelt.
    fn number(&mut self) -> Result<&'t str, Fault> {
        let start = self.at;
        let bad = (start, SyntaxKind::BadNumber);
        if let Some(b'+' | b'-') = self.byte() {
            self.at += 1;
        }
        let rest = &self.text[self.at..];
        match rest.as_bytes() {
            [b'I', ..] if rest.starts_with("Infinity") => self.at += "Infinity".len(),
            [b'N', ..] if rest.starts_with("NaN") => self.at += "NaN".len(),
            [b'0', b'x' | b'X', ..] => {
                self.at += 2;
                if self.digits(u8::is_ascii_hexdigit) == 0 {
                    return Err(bad);
                }
            }
            digits => {
                let whole = self.digits(u8::is_ascii_digit);
                if whole > 1 && digits[0] == b'0' {
                    return Err(bad);
                }
                let mut count = whole;
                if self.byte() == Some(b'.') {
                    self.at += 1;
                    count += self.digits(u8::is_ascii_digit);
                }
                if count == 0 {
                    return Err(bad);
                }
                if let Some(b'e' | b'E') = self.byte() {
                    self.at += 1;
                    if let Some(b'+' | b'-') = self.byte() {
                        self.at += 1;
                    }
                    if self.digits(u8::is_ascii_digit) == 0 {
                        return Err(bad);
                    }
                }
            }
        }
        Ok(&self.text[start..self.at])
    }

    /// Skips digits, and counts them.
    fn digits(&mut self, is_digit: impl Fn(&u8) -> bool) -> usize {
        let start = self.at;
        while self.byte().is_some_and(|byte| is_digit(&byte)) {
            self.at += 1;
        }
        self.at - start
    }
}

/// How many blanks there are, eight at most where there is at least one.
fn blanks(bytes: &[u8]) -> usize {
    match bytes.first_chunk() {
        Some(&eight) => (u64::from_le_bytes(eight) ^ u64::from_le_bytes([b' '; 8])).trailing_zeros() as usize / 8,
        None => 1,
    }
}

/// A JavaScript string as it is put together, UTF-16 unit by unit where escapes ask for it.
#[derive(Default)]
struct Units {
    out: String,
    /// The first half of a pair, waiting for the second.
    high: Option<u32>,
    halves: bool,
}

impl Units {
    fn push_str(&mut self, text: &str) {
        if !text.is_empty() {
            self.lone();
            self.out.push_str(text);
        }
    }

    fn push_unit(&mut self, unit: u32) {
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

    fn finish<'t>(mut self) -> Text<'t> {
        self.lone();
        Text { text: Cow::Owned(self.out), halves: self.halves }
    }
}
