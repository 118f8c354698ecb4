//! Models: the table, the row being edited, what waits for a decision, the details of the row.

mod details;
mod table;
pub(super) mod words;

pub use words::refusal_words;

use super::View;
use super::page::Page;
use crate::chutes::model::Source;
use crate::clean;
use crate::texts::wizard as t;
use crate::tui::format::{clock, cut, grouped};
use crate::wizard::Wizard;
use crate::wizard::models::{Models, Sort, StatusLine};
use crate::wizard::protocol::Viewport;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// How the height is shared out.
struct Heights {
    /// Source, filter, column names.
    above: u16,
    table: u16,
    /// What waits or answers, then the details.
    pane: u16,
    /// Of which at least so many are kept for what waits or answers.
    news: usize,
}

impl Heights {
    fn of(height: u16, roomy: bool) -> Heights {
        let (above, gap, pane, news) = if roomy { (3, 1, 7, 3) } else { (1, 0, (height / 2 + 1).clamp(4, 8), 0) };
        Heights { above, table: height.saturating_sub(above + gap + pane).max(1), pane, news }
    }
}

pub fn draw(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) -> Option<Viewport> {
    let mut page = Page::new(area, view);
    let Some(models) = &wizard.models else {
        page.text(t::models_loading(view.lang), view.theme.quiet);
        page.render(frame);
        return None;
    };
    let heights = Heights::of(area.height, roomy);
    let asking = wizard.discover.running;
    if roomy {
        source_line(view, models, asking, &mut page);
        filter_line(view, models, &mut page);
    } else if filtering(models) {
        filter_line(view, models, &mut page);
    } else {
        source_line(view, models, asking, &mut page);
    }
    table::draw(view, models, usize::from(heights.table), heights.above > 1, &mut page);
    if roomy {
        page.blank();
    }
    let start = page.height();
    news(view, models, roomy, &mut page);
    // What is said fits two lines at 80 columns, and has an empty one below it.
    page.truncate(start + 3);
    while page.height() < start + heights.news {
        page.blank();
    }
    let rows = (start + usize::from(heights.pane)).saturating_sub(page.height());
    details::draw(view, models, rows, &mut page);
    page.truncate(start + usize::from(heights.pane));
    page.render(frame);
    let table = usize::from(heights.table);
    Some(Viewport { page: table, last: models.view.len().saturating_sub(table) })
}

fn count(number: usize) -> String {
    grouped(number as u64)
}

/// A filter is there or being typed.
fn filtering(models: &Models) -> bool {
    models.filter_open || !models.filter.is_empty()
}

/// `14 models, live 12:03   / filter          sort: name ▴   14 of 14`
fn source_line(view: &View, models: &Models, asking: bool, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let when = models.fetched_at.map(|ms| clock(ms, view.now_ms, &view.zone)).unwrap_or_default();
    let mut source = match models.source {
        Source::Live => t::models_source_live(lang, count(models.listed), when),
        Source::Cache => t::models_source_cache(lang, count(models.listed), when),
        Source::Bundled if models.has_own() => t::models_source_own(lang, count(models.listed)),
        Source::Bundled => t::models_source_bundled(lang, count(models.listed)),
    };
    let gone = models.models.len() - models.listed;
    if models.source == Source::Live && gone > 0 && page.width() >= 72 {
        source = t::models_source_gone(lang, source, count(gone));
    }
    if asking {
        source = t::models_source_asking(lang, source);
    }
    let sort = match models.sort {
        Sort::Name => t::models_sort_name(lang),
        Sort::Alias => t::models_sort_alias(lang),
        Sort::Context => t::models_sort_context(lang),
        Sort::Output => t::models_sort_output(lang),
        Sort::PriceIn => t::models_sort_in(lang),
        Sort::PriceOut => t::models_sort_out(lang),
        Sort::PriceCache => t::models_sort_cache(lang),
    };
    let direction = if models.sort.ascends() == models.reversed { theme.glyphs.down } else { theme.glyphs.up };
    let sorted = t::models_sort(lang, format!("{sort} {direction}"));
    // While there is a filter, the line below has the count.
    let shown = if filtering(models) {
        String::new()
    } else {
        t::models_shown(lang, count(models.view.len()), count(models.models.len()))
    };
    let width = page.width();
    let source_style = if models.source == Source::Live { Style::new() } else { theme.warning };
    let source = cut(&source, width, theme.glyphs.ellipsis);
    let mut used = source.width();
    let mut spans = vec![Span::styled(source, source_style)];
    // The source says whether to trust the list, the count what is there: both stay; the sort goes first.
    let whole = if shown.is_empty() { sorted } else { format!("{sorted}   {shown}") };
    let right = if used + 3 + whole.width() <= width { whole } else { shown };
    let hint = 5 + t::models_filter(lang).width();
    if !filtering(models) && used + hint + 3 + right.width() <= width {
        spans.push(Span::styled("   / ", theme.key));
        spans.push(Span::styled(t::models_filter(lang), theme.quiet));
        used += hint;
    }
    if used + 2 + right.width() <= width {
        spans.push(Span::raw(" ".repeat(width - used - right.width())));
        spans.push(Span::styled(right, theme.quiet));
    }
    page.line(Line::from(spans));
}

