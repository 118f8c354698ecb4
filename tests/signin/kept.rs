//! The sign-in that we keep for an OpenClaw that renews none: `token` and `renew`, also many at once, beside a
//! failing token endpoint, and killed in the middle. OpenClaw is a script here that notes what it is asked.

use crate::support::*;
use openclaw_chutes::sign_in::SignIn;
use openclaw_chutes::standin::idp::{Consent, Options};
use openclaw_chutes::standin::{ClosedPort, Fault, Route};
use openclaw_chutes::time::{UnixMillis, now};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use testkit::{Home, Ran, need};

pub const CONFIG: &str = ".openclaw/openclaw.json";
const REQUEST: &str = r#"{"protocolVersion":1,"provider":"openclaw-chutes","ids":["chutes/access-token"]}"#;

/// An `openclaw` that says it is 2026.9.6, notes its arguments, and does what is asked.
pub fn put_openclaw(home: &mut Home) {
    home.write("lib/openclaw/package.json", r#"{"name": "openclaw", "version": "2026.9.6"}"#);
    let script = "#!/bin/sh\necho \"$*\" >> \"$HOME/asked\"\ncase \"$1 $2\" in\n'cron add') echo '{\"created\": true, \
                  \"job\": {\"id\": \"job-1\"}}';;\n*) echo '{\"ok\": true, \"warningCount\": 0}';;\nesac\n";
    let program = home.write("lib/openclaw/openclaw.mjs", script);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::create_dir_all(home.join("bin")).unwrap();
    std::os::unix::fs::symlink(program, home.join("bin/openclaw")).unwrap();
    home.set("PATH", format!("{}:/usr/bin:/bin", home.join("bin").display()));
}

pub fn asked(home: &Home) -> Vec<String> {
    let said = std::fs::read_to_string(home.join("asked")).unwrap_or_default();
    said.lines().map(str::to_owned).collect()
}

/// Signed in, with what `onboard` said.
pub fn signed_in(chutes: &Chutes) -> (Home, Value) {
    let mut home = chutes.home();
    put_openclaw(&mut home);
    // Nothing listens there until a test does.
    home.set("OPENCLAW_GATEWAY_PORT", free_port().to_string());
    let said = sign_in(&home);
    (home, said)
}

pub fn sign_in(home: &Home) -> Value {
    let begun = home.run([BIN, "login", "start", "--json"]);
    let begun: Value = serde_json::from_str(&begun.stdout).unwrap_or_else(|_| panic!("{begun:?}"));
    let address = get(begun["url"].as_str().unwrap()).location();
    let done = home.run_with_input([BIN, "login", "finish", "--redirect-stdin", "--json"], address);
    assert_eq!(done.code, 0, "{done:?}");
    serde_json::from_str(&done.stdout).unwrap()
}

pub fn document(home: &Home) -> PathBuf {
    let is_it = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("sign-in-"));
    let found: Vec<_> = home.files().into_iter().filter(is_it).filter(|path| path.ends_with_json()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

trait EndsWithJson {
    fn ends_with_json(&self) -> bool;
}

impl EndsWithJson for PathBuf {
    fn ends_with_json(&self) -> bool {
        self.extension().is_some_and(|extension| extension == "json")
    }
}

pub fn kept(home: &Home) -> SignIn {
    SignIn::parse(&std::fs::read(document(home)).unwrap()).expect("a sign-in")
}

pub fn change(home: &Home, change: impl FnOnce(&mut SignIn)) {
    let mut sign_in = kept(home);
    change(&mut sign_in);
    std::fs::write(document(home), sign_in.bytes()).unwrap();
}

/// More than half of its life is over, and ten minutes are left.
fn make_due(home: &Home) {
    change(home, |kept| (kept.issued_at, kept.ends_at) = (now() - 3_000_000, now() + 600_000));
}

fn token(home: &Home) -> Ran {
    home.run_with_input([BIN, "token"], REQUEST)
}

fn given(ran: &Ran) -> String {
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!((ran.code, &answer["protocolVersion"]), (0, &json!(1)), "{ran:?}");
    answer["values"]["chutes/access-token"].as_str().unwrap_or_else(|| panic!("{ran:?}")).to_owned()
}

fn access(home: &Home) -> String {
    kept(home).access.expose().to_owned()
}

pub fn renew(home: &Home) -> (Ran, Value) {
    let ran = home.run([BIN, "renew", "--json"]);
    let said = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
    (ran, said)
}

#[test]
fn openclaw_is_given_the_token_and_nothing_else() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (home, said) = signed_in(&chutes);
    assert_eq!(said["auth"]["kind"], "oauth", "{said}");
    assert_eq!(said["auth"]["profileId"], "chutes:alice");
    assert_eq!(said["auth"]["store"], json!(document(&home)));
    assert_eq!(said["auth"]["renewal"]["by"], "openclaw-chutes");

    let config = home.read(CONFIG);
    let kept = kept(&home);
    let secrets = [kept.access.expose(), kept.refresh.as_ref().unwrap().expose(), SECRET].map(str::to_owned);
    for secret in &secrets {
        assert!(!config.contains(secret), "{config}");
        assert_eq!(home.files_containing(secret), [document(&home)]);
    }
    assert_eq!(std::fs::metadata(document(&home)).unwrap().permissions().mode() & 0o777, 0o600);

    assert_eq!(given(&token(&home)), secrets[0]);
    let other = home.run_with_input([BIN, "token"], r#"{"protocolVersion":1,"ids":["chutes/refresh-token"]}"#);
    assert!(other.code == 0 && other.stdout.contains("NOT_FOUND"), "{other:?}");
    assert!(secrets.iter().all(|secret| !other.stdout.contains(secret)));
    assert_eq!(chutes.counts().refreshed, 0);

    let status = home.run([BIN, "models", "status", "--json"]);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!((&status["auth"]["kind"], &status["auth"]["account"]), (&json!("oauth"), &json!("alice")));
    assert_eq!(status["auth"]["renewal"]["by"], "openclaw-chutes", "{status}");
    assert!(status["auth"]["renewal"]["nextAt"].is_string(), "{status}");
    assert_eq!(home.run([BIN, "models", "status", "--check"]).code, 0, "it renews itself");
}

#[test]
fn nobody_signed_in_is_said_in_the_protocol() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let home = chutes.home();
    let ran = token(&home);
    assert!(ran.code == 0 && ran.stdout.contains("\"errors\""), "{ran:?}");
    let (ran, said) = renew(&home);
    assert_eq!((ran.code, &said["renewedBy"]), (1, &json!("nothing")));
}

#[test]
fn a_running_gateway_takes_it_and_gets_one_job() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (mut home, _) = signed_in(&chutes);
    assert_eq!(asked(&home), [""; 0], "no gateway runs");
    let (ran, said) = renew(&home);
    assert_eq!((ran.code, &said["gateway"], &said["job"]), (0, &json!("not-running"), &json!("when-a-gateway-runs")));

    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    home.set("OPENCLAW_GATEWAY_PORT", gateway.local_addr().unwrap().port().to_string());
    let (_, said) = renew(&home);
    assert_eq!((&said["renewed"], &said["gateway"], &said["job"]), (&json!(false), &json!("took"), &json!("added")));
    let (_, said) = renew(&home);
    assert_eq!((&said["gateway"], &said["job"]), (&json!("current"), &json!("there")));
    // What OpenClaw's cron calls asks nothing when there is nothing to do.
    let before = asked(&home);
    assert_eq!(home.run([BIN, "renew", "--scheduled"]).code, 0);
    assert_eq!(asked(&home), before);
    make_due(&home);
    let (_, said) = renew(&home);
    assert_eq!((&said["renewed"], &said["gateway"], &said["job"]), (&json!(true), &json!("took"), &json!("there")));
    let said = asked(&home);
    let verbs: Vec<String> = said.iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    // A person's call also looks whether the job is still there: OpenClaw adds it only where it is not.
    assert_eq!(verbs, ["secrets reload", "cron add", "cron add", "secrets reload", "cron add"]);
    assert!(
        said[1].contains("--declaration-key openclaw-chutes-renew") && said[1].contains(r#","renew","#),
        "{said:?}"
    );
    assert!(said.iter().all(|line| !line.contains("cak_") && !line.contains("crt_") && !line.contains("csc_")));

    // Undone, the job goes, too.
    assert_eq!(home.run([BIN, "undo"]).code, 0);
    assert_eq!(asked(&home).last().map(String::as_str), Some("cron remove job-1 --json"));
}

#[test]
fn the_job_goes_when_another_account_is_used() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (mut home, _) = signed_in(&chutes);
    let gateway = TcpListener::bind("127.0.0.1:0").unwrap();
    home.set("OPENCLAW_GATEWAY_PORT", gateway.local_addr().unwrap().port().to_string());
    assert_eq!(renew(&home).1["job"], "added");
    let key = |key: &str| json!({"type": "api_key", "provider": "chutes", "key": key});
    let store = json!({"version": 1, "profiles": {"chutes:one": key("cpk_1"), "chutes:two": key("cpk_2")}});
    home.write(".openclaw/agents/main/agent/auth-profiles.json", store.to_string());
    let used = home.run([BIN, "accounts", "use", "two", "--json"]);
    assert_eq!(used.code, 0, "{used:?}");
    assert!(asked(&home).contains(&"cron remove job-1 --json".to_owned()), "{:?}", asked(&home));
    assert_eq!(SignIn::parse(&std::fs::read(document(&home)).unwrap()), None);
}

