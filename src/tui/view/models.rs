//! Models: the table, the row being edited, what waits for a decision, the details of the row.

use super::{Page, View, left, right};
use crate::chutes::model::{Model, Source, id_of};
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::selection::Refusal;
use crate::selection::alias::Problem;
use crate::selection::propose::Note;
use crate::selection::successor::Reason;
use crate::texts::{Lang, wizard as t};
use crate::tui::format::{clock, cut, grouped, model_id, price, price_column, tokens};
use crate::wizard::Wizard;
use crate::wizard::filter::Ranker;
use crate::wizard::models::{Models, Notice, Sort, decision};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// Lines below the table: what waits or answers, then the details.
const NEWS_ROWS: u16 = 2;
const DETAIL_ROWS: u16 = 3;

/// Rows of the table in a body of this height.
pub fn table_rows(_wizard: &Wizard, height: u16, roomy: bool) -> u16 {
    let around = if roomy { 1 + 1 + 1 + 1 + NEWS_ROWS + DETAIL_ROWS } else { 1 + 1 + 2 };
    height.saturating_sub(around).max(1)
}

pub fn draw(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let Some(models) = &wizard.models else { return };
    let mut page = Page::new(area, view);
    heading(view, models, &mut page);
    let columns = Columns::for_width(page.width(), models.alias_width());
    if roomy {
        page.blank();
        page.line(columns.heading(view));
    }
    table(view, models, &columns, usize::from(table_rows(wizard, area.height, roomy)), &mut page);
    if roomy {
        page.blank();
    }
    let start = page.height();
    news(view, models, &mut page);
    let news_rows = usize::from(if roomy { NEWS_ROWS } else { 1 });
    page.lines.truncate(start + news_rows);
    while page.height() < start + news_rows {
        page.blank();
    }
    details(view, models, &mut page);
    page.render(frame);
}

/// `14 models, live 12:03   / filter          sort: name ▴   14 of 14`
fn heading(view: &View, models: &Models, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let when = models.fetched_at.map(|ms| clock(ms, view.now_ms, &view.zone)).unwrap_or_default();
    let source = match models.source {
        Source::Live => t::models_source_live(lang, models.listed, when),
        Source::Cache => t::models_source_cache(lang, models.listed, when),
        Source::Bundled => t::models_source_bundled(lang, models.listed),
    };
    let sort = match models.sort {
        Sort::Name => t::models_sort_name(lang),
        Sort::Context => t::models_sort_context(lang),
        Sort::PriceIn => t::models_sort_in(lang),
        Sort::PriceOut => t::models_sort_out(lang),
        Sort::PriceCache => t::models_sort_cache(lang),
    };
    let (shown, total) = (models.view.len(), models.models.len());
    let mut count = t::models_shown(lang, shown, total);
    if shown < total {
        count = format!("{count}, {}", t::models_hidden(lang, total - shown));
    }
    let width = page.width();
    let sorted = t::models_sort(lang, sort);
    let whole = format!("{sorted}   {count}");
    // The source says whether to trust the list, the count what is hidden: both stay; the sort goes first.
    let right_part = if source.width() + 3 + 14 + whole.width() <= width { whole } else { count };
    let right_width = right_part.width();
    let filter_room = width.saturating_sub(source.width() + right_width + 6);
    let source_style = if models.source == Source::Live { Style::new() } else { theme.warning };
    let mut spans = vec![Span::styled(cut(&source, width, theme.glyphs.ellipsis), source_style)];
    let mut used = source.width();
    let filtering = models.filter_open || !models.filter.is_empty();
    if filtering {
        let text = clean::line(models.filter.text());
        let shown_text = cut(&text, filter_room.saturating_sub(3), theme.glyphs.ellipsis);
        spans.push(Span::raw("   "));
        spans.push(Span::styled("/ ", theme.key));
        let style = if models.filter_open { theme.field } else { Style::new() };
        spans.push(Span::styled(shown_text.clone(), style));
        used += 5 + shown_text.width();
    } else if filter_room >= t::models_filter(lang).width() + 2 {
        spans.push(Span::styled("   / ", theme.key));
        spans.push(Span::styled(t::models_filter(lang), theme.quiet));
        used += 5 + t::models_filter(lang).width();
    }
    if used + 2 + right_width <= width {
        spans.push(Span::raw(" ".repeat(width - used - right_width)));
        spans.push(Span::styled(right_part, theme.quiet));
    }
    page.line(Line::from(spans));
    if models.filter_open {
        page.cursor_at((source.width() + 5 + models.filter.cursor_width()).min(width.saturating_sub(1)));
    }
}

