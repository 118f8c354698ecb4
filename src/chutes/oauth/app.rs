//! The OAuth app of a sign-in: registering one with an API key, and looking up what a registered one
//! may redirect to. Sources: `POST /idp/apps` and `GET /idp/apps/{id}` of the service's own code.

use super::attempt::{ClientId, DEFAULT_REDIRECT, Redirect, parse_client_secret};
use crate::chutes::client::{Call, Client};
use crate::chutes::failure::Failure;
use crate::chutes::making::{Making, may_be_made};
use crate::secret::Secret;
use crate::texts::{Lang, signin as t};
use serde_json::{Value, json};
use std::time::Duration;

/// Names that are tried before a clash is reported. Each has 36⁶ random endings.
const TRIES: usize = 4;
/// Looking up an app only helps; a sign-in does not wait longer for it than this.
const LOOK_UP: Duration = Duration::from_secs(4);

/// An app that was just registered. The service shows its secret this once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    pub client_id: ClientId,
    pub client_secret: Secret,
    pub name: String,
    pub redirect_uris: Vec<String>,
}

/// Why no app was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppError {
    /// The service does not know this key (401), or the key may not manage apps: it answers both alike.
    KeyMayNot,
    /// Every name that was tried is taken (409).
    NameTaken,
    /// What the service does not accept in the request (422), in its own words.
    Rejected(String),
    /// An answer without a client id and secret of the form that the service gives.
    Unreadable,
    /// No usable answer at all.
    Failed(Failure),
}

impl AppError {
    /// Stable name, for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            AppError::KeyMayNot => "key-may-not",
            AppError::NameTaken => "app-name-taken",
            AppError::Rejected(_) => "app-rejected",
            AppError::Unreadable => "bad-app-answer",
            AppError::Failed(failure) => failure.code(),
        }
    }

    /// What failed, and the next step.
    pub fn message(&self, lang: Lang) -> String {
        match self {
            AppError::KeyMayNot => t::app_key_may_not(lang).to_owned(),
            AppError::NameTaken => t::app_name_taken(lang).to_owned(),
            AppError::Rejected(said) => t::app_rejected(lang, crate::clean::excerpt(said, 160)),
            AppError::Unreadable => t::app_unreadable(lang).to_owned(),
            AppError::Failed(failure) => format!("{} {}", failure.message(lang), failure.hint(lang)),
        }
    }
}

/// Every address that a sign-in of ours may come back to: the one in force, and the three spellings of
/// this machine with OpenClaw's own port, which the service takes for three different addresses.
pub fn redirect_uris(in_force: &Redirect) -> Vec<String> {
    let mut uris = vec![in_force.as_str().to_owned()];
    let path = "1456/oauth-callback";
    for uri in [DEFAULT_REDIRECT.to_owned(), format!("http://localhost:{path}"), format!("http://[::1]:{path}")] {
        if !uris.contains(&uri) {
            uris.push(uri);
        }
    }
    uris
}

/// A name for the app of `user`. Names are unique over all of Chutes, and `_` in one stands for any
/// character when the service looks for a clash.
pub fn proposed_name(user: &str) -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let user: String = user.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).take(24).collect();
    let mut bytes = [0; 6];
    // Without random bytes the names clash, and the service says so.
    let _ = getrandom::fill(&mut bytes);
    let suffix: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect();
    match user.is_empty() {
        true => format!("OpenClaw {suffix}"),
        false => format!("OpenClaw {user} {suffix}"),
    }
}

