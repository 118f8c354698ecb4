//! What a screen says, as a list of meanings, and its two renderers: a frame of cells, and lines of text
//! for screen readers and logs.

use super::View;
use crate::tui::format::{cut, wrap};
use crate::wizard::protocol::Viewport;
use ratatui::Frame;
use ratatui::buffer::CellDiffOption;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use std::num::NonZeroU16;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How important a part is that must be there.
const KEPT: u8 = u8::MAX;

/// The room that a screen has.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Columns and rows.
    pub width: usize,
    pub height: usize,
    /// Enough of it for blank lines.
    pub roomy: bool,
    /// It is read aloud: rows need not fit.
    pub spoken: bool,
}

impl Room {
    /// The room of this place of a frame, with blank lines.
    pub fn of(place: Rect) -> Room {
        Room { width: usize::from(place.width), height: usize::from(place.height), roomy: true, spoken: false }
    }
}

/// What stands before a text and says how it is meant: a glyph in a frame, a word in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Done,
    Working,
    /// It did not work.
    Failed,
    /// It works, but.
    Warning,
    /// What was typed cannot be taken.
    Problem,
    Note,
    /// Still to come.
    Ahead,
    /// A way that is open.
    Open,
}

/// One thing that a screen says.
enum Meaning {
    Title(String),
    Text {
        indent: usize,
        text: String,
        style: Style,
    },
    Sign {
        sign: Sign,
        text: String,
    },
    /// A label in a column of its own, and what belongs to it.
    Row {
        label: String,
        width: usize,
        text: String,
        style: Style,
    },
    /// One of several lines to choose from.
    Choice {
        number: usize,
        here: bool,
        name: String,
        width: usize,
        about: String,
    },
    /// Lines as they are drawn, and what is said in their place.
    Drawn {
        lines: Vec<Line<'static>>,
        said: Option<String>,
    },
    Blank,
}

struct Part {
    meaning: Meaning,
    weight: u8,
    /// It answers the last key: where it is read aloud, it is said again when it is the answer again.
    answer: bool,
    /// Over the whole width of the window: nothing may stand beside it.
    whole: bool,
    /// The terminal's cursor, at this column of the last line.
    cursor: Option<usize>,
    /// Where nobody chooses or types: the terminal's cursor rests here, unseen, for who hears what is at it.
    rest: bool,
    /// A link (OSC 8) behind a label, at this column of the last line.
    link: Option<Link>,
}

struct Link {
    column: usize,
    label: String,
    target: String,
}

/// The parts of one screen, from the top.
pub struct Page<'a> {
    pub view: &'a View,
    pub room: Room,
    parts: Vec<Part>,
    weight: u8,
    first: usize,
    viewport: Option<Viewport>,
}

