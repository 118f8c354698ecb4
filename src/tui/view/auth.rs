//! Auth: the ways to sign in, what holds now, what will be written.

use super::View;
use super::page::{Page, Sign};
use crate::openclaw::types::CredentialKind;
use crate::openclaw::types::StoredCredential;
use crate::texts::{Lang, signin, wizard as t};
use crate::wizard::Wizard;
use crate::wizard::screens::auth::Choice;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    page.title(t::auth_title(lang));
    page.gap();
    let entries: Vec<(String, String)> = wizard.auth.choices.iter().map(|choice| words(page.view, choice)).collect();
    let name_width = entries.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
    for (at, (name, about)) in entries.iter().enumerate() {
        page.choice(at + 1, at == wizard.auth.chosen, name, name_width, about);
    }
    if let (true, Some(Err(bad))) = (wizard.auth.setting_refused, &wizard.facts.sign_in.environment) {
        page.blank();
        page.sign(Sign::Problem, &bad.message(lang));
    }
    if let Some(user) = &wizard.facts.sudo_user {
        page.blank();
        page.sign(Sign::Warning, &t::auth_sudo(lang, crate::clean::line(user), &wizard.facts.state_dir));
    }
    page.blank();
    let label_width = Page::label_width(&[t::auth_now(lang), t::auth_writes(lang)]);
    let mut label = t::auth_now(lang);
    for line in now_lines(wizard, lang) {
        page.row(label, label_width, &line, Style::new());
        label = "";
    }
    page.gap();
    page.row(t::auth_writes(lang), label_width, &wizard.facts.config_path, Style::new());
    if let Some(current) = &wizard.current {
        let kind = wizard.auth.choices.get(wizard.auth.chosen).and_then(Choice::kind);
        page.row("", label_width, &wizard.facts.tilde(current.stores.of(kind)), Style::new());
    }
    page.row("", label_width, t::auth_writes_when(lang), theme.quiet);
    if let Some(host) = &wizard.facts.sign_in.host {
        page.gap();
        page.text(&host.message(lang), theme.quiet);
    }
}

fn words(view: &View, choice: &Choice) -> (String, String) {
    let lang = view.lang;
    match choice {
        Choice::Continue(begun) => {
            let at = begun.at.clock(view.now, &view.zone);
            let minutes = (begun.expires_at - view.now).max(0).unsigned_abs().div_ceil(60_000);
            (signin::auth_continue(lang).to_owned(), signin::auth_continue_about(lang, at, minutes))
        }
        Choice::OAuth => (signin::auth_oauth(lang).to_owned(), signin::auth_oauth_about(lang).to_owned()),
        Choice::ApiKey => (t::auth_api_key(lang).to_owned(), t::auth_api_key_about(lang).to_owned()),
        Choice::EnvKey(key) => (t::auth_env_key(lang, key.hint()), t::auth_env_key_about(lang).to_owned()),
        Choice::Accounts => (t::auth_accounts(lang).to_owned(), t::auth_accounts_about(lang).to_owned()),
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
