//! Models: the table, the row being edited, what waits for a decision, the details of the row.

mod details;
mod table;
pub(super) mod words;

use super::View;
use super::page::{Page, Room, Sign};
use crate::chutes::model::Source;
use crate::clean;
use crate::texts::{choose as c, wizard as t};
use crate::time::UnixMillis;
use crate::tui::format::{cut, grouped};
use crate::wizard::Wizard;
use crate::wizard::models::{Models, Sort, StatusLine};
use crate::wizard::protocol::Viewport;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use table::{Columns, MARK};
use unicode_width::UnicodeWidthStr;

/// How the window is shared out.
struct Places {
    /// The column names are shown.
    heading: bool,
    /// Rows of the table.
    table: usize,
    /// Rows of what waits or answers, then the details where they are not beside.
    pane: usize,
    /// Columns of the table, where the details stand beside it.
    beside: Option<usize>,
}

impl Places {
    /// Above the table the source or the filter, below it a line that says what is out of sight.
    fn of(room: Room) -> Places {
        let beside = (room.roomy && room.width >= BESIDE).then(|| room.width - (room.width / 4).clamp(30, 48) - 2);
        let (above, gap, pane) = match (room.roomy, beside) {
            (true, None) => (2, 1, PANE),
            // The last row of the pane is for the details alone.
            (true, Some(_)) => (2, 1, PANE - 1),
            (false, _) => (1, 0, LOW_PANE),
        };
        Places { heading: room.roomy, table: room.height.saturating_sub(above + gap + pane).max(1), pane, beside }
    }
}

/// What is said fits three lines at 80 columns, with the keys on the last; one is left for the details.
const PANE: usize = 4;
const LOW_PANE: usize = 4;
/// From this many columns on, 120 with the margins, there is room beside the table.
const BESIDE: usize = 116;

/// The table, what is said about the chosen row, and the field that is being edited.
pub fn page(page: &mut Page, wizard: &Wizard) {
    let Some(models) = &wizard.models else {
        return page.text(t::models_loading(page.view.lang), page.view.theme.quiet);
    };
    if page.room.spoken {
        return spoken(page, models, wizard.lacks_credential());
    }
    let view = page.view;
    let places = Places::of(page.room);
    if filtering(models) {
        filter_line(page, models);
    } else {
        source_line(page, models, wizard.discover.running);
    }
    let columns = Columns::for_width(places.beside.unwrap_or(page.width()), models, view.lang);
    let draw = |page: &mut Page| table::draw(page, models, &columns, places.table, places.heading);
    match places.beside {
        Some(width) => page.beside(width.min(columns.width()), draw, |page| details::beside(models, page)),
        None => draw(page),
    }
    if page.room.roomy {
        out_of_sight(page, models, places.table);
    }
    let start = page.height();
    let lacks_credential = wizard.lacks_credential();
    let least = if places.beside.is_some() { places.pane } else { 0 };
    let most = places.pane - usize::from(page.room.roomy && places.beside.is_none());
    page.in_rows(least, most, |page| {
        page.room.width = page.room.width.min(LONGEST_LINE);
        news(page, models, lacks_credential);
    });
    if places.beside.is_none() {
        let rows = (start + places.pane).saturating_sub(page.height());
        page.in_rows(0, rows, |page| details::draw(view, models, rows, page));
    }
    let last = models.view.len().saturating_sub(places.table);
    page.set_viewport(Viewport { columns: columns.shown(), ..Viewport::new(places.table, last) });
}

/// Longer lines are hard to read, whatever the window is.
const LONGEST_LINE: usize = 100;

