//! Copying, and saying only what is known about it: a terminal that is asked to copy (OSC 52) does
//! not answer, and under SSH the clipboard of this machine is the wrong one.

use crate::texts::{Lang, signin as t};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

/// A display server may accept a connection and never answer.
const LOCAL_TIME: Duration = Duration::from_millis(300);
const TMUX_TIME: Duration = Duration::from_millis(500);

/// What decides the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// `TMUX`
    pub tmux: bool,
    /// `STY`: GNU screen.
    pub screen: bool,
    /// `SSH_CONNECTION`, `SSH_TTY`
    pub ssh: bool,
    /// `DISPLAY`, `WAYLAND_DISPLAY`, or a system that needs neither.
    pub display: bool,
}

impl Surroundings {
    pub fn read(var: impl Fn(&str) -> Option<String>) -> Surroundings {
        let any = |names: &[&str]| names.iter().any(|name| var(name).is_some_and(|value| !value.is_empty()));
        Surroundings {
            tmux: any(&["TMUX"]),
            screen: any(&["STY"]),
            ssh: any(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]),
            display: cfg!(target_os = "macos") || any(&["DISPLAY", "WAYLAND_DISPLAY"]),
        }
    }
}

/// The way a copy takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `tmux load-buffer -w -`: reaches the outer terminal with tmux's default settings, OSC 52 does not.
    Tmux,
    /// OSC 52.
    Terminal,
    /// The clipboard of this machine.
    Local,
}

pub fn way(surroundings: Surroundings) -> Way {
    match surroundings {
        Surroundings { tmux: true, .. } => Way::Tmux,
        Surroundings { ssh: false, display: true, .. } => Way::Local,
        _ => Way::Terminal,
    }
}

/// What is known about a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In the clipboard of this machine.
    Copied,
    /// Given to tmux, which passes it on.
    SentToTmux,
    /// To be written to the terminal by whoever owns it; whether it copies cannot be known.
    ForTerminal(Vec<u8>),
}

impl Outcome {
    pub fn message(&self, lang: Lang) -> &'static str {
        match self {
            Outcome::Copied => t::copied(lang),
            Outcome::SentToTmux => t::copy_sent_tmux(lang),
            Outcome::ForTerminal(_) => t::copy_sent_terminal(lang),
        }
    }
}

/// The sequence that asks a terminal to copy `text`; inside GNU screen, wrapped so that it gets through.
pub fn osc52(text: &str, screen: bool) -> Vec<u8> {
    let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    match screen {
        true => format!("\x1bP{sequence}\x1b\\").into_bytes(),
        false => sequence.into_bytes(),
    }
}

/// Copies for one session. Keep it: on X11 and Wayland the text is gone when its owner is.
pub struct Clipboard {
    surroundings: Surroundings,
    local: Option<Local>,
}

impl Clipboard {
    pub fn new(surroundings: Surroundings) -> Clipboard {
        Clipboard { surroundings, local: None }
    }

    /// Copy. Blocks for half a second at most. What the first way cannot do, the terminal is asked for.
    pub fn copy(&mut self, text: &str) -> Outcome {
        let done = match way(self.surroundings) {
            Way::Tmux => load_tmux_buffer("tmux", text).then_some(Outcome::SentToTmux),
            Way::Local => self.copy_locally(text).then_some(Outcome::Copied),
            Way::Terminal => None,
        };
        let screen = self.surroundings.screen && !self.surroundings.tmux;
        done.unwrap_or_else(|| Outcome::ForTerminal(osc52(text, screen)))
    }

    fn copy_locally(&mut self, text: &str) -> bool {
        let Some(local) = self.local.take().or_else(Local::start) else { return false };
        let copied = local.copy(text);
        // One that did not answer in time is not asked again.
        if copied.is_some() {
            self.local = Some(local);
        }
        copied == Some(true)
    }
}

/// A thread that owns the clipboard, so that a display server which hangs does not hang us.
struct Local {
    texts: Sender<String>,
    results: Receiver<bool>,
}

