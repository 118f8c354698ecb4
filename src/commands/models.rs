//! `models list` and `models set`, and what every command that changes the models shares.

use super::context::Context;
use super::error::Error;
use super::known::resolve_known;
use super::onboard::{base_url, changed_meanwhile, not_undoable, of_plan};
use super::report::{Report, Warning, warnings_json};
use crate::chutes::bundled;
use crate::chutes::endpoints::is_loopback;
use crate::chutes::model::{Catalog, Model, id_of, reference};
use crate::chutes::pool::Pool;
use crate::clean;
use crate::openclaw::Site;
use crate::openclaw::plan::{PlanWarning, Request};
use crate::openclaw::read::current::Current;
use crate::openclaw::read::snapshot::Snapshot;
use crate::openclaw::types::Role;
use crate::openclaw::write;
use crate::selection::{Configured, Selection};
use crate::texts::{Lang, cli as text};
use crate::time::now;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use unicode_width::UnicodeWidthStr;
use url::Url;

/// One line of `models list`.
struct Row {
    /// Full ref.
    key: String,
    name: String,
    model: Model,
    tags: Vec<String>,
    /// The last list the service gave us does not have it.
    missing: bool,
}

pub fn list(context: &Context, all: bool, as_json: bool) -> Result<Report, Error> {
    let (_, snapshot, current) = context.read()?;
    let catalog = context.state().catalog();
    let rows = rows(&snapshot, &current, catalog.as_ref(), all);
    if as_json {
        let usable = current.active.is_some();
        let local =
            current.base_url.as_deref().and_then(|url| Url::parse(url).ok()).is_some_and(|url| is_loopback(&url));
        let models: Vec<Value> = rows.iter().map(|row| row.json(usable, local)).collect();
        return Ok(Report::json(&json!({ "count": models.len(), "models": models })));
    }
    if context.plain {
        return Ok(Report::text(rows.iter().map(|row| clean::line(&row.key) + "\n").collect::<String>()));
    }
    if rows.is_empty() {
        return Ok(Report { err: format!("{}\n", text::models_none(context.lang)), ..Report::default() });
    }
    Ok(Report::text(table(&rows, context.lang)))
}

fn rows(snapshot: &Snapshot, current: &Current, catalog: Option<&Catalog>, all: bool) -> Vec<Row> {
    let configured = &current.configured;
    let built_in = bundled::catalog();
    let registered: Vec<String> = configured.registered.iter().map(|id| reference(id)).collect();
    // Entries of the allowlist that name a model; `provider/*` names none.
    let allowed: Vec<&String> = configured.allowed.iter().flatten().filter(|key| !key.ends_with("/*")).collect();
    let listed: Vec<String> = match all {
        true => catalog.unwrap_or(&built_in).models.iter().map(|model| model.reference()).collect(),
        false => Vec::new(),
    };
    let mut seen = HashSet::new();
    let keys: Vec<&String> = (configured.primary.iter().chain(&configured.fallbacks).chain(&configured.image))
        .chain(&registered)
        .chain(configured.aliases.iter().map(|alias| &alias.target))
        .chain(allowed.iter().copied())
        .chain(&listed)
        .filter(|key| seen.insert(key.as_str()))
        .collect();

    let in_config: HashSet<&str> = registered.iter().chain(allowed.iter().copied()).map(String::as_str).collect();
    let (by_config, by_list, by_us) =
        (by_id(&current.models), catalog.map(|catalog| by_id(&catalog.models)), by_id(&built_in.models));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = snapshot.models().iter().filter_map(|entry| Some((text(&entry["id"])?, text(&entry["name"])?)));
    let names: HashMap<String, String> = named.collect();
    let mut aliases_of: HashMap<&str, Vec<&str>> = HashMap::new();
    for alias in &configured.aliases {
        aliases_of.entry(&alias.target).or_default().push(&alias.name);
    }
    keys.into_iter()
        .map(|key| {
            let id = id_of(key).unwrap_or_default();
            let served = by_list.as_ref().and_then(|list| list.get(id)).copied();
            let model = by_config.get(id).copied().or(served).or_else(|| by_us.get(id).copied());
            let pool = Pool::parse(id).filter(|_| served.is_none());
            let members = pool.as_ref().zip(by_list.as_ref()).map(|(pool, list)| {
                let served = pool.members.iter().filter(|id| list.contains_key(id.as_str())).count();
                (served, pool.members.len())
            });
            let missing = match members {
                Some((served, _)) => served == 0,
                None => !id.is_empty() && by_list.is_some() && served.is_none(),
            };
            let mut tags = roles(key, configured);
            if in_config.contains(key.as_str()) {
                tags.push("configured".to_owned());
            }
            tags.extend(aliases_of.get(key.as_str()).into_iter().flatten().map(|name| format!("alias:{name}")));
            if let Some((served, all)) = members.filter(|(served, all)| *served > 0 && served < all) {
                tags.push(format!("{served} of {all} served"));
            }
            if missing {
                tags.push("not served".to_owned());
            }
            let name = names.get(id).map(String::as_str).unwrap_or(if id.is_empty() { key } else { id });
            Row {
                key: key.clone(),
                name: name.to_owned(),
                model: completed(model.cloned().unwrap_or_default(), served),
                tags,
                missing,
            }
        })
        .collect()
}

