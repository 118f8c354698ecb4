//! Auth and API key.

use super::View;
use super::page::Page;
use crate::chutes::api_key::Problem;
use crate::chutes::endpoints::API_KEYS_PAGE;
use crate::openclaw::types::CredentialKind;
use crate::openclaw::types::StoredCredential;
use crate::texts::{Lang, signin, wizard as t};
use crate::wizard::Wizard;
use crate::wizard::protocol::Credential;
use crate::wizard::screens::auth::Choice;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

pub fn draw_choice(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let (theme, lang) = (&view.theme, view.lang);
    let mut page = Page::new(area, view);
    page.title(t::auth_title(lang));
    if roomy {
        page.blank();
    }
    let entries: Vec<(String, String)> = wizard
        .auth
        .choices
        .iter()
        .map(|choice| words(view, choice))
        .map(|(name, about)| (view.safe(&name), view.safe(&about)))
        .collect();
    let name_width = entries.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    for (at, (name, about)) in entries.into_iter().enumerate() {
        let chosen = at == wizard.auth.chosen;
        let pointer = if chosen { theme.glyphs.pointer } else { " " };
        let pad = name_width - name.width() + 3;
        let style = if chosen { theme.title } else { Style::new() };
        page.line(Line::from(vec![
            Span::styled(format!("{pointer} "), theme.accent),
            Span::styled(name, style),
            Span::styled(format!("{:pad$}{about}", ""), theme.quiet),
        ]));
    }
    if let (true, Some(Err(bad))) = (wizard.auth.setting_refused, &wizard.facts.sign_in.environment) {
        page.blank();
        page.sign(theme.glyphs.warning, &bad.says(lang), theme.error);
    }
    page.blank();
    let label_width = t::auth_now(lang).width().max(t::auth_writes(lang).width()) + 3;
    let mut now = now_lines(wizard, lang).into_iter();
    page.row(t::auth_now(lang), label_width, &now.next().unwrap_or_default(), Style::new());
    for line in now {
        page.row("", label_width, &line, Style::new());
    }
    if roomy {
        page.blank();
    }
    page.row(t::auth_writes(lang), label_width, &wizard.facts.config_path, Style::new());
    let store = format!("{}/agents/{}/agent/auth-profiles.json", wizard.facts.state_dir, wizard.agent());
    page.row("", label_width, &store, Style::new());
    page.row("", label_width, t::auth_writes_when(lang), theme.quiet);
    if let Some(host) = &wizard.facts.sign_in.host {
        if roomy {
            page.blank();
        }
        page.text(&host.says(lang), theme.quiet);
    }
    page.render(frame);
}

/// The choices, numbered, and what holds now.
pub fn lines(view: &View, wizard: &Wizard) -> Vec<String> {
    let lang = view.lang;
    let mut lines = vec![t::auth_title(lang).to_owned()];
    for (at, choice) in wizard.auth.choices.iter().enumerate() {
        let (name, about) = words(view, choice);
        lines.push(t::plain_row(lang, at + 1, view.safe(&format!("{name}, {about}"))));
    }
    lines.extend(now_lines(wizard, lang).iter().map(|line| view.safe(line)));
    lines
}

fn words(view: &View, choice: &Choice) -> (String, String) {
    let lang = view.lang;
    match choice {
        Choice::Continue(begun) => {
            let at = crate::tui::format::clock(begun.at, view.now_ms, &view.zone);
            let minutes = begun.expires_at.saturating_sub(view.now_ms).div_ceil(60_000);
            (signin::auth_continue(lang).to_owned(), signin::auth_continue_about(lang, at, minutes))
        }
        Choice::OAuth => (signin::auth_oauth(lang).to_owned(), signin::auth_oauth_about(lang).to_owned()),
        Choice::ApiKey => (t::auth_api_key(lang).to_owned(), t::auth_api_key_about(lang).to_owned()),
        Choice::EnvKey(key) => (t::auth_env_key(lang, key.hint()), t::auth_env_key_about(lang).to_owned()),
        Choice::Stored(stored) => (t::auth_stored(lang).to_owned(), credential_words(stored, lang)),
    }
}

/// `API key …abcd`, `OAuth, alice`.
pub fn credential_words(stored: &StoredCredential, lang: Lang) -> String {
    let words = match (stored.kind, &stored.env_var) {
        (_, Some(var)) => t::auth_stored_env(lang, var),
        (CredentialKind::ApiKey, None) => t::auth_stored_api_key(lang, stored.hint.as_deref().unwrap_or_default()),
        (CredentialKind::OAuth, None) => {
            t::auth_stored_oauth(lang, stored.account.as_deref().unwrap_or(&stored.profile_id))
        }
        (CredentialKind::Token, None) => t::auth_stored_token(lang).to_owned(),
    };
    crate::clean::line(&words)
}

fn now_lines(wizard: &Wizard, lang: Lang) -> Vec<String> {
    let Some(current) = &wizard.current else { return vec![t::auth_now_loading(lang).to_owned()] };
    let mut lines = Vec::new();
    if let Some(primary) = &current.configured.primary {
        lines.push(t::auth_now_default(lang, primary));
    }
    if !current.configured.registered.is_empty() {
        lines.push(t::auth_now_registered(lang, current.configured.registered.len()));
    }
    match wizard.active_credential() {
        Some(stored) => lines.push(t::auth_replaces(lang, credential_words(stored, lang))),
        None if current.in_database && current.configured.primary.is_some() => {
            lines.push(t::auth_now_database(lang).to_owned());
        }
        None => lines.push(t::auth_now_nothing(lang).to_owned()),
    }
    lines
}

pub fn draw_key(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let (theme, lang) = (&view.theme, view.lang);
    let mut page = Page::new(area, view);
    page.title(t::key_title(lang));
    if roomy {
        page.blank();
    }
    let line = &wizard.key.line;
    let count = line.count();
    let counted = if count == 0 { String::new() } else { t::key_count(lang, count) };
    let field_width = page.width().saturating_sub(t::key_count(lang, 1000).width() + 3).clamp(10, 64);
    let (shown, cursor) = masked(count, line.cursor_count(), field_width);
    page.line(Line::from(vec![
        Span::styled(theme.glyphs.mask.repeat(shown), theme.field),
        Span::styled(" ".repeat(field_width - shown), theme.field),
        Span::styled(format!("  {counted}"), theme.quiet),
    ]));
    page.cursor_at(cursor);
    if roomy {
        page.blank();
    }
    if let Some(problem) = wizard.key.problem {
        page.sign(theme.glyphs.warning, problem_words(problem, lang), theme.error);
    } else if let Some(hint) = &wizard.key.refused {
        page.sign(theme.glyphs.failed, &t::key_refused(lang, hint), theme.error);
    } else if let (Some(default), 0) = (wizard.default_key(), count) {
        let words = match default {
            Credential::EnvKey(key) => t::key_env_default(lang, key.hint()),
            _ => t::key_demo_default(lang).to_owned(),
        };
        page.text(&words, Style::new());
    } else if roomy {
        page.blank();
    }
    if roomy {
        page.blank();
    }
    page.row(t::key_where(lang), t::key_where(lang).width() + 1, API_KEYS_PAGE, theme.accent);
    page.text(t::key_form(lang), theme.quiet);
    page.render(frame);
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
