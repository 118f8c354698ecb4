//! New text follows the style around it, and what is removed takes its own line and comment along, no more.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use json5_edit::{Document, Edit, keys, path};
use serde_json::{Value, json};

#[track_caller]
fn check(text: &str, edits: &[Edit], wanted: &str) {
    let new = Document::parse(text).unwrap().edit(edits).unwrap();
    assert_eq!(new, wanted, "\n--- found\n{new}\n--- wanted\n{wanted}\n---");
}

fn set(at: &str, value: impl Into<Value>) -> Edit<'static> {
    Edit::set(path(at), value)
}

fn remove(at: &str) -> Edit<'static> {
    Edit::remove(path(at))
}

#[test]
fn a_new_file_is_strict_json_with_small_things_on_one_line() {
    let edits = [set("models.mode", "merge"), set("list", json!([1, "a"])), set("empty", json!({})), set("half", 0.5)];
    let new = Document::empty().edit(&edits).unwrap();
    assert_eq!(
        new,
        "{\n  \"models\": { \"mode\": \"merge\" },\n  \"list\": [1, \"a\"],\n  \"empty\": {},\n  \"half\": 0.5\n}\n"
    );
    assert!(serde_json::from_str::<Value>(&new).is_ok());
    // What nests, and what is long, has lines.
    let nested = Document::empty().edit(&[set("a", json!({"b": {"c": 1}, "d": "x".repeat(100)}))]).unwrap();
    let long = "x".repeat(100);
    assert_eq!(nested, format!("{{\n  \"a\": {{\n    \"b\": {{ \"c\": 1 }},\n    \"d\": \"{long}\"\n  }}\n}}\n"));
    // OpenClaw's own way, in a file that OpenClaw wrote.
    let theirs = Document::parse("{\n  \"a\": {\n    \"b\": 1\n  }\n}\n").unwrap();
    let written = theirs.edit(&[set("c", json!({"d": [1]}))]).unwrap();
    assert_eq!(
        written,
        serde_json::to_string_pretty(&serde_json::from_str::<Value>(&written).unwrap()).unwrap() + "\n"
    );
    assert_eq!(Document::empty().edit(&[]).unwrap(), "{}\n");
}

#[test]
fn no_change_is_no_change() {
    let text = "{ a: 0x1, b: 1.0, 'c': [1e0, {x: null}], d: 'q', e: -0, }";
    let same = [
        set("a", 1),
        set("a", 1.0),
        set("b", 1),
        set("c", json!([1, {"x": null}])),
        set("d", "q"),
        set("e", 0),
        remove("f"),
        remove("f.g.h"),
        remove("c[7]"),
        Edit::set(vec![], json!({"e": 0, "d": "q", "c": [1, {"x": null}], "b": 1, "a": 1})),
    ];
    for edit in &same {
        check(text, std::slice::from_ref(edit), text);
    }
    check(text, &same, text);
    check(text, &[set("a", 2), set("a", 1)], &text.replace("0x1", "1"));
}

#[test]
fn scalars_are_replaced_where_they_stand() {
    check("{ a: /* x */ 1 /* y */, // z\n}", &[set("a", 2)], "{ a: /* x */ 2 /* y */, // z\n}");
    check(
        "{ a: 'x', b: \"y\" }",
        &[set("a", "it's"), set("b", "it's \"z\"")],
        "{ a: 'it\\'s', b: \"it's \\\"z\\\"\" }",
    );
    check("[1, 2, 3]", &[set("[1]", "two")], "[1, \"two\", 3]");
    check("'x'", &[Edit::set(vec![], "y")], "'y'");
    check(" 1 // one", &[Edit::set(vec![], json!({"a": 1}))], " {\n   \"a\": 1\n } // one");
    check("{a: 1}", &[set("a", "\n\u{1}\u{2028}\\")], "{a: \"\\n\\u0001\\u2028\\\\\"}");
    check(
        "{a: 1}",
        &[set("a", 1e21), set("b", -0.0), set("c", 3.0), set("d", u64::MAX)],
        "{a: 1e+21, b: 0, c: 3, d: 18446744073709551615}",
    );
}

