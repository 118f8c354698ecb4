//! Figures for people to read. Nothing here is asserted: machines differ, and a busy one is not a broken one.

use crate::home::Home;
use crate::pty::Pty;
use nix::sys::resource::{UsageWho, getrusage};
use std::ffi::{OsStr, OsString};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The middle and the 95th percentile of some figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the figures are at most this.
    pub median: f64,
    /// 95 of 100 figures are at most this.
    pub p95: f64,
}

impl Spread {
    /// Of at least one figure (nearest rank).
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        assert!(!sorted.is_empty(), "a spread needs at least one figure");
        let rank = |share: f64| sorted[((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len()) - 1];
        Self { median: rank(0.5), p95: rank(0.95) }
    }

    /// Of durations, in milliseconds.
    pub fn of_times(times: impl IntoIterator<Item = Duration>) -> Self {
        Self::of(times.into_iter().map(|time| time.as_secs_f64() * 1000.0))
    }
}

/// Wall time of a program from start to end, without a terminal, with its output thrown away; after one run to warm
/// the caches. Fails if a run ends with another code than `expected`.
pub fn wall_times(
    home: &Home,
    argv: &[impl AsRef<OsStr>],
    runs: usize,
    expected: i32,
    mut before_each: impl FnMut(),
) -> Vec<Duration> {
    let mut once = || {
        before_each();
        let mut command = home.command(argv);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let begin = Instant::now();
        let status = command.status().unwrap_or_else(|error| panic!("start {command:?}: {error}"));
        let took = begin.elapsed();
        assert_eq!(crate::pty::code(status), expected, "{command:?}");
        took
    };
    once();
    (0..runs).map(|_| once()).collect()
}

/// Time from just before the start of the program to the arrival of the output that completes its first frame: the
/// one that shows all of `texts`. The program is started in a terminal of 80 × 24 and killed afterwards; one run
/// warms the caches.
pub fn first_frames(home: &Home, argv: &[impl AsRef<OsStr>], texts: &[String], runs: usize) -> Vec<Duration> {
    let once = || {
        let shown = |screen: &crate::Screen| texts.iter().all(|text| screen.contains(text));
        let pty = home.pty(argv).spawn();
        pty.wait_for(&format!("the first frame, with {texts:?}"), shown);
        pty.first_time(shown).expect("it was just seen")
    };
    once();
    (0..runs).map(|_| once()).collect()
}

/// Bytes written after each key: the program gets `quiet` of silence to have finished.
pub fn bytes_per_key(pty: &mut Pty, keys: &[&str], quiet: Duration) -> Vec<usize> {
    let mut counts = Vec::new();
    for key in keys {
        pty.mark();
        pty.keys(key).wait_quiet(quiet);
        counts.push(pty.bytes_since_mark());
    }
    counts
}

/// Times from each key to the first byte that is written after it; `quiet` of silence before each.
pub fn latencies(pty: &Pty, keys: &[&str], quiet: Duration) -> Vec<Duration> {
    let once = |key: &&str| {
        pty.wait_quiet(quiet);
        pty.latency(key)
    };
    keys.iter().map(once).collect()
}

/// The most memory a running process has had resident (`VmHWM`), in KiB.
pub fn peak_rss(pid: i32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Processor time that the current thread has used.
pub fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).expect("less than a second"))
}

/// Time that all threads of a running process have spent on a processor.
pub fn on_cpu(pid: i32) -> Option<Duration> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        // A thread that ended in between has no file any more.
        if let Ok(line) = std::fs::read_to_string(task.path().join("schedstat")) {
            nanoseconds += line.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    Some(Duration::from_nanos(nanoseconds))
}

/// First argument by which a measuring program calls itself, see [`answer_if_asked`].
const CHILD: &str = "--report-peak-rss-of";

/// A program that uses [`peak_rss_of_run`] calls this first in its `main`. The kernel keeps one figure for all
/// children of a process, so each measured run needs a parent of its own: the program itself, called by itself.
pub fn answer_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|first| first != CHILD) {
        return;
    }
    let program = arguments.next().expect("a program to run");
    let mut command = std::process::Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().expect("the program runs");
    println!("{}", peak_rss_of_children());
    std::process::exit(0);
}

/// The most memory that any child of this process, which it has waited for, had resident, in KiB.
pub fn peak_rss_of_children() -> i64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).expect("its resources").max_rss()
}

/// The most memory a program had resident in one run, in KiB. Not below about 3,000: that much its parent had when it
/// started it.
pub fn peak_rss_of_run(home: &Home, argv: &[impl AsRef<OsStr>]) -> Option<u64> {
    let own = std::env::current_exe().ok()?.into_os_string();
    let start = [own, OsString::from(CHILD)];
    let ran = home.run(start.into_iter().chain(argv.iter().map(|arg| arg.as_ref().to_owned())));
    ran.stdout.trim().parse().ok()
}

/// Instructions executed by one run of a program, by callgrind; `None` without valgrind.
pub fn instructions(home: &Home, argv: &[impl AsRef<OsStr>]) -> Option<u64> {
    let out = home.join("tmp/callgrind");
    let start = ["valgrind".into(), "--tool=callgrind".into(), format!("--callgrind-out-file={}", out.display())];
    let mut command = home.command(start.into_iter().map(OsString::from).chain(argv.iter().map(|a| a.as_ref().into())));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok()?;
    let report = std::fs::read_to_string(out).ok()?;
    let total = report.lines().find_map(|line| line.strip_prefix("summary:").or(line.strip_prefix("totals:")))?;
    total.split_whitespace().next()?.parse().ok()
}

/// A table for people: columns aligned, the first to the left, the others to the right.
#[derive(Default)]
pub struct Table(Vec<Vec<String>>);

impl Table {
    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.0.push(cells.into_iter().map(Into::into).collect());
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width =
            |column: usize| self.0.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in &self.0 {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("   ").trim_end())?;
        }
        Ok(())
    }
}
