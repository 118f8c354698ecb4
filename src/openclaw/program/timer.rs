//! Starts and stops the timer that renews, by the program whose timer it is. Its files are written elsewhere.

use super::child::{self, ChildError};
use crate::clean;
use crate::renewal_timer::{By, RenewalTimer};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// They answer within a second.
const LONGEST: Duration = Duration::from_secs(20);

/// Once its files are there. What went wrong, safe to print.
pub fn start(timer: &RenewalTimer) -> Result<(), String> {
    match timer.by {
        By::Systemd => {
            systemctl(&["daemon-reload"])?;
            systemctl(&["enable", "--now", &format!("{}.timer", timer.name)])?;
            if timer.lingers { run("loginctl", &["enable-linger"], None).map(drop) } else { Ok(()) }
        }
        By::Launchd => {
            // One that is loaded already is refused, and would not read a changed file.
            unload(timer);
            run("launchctl", &["bootstrap", &domain(), &agent(timer)], None).map(drop)
        }
        By::Crontab => {
            let line = timer.entry.as_deref().unwrap_or_default();
            let (mut table, _) = table_without(timer)?;
            if !table.is_empty() && !table.ends_with('\n') {
                table.push('\n');
            }
            run("crontab", &["-"], Some(&format!("{table}{line}\n"))).map(drop)
        }
    }
}

/// Before its files go. One that is stopped already is as good.
pub fn stop(timer: &RenewalTimer) -> Result<(), String> {
    match timer.by {
        By::Systemd => {
            systemctl(&["disable", "--now", &format!("{}.timer", timer.name)])?;
            if timer.lingers { run("loginctl", &["disable-linger"], None).map(drop) } else { Ok(()) }
        }
        By::Launchd => {
            unload(timer);
            Ok(())
        }
        By::Crontab => {
            let (table, was_there) = table_without(timer)?;
            if was_there { run("crontab", &["-"], Some(&table)).map(drop) } else { Ok(()) }
        }
    }
}

/// After its files have gone: systemd forgets them.
pub fn forget(timer: &RenewalTimer) {
    if timer.by == By::Systemd {
        let _ = systemctl(&["daemon-reload"]);
    }
}

/// That it is not loaded is what is wanted.
fn unload(timer: &RenewalTimer) {
    let _ = run("launchctl", &["bootout", &format!("{}/{}", domain(), timer.name)], None);
}

fn systemctl(args: &[&str]) -> Result<String, String> {
    run("systemctl", &[&["--user"], args].concat(), None)
}

/// The user's crontab without our line, every other byte as it is; and whether the line was there.
fn table_without(timer: &RenewalTimer) -> Result<(String, bool), String> {
    let before = match run("crontab", &["-l"], None) {
        Ok(table) => table,
        // The words of every cron for a user who has none.
        Err(said) if said.contains("no crontab") => String::new(),
        Err(said) => return Err(said),
    };
    let mark = format!("# {}", timer.name);
    let rest: String = before.split_inclusive('\n').filter(|line| !line.trim_end().ends_with(&mark)).collect();
    let was_there = rest != before;
    Ok((rest, was_there))
}

fn domain() -> String {
    format!("gui/{}", rustix::process::getuid().as_raw())
}

fn agent(timer: &RenewalTimer) -> String {
    timer.files.first().map(|file| file.path.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What it printed, or what it said when it failed.
fn run(program: &str, args: &[&str], input: Option<&str>) -> Result<String, String> {
    let mut command = Command::new(Path::new(program));
    command.args(args);
    let shown = || format!("{program} {}", args.join(" "));
    let failed = |error: ChildError| format!("{}: {error}", shown());
    let output = child::run(command, input, LONGEST, || true).map_err(failed)?;
    if output.status.success() {
        // A crontab goes back as it came, so that nothing may be replaced in it.
        return String::from_utf8(output.stdout).map_err(|_| format!("{}: not UTF-8", shown()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}", shown(), clean::excerpt(said.trim(), 200)))
}
