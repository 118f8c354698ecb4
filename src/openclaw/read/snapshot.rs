//! OpenClaw's files as they were at one moment. Everything that plans or shows works on this.

use super::includes::{MergedConfig, Models};
use super::install::{CredentialStores, Installed, shared_database};
use super::paths::Paths;
use super::plugin;
use super::timers;
use super::{auth_store, current, dotenv, refs as built_in};
use crate::files;
use crate::files::Doing;
use crate::files::bytes::Bytes;
use crate::openclaw::error::Shape;
use crate::openclaw::helper::Helper;
use crate::openclaw::types::{CredentialKind, FileChange};
use crate::openclaw::{Error, Site, value};
use crate::renewal_timer::RenewalTimer;
use crate::selection::refs;
use serde_json::{Map, Value};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// One file as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// Where it is written: symbolic links of a config are resolved.
    pub path: PathBuf,
    /// The symbolic link that led there.
    pub link: Option<PathBuf>,
    /// None: there is no such file.
    pub bytes: Option<Bytes>,
    /// Permission bits, of an existing file.
    pub mode: Option<u32>,
}

/// What lies in OpenClaw's files at one moment, read once and in full.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub paths: Paths,
    pub installed: Installed,
    pub config: File,
    /// Files that the config includes, in the order they were met.
    pub includes: Vec<File>,
    pub tree: MergedConfig,
    /// Normalised id of the agent whose credentials are meant.
    pub agent: String,
    /// All agents, default first.
    pub agents: Vec<String>,
    /// `auth-profiles.json` of that agent.
    pub store: Json,
    /// `auth-state.json` of that agent.
    pub auth_state: Json,
    /// The store of `main`, which every other agent reads through to. None when the agent is `main`.
    pub main_store: Option<Json>,
    /// `.env` of the state directory.
    pub dotenv: File,
    /// It cannot be read: reason to stop only for who has to write it.
    pub dotenv_error: Option<Error>,
    /// Marks of the variables that we wrote into it.
    pub our_variables: Vec<String>,
    /// `~/.config/openclaw/gateway.env`, which is read after it.
    pub gateway_env: File,
    /// The sign-in that we keep for this config.
    pub sign_in: File,
    /// The record of the timer that renews it, then the files that such a timer has here.
    pub timer_files: Vec<File>,
    /// This program, as OpenClaw would run it.
    pub helper: Helper,
    /// OpenClaw has a database already, which may hold Chutes profiles.
    pub has_database: bool,
    /// The plugin `@openclaw/chutes-provider` is installed.
    pub has_plugin: bool,
    /// Providers that an agent has a credential for, or a scheduled job a model of.
    pub providers: Vec<String>,
}

/// A JSON file of OpenClaw's own.
#[derive(Clone, Debug)]
pub struct Json {
    pub file: File,
    /// An empty object when the file is missing. An error when it cannot be edited safely; OpenClaw
    /// takes such a file for an empty one.
    pub value: Result<Value, Error>,
}

impl Json {
    /// The value, or an empty object: what OpenClaw sees.
    pub fn seen(&self) -> &Value {
        self.value.as_ref().unwrap_or(&Value::Null)
    }
}

