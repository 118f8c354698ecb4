//! Whatever starts the program `openclaw`.

pub mod child;
pub(crate) mod paste_key;
mod scratch_config;
pub mod status;
pub mod validate;
