//! API keys as the service manages them: whether a key may do everything, and trading such a key for one
//! that may only call models. Source: `/api_keys/` of the service's own code.

use super::client::{Call, Client};
use super::failure::Failure;
use super::making::{Making, may_be_made};
use crate::secret::Secret;
use crate::texts::{Lang, chutes as t};
use serde_json::{Value, json};
use std::time::Duration;

const WHOLE: Duration = Duration::from_secs(10);
const TRIES: usize = 4;

/// A key that may only call models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NarrowKey {
    /// `api_key_id`, by which it is deleted.
    pub id: String,
    pub name: String,
    pub secret: Secret,
}

/// Why there is no narrow key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NarrowKeyError {
    /// The key may not manage keys (401, 403).
    KeyMayNot,
    /// Every name that was tried is taken (409).
    NameTaken,
    /// An answer without a key.
    Unreadable,
    Failed(Failure),
}

impl NarrowKeyError {
    pub fn message(&self, lang: Lang) -> String {
        match self {
            NarrowKeyError::KeyMayNot => t::narrow_key_may_not(lang).to_owned(),
            NarrowKeyError::NameTaken => t::narrow_key_name_taken(lang).to_owned(),
            NarrowKeyError::Unreadable => t::narrow_key_unreadable(lang).to_owned(),
            NarrowKeyError::Failed(failure) => format!("{} {}", failure.message(lang), failure.hint(lang)),
        }
    }
}

/// Whether this key manages the account, its other keys and its money included. Only asks. None: the
/// service did not say.
pub async fn is_admin(client: &Client, key: &Secret) -> Option<bool> {
    let url = format!("{}/api_keys/?limit=1", client.endpoints().idp);
    let answer = client.send(Call::get(url).bearer(Some(key)).within(WHOLE), |_| {}).await.ok()?;
    match answer.status {
        200 => Some(true),
        401 | 403 => Some(false),
        _ => None,
    }
}

/// Make a key that may only call models, with a key that may make keys. `note` hears of every step.
pub async fn create_narrow(
    client: &Client,
    admin_key: &Secret,
    note: impl Fn(Making<'_>),
) -> Result<NarrowKey, NarrowKeyError> {
    for _ in 0..TRIES {
        let name = &name();
        note(Making::Asked { name });
        let outcome = create_as(client, admin_key, name).await;
        match &outcome {
            Ok(key) => note(Making::Made { name, id: &key.id }),
            Err(NarrowKeyError::Failed(failure)) if may_be_made(failure) => {}
            Err(NarrowKeyError::Unreadable) => {}
            Err(_) => note(Making::NotMade { name }),
        }
        if !matches!(outcome, Err(NarrowKeyError::NameTaken)) {
            return outcome;
        }
    }
    Err(NarrowKeyError::NameTaken)
}

/// `OpenClaw` and a random ending: names are unique for an account, and at most 24 characters long.
fn name() -> String {
    let mut bytes = [0; 3];
    // Without random bytes the names clash, and the service says so.
    let _ = getrandom::fill(&mut bytes);
    let [one, two, three] = bytes;
    format!("OpenClaw {one:02x}{two:02x}{three:02x}")
}

async fn create_as(client: &Client, admin_key: &Secret, name: &str) -> Result<NarrowKey, NarrowKeyError> {
    let body = json!({
        "admin": false,
        "name": name,
        "scopes": [{ "object_type": "chutes", "action": "invoke" }],
    });
    // Without the slash the service answers with a redirect.
    let url = format!("{}/api_keys/", client.endpoints().idp);
    let call = Call::post_json(url, &body).bearer(Some(admin_key)).within(WHOLE);
    let answer = client.send(call, |_| {}).await.map_err(NarrowKeyError::Failed)?;
    match answer.status {
        401 | 403 => return Err(NarrowKeyError::KeyMayNot),
        409 => return Err(NarrowKeyError::NameTaken),
        _ => {}
    }
    let answer = answer.success().map_err(NarrowKeyError::Failed)?;
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| NarrowKeyError::Unreadable)?;
    let secret = body["secret_key"].as_str().and_then(|key| super::api_key::parse(key).ok());
    match (body["api_key_id"].as_str(), secret) {
        // The id becomes a part of an address.
        (Some(id), Some(secret)) if id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
            Ok(NarrowKey { id: id.to_owned(), name: name.to_owned(), secret })
        }
        _ => Err(NarrowKeyError::Unreadable),
    }
}

/// Delete the key with this id. The service forgets it within a minute.
pub async fn delete(client: &Client, admin_key: &Secret, id: &str) -> Result<(), Failure> {
    let url = format!("{}/api_keys/{id}", client.endpoints().idp);
    client.send(Call::delete(url).bearer(Some(admin_key)).within(WHOLE), |_| {}).await?.success().map(drop)
}
