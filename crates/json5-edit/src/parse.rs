//! Is a text JSON5? Accepts what npm `json5` 2.2.3 accepts, down to [`MAX_DEPTH`].

use crate::error::{SyntaxError, SyntaxKind};
use crate::lexer::{Fault, Lexer, Token};
use crate::tree::{MAX_DEPTH, Span};

/// Bytes from which on it is remembered where a container ends that holds no other. Most are shorter, and
/// read again instead.
const LONG: usize = 128;

/// What [`Tree::containers`](crate::tree::Tree::containers) is for this text.
pub(crate) fn parse(text: &str) -> Result<Vec<Span>, SyntaxError> {
    let mut parser = Parser { lexer: Lexer { text, at: 0 }, containers: Vec::new() };
    parser.document().map_err(|(at, kind)| SyntaxError::new(text, at, kind))?;
    let mut containers = parser.containers;
    containers.sort_unstable_by_key(|span| span.start);
    // They stay as long as the document does.
    containers.shrink_to_fit();
    Ok(containers)
}

struct Parser<'t> {
    lexer: Lexer<'t>,
    /// Inner ones before those around them.
    containers: Vec<Span>,
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
            self.containers.push(span);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    /// Bytes of what is remembered of a text, and how many values are in it.
    fn remembered(text: &str) -> (usize, usize) {
        let containers = parse(text).unwrap();
        let (known, unknown) = (Tree { text, containers: &containers }, Tree { text, containers: &[] });
        let mut todo = vec![known.root()];
        let mut values = 0;
        while let Some(id) = todo.pop() {
            values += 1;
            assert_eq!(known.end(id), unknown.end(id));
            todo.extend(known.members(id).map(|member| member.head.value));
        }
        (containers.capacity() * size_of::<Span>(), values)
    }

    #[test]
    fn little_is_remembered_and_all_of_it_is_right() {
        let model = |n| {
            format!(
                "    {{\n      \"id\": \"publisher/a-model-{n}\",\n      \"input\": [\n        \"text\"\n      ],\n      \
                 \"cost\": {{\n        \"input\": 0.25,\n        \"output\": 1.5\n      }},\n      \"compat\": {{}}\n    }}"
            )
        };
        let models: Vec<String> = (0..500).map(model).collect();
        let config = format!("// models\n{{\n  \"models\": [\n{}\n  ]\n}}\n", models.join(",\n"));
        let (bytes, values) = remembered(&config);
        assert_eq!(values, 500 * 8 + 2);
        assert!(bytes <= 502 * size_of::<Span>(), "{bytes}");
        // However it is nested.
        let deep = |open: &str, close: &str, depth: usize| open.repeat(depth) + "1" + &close.repeat(depth) + ",";
        for part in [deep("[", "]", 250), deep("{a:", "}", 20), deep("[", "]", 2), "{},".into(), "'}',".into()] {
            let (bytes, values) = remembered(&format!("[{}]", part.repeat(50)));
            assert!(bytes <= values * 16, "{part}: {bytes} for {values}");
        }
        // Brackets that are none.
        remembered(&format!(
            "[{{a: '}} ]', /* ] }} */ 'b}}': [], // ]\n c: {{'\\'}}': {{}}}}, d: \"{}\"}}]",
            "]".repeat(200)
        ));
    }
}
