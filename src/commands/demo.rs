//! `demo`.

use super::error::Error;
use super::invocation::Invocation;
use super::output::Report;

pub fn run(_: &Invocation) -> Result<Report, Error> {
    Err(Error::System(std::io::ErrorKind::Unsupported.into()))
}
