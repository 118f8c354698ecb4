//! Why there is no usable key.

use crate::chutes::api_key;
use crate::commands::credential::MAX_INPUT;
use crate::texts::{Lang, cli as text};
use std::path::PathBuf;

/// Where a key came from, for messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Stdin,
    File(PathBuf),
    Variable(&'static str),
}

impl Origin {
    pub(in crate::commands) fn words(&self, lang: Lang) -> String {
        match self {
            Origin::Stdin => text::origin_stdin(lang).to_owned(),
            Origin::File(path) => crate::clean::line(&path.to_string_lossy()),
            Origin::Variable(name) => (*name).to_owned(),
        }
    }
}

/// Why there is no usable key where one was promised. Holds nothing of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum KeyError {
    Malformed {
        origin: Origin,
        problem: api_key::Problem,
    },
    /// Standard input is a terminal: somebody would have to type.
    StdinIsTerminal,
    NotText {
        origin: Origin,
    },
    TooLarge {
        origin: Origin,
    },
    NotRegular {
        path: PathBuf,
    },
    Unreadable {
        origin: Origin,
        errno: i32,
    },
    /// A reference was asked for, and the variable is not set.
    RefWithoutVariable,
    /// The token in `CHUTES_OAUTH_TOKEN` is no token.
    NoToken,
}

impl KeyError {
    /// Stable name in JSON documents.
    pub fn code(&self) -> &'static str {
        match self {
            KeyError::Malformed { .. } | KeyError::NotText { .. } | KeyError::TooLarge { .. } => "api-key-malformed",
            KeyError::StdinIsTerminal => "stdin-is-terminal",
            KeyError::NotRegular { .. } | KeyError::Unreadable { .. } => "api-key-file",
            KeyError::RefWithoutVariable => "ref-without-variable",
            KeyError::NoToken => "token-malformed",
        }
    }

    pub fn message(&self, lang: Lang) -> String {
        match self {
            KeyError::Malformed { origin, problem } => {
                text::key_malformed(lang, origin.words(lang), key_problem(*problem, lang))
            }
            KeyError::StdinIsTerminal => text::stdin_is_terminal(lang).to_owned(),
            KeyError::NotText { origin } => text::key_not_text(lang, origin.words(lang)),
            KeyError::TooLarge { origin } => text::key_too_large(lang, origin.words(lang), MAX_INPUT / 1024),
            KeyError::NotRegular { path } => text::key_file_not_regular(lang, Origin::File(path.clone()).words(lang)),
            KeyError::Unreadable { origin, errno } => {
                text::key_unreadable(lang, origin.words(lang), std::io::Error::from_raw_os_error(*errno))
            }
            KeyError::RefWithoutVariable => text::ref_without_variable(lang).to_owned(),
            KeyError::NoToken => text::token_malformed(lang).to_owned(),
        }
    }

    pub fn hint(&self, lang: Lang) -> String {
        match self {
            KeyError::Malformed { problem: api_key::Problem::ClientId | api_key::Problem::ClientSecret, .. }
            | KeyError::Malformed { .. }
            | KeyError::NotText { .. }
            | KeyError::TooLarge { .. } => text::key_hint(lang, crate::chutes::endpoints::API_KEYS_PAGE),
            KeyError::StdinIsTerminal => text::stdin_is_terminal_hint(lang).to_owned(),
            KeyError::NotRegular { .. } | KeyError::Unreadable { .. } => text::key_file_hint(lang).to_owned(),
            KeyError::RefWithoutVariable => text::ref_without_variable_hint(lang).to_owned(),
            KeyError::NoToken => text::token_hint(lang).to_owned(),
        }
    }
}

/// What is wrong with a text that should be a key.
pub fn key_problem(problem: api_key::Problem, lang: Lang) -> String {
    use api_key::Problem;
    match problem {
        Problem::Empty => text::key_empty(lang).to_owned(),
        Problem::TooLong => text::key_too_long(lang).to_owned(),
        Problem::WhiteSpace => text::key_white_space(lang).to_owned(),
        Problem::Character => text::key_character(lang).to_owned(),
        Problem::AccessToken => text::key_is_access_token(lang).to_owned(),
        Problem::RefreshToken => text::key_is_refresh_token(lang).to_owned(),
        Problem::ClientId => text::key_is_client_id(lang).to_owned(),
        Problem::ClientSecret => text::key_is_client_secret(lang).to_owned(),
        Problem::Prefix => text::key_prefix(lang).to_owned(),
        Problem::Parts => text::key_parts(lang).to_owned(),
        Problem::Fingerprint => text::key_fingerprint(lang).to_owned(),
        Problem::Length(count) => text::key_length(lang, count, api_key::LENGTH),
    }
}
