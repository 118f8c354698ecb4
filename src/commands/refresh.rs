//! `models refresh`: the registered models as the service has them now. For cron and timers: no change,
//! no write.

use super::context::{Context, documented, var};
use super::error::Error;
use super::models::{self, Change};
use super::onboard::left_out as left_out_of_the_list;
use super::report::{Report, Warning};
use super::service;
use super::signals;
use crate::chutes::catalog;
use crate::chutes::client::Client;
use crate::chutes::model::{Catalog, Model, id_of};
use crate::chutes::pool::Pool;
use crate::clean;
use crate::openclaw::read::current::Current;
use crate::renewal;
use crate::selection::Selection;
use crate::selection::by_hand;
use crate::selection::pools;
use crate::selection::propose::{drifted as drifted_ref, left_out};
use crate::selection::successor::{Reason, Role};
use crate::texts::{Lang, choose, cli as text};
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

pub fn refresh(context: &Context, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    // A home that has nothing of Chutes' gets nothing: onboarding is the way in.
    if !models::has_chutes(&current) {
        return Err(Error::NotConfigured);
    }
    let endpoints = service::endpoints(context, &current)?;
    // The list is public: without a stored credential it is asked for without one.
    let renewed = signals::until_interrupted(renewal::stored_secret(&site, &endpoints, var))?;
    let (secret, not_renewed) = match renewed {
        Ok(secret) => (secret, None),
        Err(error) => (None, Some(Warning { code: "not-renewed", message: error.says(context.lang) })),
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
    let repaired = repair_pools(&mut selection, &current, &live);
    selection.registered = registered(&live, &current, &selection, &decided);
    selection.registered.retain(|model| !repaired.iter().any(|(old, _)| *old == model.reference()));
    let repaired = repaired.iter().map(|(old, new)| Warning {
        code: "pool-repaired",
        message: choose::warn_pool_repaired(context.lang, clean::line(old), clean::line(new)),
    });
    let of_service = selection.registered.clone();
    let written = state.registered().or_else(|| state.catalog());
    let (kept, changed) = keep_what_was_set_by_hand(&mut selection.registered, &current, written.as_ref());
    selection.authoritative = true;
    let added = not_in(&selection.registered, &ids(&current.models));
    let removed = not_in(&current.models, &ids(&selection.registered));
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
            "updated": by_model(&changed),
            "kept": by_model(&kept),
        }),
        warnings: not_renewed
            .into_iter()
            .chain(repaired)
            .chain(left_out_of_the_list(&live, context.lang))
            .chain(drifted(&selection, &live, context.lang))
            .collect(),
    };
    let report = models::apply(context, &site, &current, selection, change, as_json)?;
    state.keep_catalog(&live);
    state.keep_registered(&of_service);
    state.decide(&live);
    Ok(report)
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

/// The pools in use, with a successor in the place of each member that is gone, or without it: the old refs and
/// the new ones.
fn repair_pools(selection: &mut Selection, current: &Current, live: &Catalog) -> Vec<(String, String)> {
    let (documented, mut replaced) = (documented().beside(&current.models), Vec::new());
    let targets: BTreeSet<String> = referred(selection).map(str::to_owned).collect();
    for target in targets.iter().filter(|target| drifted_pool(target, live)) {
        let found = documented.replace(target, Role::Fallback, &live.models, |candidate| targets.contains(candidate));
        let Some((repaired, Reason::PoolRepaired)) = found else { continue };
        let chosen = std::iter::once(&mut selection.primary).chain(&mut selection.fallbacks);
        let chosen = chosen.chain(&mut selection.image).chain(selection.aliases.iter_mut().map(|a| &mut a.target));
        chosen.filter(|used| *used == target).for_each(|used| used.clone_from(&repaired));
        replaced.push((target.clone(), repaired));
    }
    replaced
}

/// A pool of which some members are served, and some not.
fn drifted_pool(target: &str, live: &Catalog) -> bool {
    drifted_ref(target, live) && id_of(target).is_some_and(|id| live.serves(id) == Some(true))
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
