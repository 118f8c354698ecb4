//! Which OpenClaw is installed, found without starting it.

use super::find;
use super::paths::Paths;
use crate::openclaw::types::CredentialKind;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where this OpenClaw keeps its credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// No OpenClaw was found, nor a trace of one. What is written is what every one reads: a reference in the config,
    /// and the secret in `.env`. From 2026.8.1 on an `auth-profiles.json` would stop every turn.
    #[default]
    Unknown,
    /// `auth-profiles.json`: before 2026.6.5.
    JsonStore,
    /// One SQLite database per agent: 2026.6.5 to 2026.7.35.
    AgentSqlite,
    /// One shared SQLite database: from 2026.8.1.
    SharedSqlite,
}

impl Generation {
    /// Credentials are kept in a database, which only OpenClaw itself reads and writes.
    pub fn has_database(self) -> bool {
        matches!(self, Generation::AgentSqlite | Generation::SharedSqlite)
    }

    /// A sign-in is kept by us, and OpenClaw asks us for its token: the core of this one renews none, or which one
    /// will come is not known.
    pub fn has_us_keep_sign_ins(self) -> bool {
        matches!(self, Generation::Unknown | Generation::SharedSqlite)
    }

    /// Where the credentials of an agent are kept. `agent_dir` is the agent's own directory, wherever the config
    /// puts it; `sign_in` is our own document of a sign-in.
    pub fn stores(self, agent_dir: &Path, state_dir: &Path, sign_in: &Path) -> CredentialStores {
        let usual = match self {
            Generation::Unknown => state_dir.join(".env"),
            Generation::JsonStore => agent_dir.join(JSON_STORE),
            Generation::AgentSqlite => agent_dir.join(AGENT_DATABASE),
            Generation::SharedSqlite => shared_database(state_dir),
        };
        CredentialStores {
            sign_ins: if self.has_us_keep_sign_ins() { sign_in.to_owned() } else { usual.clone() },
            usual,
        }
    }
}

const JSON_STORE: &str = "auth-profiles.json";
const AGENT_DATABASE: &str = "openclaw-agent.sqlite";

/// The database that all agents share, from 2026.8.1 on.
pub fn shared_database(state_dir: &Path) -> PathBuf {
    state_dir.join("state/openclaw.sqlite")
}

/// The files that hold credentials; the one home of that fact, for screens, reports and documents alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialStores {
    /// API keys, tokens, and sign-ins where [`CredentialStores::of`] does not say otherwise.
    usual: PathBuf,
    sign_ins: PathBuf,
}