#[test]
fn twenty_at_once_renew_once() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (home, _) = signed_in(&chutes);
    make_due(&home);
    let old = access(&home);
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let home = &home;
        let renewing: Vec<_> = (0..10).map(|_| scope.spawn(move || renew(home).0.code)).collect();
        let asking: Vec<_> = (0..10).map(|_| scope.spawn(move || given(&token(home)))).collect();
        assert!(renewing.into_iter().all(|one| one.join().unwrap() == 0));
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!((chutes.counts().refreshed, chutes.counts().refresh_refused), (1, 0));
    let new = access(&home);
    assert_ne!(new, old);
    // One that waited too long for the renewal gives the old token, which lives on.
    assert!(tokens.iter().all(|token| *token == new || *token == old), "{tokens:?}");
    assert!(tokens.contains(&new));
}

#[test]
fn a_failing_token_endpoint_takes_no_token_away() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (home, _) = signed_in(&chutes);
    make_due(&home);
    let old = access(&home);

    chutes.standin.set_fault(Route::Token, Fault::Status(500));
    assert_eq!(given(&token(&home)), old);
    assert_eq!(kept(&home).progress.trouble.expect("a reason").code, "server-error");
    let (ran, said) = renew(&home);
    assert_eq!((ran.code, &said["ok"], &said["error"]["code"]), (0, &json!(false), &json!("server-error")));
    let status = home.run([BIN, "models", "status"]);
    assert!(status.stdout.contains("500"), "the reason is shown: {status:?}");

    let closed = ClosedPort::new().unwrap();
    change(&home, |kept| kept.idp = format!("http://{}", closed.address().unwrap()));
    let (ran, said) = renew(&home);
    assert_eq!((ran.code, &said["error"]["code"]), (0, &json!("connection-refused")));
    assert_eq!(given(&token(&home)), old);

    // It recovers by itself.
    change(&home, |kept| kept.idp = chutes.standin.idp_base());
    chutes.standin.set_fault(Route::Token, Fault::None);
    let (ran, said) = renew(&home);
    assert_eq!((ran.code, &said["ok"], &said["renewed"]), (0, &json!(true), &json!(true)));
    assert_eq!((kept(&home).progress.trouble, chutes.counts().refreshed), (None, 1));
    assert_eq!(given(&token(&home)), access(&home));

    // A token whose life is over is a failure for timers, and still better than nothing for OpenClaw.
    change(&home, |kept| (kept.issued_at, kept.ends_at) = (UnixMillis(1), UnixMillis(2)));
    chutes.standin.set_fault(Route::Token, Fault::Status(500));
    assert_eq!(renew(&home).0.code, 1);
    assert_eq!(home.run([BIN, "renew", "--scheduled"]).code, 0, "OpenClaw's cron would wait longer after each failure");
    assert_eq!(given(&token(&home)), access(&home));
}

