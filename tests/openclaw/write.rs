//! The write itself: modes, backups, links, rollback, locks, undo.

use crate::home::*;
use openclaw_chutes::diff;
use openclaw_chutes::files::Doing;
use openclaw_chutes::openclaw::error::Error;
use openclaw_chutes::openclaw::read::current::Current;
use openclaw_chutes::openclaw::read::install::Generation;
use openclaw_chutes::openclaw::write::undo::{Undone, undo};
use openclaw_chutes::openclaw::write::{self, undo};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

const CONFIG: &str = ".openclaw/openclaw.json";
const STORE: &str = ".openclaw/agents/main/agent/auth-profiles.json";

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn everything_is_private_and_the_old_bytes_are_kept() {
    let home = Home::with("{a: 1}");
    fs::set_permissions(home.path(CONFIG), Permissions::from_mode(0o644)).unwrap();
    let written = home.commit(&request(api_key(KEY))).unwrap();
    for file in [CONFIG, STORE, "state/undo.json"] {
        assert_eq!(mode(&home.path(file)), 0o600, "{file}");
    }
    for dir in [".openclaw/agents", ".openclaw/agents/main/agent", "state"] {
        assert_eq!(mode(&home.path(dir)), 0o700, "{dir}");
    }
    let backup = written.backups.last().unwrap().as_deref().unwrap();
    assert_eq!(backup, home.path(".openclaw/openclaw.json.chutes-backup-20261122T100000Z"));
    assert_eq!((fs::read_to_string(backup).unwrap().as_str(), mode(backup)), ("{a: 1}", 0o600));
    let names: Vec<_> = home.everything().into_iter().map(|(path, _)| path).collect();
    assert_eq!(names.len(), 3, "no temporary file is left: {names:?}");
    for (path, bytes) in home.everything() {
        let secret = String::from_utf8_lossy(&bytes).contains("canary");
        assert_eq!(secret, path.ends_with("auth-profiles.json"), "{path:?}");
    }
    assert!(!home.read("state/undo.json").contains("canary"));
}

#[test]
fn a_stricter_mode_stays() {
    let home = Home::with("{}");
    fs::set_permissions(home.path(CONFIG), Permissions::from_mode(0o400)).unwrap();
    home.commit(&request(None)).unwrap();
    assert_eq!(mode(&home.path(CONFIG)), 0o400);
}

#[test]
fn a_linked_config_stays_a_link_and_a_linked_store_is_refused() {
    let home = Home::new();
    home.write("dotfiles/openclaw.json", "{}\n");
    fs::create_dir(home.path(".openclaw")).unwrap();
    symlink(home.path("dotfiles/openclaw.json"), home.path(CONFIG)).unwrap();
    let plan = home.plan(&request(None)).unwrap();
    assert_eq!(diff::of(&plan)[0].link.as_deref(), Some(&*home.path(CONFIG)));
    home.commit(&request(None)).unwrap();
    assert!(fs::symlink_metadata(home.path(CONFIG)).unwrap().is_symlink());
    assert!(home.read("dotfiles/openclaw.json").contains("chutes"));

    home.write("elsewhere.json", "{}");
    fs::create_dir_all(home.path(STORE).parent().unwrap()).unwrap();
    symlink(home.path("elsewhere.json"), home.path(STORE)).unwrap();
    let before = home.everything();
    let error = home.commit(&request(api_key(KEY))).unwrap_err();
    assert_eq!(error, Error::SymlinkedSecret { path: home.path(STORE) });
    assert_eq!(home.everything(), before);
}

#[test]
fn backups_are_pruned_to_the_newest_five() {
    let home = Home::with("{}");
    for n in 0..8 {
        let mut change = request(None);
        change.base_url = format!("http://127.0.0.1:{n}/v1");
        home.commit(&change).unwrap();
    }
    let backups: Vec<_> =
        home.everything().into_iter().filter(|(path, _)| path.to_str().unwrap().contains("chutes-backup")).collect();
    assert_eq!(backups.len(), 5);
    assert!(backups.iter().any(|(_, bytes)| String::from_utf8_lossy(bytes).contains(":6/v1")), "the newest is there");
}

