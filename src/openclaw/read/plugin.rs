//! The plugin `@openclaw/chutes-provider`: whether OpenClaw has it, seen in its files.

use crate::files::entries;
use crate::openclaw::value::at;
use serde_json::Value;
use std::path::Path;

/// In the config, the plugin's id.
pub const ID: &str = "chutes";
const PACKAGE: &str = "node_modules/@openclaw/chutes-provider";

/// Where OpenClaw puts plugins: copies, npm's own tree, and from 2026.8.1 on a tree for each.
pub fn is_installed(state_dir: &Path, config: &Value) -> bool {
    let npm = state_dir.join("npm");
    let copies = [ID, "chutes-provider"].map(|name| state_dir.join("extensions").join(name));
    let projects = entries(&npm.join("projects"));
    let trees = projects.into_iter().chain([npm]).map(|tree| tree.join(PACKAGE));
    let loaded = at(config, &["plugins", "load", "paths"]).and_then(Value::as_array).into_iter().flatten();
    let mut loaded = loaded.filter_map(Value::as_str).map(Path::new);
    copies.into_iter().chain(trees).any(|dir| dir.is_dir())
        || at(config, &["plugins", "installs", ID]).is_some()
        || loaded.any(|path| path.iter().any(|part| part == ID || part == "chutes-provider"))
}

/// The switch in `plugins.entries`. None: not set.
pub fn switch(config: &Value) -> Option<bool> {
    at(config, &["plugins", "entries", ID, "enabled"]).and_then(Value::as_bool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::fs;

    #[test]
    fn it_is_seen_wherever_it_was_put() {
        let none = json!({"plugins": {"entries": {"chutes": {"enabled": true}}}});
        for place in [
            "extensions/chutes",
            "npm/node_modules/@openclaw/chutes-provider",
            "npm/projects/x/node_modules/@openclaw/chutes-provider",
        ] {
            let dir = tempfile::tempdir().unwrap();
            assert!(!is_installed(dir.path(), &none));
            fs::create_dir_all(dir.path().join(place)).unwrap();
            assert!(is_installed(dir.path(), &none), "{place}");
        }
        let nowhere = Path::new("/nowhere");
        assert!(is_installed(nowhere, &json!({"plugins": {"load": {"paths": ["~/src/chutes-provider"]}}})));
        assert!(!is_installed(nowhere, &json!({"plugins": {"load": {"paths": ["~/src/parachutes"]}}})));
        assert_eq!((switch(&none), switch(&json!({}))), (Some(true), None));
    }
}
