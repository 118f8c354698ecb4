//! What can be wrong with a command line, in data; its words in two languages.

use crate::texts::{Lang, cli as text};
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// A command line that cannot be run. Holds names of options, never their values: a value may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub enum UsageError {
    SecretInArguments,
    UnknownOption {
        option: String,
        suggestion: Option<String>,
    },
    UnknownCommand {
        name: String,
        suggestion: Option<String>,
    },
    UnexpectedArgument,
    ValueMissing {
        option: String,
    },
    ValueInvalid {
        option: String,
        valid: Vec<String>,
    },
    ValueRefused {
        option: String,
    },
    ValueUnwanted {
        option: String,
    },
    ArgumentMissing {
        arguments: Vec<String>,
    },
    CommandMissing {
        commands: Vec<String>,
    },
    Conflict {
        one: String,
        other: String,
    },
    NotUtf8,
    /// A variable that names a path.
    VariableNotUtf8 {
        name: &'static str,
    },
    AliasShape,
    NoTerminal,
    /// `token` is what OpenClaw runs.
    TokenFromTerminal,
    Other,
}

impl UsageError {
    /// The data of clap's error. What was typed as a value is dropped here.
    pub fn from_clap(error: &clap::Error) -> UsageError {
        let one = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => Some(text.clone()),
            Some(ContextValue::Strings(texts)) => texts.first().cloned(),
            _ => None,
        };
        let all = |kind| match error.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            _ => Vec::new(),
        };
        let option = || one(ContextKind::InvalidArg).map(|arg| name_of(&arg)).unwrap_or_default();
        match error.kind() {
            ErrorKind::UnknownArgument => match one(ContextKind::InvalidArg) {
                Some(arg) if arg.starts_with('-') => {
                    UsageError::UnknownOption { option: name_of(&arg), suggestion: one(ContextKind::SuggestedArg) }
                }
                _ => UsageError::UnexpectedArgument,
            },
            ErrorKind::InvalidSubcommand => UsageError::UnknownCommand {
                name: one(ContextKind::InvalidSubcommand).map(|name| shown(&name)).unwrap_or_default(),
                suggestion: one(ContextKind::SuggestedSubcommand),
            },
            ErrorKind::InvalidValue if one(ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) => {
                UsageError::ValueMissing { option: option() }
            }
            ErrorKind::InvalidValue => {
                UsageError::ValueInvalid { option: option(), valid: all(ContextKind::ValidValue) }
            }
            ErrorKind::ValueValidation => UsageError::ValueRefused { option: option() },
            ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => UsageError::ValueMissing { option: option() },
            ErrorKind::TooManyValues => UsageError::ValueUnwanted { option: option() },
            ErrorKind::ArgumentConflict => UsageError::Conflict {
                one: option(),
                other: one(ContextKind::PriorArg).map(|arg| name_of(&arg)).unwrap_or_default(),
            },
            ErrorKind::MissingRequiredArgument => {
                UsageError::ArgumentMissing { arguments: all(ContextKind::InvalidArg) }
            }
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                UsageError::CommandMissing { commands: all(ContextKind::ValidSubcommand) }
            }
            ErrorKind::InvalidUtf8 => UsageError::NotUtf8,
            _ => UsageError::Other,
        }
    }

    /// Stable name in JSON documents.
    pub fn code(&self) -> &'static str {
        match self {
            UsageError::SecretInArguments => "secret-in-arguments",
            UsageError::NoTerminal => "no-terminal",
            _ => "usage",
        }
    }

    /// What is wrong.
    pub fn message(&self, lang: Lang) -> String {
        let list = |items: &[String]| items.join(", ");
        match self {
            UsageError::SecretInArguments => text::secret_in_argv(lang).to_owned(),
            UsageError::UnknownOption { option, .. } => text::unknown_option(lang, option),
            UsageError::UnknownCommand { name, .. } => text::unknown_command(lang, name),
            UsageError::UnexpectedArgument => text::unexpected_argument(lang).to_owned(),
            UsageError::ValueMissing { option } => text::value_missing(lang, option),
            UsageError::ValueInvalid { option, valid } => text::value_invalid(lang, option, list(valid)),
            UsageError::ValueRefused { option } => text::value_refused(lang, option),
            UsageError::ValueUnwanted { option } => text::value_unwanted(lang, option),
            UsageError::ArgumentMissing { arguments } => text::argument_missing(lang, list(arguments)),
            UsageError::CommandMissing { commands } => text::command_missing(lang, list(commands)),
            UsageError::Conflict { one, other } => text::conflict(lang, one, other),
            UsageError::NotUtf8 => text::not_utf8(lang).to_owned(),
            UsageError::VariableNotUtf8 { name } => text::variable_not_utf8(lang, name),
            UsageError::AliasShape => text::alias_shape(lang).to_owned(),
            UsageError::NoTerminal => text::no_terminal(lang).to_owned(),
            UsageError::TokenFromTerminal => crate::texts::renewal::token_from_terminal(lang).to_owned(),
            UsageError::Other => text::usage_other(lang).to_owned(),
        }
    }

    /// What to do about it.
    pub fn hint(&self, program: &str, lang: Lang) -> String {
        match self {
            UsageError::SecretInArguments => text::secret_in_argv_hint(lang).to_owned(),
            UsageError::NoTerminal => text::no_terminal_hint(lang).to_owned(),
            UsageError::TokenFromTerminal => crate::texts::renewal::token_from_terminal_hint(lang, program),
            UsageError::UnknownOption { suggestion: Some(name), .. }
            | UsageError::UnknownCommand { suggestion: Some(name), .. } => text::did_you_mean(lang, name),
            _ => text::try_help(lang, program),
        }
    }
}

/// `--model` of `--model <REF>` and of `--model=…`.
fn name_of(arg: &str) -> String {
    shown(arg.split([' ', '=']).next().unwrap_or_default())
}

/// A word that is short enough to be a name.
fn shown(word: &str) -> String {
    crate::clean::excerpt(word, 32)
}
