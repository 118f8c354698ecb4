//! `config get` and `undo`.

use super::context::{Context, var};
use super::error::Error;
use super::report::Report;
use crate::clean;
use crate::openclaw::config_get;
use crate::renewal::{kept, round, timer};
use crate::texts::cli as text;
use serde_json::{Value, json};

/// The value at a path, as OpenClaw prints it: objects and lists as JSON, a scalar bare, or quoted with
/// `--json`.
pub fn get(context: &Context, path: &str, as_json: bool) -> Result<Report, Error> {
    let (_, snapshot, _) = context.read()?;
    let value = config_get::get(&snapshot, path, var).ok_or_else(|| Error::NoSuchPath { path: path.to_owned() })?;
    let out = match &value {
        _ if as_json => clean::json(&value),
        Value::String(text) => clean::block(text),
        _ => clean::json(&value),
    };
    Ok(Report::text(out + "\n"))
}

/// Put the old bytes back.
pub fn undo(context: &Context, as_json: bool) -> Result<Report, Error> {
    let site = context.site()?;
    let kept = kept::read(&site.paths.sign_in);
    let undone = timer::undone(&site, &context.state())?;
    round::after_write(&site, kept, None, var);
    let paths = site.paths;
    if as_json {
        let list = |files: &[std::path::PathBuf]| -> Value {
            files.iter().map(|file| Value::from(file.to_string_lossy().into_owned())).collect()
        };
        return Ok(Report::json(&json!({
            "ok": true,
            "changed": true,
            "restored": list(&undone.restored),
            "removed": list(&undone.removed),
            "stays": undone.stays,
        })));
    }
    let lang = context.lang;
    let lines = (undone.restored.iter().map(|file| text::restored(lang, paths.tilde(file))))
        .chain(undone.removed.iter().map(|file| text::removed(lang, paths.tilde(file))));
    let stays = undone.stays.iter().map(|id| text::stays(lang, clean::line(id)));
    Ok(Report::text(lines.chain(stays).map(|line| line + "\n").collect::<String>()))
}
