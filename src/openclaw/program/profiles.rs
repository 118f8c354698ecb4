//! Chutes' profiles in OpenClaw's credential database, put there by OpenClaw's own SDK (documented for
//! plugins), which leaves the config alone. One short run of Node.

use super::child::ChildError;
use super::run;
use crate::openclaw::Site;
use crate::openclaw::error::Error;
use crate::openclaw::plan::credential;
use crate::openclaw::read::install::Generation;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::DatabaseChange;
use serde_json::{Map, Value, json};
use std::process::Command;
use std::time::Duration;

const SCRIPT: &str = include_str!("../../../assets/profiles.mjs");
/// 1 to 3 s on a quiet machine.
const LONGEST: Duration = Duration::from_secs(90);

/// What a plan puts there.
pub fn entries(change: &DatabaseChange) -> Map<String, Value> {
    change.put.iter().map(|(id, new)| (id.clone(), credential::entry(new, None))).collect()
}

/// Makes `put` the only Chutes profiles there, by id as OpenClaw stores them. What was there before.
pub fn replace(site: &Site, snapshot: &Snapshot, put: &Map<String, Value>) -> Result<Map<String, Value>, Error> {
    let sdk = site.installed.sdk.as_ref().ok_or_else(|| failed(None, String::new(), put))?;
    let agent_dir = snapshot.store.file.path.parent().unwrap_or(&site.paths.state_dir);
    let input = json!({
        "sdk": sdk.to_string_lossy(),
        "agentDir": agent_dir.to_string_lossy(),
        "shared": site.installed.generation == Generation::SharedSqlite,
        "put": put,
    });
    let mut command = Command::new("node");
    command.args(["--input-type=module", "--eval", SCRIPT]);
    run::about(&mut command, site, None);
    let ran = run::run(command, Some(&input.to_string()), LONGEST).map_err(|error| match error {
        ChildError::Interrupted(signal) => Error::Interrupted { signal },
        error => failed(None, error.to_string(), put),
    })?;
    let answer = ran.document().filter(|_| ran.succeeded());
    let answer = answer.ok_or_else(|| failed(ran.exit, ran.said().to_owned(), put))?;
    let after = answer.get("after").and_then(Value::as_array).cloned().unwrap_or_default();
    let all_there = after.len() == put.len() && put.keys().all(|id| after.contains(&json!(id)));
    if !all_there {
        return Err(failed(ran.exit, format!("stored: {}", Value::from(after)), put));
    }
    Ok(answer.get("before").and_then(Value::as_object).cloned().unwrap_or_default())
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