/// Register an app with an API key that may. `user`: whose name goes into the app's. `note` hears of every step.
pub async fn register(
    client: &Client,
    key: &Secret,
    user: &str,
    redirect_uris: &[String],
    note: impl Fn(Making<'_>),
) -> Result<Registered, AppError> {
    for _ in 0..TRIES {
        let name = &proposed_name(user);
        note(Making::Asked { name });
        let outcome = register_as(client, key, name, redirect_uris).await;
        match &outcome {
            Ok(app) => note(Making::Made { name, id: app.client_id.as_str() }),
            Err(AppError::Failed(failure)) if may_be_made(failure) => {}
            Err(AppError::Unreadable) => {}
            Err(_) => note(Making::NotMade { name }),
        }
        if !matches!(outcome, Err(AppError::NameTaken)) {
            return outcome;
        }
    }
    Err(AppError::NameTaken)
}

async fn register_as(
    client: &Client,
    key: &Secret,
    name: &str,
    redirect_uris: &[String],
) -> Result<Registered, AppError> {
    let body = json!({
        "name": name,
        "description": "Signs OpenClaw in to Chutes.",
        "redirect_uris": redirect_uris,
        // Others need not see it in their list of apps.
        "public": false,
    });
    let url = format!("{}/idp/apps", client.endpoints().idp);
    let answer = client.send(Call::post_json(url, &body).bearer(Some(key)), |_| {}).await.map_err(AppError::Failed)?;
    match answer.status {
        200..=299 => {}
        401 | 403 => return Err(AppError::KeyMayNot),
        409 => return Err(AppError::NameTaken),
        422 => return Err(AppError::Rejected(rejected(&answer.body))),
        _ => return answer.success().map_or_else(|failure| Err(AppError::Failed(failure)), |_| unreadable()),
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| AppError::Unreadable)?;
    let id = body["client_id"].as_str().and_then(|id| ClientId::parse(id).ok());
    let secret = body["client_secret"].as_str().and_then(|secret| parse_client_secret(secret).ok());
    let (Some(client_id), Some(client_secret)) = (id, secret) else { return unreadable() };
    Ok(Registered { client_id, client_secret, name: name.to_owned(), redirect_uris: redirect_uris.to_vec() })
}

fn unreadable() -> Result<Registered, AppError> {
    Err(AppError::Unreadable)
}

/// The sentences of a 422: `{"detail":[{"loc":["body","name"],"msg":…}]}`.
fn rejected(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let sentence = |entry: &Value| {
        let place = entry["loc"].as_array()?.last()?.as_str()?.to_owned();
        Some(format!("{place}: {}", entry["msg"].as_str()?))
    };
    let entries = body["detail"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(sentence).collect::<Vec<_>>().join("; ")
}

/// What an API key can learn about an app before a browser is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registration {
    /// The redirect address is among the app's own.
    Fits,
    /// The app is there, without this redirect address.
    RedirectMissing,
    /// Nothing is known: the key may not ask, the app is somebody else's, or nobody answered.
    Unknown,
}

/// Does the app take this redirect address? `key`: any API key at hand.
pub async fn look_up(client: &Client, key: &Secret, client_id: &ClientId, redirect: &Redirect) -> Registration {
    let url = format!("{}/idp/apps/{}", client.endpoints().idp, client_id.as_str());
    let answer = match client.send(Call::get(url).bearer(Some(key)).within(LOOK_UP), |_| {}).await {
        Ok(answer) if answer.status == 200 => answer,
        _ => return Registration::Unknown,
    };
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match body["redirect_uris"].as_array() {
        Some(uris) if uris.iter().any(|uri| uri.as_str() == Some(redirect.as_str())) => Registration::Fits,
        Some(_) => Registration::RedirectMissing,
        None => Registration::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_underscore_and_ends_differently_each_time() {
        for user in ["alice", "a_b", "张三", "", "root\u{1b}[2J", &"x".repeat(99)] {
            let (one, other) = (proposed_name(user), proposed_name(user));
            assert_ne!(one, other);
            assert!((3..=64).contains(&one.len()) && !one.contains('_'), "{one}");
            assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '.')), "{one}");
        }
        assert!(proposed_name("alice").starts_with("OpenClaw alice "));
    }

    #[test]
    fn all_our_redirect_addresses_are_registered_once() {
        let default = Redirect::parse(DEFAULT_REDIRECT).unwrap_or_else(|bad| panic!("{bad:?}"));
        assert_eq!(redirect_uris(&default).len(), 3);
        let own = Redirect::parse("http://127.0.0.1:9000/back").unwrap_or_else(|bad| panic!("{bad:?}"));
        let uris = redirect_uris(&own);
        assert_eq!((uris.len(), uris[0].as_str()), (4, "http://127.0.0.1:9000/back"));
    }
}
