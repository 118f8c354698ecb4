//! API key: a masked field.

use super::page::{Page, Sign};
use crate::chutes::api_key::Problem;
use crate::chutes::endpoints::API_KEYS_PAGE;
use crate::texts::{Lang, wizard as t};
use crate::wizard::Wizard;
use crate::wizard::protocol::Credential;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    page.title(t::key_title(lang));
    page.gap();
    let line = &wizard.key.line;
    let count = line.count();
    let counted = if count == 0 { String::new() } else { t::key_count(lang, count) };
    let field_width = page.width().saturating_sub(t::key_count(lang, 1000).width() + 3).clamp(10, 64);
    let (shown, cursor) = masked(count, line.cursor_count(), field_width);
    let field = Line::from(vec![
        Span::styled(theme.glyphs.mask.repeat(shown), theme.field),
        Span::styled(" ".repeat(field_width - shown), theme.field),
        Span::styled(format!("  {counted}"), theme.quiet),
    ]);
    page.drawn(field, None);
    page.cursor_at(cursor);
    page.gap();
    if let Some(problem) = wizard.key.problem {
        page.sign(Sign::Problem, problem_words(problem, lang));
    } else if let Some(hint) = &wizard.key.refused {
        page.sign(Sign::Failed, &t::key_refused(lang, hint));
    } else if let (Some(default), 0) = (wizard.default_key(), count) {
        let words = match default {
            Credential::EnvKey(key) => t::key_env_default(lang, key.hint()),
            _ => t::key_demo_default(lang).to_owned(),
        };
        page.text(&words, Style::new());
    } else {
        page.gap();
    }
    page.gap();
    page.row(t::key_where(lang), t::key_where(lang).width() + 1, API_KEYS_PAGE, theme.accent);
    page.text(t::key_form(lang), theme.quiet);
}

/// How many signs of a masked line are drawn in `width` columns, and where the cursor stands.
fn masked(count: usize, cursor: usize, width: usize) -> (usize, usize) {
    if count < width {
        return (count, cursor);
    }
    // The end of a long key stays in sight; the cursor keeps its distance to the end.
    let hidden = count + 1 - width;
    (width - 1, cursor.saturating_sub(hidden))
}

pub fn problem_words(problem: Problem, lang: Lang) -> &'static str {
    match problem {
        Problem::Empty => t::key_empty(lang),
        Problem::TooLong => t::key_too_long(lang),
        Problem::WhiteSpace => t::key_white_space(lang),
        Problem::Character => t::key_character(lang),
        Problem::AccessToken => t::key_access_token(lang),
        Problem::RefreshToken => t::key_refresh_token(lang),
        Problem::ClientId => t::key_client_id(lang),
        Problem::ClientSecret => t::key_client_secret(lang),
        Problem::Prefix => t::key_prefix(lang),
        Problem::Parts => t::key_parts(lang),
    }
}
