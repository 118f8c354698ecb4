//! Every system call of a write fails once, and at every one of them the program is killed: what it
//! leaves are the old bytes or the new ones, in the config and in the credential store.
//!
//! `strace` injects the failures. A clean run says which calls there are; each then fails in a home of
//! its own, and a run without failures afterwards must complete the work.

use openclaw_chutes::standin::sample::{self, Era};
use openclaw_chutes::standin::{Config, Keys, Standin};
use serde_json::Value;
use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::{Home, Ran, need};

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str =
    "cpk_0123abcd0123abcd0123abcd0123abcd.4567ef004567ef004567ef004567ef00.canarycanarycanarycanarycanary89";
pub(crate) const CONFIG: &str = ".openclaw/openclaw.json";
pub(crate) const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";
const FILES: [&str; 2] = [STORE, CONFIG];
const OLD: [&str; 2] = [
    "{\n  \"version\": 1,\n  \"profiles\": {\n    \"anthropic:default\": { \"type\": \"api_key\", \"provider\": \"anthropic\", \"key\": \"sk-ant-old\" }\n  }\n}\n",
    "{\n  // my gateway, do not touch\n  gateway: { mode: 'local' }, // stays\n  agents: { defaults: { model: 'anthropic/claude-opus-4-8' } },\n}\n",
];

/// Everything that touches a file.
const CALLS: &str = "openat,read,write,pwrite64,writev,fsync,fdatasync,fchmod,fchown,ftruncate,rename,renameat,\
                     renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,linkat,flock,getdents64,statx,newfstatat,close,\
                     fsetxattr";

/// What a call may answer. EINVAL and EPERM are how file systems say that they cannot do a thing at all.
fn failures(call: &Call) -> &'static [&'static str] {
    match call.name.as_str() {
        "openat" if call.line.contains("O_CREAT") => &["error=ENOSPC", "error=EDQUOT", "error=EACCES", "error=EROFS"],
        "openat" => &["error=EACCES", "error=EIO"],
        "read" | "getdents64" => &["error=EIO"],
        // A disk that says it took the bytes, and did not.
        "write" | "pwrite64" | "writev" => &["error=ENOSPC", "error=EIO", "error=EDQUOT", "retval=5"],
        "fsync" | "fdatasync" => &["error=EIO", "error=ENOSPC"],
        "fchmod" | "fchown" | "ftruncate" => &["error=EPERM", "error=EROFS"],
        "renameat2" => &["error=ENOSPC", "error=EACCES", "error=EROFS", "error=EIO", "error=EINVAL"],
        "rename" | "renameat" => &["error=ENOSPC", "error=EACCES", "error=EROFS", "error=EIO"],
        "mkdir" | "mkdirat" => &["error=ENOSPC", "error=EACCES", "error=EROFS"],
        "unlink" | "unlinkat" | "rmdir" => &["error=EACCES", "error=EIO"],
        "linkat" => &["error=EPERM", "error=ENOSPC"],
        "flock" | "close" => &["error=EIO"],
        "statx" | "newfstatat" => &["error=EACCES"],
        _ => &[],
    }
}

fn words(failure: &str) -> &'static str {
    match failure.trim_start_matches("error=") {
        "ENOSPC" => "no space left",
        "EDQUOT" => "quota",
        "EACCES" | "EPERM" => "permission denied",
        "EROFS" => "read-only",
        _ => "input/output error",
    }
}

/// One call of a traced run on a file below the home.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    name: String,
    /// The how-manieth of its name, from 1, in the first thread.
    nth: usize,
    line: String,
    /// The file, without what chance put into its name.
    file: String,
    injected: bool,
}

