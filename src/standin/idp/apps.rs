//! `/idp/apps` and `/idp/authorizations`: registering, changing and deleting apps, ending grants.

use super::{App, Idp, lock};
use crate::http1::{Request, Response};
use crate::standin::caller::{Caller, USER_ID, unprocessable};
use crate::standin::{random, refusal};
use serde_json::{Value, json};

const MAX_REDIRECTS: usize = 10;
const PRIVILEGED_SCOPES: [&str; 1] = ["admin"];

impl Idp {
    /// Every route here wants somebody who may manage the account.
    pub(super) fn manage(&self, request: &Request, caller: &Caller) -> Response {
        if let Err(refused) = caller.may_manage() {
            return refused;
        }
        let path = request.path().trim_start_matches("/idp/");
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["apps"]) => self.list_apps(),
            ("POST", ["apps"]) => self.create_app(&request.body),
            ("GET", ["apps", id]) => self.show_app(id),
            ("PATCH", ["apps", id]) => self.change_app(id, &request.body),
            ("DELETE", ["apps", id]) => self.delete_app(id),
            ("POST", ["apps", id, "regenerate-secret"]) => self.new_secret(id),
            ("GET", ["authorizations"]) => self.list_grants(),
            ("DELETE", ["authorizations", id]) => self.end_grant(id),
            (_, ["apps"] | ["apps", _] | ["authorizations"]) => refusal(405, "Method Not Allowed"),
            _ => refusal(404, "Not Found"),
        }
    }

    fn create_app(&self, body: &[u8]) -> Response {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return unprocessable(&[("body", "0", "JSON decode error")]);
        };
        let mut wrong = Vec::new();
        let name = text(&body, "name");
        let name = name.as_deref().unwrap_or_default();
        if let Some(message) = bad_name(name) {
            wrong.push(("body", "name", message));
        }
        let redirects = texts(&body["redirect_uris"]);
        if let Some(message) = bad_redirects(redirects.as_deref().unwrap_or_default()) {
            wrong.push(("body", "redirect_uris", message));
        }
        let days = body["refresh_token_lifetime_days"].as_u64();
        if !body["refresh_token_lifetime_days"].is_null() && !days.is_some_and(|days| (1..=30).contains(&days)) {
            wrong.push(("body", "refresh_token_lifetime_days", "Input should be from 1 to 30"));
        }
        if !wrong.is_empty() {
            return unprocessable(&wrong);
        }
        let scopes = texts(&body["allowed_scopes"]).unwrap_or_default();
        if scopes.iter().any(|scope| PRIVILEGED_SCOPES.contains(&scope.as_str()) || scope.ends_with(":write")) {
            return refusal(403, &format!("Privileged scopes require unlimited_dev permission: {scopes:?}"));
        }
        let mut state = lock(&self.state);
        match state.apps.iter().filter(|app| is_like(&app.name, name.trim())).count() {
            0 => {}
            1 => return refusal(409, "An application with this name already exists"),
            // The lookup expects one row at most.
            _ => return Response { status: 500, headers: Vec::new(), body: b"Internal Server Error".to_vec() },
        }
        let app = App {
            app_id: random::uuid(),
            client_id: format!("cid_{}", random::lower(24)),
            client_secret: format!("csc_{}", random::alphanumeric(48)),
            name: name.to_owned(),
            redirect_uris: redirects.unwrap_or_default(),
            allowed_scopes: scopes,
            public: body["public"].as_bool().unwrap_or(true),
            refresh_token_lifetime_days: days.unwrap_or(30),
            ..App::default()
        };
        let mut answer = described(&app);
        answer["client_secret"] = json!(app.client_secret);
        state.apps.push(app);
        Response::json(200, &answer)
    }

    fn list_apps(&self) -> Response {
        let items: Vec<Value> = lock(&self.state).apps.iter().filter(|app| app.active).map(described).collect();
        Response::json(200, &json!({ "total": items.len(), "page": 0, "limit": 25, "items": items }))
    }

    /// By app id or by client id.
    fn show_app(&self, id: &str) -> Response {
        let known = lock(&self.state).apps.iter().find(|app| app.app_id == id || app.client_id == id).cloned();
        match known.or_else(|| self.any_app(id)) {
            Some(app) => Response::json(200, &described(&app)),
            None => not_found(),
        }
    }

    /// By app id only. `allowed_scopes` is taken and ignored.
    fn change_app(&self, id: &str, body: &[u8]) -> Response {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return unprocessable(&[("body", "0", "JSON decode error")]);
        };
        let redirects = texts(&body["redirect_uris"]);
        if let Some(message) = redirects.as_deref().and_then(bad_redirects) {
            return unprocessable(&[("body", "redirect_uris", message)]);
        }
        let name = text(&body, "name");
        if let Some(message) = name.as_deref().and_then(bad_name) {
            return unprocessable(&[("body", "name", message)]);
        }
        let mut state = lock(&self.state);
        let Some(app) = state.apps.iter_mut().find(|app| app.app_id == id) else { return not_found() };
        app.redirect_uris = redirects.unwrap_or_else(|| std::mem::take(&mut app.redirect_uris));
        app.name = name.unwrap_or_else(|| std::mem::take(&mut app.name));
        app.active = body["active"].as_bool().unwrap_or(app.active);
        app.public = body["public"].as_bool().unwrap_or(app.public);
        Response::json(200, &described(app))
    }

    fn delete_app(&self, id: &str) -> Response {
        let mut state = lock(&self.state);
        let Some(at) = state.apps.iter().position(|app| app.app_id == id) else { return not_found() };
        let client_id = state.apps.remove(at).client_id;
        state.end_grant(&client_id);
        Response::json(200, &json!({ "app_id": id, "deleted": true }))
    }

    fn new_secret(&self, id: &str) -> Response {
        let mut state = lock(&self.state);
        let Some(app) = state.apps.iter_mut().find(|app| app.app_id == id) else { return not_found() };
        app.client_secret = format!("csc_{}", random::alphanumeric(48));
        let secret = json!({ "app_id": id, "client_id": app.client_id, "client_secret": app.client_secret });
        Response::json(200, &secret)
    }

    fn list_grants(&self) -> Response {
        let state = lock(&self.state);
        let grant = |(client_id, scopes): (&String, &Vec<String>)| {
            let app = state.apps.iter().find(|app| app.client_id == *client_id);
            json!({
                "app_id": app.map_or(client_id, |app| &app.app_id), "app_name": app.map_or("Unknown", |app| &app.name),
                "scopes": scopes, "created_at": "2026-08-01T12:00:00Z", "revoked": false,
            })
        };
        let items: Vec<Value> = state.grants.iter().map(grant).collect();
        Response::json(200, &json!({ "total": items.len(), "page": 0, "limit": 25, "items": items }))
    }

    fn end_grant(&self, app_id: &str) -> Response {
        let mut state = lock(&self.state);
        let client_id = state.apps.iter().find(|app| app.app_id == app_id).map(|app| app.client_id.clone());
        let client_id = client_id.unwrap_or_else(|| app_id.to_owned());
        match state.end_grant(&client_id) {
            true => Response::json(200, &json!({ "app_id": app_id, "revoked": true })),
            false => refusal(404, "Authorization not found"),
        }
    }
}

