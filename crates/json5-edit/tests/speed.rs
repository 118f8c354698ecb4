//! The editor stays near-linear: a config of 1 MB, one edit and ten thousand. The bounds are processor time, which a
//! busy machine hardly changes, and wide enough for a debug build; they fail when something becomes quadratic.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use json5_edit::{Document, Edit, MAX_DEPTH, Step, keys, path};
use serde_json::json;
use std::fmt::Write;
use std::time::Duration;

/// About a megabyte, ten thousand keys in one object, comments between.
fn megabyte() -> String {
    let mut text = "{\n  // big\n  agents: {\n    defaults: {\n      models: {\n".to_owned();
    for at in 0..10_000 {
        writeln!(text, "        \"provider-{at}/some-model-{at}\": {{ alias: \"alias-number-{at}\", params: {{ n: {at} }} }}, // {at}").unwrap();
    }
    text.push_str("      },\n    },\n  },\n}\n");
    text
}

/// What `work` gives, and the processor time that it took.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (T, Duration) {
    let start = testkit::measure::thread_cpu();
    let result = work();
    let took = testkit::measure::thread_cpu() - start;
    println!("{what}: {took:?}");
    (result, took)
}

fn entry(at: usize) -> Vec<Step> {
    keys([
        "agents".to_owned(),
        "defaults".to_owned(),
        "models".to_owned(),
        format!("provider-{at}/some-model-{at}"),
        "alias".to_owned(),
    ])
}

#[test]
fn a_megabyte_is_no_trouble() {
    let text = megabyte();
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 });
    let (document, parse) = timed("parse", || Document::parse(&text).unwrap());
    let (one, one_edit) = timed("one edit", || document.edit(&[Edit::set(path("models.mode"), "merge")]).unwrap());
    assert_eq!(one.len() - text.len(), "  models: {\n    mode: \"merge\",\n  },\n".len());

    let batch = |make: &dyn Fn(usize) -> Edit<'static>| (0..10_000).map(make).collect::<Vec<_>>();
    let change = batch(&|at| Edit::set(entry(at), format!("new-{at}")));
    let insert = batch(&|at| Edit::set(entry(at + 10_000), json!({"a": [at]})));
    let append = batch(&|at| Edit::set([path("list"), vec![at.into()]].concat(), json!({"id": format!("m{at}")})));
    let remove = batch(&|at| Edit::remove(entry(at)[..4].to_vec()));
    let (_, changes) = timed("10,000 changes", || document.edit(&change).unwrap());
    let (_, inserts) = timed("10,000 inserts", || document.edit(&insert).unwrap());
    let (list, appends) = timed("10,000 appends", || document.edit(&append).unwrap());
    let (_, removes) = timed("10,000 removes", || document.edit(&remove).unwrap());
    let long = Document::parse(&list).unwrap();
    let shift = batch(&|_| Edit::remove([path("list"), vec![0.into()]].concat()));
    let (_, shifts) = timed("10,000 removes of the first", || long.edit(&shift).unwrap());
    let mut value = long.value();
    value["list"].as_array_mut().unwrap().retain(|item| !item["id"].as_str().unwrap().ends_with('7'));
    let (_, merge) = timed("one merge of the whole", || long.edit(&[Edit::set(Vec::new(), value.clone())]).unwrap());
    for took in [parse, one_edit, changes, inserts, appends, removes, shifts, merge] {
        assert!(took < limit, "{took:?}");
    }
}

/// The same on one line, where every place is on line 1.
#[test]
fn a_long_line_is_no_trouble() {
    let text = megabyte()
        .lines()
        .map(|line| line.split(" // ").next().unwrap().trim())
        .filter(|line| !line.starts_with("//"))
        .collect::<String>();
    let document = Document::parse(&text).unwrap();
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 });
    let change: Vec<Edit<'_>> = (0..10_000).map(|at| Edit::set(entry(at), json!({"deep": {"er": at}}))).collect();
    let (new, took) = timed("10,000 changes on a line", || document.edit(&change).unwrap());
    assert_eq!(new.lines().count(), 1);
    assert!(took < limit, "{took:?}");
}

/// A megabyte that is as deep as can be, everywhere.
#[test]
fn depth_is_no_trouble() {
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 });
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let deep = open.repeat(MAX_DEPTH - 2) + "1" + &close.repeat(MAX_DEPTH - 2) + ",";
        let text = format!("[{}]", deep.repeat(1_000_000 / deep.len()));
        let (document, parse) = timed("parse", || Document::parse(&text).unwrap());
        let (mut value, read) = timed("value", || document.value());
        let (_, edit) = timed("one edit", || document.edit(&[Edit::set(vec![Step::Index(0)], 2)]).unwrap());
        value[100] = json!(1);
        let (_, merge) = timed("one merge", || document.edit(&[Edit::set(vec![], value)]).unwrap());
        for took in [parse, read, edit, merge] {
            assert!(took < limit, "{open} {took:?}");
        }
    }
}

/// Two megabytes of the smallest things there are.
#[test]
fn a_million_elements_are_no_trouble() {
    let text = format!("[{}1]", "1,".repeat(1_000_000));
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 3 });
    let (new, took) = timed("a million elements", || {
        Document::parse(&text).unwrap().edit(&[Edit::set(vec![Step::Index(500_000)], 2)]).unwrap()
    });
    assert_eq!(new.len(), text.len());
    assert!(took < limit, "{took:?}");
}

/// What looks like a comment in a string is none: searched for its end at each, this took minutes.
#[test]
fn strings_that_look_like_comments_are_no_trouble() {
    for start in ["//cdn.example.org/", "/*"] {
        let strings: Vec<String> = (0..50_000).map(|at| format!("\"{start}{at}\"")).collect();
        let document = Document::parse(format!("{{\"l\": [{}]}}", strings.join(", "))).unwrap();
        let after = document.edit(&[Edit::set(path("x"), 1)]).unwrap();
        assert!(after.ends_with("\"x\": 1}"), "{}", &after[after.len() - 40..]);
    }
}
