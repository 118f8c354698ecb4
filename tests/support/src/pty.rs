//! A program in a pseudo-terminal, driven and watched without a single sleep: a reader thread feeds the emulator,
//! and every wait is a condition on what it shows.

use crate::home::contains;
use crate::log::Log;
use crate::raster::Theme;
use crate::screen::{Screen, parser};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a condition is asked that nothing on the screen answers.
const ONCE_IN_A_WHILE: Duration = Duration::from_millis(100);

/// A program about to be started in a pseudo-terminal. Made by [`crate::Home::pty`].
pub struct Launch {
    argv: Vec<OsString>,
    env: BTreeMap<OsString, OsString>,
    cwd: PathBuf,
    size: (u16, u16),
    mute: bool,
    theme: Theme,
}

impl Launch {
    pub(crate) fn new(
        argv: impl IntoIterator<Item = impl AsRef<OsStr>>,
        env: BTreeMap<OsString, OsString>,
        cwd: &Path,
    ) -> Self {
        let argv = argv.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        Self { argv, env, cwd: cwd.to_owned(), size: (80, 24), mute: false, theme: Theme::Dark }
    }

    /// Columns and rows of the terminal; 80 × 24 unless said.
    pub fn size(mut self, cols: u16, rows: u16) -> Self {
        self.size = (cols, rows);
        self
    }

    /// One more environment variable.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }

    /// One environment variable less.
    pub fn env_remove(mut self, name: &str) -> Self {
        self.env.remove(OsStr::new(name));
        self
    }

    /// The directory to start in; the home unless said.
    pub fn cwd(mut self, dir: impl Into<PathBuf>) -> Self {
        self.cwd = dir.into();
        self
    }

    /// A terminal that answers no question (device attributes, cursor position, colours, modes).
    pub fn mute(mut self) -> Self {
        self.mute = true;
        self
    }

    /// The colours told to a program that asks for them; dark unless said.
    pub fn theme(mut self, theme: Theme) -> Self {
        self.theme = theme;
        self
    }

    /// Starts the program.
    #[track_caller]
    pub fn spawn(self) -> Pty {
        let (cols, rows) = self.size;
        let one_at_a_time = spawn_lock();
        let (pty, pts) = pty_process::blocking::open().expect("a pseudo-terminal");
        pty.resize(pty_process::Size::new(rows, cols)).expect("its size");
        let before = Termios::of(&pty);
        let (program, args) = self.argv.split_first().expect("argv names a program");
        let command =
            pty_process::blocking::Command::new(program).args(args).env_clear().envs(&self.env).current_dir(&self.cwd);
        let started = Instant::now();
        let child = command.spawn(pts).unwrap_or_else(|error| panic!("start {:?}: {error}", self.argv));
        drop(one_at_a_time);
        rustix::io::ioctl_fionbio(&pty, true).expect("a non-blocking terminal");

        let log = Log::new(self.mute, [self.theme.ink(), self.theme.paper()]);
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                parser: parser(cols, rows, log),
                raw: Vec::new(),
                chunks: Vec::new(),
                sizes: vec![(0, self.size)],
                eof: false,
                exit: None,
            }),
            changed: Condvar::new(),
        });
        let pid = Pid::from_child(&child);
        let pty = Arc::new(pty);
        let (stopped, stop) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).expect("a pipe");
        let reader = std::thread::spawn({
            let (shared, pty) = (shared.clone(), pty.clone());
            move || read_all(&shared, &pty, &stopped)
        });
        let waiter = std::thread::spawn({
            let shared = shared.clone();
            move || wait_for_end(&shared, child, pid)
        });
        Pty {
            argv: self.argv,
            started,
            before,
            shared,
            pid,
            pty: Some(pty),
            stop: Some(stop),
            threads: vec![reader, waiter],
            mark: 0,
        }
    }
}

