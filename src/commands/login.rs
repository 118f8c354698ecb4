//! `login start` and `login finish`: the sign-in in two processes, for scripts and for connections that
//! drop. The attempt waits in our own state in between.

use super::context::{Context, now, rfc3339, var};
use super::credential::{Obtained, Origin, read_limited};
use super::error::Error;
use super::invocation::{AuthChoice, Onboard};
use super::onboard;
use super::report::Report;
use super::signals;
use super::usage::UsageError;
use crate::chutes::client::Client;
use crate::chutes::oauth::answer::{Mistake, Refusal, Verdict, judge};
use crate::chutes::oauth::attempt::{Attempt, CannotResume, ClientId, Environment, Pending};
use crate::chutes::oauth::token::{self, TokenError};
use crate::openclaw::types::NewCredential;
use crate::state::State;
use crate::texts::{Lang, cli as text};
use crate::tui::{CLIENT, PENDING, Remembered};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::IsTerminal;

/// Why a sign-in in two processes did not lead to a credential.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum LoginError {
    /// No `CHUTES_CLIENT_ID`, and none remembered.
    NoClientId,
    /// No sign-in was started, or it has been finished.
    NothingBegun,
    /// Nobody types there: a terminal cuts long lines.
    StdinIsTerminal,
    CannotResume(CannotResume),
    /// What came on standard input is no answer: the attempt goes on.
    Mistake(Mistake),
    Refused(Refusal),
    Token(TokenError),
}

impl LoginError {
    pub fn exit(&self) -> u8 {
        match self {
            LoginError::NoClientId | LoginError::StdinIsTerminal | LoginError::Mistake(_) => 2,
            LoginError::Refused(_) => 3,
            LoginError::Token(error) if !error.is_network() && *error != TokenError::Unreadable => 3,
            _ => 1,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            LoginError::NoClientId => "missing-client-id",
            LoginError::NothingBegun => "no-login-started",
            LoginError::StdinIsTerminal => "redirect-stdin-is-terminal",
            LoginError::CannotResume(CannotResume::Expired { .. }) | LoginError::Mistake(Mistake::Expired { .. }) => {
                "login-expired"
            }
            LoginError::CannotResume(_) => "login-not-resumable",
            LoginError::Mistake(_) => "not-the-redirect",
            LoginError::Refused(Refusal::Denied { .. }) => "consent-denied",
            LoginError::Refused(_) => "consent-refused",
            LoginError::Token(error) => error.code(),
        }
    }

    pub fn message(&self, lang: Lang) -> String {
        match self {
            LoginError::NoClientId => text::login_no_client_id(lang).to_owned(),
            LoginError::NothingBegun => text::login_nothing_begun(lang).to_owned(),
            LoginError::StdinIsTerminal => text::login_terminal(lang).to_owned(),
            LoginError::CannotResume(why) => why.says(lang),
            LoginError::Mistake(mistake) => mistake.says(lang),
            LoginError::Refused(refusal) => refusal.says(lang),
            LoginError::Token(error) => error.says(lang),
        }
    }

    pub fn hint(&self, program: &str, lang: Lang) -> String {
        match self {
            LoginError::NoClientId => text::login_no_client_id_hint(lang).to_owned(),
            LoginError::StdinIsTerminal => text::login_terminal_hint(lang, program),
            LoginError::Mistake(Mistake::Expired { .. })
            | LoginError::NothingBegun
            | LoginError::CannotResume(_)
            | LoginError::Refused(_)
            | LoginError::Token(_) => text::login_start_again(lang, program),
            LoginError::Mistake(_) => text::login_still_waiting(lang).to_owned(),
        }
    }
}

/// Begin an attempt, keep it, and print the link.
pub fn start(context: &Context, as_json: bool) -> Result<Report, Error> {
    let environment = Environment::read(var).map_err(Error::Setting)?;
    let state = context.state();
    let client_id = environment.client_id.clone().or_else(|| remembered(&state)).ok_or(LoginError::NoClientId)?;
    let attempt = Attempt::new(environment.settings(client_id, None), now_ms());
    state.write(PENDING, &attempt.pending())?;
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
    let pending: Pending = state.read(PENDING).ok_or(LoginError::NothingBegun)?;
    let secret = environment.client_secret.clone();
    let attempt = match Attempt::resume(pending, environment.endpoints.clone(), secret, now_ms()) {
        Ok(attempt) => attempt,
        Err(why) => {
            if why != CannotResume::OtherService {
                state.remove(PENDING);
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
            state.remove(PENDING);
            return Err(LoginError::Refused(refusal).into());
        }
    };
    // A code is good for one exchange, and so is the record of the attempt.
    state.remove(PENDING);
    let client = Client::new(environment.endpoints.clone());
    let granted = signals::until_interrupted(token::sign_in(&client, &attempt, &code, now_ms()))?;
    let granted = granted.map_err(LoginError::Token)?;
    let client_id = &attempt.settings.client_id;
    // A convenience for the next time.
    let _ = state.write(CLIENT, &Remembered { client_id: client_id.as_str().to_owned() });
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
    let app: Remembered = state.read(CLIENT)?;
    ClientId::parse(&app.client_id).ok()
}

fn now_ms() -> u64 {
    u64::try_from(now()).unwrap_or_default()
}
