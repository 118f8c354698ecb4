//! The OpenClaw side of the library: reading, planning, writing, and the real OpenClaw on the same files.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod dotenv;
mod generations;
mod home;
mod homes;
mod neighbours;
mod plan;
mod random;
mod real;
mod write;
