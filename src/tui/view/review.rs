//! Review: what will change in words, then the exact diff of every file, and what the test call says.

use super::View;
use super::models::words;
use super::page::{Page, Sign};
use crate::chutes::model::id_of;
use crate::chutes::oauth::renewal_terms::Missing;
use crate::chutes::verify::Verdict;
use crate::clean;
use crate::diff::{self, FileDiff, Fold, Hunk, LineKind};
use crate::openclaw::plan::PlanWarning;
use crate::openclaw::plan::renewal_job::EVERY;
use crate::texts::{Lang, choose, renewal, signin, wizard as t};
use crate::tui::format::{cut, wrap};
use crate::tui::keymap;
use crate::wizard::Wizard;
use crate::wizard::protocol::{Action, Credential, KeyContext, Planned, Viewport};
use crate::wizard::screens::review::{Review, Verification};
use crate::wizard::trade::Trade;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// Of the plan, and of the choices.
fn warnings(planned: &Planned, wizard: &Wizard) -> Vec<String> {
    let lang = wizard.facts.lang;
    let doubts = wizard.models.iter().flat_map(|models| words::doubts(models, lang));
    let chain = wizard.models.iter().filter_map(|models| models.pool_of_chain());
    let chain = chain.map(|_| choose::chain_no_help(lang, "p"));
    // First what ends it all.
    let known: Vec<&PlanWarning> = wizard.validation.beside(&planned.warnings).collect();
    let (stops, others): (Vec<_>, Vec<_>) = known.into_iter().partition(|warning| stops(warning));
    let stops = stops.into_iter().map(|_| {
        let key = keymap::in_force(KeyContext::ReviewOAuth).find(|binding| binding.action == Action::ClientSecret);
        let key = key.map(|binding| binding.keys[0].name(lang)).unwrap_or_default();
        t::renewal_stops_review(lang, key, &wizard.facts.sign_in.dotenv)
    });
    stops.chain(doubts).chain(chain).chain(others.into_iter().map(|warning| warning.message(lang))).collect()
}

/// The sign-in will not be renewed, for want of a secret that is at hand.
pub fn stops(warning: &PlanWarning) -> bool {
    matches!(warning, PlanWarning::NotRenewable { missing: Missing::ClientSecret })
}

/// So low that a warning gets one line, for the diff to have some too.
fn is_low(height: usize) -> bool {
    height < 14
}

pub fn page(page: &mut Page, wizard: &Wizard) {
    let (theme, lang) = (page.view.theme, page.view.lang);
    let review = &wizard.review;
    page.title(title(review, lang));
    status(page, wizard);
    match &wizard.trade {
        Trade::Offered { .. } => page.sign(Sign::Warning, signin::trade_offered(lang)),
        Trade::Running { .. } => page.sign(Sign::Working, signin::trade_running(lang)),
        Trade::Done { narrow, .. } => page.sign(Sign::Done, &signin::trade_done(lang, &narrow.name)),
        Trade::Failed { error, .. } => page.sign(Sign::Warning, &error.message(lang)),
        Trade::None | Trade::Asking { .. } | Trade::GivenBack { .. } => {}
    }
    if !review.changed.is_empty() {
        page.sign(Sign::Warning, &t::review_changed(lang, review.changed.join(", ")));
    }
    if let Some(error) = &review.write_failed {
        page.blank();
        page.sign(Sign::Failed, &error.message(lang));
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
            page.sign(Sign::Failed, &error.message(lang));
            if let Some(hint) = error.hint(lang) {
                page.text(&hint, Style::new());
            }
        }
        Some(Ok(planned)) => {
            let low = is_low(page.room.height);
            for mut words in warnings(planned, wizard) {
                if low && !page.room.spoken {
                    words = cut(&words, page.width().saturating_sub(2), theme.glyphs.ellipsis);
                }
                page.sign(Sign::Warning, &words);
            }
            if !low {
                page.blank();
            }
            if planned.diffs.is_empty() && planned.handover.is_none() {
                page.sign(Sign::Done, t::review_unchanged(lang));
            } else if page.room.spoken {
                spoken(page, wizard, planned);
            } else {
                rows(page, wizard, planned);
            }
        }
    }
}

