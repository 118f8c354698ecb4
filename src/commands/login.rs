//! `login start` and `login finish`: the sign-in in two processes, for scripts and for connections that
//! drop. The attempt waits in our own state in between.

use super::context::{Context, now, rfc3339, var};
use super::credential::{Obtained, read_limited};
use super::error::Origin;
use super::error::{Error, LoginError};
use super::invocation::{AuthChoice, Onboard};
use super::onboard;
use super::report::Report;
use super::signals;
use super::usage::UsageError;
use crate::chutes::client::Client;
use crate::chutes::oauth::answer::{Verdict, judge};
use crate::chutes::oauth::attempt::{Attempt, CannotResume, ClientId, Environment};
use crate::chutes::oauth::token::{self};
use crate::openclaw::types::NewCredential;
use crate::state::{RememberedClient, State};
use crate::texts::cli as text;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::IsTerminal;

/// Begin an attempt, keep it, and print the link.
pub fn start(context: &Context, as_json: bool) -> Result<Report, Error> {
    let environment = Environment::read(var).map_err(Error::Setting)?;
    let state = context.state();
    let client_id = environment.client_id.clone().or_else(|| remembered(&state)).ok_or(LoginError::NoClientId)?;
    let attempt = Attempt::new(environment.settings(client_id, None), now_ms());
    state.pending_login().write(&attempt.pending())?;
    let next = format!("{} login finish --redirect-stdin", context.program);
    let url = attempt.authorize_url();
    if as_json {
        let id: String = Sha256::digest(attempt.state().expose()).iter().take(6).map(|b| format!("{b:02x}")).collect();
        let expires_at = rfc3339(i64::try_from(attempt.expires_at).unwrap_or(i64::MAX));
        return Ok(Report::json(&json!({
            "ok": true, "url": url, "id": id, "expiresAt": expires_at,
            "redirectUri": environment.redirect.as_str(), "next": next,
        })));
    }
    Ok(Report::text(format!(
        "{}\n\n{url}\n\n{}\n\n  {next}\n",
        text::login_open(context.lang),
        text::login_then(context.lang)
    )))
}

/// The address that the browser ended on comes on standard input; then all is as without a person.
pub fn finish(context: &Context, redirect_stdin: bool, as_json: bool) -> Result<Report, Error> {
    if !redirect_stdin {
        return Err(UsageError::ArgumentMissing { arguments: vec!["--redirect-stdin".to_owned()] }.into());
    }
    let environment = Environment::read(var).map_err(Error::Setting)?;
    let state = context.state();
    let pending = state.pending_login().read().ok_or(LoginError::NothingBegun)?;
    let secret = environment.client_secret.clone();
    let attempt = match Attempt::resume(pending, environment.endpoints.clone(), secret, now_ms()) {
        Ok(attempt) => attempt,
        Err(why) => {
            if why != CannotResume::OtherService {
                state.pending_login().remove();
            }
            return Err(LoginError::CannotResume(why).into());
        }
    };
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(LoginError::StdinIsTerminal.into());
    }
    let input = read_limited(stdin.lock(), Origin::Stdin)?;
    let code = match judge(input.expose(), &attempt, now_ms()) {
        Verdict::Code(code) => code,
        Verdict::Mistake(mistake) => return Err(LoginError::Mistake(mistake).into()),
        Verdict::Refused(refusal) => {
            state.pending_login().remove();
            return Err(LoginError::Refused(refusal).into());
        }
    };
    // A code is good for one exchange, and so is the record of the attempt.
    state.pending_login().remove();
    let client = Client::new(environment.endpoints.clone());
    let granted = signals::until_interrupted(token::sign_in(&client, &attempt, &code, now_ms()))?;
    let granted = granted.map_err(LoginError::Token)?;
    let client_id = &attempt.settings.client_id;
    // A convenience for the next time.
    let _ = state.client().write(&RememberedClient { client_id: client_id.as_str().to_owned() });
    let obtained = Obtained {
        choice: AuthChoice::OAuth,
        secret: granted.access.clone(),
        stored: NewCredential::signed_in(&granted, client_id),
        warnings: Vec::new(),
    };
    let options = Onboard { non_interactive: true, json: as_json, ..Onboard::default() };
    onboard::with_credential(context, &options, obtained)
}

fn remembered(state: &State) -> Option<ClientId> {
    let app = state.client().read()?;
    ClientId::parse(&app.client_id).ok()
}

fn now_ms() -> u64 {
    u64::try_from(now()).unwrap_or_default()
}
