//! What the installed OpenClaw itself says of its config. It takes seconds, so it is asked in the
//! background, or where somebody wants to be strict.

use super::child;
use super::scratch_config::ScratchDir;
use crate::files::staged::random_suffix;
use crate::openclaw::plan::refusals::{Refusal, What, refusals};
use crate::openclaw::read::Site;
use crate::openclaw::read::includes::MergedConfig;
use crate::openclaw::read::snapshot::Snapshot;
use crate::state::State;
use json5_edit::{Step, display};
use serde::Deserialize;
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// An answer takes 1 to 5 s; after this nobody waits any longer.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Answer {
    valid: bool,
    #[serde(default)]
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
struct Issue {
    /// Keys with dots between, however they look; `<root>`.
    path: String,
    message: String,
}

/// What it says of ids that come with an installed plugin, which it does not see here.
const OF_PLUGINS: [&str; 2] = ["unknown channel id: ", "plugin not found: "];

/// What it refuses in the config as it is on disk. None: it gave no answer, or nobody wants it any more.
///
/// It works in a state directory of its own, below ours: some releases make a database, or change the one
/// that is there, as soon as they start.
pub fn ask(site: &Site, snapshot: &Snapshot, state: &State, wanted: impl Fn() -> bool) -> Option<Vec<Refusal>> {
    snapshot.config.bytes.as_ref()?;
    let mut command = Command::new(site.installed.program.as_ref()?);
    let scratch = ScratchDir::new(state.dir().join(random_suffix(state.dir()).ok()?)).ok()?;
    command.args(["config", "validate", "--json"]);
    command.env("OPENCLAW_CONFIG_PATH", &site.paths.config);
    command.env("OPENCLAW_STATE_DIR", scratch.path());
    command.env("OPENCLAW_HOME", &site.paths.home);
    let said = child::run(command, None, LONGEST, wanted).ok()?.stdout;
    let answer: Answer = serde_json::from_slice(said.get(said.iter().position(|&byte| byte == b'{')?..)?).ok()?;
    if answer.valid {
        return Some(Vec::new());
    }
    // Ours has the better words: some releases only say that the input is invalid.
    let known = refusals(&snapshot.tree, snapshot.installed.version.as_deref());
    let mut found: Vec<Refusal> = Vec::new();
    let of_plugin = |issue: &&Issue| OF_PLUGINS.iter().any(|begin| issue.message.starts_with(begin));
    for issue in answer.issues.iter().filter(|issue| !of_plugin(issue)) {
        let steps = steps(&snapshot.tree.value, &issue.path);
        let dotted = display(&steps);
        let below = |known: &&Refusal| known.dotted == dotted || is_below(&known.dotted, &dotted);
        let mut better: Vec<Refusal> = known.iter().filter(below).cloned().collect();
        if better.is_empty() {
            better.push(said_of(&snapshot.tree, &steps, issue));
        }
        found.extend(better.into_iter().filter(|new| !found.contains(new)).collect::<Vec<_>>());
    }
    Some(found)
}

/// An issue of which nothing more is known.
fn said_of(tree: &MergedConfig, steps: &[Step], issue: &Issue) -> Refusal {
    // The place of the key that it names, where it names one.
    let named = issue.message.strip_prefix("Unrecognized key: \"").and_then(|rest| rest.split('"').next());
    let steps = [steps, &named.map(Step::from).into_iter().collect::<Vec<_>>()].concat();
    let (path, place) = tree.place(&steps);
    Refusal { path, place, dotted: display(&steps), what: What::Said(issue.message.clone()) }
}

fn is_below(dotted: &str, parent: &str) -> bool {
    parent.is_empty() || dotted.strip_prefix(parent).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// The path that is meant: a key may have dots in it, and an index looks like one.
fn steps(value: &Value, path: &str) -> Vec<Step> {
    let (mut value, mut rest, mut steps) = (value, path, Vec::new());
    while !rest.is_empty() && path != "<root>" {
        let key = match value {
            Value::Object(map) => {
                let fits = |key: &&String| rest == key.as_str() || rest.starts_with(&format!("{key}."));
                map.keys().filter(fits).max_by_key(|key| key.len()).cloned()
            }
            _ => None,
        };
        let key = key.unwrap_or_else(|| rest.split('.').next().unwrap_or_default().to_owned());
        rest = rest[key.len()..].strip_prefix('.').unwrap_or_default();
        let (step, next) = match (value, key.parse::<usize>()) {
            (Value::Array(items), Ok(at)) => (Step::Index(at), items.get(at)),
            _ => (Step::from(key.as_str()), value.get(&key)),
        };
        steps.push(step);
        value = next.unwrap_or(&Value::Null);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_of_openclaws_finds_its_place() {
        let config = json!({"agents": {"list": [{"model": 1}], "defaults": {"models": {"openai/gpt-5.2": true}}}});
        for (path, dotted) in [
            ("<root>", ""),
            ("agents.defaults.models.openai/gpt-5.2", "agents.defaults.models[\"openai/gpt-5.2\"]"),
            ("agents.list.0.model", "agents.list[0].model"),
            ("gone.x", "gone.x"),
        ] {
            assert_eq!(display(&steps(&config, path)), dotted);
        }
        assert!(is_below("a.b", "a") && is_below("a[0]", "a") && is_below("a", "") && !is_below("ab", "a"));
    }
}
