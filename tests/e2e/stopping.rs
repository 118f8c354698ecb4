//! TSTP and CONT on every screen: the shell gets its terminal back, and gives it again.

use crate::ending::{SCREENS, Walk, for_each, in_time};
use rustix::process::Signal;
use std::time::Instant;
use testkit::{Pty, Screen};

/// Waits for what no output tells.
fn until(pty: &Pty, what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + testkit::timeout();
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain: {what}\n{}", pty.screen().describe());
        std::thread::yield_now();
    }
}

/// A signal that comes before it is caught means nothing to a program that no shell watches.
fn until_caught(pty: &Pty) {
    let caught = || -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", pty.pid())).ok()?;
        let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        u64::from_str_radix(mask.trim(), 16).ok()
    };
    let both = [Signal::TSTP, Signal::CONT].iter().fold(0, |mask, signal| mask | 1 << (signal.as_raw() - 1));
    until(pty, "TSTP and CONT are caught", || caught().is_some_and(|mask| mask & both == both));
}

fn is_stopped(pty: &Pty) -> bool {
    std::fs::read_to_string(format!("/proc/{}/stat", pty.pid())).is_ok_and(|stat| stat.contains(") T "))
}

#[test]
fn every_screen_can_be_stopped_and_goes_on() {
    for_each(&SCREENS, |screen| {
        let walk = Walk::new();
        let pty = walk.to(screen);
        until_caught(&pty);
        let before = walk.stage.stamp();
        let begun = Instant::now();
        pty.signal(Signal::TSTP);
        until(&pty, &format!("{screen} is stopped"), || is_stopped(&pty));
        in_time(begun, &format!("TSTP on {screen}"));
        pty.wait_for("the terminal is given back", |screen| screen.modes_on().is_empty());
        pty.assert_terminal_restored();
        pty.signal(Signal::CONT);
        until(&pty, &format!("{screen} goes on"), || !is_stopped(&pty) && !pty.termios_changes().is_empty());
        if *screen != "lines" && *screen != "bare" {
            pty.wait_for("the screen is taken again", Screen::alternate);
        }
        pty.signal(Signal::TERM);
        assert_eq!(pty.wait_exit(), 143, "{screen}");
        pty.assert_terminal_restored();
        assert_eq!(walk.stage.stamp(), before, "{screen}");
    });
}
