//! Our parser accepts what OpenClaw's own (npm `json5`) accepts, and reads the same values.
//!
//! `OPENCLAW_CHUTES_TEST_JSON5` names the folder of the npm package (`…/node_modules/json5`) and
//! `OPENCLAW_CHUTES_TEST_NODE` the program `node`; scripts/test sets both. `JSON5_CASES` documents, 20,000 by default.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod support;

use json5_edit::{Document, SyntaxKind};
use serde_json::{Map, Value};
use std::io::Write;
use std::process::{Command, Stdio};
use support::{Choices, document, edits, mutate, random_bytes, same};

/// What npm json5 says of each text: Some(value), or None where it refuses. None of them all where the test may be
/// left out.
fn ask(texts: &[String]) -> Option<Vec<Option<Value>>> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (package, node) = (variable("OPENCLAW_CHUTES_TEST_JSON5"), variable("OPENCLAW_CHUTES_TEST_NODE"));
    let Some((package, node)) = package.zip(node) else {
        testkit::need::missing("the npm package json5");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle.js");
    let mut child =
        Command::new(node).args([script, &package]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = texts.iter().map(|text| Value::from(text.as_str()).to_string() + "\n").collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    let answer = |line: &str| serde_json::from_str::<Value>(line).unwrap().get_mut("v").map(|v| plain(v.take()));
    Some(answers.lines().map(answer).collect())
}

fn plain(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(mut map) => match (map.remove("n"), map.remove("o")) {
            (Some(Value::String(number)), _) => number.parse::<f64>().unwrap().into(),
            (_, Some(Value::Array(members))) => {
                let members =
                    members.into_iter().map(|mut pair| (pair[0].as_str().unwrap().to_owned(), plain(pair[1].take())));
                Value::Object(Map::from_iter(members))
            }
            _ => unreachable!(),
        },
        other => other,
    }
}

fn compare(texts: &[String]) -> Option<(usize, usize)> {
    let answers = ask(texts)?;
    assert_eq!(answers.len(), texts.len());
    let mut valid = 0;
    let mut wrong = Vec::new();
    for (text, theirs) in texts.iter().zip(&answers) {
        valid += usize::from(theirs.is_some());
        match (Document::parse(text), theirs) {
            (Ok(ours), Some(theirs)) if same(&ours.value(), theirs) => {}
            (Err(_), None) => {}
            (Err(error), Some(_)) if error.kind == SyntaxKind::TooDeep => {}
            (ours, theirs) => wrong.push(format!("{text:?}\n ours {:?}\n theirs {theirs:?}", ours.map(|d| d.value()))),
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), texts.len(), wrong[..wrong.len().min(10)].join("\n"));
    Some((valid, texts.len()))
}

#[test]
fn mutated_documents_are_read_as_openclaw_reads_them() {
    let cases: u64 = std::env::var("JSON5_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000);
    let mut total = (0, 0);
    for from in (0..cases).step_by(10_000) {
        let texts: Vec<String> = (from..cases.min(from + 10_000))
            .map(|seed| {
                let bytes = random_bytes(seed, 60 + (seed % 500) as usize);
                let mut choices = Choices::new(&bytes);
                let text = document(&mut choices);
                let more = random_bytes(!seed, 40);
                if seed % 5 == 0 { text } else { mutate(&mut Choices::new(&more), &text) }
            })
            .collect();
        let Some((valid, all)) = compare(&texts) else { return };
        total = (total.0 + valid, total.1 + all);
    }
    println!("{} of {} documents are valid", total.0, total.1);
    assert!(total.0 * 5 > total.1 && total.0 < total.1, "too few documents are valid, or all are");
}

#[test]
fn edited_documents_mean_to_openclaw_what_was_asked() {
    let cases: u64 = std::env::var("JSON5_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000);
    for from in (0..cases).step_by(10_000) {
        let edited = |seed: u64| {
            let bytes = random_bytes(seed ^ 0xed17, 40 + (seed % 400) as usize);
            let document = Document::parse(document(&mut Choices::new(&bytes))).unwrap();
            let more = random_bytes(!seed, 60);
            document.edit(&edits(&mut Choices::new(&more), &document.value())).ok()
        };
        let texts: Vec<String> = (from..cases.min(from + 10_000)).filter_map(edited).collect();
        let Some((valid, all)) = compare(&texts) else { return };
        assert!(valid == all && all > 1_000.min(cases as usize / 4), "{valid} of {all}");
    }
}

/// Short texts over a small alphabet reach every corner of the grammar.
#[test]
fn short_texts_are_read_as_openclaw_reads_them() {
    let alphabet = [
        "{", "}", "[", "]", ":", ",", "'", "\"", "\\", "/", "*", "0", "1", "x", "e", "u", "a", "-", "+", ".", "\n",
        "\r", "I", "N", "\u{2028}", " ",
    ];
    let cases: u64 = std::env::var("JSON5_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000);
    let words: Vec<String> = (0..cases)
        .map(|seed| {
            let bytes = random_bytes(seed ^ 0x5eed, 12);
            let mut c = Choices::new(&bytes);
            let wrap = c.pick(4);
            let inner: String = (0..=c.pick(7)).map(|_| alphabet[c.pick(alphabet.len())]).collect();
            match wrap {
                0 => inner,
                1 => format!("[{inner}]"),
                2 => format!("{{a:{inner}}}"),
                _ => format!("{{{inner}:0}}"),
            }
        })
        .collect();
    if let Some((valid, all)) = compare(&words) {
        println!("{valid} of {all} short texts are valid");
        assert!(valid > 0);
    }
}

/// Every character, as white space, as the start of a bare key and inside one.
#[test]
fn every_character_has_the_same_role() {
    let all = || (0..=0x10_ffff).filter_map(char::from_u32);
    for shape in ["[@]", "{@:1}", "{a@:1}", "'@'", "{/*@*/}", "['\\@']"] {
        let texts: Vec<String> = all().map(|c| shape.replace('@', &c.to_string())).collect();
        if compare(&texts).is_none() {
            return;
        }
    }
    let escaped = |shape: &str| (0..0x1_0000u32).map(|unit| shape.replace('@', &format!("\\u{unit:04x}"))).collect();
    for shape in ["{@:1}", "{a@:1}", "['@']", "['@\\ude00']", "['\\ud83d@']"] {
        let texts: Vec<String> = escaped(shape);
        compare(&texts);
    }
}
