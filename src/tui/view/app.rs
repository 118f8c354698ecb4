//! OAuth app: the client id and the client secret, and how to get them.

use super::page::{Page, Sign};
use crate::texts::signin as t;
use crate::tui::format::cut;
use crate::wizard::Wizard;
use crate::wizard::screens::app::Problem;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// How to register an app.
const DOCS: &str = "https://chutes.ai/docs/sign-in-with-chutes/overview";

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let app = &wizard.app;
    page.title(if app.only_secret { t::app_secret_title(lang) } else { t::app_title(lang) });
    page.gap();
    let label_width = Page::label_width(&[t::app_id(lang), t::app_secret(lang)]);
    let field = page.width().saturating_sub(label_width + 18).clamp(10, 40);
    let label = |text: &str, here: bool| {
        let style = if here { theme.title } else { theme.quiet };
        Span::styled(format!("{text}{:pad$}", "", pad = label_width - text.width()), style)
    };
    let filled = |text: String| {
        let pad = field.saturating_sub(text.width());
        Span::styled(format!("{text}{:pad$}", ""), theme.field)
    };
    if !app.only_secret {
        let shown = cut(app.id.text(), field, theme.glyphs.ellipsis);
        let said = page.view.labelled(t::app_id(lang), app.id.text());
        page.drawn(Line::from(vec![label(t::app_id(lang), !app.on_secret), filled(shown)]), Some(said));
        if !app.on_secret {
            page.cursor_at(label_width + app.id.cursor_width().min(field));
        }
    }
    let count = app.secret.count();
    let default = wizard.default_client_secret().filter(|_| count == 0);
    let about = match &default {
        Some(secret) if wizard.facts.demo => t::app_demo_secret(lang, secret.hint()),
        Some(secret) => t::app_from_environment(lang, secret.hint()),
        None if count == 0 => t::app_optional(lang).to_owned(),
        None => t::ways_characters(lang, count),
    };
    let said = app.on_secret.then(|| page.view.labelled(t::app_secret(lang), &about));
    let line = Line::from(vec![
        label(t::app_secret(lang), app.on_secret),
        filled(theme.glyphs.mask.repeat(count.min(field))),
        Span::styled(format!("  {about}"), theme.quiet),
    ]);
    page.drawn(line, said);
    if app.on_secret {
        page.cursor_at(label_width + app.secret.cursor_count().min(field));
    }
    page.gap();
    // In a low window what must be copied exactly comes first.
    let environment = wizard.facts.sign_in.environment.as_ref().and_then(|read| read.as_ref().ok());
    if let (Some(environment), false, false) = (environment, page.room.roomy, app.only_secret || wizard.facts.demo) {
        page.text(t::app_redirect(lang), theme.quiet);
        page.text(environment.redirect.as_str(), theme.accent);
    }
    match app.problem {
        Some(Problem::Id(problem)) => page.sign(Sign::Problem, &problem.says(lang)),
        Some(Problem::Secret) => page.sign(Sign::Problem, t::app_bad_secret(lang)),
        None => page.text(&t::app_secret_for(lang, &wizard.facts.sign_in.dotenv), theme.quiet),
    }
    if app.only_secret {
        return;
    }
    page.blank();
    if wizard.facts.demo {
        page.text(t::app_demo(lang), Style::new());
    } else if let Some(environment) = environment {
        page.text(t::app_register(lang), Style::new());
        let width = Page::label_width(&[t::app_docs(lang), t::app_redirect(lang), t::app_scopes(lang)]);
        page.row(t::app_docs(lang), width, DOCS, Style::new());
        page.row(t::app_redirect(lang), width, environment.redirect.as_str(), theme.accent);
        page.row("", width, t::app_redirect_exact(lang), theme.quiet);
        page.row(t::app_scopes(lang), width, &environment.scopes.join(" "), Style::new());
    }
}