/// The calls of the first thread on files below `home`.
fn calls(trace: &str, home: &Home) -> Vec<Call> {
    let root = format!("{}/", home.path().display());
    let mut counts: Vec<(String, usize)> = Vec::new();
    let first = trace.split_whitespace().next().unwrap_or_default();
    let mut found = Vec::new();
    for line in trace.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let Some((name, _)) = rest.trim_start().split_once('(').filter(|(name, _)| !name.contains(['<', '+', ' ']))
        else {
            continue;
        };
        if pid != first {
            continue;
        }
        let at = counts.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            counts.push((name.to_owned(), 0));
            counts.len() - 1
        });
        counts[at].1 += 1;
        // The second name of a rename is the one that says which file is meant.
        // A file that is opened is meant by what was asked for: one without a name only gets one as the answer.
        let asked = rest.rsplit_once(") = ").filter(|_| name == "openat").map_or(rest, |(arguments, _)| arguments);
        let Some(start) = asked.rfind(&root) else { continue };
        let file = &asked[start + root.len()..];
        let file: &str = &file[..file.find(['"', '>']).unwrap_or(file.len())];
        found.push(Call {
            name: name.to_owned(),
            nth: counts[at].1,
            line: rest.to_owned(),
            file: without_chance(file),
            injected: line.contains("(INJECTED)"),
        });
    }
    found
}

/// A file name with every long run of digits replaced: random names, process ids, dates.
fn without_chance(file: &str) -> String {
    let mut out = String::new();
    for part in file.split_inclusive(['/', '.', '-', '_']) {
        let (word, end) = part.split_at(part.len() - usize::from(part.ends_with(['/', '.', '-', '_'])));
        let chance = word.len() >= 3 && word.chars().any(|c| c.is_ascii_digit()) && !word.contains(['g', 'h']);
        out += if chance { "#" } else { word };
        out += end;
    }
    out
}

pub(crate) struct Stage {
    standin: Standin,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let config = Config::serving(Keys::Listed(vec![KEY.to_owned()]), sample::list(Era::Documented));
        Self { standin: Standin::start(config).expect("a stand-in") }
    }

    /// A home with a commented config and a store of somebody else's.
    pub(crate) fn home(&self) -> Home {
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", self.standin.api_base());
        for (file, old) in FILES.iter().zip(OLD) {
            let path = home.write(file, old);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        home
    }

    pub(crate) fn onboard(&self, home: &Home, before: &[&str]) -> Ran {
        let ours = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        home.run_with_input(before.iter().chain(&ours), format!("{KEY}\n"))
    }

    /// The same, traced, with this `-e inject=` if any. The second is what was traced.
    pub(crate) fn traced(&self, home: &Home, inject: Option<&str>) -> (Ran, Vec<Call>) {
        let ours = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin"];
        self.traced_command(home, inject, &ours, &format!("{KEY}\n"))
    }

    fn traced_command(&self, home: &Home, inject: Option<&str>, command: &[&str], input: &str) -> (Ran, Vec<Call>) {
        let trace = home.join("tmp/trace");
        let only = format!("trace={CALLS}");
        let mut strace = vec!["strace", "-f", "-qq", "-y", "-o", trace.to_str().unwrap(), "-e", &only];
        let inject = inject.map(|inject| format!("inject={inject}"));
        strace.extend(inject.iter().flat_map(|inject| ["-e", inject.as_str()]));
        let ran = home.run_with_input(strace.iter().chain(command), input);
        let text = std::fs::read(&trace).unwrap_or_default();
        // It holds what was written, the key included.
        std::fs::remove_file(&trace).unwrap();
        (ran, calls(&String::from_utf8_lossy(&text), home))
    }
}

fn bytes(home: &Home) -> [Option<String>; 2] {
    FILES.map(|file| std::fs::read_to_string(home.join(file)).ok())
}

/// Files below `.openclaw` that were not there before and are no backup.
fn leftovers(home: &Home) -> Vec<PathBuf> {
    let known = FILES.map(|file| home.join(file));
    let below = home.files().into_iter().filter(|file| file.starts_with(home.join(".openclaw")));
    below.filter(|file| !known.contains(file)).collect()
}

/// Runs the cases on all processors and names every one that does not hold.
fn each<T: Sync + std::fmt::Debug>(cases: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from) * 2;
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(problem) = check(case) {
                        failed.lock().unwrap().push(format!("{case:?}: {problem}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

fn ensure(holds: bool, what: &str, ran: &Ran) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("{what}: {ran:?}")) }
}