#[test]
fn what_stands_in_the_way_is_named_and_nothing_changes() {
    // A directory in place of the store's directory's parent; a file in place of a directory.
    for (name, in_the_way) in [("agents", true), ("agents", false)] {
        let home = Home::with("{}");
        match in_the_way {
            true => home.write(&format!(".openclaw/{name}"), "a file"),
            false => fs::create_dir_all(home.path(STORE)).unwrap(),
        }
        let before = home.everything();
        let error = home.commit(&request(api_key(KEY))).unwrap_err();
        assert!(matches!(error, Error::File(_)), "{error:?}");
        assert!(error.hint(openclaw_chutes::texts::Lang::En).unwrap().contains("out of the way"), "{error:?}");
        assert_eq!(home.everything(), before);
    }
    let home = Home::new();
    fs::create_dir_all(home.path(CONFIG)).unwrap();
    let error = home.commit(&request(None)).unwrap_err();
    assert!(matches!(error, Error::File(openclaw_chutes::files::Error::Io { doing: Doing::Read, .. })), "{error:?}");
    assert!(error.to_string().contains("it is a directory"), "{error}");
}

#[test]
fn undo_restores_exact_bytes_and_takes_new_files_away() {
    let home = Home::with("{ // mine\r\n}\r\n");
    let before = home.everything();
    assert_eq!(undo(&home.state(), None), Err(Error::NothingToUndo));
    home.commit(&request(api_key(KEY))).unwrap();
    assert_eq!(undo::available(&home.state()), Some(NOW));
    let undone = undo(&home.state(), None).unwrap();
    assert_eq!(undone, Undone { restored: vec![home.path(CONFIG)], removed: vec![home.path(STORE)], stays: None });
    let after: Vec<_> =
        home.everything().into_iter().filter(|(path, _)| !path.to_str().unwrap().contains("backup")).collect();
    assert_eq!(after, before);
    assert_eq!(undo(&home.state(), None), Err(Error::NothingToUndo));
}

#[test]
fn undo_refuses_when_somebody_wrote_since() {
    let home = Home::with("{}");
    home.commit(&request(api_key(KEY))).unwrap();
    home.write(CONFIG, &(home.config() + "\n"));
    let before = home.everything();
    assert_eq!(undo(&home.state(), None), Err(Error::ChangedSince { path: home.path(CONFIG) }));
    assert_eq!(home.everything(), before);
    assert_eq!(undo::available(&home.state()), None);
}

#[test]
fn a_config_that_openclaw_took_back_is_found() {
    let home = Home::with("{ // mine\n}\n");
    home.commit(&request(api_key(KEY))).unwrap();
    let ours = home.config();
    home.write(".openclaw/openclaw.json.clobbered.2026-11-22T10-00-05Z", &ours);
    assert_eq!(undo::reverted(&home.state()), None, "the config is still ours");
    home.write(CONFIG, "{}\n");
    let aside = home.path(".openclaw/openclaw.json.clobbered.2026-11-22T10-00-05Z");
    assert_eq!(undo::reverted(&home.state()), Some(aside.clone()));
    fs::write(&aside, ours + " ").unwrap();
    assert_eq!(undo::reverted(&home.state()), None, "not what we wrote");
}

