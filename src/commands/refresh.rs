//! `models refresh`: the registered models as the service has them now. For cron and timers: no change,
//! no write.

use super::codes;
use super::context::{Context, documented, var};
use super::error::Error;
use super::models::{self, Change};
use super::onboard::left_out as left_out_of_the_list;
use super::report::onboard::{WOULD_CHANGE, diff_text, file_json};
use super::report::{Report, Warning, warnings_json};
use super::service;
use super::signals;
use crate::chutes::catalog;
use crate::chutes::client::Client;
use crate::chutes::health;
use crate::chutes::model::{Catalog, Model, Price, id_of};
use crate::chutes::pool::Pool;
use crate::clean;
use crate::diff;
use crate::openclaw::Site;
use crate::openclaw::plan::{self, Plan};
use crate::openclaw::read::current::Current;
use crate::renewal;
use crate::selection::by_hand;
use crate::selection::pools;
use crate::selection::propose::{drifted as drifted_ref, left_out};
use crate::selection::repair::{self, Drift};
use crate::selection::{Documented, Note, Selection};
use crate::texts::{Lang, cli as text};
use crate::time::now;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

/// Options of `models refresh`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// Put successors in the place of what is gone.
    pub repair: bool,
    /// Write nothing; the exit code says whether there is something to do.
    pub check: bool,
    /// Say nothing where nothing changed.
    pub quiet: bool,
    pub json: bool,
}

pub fn refresh(context: &Context, how: How) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    // A home that has nothing of Chutes' gets nothing: onboarding is the way in.
    if !models::has_chutes(&current) {
        return Err(Error::NotConfigured);
    }
    let endpoints = service::endpoints(context, &current)?;
    // The list is public: without a stored credential it is asked for without one. To renew one is to write.
    let renewed = match how.check {
        true => Ok(None),
        false => signals::until_interrupted(renewal::stored_secret(&site, &endpoints, var))?,
    };
    let (secret, not_renewed) = match renewed {
        Ok(secret) => (secret, None),
        Err(error) => (None, Some(Warning { code: "not-renewed", message: error.message(context.lang) })),
    };
    let client = Client::new(endpoints);
    let live = signals::until_interrupted(catalog::discover(&client, secret.as_ref(), |_| {}))?.map_err(|failure| {
        match failure.credential_refused() {
            true => Error::CredentialRefused(failure),
            false => Error::Service(failure),
        }
    })?;

    let state = context.state();
    let decided: HashSet<Box<str>> = state.decided().read().unwrap_or_default().into_iter().collect();
    let mut known = documented().beside(&current.models);
    // What is up is asked only where something has to be chosen.
    if referred(&selection).any(|target| drifted_ref(target, &live)) {
        let yesterday = health::yesterday(now());
        known.health = Arc::new(signals::until_interrupted(health::ask(&client, &yesterday))?);
    }
    let notes = repair::notes(&current.configured, &live, &known);
    // A pool keeps its meaning with other members; for the rest a timer chooses nothing unless it is told to.
    let carried_out = |note: &&Note| how.repair || Drift::of(note).is_some_and(|drift| drift.pool);
    repair::apply(&mut selection, notes.iter().filter(carried_out), &live);
    selection.registered = registered(&live, &current, &selection, &decided);
    let in_use: HashSet<String> = referred(&selection).map(str::to_owned).collect();
    let replaced: HashSet<&str> =
        notes.iter().filter(carried_out).filter_map(Drift::of).map(|drift| drift.wanted).collect();
    selection.registered.retain(|model| {
        let reference = model.reference();
        in_use.contains(&reference) || !replaced.contains(reference.as_str())
    });
    let of_service = selection.registered.clone();
    let written = state.registered().or_else(|| state.catalog());
    let (kept, changed) = keep_what_was_set_by_hand(&mut selection.registered, &current, written.as_ref());
    selection.authoritative = true;
    let added = not_in(&selection.registered, &ids(&current.models));
    let removed = not_in(&current.models, &ids(&selection.registered));
    let prices = |wanted: &str, taken: &str, role| known.price_change(wanted, taken, role, &live.models);
    let said = notes.iter().filter(carried_out).flat_map(|note| codes::of_note(note, prices, context.lang));
    let left = drifted(&selection, &live, context.lang).into_iter().filter(|_| !how.repair);
    let drifts = notes.iter().filter_map(|note| Some((Drift::of(note)?, carried_out(&note))));
    let needs_attention = drifts.clone().any(|(drift, done)| !done || drift.taken.is_none());
    let change = Change {
        line: std::iter::once(text::refreshed(context.lang, live.models.len(), added.len(), removed.len()))
            .chain(changed.iter().map(|(id, fields)| text::refresh_changed(context.lang, clean::line(id), fields)))
            .chain(kept.iter().map(|(id, fields)| text::refresh_kept(context.lang, clean::line(id), fields)))
            .collect::<Vec<_>>()
            .join("\n"),
        facts: json!({
            "catalog": { "source": live.source.name(), "models": live.models.len() },
            "added": added,
            "removed": removed,
            "updated": updated(&changed, &current.models, &selection.registered),
            "kept": by_model(&kept),
            "proposed": drifts.map(|(drift, done)| proposed(&drift, done, &known, &live)).collect::<Vec<_>>(),
        }),
        warnings: not_renewed
            .into_iter()
            .chain(said)
            .chain(left_out_of_the_list(&live, context.lang))
            .chain(left)
            .collect(),
    };
    if how.check {
        let request = models::request(context, &current, selection)?;
        let plan = plan::plan(&site.read()?, &request, now())?;
        let exit = if needs_attention || plan.changes_anything() { WOULD_CHANGE } else { 0 };
        return Ok(quietly(how, exit != 0, check(context, &site, &plan, change, how.json)).exit(exit));
    }
    let (wrote, report) = models::apply_and_tell(context, &site, &current, selection, change, how.json)?;
    state.keep_catalog(&live);
    state.keep_registered(&of_service);
    state.decide(&live);
    Ok(quietly(how, wrote, report))
}

