//! The doors: the command line and everything it can ask for.

mod accounts;
mod aliases;
pub mod cli;
pub mod codes;
mod completion;
mod config;
mod confirm;
pub mod context;
pub mod credential;
mod demo;
mod doctor;
pub mod error;
mod fallbacks;
mod help;
mod image;
pub mod invocation;
mod known;
mod login;
mod login_app;
mod logout;
mod manual;
mod models;
pub mod onboard;
pub mod parse;
pub mod pools;
mod portable;
pub mod recommend;
pub mod refresh;
pub mod renew;
mod report;
mod service;
mod signals;
mod status;
mod tee;
mod token;
pub mod usage;
mod version;
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
    crate::signals::forbid_core_dumps();
    let outline = Outline::of(&args, var);
    if let Some(exit) = completion::answer(&args, outline) {
        return exit;
    }
    // Without it every signal does what it always does.
    let _ = crate::signals::install(|| {
        crate::openclaw::program::child::kill_all();
        crate::tui::terminal::give_back();
    });
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
        Command::ModelsSetImage { reference, json } => image::set(&context, reference, *json),
        Command::FallbacksList { json } => fallbacks::list(&context, *json),
        Command::FallbacksAdd { reference, json } => fallbacks::add(&context, reference, *json),
        Command::FallbacksRemove { reference, json } => fallbacks::remove(&context, reference, *json),
        Command::FallbacksClear { json } => fallbacks::clear(&context, *json),
        Command::ModelsRefresh(how) => refresh::refresh(&context, *how),
        Command::ModelsRecommend { purpose, json } => recommend::run(&context, *purpose, *json),
        Command::PoolsList { json } => pools::list(&context, *json),
        Command::PoolsAdd { name, members, order, json } => pools::add(&context, name, members, *order, *json),
        Command::PoolsRemove { name, json } => pools::remove(&context, name, *json),
        Command::ModelsVerify { reference, json } => tee::verify(&context, reference, *json),
        Command::AliasesList { json } => aliases::list(&context, *json),
        Command::AliasesAdd { alias, reference, json } => aliases::add(&context, alias, reference, *json),
        Command::AliasesRemove { alias, json } => aliases::remove(&context, alias, *json),
        Command::ConfigGet { path, json } => config::get(&context, path, *json),
        Command::Logout(options) => logout::logout(&context, *options),
        Command::AccountsList { json } => accounts::list(&context, *json),
        Command::AccountsUse { name, json } => accounts::use_account(&context, name, *json),
        Command::AccountsRemove { name, json } => accounts::remove(&context, name, *json),
        Command::Export => portable::export(&context),
        Command::Import { source, check, json } => portable::import(&context, source, *check, *json),
        Command::Doctor { fix, json } => doctor::doctor(&context, *fix, *json),
        Command::Undo { json } => config::undo(&context, *json),
        Command::Renew(how) => renew::renew(&context, *how),
        Command::Token => token::token(&context),
        Command::Completions(shell) => completion::script(program, shell),
        Command::Man => Ok(Report::text(manual::page(program, lang))),
        Command::LoginStart { keep_secret, json } => login::start(&context, *keep_secret, *json),
        Command::LoginAppCreate { key_source, secret_file, json } => {
            login_app::create(&context, key_source.as_ref(), secret_file.as_deref(), *json)
        }
        Command::LoginFinish { redirect_stdin, timer, json } => login::finish(&context, *redirect_stdin, *timer, *json),
    }
}

fn deliver(report: &Report) -> Result<u8, Error> {
    report::stderr(&report.err);
    report::stdout(&report.out).map_err(|error| match crate::openclaw::write::has_changed_files() {
        true => Error::ReportLost(error),
        false => Error::System(error),
    })?;
    Ok(report.exit)
}

/// With `--json` the failure is the document; stderr stays for people.
fn fail(error: &Error, outline: Outline) -> u8 {
    let Outline { program, lang, json } = outline;
    let (message, hint) = (error.shown(lang), error::without_secrets(&error.hint(program, lang)));
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
