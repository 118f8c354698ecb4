//! What a plan changes, line by line, with secrets masked: for the Review screen and `--check`.

mod hunk;
mod lines;
mod mask;
mod packed;

pub use hunk::{Fold, Hunk, Line, LineKind};

use crate::clean;
use crate::openclaw::plan::Plan;
use crate::openclaw::read::dotenv;
use crate::openclaw::types::{FileChange, Role};
use lines::{Lines, first_line, lines};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;
/// Equal lines at the end that are compared all the same: a change may move down into them.
const MARGIN: usize = 64;

/// What a plan changes in one file, with every secret masked.
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

/// One entry per file of the plan, in the order of writing.
pub fn of(plan: &Plan) -> Vec<FileDiff> {
    plan.files.iter().map(FileDiff::of).collect()
}

impl FileDiff {
    /// Compares the old bytes with the new ones, line by line. Bytes that are not UTF-8 are shown as U+FFFD.
    pub fn of(file: &FileChange) -> FileDiff {
        let old = String::from_utf8_lossy(file.before.as_deref().unwrap_or_default());
        let new = String::from_utf8_lossy(&file.after);
        let hunks = hunks(&old, &new, file.role);
        let backup = file.backup.as_ref().and_then(|path| path.file_name());
        FileDiff {
            path: file.path.clone(),
            link: file.link.clone(),
            is_new: file.before.is_none(),
            mode: file.mode,
            backup: backup.map(|name| name.to_string_lossy().into_owned()),
            added: hunks.iter().map(Hunk::added).sum(),
            removed: hunks.iter().map(Hunk::removed).sum(),
            hunks,
        }
    }
}

fn hunks(old: &str, new: &str, role: Role) -> Vec<Hunk> {
    // Compared as they are, shown masked: masking changes no line end, so the numbers agree.
    let (skipped, ops) = compare(old, new);
    let (mut old, mut new) = (masked(old, role), masked(new, role));
    let hunk = |ops: &Vec<DiffOp>| {
        let first = ops.first().map_or((0, 0), |op| (op.old_range().start, op.new_range().start));
        let mut hunk = Hunk::new(skipped + first.0 + 1, skipped + first.1 + 1);
        let mut add = |kind, shown: &mut Lines, range: Range<usize>| {
            shown.skip_to(skipped + range.start);
            for _ in range {
                let Some(line) = shown.next() else { break };
                // Most lines need no cleaning.
                if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                    hunk.push(kind, line);
                } else {
                    hunk.push(kind, &clean::block(line));
                }
            }
        };
        for op in ops {
            if op.tag() == DiffTag::Equal {
                add(LineKind::Context, &mut new, op.new_range());
            } else {
                add(LineKind::Removed, &mut old, op.old_range());
                add(LineKind::Added, &mut new, op.new_range());
            }
        }
        hunk
    };
    group_diff_ops(ops, CONTEXT).iter().map(hunk).collect()
}

fn masked(text: &str, role: Role) -> Lines<'_> {
    match role {
        Role::Dotenv => Lines::new(dotenv::mask(text)),
        _ => Lines::new(mask::mask(text)),
    }
}

/// The difference by lines, and how many equal lines at the start it leaves out and does not count. It may
/// leave out equal lines at the end, too, but none that stands around a change.
fn compare(old: &str, new: &str) -> (usize, Vec<DiffOp>) {
    if old == new {
        return (0, Vec::new());
    }
    let equal = lines(old).zip(lines(new)).take_while(|(old, new)| old == new).count();
    let skipped = equal.saturating_sub(CONTEXT);
    let start: usize = lines(old).take(skipped).map(str::len).sum();
    let (old, new) = (&old[start..], &new[start..]);

    let equal = old.bytes().rev().zip(new.bytes().rev()).take_while(|(old, new)| old == new).count();
    // From the first line end in there on, whole lines are equal.
    let end = old.len() - equal;
    let end = end + first_line(&old.as_bytes()[end..]).1;
    let margin: usize = lines(&old[end..]).take(MARGIN).map(str::len).sum();
    let cut = old.len() - end - margin;
    if cut > 0 {
        let ops = compare_whole(&old[..old.len() - cut], &new[..new.len() - cut]);
        if ops.last().is_some_and(|op| op.tag() == DiffTag::Equal && op.old_range().len() >= CONTEXT) {
            return (skipped, ops);
        }
        // A change moved down as far as it could see.
    }
    (skipped, compare_whole(old, new))
}

