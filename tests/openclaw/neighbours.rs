//! What lies beside the files that are written: only what a record of ours names is ever removed.

use crate::home::{Home, KEY, api_key, request};
use openclaw_chutes::openclaw::write::undo::undo;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// Paths and contents of everything below a home but our own state; None: a directory.
fn tree(home: &Home) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut dirs = vec![home.root().to_owned()];
    while let Some(dir) = dirs.pop() {
        for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if path == home.path("state") {
                continue;
            }
            if path.is_dir() {
                dirs.push(path.clone());
                found.insert(path, None);
            } else {
                found.insert(path.clone(), Some(fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// Long ago, or far in the future.
fn date(path: &PathBuf, old: bool) {
    let time = match old {
        true => SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000),
        false => SystemTime::now() + Duration::from_secs(30 * 86_400),
    };
    let _ = fs::File::open(path).and_then(|file| file.set_modified(time));
}

fn base_url(n: usize) -> openclaw_chutes::openclaw::plan::Request {
    let mut change = request(None);
    change.base_url = format!("http://127.0.0.1:{n}/v1");
    change
}

#[test]
fn directories_and_files_of_the_users_stay_whatever_they_are_called() {
    let home = Home::with("{}");
    for (name, old) in [
        (".openclaw/.chutes-notes/diary", true),
        (".openclaw/.chutes-0123456789abcdef/openclaw.json", true),
        (".openclaw/.openclaw.json.chutes-draft", true),
        (".openclaw/.openclaw.json.chutes-0123456789abcdef", true),
        (".openclaw/openclaw.json.chutes-backup-mine0", true),
        (".openclaw/openclaw.json.chutes-backup-20250101T000000Z", true),
        (".openclaw/openclaw.json.chutes-backup-20250102T000000Z", false),
    ] {
        home.write(name, "precious");
        date(&home.path(name), old);
        date(&home.path(name).parent().unwrap().to_owned(), old);
    }
    let before = tree(&home);
    for n in 0..8 {
        home.commit(&base_url(n)).unwrap();
    }
    undo(&home.state(), None).unwrap();
    let after = tree(&home);
    for (path, content) in before {
        if !path.ends_with("openclaw.json") || path.to_string_lossy().contains(".chutes-") {
            assert_eq!(after.get(&path), Some(&content), "{}", path.display());
        }
    }
}

#[test]
fn a_clock_that_was_set_back_does_not_cost_the_newest_backup() {
    let home = Home::with("{}");
    for n in 0..7 {
        home.commit(&base_url(n)).unwrap();
        for (path, _) in tree(&home).iter().filter(|(path, _)| path.to_string_lossy().contains("backup")) {
            // Made while the clock was ahead.
            date(path, false);
        }
    }
    let before = home.config();
    home.commit(&base_url(99)).unwrap();
    undo(&home.state(), None).unwrap();
    assert_eq!(home.config(), before);
}

#[test]
fn the_first_backup_is_never_the_one_that_goes() {
    let home = Home::with("{\n  // by hand\n}\n");
    for n in 0..12 {
        home.commit(&base_url(n)).unwrap();
    }
    let backups: Vec<_> =
        tree(&home).into_iter().filter(|(path, _)| path.to_string_lossy().contains("chutes-backup")).collect();
    assert_eq!(backups.len(), 5);
    assert!(backups.iter().any(|(_, bytes)| bytes.as_deref() == Some(b"{\n  // by hand\n}\n")));
}

/// An undo record that cannot be written is said before anything is.
#[test]
fn without_an_undo_record_nothing_is_written() {
    let home = Home::with("{}");
    fs::create_dir_all(home.path("state/undo.json/in-the-way")).unwrap();
    let before = tree(&home);
    let error = home.commit(&request(api_key(KEY))).unwrap_err().to_string();
    assert!(error.contains("undo.json"), "{error}");
    assert_eq!(tree(&home), before);
}

fn names() -> impl Strategy<Value = String> {
    let hex = "[0-9a-f]{16}";
    prop_oneof![
        hex.prop_map(|hex| format!(".chutes-{hex}")),
        hex.prop_map(|hex| format!(".openclaw.json.chutes-{hex}")),
        hex.prop_map(|hex| format!(".auth-profiles.json.chutes-{hex}")),
        "[0-9]{8}T[0-9]{6}Z(-[2-9])?".prop_map(|stamp| format!("openclaw.json.chutes-backup-{stamp}")),
        "[a-z]{1,8}".prop_map(|word| format!("openclaw.json.chutes-backup-{word}")),
        "[a-z]{1,8}".prop_map(|word| format!(".chutes-{word}")),
        "openclaw\\.json\\.(bak|bak\\.[1-4]|lock|tmp)",
        "[a-z.]{1,10}[a-z]",
    ]
}

fn cases() -> u32 {
    std::env::var("OPENCLAW_CHUTES_TEST_TREES").ok().and_then(|count| count.parse().ok()).unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
    /// Every path that was there before writes and undos is there after, byte for byte, but those we write.
    #[test]
    fn nothing_beside_the_files_changes(
        entries in prop::collection::vec((prop::sample::select(vec!["", ".openclaw/", ".openclaw/agents/main/agent/"]), names(), any::<bool>(), any::<bool>()), 1..8),
        writes in 1..4_usize,
        takes_back in any::<bool>(),
    ) {
        let home = Home::with("{}");
        for (dir, name, is_dir, old) in &entries {
            let path = home.path(&format!("{dir}{name}"));
            if path.exists() || ["state", "openclaw.json", "auth-profiles.json", "auth-profiles.json.lock"].contains(&name.as_str()) {
                continue;
            }
            match is_dir {
                true => home.write(&format!("{dir}{name}/inside"), "precious"),
                false => home.write(&format!("{dir}{name}"), "precious"),
            }
            date(&path, *old);
        }
        let ours = [".openclaw/openclaw.json", ".openclaw/agents/main/agent/auth-profiles.json", ".openclaw/agents/main/agent/auth-state.json"].map(|name| home.path(name));
        let before = tree(&home);
        for n in 0..writes {
            let mut change = base_url(n);
            change.credential = api_key(KEY);
            home.commit(&change).unwrap();
        }
        if takes_back {
            undo(&home.state(), None).unwrap();
        }
        let after = tree(&home);
        for (path, content) in before.iter().filter(|(path, _)| !ours.contains(path)) {
            prop_assert_eq!(after.get(path), Some(content), "{}", path.display());
        }
        // And what is new is a file of ours, or a backup.
        for path in after.keys().filter(|path| !before.contains_key(*path) && !ours.contains(path)) {
            let backup = path.to_string_lossy().contains(".chutes-backup-");
            prop_assert!(backup || path.is_dir(), "{}", path.display());
        }
    }
}
