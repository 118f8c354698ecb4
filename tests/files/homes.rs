//! Root in somebody else's home (`sudo` that keeps `HOME`): no planted link is followed, nothing of root's is left.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::Path;
use testkit::{Home, Ran, need};

const BIN: &str = env!("CARGO_BIN_EXE_openclaw-chutes");
const KEY: &str = "cpk_0123abcd.4567ef.canary89";
const OWNER: u32 = 12_345;

fn onboard(home: &Home) -> Ran {
    let args = [BIN, "onboard", "--non-interactive", "--json", "--api-key-stdin", "--skip-verify"];
    home.run_with_input(args, format!("{KEY}\n"))
}

/// Everything below a directory, links not followed.
fn below(dir: &Path, found: &mut Vec<std::path::PathBuf>) {
    for path in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
        found.push(path.clone());
        if fs::symlink_metadata(&path).unwrap().is_dir() {
            below(&path, found);
        }
    }
}

/// A home of another user, with this in it; `elsewhere`: a directory of root's.
fn home_with(prepare: impl FnOnce(&Home, &Path)) -> (Home, tempfile::TempDir) {
    let mut home = Home::new();
    // Nobody answers there.
    home.set("CHUTES_BASE_URL", "http://127.0.0.1:9/v1");
    let elsewhere = tempfile::tempdir().unwrap();
    fs::set_permissions(elsewhere.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(elsewhere.path().join("valid.json"), "{}").unwrap();
    fs::write(elsewhere.path().join("shadow"), "root only line").unwrap();
    fs::create_dir_all(home.join(".openclaw/agents/main")).unwrap();
    prepare(&home, elsewhere.path());
    let mut all = vec![home.path().to_owned()];
    below(home.path(), &mut all);
    all.iter().for_each(|path| lchown(path, Some(OWNER), Some(OWNER)).unwrap());
    (home, elsewhere)
}

#[test]
fn everything_belongs_to_the_owner_of_the_home() {
    if !need::root() {
        return;
    }
    let (home, _elsewhere) = home_with(|_, _| {});
    for _ in 0..2 {
        let ran = onboard(&home);
        assert_eq!(ran.code, 0, "{ran:?}");
        let mut all = Vec::new();
        below(home.path(), &mut all);
        for path in all {
            assert_eq!(fs::symlink_metadata(&path).unwrap().uid(), OWNER, "{}", path.display());
        }
    }
}

/// What OpenClaw's own command makes there is not root's either.
#[test]
fn openclaw_runs_as_the_owner_of_the_home() {
    if !need::root() {
        return;
    }
    let (mut home, elsewhere) = home_with(|home, _| drop(home.write("bin/empty", "")));
    fs::create_dir_all(elsewhere.path().join("lib/openclaw")).unwrap();
    let package = r#"{"name": "openclaw", "version": "2026.9.6"}"#;
    fs::write(elsewhere.path().join("lib/openclaw/package.json"), package).unwrap();
    let program = elsewhere.path().join("lib/openclaw/openclaw");
    fs::write(&program, "#!/bin/sh\ncat >/dev/null\nid -u >\"$HOME/.openclaw/made\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    home.set("PATH", format!("{}:/usr/bin:/bin", program.parent().unwrap().display()));
    onboard(&home);
    assert_eq!(home.read(".openclaw/made").trim(), OWNER.to_string());
    let made = fs::metadata(home.join(".openclaw/made")).unwrap();
    assert_eq!((made.uid(), made.gid()), (OWNER, OWNER));
}

#[test]
fn a_link_out_of_the_home_is_refused_by_name_and_nothing_is_touched() {
    if !need::root() {
        return;
    }
    for (link, target) in [
        (".local/state/openclaw-chutes", ""),
        (".local/state/openclaw-chutes", "none/deep"),
        (".openclaw/openclaw.json", "valid.json"),
        (".openclaw/openclaw.json", "new.json"),
        (".openclaw/openclaw.json", "shadow"),
        (".openclaw/agents/main/agent", ""),
        (".openclaw/agents/main/agent", "none"),
    ] {
        let (home, elsewhere) = home_with(|home, elsewhere| symlink(elsewhere.join(target), home.join(link)).unwrap());
        let ran = onboard(&home);
        assert_eq!(ran.code, 1, "{link} {ran:?}");
        assert!(ran.stdout.contains("planted-link") && ran.stdout.contains(link), "{link} {ran:?}");
        assert!(!ran.stdout.contains("root only line") && !ran.stderr.contains("root only line"), "{ran:?}");
        let mut left = Vec::new();
        below(elsewhere.path(), &mut left);
        assert_eq!(left.len(), 2, "{link}: {left:?}");
        assert_eq!(fs::metadata(elsewhere.path()).unwrap().mode() & 0o777, 0o755, "{link}");
        assert_eq!(fs::read_to_string(elsewhere.path().join("valid.json")).unwrap(), "{}", "{link}");
    }
}

/// What the owner's links lead to within what is theirs is followed as ever.
#[test]
fn a_link_of_the_owners_to_what_is_theirs_is_followed() {
    if !need::root() {
        return;
    }
    let (home, _elsewhere) = home_with(|home, _| {
        home.write("dotfiles/openclaw.json", "{}");
        symlink(home.join("dotfiles/openclaw.json"), home.join(".openclaw/openclaw.json")).unwrap();
    });
    let ran = onboard(&home);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(home.read("dotfiles/openclaw.json").contains("chutes"));
}

/// A pipe, a device, a directory in the place of a lock is refused at once, by name.
#[test]
fn what_is_no_lock_file_is_not_waited_for() {
    let lock = ".openclaw/agents/main/agent/auth-profiles.json.lock";
    for kind in ["pipe", "directory", "link to a device"] {
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", "http://127.0.0.1:9/v1");
        let path = home.join(lock);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match kind {
            "pipe" => {
                let made = home.run(["mkfifo".as_ref(), path.as_os_str()]);
                assert_eq!(made.code, 0, "{made:?}");
            }
            "directory" => fs::create_dir(&path).unwrap(),
            _ => symlink("/dev/zero", &path).unwrap(),
        }
        let ran = onboard(&home);
        assert_eq!(ran.code, 1, "{kind} {ran:?}");
        assert!(ran.stdout.contains("auth-profiles.json.lock"), "{kind} {ran:?}");
    }
}

/// A `.env` that cannot be read stops nobody who does not need it.
#[test]
fn a_dotenv_that_is_a_pipe_stops_nothing() {
    let mut home = Home::new();
    home.set("CHUTES_BASE_URL", "http://127.0.0.1:9/v1");
    fs::create_dir_all(home.join(".openclaw")).unwrap();
    let made = home.run(["mkfifo".as_ref(), home.join(".openclaw/.env").as_os_str()]);
    assert_eq!(made.code, 0, "{made:?}");
    for args in [&["models", "list"][..], &["models", "status"], &["config", "get", "models"]] {
        let ran = home.run([&[BIN], args].concat());
        assert!(!ran.stderr.contains(".env"), "{args:?} {ran:?}");
    }
    let ran = onboard(&home);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// A secret typed where another word belongs is not repeated.
#[test]
fn a_secret_in_the_wrong_place_is_not_echoed() {
    let home = Home::new();
    let sk = "sk-ant-api03-Zq7Xw2Lk9Vb4Tn8Rj3";
    for secret in ["cpk_Zq7Xw2Lk9Vb4.Tn8Rj3Hd6Ys1.Pf5Gm0Cx7wQj", sk] {
        let wrapped =
            [format!("chutes/{secret}"), format!("models.{secret}"), format!("--<{secret}>"), secret.to_owned()];
        for word in &wrapped {
            for before in [&["models", "set"][..], &["models", "aliases", "remove"], &["config", "get"], &["undo"], &[]]
            {
                for json in [&[][..], &["--json"]] {
                    let ran = home.run([&[BIN], before, &[word.as_str()], json].concat());
                    let said = format!("{}{}", ran.stdout, ran.stderr);
                    let pieces = secret.as_bytes().windows(8).filter(|piece| piece.iter().any(u8::is_ascii_digit));
                    for piece in pieces {
                        let piece = std::str::from_utf8(piece).unwrap();
                        assert!(!said.contains(piece), "{before:?} {word}: {said}");
                    }
                }
            }
        }
    }
}

/// A path that is no text is refused; the default config is not written in its place.
#[test]
fn a_config_path_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    for name in ["OPENCLAW_CONFIG_PATH", "OPENCLAW_STATE_DIR"] {
        let mut home = Home::new();
        home.set("CHUTES_BASE_URL", "http://127.0.0.1:9/v1");
        home.set(name, std::ffi::OsString::from_vec(b"/tmp/caf\xe9".to_vec()));
        let ran = onboard(&home);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stdout.contains(name), "{ran:?}");
        assert!(!home.join(".openclaw").exists());
    }
}
