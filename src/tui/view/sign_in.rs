//! Sign in: the ways to finish one attempt, all on one screen.

use super::page::{Page, Sign};
use crate::chutes::endpoints::host_of;
use crate::host::Verdict;
use crate::texts::{Lang, signin as t};
use crate::time::UnixMillis;
use crate::tui::format::{cut, wrap};
use crate::tui::keymap;
use crate::wizard::Wizard;
use crate::wizard::protocol::{Action, KeyContext, Over};
use crate::wizard::screens::sign_in::{Phase, SignIn};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// `window`: columns of the whole window, which the link takes.
pub fn page(page: &mut Page, wizard: &Wizard, window: usize) {
    let lang = page.view.lang;
    match &wizard.sign_in.phase {
        Phase::Waiting => ways(page, wizard, window),
        Phase::Starting => page.sign(Sign::Working, t::ways_preparing(lang)),
        Phase::Exchanging => {
            let host = host_of(&wizard.sign_in.link).to_owned();
            page.sign(Sign::Working, &t::ways_exchanging(lang, host));
        }
        Phase::Over(over) => {
            page.title(t::over_title(lang));
            page.blank();
            let why = match over {
                Over::Refused(refusal) => refusal.message(lang),
                Over::Failed(error) => error.message(lang),
                Over::CannotResume(why) => why.message(lang),
                Over::RedirectMissing(uri) => t::app_redirect_missing(lang, uri),
            };
            page.sign(Sign::Failed, &why);
            page.blank();
            page.text(t::over_nothing(lang), page.view.theme.quiet);
        }
    }
}

fn ways(page: &mut Page, wizard: &Wizard, window: usize) {
    let (theme, lang, width) = (page.view.theme, page.view.lang, page.width());
    let sign_in = &wizard.sign_in;
    page.weight(9);
    title(page, sign_in, wizard.facts.still);
    page.weight(0);
    page.gap();
    page.weight(5);
    page.drawn_whole(rows(&sign_in.link, window).into_iter().map(Line::from).collect(), sign_in.link.clone());
    page.weight(2);
    page.gap();
    page.weight(7);
    keys(page, wizard);
    page.weight(6);
    page.text(&t::ways_error_page(lang, &sign_in.redirect), theme.quiet);
    page.weight(3);
    page.gap();
    page.weight(1);
    page.text(t::ways_finish(lang), Style::new());
    page.gap();
    page.weight(7);
    page.sign(Sign::Open, t::ways_paste(lang));
    page.weight(9);
    field(page, sign_in);
    if let Some(mistake) = &sign_in.mistake {
        page.sign(Sign::Problem, &mistake.message(lang));
    } else if sign_in.is_expired() {
        page.sign(Sign::Problem, t::ways_expired(lang));
    }
    if sign_in.demo {
        page.weight(8);
        page.sign(Sign::Open, t::ways_demo(lang));
    }
    if let (Some(host), None) = (&sign_in.host, &sign_in.cannot_listen) {
        // A browser that was asked for reports back by itself only if it runs here.
        if host.found.0 == Verdict::Local && host.verdict == Verdict::Local {
            page.weight(3);
            page.sign(Sign::Open, t::ways_wait(lang));
        } else if host.workspace && host.from_outside(sign_in.port).is_none() {
            page.weight(4);
            page.sign(Sign::Open, &t::ways_workspace(lang, sign_in.port));
        } else {
            page.weight(4);
            let outside = host.from_outside(sign_in.port);
            page.sign(
                Sign::Open,
                match &outside {
                    Some(_) if host.codespace.is_some() => t::ways_tunnel(lang),
                    // What is to be filled in is explained.
                    Some(command) if !command.complete => t::ways_container(lang),
                    Some(_) => t::ways_container_port(lang),
                    None => t::ways_tunnel(lang),
                },
            );
            page.weight(6);
            let unknown = outside.is_none();
            let command = outside.or_else(|| sign_in.from_elsewhere()).unwrap_or_else(|| host.tunnel(sign_in.port));
            let mut lines: Vec<Line> = rows(&command.line, width.saturating_sub(2))
                .into_iter()
                .map(|row| Line::from(vec![Span::raw("  "), Span::styled(row, theme.title)]))
                .collect();
            if !command.complete && unknown {
                let about = wrap(t::ssh_server_unknown(lang), width.saturating_sub(2)).into_iter();
                lines.extend(about.map(|line| Line::styled(format!("  {line}"), theme.quiet)));
            }
            page.drawn_lines(lines, Some(command.line));
        }
    }
    page.weight(0);
    page.gap();
    if let Some(cannot) = &sign_in.cannot_listen {
        page.weight(7);
        page.sign(Sign::Warning, &cannot.message(lang));
    }
    match &sign_in.note {
        Some(note) => {
            page.weight(8);
            page.text(note, Style::new());
        }
        None if sign_in.registered_now.is_some() => {
            page.weight(8);
            let name = sign_in.registered_now.as_deref().unwrap_or_default();
            page.sign(Sign::Done, &t::app_made(lang, name));
        }
        None => {
            page.weight(2);
            page.text(&where_words(sign_in, lang), theme.quiet);
        }
    }
}