impl CredentialStores {
    /// Where a credential of this kind is; None: whatever kind there may be.
    pub fn of(&self, kind: Option<CredentialKind>) -> &Path {
        match kind {
            Some(CredentialKind::OAuth) => &self.sign_ins,
            _ => &self.usual,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// From its `package.json`, such as `2026.5.28`.
    pub version: Option<String>,
    /// The `openclaw` that was found, in `PATH` or where an installer put it.
    pub program: Option<PathBuf>,
    pub generation: Generation,
    /// The module of OpenClaw's SDK that stores credentials, of versions that keep them in a database.
    pub sdk: Option<PathBuf>,
}

/// Bytes of a script that may name the package it starts; theirs have some hundred.
const LONGEST_SCRIPT: u64 = 64 << 10;

/// Documented for plugins; in the package's directory.
const SDK: &str = "dist/plugin-sdk/provider-auth.js";

impl Installed {
    /// With `compat.thinkingFormat: "qwen-chat-template"`, `/think off` and the others arrive. Seen on 2026.9.6;
    /// 2026.5.28 then always asks for thinking, so that it can no more be turned off.
    pub fn thinks_by_template(&self) -> bool {
        self.version.as_deref().and_then(parse).is_some_and(|version| version >= (2026, 9, 6))
    }

    /// A gateway of this version does not start when the config names Chutes and its plugin is neither there
    /// nor switched off: 2026.7.1 to 2026.7.35.
    pub fn stops_without_plugin(&self) -> bool {
        let version = self.version.as_deref().and_then(parse);
        version.is_some_and(|version| ((2026, 7, 1)..(2026, 8, 1)).contains(&version))
    }

    /// `named` is the program that somebody named: no other one counts then. Else all the places of
    /// [`find::candidates`] count, for which `var` reads the environment. `ourselves` is skipped, for we may be called
    /// `openclaw` too.
    pub fn detect(
        paths: &Paths,
        named: Option<&Path>,
        var: impl Fn(&str) -> Option<String>,
        ourselves: Option<&Path>,
    ) -> Self {
        let ourselves = ourselves.and_then(|path| path.canonicalize().ok());
        let places = match named {
            Some(program) => vec![program.to_owned()],
            None => find::candidates(&paths.home, Path::new("/"), var),
        };
        let found = places.iter().find_map(|program| {
            let real = program.canonicalize().ok().filter(|real| real.is_file())?;
            (is_executable(&real) && Some(&real) != ourselves.as_ref()).then_some((program.clone(), real))
        });
        let package = found.as_ref().and_then(|(program, real)| {
            package_near(real).or_else(|| package_near(program)).or_else(|| package_of_script(real))
        });
        // One whose program cannot run from here tells all the same which OpenClaw will read the files.
        let idle = || places.iter().find_map(|place| package_near(place));
        let package = if found.is_none() { idle() } else { package };
        let (dir, version) = package.map_or((None, None), |(dir, version)| (Some(dir), Some(version)));
        let program = found.map(|(program, _)| program);
        let generation = generation(version.as_deref(), program.is_some(), paths);
        let sdk = dir.filter(|_| generation.has_database()).map(|dir| dir.join(SDK));
        Self { version, program, generation, sdk: sdk.filter(|path| path.is_file()) }
    }

    /// The same program, whose version only the program itself could tell.
    pub fn with_version(self, version: String, paths: &Paths) -> Self {
        Self { generation: generation(Some(&version), true, paths), version: Some(version), ..self }
    }
}

/// `runs`: the version is that of a program which runs.
fn generation(version: Option<&str>, runs: bool, paths: &Paths) -> Generation {
    // One that is not to be found has still left its version in the config that it wrote.
    let touched = || find::last_touched(&fs::read_to_string(&paths.config).ok()?).and_then(parse);
    let told = version.and_then(parse);
    // A package that does not run may be an old one, beside the one that is in use.
    match if runs { told.or_else(touched) } else { told.max(touched()) } {
        Some(version) if version >= (2026, 8, 1) => Generation::SharedSqlite,
        Some(version) if version >= (2026, 6, 5) => Generation::AgentSqlite,
        Some(_) => Generation::JsonStore,
        None => traced(&paths.state_dir),
    }
}

/// Found or not, an OpenClaw whose version we cannot read has left a store in its state directory.
fn traced(state_dir: &Path) -> Generation {
    if shared_database(state_dir).exists() {
        return Generation::SharedSqlite;
    }
    let agents: Vec<PathBuf> =
        fs::read_dir(state_dir.join("agents")).into_iter().flatten().flatten().map(|agent| agent.path()).collect();
    let has = |store: &str| agents.iter().any(|agent| agent.join("agent").join(store).exists());
    match (has(AGENT_DATABASE), has(JSON_STORE)) {
        (true, _) => Generation::AgentSqlite,
        (false, true) => Generation::JsonStore,
        (false, false) => Generation::Unknown,
    }
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o111 != 0)
}

/// The nearest directory above the program whose `package.json` is OpenClaw's own, and its version.
fn package_near(program: &Path) -> Option<(PathBuf, String)> {
    // npm links to the package; pnpm and others put a script beside `node_modules` or its parent.
    let manifest = |dir: PathBuf| -> Option<(PathBuf, String)> {
        let value: Value = serde_json::from_slice(&fs::read(dir.join("package.json")).ok()?).ok()?;
        let version = value.get("version")?.as_str()?.to_owned();
        (value["name"] == "openclaw").then_some((dir, version))
    };
    let above = program.ancestors().skip(1).take(6);
    let beside = |dir: &Path| {
        let places = [
            "openclaw",
            "node_modules/openclaw",
            "lib/node_modules/openclaw",
            // Volta's programs are links to Volta itself.
            "tools/image/packages/openclaw/lib/node_modules/openclaw",
        ];
        places.into_iter().find_map(|place| manifest(dir.join(place)))
    };
    above.clone().map(Path::to_owned).find_map(manifest).or_else(|| above.take(3).find_map(beside))
}

/// The package that a script starts: Homebrew, Nix and people write scripts that name its files.
fn package_of_script(script: &Path) -> Option<(PathBuf, String)> {
    let mut text = Vec::new();
    fs::File::open(script).ok()?.take(LONGEST_SCRIPT).read_to_end(&mut text).ok()?;
    let text = std::str::from_utf8(&text).ok().filter(|text| text.starts_with("#!"))?;
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ';'));
    words.map(Path::new).filter(|path| path.is_absolute()).find_map(package_near)
}