fn by_id(models: &[Arc<Model>]) -> HashMap<&str, &Model> {
    models.iter().map(|model| (&*model.id, &**model)).collect()
}

/// What the config uses a model for.
pub fn roles(key: &str, configured: &Configured) -> Vec<String> {
    let mut roles = Vec::new();
    if configured.primary.as_deref() == Some(key) {
        roles.push("default".to_owned());
    }
    if let Some(at) = configured.fallbacks.iter().position(|fallback| fallback == key) {
        roles.push(format!("fallback#{}", at + 1));
    }
    if configured.image.as_deref() == Some(key) {
        roles.push("image".to_owned());
    }
    roles
}

/// The configured facts, and the list's where the config says nothing.
fn completed(mut model: Model, listed: Option<&Model>) -> Model {
    let Some(listed) = listed else { return model };
    model.context = model.context.or(listed.context);
    model.max_output = model.max_output.or(listed.max_output);
    model.price.input = model.price.input.or(listed.price.input);
    model.price.output = model.price.output.or(listed.price.output);
    model.price.cache_read = model.price.cache_read.or(listed.price.cache_read);
    model.input = model.input.or_else(|| listed.input.clone());
    model.reasoning = model.reasoning.or(listed.reasoning);
    model.tools = model.tools.or(listed.tools);
    model.json = model.json.or(listed.json);
    model.tee = model.tee.or(listed.tee);
    model.quantization = model.quantization.or_else(|| listed.quantization.clone());
    model
}

impl Row {
    /// OpenClaw's fields first, then ours. `usable`: a Chutes credential is stored; `local`: the API is
    /// on this machine.
    fn json(&self, usable: bool, local: bool) -> Value {
        let model = &self.model;
        let chutes = id_of(&self.key).is_some();
        json!({
            "key": self.key,
            "name": self.name,
            "input": model.input.as_ref().map(|kinds| kinds.join("+")).unwrap_or_else(|| "text".to_owned()),
            "contextWindow": model.context,
            "local": chutes && local,
            "available": chutes.then_some(usable && !self.missing),
            "tags": self.tags,
            "missing": self.missing,
            "maxTokens": model.max_output,
            "pricing": {
                "input": model.price.input,
                "output": model.price.output,
                "cacheRead": model.price.cache_read,
            },
            "reasoning": model.reasoning,
            "tools": model.tools,
            "tee": model.tee,
            "quantization": model.quantization,
        })
    }
}

fn table(rows: &[Row], lang: Lang) -> String {
    let head = [
        text::column_model(lang),
        text::column_input(lang),
        text::column_context(lang),
        text::column_price_in(lang),
        text::column_price_out(lang),
        text::column_tags(lang),
    ]
    .map(str::to_owned);
    let price = |usd: Option<f64>| usd.map_or("-".to_owned(), |usd| format!("{usd:.2}"));
    let body = rows.iter().map(|row| {
        let model = &row.model;
        [
            clean::line(&row.key),
            model.input.as_ref().map_or("-".to_owned(), |kinds| clean::line(&kinds.join("+"))),
            model.context.map_or("-".to_owned(), |count| tokens(count.get())),
            price(model.price.input),
            price(model.price.output),
            clean::line(&row.tags.join(",")),
        ]
    });
    let lines: Vec<[String; 6]> = std::iter::once(head).chain(body).collect();
    let widths: [usize; 6] =
        std::array::from_fn(|column| lines.iter().map(|line| line[column].width()).max().unwrap_or_default());
    lines
        .iter()
        .map(|line| {
            let cells: Vec<String> = line
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let pad = widths[column] - cell.width();
                    // Numbers align at their right.
                    if matches!(column, 2..=4) { format!("{:pad$}{cell}", "") } else { format!("{cell}{:pad$}", "") }
                })
                .collect();
            cells.join("  ").trim_end().to_owned() + "\n"
        })
        .collect()
}

/// `203k`, `1.0M`.
pub fn tokens(count: u64) -> String {
    match count {
        0..1000 => count.to_string(),
        1000..999_500 => format!("{}k", (count + 500) / 1000),
        _ => format!("{:.1}M", count as f64 / 1e6),
    }
}

/// `models set`.
pub fn set(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let catalog = context.state().catalog();
    let target = resolve_known(name, &current, catalog.as_ref())?;
    let mut selection = selection_of(&current).unwrap_or_else(|_| current.selection());
    selection.primary.clone_from(&target);
    selection.fallbacks.retain(|fallback| *fallback != target);
    selection.register(&target, catalog.as_ref());
    let warnings = not_served_now(&target, catalog.as_ref(), context.lang).into_iter().collect();
    let line = text::default_line(context.lang, clean::line(&target));
    let facts = json!({ "default": target });
    apply(context, &site, &current, selection, Change { line, facts, warnings }, as_json)
}

