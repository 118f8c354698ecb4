//! Signals end the program within a second, whatever it waits for and whoever reads its terminal: every
//! screen, line mode, and every command that waits.

use crate::support::*;
use openclaw_chutes::standin::idp::{Idp, Options};
use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Fault, Keys, Route, Standin};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Home, Launch, Pty};

/// The promise is one second; a machine that builds for others is slower.
pub fn in_time(begun: Instant, what: &str) {
    let limit = (testkit::timeout() / 15).max(Duration::from_secs(1));
    assert!(begun.elapsed() < limit, "{what}: {:?}", begun.elapsed());
}

/// Of the app that signs in.
const SECRET: &str = "csc_canaryCANARY0123456789canaryCANARY0123456789cana";

pub const SIGNALS: [(&str, Signal, i32); 4] =
    [("INT", Signal::INT, 130), ("TERM", Signal::TERM, 143), ("HUP", Signal::HUP, 129), ("QUIT", Signal::QUIT, 131)];

pub const SCREENS: [&str; 14] = [
    "auth", "app", "sign-in", "qr", "bare", "key", "discover", "models", "filter", "alias", "review", "done", "help",
    "lines",
];

/// A home, a service, and the wizard on its way to a screen.
pub struct Walk {
    pub stage: Stage,
    _idp: Arc<Idp>,
}

impl Walk {
    pub fn new() -> Walk {
        let idp = Arc::new(Idp::new(Options::default()));
        let keys = Keys::Listed(vec![KEY.to_owned()]);
        let config = Config { idp: Some(idp.clone()), ..Config::serving(keys, sample::list(Era::Documented)) };
        let standin = Standin::start(config).expect("a stand-in");
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", standin.api_base());
        home.set("CHUTES_IDP_BASE_URL", standin.idp_base());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        home.set("CHUTES_OAUTH_REDIRECT_URI", format!("http://127.0.0.1:{port}/oauth-callback"));
        Walk { stage: Stage::of(home, standin), _idp: idp }
    }

    /// The terminal, showing that screen.
    pub fn to(&self, screen: &str) -> Pty {
        let onboard = |more: &[&str]| -> Launch { self.stage.home.pty([&[BIN, "onboard"], more].concat()) };
        let oauth = || onboard(&["--auth-choice", "chutes"]);
        let key = || {
            let pty = self.stage.at_key();
            pty.paste(KEY).wait_text("•••");
            pty
        };
        let signing_in = || {
            let pty = oauth()
                .env("CHUTES_CLIENT_ID", "cid_abc123def456ghi789jkl012")
                .env("CHUTES_CLIENT_SECRET", SECRET)
                .spawn();
            pty.wait_for("the link", |screen| screen.joined().contains("code_challenge_method=S256"));
            pty
        };
        let models = || {
            let pty = key();
            pty.keys("Enter").wait_text("live");
            pty
        };
        match screen {
            "auth" => {
                let pty = onboard(&[]).spawn();
                pty.wait_text("How should OpenClaw sign in to Chutes?");
                pty
            }
            "app" => {
                let pty = oauth().spawn();
                pty.wait_text("Which OAuth app");
                pty
            }
            "sign-in" => signing_in(),
            "qr" => {
                let pty = signing_in();
                pty.keys("q").wait_gone("Open this link");
                pty
            }
            "bare" => {
                let pty = signing_in();
                pty.keys("v").wait_text("Press any key");
                pty
            }
            "key" => key(),
            "discover" => {
                self.stage.standin.set_fault(Route::Models, Fault::Hang);
                let pty = key();
                pty.keys("Enter").wait_text("Asking 127.0.0.1");
                pty
            }
            "models" => models(),
            "filter" => {
                let pty = models();
                pty.keys("/").type_text("glm").wait_text("glm");
                pty
            }
            "alias" => {
                let pty = models();
                pty.keys("e").wait_text("Esc");
                pty
            }
            "review" | "done" => {
                let pty = models();
                pty.keys("Enter");
                wait_review(&pty);
                if screen == "done" {
                    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
                }
                pty
            }
            "help" => {
                let pty = models();
                pty.keys("?").wait_text("Keys");
                pty
            }
            "lines" => {
                let pty = onboard(&["--plain"]).spawn();
                pty.wait_text("> ");
                pty
            }
            other => panic!("no screen {other}"),
        }
    }
}

#[test]
fn every_signal_ends_every_screen_with_its_code_and_the_terminal_as_it_was() {
    for_each(&SCREENS, |screen| {
        for (name, signal, code) in SIGNALS {
            let walk = Walk::new();
            let pty = walk.to(screen);
            let before = walk.stage.stamp();
            let begun = Instant::now();
            pty.signal(signal);
            assert_eq!(pty.wait_exit(), code, "{name} on {screen}");
            in_time(begun, &format!("{name} on {screen}"));
            pty.assert_terminal_restored();
            assert_eq!(walk.stage.stamp(), before, "{name} on {screen}");
        }
    });
}

