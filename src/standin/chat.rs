//! Chat completions of the stand-in: one canned sentence, whole or as a stream.

use super::market::{self, Market};
use super::refusal;
use crate::http1::Response;
use serde_json::{Value, json};

const WORDS: [&str; 4] = ["Hello", " from", " the", " stand-in."];

/// The answer to `POST /v1/chat/completions` for a caller who may ask. `models` is the list served.
pub(super) fn complete(market: &Market, models: &[u8], body: &[u8]) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return refusal(400, "The body is not JSON.");
    };
    let Some(model) = request["model"].as_str() else {
        return refusal(400, "No model is named.");
    };
    if !request["messages"].is_array() {
        return refusal(400, "There are no messages.");
    }
    let model = match market::resolve(market, models, model) {
        Ok(model) => model,
        Err(refused) => return refused,
    };
    let limit = request["max_tokens"].as_u64().or(request["max_completion_tokens"].as_u64()).unwrap_or(u64::MAX);
    let said: Vec<&str> = WORDS.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
    let finish = if said.len() < WORDS.len() { "length" } else { "stop" };
    let usage = json!({ "prompt_tokens": 9, "completion_tokens": said.len(), "total_tokens": 9 + said.len() });
    if request["stream"] == true {
        return stream(&request, &model, &said, finish, usage);
    }
    Response::json(
        200,
        &json!({
            "id": "chatcmpl-standin", "object": "chat.completion", "created": 1_787_391_130, "model": model,
            "choices": [{
                "index": 0, "finish_reason": finish, "logprobs": null,
                "message": { "role": "assistant", "content": said.concat() },
            }],
            "usage": usage,
        }),
    )
}

/// Server-sent events, all in one piece.
fn stream(request: &Value, model: &str, said: &[&str], finish: &str, usage: Value) -> Response {
    let chunk = |choices: Value, usage: &Value| {
        let event = json!({
            "id": "chatcmpl-standin", "object": "chat.completion.chunk", "created": 1_787_391_130, "model": model,
            "choices": choices, "usage": usage,
        });
        format!("data: {event}\n\n")
    };
    let delta = |delta: Value, finish: Value| json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
    let mut events = chunk(delta(json!({ "role": "assistant", "content": "" }), Value::Null), &Value::Null);
    for word in said {
        events += &chunk(delta(json!({ "content": word }), Value::Null), &Value::Null);
    }
    events += &chunk(delta(json!({}), json!(finish)), &Value::Null);
    if request["stream_options"]["include_usage"] == true {
        events += &chunk(json!([]), &usage);
    }
    events += "data: [DONE]\n\n";
    Response { status: 200, headers: vec![("Content-Type", "text/event-stream".to_owned())], body: events.into() }
}
