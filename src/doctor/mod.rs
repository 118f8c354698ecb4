//! What is wrong with a Chutes setup in OpenClaw, and why.
//!
//! [`offline::examine`] judges OpenClaw's files and our own state, [`online::examine`] what the service
//! answered. Both are pure: facts in, [`Finding`]s out. Who gathers the facts, words the findings and
//! carries repairs out is `commands::doctor`.

pub mod finding;
pub mod offline;
pub mod online;

pub use finding::{Cause, Finding, Repair, Severity};