/// `--quiet`: cron sends a mail for every word.
fn quietly(how: How, news: bool, report: Report) -> Report {
    if how.quiet && !news { Report::default() } else { report }
}

/// What would be written, as a diff.
fn check(context: &Context, site: &Site, plan: &Plan, change: Change, as_json: bool) -> Report {
    let Change { line, facts, warnings } = change;
    let files = diff::of(plan);
    if as_json {
        let mut document = json!({
            "ok": true,
            "changed": false,
            "wouldChange": plan.changes_anything(),
            "config": { "path": site.paths.config.to_string_lossy() },
            "files": files.iter().map(file_json).collect::<Vec<_>>(),
        });
        if let (Some(document), Value::Object(facts)) = (document.as_object_mut(), facts) {
            document.extend(facts);
            document.insert("warnings".to_owned(), warnings_json(&warnings));
        }
        return Report::json(&document);
    }
    let lang = context.lang;
    let shown: String = files.iter().map(|file| diff_text(file, |path| site.paths.tilde(path), lang)).collect();
    Report::text(format!("{shown}{line}\n")).warn(&warnings, lang)
}

/// What the service changed. Where it is the price, both prices, USD per million tokens, and how many times the
/// old one the new one is.
fn updated(changed: &Fields, old: &[Arc<Model>], new: &[Arc<Model>]) -> Value {
    let price = |models: &[Arc<Model>], id: &str| models.iter().find(|model| *model.id == *id).map(|model| model.price);
    let entry = |(id, fields): &(String, String)| {
        let prices = price(old, id).zip(price(new, id)).filter(|(old, new)| old != new);
        json!({ "model": id, "fields": fields, "price": prices.map(|(old, new)| price_json(old, new)) })
    };
    changed.iter().map(entry).collect()
}

/// A successor. `applied`: it is in its place now, or would be without `--check`.
fn proposed(drift: &Drift<'_>, done: bool, known: &Documented, live: &Catalog) -> Value {
    let prices = drift.prices(known, live);
    json!({
        "for": drift.place,
        "alias": drift.alias,
        "old": drift.wanted,
        "new": drift.taken,
        "price": prices.map(|change| price_json(change.old, change.new)),
        "dearer": prices.is_some_and(|change| change.dearer),
        "applied": done && drift.taken.is_some(),
    })
}

fn price_json(old: Price, new: Price) -> Value {
    let both = |price: Price| json!({ "input": price.input, "output": price.output });
    let factor = |old: Option<f64>, new: Option<f64>| {
        let (old, new) = old.zip(new).filter(|(old, _)| *old > 0.0)?;
        Some((new / old * 1000.0).round() / 1000.0)
    };
    let factors = json!({ "input": factor(old.input, new.input), "output": factor(old.output, new.output) });
    json!({ "old": both(old), "new": both(new), "factor": factors })
}