/// The calls of a run without failures, and the bytes it leaves.
fn reference(stage: &Stage) -> (Vec<Call>, [Option<String>; 2]) {
    let home = stage.home();
    let (ran, calls) = stage.traced(&home, None);
    assert_eq!(ran.code, 0, "{ran:?}");
    let new = bytes(&home);
    assert!(new[1].as_deref().unwrap().contains("// my gateway, do not touch\n") && new != OLD.map(|t| Some(t.into())));
    for name in ["fsync", "renameat2", "linkat", "write", "fchmod", "unlink"] {
        assert!(calls.iter().any(|call| call.name == name), "no {name} seen");
    }
    (calls, new)
}

/// What happened where: to know afterwards that no call was left out.
#[derive(Default)]
struct Hit(Mutex<BTreeSet<(String, String)>>);

impl Hit {
    fn add(&self, calls: &[Call]) -> bool {
        let hit: Vec<_> = calls.iter().filter(|call| call.injected).map(|c| (c.name.clone(), c.file.clone())).collect();
        let any = !hit.is_empty();
        self.0.lock().unwrap().extend(hit);
        any
    }

    fn check(self, cases: &[(Call, &str)]) {
        let hit = self.0.into_inner().unwrap();
        let missed: BTreeSet<_> = cases.iter().map(|(call, _)| (call.name.clone(), call.file.clone())).collect();
        let missed: Vec<_> = missed.difference(&hit).collect();
        assert!(missed.is_empty(), "never failed: {missed:?}");
    }
}

#[test]
fn a_call_that_fails_leaves_the_old_bytes_or_the_new_ones() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new();
    let (calls, new) = reference(&stage);
    let old = OLD.map(|text| Some(text.to_owned()));
    // Of the same calls on the same file, the first and the last: a run for each would take minutes.
    let same = |one: &Call, other: &Call| one.name == other.name && one.file == other.file;
    let ends = calls.iter().enumerate().filter(|(at, call)| {
        !calls[..*at].iter().any(|earlier| same(earlier, call))
            || !calls[at + 1..].iter().any(|later| same(later, call))
    });
    let cases: Vec<(Call, &str)> =
        ends.flat_map(|(_, call)| failures(call).iter().map(|failure| (call.clone(), *failure))).collect();
    let hit = Hit::default();
    each(&cases, |(call, failure)| {
        let home = stage.home();
        let (ran, seen) = stage.traced(&home, Some(&format!("{}:{failure}:when={}", call.name, call.nth)));
        hit.add(&seen);
        let waited = seen.iter().any(|call| call.name == "linkat" && call.line.contains(" = -1 EEXIST"));
        ensure(!waited, "it met a lock of its own", &ran)?;
        let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let left = bytes(&home);
        match ran.code {
            0 => {
                ensure(left == new, "success without the new bytes", &ran)?;
                ensure(document["changed"] == true, "changed", &ran)?;
            }
            1 => {
                ensure(left == old, "a failure that changed something", &ran)?;
                ensure(document["changed"] == false, "changed", &ran)?;
                let message = document["error"]["message"].as_str().unwrap_or_default();
                // A directory that cannot be looked at once is taken for a missing one, with what follows.
                let named = message.contains(words(failure)) || call.name == "statx";
                ensure(named, "the reason is not named", &ran)?;
                ensure(message.contains("Every file is as it was"), "the state is not named", &ran)?;
                let left = leftovers(&home);
                ensure(left.is_empty() || call.name == "unlink", &format!("left over {left:?}"), &ran)?;
            }
            _ => ensure(false, "exit", &ran)?,
        }
        let again = stage.onboard(&home, &[]);
        ensure(again.code == 0 && bytes(&home) == new, "the run after it", &again)
    });
    hit.check(&cases);
}

