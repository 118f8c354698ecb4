//! What a command says when it is done, and how that leaves the process.

pub(crate) mod onboard;
pub(crate) mod renewal;

use crate::clean;
use serde_json::{Value, json};
use std::io::Write;

/// The outcome of a command that did what it was asked to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// For stdout, line breaks included.
    pub out: String,
    /// For stderr, line breaks included.
    pub err: String,
    /// Exit code.
    pub exit: u8,
}

impl Report {
    /// On standard output, as it is; the exit code is 0.
    pub fn text(out: impl Into<String>) -> Report {
        Report { out: out.into(), ..Report::default() }
    }

    /// One JSON document.
    pub fn json(document: &Value) -> Report {
        Report::text(clean::json(document) + "\n")
    }

    /// The same with another exit code.
    pub fn exit(mut self, code: u8) -> Report {
        self.exit = code;
        self
    }

    /// Adds warnings to stderr.
    pub fn warn(mut self, warnings: &[Warning], lang: crate::texts::Lang) -> Report {
        for warning in warnings {
            self.err.push_str(&crate::texts::cli::warning_line(lang, &warning.message));
            self.err.push('\n');
        }
        self
    }
}

/// Something that went on all the same, and that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// One of [`super::codes::WARNINGS`].
    pub code: &'static str,
    /// One sentence or two, safe to print.
    pub message: String,
}

/// `[{code, message}]`.
pub fn warnings_json(warnings: &[Warning]) -> Value {
    warnings.iter().map(|warning| json!({ "code": warning.code, "message": warning.message })).collect()
}

/// Write to stdout. A reader that has gone away is not our failure; a full disk is.
pub fn stdout(text: &str) -> std::io::Result<()> {
    write_all(&mut std::io::stdout().lock(), text)
}

/// Write to stderr, where nobody can be told of a failure.
pub fn stderr(text: &str) {
    let _ = write_all(&mut std::io::stderr().lock(), text);
}

fn write_all(stream: &mut impl Write, text: &str) -> std::io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
