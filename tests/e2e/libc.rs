//! A C library that answers oddly: a name that is never resolved, a clock beyond the year 9999. A library of our own
//! is loaded before it, so neither a name server nor the clock of the machine is touched.

use crate::ending::{SIGNALS, in_time, interrupted};
use crate::support::*;
use rustix::process::{Pid, kill_process};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

/// A library in the home, to be loaded first. `source`: in C.
fn library(stage: &Stage, source: &str) -> PathBuf {
    let (text, made) = (stage.home.write("tmp/odd.c", source), stage.home.join("tmp/odd.so"));
    let words = ["cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-o"].map(std::ffi::OsString::from);
    let ran = stage.home.run(words.into_iter().chain([made.clone().into(), text.into()]));
    assert_eq!(ran.code, 0, "{ran:?}");
    made
}

/// Asking for a name takes for ever, and makes the file that `RESOLVING` names.
const NO_ANSWER: &str = "
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  close(open(getenv(\"RESOLVING\"), O_CREAT | O_WRONLY, 0600));
  for (;;) pause();
}
";

#[test]
fn a_name_that_is_never_resolved_is_not_waited_for() {
    let commands: [&[&str]; 3] = [
        &["onboard", "--non-interactive", "--json", "--api-key-stdin"],
        &["models", "refresh", "--json"],
        &["onboard", "--check", "--non-interactive", "--json", "--api-key-stdin"],
    ];
    for (at, (name, signal, code)) in SIGNALS.into_iter().enumerate() {
        let mut stage = Stage::new();
        // What a refresh needs to have something to ask for.
        assert_eq!(stage.onboard(&[]).code, 0);
        let library = library(&stage, NO_ANSWER);
        stage.home.set("LD_PRELOAD", library).set("CHUTES_BASE_URL", "https://chutes.invalid/v1");
        for words in commands.iter().skip(at % 2) {
            let resolving = stage.home.join(format!("resolving-{}", words[0]));
            let _ = std::fs::remove_file(&resolving);
            let before = stage.stamp();
            let mut command = stage.home.command([&[BIN], *words].concat());
            command.env("RESOLVING", &resolving);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut child = command.spawn().expect("a start");
            child.stdin.take().expect("its input").write_all(format!("{KEY}\n").as_bytes()).expect("the key");
            let deadline = Instant::now() + testkit::timeout();
            while !resolving.exists() {
                assert!(Instant::now() < deadline, "{words:?}: no name is asked for");
                std::thread::yield_now();
            }
            let begun = Instant::now();
            kill_process(Pid::from_child(&child), signal).expect("a signal");
            let mut said = String::new();
            child.stdout.take().expect("its output").read_to_string(&mut said).expect("what it said");
            let ended = child.wait().expect("an end").code();
            in_time(begun, &format!("{name} {words:?}"));
            interrupted((ended, serde_json::from_str(&said).unwrap_or_default()), code);
            assert_eq!(stage.stamp(), before, "{name} {words:?}");
        }
    }
}

#[test]
fn a_wizard_whose_name_is_never_resolved_can_be_left() {
    let mut stage = Stage::new();
    let (library, resolving) = (library(&stage, NO_ANSWER), stage.home.join("resolving"));
    stage.home.set("LD_PRELOAD", library).set("RESOLVING", &resolving);
    stage.home.set("CHUTES_BASE_URL", "https://chutes.invalid/v1");
    for (keys, signal, code) in
        [("C-c", None, 130)].into_iter().chain(SIGNALS.map(|(_, signal, code)| ("", Some(signal), code)))
    {
        let _ = std::fs::remove_file(&resolving);
        let pty = stage.wizard().spawn();
        pty.wait_text("Paste your Chutes API key");
        pty.paste(KEY).keys("Enter").wait_text("Asking chutes.invalid");
        pty.wait_for("the name is asked for", |_| resolving.exists());
        let begun = Instant::now();
        pty.keys(keys);
        if let Some(signal) = signal {
            pty.signal(signal);
        }
        assert_eq!(pty.wait_exit(), code);
        in_time(begun, &format!("{keys}{signal:?}"));
        pty.assert_terminal_restored();
    }
}

/// The wall clock stands in the year 10000; clocks that only count go on as they are.
const YEAR_10000: &str = "
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
  int failed = syscall(SYS_clock_gettime, clock, now);
  if (!failed && clock == CLOCK_REALTIME) now->tv_sec += 253402300800 - 1790000000;
  return failed;
}
";

#[test]
fn a_clock_beyond_the_year_9999_stops_nothing() {
    let mut stage = Stage::new();
    let library = library(&stage, YEAR_10000);
    stage.home.set("LD_PRELOAD", library);
    let ran = stage.onboard(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(stage.config()["agents"]["defaults"]["model"]["primary"], DEFAULT);
    for words in [&["models", "set", "chutes-pro", "--json"][..], &["models", "status", "--json"], &["undo", "--json"]]
    {
        let ran = stage.ours(words);
        assert!((0..=1).contains(&ran.code) && document(&ran).is_object(), "{words:?}: {ran:?}");
    }
}
