//! Random JSON5 documents and edits, made from a sequence of choices so that proptest can shrink them.
#![allow(dead_code, clippy::unwrap_used)]

use json5_edit::{Edit, New, Step};
use serde_json::{Map, Value, json};

/// Where choices come from: bytes, then zeros for ever.
pub struct Choices<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Choices<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// `0..n`; 0 is the simplest choice.
    pub fn pick(&mut self, n: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % n
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.pick(n) == n - 1
    }

    pub fn of<'v, T: ?Sized>(&mut self, values: &[&'v T]) -> &'v T {
        values[self.pick(values.len())]
    }

    pub fn is_spent(&self) -> bool {
        self.at > self.bytes.len()
    }
}

/// SplitMix64: the same seed always gives the same bytes.
pub fn random_bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut out = Vec::with_capacity(length + 8);
    while out.len() < length {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        out.extend_from_slice(&(z ^ (z >> 31)).to_le_bytes());
    }
    out.truncate(length);
    out
}

const KEYS: [&str; 16] = [
    "a",
    "b",
    "models",
    "c",
    "agents",
    "providers",
    "chutes",
    "id",
    "d",
    "x/y",
    "chutes-fast",
    "é",
    "汉字",
    "",
    "$s_1",
    "it's \"q\"",
];

/// How one document is written.
struct Author {
    eol: &'static str,
    unit: &'static str,
    quote: char,
    bare: bool,
    trailing: bool,
    multi: bool,
    messy: bool,
    colon: &'static str,
    duplicates: bool,
}

pub fn document(c: &mut Choices) -> String {
    let author = Author {
        eol: c.of(&["\n", "\r\n", "\r", "\u{2028}"]),
        unit: c.of(&["  ", "\t", "    ", ""]),
        quote: ['"', '\''][c.pick(2)],
        bare: c.pick(2) == 1,
        trailing: c.pick(2) == 1,
        multi: c.pick(4) != 3,
        messy: c.pick(3) == 2,
        colon: c.of(&[": ", ":", " : "]),
        duplicates: c.one_in(8),
    };
    let mut out = String::new();
    if c.one_in(8) {
        out.push('\u{feff}');
    }
    trivia(c, &author, &mut out, "");
    let root = if c.one_in(12) { 1 + c.pick(3) } else { 0 };
    value(c, &author, &mut out, "", root, 0);
    trivia(c, &author, &mut out, "");
    if c.pick(3) != 2 {
        out.push_str(author.eol);
    }
    out
}

/// White space and comments, sometimes.
fn trivia(c: &mut Choices, author: &Author, out: &mut String, indent: &str) {
    match c.pick(if author.messy { 12 } else { 40 }) {
        1 => out.push(' '),
        2 => out.push_str("/* a, b: {} */"),
        3 => {
            out.push_str(c.of(&["// note, with ' \" } ]", "//", "// 汉字 */ /*"]));
            out.push_str(author.eol);
            out.push_str(indent);
        }
        4 => out.push_str(author.eol),
        5 => out.push_str("/**//* x */"),
        6 => {
            out.push_str(" /* two");
            out.push_str(author.eol);
            out.push_str("lines **/ ");
        }
        7 => out.push_str("\u{a0}\t\u{3000}\u{feff}"),
        8 => {
            out.push_str(author.eol);
            out.push_str(author.eol);
            out.push_str(indent);
            out.push_str("// own line");
            out.push_str(author.eol);
            out.push_str(indent);
        }
        _ => {}
    }
}

fn value(c: &mut Choices, author: &Author, out: &mut String, indent: &str, kind: usize, depth: usize) {
    let kind = if depth > 5 { kind.max(2) } else { kind };
    match kind {
        0 | 1 => container(c, author, out, indent, kind == 0, depth),
        2 => string(c, author, out),
        _ => out.push_str(c.of(&[
            "1",
            "true",
            "null",
            "0.5",
            "-0",
            "false",
            "0x1F",
            "1e3",
            ".5",
            "5.",
            "+1",
            "Infinity",
            "-Infinity",
            "NaN",
            "12345678901234567890",
            "9007199254740993",
            "-0x10",
            "1.0",
            "0",
            "0xffffffffffffffffffffffffffffffffffff",
            "1e999",
            "-9223372036854775809",
        ])),
    }
}

