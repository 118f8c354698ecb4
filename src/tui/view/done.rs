//! Done: what was written, what was verified, what to do next.

use super::models::words;
use super::page::{Page, Sign, left};
use crate::chutes::model::id_of;
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::openclaw::plan::PlanWarning;
use crate::texts::{Lang, cli, signin, wizard as t};
use crate::tui::format::model_id;
use crate::wizard::Wizard;
use crate::wizard::screens::done::{Difference, ReadBack, Undo};
use crate::wizard::screens::review::Verification;
use crate::wizard::trade::Trade;
use ratatui::style::Style;
use unicode_width::UnicodeWidthStr;

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let done = &wizard.done;
    page.scroll(done.scroll.first);
    let roomy = page.room.roomy;
    match &done.undo {
        Undo::Done(undone) => {
            page.sign(Sign::Done, t::done_undone(lang));
            // Our record cannot bring back what OpenClaw's own database held.
            if let Some(id) = &undone.stays {
                page.sign(Sign::Warning, &crate::texts::cli::stays(lang, clean::line(id)));
            }
            for words in at_chutes(wizard, lang) {
                page.text(&words, theme.quiet);
            }
            return;
        }
        Undo::Running => page.sign(Sign::Working, t::done_undoing(lang)),
        Undo::Failed(error) => {
            page.sign(Sign::Failed, &error.message(lang));
            if let Some(hint) = error.hint(lang) {
                page.text(&hint, Style::new());
            }
        }
        Undo::NotOffered if done.is_unchanged() => {
            page.sign(Sign::Done, t::done_unchanged(lang));
            page.indented(2, t::done_unchanged_more(lang), theme.quiet);
        }
        Undo::Offered | Undo::NotOffered | Undo::Passed if stops(wizard) => {
            page.sign(Sign::Warning, t::done_title_stops(lang));
        }
        Undo::Offered | Undo::NotOffered | Undo::Passed => page.sign(Sign::Done, t::done_title(lang)),
    }
    if let ReadBack::Differs(difference) = &done.read_back {
        // Above all the rest, which a low window has no room for.
        page.sign(Sign::Warning, &differs(difference, lang));
    }
    page.gap();
    let labels = [
        t::done_wrote(lang),
        t::done_default(lang),
        t::done_fallbacks(lang),
        t::done_aliases(lang),
        t::done_openclaw(lang),
    ];
    let label_width = labels.iter().map(|label| label.width()).max().unwrap_or(0) + 3;
    let mut label = t::done_wrote(lang);
    for (path, backup) in &done.committed.files {
        let text = match backup {
            Some(backup) if roomy => format!("{path}  ({})", t::review_backup(lang, backup)),
            _ => path.clone(),
        };
        page.row(label, label_width, &text, Style::new());
        label = "";
    }
    if let Some(models) = &wizard.models {
        let selection = models.choices();
        page.row(t::done_default(lang), label_width, &selection.primary, Style::new());
        if !selection.fallbacks.is_empty() {
            page.row(t::done_fallbacks(lang), label_width, &selection.fallbacks.join(", "), Style::new());
        }
        if let Some(image) = &selection.image {
            page.row(t::done_image(lang), label_width, image, Style::new());
        }
        let mut label = t::done_aliases(lang);
        let name_width = selection.aliases.iter().map(|alias| alias.name.width()).max().unwrap_or(0) + 2;
        let room = page.width().saturating_sub(label_width + name_width);
        // The provider is the same in every line; where one does not fit with it, all go without.
        let whole = selection.aliases.iter().all(|alias| clean::line(&alias.target).width() <= room);
        for alias in &selection.aliases {
            let name = left(&clean::line(&alias.name), name_width, "");
            let target = if whole { alias.target.as_str() } else { short(&alias.target) };
            let target = model_id(&clean::line(target), room, theme.glyphs.ellipsis);
            page.row(label, label_width, &format!("{name}{target}"), Style::new());
            label = "";
        }
        page.row("", label_width, &t::done_models(lang, wizard.review.registered), theme.quiet);
        if let Verification::Answered(verdict) = &wizard.review.verification {
            let words = match verdict {
                Verdict::Works { latency_ms, .. } => {
                    t::review_verify_works(lang, clean::line(&selection.primary), latency_ms)
                }
                Verdict::NoBalance(_) => t::review_verify_no_balance(lang).to_owned(),
                other => {
                    let why = other.failure().map(|failure| failure.message(lang)).unwrap_or_default();
                    t::review_verify_unverified(lang, why)
                }
            };
            page.row(t::done_test_call(lang), label_width, &words, Style::new());
        }
        if wizard.review.verification == Verification::NoCredential {
            page.sign(Sign::Warning, t::done_no_credential(lang));
        }
    }
    let reads = match done.read_back {
        ReadBack::NotAsked | ReadBack::Differs(_) => None,
        ReadBack::Asked => Some((t::done_reading(lang).to_owned(), theme.quiet)),
        ReadBack::Silent => Some((t::done_reads_silent(lang).to_owned(), theme.quiet)),
        ReadBack::Agrees { aliases } => Some((t::done_reads(lang, aliases), Style::new())),
    };
    if let Some((text, style)) = reads {
        page.row(t::done_openclaw(lang), label_width, &text, style);
    }
    let doubts = wizard.models.iter().filter(|_| !done.is_unchanged()).flat_map(|models| words::doubts(models, lang));
    for words in doubts {
        page.sign(Sign::Warning, &words);
    }
    for words in warnings(wizard) {
        page.sign(Sign::Warning, &words);
    }
    for words in at_chutes(wizard, lang) {
        page.text(&words, theme.quiet);
    }
    if done.committed.no_undo {
        page.sign(Sign::Warning, t::done_no_undo(lang));
    }
    page.gap();
    let next = next(wizard, lang);
    let widest = next.iter().map(|(command, _)| command.width()).max().unwrap_or(0) + 3;
    let about_fits = next.iter().all(|(_, about)| label_width + widest + about.width() <= page.width());
    let mut label = t::done_next(lang);
    for (command, about) in next {
        let pad = widest - command.width();
        let about = if about_fits { format!("{:pad$}{about}", "") } else { String::new() };
        page.row(label, label_width, &format!("{command}{about}"), Style::new());
        label = "";
    }
}

