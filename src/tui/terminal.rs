//! The one file that changes terminal modes. Everything it turns on, [`restore`] turns off: on drop, on
//! a panic, before a signal ends us. Restoring twice is harmless.

use super::backend::Output;
use crossterm::{cursor, event, execute, queue, terminal};
use ratatui::layout::Position;
use rustix::fs::OFlags;
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use rustix::termios::{
    Action, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflow, tcflush, tcgetattr,
    tcsetattr, ttyname,
};
use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// True while the modes are on.
static ACTIVE: AtomicBool = AtomicBool::new(false);
/// True while the alternate screen is left to show something bare.
static BARE: AtomicBool = AtomicBool::new(false);

/// Output is gathered and sent once a frame.
type Out = io::BufWriter<File>;

/// The full-screen terminal. Dropping it gives the terminal back as it was.
pub struct Terminal {
    /// Never dropped: ratatui would show the cursor, which [`restore`] does, and print if it cannot,
    /// which panics when the terminal is gone.
    inner: ManuallyDrop<ratatui::Terminal<Output<Out>>>,
    /// Where the cursor rests while it is hidden.
    rest: Rc<Cell<Position>>,
}

/// Whether there is a terminal to draw on and to read from: standard streams or the controlling one.
pub fn available() -> bool {
    open_output().is_ok() && (io::stdin().is_terminal() || File::open("/dev/tty").is_ok())
}

impl Terminal {
    /// Take the terminal: raw mode, alternate screen, bracketed paste, cursor hidden. `careful`: see [`Output`].
    pub fn enter(careful: bool) -> io::Result<Terminal> {
        let out = io::BufWriter::with_capacity(16 * 1024, open_output()?);
        install_panic_hook();
        let output = Output::new(out, careful);
        let rest = output.rest();
        let inner = ratatui::Terminal::new(output)?;
        let mut this = Terminal { inner: ManuallyDrop::new(inner), rest };
        this.take()?;
        Ok(this)
    }

    fn take(&mut self) -> io::Result<()> {
        ACTIVE.store(true, Ordering::SeqCst);
        let taken = terminal::enable_raw_mode().and_then(|()| {
            execute!(
                self.inner.backend_mut(),
                terminal::EnterAlternateScreen,
                event::EnableBracketedPaste,
                cursor::Hide
            )
        });
        self.inner.backend_mut().taken();
        if taken.is_err() {
            restore();
        }
        taken
    }

    /// Draw one frame from state; only the difference is sent. The frame says where the cursor is, or rests while
    /// it is hidden: screen readers and braille displays follow it.
    pub fn draw(&mut self, frame: impl FnOnce(&mut ratatui::Frame) -> Position) -> io::Result<()> {
        let rest = &self.rest;
        self.inner.draw(|screen| rest.set(frame(screen))).map(|_| ())
    }

    /// Stop the whole job, as Ctrl-Z does elsewhere; returns when it is continued, with the screen taken
    /// again. SIGSTOP, because SIGTSTP is ours to handle.
    pub fn suspend(&mut self) -> io::Result<()> {
        restore();
        BARE.store(false, Ordering::SeqCst);
        kill_current_process_group(Signal::STOP).map_err(io::Error::from)?;
        self.take()?;
        self.inner.clear()
    }

    /// Somebody stopped and continued us: the shell has had the terminal meanwhile.
    pub fn retake(&mut self) -> io::Result<()> {
        // Taken, it is the alternate screen again, whatever was shown before.
        BARE.store(false, Ordering::SeqCst);
        self.take()?;
        self.inner.clear()
    }

    /// Leave the alternate screen and print `text` as one logical line, without a space or a line end
    /// inside, and `below` under it. Does nothing while it is there already.
    pub fn show_bare(&mut self, text: &str, below: &str) -> io::Result<()> {
        if BARE.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let out = self.inner.backend_mut();
        execute!(out, terminal::LeaveAlternateScreen, cursor::Show)?;
        write!(out, "\r\n{text}\r\n\r\n{below}\r\n")?;
        out.flush()
    }

    /// Back to the frames.
    pub fn hide_bare(&mut self) -> io::Result<()> {
        if !BARE.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        execute!(self.inner.backend_mut(), terminal::EnterAlternateScreen, cursor::Hide)?;
        self.inner.backend_mut().taken();
        self.inner.clear()
    }

