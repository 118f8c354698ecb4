//! `models verify`: the proof of a TEE model.

use super::context::Context;
use super::error::Error;
use super::report::Report;

pub fn verify(_context: &Context, reference: &str, _as_json: bool) -> Result<Report, Error> {
    Err(Error::UnknownModel { name: reference.to_owned(), similar: Vec::new() })
}