impl super::State {
    /// Every token of the grant ends at once. False: there was none.
    fn end_grant(&mut self, client_id: &str) -> bool {
        self.access.retain(|_, access| access.client_id != client_id);
        self.refresh.retain(|_, refresh| refresh.client_id != client_id);
        self.grants.remove(client_id).is_some()
    }
}

fn not_found() -> Response {
    refusal(404, "Application not found")
}

fn text(body: &Value, name: &str) -> Option<String> {
    body[name].as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    Some(value.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn bad_name(name: &str) -> Option<&'static str> {
    let length = name.chars().count();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | ' ' | '-' | '.');
    match (3..=64).contains(&length) {
        false => Some("String should have 3 to 64 characters"),
        true => (!name.chars().all(plain)).then_some("String should match pattern '^[\\w\\s.-]+$'"),
    }
}

fn bad_redirects(uris: &[String]) -> Option<&'static str> {
    if uris.is_empty() || uris.len() > MAX_REDIRECTS {
        return Some("List should have 1 to 10 items");
    }
    let web = |uri: &String| uri.starts_with("http://") || uri.starts_with("https://");
    (!uris.iter().all(web)).then_some("Redirect URIs must begin with http:// or https://")
}

/// SQL's `ILIKE`, in which `_` of the pattern stands for any one character.
fn is_like(name: &str, pattern: &str) -> bool {
    let (name, pattern) = (name.to_lowercase(), pattern.to_lowercase());
    name.chars().count() == pattern.chars().count()
        && name.chars().zip(pattern.chars()).all(|(n, p)| p == '_' || n == p)
}

/// All that is told of an app after its registration.
fn described(app: &App) -> Value {
    json!({
        "app_id": app.app_id, "client_id": app.client_id, "user_id": USER_ID, "name": app.name,
        "description": null, "redirect_uris": app.redirect_uris, "homepage_url": null, "logo_url": null,
        "active": app.active, "public": app.public,
        "refresh_token_lifetime_days": app.refresh_token_lifetime_days,
        "created_at": "2026-08-01T12:00:00Z", "updated_at": "2026-08-01T12:00:00Z",
    })
}
