//! The timer that calls `renew` where no gateway's cron does: its files, to the letter. Nothing secret is in them.

use super::renewal_job;
use super::{Plan, file_change};
use crate::openclaw::error::Error;
use crate::openclaw::helper::Helper;
use crate::openclaw::read::current;
use crate::openclaw::read::fingerprint::Fingerprint;
use crate::openclaw::read::paths::Paths;
use crate::openclaw::read::snapshot::{File, Snapshot};
use crate::openclaw::read::timers;
use crate::openclaw::types::{FileChange, Role};
use crate::renewal_timer::{By, RenewalTimer, TimerFile};
use crate::time::UnixMillis;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The timer and its files, as they would be made here. None: nothing here calls a program at times, or the path of
/// this program cannot be written down in its language.
pub fn of(paths: &Paths, helper: &Helper) -> Option<(RenewalTimer, Vec<(PathBuf, String)>)> {
    let timers = paths.timers.as_ref()?;
    let command = helper.command.to_str().filter(|_| helper.unfit.is_none())?;
    let told = told(paths)?;
    // systemd runs no program with these in its name, and in a crontab a line is a line.
    let odd = |text: &str| text.chars().any(|c| c.is_control() || matches!(c, '"' | '\'' | '\\'));
    if odd(command) || told.iter().any(|(_, value)| odd(value)) {
        return None;
    }
    let name = timers::name(paths, timers.by);
    let mut entry = None;
    let texts = match timers.by {
        By::Systemd => vec![service(command, &told), timer()],
        By::Launchd => vec![agent(&name, command, &told)],
        By::Crontab => {
            entry = Some(crontab(&name, command, &told));
            Vec::new()
        }
    };
    let files: Vec<_> = timers::files(paths).into_iter().zip(texts).collect();
    let of = |(path, text): &(PathBuf, String)| TimerFile { path: path.clone(), sha256: sha256(text) };
    let record =
        RenewalTimer { by: timers.by, name, files: files.iter().map(of).collect(), entry, lingers: !timers.lingers };
    Some((record, files))
}

/// The files that change, the record of them last. Empty: they are there.
pub fn changes(snapshot: &Snapshot, now: UnixMillis) -> Option<(RenewalTimer, Vec<FileChange>)> {
    let (mut record, files) = of(&snapshot.paths, &snapshot.helper)?;
    let before = snapshot.renewal_timer();
    // Who switched lingering on stays known.
    record.lingers |= before.is_some_and(|before| before.lingers);
    let known = |path: &Path| snapshot.timer_files.iter().find(|file| file.path == path).cloned();
    let all = files.into_iter().map(|(path, text)| (path, text.into_bytes(), 0o644));
    let all = all.chain([(snapshot.paths.renewal_timer.clone(), record.bytes(), 0o600)]);
    let change = |(path, after, mode): (PathBuf, Vec<u8>, u32)| {
        let file = known(&path).unwrap_or(File { path, ..File::default() });
        let differs = file.bytes.as_deref() != Some(&after[..]);
        differs.then(|| FileChange { mode, ..file_change(Role::Timer, file, after, now) })
    };
    Some((record, all.filter_map(change).collect()))
}

/// A plan of the timer alone, for a sign-in that is there.
pub fn plan(snapshot: &Snapshot, now: UnixMillis) -> Result<Plan, Error> {
    let (record, files) = match current::kept(snapshot).and_then(|_| changes(snapshot, now)) {
        Some(planned) => planned,
        None => return Ok(Plan::default()),
    };
    Ok(Plan {
        fingerprint: Fingerprint::of_plan(snapshot, &files),
        timer: (!files.is_empty()).then_some(record),
        files,
        ..Plan::default()
    })
}

/// Variables without which the same files would not be found. None: one of them is not Unicode.
fn told(paths: &Paths) -> Option<Vec<(&'static str, String)>> {
    paths.told.iter().map(|(name, path)| Some((*name, path.to_str()?.to_owned()))).collect()
}

fn service(command: &str, told: &[(&str, String)]) -> String {
    // A specifier begins with a per cent sign.
    let plain = |text: &str| text.replace('%', "%%");
    let set: String = told.iter().map(|(name, value)| format!("Environment=\"{name}={}\"\n", plain(value))).collect();
    format!(
        "# Made by openclaw-chutes; `openclaw-chutes renew --no-timer` takes it away.\n[Unit]\n\
         Description=Renew the Chutes sign-in of OpenClaw\n\n[Service]\nType=oneshot\n{set}\
         ExecStart=\"{}\" renew --scheduled\n",
        plain(command)
    )
}

