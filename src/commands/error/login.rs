//! Why a sign-in in two processes did not lead to a credential.

use crate::chutes::oauth::answer::{Mistake, Refusal};
use crate::chutes::oauth::attempt::CannotResume;
use crate::chutes::oauth::token::TokenError;
use crate::texts::{Lang, cli as text, signin as sign_in_text};

/// Why a sign-in in two processes did not lead to a credential.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum LoginError {
    /// No `CHUTES_CLIENT_ID`, and none remembered.
    NoClientId,
    /// No `CHUTES_CLIENT_SECRET`, and none kept where OpenClaw reads it: Chutes would refuse the exchange.
    NoClientSecret,
    /// The app takes no redirect to this address: its page would say so, and nothing would come back.
    RedirectNotRegistered {
        uri: String,
    },
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
            LoginError::NoClientId
            | LoginError::NoClientSecret
            | LoginError::RedirectNotRegistered { .. }
            | LoginError::StdinIsTerminal
            | LoginError::Mistake(_) => 2,
            LoginError::Refused(_) => 3,
            LoginError::Token(error) if !error.is_network() && *error != TokenError::Unreadable => 3,
            _ => 1,
        }
    }

    pub fn code(&self) -> &'static str {
        match self {
            LoginError::NoClientId => "missing-client-id",
            LoginError::NoClientSecret => "missing-client-secret",
            LoginError::RedirectNotRegistered { .. } => "redirect-not-registered",
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
            LoginError::NoClientSecret => text::login_no_client_secret(lang).to_owned(),
            LoginError::RedirectNotRegistered { uri } => sign_in_text::app_redirect_missing(lang, uri),
            LoginError::NothingBegun => text::login_nothing_begun(lang).to_owned(),
            LoginError::StdinIsTerminal => text::login_terminal(lang).to_owned(),
            LoginError::CannotResume(why) => why.message(lang),
            LoginError::Mistake(mistake) => mistake.message(lang),
            LoginError::Refused(refusal) => refusal.message(lang),
            LoginError::Token(error) => error.message(lang),
        }
    }

    pub fn hint(&self, program: &str, lang: Lang) -> String {
        match self {
            LoginError::NoClientId => text::login_no_client_id_hint(lang, program),
            LoginError::NoClientSecret => text::login_no_client_secret_hint(lang, program),
            LoginError::RedirectNotRegistered { .. } => String::new(),
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
