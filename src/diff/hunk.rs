//! Lines of a diff that stand together, with their numbers.

use super::packed::Packed;
use std::borrow::Cow;

/// Lines that stand together in both files. Kept packed: a diff may have hundreds of thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Numbers, from 1, that the next line would have in the old and in the new file.
    first: (usize, usize),
    text: Packed,
    /// How many lines of a kind follow each other.
    runs: Vec<(LineKind, usize)>,
    folds: Vec<Fold>,
    /// The list of entries that the last lines belong to.
    open: Option<Open>,
}

/// Entries of a list that say the same for each model: lines that a summary may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Index of the first line, and how many there are.
    pub first: usize,
    pub lines: usize,
    /// How many models.
    pub entries: usize,
    pub kind: LineKind,
}

/// Entries under way: objects with an `id`, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Open {
    fold: Fold,
    indent: usize,
    /// The last entry is complete.
    closed: bool,
    has_id: bool,
}

/// Shorter lists are shown as they are.
const LEAST_FOLD: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub kind: LineKind,
    /// Line number, from 1, in the old file; None for an added line.
    pub old: Option<usize>,
    /// Line number, from 1, in the new file; None for a removed line.
    pub new: Option<usize>,
    /// Safe to print: secrets masked, no control characters.
    pub text: Cow<'a, str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Context,
    Added,
    Removed,
}

impl LineKind {
    /// The mark in front of the line, as `diff -u` has it.
    pub fn sign(self) -> char {
        match self {
            LineKind::Context => ' ',
            LineKind::Added => '+',
            LineKind::Removed => '-',
        }
    }
}

impl Hunk {
    /// A hunk without lines; `old` and `new` are the numbers, from 1, of the first line it would have there.
    pub fn new(old: usize, new: usize) -> Hunk {
        Hunk { first: (old, new), text: Packed::default(), runs: Vec::new(), folds: Vec::new(), open: None }
    }

    /// Adds a line; `text` has no line end.
    pub fn push(&mut self, kind: LineKind, text: &str) {
        self.look_for_entries(kind, text);
        self.text.push(text);
        match self.runs.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            _ => self.runs.push((kind, 1)),
        }
    }

    fn look_for_entries(&mut self, kind: LineKind, text: &str) {
        let at = self.text.len();
        let trimmed = text.trim();
        let indent = text.len() - text.trim_start().len();
        if let Some(open) = self.open.as_mut().filter(|open| open.fold.kind == kind) {
            let is_id = ["id:", "\"id\":", "'id':"].iter().any(|key| trimmed.starts_with(key));
            match () {
                () if indent > open.indent && !open.closed => {
                    open.has_id |= is_id;
                    return;
                }
                () if indent == open.indent && trimmed == "{" && open.closed => {
                    (open.closed, open.has_id) = (false, false);
                    return;
                }
                () if indent == open.indent && matches!(trimmed, "}" | "},") && !open.closed && open.has_id => {
                    open.closed = true;
                    open.fold.entries += 1;
                    open.fold.lines = at + 1 - open.fold.first;
                    return;
                }
                () => {}
            }
        }
        self.folds.extend(self.open.take().and_then(Open::fold));
        if kind != LineKind::Context && trimmed == "{" {
            let fold = Fold { first: at, lines: 0, entries: 0, kind };
            self.open = Some(Open { fold, indent, closed: false, has_id: false });
        }
    }

    /// Where lists of models are that a summary may stand for, in order.
    pub fn folds(&self) -> impl Iterator<Item = Fold> {
        self.folds.iter().copied().chain(self.open.and_then(Open::fold))
    }

    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.lines_from(0)
    }

    /// The lines without the first `skipped`, at no cost for these.
    pub fn lines_from(&self, skipped: usize) -> impl Iterator<Item = Line<'_>> {
        let kinds = self.runs.iter().flat_map(|&(kind, count)| std::iter::repeat_n(kind, count)).skip(skipped);
        let mut old = self.first.0 + self.count_in(skipped, |kind| kind != LineKind::Added);
        let mut new = self.first.1 + self.count_in(skipped, |kind| kind != LineKind::Removed);
        kinds.zip(self.text.lines_from(skipped)).map(move |(kind, text)| {
            let line = Line {
                kind,
                old: (kind != LineKind::Added).then_some(old),
                new: (kind != LineKind::Removed).then_some(new),
                text,
            };
            old += usize::from(line.old.is_some());
            new += usize::from(line.new.is_some());
            line
        })
    }

    pub fn len(&self) -> usize {
        self.text.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many lines it adds.
    pub fn added(&self) -> usize {
        self.count_in(self.len(), |kind| kind == LineKind::Added)
    }

    /// How many lines it removes.
    pub fn removed(&self) -> usize {
        self.count_in(self.len(), |kind| kind == LineKind::Removed)
    }

    /// Its part of the old and of the new file, as `diff -u` writes them: the number of its first line
    /// there, 0 when it has none, and how many it has.
    pub fn ranges(&self) -> [(usize, usize); 2] {
        let (old, new) = (self.len() - self.added(), self.len() - self.removed());
        [(self.first.0, old), (self.first.1, new)].map(|(first, count)| (if count > 0 { first } else { 0 }, count))
    }

    /// Such lines among the first `lines`.
    fn count_in(&self, lines: usize, counts: impl Fn(LineKind) -> bool) -> usize {
        let mut left = lines;
        let counted = self.runs.iter().map(|&(kind, count)| {
            let here = count.min(left);
            left -= here;
            if counts(kind) { here } else { 0 }
        });
        counted.sum()
    }
}