impl<'a> Page<'a> {
    pub fn new(view: &'a View, room: Room) -> Page<'a> {
        Page { view, room, parts: Vec::new(), weight: KEPT, first: 0, viewport: None }
    }

    pub fn width(&self) -> usize {
        self.room.width
    }

    /// What follows goes when there is no room for it, the lightest first.
    pub fn weight(&mut self, weight: u8) {
        self.weight = weight;
    }

    fn push(&mut self, meaning: Meaning) {
        let answer = matches!(&meaning, Meaning::Sign { sign: Sign::Problem | Sign::Failed | Sign::Warning, .. });
        let cursor = matches!(&meaning, Meaning::Choice { here: true, .. }).then_some(0);
        self.parts.push(Part { meaning, weight: self.weight, answer, whole: false, cursor, rest: false, link: None });
    }

    pub fn title(&mut self, text: &str) {
        self.push(Meaning::Title(text.to_owned()));
    }

    pub fn blank(&mut self) {
        self.push(Meaning::Blank);
    }

    /// A blank line where there is enough room for one.
    pub fn gap(&mut self) {
        if self.room.roomy {
            self.blank();
        }
    }

    pub fn text(&mut self, text: &str, style: Style) {
        self.indented(0, text, style);
    }

    /// A text that answers the last key.
    pub fn answer(&mut self, text: &str) {
        self.text(text, Style::new());
        if let Some(part) = self.parts.last_mut() {
            part.answer = true;
        }
    }

    pub fn indented(&mut self, indent: usize, text: &str, style: Style) {
        self.push(Meaning::Text { indent, text: text.to_owned(), style });
    }

    /// A sign, then text that wraps beside it.
    pub fn sign(&mut self, sign: Sign, text: &str) {
        self.push(Meaning::Sign { sign, text: text.to_owned() });
    }

    /// Columns of the labels that follow each other: as wide as the widest, and a gap.
    pub fn label_width(labels: &[&str]) -> usize {
        labels.iter().map(|label| label.width()).max().unwrap_or(0) + 3
    }

    pub fn row(&mut self, label: &str, width: usize, text: &str, style: Style) {
        self.push(Meaning::Row { label: label.to_owned(), width, text: text.to_owned(), style });
    }

    /// `width`: columns of the names.
    pub fn choice(&mut self, number: usize, here: bool, name: &str, width: usize, about: &str) {
        self.push(Meaning::Choice { number, here, name: name.to_owned(), width, about: about.to_owned() });
    }

    /// A line that only makes sense to the eye; `said` is what is read in its place. Outside text in it
    /// has been made safe.
    pub fn drawn(&mut self, line: Line<'static>, said: Option<String>) {
        self.push(Meaning::Drawn { lines: vec![line], said });
    }

    /// [`Page::drawn`], over the whole width of the window.
    pub fn drawn_whole(&mut self, lines: Vec<Line<'static>>, said: String) {
        self.push(Meaning::Drawn { lines, said: Some(said) });
        if let Some(part) = self.parts.last_mut() {
            part.whole = true;
        }
    }

    pub fn drawn_lines(&mut self, lines: Vec<Line<'static>>, said: Option<String>) {
        self.push(Meaning::Drawn { lines, said });
    }

    /// What only a reader of lines needs to be told.
    pub fn said(&mut self, text: String) {
        self.push(Meaning::Drawn { lines: Vec::new(), said: Some(text) });
    }

    /// What `fill` says, in at least and at most so many rows.
    pub fn in_rows(&mut self, least: usize, most: usize, fill: impl FnOnce(&mut Page)) {
        let mut inner = Page::new(self.view, self.room);
        inner.weight = self.weight;
        fill(&mut inner);
        if self.room.spoken {
            self.parts.extend(inner.parts);
            return;
        }
        let mut lines: Vec<Line> = inner.parts.iter().flat_map(|part| inner.lay_out(&part.meaning)).collect();
        lines.truncate(most);
        lines.resize(lines.len().max(least), Line::default());
        self.drawn_lines(lines, None);
    }

    /// What `left` says in so many columns, and beside it, behind a gap, what `right` says in the rest, or in as
    /// much of it as makes lines that are easily read. As many rows as the left one has.
    pub fn beside(&mut self, columns: usize, left: impl FnOnce(&mut Page), right: impl FnOnce(&mut Page)) {
        const GAP: usize = 2;
        const LONGEST: usize = 60;
        let mut page = Page::new(self.view, Room { width: columns, ..self.room });
        left(&mut page);
        let rest = self.room.width.saturating_sub(columns + GAP).min(LONGEST);
        let mut other = Page::new(self.view, Room { width: rest, height: page.height(), ..self.room });
        right(&mut other);
        let mut beside = other.parts.iter().flat_map(|part| other.lay_out(&part.meaning));
        for part in &page.parts {
            let lines = page.lay_out(&part.meaning);
            let last = lines.len().saturating_sub(1);
            for (at, mut line) in lines.into_iter().enumerate() {
                if let Some(right) = beside.next() {
                    let gap = (columns + GAP).saturating_sub(line.width());
                    line.spans.push(Span::raw(" ".repeat(gap)));
                    let style = right.style;
                    line.spans.extend(right.spans.into_iter().map(|span| span.patch_style(style)));
                }
                self.drawn(line, None);
                if let Some(cursor) = part.cursor.filter(|_| at == last) {
                    self.cursor_at(cursor);
                }
            }
        }
    }

    /// Put the terminal's cursor on the last line, at this column.
    pub fn cursor_at(&mut self, column: usize) {
        if let Some(part) = self.parts.last_mut() {
            part.cursor = Some(column);
        }
    }

    /// The terminal's cursor rests here where nothing is chosen or typed.
    pub fn rest_here(&mut self) {
        if let Some(part) = self.parts.last_mut() {
            part.rest = true;
        }
    }

    /// A link behind a label, on the last line.
    pub fn link(&mut self, column: usize, label: String, target: String) {
        if let Some(part) = self.parts.last_mut() {
            part.link = Some(Link { column, label, target });
        }
    }

    /// Rows so far.
    pub fn height(&self) -> usize {
        self.parts.iter().map(|part| self.lay_out(&part.meaning).len()).sum()
    }

    /// Show the page from this row on, where it is higher than the window.
    pub fn scroll(&mut self, first: usize) {
        self.first = first;
    }

    /// The page scrolls inside, in its own way.
    pub fn set_viewport(&mut self, viewport: Viewport) {
        self.viewport = Some(viewport);
    }

    // ── A frame ──────────────────────────────────────────────────────────────────────────────────

    /// The lines of a meaning. Outside text is made safe here, whoever calls.
    fn lay_out(&self, meaning: &Meaning) -> Vec<Line<'static>> {
        let (view, theme, width) = (self.view, &self.view.theme, self.room.width);
        let wrapped = |text: &str, used: usize| wrap(&view.safe(text), width.saturating_sub(used));
        match meaning {
            Meaning::Blank => vec![Line::default()],
            Meaning::Title(text) => wrapped(text, 0).into_iter().map(|line| Line::styled(line, theme.title)).collect(),
            Meaning::Text { indent, text, style } => {
                let lines = wrapped(text, *indent).into_iter();
                lines.map(|line| Line::styled(format!("{:indent$}{line}", ""), *style)).collect()
            }
            Meaning::Sign { sign, text } => {
                let (glyph, style) = view.glyph(*sign);
                let lines = wrapped(text, 2).into_iter().enumerate();
                lines
                    .map(|(at, line)| {
                        let head = if at == 0 { Span::styled(format!("{glyph} "), style) } else { Span::raw("  ") };
                        Line::from(vec![head, Span::raw(line)])
                    })
                    .collect()
            }
            Meaning::Row { label, width, text, style } => {
                let lines = wrapped(text, *width).into_iter().enumerate();
                lines
                    .map(|(at, line)| {
                        let head = if at == 0 { label.as_str() } else { "" };
                        let pad = width.saturating_sub(head.width());
                        let head = Span::styled(format!("{head}{:pad$}", ""), theme.quiet);
                        Line::from(vec![head, Span::styled(line, *style)])
                    })
                    .collect()
            }
            Meaning::Choice { here, name, width: names, about, .. } => {
                let (name, about) = (view.safe(name), view.safe(about));
                let pad = names.saturating_sub(name.width()) + 3;
                let room = width.saturating_sub(2 + name.width() + pad);
                let about = cut(&about, room, theme.glyphs.ellipsis);
                vec![Line::from(vec![
                    Span::styled(format!("{} ", if *here { theme.glyphs.pointer } else { " " }), theme.accent),
                    Span::styled(name, if *here { theme.title } else { Style::new() }),
                    Span::styled(format!("{:pad$}{about}", ""), theme.quiet),
                ])]
            }
            Meaning::Drawn { lines, .. } => lines.clone(),
        }
    }

