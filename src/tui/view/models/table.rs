//! The table: which columns there is room for, and its rows.

use crate::chutes::failure::Failure;
use crate::chutes::health::{ModelHealth, State};
use crate::chutes::model::Model;
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::texts::{Lang, choose as c, wizard as t};
use crate::tui::format::{Decimals, shortened, tokens};
use crate::tui::view::View;
use crate::tui::view::page::{Page, left, right};
use crate::wizard::models::{ColumnSet, Models, Sort};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// Which columns there is room for. As the window narrows they go in the order of [`STEPS`]; the name comes
/// first. Widths depend on the window, the list and what is known of it: no column moves when something is chosen.
pub struct Columns {
    name: usize,
    role: usize,
    alias: usize,
    context: bool,
    output: bool,
    can: bool,
    /// Input, output, cache.
    prices: [bool; 3],
    room: [Decimals; 3],
    /// What is up, the time to the first token, tokens per second: where the service told it.
    state: bool,
    ttft: bool,
    tps: bool,
    /// What the test calls of this run showed, once there was one.
    tested: bool,
}

const TOKENS: usize = 5;
const CAN: usize = 4;
/// `crowded`, `up 12`; `412 ms`.
const STATE: usize = 7;
/// `0.8s`
const TTFT: usize = 4;
const TPS: usize = 3;
/// The pointer, and a sign of the row, before the name.
pub const MARK: usize = 3;
/// Names this wide are rarely cut.
const GOOD_NAME: usize = 38;
const LEAST_NAME: usize = 20;
const MOST_NAME: usize = 60;
/// Roles as `def`, `1`, `img`.
const SHORT_ROLE: usize = 3;
/// `chutes-vision` has room.
const SHORT_ALIAS: usize = 13;

/// What gives way, the first first. Who chooses has to see what it is, what it costs and whether it is up; how
/// fast it was yesterday, and the last digits of a price, are in the details. What a test call has just shown
/// says more than what the service says of its instances.
const STEPS: [fn(&mut Columns); 12] = [
    |columns| columns.prices[2] = false,
    |columns| columns.output = false,
    |columns| columns.alias = columns.alias.min(SHORT_ALIAS),
    |columns| {
        // Only where there are figures that need the room.
        if columns.state || columns.tested {
            columns.role = SHORT_ROLE;
            columns.room = columns.room.map(Decimals::to_the_cent);
        }
    },
    |columns| columns.tps = false,
    |columns| columns.ttft = false,
    |columns| columns.state &= !columns.tested,
    |columns| columns.can = false,
    |columns| columns.prices[1] = false,
    |columns| match columns.state || columns.tested {
        true => columns.context = false,
        false => columns.prices[0] = false,
    },
    |columns| (columns.context, columns.state, columns.tested) = (false, false, false),
    |columns| columns.prices[0] = false,
];
/// So many of them are taken for a name that is rarely cut.
const FOR_A_GOOD_NAME: usize = 3;

impl Columns {
    pub fn for_width(width: usize, models: &Models, lang: Lang) -> Columns {
        let measures = models.measures();
        let room = measures.prices.map(|(largest, decimals)| Decimals::of(largest, decimals));
        let (role, alias) = match width {
            100.. => (t::models_left_out(lang).width(), 24),
            56.. => (t::models_left_out(lang).width(), SHORT_ALIAS),
            _ => (SHORT_ROLE, 9),
        };
        let longest = measures.longest_id.clamp(LEAST_NAME, MOST_NAME);
        let healthy = !models.health().is_empty();
        let mut columns = Columns {
            name: 0,
            role,
            alias,
            context: true,
            output: true,
            can: true,
            prices: [true; 3],
            room,
            state: healthy,
            ttft: healthy,
            tps: healthy,
            tested: !models.tested.is_empty() || !models.testing.is_empty(),
        };
        for taken in 0..=STEPS.len() {
            if let Some(at) = taken.checked_sub(1) {
                STEPS[at](&mut columns);
            }
            let name = width.saturating_sub(MARK + columns.fixed());
            let least = if taken <= FOR_A_GOOD_NAME { GOOD_NAME.min(longest) } else { LEAST_NAME };
            if name >= least || taken == STEPS.len() {
                columns.name = name.min(longest);
                break;
            }
        }
        columns
    }

