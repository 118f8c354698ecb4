//! Whatever starts the program `openclaw`.

pub mod child;
pub(crate) mod paste_key;
pub(crate) mod scratch_config;
pub mod status;
