//! Pictures of a program, taken by a script.

use crate::home::Home;
use crate::pty::Pty;
use crate::raster::{self, Theme};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A program and the script that leads it past the places to be photographed.
///
/// The script is one step a line:
///
/// ```text
/// wait TEXT         until TEXT is on one row of the screen
/// gone TEXT         until it is on none
/// keys NAMES        press keys: Down Down Enter, C-c, ?
/// type TEXT         type it
/// paste TEXT        paste it
/// size 120x40       resize the terminal
/// snap NAME         take NAME-80x24.png
/// snap NAME light   take NAME-80x24-light.png, in the light theme; so does `solarized`
/// ```
pub struct Scene {
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
    size: (u16, u16),
    script: String,
}

impl Scene {
    /// A scene of the program called with these arguments, at 80 × 24.
    pub fn new(args: &[&str], script: &str) -> Self {
        let args = args.iter().map(OsString::from).collect();
        Self { args, env: Vec::new(), size: (80, 24), script: script.to_owned() }
    }

    /// Another size to begin with.
    pub fn size(mut self, cols: u16, rows: u16) -> Self {
        self.size = (cols, rows);
        self
    }

    /// One environment variable, for example `LANG` = `zh_CN.UTF-8`.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    /// Runs the script in this home and returns the pictures taken, written to `out`.
    ///
    /// # Panics
    /// When a step cannot be read, or what it waits for does not come; the screen is shown then.
    pub fn shoot(&self, home: &Home, program: impl Into<OsString>, out: &Path) -> Vec<PathBuf> {
        let argv = std::iter::once(program.into()).chain(self.args.iter().cloned());
        let (cols, rows) = self.size;
        let launch = home.pty(argv).size(cols, rows);
        let pty = self.env.iter().fold(launch, |launch, (name, value)| launch.env(name, value)).spawn();
        let mut taken = Vec::new();
        for step in self.script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
            match verb {
                "wait" => _ = pty.wait_text(rest),
                "gone" => _ = pty.wait_gone(rest),
                "keys" => _ = pty.keys(rest),
                "type" => _ = pty.type_text(rest),
                "paste" => _ = pty.paste(rest),
                "size" => resize(&pty, rest),
                "snap" => taken.push(snap(&pty, rest, out)),
                _ => panic!("no step is called {verb:?}: {step}"),
            }
        }
        taken
    }
}

fn resize(pty: &Pty, size: &str) {
    let sides = size.split_once('x').and_then(|(cols, rows)| Some((cols.parse().ok()?, rows.parse().ok()?)));
    let (cols, rows) = sides.unwrap_or_else(|| panic!("a size is written 120x40, not {size:?}"));
    pty.resize(cols, rows);
}

fn snap(pty: &Pty, name: &str, out: &Path) -> PathBuf {
    let (name, theme, suffix) = match name.split_once(' ') {
        Some((name, "light")) => (name, Theme::Light, "-light"),
        Some((name, "solarized")) => (name, Theme::Solarized, "-solarized"),
        Some((_, other)) => panic!("the themes to name are light and solarized, not {other:?}"),
        None => (name, Theme::Dark, ""),
    };
    // What was waited for may be the first part of a frame; the picture shows all of it.
    let screen = pty.wait_quiet(Duration::from_millis(150));
    let (cols, rows) = screen.size();
    let path = out.join(format!("{name}-{cols}x{rows}{suffix}.png"));
    raster::draw(&screen, theme).save(&path);
    path
}
