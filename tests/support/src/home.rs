//! A throw-away home, and programs run in it.

use crate::pty::Launch;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A temporary home directory, removed with this value, and a clean environment: `HOME`, the XDG directories and
/// `TMPDIR` inside it, `PATH`, `TERM=xterm-256color`, `LANG=C.UTF-8`, and nothing from the caller. An OpenClaw 2026.5.28
/// that does not run is found beside it.
pub struct Home {
    dir: tempfile::TempDir,
    _openclaw: tempfile::TempDir,
    env: BTreeMap<OsString, OsString>,
}

/// What a program left behind when it ended.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; minus the signal's number if a signal ended it.
    pub code: i32,
    /// Standard output, as text.
    pub stdout: String,
    /// Standard error, as text.
    pub stderr: String,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// An empty home.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("home-").tempdir().expect("a temporary directory");
        let mut home = Self { dir, _openclaw: an_openclaw(), env: BTreeMap::new() };
        home.set("VOLTA_HOME", home._openclaw.path().to_owned());
        for (name, below) in [
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
        ] {
            let path = home.join(below);
            std::fs::create_dir_all(&path).expect("a directory in the temporary home");
            home.set(name, path);
        }
        home.set("HOME", home.path().to_owned());
        home.set("PATH", "/usr/local/bin:/usr/bin:/bin");
        home.set("TERM", "xterm-256color");
        home.set("LANG", "C.UTF-8");
        home
    }

    /// A home for which no OpenClaw is installed anywhere.
    pub fn without_openclaw() -> Self {
        let mut home = Self::new();
        home.unset("VOLTA_HOME");
        home
    }

    /// Sets a variable for every program started in this home from now on.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> &mut Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// Takes a variable away again.
    pub fn unset(&mut self, name: &str) -> &mut Self {
        self.env.remove(OsStr::new(name));
        self
    }

    /// The environment programs get.
    pub fn env(&self) -> &BTreeMap<OsString, OsString> {
        &self.env
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A path in this home.
    pub fn join(&self, below: impl AsRef<Path>) -> PathBuf {
        self.path().join(below)
    }

    /// The text of a file in this home.
    pub fn read(&self, below: impl AsRef<Path>) -> String {
        let path = self.join(below);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display()))
    }

    /// Writes a file in this home, making its directories.
    pub fn write(&self, below: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(below);
        std::fs::create_dir_all(path.parent().expect("a path below the home")).expect("its directories");
        std::fs::write(&path, content).unwrap_or_else(|error| panic!("write {}: {error}", path.display()));
        path
    }

    /// Every regular file below this home, sorted; symbolic links are not followed.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut pending = vec![self.path().to_owned()];
        while let Some(dir) = pending.pop() {
            for entry in std::fs::read_dir(&dir).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => pending.push(entry.path()),
                    Ok(kind) if kind.is_file() => found.push(entry.path()),
                    _ => {}
                }
            }
        }
        found.sort();
        found
    }

    /// The files that hold these bytes: where a secret ended up.
    pub fn files_containing(&self, needle: impl AsRef<[u8]>) -> Vec<PathBuf> {
        let holds = |path: &PathBuf| std::fs::read(path).is_ok_and(|bytes| contains(&bytes, needle.as_ref()));
        self.files().into_iter().filter(holds).collect()
    }

    /// A command that will run here with the clean environment.
    pub fn command(&self, argv: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut argv = argv.into_iter();
        let program = argv.next().expect("argv names a program");
        let mut command = Command::new(program.as_ref());
        command.args(argv.map(|arg| arg.as_ref().to_owned())).env_clear().envs(&self.env).current_dir(self.path());
        command
    }

    /// Runs a program to its end without a terminal, with nothing on standard input.
    #[track_caller]
    pub fn run(&self, argv: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        run(self.command(argv), b"", crate::timeout())
    }

    /// Runs a program to its end without a terminal, with these bytes on standard input.
    #[track_caller]
    pub fn run_with_input(&self, argv: impl IntoIterator<Item = impl AsRef<OsStr>>, input: impl AsRef<[u8]>) -> Ran {
        run(self.command(argv), input.as_ref(), crate::timeout())
    }

    /// A program to be started here in a pseudo-terminal: `home.pty([BIN, "onboard"]).size(120, 40).spawn()`.
    pub fn pty(&self, argv: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Launch {
        Launch::new(argv, self.env.clone(), self.path())
    }
}

/// The place of an OpenClaw 2026.5.28 whose program does not run: what is written is for that version, and nothing
/// is ever started.
fn an_openclaw() -> tempfile::TempDir {
    let place = tempfile::Builder::new().prefix("openclaw-").tempdir().expect("a temporary directory");
    let package = place.path().join("lib/node_modules/openclaw");
    std::fs::create_dir_all(&package).expect("a directory in it");
    std::fs::write(package.join("package.json"), "{\"name\": \"openclaw\", \"version\": \"2026.5.28\"}")
        .expect("a file");
    place
}

/// Runs a command to its end, feeding `input`; fails the test when it takes longer than `timeout`.
#[track_caller]
pub(crate) fn run(mut command: Command, input: &[u8], timeout: Duration) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = {
        let _one_at_a_time = crate::pty::spawn_lock();
        command.spawn().unwrap_or_else(|error| panic!("start {command:?}: {error}"))
    };
    let pid = rustix::process::Pid::from_child(&child);
    let mut stdin = child.stdin.take().expect("stdin was piped");
    let input = input.to_vec();
    // A program that does not read its input closes the pipe; that is its right.
    std::thread::spawn(move || stdin.write_all(&input));
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    match result.recv_timeout(timeout) {
        Ok(output) => {
            let output = output.unwrap_or_else(|error| panic!("wait for {command:?}: {error}"));
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            Ran { code: crate::pty::code(output.status), stdout: text(output.stdout), stderr: text(output.stderr) }
        }
        Err(_) => {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            panic!("{command:?} did not end within {timeout:?}");
        }
    }
}

pub(crate) fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && haystack.windows(needle.len()).any(|window| window == needle)
}
