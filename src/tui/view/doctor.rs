//! Doctor: findings with their evidence and what to do, then the repair as a diff.

use super::page::{Page, Sign};
use super::review::diff_lines;
use crate::clean;
use crate::diff::Hunk;
use crate::doctor::visit::{Remedy, Seen};
use crate::doctor::{Finding, Severity};
use crate::texts::{doctor as text, wizard as t};
use crate::time::UnixMillis;
use crate::wizard::Wizard;
use crate::wizard::screens::done::Undo;
use ratatui::style::Style;

/// The name under which the advice speaks of commands.
const PROGRAM: &str = "openclaw-chutes";

pub fn page(page: &mut Page, wizard: &Wizard) {
    let lang = page.view.lang;
    let doctor = &wizard.doctor;
    page.scroll(doctor.scroll.first);
    let seen = match &doctor.seen {
        None => {
            page.title(t::doctor_title(lang));
            page.gap();
            page.sign(Sign::Working, t::doctor_looking(lang));
            return;
        }
        Some(Err(error)) => {
            page.title(t::doctor_title(lang));
            page.gap();
            page.sign(Sign::Failed, &error.message(lang));
            if let Some(hint) = error.hint(lang) {
                page.indented(2, &hint, Style::new());
            }
            return;
        }
        Some(Ok(seen)) => seen,
    };
    headline(page, wizard, seen);
    page.gap();
    let gone = match &doctor.mended {
        Some(Ok(mended)) if !matches!(doctor.undo, Undo::Done(_)) => mended.gone.as_slice(),
        _ => &[],
    };
    for (at, finding) in seen.findings.iter().enumerate() {
        say(page, wizard, finding, gone.get(at).copied().unwrap_or(false));
    }
    if let Some(words) = answered(seen, page) {
        page.sign(Sign::Done, &words);
    }
    if let Some(account) = &seen.account {
        let view = page.view;
        let clock = |at: UnixMillis| at.clock(view.now, &view.zone);
        page.sign(Sign::Note, &text::account(lang, account.words(lang, clock)));
    }
    if doctor.can_mend() || doctor.mending {
        remedy(page, wizard, &seen.remedy);
    }
}

/// One line: how it stands.
fn headline(page: &mut Page, wizard: &Wizard, seen: &Seen) {
    let lang = page.view.lang;
    let doctor = &wizard.doctor;
    match (&doctor.undo, &doctor.mended) {
        (Undo::Done(_), _) => page.sign(Sign::Done, t::done_undone(lang)),
        (Undo::Running, _) => page.sign(Sign::Working, t::done_undoing(lang)),
        (Undo::Failed(error), _) | (_, Some(Err(error))) => {
            page.sign(Sign::Failed, &error.message(lang));
            if let Some(hint) = error.hint(lang) {
                page.indented(2, &hint, Style::new());
            }
        }
        (_, Some(Ok(mended))) => {
            let left = |(finding, gone): (&Finding, &bool)| finding.severity == Severity::Fault && !gone;
            match seen.findings.iter().zip(&mended.gone).filter(|pair| left(*pair)).count() {
                0 => page.title(t::doctor_mended(lang)),
                left => page.title(&t::doctor_mended_but(lang, left)),
            }
        }
        _ if doctor.mending => page.sign(Sign::Working, t::review_writing(lang)),
        _ if seen.findings.is_empty() => page.title(text::healthy(lang)),
        _ => {
            let faults = seen.faults();
            page.title(&text::counted(lang, faults, seen.findings.len() - faults));
        }
    }
}

fn say(page: &mut Page, wizard: &Wizard, finding: &Finding, gone: bool) {
    let lang = page.view.lang;
    let words = finding.cause.message(lang, &|path| wizard.facts.tilde(path));
    let sign = match finding.severity {
        _ if gone => Sign::Done,
        Severity::Fault => Sign::Failed,
        Severity::Notice => Sign::Warning,
    };
    let words = if gone { t::doctor_gone(lang, words) } else { words };
    page.sign(sign, &words);
    let advice = finding.cause.advice(PROGRAM, lang);
    // What Enter does is said below.
    let is_said = finding.repair.is_automatic() && wizard.doctor.can_mend();
    if !(gone || is_said || advice.is_empty()) {
        page.indented(2, &advice, page.view.theme.quiet);
    }
}

fn answered(seen: &Seen, page: &Page) -> Option<String> {
    let crate::chutes::verify::Verdict::Works { latency_ms, .. } = seen.verdict.as_ref()? else { return None };
    Some(text::checked_live(page.view.lang, clean::line(seen.reference.as_deref()?), latency_ms))
}

/// What Enter changes.
fn remedy(page: &mut Page, wizard: &Wizard, remedy: &Remedy) {
    let (view, lang, width) = (page.view, page.view.lang, page.width());
    let diffs = remedy.files.iter().map(|file| diff_lines(view, file, wizard, width, wizard.doctor.unfolded));
    let diffs: Vec<_> = diffs.collect();
    page.gap();
    // Nobody confirms what is out of sight without knowing that there is more.
    let rows = remedy.places.len() + 2 + diffs.iter().map(Vec::len).sum::<usize>();
    let all_fits = page.room.spoken || page.height() + rows <= page.room.height;
    let title = if all_fits { t::doctor_changes(lang) } else { t::doctor_changes_below(lang) };
    page.text(title, view.theme.title);
    for place in &remedy.places {
        let (old, new) = (format!("{:04o}", place.mode), format!("{:04o}", place.mode & !place.excess()));
        page.text(&text::permissions_line(lang, wizard.facts.tilde(&place.path), old, new), Style::new());
    }
    if remedy.unmark.is_some() {
        page.text(text::database_line(lang), Style::new());
    }
    for (file, lines) in remedy.files.iter().zip(diffs) {
        if page.room.spoken {
            page.said(wizard.facts.tilde(&file.path));
            for line in file.hunks.iter().flat_map(Hunk::lines) {
                page.said(format!("{} {}", line.kind.sign(), line.text));
            }
        } else {
            page.drawn_lines(lines, None);
        }
    }
}
