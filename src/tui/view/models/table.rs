//! The table: which columns there is room for, and its rows.

use crate::clean;
use crate::texts::{Lang, wizard as t};
use crate::tui::format::{Decimals, shortened, tokens};
use crate::tui::view::View;
use crate::tui::view::page::{Page, left, right};
use crate::wizard::models::{Models, Sort};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// Which columns there is room for. They go in a fixed order as the window narrows: cache price,
/// longest answer, capabilities, output price, input price, context. The name comes first. Widths depend
/// on the window and the list alone: no column moves when something is chosen.
struct Columns {
    name: usize,
    role: usize,
    alias: usize,
    context: bool,
    output: bool,
    can: bool,
    /// Input, output, cache.
    prices: [bool; 3],
    room: [Decimals; 3],
}

const TOKENS: usize = 5;
const CAN: usize = 4;
/// The pointer, and a sign of the row, before the name.
pub const MARK: usize = 3;
/// Names this wide are rarely cut.
const GOOD_NAME: usize = 38;
const LEAST_NAME: usize = 20;
const MOST_NAME: usize = 60;

impl Columns {
    fn for_width(width: usize, models: &Models, lang: Lang) -> Columns {
        let measures = models.measures();
        let room = measures.prices.map(|(largest, decimals)| Decimals::of(largest, decimals));
        let (role, alias) = match width {
            // `chutes-vision` has room.
            100.. => (t::models_left_out(lang).width(), 24),
            56.. => (t::models_left_out(lang).width(), 13),
            _ => (3, 9),
        };
        let longest = measures.longest_id.clamp(LEAST_NAME, MOST_NAME);
        let mut columns =
            Columns { name: 0, role, alias, context: true, output: true, can: true, prices: [true; 3], room };
        for drop in 0..=6 {
            match drop {
                1 => columns.prices[2] = false,
                2 => columns.output = false,
                3 => columns.can = false,
                4 => columns.prices[1] = false,
                5 => columns.prices[0] = false,
                6 => columns.context = false,
                _ => {}
            }
            let name = width.saturating_sub(MARK + columns.fixed());
            let least = if drop < 2 { GOOD_NAME.min(longest) } else { LEAST_NAME };
            if name >= least || drop == 6 {
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
        1 + self.role + 1 + self.alias + tokens + of(self.can, 2 + CAN) + prices
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
            spans.push(Span::styled(format!("  {}", t::models_column_can(lang)), theme.quiet));
        }
        Line::from(spans)
    }
}

/// Room for `cache` above the figures.
fn price_width(room: Decimals) -> usize {
    room.width().max(5)
}

pub fn draw(page: &mut Page, models: &Models, rows: usize, with_heading: bool) {
    let view = page.view;
    let columns = Columns::for_width(page.width(), models, view.lang);
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
        row(view, models, &columns, at, place == models.cursor, page);
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
            spans.push(Span::styled(left(&text, columns.alias, ""), theme.field));
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
    page.drawn(Line::from(spans), None);
    if let Some(column) = cursor {
        page.cursor_at(column);
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
        put(theme.glyphs.ellipsis, hit(kept.head.end, safe.len()));
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
