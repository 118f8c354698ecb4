//! The way into the full-screen wizard and the model screen.

use super::error::Error;
use super::invocation::Invocation;
use super::output::Report;
use super::usage::UsageError;

/// The wizard talks to the terminal itself, whatever stdin and stdout are; without one it says which
/// options make the same job run without a person.
pub fn run(_invocation: &Invocation) -> Result<Report, Error> {
    need_terminal()?;
    Err(Error::System(std::io::ErrorKind::Unsupported.into()))
}

/// A terminal can be opened.
pub fn need_terminal() -> Result<(), UsageError> {
    let terminal = std::fs::File::options().read(true).write(true).open("/dev/tty");
    terminal.map(|_| ()).map_err(|_| UsageError::NoTerminal)
}
