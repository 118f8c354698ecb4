//! `models recommend`: what to take for a purpose, and why.

use super::context::Context;
use super::error::Error;
use super::report::{Report, Warning, warnings_json};
use super::service;
use crate::chutes::client::Client;
use crate::chutes::health::State;
use crate::chutes::model::{Catalog, Source};
use crate::clean;
use crate::openclaw::read::current::Current;
use crate::selection::cost::Usage;
use crate::selection::recommend::{Purpose, Recommendation, recommend};
use crate::selection::words::{reason, usage_words};
use crate::texts::{Lang, choose as text, cli};
use serde_json::{Value, json};

pub fn run(context: &Context, purpose: Purpose, as_json: bool) -> Result<Report, Error> {
    let (_, _, current) = context.read()?;
    let client = Client::new(service::endpoints(context, &current)?);
    let (listed, health) = service::list_and_health(&client)?;
    let lang = context.lang;
    let mut warnings = Vec::new();
    let catalog = match listed {
        Ok(live) => live,
        Err(failure) => {
            let kept = known(context, &current);
            let message = cli::warn_catalog_fallback(lang, failure.message(lang), kept.models.len());
            warnings.push(Warning { code: "catalog-fallback", message });
            kept
        }
    };
    let rows = recommend(purpose, &catalog.models, &health);
    if as_json {
        return Ok(Report::json(&json!({
            "for": purpose.name(),
            "recommendations": rows.iter().map(|row| row_json(row, lang)).collect::<Vec<Value>>(),
            "catalog": { "source": catalog.source.name(), "models": catalog.models.len() },
            "usage": usage_json(Usage::default()),
            "warnings": warnings_json(&warnings),
        })));
    }
    if context.plain {
        return Ok(Report::text(rows.iter().map(|row| clean::line(&row.model.reference()) + "\n").collect::<String>())
            .warn(&warnings, lang));
    }
    if rows.is_empty() {
        return Ok(Report::text(text::recommend_none(lang, purpose.name()) + "\n").warn(&warnings, lang));
    }
    let mut out = String::new();
    for row in &rows {
        out.push_str(&format!("{}\n  {}\n", clean::line(&row.model.reference()), reason(row, lang)));
    }
    out.push_str(&format!("\n{}\n", usage_words(Usage::default(), lang)));
    Ok(Report::text(out).warn(&warnings, lang))
}

/// The last list of the service, else what is built in, after what the config says itself.
fn known(context: &Context, current: &Current) -> Catalog {
    let built_in = crate::chutes::bundled::catalog().beside(&current.models);
    context.state().catalog().filter(|kept| kept.source == Source::Cache).unwrap_or(built_in)
}

fn row_json(row: &Recommendation, lang: Lang) -> Value {
    let model = &row.model;
    json!({
        "key": model.reference(),
        "merit": row.merit.name(),
        "place": row.place,
        "of": row.of,
        "reason": reason(row, lang),
        "pricing": { "input": model.price.input, "output": model.price.output, "cacheRead": model.price.cache_read },
        "contextWindow": model.context,
        "maxTokens": model.max_output,
        "reasoning": model.reasoning,
        "day": Usage::default().cost(model.price),
        "health": row.health.map(|health| json!({
            "state": health.state().map(state_name),
            "instances": health.instances,
            "busy": health.busy,
            "refused": health.refused,
            "ttft": health.ttft,
            "tps": health.tps,
        })),
    })
}

/// As in JSON documents.
pub fn state_name(state: State) -> &'static str {
    match state {
        State::Up => "up",
        State::Crowded => "crowded",
        State::Asleep => "asleep",
    }
}

fn usage_json(usage: Usage) -> Value {
    json!({ "input": usage.input, "output": usage.output, "calls": usage.calls })
}