/// Which columns there is room for. They go in a fixed order as the window narrows: cache price,
/// capabilities, output price, input price, context.
struct Columns {
    name: usize,
    tags: usize,
    context: bool,
    price_in: bool,
    price_out: bool,
    cache: bool,
    can: bool,
}

const CONTEXT: usize = 5;
const PRICE: usize = 6;
const CAN: usize = 4;
/// Pointer and warning before the name.
const MARK: usize = 2;

impl Columns {
    fn for_width(width: usize, tags_wanted: usize) -> Columns {
        let tags = tags_wanted.clamp(11, 22).min(width / 3);
        let mut columns =
            Columns { name: 0, tags, context: true, price_in: true, price_out: true, cache: true, can: true };
        let longest_useful = 27;
        for drop in 0..=5 {
            match drop {
                1 => columns.cache = false,
                2 => columns.can = false,
                3 => columns.price_out = false,
                4 => columns.price_in = false,
                5 => columns.context = false,
                _ => {}
            }
            let name = width.saturating_sub(MARK + columns.fixed());
            if name >= longest_useful || (drop >= 1 && name >= 20) || drop == 5 {
                columns.name = name.min(56);
                break;
            }
        }
        columns
    }

    /// Columns taken by everything but mark and name.
    fn fixed(&self) -> usize {
        let of = |there: bool, width: usize| if there { width + 1 } else { 0 };
        self.tags
            + 1
            + of(self.context, CONTEXT)
            + of(self.price_in, PRICE)
            + of(self.price_out, PRICE)
            + of(self.cache, PRICE)
            + of(self.can, CAN + 1)
    }

    fn heading(&self, view: &View) -> Line<'static> {
        let lang = view.lang;
        let mut text = format!(
            "{:MARK$}{} {}",
            "",
            left(t::models_column_model(lang), self.name, ""),
            left(t::models_column_alias(lang), self.tags, "")
        );
        for (there, name, width) in [
            (self.context, t::models_column_context(lang), CONTEXT),
            (self.price_in, t::models_column_in(lang), PRICE),
            (self.price_out, t::models_column_out(lang), PRICE),
            (self.cache, t::models_sort_cache(lang).rsplit(' ').next().unwrap_or_default(), PRICE),
        ] {
            if there {
                text.push(' ');
                text.push_str(&right(name, width));
            }
        }
        if self.can {
            text.push_str("  ");
            text.push_str(t::models_column_can(lang));
        }
        Line::styled(text, view.theme.quiet)
    }
}

fn table(view: &View, models: &Models, columns: &Columns, rows: usize, page: &mut Page) {
    if models.view.is_empty() {
        page.text(t::models_no_match(view.lang), view.theme.warning);
    }
    let first = first_shown(models.cursor, models.view.len(), rows);
    let mut ranker = models.query().has_text().then(|| (Ranker::pattern(models.query()), Ranker::default()));
    let start = page.height();
    for (place, &at) in models.view.iter().enumerate().skip(first).take(rows) {
        let matched = match &mut ranker {
            Some((pattern, ranker)) => ranker.highlight(pattern, &models.models[at].id),
            None => Vec::new(),
        };
        row(view, models, columns, at, place == models.cursor, &matched, page);
    }
    let shown = page.height().saturating_sub(start);
    for _ in shown..rows {
        page.blank();
    }
}

/// The cursor stays in the middle third of a long list; the window moves only when it must.
fn first_shown(cursor: usize, total: usize, rows: usize) -> usize {
    if total <= rows {
        return 0;
    }
    cursor.saturating_sub(rows / 2).min(total - rows)
}

