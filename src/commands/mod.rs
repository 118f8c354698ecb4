//! The doors: the command line and everything it can ask for.

pub mod cli;
mod help;
pub mod invocation;
pub mod parse;
pub mod usage;

pub use invocation::Invocation;