fn timer() -> String {
    let minutes = renewal_job::EVERY.trim_end_matches('m');
    // By the calendar: a laptop that wakes up catches up.
    format!(
        "# Made by openclaw-chutes; `openclaw-chutes renew --no-timer` takes it away.\n[Unit]\n\
         Description=Look every {minutes} minutes whether the Chutes sign-in of OpenClaw is to be renewed\n\n\
         [Timer]\nOnCalendar=*:0/{minutes}\nRandomizedDelaySec=60\nPersistent=true\n\n\
         [Install]\nWantedBy=timers.target\n"
    )
}

fn agent(label: &str, command: &str, told: &[(&str, String)]) -> String {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let string = |text: &str| format!("<string>{}</string>", plain(text));
    let seconds = renewal_job::EVERY.trim_end_matches('m').parse::<u32>().unwrap_or(10) * 60;
    let set: String = told.iter().map(|(name, value)| format!("    <key>{name}</key>{}\n", string(value))).collect();
    let set = if set.is_empty() { set } else { format!("  <key>EnvironmentVariables</key><dict>\n{set}  </dict>\n") };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <!-- Made by openclaw-chutes; `openclaw-chutes renew no-timer` (with two dashes) takes it away. -->\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key>{}\n  <key>ProgramArguments</key><array>\n    {}\n    {}\n    \
         {}\n  </array>\n{set}  <key>RunAtLoad</key><true/>\n  <key>StartInterval</key><integer>{seconds}</integer>\n  \
         <key>ProcessType</key>{}\n</dict>\n</plist>\n",
        string(label),
        string(command),
        string("renew"),
        string("--scheduled"),
        string("Background"),
    )
}

fn crontab(name: &str, command: &str, told: &[(&str, String)]) -> String {
    // cron ends a command at a per cent sign.
    let word = |text: &str| format!("'{}'", text.replace('%', "\\%"));
    let set: String = told.iter().map(|(name, value)| format!("{name}={} ", word(value))).collect();
    let minutes = renewal_job::EVERY.trim_end_matches('m');
    format!("*/{minutes} * * * * {set}{} renew --scheduled >/dev/null 2>&1 # {name}", word(command))
}

fn sha256(text: &str) -> String {
    crate::files::hex(&Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(by: By, command: &str, profile: Option<&str>) -> Option<(RenewalTimer, Vec<(PathBuf, String)>)> {
        let env = |name: &str| (name == "HOME").then(|| "/h".to_owned());
        let mut paths = Paths::resolve(env, None, profile).unwrap();
        paths.timers = Some(timers::Timers { by, dir: "/units".into(), lingers: false });
        of(&paths, &Helper { command: command.into(), unfit: None })
    }

    #[test]
    fn each_kind_is_written_in_its_own_language() {
        let (record, files) = made(By::Systemd, "/opt/100% us/openclaw-chutes", None).unwrap();
        let names: Vec<_> = files.iter().map(|(path, _)| path.to_str().unwrap()).collect();
        assert_eq!(names, ["/units/openclaw-chutes-renew.service", "/units/openclaw-chutes-renew.timer"]);
        assert!(files[0].1.contains("ExecStart=\"/opt/100%% us/openclaw-chutes\" renew --scheduled\n"));
        assert!(files[1].1.contains("OnCalendar=*:0/10\n") && record.lingers && record.entry.is_none());
        assert_eq!(RenewalTimer::parse(&record.bytes()), Some(record));

        let (record, files) = made(By::Launchd, "/a & b/openclaw-chutes", Some("work")).unwrap();
        assert!(files[0].1.contains("<string>/a &amp; b/openclaw-chutes</string>\n    <string>renew</string>"));
        assert!(files[0].1.contains("<key>OPENCLAW_STATE_DIR</key><string>/h/.openclaw-work</string>"));
        assert!(!files[0].1.contains("--no-timer"), "two dashes end a comment there");
        assert!(record.name.starts_with("ai.chutes.openclaw-chutes-renew-"), "{record:?}");

        let (record, files) = made(By::Crontab, "/100%/openclaw-chutes", None).unwrap();
        assert!(files.is_empty());
        assert_eq!(
            record.entry.as_deref(),
            Some("*/10 * * * * '/100\\%/openclaw-chutes' renew --scheduled >/dev/null 2>&1 # openclaw-chutes-renew")
        );
    }

    #[test]
    fn a_path_that_a_unit_cannot_name_gets_no_timer() {
        for command in ["/it's/openclaw-chutes", "/a\"b", "/a\nb", "/a\\b"] {
            assert_eq!(made(By::Systemd, command, None), None, "{command}");
        }
    }
}