impl Snapshot {
    /// Reads every file of the site. A file that is not there counts as empty; one that cannot be read or is no JSON5
    /// is the error, with path, line and column.
    pub fn read(site: &Site) -> Result<Self, Error> {
        let paths = &site.paths;
        let config = File::followed(&paths.config)?;
        let mut includes = Vec::new();
        let mut read = |path: &Path| {
            if path == config.path {
                return Ok(config.bytes.clone());
            }
            let file = File::followed(path)?;
            let bytes = file.bytes.clone();
            includes.push(file);
            Ok(bytes)
        };
        let tree = MergedConfig::read(&config.path, &paths.include_roots, &mut read)?;
        let agents = agents(&tree.value);
        let agent = match site.agent.as_deref().map(normalize_agent_id) {
            None => agents.first().cloned().unwrap_or_else(|| "main".to_owned()),
            Some(id) if agents.contains(&id) || id == "main" => id,
            Some(id) => return Err(Error::UnknownAgent { agent: id, known: agents }),
        };
        let store_of = |agent: &str, name: &str| json(&agent_dir(paths, &tree.value, agent).join(name));
        let providers = providers(paths, &tree.value, &agents);
        let path = paths.state_dir.join(".env");
        let (dotenv, dotenv_error) = match File::followed(&path) {
            Ok(file) => (file, None),
            Err(error) => (File { path, ..File::default() }, Some(error)),
        };
        Ok(Self {
            providers,
            store: store_of(&agent, "auth-profiles.json")?,
            auth_state: store_of(&agent, "auth-state.json")?,
            main_store: (agent != "main").then(|| store_of("main", "auth-profiles.json")).transpose()?,
            dotenv,
            dotenv_error,
            our_variables: paths.our_variables().read().unwrap_or_default(),
            gateway_env: match paths.state_dir == paths.home.join(".openclaw") {
                true => File::plain(&paths.home.join(".config/openclaw/gateway.env")).unwrap_or_default(),
                // It belongs to the usual state directory alone.
                false => File::default(),
            },
            sign_in: File::plain(&paths.sign_in)
                .unwrap_or_else(|_| File { path: paths.sign_in.clone(), ..File::default() }),
            timer_files: std::iter::once(paths.renewal_timer.clone())
                .chain(timers::files(paths))
                .map(|path| File::plain(&path).unwrap_or_else(|_| File { path, ..File::default() }))
                .collect(),
            helper: Helper::this(),
            has_database: shared_database(&paths.state_dir).exists(),
            has_plugin: plugin::is_installed(&paths.state_dir, &tree.value),
            paths: paths.clone(),
            installed: site.installed.clone(),
            config,
            includes,
            tree,
            agent,
            agents,
        })
    }

    /// The same files once these changes are written.
    pub fn after(self, changes: &[FileChange]) -> Result<Self, Error> {
        let mut after = self;
        if changes.is_empty() {
            return Ok(after);
        }
        // Gone before the new one is read: the largest part.
        after.tree = MergedConfig::default();
        let change = |file: &mut File| {
            let change = changes.iter().find(|change| change.path == file.path);
            if let Some(change) = change {
                (file.bytes, file.mode) = (Some(change.after.clone().into()), Some(change.mode));
            }
            change.is_some()
        };
        change(&mut after.config);
        change(&mut after.sign_in);
        for file in &mut after.includes {
            change(file);
        }
        for json in [&mut after.store, &mut after.auth_state].into_iter().chain(&mut after.main_store) {
            if change(&mut json.file) {
                json.value = parse(&json.file);
            }
        }
        let files = || std::iter::once(&after.config).chain(&after.includes);
        let mut read = |path: &Path| Ok(files().find(|file| file.path == path).and_then(|file| file.bytes.clone()));
        after.tree = MergedConfig::read(&after.config.path, &after.paths.include_roots, &mut read)?;
        Ok(after)
    }

    /// The timer that renews the sign-in, as we made it.
    pub fn renewal_timer(&self) -> Option<RenewalTimer> {
        RenewalTimer::parse(self.timer_files.first()?.bytes.as_deref()?)
    }

    /// Where this OpenClaw keeps the credentials of the agent.
    pub fn credential_stores(&self) -> CredentialStores {
        let agent_dir = self.store.file.path.parent().unwrap_or(&self.paths.state_dir);
        self.installed.generation.stores(agent_dir, &self.paths.state_dir, &self.paths.sign_in)
    }

    /// Where the credential that OpenClaw uses now is kept.
    pub fn store_in_use(&self) -> PathBuf {
        let kind = current::kept(self).map(|_| CredentialKind::OAuth);
        self.credential_stores().of(kind).to_owned()
    }

