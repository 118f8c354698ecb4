//! Accounts: the stored credentials, and the way out.

use super::auth::credential_words;
use super::page::{Page, Sign};
use super::review::diff_lines;
use crate::accounts::Listed;
use crate::accounts::sign_out::{Problem, SignedOut};
use crate::clean;
use crate::diff::{FileDiff, Hunk};
use crate::openclaw::Error;
use crate::openclaw::plan::AccountChange;
use crate::texts::{cli, wizard as t};
use crate::wizard::Wizard;
use crate::wizard::screens::accounts::WayOut;
use crate::wizard::screens::done::Undo;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

pub fn page(page: &mut Page, wizard: &Wizard) {
    let lang = page.view.lang;
    let accounts = &wizard.accounts;
    page.title(t::accounts_title(lang));
    page.gap();
    match &accounts.undo {
        Undo::Done(_) => page.sign(Sign::Done, t::done_undone(lang)),
        Undo::Running => page.sign(Sign::Working, t::done_undoing(lang)),
        Undo::Failed(error) => failed(page, error),
        Undo::NotOffered | Undo::Offered | Undo::Passed => {}
    }
    match &accounts.way_out {
        WayOut::Shown(files) => return way_out(page, wizard, files),
        WayOut::Running => return page.sign(Sign::Working, t::accounts_leaving(lang)),
        WayOut::Over(result) => {
            return match &**result {
                Ok(out) => left(page, out),
                Err(problem) => stayed(page, problem),
            };
        }
        WayOut::Planning => page.sign(Sign::Working, t::review_planning(lang)),
        WayOut::Closed => {}
    }
    match &accounts.listed {
        None => page.sign(Sign::Working, t::accounts_asking(lang)),
        Some(Err(error)) => failed(page, error),
        Some(Ok(listed)) => list(page, wizard, listed),
    }
}

fn failed(page: &mut Page, error: &Error) {
    let lang = page.view.lang;
    page.sign(Sign::Failed, &error.message(lang));
    if let Some(hint) = error.hint(lang) {
        page.indented(2, &hint, Style::new());
    }
}

fn list(page: &mut Page, wizard: &Wizard, listed: &Listed) {
    let lang = page.view.lang;
    let accounts = &wizard.accounts;
    if listed.stored.is_empty() {
        page.text(t::auth_now_nothing(lang), Style::new());
    }
    let name = |id: &str| clean::line(id);
    let width = listed.stored.iter().map(|stored| name(&stored.profile_id).width()).max().unwrap_or(0);
    for (at, stored) in listed.stored.iter().enumerate() {
        let words = credential_words(stored, lang);
        let about = if listed.active == Some(at) { t::accounts_in_use(lang, words) } else { words };
        page.choice(at + 1, at == accounts.chosen, &name(&stored.profile_id), width, &about);
    }
    page.gap();
    let id = |change: &AccountChange| match change {
        AccountChange::Use(id) | AccountChange::Remove(id) => clean::line(id),
    };
    match (&accounts.doing, &accounts.did) {
        (Some(_), _) => page.sign(Sign::Working, t::review_writing(lang)),
        (None, Some(did)) if matches!(accounts.undo, Undo::Offered | Undo::NotOffered) => {
            let words = match did {
                AccountChange::Use(_) => cli::account_used(lang, id(did)),
                AccountChange::Remove(_) => cli::account_removed(lang, id(did)),
            };
            page.sign(Sign::Done, &words);
        }
        _ => {}
    }
    if let Some(error) = &accounts.failed {
        failed(page, error);
    }
}

/// What signing out writes, before it is confirmed.
fn way_out(page: &mut Page, wizard: &Wizard, files: &[FileDiff]) {
    let (view, lang, width) = (page.view, page.view.lang, page.width());
    page.scroll(wizard.accounts.scroll.first);
    page.text(t::accounts_way_out(lang), Style::new());
    page.gap();
    for file in files {
        if page.room.spoken {
            page.said(wizard.facts.tilde(&file.path));
            for line in file.hunks.iter().flat_map(Hunk::lines) {
                page.said(format!("{} {}", line.kind.sign(), line.text));
            }
        } else {
            page.drawn_lines(diff_lines(view, file, wizard, width, false), None);
        }
    }
}

fn left(page: &mut Page, out: &SignedOut) {
    let lang = page.view.lang;
    let profiles: Vec<String> = out.removed.iter().map(|id| clean::line(id)).collect();
    page.sign(Sign::Done, &cli::logged_out(lang, profiles.join(", ")));
    match &out.default {
        Some(default) => page.sign(Sign::Note, &cli::default_now(lang, clean::line(default))),
        None => page.sign(Sign::Note, cli::default_none(lang)),
    }
    if out.key_lives {
        page.sign(Sign::Warning, cli::warn_key_lives(lang));
    }
    for name in &out.variables {
        page.sign(Sign::Warning, &cli::warn_variable_set(lang, name));
    }
}

fn stayed(page: &mut Page, problem: &Problem) {
    let lang = page.view.lang;
    match problem {
        Problem::Files(error) => failed(page, error),
        Problem::NotRevoked(why) => {
            page.sign(Sign::Failed, &cli::not_revoked(lang, why.message(lang)));
            page.indented(2, &cli::not_revoked_hint(lang, "openclaw-chutes"), Style::new());
        }
    }
}