#[test]
fn no_edit_of_another_writer_is_lost() {
    const ROUNDS: usize = 50;
    let home = Home::with("{}");
    let path = home.path(CONFIG);
    let (start, started) = std::sync::mpsc::sync_channel::<usize>(0);
    let mut ours = 0;
    std::thread::scope(|scope| {
        // Once a round, while our write runs: adds a member to what it finds, unless that changed meanwhile.
        scope.spawn(|| {
            for n in started {
                loop {
                    let text = fs::read_to_string(&path).unwrap();
                    let mut value: serde_json::Value = json5::from_str(&text).unwrap();
                    value[format!("theirs{n}")] = n.into();
                    let temp = path.with_file_name("theirs.tmp");
                    fs::write(&temp, value.to_string()).unwrap();
                    if fs::read_to_string(&path).unwrap() == text {
                        fs::rename(&temp, &path).unwrap();
                        break;
                    }
                }
            }
        });
        let start = start;
        for n in 0..ROUNDS {
            let mut change = request(None);
            change.base_url = format!("http://127.0.0.1:{}/v1", 1000 + n);
            start.send(n).unwrap();
            ours += usize::from(home.commit(&change).is_ok());
        }
    });
    let value = home.config_value();
    let lost: Vec<_> = (0..ROUNDS).filter(|n| value[format!("theirs{n}")] != *n).collect();
    assert!(lost.is_empty() && ours == ROUNDS, "{ours} of ours, lost of theirs: {lost:?}");
}

#[test]
fn what_is_written_is_what_was_reviewed() {
    // What somebody does while the plan is being read, and the file that is named.
    type Case = (&'static str, fn(&Home), &'static str);
    let cases: [Case; 5] = [
        ("the config", |home| home.write(CONFIG, "{ agents: { defaults: { model: 'anthropic/x' } } }"), CONFIG),
        ("a config where there was none", |home| home.write(CONFIG, "{ theirs: 1 }"), CONFIG),
        ("a config that goes away", |home| fs::remove_file(home.path(CONFIG)).unwrap(), CONFIG),
        ("the store", |home| home.write(STORE, "{\"profiles\": {}}"), STORE),
        ("an included file", |home| home.write(".openclaw/more.json5", "{ theirs: 2 }"), ".openclaw/more.json5"),
    ];
    for (what, change, named) in cases {
        let home = match what {
            "a config where there was none" => Home::new(),
            "an included file" => Home::with("{ more: { $include: './more.json5' } }"),
            _ => Home::with("{a: 1}"),
        };
        if what == "an included file" {
            home.write(".openclaw/more.json5", "{ theirs: 1 }");
        }
        let wish = request(api_key(KEY));
        let reviewed = home.plan(&wish).unwrap().fingerprint;
        change(&home);
        let before = home.everything();
        let commit = |reviewed| write::commit(&home.site(), &wish, Some(reviewed), &home.state(), NOW);
        let error = commit(&reviewed).unwrap_err();
        assert_eq!(error.changed_since_review(), Some(&[home.path(named)][..]), "{what}: {error}");
        assert_eq!(home.everything(), before, "{what}: nothing unseen is written");
        // What is there now has been looked at: it is written.
        let reviewed = home.plan(&wish).unwrap().fingerprint;
        let written = commit(&reviewed).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(written.plan.changes_anything() && written.plan.fingerprint == reviewed, "{what}");
    }
}

#[test]
fn what_changed_since_the_choice_was_made_is_named() {
    let home = Home::with("{a: 1}");
    let mut wish = request(api_key(KEY));
    wish.basis = Some(Current::of(&home.site().read().unwrap(), NOW));
    assert_eq!(home.plan(&wish).unwrap().fingerprint.changed_since(&wish.basis.as_ref().unwrap().fingerprint).len(), 0);
    home.write(CONFIG, "{a: 2}");
    let written = home.commit(&wish).unwrap();
    assert_eq!(written.changed_meanwhile, [home.path(CONFIG)]);
    assert_eq!(home.config_value()["a"], 2);
}

#[test]
fn two_runs_at_once_wait_for_each_other() {
    let home = Home::with("{}");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| home.commit(&request(api_key(KEY))).unwrap());
        }
    });
    assert!(!home.plan(&request(api_key(KEY))).unwrap().changes_anything());
    assert_eq!(home.everything().len(), 3, "one of the four wrote, with one backup");
}