/// What this screen is about, which is not always a write.
fn title(review: &Review, lang: Lang) -> &'static str {
    match &review.planned {
        _ if review.write_failed.is_some() || review.is_refused() => t::review_title_nothing(lang),
        Some(Err(_)) => t::review_title_nothing(lang),
        Some(Ok(planned)) if planned.diffs.is_empty() && planned.handover.is_none() => t::review_title_same(lang),
        _ => t::review_title(lang),
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
        Verification::NoCredential => page.sign(Sign::Warning, t::review_no_credential(lang)),
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
                page.sign(Sign::Failed, &failure.message(lang));
            }
        },
    }
}

fn waiting_words(review: &Review, lang: Lang) -> &'static str {
    if review.planned.is_none() { t::review_waiting_plan(lang) } else { t::review_waiting_verify(lang) }
}

// ── In words ─────────────────────────────────────────────────────────────────────────────────────

/// What will hold after the write, a label and a text each; what changes says what it was before.
fn in_words(wizard: &Wizard, spoken: bool) -> Vec<(&'static str, String)> {
    let lang = wizard.facts.lang;
    let Some(models) = &wizard.models else { return Vec::new() };
    let chosen = models.choices();
    let before = wizard.current.as_ref().map(|current| &current.configured);
    let mut words = Vec::new();
    let default = match before.and_then(|before| before.primary.as_ref()) {
        Some(old) if *old != chosen.primary && spoken => {
            t::plain_from_to(lang, clean::line(old), clean::line(&chosen.primary))
        }
        Some(old) if *old != chosen.primary => t::review_from_to(lang, clean::line(old), clean::line(&chosen.primary)),
        _ => clean::line(&chosen.primary),
    };
    words.push((t::done_default(lang), default));
    if !chosen.fallbacks.is_empty() {
        words.push((t::done_fallbacks(lang), clean::line(&chosen.fallbacks.join(", "))));
    }
    words.extend(chosen.image.as_deref().map(|image| (t::done_image(lang), clean::line(image))));
    if !chosen.aliases.is_empty() {
        let alias = |alias: &crate::selection::Alias| format!("{} = {}", alias.name, words::short(&alias.target));
        let aliases: Vec<String> = chosen.aliases.iter().map(alias).collect();
        words.push((t::done_aliases(lang), clean::line(&aliases.join(", "))));
    }
    let credential = match wizard.credential() {
        Some(Credential::ApiKey(key) | Credential::EnvKey(key)) => Some(t::auth_stored_api_key(lang, key.hint())),
        Some(Credential::OAuth(signed_in)) => {
            let account = signed_in.granted.account.as_deref().unwrap_or(signed_in.client_id.as_str());
            Some(t::auth_stored_oauth(lang, clean::line(account)))
        }
        Some(Credential::Stored) | None => None,
    };
    words.extend(credential.map(|credential| (t::review_credential(lang), credential)));
    words.push((t::review_models(lang), t::review_registered(lang, wizard.review.registered)));
    if let Some(Ok(planned)) = &wizard.review.planned {
        let way = planned.renewal.iter().flat_map(|way| way.words(lang));
        let offered = planned.timer.filter(|_| !wizard.renewal_timer);
        let offered = offered.map(|by| renewal::timer_offered(lang, "t", by.name(), EVERY));
        // What can be done about it comes first: the rest may be out of sight.
        let about = offered.into_iter().chain(way).enumerate();
        words.extend(about.map(|(at, text)| (if at == 0 { renewal::status_renewal(lang) } else { "" }, text)));
    }
    words
}

/// Without the diff, which is long; `o` reads it.
fn spoken(page: &mut Page, wizard: &Wizard, planned: &Planned) {
    let (view, lang) = (page.view, page.view.lang);
    for (label, text) in in_words(wizard, true) {
        page.said(if label.is_empty() { text } else { view.labelled(label, &text) });
    }
    if let Some(command) = &planned.handover {
        page.said(t::review_handover(lang, command));
    }
    for diff in &planned.diffs {
        page.said(format!("{}, {}", wizard.facts.tilde(&diff.path), about(diff, wizard, lang)));
        if wizard.review.unfolded {
            for line in diff.hunks.iter().flat_map(Hunk::lines) {
                page.said(format!("{} {}", line.kind.sign(), line.text));
            }
        }
    }
}

// ── The diff ─────────────────────────────────────────────────────────────────────────────────────

