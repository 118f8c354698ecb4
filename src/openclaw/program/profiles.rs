//! Chutes' profiles in OpenClaw's credential database, put there by OpenClaw's own SDK (documented for
//! plugins), which leaves the config alone. One short run of Node.

use super::child::ChildError;
use super::run;
use crate::openclaw::Site;
use crate::openclaw::error::Error;
use crate::openclaw::plan::credential;
use crate::openclaw::read::install::{Generation, shared_database};
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::DatabaseChange;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const SCRIPT: &str = include_str!("../../../assets/profiles.mjs");
/// 1 to 3 s on a quiet machine.
const LONGEST: Duration = Duration::from_secs(90);

/// What the database holds of Chutes'.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// By id, as OpenClaw stores them.
    pub profiles: Map<String, Value>,
    /// What OpenClaw notes of the use of each.
    usage: Value,
    /// The order that somebody gave them.
    order: Value,
}

impl Held {
    /// As an `auth-profiles.json` would have it.
    pub fn as_store(&self) -> Value {
        let mut store = json!({"version": 1, "profiles": self.profiles, "usageStats": self.usage});
        if self.order.is_array() {
            store["order"] = json!({ "chutes": self.order });
        }
        store
    }
}

/// What a plan does there. What was there before.
pub fn change(site: &Site, snapshot: &Snapshot, change: &DatabaseChange) -> Result<Map<String, Value>, Error> {
    match change {
        DatabaseChange::Only(put) => {
            let entries = put.iter().map(|(id, new)| (id.clone(), credential::entry(new, None))).collect();
            replace(site, snapshot, &entries)
        }
        DatabaseChange::Without(id) => {
            let held = ask(site, snapshot, json!({ "without": id }), &Map::new(), |after| !after.contains(&json!(id)))?;
            Ok(held.profiles)
        }
    }
}

/// What is there; nothing is changed.
pub fn look(site: &Site, snapshot: &Snapshot) -> Result<Held, Error> {
    ask(site, snapshot, json!({}), &Map::new(), |_| true)
}

/// The marks of past failures leave one profile; what else is noted of its use stays.
pub fn unmark(site: &Site, snapshot: &Snapshot, id: &str) -> Result<(), Error> {
    let unmark = json!({ "unmark": { "id": id, "names": credential::FAILURE_MARKS } });
    ask(site, snapshot, unmark, &Map::new(), |_| true).map(drop)
}

/// Takes all of them out, for good: the bytes of the database do not have them any more. What was there before.
pub fn take_out(site: &Site, snapshot: &Snapshot) -> Result<Map<String, Value>, Error> {
    let agent_dir = snapshot.store.file.path.parent().unwrap_or(&site.paths.state_dir);
    let databases = [agent_dir.join("openclaw-agent.sqlite"), shared_database(&site.paths.state_dir)];
    let scrub: Vec<_> = databases.iter().filter(|path| path.is_file()).map(|path| path.to_string_lossy()).collect();
    Ok(ask(site, snapshot, json!({ "put": {}, "scrub": scrub }), &Map::new(), <[Value]>::is_empty)?.profiles)
}

/// Makes `put` the only Chutes profiles there, by id as OpenClaw stores them. What was there before.
pub fn replace(site: &Site, snapshot: &Snapshot, put: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let all_there =
        |after: &[Value]| after.len() == put.len() && put.keys().all(|id| after.contains(&Value::from(id.as_str())));
    Ok(ask(site, snapshot, json!({ "put": put }), put, all_there)?.profiles)
}

/// One run of the script: what was there before it. `put`: what is to be stored, whose secrets no message repeats;
/// `is_right`: the ids that are there afterwards are those that were wanted.
fn ask(
    site: &Site,
    snapshot: &Snapshot,
    what: Value,
    put: &Map<String, Value>,
    is_right: impl Fn(&[Value]) -> bool,
) -> Result<Held, Error> {
    let sdk = site.installed.sdk.as_ref().ok_or_else(|| failed(None, String::new(), put))?;
    let agent_dir = snapshot.store.file.path.parent().unwrap_or(&site.paths.state_dir);
    let mut input = what;
    input["sdk"] = json!(sdk.to_string_lossy());
    input["agentDir"] = json!(agent_dir.to_string_lossy());
    input["shared"] = json!(site.installed.generation == Generation::SharedSqlite);
    let mut command = Command::new(node(site));
    command.args(["--input-type=module", "--eval", SCRIPT]);
    run::about(&mut command, site, None);
    let ran = run::run(command, Some(&input.to_string()), LONGEST).map_err(|error| match error {
        ChildError::Interrupted(signal) => Error::Interrupted { signal },
        error => failed(None, error.to_string(), put),
    })?;
    let answer = ran.document().filter(|_| ran.succeeded());
    let answer = answer.ok_or_else(|| failed(ran.exit, ran.said().to_owned(), put))?;
    let after = answer.get("after").and_then(Value::as_array).cloned().unwrap_or_default();
    if !is_right(&after) {
        return Err(failed(ran.exit, format!("stored: {}", Value::from(after)), put));
    }
    let of = |name: &str| answer.get(name).cloned().unwrap_or_default();
    let profiles = answer.get("before").and_then(Value::as_object).cloned().unwrap_or_default();
    Ok(Held { profiles, usage: of("usage"), order: of("order") })
}

/// The one in `PATH`, as for OpenClaw itself; else the one that its installer put beside it, which a job of cron or
/// sudo has in no `PATH`.
fn node(site: &Site) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let in_path = std::env::split_paths(&path).any(|dir| dir.is_absolute() && dir.join("node").is_file());
    let beside = site.installed.program.as_deref().and_then(Path::parent).map(|dir| dir.join("node"));
    beside.filter(|node| !in_path && node.is_file()).unwrap_or_else(|| PathBuf::from("node"))
}

/// Without the secrets that were to be stored, should Node have quoted its input.
fn failed(exit: Option<i32>, said: String, put: &Map<String, Value>) -> Error {
    let secrets =
        put.values().flat_map(|credential| ["key", "token", "access", "refresh"].map(|name| credential.get(name)));
    let said = secrets.flatten().filter_map(Value::as_str).fold(said, |said, secret| said.replace(secret, "…"));
    Error::Handover {
        command: "node …/openclaw/dist/plugin-sdk/provider-auth.js".to_owned(),
        exit,
        said: crate::clean::excerpt(&said, 400),
    }
}
