//! The two locks of a token refresh, as OpenClaw takes them.

use openclaw_chutes::openclaw::write::sidecar_lock::{Lock, LockError, REFRESH, STORE, refresh_lock, store_lock};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn never(_: Duration) -> bool {
    panic!("there is nothing to wait for")
}

#[test]
fn the_paths_are_openclaws() {
    let path = refresh_lock(Path::new("/s"), "chutes", "chutes:default");
    let name = "sha256-8d9e3e6ec81b3a12b374208e6cf068dcbbdb992f27680dac9e78a7b3e1351fd1.lock";
    assert_eq!(path, Path::new("/s/locks/oauth-refresh").join(name));
    let dir = tempfile::tempdir().expect("a directory");
    let real = fs::canonicalize(dir.path()).expect("real");
    fs::create_dir(real.join("agent")).expect("made");
    std::os::unix::fs::symlink("agent", real.join("way")).expect("linked");
    let expected = real.join("agent/auth-profiles.json.lock");
    assert_eq!(store_lock(&real.join("way/auth-profiles.json")), expected);
    assert_eq!(store_lock(&real.join("agent/auth-profiles.json")), expected);
}

#[test]
fn the_lock_names_its_owner_and_goes_when_dropped() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("a/b/x.lock");
    let lock = Lock::acquire(&path, STORE, never).expect("taken");
    let owner: serde_json::Value = serde_json::from_slice(&fs::read(&path).expect("there")).expect("json");
    assert_eq!(owner["pid"], std::process::id());
    let stat = fs::read_to_string("/proc/self/stat").expect("stat");
    let starttime: u64 = stat[stat.rfind(')').expect("name") + 2..].split(' ').nth(19).expect("22").parse().expect("n");
    assert_eq!(owner["starttime"], starttime);
    let created = owner["createdAt"].as_str().expect("a date");
    assert!(created.len() == 24 && created.ends_with('Z'), "{created}");
    assert!(lock.is_held());
    drop(lock);
    assert_eq!(fs::read_dir(dir.path().join("a/b")).expect("dir").count(), 0, "no lock and no draft is left");
}

#[test]
fn a_living_holder_is_waited_for_and_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("x.lock");
    let held = Lock::acquire(&path, STORE, never).expect("taken");
    let mut waits = Vec::new();
    let busy = Lock::acquire(&path, STORE, |wait| {
        waits.push(wait);
        true
    });
    assert!(matches!(busy, Err(LockError::Busy { pid: Some(pid), .. }) if pid == std::process::id()));
    assert_eq!(waits.len(), 10);
    assert!(waits[0] >= Duration::from_millis(100) && waits[0] <= Duration::from_millis(200), "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(10)) && waits[9] == Duration::from_secs(10));
    assert!(matches!(Lock::acquire(&path, REFRESH, |_| false), Err(LockError::GivenUp { .. })));
    let mut held = Some(held);
    Lock::acquire(&path, REFRESH, |_| held.take().is_some()).expect("taken once it was free");
}

#[test]
fn what_a_dead_process_left_is_taken_over_and_nothing_else() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("x.lock");
    let mut child = std::process::Command::new("true").spawn().expect("a process");
    let dead = child.id();
    child.wait().expect("ended");
    let me = std::process::id();
    let recent = jiff::Timestamp::now().to_string();
    for (content, stale) in [
        (format!(r#"{{"pid":{dead},"createdAt":"{recent}"}}"#), true),
        (format!(r#"{{"pid":{me},"createdAt":"{recent}","starttime":1}}"#), true),
        (format!(r#"{{"pid":{me},"createdAt":"2020-01-01T00:00:00.000Z"}}"#), false),
        (r#"{"pid":1,"createdAt":"2020-01-01T00:00:00.000Z"}"#.to_owned(), false),
        (r#"{"createdAt":"2020-01-01T00:00:00.000Z"}"#.to_owned(), true),
        (r#"{"createdAt":"no date"}"#.to_owned(), true),
        (format!(r#"{{"createdAt":"{recent}"}}"#), false),
        (String::new(), false),
        ("{}".to_owned(), false),
    ] {
        fs::write(&path, &content).expect("written");
        match Lock::acquire(&path, STORE, |_| false) {
            Ok(lock) => assert!(stale && lock.is_held(), "{content}"),
            Err(LockError::GivenUp { .. }) => {
                assert!(!stale, "{content}");
                assert_eq!(fs::read_to_string(&path).expect("still there"), content);
            }
            Err(other) => panic!("{content}: {other}"),
        }
    }
}

#[test]
fn a_lock_that_was_taken_over_is_not_ours_to_remove() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("x.lock");
    let lock = Lock::acquire(&path, STORE, never).expect("taken");
    fs::remove_file(&path).expect("removed");
    fs::write(&path, "another's").expect("written");
    assert!(!lock.is_held());
    drop(lock);
    assert_eq!(fs::read_to_string(&path).expect("there"), "another's");
}

#[test]
fn many_at_once_are_one_at_a_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("x.lock");
    // Left behind by a dead process: all of them find it at the same moment.
    fs::write(&path, r#"{"pid":4194304,"createdAt":"2020-01-01T00:00:00.000Z"}"#).expect("written");
    let (inside, turns) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                let lock = loop {
                    // Waiting by yielding: the waits themselves are another test's.
                    match Lock::acquire(&path, REFRESH, |_| {
                        std::thread::yield_now();
                        true
                    }) {
                        Ok(lock) => break lock,
                        Err(LockError::Busy { .. }) => {}
                        Err(other) => panic!("{other}"),
                    }
                };
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two at once");
                std::thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
                turns.fetch_add(1, Ordering::SeqCst);
                drop(lock);
            });
        }
    });
    assert_eq!(turns.load(Ordering::SeqCst), 20);
}
