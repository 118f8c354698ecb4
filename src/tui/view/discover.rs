//! Discover: the stages of the catalog query, live.

use super::page::{Page, Sign};
use crate::texts::{Lang, wizard as t};
use crate::wizard::Wizard;
use crate::wizard::screens::discover::Progress;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// The stage that loopback addresses do without.
const TLS: usize = 1;

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let discover = &wizard.discover;
    page.title(&t::discover_title(lang, &wizard.facts.api_host));
    page.gap();
    let names = [
        t::discover_connect(lang),
        t::discover_tls(lang),
        t::discover_request(lang),
        t::discover_parse(lang),
        t::discover_compare(lang),
    ];
    let name_width = Page::label_width(&names);
    let failed = discover.failure.as_ref().filter(|_| !discover.running);
    for (at, name) in names.into_iter().enumerate() {
        if at == TLS && discover.without_tls {
            continue;
        }
        // In a small window the reason and the way on matter more than the stages that went well.
        if !page.room.roomy && failed.is_some() && !matches!(discover.stages[at], Progress::Failed { .. }) {
            continue;
        }
        let (sign, time) = match discover.stages[at] {
            Progress::Waiting => (Sign::Ahead, String::new()),
            Progress::Running { since } => {
                let running = discover.at_ms.saturating_sub(since);
                // Whole seconds: a redraw a second is the most that a slow line should carry.
                let counts = running >= 1000 && !wizard.facts.still;
                let time = if counts { duration(running / 1000 * 1000, lang) } else { String::new() };
                (Sign::Working, time)
            }
            Progress::Done { took } => (Sign::Done, duration(took, lang)),
            Progress::Failed { took } => (Sign::Failed, duration(took, lang)),
        };
        let (glyph, style) = page.view.glyph(sign);
        let pad = name_width - name.width();
        let line = Line::from(vec![
            Span::styled(format!("{glyph} "), style),
            Span::styled(name, if sign == Sign::Ahead { theme.quiet } else { Style::new() }),
            Span::styled(format!("{:pad$}{time}", ""), theme.quiet),
        ]);
        let said = match sign {
            Sign::Done => Some(page.view.labelled(name, &time)),
            Sign::Failed => Some(format!("{}{name}", page.view.word(sign))),
            _ => None,
        };
        page.drawn(line, said);
        if matches!(sign, Sign::Working | Sign::Failed) {
            page.rest_here();
        }
    }
    page.gap();
    let Some(failure) = failed else { return };
    page.sign(Sign::Failed, &failure.message(lang));
    page.gap();
    if wizard.key_was_refused() {
        let hint = wizard.credential_hint().unwrap_or_default();
        page.sign(Sign::Warning, &t::discover_refused(lang, hint));
    } else if page.room.roomy {
        page.text(&failure.hint(lang), theme.quiet);
    }
    page.gap();
    page.text(&t::discover_fallback(lang, wizard.facts.fallback.models.len()), Style::new());
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