#[test]
fn a_token_endpoint_that_hangs_holds_nobody_up() {
    let chutes = Chutes::start(Some(Consent::Allow));
    let (home, _) = signed_in(&chutes);
    make_due(&home);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let old = access(&home);
    change(&home, |kept| kept.idp = format!("http://{}", silent.local_addr().unwrap()));
    // OpenClaw would end it after 8 s; the process that renews is not its child's.
    assert_eq!(given(&token(&home)), old);
    assert!(kept(&home).progress.sent_at.is_some(), "a renewal is out");
    // The answer never comes, and the token is as good as before.
    drop(silent);
    // The process that renews hears of that, too, and notes it.
    let free = openclaw_chutes::sign_in::lock(&document(&home), testkit::timeout()).unwrap();
    drop(free.expect("it ends"));
    change(&home, |kept| kept.idp = chutes.standin.idp_base());
    let (_, said) = renew(&home);
    assert_eq!((&said["ok"], &said["renewed"]), (&json!(true), &json!(true)), "{said}");
}

#[test]
fn only_a_new_sign_in_helps_when_the_refresh_token_is_spent() {
    let chutes = Chutes::with(Options { auto_consent: Some(Consent::Allow), ..Options::default() });
    let (home, _) = signed_in(&chutes);
    make_due(&home);
    chutes.idp.expire_refresh_tokens();
    let (ran, said) = renew(&home);
    assert_eq!((ran.code, &said["error"]["code"]), (3, &json!("invalid-grant")));
    assert!(kept(&home).progress.trouble.unwrap().lasting);
    assert_eq!(given(&token(&home)), access(&home), "what still lives is given");
    assert_eq!(home.run([BIN, "models", "status", "--check"]).code, 2, "it stops within a day");
    change(&home, |kept| (kept.issued_at, kept.ends_at) = (UnixMillis(1), UnixMillis(2)));
    assert_eq!(home.run([BIN, "models", "status", "--check"]).code, 1);
    sign_in(&home);
    assert_eq!(home.run([BIN, "models", "status", "--check"]).code, 0);
}