#[test]
fn the_diff_shows_no_secret() {
    let home = Home::new();
    home.commit(&request(oauth("alice"))).unwrap();
    let plan = home.plan(&request(api_key(KEY))).unwrap();
    let shown = format!("{:?}", diff::of(&plan));
    assert!(!shown.contains("canary") && shown.contains("…1234") && shown.contains("…0001"), "{shown}");
    assert!(!format!("{:?}", plan.replaced).contains("canary"));
}

/// A home whose OpenClaw is this shell script.
fn with_script(config: &str, script: &str) -> Home {
    let mut home = Home::with(config);
    home.generation = Generation::SharedSqlite;
    home.program = home.path("openclaw");
    home.write("openclaw", &format!("#!/bin/sh\nhere={}\n{script}", home.root().display()));
    fs::set_permissions(&home.program, Permissions::from_mode(0o755)).unwrap();
    home
}

#[test]
fn a_database_store_gets_the_key_on_standard_input_and_the_config_keeps_its_comments() {
    let home = with_script(
        "{} // mine\n",
        r#"
        echo "$@" >> $here/args
        case "$*" in
        *paste-api-key*) cat > $here/stdin; echo '{}' > "$OPENCLAW_CONFIG_PATH" ;;
        *list*) echo 'a warning'; echo '{"profiles":[{"id":"chutes:default"}]}' ;;
        esac"#,
    );
    let written = home.commit(&request(api_key(KEY))).unwrap();
    assert!(written.plan.handover.is_some());
    assert_eq!(home.read("stdin"), format!("{KEY}\n"));
    let args = "models auth paste-api-key --provider chutes --profile-id chutes:default\nmodels auth list --json\n";
    assert_eq!(home.read("args"), args);
    assert!(home.config().ends_with("} // mine\n") && home.config().contains("chutes:default"), "{}", home.config());
    let names: Vec<_> = fs::read_dir(home.path(".openclaw")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "config and backup, no scratch: {names:?}");
}

/// The second key goes into OpenClaw's database, and no file changes: undo does not reach behind that.
#[test]
fn a_hand_over_alone_is_the_last_write_and_has_no_way_back() {
    let home = with_script(
        "{}\n",
        r#"case "$*" in
        *paste-api-key*) cat > /dev/null; echo '{}' > "$OPENCLAW_CONFIG_PATH" ;;
        *list*) echo '{"profiles":[{"id":"chutes:default"}]}' ;;
        esac"#,
    );
    assert!(home.commit(&request(api_key(KEY))).unwrap().undoable);
    let config = home.config();
    let second = home.commit(&request(api_key("cpk_0123456789.abcdefabcdef.canary-abcd5678"))).unwrap();
    assert!(second.plan.handover.is_some() && second.plan.files.is_empty() && !second.undoable);
    assert_eq!(undo::available(&home.state()), None);
    let refused = undo(&home.state(), None).unwrap_err();
    assert_eq!(refused, Error::OnlyHandedOver { profile_id: "chutes:default".into() });
    assert_eq!((refused.code(), home.config()), ("nothing-to-undo", config));
}

#[test]
fn a_key_that_openclaw_did_not_take_changes_nothing() {
    for (script, exit) in [
        (r#"case "$*" in *paste*) cat >&2; exit 7 ;; esac"#, Some(7)),
        (r#"cat > /dev/null; echo '{"profiles":[]}'"#, Some(0)),
    ] {
        let home = with_script("{}", script);
        let before = home.everything();
        let error = home.commit(&request(api_key(KEY))).unwrap_err();
        assert!(matches!(&error, Error::Handover { exit: code, .. } if *code == exit), "{error:?}");
        assert!(!error.to_string().contains("canary"), "{error}");
        assert_eq!(home.everything(), before);
    }
}