#[test]
fn members_are_added_in_the_style_of_their_neighbours() {
    check("{\n  a: 1\n}", &[set("b", 2)], "{\n  a: 1,\n  b: 2\n}");
    check("{\n  a: 1,\n}", &[set("b", 2)], "{\n  a: 1,\n  b: 2,\n}");
    check("{\n\t'a': 1,\n}\n", &[set("b.c", "x")], "{\n\t'a': 1,\n\t'b': {\n\t\t'c': 'x',\n\t},\n}\n");
    check(
        "{\r\n    \"a\": 1\r\n}",
        &[set("b.c", 2)],
        "{\r\n    \"a\": 1,\r\n    \"b\": {\r\n        \"c\": 2\r\n    }\r\n}",
    );
    check("{a:1}", &[set("b", json!({"c": [1, 2]}))], "{a:1,b:{c:[1,2]}}");
    check("{ a: 1 }", &[set("b", json!({"c": [1, 2]}))], "{ a: 1, b: { c: [1, 2] } }");
    check("{ 'a': 1, }", &[set("b", json!([]))], "{ 'a': 1, 'b': [], }");
    check("{\n  a: 1 // one\n}", &[set("b", 2)], "{\n  a: 1, // one\n  b: 2\n}");
    check("{\n  a: 1 /* one */\n  // two\n}", &[set("b", 2)], "{\n  a: 1, /* one */\n  // two\n  b: 2\n}");
    check("{\n  a: 1, // one\n\n  // last\n\n}", &[set("b", 2)], "{\n  a: 1, // one\n\n  // last\n  b: 2,\n\n}");
    check("{ a: 1,\n  b: 2 }", &[set("c", 3)], "{ a: 1,\n  b: 2,\n  c: 3 }");
    check("{a: 1}", &[Edit::set(keys(["b-c"]), 1), Edit::set(keys(["d"]), 1)], "{a: 1, \"b-c\": 1, d: 1}");
    check("{a: 1, 'b-c': 2}", &[Edit::set(keys(["d e"]), 1)], "{a: 1, 'b-c': 2, 'd e': 1}");
    check(
        "{\n  m: {\n    'x/y': { n: 'a' },\n  },\n}",
        &[Edit::set(keys(["m", "z/z"]), json!({"n": "b"}))],
        "{\n  m: {\n    'x/y': { n: 'a' },\n    'z/z': { n: 'b' },\n  },\n}",
    );
    check("{\n  l: [\n    1, 2,\n    3\n  ]\n}", &[set("l[3]", 4)], "{\n  l: [\n    1, 2,\n    3,\n    4\n  ]\n}");
    check("{\n  l: ['a'],\n}", &[set("l[1]", "b")], "{\n  l: ['a', 'b'],\n}");
}

#[test]
fn empty_containers_open_up() {
    check("{}", &[set("a", 1)], "{\n  \"a\": 1\n}");
    check("{\n}", &[set("a", 1)], "{\n  \"a\": 1\n}");
    check("{ }\n", &[set("a", 1)], "{\n  \"a\": 1\n}\n");
    check("{ // note\n}", &[set("a", 1)], "{ // note\n  \"a\": 1\n}");
    check("{\n    // note\n}", &[set("a", 1)], "{\n    // note\n    \"a\": 1\n}");
    check("{ /* note */ }", &[set("a", 1)], "{ /* note */ \"a\": 1 }");
    check(
        "{\n  a: {},\n  b: [],\n}",
        &[set("a.x", 1), set("b[0]", 2)],
        "{\n  a: {\n    x: 1,\n  },\n  b: [\n    2,\n  ],\n}",
    );
    check("{\n  a: {\n  },\n}", &[set("a.x", 1)], "{\n  a: {\n    x: 1,\n  },\n}");
    check("{a:{}}", &[set("a.x", 1)], "{a:{x:1}}");
    check(
        "{\n  m: {\n    a: { x: 1 },\n    b: {},\n  },\n}",
        &[set("m.b.x", 2)],
        "{\n  m: {\n    a: { x: 1 },\n    b: { x: 2 },\n  },\n}",
    );
}

