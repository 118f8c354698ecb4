//! Review: the exact diff of every file, and what the test call says.

use super::View;
use super::models::words;
use super::page::{Page, Sign};
use crate::chutes::model::id_of;
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::diff;
use crate::diff::{FileDiff, Hunk, LineKind};
use crate::texts::{Lang, wizard as t};
use crate::tui::format::cut;
use crate::wizard::Wizard;
use crate::wizard::protocol::{Planned, Viewport};
use crate::wizard::screens::review::{Review, Verification};
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_width::UnicodeWidthStr;

/// Lines of the whole diff.
fn line_count(planned: &Planned) -> usize {
    command_rows(planned) + planned.diffs.iter().map(file_rows).sum::<usize>()
}

/// The command that stores the credential, and an empty line behind.
fn command_rows(planned: &Planned) -> usize {
    usize::from(planned.handover.is_some()) * 2
}

/// A heading of two lines, the hunks with a gap line between two, and an empty line behind.
fn file_rows(diff: &FileDiff) -> usize {
    3 + diff.hunks.iter().map(Hunk::len).sum::<usize>() + diff.hunks.len().saturating_sub(1)
}

/// Of the plan, and of the choices.
fn warnings(planned: &Planned, wizard: &Wizard) -> Vec<String> {
    let lang = wizard.facts.lang;
    let doubts = wizard.models.iter().flat_map(|models| words::doubts(models, lang));
    doubts.chain(planned.warnings.iter().map(|warning| warning.words(lang))).collect()
}

/// So low that a warning gets one line, for the diff to have some too.
fn is_low(height: usize) -> bool {
    height < 14
}

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (view, theme, lang) = (page.view, page.view.theme, page.view.lang);
    let review = &wizard.review;
    let low = is_low(page.room.height);
    page.title(t::review_title(lang));
    if let Some(models) = &wizard.models {
        let selection = models.choices();
        let sums = t::review_sums(lang, &selection.primary, wizard.review.registered, selection.aliases.len());
        page.text(&cut(&clean::line(&sums), page.width(), theme.glyphs.ellipsis), Style::new());
    }
    status(page, wizard);
    if let Some(error) = &review.write_failed {
        page.blank();
        page.sign(Sign::Failed, &error.words(lang));
        if let Some(hint) = error.hint(lang) {
            page.text(&hint, Style::new());
        }
        return;
    }
    match &review.planned {
        None => {
            page.blank();
            page.sign(Sign::Working, t::review_planning(lang));
        }
        Some(Err(error)) => {
            page.blank();
            page.sign(Sign::Failed, &error.words(lang));
            if let Some(hint) = error.hint(lang) {
                page.text(&hint, Style::new());
            }
        }
        Some(Ok(planned)) => {
            for mut words in warnings(planned, wizard) {
                if low {
                    words = cut(&words, page.width().saturating_sub(2), theme.glyphs.ellipsis);
                }
                page.sign(Sign::Warning, &words);
            }
            if !low {
                page.blank();
            }
            let total = line_count(planned);
            if total == 0 {
                page.sign(Sign::Done, t::review_unchanged(lang));
            } else {
                let rows = page.room.height.saturating_sub(page.height() + 1).max(1);
                let end = total.saturating_sub(rows);
                let first = review.scroll.first.min(end);
                page.set_viewport(Viewport { page: rows, last: end });
                let last = (first + rows).min(total);
                let width = page.width();
                for row in rows_from(view, planned, wizard, width, first).take(rows) {
                    let line = row.made(view, width);
                    let said = line.spans.iter().map(|span| span.content.as_ref()).collect();
                    page.drawn(line, Some(said));
                }
                if total > rows {
                    page.text(&t::review_lines(lang, first + 1, last, total), theme.quiet);
                }
            }
        }
    }
}

