//! The proof of an edit: a parser that is not ours reads the result and finds the wanted value, and
//! every byte that was not to change is still there.

pub(crate) mod compare;
pub(crate) mod expected;

use crate::error::Unproven;
use crate::number::Number;
use crate::proof::compare::means;
use crate::proof::expected::Want;
use crate::style::writer::Out;
use crate::tree::{Head, Kind, Span, Tree, is_plain_key};
use crate::unicode::is_space;
use crate::{Edit, parse};
use serde_json::Value;

pub(crate) fn prove(before: Tree<'_>, edits: &[Edit<'_>], out: &Out) -> Result<(), Unproven> {
    kept(before.text, out)?;
    let want = Want::after(before, edits);
    if means(&out.text, before, &want) {
        return Ok(());
    }
    // A few spellings the other parser refuses though OpenClaw's accepts them.
    let containers = parse::parse(&out.text).map_err(|_| Unproven::Syntax)?;
    match means(&spell_plainly(Tree { text: &out.text, containers: &containers }), before, &want) {
        true => Ok(()),
        false => Err(Unproven::Value),
    }
}

/// Every byte of the source is in the result, in order, but for what an edit released, and for commas
/// and white space next to it.
fn kept(source: &str, out: &Out) -> Result<(), Unproven> {
    let mut released = out.released.clone();
    released.sort_by_key(|span| span.start);
    let mut released = released.into_iter().peekable();
    let mut source_at = 0;
    let mut text_at = 0;
    let end = (Span::new(source.len(), source.len()), out.text.len());
    for &(span, at) in out.copies.iter().chain([&end]) {
        let copied = out.text.get(at..at + span.len());
        if span.start < source_at || at < text_at || copied != Some(span.of(source)) {
            return Err(Unproven::Bytes);
        }
        while source_at < span.start {
            while released.next_if(|gone| gone.end <= source_at).is_some() {}
            let stop = match released.peek() {
                Some(gone) if gone.start <= source_at => {
                    source_at = gone.end.min(span.start);
                    continue;
                }
                Some(gone) => gone.start.min(span.start),
                None => span.start,
            };
            let lost = Span::new(source_at, stop).of(source);
            if !lost.chars().all(|c| c == ',' || is_space(c)) {
                return Err(Unproven::Bytes);
            }
            source_at = stop;
        }
        source_at = span.end;
        text_at = at + span.len();
    }
    Ok(())
}

