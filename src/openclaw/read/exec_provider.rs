//! OpenClaw's exec secret provider, as far as we use it: from 2026.8.1 on OpenClaw runs this program for
//! the access token of a sign-in. OpenClaw only runs what it takes for safe, so that is looked at before
//! the config names it.

use super::paths::Paths;
use crate::openclaw::helper::Helper;
use serde_json::{Map, Value, json};

/// The key under `secrets.providers`.
pub const ALIAS: &str = "openclaw-chutes";
/// What OpenClaw asks for.
pub const SECRET_ID: &str = "chutes/access-token";
/// How long OpenClaw waits for an answer, in milliseconds. `token` answers in a few, and after less than
/// this even when a renewal does not come back.
pub const PATIENCE_MS: u64 = 8000;
/// What of the gateway's environment the command needs besides: the way through a proxy, and its trust.
const PASSED: [&str; 7] = ["PATH", "HOME", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "LANG"];

/// The entry of `secrets.providers`.
pub fn provider(helper: &Helper, paths: &Paths) -> Value {
    let mut provider = json!({
        "source": "exec",
        "command": helper.command.to_string_lossy(),
        "args": ["token"],
        "passEnv": PASSED,
        "timeoutMs": PATIENCE_MS,
    });
    if !paths.told.is_empty() {
        let told = paths.told.iter().map(|(name, path)| ((*name).to_owned(), json!(path.to_string_lossy())));
        provider["env"] = Value::Object(told.collect::<Map<String, Value>>());
    }
    provider
}

/// The value of `models.providers.chutes.apiKey`.
pub fn reference() -> Value {
    json!({"source": "exec", "provider": ALIAS, "id": SECRET_ID})
}

/// Whether this `apiKey` has OpenClaw ask us.
pub fn is_reference(key: &Value) -> bool {
    let says = |name: &str, text: &str| key.get(name).and_then(Value::as_str) == Some(text);
    says("source", "exec") && says("provider", ALIAS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openclaw_is_told_is_what_differs_from_the_usual_places() {
        let home = |name: &str| (name == "HOME").then(|| "/h".to_owned());
        let paths = Paths::resolve(home, None, None).unwrap();
        let helper = Helper { command: "/bin/openclaw-chutes".into(), unfit: None };
        assert_eq!(provider(&helper, &paths)["env"], Value::Null);
        let elsewhere = |name: &str| match name {
            "XDG_STATE_HOME" => Some("/x".to_owned()),
            other => home(other),
        };
        let paths = Paths::resolve(elsewhere, None, Some("work")).unwrap();
        assert_eq!(
            provider(&helper, &paths)["env"],
            json!({
                "OPENCLAW_STATE_DIR": "/h/.openclaw-work",
                "OPENCLAW_CONFIG_PATH": "/h/.openclaw-work/openclaw.json",
                "XDG_STATE_HOME": "/x",
            })
        );
        assert!(paths.sign_in.starts_with("/x/openclaw-chutes"));
        assert!(is_reference(&reference()) && !is_reference(&json!("cpk_x")));
    }
}