/// `/ glm tools                      3 of 14 shown, 11 hidden by the filter`, while there is a filter.
fn filter_line(view: &View, models: &Models, page: &mut Page) {
    if !filtering(models) {
        return page.blank();
    }
    let (theme, lang, width) = (&view.theme, view.lang, page.width());
    let (shown, total) = (count(models.view.len()), count(models.models.len()));
    let long = match models.revealed {
        true => t::models_revealed(lang, &total),
        false => t::models_hidden(lang, &shown, &total, count(models.hidden())),
    };
    let empty = models.filter.is_empty();
    let text = clean::line(models.filter.text());
    let count = if width >= long.width() + 20 && !empty { long } else { t::models_shown(lang, shown, total) };
    let room = width.saturating_sub(2 + 2 + count.width());
    let (text, cursor) = window(&text, models.filter.cursor_width(), room);
    let mut used = 2 + text.width();
    let mut spans = vec![Span::styled("/ ", theme.key)];
    let style = if models.filter_open { theme.field } else { Style::new() };
    spans.push(Span::styled(text, style));
    if empty {
        let hint = cut(t::models_filter_hint(lang), room.saturating_sub(1), theme.glyphs.ellipsis);
        used += 1 + hint.width();
        spans.push(Span::styled(format!(" {hint}"), theme.quiet));
    }
    spans.push(Span::raw(" ".repeat(width.saturating_sub(used + count.width()))));
    spans.push(Span::styled(count, theme.quiet));
    page.line(Line::from(spans));
    if models.filter_open {
        page.cursor_at(2 + cursor);
    }
}

/// The part of a line that has its cursor in `width` columns, and the cursor's column in it.
fn window(text: &str, cursor: usize, width: usize) -> (String, usize) {
    use unicode_segmentation::UnicodeSegmentation;
    let width = width.max(1);
    let mut skipped = 0;
    let mut rest = text;
    for grapheme in text.graphemes(true) {
        if cursor - skipped < width {
            break;
        }
        skipped += grapheme.width();
        rest = &rest[grapheme.len()..];
    }
    (cut(rest, width, ""), cursor.saturating_sub(skipped))
}

/// What waits for a decision, or answers the last key.
fn news(view: &View, models: &Models, roomy: bool, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let warning = theme.glyphs.warning;
    if let Some(edit) = &models.editing {
        match &edit.problem {
            Some(problem) => page.sign(warning, &words::problem(problem, lang), theme.error),
            None => page.text(t::alias_rules(lang), theme.quiet),
        }
        return;
    }
    if models.asking {
        return page.sign(warning, &t::models_asking(lang, models.pending.len()), theme.warning);
    }
    if let Some(notice) = &models.notice {
        let text = words::notice(models, notice, lang);
        return match notice {
            StatusLine::DefaultSet { .. }
            | StatusLine::AliasSet { .. }
            | StatusLine::AliasRemoved { .. }
            | StatusLine::AliasMoved { .. }
            | StatusLine::Took { .. }
            | StatusLine::Testing { .. } => page.text(&text, Style::new()),
            StatusLine::Tested { verdict, .. } if verdict.failure().is_none() => page.text(&text, Style::new()),
            _ => page.sign(warning, &text, theme.warning),
        };
    }
    if let Some(note) = models.current().and_then(|model| models.pending_for(&model.id)) {
        let text = words::proposal(models, note, page.width().saturating_sub(2), lang);
        return page.sign(warning, &text, theme.warning);
    }
    if let Some(failure) = &models.failure {
        return page.sign(warning, &failure.message(lang), theme.warning);
    }
    // In a small window the details come first; Enter on the default asks anyway.
    match models.pending.len() {
        0 => {}
        _ if !roomy => {}
        1 => return page.sign(warning, t::models_pending_one(lang), theme.warning),
        count => return page.sign(warning, &t::models_pending(lang, count), theme.warning),
    }
    if let Some(text) = words::notes(&models.notes, lang) {
        page.sign(theme.glyphs.dot, &text, theme.quiet);
    }
}

/// The list as sentences, a numbered row each; then what waits for a decision, or answers the last key.
pub fn lines(view: &View, models: &Models, rows: usize) -> Vec<String> {
    let shown = models.view.iter().enumerate().take(rows);
    let mut lines: Vec<String> =
        shown.map(|(place, &at)| t::plain_row(view.lang, place + 1, details::sentence(view, models, at))).collect();
    let area = Rect::new(0, 0, 100, 40);
    let mut page = Page::new(area, view);
    source_line(view, models, false, &mut page);
    filter_line(view, models, &mut page);
    news(view, models, true, &mut page);
    let news = page.lines.iter().map(|line| line.spans.iter().map(|span| span.content.as_ref()).collect::<String>());
    let news = news.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.extend(news.filter(|line| !line.is_empty()));
    if let Some(&at) = models.view.get(models.cursor) {
        let pointer = view.theme.glyphs.pointer;
        lines.push(format!(
            "{pointer} {}",
            t::plain_row(view.lang, models.cursor + 1, details::sentence(view, models, at))
        ));
    }
    lines
}