/// A row of the scrolled part. Those of the files are made only when they are in sight: there may be very
/// many.
enum Row<'a> {
    Made(Line<'static>),
    Of(diff::Line<'a>),
}

impl Row<'_> {
    /// The row from this column on; `wider` is set when it goes on beyond the edge.
    fn made(self, view: &View, width: usize, column: usize, wider: &mut bool) -> Line<'static> {
        let theme = &view.theme;
        let line = match self {
            Row::Made(line) => return line,
            Row::Of(line) => line,
        };
        let text = view.exact(&clean::line(&line.text));
        let room = width.saturating_sub(2);
        let text = if column == 0 { text } else { without_start(&text, column, theme.glyphs.ellipsis) };
        *wider |= text.width() > room;
        let text = cut(&text, room, theme.glyphs.ellipsis);
        Line::styled(format!("{} {text}", line.kind.sign()), kind_style(view, line.kind))
    }
}

/// The text from this column on, with a sign for what is before it.
fn without_start(text: &str, column: usize, ellipsis: &str) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    let mut skipped = 0;
    let rest = text.graphemes(true).skip_while(|grapheme| {
        let here = skipped < column;
        skipped += if here { grapheme.width() } else { 0 };
        here
    });
    let rest: String = rest.collect();
    if text.trim_start().is_empty() { String::new() } else { format!("{ellipsis}{rest}") }
}

fn kind_style(view: &View, kind: LineKind) -> Style {
    match kind {
        LineKind::Added => view.theme.added,
        LineKind::Removed => view.theme.removed,
        LineKind::Context => view.theme.quiet,
    }
}

/// Lines of a hunk that are shown, or a summary in their place.
enum Segment {
    Lines { first: usize, count: usize },
    Fold(Fold),
}

/// The hunk in rows: without folds, one segment.
fn segments(hunk: &Hunk, unfolded: bool) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut first = 0;
    for fold in hunk.folds().filter(|_| !unfolded) {
        segments.push(Segment::Lines { first, count: fold.first - first });
        segments.push(Segment::Fold(fold));
        first = fold.first + fold.lines;
    }
    segments.push(Segment::Lines { first, count: hunk.len() - first });
    segments
}

fn hunk_rows(hunk: &Hunk, unfolded: bool) -> usize {
    let rows = |segment: Segment| match segment {
        Segment::Lines { count, .. } => count,
        Segment::Fold(_) => 1,
    };
    segments(hunk, unfolded).into_iter().map(rows).sum()
}

/// A heading of two lines, the hunks with a gap line between two, and an empty line behind.
fn file_rows(diff: &FileDiff, unfolded: bool) -> usize {
    let hunks: usize = diff.hunks.iter().map(|hunk| hunk_rows(hunk, unfolded)).sum();
    3 + hunks + diff.hunks.len().saturating_sub(1)
}

/// The words, then the files, as far as they are in sight.
fn rows(page: &mut Page, wizard: &Wizard, planned: &Planned) {
    let (view, lang, width) = (page.view, page.view.lang, page.width());
    let unfolded = wizard.review.unfolded;
    let mut head: Vec<Line> = word_rows(view, wizard, width);
    if let Some(command) = &planned.handover {
        let words = wrap(&view.safe(&t::review_handover(lang, command)), width);
        head.extend(words.into_iter().map(Line::from));
        head.push(Line::default());
    }
    let sizes: Vec<usize> = planned.diffs.iter().map(|diff| file_rows(diff, unfolded)).collect();
    let total = head.len() + sizes.iter().sum::<usize>();
    let room = page.room.height.saturating_sub(page.height() + 1).max(1);
    let last = total.saturating_sub(room);
    let first = wizard.review.scroll.first.min(last);
    let mut end = head.len();
    let start_of = |size: &usize| {
        end += size;
        end - size
    };
    let starts: Vec<usize> = sizes.iter().map(start_of).collect();
    let mut left = first.saturating_sub(head.len());
    let files = planned.diffs.iter().zip(&sizes).flat_map(|(diff, size)| {
        let here = left.min(*size);
        left -= here;
        file_lines(view, diff, wizard, width, (here, unfolded))
    });
    let head = head.into_iter().map(Row::Made).skip(first);
    let (column, mut wider) = (wizard.review.scroll.column, false);
    let lines: Vec<Line> = head.chain(files).take(room).map(|row| row.made(view, width, column, &mut wider)).collect();
    page.drawn_lines(lines, None);
    page.rest_here();
    page.set_viewport(Viewport {
        previous: starts.iter().copied().rev().chain([0]).find(|at| *at < first),
        next: starts.iter().copied().find(|at| *at > first),
        wider,
        ..Viewport::new(room, last)
    });
    let mut below = Vec::new();
    below.extend((total > room).then(|| t::review_lines(lang, first + 1, (first + room).min(total), total)));
    below.extend(wider.then(|| t::review_wider(lang).to_owned()));
    if !below.is_empty() {
        page.text(&cut(&below.join("   "), width, view.theme.glyphs.ellipsis), view.theme.quiet);
    }
}