impl Open {
    /// None: it is too short, or no list.
    fn fold(self) -> Option<Fold> {
        (self.fold.entries > 1 && self.fold.lines >= LEAST_FOLD).then_some(self.fold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_models_are_found_and_nothing_else() {
        let mut hunk = Hunk::new(1, 1);
        let entry =
            |id: usize| format!("    {{\n      id: 'm{id}',\n      cost: {{\n        input: 1,\n      }},\n    }},");
        let text = format!("  models: [\n{}\n{}\n{}\n  ],\n  {{\n    a: 1,\n  }},", entry(1), entry(2), entry(3));
        text.lines().for_each(|line| hunk.push(LineKind::Added, line));
        hunk.push(LineKind::Removed, "    {");
        let folds: Vec<Fold> = hunk.folds().collect();
        assert_eq!(folds, [Fold { first: 1, lines: 18, entries: 3, kind: LineKind::Added }]);
        // One that ends with the hunk, and one too short to be worth it.
        let mut hunk = Hunk::new(1, 1);
        format!("{}\n{}", entry(1), entry(2)).lines().for_each(|line| hunk.push(LineKind::Removed, line));
        assert_eq!(hunk.folds().map(|fold| (fold.first, fold.lines)).collect::<Vec<_>>(), [(0, 12)]);
        let mut hunk = Hunk::new(1, 1);
        entry(1).lines().for_each(|line| hunk.push(LineKind::Added, line));
        assert_eq!(hunk.folds().count(), 0);
    }

    #[test]
    fn lines_from_anywhere_have_the_numbers_they_have_from_the_start() {
        let mut hunk = Hunk::new(7, 9);
        let kinds = [LineKind::Context, LineKind::Removed, LineKind::Added];
        for at in 0..9_000 {
            hunk.push(kinds[at / 700 % 3], &format!("a line of some length, number {at}"));
        }
        let all: Vec<Line> = hunk.lines().collect();
        assert_eq!((hunk.len(), all.len()), (9_000, 9_000));
        for from in [0, 1, 699, 700, 701, 2_345, 8_999, 9_000, 10_000] {
            let rest: Vec<Line> = hunk.lines_from(from).collect();
            assert_eq!(rest, all[from.min(9_000)..], "{from}");
        }
        let numbered = |number: fn(&Line) -> Option<usize>| all.iter().filter_map(number).collect::<Vec<_>>();
        let (old, new) = (numbered(|line| line.old), numbered(|line| line.new));
        assert_eq!(hunk.ranges(), [(old[0], old.len()), (new[0], new.len())]);
        assert_eq!((hunk.added(), hunk.removed()), (9_000 - old.len(), 9_000 - new.len()));
    }
}