/// How many rows are above and below the window.
fn out_of_sight(page: &mut Page, models: &Models, rows: usize) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let above = models.first_shown(rows);
    let below = models.view.len().saturating_sub(above + rows);
    let mut words = Vec::new();
    words.extend((above > 0).then(|| format!("{} {}", theme.glyphs.up, t::models_above(lang, count(above)))));
    words.extend((below > 0).then(|| format!("{} {}", theme.glyphs.down, t::models_below(lang, count(below)))));
    let mut text = format!("{:MARK$}{}", "", words.join("   "));
    // What the account has left, at the right, where it moves nothing.
    let at = |at: UnixMillis| at.clock(page.view.now, &page.view.zone);
    let room = page.width().saturating_sub(text.width() + 3);
    let account = models.account.as_ref().map(|account| {
        let whole = clean::line(&account.words(lang, at));
        if whole.width() <= room { whole } else { clean::line(&account.brief_words(lang, at)) }
    });
    if let Some(account) = account.filter(|words| !words.is_empty()) {
        let account = cut(&account, room, theme.glyphs.ellipsis);
        let gap = page.width().saturating_sub(text.width() + account.width());
        text.push_str(&" ".repeat(gap));
        text.push_str(&account);
    }
    page.drawn(Line::styled(text, theme.quiet), None);
}

fn count(number: usize) -> String {
    grouped(number as u64)
}

/// A filter is there or being typed.
fn filtering(models: &Models) -> bool {
    models.filter_open || !models.filter.is_empty()
}

/// `14 models, live 12:03`
fn source_words(view: &View, models: &Models, asking: bool) -> String {
    let lang = view.lang;
    let when = models.fetched_at.map(|at| at.clock(view.now, &view.zone)).unwrap_or_default();
    let mut source = match models.source {
        Source::Live => t::models_source_live(lang, count(models.listed), when),
        Source::Cache => t::models_source_cache(lang, count(models.listed), when),
        Source::Bundled if models.has_own() => t::models_source_own(lang, count(models.listed)),
        Source::Bundled => t::models_source_bundled(lang, count(models.listed)),
    };
    let gone = models.models.len() - models.listed;
    if models.source == Source::Live && gone > 0 {
        source = t::models_source_gone(lang, source, count(gone));
    }
    if asking {
        source = t::models_source_asking(lang, source);
    }
    source
}

/// `14 models, live 12:03   / filter          sort: name ▴   14 of 14`
fn source_line(page: &mut Page, models: &Models, asking: bool) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let source = source_words(page.view, models, asking);
    let sort = match models.sort {
        Sort::Name => t::models_sort_name(lang),
        Sort::Alias => t::models_sort_alias(lang),
        Sort::Context => t::models_sort_context(lang),
        Sort::Output => t::models_sort_output(lang),
        Sort::PriceIn => t::models_sort_in(lang),
        Sort::PriceOut => t::models_sort_out(lang),
        Sort::PriceCache => t::models_sort_cache(lang),
        Sort::State => c::column_state(lang),
        Sort::Ttft => "ttft",
        Sort::Tps => "tps",
        Sort::Tested => c::column_test(lang),
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
    page.drawn(Line::from(spans), None);
}