    /// How far one can scroll, and where the terminal's cursor rests.
    pub fn render(self, frame: &mut Frame, area: Rect) -> (Viewport, Position) {
        let window = frame.area();
        let height = usize::from(area.height);
        let mut laid_out: Vec<Vec<Line>> = self.parts.iter().map(|part| self.lay_out(&part.meaning)).collect();
        // Of what does not fit, the least important goes; of equals, the lowest.
        while laid_out.iter().map(Vec::len).sum::<usize>() > height {
            let candidates = laid_out.iter().zip(&self.parts).enumerate();
            let candidates = candidates.filter(|(_, (lines, part))| !lines.is_empty() && part.weight < KEPT);
            let Some((at, _)) = candidates.min_by_key(|(at, (_, part))| (part.weight, usize::MAX - at)) else { break };
            laid_out[at].clear();
        }
        let last = laid_out.iter().map(Vec::len).sum::<usize>().saturating_sub(height);
        let mut row: usize = 0;
        let first = self.first.min(last);
        let mut rest = Position::new(area.x, area.y);
        for (part, lines) in self.parts.iter().zip(laid_out) {
            let count = lines.len();
            for (at, line) in lines.into_iter().enumerate() {
                row += 1;
                let Some(y) = (row - 1).checked_sub(first).and_then(|y| u16::try_from(y).ok()) else { continue };
                if y >= area.height {
                    break;
                }
                let y = area.y + y;
                let (x, width) = if part.whole { (window.x, window.width) } else { (area.x, area.width) };
                frame.render_widget(line, Rect::new(x, y, width, 1));
                if part.rest && at == 0 {
                    rest = Position::new(x, y);
                }
                if at + 1 == count {
                    let column = |column: usize| u16::try_from(column).unwrap_or(u16::MAX).min(area.width.max(1) - 1);
                    if let Some(at) = part.cursor {
                        rest = Position::new(area.x + column(at), y);
                        frame.set_cursor_position(rest);
                    }
                    if let Some(link) = &part.link {
                        link_label(frame, Position::new(area.x + column(link.column), y), &link.label, &link.target);
                    }
                }
            }
        }
        (self.viewport.unwrap_or(Viewport::new(height, last)), rest)
    }

