//! What a plan changes, line by line, with secrets masked: for the Review screen and `--check`.

use super::plan::Plan;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    pub path: PathBuf,
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

/// One entry per file of the plan, in the order of writing.
pub fn of(_plan: &Plan) -> Vec<FileDiff> {
    unimplemented!()
}
