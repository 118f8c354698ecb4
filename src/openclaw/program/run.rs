//! OpenClaw's own program, and the Node that it runs on: which one, in which environment, and what it said.

use super::child::{self, ChildError};
use crate::openclaw::Site;
use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

/// What it printed, and how it ended.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// None: a signal ended it.
    pub exit: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn succeeded(&self) -> bool {
        self.exit == Some(0)
    }

    /// What it said about itself, for a person: its errors, or what else it printed. Not yet safe to print.
    pub fn said(&self) -> &str {
        if self.err.trim().is_empty() { &self.out } else { &self.err }
    }

    /// The JSON document in what it printed; warnings may stand before it.
    pub fn document(&self) -> Option<serde_json::Value> {
        serde_json::from_str(self.out.get(self.out.find('{')?..)?).ok()
    }
}

/// `openclaw` about this installation. None: there is none. `search`: directories in which Node and OpenClaw
/// were once found, for who has a shorter `PATH`.
pub fn openclaw(site: &Site, search: Option<&str>) -> Option<Command> {
    let mut command = match (&site.installed.program, search) {
        (Some(program), _) => Command::new(program),
        (None, Some(search)) => {
            let program = std::env::split_paths(search).map(|dir| dir.join("openclaw")).find(|path| path.exists())?;
            Command::new(program)
        }
        (None, None) => return None,
    };
    about(&mut command, site, search);
    Some(command)
}

/// The directories of this `PATH` in which OpenClaw and Node are. None: one of them is in none.
pub fn search(path: Option<&str>) -> Option<String> {
    let dirs: Vec<_> = std::env::split_paths(path?).filter(|dir| dir.is_absolute()).collect();
    let of = |program: &str| dirs.iter().find(|dir| dir.join(program).exists());
    let (openclaw, node) = (of("openclaw")?, of("node")?);
    let both = if openclaw == node { vec![openclaw] } else { vec![openclaw, node] };
    Some(std::env::join_paths(both).ok()?.to_str()?.to_owned())
}

/// The environment that means this installation.
pub fn about(command: &mut Command, site: &Site, search: Option<&str>) {
    command.env("OPENCLAW_CONFIG_PATH", &site.paths.config);
    command.env("OPENCLAW_STATE_DIR", &site.paths.state_dir);
    command.env("OPENCLAW_HOME", &site.paths.home);
    // In the environment, this alone makes newer versions look for the plugin.
    command.env_remove("CHUTES_API_KEY");
    if let Some(search) = search {
        let mut path: OsString = std::env::var_os("PATH").unwrap_or_default();
        path.push(":");
        path.push(search);
        command.env("PATH", path);
    }
}

/// Runs it to its end. A signal, or the limit, ends it before.
pub fn run(command: Command, input: Option<&str>, limit: Duration) -> Result<Ran, ChildError> {
    let output = child::run(command, input, limit, || true)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Ran { exit: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) })
}