/// Ids with the fields that are meant, in words.
type Fields = Vec<(String, String)>;

/// Puts what a person set in the config back into the models, and says what was kept and what the service
/// changed.
fn keep_what_was_set_by_hand(
    models: &mut [Arc<Model>],
    current: &Current,
    written: Option<&Catalog>,
) -> (Fields, Fields) {
    let own: HashMap<&str, &Arc<Model>> = current.models.iter().map(|model| (&*model.id, model)).collect();
    let (mut kept, mut changed) = (Fields::new(), Fields::new());
    for model in models {
        let Some(own) = own.get(&*model.id) else { continue };
        let merged = by_hand::merged(model, own, written.and_then(|written| written.get(&model.id)).map(|m| &**m));
        for (fields, list) in [(&merged.kept, &mut kept), (&merged.changed, &mut changed)] {
            if !fields.is_empty() {
                list.push((model.id.to_string(), fields.join(", ")));
            }
        }
        if !merged.kept.is_empty() {
            *model = Arc::new(merged.model);
        }
    }
    (kept, changed)
}

fn by_model(fields: &Fields) -> Value {
    fields.iter().map(|(id, fields)| json!({ "model": id, "fields": fields })).collect()
}

fn ids(models: &[Arc<Model>]) -> HashSet<&str> {
    models.iter().map(|model| &*model.id).collect()
}

fn not_in(models: &[Arc<Model>], others: &HashSet<&str>) -> Vec<String> {
    models.iter().filter(|model| !others.contains(&*model.id)).map(|model| model.id.to_string()).collect()
}

/// What is served, without what the user left out before; and what the config refers to, served or not.
fn registered(
    live: &Catalog,
    current: &Current,
    selection: &Selection,
    decided: &HashSet<Box<str>>,
) -> Vec<Arc<Model>> {
    let left_out = left_out(&current.models, |id| decided.contains(id));
    let mut models: Vec<Arc<Model>> = live.models.iter().filter(|model| !left_out(&model.id)).cloned().collect();
    // A pool stays while one of its members does.
    let pools = current.models.iter().map(|model| &*model.id).filter(|id| live.get(id).is_none());
    let pools = pools.filter(|id| Pool::parse(id).is_some() && live.serves(id) == Some(true));
    for id in referred(selection).filter_map(id_of).chain(pools) {
        if models.iter().any(|model| *model.id == *id) {
            continue;
        }
        if let Some(pool) = pools::facts(id, &live.models, |id| current.models.iter().find(|own| *own.id == *id)) {
            models.push(pool.into());
            continue;
        }
        let known = live.get(id).or_else(|| current.models.iter().find(|model| *model.id == *id)).cloned();
        models.push(known.unwrap_or_else(|| Model::unknown(id).into()));
    }
    models
}

fn referred(selection: &Selection) -> impl Iterator<Item = &str> {
    std::iter::once(selection.primary.as_str())
        .chain(selection.fallbacks.iter().map(String::as_str))
        .chain(selection.image.as_deref())
        .chain(selection.aliases.iter().map(|alias| alias.target.as_str()))
}

/// A timer chooses nothing for anybody: what is gone is said, not replaced.
fn drifted(selection: &Selection, live: &Catalog, lang: Lang) -> Vec<Warning> {
    let gone = |target: &str| id_of(target).is_some_and(|id| live.serves(id) == Some(false));
    let warning = |code, target: &str| Warning { code, message: text::warn_not_served_now(lang, clean::line(target)) };
    let mut warnings = Vec::new();
    if gone(&selection.primary) {
        warnings.push(warning("default-not-served", &selection.primary));
    }
    warnings.extend(selection.fallbacks.iter().filter(|t| gone(t)).map(|t| warning("fallback-not-served", t)));
    warnings.extend(selection.image.iter().filter(|t| gone(t)).map(|t| warning("image-model-not-served", t)));
    let dead_alias = selection.aliases.iter().filter(|alias| gone(&alias.target));
    warnings.extend(dead_alias.map(|alias| warning("alias-target-not-served", &alias.target)));
    warnings
}
