//! The keys in force, from the keymap itself.

use super::page::{Page, left};
use crate::texts::wizard as t;
use crate::tui::keymap;
use crate::wizard::Wizard;
use crate::wizard::protocol::{KeyContext, Viewport};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

pub fn page(page: &mut Page, wizard: &Wizard, first: usize) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    page.title(t::help_title(lang));
    page.blank();
    let entries: Vec<(String, &str)> = keymap::in_force(wizard.context_below_help())
        .map(|binding| {
            let names: Vec<String> = binding.keys.iter().map(|key| key.name(lang)).collect();
            (names.join(" "), (binding.label)(lang))
        })
        .collect();
    if page.room.spoken {
        for (keys, label) in entries {
            page.said(page.view.labelled(&keys, label));
        }
        return;
    }
    // As many columns as are needed to show them all and can be read; what is left is scrolled to.
    let rows_there = page.room.height.saturating_sub(page.height()).max(1);
    let columns = entries.len().div_ceil(rows_there).clamp(1, (page.width() / 26).max(1));
    let rows = entries.len().div_ceil(columns);
    let last = rows.saturating_sub(rows_there);
    let first = first.min(last);
    let key_width = entries.iter().map(|(keys, _)| keys.width()).max().unwrap_or(0);
    let column_width = page.width() / columns;
    for row in first..rows {
        if row == first + 1 {
            page.rest_here();
        }
        let mut spans = Vec::new();
        for column in 0..columns {
            let Some((keys, label)) = entries.get(column * rows + row) else { continue };
            let keys_shown =
                if columns == 1 { keys.clone() } else { keys.split(' ').next().unwrap_or_default().to_owned() };
            let keys_width = if columns == 1 {
                key_width
            } else {
                entries.iter().map(|(keys, _)| keys.split(' ').next().map_or(0, str::width)).max().unwrap_or(0)
            };
            spans.push(Span::styled(left(&keys_shown, keys_width + 2, ""), theme.key));
            let label_width = column_width.saturating_sub(keys_width + 3);
            spans.push(Span::raw(left(label, label_width, theme.glyphs.ellipsis)));
            spans.push(Span::raw(" "));
        }
        page.drawn(Line::from(spans), None);
    }
    if matches!(wizard.context_below_help(), KeyContext::Models | KeyContext::ModelsFiltered | KeyContext::ModelsFilter)
    {
        page.text(t::help_filter(lang), theme.quiet);
        page.text(t::help_can(lang), theme.quiet);
    }
    page.set_viewport(Viewport::new(rows_there, last));
}
