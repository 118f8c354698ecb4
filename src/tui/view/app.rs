//! OAuth app: the client id, the client secret, and an API key that registers an app for who has none.

use super::key;
use super::page::{Page, Sign};
use crate::chutes::api_key;
use crate::chutes::oauth::attempt::{BadClientSecret, SECRET_LENGTH};
use crate::texts::{Lang, signin as t};
use crate::tui::format::cut;
use crate::wizard::Wizard;
use crate::wizard::line::Line as Typed;
use crate::wizard::screens::app::{Field, Problem};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// How to register an app.
const DOCS: &str = "https://chutes.ai/docs/sign-in-with-chutes/overview";
/// Characters of a whole client secret.
const SECRET_CHARACTERS: usize = "csc_".len() + SECRET_LENGTH;

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let app = &wizard.app;
    page.title(if app.only_secret { t::app_secret_title(lang) } else { t::app_title(lang) });
    page.gap();
    if !app.only_secret {
        field(page, wizard, Field::Id, &app.id, "");
    }
    field(page, wizard, Field::Secret, &app.secret, &about_secret(wizard, lang));
    if !app.only_secret {
        let about = match app.api_key.count() {
            0 => t::app_api_key_about(lang).to_owned(),
            count => t::app_characters(lang, count, api_key::LENGTH),
        };
        field(page, wizard, Field::ApiKey, &app.api_key, &about);
    }
    page.gap();
    // In a low window what must be copied exactly comes first.
    let environment = wizard.facts.sign_in.environment.as_ref().and_then(|read| read.as_ref().ok());
    if let (Some(environment), false, false) = (environment, page.room.roomy, app.only_secret || wizard.facts.demo) {
        page.text(t::app_redirect(lang), theme.quiet);
        page.text(environment.redirect.as_str(), theme.accent);
    }
    match (&app.problem, app.registering) {
        (_, Some(_)) => page.sign(Sign::Working, t::app_registering(lang)),
        (Some(problem), None) => page.sign(Sign::Problem, &problem_words(problem, lang)),
        (None, None) if app.field == Field::ApiKey => page.text(t::app_key_for(lang), theme.quiet),
        (None, None) if wizard.facts.sign_in.kept_by_us => page.text(t::app_secret_kept(lang), theme.quiet),
        (None, None) => page.text(&t::app_secret_for(lang, &wizard.facts.sign_in.dotenv), theme.quiet),
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

/// One field, its label before it and a remark behind it.
fn field(page: &mut Page, wizard: &Wizard, field: Field, line: &Typed, about: &str) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let name = |field| match field {
        Field::Id => t::app_id(lang),
        Field::Secret => t::app_secret(lang),
        Field::ApiKey => t::app_api_key(lang),
    };
    let label_width = Page::label_width(&[name(Field::Id), name(Field::Secret), name(Field::ApiKey)]);
    let here = wizard.app.field == field && wizard.app.registering.is_none();
    let room = page.width().saturating_sub(label_width + 31).clamp(10, 40);
    let (shown, cursor) = key::shown(line, room, &theme);
    let label = name(field);
    let label_style = if here { theme.title } else { theme.quiet };
    let rest = page.width().saturating_sub(label_width + room + 2);
    let drawn = Line::from(vec![
        Span::styled(format!("{label}{:pad$}", "", pad = label_width - label.width()), label_style),
        Span::styled(format!("{shown}{:pad$}", "", pad = room - shown.width()), theme.field),
        Span::styled(format!("  {}", cut(about, rest, theme.glyphs.ellipsis)), theme.quiet),
    ]);
    let clear = line.shown(theme.glyphs.mask);
    let said = if line.is_hidden() { about } else { &clear };
    let said = here.then(|| page.view.labelled(label, said)).or_else(|| {
        // The id is public, and worth hearing on the way to the secret.
        (field == Field::Id && !line.is_empty()).then(|| page.view.labelled(label, &clear))
    });
    page.drawn(drawn, said);
    if here {
        page.cursor_at(label_width + cursor);
    }
}

fn about_secret(wizard: &Wizard, lang: Lang) -> String {
    let count = wizard.app.secret.count();
    if count > 0 {
        return t::app_characters(lang, count, SECRET_CHARACTERS);
    }
    let from_environment = wizard.environment_secret().filter(|_| !wizard.app.refused);
    match (from_environment, wizard.default_client_secret()) {
        (Some(secret), _) if wizard.facts.demo => t::app_demo_secret(lang, secret.hint()),
        (Some(secret), _) => t::app_from_environment(lang, secret.hint()),
        (None, Some(secret)) => t::app_from_file(lang, secret.hint(), &wizard.facts.sign_in.dotenv),
        (None, None) => t::app_needed(lang).to_owned(),
    }
}

fn problem_words(problem: &Problem, lang: Lang) -> String {
    match problem {
        Problem::Id(problem) => problem.message(lang),
        Problem::Secret(BadClientSecret::Length(count)) => {
            t::app_secret_length(lang, count + "csc_".len(), SECRET_CHARACTERS)
        }
        Problem::Secret(problem) => problem.message(lang),
        Problem::ApiKey(problem) => key::problem_words(*problem, lang),
        Problem::NotRegistered(error) => error.message(lang),
    }
}
