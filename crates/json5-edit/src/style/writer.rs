//! The new text as it is put together, remembering which bytes are copies of the source.

use crate::lexer::skip_comment;
use crate::style::habits::blank_prefix;
use crate::tree::Span;
use crate::unicode::is_line_end;

pub(crate) struct Out<'s> {
    source: &'s str,
    eol: &'static str,
    pub text: String,
    /// Source spans that were copied, each as long as can be, and where each begins in `text`.
    pub copies: Vec<(Span, usize)>,
    /// Source spans that an edit removed or replaced, with the comments that go along.
    pub released: Vec<Span>,
    line_start: usize,
    /// The text ends inside a line comment.
    in_comment: bool,
}

impl<'s> Out<'s> {
    pub fn new(source: &'s str, eol: &'static str) -> Self {
        let text = String::with_capacity(source.len() + 1024);
        Self { source, eol, text, copies: Vec::new(), released: Vec::new(), line_start: 0, in_comment: false }
    }

    /// Text of our own.
    pub fn put(&mut self, text: &str) {
        self.push(text);
    }

    /// A new line, indented.
    pub fn line(&mut self, indent: &str) {
        let eol = self.eol;
        self.push(eol);
        self.push(indent);
    }

    /// A piece of the source that holds no comment outside a value.
    pub fn copy(&mut self, span: Span) {
        if span.start < span.end {
            self.guard(span.of(self.source));
            match self.copies.last_mut() {
                Some((last, at)) if last.end == span.start && *at + last.len() == self.text.len() => {
                    last.end = span.end
                }
                _ => self.copies.push((span, self.text.len())),
            }
            self.push(span.of(self.source));
        }
    }

    /// White space and comments of the source.
    pub fn copy_trivia(&mut self, span: Span) {
        self.copy(span);
        if span.start < span.end {
            self.in_comment = ends_in_line_comment(span.of(self.source));
        }
    }

    /// Indentation of the line being written.
    pub fn indent(&self) -> String {
        blank_prefix(&self.text[self.line_start..]).to_owned()
    }

    /// Characters written on the line so far; an upper bound, as bytes.
    pub fn column(&self) -> usize {
        self.text.len() - self.line_start
    }

    fn push(&mut self, text: &str) {
        self.guard(text);
        if let Some((at, c)) = text.char_indices().rev().find(|(_, c)| is_line_end(*c)) {
            self.line_start = self.text.len() + at + c.len_utf8();
        }
        self.text.push_str(text);
    }

    /// Nothing may be swallowed by a line comment before it.
    fn guard(&mut self, next: &str) {
        if self.in_comment && !next.is_empty() {
            self.in_comment = false;
            if !next.starts_with(is_line_end) {
                let indent = self.indent();
                let eol = self.eol;
                self.push(eol);
                self.push(&indent);
            }
        }
    }
}

fn ends_in_line_comment(trivia: &str) -> bool {
    let mut at = 0;
    while let Some(found) = trivia[at..].find('/') {
        let start = at + found;
        match skip_comment(trivia, start) {
            Ok(end) if end == trivia.len() => return trivia[start..].starts_with("//"),
            Ok(end) => at = end,
            Err(_) => return false,
        }
    }
    false
}
