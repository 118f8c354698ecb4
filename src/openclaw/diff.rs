//! What a plan changes, line by line, with secrets masked: for the Review screen and `--check`.

use super::plan::{Plan, Role};
use super::{dotenv, mask};
use crate::clean;
use similar::{ChangeTag, TextDiff};
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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub kind: LineKind,
    /// Line number, from 1, in the old file; None for an added line.
    pub old: Option<usize>,
    /// Line number, from 1, in the new file; None for a removed line.
    pub new: Option<usize>,
    /// Safe to print: secrets masked, no control characters.
    pub text: String,
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
            let old = String::from_utf8_lossy(file.before.as_deref().unwrap_or_default()).into_owned();
            let mask = if file.role == Role::Dotenv { dotenv::mask } else { mask::mask };
            let hunks = hunks(&old, &String::from_utf8_lossy(&file.after), mask);
            let count = |kind| hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == kind).count();
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
    let (shown_old, shown_new) = (lines(&mask(old)), lines(&mask(new)));
    let diff = TextDiff::from_lines(old, new);
    let shown = |lines: &[String], at: Option<usize>| at.and_then(|at| lines.get(at)).map(|line| clean::block(line));
    diff.grouped_ops(CONTEXT)
        .iter()
        .map(|ops| {
            let changes = ops.iter().flat_map(|op| diff.iter_changes(op));
            let lines = changes.map(|change| {
                let (kind, text) = match change.tag() {
                    ChangeTag::Equal => (LineKind::Context, shown(&shown_new, change.new_index())),
                    ChangeTag::Insert => (LineKind::Added, shown(&shown_new, change.new_index())),
                    ChangeTag::Delete => (LineKind::Removed, shown(&shown_old, change.old_index())),
                };
                let number = |at: Option<usize>| at.map(|at| at + 1);
                let text = text.unwrap_or_default();
                Line { kind, old: number(change.old_index()), new: number(change.new_index()), text }
            });
            Hunk { lines: lines.collect() }
        })
        .collect()
}

/// The lines that [`TextDiff::from_lines`] sees, without their ends.
fn lines(text: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(text, "");
    let olds = diff.iter_all_changes().map(|change| change.value().trim_end_matches(['\r', '\n']).to_owned());
    olds.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_what_changes_and_no_secret() {
        let old = "{\n  // mine\n  a: 1,\n  key: \"cpk_old.secret.aaaa1111\",\n}\n";
        let new = old.replace("a: 1", "a: 2").replace("old.secret.aaaa1111", "new.secret.bbbb2222");
        let hunks = hunks(old, &new, mask::mask);
        let shown: Vec<String> =
            hunks[0].lines.iter().map(|line| format!("{}{}", line.kind.sign(), line.text)).collect();
        let expected = [" {", "   // mine", "-  a: 1,", "-  key: \"…1111\",", "+  a: 2,", "+  key: \"…2222\",", " }"];
        assert_eq!(shown, expected);
        assert_eq!((hunks[0].lines[2].old, hunks[0].lines[2].new), (Some(3), None));
    }

    #[test]
    fn keys_with_the_same_end_still_count_as_changed() {
        let hunks = hunks("key: \"cpk_a.b.ccccdddd\"\n", "key: \"cpk_x.b.ccccdddd\"\n", mask::mask);
        assert_eq!(hunks[0].lines.len(), 2);
    }

    #[test]
    fn escapes_in_a_file_never_reach_the_terminal() {
        let hunks = hunks("", "a: \"\u{1b}[2J\u{202e}\"\n", mask::mask);
        assert_eq!(hunks[0].lines[0].text, "a: \"\u{fffd}[2J\u{fffd}\"");
    }
}