/// A running program and its terminal. Dropping it kills the program.
pub struct Pty {
    argv: Vec<OsString>,
    started: Instant,
    before: Termios,
    shared: Arc<Shared>,
    pid: Pid,
    pty: Option<Arc<pty_process::blocking::Pty>>,
    stop: Option<OwnedFd>,
    threads: Vec<JoinHandle<()>>,
    mark: usize,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser<Log>,
    raw: Vec<u8>,
    /// When the stream had reached which length.
    chunks: Vec<(Instant, usize)>,
    /// From which length on the terminal had which columns and rows.
    sizes: Vec<(usize, (u16, u16))>,
    eof: bool,
    exit: Option<i32>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked while holding the lock has failed already; the others may go on reading.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Pty {
    // ---- keys, pastes, signals -------------------------------------------------------------------------------

    /// Sends bytes as they are.
    #[track_caller]
    pub fn send(&self, bytes: impl AsRef<[u8]>) -> &Self {
        let pty = self.pty.as_deref().expect("the terminal was hung up");
        if let Err(error) = write_all(pty, bytes.as_ref()) {
            panic!("{}", self.failure(&format!("send {} bytes: {error}", bytes.as_ref().len())));
        }
        self
    }

    /// Presses keys, by name, in turn: `"Down Down Enter"`, `"C-c"`, `"A-x"`, `"?"`. See [`crate::keys`].
    #[track_caller]
    pub fn keys(&self, words: &str) -> &Self {
        let application = self.shared.lock().parser.screen().application_cursor();
        self.send(crate::keys::encode(words, application))
    }

    /// Types text, letter by letter as far as the program can tell.
    #[track_caller]
    pub fn type_text(&self, text: &str) -> &Self {
        self.send(text)
    }

    /// Pastes as a terminal does: bracketed if the program asked for that, newlines as carriage returns.
    #[track_caller]
    pub fn paste(&self, text: &str) -> &Self {
        let bracketed = self.shared.lock().parser.screen().bracketed_paste();
        let text = text.replace('\n', "\r");
        self.send(if bracketed { format!("\x1b[200~{text}\x1b[201~") } else { text })
    }

    /// Pastes without brackets, whatever the program asked for: an old terminal, or `tmux send-keys`.
    #[track_caller]
    pub fn paste_plain(&self, text: &str) -> &Self {
        self.send(text.replace('\n', "\r"))
    }

    /// Changes the size of the terminal; the program gets SIGWINCH.
    pub fn resize(&self, cols: u16, rows: u16) {
        let mut state = self.shared.lock();
        let pty = self.pty.as_deref().expect("the terminal was hung up");
        set_size(&mut state.parser, (cols, rows));
        let from = state.raw.len();
        state.sizes.push((from, (cols, rows)));
        pty.resize(pty_process::Size::new(rows, cols)).expect("resize");
    }

    /// Sends a signal to the program alone.
    pub fn signal(&self, signal: Signal) {
        let state = self.shared.lock();
        if state.exit.is_none() {
            kill_process(self.pid, signal).expect("signal");
        }
    }

    /// Closes the terminal under the program, as a dropped connection or a closed window does: it gets SIGHUP, and
    /// its reads and writes fail.
    pub fn hang_up(&mut self) {
        self.stop = None;
        // The reader holds the other reference to the terminal; it is first in the list.
        if let Err(panic) = self.threads.remove(0).join() {
            std::panic::resume_unwind(panic);
        }
        self.pty = None;
    }

    /// From now on nobody reads what the program writes, and what the system keeps for a reader is full: a stalled
    /// connection, a frozen window. The next write of the program waits.
    #[track_caller]
    pub fn stall(&mut self) {
        self.stop = None;
        if let Err(panic) = self.threads.remove(0).join() {
            std::panic::resume_unwind(panic);
        }
        let pty = self.pty.as_deref().expect("the terminal was hung up");
        let name = rustix::pty::ptsname(pty, Vec::new()).expect("the name of the terminal");
        let flags = rustix::fs::OFlags::WRONLY | rustix::fs::OFlags::NOCTTY | rustix::fs::OFlags::NONBLOCK;
        let slave = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).expect("the terminal");
        while rustix::io::write(&slave, &[b'.'; 512]).is_ok() {}
        while rustix::io::write(&slave, b".").is_ok() {}
    }

