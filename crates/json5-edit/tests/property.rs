//! Random documents × random edits: the result always means what was asked, and nothing else moved.
//! `JSON5_CASES` sets how many (1,000 by default).

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use json5_edit::{Document, Edit, EditError, Lazy, New, Unproven};
use proptest::prelude::*;
use serde_json::Value;
use support::{Choices, comments, document, edits, is_subsequence, model, mutate, same};

fn cases() -> u32 {
    std::env::var("JSON5_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1_000)
}

/// No duplicate keys or half surrogates whose loss in `Value` would make the model wrong.
fn is_simple(text: &str, document: &Document) -> bool {
    let again = Document::parse(document.value().to_string()).unwrap();
    !text.contains("\\ud83d")
        && !text.contains("NaN")
        && !text.contains("Infinity")
        && !text.contains("1e999")
        && again.value() == document.value()
}

/// The container that an edit brings, to be made item by item.
fn lazily<'e>(edit: &'e Edit<'_>) -> Option<Lazy<'e>> {
    let Edit::Set { value: New::Value(value), .. } = edit else { return None };
    match &**value {
        Value::Array(items) => Some(Lazy::array(items.len(), |at| items[at].clone())),
        Value::Object(map) => {
            let members: Vec<(&String, &Value)> = map.iter().collect();
            let keys = members.clone();
            Some(Lazy::object(map.len(), move |at| keys[at].0.clone(), move |at| members[at].1.clone()))
        }
        _ => None,
    }
}

fn brings<'e>(edit: &'e Edit<'e>, lazy: Option<&'e Lazy<'e>>) -> Edit<'e> {
    match lazy {
        Some(lazy) => Edit::Set { path: edit.path().to_vec(), value: New::Lazy(lazy) },
        None => edit.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_does_what_it_says_and_no_more(bytes in proptest::collection::vec(any::<u8>(), 0..400), last in any::<[u8; 60]>()) {
        let text = document(&mut Choices::new(&bytes));
        let document = Document::parse(&text).unwrap();
        let edits = edits(&mut Choices::new(&last), &document.value());
        let mut wanted = document.value();
        let possible = edits.iter().try_for_each(|edit| model(&mut wanted, edit));
        let result = document.edit(&edits);
        let lazy: Vec<Option<Lazy<'_>>> = edits.iter().map(lazily).collect();
        let brought: Vec<Edit<'_>> = edits.iter().zip(&lazy).map(|(edit, lazy)| brings(edit, lazy.as_ref())).collect();
        prop_assert_eq!(&document.edit(&brought).ok(), &result.as_ref().ok().cloned(), "{:?} {:?}", text, edits);
        match result {
            Err(EditError::Unproven(part)) => prop_assert!(false, "{part:?} {text:?} {edits:?}"),
            Err(EditError::Duplicate { lines, .. }) => prop_assert!(lines.0 <= lines.1),
            Err(error) => prop_assert!(possible.is_err(), "refused {error} {text:?} {edits:?}"),
            Ok(new) => {
                prop_assert!(possible.is_ok(), "not refused {text:?} {edits:?}");
                let after = Document::parse(&new).unwrap();
                prop_assert!(same(&after.value(), &wanted), "{text:?} {edits:?}\n{new:?}");
                prop_assert!(is_subsequence(&comments(&new), &comments(&text)), "{text:?} {new:?}");
                if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                    prop_assert!(serde_json::from_str::<serde_json::Value>(&new).is_ok(), "no longer JSON {text:?} {new:?}");
                }
                if same(&wanted, &document.value()) && is_simple(&text, &document) {
                    let quiet = edits.len() == 1;
                    prop_assert!(!quiet || new == text, "changed for nothing: {text:?} {edits:?}\n{new:?}");
                }
            }
        }
    }

    /// Adding members and changing scalars loses no comment, and taking an addition back leaves none behind.
    #[test]
    fn additions_keep_every_comment(bytes in proptest::collection::vec(any::<u8>(), 0..400), last in any::<[u8; 20]>()) {
        let text = document(&mut Choices::new(&bytes));
        let document = Document::parse(&text).unwrap();
        let mut c = Choices::new(&last);
        let mut edit = edits(&mut c, &document.value()).remove(0);
        if let Edit::Remove { path } = edit {
            edit = Edit::set(path, 1);
        }
        if document.get(edit.path()).is_some() {
            return Ok(());
        }
        if let Ok(new) = document.edit(std::slice::from_ref(&edit)) {
            prop_assert_eq!(comments(&new), comments(&text), "{:?}\n{:?}", text, new);
            let after = Document::parse(&new).unwrap();
            prop_assert_eq!(after.edit(std::slice::from_ref(&edit)).unwrap(), new.clone(), "not idempotent");
            let back = after.edit(&[Edit::remove(edit.path().to_vec())]).unwrap();
            prop_assert_eq!(comments(&back), comments(&text), "{:?}\n{:?}\n{:?}", text, new, back);
        }
    }

    /// The value of one document set over another: everything merges, whatever differs.
    #[test]
    fn any_document_can_become_any_other(one in proptest::collection::vec(any::<u8>(), 0..200), other in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = document(&mut Choices::new(&one));
        let document = Document::parse(&text).unwrap();
        let goal = Document::parse(support::document(&mut Choices::new(&other))).unwrap().value();
        match document.edit(&[Edit::set(Vec::new(), goal.clone())]) {
            Ok(new) => {
                let after = Document::parse(&new).unwrap();
                prop_assert!(same(&after.value(), &goal), "{text:?} {goal} {new:?}");
                prop_assert!(is_subsequence(&comments(&new), &comments(&text)));
                prop_assert_eq!(after.edit(&[Edit::set(Vec::new(), goal)]).unwrap(), new);
            }
            Err(EditError::Duplicate { .. }) => {}
            Err(error) => prop_assert!(false, "{error:?} {text:?} {goal}"),
        }
    }

    /// Damaged text is refused or understood, never a panic; the independent parser agrees.
    #[test]
    fn damaged_documents_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), damage in any::<[u8; 40]>()) {
        let text = mutate(&mut Choices::new(&damage), &document(&mut Choices::new(&bytes)));
        let parsed = Document::parse(&text);
        // What the json5 crate is known to read differently from OpenClaw's parser is compared with that
        // one, in `oracle`.
        if !["\\u", "0x", "0X"].iter().any(|odd| text.contains(odd)) && (text.is_ascii() || parsed.is_ok()) {
            let theirs = json5::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(parsed.is_ok(), theirs.is_ok(), "{:?}", text);
            if let (Ok(ours), Ok(theirs)) = (&parsed, &theirs) {
                prop_assert!(same(&ours.value(), theirs), "{text:?}");
            }
        }
        match parsed {
            Err(error) => {
                let line = text.split("\r\n").flat_map(|part| part.split(['\n', '\r'])).nth(error.line - 1);
                prop_assert_eq!(line.map(|line| line.trim_start_matches('\u{feff}')), Some(error.excerpt.as_str()));
                prop_assert!(error.column <= error.excerpt.chars().count() + 1);
            }
            Ok(document) => match document.edit(&[Edit::set(Vec::from(["new-key".into()]), "v")]) {
                Err(EditError::Unproven(part)) => prop_assert!(part != Unproven::Value && part != Unproven::Bytes && part != Unproven::Syntax, "{:?} {:?}", part, text),
                Err(_) => {}
                Ok(new) => prop_assert!(Document::parse(&new).is_ok()),
            },
        }
    }
}
