//! The OpenClaw side: where its files are, what they say, the plan of edits, the one writer.
//! Knows no network.
//!
//! One run: [`read::paths::Paths`] and [`read::install::Installed`] make a [`Site`]; [`Site::read`] takes a
//! [`read::snapshot::Snapshot`] of its files; [`read::current::Current`] says what is configured;
//! [`plan::plan`] turns a snapshot and a [`plan::Request`] into file changes, [`crate::diff::of`] shows
//! them, [`write::commit`] writes them, [`write::undo::undo`] puts the old bytes back.

pub mod config_get;
pub mod document_error;
pub mod error;
pub mod exec_provider;
pub mod plan;
pub mod program;
pub mod read;
pub mod types;
pub mod value;
pub mod write;

pub use error::Error;
pub use read::Site;
