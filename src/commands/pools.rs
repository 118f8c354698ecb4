//! `models pools list`, `add`, `remove`: several models under one ref, which the service resolves.

use super::context::Context;
use super::error::{Error, PoolError};
use super::known::resolve_known;
use super::models::{self, Change};
use super::report::{Report, Warning};
use super::service;
use super::signals;
use crate::chutes::client::Client;
use crate::chutes::model::{Catalog, Model, Price, id_of, reference};
use crate::chutes::pool::{Order, Pool};
use crate::chutes::verify::{Verdict, verify};
use crate::clean;
use crate::openclaw::Site;
use crate::openclaw::read::current::Current;
use crate::selection::Alias;
use crate::selection::alias::{Problem, check, same_name};
use crate::selection::cost::dollars;
use crate::selection::words::order_words;
use crate::texts::{Lang, choose as text, cli};
use serde_json::{Value, json};
use std::sync::Arc;

/// A pool that is configured.
struct Row {
    /// Its alias.
    name: Option<String>,
    pool: Pool,
    /// Which members the last list has; None: no list was kept.
    served: Option<Vec<bool>>,
    facts: Model,
    range: (Price, Price),
    tags: Vec<String>,
}

pub fn list(context: &Context, as_json: bool) -> Result<Report, Error> {
    let (_, _, current) = context.read()?;
    let catalog = context.state().catalog();
    let rows = rows(&current, catalog.as_ref());
    let lang = context.lang;
    if as_json {
        let pools: Vec<Value> = rows.iter().map(Row::json).collect();
        return Ok(Report::json(&json!({ "count": pools.len(), "pools": pools })));
    }
    if context.plain {
        let lines = rows.iter().map(|row| {
            let name = row.name.as_deref().unwrap_or("-");
            clean::line(&format!("{name} {}", reference(&row.pool.id()))) + "\n"
        });
        return Ok(Report::text(lines.collect::<String>()));
    }
    let mut out = text::pools_count(lang, rows.len()) + "\n";
    for row in &rows {
        out.push_str(&row.words(lang));
    }
    Ok(Report::text(out))
}

fn rows(current: &Current, catalog: Option<&Catalog>) -> Vec<Row> {
    let configured = &current.configured;
    let used = configured.primary.iter().chain(&configured.fallbacks).chain(&configured.image);
    let ids = used.chain(configured.aliases.iter().map(|alias| &alias.target)).filter_map(|target| id_of(target));
    let ids = configured.registered.iter().map(String::as_str).chain(ids);
    let mut rows: Vec<Row> = Vec::new();
    for id in ids {
        let is_model = catalog.is_some_and(|catalog| catalog.get(id).is_some());
        let Some(pool) = Pool::parse(id).filter(|_| !is_model) else { continue };
        if rows.iter().any(|row| row.pool == pool) {
            continue;
        }
        let key = reference(id);
        let known = known(current, catalog);
        let members = || pool.members.iter().filter_map(|id| known.iter().find(|model| *model.id == **id));
        rows.push(Row {
            name: configured.aliases.iter().find(|alias| alias.target == key).map(|alias| alias.name.clone()),
            served: catalog.map(|list| pool.members.iter().map(|id| list.get(id).is_some()).collect()),
            facts: pool.facts(members()),
            range: pool.price_range(members()),
            tags: models::roles(&key, configured),
            pool,
        });
    }
    rows
}

/// Facts of single models, the newest first.
fn known(current: &Current, catalog: Option<&Catalog>) -> Vec<Arc<Model>> {
    let listed = catalog.iter().flat_map(|catalog| &catalog.models);
    listed.chain(&current.models).chain(&crate::chutes::bundled::catalog().models).cloned().collect()
}