    /// Columns taken by everything but mark and name.
    fn fixed(&self) -> usize {
        let of = |there: bool, width: usize| if there { width } else { 0 };
        let prices: usize =
            self.prices.iter().zip(self.room).map(|(there, room)| of(*there, price_width(room) + 1)).sum();
        let tokens = of(self.context, 1 + TOKENS) + of(self.output, 1 + TOKENS);
        let market = of(self.state, 1 + STATE) + of(self.ttft, 1 + TTFT) + of(self.tps, 1 + TPS);
        let rest = of(self.can, 2 + CAN) + market + of(self.tested, 1 + STATE);
        1 + self.role + 1 + self.alias + tokens + prices + rest
    }

    /// Of the whole table.
    pub fn width(&self) -> usize {
        MARK + self.name + self.fixed()
    }

    /// Those that one can sort by.
    pub fn shown(&self) -> ColumnSet {
        let [input, output, cache] = self.prices;
        let columns = [
            (true, Sort::Name),
            (true, Sort::Alias),
            (self.context, Sort::Context),
            (self.output, Sort::Output),
            (input, Sort::PriceIn),
            (output, Sort::PriceOut),
            (cache, Sort::PriceCache),
            (self.state, Sort::State),
            (self.ttft, Sort::Ttft),
            (self.tps, Sort::Tps),
            (self.tested, Sort::Tested),
        ];
        ColumnSet::of(columns.into_iter().filter(|(there, _)| *there).map(|(_, column)| column))
    }

    fn heading(&self, view: &View, sort: Sort) -> Line<'static> {
        let (lang, theme) = (view.lang, &view.theme);
        let style = |column: Sort| if column == sort { theme.title } else { theme.quiet };
        let mut spans = vec![
            Span::raw(" ".repeat(MARK)),
            Span::styled(left(t::models_column_model(lang), self.name, ""), style(Sort::Name)),
            Span::raw(" "),
            Span::styled(left(t::models_column_role(lang), self.role, ""), style(Sort::Alias)),
            Span::raw(" "),
            Span::styled(left(t::models_column_alias(lang), self.alias, ""), style(Sort::Alias)),
        ];
        for (there, name, column) in [
            (self.context, t::models_column_context(lang), Sort::Context),
            (self.output, t::models_column_output(lang), Sort::Output),
        ] {
            if there {
                spans.push(Span::styled(format!(" {}", right(name, TOKENS)), style(column)));
            }
        }
        let names = [
            (t::models_column_in(lang), Sort::PriceIn),
            (t::models_column_out(lang), Sort::PriceOut),
            (t::models_column_cache(lang), Sort::PriceCache),
        ];
        for ((there, room), (name, column)) in self.prices.iter().zip(self.room).zip(names) {
            if *there {
                // Above the figures, which rarely fill the places behind the point.
                let width = price_width(room);
                let head = right(name, (room.before + 3).max(name.width()).min(width));
                spans.push(Span::styled(format!(" {}", left(&head, width, "")), style(column)));
            }
        }
        if self.can {
            spans.push(Span::styled(format!("  {}", left(t::models_column_can(lang), CAN, "")), theme.quiet));
        }
        for (there, name, width, column) in [
            (self.state, c::column_state(lang), STATE, Sort::State),
            (self.ttft, "ttft", TTFT, Sort::Ttft),
            (self.tps, "tps", TPS, Sort::Tps),
            (self.tested, c::column_test(lang), STATE, Sort::Tested),
        ] {
            if there {
                let head =
                    if matches!(column, Sort::Ttft | Sort::Tps) { right(name, width) } else { left(name, width, "") };
                spans.push(Span::styled(format!(" {head}"), style(column)));
            }
        }
        Line::from(spans)
    }
}

/// Room for `cache` above the figures.
fn price_width(room: Decimals) -> usize {
    room.width().max(5)
}

pub fn draw(page: &mut Page, models: &Models, columns: &Columns, rows: usize, with_heading: bool) {
    let view = page.view;
    if with_heading {
        page.drawn(columns.heading(view, models.sort), None);
    }
    if models.view.is_empty() {
        let words = match models.query().misunderstood() {
            Some(word) => t::models_not_understood(view.lang, clean::excerpt(word, 24)),
            None if let Some(word) = models.suggestion() => {
                t::models_did_you_mean(view.lang, clean::excerpt(&word, 24))
            }
            None if models.filter_open => t::models_no_match_typing(view.lang).to_owned(),
            None => t::models_no_match(view.lang).to_owned(),
        };
        return page.in_rows(rows, rows, |page| page.text(&words, view.theme.warning));
    }
    let first = models.first_shown(rows);
    for (place, &at) in models.view.iter().enumerate().skip(first).take(rows) {
        row(view, models, columns, at, place == models.cursor, page);
    }
    for _ in models.view.len()..rows {
        page.blank();
    }
}

