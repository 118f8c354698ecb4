//! What is wrong with a Chutes setup in OpenClaw, and why.
//!
//! [`offline::examine`] judges OpenClaw's files and our own state, [`online::examine`] what the service
//! answered. Both are pure: facts in, [`Finding`]s out. [`visit`] gathers the facts and carries repairs out.

pub mod finding;
pub mod offline;
pub mod online;
pub mod visit;

pub use finding::{Cause, Finding, Repair, Severity};
