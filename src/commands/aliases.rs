//! `models aliases list`, `add`, `remove`.

use super::context::Context;
use super::error::Error;
use super::known::resolve_known;
use super::models::{self, Change};
use super::report::{Report, Warning};
use crate::chutes::model::id_of;
use crate::clean;
use crate::selection::Alias;
use crate::selection::alias::{check, same_name};
use crate::texts::cli as text;
use serde_json::{Map, Value, json};

pub fn list(context: &Context, as_json: bool) -> Result<Report, Error> {
    let (_, _, current) = context.read()?;
    let aliases = &current.configured.aliases;
    if as_json {
        let map: Map<String, Value> = aliases.iter().map(|alias| (alias.name.clone(), json!(alias.target))).collect();
        return Ok(Report::json(&json!({ "aliases": map })));
    }
    if context.plain {
        let lines = aliases.iter().map(|alias| clean::line(&format!("{} {}", alias.name, alias.target)) + "\n");
        return Ok(Report::text(lines.collect::<String>()));
    }
    let mut out = text::aliases_count(context.lang, aliases.len()) + "\n";
    if aliases.is_empty() {
        out.push_str(&format!("- {}\n", text::report_none(context.lang)));
    }
    for alias in aliases {
        out.push_str(&clean::line(&format!("- {} -> {}", alias.name, alias.target)));
        out.push('\n');
    }
    Ok(Report::text(out))
}

pub fn add(context: &Context, name: &str, reference: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let catalog = context.state().catalog();
    let target = resolve_known(reference, &current, catalog.as_ref())?;
    if id_of(&target).is_none() {
        return Err(Error::NotChutes { reference: target });
    }
    let name = name.trim();
    let ids = current.models.iter().chain(catalog.iter().flat_map(|catalog| &catalog.models)).map(|m| &*m.id);
    if name.is_empty() {
        return Err(Error::Alias { name: String::new(), problem: crate::selection::alias::Problem::Character(' ') });
    }
    check(name, &target, &current.configured.aliases, &current.configured.providers, ids)
        .map_err(|problem| Error::Alias { name: name.to_owned(), problem })?;

    let mut warnings = Vec::new();
    for old in selection.aliases.iter().filter(|alias| alias.target == target && alias.name != name) {
        let message = text::alias_replaced(context.lang, clean::line(&target), clean::line(&old.name));
        warnings.push(Warning { code: "alias-moved", message });
    }
    selection.aliases.retain(|alias| alias.target != target && !same_name(&alias.name, name));
    selection.aliases.push(Alias { name: name.to_owned(), target: target.clone() });
    selection.register(&target, catalog.as_ref());
    let line = text::alias_line(context.lang, name, clean::line(&target));
    let facts = json!({ "alias": name, "target": target });
    models::apply(context, &site, &current, selection, Change { line, facts, warnings }, as_json)
}

pub fn remove(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let Some(alias) = current.configured.aliases.iter().find(|alias| same_name(&alias.name, name)) else {
        return Err(Error::UnknownAlias { name: name.to_owned() });
    };
    if id_of(&alias.target).is_none() {
        return Err(Error::NotChutes { reference: alias.target.clone() });
    }
    selection.aliases.retain(|other| other.name != alias.name);
    let line = text::alias_removed_line(context.lang, clean::line(&alias.name));
    let facts = json!({ "alias": alias.name, "target": alias.target });
    models::apply(context, &site, &current, selection, Change { line, facts, warnings: Vec::new() }, as_json)
}
