//! Config files in many people's styles × the edits this product makes.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod support;

use json5_edit::{Document, Edit, EditError, keys, path};
use serde_json::{Value, json};
use support::{comments, is_subsequence, model, same};

fn corpus() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json5"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn glm() -> Value {
    json!({
        "id": "zai-org/GLM-4.7-TEE", "name": "GLM 4.7 TEE", "reasoning": true, "input": ["text"],
        "cost": {"input": 0.4, "output": 2.0, "cacheRead": 0.0, "cacheWrite": 0.0},
        "contextWindow": 202752, "maxTokens": 65535, "compat": {"supportsUsageInStreaming": false},
    })
}

fn kimi() -> Value {
    json!({"id": "moonshotai/Kimi-K2.5-TEE", "name": "Kimi K2.5", "reasoning": true, "input": ["text", "image"]})
}

const DEFAULTS: [&str; 2] = ["agents", "defaults"];

fn models(key: &str) -> Vec<json5_edit::Step> {
    keys(DEFAULTS.into_iter().chain(["models", key]))
}

fn provider() -> Value {
    json!({"baseUrl": "https://llm.chutes.ai/v1", "api": "openai-completions", "models": [glm(), kimi()]})
}

/// Every kind of edit the product makes, each on its own.
fn table(document: &Document) -> Vec<(&'static str, Vec<Edit<'static>>)> {
    let list = path("models.providers.chutes.models");
    let length = document.get(&list).and_then(|list| Some(list.as_array()?.len())).unwrap_or(0);
    let element = |index: usize| list.iter().cloned().chain([index.into()]).collect::<Vec<_>>();
    vec![
        ("mode", vec![Edit::set(path("models.mode"), "merge")]),
        ("provider", vec![Edit::set(path("models.providers.chutes"), provider())]),
        ("append a model", vec![Edit::set(element(length), kimi())]),
        ("replace the first model", vec![Edit::set(element(0), glm())]),
        ("name of the first model", vec![Edit::set([element(0), keys(["name"])].concat(), "renamed")]),
        ("remove the first model", vec![Edit::remove(element(0))]),
        ("primary", vec![Edit::set(path("agents.defaults.model.primary"), "chutes/zai-org/GLM-4.7-TEE")]),
        (
            "model object",
            vec![Edit::set(path("agents.defaults.model"), json!({"primary": "chutes/x", "fallbacks": ["chutes/y"]}))],
        ),
        ("alias", vec![Edit::set([models("chutes/zai-org/GLM-4.7-TEE"), keys(["alias"])].concat(), "chutes-fast")]),
        ("bare entry", vec![Edit::set(models("chutes/*"), json!({}))]),
        ("inverted alias", vec![Edit::remove(models("chutes-fast"))]),
        (
            "auth profile",
            vec![Edit::set(
                keys(["auth", "profiles", "chutes:default"]),
                json!({"provider": "chutes", "mode": "api_key"}),
            )],
        ),
        ("auth order", vec![Edit::set(path("auth.order.chutes"), json!(["chutes:default", "chutes:work"]))]),
        ("onboarding", onboarding()),
    ]
}

/// All of a typical run at once.
fn onboarding() -> Vec<Edit<'static>> {
    vec![
        Edit::set(path("models.mode"), "merge"),
        Edit::set(path("models.providers.chutes"), provider()),
        Edit::set(path("agents.defaults.model.primary"), "chutes/zai-org/GLM-4.7-TEE"),
        Edit::set(models("chutes/zai-org/GLM-4.7-TEE"), json!({})),
        Edit::set([models("chutes/zai-org/GLM-4.7-FP8"), keys(["alias"])].concat(), "chutes-fast"),
        Edit::remove(models("chutes-fast")),
        Edit::set(keys(["auth", "profiles", "chutes:default"]), json!({"provider": "chutes", "mode": "api_key"})),
        Edit::set(path("auth.order.chutes"), json!(["chutes:default"])),
    ]
}

