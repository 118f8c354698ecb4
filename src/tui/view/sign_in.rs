//! The app screen, the sign-in screen and the QR code.

use super::View;
use super::page::Page;
use crate::chutes::endpoints::host_of;
use crate::host::Verdict;
use crate::texts::{Lang, signin as t};
use crate::tui::device::qr::{self, Fit};
use crate::tui::format::{cut, wrap};
use crate::tui::keymap;
use crate::wizard::Wizard;
use crate::wizard::protocol::{Action, KeyContext, Over};
use crate::wizard::screens::app::Problem;
use crate::wizard::screens::sign_in::{Phase, Show, SignIn};
use ratatui::Frame;
use ratatui::buffer::CellDiffOption;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use std::num::NonZeroU16;
use unicode_width::UnicodeWidthStr;

/// How to register an app.
const DOCS: &str = "https://chutes.ai/docs/sign-in-with-chutes/overview";
/// Columns that the text beside a QR code needs.
const BESIDE: u16 = 24;

pub fn draw_app(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let (theme, lang) = (&view.theme, view.lang);
    let app = &wizard.app;
    let mut page = Page::new(area, view);
    page.title(if app.only_secret { t::app_secret_title(lang) } else { t::app_title(lang) });
    if roomy {
        page.blank();
    }
    let label_width = t::app_id(lang).width().max(t::app_secret(lang).width()) + 3;
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
        page.line(Line::from(vec![label(t::app_id(lang), !app.on_secret), filled(shown)]));
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
    page.line(Line::from(vec![
        label(t::app_secret(lang), app.on_secret),
        filled(theme.glyphs.mask.repeat(count.min(field))),
        Span::styled(format!("  {about}"), theme.quiet),
    ]));
    if app.on_secret {
        page.cursor_at(label_width + app.secret.cursor_count().min(field));
    }
    if roomy {
        page.blank();
    }
    // In a low window what must be copied exactly comes first.
    let redirect = wizard.facts.sign_in.environment.as_ref().and_then(|read| read.as_ref().ok());
    if let (Some(environment), false, false) = (redirect, roomy, app.only_secret || wizard.facts.demo) {
        page.text(t::app_redirect(lang), theme.quiet);
        page.text(environment.redirect.as_str(), theme.accent);
    }
    match app.problem {
        Some(Problem::Id(problem)) => page.sign(theme.glyphs.warning, &problem.says(lang), theme.error),
        Some(Problem::Secret) => page.sign(theme.glyphs.warning, t::app_bad_secret(lang), theme.error),
        None => page.text(&t::app_secret_for(lang, &wizard.facts.sign_in.dotenv), theme.quiet),
    }
    if app.only_secret {
        page.render(frame);
        return;
    }
    page.blank();
    if wizard.facts.demo {
        page.text(t::app_demo(lang), Style::new());
    } else if let Some(Ok(environment)) = &wizard.facts.sign_in.environment {
        page.text(t::app_register(lang), Style::new());
        let labels = [t::app_docs(lang), t::app_redirect(lang), t::app_scopes(lang)];
        let width = labels.iter().map(|label| label.width()).max().unwrap_or(0) + 3;
        page.row(t::app_docs(lang), width, DOCS, Style::new());
        let redirect = environment.redirect.as_str();
        page.row(t::app_redirect(lang), width, redirect, theme.accent);
        page.row("", width, t::app_redirect_exact(lang), theme.quiet);
        page.row(t::app_scopes(lang), width, &environment.scopes.join(" "), Style::new());
    }
    page.render(frame);
}

/// A part of the screen; of those that do not fit, the least important goes first.
struct Part {
    lines: Vec<Line<'static>>,
    weight: u8,
    /// Over the whole width of the window: nothing may stand beside the link.
    whole: bool,
    cursor: Option<usize>,
    /// Columns of the label that is the link itself.
    label: Option<(usize, String)>,
}

impl Part {
    fn new(weight: u8, lines: Vec<Line<'static>>) -> Part {
        Part { lines, weight, whole: false, cursor: None, label: None }
    }
}

pub fn draw(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let sign_in = &wizard.sign_in;
    match &sign_in.phase {
        Phase::Waiting => draw_ways(view, wizard, frame, area, roomy),
        phase => draw_phase(view, wizard, phase, frame, area),
    }
}