fn row(view: &View, models: &Models, columns: &Columns, at: usize, here: bool, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    let model = &models.models[at];
    let gone = models.served(at) == Some(false);
    let quiet = gone || models.left_out.contains(&*model.id);
    let style = if quiet { theme.quiet } else { Style::new() };
    let sign = if gone {
        Span::styled(theme.glyphs.warning, theme.error)
    } else if models.favourites.contains(&*model.id) {
        Span::styled(theme.glyphs.star, theme.accent)
    } else {
        Span::raw(" ")
    };
    let pointer = if here { Span::styled(theme.glyphs.pointer, theme.pointer) } else { Span::raw(" ") };
    let mut spans = vec![pointer, sign, Span::raw(" ")];
    spans.extend(name_spans(view, models, &model.id, columns.name, if here { Style::new() } else { style }));
    let role = left(&role(models, &model.id, lang, columns.role), columns.role, theme.glyphs.ellipsis);
    spans.push(Span::styled(format!(" {role} "), if quiet { style } else { theme.accent }));
    let mut cursor = None;
    match models.editing.as_ref().filter(|edit| edit.row == at) {
        Some(edit) => {
            let text = clean::line(&edit.line.shown(theme.glyphs.mask));
            let (text, column) = super::window(&text, edit.line.cursor_width(), columns.alias);
            cursor = Some(MARK + columns.name + 1 + columns.role + 1 + column);
            let selected = if edit.line.is_selected() { theme.cursor } else { theme.field };
            let rest = columns.alias - text.width();
            spans.push(Span::styled(text, selected));
            spans.push(Span::styled(" ".repeat(rest), theme.field));
        }
        None => {
            let alias = models.alias_of(&model.id).map(clean::line).unwrap_or_default();
            spans.push(Span::styled(left(&alias, columns.alias, theme.glyphs.ellipsis), style));
        }
    }
    let unknown = theme.glyphs.unknown;
    for (there, number) in [(columns.context, model.context), (columns.output, model.max_output)] {
        if there {
            let text = number.map_or_else(|| unknown.to_owned(), |number| tokens(number.get()));
            spans.push(Span::styled(format!(" {}", right(&text, TOKENS)), style));
        }
    }
    let prices = [model.price.input, model.price.output, model.price.cache_read];
    for ((there, room), usd) in columns.prices.iter().zip(columns.room).zip(prices) {
        if *there {
            let text = usd.map_or_else(|| room.place_word(unknown), |usd| room.place(usd));
            spans.push(Span::styled(format!(" {}", left(&text, price_width(room), "")), style));
        }
    }
    if columns.can {
        let sign = |has: Option<bool>, letter: &'static str| match has {
            Some(true) => letter,
            Some(false) => " ",
            None => unknown,
        };
        let can = format!(
            "  {}{}{}{}",
            sign(model.reasoning, "r"),
            sign(model.input.as_ref().map(|_| model.vision()), "v"),
            sign(model.tools, "t"),
            sign(model.tee, "e"),
        );
        spans.push(Span::styled(can, style));
    }
    figures(view, models, columns, model, style, &mut spans);
    page.drawn(Line::from(spans), None);
    if let Some(column) = cursor {
        page.cursor_at(column);
    } else if here && !models.filter_open {
        page.cursor_at(0);
    }
}

