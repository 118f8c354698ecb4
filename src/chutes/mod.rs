//! The Chutes side: where the service is, what it serves, whether a credential works.
//! Knows no UI and no file of OpenClaw's.

pub mod endpoints;
pub mod model;
pub mod oauth;