fn draw_phase(view: &View, wizard: &Wizard, phase: &Phase, frame: &mut Frame, area: Rect) {
    let (theme, lang) = (&view.theme, view.lang);
    let mut page = Page::new(area, view);
    match phase {
        Phase::Starting => page.sign(theme.glyphs.working, t::ways_preparing(lang), theme.accent),
        Phase::Exchanging => {
            let host = host_of(&wizard.sign_in.link).to_owned();
            page.sign(theme.glyphs.working, &t::ways_exchanging(lang, host), theme.accent);
        }
        Phase::Over(over) => {
            page.title(t::over_title(lang));
            page.blank();
            let why = match over {
                Over::Refused(refusal) => refusal.says(lang),
                Over::Failed(error) => error.says(lang),
                Over::CannotResume(why) => why.says(lang),
                Over::NoState(why) => why.clone(),
            };
            page.sign(theme.glyphs.failed, &why, theme.error);
            page.blank();
            page.text(t::over_nothing(lang), theme.quiet);
        }
        Phase::Waiting => {}
    }
    page.render(frame);
}

fn draw_ways(view: &View, wizard: &Wizard, frame: &mut Frame, area: Rect, roomy: bool) {
    let whole = frame.area().width;
    let mut parts = parts(view, wizard, usize::from(area.width), usize::from(whole), roomy);
    let height = |parts: &[Part]| parts.iter().map(|part| part.lines.len()).sum::<usize>();
    while height(&parts) > usize::from(area.height) {
        let lightest = parts.iter().enumerate().filter(|(_, part)| !part.lines.is_empty());
        let Some((at, _)) = lightest.min_by_key(|(at, part)| (part.weight, usize::MAX - at)) else { break };
        parts[at].lines.clear();
    }
    let mut y = area.y;
    for part in parts {
        let last = part.lines.len();
        for (at, line) in part.lines.into_iter().enumerate() {
            if y >= area.bottom() {
                return;
            }
            let (x, width) = if part.whole { (0, whole) } else { (area.x, area.width) };
            frame.render_widget(line, Rect::new(x, y, width, 1));
            if at + 1 == last {
                if let Some(column) = part.cursor {
                    let column = u16::try_from(column).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
                    frame.set_cursor_position(Position::new(area.x + column, y));
                }
                if let Some((column, label)) = &part.label {
                    let column = area.x + u16::try_from(*column).unwrap_or(0);
                    link_label(frame, Position::new(column, y), label, &wizard.sign_in.link);
                }
            }
            y += 1;
        }
    }
}

fn parts(view: &View, wizard: &Wizard, width: usize, whole: usize, roomy: bool) -> Vec<Part> {
    let (theme, lang) = (&view.theme, view.lang);
    let sign_in = &wizard.sign_in;
    let typing = wizard.context_below_help() == KeyContext::SignInTyping;
    let blank = |weight: u8| Part::new(weight, if roomy { vec![Line::default()] } else { Vec::new() });
    let text = |weight: u8, words: &str, style: Style| {
        Part::new(weight, wrap(words, width).into_iter().map(|line| Line::styled(line, style)).collect())
    };
    let sign = |weight: u8, glyph: &'static str, glyph_style: Style, words: &str, style: Style| {
        let lines = wrap(words, width.saturating_sub(2)).into_iter().enumerate().map(|(at, line)| {
            let head = if at == 0 { format!("{glyph} ") } else { "  ".to_owned() };
            Line::from(vec![Span::styled(head, glyph_style), Span::styled(line, style)])
        });
        Part::new(weight, lines.collect())
    };

    let mut out = vec![Part::new(9, vec![title(view, sign_in, width)]), blank(0)];
    let mut link =
        Part::new(5, rows(&sign_in.link, whole).into_iter().map(|row| Line::styled(row, Style::new())).collect());
    link.whole = true;
    out.extend([link, blank(2), keys(view, wizard, width, typing, roomy), blank(3)]);

    out.extend([text(1, t::ways_finish(lang), Style::new()), blank(1)]);
    out.push(sign(7, theme.glyphs.working, theme.accent, t::ways_paste(lang), Style::new()));
    out.push(field(view, sign_in, width));
    if let Some(mistake) = &sign_in.mistake {
        out.push(sign(9, theme.glyphs.warning, theme.error, &mistake.says(lang), Style::new()));
    } else if sign_in.is_expired() {
        out.push(sign(9, theme.glyphs.warning, theme.error, t::ways_expired(lang), Style::new()));
    }
    if let (Some(host), None) = (&sign_in.host, &sign_in.cannot_listen) {
        let container = host.from_container_host(sign_in.port);
        if host.verdict == Verdict::Local {
            out.push(sign(3, theme.glyphs.working, theme.accent, t::ways_wait(lang), Style::new()));
        } else {
            let words = if container.is_some() { t::ways_container(lang) } else { t::ways_tunnel(lang) };
            out.push(sign(4, theme.glyphs.working, theme.accent, words, Style::new()));
            let command = container.unwrap_or_else(|| host.tunnel(sign_in.port));
            let line = Line::from(vec![Span::raw("  "), Span::styled(command.line.clone(), theme.title)]);
            let mut lines = vec![line];
            if command.line.width() + 2 > width {
                lines = rows(&command.line, width.saturating_sub(2))
                    .into_iter()
                    .map(|row| Line::from(vec![Span::raw("  "), Span::styled(row, theme.title)]))
                    .collect();
            }
            if !command.complete && host.from_container_host(sign_in.port).is_none() {
                lines.extend(
                    wrap(t::ssh_server_unknown(lang), width.saturating_sub(2))
                        .into_iter()
                        .map(|line| Line::styled(format!("  {line}"), theme.quiet)),
                );
            }
            out.push(Part::new(6, lines));
        }
    }
    out.push(blank(0));
    if let Some(cannot) = &sign_in.cannot_listen {
        out.push(sign(7, theme.glyphs.warning, theme.warning, &cannot.says(lang), Style::new()));
    }
    match &sign_in.note {
        Some(note) => out.push(text(8, &crate::clean::block(note), Style::new())),
        None => out.push(text(2, &where_words(sign_in, lang), theme.quiet)),
    }
    out
}