/// Is what the edits make of nothing what the independent parser reads?
pub(crate) fn says(text: &str, edits: &[Edit<'_>]) -> bool {
    let nothing = Tree { text: "", containers: &[] };
    means(text, nothing, &Want::after(nothing, edits))
}

/// Half surrogate pairs, very long hexadecimal numbers and a few letters in bare keys, spelt as every
/// parser reads them: from our own reading, these few tokens only.
fn spell_plainly(tree: Tree<'_>) -> String {
    let text = tree.text;
    let mut tokens: Vec<(Span, String)> = Vec::new();
    let quoted = |text: &str| Value::from(text).to_string();
    let mut todo = vec![tree.root()];
    while let Some(id) = todo.pop() {
        match tree.kind(id) {
            Kind::String(string) if has_surrogate_escape(tree.span(id).of(text)) => {
                tokens.push((tree.span(id), quoted(&string.text)));
            }
            Kind::Number(Number::Float(float)) if float.is_finite() => {
                tokens.push((tree.span(id), format!("{float:e}")));
            }
            Kind::Number(Number::Float(float)) if float.is_infinite() => {
                tokens.push((tree.span(id), (if float > 0.0 { "Infinity" } else { "-Infinity" }).to_owned()));
            }
            _ => {}
        }
        for Head { key, span, value } in tree.members(id).map(|member| member.head) {
            let spelt = span.of(text);
            let bare = !spelt.is_empty() && !spelt.starts_with(['"', '\'']);
            if has_surrogate_escape(spelt) || (bare && !is_plain_key(spelt)) {
                tokens.push((span, quoted(&key.text)));
            }
            todo.push(value);
        }
    }
    tokens.sort_by_key(|(span, _)| span.start);
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    for (span, spelt) in tokens {
        plain.push_str(&text[at..span.start]);
        plain.push_str(&spelt);
        at = span.end;
    }
    plain.push_str(&text[at..]);
    plain
}

fn has_surrogate_escape(spelt: &str) -> bool {
    spelt.contains("\\ud") || spelt.contains("\\uD")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::render;
    use crate::{Document, New, edit, path};
    use std::borrow::Cow;

    const TEXT: &str = "{\n  // note\n  a: 1, // one\n  b: [2, 3],\n  c: 'x',\n}\n";

    /// The proof of a right edit, after `tamper` has had its way with the result.
    fn proof(edits: &[Edit<'_>], tamper: impl Fn(&mut Out)) -> Result<(), Unproven> {
        let document = Document::parse(TEXT).unwrap();
        let mut editor = edit::Editor::new(document.tree());
        for edit in edits {
            match edit {
                Edit::Set { path, value } => editor.set(path, value).unwrap(),
                Edit::Remove { path } => editor.remove(path).unwrap(),
            }
        }
        let mut out = render::render(document.tree(), &editor.finish());
        tamper(&mut out);
        prove(document.tree(), edits, &out)
    }

    #[test]
    fn a_wrong_result_is_never_proven() {
        let edits = [Edit::set(path("a"), 5), Edit::remove(path("c"))];
        let replace = |from: &'static str, to: &'static str| {
            move |out: &mut Out| {
                assert!(out.text.contains(from));
                out.text = out.text.replacen(from, to, 1);
            }
        };
        assert_eq!(proof(&edits, |_| {}), Ok(()));
        assert_eq!(proof(&edits, replace("5", "6")), Err(Unproven::Value));
        assert_eq!(proof(&edits, replace("5", "]")), Err(Unproven::Syntax));
        assert_eq!(proof(&edits, replace("note", "nope")), Err(Unproven::Bytes));
        assert_eq!(proof(&edits, replace("2", "3")), Err(Unproven::Bytes));
        assert_eq!(proof(&edits, |out| out.text.push_str("{}")), Err(Unproven::Syntax));
        assert_eq!(proof(&edits, |out| out.text.push_str("/*")), Err(Unproven::Syntax));
        // A comment, a member or a bracket that no edit released.
        for lost in ["// note", "// one", "b: [2, 3]", "{\n"] {
            let without = |out: &mut Out| {
                let at = out.text.find(lost).unwrap();
                out.text.replace_range(at..at + lost.len(), "");
                let source = TEXT.find(lost).unwrap();
                let copies = std::mem::take(&mut out.copies);
                for (span, start) in
                    copies.into_iter().filter(|(span, _)| span.start < source || span.start >= source + lost.len())
                {
                    let moved = if start > at { start.saturating_sub(lost.len()) } else { start };
                    out.copies.push((Span::new(span.start, span.end.min(source.max(span.start))), moved));
                }
            };
            assert_eq!(proof(&edits, without), Err(Unproven::Bytes), "{lost}");
        }
        // An edit that the text does not show.
        let more = [edits[0].clone(), edits[1].clone(), Edit::set(path("d"), 1)];
        let document = Document::parse(TEXT).unwrap();
        let mut editor = edit::Editor::new(document.tree());
        let (at, five) = (path("a"), New::Value(Cow::Owned(Value::from(5))));
        editor.set(&at, &five).unwrap();
        let out = render::render(document.tree(), &editor.finish());
        assert_eq!(prove(document.tree(), &more, &out), Err(Unproven::Value));
    }

    #[test]
    fn nothing_too_deep_reaches_the_other_parser() {
        let document = Document::parse("{}").unwrap();
        let deep = "[".repeat(100_000);
        assert!(!means(&deep, document.tree(), &Want::New(&Value::Null)));
        assert!(!means(&format!("null {deep}"), document.tree(), &Want::New(&Value::Null)));
        assert!(means(" null // end", document.tree(), &Want::New(&Value::Null)));
    }
}