#[test]
fn a_terminal_that_nobody_reads_holds_no_screen_back() {
    for_each(&SCREENS, |screen| {
        for (name, signal, code) in SIGNALS {
            let walk = Walk::new();
            let mut pty = walk.to(screen);
            let before = walk.stage.stamp();
            pty.stall();
            // Something to draw: from here on the program waits for a reader.
            if screen == &"lines" {
                pty.send("1")
            } else {
                pty.send("\x0c")
            };
            let begun = Instant::now();
            pty.signal(signal);
            assert_eq!(pty.wait_exit_stalled(), code, "{name} on {screen}");
            in_time(begun, &format!("{name} on {screen}, not read"));
            let changes = pty.termios_changes();
            assert!(changes.is_empty(), "{name} on {screen}: {changes:?}");
            assert_eq!(walk.stage.stamp(), before, "{name} on {screen}");
        }
    });
}

/// Whoever reads again finds the terminal as it was. Below a shell: with its first process, the terminal itself
/// would go.
#[test]
fn a_terminal_that_is_read_again_has_been_given_back() {
    for (name, signal, _) in SIGNALS {
        let stage = Stage::new();
        let mut pty = stage.home.pty(["bash", "--norc", "-i"]).env("PS1", "shell-prompt ").spawn();
        pty.wait_text("shell-prompt");
        // In a file: where the wizard ends before it reads the key below, the shell does, and clears the screen.
        let code = stage.home.join("code");
        pty.type_text(&format!("{BIN} onboard; echo $? >{}\r", code.display()));
        pty.wait_text("How should OpenClaw sign in to Chutes?");
        // The first frame is there before anybody listens to keys and signals.
        pty.keys("Down").wait_text("▸ API key");
        let children = format!("/proc/{0}/task/{0}/children", pty.pid());
        let child: i32 = std::fs::read_to_string(children).expect("children").trim().parse().expect("one child");
        pty.stall();
        pty.send("\x0c");
        kill_process(Pid::from_raw(child).expect("a process"), signal).expect("a signal");
        ends(&child.to_string());
        pty.resume();
        let told = || std::fs::read_to_string(&code).ok().filter(|code| code.ends_with('\n'));
        testkit::until(testkit::timeout(), told, || format!("{name}: the shell goes on"));
        // Bracketed paste is the shell's own.
        let given_back = || {
            let on = pty.screen().modes_on();
            on.iter().all(|mode| mode == "bracketed paste").then_some(())
        };
        testkit::until(testkit::timeout(), given_back, || {
            let raw = pty.raw();
            let tail = String::from_utf8_lossy(&raw[raw.len().saturating_sub(600)..]).into_owned();
            format!("{name}: {:?} {:?} {tail:?}", pty.screen().modes_on(), told())
        });
    }
}

#[test]
fn a_terminal_that_is_closed_ends_every_screen() {
    for_each(&SCREENS, |screen| {
        let walk = Walk::new();
        let mut pty = walk.to(screen);
        let before = walk.stage.stamp();
        let begun = Instant::now();
        pty.hang_up();
        assert_eq!(pty.wait_exit(), 129, "{screen}");
        in_time(begun, screen);
        assert_eq!(walk.stage.stamp(), before, "{screen}");
    });
}

/// Runs the cases beside each other, as many as there are processors.
pub fn for_each(cases: &[&str], check: impl Fn(&&str) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    check(case);
                }
            });
        }
    });
}

// ---- without a terminal --------------------------------------------------------------------------------

/// A command, its standard output in our hands.
struct Running(Child);

impl Running {
    fn start(mut command: Command) -> Running {
        Running(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a start"))
    }

    fn onboard(stage: &Stage, more: &[&str]) -> Running {
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        let mut running = Running::start(stage.home.command(args.iter().chain(more)));
        running.0.stdin.take().expect("its input").write_all(format!("{KEY}\n").as_bytes()).expect("the key");
        running
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).expect("a signal");
    }

    /// Its exit code, and what it said.
    fn end(mut self, read: bool) -> (Option<i32>, Value) {
        let mut stdout = self.0.stdout.take().expect("its output");
        let mut said = Vec::new();
        if read {
            stdout.read_to_end(&mut said).expect("what it said");
        }
        let code = self.0.wait().expect("an end").code();
        (code, serde_json::from_slice(&said).unwrap_or_default())
    }

    /// Waits until it does what the condition says.
    fn until(&self, what: &str, condition: impl Fn() -> bool) {
        let deadline = Instant::now() + testkit::timeout();
        while !condition() {
            assert!(Instant::now() < deadline, "waited in vain: {what}");
            std::thread::yield_now();
        }
    }
}

