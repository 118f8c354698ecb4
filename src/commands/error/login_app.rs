//! Why `login app create` made no app, or lost its secret.

use crate::chutes::oauth::app::AppError;
use crate::texts::{Lang, cli as text};

/// Why no app was registered, or why its secret is lost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum CreateError {
    /// The secret would have nowhere to go: nothing was asked of the service.
    SecretNeedsPlace,
    /// The file for the secret cannot be made: nothing was asked of the service.
    NoSecretFile {
        path: String,
        why: String,
    },
    App(AppError),
    /// The app exists, its secret could not be kept.
    SecretNotSaved {
        path: String,
        why: String,
    },
}

impl CreateError {
    pub fn exit(&self) -> u8 {
        match self {
            CreateError::SecretNeedsPlace | CreateError::NoSecretFile { .. } => 2,
            CreateError::App(AppError::KeyMayNot) => 3,
            CreateError::App(_) | CreateError::SecretNotSaved { .. } => 1,
        }
    }

    /// Stable name in JSON documents.
    pub fn code(&self) -> &'static str {
        match self {
            CreateError::SecretNeedsPlace => "secret-needs-place",
            CreateError::App(error) => error.code(),
            CreateError::NoSecretFile { .. } | CreateError::SecretNotSaved { .. } => "client-secret-file",
        }
    }

    pub fn message(&self, lang: Lang) -> String {
        match self {
            CreateError::SecretNeedsPlace => text::app_secret_needs_place(lang).to_owned(),
            CreateError::NoSecretFile { path, why } => text::app_no_secret_file(lang, path, why),
            CreateError::App(error) => error.message(lang),
            CreateError::SecretNotSaved { path, why } => text::app_secret_not_saved(lang, path, why),
        }
    }

    pub fn hint(&self, lang: Lang) -> String {
        match self {
            CreateError::SecretNotSaved { .. } => text::app_secret_not_saved_hint(lang).to_owned(),
            CreateError::SecretNeedsPlace | CreateError::NoSecretFile { .. } | CreateError::App(_) => String::new(),
        }
    }
}