    /// The config with its includes, `${…}` left as written. The list of Chutes' models is empty in it.
    pub fn value(&self) -> &Value {
        &self.tree.value
    }

    /// A variable as a gateway of this installation finds it, whatever the shell of this run has: `.env`,
    /// `gateway.env`, `env.vars`, `env`. None: it finds none, or an empty one.
    pub fn variable(&self, name: &str) -> Option<String> {
        let of_file = |file: &File| dotenv::value(&String::from_utf8_lossy(file.bytes.as_deref()?), name);
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned).filter(|v| !v.is_empty());
        of_file(&self.dotenv)
            .or_else(|| of_file(&self.gateway_env))
            .or_else(|| text(value::at(self.value(), &["env", "vars", name])))
            .or_else(|| text(value::at(self.value(), &["env", name])))
    }

    /// Other providers that OpenClaw finds a credential for, wherever it looks.
    pub fn providers_with_credentials(&self) -> Vec<String> {
        let profiles = value::at(self.value(), &["auth", "profiles"]).and_then(Value::as_object);
        let in_config = profiles.into_iter().flat_map(|map| map.values()).filter_map(auth_store::provider_of);
        let is_set = |name: &str| self.variable(name).is_some();
        let by_variable = built_in::with_variables(is_set).chain(self.paths.providers_in_env.iter().copied());
        let mut names: Vec<String> = Vec::new();
        for name in self.providers.iter().cloned().chain(in_config).chain(by_variable.map(str::to_owned)) {
            if name != auth_store::PROVIDER && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The models that the config lists for Chutes.
    pub fn models(&self) -> Models<'_> {
        self.tree.models()
    }
}

impl File {
    /// A config file: one symbolic link is followed, and remembered.
    fn followed(path: &Path) -> Result<Self, Error> {
        files::refuse_planted_links(path)?;
        let Ok(meta) = path.symlink_metadata() else { return Self::plain(path) };
        if !meta.is_symlink() {
            return Self::plain(path);
        }
        let target = match path.canonicalize() {
            Ok(target) => target,
            // A link to a file that is not there yet.
            Err(_) => {
                let to = path.read_link().map_err(|error| Error::io(Doing::Read, path, &error))?;
                path.parent().map(|dir| dir.join(&to)).unwrap_or(to)
            }
        };
        Ok(Self { link: Some(path.to_owned()), ..Self::plain(&target)? })
    }

    fn plain(path: &Path) -> Result<Self, Error> {
        let bytes = crate::files::read_file(path)?.map(Bytes::from);
        let mode = bytes.as_ref().and_then(|_| path.metadata().ok()).map(|meta| meta.mode() & 0o7777);
        Ok(Self { path: path.to_owned(), link: None, bytes, mode })
    }
}

/// What cannot be read names no provider; the write itself looks closer.
fn providers(paths: &Paths, config: &Value, agents: &[String]) -> Vec<String> {
    let read = |path: PathBuf| json(&path).ok().and_then(|json| json.value.ok()).unwrap_or_default();
    let main = (!agents.iter().any(|agent| agent == "main")).then_some("main");
    let agents = agents.iter().map(String::as_str).chain(main);
    let mut names: Vec<String> = Vec::new();
    for agent in agents {
        let store = read(agent_dir(paths, config, agent).join("auth-profiles.json"));
        let profiles = store.get("profiles").and_then(Value::as_object).into_iter().flatten();
        names.extend(profiles.filter_map(|(_, profile)| auth_store::provider_of(profile)));
    }
    let jobs = value::at(config, &["cron", "store"]).and_then(Value::as_str).map(|path| paths.user_path(path));
    let jobs = read(jobs.unwrap_or_else(|| paths.state_dir.join("cron/jobs.json")));
    value::each(&jobs, &["jobs", "*", "payload", "model"], &mut |model| {
        names.extend(model.as_str().and_then(refs::provider_of).map(str::to_lowercase));
    });
    names.sort_unstable();
    names.dedup();
    names
}

