//! What only OpenClaw itself can say: the credentials in its database, and how it reads its config.
//! Starting it takes seconds, so only those ask who may take their time.

use super::child;
use crate::openclaw::read::Site;
use crate::openclaw::read::auth_store::PROVIDER;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::types::StoredCredential;
use crate::openclaw::value::at;
use crate::time::UnixMillis;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

/// An answer takes 2 to 5 s; after this nobody waits any longer.
const LONGEST: Duration = Duration::from_secs(30);

/// `openclaw models status --json` about this installation. None: no OpenClaw.
fn status(site: &Site, agent: Option<&str>) -> Option<Command> {
    let mut command = Command::new(site.installed.program.as_ref()?);
    command.args(["models", "status", "--json"]).args(agent.iter().flat_map(|agent| ["--agent", agent]));
    command.env("OPENCLAW_CONFIG_PATH", &site.paths.config);
    command.env("OPENCLAW_STATE_DIR", &site.paths.state_dir);
    command.env("OPENCLAW_HOME", &site.paths.home);
    Some(command)
}

/// How OpenClaw reads the config.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resolved {
    /// Full ref of the default model.
    #[serde(rename = "resolvedDefault")]
    pub default: String,
    /// Full refs by alias.
    pub aliases: BTreeMap<String, String>,
}

/// How OpenClaw reads the config; None: it gave no answer, or nobody wants it any more.
pub fn read_back(site: &Site, wanted: impl Fn() -> bool) -> Option<Resolved> {
    // Not about one agent, which may have a model of its own: of that the plan warns.
    let output = child::run(status(site, None)?, None, LONGEST, wanted).ok()?;
    resolved(&output.stdout).filter(|_| output.status.success())
}

/// From what [`status`] printed.
fn resolved(said: &[u8]) -> Option<Resolved> {
    serde_json::from_slice(document(said)?).ok()
}

/// Warnings may stand before the document.
fn document(said: &[u8]) -> Option<&[u8]> {
    said.get(said.iter().position(|&byte| byte == b'{')?..)
}

/// The Chutes credentials that it has, the one it would use first. None: it gave no answer.
pub fn credentials(site: &Site, snapshot: &Snapshot) -> Option<Vec<StoredCredential>> {
    let agent = (snapshot.agents.len() > 1).then_some(snapshot.agent.as_str());
    let output = child::run(status(site, agent)?, None, LONGEST, || true).ok()?;
    let said = Some(output.stdout).filter(|_| output.status.success())?;
    understood(&serde_json::from_slice(document(&said)?).ok()?, &snapshot.agent)
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
            Some("api_key") => CredentialKind::ApiKey,
            Some("token") => CredentialKind::Token,
            Some("oauth") => CredentialKind::OAuth,
            _ => continue,
        };
        found.push(StoredCredential {
            account: profile_id.strip_prefix("chutes:").filter(|_| kind == CredentialKind::OAuth).map(str::to_owned),
            profile_id,
            agent: agent.to_owned(),
            kind,
            expires_at: entry.get("expiresAt").and_then(UnixMillis::from_json),
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
    fn how_openclaw_reads_a_config_is_understood() {
        let said = br#"[warn] something
{"defaultModel": "fast", "resolvedDefault": "chutes/a", "aliases": {"fast": "chutes/a"}, "auth": {}}"#;
        let from = |said: &[u8]| resolved(said).map(|resolved| (resolved.default, resolved.aliases.into_iter().next()));
        let alias = ("fast".to_owned(), "chutes/a".to_owned());
        assert_eq!(from(said), Some(("chutes/a".to_owned(), Some(alias))));
        assert_eq!(from(b"no document"), None);
        assert_eq!(from(b"{\"aliases\": {}}"), None);
    }

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
        assert_eq!(
            short,
            [
                ("chutes:alice", CredentialKind::OAuth, Some(UnixMillis(5))),
                ("chutes:default", CredentialKind::ApiKey, None)
            ]
        );
        assert_eq!(found[0].account.as_deref(), Some("alice"));
        assert_eq!(understood(&json!({"auth": {"oauth": {"profiles": []}}}), "main"), Some(Vec::new()));
        assert_eq!(understood(&json!({}), "main"), None);
    }
}