fn removes_or_replaces(edits: &[Edit], document: &Document) -> bool {
    edits.iter().any(|edit| match edit {
        Edit::Remove { path } => document.get(path).is_some(),
        Edit::Set { path, .. } => document.get(path).is_some_and(|old| old.is_object() || old.is_array()),
    })
}

#[test]
fn every_edit_on_every_file() {
    let files = corpus();
    assert!(files.len() >= 40, "{}", files.len());
    let (mut done, mut refused) = (0, Vec::new());
    for (name, text) in &files {
        let document = Document::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (what, edits) in table(&document) {
            let mut wanted = document.value();
            let possible = edits.iter().try_for_each(|edit| model(&mut wanted, edit));
            let new = match document.edit(&edits) {
                Ok(new) => new,
                Err(EditError::Unproven(part)) => panic!("{name}, {what}: {part:?}"),
                Err(error) => {
                    assert!(possible.is_err() || name == "duplicate_in_the_way", "{name}, {what}: {error}");
                    refused.push(format!("{name}, {what}: {error}"));
                    continue;
                }
            };
            done += 1;
            let after = Document::parse(&new).unwrap();
            assert!(same(&after.value(), &wanted), "{name}, {what}:\n{new}");
            let (old_notes, notes) = (comments(text), comments(&new));
            assert!(is_subsequence(&notes, &old_notes), "{name}, {what}: comments moved\n{new}");
            if !removes_or_replaces(&edits, &document) {
                assert_eq!(notes, old_notes, "{name}, {what}:\n{new}");
            }
            if !what.starts_with("remove the") {
                assert_eq!(after.edit(&edits).unwrap(), new, "{name}, {what}: not the same again");
            }
            if serde_json::from_str::<Value>(text).is_ok() {
                serde_json::from_str::<Value>(&new)
                    .unwrap_or_else(|e| panic!("{name}, {what}: no longer JSON: {e}\n{new}"));
            }
            let mut ends: Vec<&str> = vec!["\r\n", "\n", "\r"];
            ends.retain(|end| text.contains(end));
            if ends == ["\r\n", "\n", "\r"] {
                assert_eq!(new.matches("\r\n").count(), new.matches('\n').count(), "{name}, {what}: line ends mixed");
            } else if ends == ["\r"] {
                assert!(!new.contains('\n'), "{name}, {what}: line ends mixed");
            }
            assert_eq!(text.starts_with('\u{feff}'), new.starts_with('\u{feff}'), "{name}, {what}: BOM");
            assert_eq!(text.ends_with('\n'), new.ends_with('\n'), "{name}, {what}: last line end");
            assert!(
                !new.split(['\n', '\r']).any(|line| line.ends_with([' ', '\t']) && !text.contains(line)),
                "{name}, {what}: blanks at a line's end\n{new}"
            );
        }
    }
    assert!(done > 500, "{done}");
    insta::assert_snapshot!("refused", refused.join("\n"));
}

/// The whole text after an onboarding, for files whose look deserves a person's eye.
#[test]
fn onboarding_looks_right() {
    let chosen = [
        "seed_example",
        "openclaw_written",
        "openclaw_chutes_inverted",
        "comment_heavy",
        "tabs",
        "crlf_strict",
        "comma_first",
        "allman",
        "chutes_already",
        "chutes_hugging_array",
        "minified",
        "one_line_trailing",
        "wide_one_line_members",
        "commented_out_members",
        "paraclaw",
        "comments_everywhere",
        "mixed_quotes",
        "no_indent",
        "space_before_colon",
        "aligned_values",
        "no_trailing_comma_comments",
    ];
    let files = corpus();
    for name in chosen {
        let text = &files.iter().find(|(file, _)| file == name).unwrap().1;
        let new = Document::parse(text).unwrap().edit(&onboarding()).unwrap();
        insta::assert_snapshot!(name, diff(text, &new));
    }
}

fn diff(old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(2)
        .to_string()
        .replace('\r', "␍")
        .replace('\t', "→   ")
}
