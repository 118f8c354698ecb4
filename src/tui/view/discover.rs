//! Discover: the stages of the catalog query, live.

use super::View;
use super::page::Page;
use crate::texts::{Lang, wizard as t};
use crate::wizard::Wizard;
use crate::wizard::screens::discover::Progress;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// The stage that loopback addresses do without.
const TLS: usize = 1;

pub fn draw(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let (theme, lang) = (&view.theme, view.lang);
    let discover = &wizard.discover;
    let mut page = Page::new(area, view);
    page.title(&t::discover_title(lang, &wizard.facts.api_host));
    if roomy {
        page.blank();
    }
    let names = [
        t::discover_connect(lang),
        t::discover_tls(lang),
        t::discover_request(lang),
        t::discover_parse(lang),
        t::discover_compare(lang),
    ];
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0) + 3;
    for (at, name) in names.into_iter().enumerate() {
        if at == TLS && discover.without_tls {
            continue;
        }
        // In a small window the reason and the way on matter more than the stages that went well.
        let failed = discover.failure.is_some() && !discover.running;
        if !roomy && failed && !matches!(discover.stages[at], Progress::Failed { .. }) {
            continue;
        }
        let (glyph, style, time) = match discover.stages[at] {
            Progress::Waiting => (theme.glyphs.ahead, theme.quiet, String::new()),
            Progress::Running { since } => {
                let running = discover.at_ms.saturating_sub(since);
                // Whole seconds: a redraw a second is the most that a slow line should carry.
                let time = if running >= 1000 { duration(running / 1000 * 1000, lang) } else { String::new() };
                (theme.glyphs.working, theme.accent, time)
            }
            Progress::Done { took } => (theme.glyphs.done, theme.accent, duration(took, lang)),
            Progress::Failed { took } => (theme.glyphs.failed, theme.error, duration(took, lang)),
        };
        let pad = name_width - name.width();
        page.line(Line::from(vec![
            Span::styled(format!("{glyph} "), style),
            Span::styled(name, if discover.stages[at] == Progress::Waiting { theme.quiet } else { Style::new() }),
            Span::styled(format!("{:pad$}{time}", ""), theme.quiet),
        ]));
    }
    if roomy {
        page.blank();
    }
    if let (Some(failure), false) = (&discover.failure, discover.running) {
        page.sign(theme.glyphs.failed, &failure.message(lang), theme.error);
        if roomy {
            page.blank();
        }
        if wizard.key_was_refused() {
            let hint = wizard.credential_hint().unwrap_or_default();
            page.sign(theme.glyphs.warning, &t::discover_refused(lang, hint), theme.warning);
        } else if roomy {
            page.text(&failure.hint(lang), theme.quiet);
        }
        if roomy {
            page.blank();
        }
        page.text(&t::discover_fallback(lang, wizard.facts.fallback.models.len()), Style::new());
    }
    page.render(frame);
}

/// `12 ms`, `3 s`.
pub fn duration(ms: u64, lang: Lang) -> String {
    if ms < 1000 {
        return t::discover_ms(lang, ms);
    }
    let seconds =
        if ms.is_multiple_of(1000) { (ms / 1000).to_string() } else { format!("{}.{}", ms / 1000, ms % 1000 / 100) };
    t::discover_seconds(lang, seconds)
}
