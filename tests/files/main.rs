//! What may happen to the files while they are written: faults, other writers, includes.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod attributes;
mod concurrent;
mod faults;
mod homes;
mod includes;
mod mounts;