/// The system call a process is in, where it may be looked at.
fn is_in_call(pid: u32, call: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/syscall")).is_ok_and(|line| line.starts_with(&format!("{call} ")))
}

pub fn interrupted((code, document): (Option<i32>, Value), expected: i32) {
    assert_eq!((code, &document["error"]["code"]), (Some(expected), &json!("interrupted")), "{document}");
    assert_eq!(document["changed"], false);
}

#[test]
fn waiting_for_openclaws_lock_is_interrupted() {
    for (name, signal, code) in SIGNALS {
        let stage = Stage::new();
        stage.home.write(STORE, "{\"version\":1,\"profiles\":{}}\n");
        // Held by a process that lives: this one.
        let lock = stage.home.write(format!("{STORE}.lock"), format!("{{\"pid\":{}}}", std::process::id()));
        let before = stage.stamp();
        let running = Running::onboard(&stage, &[]);
        let drafts = || std::fs::read_dir(lock.parent().unwrap()).unwrap().count();
        let state = stage.home.join(".local/state/openclaw-chutes/locks");
        running.until("our own lock is taken", || state.exists() && drafts() >= 2);
        let begun = Instant::now();
        running.signal(signal);
        interrupted(running.end(true), code);
        in_time(begun, name);
        assert_eq!(stage.stamp(), before, "{name}");
    }
}

/// An OpenClaw that keeps keys in its database, whose command does this.
fn fake_openclaw(stage: &mut Stage, script: &str) {
    stage.home.write("fake/package.json", "{\"name\":\"openclaw\",\"version\":\"2026.9.6\"}");
    let program = stage.home.write("fake/openclaw", format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", stage.home.join("fake").display());
    stage.home.set("PATH", path);
}

fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ") && !stat.contains(") X ")
}

/// A process that was killed may take a moment.
fn ends(pid: &str) {
    let deadline = Instant::now() + testkit::timeout();
    while lives(pid) {
        assert!(Instant::now() < deadline, "{pid} lives");
        std::thread::yield_now();
    }
}

/// Beside the files of OpenClaw's, nothing is left of a run.
fn leaves_nothing(stage: &Stage) {
    let left: Vec<_> =
        stage.home.files().into_iter().filter(|path| path.to_string_lossy().contains(".chutes-")).collect();
    assert!(left.is_empty(), "{left:?}");
}

const HANGS: &str = "trap '' TERM; echo $$ > \"$HOME/pid.part\"; mv \"$HOME/pid.part\" \"$HOME/pid\"; sleep 600 & wait";

#[test]
fn openclaws_command_that_hangs_goes_with_us() {
    for (name, signal, code) in SIGNALS {
        let mut stage = Stage::new();
        fake_openclaw(&mut stage, HANGS);
        let running = Running::onboard(&stage, &[]);
        let pid = stage.home.join("pid");
        running.until("OpenClaw's command runs", || pid.exists());
        let begun = Instant::now();
        running.signal(signal);
        interrupted(running.end(true), code);
        in_time(begun, name);
        ends(&stage.home.read("pid"));
        assert!(!stage.home.join(CONFIG).exists());
        leaves_nothing(&stage);
    }
}

#[test]
fn ctrl_c_while_openclaws_command_hangs_ends_the_wizard() {
    let mut stage = Stage::new();
    // The one that stores a key; what Review asks for is answered at once.
    fake_openclaw(&mut stage, &format!("case \"$*\" in *paste*) {HANGS} ;; *) exit 1 ;; esac"));
    let pty = stage.at_review();
    pty.keys("Enter");
    let pid = stage.home.join("pid");
    pty.wait_for("OpenClaw's command runs", |_| pid.exists());
    let begun = Instant::now();
    pty.keys("C-c");
    assert_eq!(pty.wait_exit(), 130);
    in_time(begun, "Ctrl-C");
    pty.assert_terminal_restored();
    ends(&stage.home.read("pid"));
    assert!(!stage.home.join(CONFIG).exists());
    leaves_nothing(&stage);
}

#[test]
fn what_openclaw_echoes_is_bounded_and_holds_no_piece_of_the_key() {
    let mut stage = Stage::new();
    let (one, other) = KEY.split_at(KEY.len() / 2);
    let script = format!(
        "read key; echo \"bad key $key, that is {one} and {other}\" >&2; head -c 200000000 /dev/zero >&2; mkfifo \
         \"$HOME/go\"; : > \"$HOME/said\"; read go < \"$HOME/go\"; exit 7"
    );
    fake_openclaw(&mut stage, &script);
    let running = Running::onboard(&stage, &[]);
    running.until("all was said", || stage.home.join("said").exists());
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.0.id())).expect("its memory");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the most it had");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("kilobytes");
    std::fs::write(stage.home.join("go"), "\n").expect("its end");
    let (code, document) = running.end(true);
    assert_eq!((code, &document["error"]["code"]), (Some(1), &json!("openclaw-refused-credential")), "{document}");
    assert_eq!(leaks(document.to_string()), None, "{document}");
    assert!((1..64 * 1024).contains(&peak), "{peak} KiB");
}