/// `/ glm tools                      3 of 14 shown, 11 hidden by the filter`, while there is a filter.
fn filter_line(page: &mut Page, models: &Models) {
    let (theme, lang, width) = (page.view.theme, page.view.lang, page.width());
    let (shown, total) = (count(models.view.len()), count(models.models.len()));
    let long = match models.revealed {
        true => t::models_revealed(lang, &total),
        false if models.hidden() == 0 => t::models_shown(lang, &shown, &total),
        false => t::models_hidden(lang, &shown, &total, count(models.hidden())),
    };
    let empty = models.filter.is_empty();
    let text = clean::line(&models.filter.shown(theme.glyphs.mask));
    let count = if width >= long.width() + 20 && !empty { long } else { t::models_shown(lang, shown, total) };
    let room = width.saturating_sub(2 + 2 + count.width());
    let (text, cursor) = window(&text, models.filter.cursor_width(), room);
    let mut used = 2 + text.width();
    let mut spans = vec![Span::styled("/ ", theme.key)];
    let style = match models.filter_open {
        true if models.filter.is_selected() => theme.cursor,
        true => theme.field,
        false => Style::new(),
    };
    spans.push(Span::styled(text, style));
    if empty {
        let hint = cut(t::models_filter_hint(lang), room.saturating_sub(1), theme.glyphs.ellipsis);
        used += 1 + hint.width();
        spans.push(Span::styled(format!(" {hint}"), theme.quiet));
    }
    spans.push(Span::raw(" ".repeat(width.saturating_sub(used + count.width()))));
    spans.push(Span::styled(count, theme.quiet));
    page.drawn(Line::from(spans), None);
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
fn news(page: &mut Page, models: &Models, lacks_credential: bool) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    if let Some(edit) = &models.editing {
        match &edit.problem {
            Some(problem) => page.sign(Sign::Problem, &words::problem(problem, lang)),
            None => page.text(t::alias_rules(lang), theme.quiet),
        }
        return;
    }
    if models.asking {
        return page.sign(Sign::Warning, &t::models_asking(lang, words::open_proposals(models, lang)));
    }
    if let Some(round) = models.round.as_ref().filter(|round| round.is_offered()) {
        return page.sign(Sign::Warning, &words::offer(round, lang));
    }
    if let Some(notice) = &models.notice {
        let text = words::notice(models, notice, lang);
        return match notice {
            StatusLine::DefaultSet { .. }
            | StatusLine::AliasSet { .. }
            | StatusLine::AliasRemoved { .. }
            | StatusLine::AliasMoved { .. }
            | StatusLine::Took { .. }
            | StatusLine::Testing { .. } => page.answer(&text),
            StatusLine::RoundOver if models.round.as_ref().is_none_or(|round| round.stopped.is_none()) => {
                page.answer(&text);
            }
            StatusLine::Tested { verdict, .. } if verdict.failure().is_none() => page.answer(&text),
            _ => page.sign(Sign::Warning, &text),
        };
    }
    // Line by line, each row is told when its answer comes.
    if let Some(round) = models.round.as_ref().filter(|round| !round.is_over() && !page.room.spoken) {
        return page.text(&c::round_progress(lang, round.answered, round.total), theme.quiet);
    }
    let described = models.described().map(|row| &*models.models[row]).filter(|_| !page.room.spoken);
    if let Some(note) = described.or(models.current()).and_then(|model| models.pending_for(&model.id)) {
        let text = words::proposal(models, note, page.width().saturating_sub(2), lang);
        return page.sign(Sign::Warning, &text);
    }
    if lacks_credential && page.room.roomy {
        return page.sign(Sign::Warning, t::models_no_credential(lang));
    }
    if let Some(failure) = &models.failure {
        return page.sign(Sign::Warning, &failure.message(lang));
    }
    // In a small window the details come first; Enter on the default asks anyway.
    match models.pending.len() {
        0 => {}
        _ if !page.room.roomy => {}
        1 => return page.sign(Sign::Warning, t::models_pending_one(lang)),
        count => return page.sign(Sign::Warning, &t::models_pending(lang, count)),
    }
    if let Some(text) = words::notes(&models.notes, lang) {
        page.sign(Sign::Note, &text);
    }
}

/// The list as sentences, a numbered row each; then what waits for a decision, or answers the last key.
fn spoken(page: &mut Page, models: &Models, lacks_credential: bool) {
    let (view, lang) = (page.view, page.view.lang);
    let rows = page.room.height;
    for (place, &at) in models.view.iter().enumerate().take(rows) {
        page.said(t::plain_row(lang, place + 1, details::brief(models, at, lang)));
    }
    let more = models.view.len().saturating_sub(rows);
    if more > 0 {
        page.said(t::plain_more(lang, more));
    }
    page.said(source_words(view, models, false));
    let (shown, total) = (count(models.view.len()), count(models.models.len()));
    page.said(t::models_shown(lang, shown, total));
    if models.notice == Some(StatusLine::Described) {
        if let Some(&at) = models.view.get(models.cursor) {
            page.answer(&details::sentence(view, models, at));
        }
    } else {
        news(page, models, lacks_credential);
    }
    if let Some(&at) = models.view.get(models.cursor) {
        let row = t::plain_row(lang, models.cursor + 1, details::brief(models, at, lang));
        page.answer(&t::plain_here(lang, row));
    }
}
