//! Lines of one screen, as the screens build them.

use super::View;
use crate::tui::format::{cut, wrap};
use crate::wizard::protocol::Viewport;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// Lines of one screen, from the top; what does not fit is left out at the bottom.
pub struct Page<'a> {
    pub area: Rect,
    view: &'a View,
    pub lines: Vec<Line<'static>>,
    cursor: Option<(usize, usize)>,
}

impl<'a> Page<'a> {
    pub fn new(area: Rect, view: &'a View) -> Page<'a> {
        Page { area, view, lines: Vec::new(), cursor: None }
    }

    pub fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    pub fn title(&mut self, text: &str) {
        let style = self.view.theme.title;
        self.text(text, style);
    }

    pub fn blank(&mut self) {
        self.lines.push(Line::default());
    }

    pub fn line(&mut self, line: Line<'static>) {
        self.lines.push(line);
    }

    /// Outside text is made safe here, whoever calls.
    pub fn text(&mut self, text: &str, style: Style) {
        self.indented(0, text, style);
    }

    pub fn indented(&mut self, indent: usize, text: &str, style: Style) {
        let width = self.width().saturating_sub(indent);
        for line in wrap(&self.view.safe(text), width) {
            self.lines.push(Line::styled(format!("{:indent$}{line}", ""), style));
        }
    }

    /// A sign, then text that wraps beside it.
    pub fn sign(&mut self, sign: &'static str, text: &str, sign_style: Style) {
        let width = self.width().saturating_sub(2);
        for (at, line) in wrap(&self.view.safe(text), width).into_iter().enumerate() {
            let head = if at == 0 { Span::styled(format!("{sign} "), sign_style) } else { Span::raw("  ") };
            self.lines.push(Line::from(vec![head, Span::raw(line)]));
        }
    }

    /// A label in a column of its own, and what belongs to it.
    pub fn row(&mut self, label: &str, label_width: usize, text: &str, style: Style) {
        let width = self.width().saturating_sub(label_width);
        for (at, line) in wrap(&self.view.safe(text), width).into_iter().enumerate() {
            let head = if at == 0 { label } else { "" };
            let pad = label_width.saturating_sub(head.width());
            let head = Span::styled(format!("{head}{:pad$}", ""), self.view.theme.quiet);
            self.lines.push(Line::from(vec![head, Span::styled(line, style)]));
        }
    }

    /// Put the terminal's cursor on the last line, at this column.
    pub fn cursor_at(&mut self, column: usize) {
        self.cursor = Some((self.lines.len().saturating_sub(1), column));
    }

    pub fn height(&self) -> usize {
        self.lines.len()
    }

    pub fn truncate(&mut self, height: usize) {
        self.lines.truncate(height);
    }

    /// [`Page::render`] from this line on, if there is more than the area holds.
    pub fn render_from(mut self, first: usize, frame: &mut Frame) -> Viewport {
        let page = usize::from(self.area.height);
        let last = self.lines.len().saturating_sub(page);
        self.lines.drain(..first.min(last));
        self.render(frame);
        Viewport { page, last }
    }

    pub fn render(self, frame: &mut Frame) {
        let area = self.area;
        if let Some((row, column)) = self.cursor
            && row < usize::from(area.height)
        {
            let x = area.x + u16::try_from(column).unwrap_or(u16::MAX).min(area.width.saturating_sub(1));
            frame.set_cursor_position(Position::new(x, area.y + u16::try_from(row).unwrap_or(0)));
        }
        for (line, y) in self.lines.into_iter().zip(area.top()..area.bottom()) {
            frame.render_widget(line, Rect::new(area.x, y, area.width, 1));
        }
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
