//! What a plan changes, line by line, with secrets masked: for the Review screen and `--check`.

use super::plan::{Plan, Role};
use super::{dotenv, mask};
use crate::clean;
use similar::{DiffOp, DiffTag, DiffableStr, TextDiff};
use std::ops::Range;
use std::path::PathBuf;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    pub path: PathBuf,
    /// The symbolic link that leads to `path`.
    pub link: Option<PathBuf>,
    pub is_new: bool,
    /// Permission bits after the write.
    pub mode: u32,
    /// File name of the backup; None for a new file.
    pub backup: Option<String>,
    pub hunks: Vec<Hunk>,
    pub added: usize,
    pub removed: usize,
}

/// Lines that stand together in both files. Kept as one text: a diff may have hundreds of thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Numbers, from 1, that the next line would have in the old and in the new file.
    first: (usize, usize),
    /// The lines, each with `\n` behind it.
    text: String,
    /// How many lines of a kind follow each other.
    runs: Vec<(LineKind, usize)>,
}

impl Hunk {
    /// A hunk without lines; `old` and `new` are the numbers, from 1, of the first line it would have there.
    pub fn new(old: usize, new: usize) -> Hunk {
        Hunk { first: (old, new), text: String::new(), runs: Vec::new() }
    }

    /// Adds a line; `text` has no line end.
    pub fn push(&mut self, kind: LineKind, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
        match self.runs.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            _ => self.runs.push((kind, 1)),
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let kinds = self.runs.iter().flat_map(|&(kind, count)| std::iter::repeat_n(kind, count));
        let (mut old, mut new) = self.first;
        kinds.zip(self.text.split_terminator('\n')).map(move |(kind, text)| {
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
        self.runs.iter().map(|(_, count)| count).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    fn count(&self, kind: LineKind) -> usize {
        self.runs.iter().filter(|(of, _)| *of == kind).map(|(_, count)| count).sum()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub kind: LineKind,
    /// Line number, from 1, in the old file; None for an added line.
    pub old: Option<usize>,
    /// Line number, from 1, in the new file; None for a removed line.
    pub new: Option<usize>,
    /// Safe to print: secrets masked, no control characters.
    pub text: &'a str,
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

/// One entry per file of the plan, in the order of writing.
pub fn of(plan: &Plan) -> Vec<FileDiff> {
    plan.files
        .iter()
        .map(|file| {
            let old = String::from_utf8_lossy(file.before.as_deref().unwrap_or_default());
            let mask = if file.role == Role::Dotenv { dotenv::mask } else { mask::mask };
            let hunks = hunks(&old, &String::from_utf8_lossy(&file.after), mask);
            let count = |kind| hunks.iter().map(|hunk| hunk.count(kind)).sum();
            let backup = file.backup.as_ref().and_then(|path| path.file_name());
            FileDiff {
                path: file.path.clone(),
                link: file.link.clone(),
                is_new: file.before.is_none(),
                mode: file.mode,
                backup: backup.map(|name| name.to_string_lossy().into_owned()),
                added: count(LineKind::Added),
                removed: count(LineKind::Removed),
                hunks,
            }
        })
        .collect()
}

fn hunks(old: &str, new: &str, mask: fn(&str) -> String) -> Vec<Hunk> {
    // Compared as they are, shown masked: masking changes no line end, so the numbers agree.
    let diff = TextDiff::from_lines(old, new);
    let (masked_old, masked_new) = (mask(old), mask(new));
    let (shown_old, shown_new) = (masked_old.tokenize_lines(), masked_new.tokenize_lines());
    let hunk = |ops: &Vec<DiffOp>| {
        let first = ops.first().map_or((0, 0), |op| (op.old_range().start, op.new_range().start));
        let mut hunk = Hunk::new(first.0 + 1, first.1 + 1);
        let mut add = |kind, shown: &[&str], range: Range<usize>| {
            for line in shown.get(range).unwrap_or_default() {
                hunk.push(kind, &clean::block(line.trim_end_matches(['\r', '\n'])));
            }
        };
        for op in ops {
            match op.tag() {
                DiffTag::Equal => add(LineKind::Context, &shown_new, op.new_range()),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    add(LineKind::Removed, &shown_old, op.old_range());
                    add(LineKind::Added, &shown_new, op.new_range());
                }
            }
        }
        hunk
    };
    diff.grouped_ops(CONTEXT).iter().map(hunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_what_changes_and_no_secret() {
        let old = "{\n  // mine\n  a: 1,\n  key: \"cpk_old.secret.aaaa1111\",\n}\n";
        let new = old.replace("a: 1", "a: 2").replace("old.secret.aaaa1111", "new.secret.bbbb2222");
        let hunks = hunks(old, &new, mask::mask);
        let shown: Vec<String> = hunks[0].lines().map(|line| format!("{}{}", line.kind.sign(), line.text)).collect();
        let expected = [" {", "   // mine", "-  a: 1,", "-  key: \"…1111\",", "+  a: 2,", "+  key: \"…2222\",", " }"];
        assert_eq!(shown, expected);
        let numbers: Vec<_> = hunks[0].lines().map(|line| (line.old, line.new)).collect();
        let at = |number| Some(number);
        assert_eq!(numbers[1..6], [(at(2), at(2)), (at(3), None), (at(4), None), (None, at(3)), (None, at(4))]);
    }

    #[test]
    fn keys_with_the_same_end_still_count_as_changed() {
        let hunks = hunks("key: \"cpk_a.b.ccccdddd\"\n", "key: \"cpk_x.b.ccccdddd\"\n", mask::mask);
        assert_eq!(hunks[0].len(), 2);
    }

    #[test]
    fn escapes_in_a_file_never_reach_the_terminal() {
        let hunks = hunks("", "a: \"\u{1b}[2J\u{202e}\"\n", mask::mask);
        assert_eq!(hunks[0].lines().next().unwrap().text, "a: \"\u{fffd}[2J\u{fffd}\"");
    }
}
