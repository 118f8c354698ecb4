//! The real binary from end to end, beside the stand-in for Chutes and the real OpenClaw.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod accounts;
mod choose;
mod doctor;
mod ending;
mod endurance;
mod found;
mod gateways;
mod input;
mod libc;
mod models;
mod peer;
mod pools;
mod refused;
mod releases;
mod reviewed;
mod secrets;
mod stopping;
mod support;
mod without_a_person;
mod wizard;
