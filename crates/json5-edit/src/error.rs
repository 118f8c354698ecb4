//! What can be wrong with a document or an edit, as data. Who shows it to people finds the words.

/// Why a text is not JSON5, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// From 1. Lines end at LF, CR LF or CR.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong there.
    pub kind: SyntaxKind,
    /// The line itself, as it stands in the file: of any length, with any characters, and it may hold a secret.
    pub excerpt: String,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxKind {
    /// Nothing but white space and comments.
    Empty,
    /// A value is missing.
    ExpectedValue,
    /// A key is missing, or is none.
    ExpectedKey,
    /// The colon after a key is missing.
    ExpectedColon,
    /// A comma or a closing bracket is missing.
    ExpectedComma,
    /// The place is the opening quote.
    UnclosedString,
    /// The place is the opening `/*`.
    UnclosedComment,
    /// The place is the opening bracket.
    UnclosedContainer,
    /// A backslash with something after it that is no escape.
    BadEscape,
    /// Starts like a number and is none.
    BadNumber,
    /// A lone `/`.
    Unexpected,
    /// Something follows the document.
    AfterEnd,
    /// More than 256 containers inside each other.
    TooDeep,
}

impl SyntaxError {
    pub(crate) fn new(text: &str, at: usize, kind: SyntaxKind) -> Self {
        let (line, column) = crate::tree::position(text, at);
        let is_break = |c: char| c == '\n' || c == '\r';
        let start = text[..at].rfind(is_break).map_or(0, |before| before + 1);
        let end = text[at..].find(is_break).map_or(text.len(), |length| at + length);
        let excerpt = text[start..end].trim_start_matches('\u{feff}').to_owned();
        Self { line, column, kind, excerpt }
    }
}

/// Why an edit was not made. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// What stands at `path` has no members (or no elements) for the edit to go into.
    InTheWay {
        /// The path, as [`crate::display`] writes it.
        path: String,
        /// What stands there.
        found: Found,
        /// Its line and column, from 1. None: an earlier edit of the same call made it.
        at: Option<(usize, usize)>,
    },
    /// The key at the end of `path` is there more than once; `lines` are the first two.
    Duplicate {
        /// The path, as [`crate::display`] writes it.
        path: String,
        /// From 1.
        lines: (usize, usize),
    },
    /// The array at `path` has `length` elements.
    NoSuchIndex {
        /// The path of the array, as [`crate::display`] writes it.
        path: String,
        /// The index that the edit names, from 0.
        index: usize,
        /// The number of elements there are.
        length: usize,
    },
    /// The document itself cannot be removed.
    Root,
    /// The result would nest deeper than [`crate::MAX_DEPTH`].
    TooDeep {
        /// The path, as [`crate::display`] writes it.
        path: String,
    },
    /// The result did not pass its proof: a bug in this crate, found before anything was written.
    Unproven(Unproven),
}

/// What was found where something else is needed.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// Which part of the proof failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// The result is not JSON5, for our parser or for the independent one.
    Syntax,
    /// Its value is not the old value with the change.
    Value,
    /// A byte outside the edited places differs.
    Bytes,
}

impl SyntaxKind {
    /// A few English words, for logs and tests.
    fn name(self) -> &'static str {
        match self {
            SyntaxKind::Empty => "empty document",
            SyntaxKind::ExpectedValue => "expected a value",
            SyntaxKind::ExpectedKey => "expected a key",
            SyntaxKind::ExpectedColon => "expected a colon",
            SyntaxKind::ExpectedComma => "expected a comma",
            SyntaxKind::UnclosedString => "unclosed string",
            SyntaxKind::UnclosedComment => "unclosed comment",
            SyntaxKind::UnclosedContainer => "unclosed object or array",
            SyntaxKind::BadEscape => "bad escape",
            SyntaxKind::BadNumber => "bad number",
            SyntaxKind::Unexpected => "unexpected character",
            SyntaxKind::AfterEnd => "text after the document",
            SyntaxKind::TooDeep => "nested too deeply",
        }
    }
}

/// The place and the kind; never the text itself, which may hold a secret.
impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.kind.name())
    }
}
impl std::error::Error for SyntaxError {}

impl std::fmt::Display for EditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EditError::InTheWay { path, found, at: None } => write!(f, "nothing goes into {path}: {found:?}"),
            EditError::InTheWay { path, found, at: Some((line, column)) } => {
                write!(f, "{line}:{column}: nothing goes into {path}: {found:?}")
            }
            EditError::Duplicate { path, lines } => write!(f, "{path} is on line {} and on line {}", lines.0, lines.1),
            EditError::NoSuchIndex { path, index, length } => {
                write!(f, "{path} has {length} elements, none at {index}")
            }
            EditError::Root => f.write_str("the document itself cannot be removed"),
            EditError::TooDeep { path } => write!(f, "{path} would be nested too deeply"),
            EditError::Unproven(part) => write!(f, "the result failed its proof: {part:?}"),
        }
    }
}
impl std::error::Error for EditError {}
