//! The real OpenClaw, where `scripts/test` installed it.

use crate::home::{Home, Ran};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};

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
///
/// It takes a second or two of processor time, so no more of them run at once than there are processors, and each
/// has three times [`crate::timeout`].
#[track_caller]
pub fn run(home: &Home, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Option<Ran> {
    let argv = argv()?;
    let _turn = Turn::wait();
    let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
    Some(crate::home::run(home.command(argv.into_iter().chain(args)), b"", crate::timeout() * 3))
}

/// One of the releases of OpenClaw that `scripts/test` installed.
#[derive(Clone, Debug)]
pub struct Release {
    node: PathBuf,
    script: PathBuf,
}

impl Release {
    /// 2026.5.28, one from the middle and the newest: `OPENCLAW_CHUTES_TEST_OPENCLAW`, `…_MIDDLE` and `…_NEWEST`, the
    /// last one on `OPENCLAW_CHUTES_TEST_NODE_NEWEST`. `None` when they are not set on a developer's machine.
    ///
    /// # Panics
    /// When one is not set in CI.
    pub fn all() -> Option<[Release; 3]> {
        let [node, script] = argv()?;
        let more = ["OPENCLAW_MIDDLE", "OPENCLAW_NEWEST", "NODE_NEWEST"]
            .map(|name| std::env::var_os(format!("OPENCLAW_CHUTES_TEST_{name}")));
        let [Some(middle), Some(newest), Some(newer)] = more else {
            assert!(std::env::var_os("CI").is_none(), "the newer OpenClaws are not installed: run scripts/test");
            eprintln!("skipped: needs the newer OpenClaws, too; run scripts/test");
            return None;
        };
        let release = |node: &OsString, script: OsString| Release { node: node.into(), script: script.into() };
        Some([release(&node, script), release(&node, middle), release(&newer, newest)])
    }

    /// Makes this the `openclaw` of a home. It fetches nothing: its looks for a plugin fail at once.
    pub fn install(&self, home: &mut Home) {
        let bin = home.join("bin");
        std::fs::create_dir_all(&bin).expect("a directory in the home");
        for (name, target) in [("openclaw", &self.script), ("node", &self.node)] {
            std::os::unix::fs::symlink(target, bin.join(name)).expect("a link in the home");
        }
        home.set("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        home.set("npm_config_offline", "true").set("npm_config_fetch_retries", "0");
    }
}

/// Runs a program that starts OpenClaw, or OpenClaw itself, as [`run`] does.
#[track_caller]
pub fn patiently(home: &Home, argv: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &str) -> Ran {
    let _turn = Turn::wait();
    crate::home::run(home.command(argv), input.as_bytes(), crate::timeout() * 6)
}

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// One of as many turns as there are processors.
struct Turn;

impl Turn {
    fn wait() -> Self {
        let turns = std::thread::available_parallelism().map_or(2, usize::from);
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut running =
            ENDED.wait_while(running, |running| *running >= turns).unwrap_or_else(PoisonError::into_inner);
        *running += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}
