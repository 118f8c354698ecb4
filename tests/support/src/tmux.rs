//! A tmux server of the test's own.

use crate::home::{Home, Ran};
use std::ffi::{OsStr, OsString};

/// A tmux server on its own socket in a home, without anybody's configuration. Dropping it kills the server.
pub struct Tmux<'a> {
    home: &'a Home,
}

/// The socket's name; it lies in the home, so that one name serves all tests.
const SOCKET: &str = "testkit";

/// Before the session, so that the program has all rows from the beginning.
const NO_STATUS_LINE: [&str; 7] = ["start-server", ";", "set-option", "-g", "status", "off", ";"];

impl<'a> Tmux<'a> {
    /// A server that starts with the first session.
    pub fn new(home: &'a Home) -> Self {
        Self { home }
    }

    fn tmux(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Vec<OsString> {
        // The socket lies below TMUX_TMPDIR, which only tmux itself needs to know.
        let dir = format!("TMUX_TMPDIR={}", self.home.path().display());
        let start = ["env", &dir, "tmux", "-u", "-L", SOCKET, "-f", "/dev/null"].map(OsString::from);
        start.into_iter().chain(args.into_iter().map(|arg| arg.as_ref().to_owned())).collect()
    }

    /// The command line that starts a program in a new session and shows it, for [`Home::pty`]: what a person in tmux
    /// sees, without the status line.
    pub fn attached(&self, program: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Vec<OsString> {
        let program = program.into_iter().map(|arg| arg.as_ref().to_owned());
        let start = NO_STATUS_LINE.into_iter().chain(["new-session", "-s", "main", "--"]);
        self.tmux(start.map(OsString::from).chain(program))
    }

    /// Starts a program in a session that nobody looks at, `cols` × `rows` large; see it with [`Tmux::capture`].
    #[track_caller]
    pub fn detached(&self, cols: u16, rows: u16, program: impl IntoIterator<Item = impl AsRef<OsStr>>) {
        let (cols, rows) = (cols.to_string(), rows.to_string());
        let session = ["new-session", "-d", "-s", "main", "-x", &cols, "-y", &rows, "--"];
        let program = program.into_iter().map(|arg| arg.as_ref().to_owned());
        let args: Vec<_> = NO_STATUS_LINE.into_iter().chain(session).map(OsString::from).chain(program).collect();
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// Runs a tmux command on this server: `tmux.run(["send-keys", "Enter"])`.
    #[track_caller]
    pub fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.home.run(self.tmux(args))
    }

    /// What tmux itself thinks the pane shows, with wrapped lines rejoined.
    #[track_caller]
    pub fn capture(&self) -> String {
        self.run(["capture-pane", "-p", "-J", "-t", "main"]).stdout
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        let mut argv = self.tmux(["kill-server"]).into_iter();
        if let Some(program) = argv.next() {
            // Nothing to kill is no failure.
            let _ = std::process::Command::new(program).args(argv).stderr(std::process::Stdio::null()).status();
        }
    }
}