fn where_words(sign_in: &SignIn, lang: Lang) -> String {
    let host = sign_in.host.as_ref().map(|host| host.message(lang));
    let listening =
        sign_in.cannot_listen.is_none().then(|| t::ways_listening(lang, format!("127.0.0.1:{}", sign_in.port)));
    let separator = if lang == Lang::En { " " } else { "" };
    [host, listening].into_iter().flatten().collect::<Vec<_>>().join(separator)
}

/// What is to be done, and the time left for it, which passes unsaid.
fn title(page: &mut Page, sign_in: &SignIn, still: bool) {
    let (theme, lang, width) = (page.view.theme, page.view.lang, page.width());
    let seconds = sign_in.left_ms.div_ceil(1000);
    let left = match seconds {
        0 => t::ways_time_up(lang).to_owned(),
        // The end stays where it is, however little is left.
        _ if still => {
            let left = i64::try_from(seconds).unwrap_or_default();
            let end = UnixMillis((page.view.now.0 / 1000 + left + 30) / 60 * 60_000);
            t::ways_until(lang, end.clock(page.view.now, &page.view.zone))
        }
        _ => t::ways_left(lang, format!("{}:{:02}", seconds / 60, seconds % 60)),
    };
    let title = cut(t::ways_title(lang), width.saturating_sub(left.width() + 1), theme.glyphs.ellipsis);
    let pad = width.saturating_sub(title.width() + left.width());
    let style = if seconds == 0 { theme.error } else { theme.quiet };
    let line = vec![Span::styled(title, theme.title), Span::raw(" ".repeat(pad)), Span::styled(left, style)];
    page.drawn(Line::from(line), Some(t::ways_title(lang).to_owned()));
}

/// What can be done with the link, as the keymap has it, and the link itself behind a short label.
fn keys(page: &mut Page, wizard: &Wizard) {
    let (theme, lang, width) = (page.view.theme, page.view.lang, page.width());
    let typing = wizard.context_below_help() == KeyContext::SignInTyping;
    let mut lines: Vec<Vec<Span>> = vec![Vec::new()];
    let mut used = 0;
    for action in [Action::CopyLink, Action::BareLink, Action::SaveLink, Action::ShowQr] {
        let Some(binding) = keymap::in_force(KeyContext::SignIn).find(|binding| binding.action == action) else {
            continue;
        };
        let (name, label) = (binding.keys[0].name(lang), (binding.label)(lang));
        let entry = name.width() + 1 + label.width();
        if used > 0 && used + 3 + entry > width {
            lines.push(Vec::new());
            used = 0;
        }
        let gap = if used > 0 { 3 } else { 0 };
        if let Some(line) = lines.last_mut() {
            line.push(Span::raw(" ".repeat(gap)));
            // While text is being entered, these letters are text.
            line.push(Span::styled(name, if typing { theme.quiet } else { theme.key }));
            line.push(Span::styled(format!(" {label}"), theme.quiet));
        }
        used += gap + entry;
    }
    let label = t::ways_open(lang, host_of(&wizard.sign_in.link));
    let beside = used + 3 + label.width() <= width;
    if !beside && page.room.roomy {
        lines.push(Vec::new());
    }
    let with_label = beside || page.room.roomy;
    page.drawn_lines(lines.into_iter().map(Line::from).collect(), None);
    if with_label {
        let column = if beside { width - label.width() } else { 0 };
        page.link(column, label, wizard.sign_in.link.clone());
    }
}

/// The paste field. What was pasted holds a code: only the address before it is shown.
fn field(page: &mut Page, sign_in: &SignIn) {
    let (theme, lang, width) = (page.view.theme, page.view.lang, page.width());
    let count = sign_in.paste.count();
    let counted = if count == 0 { String::new() } else { t::ways_characters(lang, count) };
    let room = width.saturating_sub(2 + t::ways_characters(lang, 10_000).width() + 2).clamp(10, 64);
    let shown = cut(&discreet(sign_in.paste.text(), theme.glyphs.mask), room - 1, theme.glyphs.ellipsis);
    let cursor = if count == 0 { 0 } else { shown.width() };
    let pad = room - shown.width();
    let line = Line::from(vec![
        Span::raw("  "),
        Span::styled(format!("{shown}{:pad$}", ""), theme.field),
        Span::styled(format!("  {counted}"), theme.quiet),
    ]);
    page.drawn(line, None);
    page.cursor_at(2 + cursor);
}

/// The address up to its parameters, and signs for the rest.
fn discreet(text: &str, mask: &str) -> String {
    let clear = match text.find(['?', '#']) {
        Some(at) if text.starts_with("http") => at + 1,
        _ => 0,
    };
    let hidden = text[clear..].chars().count().min(200);
    format!("{}{}", crate::clean::line(&text[..clear]), mask.repeat(hidden))
}

/// Rows that give the text again when they are put together.
fn rows(text: &str, width: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(width.max(1)).map(|row| row.iter().collect()).collect()
}