/// The sign-in that was written will not be renewed.
fn stops(wizard: &Wizard) -> bool {
    wizard.done.committed.warnings.iter().any(super::review::stops)
}

/// Of what was written.
fn warnings(wizard: &Wizard) -> Vec<String> {
    let lang = wizard.facts.lang;
    let words = |warning: &PlanWarning| match super::review::stops(warning) {
        true => t::renewal_stops_done(lang, &wizard.facts.sign_in.dotenv),
        false => warning.message(lang),
    };
    wizard.validation.beside(&wizard.done.committed.warnings).map(words).collect()
}

/// Commands for afterwards, and what each is for.
fn next(wizard: &Wizard, lang: Lang) -> Vec<(&'static str, &'static str)> {
    let mut next = vec![
        ("openclaw models status", t::done_next_status(lang)),
        ("openclaw infer model run --prompt hello", t::done_next_ask(lang)),
        ("openclaw-chutes models", t::done_next_models(lang)),
    ];
    if wizard.current.as_ref().is_some_and(|current| !current.config_exists) {
        next.insert(1, ("openclaw gateway run", t::done_next_gateway(lang)));
    }
    next
}

/// What stays on the normal screen once the wizard is gone: what was done, what to know, what to do next.
pub fn summary(wizard: &Wizard, lang: Lang) -> String {
    let done = &wizard.done;
    let mut lines = Vec::new();
    if let Undo::Done(undone) = &done.undo {
        lines.push(t::done_undone(lang).to_owned());
        lines.extend(undone.stays.iter().map(|id| cli::stays(lang, id)));
        lines.extend(at_chutes(wizard, lang));
    } else {
        let title = match done.is_unchanged() {
            true => t::done_unchanged(lang),
            false if stops(wizard) => t::done_title_stops(lang),
            false => t::done_title(lang),
        };
        lines.push(title.to_owned());
        if let Undo::Failed(error) = &done.undo {
            lines.push(error.message(lang));
        }
        lines.extend(warnings(wizard).into_iter().map(|words| format!("! {words}")));
        lines.extend(at_chutes(wizard, lang));
        if wizard.review.verification == Verification::NoCredential {
            lines.push(format!("! {}", t::done_no_credential(lang)));
        }
        if let ReadBack::Differs(difference) = &done.read_back {
            lines.push(format!("! {}", differs(difference, lang)));
        }
        if !done.is_unchanged() {
            let next = next(wizard, lang);
            let width = next.iter().map(|(command, _)| command.width()).max().unwrap_or(0) + 3;
            let row = |(command, about): (&str, &str)| format!("  {}{about}", left(command, width, ""));
            lines.push(format!("{}:", t::done_next(lang)));
            lines.extend(next.into_iter().map(row));
        }
        if done.undo == Undo::Offered {
            lines.push(row_of_undo(lang));
        }
        // Last, where it stays in sight in a low window.
        if let Some(models) = &wizard.models {
            lines.push(t::plain_labelled(lang, t::done_default(lang), &models.primary));
        }
    }
    clean::block(&(lines.join("\n") + "\n"))
}

fn row_of_undo(lang: Lang) -> String {
    format!("  {}{}", left("openclaw-chutes undo", 42, ""), t::done_next_undo(lang))
}

/// What was made at Chutes in this run, and what becomes of it.
fn at_chutes(wizard: &Wizard, lang: Lang) -> Vec<String> {
    let undone = matches!(wizard.done.undo, Undo::Done(_));
    let key = match &wizard.trade {
        Trade::Done { narrow, .. } if !undone => Some(signin::made_key(lang, clean::line(&narrow.name))),
        Trade::GivenBack { name } => Some(signin::made_key_deleted(lang, clean::line(name))),
        _ => None,
    };
    let app = wizard.sign_in.registered_now.as_ref().map(|name| signin::made_app(lang, clean::line(name)));
    key.into_iter().chain(app).collect()
}

/// What OpenClaw reads in another way than it was meant.
fn differs(Difference { alias, found, wanted }: &Difference, lang: Lang) -> String {
    let found = found.as_deref().map_or_else(|| t::done_reads_nothing(lang).to_owned(), clean::line);
    let wanted = clean::line(wanted);
    match alias {
        Some(alias) => t::done_reads_alias(lang, clean::line(alias), found, wanted),
        None => t::done_reads_default(lang, found, wanted),
    }
}

/// The id of a Chutes ref; another provider's ref stays whole.
fn short(target: &str) -> &str {
    id_of(target).unwrap_or(target)
}
