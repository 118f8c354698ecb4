//! `accounts`: several Chutes sign-ins and keys side by side, of which OpenClaw uses one.

use super::context::Context;
use super::error::Error;
use super::report::Report;
use crate::accounts::{self, Known, Listed};
use crate::clean;
use crate::openclaw::plan::AccountChange;
use crate::openclaw::types::StoredCredential;
use crate::texts::cli as text;
use crate::time::UnixMillis;
use serde_json::{Value, json};

pub fn list(context: &Context, as_json: bool) -> Result<Report, Error> {
    let Listed { stored, active } = known(context)?;
    let is_active = |index: usize| active == Some(index);
    if as_json {
        let accounts: Vec<Value> = (stored.iter().enumerate())
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
    if stored.is_empty() {
        return Ok(Report { err: format!("{}\n", text::logged_out_nothing(lang)), ..Report::default() });
    }
    let line = |(index, stored): (usize, &StoredCredential)| {
        let mark = if is_active(index) { "*" } else { " " };
        let account = stored.account.as_deref().map(|name| format!("  {}", clean::line(name))).unwrap_or_default();
        format!("{mark} {}  {}{account}\n", clean::line(&stored.profile_id), stored.kind.words(lang))
    };
    Ok(Report::text(stored.iter().enumerate().map(line).collect::<String>()))
}

/// What is stored, once a run that was killed has been put right.
fn known(context: &Context) -> Result<Listed, Error> {
    let (site, ..) = context.read()?;
    Ok(Known::read(&site)?.listed())
}

pub fn use_account(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let id = named(name, &known(context)?)?;
    let after = change(context, AccountChange::Use(id.clone()))?;
    Ok(answer(&after, "used", &id, text::account_used(context.lang, clean::line(&id)), as_json))
}

pub fn remove(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let listed = known(context)?;
    let id = named(name, &listed)?;
    if listed.stored.iter().all(|stored| stored.profile_id == id) {
        return Err(Error::LastAccount { id });
    }
    let after = change(context, AccountChange::Remove(id.clone()))?;
    Ok(answer(&after, "removed", &id, text::account_removed(context.lang, clean::line(&id)), as_json))
}

/// The profile that is meant by its id, by `chutes:` left out, or by the name of its account.
fn named(name: &str, listed: &Listed) -> Result<String, Error> {
    let is_meant = |stored: &&StoredCredential| {
        let id = stored.profile_id.as_str();
        id == name || id.strip_prefix("chutes:") == Some(name) || stored.account.as_deref() == Some(name)
    };
    let found = listed.stored.iter().find(is_meant);
    found.map(|stored| stored.profile_id.clone()).ok_or_else(|| Error::UnknownAccount { name: name.to_owned() })
}

fn change(context: &Context, change: AccountChange) -> Result<Listed, Error> {
    Ok(accounts::change(&context.site()?, &context.state(), &context.endpoints()?, change)?.listed)
}

fn answer(after: &Listed, what: &str, id: &str, line: String, as_json: bool) -> Report {
    let active = after.active.and_then(|at| after.stored.get(at)).map(|stored| &stored.profile_id);
    match as_json {
        true => Report::json(&json!({ "ok": true, what: id, "active": active })),
        false => Report::text(line + "\n"),
    }
}
