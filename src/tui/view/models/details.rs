//! The details of the row under the cursor: everything that is known, whatever the table has room for.

use super::words;
use crate::chutes::model::{Model, Price};
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::selection::cost::{dollars, percent};
use crate::selection::words::{brief_usage, health_words, order_words};
use crate::texts::{Lang, choose as c, wizard as t};
use crate::tui::format::{cut, fit, grouped, price};
use crate::tui::view::View;
use crate::tui::view::page::Page;
use crate::wizard::models::Models;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// In `rows` rows.
pub fn draw(view: &View, models: &Models, rows: usize, page: &mut Page) {
    let end = page.height() + rows;
    let (theme, lang) = (&view.theme, view.lang);
    let Some(at) = models.described() else { return };
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
        // At the right edge, where it stays when the row changes.
        let gap = width - reference.width() - state.width();
        page.drawn(
            Line::from(vec![
                // In the colour of the pointer: this is the row it is on.
                Span::styled(reference, theme.accent),
                Span::raw(" ".repeat(gap)),
                Span::styled(state, style),
            ]),
            None,
        );
    } else {
        page.text(&reference, theme.accent);
    }
    let roomy = width >= 72;
    let mut more = abilities(model, lang);
    more.extend(uses(models, model, lang));
    if !beside {
        more.insert(0, state.to_owned());
    }
    let (figures, limits) = (market(models, model, lang), limits(model, lang, roomy));
    // Whoever chooses looks at what runs and what it costs before the limits, which the table has too.
    let [second, third] = match figures.is_empty() {
        true => [limits.join(&dot), more.join(&dot)],
        false => [figures.join(&dot), limits.into_iter().chain(more).collect::<Vec<_>>().join(&dot)],
    };
    let lines = [prices(view, model.price, roomy), second, third];
    if roomy {
        // Each in its place, so that rows are compared by looking at one spot.
        for line in lines.iter().take(2) {
            page.drawn(Line::styled(cut(line, width, theme.glyphs.ellipsis), theme.quiet), None);
        }
    }
    let rest = match lines {
        [_, _, last] if roomy => last,
        lines => lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(&dot),
    };
    for line in fit(&view.safe(&rest), width, end.saturating_sub(page.height()), theme.glyphs.ellipsis) {
        page.drawn(Line::styled(line, theme.quiet), None);
    }
}

/// Beside the table: one thing a line, so that rows are compared by looking at one spot.
pub fn beside(models: &Models, page: &mut Page) {
    let (view, lang) = (page.view, page.view.lang);
    let Some(at) = models.described() else { return };
    let model = &models.models[at];
    // In the colour of the pointer: this is the row it is on.
    for line in fit(&view.safe(&model.reference()), page.width(), 3, view.theme.glyphs.ellipsis) {
        page.drawn(Line::styled(line, view.theme.accent), None);
    }
    match models.served(at) {
        Some(true) => page.text(t::models_served(lang), view.theme.quiet),
        Some(false) => page.text(t::models_not_served(lang), view.theme.error),
        None => page.text(t::models_unverified(lang), view.theme.quiet),
    }
    let groups = [
        uses(models, model, lang),
        market(models, model, lang),
        prices_in_lines(view, model.price),
        limits(model, lang, false),
        abilities(model, lang),
    ];
    for group in groups.iter().filter(|group| !group.is_empty()) {
        page.gap();
        for text in group {
            page.text(text, view.theme.quiet);
        }
    }
}

/// What tells one model from the others, in a short line.
pub fn brief(models: &Models, at: usize, lang: Lang) -> String {
    let model = &models.models[at];
    let mut parts = vec![clean::excerpt(&model.id, 80)];
    parts.extend((models.served(at) == Some(false)).then(|| t::models_not_served(lang).to_owned()));
    if models.is_primary(&model.id) {
        parts.push(t::models_default(lang).to_owned());
    }
    parts.extend(models.fallback_place(&model.id).map(|place| t::models_fallback(lang, place)));
    if models.is_image(&model.id) {
        parts.push(t::models_detail_image(lang).to_owned());
    }
    parts.extend(models.alias_of(&model.id).map(|alias| t::models_detail_alias(lang, clean::line(alias))));
    if models.left_out.contains(&*model.id) {
        parts.push(t::models_left_out(lang).to_owned());
    }
    parts.extend(model.context.map(|tokens| t::plain_context(lang, tokens_said(tokens.get(), lang))));
    parts.extend(model.price.input.map(|usd| t::plain_in(lang, price(usd))));
    parts.extend(model.price.output.map(|usd| t::plain_out(lang, price(usd))));
    let can = [
        (model.reasoning, t::models_detail_reasoning(lang)),
        (Some(model.vision()), t::plain_vision(lang)),
        (model.tools, t::models_detail_tools(lang)),
        (model.tee, "TEE"),
    ];
    parts.extend(can.into_iter().filter(|(has, _)| *has == Some(true)).map(|(_, name)| name.to_owned()));
    parts.extend(tested(models, model, lang));
    parts.join(", ")
}