#[test]
fn killed_at_any_call_each_file_is_old_or_new_and_the_next_run_completes() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new();
    let (calls, new) = reference(&stage);
    let reads = ["statx", "newfstatat", "read", "close", "getdents64"];
    let cases: Vec<Call> = calls.into_iter().filter(|call| !reads.contains(&call.name.as_str())).collect();
    let killed = AtomicUsize::new(0);
    each(&cases, |call| {
        let home = stage.home();
        let (ran, _) = stage.traced(&home, Some(&format!("{}:signal=KILL:when={}", call.name, call.nth)));
        killed.fetch_add(usize::from(ran.code == -9), Ordering::Relaxed);
        ensure(ran.code == -9 || ran.code == 0, "exit", &ran)?;
        let left = bytes(&home);
        for (at, file) in FILES.iter().enumerate() {
            ensure(left[at].as_deref() == Some(OLD[at]) || left[at] == new[at], file, &ran)?;
        }
        // Credential first: a config never names one that is not there.
        ensure(left[1].as_deref() == Some(OLD[1]) || left[0] == new[0], "the config came first", &ran)?;
        for file in home.files_containing(KEY) {
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            ensure(mode == 0o600, &format!("{} has mode {mode:o}", file.display()), &ran)?;
        }
        let beside = strangers(&home);
        let again = stage.onboard(&home, &[]);
        ensure(again.code == 0 && bytes(&home) == new, "the run after it", &again)?;
        ensure(strangers(&home).is_empty(), &format!("still beside the files: {:?}", strangers(&home)), &again)?;
        let half_done = left != new && left != OLD.map(|text| Some(text.to_owned()));
        let said = again.stdout.contains("earlier-run");
        // A lock alone is OpenClaw's own way: whoever comes next takes it over, and nothing was begun.
        let begun = beside.iter().any(|path| path.extension().is_none_or(|extension| extension != "lock"));
        ensure(said || !(begun || half_done), &format!("nothing is said of {beside:?}"), &again)?;
        // What was there before can be had again, if there was anything left to do.
        if serde_json::from_str::<Value>(&again.stdout).unwrap_or_default()["changed"] == true {
            let undone = home.run([BIN, "undo"]);
            ensure(undone.code == 0 && bytes(&home) == OLD.map(|text| Some(text.to_owned())), "undo", &undone)?;
        }
        Ok(())
    });
    assert_eq!(killed.into_inner(), cases.len(), "every one of them was killed");
}

/// Files beside those of OpenClaw's that are no backup of the old bytes, and locks.
fn strangers(home: &Home) -> Vec<PathBuf> {
    let is_backup = |path: &PathBuf| {
        path.to_string_lossy().contains(".chutes-backup-")
            && std::fs::read(path).is_ok_and(|bytes| OLD.iter().any(|old| old.as_bytes() == bytes))
    };
    leftovers(home).into_iter().filter(|path| !is_backup(path)).collect()
}

/// Killed half-way, an undo goes on where it stopped; so does the next write.
#[test]
fn an_undo_killed_at_any_call_goes_on() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new();
    let old = OLD.map(|text| Some(text.to_owned()));
    let written = || {
        let home = stage.home();
        let ran = stage.onboard(&home, &[]);
        assert_eq!(ran.code, 0, "{ran:?}");
        home
    };
    let undo = |home: &Home, inject: Option<&str>| stage.traced_command(home, inject, &[BIN, "undo"], "");
    let home = written();
    let new = bytes(&home);
    let (ran, calls) = undo(&home, None);
    assert_eq!((ran.code, bytes(&home)), (0, old.clone()), "{ran:?}");
    let changing = ["rename", "renameat2", "unlink", "fsync", "openat", "write"];
    let cases: Vec<Call> = calls.into_iter().filter(|call| changing.contains(&call.name.as_str())).collect();
    each(&cases, |call| {
        let home = written();
        let (ran, _) = undo(&home, Some(&format!("{}:signal=KILL:when={}", call.name, call.nth)));
        ensure(ran.code == -9, "exit", &ran)?;
        for (at, left) in bytes(&home).into_iter().enumerate() {
            ensure(left == old[at] || left == new[at], FILES[at], &ran)?;
        }
        let was_over = bytes(&home) == old;
        let again = home.run([BIN, "undo"]);
        ensure(again.code == 0 || was_over, "the undo after it", &again)?;
        ensure(bytes(&home) == old, "the bytes", &again)?;
        ensure(strangers(&home).is_empty(), &format!("left {:?}", strangers(&home)), &again)
    });
}

