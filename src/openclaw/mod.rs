//! The OpenClaw side: where its files are, what they say, the plan of edits, the one writer.
//! Knows no network.
//!
//! One run: [`paths::Paths`] and [`install::Installed`] make a [`Site`]; [`Site::read`] takes a
//! [`snapshot::Snapshot`] of its files; [`current::Current`] says what is configured;
//! [`plan::plan`] turns a snapshot and a [`plan::Request`] into file changes, [`diff::of`] shows
//! them, [`write::commit`] writes them, [`undo::undo`] puts the old bytes back.

pub mod ask;
mod beside;
pub mod bytes;
pub mod child;
mod credential;
pub mod current;
pub mod diff;
pub mod document_error;
pub mod dotenv;
pub mod error;
pub mod get;
mod handover;
mod hunk;
pub mod install;
mod lines;
mod lock;
pub mod locks;
mod mask;
mod packed;
pub mod paths;
pub mod plan;
mod rebase;
mod redact;
mod runtime;
pub mod schema;
mod scratch;
pub mod snapshot;
pub mod store;
pub mod tree;
pub mod undo;
pub mod value;
mod wanted;
pub mod write;

pub use error::Error;

/// One OpenClaw installation and one of its agents: everything that decides which files are meant.
#[derive(Clone, Debug)]
pub struct Site {
    pub paths: paths::Paths,
    pub installed: install::Installed,
    /// `--agent`; None: the config's default agent.
    pub agent: Option<String>,
}

impl Site {
    /// Reads every file that a plan depends on.
    pub fn read(&self) -> Result<snapshot::Snapshot, Error> {
        snapshot::Snapshot::read(self)
    }
}