/// The ways to finish, line by line: the link is one line however long, and time passes unsaid. None
/// while none is open.
pub fn lines(view: &View, wizard: &Wizard) -> Option<Vec<String>> {
    let (lang, sign_in) = (view.lang, &wizard.sign_in);
    if sign_in.phase != Phase::Waiting {
        return None;
    }
    let mut lines = vec![t::ways_title(lang).to_owned(), sign_in.link.clone(), t::ways_paste(lang).to_owned()];
    if let Some(mistake) = &sign_in.mistake {
        lines.push(mistake.says(lang));
    } else if sign_in.is_expired() {
        lines.push(t::ways_expired(lang).to_owned());
    }
    if let (Some(host), None) = (&sign_in.host, &sign_in.cannot_listen) {
        if host.verdict == Verdict::Local {
            lines.push(t::ways_wait(lang).to_owned());
        } else {
            let container = host.from_container_host(sign_in.port);
            let words = if container.is_some() { t::ways_container(lang) } else { t::ways_tunnel(lang) };
            lines.push(words.to_owned());
            lines.push(container.unwrap_or_else(|| host.tunnel(sign_in.port)).line);
        }
    }
    lines.extend(sign_in.cannot_listen.as_ref().map(|cannot| cannot.says(lang)));
    lines.push(sign_in.note.clone().unwrap_or_else(|| where_words(sign_in, lang)));
    Some(lines.iter().map(|line| view.safe(line)).collect())
}

fn where_words(sign_in: &SignIn, lang: Lang) -> String {
    let host = sign_in.host.as_ref().map(|host| host.says(lang));
    let listening =
        sign_in.cannot_listen.is_none().then(|| t::ways_listening(lang, format!("127.0.0.1:{}", sign_in.port)));
    let separator = if lang == Lang::En { " " } else { "" };
    [host, listening].into_iter().flatten().collect::<Vec<_>>().join(separator)
}

fn title(view: &View, sign_in: &SignIn, width: usize) -> Line<'static> {
    let (theme, lang) = (&view.theme, view.lang);
    let seconds = sign_in.left_ms.div_ceil(1000);
    let left = match seconds {
        0 => t::ways_time_up(lang).to_owned(),
        _ => t::ways_left(lang, format!("{}:{:02}", seconds / 60, seconds % 60)),
    };
    let title = cut(t::ways_title(lang), width.saturating_sub(left.width() + 1), theme.glyphs.ellipsis);
    let pad = width.saturating_sub(title.width() + left.width());
    let style = if seconds == 0 { theme.error } else { theme.quiet };
    Line::from(vec![Span::styled(title, theme.title), Span::raw(" ".repeat(pad)), Span::styled(left, style)])
}

/// What can be done with the link, as the keymap has it, and the link itself behind a short label.
fn keys(view: &View, wizard: &Wizard, width: usize, typing: bool, roomy: bool) -> Part {
    let (theme, lang) = (&view.theme, view.lang);
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
    let host = host_of(&wizard.sign_in.link).to_owned();
    let label = t::ways_open(lang, &host);
    let beside = used + 3 + label.width() <= width;
    if !beside && roomy {
        lines.push(Vec::new());
    }
    let mut part = Part::new(7, lines.into_iter().map(Line::from).collect());
    if beside || roomy {
        part.label = Some((if beside { width - label.width() } else { 0 }, label));
    }
    part
}