fn word_rows(view: &View, wizard: &Wizard, width: usize) -> Vec<Line<'static>> {
    let words = in_words(wizard, false);
    let labels: Vec<&str> = words.iter().map(|(label, _)| *label).collect();
    let label_width = Page::label_width(&labels);
    let mut lines = Vec::new();
    for (label, text) in words {
        for (at, row) in wrap(&view.safe(&text), width.saturating_sub(label_width)).into_iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let pad = label_width - label.width();
            lines.push(Line::from(vec![Span::styled(format!("{label}{:pad$}", ""), view.theme.quiet), Span::raw(row)]));
        }
    }
    lines.push(Line::default());
    lines
}

/// `new file, mode 0600, +12 -0`
fn about(diff: &FileDiff, wizard: &Wizard, lang: Lang) -> String {
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
    about.join(", ")
}

/// A file and its changes, as lines.
pub fn diff_lines(view: &View, diff: &FileDiff, wizard: &Wizard, width: usize, unfolded: bool) -> Vec<Line<'static>> {
    file_lines(view, diff, wizard, width, (0, unfolded)).map(|row| row.made(view, width, 0, &mut false)).collect()
}

/// The rows that [`file_rows`] counts, without the first ones that are skipped; the second says whether long blocks
/// are shown whole.
fn file_lines<'a>(
    view: &'a View,
    diff: &'a FileDiff,
    wizard: &Wizard,
    width: usize,
    (skipped, unfolded): (usize, bool),
) -> impl Iterator<Item = Row<'a>> + use<'a> {
    let (theme, lang) = (view.theme, view.lang);
    let path = clean::line(&wizard.facts.tilde(&diff.path));
    let heading = [
        Line::styled(cut(&path, width, theme.glyphs.ellipsis), theme.title),
        Line::styled(cut(&about(diff, wizard, lang), width, theme.glyphs.ellipsis), theme.quiet),
    ];
    let mut left = skipped.saturating_sub(heading.len());
    let hunks = diff.hunks.iter().enumerate().flat_map(move |(at, hunk)| {
        let gap = usize::from(at > 0);
        let here = left.min(gap + hunk_rows(hunk, unfolded));
        left -= here;
        let gap_row = (here < gap).then(|| Row::Made(Line::styled("  ...", theme.quiet)));
        gap_row.into_iter().chain(hunk_lines(view, hunk, unfolded, here.saturating_sub(gap)))
    });
    let behind = (skipped < file_rows(diff, unfolded)).then(|| Row::Made(Line::default()));
    heading.into_iter().map(Row::Made).skip(skipped).chain(hunks).chain(behind)
}

fn hunk_lines<'a>(
    view: &'a View,
    hunk: &'a Hunk,
    unfolded: bool,
    skipped: usize,
) -> impl Iterator<Item = Row<'a>> + use<'a> {
    let mut left = skipped;
    segments(hunk, unfolded).into_iter().flat_map(move |segment| {
        let rows = match &segment {
            Segment::Lines { count, .. } => *count,
            Segment::Fold(_) => 1,
        };
        let here = left.min(rows);
        left -= here;
        let (lines, fold) = match segment {
            Segment::Lines { first, count } => (Some(hunk.lines_from(first + here).take(count - here)), None),
            Segment::Fold(fold) => (None, (here == 0).then_some(fold)),
        };
        let fold = fold.map(|fold| {
            let text = t::review_folded(view.lang, fold.entries, fold.lines);
            Row::Made(Line::styled(format!("{}     {text}", fold.kind.sign()), kind_style(view, fold.kind)))
        });
        lines.into_iter().flatten().map(Row::Of).chain(fold)
    })
}
