//! API key: a masked field.

use super::page::{Page, Sign};
use crate::chutes::api_key::{self, Problem};
use crate::chutes::endpoints::API_KEYS_PAGE;
use crate::texts::{Lang, wizard as t};
use crate::tui::format::cut;
use crate::tui::theme::Theme;
use crate::wizard::Wizard;
use crate::wizard::line::Line as Typed;
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
    let counted = if count == 0 { String::new() } else { t::key_count(lang, count, api_key::LENGTH) };
    let widest = t::key_count(lang, 1000, api_key::LENGTH).width();
    let field_width = page.width().saturating_sub(widest + 3).clamp(10, 64);
    let (shown, cursor) = shown(line, field_width, &theme);
    let pad = field_width - shown.width();
    let field = Line::from(vec![
        Span::styled(format!("{shown}{:pad$}", ""), theme.field),
        Span::styled(format!("  {counted}"), theme.quiet),
    ]);
    page.drawn(field, None);
    page.cursor_at(cursor);
    page.gap();
    if let Some(problem) = wizard.key.problem {
        page.sign(Sign::Problem, &problem_words(problem, lang));
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

/// What is drawn of a line in `width` columns, signs in place of a secret, and where the cursor stands.
pub fn shown(line: &Typed, width: usize, theme: &Theme) -> (String, usize) {
    if line.is_hidden() {
        let (count, cursor) = masked(line.count(), line.cursor_count(), width);
        return (theme.glyphs.mask.repeat(count), cursor);
    }
    (cut(&line.shown(theme.glyphs.mask), width, theme.glyphs.ellipsis), line.cursor_width().min(width))
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

pub fn problem_words(problem: Problem, lang: Lang) -> String {
    match problem {
        Problem::Empty => t::key_empty(lang).to_owned(),
        Problem::TooLong => t::key_too_long(lang).to_owned(),
        Problem::WhiteSpace => t::key_white_space(lang).to_owned(),
        Problem::Character => t::key_character(lang).to_owned(),
        Problem::AccessToken => t::key_access_token(lang).to_owned(),
        Problem::RefreshToken => t::key_refresh_token(lang).to_owned(),
        Problem::ClientId => t::key_client_id(lang).to_owned(),
        Problem::ClientSecret => t::key_client_secret(lang).to_owned(),
        Problem::Prefix => t::key_prefix(lang).to_owned(),
        Problem::Parts => t::key_parts(lang).to_owned(),
        Problem::Fingerprint => t::key_fingerprint(lang).to_owned(),
        Problem::Length(count) => t::key_length(lang, count, api_key::LENGTH),
    }
}