/// `203 thousand`, `1.0 million`.
fn tokens_said(tokens: u64, lang: Lang) -> String {
    match tokens {
        0..1_000 => tokens.to_string(),
        1_000..999_500 => t::plain_thousand(lang, (tokens + 500) / 1000),
        _ => {
            let tenths = tokens.saturating_add(50_000) / 100_000;
            t::plain_million(lang, format!("{}.{}", tenths / 10, tenths % 10))
        }
    }
}

/// Everything about one model in a line.
pub fn sentence(view: &View, models: &Models, at: usize) -> String {
    let lang = view.lang;
    let model = &models.models[at];
    let gone = models.served(at) == Some(false);
    let mut parts = vec![cut(&clean::line(&model.reference()), 160, view.theme.glyphs.ellipsis)];
    parts.extend(gone.then(|| t::models_not_served(lang).to_owned()));
    parts.extend(uses(models, model, lang));
    parts.extend(limits(model, lang, false));
    parts.extend(market(models, model, lang));
    parts.extend(abilities(model, lang));
    parts.push(prices(view, model.price, false));
    parts.join(", ")
}

/// To the last digit.
fn prices(view: &View, of: Price, roomy: bool) -> String {
    if of == Price::default() {
        return t::models_detail_no_price(view.lang).to_owned();
    }
    let known =
        |usd: Option<f64>| usd.map_or_else(|| view.theme.glyphs.unknown.to_owned(), |usd| format!("${}", price(usd)));
    let (input, output, cache) = (known(of.input), known(of.output), known(of.cache_read));
    if roomy {
        t::models_detail_price(view.lang, format!("{input:<8}"), format!("{output:<8}"), cache)
    } else {
        t::models_detail_price_brief(view.lang, input, output, cache)
    }
}

/// [`prices`], a line for each.
fn prices_in_lines(view: &View, of: Price) -> Vec<String> {
    let lang = view.lang;
    let mut lines: Vec<String> = [(of.input, t::models_column_in(lang)), (of.output, t::models_column_out(lang))]
        .into_iter()
        .chain([(of.cache_read, t::models_column_cache(lang))])
        .filter_map(|(usd, name)| Some(c::price_line(lang, name, price(usd?))))
        .collect();
    lines.push(if lines.is_empty() { t::models_detail_no_price(lang) } else { c::per_million(lang) }.to_owned());
    lines
}

fn limits(model: &Model, lang: Lang, roomy: bool) -> Vec<String> {
    let pad = |width: usize, tokens: u64| {
        let width = if roomy { width } else { 0 };
        format!("{:>width$}", grouped(tokens))
    };
    let mut limits = Vec::new();
    limits.extend(model.context.map(|tokens| t::models_detail_context(lang, pad(9, tokens.get()))));
    limits.extend(model.max_output.map(|tokens| t::models_detail_output(lang, pad(7, tokens.get()))));
    if limits.is_empty() && model.input.is_none() {
        limits.push(t::models_detail_unknown(lang).to_owned());
    }
    // What differs most from row to row comes last: less has to be sent again.
    limits.extend((model.tee == Some(true)).then(|| "TEE".to_owned()));
    limits.extend(model.quantization.as_deref().map(|name| clean::line(name)));
    limits.extend(model.input.as_ref().map(|input| clean::line(&input.join(", "))));
    limits
}

fn abilities(model: &Model, lang: Lang) -> Vec<String> {
    let can = [
        (model.reasoning, t::models_detail_reasoning(lang)),
        (model.tools, t::models_detail_tools(lang)),
        (model.json, t::models_detail_json(lang)),
    ];
    let can: Vec<&str> = can.into_iter().filter(|(has, _)| *has == Some(true)).map(|(_, name)| name).collect();
    if can.is_empty() { Vec::new() } else { vec![can.join(", ")] }
}

/// What runs, how fast, and what a day costs.
fn market(models: &Models, model: &Model, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(pool) = models.pool_of(&model.id) {
        let (served, all) = models.members_served(&pool);
        parts.push(c::members_served(lang, served, all));
        parts.push(order_words(pool.order, lang).to_owned());
    }
    parts.extend(models.mark_of(&model.id).map(|place| c::marked(lang, place)));
    let Some(health) = models.health_of(model) else { return parts };
    parts.extend(health_words(health, lang));
    parts.extend(models.usage.cost(model.price).map(|usd| {
        let left = models.account.as_ref().and_then(|account| account.left());
        match left.and_then(|left| percent(usd, left)) {
            Some(share) => c::day_of_left(lang, brief_usage(models.usage, lang), dollars(usd), share),
            None => c::day(lang, brief_usage(models.usage, lang), dollars(usd)),
        }
    }));
    parts
}

/// What the model is used for.
fn uses(models: &Models, model: &Model, lang: Lang) -> Vec<String> {
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
    if models.left_out.contains(&*model.id) {
        uses.push(t::models_detail_left_out(lang).to_owned());
    }
    if models.favourites.contains(&*model.id) {
        uses.push(t::models_favourite(lang).to_owned());
    }
    uses.extend(tested(models, model, lang));
    uses
}

/// What a test call of this run showed.
fn tested(models: &Models, model: &Model, lang: Lang) -> Option<String> {
    Some(match models.tested.get(&*model.id)? {
        Verdict::Works { latency_ms, .. } => t::models_detail_tested(lang, latency_ms),
        verdict => verdict.failure()?.message(lang),
    })
}
