//! The commands, without a terminal.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod choose;
mod doctor;
mod homes;
mod models;
mod onboard;
mod portable;
mod usage;
