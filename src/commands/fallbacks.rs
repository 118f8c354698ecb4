//! `models fallbacks list`, `add`, `remove`, `clear`.

use super::context::Context;
use super::error::Error;
use super::known::resolve_known;
use super::models::{self, Change};
use super::report::{Report, Warning};
use crate::chutes::bundled;
use crate::chutes::model::id_of;
use crate::clean;
use crate::openclaw::Site;
use crate::openclaw::read::current::Current;
use crate::selection::Selection;
use crate::selection::propose::resolve;
use crate::texts::cli as text;
use serde_json::json;

pub fn list(context: &Context, as_json: bool) -> Result<Report, Error> {
    let (_, _, current) = context.read()?;
    let fallbacks = &current.configured.fallbacks;
    if as_json {
        return Ok(Report::json(&json!({ "fallbacks": fallbacks })));
    }
    if context.plain {
        return Ok(Report::text(fallbacks.iter().map(|reference| clean::line(reference) + "\n").collect::<String>()));
    }
    let mut out = text::fallbacks_count(context.lang, fallbacks.len()) + "\n";
    if fallbacks.is_empty() {
        out.push_str(&format!("- {}\n", text::report_none(context.lang)));
    }
    for reference in fallbacks {
        out.push_str(&format!("- {}\n", clean::line(reference)));
    }
    Ok(Report::text(out))
}

/// Puts a model at the end of the list. One that is there already keeps its place.
pub fn add(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let catalog = context.state().catalog();
    let target = resolve_known(name, &current, catalog.as_ref())?;
    if target == selection.primary {
        return Err(Error::FallbackIsDefault { reference: target });
    }
    if !selection.fallbacks.contains(&target) {
        selection.fallbacks.push(target.clone());
    }
    selection.register(&target, catalog.as_ref());
    let warnings = models::not_served_now(&target, catalog.as_ref(), context.lang).into_iter().collect();
    let line = text::fallback_added_line(context.lang, clean::line(&target));
    write(context, (&site, &current), selection, (line, warnings), as_json)
}

/// Takes a model out of the list, known or not: what the service no longer has must be able to go.
pub fn remove(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let listed =
        |id: &str| bundled::catalog().get(id).is_some() || current.configured.registered.iter().any(|r| r == id);
    let target = resolve(name, &current.configured.aliases, |id| {
        listed(id) || selection.fallbacks.iter().any(|fallback| id_of(fallback) == Some(id))
    });
    if !selection.fallbacks.contains(&target) {
        return Err(Error::UnknownFallback { name: name.trim().to_owned() });
    }
    selection.fallbacks.retain(|fallback| *fallback != target);
    let line = text::fallback_removed_line(context.lang, clean::line(&target));
    write(context, (&site, &current), selection, (line, Vec::new()), as_json)
}

pub fn clear(context: &Context, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    selection.fallbacks.clear();
    let line = text::fallbacks_cleared_line(context.lang).to_owned();
    write(context, (&site, &current), selection, (line, Vec::new()), as_json)
}

fn write(
    context: &Context,
    (site, current): (&Site, &Current),
    selection: Selection,
    (line, warnings): (String, Vec<Warning>),
    as_json: bool,
) -> Result<Report, Error> {
    let is_ours = |reference: &String| id_of(reference).is_some();
    // Fallbacks of other providers alone are OpenClaw's matter: to write them would bring Chutes in.
    if !models::has_chutes(current) && !selection.fallbacks.iter().any(is_ours) {
        return Err(Error::NotConfigured);
    }
    let facts = json!({ "fallbacks": selection.fallbacks });
    models::apply(context, site, current, selection, Change { line, facts, warnings }, as_json)
}