fn row(view: &View, models: &Models, columns: &Columns, at: usize, here: bool, matched: &[usize], page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let model = &models.models[at];
    let gone = models.served(at) == Some(false);
    let out = models.left_out.contains(&model.id);
    let mark = match (here, gone) {
        (true, _) => Span::styled(format!("{} ", theme.glyphs.pointer), theme.accent),
        (false, true) => Span::styled(format!("{} ", theme.glyphs.warning), theme.error),
        (false, false) if models.favourites.contains(&model.id) => {
            Span::styled(format!("{} ", theme.glyphs.star), theme.accent)
        }
        (false, false) => Span::raw("  "),
    };
    let style = if gone || out {
        theme.quiet
    } else if here {
        theme.title
    } else {
        Style::new()
    };
    let mut spans = vec![mark];
    spans.extend(name_spans(view, &model.id, columns.name, style, matched));
    spans.push(Span::raw(" "));
    match models.editing.as_ref().filter(|edit| edit.row == at) {
        Some(edit) => {
            let cursor = MARK + columns.name + 1 + edit.line.cursor_width().min(columns.tags.saturating_sub(1));
            spans.push(Span::styled(left(&clean::line(edit.line.text()), columns.tags, ""), theme.field));
            page.line(Line::default());
            page.cursor_at(cursor);
            page.lines.pop();
        }
        None => {
            let tags = tags(models, &model.id, lang);
            spans.push(Span::styled(
                left(&tags, columns.tags, theme.glyphs.ellipsis),
                if gone { style } else { theme.accent },
            ));
        }
    }
    let unknown = theme.glyphs.unknown;
    let number = |text: Option<String>, width: usize| {
        let text = text.unwrap_or_else(|| unknown.to_owned());
        Span::styled(format!(" {}", right(&text, width)), style)
    };
    if columns.context {
        spans.push(number(model.context.map(tokens), CONTEXT));
    }
    for (there, usd) in [
        (columns.price_in, model.price.input),
        (columns.price_out, model.price.output),
        (columns.cache, model.price.cache_read),
    ] {
        if there {
            spans.push(number(usd.map(price_column), PRICE));
        }
    }
    if columns.can {
        let sign = |has: bool, letter: &'static str| if has { letter } else { " " };
        let can = format!(
            "  {}{}{}{}",
            sign(model.reasoning == Some(true), "r"),
            sign(model.vision(), "v"),
            sign(model.tools == Some(true), "t"),
            sign(model.tee == Some(true), "e"),
        );
        spans.push(Span::styled(can, if gone { style } else { theme.quiet }));
    }
    page.line(Line::from(spans));
}

fn name_spans(view: &View, id: &str, width: usize, style: Style, matched: &[usize]) -> Vec<Span<'static>> {
    let theme = &view.theme;
    let safe = clean::line(id);
    let shown = model_id(&safe, width, theme.glyphs.ellipsis);
    let pad = " ".repeat(width.saturating_sub(shown.width()));
    if matched.is_empty() || shown != safe {
        return vec![Span::styled(shown, style), Span::raw(pad)];
    }
    let mut spans = Vec::new();
    let mut run = String::new();
    let mut run_matched = false;
    for (at, c) in shown.chars().enumerate() {
        let hit = matched.binary_search(&at).is_ok();
        if hit != run_matched && !run.is_empty() {
            spans.push(Span::styled(std::mem::take(&mut run), if run_matched { theme.matched } else { style }));
        }
        run_matched = hit;
        run.push(c);
    }
    spans.push(Span::styled(run, if run_matched { theme.matched } else { style }));
    spans.push(Span::raw(pad));
    spans
}

/// What a row is: its alias, and its place among the choices.
fn tags(models: &Models, id: &str, lang: Lang) -> String {
    let mut tags: Vec<String> = Vec::new();
    if models.is_primary(id) {
        tags.push(t::models_default(lang).to_owned());
    }
    if let Some(alias) = models.alias_of(id) {
        tags.push(clean::line(alias));
    }
    if let Some(place) = models.fallback_place(id) {
        tags.push(t::models_fallback(lang, place));
    }
    if models.is_image(id) {
        tags.push(t::models_image(lang).to_owned());
    }
    if models.left_out.contains(id) {
        tags.push(t::models_left_out(lang).to_owned());
    }
    tags.join(" ")
}

impl Models {
    /// Widest entry of the alias column.
    fn alias_width(&self) -> usize {
        let primary = id_of(&self.primary).and_then(|id| self.alias_of(id)).map_or(0, |alias| alias.width() + 8);
        self.aliases.iter().map(|alias| alias.name.width()).max().unwrap_or(0).max(primary)
    }
}

