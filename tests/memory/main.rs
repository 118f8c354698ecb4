//! To show and to write a config with ten thousand models costs little memory beside the text itself. One
//! test: the high-water mark is one for the whole process.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use openclaw_chutes::diff::FileDiff;
use openclaw_chutes::files::write_private;
use openclaw_chutes::openclaw::types::{FileChange, Role};
use std::fmt::Write;
use std::time::Instant;

/// A new config as it is written with ten thousand models: 5.5 MB, 190,000 lines.
fn many_models() -> String {
    let mut text = "{\n  \"models\": {\n    \"providers\": {\n      \"chutes\": {\n        \"models\": [\n".to_owned();
    for at in 0..10_000 {
        let id = format!("maker-{}/Some-Model-{at}-{}B-Instruct", at % 97, at * 7919 % 977);
        let price = f64::from(at * 31 % 997) / 100.0;
        write!(
            text,
            r#"          {{
            "id": "{id}",
            "name": "chutes/{id}",
            "reasoning": {},
            "input": [
              "text",
              "image"
            ],
            "cost": {{
              "input": {price},
              "output": {},
              "cacheRead": {}
            }},
            "contextWindow": {},
            "maxTokens": {},
            "compat": {{
              "supportsUsageInStreaming": false
            }}
          }}{}
"#,
            at % 3 == 0,
            price * 4.0,
            price / 2.0,
            1024 * (1 + at % 256),
            512 * (1 + at % 128),
            if at < 9_999 { "," } else { "" },
        )
        .unwrap();
    }
    text.push_str("        ]\n      }\n    }\n  }\n}\n");
    text
}

/// Runs `work`; how many kilobytes of memory it had at most beyond what there was, and how many it keeps.
fn measured<T>(what: &str, work: impl FnOnce() -> T) -> (T, usize, usize) {
    let resident = |field: &str| -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    // Sets the high-water mark back.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident("VmRSS:");
    let begun = Instant::now();
    let result = work();
    let took = begun.elapsed();
    let (most, kept) = (resident("VmHWM:").saturating_sub(before), resident("VmRSS:").saturating_sub(before));
    println!("{what}: at most {most} KB, {kept} KB kept, {took:?}");
    (result, most, kept)
}

#[test]
fn little_memory_is_needed_beside_the_text() {
    let after = many_models().into_bytes();
    println!("{} bytes, {} lines", after.len(), after.iter().filter(|byte| **byte == b'\n').count());
    let file = FileChange {
        role: Role::Config,
        path: "/home/ada/.openclaw/openclaw.json".into(),
        link: None,
        before: None,
        after,
        mode: 0o600,
        backup: None,
    };
    let (diff, most, kept) = measured("diff", || FileDiff::of(&file));
    assert!(most < 1_500 && kept < 1_200, "{most} KB, {kept} KB kept");

    let text = std::str::from_utf8(&file.after).unwrap();
    let [hunk] = &diff.hunks[..] else { panic!("one hunk: {}", diff.hunks.len()) };
    assert_eq!((diff.added, hunk.len()), (text.lines().count(), text.lines().count()));
    assert!(hunk.lines().map(|line| line.text).eq(text.lines()));
    let middle = hunk.len() / 2;
    let (screen, _, _) = measured("a screen of it", || hunk.lines_from(middle).take(40).collect::<Vec<_>>());
    assert!(screen.iter().map(|line| &*line.text).eq(text.lines().skip(middle).take(40)));
    assert_eq!(screen[0].new, Some(middle + 1));

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("private/openclaw.json");
    let (written, most, _) = measured("write", || write_private(&path, &file.after));
    written.unwrap();
    assert!(most < 500, "{most} KB");
    assert!(std::fs::read(path).unwrap() == file.after);
}
