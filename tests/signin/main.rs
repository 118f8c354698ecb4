//! Signing in: the parts of the library, and the real binary beside an identity provider.

#![allow(clippy::unwrap_used, clippy::expect_used)] // What fails in a helper fails a test.

mod browser;
mod callback;
mod kept;
mod locks;
mod login;
mod logout;
mod made;
mod matrix;
mod places;
mod plain;
mod provider;
mod redirect;
mod support;
mod timer;
mod token;
mod wizard;
