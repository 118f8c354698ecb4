//! Drawing. Reads the wizard, changes nothing: header and rail above, keys in force below, one screen
//! in between.

mod accounts;
mod app;
mod auth;
mod discover;
mod doctor;
mod done;
mod help;
mod key;
mod models;
mod page;
mod qr;
mod review;
mod sign_in;

pub use done::summary;

use super::keymap;
use super::theme::{Glyphs, Theme};
use crate::clean;
use crate::texts::{Lang, wizard as t};
use crate::time::UnixMillis;
use crate::wizard::protocol::{Action, Credential, KeyContext, Viewport};
use crate::wizard::screens::auth::Choice;
use crate::wizard::{Screen, Trouble, Wizard};
use jiff::tz::TimeZone;
use page::{Page, Room, Sign};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Smallest window in which every screen is usable.
pub const MIN_WIDTH: u16 = 40;
/// Rows of the smallest window that everything is drawn in.
pub const MIN_HEIGHT: u16 = 12;
/// Columns that a text in lines is made for where that matters.
const LINE: usize = 100;

/// What drawing needs besides the wizard.
#[derive(Clone, Debug)]
pub struct View {
    pub theme: Theme,
    pub lang: Lang,
    pub zone: TimeZone,
    /// Unix time in milliseconds, for ages.
    pub now: UnixMillis,
}

/// What drawing a frame found out.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    pub viewport: Viewport,
    /// Where the terminal's cursor is, or rests unseen: on what is chosen, typed or new.
    pub cursor: Position,
}

/// The places of a frame.
#[derive(Clone, Copy, Debug)]
struct Places {
    header: Rect,
    rail: Rect,
    body: Rect,
    footer: Rect,
    /// Enough room for blank lines.
    roomy: bool,
}

impl Places {
    fn of(area: Rect) -> Places {
        let roomy = area.width >= 60 && area.height >= 18;
        let margin = if roomy { 2 } else { 1 };
        let width = area.width.saturating_sub(2 * margin);
        let at = |y: u16, height: u16| Rect::new(area.x + margin, area.y + y, width, height);
        let (top, footer_height, gap) = if roomy { (3, 2, 1) } else { (2, 1, 0) };
        let footer_y = area.height.saturating_sub(footer_height);
        Places {
            header: at(0, 1),
            rail: at(1, 1),
            body: at(top, footer_y.saturating_sub(top + gap)),
            footer: at(footer_y, footer_height),
            roomy,
        }
    }
}

impl View {
    /// Outside text made safe; where a terminal may draw some signs two columns
    /// wide, with others in their place.
    fn safe(&self, text: &str) -> String {
        let text = clean::block(text);
        match self.lang {
            Lang::En if self.theme.glyphs == Glyphs::ASCII => plain_signs(&text),
            Lang::En => text,
            Lang::ZhCn => plain_signs(&text),
        }
    }
}

impl View {
    /// Safe text as it is, sign for sign. Where terminals disagree about the width of one, it has two columns.
    fn exact(&self, text: &str) -> String {
        let text = clean::line(text);
        if self.lang == Lang::En || text.is_ascii() {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            out.push(c);
            if c.width() != c.width_cjk() {
                out.push(ITS_OTHER_HALF);
            }
        }
        out
    }

    /// Draw one frame.
    pub fn draw(&self, wizard: &Wizard, frame: &mut Frame) -> Drawn {
        let (viewport, cursor) = self.draw_screen(wizard, frame);
        // The cells of a QR code are no text: another sign in their place makes it unreadable.
        if self.lang == Lang::ZhCn && wizard.context() != KeyContext::SignInQr {
            one_width_only(frame.buffer_mut());
        }
        Drawn { viewport, cursor }
    }

    fn draw_screen(&self, wizard: &Wizard, frame: &mut Frame) -> (Viewport, Position) {
        let area = frame.area();
        if area.width < MIN_WIDTH || area.height < MIN_HEIGHT {
            let text = t::too_small(self.lang, MIN_WIDTH, MIN_HEIGHT, area.width, area.height);
            let mut page = Page::new(self, Room::of(area));
            page.text(&text, Style::new());
            return page.render(frame, area);
        }
        if wizard.context() == KeyContext::SignInQr {
            return qr::draw(self, wizard, frame);
        }
        let places = Places::of(area);
        self.header(wizard, frame, places.header);
        self.rail(wizard, frame, places.rail);
        self.footer(wizard, frame, places.footer);
        let room = Room { roomy: places.roomy, ..Room::of(places.body) };
        self.page(wizard, room, usize::from(area.width)).render(frame, places.body)
    }