#[test]
fn a_removed_member_takes_its_line_and_its_comment() {
    let text = "{\n  // about a\n  a: 1, // a\n  // about b\n  b: 2, // b\n  // about c\n  c: 3 // c\n  // end\n}";
    check(text, &[remove("a")], "{\n  // about a\n  // about b\n  b: 2, // b\n  // about c\n  c: 3 // c\n  // end\n}");
    check(text, &[remove("b")], "{\n  // about a\n  a: 1, // a\n  // about b\n  // about c\n  c: 3 // c\n  // end\n}");
    check(text, &[remove("c")], "{\n  // about a\n  a: 1, // a\n  // about b\n  b: 2 // b\n  // about c\n  // end\n}");
    check(text, &[remove("a"), remove("b"), remove("c")], "{\n  // about a\n  // about b\n  // about c\n  // end\n}");
    check("{ a: 1, b: 2, c: 3 }", &[remove("a")], "{ b: 2, c: 3 }");
    check("{ a: 1, b: 2, c: 3 }", &[remove("b")], "{ a: 1, c: 3 }");
    check("{ a: 1, b: 2, c: 3 }", &[remove("c")], "{ a: 1, b: 2 }");
    check("{ a: 1, b: 2, c: 3, }", &[remove("c")], "{ a: 1, b: 2, }");
    check("{ a: 1, b: 2, c: 3 }", &[remove("a"), remove("b"), remove("c")], "{}");
    check("[1, 2, 3]", &[remove("[0]")], "[2, 3]");
    check("[1, 2, 3]", &[remove("[0]"), remove("[0]")], "[3]");
    check("[\n  1,\n  2\n]", &[remove("[1]")], "[\n  1\n]");
    check("{\n  a: 1, b: 2, // both\n  c: 3,\n}", &[remove("a")], "{\n  b: 2, // both\n  c: 3,\n}");
    check("{\n  a: 1, b: 2, // both\n  c: 3,\n}", &[remove("b")], "{\n  a: 1,\n  c: 3,\n}");
    check("{\n  a: 1, b: 2,\n  c: 3,\n}", &[remove("a"), remove("b")], "{\n  c: 3,\n}");
    check("{ /* x */ a: 1 /* y */, /* z */ b: 2 }", &[remove("a")], "{ /* x */ /* z */ b: 2 }");
    check("{\n  a: {\n    x: 1, // gone\n  },\n}", &[remove("a.x")], "{\n  a: {},\n}");
    check("{ a: 1\n, b: 2\n, c: 3\n}", &[remove("b")], "{ a: 1\n, c: 3\n}");
    check("{\n  a: 1,\n\n  // section\n\n  b: 2,\n}", &[remove("b")], "{\n  a: 1,\n\n  // section\n}");
}

#[test]
fn a_member_added_and_removed_again_leaves_the_file_as_it_was() {
    for text in [
        "{\n  a: 1, // one\n  // end\n}\n",
        "{ a: 1 }",
        "{a:1,}",
        "[\r\n\t1,\r\n]\r\n",
        "{\n  a: {\n    b: 1\n  } // a\n}",
        "{ a: 1\n, b: 2\n}",
    ] {
        let place = if text.starts_with('[') { "[1]" } else { "new" };
        let added = Document::parse(text).unwrap().edit(&[set(place, json!({"x": [1]}))]).unwrap();
        check(&added, &[remove(place)], text);
        check(text, &[set(place, 1), remove(place)], text);
    }
}

#[test]
fn replacing_and_inserting_in_arrays_keeps_what_is_equal() {
    let text = "[\n  {id: 'a', n: 1}, // first\n  {id: 'b', n: 2}, // second\n  {id: 'c', n: 3}, // third\n]";
    let whole = |value: Value| Edit::set(vec![], value);
    let (a, b, c, x) =
        (json!({"id": "a", "n": 1}), json!({"id": "b", "n": 2}), json!({"id": "c", "n": 3}), json!({"id": "x"}));
    check(text, &[whole(json!([a, c]))], "[\n  {id: 'a', n: 1}, // first\n  {id: 'c', n: 3}, // third\n]");
    check(text, &[whole(json!([b]))], "[\n  {id: 'b', n: 2}, // second\n]");
    check(
        text,
        &[whole(json!([x, a, b, x, c]))],
        "[\n  {id: 'x'},\n  {id: 'a', n: 1}, // first\n  {id: 'b', n: 2}, // second\n  {id: 'x'},\n  {id: 'c', n: 3}, // third\n]",
    );
    check(text, &[whole(json!([a, {"id": "b", "n": 7, "m": 8}, c]))], &text.replace("n: 2", "n: 7, m: 8"));
    check(text, &[whole(json!([a, b]))], &text.replace("\n  {id: 'c', n: 3}, // third", ""));
    check("[1, 2, 3]", &[whole(json!([0, 1, 2, 3]))], "[0, 1, 2, 3]");
    check("[ 1, 2 ]", &[whole(json!([1, 5, 2]))], "[ 1, 5, 2 ]");
    check(
        "{\n  f: [\n    'a', // a\n    'b', // b\n  ],\n}",
        &[set("f", json!(["b", "c"]))],
        "{\n  f: [\n    'b', // b\n    'c',\n  ],\n}",
    );
}

