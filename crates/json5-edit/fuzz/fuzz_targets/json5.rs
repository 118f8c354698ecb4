//! The JSON5 editor against an independent parser and a plain model of what an edit means.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run -s none json5 -- -max_total_time=600`

#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;

use support::{Choices, document, edits, model, same};
use libfuzzer_sys::fuzz_target;
use json5_edit::{Document, EditError, SyntaxKind};

fuzz_target!(|data: &[u8]| {
    let Some((&mode, rest)) = data.split_first() else { return };
    let (choices, text) = rest.split_at(rest.len().min(24));
    // Either the bytes are the text, or they choose a document that is valid by construction.
    let text = if mode % 2 == 0 { String::from_utf8_lossy(text).into_owned() } else { document(&mut Choices::new(text)) };
    let parsed = Document::parse(&text);

    // The independent parser knows no depth limit, and refuses halves of surrogate pairs and long hex numbers.
    let shallow = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count() < 200;
    if shallow && !text.contains("\\u") && !text.to_ascii_lowercase().contains("0x") {
        let theirs = json5::from_str::<serde_json::Value>(&text);
        match (&parsed, &theirs) {
            (Err(error), Ok(_)) => assert!(error.kind == SyntaxKind::TooDeep, "only we refuse {text:?}: {error:?}"),
            (Ok(_), Err(error)) => panic!("only they refuse {text:?}: {error}"),
            _ => {}
        }
    }
    let Ok(parsed) = parsed else { return };
    let edits = edits(&mut Choices::new(choices), &parsed.value());
    let mut wanted = parsed.value();
    let possible = edits.iter().try_for_each(|edit| model(&mut wanted, edit));
    match parsed.edit(&edits) {
        Err(EditError::Unproven(part)) => panic!("{part:?} {text:?} {edits:?}"),
        Err(_) => {}
        Ok(new) => {
            let after = Document::parse(&new).unwrap_or_else(|error| panic!("{error:?} {text:?} {edits:?} {new:?}"));
            assert!(possible.is_err() || same(&after.value(), &wanted), "{text:?} {edits:?}\n{new:?}");
        }
    }
});