fn compare_whole(old: &str, new: &str) -> Vec<DiffOp> {
    if old.is_empty() || new.is_empty() {
        let (old_len, new_len) = (lines(old).count(), lines(new).count());
        return vec![DiffOp::Replace { old_index: 0, old_len, new_index: 0, new_len }];
    }
    // Numbers in place of lines: equal ones have the same, and those of the new text alone have the last.
    let mut known: HashMap<&str, u32> = HashMap::new();
    let old: Vec<u32> = lines(old).zip(0..).map(|(line, next)| *known.entry(line).or_insert(next)).collect();
    let new: Vec<u32> = lines(new).map(|line| known.get(line).copied().unwrap_or(u32::MAX)).collect();
    drop(known);
    capture_diff_slices(Algorithm::Myers, &old, &new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use similar::TextDiff;

    #[test]
    fn a_diff_shows_what_changes_and_no_secret() {
        let old = "{\n  // mine\n  a: 1,\n  key: \"cpk_old.secret.aaaa1111\",\n}\n";
        let new = old.replace("a: 1", "a: 2").replace("old.secret.aaaa1111", "new.secret.bbbb2222");
        let hunks = hunks(old, &new, Role::Config);
        let shown: Vec<String> = hunks[0].lines().map(|line| format!("{}{}", line.kind.sign(), line.text)).collect();
        let expected = [" {", "   // mine", "-  a: 1,", "-  key: \"…1111\",", "+  a: 2,", "+  key: \"…2222\",", " }"];
        assert_eq!(shown, expected);
        let numbers: Vec<_> = hunks[0].lines().map(|line| (line.old, line.new)).collect();
        let at = |number| Some(number);
        assert_eq!(numbers[1..6], [(at(2), at(2)), (at(3), None), (at(4), None), (None, at(3)), (None, at(4))]);
    }

    #[test]
    fn keys_with_the_same_end_still_count_as_changed() {
        let hunks = hunks("key: \"cpk_a.b.ccccdddd\"\n", "key: \"cpk_x.b.ccccdddd\"\n", Role::Config);
        assert_eq!(hunks[0].len(), 2);
    }

    #[test]
    fn escapes_in_a_file_never_reach_the_terminal() {
        let hunks = hunks("", "'\u{1b}[2J\u{202e}': 1\n", Role::Config);
        assert_eq!(hunks[0].lines().next().unwrap().text, "'\u{fffd}[2J\u{fffd}': 1");
    }

    #[test]
    fn a_change_far_from_both_ends_is_compared_without_them() {
        let line = |at: usize| format!("line {at}\n");
        let old: String = (0..5_000).map(line).collect();
        let new = old.replace("line 2500\n", "line two and a half thousand\n");
        let (skipped, ops) = compare(&old, &new);
        let compared: usize = ops.iter().map(|op| op.old_range().len()).sum();
        assert_eq!((skipped, compared), (2_500 - CONTEXT, CONTEXT + 1 + MARGIN));
        assert_eq!(hunks(&old, &new, Role::Config), direct(&old, &new));
    }

    #[test]
    fn a_change_that_moves_past_the_margin_is_where_the_whole_texts_have_it() {
        let end = "a\nb\n".repeat(MARGIN) + "a\nz\n";
        let (old, new) = (format!("q\nr\n{end}"), format!("r\na\nb\n{end}"));
        assert_eq!(hunks(&old, &new, Role::Config), direct(&old, &new));
    }

    /// What similar says about the whole of both texts, unmasked.
    fn direct(old: &str, new: &str) -> Vec<Hunk> {
        let diff = TextDiff::from_lines(old, new);
        let hunk = |ops: &Vec<DiffOp>| {
            let mut hunk = Hunk::new(ops[0].old_range().start + 1, ops[0].new_range().start + 1);
            for change in ops.iter().flat_map(|op| diff.iter_changes(op)) {
                let kind = match change.tag() {
                    similar::ChangeTag::Equal => LineKind::Context,
                    similar::ChangeTag::Insert => LineKind::Added,
                    similar::ChangeTag::Delete => LineKind::Removed,
                };
                hunk.push(kind, change.value().trim_end_matches(['\r', '\n']));
            }
            hunk
        };
        diff.grouped_ops(CONTEXT).iter().map(hunk).collect()
    }

    /// Few different lines, so that changes can move; repeated, so that they can move far.
    fn text() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            6 => prop::sample::select(vec!["a\n", "b\n", "c\n", "d\n"]),
            1 => prop::sample::select(vec!["\n", "a\r\n", "b\r", "…\n", "}"]),
        ];
        let part = (prop::collection::vec(line, 0..6), prop_oneof![3 => 1..4usize, 1 => 1..150usize]);
        let part = part.prop_map(|(lines, times)| lines.concat().repeat(times));
        prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn hunks_are_those_of_the_whole_texts(
            start in text(),
            old in text(),
            new in text(),
            end in text(),
        ) {
            let (old, new) = (format!("{start}{old}{end}"), format!("{start}{new}{end}"));
            prop_assert_eq!(hunks(&old, &new, Role::Config), direct(&old, &new));
        }
    }
}