/// The calls at which a renewal may be killed.
const CALLS: &str = "openat,read,write,writev,sendto,recvfrom,connect,fsync,rename,renameat2,linkat,unlink,flock,\
                     mkdir,statx,close,fchmod,fcntl,epoll_wait";

#[test]
fn killed_anywhere_the_next_renewal_works_or_says_why_not() {
    if !need::strace() {
        return;
    }
    let chutes = Chutes::start(Some(Consent::Allow));
    let traced = |home: &Home, inject: &[&str]| {
        let (trace, only) = (home.join("tmp/trace"), format!("trace={CALLS}"));
        let strace = ["strace", "-f", "-qq", "-y", "-o", trace.to_str().unwrap(), "-e", &only];
        let ran = home.run(strace.iter().chain(inject).chain(&[BIN, "renew", "--no-gateway"]));
        let text = String::from_utf8_lossy(&std::fs::read(&trace).unwrap_or_default()).into_owned();
        std::fs::remove_file(trace).unwrap();
        (ran, text)
    };
    let (home, _) = signed_in(&chutes);
    make_due(&home);
    let (ran, text) = traced(&home, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // From the lock on, the how-manieth call of its name each is, in its thread. Reading the system's
    // certificates, some hundred files, changes nothing.
    let mut made: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut cases: Vec<(String, usize)> = Vec::new();
    let mut renewing = None;
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let Some((name, _)) = rest.trim_start().split_once('(') else { continue };
        if !CALLS.split(',').any(|call| call.trim() == name) {
            continue;
        }
        let nth = made.entry((name, pid)).or_default();
        *nth += 1;
        if name == "flock" && rest.contains("/locks/sign-in-") {
            renewing = Some(pid);
        }
        if renewing == Some(pid) && !["/etc/", "/usr/", "/proc/"].iter().any(|place| rest.contains(place)) {
            cases.push((name.to_owned(), *nth));
        }
    }
    assert!(cases.len() > 30, "{cases:?}");
    // Between the answer and its place on disk: one small file, written, synced and renamed, and nothing else.
    let by_us = text.lines().filter(|line| renewing.is_some_and(|pid| line.starts_with(pid)));
    let since = by_us.skip_while(|line| !line.contains("HTTP/1.1 200 OK"));
    let on_disk: Vec<&str> = since
        .filter_map(|line| {
            let name = line.split_once(' ')?.1.trim_start().split_once('(')?.0;
            let changes = match name {
                "openat" => line.contains("O_CREAT"),
                "write" => line.contains(".chutes-"),
                name => ["fchmod", "fsync", "rename", "renameat2", "unlink", "mkdir", "linkat"].contains(&name),
            };
            changes.then_some(name)
        })
        .collect();
    let stored = on_disk.iter().position(|name| *name == "rename").map(|at| &on_disk[..=at]);
    assert_eq!(stored, Some(&["openat", "write", "fchmod", "fsync", "rename"][..]), "{on_disk:?}");

    let next = std::sync::atomic::AtomicUsize::new(0);
    let lost = std::sync::Mutex::new(Vec::new());
    let tally = std::sync::Mutex::new([0; 3]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // A provider of its own, so that its counts are about this thread alone.
                let chutes = Chutes::start(Some(Consent::Allow));
                let (home, _) = signed_in(&chutes);
                while let Some((name, nth)) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    make_due(&home);
                    let (old, spent) = (access(&home), chutes.counts().refreshed);
                    let (ran, trace) = traced(&home, &["-e", &format!("inject={name}:signal=KILL:when={nth}")]);
                    let stored = access(&home) != old;
                    let (after, said) = renew(&home);
                    // A request that was on its way when the run ended arrives after it: the next run knows.
                    let lost_now = said["error"]["code"] == "renewal-cut-off";
                    let spent = stored || (lost_now && chutes.counts().refreshed > spent);
                    let outcome = match (spent, stored) {
                        (false, _) => {
                            assert_eq!(
                                (after.code, &said["renewed"]),
                                (0, &json!(true)),
                                "{name} {nth}: {ran:?} {said}"
                            );
                            0
                        }
                        (true, true) => {
                            assert_eq!((after.code, &said["ok"]), (0, &json!(true)), "{name} {nth}: {ran:?} {said}");
                            1
                        }
                        (true, false) => {
                            let code = &said["error"]["code"];
                            assert_eq!((after.code, code), (3, &json!("renewal-cut-off")), "{name} {nth}: {ran:?}");
                            // Nothing but the time in which the answer is out can lose it.
                            assert!(trace.contains("POST /idp/token"), "{name} {nth}: {trace}");
                            lost.lock().unwrap().push(format!("{name} {nth}"));
                            sign_in(&home);
                            2
                        }
                    };
                    tally.lock().unwrap()[outcome] += 1;
                    assert_eq!(given(&token(&home)), access(&home), "{name} {nth}");
                }
            });
        }
    });
    let (lost, tally) = (lost.into_inner().unwrap(), tally.into_inner().unwrap());
    assert!(tally.iter().all(|count| *count > 0), "{tally:?}");
    // How many calls the wait for the answer takes depends on the machine; what is done with it does not, see above.
    println!("{} calls: {tally:?} not spent, stored, lost; lost at {lost:?}", cases.len());
}