/// Standard output is a pipe that nobody reads, and full.
#[test]
fn a_full_pipe_holds_nothing_back() {
    for (name, signal, code) in SIGNALS {
        for more in [&[][..], &["--check"]] {
            let stage = Stage::new();
            let (reader, writer) = std::io::pipe().expect("a pipe");
            rustix::io::ioctl_fionbio(&writer, true).expect("a writer that does not wait");
            while (&writer).write(&[b'.'; 4096]).is_ok() {}
            rustix::io::ioctl_fionbio(&writer, false).expect("a writer that waits");
            let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
            let mut command = stage.home.command(args.iter().chain(more));
            command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::null());
            let mut child = command.spawn().expect("a start");
            child.stdin.take().expect("its input").write_all(format!("{KEY}\n").as_bytes()).expect("the key");
            drop(command);
            let deadline = Instant::now() + testkit::timeout();
            // 1 is write(2) on x86-64; elsewhere the signal may come a little earlier.
            while !is_in_call(child.id(), "1") && cfg!(target_arch = "x86_64") && Instant::now() < deadline {
                std::thread::yield_now();
            }
            let begun = Instant::now();
            kill_process(Pid::from_child(&child), signal).expect("a signal");
            assert_eq!(child.wait().expect("an end").code(), Some(code), "{name} {more:?}");
            in_time(begun, name);
            drop(reader);
        }
    }
}

#[test]
fn a_key_that_never_comes_is_not_waited_for() {
    for (name, signal, code) in SIGNALS {
        let stage = Stage::new();
        let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        let running = Running::start(stage.home.command(args));
        let pid = running.0.id();
        running.until("it reads", || is_in_call(pid, "0") || !cfg!(target_arch = "x86_64"));
        let begun = Instant::now();
        running.signal(signal);
        assert_eq!(running.end(true).0, Some(code), "{name}");
        in_time(begun, name);
    }
}

/// Ctrl-Z in line mode stops the job and gives the terminal back; going on takes it again.
#[test]
fn line_mode_can_be_stopped_and_goes_on() {
    let stage = Stage::new();
    let pty = stage.home.pty(["bash", "--norc", "-i"]).env("PS1", "shell-prompt ").spawn();
    pty.wait_text("shell-prompt");
    pty.type_text(&format!("{BIN} onboard --plain --auth-choice chutes-api-key\r"));
    pty.wait_text("Paste your Chutes API key");
    pty.wait_text("> ");
    pty.keys("C-z").wait_text("Stopped");
    pty.type_text("stty -a; echo look\"\"ed\r").wait_for("the settings", |screen| screen.joined().contains("looked"));
    assert!(pty.screen().joined().contains(" icanon"), "{}", pty.screen().describe());
    pty.type_text("clear\r").wait_gone("icanon");
    pty.type_text("fg\r").wait_text("> ");
    pty.type_text("quit\r").wait_text("Nothing was written");
    pty.wait_for("the shell again", |screen| screen.text().trim_end().ends_with("shell-prompt"));
    pty.type_text("exit\r");
    pty.wait_exit();
}

/// Whatever ends the program in a way of its own: no core dump, which would hold the key.
#[test]
fn no_core_dump_is_written() {
    for signal in [Signal::QUIT, Signal::ABORT, Signal::TRAP] {
        let stage = Stage::new();
        stage.standin.set_fault(Route::Models, Fault::Hang);
        let args = [
            "sh",
            "-c",
            "ulimit -c unlimited; exec \"$@\"",
            "sh",
            BIN,
            "onboard",
            "--non-interactive",
            "--json",
            "--api-key-stdin",
        ];
        let mut running = Running::start(stage.home.command(args));
        running.0.stdin.take().expect("its input").write_all(format!("{KEY}\n").as_bytes()).expect("the key");
        running.until("it asks", || !stage.standin.requests().is_empty());
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", running.0.id())).unwrap_or_default();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default().to_owned();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
        running.signal(signal);
        running.end(true);
        let cores: Vec<_> = stage.home.files().into_iter().filter(|path| path.ends_with("core")).collect();
        let holding = stage.home.files_containing(KEY);
        assert!(cores.is_empty() && holding.is_empty(), "{signal:?}: {cores:?} {holding:?}");
    }
}