    /// After [`Pty::stall`]: somebody reads again.
    pub fn resume(&mut self) {
        let (stopped, stop) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).expect("a pipe");
        let (shared, pty) = (self.shared.clone(), self.pty.clone().expect("the terminal was hung up"));
        shared.lock().eof = false;
        self.threads.insert(0, std::thread::spawn(move || read_all(&shared, &pty, &stopped)));
        self.stop = Some(stop);
    }

    /// After [`Pty::stall`]: waits until the program has ended, and returns the exit code.
    #[track_caller]
    pub fn wait_exit_stalled(&self) -> i32 {
        let deadline = Instant::now() + crate::timeout();
        let mut state = self.shared.lock();
        loop {
            if let Some(code) = state.exit {
                return code;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                panic!("{}", self.failure("waited in vain: the program ends though nobody reads"));
            }
            state = self.wait_change(state, left);
        }
    }

    // ---- waiting ---------------------------------------------------------------------------------------------

    /// Waits until the screen satisfies `condition`, and returns that screen. Fails the test, showing the screen,
    /// after [`crate::timeout`] or when the program ended without. Not asked in the middle of a synchronized update.
    ///
    /// The condition is asked whenever the program has written, and once in a while: it may look at something else
    /// than the screen, such as a file.
    #[track_caller]
    pub fn wait_for(&self, why: &str, condition: impl Fn(&Screen) -> bool) -> Screen {
        let deadline = Instant::now() + crate::timeout();
        let mut state = self.shared.lock();
        loop {
            let screen = Screen::from_parser(&state.parser);
            if (state.eof || !screen.log.modes.contains(&2026)) && condition(&screen) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.eof || left.is_zero() {
                drop(state);
                panic!("{}", self.failure(&format!("waited in vain: {why}")));
            }
            state = self.wait_change(state, left.min(ONCE_IN_A_WHILE));
        }
    }

    /// Waits until this text is on one row of the screen.
    #[track_caller]
    pub fn wait_text(&self, text: &str) -> Screen {
        self.wait_for(&format!("{text:?} is on the screen"), |screen| screen.contains(text))
    }

    /// Waits until this text is on no row of the screen.
    #[track_caller]
    pub fn wait_gone(&self, text: &str) -> Screen {
        self.wait_for(&format!("{text:?} is gone from the screen"), |screen| !screen.contains(text))
    }

    /// Waits until the program has ended and all it wrote has been read. Returns its exit code; minus the number of
    /// the signal if a signal ended it.
    #[track_caller]
    pub fn wait_exit(&self) -> i32 {
        let deadline = Instant::now() + crate::timeout();
        let mut state = self.shared.lock();
        loop {
            if let (Some(code), true) = (state.exit, state.eof) {
                return code;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                panic!("{}", self.failure("waited in vain: the program ends and lets go of its terminal"));
            }
            state = self.wait_change(state, left);
        }
    }

    /// Waits until nothing has been written for `quiet`, and returns the screen: for pictures and byte counts, where
    /// there is nothing to wait for. Tests should wait for what they expect instead.
    #[track_caller]
    pub fn wait_quiet(&self, quiet: Duration) -> Screen {
        let deadline = Instant::now() + crate::timeout();
        let mut state = self.shared.lock();
        let begin = Instant::now();
        loop {
            let last = state.chunks.last().map_or(begin, |(at, _)| *at).max(begin);
            let left = (last + quiet).saturating_duration_since(Instant::now());
            if state.eof || left.is_zero() {
                return Screen::from_parser(&state.parser);
            }
            if Instant::now() > deadline {
                drop(state);
                panic!("{}", self.failure(&format!("never quiet for {quiet:?}")));
            }
            state = self.wait_change(state, left);
        }
    }

    fn wait_change<'a>(&self, state: MutexGuard<'a, State>, at_most: Duration) -> MutexGuard<'a, State> {
        self.shared.changed.wait_timeout(state, at_most).unwrap_or_else(std::sync::PoisonError::into_inner).0
    }

    // ---- looking ---------------------------------------------------------------------------------------------

    /// The screen as it is now.
    pub fn screen(&self) -> Screen {
        Screen::from_parser(&self.shared.lock().parser)
    }

    /// Every byte the program wrote so far.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.lock().raw.clone()
    }

    /// Did the program ever write these bytes in a row? For secrets, look at [`Pty::ever_showed`] too: a cell-by-cell
    /// drawing may separate the letters by escape sequences.
    pub fn ever_wrote(&self, needle: impl AsRef<[u8]>) -> bool {
        contains(&self.shared.lock().raw, needle.as_ref())
    }

    /// Was this text ever on the screen, on one row or run over the end of rows, after any chunk of output?
    pub fn ever_showed(&self, text: &str) -> bool {
        self.first_time(|screen| screen.contains(text) || screen.joined().contains(text)).is_some()
    }

    /// How many bytes the program wrote so far.
    pub fn bytes(&self) -> usize {
        self.shared.lock().raw.len()
    }

    /// Starts a new count for [`Pty::bytes_since_mark`].
    pub fn mark(&mut self) {
        self.mark = self.bytes();
    }

    /// How many bytes the program wrote since [`Pty::mark`].
    pub fn bytes_since_mark(&self) -> usize {
        self.bytes() - self.mark
    }

    /// When the screen first satisfied `condition`, counted from just before the program was started. Replays the
    /// recorded output, so neither this process' scheduling nor the condition's own cost is in the figure.
    pub fn first_time(&self, condition: impl Fn(&Screen) -> bool) -> Option<Duration> {
        let state = self.shared.lock();
        let mut sizes = state.sizes.iter().peekable();
        let mut replay = parser(1, 1, Log::new(true, [[0; 3]; 2]));
        let mut from = 0;
        for (at, to) in &state.chunks {
            while let Some((_, size)) = sizes.next_if(|(begin, _)| *begin <= from) {
                set_size(&mut replay, *size);
            }
            replay.process(&state.raw[from..*to]);
            from = *to;
            if condition(&Screen::from_parser(&replay)) {
                return Some(at.duration_since(self.started));
            }
        }
        None
    }

    /// From the press of a key to the first byte that the program writes after it. Taken where the bytes arrive, so
    /// that nobody's waiting is in it.
    #[track_caller]
    pub fn latency(&self, key: &str) -> Duration {
        let before = self.shared.lock().chunks.len();
        let begin = Instant::now();
        self.keys(key);
        let deadline = begin + crate::timeout();
        let mut state = self.shared.lock();
        loop {
            if let Some((at, _)) = state.chunks.get(before) {
                return at.saturating_duration_since(begin);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.eof || left.is_zero() {
                drop(state);
                panic!("{}", self.failure(&format!("nothing is written after {key}")));
            }
            state = self.wait_change(state, left);
        }
    }

    /// The program's process id.
    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// What differs in the terminal's line settings (termios) from when the program started, in words; empty when
    /// nothing does. ICANON, ECHO, ISIG and ICRNL are among the flags compared.
    pub fn termios_changes(&self) -> Vec<String> {
        let now = Termios::of(self.pty.as_deref().expect("the terminal was hung up"));
        self.before.changes(&now)
    }

    /// Fails the test unless the terminal is as the program found it: line settings, and every mode switched off.
    #[track_caller]
    pub fn assert_terminal_restored(&self) {
        let mut left = self.termios_changes();
        left.extend(self.screen().modes_on());
        assert!(left.is_empty(), "{}", self.failure(&format!("the terminal was left changed: {left:?}")));
    }

    fn failure(&self, what: &str) -> String {
        let mut state = self.shared.lock();
        // A program lets go of its terminal a moment before its exit code is known; the message should have it.
        let deadline = Instant::now() + Duration::from_secs(1);
        while state.eof && state.exit.is_none() && Instant::now() < deadline {
            state = self.wait_change(state, deadline.saturating_duration_since(Instant::now()));
        }
        let end = match state.exit {
            Some(code) => format!("it ended with {code}"),
            None => "it is still running".to_owned(),
        };
        let screen = Screen::from_parser(&state.parser).describe();
        let (argv, bytes) = (&self.argv, state.raw.len());
        format!("{what}\n{argv:?}: {end}, {bytes} bytes written\n{screen}")
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        {
            let state = self.shared.lock();
            if state.exit.is_none() {
                // The program leads its own session and group.
                let _ = kill_process_group(self.pid, Signal::KILL);
            }
        }
        self.stop = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn read_all(shared: &Shared, pty: &pty_process::blocking::Pty, stopped: &OwnedFd) {
    let mut buffer = vec![0; 64 * 1024];
    let mut terminal = pty;
    loop {
        let mut fds = [PollFd::new(pty, PollFlags::IN), PollFd::new(stopped, PollFlags::IN)];
        if poll(&mut fds, None).is_err_and(|error| error != rustix::io::Errno::INTR) || !fds[1].revents().is_empty() {
            break;
        }
        match terminal.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                let replies = {
                    let mut state = shared.lock();
                    state.raw.extend_from_slice(&buffer[..count]);
                    let length = state.raw.len();
                    state.chunks.push((Instant::now(), length));
                    state.parser.process(&buffer[..count]);
                    std::mem::take(&mut state.parser.callbacks_mut().replies)
                };
                shared.changed.notify_all();
                // A program that asks and leaves before the answer is no concern of the terminal's.
                let _ = write_all(pty, &replies);
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            // EIO: the last process let go of the terminal.
            Err(_) => break,
        }
    }
    shared.lock().eof = true;
    shared.changed.notify_all();
}

fn wait_for_end(shared: &Shared, mut child: std::process::Child, pid: Pid) {
    // Leave the zombie until the lock is held, so that nobody signals a process id that was given away.
    let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    let mut state = shared.lock();
    state.exit = Some(child.wait().map_or(i32::MIN, code));
    drop(state);
    shared.changed.notify_all();
}

/// Exit code; minus the signal's number if a signal ended the process.
pub(crate) fn code(status: std::process::ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| -status.signal().unwrap_or(0))
}

