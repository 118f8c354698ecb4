//! The OpenClaw side: where its files are, what they say, the plan of edits, the one writer.
//! Knows no network.

pub mod json5;
pub mod locks;
