//! What JSON5 allows, feature by feature, and what is said when a text is not JSON5.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

use json5_edit::{Document, Edit, EditError, Found, MAX_DEPTH, New, SyntaxKind, display, keys, path};
use serde_json::{Value, json};

fn value(text: &str) -> Value {
    Document::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}")).value()
}

fn refused(text: &str) -> SyntaxKind {
    Document::parse(text).err().unwrap_or_else(|| panic!("accepted {text:?}")).kind
}

#[test]
fn numbers() {
    let text = "[0, -0, +1, 1., .5, -.5e-1, 1e3, 0x1F, -0XfF, 12345678901234567890, 123456789012345678901, 5.e1]";
    let all =
        [0.0, 0.0, 1.0, 1.0, 0.5, -0.05, 1000.0, 31.0, -255.0, 12345678901234567890.0, 123456789012345680000.0, 50.0];
    let found: Vec<f64> = value(text).as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
    assert_eq!(found, all);
    assert_eq!(value("[1, 0x10, 18446744073709551615, -9223372036854775808]"), json!([1, 16, u64::MAX, i64::MIN]));
    assert_eq!(
        value("0xfffffffffffffffffffffffffffffffff1").as_f64(),
        Some(87112285931760246646623899502532662132721.0)
    );
    assert_eq!(
        value("[Infinity, -Infinity, +Infinity, NaN, -NaN, 1e999]"),
        json!([null, null, null, null, null, null])
    );
    for bad in
        ["01", "-", "+", ".", "1e", "1e+", "0x", "--1", "+-1", "0x1.0", "1_0", ". 5", "- 1", "-I", "Inf", "00", "-01"]
    {
        assert!(Document::parse(bad).is_err(), "{bad}");
        assert!(Document::parse(format!("{{a: {bad}}}")).is_err(), "{bad}");
    }
}

