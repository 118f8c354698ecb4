//! Signing in with Chutes: OAuth 2.0 authorization code with PKCE, for a terminal on any host.
//!
//! [`attempt::Environment`] reads the settings, [`attempt::Attempt`] makes the link. It can be answered
//! in several ways at once ([`callback`], paste); all of them go through [`answer::judge`], and the
//! first good code is exchanged by [`token::sign_in`]. [`renewal_terms`] says what a later renewal will need.
//! [`app`] registers the OAuth app that all this is done with.

pub mod answer;
pub mod app;
pub mod attempt;
pub mod callback;
pub mod pages;
pub mod port_owner;
pub mod renewal_terms;
pub mod token;
pub mod words;
