//! `config get` and `undo`.

use super::context::{Context, var};
use super::error::Error;
use super::report::Report;
use super::signals;
use crate::chutes::client::Client;
use crate::chutes::credential_kinds::variable;
use crate::chutes::{api_key, key_management};
use crate::clean;
use crate::openclaw::{config_get, plan};
use crate::renewal::{kept, round, timer};
use crate::state::made::{Made, MadeKind};
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
    let left = left_at_chutes(context)?;
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
            "atChutes": left.iter().map(made_json).collect::<Vec<_>>(),
        })));
    }
    let lang = context.lang;
    let lines = (undone.restored.iter().map(|file| text::restored(lang, paths.tilde(file))))
        .chain(undone.removed.iter().map(|file| text::removed(lang, paths.tilde(file))));
    let stays = undone.stays.iter().map(|id| text::stays(lang, clean::line(id)));
    let left = left.iter().map(|made| plan::left_at_chutes(made, lang));
    Ok(Report::text(lines.chain(stays).chain(left).map(|line| line + "\n").collect::<String>()))
}

/// What we made at Chutes and is still there: files that go back take no key with them. One is deleted where
/// `CHUTES_API_KEY` is a key that may.
fn left_at_chutes(context: &Context) -> Result<Vec<Made>, Error> {
    let state = context.state();
    let admin = var(variable::API_KEY).and_then(|text| api_key::parse(&text).ok());
    if let Some(admin) = admin {
        let client = Client::new(context.endpoints()?);
        let idp = &client.endpoints().idp;
        let keys = state.made().read().unwrap_or_default().into_iter().filter(|made| made.kind == MadeKind::Key);
        for id in keys.filter(|made| made.idp == *idp).filter_map(|made| made.id) {
            if signals::until_interrupted(key_management::delete(&client, &admin, &id))?.is_ok() {
                state.forget_key(&id);
            }
        }
    }
    Ok(state.made().read().unwrap_or_default())
}

fn made_json(made: &Made) -> Value {
    let kind = if made.kind == MadeKind::Key { "api-key" } else { "oauth-app" };
    json!({ "kind": kind, "name": made.name, "id": made.id })
}
