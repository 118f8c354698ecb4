//! From arguments to an [`Invocation`], or to a usage error that never repeats a secret.

use super::cli::{self, GLOBAL_FLAGS, GLOBAL_WITH_VALUE};
use super::invocation::{Command, Invocation, KeySource, ModelsChoice, Onboard, SecretInputMode, SignIn, Target};
use super::logout::Logout;
use super::refresh;
use super::renew::How;
use super::usage::UsageError;
use crate::chutes::credential_kinds::prefix;
use crate::chutes::pool::Order;
use crate::openclaw::types::AuthChoice;
use crate::selection::recommend::Purpose;
use crate::texts::Lang;
use clap::ArgMatches;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the arguments ask for.
#[derive(Debug)]
pub enum Parsed {
    Run(Box<Invocation>),
    /// Help or the version, to be printed as it is.
    Print(String),
}

/// What could be learnt before, or without, understanding the whole command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outline {
    pub program: &'static str,
    pub lang: Lang,
    /// `--json` is somewhere in it: errors are a document too.
    pub json: bool,
}

impl Outline {
    pub fn of(args: &[OsString], var: impl Fn(&str) -> Option<String>) -> Outline {
        let name = args.first().and_then(|arg| Path::new(arg).file_name()).unwrap_or_default();
        let rest: Vec<_> = args.iter().skip(1).take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str()).collect();
        let lang = rest.iter().enumerate().find_map(|(at, arg)| match arg.strip_prefix("--lang") {
            Some("") => rest.get(at + 1).copied().and_then(Lang::from_tag),
            Some(value) => value.strip_prefix('=').and_then(Lang::from_tag),
            None => None,
        });
        Outline {
            program: if name == "openclaw" { "openclaw" } else { "openclaw-chutes" },
            lang: lang.unwrap_or_else(|| Lang::from_env(var)),
            json: rest.contains(&"--json"),
        }
    }
}

/// Read the command line. `args` includes the program's name.
pub fn parse(
    args: Vec<OsString>,
    outline: Outline,
    var: impl Fn(&str) -> Option<String>,
) -> Result<Parsed, UsageError> {
    refuse_secrets(args.iter().skip(1))?;
    let mut grammar = cli::command(outline.program, outline.lang);
    match grammar.try_get_matches_from_mut(with_default_command(args)) {
        Ok(matches) => Ok(Parsed::Run(Box::new(invocation(&matches, outline, var)?))),
        Err(error) if outline.json && error.kind() == ErrorKind::DisplayVersion => {
            Ok(Parsed::Print(super::version::document()))
        }
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Parsed::Print(error.to_string()))
        }
        Err(error) => Err(UsageError::from_clap(&error)),
    }
}

fn refuse_secrets<'a>(args: impl Iterator<Item = &'a OsString>) -> Result<(), UsageError> {
    for arg in args {
        let arg = arg.to_string_lossy();
        if arg == "--chutes-api-key" || arg.starts_with("--chutes-api-key=") || carries_secret(&arg) {
            return Err(UsageError::SecretInArguments);
        }
    }
    Ok(())
}

/// A prefix that begins a word; one inside a path or a longer name is no secret.
fn carries_secret(arg: &str) -> bool {
    prefix::SECRETS.iter().any(|prefix| {
        arg.match_indices(prefix).any(|(at, _)| {
            let before = arg[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
        })
    })
}

/// `onboard` is the command when none is named; `help x` is `x --help`.
fn with_default_command(mut args: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        if GLOBAL_WITH_VALUE.contains(&arg) {
            at += 2;
        } else if GLOBAL_FLAGS.contains(&arg) || GLOBAL_WITH_VALUE.iter().any(|name| starts_value(arg, name)) {
            at += 1;
        } else {
            break;
        }
    }
    match args.get(at).and_then(|arg| arg.to_str()) {
        Some("-h" | "--help" | "-V" | "--version") => {}
        Some("help") => {
            args.remove(at);
            args.push("--help".into());
        }
        Some(arg) if !arg.starts_with('-') => {}
        None if at < args.len() => {}
        _ => args.insert(at.min(args.len()), "onboard".into()),
    }
    args
}

/// A value that says something: one that is empty comes from a variable that was not set.
fn given(value: Option<String>, option: &str) -> Result<Option<String>, UsageError> {
    match value {
        Some(text) if text.trim().is_empty() => Err(UsageError::ValueMissing { option: option.to_owned() }),
        value => Ok(value),
    }
}