fn container(c: &mut Choices, author: &Author, out: &mut String, indent: &str, object: bool, depth: usize) {
    let count = if c.is_spent() { 0 } else { c.pick(5) };
    out.push(if object { '{' } else { '[' });
    let multi = author.multi && c.pick(3) != 2;
    let inner = format!("{indent}{}", author.unit);
    let mut used: Vec<&str> = Vec::new();
    for at in 0..count {
        trivia(c, author, out, &inner);
        if multi {
            out.push_str(author.eol);
            out.push_str(&inner);
        } else if at > 0 || author.quote == '"' {
            out.push(' ');
        }
        trivia(c, author, out, &inner);
        if object {
            let mut key = KEYS[c.pick(KEYS.len())];
            if !author.duplicates {
                while used.contains(&key) {
                    key = KEYS[(KEYS.iter().position(|k| *k == key).unwrap() + 1) % KEYS.len()];
                }
                used.push(key);
            }
            key_text(c, author, out, key);
            trivia(c, author, out, &inner);
            out.push_str(author.colon);
            trivia(c, author, out, &inner);
        }
        let kind = c.pick(6);
        value(c, author, out, &inner, kind, depth + 1);
        trivia(c, author, out, &inner);
        if at + 1 < count || author.trailing {
            out.push(',');
        }
    }
    trivia(c, author, out, &inner);
    if multi {
        out.push_str(author.eol);
        out.push_str(indent);
    } else if author.quote == '"' {
        out.push(' ');
    }
    out.push(if object { '}' } else { ']' });
}

fn key_text(c: &mut Choices, author: &Author, out: &mut String, key: &str) {
    let identifier = !key.is_empty() && key.chars().all(|ch| ch.is_alphanumeric() || ch == '$' || ch == '_');
    if identifier && (author.bare || c.one_in(5)) {
        if c.one_in(9) {
            let first = key.chars().next().unwrap();
            out.push_str(&format!("\\u{:04x}", u32::from(first)));
            out.push_str(&key[first.len_utf8()..]);
        } else {
            out.push_str(key);
        }
        return;
    }
    quoted(out, key, if c.one_in(9) { '"' } else { author.quote });
}

fn quoted(out: &mut String, text: &str, quote: char) {
    out.push(quote);
    for ch in text.chars() {
        if ch == quote || ch == '\\' {
            out.push('\\');
        }
        out.push(ch);
    }
    out.push(quote);
}

fn string(c: &mut Choices, author: &Author, out: &mut String) {
    let quote = if c.one_in(7) { '\'' } else { author.quote };
    match c.pick(10) {
        8 => {
            out.push(quote);
            out.push_str(c.of(&[
                "\\x41\\u00e9",
                "a\\\nb",
                "\\ud83d\\ude00",
                "\\ud83d",
                "\\0\\v\\q",
                "\u{2028}",
                "a\\\r\nb",
                "\\ud83d\\\n\\ude00\\udc00",
            ]));
            out.push(quote);
        }
        _ => quoted(
            out,
            c.of(&["", "x", "y", "chutes/a", "// no comment", "${HOME}", "汉字", "it's", "\"q\"", "/* */"]),
            quote,
        ),
    }
}

/// Edits for a document of this value: mostly into what is there, sometimes past it.
pub fn edits(c: &mut Choices, value: &Value) -> Vec<Edit<'static>> {
    (0..=c.pick(4))
        .map(|_| {
            let path = random_path(c, value);
            match c.pick(4) {
                3 => Edit::Remove { path },
                _ => Edit::set(path, random_value(c, 0)),
            }
        })
        .collect()
}

fn random_path(c: &mut Choices, value: &Value) -> Vec<Step> {
    let mut path = Vec::new();
    let mut here = Some(value);
    for _ in 0..=c.pick(5) {
        let below = match here {
            Some(Value::Object(map)) if !map.is_empty() && !c.one_in(4) => {
                let (key, below) = map.iter().nth(c.pick(map.len())).unwrap();
                path.push(Step::Key(key.clone()));
                Some(below)
            }
            Some(Value::Array(items)) => {
                let index = c.pick(items.len() + 1);
                path.push(Step::Index(index));
                items.get(index)
            }
            Some(Value::Object(_)) => {
                path.push(Step::from(KEYS[c.pick(KEYS.len())]));
                None
            }
            Some(_) if !c.one_in(20) => break,
            _ => {
                path.push(if c.one_in(5) { Step::Index(0) } else { Step::from(KEYS[c.pick(KEYS.len())]) });
                None
            }
        };
        here = below;
    }
    path
}

fn random_value(c: &mut Choices, depth: usize) -> Value {
    match c.pick(if depth > 3 { 5 } else { 9 }) {
        0 => json!(1),
        1 => json!(c.of(&["x", "it's \"q\"", "line\nend\u{2028}\u{1}\\", "汉字"])),
        2 => json!(true),
        3 => json!(null),
        4 => [json!(0.5), json!(-0.0), json!(1e300), json!(3.0), json!(u64::MAX), json!(i64::MIN)][c.pick(6)].clone(),
        5 | 6 => Value::Array((0..c.pick(4)).map(|_| random_value(c, depth + 1)).collect()),
        _ => {
            let mut map = Map::new();
            for _ in 0..c.pick(4) {
                map.insert(KEYS[c.pick(KEYS.len())].to_owned(), random_value(c, depth + 1));
            }
            Value::Object(map)
        }
    }
}