/// `2026.5.28`, `v2026.5.28-beta.1`: the three numbers.
fn parse(version: &str) -> Option<(u32, u32, u32)> {
    let mut parts = version.trim_start_matches('v').split(['.', '-', '+']).map(str::parse);
    match (parts.next()?, parts.next()?, parts.next()?) {
        (Ok(year), Ok(month), Ok(day)) => Some((year, month, day)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_generation_keeps_credentials_in_a_place_of_its_own() {
        use CredentialKind::{ApiKey, OAuth, Token};
        let (agent, state, own) = (Path::new("/a"), Path::new("/s"), Path::new("/o/sign-in.json"));
        for (generation, usual, sign_in) in [
            (Generation::Unknown, "/s/.env", "/o/sign-in.json"),
            (Generation::JsonStore, "/a/auth-profiles.json", "/a/auth-profiles.json"),
            (Generation::AgentSqlite, "/a/openclaw-agent.sqlite", "/a/openclaw-agent.sqlite"),
            (Generation::SharedSqlite, "/s/state/openclaw.sqlite", "/o/sign-in.json"),
        ] {
            let stores = generation.stores(agent, state, own);
            assert_eq!(generation.has_us_keep_sign_ins(), Path::new(sign_in) == own);
            for kind in [None, Some(ApiKey), Some(Token)] {
                assert_eq!(stores.of(kind), Path::new(usual), "{generation:?} {kind:?}");
            }
            assert_eq!(stores.of(Some(OAuth)), Path::new(sign_in), "{generation:?}");
        }
    }
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn detect(version: Option<&str>, sqlite: bool) -> Installed {
        let dir = tempfile::tempdir().unwrap();
        let (bin, package) = (dir.path().join("bin"), dir.path().join("lib/node_modules/openclaw"));
        fs::create_dir_all(&bin).unwrap();
        fs::create_dir_all(&package).unwrap();
        let ourselves = dir.path().join("ours/openclaw");
        fs::create_dir_all(ourselves.parent().unwrap()).unwrap();
        for program in [&package.join("openclaw.mjs"), &ourselves] {
            fs::write(program, "").unwrap();
            fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        if let Some(version) = version {
            fs::write(package.join("package.json"), format!(r#"{{"name":"openclaw","version":"{version}"}}"#)).unwrap();
            symlink(package.join("openclaw.mjs"), bin.join("openclaw")).unwrap();
        }
        let paths = Paths { state_dir: dir.path().join("s"), ..Paths::default() };
        if sqlite {
            fs::create_dir_all(dir.path().join("s/state")).unwrap();
            fs::write(dir.path().join("s/state/openclaw.sqlite"), "").unwrap();
        }
        let path_var = std::env::join_paths([ourselves.parent().unwrap(), &bin]).unwrap();
        let path_var = path_var.into_string().unwrap();
        Installed::detect(&paths, None, |name| (name == "PATH").then(|| path_var.clone()), Some(&ourselves))
    }

    #[test]
    fn the_version_decides_the_store_and_we_are_not_openclaw() {
        for (version, generation) in [
            ("2026.5.28", Generation::JsonStore),
            ("2026.6.1", Generation::JsonStore),
            ("2026.6.5-beta.2", Generation::AgentSqlite),
            ("2026.7.35", Generation::AgentSqlite),
            ("2026.8.1", Generation::SharedSqlite),
            ("2027.1.1", Generation::SharedSqlite),
        ] {
            let found = detect(Some(version), false);
            assert_eq!((found.version.as_deref(), found.generation), (Some(version), generation));
            assert!(found.program.unwrap().ends_with("bin/openclaw"));
        }
        assert_eq!(detect(None, false), Installed::default());
        assert_eq!(detect(None, true).generation, Generation::SharedSqlite);
        assert_eq!(detect(Some("2026.5.28"), true).generation, Generation::JsonStore);
    }

    #[test]
    fn without_a_version_the_state_directory_tells() {
        let state = tempfile::tempdir().unwrap();
        assert_eq!(traced(state.path()), Generation::Unknown);
        for (store, generation) in [
            ("agents/work/agent/auth-profiles.json", Generation::JsonStore),
            ("agents/main/agent/openclaw-agent.sqlite", Generation::AgentSqlite),
            ("state/openclaw.sqlite", Generation::SharedSqlite),
        ] {
            let path = state.path().join(store);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
            assert_eq!(traced(state.path()), generation, "{store}");
        }
    }

    #[test]
    fn a_package_tells_the_version_whose_program_does_not_run_from_here() {
        let dir = tempfile::tempdir().unwrap();
        let package = dir.path().join("lib/node_modules/openclaw");
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("package.json"), r#"{"name":"openclaw","version":"2026.5.28"}"#).unwrap();
        let paths = Paths { state_dir: dir.path().join("s"), home: dir.path().join("h"), ..Paths::default() };
        let prefix = dir.path().to_str().unwrap().to_owned();
        let found = Installed::detect(&paths, None, |name| (name == "npm_config_prefix").then(|| prefix.clone()), None);
        let version = Some("2026.5.28".to_owned());
        assert_eq!(found, Installed { version, generation: Generation::JsonStore, ..Installed::default() });
    }

    #[test]
    fn a_script_that_starts_it_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        let package = dir.path().join("cellar/lib/node_modules/openclaw");
        fs::create_dir_all(package.join("dist/plugin-sdk")).unwrap();
        fs::write(package.join("package.json"), r#"{"name":"openclaw","version":"2026.9.6"}"#).unwrap();
        fs::write(package.join(SDK), "").unwrap();
        let bin = dir.path().join("bin");
        fs::create_dir_all(&bin).unwrap();
        let paths = Paths { state_dir: dir.path().join("s"), ..Paths::default() };
        let program = bin.join("openclaw");
        for (script, known) in [
            ("#!/bin/bash\nexec \"/opt/node/bin/node\" \"PACKAGE/openclaw.mjs\" \"$@\"\n", true),
            ("#! /nix/store/x-bash/bin/bash -e\nexec -a \"$0\" '/nix/x/bin/node' PACKAGE/dist/index.js \"$@\"\n", true),
            ("#!/bin/sh\nCLI=PACKAGE/openclaw.mjs; exec node $CLI \"$@\"\n", true),
            ("#!/bin/sh\nexec somewhere-else \"$@\"\n", false),
            ("PACKAGE/openclaw.mjs", false),
        ] {
            fs::write(&program, script.replace("PACKAGE", &package.display().to_string())).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            let found = Installed::detect(&paths, Some(&program), |_| None, None);
            assert_eq!(found.version.as_deref(), known.then_some("2026.9.6"), "{script}");
            assert_eq!(found.sdk, known.then(|| package.join(SDK)), "{script}");
            if !known {
                assert_eq!(found.generation, Generation::Unknown);
                let asked = found.with_version("2026.9.6".to_owned(), &paths);
                assert_eq!(asked.generation, Generation::SharedSqlite);
            }
        }
    }
}