/// Said of a model that the last list does not have.
pub fn not_served_now(target: &str, catalog: Option<&Catalog>, lang: Lang) -> Option<Warning> {
    let gone = id_of(target).zip(catalog).is_some_and(|(id, catalog)| !offers(catalog, id));
    gone.then(|| Warning { code: "model-not-served", message: text::warn_not_served_now(lang, clean::line(target)) })
}

/// Whether the config has anything of Chutes'.
pub fn has_chutes(current: &Current) -> bool {
    let configured = &current.configured;
    let chosen = configured.primary.iter().chain(&configured.fallbacks).chain(&configured.image);
    let aliased = configured.aliases.iter().chain(&configured.inverted).map(|alias| &alias.target);
    let mut refs = chosen.chain(aliased).chain(configured.allowed.iter().flatten());
    current.base_url.is_some() || !configured.registered.is_empty() || refs.any(|target| id_of(target).is_some())
}

/// The selection that changes nothing.
pub fn selection_of(current: &Current) -> Result<Selection, Error> {
    if current.configured.primary.is_none() {
        return Err(Error::NotConfigured);
    }
    Ok(current.selection())
}

/// Whether a kept list has a model, or a member of a pool.
pub fn offers(catalog: &Catalog, id: &str) -> bool {
    let pool = || Pool::parse(id).is_some_and(|pool| pool.served(&catalog.models).next().is_some());
    catalog.get(id).is_some() || pool()
}

/// What a change of the models says when it is done.
pub struct Change {
    pub line: String,
    /// Further fields of the JSON document.
    pub facts: Value,
    pub warnings: Vec<Warning>,
}

/// Write a selection; the credential stays.
pub fn apply(
    context: &Context,
    site: &Site,
    current: &Current,
    selection: Selection,
    change: Change,
    as_json: bool,
) -> Result<Report, Error> {
    apply_and_tell(context, site, current, selection, change, as_json).map(|(_, report)| report)
}

/// What is to be written for a selection; the credential stays.
pub fn request(context: &Context, current: &Current, selection: Selection) -> Result<Request, Error> {
    Ok(Request {
        base_url: base_url(current, context.endpoints()?),
        credential: None,
        selection,
        client_secret: None,
        basis: Some(current.clone()),
        ..Request::default()
    })
}

/// [`apply`], and whether anything had to be written.
pub fn apply_and_tell(
    context: &Context,
    site: &Site,
    current: &Current,
    selection: Selection,
    change: Change,
    as_json: bool,
) -> Result<(bool, Report), Error> {
    let Change { line, facts, mut warnings } = change;
    let request = request(context, current, selection)?;
    let written = write::commit(site, &request, None, &context.state(), now())?;
    // Whoever switches a model has been told at the onboarding that no OpenClaw is there.
    let news = written.plan.warnings.iter().filter(|warning| **warning != PlanWarning::OpenClawNotFound);
    warnings.extend(news.map(|warning| of_plan(warning, context.lang)));
    warnings.extend(changed_meanwhile(context, site, &written.changed_meanwhile));
    warnings.extend(not_undoable(&written, context.lang));
    let lang = context.lang;
    let changed = written.plan.changes_anything();
    let config = written.plan.files.iter().zip(&written.backups).find(|(file, _)| file.role == Role::Config);
    if as_json {
        let mut document = json!({
            "ok": true,
            "changed": changed,
            "config": {
                "path": config.map_or(&site.paths.config, |(file, _)| &file.path).to_string_lossy(),
                "backup": config.and_then(|(_, backup)| backup.as_ref()).map(|path| path.to_string_lossy()),
            },
        });
        if let (Some(document), Value::Object(facts)) = (document.as_object_mut(), facts) {
            document.extend(facts);
            document.insert("warnings".to_owned(), warnings_json(&warnings));
        }
        return Ok((changed, Report::json(&document)));
    }
    let mut out = String::new();
    match config {
        Some((file, backup)) => {
            out.push_str(&format!("{}\n", text::updated(lang, site.paths.tilde(&file.path))));
            if let Some(backup) = backup {
                out.push_str(&format!("{}\n", text::backup_line(lang, site.paths.tilde(backup))));
            }
        }
        None => out.push_str(&format!("{}\n", text::no_change(lang))),
    }
    Ok((changed, Report::text(out + &line + "\n").warn(&warnings, lang)))
}

/// The catalog that a list or a status speaks of when none was fetched yet.
pub fn catalog_or_built_in(cached: Option<Catalog>) -> Catalog {
    cached.unwrap_or_else(bundled::catalog)
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn token_counts_are_short() {
        for (count, text) in [
            (512, "512"),
            (40_960, "41k"),
            (202_752, "203k"),
            (999_499, "999k"),
            (999_500, "1.0M"),
            (1_048_576, "1.0M"),
        ] {
            assert_eq!(tokens(count), text);
        }
    }
}