/// The same edits on a value: what they mean. Err where one has nowhere to go.
pub fn model(value: &mut Value, edit: &Edit<'_>) -> Result<(), ()> {
    match edit {
        Edit::Set { path, value: new } => {
            let mut here = value;
            let mut fresh = false;
            for step in path {
                if fresh {
                    *here = if let Step::Key(_) = step { json!({}) } else { json!([]) };
                }
                fresh = false;
                here = match (step, here) {
                    (Step::Key(key), Value::Object(map)) => {
                        fresh = !map.contains_key(key);
                        map.entry(key.clone()).or_insert(Value::Null)
                    }
                    (Step::Index(index), Value::Array(items)) if *index <= items.len() => {
                        if *index == items.len() {
                            fresh = true;
                            items.push(Value::Null);
                        }
                        &mut items[*index]
                    }
                    _ => return Err(()),
                };
            }
            *here = match new {
                New::Value(value) => value.clone().into_owned(),
                New::Lazy(lazy) => lazy.whole().clone(),
            };
            Ok(())
        }
        Edit::Remove { path } => {
            let (last, parents) = path.split_last().ok_or(())?;
            let mut here = value;
            for step in parents {
                let below = match (step, here) {
                    (Step::Key(key), Value::Object(map)) => map.get_mut(key),
                    (Step::Index(index), Value::Array(items)) => items.get_mut(*index),
                    _ => return Err(()),
                };
                match below {
                    Some(below) => here = below,
                    None => return Ok(()),
                }
            }
            match (last, here) {
                (Step::Key(key), Value::Object(map)) => drop(map.shift_remove(key)),
                (Step::Index(index), Value::Array(items)) => {
                    if *index < items.len() {
                        items.remove(*index);
                    }
                }
                _ => return Err(()),
            }
            Ok(())
        }
    }
}

/// Equal as values: numbers as JavaScript compares them, whatever the order of keys.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// The comments of a JSON5 text, in order, found by a scanner that knows only strings and comments.
pub fn comments(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            let length = rest.find(['\n', '\r', '\u{2028}', '\u{2029}']).unwrap_or(rest.len());
            found.push(&rest[..length]);
            length
        } else if let Some(inside) = rest.strip_prefix("/*") {
            let length = 2 + inside.find("*/").unwrap() + 2;
            found.push(&rest[..length]);
            length
        } else if c == '"' || c == '\'' {
            let mut escaped = false;
            let end = rest[1..].char_indices().find(|&(_, d)| {
                let closes = d == c && !escaped;
                escaped = d == '\\' && !escaped;
                closes
            });
            1 + end.unwrap().0 + 1
        } else {
            c.len_utf8()
        };
        at += length;
    }
    found
}

/// Is every item of `part` in `whole`, in the same order?
pub fn is_subsequence<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|item| whole.any(|other| other == item))
}

/// A document damaged in a few places: most are no longer JSON5.
pub fn mutate(c: &mut Choices, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=c.pick(4) {
        let at = (c.pick(256) * 256 + c.pick(256)) % (chars.len() + 1);
        match c.pick(6) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 if at + 1 < chars.len() => chars.swap(at, at + 1),
            2 => {
                let to = (at + c.pick(12)).min(chars.len());
                let piece = chars[at..to].to_vec();
                chars.splice(at..at, piece);
            }
            3 => {
                let to = (at + c.pick(6)).min(chars.len());
                chars.drain(at..to);
            }
            _ => {
                let piece = c.of(&[
                    ",",
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    "\"",
                    "'",
                    "//",
                    "/*",
                    "*/",
                    "/",
                    "*",
                    "\\",
                    "\n",
                    "\r",
                    "\u{2028}",
                    "\u{2029}",
                    "\u{feff}",
                    "0",
                    "1",
                    "9",
                    "-",
                    "+",
                    ".",
                    "e",
                    "E",
                    "x",
                    "0x",
                    "Infinity",
                    "NaN",
                    "nul",
                    "null",
                    "true",
                    "false",
                    "\\u",
                    "\\u00",
                    "\\u0061",
                    "\\x4",
                    "\\0",
                    "\\01",
                    "\\1",
                    "\\u{61}",
                    "\\ud83d",
                    "\\ude00",
                    "\u{200c}",
                    "\u{200d}",
                    "$",
                    "_",
                    "a",
                    "é",
                    "\u{180e}",
                    "\u{85}",
                    "\u{2118}",
                    "\u{10ffff}",
                    "😀",
                    "𝒳",
                    "\u{0}",
                    "\t",
                    "\u{b}",
                    "\u{c}",
                    "\u{a0}",
                    " ",
                    "a:1,",
                    "'':0,",
                    "undefined",
                    "/*/",
                    "\u{302}",
                    "\\\r\n",
                    "\\\u{2028}",
                    "1_0",
                    "0b1",
                    "#",
                    "`",
                    "\u{7f}",
                    "\u{1680}",
                    "01",
                    "-0x",
                    "1e",
                    "1e+",
                    ".e1",
                    "5.e1",
                    "+.5",
                    "--1",
                ]);
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}
