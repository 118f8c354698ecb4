//! The details of the row under the cursor: everything that is known, whatever the table has room for.

use super::words;
use crate::chutes::model::{Model, Price};
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::texts::{Lang, wizard as t};
use crate::tui::format::{cut, grouped, price};
use crate::tui::view::{Page, View};
use crate::wizard::models::Models;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

pub fn draw(view: &View, models: &Models, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let Some(&at) = models.view.get(models.cursor) else { return };
    let model = &models.models[at];
    let dot = format!(" {} ", theme.glyphs.dot);
    let (state, style) = match models.served(at) {
        Some(true) => (t::models_served(lang), theme.quiet),
        Some(false) => (t::models_not_served(lang), theme.error),
        None => (t::models_unverified(lang), theme.quiet),
    };
    let width = page.width();
    // A ref of two lines is a long one; what is longer still cannot be meant to be read.
    let reference = cut(&clean::line(&model.reference()), width * 2, theme.glyphs.ellipsis);
    let beside = reference.width() + 2 + state.width() <= width;
    if beside {
        page.line(Line::from(vec![Span::styled(reference, theme.title), Span::raw("  "), Span::styled(state, style)]));
    } else {
        page.text(&reference, theme.title);
    }
    let mut facts = facts(model, lang);
    if !beside {
        facts.insert(0, state.to_owned());
    }
    let prices = prices(view, model.price);
    let uses = uses(models, model, lang, &dot);
    let apart = [facts.join(&dot), prices.clone(), uses.clone()];
    if apart.iter().all(|line| line.width() <= width) {
        apart.iter().filter(|line| !line.is_empty()).for_each(|line| page.text(line, theme.quiet));
        return;
    }
    // Narrow: everything in one paragraph.
    facts.push(prices);
    if !uses.is_empty() {
        facts.push(uses);
    }
    page.text(&facts.join(&dot), theme.quiet);
}

/// Everything about one model in a line.
pub fn sentence(view: &View, models: &Models, at: usize) -> String {
    let lang = view.lang;
    let model = &models.models[at];
    let state = match models.served(at) {
        Some(false) => Some(t::models_not_served(lang).to_owned()),
        _ => None,
    };
    let uses = Some(uses(models, model, lang, ", ")).filter(|uses| !uses.is_empty());
    let parts = [cut(&clean::line(&model.reference()), 160, "..")].into_iter().chain(state).chain(uses);
    parts.chain(facts(model, lang)).chain([prices(view, model.price)]).collect::<Vec<_>>().join(", ")
}

fn facts(model: &Model, lang: Lang) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(model.context.map(|tokens| t::models_detail_context(lang, grouped(tokens))));
    facts.extend(model.max_output.map(|tokens| t::models_detail_output(lang, grouped(tokens))));
    facts.extend(model.input.as_ref().map(|input| clean::line(&input.join(", "))));
    let can = [
        (model.reasoning, t::models_detail_reasoning(lang)),
        (model.tools, t::models_detail_tools(lang)),
        (model.json, t::models_detail_json(lang)),
    ];
    let can: Vec<&str> = can.into_iter().filter(|(has, _)| *has == Some(true)).map(|(_, name)| name).collect();
    if !can.is_empty() {
        facts.push(can.join(", "));
    }
    if facts.is_empty() {
        facts.push(t::models_detail_unknown(lang).to_owned());
    }
    if model.tee == Some(true) {
        facts.push("TEE".to_owned());
    }
    facts.extend(model.quantization.as_deref().map(clean::line));
    facts
}

/// To the last digit.
fn prices(view: &View, of: Price) -> String {
    if of == Price::default() {
        return t::models_detail_no_price(view.lang).to_owned();
    }
    let known = |usd: Option<f64>| usd.map_or_else(|| view.theme.glyphs.unknown.to_owned(), price);
    t::models_detail_price(view.lang, known(of.input), known(of.output), known(of.cache_read))
}

/// What the model is used for.
fn uses(models: &Models, model: &Model, lang: Lang, dot: &str) -> String {
    let mut uses: Vec<String> = Vec::new();
    if models.is_primary(&model.id) {
        uses.push(t::models_default(lang).to_owned());
        if !models.fallbacks.is_empty() {
            let chain: Vec<String> = models.fallbacks.iter().map(|target| words::short(target)).collect();
            uses.push(t::models_detail_chain(lang, clean::line(&chain.join(", "))));
        }
    }
    if let Some(alias) = models.alias_of(&model.id) {
        let name = clean::line(alias);
        uses.push(if models.is_repaired(alias) {
            t::models_detail_alias_repaired(lang, name)
        } else if models.is_documented(alias) {
            t::models_detail_alias_documented(lang, name)
        } else {
            t::models_detail_alias(lang, name)
        });
    }
    uses.extend(models.fallback_place(&model.id).map(|place| t::models_fallback(lang, place)));
    if models.is_image(&model.id) {
        uses.push(t::models_detail_image(lang).to_owned());
    }
    if models.left_out.contains(&model.id) {
        uses.push(t::models_detail_left_out(lang).to_owned());
    }
    if models.favourites.contains(&model.id) {
        uses.push(t::models_favourite(lang).to_owned());
    }
    if let Some(Verdict::Works { latency_ms, .. }) = models.tested.get(&model.id) {
        uses.push(t::models_detail_tested(lang, latency_ms))
    }
    uses.join(dot)
}