    /// What the screen says. `window`: columns of the whole window.
    fn page<'v>(&'v self, wizard: &Wizard, room: Room, window: usize) -> Page<'v> {
        let mut page = Page::new(self, room);
        if let Some(scroll) = wizard.help {
            help::page(&mut page, wizard, scroll.first);
        } else if let Some(trouble) = &wizard.trouble {
            self.trouble(trouble, &mut page);
        } else {
            match wizard.screen {
                Screen::Auth => auth::page(&mut page, wizard),
                Screen::App => app::page(&mut page, wizard),
                Screen::SignIn => sign_in::page(&mut page, wizard, window),
                Screen::Key => key::page(&mut page, wizard),
                Screen::Discover => discover::page(&mut page, wizard),
                Screen::Models => models::page(&mut page, wizard),
                Screen::Review => review::page(&mut page, wizard),
                Screen::Done => done::page(&mut page, wizard),
                Screen::Doctor => doctor::page(&mut page, wizard),
                Screen::Accounts => accounts::page(&mut page, wizard),
            }
        }
        page
    }

    /// What the screen says, in lines; of a long list, the first `rows`.
    pub fn lines(&self, wizard: &Wizard, rows: usize) -> Vec<String> {
        let room = Room { width: LINE, height: rows, roomy: true, spoken: true };
        self.page(wizard, room, usize::MAX).lines()
    }

    /// Of [`View::lines`], those that answer the last key.
    pub fn answers(&self, wizard: &Wizard) -> Vec<String> {
        let room = Room { width: LINE, height: 0, roomy: true, spoken: true };
        self.page(wizard, room, usize::MAX).answers()
    }

    /// The glyph of a sign, and how it is drawn.
    fn glyph(&self, sign: Sign) -> (&'static str, Style) {
        let (theme, glyphs) = (&self.theme, &self.theme.glyphs);
        match sign {
            Sign::Done => (glyphs.done, theme.accent),
            Sign::Working | Sign::Open => (glyphs.working, theme.accent),
            Sign::Failed => (glyphs.failed, theme.error),
            Sign::Warning => (glyphs.warning, theme.warning),
            Sign::Problem => (glyphs.warning, theme.error),
            Sign::Note => (glyphs.dot, theme.quiet),
            Sign::Ahead => (glyphs.ahead, theme.quiet),
        }
    }

    /// What is said in place of a sign.
    fn word(&self, sign: Sign) -> &'static str {
        match sign {
            Sign::Failed | Sign::Problem => t::plain_error(self.lang),
            Sign::Warning => t::plain_warning(self.lang),
            Sign::Done | Sign::Working | Sign::Open | Sign::Note | Sign::Ahead => "",
        }
    }

    /// `label: text`
    fn labelled(&self, label: &str, text: &str) -> String {
        t::plain_labelled(self.lang, label, text)
    }

    fn header(&self, wizard: &Wizard, frame: &mut Frame, area: Rect) {
        let theme = &self.theme;
        let mut left = vec![Span::styled(t::app_name(self.lang), theme.title)];
        if wizard.facts.demo {
            left.push(Span::raw("  "));
            left.push(Span::styled(t::demo_badge(self.lang), theme.accent));
        }
        let left = Line::from(left);
        let place = clean::line(&format!("{} {} {}", wizard.facts.state_dir, theme.glyphs.dot, wizard.agent()));
        let room = usize::from(area.width).saturating_sub(left.width() + 2);
        if place.width() <= room {
            let width = u16::try_from(place.width()).unwrap_or(area.width);
            frame.render_widget(Line::styled(place, theme.quiet), Rect { x: area.right() - width, width, ..area });
        }
        frame.render_widget(left, area);
    }

    /// The steps of this run, in order, with their names.
    fn steps(&self, wizard: &Wizard) -> Vec<(Screen, &'static str)> {
        let mut steps = vec![
            (Screen::Auth, t::rail_auth(self.lang)),
            (Screen::Key, if signs_in(wizard) { t::rail_signin(self.lang) } else { t::rail_key(self.lang) }),
            (Screen::Discover, t::rail_discover(self.lang)),
            (Screen::Models, t::rail_models(self.lang)),
            (Screen::Review, t::rail_review(self.lang)),
            (Screen::Done, t::rail_done(self.lang)),
        ];
        if wizard.facts.models_only {
            steps.drain(..3);
        }
        steps
    }

    /// The name of the present step.
    pub fn step_name(&self, wizard: &Wizard) -> &'static str {
        let steps = self.steps(wizard);
        steps.into_iter().find(|(screen, _)| *screen == wizard.step()).map_or("", |(_, name)| name)
    }

    fn rail(&self, wizard: &Wizard, frame: &mut Frame, area: Rect) {
        let theme = &self.theme;
        let steps = self.steps(wizard);
        let whole: usize = steps.iter().map(|(_, name)| name.width() + 2).sum::<usize>() + 2 * (steps.len() - 1);
        let narrow = whole > usize::from(area.width);
        let at_screen = wizard.step();
        let mut spans = Vec::new();
        for (at, (screen, name)) in steps.iter().enumerate() {
            if at > 0 {
                spans.push(Span::raw(if narrow { " " } else { "  " }));
            }
            let here = *screen == at_screen;
            let (glyph, style) = if here && *screen != Screen::Done {
                (theme.glyphs.here, theme.accent)
            } else if *screen < at_screen || here {
                (theme.glyphs.done, theme.accent)
            } else {
                (theme.glyphs.ahead, theme.quiet)
            };
            spans.push(Span::styled(glyph, style));
            if here || !narrow {
                let style = if here {
                    theme.title
                } else if *screen < at_screen {
                    Style::new()
                } else {
                    theme.quiet
                };
                spans.push(Span::styled(format!(" {name}"), style));
            }
        }
        frame.render_widget(Line::from(spans), area);
    }

    /// The keys in force that matter most, in table order; what does not fit is in the help.
    fn footer(&self, wizard: &Wizard, frame: &mut Frame, area: Rect) {
        let bindings: Vec<_> = keymap::in_force(wizard.context()).filter(|binding| binding.footer).collect();
        let entry = |binding: &keymap::Binding| {
            let name = binding.keys[0].name(self.lang);
            let label = (binding.label)(self.lang);
            (name.width() + 1 + label.width(), name, label)
        };
        let width = usize::from(area.width);
        let lines_there = usize::from(area.height);
        let mut lines: Vec<Vec<Span>> = vec![Vec::new()];
        let mut used = 0;
        // The way to the help and the way out keep their places on the last line.
        let kept = |binding: &keymap::Binding| matches!(binding.action, Action::Help | Action::Quit);
        let mut reserved: usize = bindings.iter().filter(|b| kept(b)).map(|binding| entry(binding).0 + 3).sum();
        for binding in bindings {
            let (entry_width, name, label) = entry(binding);
            let on_last_line = lines.len() == lines_there;
            if kept(binding) {
                reserved -= entry_width + 3;
            }
            let reserve = if on_last_line { reserved } else { 0 };
            let gap = if used == 0 { 0 } else { 3 };
            if used + gap + entry_width + reserve > width {
                if on_last_line {
                    continue;
                }
                lines.push(Vec::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                if used > 0 {
                    line.push(Span::raw("   "));
                    used += 3;
                }
                line.push(Span::styled(name, self.theme.key));
                line.push(Span::styled(format!(" {label}"), self.theme.quiet));
                used += entry_width;
            }
        }
        let lines: Vec<Line> = lines.into_iter().map(Line::from).collect();
        frame.render_widget(ratatui::widgets::Paragraph::new(lines), area);
    }

    fn trouble(&self, trouble: &Trouble, page: &mut Page) {
        match trouble {
            Trouble::Files(error) => {
                page.title(t::trouble_title(self.lang));
                page.blank();
                page.sign(Sign::Failed, &error.message(self.lang));
                if let Some(hint) = error.hint(self.lang) {
                    page.blank();
                    page.text(&hint, Style::new());
                }
            }
            Trouble::Overrides(refusal) => {
                page.title(t::trouble_options_title(self.lang));
                page.blank();
                page.sign(Sign::Failed, &refusal.message(self.lang));
            }
        }
    }
}