impl Row {
    fn json(&self) -> Value {
        let price =
            |price: Price| json!({ "input": price.input, "output": price.output, "cacheRead": price.cache_read });
        let members: Vec<Value> = self
            .pool
            .members
            .iter()
            .enumerate()
            .map(|(at, id)| json!({ "key": reference(id), "served": self.served.as_ref().map(|served| served[at]) }))
            .collect();
        json!({
            "name": self.name,
            "key": reference(&self.pool.id()),
            "order": self.pool.order.name(),
            "members": members,
            "served": self.served.as_ref().map(|served| served.iter().filter(|served| **served).count()),
            "contextWindow": self.facts.context,
            "maxTokens": self.facts.max_output,
            "input": self.facts.input.as_deref(),
            "reasoning": self.facts.reasoning,
            "tools": self.facts.tools,
            "pricing": { "from": price(self.range.0), "to": price(self.range.1) },
            "tags": self.tags,
        })
    }

    fn words(&self, lang: Lang) -> String {
        let name = self.name.clone().unwrap_or_else(|| "-".to_owned());
        let mut parts = vec![order_words(self.pool.order, lang).to_owned()];
        parts.extend(
            self.served.as_ref().map(|served| {
                text::members_served(lang, served.iter().filter(|served| **served).count(), served.len())
            }),
        );
        parts.push(range_words(self.range, lang));
        parts.extend(self.tags.iter().cloned());
        let mut out = format!("- {} ({})\n", clean::line(&name), parts.join(" · "));
        for (at, id) in self.pool.members.iter().enumerate() {
            let gone = self.served.as_ref().is_some_and(|served| !served[at]);
            let mark = if gone { format!(" ({})", text::not_served(lang)) } else { String::new() };
            out.push_str(&format!("    {}{mark}\n", clean::line(&reference(id))));
        }
        out
    }
}

/// `$0.14–$1.25 in, $0.28–$3.95 out`.
pub fn range_words((low, high): (Price, Price), lang: Lang) -> String {
    let span = |low: Option<f64>, high: Option<f64>| match (low, high) {
        (Some(low), Some(high)) if (low - high).abs() < 1e-9 => dollars(low),
        (Some(low), Some(high)) => format!("{}-{}", dollars(low), dollars(high)),
        _ => "?".to_owned(),
    };
    text::price_in_out(lang, span(low.input, high.input), span(low.output, high.output))
}

pub fn add(context: &Context, name: &str, members: &[String], order: Order, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let catalog = context.state().catalog();
    let name = name.trim();
    let mut ids = Vec::new();
    for member in members {
        let target = resolve_known(member, &current, catalog.as_ref())?;
        let Some(id) = id_of(&target) else { return Err(Error::NotChutes { reference: target }) };
        // A pool stands for its members.
        match Pool::parse(id).filter(|_| catalog.as_ref().is_none_or(|list| list.get(id).is_none())) {
            Some(pool) => ids.extend(pool.members),
            None => ids.push(id.to_owned()),
        }
    }
    let pool = Pool::of(ids, order).map_err(|problem| Error::Pool(PoolError::Members(problem)))?;
    let target = reference(&pool.id());
    let known_ids = current.models.iter().chain(catalog.iter().flat_map(|catalog| &catalog.models)).map(|m| &*m.id);
    if name.is_empty() {
        return Err(Error::Alias { name: String::new(), problem: Problem::Character(' ') });
    }
    // The name of a pool may be given to other members; that of a model may not.
    let names_pool = |alias: &Alias| id_of(&alias.target).is_some_and(|id| Pool::parse(id).is_some());
    let others: Vec<Alias> = current.configured.aliases.iter().filter(|alias| !names_pool(alias)).cloned().collect();
    check(name, &target, &others, &current.configured.providers, known_ids)
        .map_err(|problem| Error::Alias { name: name.to_owned(), problem })?;

    let mut warnings = Vec::new();
    let lang = context.lang;
    if let Some(list) = &catalog {
        for id in pool.members.iter().filter(|id| list.get(id).is_none()) {
            let message = text::warn_member_not_served(lang, clean::line(&reference(id)));
            warnings.push(Warning { code: "pool-member-not-served", message });
        }
    }
    let latency = prove(context, &site, &current, &pool, &mut warnings)?;
    let old: Vec<String> =
        selection.aliases.iter().filter(|a| same_name(&a.name, name)).map(|a| a.target.clone()).collect();
    selection.aliases.retain(|alias| alias.target != target && !same_name(&alias.name, name));
    selection.aliases.push(Alias { name: name.to_owned(), target: target.clone() });
    // Whatever used the pool of that name uses this one.
    let chosen = std::iter::once(&mut selection.primary).chain(&mut selection.fallbacks).chain(&mut selection.image);
    chosen.filter(|used| old.contains(used)).for_each(|used| used.clone_from(&target));
    selection.registered.retain(|model| !old.contains(&model.reference()));
    selection.authoritative = !old.is_empty();
    selection.register(&target, catalog.as_ref());
    let line = text::pool_line(lang, name, clean::line(&target));
    let facts = json!({
        "pool": name,
        "target": target,
        "order": pool.order.name(),
        "members": pool.members.iter().map(|id| reference(id)).collect::<Vec<_>>(),
        "verified": latency.is_some(),
        "latencyMs": latency,
    });
    models::apply(context, &site, &current, selection, Change { line, facts, warnings }, as_json)
}