/// Writes to a terminal whose reader may be slow, for at most [`crate::timeout`].
fn write_all(mut pty: &pty_process::blocking::Pty, mut bytes: &[u8]) -> std::io::Result<()> {
    let deadline = Instant::now() + crate::timeout();
    while !bytes.is_empty() {
        match pty.write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(std::io::Error::new(ErrorKind::TimedOut, "the program does not read its terminal"));
                }
                let left = Timespec::try_from(left).map_err(std::io::Error::other)?;
                poll(&mut [PollFd::new(&pty, PollFlags::OUT)], Some(&left))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn set_size(parser: &mut vt100::Parser<Log>, (cols, rows): (u16, u16)) {
    let side = |cells: u16| std::num::NonZeroU16::new(cells).expect("a terminal has at least one row and column");
    parser.set_size(side(rows), side(cols));
}

/// The line settings of a terminal, as names and values.
#[derive(Clone, PartialEq)]
struct Termios(Vec<(&'static str, String)>);

impl Termios {
    fn of(pty: &pty_process::blocking::Pty) -> Self {
        // On Linux the master answers for the slave.
        let termios = rustix::termios::tcgetattr(pty).expect("the terminal's settings");
        Self(vec![
            ("input", format!("{:?}", termios.input_modes)),
            ("output", format!("{:?}", termios.output_modes)),
            ("control", format!("{:?}", termios.control_modes)),
            ("local", format!("{:?}", termios.local_modes)),
            ("special codes", format!("{:?}", termios.special_codes)),
        ])
    }

    fn changes(&self, now: &Self) -> Vec<String> {
        let pairs = self.0.iter().zip(&now.0).filter(|(before, after)| before != after);
        pairs.map(|((name, before), (_, after))| format!("{name}: {before} → {after}")).collect()
    }
}

static SPAWNING: Mutex<()> = Mutex::new(());

/// Held while a pseudo-terminal is opened and while a process is started: between `open` and `FD_CLOEXEC` another
/// thread's child would inherit the terminal, and hanging up would not reach the program.
pub(crate) fn spawn_lock() -> MutexGuard<'static, ()> {
    SPAWNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
