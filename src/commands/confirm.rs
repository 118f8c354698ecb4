//! One question before something is written, to the person at the terminal.

use crate::texts::{Lang, cli as text};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};

/// Asks on the terminal itself, for standard input may be what is to be written. None: there is no terminal.
pub fn ask(lang: Lang) -> Option<bool> {
    let mut terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
    write!(terminal, "{} ", text::confirm_question(lang)).ok()?;
    let mut answer = String::new();
    BufReader::new(terminal.take(64)).read_line(&mut answer).ok()?;
    Some(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "是"))
}
