//! One run of OpenClaw's own command: in a process group of its own, which goes when we do; with a time
//! limit; and with as much of its output as anybody reads.

use crate::signals;
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of standard output that are kept: the largest document asked for has some 100 KB.
const MAX_OUTPUT: usize = 4 << 20;
/// Bytes of standard error that are kept.
const MAX_ERRORS: usize = 64 << 10;
/// What it was told to do gently, it does within this time or is killed.
const GENTLY: Duration = Duration::from_millis(150);
/// A process that it left behind may hold its output open; that is not waited for any longer.
const OUTPUT_AFTER_END: Duration = Duration::from_millis(500);

/// Process groups of the runs under way.
static RUNNING: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// What a command said, cut to what is kept, and how it ended.
#[derive(Debug)]
pub struct Output {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    #[error("{0}")]
    Start(#[from] io::Error),
    /// It did not end in time and was killed.
    #[error("no end within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// This signal ended our run, and with it the command's.
    #[error("interrupted")]
    Interrupted(i32),
}

/// `PATH` for a program that was found elsewhere: its directory comes first, for its installer put the Node that it
/// wants beside it. None where `PATH` leads there already.
fn path_with_its_node(program: &Path, path: Option<OsString>) -> Option<OsString> {
    let dir = program.parent().filter(|dir| dir.is_absolute())?;
    let path = path.unwrap_or_default();
    let mut dirs: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if dirs.iter().any(|known| known == dir) {
        return None;
    }
    dirs.insert(0, dir.to_owned());
    std::env::join_paths(dirs).ok()
}

/// User and group whose home this is. None: they run this themselves, or it is root's own.
fn owner_of_the_home() -> Option<(u32, u32)> {
    let home = std::fs::metadata(std::env::var_os("HOME").filter(|home| !home.is_empty())?).ok()?;
    (rustix::process::geteuid().is_root() && home.uid() != 0).then(|| (home.uid(), home.gid()))
}

/// Run the command to its end, `input` on its standard input. `wanted`: false once nobody waits for it.
pub fn run(
    mut command: Command,
    input: Option<&str>,
    limit: Duration,
    wanted: impl Fn() -> bool,
) -> Result<Output, ChildError> {
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    if let Some(path) = path_with_its_node(Path::new(command.get_program()), std::env::var_os("PATH")) {
        command.env("PATH", path);
    }
    if let Some(number) = signals::caught() {
        return Err(ChildError::Interrupted(number));
    }
    // What it makes in somebody's home is theirs, even when root runs this there.
    if let Some((uid, gid)) = owner_of_the_home() {
        command.uid(uid).gid(gid);
    }
    let mut child = command.spawn()?;
    let _group = Group::new(Pid::from_child(&child));
    let stdout = read_in_background(child.stdout.take(), MAX_OUTPUT);
    let stderr = read_in_background(child.stderr.take(), MAX_ERRORS);
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        // Shorter than a pipe holds, so that this never waits. A command that ends without reading fails by
        // its exit code.
        let _ = stdin.write_all(input.as_bytes());
    }
    let begun = Instant::now();
    let ended = loop {
        if let Some(status) = child.try_wait()? {
            break Ok(status);
        }
        if begun.elapsed() > limit {
            break Err(ChildError::TooSlow(limit));
        }
        if let Err(number) = signals::pause(Duration::from_millis(20)) {
            break Err(ChildError::Interrupted(number));
        }
        if !wanted() {
            break Err(ChildError::Interrupted(signals::INTERRUPT));
        }
    };
    match ended {
        Ok(status) => {
            let kept = |output: Receiver<Vec<u8>>| {
                std::iter::from_fn(|| output.recv_timeout(OUTPUT_AFTER_END).ok()).flatten().collect()
            };
            Ok(Output { status, stdout: kept(stdout), stderr: kept(stderr) })
        }
        Err(error) => {
            let group = Pid::from_child(&child);
            let _ = kill_process_group(group, Signal::TERM);
            let until = Instant::now() + GENTLY;
            while Instant::now() < until && matches!(child.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(5));
            }
            let _ = kill_process_group(group, Signal::KILL);
            let _ = child.wait();
            Err(error)
        }
    }
}

/// End every command under way at once, without waiting. For the end of the process.
pub fn kill_all() {
    for group in running().iter() {
        let _ = kill_process_group(*group, Signal::KILL);
    }
}

fn running() -> std::sync::MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An entry of [`RUNNING`].
struct Group(Pid);

impl Group {
    fn new(pid: Pid) -> Group {
        running().push(pid);
        Group(pid)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        running().retain(|pid| *pid != self.0);
    }
}

/// The first bytes of a stream in pieces; the rest is read and thrown away, so that its writer goes on.
fn read_in_background(stream: Option<impl Read + Send + 'static>, limit: usize) -> Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let Some(mut stream) = stream else { return };
        let mut chunk = vec![0; 64 << 10];
        let mut left = limit;
        while let Ok(count @ 1..) = stream.read(&mut chunk) {
            let kept = count.min(left);
            left -= kept;
            // Nobody may want it any more; the writer still does not have to wait.
            let _ = if kept > 0 { send.send(chunk[..kept].to_vec()) } else { Ok(()) };
        }
    });
    receive
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_output_is_bounded_and_the_input_arrives() {
        let script = "cat; i=0; while [ $i -lt 100 ]; do head -c 65536 /dev/zero >&2; i=$((i+1)); done; exit 3";
        let output = run(sh(script), Some("word"), Duration::from_secs(60), || true).expect("an end");
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), &b"word"[..]));
        assert_eq!(output.stderr.len(), MAX_ERRORS);
    }

    #[test]
    fn a_command_that_hangs_is_killed_with_all_it_started() {
        let dir = tempfile::tempdir().expect("a directory");
        let pid = dir.path().join("pid");
        let script = format!("trap '' TERM; sleep 600 & echo $! > {0}.part; mv {0}.part {0}; wait", pid.display());
        let seen = || !pid.exists();
        assert!(matches!(run(sh(&script), None, Duration::from_secs(60), seen), Err(ChildError::Interrupted(_))));
        let sleeper: i32 = std::fs::read_to_string(&pid).expect("its pid").trim().parse().expect("a number");
        // Gone, or dead and not yet waited for by whoever inherited it.
        let lives = || {
            let stat = std::fs::read_to_string(format!("/proc/{sleeper}/stat")).unwrap_or_default();
            !stat.is_empty() && !stat.contains(") Z ") && !stat.contains(") X ")
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while lives() {
            assert!(Instant::now() < deadline, "it still runs");
            std::thread::yield_now();
        }

        let late = run(sh("sleep 600"), None, Duration::from_millis(50), || true);
        assert!(matches!(late, Err(ChildError::TooSlow(_))));
    }
}
