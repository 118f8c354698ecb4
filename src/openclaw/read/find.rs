//! Where an `openclaw` may be: `PATH` first, then where its installers put it. A job of cron, sudo or Ansible has a
//! `PATH` without nvm, Volta, pnpm or Bun in it, and yet the gateway of that home runs from there.

use crate::files::entries;
use std::fs;
use std::path::{Path, PathBuf};

/// All places in the order in which they count, each the path of a program that need not be there.
///
/// `var` reads the environment. `system` is `/`, or the root of a test.
pub fn candidates(home: &Path, system: &Path, var: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let dir = |name: &str, default: &str| {
        var(name).map(PathBuf::from).filter(|path| path.is_absolute()).unwrap_or_else(|| home.join(default))
    };
    let path = var("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> =
        std::env::split_paths(&path).filter(|dir| dir.is_absolute()).map(|dir| dir.join("openclaw")).collect();
    // What the gateway runs is what will read the files.
    found.extend(service_units(home).iter().flat_map(|unit| of_unit(unit)));
    found.extend(npm_prefixes(home, &var).into_iter().map(|prefix| prefix.join("bin/openclaw")));
    let nvm = dir("NVM_DIR", ".nvm").join("versions/node");
    let mise = dir("MISE_DATA_DIR", ".local/share/mise").join("installs");
    let fnm = dir("FNM_DIR", ".local/share/fnm").join("node-versions");
    let asdf = dir("ASDF_DATA_DIR", ".asdf").join("installs/nodejs");
    for (versions, inside) in [
        (nvm, "bin/openclaw"),
        (mise.join("npm-openclaw"), "bin/openclaw"),
        (mise.join("node"), "bin/openclaw"),
        (fnm, "installation/bin/openclaw"),
        (asdf, "bin/openclaw"),
    ] {
        found.extend(newest_first(&versions).into_iter().map(|version| version.join(inside)));
    }
    found.push(dir("VOLTA_HOME", ".volta").join("bin/openclaw"));
    found.push(dir("PNPM_HOME", ".local/share/pnpm").join("openclaw"));
    found.push(home.join("Library/pnpm/openclaw"));
    found.push(dir("BUN_INSTALL", ".bun").join("bin/openclaw"));
    for place in [".npm-global/bin", ".local/bin", ".yarn/bin", ".openclaw/bin"] {
        found.push(home.join(place).join("openclaw"));
    }
    for place in ["usr/local/bin", "opt/homebrew/bin", "home/linuxbrew/.linuxbrew/bin", "usr/bin"] {
        found.push(system.join(place).join("openclaw"));
    }
    found
}

/// `prefix` of npm: from the environment and the user's `.npmrc`.
fn npm_prefixes(home: &Path, var: &impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let named = ["npm_config_prefix", "NPM_CONFIG_PREFIX"].into_iter().filter_map(var);
    let file = fs::read_to_string(home.join(".npmrc")).unwrap_or_default();
    let written = file.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "prefix").then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    });
    let home_of = |prefix: String| match prefix.strip_prefix("~/").or_else(|| prefix.strip_prefix("${HOME}/")) {
        Some(rest) => home.join(rest),
        None => PathBuf::from(prefix),
    };
    named.chain(written).map(home_of).filter(|prefix| prefix.is_absolute()).collect()
}

/// The texts of the units that start a gateway of this home, by systemd or launchd.
fn service_units(home: &Path) -> Vec<String> {
    let mut units = Vec::new();
    for dir in [".config/systemd/user", "Library/LaunchAgents"] {
        let mut files = entries(&home.join(dir));
        files.sort();
        let ours = |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().contains("openclaw"));
        let kept = |file: &PathBuf| file.extension().is_some_and(|end| end == "service" || end == "plist");
        units.extend(files.into_iter().filter(ours).filter(kept).filter_map(|file| fs::read_to_string(file).ok()));
    }
    units
}

/// Programs that a unit points to: one that it starts itself, or the package whose script Node runs.
fn of_unit(unit: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for word in unit.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | '<' | '>')) {
        let path = Path::new(word);
        if !path.is_absolute() {
            continue;
        }
        if path.file_name().is_some_and(|name| name == "openclaw") {
            found.push(path.to_owned());
        }
        if let Some(package) = path.ancestors().find(|dir| dir.ends_with("node_modules/openclaw")) {
            // npm's link lies beside the Node that can run it; the script itself needs one in PATH.
            let prefix = package.ancestors().nth(3);
            found.extend(prefix.map(|prefix| prefix.join("bin/openclaw")));
            found.push(package.join("openclaw.mjs"));
        }
    }
    found
}

