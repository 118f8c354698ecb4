//! One run of OpenClaw's own program, or of the Node that it runs on, with an end.

use crate::openclaw::Site;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// What it printed, and how it ended.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// None: a signal, or it was stopped because it took too long.
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

/// Runs it to its end, or to ours.
pub fn run(mut command: Command, input: Option<&str>, longest: Duration) -> io::Result<Ran> {
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // A program that ends without reading fails by its exit code. What is written is short, and fits a pipe.
        let _ = stdin.write_all(input.as_bytes());
    }
    let (out, err) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let ended = wait(&mut child, longest)?;
    // A process that it left behind may hold the pipes open.
    let text = |pipe: mpsc::Receiver<String>| pipe.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
    Ok(Ran { exit: ended.and_then(|status| status.code()), out: text(out), err: text(err) })
}

/// None: it took too long and was stopped.
fn wait(child: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    const PAUSE: Duration = Duration::from_millis(5);
    let start = std::time::Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= longest {
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut said);
        }
        let _ = send.send(String::from_utf8_lossy(&said).into_owned());
    });
    receive
}
