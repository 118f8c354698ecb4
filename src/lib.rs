//! `openclaw-chutes`: sign in to Chutes and set up its models in OpenClaw, from a terminal.
//!
//! The rooms, and which way they may look:
//!
//! - [`wizard`]: the state machine. Event in, effects out; no IO, clock, async or ratatui.
//! - [`tui`]: the terminal, the event loop that runs effects, drawing, keys, theme. Reads the wizard.
//! - [`selection`]: pure rules about a choice of models and aliases: defaults, successors, alias names.
//! - [`chutes`]: the Chutes side: endpoints, catalog, verify call, OAuth. Knows no UI and no file of OpenClaw's.
//! - [`openclaw`]: the OpenClaw side: what its files say, the plan of edits, the one writer, running the program,
//!   answering `config get`. Knows no network.
//! - [`diff`]: what a plan changes, line by line, with secrets masked.
//! - [`state`]: our own small documents, one typed door for each.
//! - [`files`]: regular files read, private files written whole or not at all.
//! - [`renewal`]: the stored sign-in, renewed before use under both of OpenClaw's locks.
//! - [`sign_in`]: the sign-in that we keep ourselves for an OpenClaw that renews none.
//! - [`renewal_timer`]: the record of the timer that renews it where no gateway does.
//! - [`commands`]: the doors: the command line, `onboard` without a person, `models`, `config get`, `demo`.
//! - [`signals`]: the signals that end a run, and what may not be cut in two.
//! - [`time`]: the clock, and how a moment is written.
//! - [`standin`]: an embedded stand-in for the Chutes service, for `demo` and the tests.
//!
//! `commands` → `tui` → `wizard` → `diff` → `openclaw` → `state` → `selection` → `chutes` → `files`; nobody looks
//! back up. The JSON5 editor is a crate of its own, `json5_edit`.

pub mod accounts;
pub mod chutes;
pub mod clean;
pub mod commands;
pub mod diff;
pub mod doctor;
pub mod files;
pub mod host;
pub mod http1;
pub mod openclaw;
pub mod renewal;
pub mod renewal_timer;
pub mod secret;
pub mod selection;
pub mod sign_in;
pub mod signals;
pub mod standin;
pub mod state;
pub mod texts;
pub mod time;
pub mod tui;
pub mod wizard;
