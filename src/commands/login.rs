//! `login start` and `login finish`: the sign-in in two processes, for scripts and for connections that
//! drop. The attempt waits in our own state in between.

use super::context::{Context, var};
use super::credential::{Obtained, read_limited};
use super::error::{Error, LoginError, Origin};
use super::invocation::Onboard;
use super::onboard;
use super::report::{Report, Warning, warnings_json};
use super::signals;
use super::usage::UsageError;
use crate::chutes::api_key;
use crate::chutes::client::Client;
use crate::chutes::credential_kinds::variable;
use crate::chutes::oauth::answer::{Verdict, judge};
use crate::chutes::oauth::app::{self, Registration};
use crate::chutes::oauth::attempt::{Attempt, CannotResume, ClientId, Environment, Settings};
use crate::chutes::oauth::token;
use crate::openclaw::plan;
use crate::openclaw::types::NewCredential;
use crate::secret::Secret;
use crate::state::RememberedClient;
use crate::texts::{cli as text, signin as sign_in_text};
use crate::time::now;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::IsTerminal;

/// Begin an attempt, keep it, and print the link. `keep_secret`: the client secret waits with it.
pub fn start(context: &Context, keep_secret: bool, as_json: bool) -> Result<Report, Error> {
    let environment = Environment::read(var).map_err(Error::Setting)?;
    let state = context.state();
    let known = state.client().read();
    let remembered = known.as_ref().and_then(|app| ClientId::parse(&app.client_id).ok());
    let client_id = environment.client_id.clone().or_else(|| remembered.clone()).ok_or(LoginError::NoClientId)?;
    let secret =
        environment.client_secret.clone().or_else(|| kept_secret(context)).ok_or(LoginError::NoClientSecret)?;
    let mut settings = environment.settings(client_id, Some(secret.clone()));
    let before = known.filter(|_| remembered.as_ref() == Some(&settings.client_id)).map(|app| app.scopes);
    let added = settings.ask_also_for(&before.unwrap_or_default());
    check_registration(&settings)?;
    let attempt = Attempt::new(settings, now());
    let pending = attempt.pending();
    state.pending_login().write(&if keep_secret { pending.with_client_secret(&secret) } else { pending })?;
    let next = format!("{} login finish --redirect-stdin", context.program);
    let url = attempt.authorize_url();
    let message = sign_in_text::scopes_kept(context.lang, added.join(" "));
    let warnings = Vec::from_iter((!added.is_empty()).then_some(Warning { code: "scopes-kept", message }));
    if as_json {
        let id: String = Sha256::digest(attempt.state().expose()).iter().take(6).map(|b| format!("{b:02x}")).collect();
        let expires_at = attempt.expires_at.rfc3339();
        let document = json!({
            "ok": true, "url": url, "id": id, "expiresAt": expires_at,
            "redirectUri": environment.redirect.as_str(), "scopes": attempt.settings.scopes, "next": next,
            "warnings": warnings_json(&warnings),
        });
        return Ok(Report::json(&document).warn(&warnings, context.lang));
    }
    let page = sign_in_text::page_says(context.lang, environment.redirect.as_str());
    let text = format!(
        "{}\n\n{url}\n\n{}\n\n  {next}\n\n{page}\n",
        text::login_open(context.lang),
        text::login_then(context.lang)
    );
    Ok(Report::text(text).warn(&warnings, context.lang))
}

/// The client secret that OpenClaw's gateway would use, from what OpenClaw itself reads.
fn kept_secret(context: &Context) -> Option<Secret> {
    let (_, snapshot, _) = context.read().ok()?;
    plan::gateway_surroundings(&snapshot).client_secret.filter(|secret| !secret.is_empty())
}

/// With an API key at hand, whether the app takes our redirect: before a person is sent to a page that
/// says no and sends nothing back.
fn check_registration(settings: &Settings) -> Result<(), Error> {
    let Some(key) = var(variable::API_KEY).and_then(|text| api_key::parse(&text).ok()) else { return Ok(()) };
    let client = Client::new(settings.endpoints.clone());
    let asking = app::look_up(&client, &key, &settings.client_id, &settings.redirect);
    match signals::until_interrupted(asking)? {
        Registration::RedirectMissing => {
            Err(LoginError::RedirectNotRegistered { uri: settings.redirect.as_str().to_owned() }.into())
        }
        Registration::Fits | Registration::Unknown => Ok(()),
    }
}

/// The address that the browser ended on comes on standard input; then all is as without a person.
pub fn finish(context: &Context, redirect_stdin: bool, timer: bool, as_json: bool) -> Result<Report, Error> {
    if !redirect_stdin {
        return Err(UsageError::ArgumentMissing { arguments: vec!["--redirect-stdin".to_owned()] }.into());
    }
    let environment = Environment::read(var).map_err(Error::Setting)?;
    let state = context.state();
    let pending = state.pending_login().read().ok_or(LoginError::NothingBegun)?;
    let secret = environment.client_secret.clone().or_else(|| pending.client_secret());
    let secret = secret.or_else(|| kept_secret(context));
    let attempt = match Attempt::resume(pending, environment.endpoints.clone(), secret.clone(), now()) {
        Ok(attempt) => attempt,
        Err(why) => {
            if why != CannotResume::OtherService {
                state.pending_login().remove();
            }
            return Err(LoginError::CannotResume(why).into());
        }
    };
    // Said while the code is still good: an exchange without the secret would spend it.
    let secret = secret.ok_or(LoginError::NoClientSecret)?;
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(LoginError::StdinIsTerminal.into());
    }
    let input = read_limited(stdin.lock(), Origin::Stdin)?;
    let code = match judge(input.expose(), &attempt, now()) {
        Verdict::Code(code) => code,
        Verdict::Mistake(mistake) => return Err(LoginError::Mistake(mistake).into()),
        Verdict::Refused(refusal) => {
            state.pending_login().remove();
            return Err(LoginError::Refused(refusal).into());
        }
    };
    // A code is good for one exchange, and so is the record of the attempt: of several that finish it at once, one.
    if !state.pending_login().claim()? {
        return Err(LoginError::NothingBegun.into());
    }
    let client = Client::new(environment.endpoints.clone());
    let granted = signals::until_interrupted(token::sign_in(&client, &attempt, &code, now()))?;
    let granted = granted.map_err(LoginError::Token)?;
    let client_id = &attempt.settings.client_id;
    // A convenience for the next time.
    let _ = state.client().write(&RememberedClient::of(client_id, &granted.scopes));
    let stored = NewCredential::signed_in(&granted, client_id);
    let obtained = Obtained::new(granted.access.clone(), stored, Some(secret), Vec::new());
    let options = Onboard { non_interactive: true, json: as_json, timer, ..Onboard::default() };
    onboard::with_credential(context, &options, obtained)
}
