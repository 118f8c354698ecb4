//! The diff of a config with ten thousand models costs little beside the text itself. A test of its own:
//! the high-water mark of memory is one for the whole process.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use openclaw_chutes::openclaw::diff;
use openclaw_chutes::openclaw::plan::{FileChange, Plan, Role};
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

/// Kilobytes of memory: at most since the mark was set back, and now.
fn resident() -> (usize, usize) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    };
    (field("VmHWM:"), field("VmRSS:"))
}

#[test]
fn a_diff_needs_little_beside_the_text() {
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
    let plan = Plan { files: vec![file], ..Plan::default() };
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let (_, before) = resident();
    let begun = Instant::now();
    let files = diff::of(&plan);
    let took = begun.elapsed();
    let (most, now) = resident();
    println!("peak +{} KB, kept +{} KB, {took:?}", most - before, now - before);
    assert!(most < before + 1_500 && now < before + 1_200, "{before} KB before, {most} at most, {now} after");

    let text = std::str::from_utf8(&plan.files[0].after).unwrap();
    let [hunk] = &files[0].hunks[..] else { panic!("one hunk: {}", files[0].hunks.len()) };
    assert_eq!((files[0].added, hunk.len()), (text.lines().count(), text.lines().count()));
    assert!(hunk.lines().map(|line| line.text).eq(text.lines()));
    let middle = hunk.len() / 2;
    let begun = Instant::now();
    let screen: Vec<_> = hunk.lines_from(middle).take(40).collect();
    println!("a screen of it: {:?}", begun.elapsed());
    assert!(screen.iter().map(|line| &*line.text).eq(text.lines().skip(middle).take(40)));
    assert_eq!(screen[0].new, Some(middle + 1));
}