/// Signs that a terminal may not have, or may draw two columns wide, as ones that all agree about.
fn plain_signs(text: &str) -> String {
    let plain = |c| match c {
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '—' | '–' => '-',
        '·' => '|',
        '×' => 'x',
        c => c,
    };
    text.chars().map(plain).collect::<String>().replace('…', "..").replace('→', "->")
}

/// Stands behind a sign that some terminals draw two columns wide, so that both draw the rest alike. A blank
/// to the eye.
const ITS_OTHER_HALF: char = '\u{a0}';

/// Terminals in Chinese locales disagree about the width of some characters; whoever wrote them, they
/// are drawn as ones that all agree about, but for those that have room for either width.
fn one_width_only(buffer: &mut ratatui::buffer::Buffer) {
    for at in 0..buffer.content.len() {
        let has_room = buffer.content.get(at + 1).is_some_and(|next| next.symbol() == ITS_OTHER_HALF.to_string());
        let cell = &mut buffer.content[at];
        let symbol = cell.symbol();
        if has_room && symbol.width() == 1 {
            continue;
        }
        if symbol.is_ascii() || symbol.width() == symbol.width_cjk() {
            continue;
        }
        let plain = match symbol {
            "…" => "~",
            "·" | "•" => "|",
            "—" | "–" => "-",
            "×" => "x",
            _ if symbol.width() == 2 => "??",
            _ => "?",
        };
        // A wide cell's neighbour stays hidden behind it, so one sign fills one column of it.
        cell.set_symbol(plain);
    }
}

/// The second step is a sign-in and not a key.
fn signs_in(wizard: &Wizard) -> bool {
    let screen = if wizard.screen == Screen::Doctor { wizard.step() } else { wizard.screen };
    match (screen, wizard.credential()) {
        (Screen::App | Screen::SignIn, _) => true,
        (Screen::Auth, _) => {
            matches!(wizard.auth.choices.get(wizard.auth.chosen), Some(Choice::OAuth | Choice::Continue(_)))
        }
        (Screen::Key, _) => false,
        (_, credential) => matches!(credential, Some(Credential::OAuth(_))),
    }
}
