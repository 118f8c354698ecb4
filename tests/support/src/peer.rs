//! The real OpenClaw, where `scripts/test` installed it.

use crate::home::{Home, Ran};
use std::ffi::{OsStr, OsString};

/// The command line of the real OpenClaw: `node …/openclaw.mjs`, from `OPENCLAW_CHUTES_TEST_NODE` and
/// `OPENCLAW_CHUTES_TEST_OPENCLAW`, which `scripts/test` sets. `None` when they are not set on a developer's machine.
///
/// # Panics
/// When they are not set in CI: there a skipped test would go unnoticed.
pub fn argv() -> Option<[OsString; 2]> {
    let node = std::env::var_os("OPENCLAW_CHUTES_TEST_NODE");
    let script = std::env::var_os("OPENCLAW_CHUTES_TEST_OPENCLAW");
    match (node, script) {
        (Some(node), Some(script)) => Some([node, script]),
        _ if std::env::var_os("CI").is_some() => panic!("OpenClaw is not installed for the tests: run scripts/test"),
        _ => {
            eprintln!("skipped: needs the real OpenClaw; run scripts/test");
            None
        }
    }
}

/// Runs the real OpenClaw in this home: `peer::run(&home, ["models", "list"])`. `None` as for [`argv`].
#[track_caller]
pub fn run(home: &Home, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Option<Ran> {
    let argv = argv()?;
    Some(home.run(argv.into_iter().chain(args.into_iter().map(|arg| arg.as_ref().to_owned()))))
}
