//! The timer that renews while no gateway's cron does: made when it is asked for, of units that systemd takes, and
//! gone with the sign-in, with its undo, and as soon as a gateway renews. systemd and cron are scripts here that note
//! what they are asked.

use crate::kept::{CONFIG, asked, kept, put_openclaw, renew, sign_in, signed_in};
use crate::support::*;
use openclaw_chutes::standin::idp::Consent;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use testkit::{Home, need};

const UNITS: [&str; 2] =
    [".config/systemd/user/openclaw-chutes-renew.service", ".config/systemd/user/openclaw-chutes-renew.timer"];

fn put(home: &Home, name: &str, script: &str) {
    let program = home.write(format!("bin/{name}"), format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A systemd manager of this user, which notes what it is asked.
fn put_systemd(home: &mut Home) {
    home.write("run/systemd/private", "");
    for name in ["systemctl", "loginctl"] {
        put(home, name, &format!("echo \"{name} $*\" >> \"$HOME/units-asked\""));
    }
    home.set("USER", "nobody-of-this-name");
    // The usual places, so that the unit has its plain name.
    home.unset("XDG_STATE_HOME");
}

fn told(home: &Home) -> Vec<String> {
    let said = std::fs::read_to_string(home.join("units-asked")).unwrap_or_default();
    let _ = std::fs::remove_file(home.join("units-asked"));
    said.lines().map(str::to_owned).collect()
}

/// Signed in where systemd is, and no gateway.
fn beside_systemd(chutes: &Chutes) -> Home {
    let mut home = chutes.home();
    put_openclaw(&mut home);
    put_systemd(&mut home);
    home.set("OPENCLAW_GATEWAY_PORT", free_port().to_string());
    home
}

fn run(home: &Home, words: &[&str]) -> (i32, Value) {
    let ran = home.run([&[BIN], words].concat());
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}")))
}

fn there(home: &Home) -> Vec<bool> {
    UNITS.iter().map(|unit| home.join(unit).exists()).collect()
}

#[test]
fn a_timer_is_made_when_it_is_asked_for_and_systemd_takes_its_units() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = beside_systemd(&chutes);
    sign_in(&home);
    assert!(there(&home) == [false; 2] && told(&home).is_empty(), "nobody asked for one");

    let (code, said) = run(&home, &["renew", "--timer", "--json"]);
    assert_eq!((code, &said["timer"]), (0, &json!({"by": "systemd", "state": "there"})), "{said}");
    let started = ["systemctl --user daemon-reload", "systemctl --user enable --now openclaw-chutes-renew.timer"];
    assert_eq!(told(&home), [&started[..], &["loginctl enable-linger"]].concat());
    let secrets = [kept(&home).access, kept(&home).refresh.unwrap()].map(|secret| secret.expose().to_owned());
    for unit in UNITS {
        assert_eq!(std::fs::metadata(home.join(unit)).unwrap().permissions().mode() & 0o777, 0o644, "{unit}");
        let text = home.read(unit);
        assert!(secrets.iter().all(|secret| !text.contains(secret)) && !text.contains(SECRET), "{text}");
    }
    assert!(home.read(UNITS[0]).contains(&format!("ExecStart=\"{BIN}\" renew --scheduled\n")));

    // Told to anybody who asks, and not made twice.
    let (_, status) = run(&home, &["models", "status", "--json"]);
    assert_eq!(status["auth"]["renewal"]["timer"], "systemd", "{status}");
    let units = UNITS.map(|unit| home.read(unit));
    assert_eq!(run(&home, &["renew", "--timer", "--json"]).1["timer"]["state"], "there");
    assert_eq!(UNITS.map(|unit| home.read(unit)), units);

    // Undone, it goes, and the sign-in stays.
    told(&home);
    let (code, said) = run(&home, &["undo", "--json"]);
    assert_eq!((code, said["removed"].as_array().map(Vec::len)), (0, Some(3)), "{said}");
    let stopped = ["systemctl --user disable --now openclaw-chutes-renew.timer", "loginctl disable-linger"];
    assert_eq!(told(&home), [&stopped[..], &["systemctl --user daemon-reload"]].concat());
    assert!(there(&home) == [false; 2] && home.run([BIN, "models", "status", "--check"]).code == 0);
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let probe = Command::new("systemd-analyze").arg("--version").output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        need::missing("systemd-analyze");
        return;
    }
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = beside_systemd(&chutes);
    // Places that have to be told, with what systemd would expand in their names.
    home.set("XDG_STATE_HOME", home.join("st%ate of mine"));
    sign_in(&home);
    assert_eq!(run(&home, &["renew", "--timer", "--json"]).1["timer"]["by"], "systemd");
    let units: Vec<PathBuf> =
        home.files().into_iter().filter(|path| path.starts_with(home.join(".config/systemd"))).collect();
    assert_eq!(units.len(), 2, "{units:?}");
    let verify = ["systemd-analyze", "--user", "verify"].map(PathBuf::from);
    let ran = home.run(verify.into_iter().chain(units.clone()));
    assert!(ran.code == 0 && format!("{}{}", ran.stdout, ran.stderr).trim().is_empty(), "{ran:?}");
    let service = std::fs::read_to_string(&units[0]).unwrap();
    assert!(service.contains("st%%ate of mine\"\n"), "{service}");
}