    // ── Lines ────────────────────────────────────────────────────────────────────────────────────

    /// Each meaning as one line of text: words in place of signs, labels in place of columns. What is
    /// still to come is not said.
    pub fn lines(self) -> Vec<String> {
        self.lines_of(|_| true)
    }

    /// Of the lines, those that answer the last key.
    pub fn answers(self) -> Vec<String> {
        self.lines_of(|part| part.answer)
    }

    fn lines_of(self, wanted: impl Fn(&Part) -> bool) -> Vec<String> {
        let view = self.view;
        let mut lines = Vec::new();
        for part in self.parts.into_iter().filter(wanted) {
            let line = match part.meaning {
                Meaning::Blank | Meaning::Sign { sign: Sign::Ahead, .. } => continue,
                Meaning::Title(text) | Meaning::Text { text, .. } => text,
                Meaning::Sign { sign, text } => format!("{}{text}", view.word(sign)),
                Meaning::Row { label, text, .. } if label.is_empty() => text,
                Meaning::Row { label, text, .. } => view.labelled(&label, &text),
                Meaning::Choice { number, name, about, .. } if about.is_empty() => format!("{number}. {name}"),
                Meaning::Choice { number, name, about, .. } => format!("{number}. {name}, {about}"),
                Meaning::Drawn { said, .. } => match said {
                    Some(text) => text,
                    None => continue,
                },
            };
            lines.extend(view.safe(&line).lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
        }
        lines
    }
}

/// A label that is a link (OSC 8). Every cell carries it whole, so that a redraw of some of them can
/// neither lose it nor leave it open; the shared id makes them one link.
fn link_label(frame: &mut Frame, at: Position, label: &str, link: &str) {
    let style = Style::new().add_modifier(Modifier::UNDERLINED);
    let mut x = at.x;
    for c in label.chars() {
        let width = u16::try_from(UnicodeWidthChar::width(c).unwrap_or(1)).unwrap_or(1);
        let Some(cell) = frame.buffer_mut().cell_mut((x, at.y)) else { return };
        cell.set_symbol(&format!("\x1b]8;id=chutes;{link}\x1b\\{c}\x1b]8;;\x1b\\")).set_style(style);
        if let Some(width) = NonZeroU16::new(width) {
            cell.set_diff_option(CellDiffOption::ForcedWidth(width));
        }
        x += width;
    }
}

/// A right-aligned text in `width` columns.
pub fn right(text: &str, width: usize) -> String {
    let text = cut(text, width, "");
    format!("{:>pad$}{text}", "", pad = width - text.width())
}

/// A left-aligned text in `width` columns.
pub fn left(text: &str, width: usize, ellipsis: &str) -> String {
    let text = cut(text, width, ellipsis);
    format!("{text}{:pad$}", "", pad = width - text.width())
}