/// `--lang=zh-CN` for `--lang`.
fn starts_value(arg: &str, name: &str) -> bool {
    arg.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
}

fn invocation(
    matches: &ArgMatches,
    outline: Outline,
    var: impl Fn(&str) -> Option<String>,
) -> Result<Invocation, UsageError> {
    let (path, last) = leaf(matches);
    let json = || flag(last, "json");
    let command = match path.as_slice() {
        ["onboard"] => Command::Onboard(Box::new(onboard(last)?)),
        ["demo"] => Command::Demo,
        ["models"] => Command::Models,
        ["models", "list"] => Command::ModelsList { all: flag(last, "all"), json: json() },
        ["models", "status"] => {
            Command::ModelsStatus { check: flag(last, "check"), probe: flag(last, "probe"), json: json() }
        }
        ["models", "set"] => Command::ModelsSet { reference: text(last, "reference"), json: json() },
        ["models", "set-image"] => Command::ModelsSetImage { reference: text(last, "reference"), json: json() },
        ["models", "fallbacks", "list"] => Command::FallbacksList { json: json() },
        ["models", "fallbacks", "add"] => Command::FallbacksAdd { reference: text(last, "reference"), json: json() },
        ["models", "fallbacks", "remove"] => {
            Command::FallbacksRemove { reference: text(last, "reference"), json: json() }
        }
        ["models", "fallbacks", "clear"] => Command::FallbacksClear { json: json() },
        ["models", "refresh"] => Command::ModelsRefresh(refresh::How {
            repair: flag(last, "repair"),
            check: flag(last, "check"),
            quiet: flag(last, "quiet"),
            json: json(),
        }),
        ["models", "recommend"] => {
            let purpose = optional(last, "for").and_then(|name| Purpose::from_name(&name)).unwrap_or_default();
            Command::ModelsRecommend { purpose, json: json() }
        }
        ["models", "pools", "list"] => Command::PoolsList { json: json() },
        ["models", "pools", "add"] => Command::PoolsAdd {
            name: text(last, "name"),
            members: many(last, "members"),
            order: match (flag(last, "latency"), flag(last, "throughput")) {
                (true, _) => Order::Latency,
                (_, true) => Order::Throughput,
                _ => Order::Written,
            },
            json: json(),
        },
        ["models", "pools", "remove"] => Command::PoolsRemove { name: text(last, "name"), json: json() },
        ["models", "verify"] => Command::ModelsVerify { reference: text(last, "reference"), json: json() },
        ["models", "aliases", "list"] => Command::AliasesList { json: json() },
        ["models", "aliases", "add"] => {
            Command::AliasesAdd { alias: text(last, "alias"), reference: text(last, "reference"), json: json() }
        }
        ["models", "aliases", "remove"] => Command::AliasesRemove { alias: text(last, "alias"), json: json() },
        ["config", "get"] => Command::ConfigGet { path: text(last, "path"), json: json() },
        ["login", "start"] => Command::LoginStart { keep_secret: flag(last, "keep-secret"), json: json() },
        ["login", "app", "create"] => Command::LoginAppCreate {
            key_source: key_source(last),
            secret_file: file(last, "client-secret-file"),
            json: json(),
        },
        ["login", "finish"] => Command::LoginFinish {
            redirect_stdin: flag(last, "redirect-stdin"),
            timer: flag(last, "timer"),
            json: json(),
        },
        ["renew"] => Command::Renew(How {
            watch: flag(last, "watch"),
            json: json(),
            scheduled: flag(last, "scheduled"),
            no_gateway: flag(last, "no-gateway"),
            when_up: flag(last, "when-up"),
            timer: (flag(last, "timer") || flag(last, "no-timer")).then(|| flag(last, "timer")),
        }),
        ["token"] => Command::Token,
        ["logout"] => Command::Logout(Logout {
            keep_models: flag(last, "keep-models"),
            local: flag(last, "local"),
            yes: flag(last, "yes"),
            check: flag(last, "check"),
            json: json(),
        }),
        ["accounts", "list"] => Command::AccountsList { json: json() },
        ["accounts", "use"] => Command::AccountsUse { name: text(last, "account"), json: json() },
        ["accounts", "remove"] => Command::AccountsRemove { name: text(last, "account"), json: json() },
        ["export"] => Command::Export,
        ["import"] => Command::Import {
            source: last.get_one::<PathBuf>("source").cloned().unwrap_or_default(),
            check: flag(last, "check"),
            json: json(),
        },
        ["doctor"] => Command::Doctor { fix: flag(last, "fix"), json: json() },
        ["undo"] => Command::Undo { json: json() },
        ["man"] => Command::Man,
        ["completions"] => Command::Completions(text(last, "shell")),
        _ => return Err(UsageError::Other),
    };
    Ok(Invocation {
        program: outline.program,
        lang: outline.lang,
        plain: flag(last, "plain"),
        no_color: flag(last, "no-color") || var("NO_COLOR").is_some_and(|value| !value.is_empty()),
        target: Target {
            agent: optional(last, "agent"),
            config: file(last, "config"),
            openclaw: file(last, "openclaw"),
            profile: optional(last, "profile"),
        },
        command,
    })
}

