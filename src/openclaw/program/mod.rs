//! Whatever starts the program `openclaw`.

pub mod child;
pub mod gateway;
pub(crate) mod paste_key;
pub mod profiles;
pub mod run;
pub(crate) mod scratch_config;
pub mod status;
pub mod timer;
pub mod validate;