    /// Write a sequence that draws nothing.
    pub fn write_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        let out = self.inner.backend_mut();
        out.write_all(bytes)?;
        out.flush()
    }

    /// The next frame is drawn whole.
    pub fn redraw_all(&mut self) -> io::Result<()> {
        self.inner.clear()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Turn every mode off again, in mirror order. Safe to call at any time, any number of times, from any
/// thread. Never waits long for a terminal that nobody reads: what waits to be read is dropped then.
pub fn restore() {
    let _one_at_a_time = RESTORING.lock().unwrap_or_else(PoisonError::into_inner);
    if !ACTIVE.swap(false, Ordering::SeqCst) {
        return;
    }
    // Nothing can be done about a terminal that is gone.
    let _ = send_last_words();
    let _ = terminal::disable_raw_mode();
}

static RESTORING: Mutex<()> = Mutex::new(());

fn send_last_words() -> io::Result<()> {
    /// Between two tries.
    const PAUSE: Duration = Duration::from_millis(5);
    /// Tries for a reader that is only slow. They are counted, not timed: on a busy machine one pause may take as long as
    /// all of them, and what waits is dropped all the same.
    const PATIENCE: usize = 30;
    const LONGEST: usize = 60;
    let mut out = reopen_output()?;
    let mut bytes = Vec::new();
    queue!(bytes, event::DisableBracketedPaste)?;
    // Leaving it twice would put the cursor where it was long ago.
    if !BARE.load(Ordering::SeqCst) {
        queue!(bytes, terminal::LeaveAlternateScreen)?;
    }
    queue!(bytes, cursor::Show)?;
    let (mut sent, mut waited) = (0, 0);
    while sent < bytes.len() && waited < LONGEST {
        match out.write(&bytes[sent..]) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Nothing waits there, or another thread of ours is stuck in writing: it is heard before us.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && waited < PATIENCE => {
                waited += 1;
                std::thread::sleep(PAUSE);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tcflush(&out, QueueSelector::OFlush)?;
                // Nobody tells a stuck writer of the new room; a signal that is caught makes it look again.
                let _ = kill_process(getpid(), Signal::WINCH);
                // What was sent already may be gone with it, and the terminal be in the middle of a sequence.
                sent = 0;
                if bytes[0] != CAN {
                    bytes.insert(0, CAN);
                }
                waited += 1;
                std::thread::sleep(PAUSE);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Ends whatever sequence a terminal is in.
const CAN: u8 = 0x18;

/// Give the terminal back at the end of the process, while other threads may be stuck in writing to it.
pub fn give_back() {
    restore();
    if line_mode().is_some() {
        if let Ok(out) = reopen_output() {
            // A person's ^S stops the output of line mode; nobody could see that it is over.
            let _ = tcflow(&out, Action::OOn);
        }
        leave_line_mode();
    }
}

/// [`open_output`] once more, so that waiting can be switched off for us alone.
fn reopen_output() -> io::Result<File> {
    let mut options = OpenOptions::new();
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    options.write(true).custom_flags(i32::from_ne_bytes(flags.bits().to_ne_bytes()));
    match ttyname(open_output()?, Vec::new()) {
        Ok(name) => options.open(OsStr::from_bytes(name.as_bytes())),
        Err(_) => options.open("/dev/tty"),
    }
}

/// Give the terminal back before the message of a panic is printed, and end with 101: the release
/// build aborts on panic, so no destructor would run.
fn install_panic_hook() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if INSTALLED.swap(true, Ordering::SeqCst) {
        return;
    }
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let was_ours = ACTIVE.load(Ordering::SeqCst) | leave_line_mode();
        restore();
        print(info);
        if was_ours {
            std::process::exit(101);
        }
    }));
}

/// The terminal for prompts: no echo and no line editing of its own, which would cut a long paste; signals
/// stay. Dropping it gives the terminal back.
pub struct LineMode(File);

impl LineMode {
    pub fn enter() -> io::Result<LineMode> {
        install_panic_hook();
        let terminal = open_input()?;
        let before = tcgetattr(&terminal)?;
        let now = without_line_editing(&before);
        *line_mode() = Some(before);
        tcsetattr(&terminal, OptionalActions::Now, &now)?;
        Ok(LineMode(terminal))
    }

    /// For reading what is typed.
    pub fn reader(&self) -> io::Result<File> {
        self.0.try_clone()
    }
}

/// Stop the whole job in line mode, as Ctrl-Z does elsewhere; returns when it is continued.
pub fn suspend_lines() -> io::Result<()> {
    let before = line_mode().clone();
    leave_line_mode();
    kill_current_process_group(Signal::STOP).map_err(io::Error::from)?;
    retake_lines(before)
}

/// The shell has had the terminal meanwhile.
pub fn retake_lines(before: Option<Termios>) -> io::Result<()> {
    let Some(before) = before.or_else(|| line_mode().clone()) else { return Ok(()) };
    let terminal = open_input()?;
    tcsetattr(&terminal, OptionalActions::Now, &without_line_editing(&before))?;
    *line_mode() = Some(before);
    Ok(())
}

fn without_line_editing(before: &Termios) -> Termios {
    let mut now = before.clone();
    now.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
    now.special_codes[SpecialCodeIndex::VMIN] = 1;
    now.special_codes[SpecialCodeIndex::VTIME] = 0;
    now
}

impl Drop for LineMode {
    fn drop(&mut self) {
        leave_line_mode();
    }
}

/// What the terminal was like before prompts took it.
static LINE_MODE: Mutex<Option<Termios>> = Mutex::new(None);

fn line_mode() -> MutexGuard<'static, Option<Termios>> {
    LINE_MODE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Give the terminal back its own line editing. True: it had been taken.
fn leave_line_mode() -> bool {
    let Some(before) = line_mode().take() else { return false };
    if let Ok(terminal) = open_input() {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
    }
    true
}

/// The terminal, for reading what is typed.
pub fn open_input() -> io::Result<File> {
    match io::stdin() {
        stdin if stdin.is_terminal() => Ok(File::from(stdin.as_fd().try_clone_to_owned()?)),
        _ => File::open("/dev/tty"),
    }
}

fn open_output() -> io::Result<File> {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        let fd: OwnedFd = stdout.as_fd().try_clone_to_owned()?;
        return Ok(File::from(fd));
    }
    OpenOptions::new().write(true).open("/dev/tty")
}