impl Local {
    fn start() -> Option<Local> {
        let (texts, incoming) = mpsc::channel::<String>();
        let (done, results) = mpsc::channel();
        let work = move || {
            let mut clipboard = arboard::Clipboard::new().ok();
            for text in incoming {
                let copied = clipboard.as_mut().is_some_and(|clipboard| clipboard.set_text(text).is_ok());
                if done.send(copied).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("clipboard".to_owned()).spawn(work).ok()?;
        Some(Local { texts, results })
    }

    /// None: no answer in time.
    fn copy(&self, text: &str) -> Option<bool> {
        self.texts.send(text.to_owned()).ok()?;
        self.results.recv_timeout(LOCAL_TIME).ok()
    }
}

/// The text goes through standard input: an argument would show in the list of processes.
fn load_tmux_buffer(program: &str, text: &str) -> bool {
    let child = Command::new(program)
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    // A link is smaller than a pipe: this write does not block.
    let written = child.stdin.take().is_some_and(|mut input| input.write_all(text.as_bytes()).is_ok());
    let until = Instant::now() + TMUX_TIME;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) => return written && status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(_) => return false,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn with(names: &'static [&'static str]) -> Surroundings {
        Surroundings::read(move |name| names.contains(&name).then(|| "x".to_owned()))
    }

    #[test]
    fn the_way_follows_where_the_person_sits() {
        for (names, expected) in [
            (&["TMUX", "SSH_CONNECTION"][..], Way::Tmux),
            (&["TMUX", "DISPLAY"], Way::Tmux),
            (&["SSH_TTY"], Way::Terminal),
            (&["SSH_CONNECTION", "DISPLAY"], Way::Terminal),
            (&["DISPLAY"], Way::Local),
            (&["WAYLAND_DISPLAY"], Way::Local),
            (&["STY", "SSH_TTY"], Way::Terminal),
        ] {
            assert_eq!(way(with(names)), expected, "{names:?}");
        }
    }

    #[test]
    fn the_terminal_is_asked_once_for_the_exact_text() {
        let link = format!("https://api.chutes.ai/idp/authorize?state={}", "x".repeat(300));
        let Outcome::ForTerminal(bytes) = Clipboard::new(with(&["SSH_TTY"])).copy(&link) else { panic!("under SSH") };
        let text = String::from_utf8(bytes).expect("ascii");
        let payload = text.strip_prefix("\x1b]52;c;").and_then(|rest| rest.strip_suffix('\x07')).expect("one sequence");
        assert_eq!(STANDARD.decode(payload).expect("base64"), link.as_bytes());
        let Outcome::ForTerminal(bytes) = Clipboard::new(with(&["STY", "SSH_TTY"])).copy("x") else { panic!("screen") };
        assert_eq!(bytes, b"\x1bP\x1b]52;c;eA==\x07\x1b\\");
        assert!(Outcome::ForTerminal(bytes).message(Lang::En).contains("cannot be known"));
    }

    #[test]
    fn tmux_gets_the_text_on_its_input_and_a_failing_or_hanging_one_is_no_success() {
        let dir = tempfile::tempdir().expect("a directory");
        let script = |name: &str, body: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
            path.to_str().expect("utf-8").to_owned()
        };
        let got = dir.path().join("got");
        let good = script("good", &format!("echo \"$@\" > {0}.args; cat > {0}", got.display()));
        assert!(load_tmux_buffer(&good, "the link"));
        assert_eq!(std::fs::read_to_string(&got).expect("written"), "the link");
        let arguments = std::fs::read_to_string(dir.path().join("got.args")).expect("written");
        assert_eq!(arguments, "load-buffer -w -\n");
        assert!(!load_tmux_buffer(&script("bad", "cat > /dev/null; exit 1"), "x"));
        assert!(!load_tmux_buffer(&script("hangs", "exec sleep 20"), "x"));
        assert!(!load_tmux_buffer("/nonexistent/tmux", "x"));
    }
}