#[test]
fn strings() {
    assert_eq!(value(r#"'it''s'"#.replace("''", r"\'").as_str()), "it's");
    assert_eq!(value(r#"["a\x41é\0\b\f\n\r\t\v\q\/\"\'", '"']"#), json!(["aAé\0\u{8}\u{c}\n\r\t\u{b}q/\"'", "\""]));
    assert_eq!(value("'a\\\nb\\\r\nc\\\rd\\\u{2028}e\\\u{2029}f'"), "abcdef");
    assert_eq!(value("'a\u{2028}b\tc\u{0}'"), "a\u{2028}b\tc\u{0}");
    assert_eq!(value(r"'\ud83d\ude00'"), "😀");
    assert_eq!(value("'\\ud83d\\\n\\ude00'"), "😀");
    assert_eq!(value(r"'x\ud83dy\ude00'"), "x\u{fffd}y\u{fffd}");
    for bad in ["'a\nb'", "'a\rb'", "'\\1'", "'\\01'", "'\\x4'", "'\\u12'", "'\\u{61}'", "'\\", "'", "\"'", "'\\u12g4'"]
    {
        assert!(Document::parse(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn keys_of_every_kind() {
    let text = r#"{a: 1, $b_1: 2, "c d": 3, 'e"': 4, ключ: 5, \u0066g: 6, null: 7, true: 8, Infinity: 9, h‌i: 10, "": 11, é: 12}"#;
    let wanted = json!({"a": 1, "$b_1": 2, "c d": 3, "e\"": 4, "ключ": 5, "fg": 6, "null": 7, "true": 8, "Infinity": 9,
        "h\u{200c}i": 10, "": 11, "é": 12});
    assert_eq!(value(text), wanted);
    // All of them survive an edit, and each can be the place of one.
    for key in wanted.as_object().unwrap().keys() {
        let document = Document::parse(text).unwrap();
        let new = document.edit(&[Edit::set(keys([key]), "new")]).unwrap();
        assert_eq!(new.len(), text.len() + 5 - wanted[key].to_string().len(), "{key}");
        assert_eq!(value(&new)[key], "new");
    }
    for bad in [
        "{a-b: 1}",
        "{1: 1}",
        "{,}",
        "{a 1}",
        "{a}",
        "{a:}",
        "{a:1 b:2}",
        "{a:1,,}",
        "{\\x61: 1}",
        "{\\u0031: 1}",
        "{a b: 1}",
        "{[a]: 1}",
    ] {
        assert!(Document::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn white_space_and_comments_anywhere() {
    let text = "\u{feff}// top\r\n/**/{/* a */a/* b */:/* c */1/* d */,// e\u{2028}\u{a0}\u{3000}b\u{b}:\u{c}[/**/1,/*\n*/]// f\r}/* g *//* h **/ //";
    assert_eq!(value(text), json!({"a": 1, "b": [1]}));
    for bad in
        ["/", "{}/", "/* {}", "{}/*", "/*/ {}", "{} {}", "{}]", "", " ", "// only", "[1 2]", "[,]", "[1,,2]", "[1}"]
    {
        assert!(Document::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn of_a_key_written_twice_the_last_counts() {
    let document = Document::parse("{a: 1, b: 2, a: 3}").unwrap();
    assert_eq!(document.value().to_string(), r#"{"a":3,"b":2}"#);
    assert_eq!(document.get(&path("a")), Some(json!(3)));
    // An edit elsewhere is fine, one through the key is not.
    assert_eq!(document.edit(&[Edit::set(path("b"), 4)]).unwrap(), "{a: 1, b: 4, a: 3}");
    let text = "{\n  a: {x: 1},\n  'b': 2,\n  \"\\u0061\": {}\n}";
    let document = Document::parse(text).unwrap();
    for edit in [Edit::set(path("a"), 1), Edit::set(path("a.x"), 1), Edit::remove(path("a")), Edit::remove(path("a.x"))]
    {
        let error = document.edit(&[edit]).unwrap_err();
        assert_eq!(error, EditError::Duplicate { path: "a".to_owned(), lines: (2, 4) });
        assert!(error.to_string().contains("line 2 and on line 4"));
    }
    // Setting the whole to what it already means changes nothing; leaving the key out removes both.
    assert_eq!(document.edit(&[Edit::set(vec![], json!({"a": {}, "b": 2}))]).unwrap(), text);
    assert_eq!(document.edit(&[Edit::set(vec![], json!({"b": 2}))]).unwrap(), "{\n  'b': 2\n}");
}

#[test]
fn depth_has_a_limit_and_no_stack_overflows() {
    let nest = |open: &str, close: &str, depth: usize| open.repeat(depth) + &close.repeat(depth);
    assert!(Document::parse(nest("[", "]", MAX_DEPTH)).is_ok());
    assert_eq!(refused(&nest("[", "]", MAX_DEPTH + 1)), SyntaxKind::TooDeep);
    assert_eq!(refused(&"[".repeat(1_000_000)), SyntaxKind::TooDeep);
    assert_eq!(refused(&"{a:".repeat(1_000_000)), SyntaxKind::TooDeep);
    let deepest = Document::parse(&(r#"{"a":"#.repeat(MAX_DEPTH - 1) + "{}" + &"}".repeat(MAX_DEPTH - 1))).unwrap();
    let at = |depth: usize| keys(std::iter::repeat_n("a", depth));
    assert!(deepest.edit(&[Edit::set(at(MAX_DEPTH), 1)]).is_ok());
    assert!(matches!(deepest.edit(&[Edit::set(at(MAX_DEPTH), json!({}))]), Err(EditError::TooDeep { .. })));
    assert!(matches!(Document::empty().edit(&[Edit::set(at(100_000), 1)]), Err(EditError::TooDeep { .. })));
    // A value as deep as a program can make one (taken apart by hand: dropping it would recurse).
    let mut value = json!([]);
    (0..10_000).for_each(|_| value = Value::Array(vec![value.take()]));
    let edit = Edit::set(path("a"), value);
    assert!(matches!(Document::empty().edit(std::slice::from_ref(&edit)), Err(EditError::TooDeep { .. })));
    let Edit::Set { value: New::Value(value), .. } = edit else { unreachable!() };
    let mut value = value.into_owned();
    while let Value::Array(mut items) = value {
        value = items.pop().unwrap_or(Value::Null);
    }
}

#[test]
fn an_error_says_where_and_shows_the_line() {
    let cases = [
        ("{\n  a: 1\n  b: 2\n}", 3, 3, SyntaxKind::ExpectedComma, "  b: 2"),
        ("{\r\n  a: 'x,\r\n}", 2, 6, SyntaxKind::UnclosedString, "  a: 'x,"),
        ("{\r  a: [1,\r", 2, 6, SyntaxKind::UnclosedContainer, "  a: [1,"),
        ("\u{feff}{ 汉字: é }", 1, 7, SyntaxKind::ExpectedValue, "{ 汉字: é }"),
        ("{a 1}", 1, 4, SyntaxKind::ExpectedColon, "{a 1}"),
        ("{\n/* x", 2, 1, SyntaxKind::UnclosedComment, "/* x"),
        ("{a: '\\x4'}", 1, 6, SyntaxKind::BadEscape, "{a: '\\x4'}"),
        ("[007]", 1, 2, SyntaxKind::BadNumber, "[007]"),
        ("{}\n{}", 2, 1, SyntaxKind::AfterEnd, "{}"),
        ("// nothing", 1, 11, SyntaxKind::Empty, "// nothing"),
        ("{a-b: 1}", 1, 3, SyntaxKind::ExpectedColon, "{a-b: 1}"),
        ("{-: 1}", 1, 2, SyntaxKind::ExpectedKey, "{-: 1}"),
        ("{a: / 1}", 1, 5, SyntaxKind::Unexpected, "{a: / 1}"),
    ];
    for (text, line, column, kind, excerpt) in cases {
        let error = Document::parse(text).unwrap_err();
        assert_eq!(
            (error.line, error.column, error.kind, error.excerpt.as_str()),
            (line, column, kind, excerpt),
            "{text:?}"
        );
        // What a log gets: the place, and nothing of the text.
        let shown = error.to_string();
        assert!(shown.starts_with(&format!("{line}:{column}: ")) && !shown.contains(excerpt.trim()), "{shown}");
    }
}

#[test]
fn what_is_in_the_way_is_named_and_kept() {
    let document = Document::parse("{\n  models: 'x', list: [1], nothing: null, n: NaN,\n}").unwrap();
    let cases = [
        ("models.providers", "models", Found::String, 2, 11),
        ("list.a", "list", Found::Array, 2, 22),
        ("nothing.a.b", "nothing", Found::Null, 2, 36),
        ("n[0]", "n", Found::Number, 2, 45),
        ("list[0].x", "list[0]", Found::Number, 2, 23),
    ];
    for (at, place, found, line, column) in cases {
        let wanted = EditError::InTheWay { path: place.to_owned(), found, at: Some((line, column)) };
        assert_eq!(document.edit(&[Edit::set(path(at), 1)]), Err(wanted.clone()));
        assert_eq!(document.edit(&[Edit::remove(path(at))]), Err(wanted));
    }
    let error = document.edit(&[Edit::set(path("list[3]"), 1)]).unwrap_err();
    assert_eq!(error, EditError::NoSuchIndex { path: "list".to_owned(), index: 3, length: 1 });
    let error = document.edit(&[Edit::set(path("new"), 1), Edit::set(path("new.a"), 1)]).unwrap_err();
    assert_eq!(error, EditError::InTheWay { path: "new".to_owned(), found: Found::Number, at: None });
    assert_eq!(document.edit(&[Edit::remove(vec![])]), Err(EditError::Root));
    assert_eq!(
        document.edit(&[Edit::set(path("a[1]"), 1)]),
        Err(EditError::NoSuchIndex { path: "a".to_owned(), index: 1, length: 0 })
    );
}

#[test]
fn paths_are_written_as_people_write_them() {
    let steps = path("agents.list[0].models");
    assert_eq!(display(&steps), "agents.list[0].models");
    assert_eq!(display(&keys(["agents", "models", "chutes/a.b", "x"])), r#"agents.models["chutes/a.b"].x"#);
    let document = Document::parse("{a: [{b: 'c'}], 'x.y': 2}").unwrap();
    assert_eq!(document.get(&path("a[0].b")), Some(json!("c")));
    assert_eq!(document.get(&keys(["x.y"])), Some(json!(2)));
    assert_eq!(document.get(&path("a[1]")), None);
    assert_eq!(document.position(&path("a[0].b")), Some((1, 10)));
}

#[test]
fn half_a_surrogate_pair_stays_and_is_nobodys_key() {
    let text = r#"{"\ud800": 1, "\udfff": 2, "name": "x\ud83e", "ok": "\ud83e\udd9e"}"#;
    let document = Document::parse(text).unwrap();
    assert_eq!(document.get(&keys(["\u{fffd}"])), None);
    let new = document.edit(&[Edit::set(keys(["\u{fffd}"]), 3), Edit::set(path("ok"), true)]).unwrap();
    assert_eq!(new, r#"{"\ud800": 1, "\udfff": 2, "name": "x\ud83e", "ok": true, "�": 3}"#);
    // It equals no Rust string, so setting one over it does change it.
    assert!(document.edit(&[Edit::set(path("name"), "x\u{fffd}")]).unwrap().contains("\"name\": \"x\u{fffd}\""));
}