/// One call through the pool, before anything is written: how long it took. None: nothing stands against it,
/// and `warnings` says why it was not proven.
fn prove(
    context: &Context,
    site: &Site,
    current: &Current,
    pool: &Pool,
    warnings: &mut Vec<Warning>,
) -> Result<Option<u64>, Error> {
    let endpoints = service::endpoints(context, current)?;
    let lang = context.lang;
    let mut unproven = |code, message| {
        warnings.push(Warning { code, message });
        Ok(None)
    };
    let secret = match service::stored_secret(site, &endpoints)? {
        Ok(Some(secret)) => secret,
        Ok(None) => return unproven("unverified", text::warn_pool_no_credential(lang).to_owned()),
        Err(error) => return unproven("unverified", error.message(lang)),
    };
    match signals::until_interrupted(verify(&Client::new(endpoints), &secret, &pool.id()))? {
        Verdict::Works { latency_ms, .. } => Ok(Some(latency_ms)),
        Verdict::Refused(failure) => Err(Error::CredentialRefused(failure)),
        Verdict::NotServed(failure) => Err(Error::ModelNotServed { model: reference(&pool.id()).into(), failure }),
        Verdict::NoBalance(failure) => unproven("balance", cli::warn_balance(lang, failure.message(lang))),
        Verdict::Unverified(failure) => unproven("unverified", cli::warn_unverified(lang, failure.message(lang))),
    }
}

pub fn remove(context: &Context, name: &str, as_json: bool) -> Result<Report, Error> {
    let (site, _, current) = context.read()?;
    let mut selection = models::selection_of(&current)?;
    let named = current.configured.aliases.iter().find(|alias| same_name(&alias.name, name));
    let target =
        named.map_or_else(|| reference(id_of(name.trim()).unwrap_or(name.trim())), |alias| alias.target.clone());
    let id = id_of(&target).unwrap_or_default();
    if Pool::parse(id).is_none() || !rows(&current, None).iter().any(|row| row.pool.id() == id) {
        return Err(Error::Pool(PoolError::Unknown { name: name.to_owned() }));
    }
    if selection.primary == target {
        return Err(Error::Pool(PoolError::IsDefault { name: name.to_owned() }));
    }
    selection.aliases.retain(|alias| alias.target != target);
    selection.fallbacks.retain(|fallback| *fallback != target);
    selection.image = selection.image.filter(|image| *image != target);
    selection.registered.retain(|model| *model.id != *id);
    // Every other entry is in the selection, so nothing else goes.
    selection.authoritative = true;
    let line = text::pool_removed_line(context.lang, clean::line(name));
    let facts = json!({ "pool": name, "target": target });
    models::apply(context, &site, &current, selection, Change { line, facts, warnings: Vec::new() }, as_json)
}
