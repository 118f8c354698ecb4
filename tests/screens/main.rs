//! The wizard and its screens, without a terminal.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod accounts;
mod doctor;
mod frames;
mod gate;
mod models;
mod models_property;
mod models_support;
mod signin;