/// The names from the root to the innermost subcommand, and its arguments.
fn leaf(matches: &ArgMatches) -> (Vec<&str>, &ArgMatches) {
    let (mut path, mut at) = (Vec::new(), matches);
    while let Some((name, sub)) = at.subcommand() {
        path.push(name);
        at = sub;
    }
    (path, at)
}

fn onboard(matches: &ArgMatches) -> Result<Onboard, UsageError> {
    let listed = many(matches, "models");
    Ok(Onboard {
        timer: false,
        auth_choice: match optional(matches, "auth-choice").as_deref() {
            Some("chutes") => Some(AuthChoice::OAuth),
            Some(_) => Some(AuthChoice::ApiKey),
            None => None,
        },
        key_source: key_source(matches),
        secret_input_mode: match optional(matches, "secret-input-mode").as_deref() {
            Some("ref") => SecretInputMode::Ref,
            _ => SecretInputMode::Plaintext,
        },
        model: given(optional(matches, "model"), "--model")?,
        fallbacks: many(matches, "fallback")
            .into_iter()
            .map(|text| given(Some(text), "--fallback"))
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?,
        image_model: given(optional(matches, "image-model"), "--image-model")?,
        aliases: many(matches, "alias").iter().map(|pair| alias(pair)).collect::<Result<_, _>>()?,
        models: match listed.as_slice() {
            [] => None,
            [one] if one.eq_ignore_ascii_case("all") => Some(ModelsChoice::All),
            lists if lists.iter().all(|list| list.split(',').all(|id| id.trim().is_empty())) => {
                return Err(UsageError::ValueMissing { option: "--models".to_owned() });
            }
            _ => Some(ModelsChoice::Listed(listed)),
        },
        sign_in: SignIn {
            browser: flag(matches, "browser"),
            headless: flag(matches, "headless"),
            qr: flag(matches, "qr"),
            link_file: file(matches, "link-file"),
            qr_file: file(matches, "qr-file"),
        },
        non_interactive: flag(matches, "non-interactive"),
        json: flag(matches, "json"),
        check: flag(matches, "check"),
        skip_verify: flag(matches, "skip-verify"),
        strict: flag(matches, "strict"),
    })
}

fn key_source(matches: &ArgMatches) -> Option<KeySource> {
    match file(matches, "api-key-file") {
        Some(path) => Some(KeySource::File(path)),
        None => flag(matches, "api-key-stdin").then_some(KeySource::Stdin),
    }
}

fn alias(pair: &str) -> Result<(String, String), UsageError> {
    match pair.split_once('=').map(|(name, target)| (name.trim(), target.trim())) {
        Some((name, target)) if !name.is_empty() && !target.is_empty() => Ok((name.to_owned(), target.to_owned())),
        _ => Err(UsageError::AliasShape),
    }
}

fn flag(matches: &ArgMatches, name: &str) -> bool {
    matches!(matches.try_get_one::<bool>(name), Ok(Some(true)))
}

fn optional(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.try_get_one::<String>(name).ok().flatten().cloned()
}

fn text(matches: &ArgMatches, name: &str) -> String {
    optional(matches, name).unwrap_or_default()
}

fn many(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.try_get_many::<String>(name).ok().flatten().map(|values| values.cloned().collect()).unwrap_or_default()
}

fn file(matches: &ArgMatches, name: &str) -> Option<PathBuf> {
    matches.try_get_one::<PathBuf>(name).ok().flatten().cloned()
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