#[test]
fn objects_merge_member_by_member() {
    let text = "{\n  m: { // mine\n    a: 1, // a\n    b: { x: 1, /* keep */ y: 2 }, // b\n    c: 3, // c\n  },\n}";
    check(
        text,
        &[set("m", json!({"b": {"y": 5, "x": 1}, "a": 1, "d": 4}))],
        "{\n  m: { // mine\n    a: 1, // a\n    b: { x: 1, /* keep */ y: 5 }, // b\n    d: 4,\n  },\n}",
    );
}

#[test]
fn long_additions_break_one_line_objects_of_long_documents() {
    let long = json!({"baseUrl": "https://llm.chutes.ai/v1", "api": "openai-completions", "models": [{"id": "a"}], "name": "twelve letters"});
    check(
        "{\n  m: { mode: 'merge' }, // m\n}",
        &[set("m.p", long.clone())],
        "{\n  m: {\n    mode: 'merge',\n    p: {\n      baseUrl: 'https://llm.chutes.ai/v1',\n      api: 'openai-completions',\n      models: [\n        { id: 'a' },\n      ],\n      name: 'twelve letters',\n    },\n  }, // m\n}",
    );
    check(
        "{ m: { mode: 'merge' } }",
        &[set("m.p", long)],
        "{ m: { mode: 'merge', p: { baseUrl: 'https://llm.chutes.ai/v1', api: 'openai-completions', models: [{ id: 'a' }], name: 'twelve letters' } } }",
    );
}

#[test]
fn edits_build_on_each_other() {
    let edits = [
        set("a.b", 1),
        set("a.c", json!([])),
        set("a.c[0]", json!({"x": 1})),
        set("a.c[0].y", 2),
        remove("a.b"),
        set("a.c[1]", 3),
        remove("a.c[0].x"),
    ];
    check("{}", &edits, "{\n  \"a\": {\n    \"c\": [\n      { \"y\": 2 },\n      3\n    ]\n  }\n}");
    check("{z: 1}", &[set("a", 1), set("b", 2), remove("a"), set("a", 3)], "{z: 1, b: 2, a: 3}");
    // One that cannot be done undoes all.
    assert!(Document::parse("{z: 1}").unwrap().edit(&[set("a", 1), set("z.y", 1)]).is_err());
}

#[test]
fn one_line_gets_lines_when_much_is_added_and_stays_one_when_little_is() {
    let much =
        json!({"baseUrl": "https://llm.chutes.ai/v1", "api": "x".repeat(120), "models": [{"id": "a"}, {"id": "b"}]});
    let edit = |value: Value| [Edit::set(keys(["models", "chutes"]), value)];
    let text = "{ gateway: { mode: 'local' }, models: {} } // mine\n";
    let document = Document::parse(text).unwrap();
    let grown = document.edit(&edit(much.clone())).unwrap();
    assert!(grown.starts_with("{\n  gateway: { mode: 'local' },\n  models: {\n    chutes: {\n"), "{grown}");
    assert!(grown.ends_with("\n} // mine\n"), "{grown}");
    assert_eq!(Document::parse(&grown).unwrap().edit(&edit(much.clone())).unwrap(), grown);
    let little = document.edit(&edit(json!({"api": "x"}))).unwrap();
    assert_eq!(little, "{ gateway: { mode: 'local' }, models: { chutes: { api: 'x' } } } // mine\n");
    // Whoever leaves out every blank wants one line.
    let minified = Document::parse("{\"gateway\":{},\"models\":{}}").unwrap().edit(&edit(much)).unwrap();
    assert!(!minified.contains('\n'), "{minified}");
}
