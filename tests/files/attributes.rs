//! What a file has beside its bytes and permission bits: extended attributes, an access control list, other names.
//! The file that takes its place has them, too, or the loss is said.

use crate::faults::{BIN, CONFIG, STORE, Stage};
use serde_json::Value;
use testkit::{Home, need};

/// What `getfattr` and `getfacl` say of a file.
fn attributes(home: &Home, file: &str) -> String {
    let path = home.join(file);
    let run = |argv: &[&str]| {
        let ran = home.run(argv.iter().copied().chain([path.to_str().unwrap()]));
        assert_eq!(ran.code, 0, "{argv:?}: {ran:?}");
        ran.stdout
    };
    run(&["getfattr", "--absolute-names", "-d", "-m", "^user"]) + &run(&["getfacl", "--absolute-names", "-n"])
}

fn set(home: &Home, argv: &[&str]) {
    let ran = home.run(argv);
    assert_eq!(ran.code, 0, "{argv:?}: {ran:?}");
}

fn warnings(stdout: &str) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(stdout).unwrap();
    let warnings = document["warnings"].as_array().unwrap().iter();
    warnings.map(|one| (one["code"].as_str().unwrap().into(), one["message"].as_str().unwrap().into())).collect()
}

#[test]
fn attributes_and_access_lists_stay_with_the_file() {
    let stage = Stage::new();
    let home = stage.home();
    for file in [CONFIG, STORE] {
        let path = home.join(file);
        let path = path.to_str().unwrap();
        set(&home, &["setfattr", "-n", "user.note", "-v", "precious", path]);
        set(&home, &["setfacl", "-m", "u:12345:r--", path]);
    }
    let before = [CONFIG, STORE].map(|file| attributes(&home, file));
    assert!(before.iter().all(|said| said.contains("user.note=\"precious\"") && said.contains("user:12345:r--")));
    let ran = stage.onboard(&home, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!([CONFIG, STORE].map(|file| attributes(&home, file)), before);
    assert!(warnings(&ran.stdout).iter().all(|(code, _)| code != "attributes-lost"), "{ran:?}");
    let undone = home.run([BIN, "undo"]);
    assert_eq!(undone.code, 0, "{undone:?}");
    assert_eq!([CONFIG, STORE].map(|file| attributes(&home, file)), before);
    // The copies are for nobody else.
    for file in home.files().iter().filter(|file| file.to_string_lossy().contains(".chutes-backup-")) {
        assert!(!attributes(&home, file.to_str().unwrap()).contains("12345"), "{}", file.display());
    }
}

#[test]
fn attributes_that_cannot_be_carried_over_are_named() {
    if !need::strace() {
        return;
    }
    let stage = Stage::new();
    let home = stage.home();
    let path = home.join(CONFIG);
    set(&home, &["setfattr", "-n", "user.note", "-v", "precious", path.to_str().unwrap()]);
    let (ran, _) = stage.traced(&home, Some("fsetxattr:error=EOPNOTSUPP"));
    assert_eq!(ran.code, 0, "{ran:?}");
    let warnings = warnings(&ran.stdout);
    let said = warnings.iter().find(|(code, _)| code == "attributes-lost").map(|(_, message)| message.as_str());
    assert!(said.is_some_and(|said| said.contains("user.note") && said.contains(path.to_str().unwrap())), "{ran:?}");
}

#[test]
fn other_names_of_a_file_keep_the_old_bytes_and_that_is_said() {
    let stage = Stage::new();
    let home = stage.home();
    let old = home.read(CONFIG);
    std::fs::hard_link(home.join(CONFIG), home.join("other-name")).unwrap();
    let ran = stage.onboard(&home, &[]);
    assert_eq!((ran.code, home.read("other-name")), (0, old), "{ran:?}");
    let warnings = warnings(&ran.stdout);
    let said: Vec<_> = warnings.iter().filter(|(code, _)| code == "hard-link-broken").collect();
    let named = |message: &str| message.contains(home.join(CONFIG).to_str().unwrap());
    assert!(matches!(said[..], [(_, message)] if named(message)), "{ran:?}");
}
