//! `config get`: the config as OpenClaw 2026.5.28 answers it, with its defaults filled in and its
//! secrets redacted.

mod effective;
mod redact;

use super::read::snapshot::Snapshot;
use effective::effective;
use redact::redact;
use serde_json::Value;

/// The value at a path such as `models.providers.chutes.models[0].id`, or None when OpenClaw would
/// say that it does not exist. `env` is for `${NAME}`.
pub fn get(snapshot: &Snapshot, path: &str, env: impl Fn(&str) -> Option<String>) -> Option<Value> {
    let segments = segments(path)?;
    let mut config = match snapshot.config.bytes {
        Some(_) => effective(snapshot, leads_to_models(&segments), env),
        // Without a file OpenClaw fills in nothing.
        None => return None,
    };
    redact(&mut config);
    let mut found = &config;
    for segment in &segments {
        found = match found {
            Value::Array(items) => items.get(index(segment)?)?,
            Value::Object(object) => object.get(segment)?,
            _ => return None,
        };
    }
    Some(found.clone())
}

/// Whether the list of a provider's models, which may be long, is part of what is asked for.
fn leads_to_models(segments: &[String]) -> bool {
    let is = |at: usize, name: &str| segments.get(at).is_none_or(|segment| segment == name);
    is(0, "models") && is(1, "providers") && is(3, "models")
}

/// A path's keys: `a.b`, `a[0]`, `a["b.c"]`, `a\.b`. None when it is not a path.
fn segments(path: &str) -> Option<Vec<String>> {
    let (mut parts, mut current, mut after_bracket) = (Vec::new(), String::new(), false);
    let mut chars = path.trim().chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => current.extend(chars.next()),
            '.' => {
                if current.trim().is_empty() && (!after_bracket || !current.is_empty()) {
                    return None;
                }
                parts.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
                after_bracket = false;
            }
            '[' => {
                if current.trim().is_empty() && !after_bracket && !parts.is_empty() {
                    return None;
                }
                parts.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
                let (inside, rest) = chars.as_str().split_once(']')?;
                chars = rest.chars();
                let inside = inside.trim();
                let key = match inside.chars().next()? {
                    '"' | '\'' => ::json5::from_str::<String>(inside).ok().filter(|key| !key.trim().is_empty())?,
                    _ => inside.to_owned(),
                };
                parts.push(key);
                after_bracket = true;
            }
            c => current.push(c),
        }
    }
    if !after_bracket && current.trim().is_empty() {
        return None;
    }
    parts.extend((!current.is_empty()).then_some(current));
    Some(parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
}

fn index(segment: &str) -> Option<usize> {
    let plain = segment.chars().all(|c| c.is_ascii_digit()) && (segment == "0" || !segment.starts_with('0'));
    plain.then(|| segment.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_list_is_read_for_those_who_ask_for_it() {
        let leads = |path: &str| leads_to_models(&segments(path).expect("a path"));
        for asked in ["models", "models.providers", "models.providers.chutes", "models.providers.chutes.models[0].id"] {
            assert!(leads(asked), "{asked}");
        }
        for other in ["models.mode", "models.providers.chutes.baseUrl", "agents.defaults.models", "gateway"] {
            assert!(!leads(other), "{other}");
        }
    }

    #[test]
    fn paths_are_read_as_in_openclaw() {
        let split = |path: &str| segments(path);
        let some = |parts: &[&str]| Some(parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            split("models.providers.chutes.models[0].id"),
            some(&["models", "providers", "chutes", "models", "0", "id"])
        );
        assert_eq!(split(r#"a["chutes/z.B"].alias"#), some(&["a", "chutes/z.B", "alias"]));
        assert_eq!(split(r"a\.b['c']"), some(&["a.b", "c"]));
        for bad in ["", ".", "a..b", "a.", "a[", "a[]", "a.[0]"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
