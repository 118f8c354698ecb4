//! Is a text JSON5? Accepts what npm `json5` 2.2.3 accepts, down to [`MAX_DEPTH`].

use super::error::{SyntaxError, SyntaxKind};
use super::lexer::{Fault, Lexer, Token};
use super::tree::{MAX_DEPTH, Span};

/// Bytes from which on it is remembered where a container ends. Shorter ones are read again instead: that
/// is quick, and most containers are short.
const LONG: usize = 128;

/// The long containers of a text, in the order they begin.
pub(super) fn parse(text: &str) -> Result<Vec<Span>, SyntaxError> {
    let mut parser = Parser { lexer: Lexer { text, at: 0 }, long: Vec::new() };
    parser.document().map_err(|(at, kind)| SyntaxError::new(text, at, kind))?;
    let mut long = parser.long;
    long.sort_unstable_by_key(|span| span.start);
    // It stays as long as the document does.
    long.shrink_to_fit();
    Ok(long)
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    /// Inner ones before those around them.
    long: Vec<Span>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        self.lexer.trivia()?;
        if self.lexer.byte().is_none() {
            return Err((self.lexer.at, SyntaxKind::Empty));
        }
        self.value(1)?;
        self.lexer.trivia()?;
        match self.lexer.byte() {
            None => Ok(()),
            Some(_) => Err((self.lexer.at, SyntaxKind::AfterEnd)),
        }
    }

    /// True for a container.
    fn value(&mut self, depth: usize) -> Result<bool, Fault> {
        let open = self.lexer.at;
        let (Token::Array | Token::Object) = self.lexer.value()? else { return Ok(false) };
        if depth > MAX_DEPTH {
            return Err((open, SyntaxKind::TooDeep));
        }
        let mut nested = false;
        while self.lexer.member(open)?.is_some() {
            nested |= self.value(depth + 1)?;
            self.lexer.comma(open)?;
        }
        self.lexer.at += 1;
        let span = Span::new(open, self.lexer.at);
        if nested || span.len() >= LONG {
            self.long.push(span);
        }
        Ok(true)
    }
}