/// What waits for a decision, or answers the last key: at most two lines.
fn news(view: &View, models: &Models, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    if let Some(edit) = &models.editing {
        if let Some(problem) = &edit.problem {
            page.sign(theme.glyphs.warning, &problem_words(problem, lang), theme.error);
        }
        return;
    }
    if models.asking {
        page.sign(theme.glyphs.warning, &t::models_asking(lang, models.pending.len()), theme.warning);
        return;
    }
    if let Some(notice) = &models.notice {
        let warns = !matches!(
            notice,
            Notice::AliasSet { .. } | Notice::AliasRemoved { .. } | Notice::AliasMoved { .. } | Notice::Took { .. }
        );
        let text = notice_words(notice, lang);
        if warns {
            page.sign(theme.glyphs.warning, &text, theme.warning)
        } else {
            page.text(&text, Style::new())
        }
        return;
    }
    let here = models.current().and_then(|model| models.pending_for(&model.id));
    if let Some(note) = here.or(models.pending.first()) {
        let mut text = proposal_words(models, note, lang);
        if here.is_some() {
            text = format!("{text}. {}", t::models_take(lang));
        }
        let others = models.pending.len() - 1;
        if others > 0 {
            text = format!("{text}; {}", t::models_more_proposals(lang, others));
        }
        page.sign(theme.glyphs.warning, &text, theme.warning);
        return;
    }
    if let Some(failure) = &models.failure {
        page.sign(theme.glyphs.warning, &failure.message(lang), theme.warning);
    } else if let Some(note) = models.notes.first() {
        page.sign(theme.glyphs.dot, &note_words(note, lang), theme.quiet);
    }
}

fn details(view: &View, models: &Models, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let Some(&at) = models.view.get(models.cursor) else { return };
    let model = &models.models[at];
    let dot = format!(" {} ", theme.glyphs.dot);
    let state = match models.served(at) {
        Some(true) => (t::models_served(lang), theme.quiet),
        Some(false) => (t::models_not_served(lang), theme.error),
        None => (t::models_unverified(lang), theme.quiet),
    };
    let reference = clean::line(&model.reference());
    let room = page.width().saturating_sub(state.0.width() + 2);
    page.line(Line::from(vec![
        Span::styled(cut(&reference, room.max(10), theme.glyphs.ellipsis), theme.title),
        Span::raw("  "),
        Span::styled(state.0, state.1),
    ]));
    page.text(&facts(model, lang, &dot), theme.quiet);
    let known = |usd: Option<f64>| usd.map_or_else(|| theme.glyphs.unknown.to_owned(), price);
    let prices = t::models_detail_price(
        lang,
        known(model.price.input),
        known(model.price.output),
        known(model.price.cache_read),
    );
    page.text(&prices, theme.quiet);
}

fn facts(model: &Model, lang: Lang, dot: &str) -> String {
    let mut facts = Vec::new();
    if let Some(context) = model.context {
        facts.push(t::models_detail_context(lang, grouped(context)));
    }
    if let Some(output) = model.max_output {
        facts.push(t::models_detail_output(lang, grouped(output)));
    }
    if let Some(input) = &model.input {
        facts.push(clean::line(&input.join(", ")));
    }
    let can: Vec<&str> = [
        (model.reasoning, t::models_detail_reasoning(lang)),
        (model.tools, t::models_detail_tools(lang)),
        (model.json, t::models_detail_json(lang)),
    ]
    .into_iter()
    .filter(|(has, _)| *has == Some(true))
    .map(|(_, name)| name)
    .collect();
    if !can.is_empty() {
        facts.push(can.join(", "));
    } else if model.tools.is_none() {
        facts.push(t::models_detail_unknown(lang).to_owned());
    }
    if model.tee == Some(true) {
        facts.push("TEE".to_owned());
    }
    if let Some(quantization) = &model.quantization {
        facts.push(clean::line(quantization));
    }
    facts.join(dot)
}

// ── Words ────────────────────────────────────────────────────────────────────────────────────────

pub fn problem_words(problem: &Problem, lang: Lang) -> String {
    match problem {
        Problem::Character(c) => t::alias_character(lang, clean::line(&c.to_string())),
        Problem::TooLong => t::alias_too_long(lang).to_owned(),
        Problem::Duplicate { target } if id_of(target).is_some() => t::alias_duplicate(lang, target),
        Problem::Duplicate { target } => t::alias_duplicate_foreign(lang, target),
        Problem::Provider(name) => t::alias_provider(lang, name),
        Problem::Model(id) => t::alias_model(lang, id),
    }
}

