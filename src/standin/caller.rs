//! Who makes a request: the credential in its `Authorization` header, and what that may do.

use super::IdentityProvider;
use super::random;
use crate::http1::{Request, Response};
use serde_json::{Value, json};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The account that owns every key, app and grant of the stand-in.
pub(super) const USER_ID: &str = "5ba1f0de-7c7e-4a4b-9d6e-0e4d6a1c2b3f";

/// Which API keys the stand-in takes besides those that were created while it ran.
#[derive(Clone, Debug)]
pub enum Keys {
    /// These and no others, of whatever shape. Each may call models and nothing else.
    Listed(Vec<String>),
    /// What `demo` does: every key of the shape that the service gives. Each is an admin key, except
    /// one that ends in `narrow`, which may only call models, and one that ends in `bad`, which is
    /// refused, so that a person can see what happens then.
    AnyWellFormed,
}

/// What an API key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Everything, apps, keys and money included.
    Admin,
    /// Calling models.
    Invoke,
    /// Something else: such a key is no good for models.
    Other,
}

/// A key that was created over `POST /api_keys/`.
#[derive(Clone)]
pub(super) struct Issued {
    pub id: String,
    pub name: String,
    pub secret: String,
    pub rights: Rights,
    pub scopes: Value,
    /// It is known, and refused.
    pub deleted: bool,
}

/// The keys that were created while the stand-in ran.
#[derive(Default)]
pub(super) struct KeyRing(Mutex<Vec<Issued>>);

impl KeyRing {
    pub fn all(&self) -> MutexGuard<'_, Vec<Issued>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A key of the shape that the service gives.
    pub fn new_secret() -> String {
        format!("cpk_{}.{}.{}", random::hex(32), USER_ID.replace('-', ""), random::alphanumeric(32))
    }
}

/// The credential of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// No `Authorization` header.
    Nobody,
    Key(Rights),
    /// An access token in force, with its scopes.
    Token(Vec<String>),
    /// Begins with `cak_`, and is unknown, expired or revoked.
    DeadToken,
    /// A web session.
    Session,
    /// Refused with 401 and this sentence.
    Refused(&'static str),
}

const UNKNOWN_KEY: &str = "Invalid token or user not found";
const WRONG_SHAPE: &str = "Missing or invalid authorization header(s)";
const OTHER_TEXT: &str = "Invalid token.";
/// To a caller that brought nothing, or a token that is not in force.
const NOBODY: &str = "Authentication required.";
const FORBIDDEN: &str = "Token does not have permission for this resource";
/// To a caller of a management route whose credential is no good there.
const NO_USER: &str = "Can't find a user with that api key in our db :(";

impl Caller {
    pub(super) fn of(
        request: &Request,
        keys: &Keys,
        admin_keys: &[String],
        ring: &KeyRing,
        idp: Option<&dyn IdentityProvider>,
    ) -> Caller {
        let Some(header) = request.header("authorization") else { return Caller::Nobody };
        let token = header.rsplit(' ').next().unwrap_or_default();
        if admin_keys.iter().any(|key| key == token) {
            return Caller::Key(Rights::Admin);
        }
        if matches!(keys, Keys::Listed(keys) if keys.iter().any(|key| key == token)) {
            return Caller::Key(Rights::Invoke);
        }
        if token.starts_with("cak_") {
            return idp.and_then(|idp| idp.scopes_of(token)).map_or(Caller::DeadToken, Caller::Token);
        }
        if !token.starts_with("cpk_") {
            let session = idp.is_some_and(|idp| idp.is_session(token));
            return if session { Caller::Session } else { Caller::Refused(OTHER_TEXT) };
        }
        if let Some(key) = ring.all().iter().find(|key| key.secret == token) {
            return if key.deleted { Caller::Refused(UNKNOWN_KEY) } else { Caller::Key(key.rights) };
        }
        match keys {
            _ if !has_key_shape(token) => Caller::Refused(WRONG_SHAPE),
            Keys::AnyWellFormed if token.ends_with("narrow") => Caller::Key(Rights::Invoke),
            Keys::AnyWellFormed if !token.ends_with("bad") => Caller::Key(Rights::Admin),
            _ => Caller::Refused(UNKNOWN_KEY),
        }
    }

    /// May it call a model? Err: the answer that says no.
    pub(super) fn may_invoke(&self) -> Result<(), Response> {
        match self {
            Caller::Key(Rights::Admin | Rights::Invoke) | Caller::Session => Ok(()),
            Caller::Token(scopes) if has(scopes, &["chutes:invoke", "admin"]) => Ok(()),
            Caller::Token(_) => Err(super::refusal(403, FORBIDDEN)),
            Caller::Key(Rights::Other) => Err(super::refusal(401, UNKNOWN_KEY)),
            Caller::Nobody | Caller::DeadToken => Err(super::refusal(401, NOBODY)),
            Caller::Refused(why) => Err(super::refusal(401, why)),
        }
    }

    /// May it see the list of models? It is public, so a dead token is a nobody there.
    pub(super) fn may_list(&self) -> Result<(), Response> {
        match self {
            Caller::Nobody | Caller::DeadToken => Ok(()),
            other => other.may_invoke(),
        }
    }

    /// May it see what the account has left?
    pub(super) fn may_see_account(&self) -> Result<(), Response> {
        match self {
            Caller::Token(scopes) if has(scopes, &["profile", "profile:read", "account:read"]) => Ok(()),
            other => other.may_manage(),
        }
    }

    /// May it manage the account: apps, keys, grants?
    pub(super) fn may_manage(&self) -> Result<(), Response> {
        match self {
            Caller::Key(Rights::Admin) | Caller::Session => Ok(()),
            Caller::Token(scopes) if has(scopes, &["admin"]) => Ok(()),
            Caller::Token(_) => Err(super::refusal(403, FORBIDDEN)),
            Caller::Refused(why) if *why == OTHER_TEXT => Err(super::refusal(401, why)),
            _ => Err(super::refusal(401, NO_USER)),
        }
    }
}

fn has(scopes: &[String], any_of: &[&str]) -> bool {
    scopes.iter().any(|scope| any_of.contains(&scope.as_str()))
}

/// 102 characters: `cpk_`, 32 hexadecimal digits, a dot, 32 more, a dot, 32 letters or digits.
fn has_key_shape(key: &str) -> bool {
    let hex = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let parts: Vec<&str> = key.strip_prefix("cpk_").unwrap_or_default().split('.').collect();
    match parts[..] {
        [id, user, secret] => {
            [id, user, secret].iter().all(|part| part.len() == 32)
                && hex(id)
                && hex(user)
                && secret.bytes().all(|b| b.is_ascii_alphanumeric())
        }
        _ => false,
    }
}

/// The answer to a request that a schema does not take: status 422, one entry for each wrong field.
pub(super) fn unprocessable(wrong: &[(&str, &str, &str)]) -> Response {
    let entry = |(place, field, message): &(&str, &str, &str)| {
        let kind = if *message == FIELD_REQUIRED { "missing" } else { "value_error" };
        json!({ "type": kind, "loc": [place, field], "msg": message, "input": null })
    };
    Response::json(422, &json!({ "detail": wrong.iter().map(entry).collect::<Vec<_>>() }))
}

const FIELD_REQUIRED: &str = "Field required";

/// [`unprocessable`] for fields that are not there. `place`: `query` or `body`.
pub(super) fn missing(place: &str, fields: &[&str]) -> Response {
    let wrong: Vec<_> = fields.iter().map(|field| (place, *field, FIELD_REQUIRED)).collect();
    unprocessable(&wrong)
}
