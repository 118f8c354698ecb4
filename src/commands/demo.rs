//! `demo`.

use super::error::Error;
use super::invocation::Invocation;
use super::output::Report;

pub fn run(_: &Invocation) -> Result<Report, Error> {
    super::wizard::need_terminal()?;
    Err(Error::System(std::io::ErrorKind::Unsupported.into()))
}