/// From one call on, every call of that name fails: putting things back fails, too.
#[test]
fn what_cannot_be_put_back_is_named_with_the_place_of_the_old_bytes() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new();
    let (calls, new) = reference(&stage);
    let old = OLD.map(|text| Some(text.to_owned()));
    let lasting = ["read", "rename", "renameat2", "unlink", "fsync"];
    let cases: Vec<Call> = calls
        .into_iter()
        .filter(|call| lasting.contains(&call.name.as_str()) && call.file.starts_with(".openclaw"))
        .collect();
    let named = AtomicUsize::new(0);
    each(&cases, |call| {
        let home = stage.home();
        let (ran, _) = stage.traced(&home, Some(&format!("{}:error=EIO:when={}+", call.name, call.nth)));
        let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let left = bytes(&home);
        if ran.code == 0 {
            return ensure(left == new, "success without the new bytes", &ran);
        }
        ensure(ran.code == 1, "exit", &ran)?;
        for (at, file) in FILES.iter().enumerate() {
            if left[at] == old[at] {
                continue;
            }
            ensure(left[at] == new[at], file, &ran)?;
            ensure(document["error"]["code"] == "not-put-back", "the code", &ran)?;
            let kept = leftovers(&home).iter().any(|path| std::fs::read(path).is_ok_and(|b| b == OLD[at].as_bytes()));
            ensure(kept, "the old bytes are gone", &ran)?;
            ensure(document["error"]["hint"].as_str().unwrap_or_default().contains("mv "), "the hint", &ran)?;
            ensure(document["changed"] == true, "changed", &ran)?;
            named.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    assert!(named.into_inner() > 0, "putting back never failed");
}

/// A real short write: the limit on the size of files ends it in the middle.
#[test]
fn a_write_cut_short_changes_nothing() {
    let stage = Stage::new();
    let home = stage.home();
    let ran = stage.onboard(&home, &["sh", "-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    assert_eq!((ran.code, &document["error"]["code"]), (1, &"write-failed".into()), "{ran:?}");
    assert!(document["error"]["message"].as_str().unwrap().contains("larger than"), "{ran:?}");
    assert_eq!(bytes(&home), OLD.map(|text| Some(text.to_owned())));
    assert_eq!(leftovers(&home), Vec::<PathBuf>::new());
}

#[test]
fn a_file_of_another_user_keeps_its_owner_or_stays_as_it_is() {
    const OTHER: u32 = 54_321;
    if !need::root() || !need::strace() {
        return;
    }
    let stage = Stage::new();
    let home = stage.home();
    for file in FILES {
        std::os::unix::fs::chown(home.join(file), Some(OTHER), Some(OTHER)).unwrap();
    }
    let (ran, _) = stage.traced(&home, Some("fchown:error=EPERM"));
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    assert_eq!((ran.code, &document["error"]["code"]), (1, &"write-failed".into()), "{ran:?}");
    assert!(document["error"]["message"].as_str().unwrap().contains("another user (uid 54321)"), "{ran:?}");
    assert_eq!(bytes(&home), OLD.map(|text| Some(text.to_owned())));
    assert_eq!(leftovers(&home), Vec::<PathBuf>::new());

    let ran = stage.onboard(&home, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for file in leftovers(&home).into_iter().chain(FILES.map(|file| home.join(file))) {
        let meta = file.metadata().unwrap();
        assert_eq!((meta.uid(), meta.gid(), meta.mode() & 0o777), (OTHER, OTHER, 0o600), "{}", file.display());
    }
}
