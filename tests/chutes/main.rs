//! The Chutes side of the library: what the service may answer, and what is made of it.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod beside;
mod catalog;
mod network;
mod support;
mod verify;
