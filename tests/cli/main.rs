//! The commands, without a terminal.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod homes;
mod models;
mod onboard;
mod usage;
