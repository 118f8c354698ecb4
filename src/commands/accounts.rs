//! `accounts`: several Chutes sign-ins and keys side by side, of which OpenClaw uses one.

use super::context::{Context, var};
use super::error::Error;
use super::logout::is_in_database;
use super::models::selection_of;
use super::onboard::base_url;
use super::report::Report;
use crate::clean;
use crate::openclaw::Site;
use crate::openclaw::plan::{AccountChange, Request};
use crate::openclaw::program::status;
use crate::openclaw::read::current::{self, Current};
use crate::openclaw::types::StoredCredential;
use crate::openclaw::write;
use crate::renewal::round;
use crate::texts::cli as text;
use crate::time::{UnixMillis, now};
use serde_json::{Value, json};

pub fn list(context: &Context, as_json: bool) -> Result<Report, Error> {
    let (site, snapshot, mut current) = context.read()?;
    if current.in_database && current.active.is_none() {
        let found = status::credentials(&site, &snapshot).unwrap_or_default();
        current.active = (!found.is_empty()).then_some(current.credentials.len());
        current.credentials.extend(found);
    }
    let is_active = |index: usize| current.active == Some(index);
    if as_json {
        let accounts: Vec<Value> = (current.credentials.iter().enumerate())
            .map(|(index, stored)| {
                json!({
                    "id": stored.profile_id,
                    "kind": stored.kind.name(),
                    "account": stored.account,
                    "agent": stored.agent,
                    "expiresAt": stored.expires_at.map(UnixMillis::rfc3339),
                    "active": is_active(index),
                })
            })
            .collect();
        return Ok(Report::json(&json!({ "accounts": accounts })));
    }
    let lang = context.lang;
    if current.credentials.is_empty() {
        return Ok(Report { err: format!("{}\n", text::logged_out_nothing(lang)), ..Report::default() });
    }
    let line = |(index, stored): (usize, &StoredCredential)| {
        let mark = if is_active(index) { "*" } else { " " };
        let account = stored.account.as_deref().map(|name| format!("  {}", clean::line(name))).unwrap_or_default();
        format!("{mark} {}  {}{account}\n", clean::line(&stored.profile_id), stored.kind.words(lang))
    };
    Ok(Report::text(current.credentials.iter().enumerate().map(line).collect::<String>()))
}

pub fn use_account(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let id = known(name, &site, &current)?;
    change(context, &site, &current, AccountChange::Use(id.clone()))?;
    answer(context, "used", &id, text::account_used(context.lang, clean::line(&id)), as_json)
}

pub fn remove(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let id = known(name, &site, &current)?;
    if current.credentials.iter().all(|stored| stored.profile_id == id) {
        return Err(Error::LastAccount { id });
    }
    change(context, &site, &current, AccountChange::Remove(id.clone()))?;
    answer(context, "removed", &id, text::account_removed(context.lang, clean::line(&id)), as_json)
}

/// The profile that is meant by its id, by `chutes:` left out, or by the name of its account.
fn known(name: &str, site: &Site, current: &Current) -> Result<String, Error> {
    if is_in_database(site) {
        let version = site.installed.version.clone().unwrap_or_default();
        return Err(Error::AccountsInDatabase { version, id: name.to_owned() });
    }
    let is_meant = |stored: &&StoredCredential| {
        let id = stored.profile_id.as_str();
        id == name || id.strip_prefix("chutes:") == Some(name) || stored.account.as_deref() == Some(name)
    };
    let found = current.credentials.iter().find(is_meant);
    found.map(|stored| stored.profile_id.clone()).ok_or_else(|| Error::UnknownAccount { name: name.to_owned() })
}

fn change(context: &Context, site: &Site, current: &Current, account: AccountChange) -> Result<(), Error> {
    let request = Request {
        base_url: base_url(current, context.endpoints()?),
        selection: selection_of(current)?,
        basis: Some(current.clone()),
        account: Some(account),
        ..Request::default()
    };
    write::commit(site, &request, None, &context.state(), now())?;
    // A running gateway goes on with what it has in memory until it is told.
    round::after_write(site, current::kept(&site.read()?), None, var);
    Ok(())
}

fn answer(context: &Context, what: &str, id: &str, line: String, as_json: bool) -> Result<Report, Error> {
    let (_, _, after) = context.read()?;
    let active = after.active_credential().map(|stored| &stored.profile_id);
    Ok(match as_json {
        true => Report::json(&json!({ "ok": true, what: id, "active": active })),
        false => Report::text(line + "\n"),
    })
}