#[test]
fn there_are_never_two_and_a_timer_goes_with_the_sign_in() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = beside_systemd(&chutes);
    let before = home.files();
    let begun = home.run([BIN, "login", "start", "--json"]);
    let begun: Value = serde_json::from_str(&begun.stdout).unwrap_or_else(|_| panic!("{begun:?}"));
    let address = get(begun["url"].as_str().unwrap()).location();
    let done = home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--timer", "--json"], address);
    let said: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{done:?}"));
    assert_eq!((done.code, &said["auth"]["renewal"]["timer"]), (0, &json!("systemd")), "{said}");
    assert!(there(&home) == [true; 2] && told(&home).len() == 3);
    // What changed meanwhile is the sign-in: a renewal is no reason not to undo.
    assert_eq!(home.run([BIN, "undo"]).code, 0);
    let state = home.join(".local/state");
    let left: Vec<_> = home.files().into_iter().filter(|path| !before.contains(path)).collect();
    assert!(left.iter().all(|path| path.starts_with(&state) || path.ends_with("units-asked")), "{left:?}");

    // The first look that meets a gateway adds its job, and takes the timer away.
    sign_in(&home);
    run(&home, &["renew", "--timer", "--json"]);
    told(&home);
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    home.set("OPENCLAW_GATEWAY_PORT", gateway.local_addr().unwrap().port().to_string());
    let (code, said) = run(&home, &["renew", "--scheduled", "--json"]);
    assert_eq!((code, &said["job"]), (0, &json!("added")), "{said}");
    assert_eq!(said["timer"], json!({"by": "systemd", "state": "removed"}), "{said}");
    assert!(there(&home) == [false; 2] && told(&home)[0].contains("disable --now"));
    // And beside a gateway none is made.
    let ran = home.run([BIN, "renew", "--timer"]);
    assert!(ran.code == 0 && ran.stdout.contains("No timer was made"), "{ran:?}");
    assert_eq!(there(&home), [false; 2]);

    // Where its cron is off, the timer is what renews, and goes with logout.
    let config: Value = serde_json::from_str(&home.read(CONFIG)).unwrap();
    let mut off = config.clone();
    off["cron"] = json!({"enabled": false});
    home.write(CONFIG, off.to_string());
    let (_, said) = run(&home, &["renew", "--timer", "--json"]);
    assert_eq!((&said["job"], &said["timer"]["state"]), (&json!("cron-disabled"), &json!("there")), "{said}");
    assert_eq!(home.run([BIN, "logout", "--yes", "--json"]).code, 0);
    assert_eq!(there(&home), [false; 2]);
}

#[test]
fn a_job_that_somebody_removed_is_added_again() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (mut home, _) = signed_in(&chutes);
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    home.set("OPENCLAW_GATEWAY_PORT", gateway.local_addr().unwrap().port().to_string());
    assert_eq!(renew(&home).1["job"], "added");
    assert_eq!(renew(&home).1["job"], "there");
    // OpenClaw makes a new one only when there is none that declares the same.
    let openclaw = home.read("lib/openclaw/openclaw.mjs").replace("job-1", "job-2");
    let gone = openclaw.replace("*) echo", "'cron list') echo '{\"jobs\": []}';;\n*) echo");
    home.write("lib/openclaw/openclaw.mjs", gone);
    let ran = home.run([BIN, "doctor", "--json"]);
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    let codes: Vec<_> = found["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert!(codes.contains(&&json!("renewal-job-gone")), "{found}");
    assert_eq!(renew(&home).1["job"], "added");
    assert_eq!(kept(&home).progress.job.as_deref(), Some("job-2"));
    assert!(asked(&home).iter().any(|line| line.starts_with("cron list")));
}

