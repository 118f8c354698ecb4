//! `config get` and `undo`.

use super::context::{Context, var};
use super::error::Error;
use super::output::Report;
use crate::clean;
use crate::openclaw::{get, undo};
use crate::texts::cli as text;
use serde_json::{Value, json};

/// The value at a path, as OpenClaw prints it: objects and lists as JSON, a scalar bare, or quoted with
/// `--json`.
///
/// Without `--json` each model of a provider carries its ref (`chutes/<id>`) in a comment, which JSON5
/// allows; with it the document is plain JSON.
pub fn get(context: &Context, path: &str, as_json: bool) -> Result<Report, Error> {
    let (_, snapshot, _) = context.read()?;
    let value = get::get(&snapshot, path, var).ok_or_else(|| Error::NoSuchPath { path: path.to_owned() })?;
    let out = match &value {
        _ if as_json => clean::json(&value),
        Value::String(text) => clean::block(text),
        Value::Object(_) | Value::Array(_) => with_refs(&clean::json(&value), path),
        scalar => scalar.to_string(),
    };
    Ok(Report::text(out + "\n"))
}

/// Pretty-printed JSON with the ref of each model after its id. `path` is where the value was found.
fn with_refs(pretty: &str, path: &str) -> String {
    let mut keys: Vec<String> = path_keys(path);
    let base = keys.len();
    let mut out: Vec<String> = Vec::new();
    for line in pretty.lines() {
        let depth = base + (line.len() - line.trim_start().len()) / 2;
        let text = line.trim_start();
        let key = text.strip_prefix('"').and_then(|rest| rest.split_once("\": ")).map(|(key, _)| key.to_owned());
        if depth > base && !matches!(text.as_bytes().first(), Some(b'}' | b']')) {
            keys.truncate(depth - 1);
            keys.push(key.unwrap_or_default());
        }
        // models.providers.<provider>.models.<index>.id
        let id = match keys.as_slice() {
            [models, providers, provider, list, _, id]
                if models == "models" && providers == "providers" && list == "models" && id == "id" =>
            {
                text.strip_prefix("\"id\": \"")
                    .and_then(|rest| rest.trim_end_matches(',').strip_suffix('"'))
                    .map(|id| format!("{provider}/{id}"))
            }
            _ => None,
        };
        out.push(match id {
            Some(reference) => format!("{line} // {reference}"),
            None => line.to_owned(),
        });
    }
    out.join("\n")
}

/// The keys of `a.b[0]["c"]`.
fn path_keys(path: &str) -> Vec<String> {
    path.split(['.', '[', ']'])
        .map(|key| key.trim_matches(['"', '\'']))
        .filter(|key| !key.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Put the old bytes back.
pub fn undo(context: &Context, as_json: bool) -> Result<Report, Error> {
    let undone = undo::undo(&context.state())?;
    let paths = context.site()?.paths;
    if as_json {
        let list = |files: &[std::path::PathBuf]| -> Value {
            files.iter().map(|file| Value::from(file.to_string_lossy().into_owned())).collect()
        };
        return Ok(Report::json(&json!({
            "ok": true,
            "changed": true,
            "restored": list(&undone.restored),
            "removed": list(&undone.removed),
        })));
    }
    let lang = context.lang;
    let lines = (undone.restored.iter().map(|file| text::restored(lang, paths.tilde(file))))
        .chain(undone.removed.iter().map(|file| text::removed(lang, paths.tilde(file))));
    Ok(Report::text(lines.map(|line| line + "\n").collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_listed_by_their_refs_wherever_the_value_begins() {
        let models =
            json!([{ "id": "zai-org/GLM-4.7-TEE", "name": "x", "cost": { "id": "no" } }, { "id": "b", "name": "b" }]);
        let config = json!({ "mode": "merge", "providers": { "chutes": { "models": models, "id": "no" } } });
        for (path, value) in [
            ("models", &config),
            ("models.providers", &config["providers"]),
            ("models.providers[\"chutes\"]", &config["providers"]["chutes"]),
            ("models.providers.chutes.models", &models),
            ("models.providers.chutes.models[0]", &models[0]),
        ] {
            let text = with_refs(&clean::json(value), path);
            assert!(
                text.contains("\"id\": \"zai-org/GLM-4.7-TEE\", // chutes/zai-org/GLM-4.7-TEE\n"),
                "{path}: {text}"
            );
            assert!(!text.contains("/no"), "{path}: {text}");
            assert_eq!(json5::from_str::<Value>(&text).expect(path), *value, "{path}");
        }
        let elsewhere = json!({ "models": { "id": "x" } });
        assert!(!with_refs(&clean::json(&elsewhere), "agents.defaults").contains("//"));
    }
}
