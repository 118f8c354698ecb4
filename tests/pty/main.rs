//! The real binary in a pseudo-terminal, and the tools for it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod completion;
mod harness;
mod measure;
mod peer;
mod pictures;
mod places;
mod plain;
mod transcripts;