pub fn refusal_words(refusal: &Refusal, lang: Lang) -> String {
    match refusal {
        Refusal::Alias { name, problem } => t::alias_refused(lang, name, problem_words(problem, lang)),
        Refusal::TwoAliases { target, names: [first, second] } => t::alias_two(lang, first, second, target),
    }
}

fn notice_words(notice: &Notice, lang: Lang) -> String {
    match notice {
        Notice::NotImageCapable => t::models_notice_no_image(lang).to_owned(),
        Notice::InUse => t::models_notice_in_use(lang).to_owned(),
        Notice::NoProposalHere => t::models_notice_no_proposal(lang).to_owned(),
        Notice::NotServed => t::models_notice_not_served(lang).to_owned(),
        Notice::NothingShown => t::models_notice_nothing_shown(lang).to_owned(),
        Notice::AliasSet { name } => t::models_notice_alias_set(lang, name),
        Notice::AliasRemoved { name } => t::models_notice_alias_removed(lang, name),
        Notice::AliasMoved { name, from } => t::models_notice_alias_moved(lang, name, from),
        Notice::Took { count } => t::models_notice_took(lang, count),
        Notice::Testing { id } => t::models_testing(lang, id),
        Notice::Tested { id, verdict } => match verdict {
            Verdict::Works { latency_ms, .. } => t::models_tested_works(lang, id, latency_ms),
            other => {
                let why = other.failure().map(|failure| failure.message(lang)).unwrap_or_default();
                t::models_tested_failed(lang, id, why)
            }
        },
    }
}

fn proposal_words(models: &Models, note: &Note, lang: Lang) -> String {
    let short = |target: &str| id_of(target).map_or(target, |id| id.rsplit('/').next().unwrap_or(id)).to_owned();
    let Some((wanted, _)) = decision(note) else { return String::new() };
    let taken = match note {
        Note::Default { taken, .. }
        | Note::Alias { taken, .. }
        | Note::Fallback { taken, .. }
        | Note::Image { taken, .. } => taken.as_ref(),
        _ => None,
    };
    let proposed = match taken {
        None => t::models_proposal_nothing(lang).to_owned(),
        Some((target, reason)) => {
            let mut words = format!("{}, {}", short(target), reason_words(*reason, lang));
            if let Some(dearer) = dearer(models, wanted, target, lang) {
                words = format!("{words}, {dearer}");
            }
            words
        }
    };
    match note {
        Note::Default { wanted, .. } => t::models_proposal_default(lang, short(wanted), proposed),
        Note::Alias { name, wanted, .. } => t::models_proposal_alias(lang, name, short(wanted), proposed),
        Note::Fallback { wanted, .. } => t::models_proposal_fallback(lang, short(wanted), proposed),
        Note::Image { wanted, .. } => t::models_proposal_image(lang, short(wanted), proposed),
        _ => String::new(),
    }
}

pub fn reason_words(reason: Reason, lang: Lang) -> &'static str {
    match reason {
        Reason::NewestOfFamily => t::models_reason_family(lang),
        Reason::FirstOfBuiltIn => t::models_reason_built_in(lang),
        Reason::CheapestWithTools => t::models_reason_tools(lang),
        Reason::CheapestWithImages => t::models_reason_images(lang),
        Reason::Cheapest => t::models_reason_cheapest(lang),
    }
}

/// `dearer: in x3.1, out x2.0`, when it is, and both prices are known.
fn dearer(models: &Models, wanted: &str, target: &str, lang: Lang) -> Option<String> {
    let (old, new) = (models.known_price(wanted)?, models.known_price(target)?);
    let factor = |new: Option<f64>, old: Option<f64>| Some(new? / old.filter(|old| *old > 0.0)?);
    let (input, output) = (factor(new.input, old.input)?, factor(new.output, old.output)?);
    (input > 1.0 || output > 1.0).then(|| t::models_dearer(lang, format!("{input:.1}"), format!("{output:.1}")))
}

fn note_words(note: &Note, lang: Lang) -> String {
    match note {
        Note::Repaired { name, target } => t::models_note_repaired(lang, name, target),
        Note::AliasHeld { name, target, by } => t::models_note_held(lang, name, target, by),
        Note::ExplicitNotServed { wanted } => t::models_note_explicit(lang, wanted),
        Note::AliasMoved { name, from } => t::models_note_moved(lang, name, from),
        Note::Default { .. } | Note::Alias { .. } | Note::Fallback { .. } | Note::Image { .. } => String::new(),
    }
}
