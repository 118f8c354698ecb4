//! The doors: the command line and everything it can ask for.

mod aliases;
pub mod cli;
pub mod codes;
mod config;
pub mod context;
pub mod credential;
mod demo;
pub mod error;
mod help;
pub mod invocation;
mod login;
mod login_app;
mod models;
pub mod onboard;
pub mod parse;
mod refresh;
mod report;
mod shell;
mod signals;
mod status;
pub mod usage;
mod wizard;

pub use invocation::Invocation;

use context::{Context, var};
use error::Error;
use invocation::Command;
use parse::{Outline, Parsed};
pub use report::Report;
use std::ffi::OsString;

/// The whole program: `args` with the program's name first, the exit code out.
pub fn run(args: Vec<OsString>) -> u8 {
    let outline = Outline::of(&args, var);
    let done = parse::parse(args, outline, var).map_err(Error::from).and_then(|parsed| match parsed {
        Parsed::Print(text) => Ok(Report::text(text)),
        Parsed::Run(invocation) => dispatch(&invocation),
    });
    match done.and_then(|report| deliver(&report)) {
        Ok(exit) => exit,
        Err(error) => fail(&error, outline),
    }
}

fn dispatch(invocation: &Invocation) -> Result<Report, Error> {
    let context = Context::from(invocation);
    let Invocation { program, lang, .. } = *invocation;
    match &invocation.command {
        Command::Onboard(options) if options.without_a_person() => onboard::run(&context, options),
        Command::Onboard(_) | Command::Models => wizard::run(invocation),
        Command::Demo => demo::run(invocation),
        Command::ModelsList { all, json } => models::list(&context, *all, *json),
        Command::ModelsStatus { check, probe, json } => status::status(&context, *check, *probe, *json),
        Command::ModelsSet { reference, json } => models::set(&context, reference, *json),
        Command::ModelsRefresh { json } => refresh::refresh(&context, *json),
        Command::AliasesList { json } => aliases::list(&context, *json),
        Command::AliasesAdd { alias, reference, json } => aliases::add(&context, alias, reference, *json),
        Command::AliasesRemove { alias, json } => aliases::remove(&context, alias, *json),
        Command::ConfigGet { path, json } => config::get(&context, path, *json),
        Command::Undo { json } => config::undo(&context, *json),
        Command::Completions(shell) => Ok(shell::completions(program, *shell, lang)),
        Command::Man => shell::man(program, lang),
        Command::LoginStart { keep_secret, json } => login::start(&context, *keep_secret, *json),
        Command::LoginAppCreate { key_source, secret_file, json } => {
            login_app::create(&context, key_source.as_ref(), secret_file.as_deref(), *json)
        }
        Command::LoginFinish { redirect_stdin, json } => login::finish(&context, *redirect_stdin, *json),
    }
}

fn deliver(report: &Report) -> Result<u8, Error> {
    report::stderr(&report.err);
    report::stdout(&report.out).map_err(Error::System)?;
    Ok(report.exit)
}

/// With `--json` the failure is the document; stderr stays for people.
fn fail(error: &Error, outline: Outline) -> u8 {
    let Outline { program, lang, json } = outline;
    let (message, hint) = (error.message(lang), error.hint(program, lang));
    if json {
        // The failure is reported on stderr too, so one of stdout changes nothing.
        let _ = report::stdout(&(crate::clean::json(&error.document(program, lang)) + "\n"));
    }
    let separator = match lang {
        crate::texts::Lang::En => ": ",
        crate::texts::Lang::ZhCn => "\u{ff1a}",
    };
    report::stderr(&format!("{}{separator}{message}\n", crate::texts::cli::usage_error(lang)));
    if !hint.is_empty() {
        report::stderr(&format!("{hint}\n"));
    }
    error.exit()
}
