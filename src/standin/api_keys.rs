//! `/api_keys/`: creating and deleting API keys.

use super::caller::{Caller, Issued, KeyRing, Rights, USER_ID, unprocessable};
use super::{random, refusal};
use crate::http1::{Request, Response};
use serde_json::{Value, json};

const MAX_NAME: usize = 24;

/// Answer a request whose path is `/api_keys` or below it.
pub(super) fn answer(request: &Request, caller: &Caller, ring: &KeyRing) -> Response {
    let path = request.path();
    if path == "/api_keys" {
        return Response { status: 307, headers: vec![("Location", "/api_keys/".to_owned())], body: Vec::new() };
    }
    if let Err(refused) = caller.may_manage() {
        return refused;
    }
    match (request.method.as_str(), path.strip_prefix("/api_keys/").unwrap_or_default()) {
        ("POST", "") => create(&request.body, ring),
        ("GET", "") => list(ring),
        ("DELETE", id) if !id.is_empty() => delete(id, ring),
        ("GET" | "POST", _) => refusal(404, "Not Found"),
        _ => refusal(405, "Method Not Allowed"),
    }
}

fn create(body: &[u8], ring: &KeyRing) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return unprocessable(&[("body", "0", "JSON decode error")]);
    };
    let name = body["name"].as_str().map(str::trim).unwrap_or_default();
    let admin = body["admin"] == true;
    let scopes = if admin { json!([]) } else { body["scopes"].clone() };
    let mut wrong = Vec::new();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        wrong.push(("body", "name", "String should have 1 to 24 characters"));
    }
    let known = |scope: &Value| {
        let actions = ["read", "write", "delete", "invoke"];
        let kinds = ["chutes", "images", "invocations"];
        scope["object_type"].as_str().is_some_and(|kind| kinds.contains(&kind))
            && scope["action"].as_str().is_none_or(|action| actions.contains(&action))
    };
    if !admin && !scopes.as_array().is_some_and(|scopes| scopes.iter().all(known)) {
        wrong.push(("body", "scopes", "Input should be a valid list of scopes"));
    }
    if !wrong.is_empty() {
        return unprocessable(&wrong);
    }
    let mut keys = ring.all();
    if keys.iter().any(|key| key.name == name && !key.deleted) {
        return refusal(409, "API key with this name already exists");
    }
    let invokes =
        |scope: &Value| scope["object_type"] == "chutes" && (scope["action"].is_null() || scope["action"] == "invoke");
    let rights = match (admin, scopes.as_array().is_some_and(|scopes| scopes.iter().any(invokes))) {
        (true, _) => Rights::Admin,
        (false, true) => Rights::Invoke,
        (false, false) => Rights::Other,
    };
    let key = Issued {
        id: random::uuid(),
        name: name.to_owned(),
        secret: KeyRing::new_secret(),
        rights,
        scopes,
        deleted: false,
    };
    let mut answer = described(&key);
    answer["secret_key"] = json!(key.secret);
    keys.push(key);
    Response::json(200, &answer)
}

fn list(ring: &KeyRing) -> Response {
    let items: Vec<Value> = ring.all().iter().filter(|key| !key.deleted).map(described).collect();
    Response::json(200, &json!({ "total": items.len(), "page": 0, "limit": 25, "items": items }))
}

fn delete(id: &str, ring: &KeyRing) -> Response {
    let mut keys = ring.all();
    match keys.iter_mut().find(|key| key.id == id && !key.deleted) {
        Some(key) => {
            key.deleted = true;
            Response::json(200, &json!({ "api_key_id": id, "deleted": true }))
        }
        None => refusal(404, "API key not found, or does not belong to you"),
    }
}

/// All that is told of a key after its creation.
fn described(key: &Issued) -> Value {
    json!({
        "api_key_id": key.id, "user_id": USER_ID, "admin": key.rights == Rights::Admin, "name": key.name,
        "created_at": "2026-08-01T12:00:00Z", "last_used_at": null, "scopes": key.scopes,
    })
}
