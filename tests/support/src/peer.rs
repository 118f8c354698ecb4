//! The real OpenClaw, in the releases that `scripts/test` installs.

use crate::home::{Home, Ran};
use crate::need::missing;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};

/// The command line of the real OpenClaw: `node …/openclaw.mjs`, from `OPENCLAW_CHUTES_TEST_NODE` and
/// `OPENCLAW_CHUTES_TEST_OPENCLAW`, which `scripts/test` sets. `None` when they are not set, for measurements that do
/// without; tests ask [`argv`].
pub fn installed() -> Option<[OsString; 2]> {
    Some([variable("NODE")?, variable("OPENCLAW")?])
}

/// The same for a test: `None` only where it may be left out, as [`missing`] says.
#[track_caller]
pub fn argv() -> Option<[OsString; 2]> {
    let argv = installed();
    if argv.is_none() {
        missing("the real OpenClaw");
    }
    argv
}

/// What `scripts/test` says of an installation.
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(format!("OPENCLAW_CHUTES_TEST_{name}")).filter(|value| !value.is_empty())
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

/// One of the releases of OpenClaw that `scripts/test` installed, with the Node it wants.
#[derive(Clone, Debug)]
pub struct Release {
    /// Such as `2026.7.1`.
    pub version: &'static str,
    node: PathBuf,
    script: PathBuf,
}

/// The releases, oldest first, and the variables of their script and their Node, without `OPENCLAW_CHUTES_TEST_`.
/// They differ in where they keep credentials and in who renews a sign-in: see `src/openclaw/install.rs`.
const RELEASES: [(&str, &str, &str); 5] = [
    ("2026.5.28", "OPENCLAW", "NODE"),
    ("2026.6.11", "OPENCLAW_2026_6_11", "NODE"),
    ("2026.7.1", "OPENCLAW_MIDDLE", "NODE"),
    ("2026.7.35", "OPENCLAW_2026_7_35", "NODE"),
    ("2026.9.6", "OPENCLAW_NEWEST", "NODE_NEWEST"),
];

impl Release {
    /// The release with this version. `None` only where the test may be left out, as [`missing`] says.
    ///
    /// # Panics
    /// When there is no such release in the list above.
    #[track_caller]
    pub fn of(version: &str) -> Option<Release> {
        let known = RELEASES.into_iter().find(|(known, ..)| *known == version);
        let (version, script, node) = known.unwrap_or_else(|| panic!("scripts/test installs no OpenClaw {version}"));
        let found = variable(script).zip(variable(node));
        if found.is_none() {
            missing(&format!("the real OpenClaw {version}"));
        }
        found.map(|(script, node)| Release { version, node: node.into(), script: script.into() })
    }

    /// The Node and the script that it runs.
    pub fn argv(&self) -> [OsString; 2] {
        [self.node.clone().into(), self.script.clone().into()]
    }

    /// Puts `openclaw` and the `node` that it wants into a directory of the home, which is not in its `PATH`.
    pub fn link(&self, home: &Home, directory: &str) -> PathBuf {
        let bin = home.join(directory);
        std::fs::create_dir_all(&bin).expect("a directory in the home");
        for (name, target) in [("openclaw", &self.script), ("node", &self.node)] {
            std::os::unix::fs::symlink(target, bin.join(name)).expect("a link in the home");
        }
        bin
    }

    /// Makes this the `openclaw` of a home. It fetches nothing: its looks for a plugin fail at once.
    pub fn install(&self, home: &mut Home) {
        let bin = self.link(home, "bin");
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
