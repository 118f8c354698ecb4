//! What OpenClaw's files say: where they are, their content at one moment, and what it means for Chutes.

pub mod auth_store;
pub mod current;
pub mod dotenv;
pub mod exec_provider;
pub mod find;
pub mod fingerprint;
pub mod includes;
pub mod install;
pub mod paths;
pub mod plugin;
pub mod refs;
mod site;
pub mod snapshot;
pub mod timers;

pub use site::Site;
