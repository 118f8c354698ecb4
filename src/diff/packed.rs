//! Lines of text in little memory: every full block of them is kept deflated.

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::borrow::Cow;
use std::io::{Read, Write};

/// A block is full from this many bytes on.
const BLOCK: usize = 64 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    blocks: Vec<Block>,
    /// The lines behind the blocks, each with `\n` behind it.
    rest: String,
    /// Lines in all.
    count: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    /// How many lines there are up to its end.
    end: usize,
    deflated: Box<[u8]>,
}

impl Block {
    fn new(text: &str, end: usize) -> Block {
        // Fast: the text repeats itself so much that a better level gains little.
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(BLOCK / 4), Compression::fast());
        // Writing to memory does not fail.
        let _ = encoder.write_all(text.as_bytes());
        Block { end, deflated: encoder.finish().unwrap_or_default().into() }
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(BLOCK);
        // What was deflated here inflates.
        let _ = DeflateDecoder::new(&*self.deflated).read_to_string(&mut text);
        text
    }
}

impl Packed {
    /// Adds a line; `text` has no line end.
    pub fn push(&mut self, text: &str) {
        self.rest.push_str(text);
        self.rest.push('\n');
        self.count += 1;
        if self.rest.len() >= BLOCK {
            self.blocks.push(Block::new(&self.rest, self.count));
            self.rest.clear();
        }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// The lines without the first `skipped`; their blocks stay packed.
    pub fn lines_from(&self, skipped: usize) -> impl Iterator<Item = Cow<'_, str>> {
        let first = self.blocks.partition_point(|block| block.end <= skipped);
        let passed = first.checked_sub(1).and_then(|last| self.blocks.get(last)).map_or(0, |block| block.end);
        let blocks = self.blocks.iter().skip(first).map(|block| Cow::Owned(block.text()));
        blocks.chain([Cow::Borrowed(&*self.rest)]).flat_map(lines).skip(skipped - passed)
    }
}

fn lines<'a>(text: Cow<'a, str>) -> impl Iterator<Item = Cow<'a, str>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let line = from..from + text.get(from..)?.find('\n')?;
        from = line.end + 1;
        Some(match &text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[line]),
            Cow::Owned(text) => Cow::Owned(text[line].to_owned()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_come_back_from_wherever_one_asks() {
        let lines: Vec<String> = (0..20_000).map(|at| format!("{:at$} line {at}", "", at = at % 40)).collect();
        let mut packed = Packed::default();
        lines.iter().for_each(|line| packed.push(line));
        assert!(packed.blocks.len() > 3 && packed.len() == lines.len());
        assert!(packed.lines_from(0).eq(lines.iter().map(String::as_str)));
        let ends = packed.blocks.iter().map(|block| block.end);
        let around = ends.flat_map(|end| [end - 1, end, end + 1]);
        for from in around.chain([0, 1, lines.len() - 1, lines.len(), lines.len() + 1]) {
            let there = lines.iter().skip(from).take(3).map(String::as_str);
            assert!(packed.lines_from(from).take(3).eq(there), "{from}");
        }
    }

    #[test]
    fn a_few_lines_stay_as_they_are_and_many_take_little() {
        let mut packed = Packed::default();
        packed.push("");
        packed.push("a");
        assert_eq!((packed.rest.as_str(), packed.blocks.len()), ("\na\n", 0));
        (0..10_000).for_each(|at| packed.push(&format!("            \"contextWindow\": {at},")));
        let kept: usize = packed.blocks.iter().map(|block| block.deflated.len()).sum();
        let plain: usize = packed.lines_from(0).map(|line| line.len() + 1).sum();
        assert!(kept * 5 < plain, "{kept} of {plain}");
        assert_eq!(packed.lines_from(0).take(2).collect::<Vec<_>>(), ["", "a"]);
    }
}
