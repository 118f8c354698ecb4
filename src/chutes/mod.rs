//! The Chutes side: where the service is, what it serves, whether a credential works.
//! Knows no UI and no file of OpenClaw's.

pub mod account;
pub mod api_key;
pub mod bundled;
pub mod catalog;
pub mod client;
mod connect;
pub mod credential_kinds;
pub mod endpoints;
pub mod failure;
pub mod health;
pub mod key_management;
mod list;
pub mod making;
pub mod market;
pub mod model;
mod no_proxy;
pub mod oauth;
pub mod pool;
mod row;
pub mod tee;
pub mod verify;