/// What runs, how fast, and what a test call showed.
fn figures(
    view: &View,
    models: &Models,
    columns: &Columns,
    model: &Model,
    style: Style,
    spans: &mut Vec<Span<'static>>,
) {
    let (theme, lang) = (&view.theme, view.lang);
    let health = models.health_of(model);
    let unknown = || theme.glyphs.unknown.to_owned();
    if columns.state {
        let (text, style) = match health.and_then(ModelHealth::state) {
            Some(State::Up) => {
                let count = health.and_then(|health| health.instances).unwrap_or_default();
                (c::cell_up(lang, count.min(9999)), style)
            }
            Some(State::Crowded) => (c::state_crowded(lang).to_owned(), theme.warning),
            Some(State::Asleep) => (c::state_asleep(lang).to_owned(), theme.quiet),
            None => (unknown(), style),
        };
        spans.push(Span::styled(format!(" {}", left(&text, STATE, "")), style));
    }
    if columns.ttft {
        let text = health.and_then(|health| health.ttft).map_or_else(unknown, |seconds| match seconds {
            ..9.95 => format!("{seconds:.1}s"),
            _ => format!("{:.0}s", seconds.min(999.0)),
        });
        spans.push(Span::styled(format!(" {}", right(&text, TTFT)), style));
    }
    if columns.tps {
        let text = health.and_then(|health| health.tps).map_or_else(unknown, |tps| format!("{:.0}", tps.min(999.0)));
        spans.push(Span::styled(format!(" {}", right(&text, TPS)), style));
    }
    if columns.tested {
        let (text, style) = match models.tested.get(&*model.id) {
            _ if models.testing.iter().any(|id| **id == *model.id) => (theme.glyphs.working.to_owned(), theme.accent),
            Some(Verdict::Works { latency_ms, .. }) => (latency(*latency_ms), style),
            Some(verdict) => {
                let status = verdict.failure().and_then(Failure::status);
                (status.map_or_else(|| c::cell_failed(lang).to_owned(), |status| status.to_string()), theme.error)
            }
            None => (String::new(), style),
        };
        spans.push(Span::styled(format!(" {}", left(&text, STATE, "")), style));
    }
}

/// `412 ms`, `1.2 s`
fn latency(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        _ => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

/// The id, shortened if it must be, with the letters that the filter found; letters that are cut off
/// mark the ellipsis in their place.
fn name_spans(view: &View, models: &Models, id: &str, width: usize, style: Style) -> Vec<Span<'static>> {
    let theme = &view.theme;
    let safe = clean::line(id);
    let kept = shortened(&safe, width, theme.glyphs.ellipsis);
    let hits = if models.query().has_text() && !models.revealed { models.query().hits(&safe) } else { Vec::new() };
    let hit = |from: usize, to: usize| hits.iter().any(|at| (from..to).contains(at));
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut put = |text: &str, matched: bool| match pieces.last_mut() {
        Some((last, same)) if *same == matched => last.push_str(text),
        _ => pieces.push((text.to_owned(), matched)),
    };
    let part = |from: usize, to: usize, put: &mut dyn FnMut(&str, bool)| {
        for (at, c) in safe[from..to].char_indices() {
            put(&safe[from + at..from + at + c.len_utf8()], hit(from + at, from + at + c.len_utf8()));
        }
    };
    part(kept.head.start, kept.head.end, &mut put);
    if !kept.tail.is_empty() {
        put(theme.glyphs.ellipsis, hit(kept.head.end, kept.tail.start));
        part(kept.tail.start, kept.tail.end, &mut put);
    }
    if kept.open {
        put(theme.glyphs.ellipsis, hit(kept.tail.end, safe.len()));
    }
    let used: usize = pieces.iter().map(|(text, _)| text.width()).sum();
    let mut spans: Vec<Span> = pieces
        .into_iter()
        .map(|(text, matched)| Span::styled(text, if matched { theme.matched } else { style }))
        .collect();
    spans.push(Span::raw(" ".repeat(width.saturating_sub(used))));
    spans
}

/// What a model is used for, in so many columns: `default`, `1` for the first fallback, `img`.
fn role(models: &Models, id: &str, lang: Lang, width: usize) -> String {
    let mut roles: Vec<String> = Vec::new();
    let image = models.is_image(id);
    if models.is_primary(id) {
        let whole = t::models_default(lang);
        let short = image || whole.width() > width;
        roles.push(if short { t::models_default_short(lang) } else { whole }.to_owned());
    }
    roles.extend(models.fallback_place(id).map(|place| place.to_string()));
    roles.extend(image.then(|| t::models_image_short(lang).to_owned()));
    if models.left_out.contains(id) {
        let whole = t::models_left_out(lang);
        roles.push(if whole.width() > width { t::models_left_out_short(lang) } else { whole }.to_owned());
    }
    // What there is no room for is in the details.
    if roles.len() > 1 && roles.iter().map(|role| role.width() + 1).sum::<usize>() > width + 1 {
        roles.truncate(1);
    }
    roles.join(" ")
}
