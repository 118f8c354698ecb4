//! What a test needs and not every machine has: strace, root, no network, Chromium, the real OpenClaw.
//!
//! A test must not pass without having run. Where something is missing it calls [`missing`], which fails the test in
//! CI and under a bare `cargo test`. Only `scripts/test` on a developer's machine lets it be left out, and lists at
//! its end what was.

use std::io::Write;
use std::process::{Command, Stdio};

/// Says that the running test cannot run, and why. Returns where it may be left out: outside CI, with
/// `OPENCLAW_CHUTES_TEST_LEFT_OUT` naming the file that this is noted in.
///
/// # Panics
/// Everywhere else.
#[track_caller]
pub fn missing(what: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let list = std::env::var_os("OPENCLAW_CHUTES_TEST_LEFT_OUT").filter(|_| std::env::var_os("CI").is_none());
    let Some(list) = list else { panic!("{test} needs {what}: run scripts/test, which installs it") };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&list);
    let noted = file.and_then(|mut file| file.write_all(format!("{test}: needs {what}\n").as_bytes()));
    noted.unwrap_or_else(|error| panic!("{}: {error}", list.display()));
}

/// Whether `strace` may trace here. Where not, the test is [`missing`] it.
#[track_caller]
pub fn strace() -> bool {
    let mut probe = Command::new("strace");
    probe.args(["-f", "-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    let works = probe.status().is_ok_and(|status| status.success());
    if !works {
        missing("strace, and the right to trace");
    }
    works
}

/// Whether mounts may be made in a namespace of one's own. Where not, the test is [`missing`] that.
#[track_caller]
pub fn mounts() -> bool {
    let place = tempfile::tempdir().expect("a temporary directory");
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs"]).arg(place.path());
    let works = unshare.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !works {
        missing("the right to mount");
    }
    works
}

/// Whether this is root, who may give files away. Where not, the test runs itself again as root, by `sudo`, and its
/// outcome there counts. The test is [`missing`] root where sudo wants a password.
#[track_caller]
pub fn root() -> bool {
    if rustix::process::geteuid().is_root() {
        return true;
    }
    let sudo = || Command::new("sudo").arg("-n").arg("true").stderr(Stdio::null()).status();
    if !sudo().is_ok_and(|status| status.success()) {
        missing("root");
        return false;
    }
    let ours = |name: &str| name == "CI" || name == "PATH" || name.starts_with("OPENCLAW_CHUTES_TEST_");
    let variables = std::env::vars().filter(|(name, _)| ours(name)).map(|(name, value)| format!("{name}={value}"));
    let thread = std::thread::current();
    let test = thread.name().expect("a test's thread has the name of the test");
    let mut again = Command::new("sudo");
    again.args(["-n", "env"]).args(variables).arg(std::env::current_exe().expect("this test"));
    let again = again.args([test, "--exact"]).output().expect("sudo");
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && said.contains("1 passed"), "as root: {said}");
    false
}

/// Says that this process is in a network namespace of its own.
const NO_NETWORK: &str = "OPENCLAW_CHUTES_TEST_NO_NETWORK";

/// Whether the test runs without a network, but for loopback. Where not, it runs itself again in a network namespace,
/// and its outcome there counts. Where the kernel gives nobody a namespace, it runs with the network that is there, and
/// says so.
#[track_caller]
pub fn no_network() -> bool {
    if std::env::var_os(NO_NETWORK).is_some() {
        return true;
    }
    let inside = || {
        let mut unshare = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            unshare.arg("--map-root-user");
        }
        unshare.args(["--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]).stdin(Stdio::null());
        unshare
    };
    let probe = inside().arg("true").stderr(Stdio::null()).status();
    let thread = std::thread::current();
    let test = thread.name().expect("a test's thread has the name of the test");
    if !probe.is_ok_and(|status| status.success()) {
        println!("{test}: no network namespace here, so it runs with the network that is there");
        return true;
    }
    let mut again = inside();
    again.arg(std::env::current_exe().expect("this test")).args([test, "--exact"]).env(NO_NETWORK, "1");
    let again = again.output().expect("unshare");
    let said = String::from_utf8_lossy(&again.stdout);
    let errors = String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success() && said.contains("1 passed"), "without a network: {said}{errors}");
    false
}