/// The paste field. What was pasted holds a code: only the address before it is shown.
fn field(view: &View, sign_in: &SignIn, width: usize) -> Part {
    let (theme, lang) = (&view.theme, view.lang);
    let count = sign_in.paste.count();
    let counted = if count == 0 { String::new() } else { t::ways_characters(lang, count) };
    let room = width.saturating_sub(2 + t::ways_characters(lang, 10_000).width() + 2).clamp(10, 64);
    let shown = cut(&discreet(sign_in.paste.text(), theme.glyphs.mask), room - 1, theme.glyphs.ellipsis);
    let cursor = if count == 0 { 0 } else { shown.width() };
    let pad = room - shown.width();
    let mut part = Part::new(
        9,
        vec![Line::from(vec![
            Span::raw("  "),
            Span::styled(format!("{shown}{:pad$}", ""), theme.field),
            Span::styled(format!("  {counted}"), theme.quiet),
        ])],
    );
    part.cursor = Some(2 + cursor);
    part
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

/// A label that is a link (OSC 8). Every cell carries it whole, so that a redraw of some of them can
/// neither lose it nor leave it open; the shared id makes them one link.
fn link_label(frame: &mut Frame, at: Position, label: &str, link: &str) {
    let style = Style::new().add_modifier(Modifier::UNDERLINED);
    let mut x = at.x;
    for c in label.chars() {
        let width = u16::try_from(unicode_width::UnicodeWidthChar::width(c).unwrap_or(1)).unwrap_or(1);
        let Some(cell) = frame.buffer_mut().cell_mut((x, at.y)) else { return };
        cell.set_symbol(&format!("\x1b]8;id=chutes;{link}\x1b\\{c}\x1b]8;;\x1b\\")).set_style(style);
        if let Some(width) = NonZeroU16::new(width) {
            cell.set_diff_option(CellDiffOption::ForcedWidth(width));
        }
        x += width;
    }
}

/// The code alone on the screen, as large as it can be, with what to know beside or below it.
pub fn draw_qr(view: &View, wizard: &Wizard, frame: &mut Frame) {
    let lang = view.lang;
    let sign_in = &wizard.sign_in;
    let finer = sign_in.show == Show::Qr { finer: true } || wizard.facts.sign_in.sextants;
    let area = frame.area();
    let fit = qr::fit(&sign_in.link, Size::new(area.width, area.height), finer);
    let drawing = match fit {
        Fit::Half(drawing) | Fit::Sextant(drawing) => drawing,
        Fit::TooSmall { needs, has } => return qr_text(view, sign_in, frame, Some((needs, has)), finer),
        Fit::TooLong => return qr_text(view, sign_in, frame, None, finer),
    };
    let size = drawing.size();
    frame.render_widget(&drawing, Rect::new(area.x, area.y, size.width, size.height));
    let beside = area.width.saturating_sub(size.width + 4);
    let below = area.height.saturating_sub(size.height + 1);
    let place = if beside >= BESIDE {
        Rect::new(area.x + size.width + 2, area.y + 1, beside, area.height - 1)
    } else {
        Rect::new(area.x + 1, area.y + size.height + 1, area.width.saturating_sub(2), below)
    };
    let mut page = Page::new(place, view);
    page.title(t::qr_title(lang));
    page.blank();
    page.text(t::qr_phone(lang), Style::new());
    page.blank();
    page.text(t::qr_gaps(lang), Style::new());
    page.blank();
    if let Some(note) = &sign_in.note {
        page.text(note, Style::new());
        page.blank();
    }
    qr_keys(view, &mut page);
    page.render(frame);
}

fn qr_text(view: &View, sign_in: &SignIn, frame: &mut Frame, sizes: Option<(Size, Size)>, finer: bool) {
    let (theme, lang) = (&view.theme, view.lang);
    let area = frame.area();
    let place = Rect::new(area.x + 2, area.y + 1, area.width.saturating_sub(4), area.height.saturating_sub(1));
    let mut page = Page::new(place, view);
    let words = |size: Size| format!("{}×{}", size.width, size.height);
    match sizes {
        Some((needs, has)) => {
            let ascii = |text: String| if lang == Lang::En { text } else { text.replace('×', "x") };
            page.sign(
                theme.glyphs.warning,
                &t::qr_too_small(lang, ascii(words(needs)), ascii(words(has))),
                theme.warning,
            );
            if !finer {
                page.blank();
                page.text(t::qr_ask_finer(lang), Style::new());
            }
        }
        None => page.sign(theme.glyphs.warning, t::qr_too_long(lang), theme.warning),
    }
    if let Some(note) = &sign_in.note {
        page.blank();
        page.text(note, Style::new());
    }
    page.blank();
    qr_keys(view, &mut page);
    page.render(frame);
}

fn qr_keys(view: &View, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    for binding in keymap::in_force(KeyContext::SignInQr).filter(|binding| binding.footer) {
        let name = binding.keys[0].name(lang);
        page.line(Line::from(vec![
            Span::styled(format!("{name:<5}"), theme.key),
            Span::styled(format!(" {}", (binding.label)(lang)), theme.quiet),
        ]));
    }
}
