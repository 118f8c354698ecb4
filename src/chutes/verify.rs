//! Whether a credential may really call a model: one completion of one token.

use super::account::Quota;
use super::client::{Call, Client};
use super::failure::{Failure, Kind, said};
use crate::secret::Secret;
use serde_json::{Value, json};
use std::time::Duration;

/// A cold model may take its time.
const WHOLE: Duration = Duration::from_secs(30);

/// What one test call showed.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Works {
        latency_ms: u64,
        prompt_tokens: Option<u64>,
        completion_tokens: Option<u64>,
        /// What is left of the day's requests.
        quota: Option<Quota>,
    },
    /// 401 or 403: this credential may not.
    Refused(Failure),
    /// 404: no such model for this account.
    NotServed(Failure),
    /// 402.
    NoBalance(Failure),
    /// No answer, or one that says nothing about the credential and the model.
    Unverified(Failure),
}

impl Verdict {
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Verdict::Works { .. } => None,
            Verdict::Refused(failure)
            | Verdict::NotServed(failure)
            | Verdict::NoBalance(failure)
            | Verdict::Unverified(failure) => Some(failure),
        }
    }
}

/// `POST {api}/chat/completions` for one token of `model` (an id, without `chutes/`).
pub async fn verify(client: &Client, credential: &Secret, model: &str) -> Verdict {
    match complete(client, credential, model).await {
        Ok(verdict) => verdict,
        Err(failure) => match failure.status() {
            Some(401 | 403) => Verdict::Refused(failure),
            Some(404) => Verdict::NotServed(failure),
            Some(402) => Verdict::NoBalance(failure),
            _ if failure.kind == Kind::CredentialMalformed => Verdict::Refused(failure),
            _ => Verdict::Unverified(failure),
        },
    }
}

async fn complete(client: &Client, credential: &Secret, model: &str) -> Result<Verdict, Failure> {
    let body = json!({
        "model": model,
        "messages": [{ "role": "user", "content": "hi" }],
        "max_tokens": 1,
        "stream": false,
    });
    let url = format!("{}/chat/completions", client.endpoints().api);
    let call = Call::post_json(url, &body).bearer(Some(credential)).within(WHOLE);
    let answer = client.send(call, |_| {}).await?.success()?;
    let completion: Value = serde_json::from_slice(&answer.body).map_err(|error| answer.bad_json(&error))?;
    // Some gateways put an error into an answer that says 200.
    if completion["error"].is_object() || completion["error"].is_string() {
        let said = said(&answer.body, &[credential]).unwrap_or_default();
        return Err(answer.failure(Kind::Malformed { detail: format!("an error inside a 200: {said}") }));
    }
    match completion["choices"].as_array() {
        Some(choices) if choices.iter().any(|choice| choice.is_object()) => {}
        Some(_) => return Err(answer.failure(Kind::Malformed { detail: "a completion without a choice".to_owned() })),
        None => return Err(answer.failure(Kind::Malformed { detail: "no completion in it".to_owned() })),
    }
    let tokens = |name: &str| completion["usage"][name].as_u64();
    Ok(Verdict::Works {
        // Rounded up: an answer took some time, however near the service is.
        latency_ms: u64::try_from(answer.took.as_micros().div_ceil(1000)).unwrap_or(u64::MAX),
        prompt_tokens: tokens("prompt_tokens"),
        completion_tokens: tokens("completion_tokens"),
        quota: answer.quota(),
    })
}