pub(crate) fn json(path: &Path) -> Result<Json, Error> {
    if path.symlink_metadata().is_ok_and(|meta| meta.is_symlink()) {
        let file = File::followed(path)?;
        return Ok(Json { file, value: Err(Error::SymlinkedSecret { path: path.to_owned() }) });
    }
    let file = File::plain(path)?;
    Ok(Json { value: parse(&file), file })
}

fn parse(file: &File) -> Result<Value, Error> {
    let path = file.path.clone();
    let Some(bytes) = &file.bytes else { return Ok(Value::Object(Map::new())) };
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err(Error::WrongShape { path, dotted: String::new(), expected: Shape::Object }),
        Err(error) => Err(Error::MalformedStore { path, line: error.line(), column: error.column() }),
    }
}

fn entries(config: &Value) -> Vec<(String, &Value)> {
    let list = value::at(config, &["agents", "list"]).and_then(Value::as_array).into_iter().flatten();
    let list = list
        .filter(|entry| entry.is_object())
        .map(|entry| (normalize_agent_id(entry.get("id").and_then(Value::as_str).unwrap_or_default()), entry));
    // From 2026.8.1 on, an object by id.
    let named = value::at(config, &["agents", "entries"]).and_then(Value::as_object).into_iter().flatten();
    list.chain(named.map(|(id, entry)| (normalize_agent_id(id), entry))).collect()
}

/// The agents of a config, default first.
fn agents(config: &Value) -> Vec<String> {
    let entries = entries(config);
    let truthy = |value: &Value| !matches!(value, Value::Null | Value::Bool(false));
    let default = entries.iter().position(|(_, entry)| entry.get("default").is_some_and(truthy)).unwrap_or(0);
    let first = entries.get(default).into_iter();
    let mut ids: Vec<String> = Vec::new();
    for (id, _) in first.chain(&entries) {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    if ids.is_empty() { vec!["main".to_owned()] } else { ids }
}

/// The entry of an agent in the config.
pub fn agent_entry<'a>(config: &'a Value, agent: &str) -> Option<&'a Value> {
    entries(config).into_iter().find(|(id, _)| id == agent).map(|(_, entry)| entry)
}

fn agent_dir(paths: &Paths, config: &Value, agent: &str) -> PathBuf {
    let configured = agent_entry(config, agent).and_then(|entry| entry.get("agentDir")?.as_str());
    match configured.filter(|text| !text.trim().is_empty()) {
        Some(text) => paths.user_path(text),
        None => paths.state_dir.join("agents").join(agent).join("agent"),
    }
}

/// An agent's id as OpenClaw normalises it: lower case, dashes for everything unusual, `main` for nothing.
pub fn normalize_agent_id(id: &str) -> String {
    let lower = id.trim().to_lowercase();
    let usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    if lower.len() <= 64 && lower.chars().all(usual) && lower.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return lower;
    }
    let mut dashed = String::new();
    let mut in_run = false;
    for c in lower.chars() {
        if usual(c) {
            dashed.push(c);
        } else if !in_run {
            dashed.push('-');
        }
        in_run = !usual(c);
    }
    let short: String = dashed.trim_matches('-').chars().take(64).collect();
    if short.is_empty() { "main".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn agent_ids_are_normalised_as_in_openclaw() {
        for (id, normal) in
            [("", "main"), (" Work Bot! ", "work-bot"), ("A_b-1", "a_b-1"), ("--", "main"), ("ä", "main")]
        {
            assert_eq!(normalize_agent_id(id), normal, "{id}");
        }
    }

    #[test]
    fn the_default_agent_is_the_marked_one_else_the_first() {
        assert_eq!(agents(&json!({})), ["main"]);
        assert_eq!(agents(&json!({"agents": {"list": [{"id": "b"}, {"id": "A"}]}})), ["b", "a"]);
        assert_eq!(agents(&json!({"agents": {"list": [{"id": "b"}, {"id": "A", "default": true}]}})), ["a", "b"]);
    }
}