#[test]
fn a_crontab_gets_one_line_and_loses_it_again() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (home, _) = signed_in(&chutes);
    let table = "MAILTO=me\n# mine\n0 5 * * * /bin/true\n";
    put(
        &home,
        "crontab",
        "case $1 in\n-l) cat \"$HOME/table\" 2>/dev/null || { echo 'no crontab for you' >&2; exit 1; };;\n-) cat > \
         \"$HOME/table\";;\nesac",
    );
    for before in [Some(table), None] {
        if let Some(table) = before {
            home.write("table", table);
        } else {
            std::fs::remove_file(home.join("table")).unwrap();
        }
        let (code, said) = run(&home, &["renew", "--timer", "--json"]);
        assert_eq!((code, &said["timer"]["by"]), (0, &json!("crontab")), "{said}");
        let during = home.read("table");
        let ours = during.strip_prefix(before.unwrap_or_default()).expect("what was there stays");
        assert!(ours.starts_with("*/10 * * * * ") && ours.matches('\n').count() == 1, "{during}");
        assert!(ours.contains(&format!("'{BIN}' renew --scheduled")), "{ours}");
        run(&home, &["renew", "--timer", "--json"]);
        assert_eq!(home.read("table"), during, "one line");
        let (_, said) = run(&home, &["renew", "--no-timer", "--json"]);
        assert_eq!(said["timer"], json!({"by": "crontab", "state": "removed"}));
        assert_eq!(home.read("table"), before.unwrap_or_default());
    }
    // A table that cannot go back as it came is not touched.
    let latin = b"# caf\xe9\n0 5 * * * /bin/true\n";
    std::fs::write(home.join("table"), latin).unwrap();
    let (code, said) = run(&home, &["renew", "--timer", "--json"]);
    assert_ne!(code, 0, "{said}");
    assert_eq!(std::fs::read(home.join("table")).unwrap(), latin);
}

#[test]
fn where_nothing_calls_a_program_that_is_said() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (mut home, _) = signed_in(&chutes);
    home.set("PATH", home.join("bin"));
    let (code, said) = run(&home, &["renew", "--timer", "--json"]);
    assert_eq!((code, &said["error"]["code"]), (1, &json!("no-timers")), "{said}");
    assert!(said["error"]["hint"].as_str().unwrap().contains("--watch"));
}

/// A unit that somebody changed since is theirs.
#[test]
fn a_unit_that_was_changed_stays() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = beside_systemd(&chutes);
    sign_in(&home);
    run(&home, &["renew", "--timer", "--json"]);
    let mine = home.read(UNITS[1]) + "# mine\n";
    home.write(UNITS[1], &mine);
    let (_, said) = run(&home, &["renew", "--no-timer", "--json"]);
    assert_eq!(said["timer"]["state"], "not-removed", "{said}");
    assert!(said["timer"]["why"].as_str().unwrap().contains("openclaw-chutes-renew.timer"), "{said}");
    assert_eq!((there(&home), home.read(UNITS[1])), (vec![false, true], mine));
}

/// This OpenClaw renews nothing, so its `.env` is no place for the secret.
#[test]
fn the_app_screen_says_who_keeps_the_secret() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let mut home = beside_systemd(&chutes);
    home.set("CHUTES_CLIENT_SECRET", "");
    let pty = home.pty([BIN, "onboard", "--auth-choice", "chutes"]).size(80, 24).spawn();
    pty.wait_text("own state, for you alone");
    assert!(!pty.screen().contains(".openclaw/.env"), "{}", pty.screen().describe());
    pty.keys("C-c");
    pty.wait_exit();
}

#[test]
fn review_offers_it_shows_it_and_done_takes_it_back() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = beside_systemd(&chutes);
    let pty = at_sign_in(&home, (120, 100));
    assert_eq!(get(&get(&link(&pty.screen())).location()).status, 200);
    pty.wait_text("live");
    pty.keys("Enter").wait_text("t: have systemd look");
    assert!(!pty.screen().contains("openclaw-chutes-renew.timer"));
    pty.keys("t").wait_text("A systemd timer of yours");
    // The units are part of what is reviewed.
    pty.wait_text("OnCalendar=*:0/10");
    assert_eq!(there(&home), [false; 2], "nothing is made before the yes");
    pty.keys("Enter").wait_text("OpenClaw is set up for Chutes");
    assert_eq!(there(&home), [true; 2]);
    assert_eq!(told(&home).len(), 3);
    pty.keys("u").wait_text("Undone");
    assert!(there(&home) == [false; 2] && told(&home)[0].contains("disable --now"));
    pty.keys("Enter");
    assert_eq!(pty.wait_exit(), 0);
}
