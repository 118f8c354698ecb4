//! `logout`: the tokens are revoked, and the service is asked whether they are; then the credential leaves every
//! place of this OpenClaw, and the config goes back to what works without Chutes.

use super::confirm;
use super::context::Context;
use super::error::Error;
use super::portable::shown;
use super::report::onboard::file_json;
use super::report::{Report, Warning, warnings_json};
use super::signals;
use crate::accounts::sign_out::{Departure, SignedOut};
use crate::clean;
use crate::texts::cli as text;
use serde_json::{Value, json};
use std::io::IsTerminal;

/// Options of `logout`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Logout {
    pub keep_models: bool,
    /// Go on when the tokens cannot be revoked.
    pub local: bool,
    /// Do not ask.
    pub yes: bool,
    /// Show the diff, write nothing.
    pub check: bool,
    pub json: bool,
}

pub fn logout(context: &Context, options: Logout) -> Result<Report, Error> {
    let (site, ..) = context.read()?;
    let lang = context.lang;
    let mut departure = Departure::plan(&site, &context.endpoints()?, options.keep_models)?;
    if !departure.is_needed() {
        let document = json!({ "ok": true, "changed": false, "removed": [], "revoked": null, "warnings": [] });
        return Ok(match options.json {
            true => Report::json(&document),
            false => Report::text(format!("{}\n", text::logged_out_nothing(lang))),
        });
    }
    let files = departure.files();
    if options.check {
        let report = match options.json {
            true => {
                let files: Vec<Value> = files.iter().map(file_json).collect();
                let removed = departure.profiles();
                Report::json(&json!({ "ok": true, "changed": false, "removed": removed, "files": files }))
            }
            false => Report::text(shown(&files, &site, lang)),
        };
        return Ok(report.exit(4));
    }
    if !options.json && !options.yes && std::io::stdout().is_terminal() {
        super::report::stdout(&shown(&files, &site, lang)).map_err(Error::System)?;
        if let Some(false) = confirm::ask(lang) {
            return Ok(Report::text(format!("{}\n", text::confirm_left(lang))));
        }
    }
    departure.take_out()?;
    let mut warnings = Vec::new();
    let asked = signals::until_interrupted(departure.revoke()).inspect_err(|_| departure.put_back())?;
    let revoked = match asked {
        Ok(revoked) => revoked,
        Err(problem) if options.local => {
            let message = text::warn_not_revoked(lang, problem.message(lang));
            warnings.push(Warning { code: "tokens-still-valid", message });
            Some(false)
        }
        Err(problem) => {
            departure.put_back();
            return Err(Error::NotRevoked { message: problem.message(lang) });
        }
    };
    let out = departure.finish(&context.state())?;
    if out.key_lives {
        warnings.push(Warning { code: "key-still-valid", message: text::warn_key_lives(lang).to_owned() });
    }
    for name in &out.variables {
        warnings.push(Warning { code: "variable-still-set", message: text::warn_variable_set(lang, name) });
    }
    Ok(report(context, options, &out, revoked, &warnings))
}

fn report(context: &Context, options: Logout, out: &SignedOut, revoked: Option<bool>, warnings: &[Warning]) -> Report {
    let lang = context.lang;
    let default = out.default.as_deref();
    if options.json {
        return Report::json(&json!({
            "ok": true,
            "changed": true,
            "removed": out.removed,
            "revoked": revoked,
            "default": default,
            "files": out.plan.files.iter().map(|file| file.path.to_string_lossy()).collect::<Vec<_>>(),
            "warnings": warnings_json(warnings),
        }));
    }
    let profiles: Vec<String> = out.removed.iter().map(|id| clean::line(id)).collect();
    let mut text = format!("{}\n", text::logged_out(lang, profiles.join(", ")));
    if revoked == Some(true) {
        text.push_str(&format!("{}\n", text::revoked(lang)));
    }
    let line = default.map_or_else(
        || text::default_none(lang).to_owned(),
        |reference| text::default_now(lang, clean::line(reference)),
    );
    text.push_str(&format!("{line}\n"));
    Report::text(text).warn(warnings, lang)
}