/// Directories named by versions, such as `v22.3.0`, newest first.
fn newest_first(dir: &Path) -> Vec<PathBuf> {
    let numbers = |path: &PathBuf| -> Vec<u32> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.trim_start_matches('v').split('.').map_while(|part| part.parse().ok()).collect()
    };
    let mut found = entries(dir);
    found.sort_by_key(|path| std::cmp::Reverse(numbers(path)));
    found
}

/// The version that last wrote this config, from `meta.lastTouchedVersion`: what is known of an OpenClaw that is not
/// to be found. Any text will do; nothing else of it is read.
pub fn last_touched(config: &str) -> Option<&str> {
    let (_, after) = config.split_once("lastTouchedVersion")?;
    let after = after.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    after[1..].split(quote).next().filter(|version| version.len() < 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)], env: &[(&str, &str)]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let (home, system) = (dir.path().join("home"), dir.path().join("system"));
        for (name, text) in files {
            let path = home.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text.replace("HOME", &home.display().to_string())).unwrap();
        }
        let var = |name: &str| {
            let value = env.iter().find(|(known, _)| *known == name)?.1;
            Some(value.replace("HOME", &home.display().to_string()))
        };
        let there = candidates(&home, &system, var).into_iter().filter(|path| path.exists());
        there.map(|path| path.strip_prefix(&home).unwrap().display().to_string()).collect()
    }

    #[test]
    fn every_installers_place_is_looked_into() {
        for place in [
            ".nvm/versions/node/v22.3.0/bin/openclaw",
            ".volta/bin/openclaw",
            ".local/share/pnpm/openclaw",
            ".bun/bin/openclaw",
            ".local/share/mise/installs/npm-openclaw/2026.9.6/bin/openclaw",
            ".local/share/mise/installs/node/24.1.0/bin/openclaw",
            ".local/share/fnm/node-versions/v22.0.0/installation/bin/openclaw",
            ".asdf/installs/nodejs/22.1.0/bin/openclaw",
            ".npm-global/bin/openclaw",
            ".local/bin/openclaw",
        ] {
            assert_eq!(found(&[(place, "")], &[("PATH", "/usr/bin:/bin")]), [place], "{place}");
        }
    }

    #[test]
    fn path_counts_before_the_gateway_and_the_gateway_before_the_rest() {
        let unit =
            "[Service]\nExecStart=HOME/node/bin/node HOME/node/lib/node_modules/openclaw/dist/index.js gateway run\n";
        let files = [
            (".nvm/versions/node/v9.11.2/bin/openclaw", ""),
            (".nvm/versions/node/v22.3.0/bin/openclaw", ""),
            (".config/systemd/user/openclaw-gateway.service", unit),
            ("node/bin/openclaw", ""),
            ("node/lib/node_modules/openclaw/openclaw.mjs", ""),
            ("prefix/bin/openclaw", ""),
            (".npmrc", "# mine\nprefix=~/prefix\n"),
            ("mine/openclaw", ""),
        ];
        assert_eq!(
            found(&files, &[("PATH", "HOME/mine:relative")]),
            [
                "mine/openclaw",
                "node/bin/openclaw",
                "node/lib/node_modules/openclaw/openclaw.mjs",
                "prefix/bin/openclaw",
                ".nvm/versions/node/v22.3.0/bin/openclaw",
                ".nvm/versions/node/v9.11.2/bin/openclaw",
            ]
        );
    }

    #[test]
    fn the_config_tells_who_wrote_it_last() {
        for (text, version) in [
            (r#"{ "meta": { "lastTouchedVersion": "2026.9.6" } }"#, Some("2026.9.6")),
            ("{ meta: { lastTouchedVersion : '2026.7.1', x: 1 } }", Some("2026.7.1")),
            ("{ meta: { lastTouchedVersion: 7 } }", None),
            ("{}", None),
        ] {
            assert_eq!(last_touched(text), version, "{text}");
        }
    }
}
