//! The Chutes credentials of an OpenClaw that keeps them in a database: it is asked itself. Starting it
//! takes seconds, so only commands ask that may take their time.

use super::current::{Kind, StoredCredential};
use super::snapshot::Snapshot;
use super::store::PROVIDER;
use super::{Site, value::at};
use serde_json::Value;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// An answer takes 2 to 5 s; after this nobody waits any longer.
const LONGEST: Duration = Duration::from_secs(30);

/// What `openclaw models status` says, the one it would use first. None: it gave no answer.
pub fn credentials(site: &Site, snapshot: &Snapshot) -> Option<Vec<StoredCredential>> {
    let mut command = Command::new(site.installed.program.as_ref()?);
    command.args(["models", "status", "--json"]);
    if snapshot.agents.len() > 1 {
        command.args(["--agent", &snapshot.agent]);
    }
    command.env("OPENCLAW_CONFIG_PATH", &snapshot.config.path);
    command.env("OPENCLAW_STATE_DIR", &site.paths.state_dir);
    command.env("OPENCLAW_HOME", &site.paths.home);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut stdout = child.stdout.take()?;
    let (send, answer) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = Vec::new();
        let read = stdout.read_to_end(&mut said).map(|_| said);
        let _ = send.send(read);
    });
    let said = answer.recv_timeout(LONGEST).ok().and_then(Result::ok);
    if said.is_none() {
        let _ = child.kill();
    }
    let ended = child.wait().ok()?;
    let said = String::from_utf8(said.filter(|_| ended.success())?).ok()?;
    // Warnings may stand before the document.
    let document = serde_json::from_str(&said[said.find('{')?..]).ok()?;
    understood(&document, &snapshot.agent)
}

fn understood(document: &Value, agent: &str) -> Option<Vec<StoredCredential>> {
    let ours = |entry: &&Value| entry.get("provider").and_then(Value::as_str) == Some(PROVIDER);
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
    let all = list(at(document, &["auth", "oauth", "profiles"]))?;
    let used = list(at(document, &["auth", "oauth", "providers"]))
        .and_then(|providers| list(providers.iter().find(ours)?.get("effectiveProfiles")));
    let mut found: Vec<StoredCredential> = Vec::new();
    for entry in used.iter().flatten().chain(&all).filter(ours) {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let Some(profile_id) = text("profileId").filter(|id| found.iter().all(|known| known.profile_id != *id)) else {
            continue;
        };
        let kind = match text("type").as_deref() {
            Some("api_key") => Kind::ApiKey,
            Some("token") => Kind::Token,
            Some("oauth") => Kind::OAuth,
            _ => continue,
        };
        found.push(StoredCredential {
            account: profile_id.strip_prefix("chutes:").filter(|_| kind == Kind::OAuth).map(str::to_owned),
            profile_id,
            agent: agent.to_owned(),
            kind,
            expires_at: entry.get("expiresAt").and_then(Value::as_f64).map(|ms| ms as i64),
            hint: None,
            env_var: None,
            refreshable: false,
            client_id: None,
        });
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_profile_in_use_comes_first_and_others_are_not_ours() {
        let key = json!({"profileId": "chutes:default", "provider": "chutes", "type": "api_key", "status": "static"});
        let signed_in = json!({"profileId": "chutes:alice", "provider": "chutes", "type": "oauth", "expiresAt": 5});
        let other = json!({"profileId": "openai:x", "provider": "openai", "type": "api_key"});
        let document = json!({"auth": {"oauth": {
            "profiles": [other, key, signed_in],
            "providers": [{"provider": "openai"}, {"provider": "chutes", "effectiveProfiles": [signed_in]}],
        }}});
        let found = understood(&document, "main").unwrap_or_default();
        let short: Vec<_> = found.iter().map(|c| (c.profile_id.as_str(), c.kind, c.expires_at)).collect();
        assert_eq!(short, [("chutes:alice", Kind::OAuth, Some(5)), ("chutes:default", Kind::ApiKey, None)]);
        assert_eq!(found[0].account.as_deref(), Some("alice"));
        assert_eq!(understood(&json!({"auth": {"oauth": {"profiles": []}}}), "main"), Some(Vec::new()));
        assert_eq!(understood(&json!({}), "main"), None);
    }
}
