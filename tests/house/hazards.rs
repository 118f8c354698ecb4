//! What is dangerous is done in few places: the table "Who may do what" in ARCHITECTURE.md names them all, and no other
//! file of the product does it.

use crate::{files, read};
use std::collections::BTreeSet;

/// A row of the table, and what in the source gives it away.
const HAZARDS: [(&str, &[&str]); 6] = [
    ("terminal modes", &["enable_raw_mode", "disable_raw_mode", "tcsetattr", "EnterAlternateScreen"]),
    (
        "files are written",
        &[
            "fs::write(",
            "File::create",
            "fs::rename",
            "fs::remove_file",
            "fs::copy(",
            "OpenOptions::new()",
            "set_permissions(",
            "fs::create_dir",
            "DirBuilder::new()",
        ],
    ),
    ("tasks and threads", &["thread::spawn", "thread::Builder", "spawn_blocking(", "tokio::spawn(", "thread::scope"]),
    ("processes are started", &[".spawn()", ".output()", ".status()"]),
    ("colours are named", &["Color::"]),
    ("the process ends", &["process::exit", "process::abort"]),
];

/// What a file of the product does, without its comments and its tests.
fn code(path: &str) -> String {
    let text = read(path);
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// Processes are recognised by a call on a `Command` of the standard library or of tokio.
fn does(hazard: &str, code: &str, marks: &[&str]) -> bool {
    let starts = hazard != "processes are started" || code.contains("process::Command") || code.contains("process::{");
    starts && marks.iter().any(|mark| code.contains(mark))
}

#[test]
fn only_the_named_files_do_what_is_dangerous() {
    let document = read("ARCHITECTURE.md");
    let table = document.split("## Who may do what").nth(1).expect("the table");
    let mut wrong = Vec::new();
    for (hazard, marks) in HAZARDS {
        let row = table.lines().find(|line| line.starts_with(&format!("| {hazard} |"))).expect(hazard);
        let named: BTreeSet<String> = row
            .split('`')
            .skip(1)
            .step_by(2)
            .map(|name| format!("src/{name}"))
            .filter(|name| name.ends_with(".rs"))
            .collect();
        let doing: BTreeSet<String> = files("src")
            .into_iter()
            .map(|path| path.display().to_string())
            .filter(|path| path.ends_with(".rs") && !path.contains("tests"))
            // The stand-in serves the demo and the tests; it has no hand in anybody's files or terminal.
            .filter(|path| !path.starts_with("src/standin/") || matches!(hazard, "terminal modes" | "the process ends"))
            .filter(|path| does(hazard, &code(path), marks))
            .collect();
        wrong.extend(doing.difference(&named).map(|file| format!("{hazard}: {file} does it and is not named")));
        wrong.extend(named.difference(&doing).map(|file| format!("{hazard}: {file} is named and does not")));
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md, \"Who may do what\":\n{}", wrong.join("\n"));
}
