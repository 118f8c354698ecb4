//! Redacts secrets in a config as `openclaw config get` does.

use serde_json::{Value, json};

/// What stands in place of a secret.
pub const REDACTED: &str = "__OPENCLAW_REDACTED__";

/// Replaces secrets, found by the names on the way to them.
pub fn redact(config: &mut Value) {
    redact_below(config, "");
}

fn redact_below(value: &mut Value, path: &str) {
    match value {
        Value::Array(items) => {
            let path = format!("{path}[]");
            for item in items {
                match item {
                    Value::String(text) if is_sensitive(&path) && !is_placeholder(text) => *item = json!(REDACTED),
                    item => redact_below(item, &path),
                }
            }
        }
        Value::Object(object) => {
            for (key, item) in object.iter_mut() {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let lower = path.to_lowercase();
                match item {
                    Value::String(text) if is_sensitive(&path) && !is_placeholder(text) => *item = json!(REDACTED),
                    Value::String(text) if is_url_path(&path) && holds_secret(text) => *item = json!(REDACTED),
                    Value::Object(_) if lower.ends_with("serviceaccount") || lower.ends_with("serviceaccountref") => {
                        *item = json!(REDACTED);
                    }
                    item => redact_below(item, &path),
                }
            }
        }
        _ => {}
    }
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    text.strip_prefix("${").and_then(|text| text.strip_suffix('}')).is_some_and(|name| !name.contains('}'))
}

fn is_sensitive(path: &str) -> bool {
    let path = path.strip_suffix("[]").unwrap_or(path).to_lowercase();
    if path.contains("localservice.env.") {
        return true;
    }
    let counts = [
        "maxtokens",
        "maxoutputtokens",
        "maxinputtokens",
        "maxcompletiontokens",
        "contexttokens",
        "totaltokens",
        "tokencount",
        "tokenlimit",
        "tokenbudget",
        "passwordfile",
    ];
    let ends = ["token", "serviceaccount", "serviceaccountref"];
    let around = |first: &str| {
        let starts = path.match_indices(first).map(|(at, _)| &path[at + first.len()..]);
        starts
            .into_iter()
            .any(|rest| rest.starts_with("key") || rest.get(1..).is_some_and(|rest| rest.starts_with("key")))
    };
    !counts.iter().any(|end| path.ends_with(end))
        && (ends.iter().any(|end| path.ends_with(end))
            || path.contains("password")
            || path.contains("secret")
            || ["api", "encrypt", "private"].into_iter().any(around))
}

fn is_url_path(path: &str) -> bool {
    let server = path.strip_prefix("mcp.servers.").and_then(|rest| rest.strip_suffix(".url"));
    [".baseUrl", ".httpUrl", ".cdpUrl", ".request.proxy.url"].iter().any(|end| path.ends_with(end))
        || server.is_some_and(|name| !name.is_empty() && !name.contains('.'))
}

/// A user name, or a parameter that carries a credential, in an address.
fn holds_secret(address: &str) -> bool {
    const PARAMETERS: [&str; 15] = [
        "token",
        "key",
        "api_key",
        "apikey",
        "secret",
        "access_token",
        "auth_token",
        "password",
        "pass",
        "passwd",
        "auth",
        "client_secret",
        "hook_token",
        "refresh_token",
        "signature",
    ];
    let named = |name: &str| PARAMETERS.contains(&name.to_lowercase().replace('-', "_").as_str());
    if let Ok(url) = url::Url::parse(address)
        && (!url.username().is_empty() || url.password().is_some() || url.query_pairs().any(|(name, _)| named(&name)))
    {
        return true;
    }
    let user = address.split("//").skip(1).any(|rest| {
        rest.split(['/', '?', '#'])
            .next()
            .and_then(|host| host.split_once('@'))
            .is_some_and(|(user, _)| !user.is_empty())
    });
    user || address.split(['?', '&']).skip(1).filter_map(|pair| pair.split_once('=')).any(|(name, _)| named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_redacted() {
        for path in
            ["a.apiKey", "gateway.auth.token", "x.api-key", "channels.bot_token", "secrets.x", "a.clientSecret[]"]
        {
            assert!(is_sensitive(path), "{path}");
        }
        for path in ["models.maxTokens", "a.tokenBudget", "tokens", "keyboard", "a.passwordFile"] {
            assert!(!is_sensitive(path), "{path}");
        }
        assert!(
            holds_secret("https://u@h/v1") && holds_secret("https://h/?api-key=1") && !holds_secret("https://h/v1?a=b")
        );
    }
}