/// One line: the test call, or what Enter waits for.
fn status(page: &mut Page, wizard: &Wizard) {
    let lang = page.view.lang;
    let review = &wizard.review;
    if review.writing {
        page.sign(Sign::Working, t::review_writing(lang));
        return;
    }
    let model = wizard.models.as_ref().map(|models| clean::line(&models.primary)).unwrap_or_default();
    match &review.verification {
        Verification::Skipped => page.sign(Sign::Note, t::review_verify_skipped(lang)),
        Verification::Running => {
            let mut text = t::review_verify_running(lang, model);
            if review.confirmed {
                text = format!("{text}; {}", waiting_words(review, lang));
            }
            page.sign(Sign::Working, &text);
        }
        Verification::Answered(verdict) => match verdict {
            Verdict::Works { latency_ms, .. } => {
                let mut text = t::review_verify_works(lang, model, latency_ms);
                let price = wizard.models.as_ref().and_then(|models| {
                    let price = words::price_of(models, id_of(&models.primary)?, verdict)?;
                    Some(t::review_verify_price(lang, price))
                });
                // It is beside the point where there is no room for it.
                if let Some(price) = price.filter(|price| text.width() + price.width() + 2 <= page.width()) {
                    text += &price;
                }
                page.sign(Sign::Done, &text);
            }
            Verdict::NoBalance(_) => {
                page.sign(Sign::Warning, t::review_verify_no_balance(lang));
            }
            Verdict::Unverified(failure) => {
                let text = t::review_verify_unverified(lang, failure.message(lang));
                page.sign(Sign::Warning, &text);
            }
            Verdict::Refused(failure) | Verdict::NotServed(failure) => {
                page.sign(Sign::Failed, &t::review_refused(lang, failure.message(lang)));
            }
        },
    }
}

fn waiting_words(review: &Review, lang: Lang) -> &'static str {
    if review.planned.is_none() { t::review_waiting_plan(lang) } else { t::review_waiting_verify(lang) }
}

/// A row of the diff. Those of the files are made only when they are in sight: there may be very many.
enum Row<'a> {
    Made(Line<'static>),
    Of(diff::Line<'a>),
}

impl Row<'_> {
    fn made(self, view: &View, width: usize) -> Line<'static> {
        let theme = &view.theme;
        let line = match self {
            Row::Made(line) => return line,
            Row::Of(line) => line,
        };
        let style = match line.kind {
            LineKind::Added => theme.added,
            LineKind::Removed => theme.removed,
            LineKind::Context => theme.quiet,
        };
        let text = cut(&view.safe(&clean::line(&line.text)), width.saturating_sub(2), theme.glyphs.ellipsis);
        Line::styled(format!("{} {text}", line.kind.sign()), style)
    }
}

/// The rows that [`line_count`] counts, without the first `skipped`.
fn rows_from<'a>(
    view: &'a View,
    planned: &'a Planned,
    wizard: &'a Wizard,
    width: usize,
    skipped: usize,
) -> impl Iterator<Item = Row<'a>> {
    let lang = view.lang;
    let command = planned.handover.iter();
    let command =
        command.flat_map(move |command| [Line::raw(clean::line(&t::review_handover(lang, command))), Line::default()]);
    let mut left = skipped.saturating_sub(command_rows(planned));
    let files = planned.diffs.iter().flat_map(move |diff| {
        let here = left.min(file_rows(diff));
        left -= here;
        file_lines(view, diff, wizard, width, here)
    });
    command.map(Row::Made).skip(skipped).chain(files)
}

fn file_lines<'a>(
    view: &View,
    diff: &'a FileDiff,
    wizard: &Wizard,
    width: usize,
    skipped: usize,
) -> impl Iterator<Item = Row<'a>> + use<'a> {
    let (theme, lang) = (&view.theme, view.lang);
    let path = clean::line(&wizard.facts.tilde(&diff.path));
    let mut about = Vec::new();
    if diff.is_new {
        about.push(t::review_new_file(lang).to_owned());
    }
    about.push(t::review_mode(lang, format!("{:04o}", diff.mode & 0o7777)));
    about.push(format!("+{} -{}", diff.added, diff.removed));
    if let Some(link) = &diff.link {
        about.push(t::review_link(lang, clean::line(&wizard.facts.tilde(link))));
    }
    if let Some(backup) = &diff.backup {
        about.push(t::review_backup(lang, clean::line(backup)));
    }
    let heading = [
        Line::styled(cut(&path, width, theme.glyphs.ellipsis), theme.title),
        Line::styled(cut(&about.join(", "), width, theme.glyphs.ellipsis), theme.quiet),
    ];
    let gap_style = theme.quiet;
    let mut left = skipped.saturating_sub(heading.len());
    let hunks = diff.hunks.iter().enumerate().flat_map(move |(at, hunk)| {
        let gap = usize::from(at > 0);
        let here = left.min(gap + hunk.len());
        left -= here;
        let gap_row = (here < gap).then(|| Row::Made(Line::styled("  ...", gap_style)));
        gap_row.into_iter().chain(hunk.lines_from(here.saturating_sub(gap)).map(Row::Of))
    });
    let behind = (skipped < file_rows(diff)).then(|| Row::Made(Line::default()));
    heading.into_iter().map(Row::Made).skip(skipped).chain(hunks).chain(behind)
}
