//! Stores a key through OpenClaw's own command, for versions that keep credentials in a database.

use super::child::{self, ChildError};
use super::scratch_config::ScratchConfig;
use crate::chutes::credential_kinds::{redact, variable};
use crate::openclaw::error::Error;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::Handover;
use crate::openclaw::{Site, value};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A version that cannot reach its own servers has been seen to take 53 s.
const LONGEST: Duration = Duration::from_secs(90);

/// Runs the command with the key on its standard input, then asks OpenClaw whether it has it.
/// `scratch`: a directory that is free.
pub fn run(site: &Site, snapshot: &Snapshot, handover: &Handover, scratch: &Path) -> Result<(), Error> {
    let failed = |exit: Option<i32>, said: String| Error::Handover {
        command: format!("openclaw {}", handover.args.join(" ")),
        exit,
        said: crate::clean::excerpt(&redact(&said, &[&handover.secret]), 400),
    };
    let program = site.installed.program.as_ref().ok_or_else(|| failed(None, String::new()))?;
    // The command rewrites the config and would drop the user's comments: it gets a scratch one, with
    // the agents (they decide which store) and without an attempt to install the Chutes plugin.
    let mut config = json!({"plugins": {"entries": {"chutes": {"enabled": false}}}});
    if let Some(agents) = value::at(snapshot.value(), &["agents"]).and_then(Value::as_object) {
        for name in ["list", "entries"] {
            if let Some(agents) = agents.get(name) {
                config["agents"][name] = agents.clone();
            }
        }
    }
    let scratch = ScratchConfig::new(scratch.to_owned(), config.to_string().as_bytes())?;
    let call = |args: &[String], input: Option<&str>| -> Result<String, Error> {
        let mut command = Command::new(program);
        command.args(args);
        command.env("OPENCLAW_CONFIG_PATH", scratch.config());
        command.env("OPENCLAW_STATE_DIR", &site.paths.state_dir);
        command.env("OPENCLAW_HOME", &site.paths.home);
        // In the environment, this alone makes newer versions look for the plugin.
        command.env_remove(variable::API_KEY);
        let output = child::run(command, input, LONGEST, || true).map_err(|error| match error {
            ChildError::Interrupted(signal) => Error::Interrupted { signal },
            error => failed(None, error.to_string()),
        })?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(printed);
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let said = if said.trim().is_empty() { printed } else { said };
        Err(failed(output.status.code(), said))
    };
    call(&handover.args, Some(&format!("{}\n", handover.secret.expose())))?;

    let mut list: Vec<String> = handover.args.iter().take_while(|arg| *arg != "paste-api-key").cloned().collect();
    list.extend(["list", "--json"].map(str::to_owned));
    let answer = call(&list, None)?;
    // Warnings may stand before the document.
    let document = answer.find('{').and_then(|at| serde_json::from_str::<Value>(&answer[at..]).ok());
    let stored = document.as_ref().and_then(|list| list.get("profiles")?.as_array()).into_iter().flatten();
    let found = stored.filter_map(|profile| profile.get("id")?.as_str()).any(|id| id == handover.profile_id);
    if found { Ok(()) } else { Err(failed(Some(0), answer)) }
}
