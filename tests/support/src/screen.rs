//! One moment of a terminal's screen.

use crate::log::Log;
use std::fmt::Write as _;

/// A copy of what the terminal shows, and of the modes it is in.
#[derive(Clone)]
pub struct Screen {
    pub(crate) vt: vt100::Screen,
    pub(crate) log: Log,
}

impl Screen {
    /// The screen a terminal of `cols` × `rows` shows after these bytes.
    pub fn of(bytes: &[u8], cols: u16, rows: u16) -> Self {
        let mut parser = parser(cols, rows, Log::new(true, [[0; 3]; 2]));
        parser.process(bytes);
        Self::from_parser(&parser)
    }

    pub(crate) fn from_parser(parser: &vt100::Parser<Log>) -> Self {
        Self { vt: parser.screen().clone(), log: parser.callbacks().clone() }
    }

    /// (columns, rows).
    pub fn size(&self) -> (u16, u16) {
        let (rows, cols) = self.vt.size();
        (cols.get(), rows.get())
    }

    /// Every row, without trailing blanks, joined by newlines.
    pub fn text(&self) -> String {
        self.rows().join("\n")
    }

    /// Every row, without trailing blanks.
    pub fn rows(&self) -> Vec<String> {
        self.untrimmed().map(|row| row.trim_end().to_owned()).collect()
    }

    fn untrimmed(&self) -> impl Iterator<Item = String> {
        let (cols, _) = self.size();
        self.vt.rows(0, cols)
    }

    /// One row, counted from 0, without trailing blanks; empty when there is no such row.
    pub fn row(&self, row: u16) -> String {
        self.rows().get(usize::from(row)).cloned().unwrap_or_default()
    }

    /// Is this text on one row of the screen? Blanks at its end count where the program wrote them.
    pub fn contains(&self, text: &str) -> bool {
        self.untrimmed().any(|row| row.contains(text))
    }

    /// The first row holding this text, counted from 0.
    pub fn find(&self, text: &str) -> Option<u16> {
        self.untrimmed().position(|row| row.contains(text)).and_then(|row| u16::try_from(row).ok())
    }

    /// The text of the rows run together with nothing between them, wide enough to find what was wrapped at the
    /// right edge. Rows are cut at their last character.
    pub fn joined(&self) -> String {
        self.rows().concat()
    }

    /// (column, row) of the cursor, counted from 0.
    pub fn cursor(&self) -> (u16, u16) {
        let (row, col) = self.vt.cursor_position();
        (col, row)
    }

    /// Is the cursor shown?
    pub fn cursor_visible(&self) -> bool {
        !self.vt.hide_cursor()
    }

    /// Is the alternate screen in use?
    pub fn alternate(&self) -> bool {
        self.vt.alternate_screen()
    }

    /// Addresses of every OSC 8 link so far, in order of first appearance.
    pub fn links(&self) -> &[String] {
        &self.log.links
    }

    /// Every OSC 52 write so far: (selection, base64 of the text).
    pub fn clipboard(&self) -> &[(String, String)] {
        &self.log.clipboard
    }

    /// The emulator's own view, for colours and attributes: `vt().cell(row, col)`.
    pub fn vt(&self) -> &vt100::Screen {
        &self.vt
    }

    /// Everything a program must take back before it leaves, in words. Empty means: as a shell expects it.
    pub fn modes_on(&self) -> Vec<String> {
        let vt = &self.vt;
        let mouse = vt.mouse_protocol_mode() != vt100::MouseProtocolMode::None
            || vt.mouse_protocol_encoding() != vt100::MouseProtocolEncoding::Default;
        let plain = vt.fgcolor() == vt100::Color::Default
            && vt.bgcolor() == vt100::Color::Default
            && !(vt.bold() || vt.dim() || vt.italic() || vt.underline() || vt.inverse());
        let flags = [
            (vt.alternate_screen(), "alternate screen"),
            (vt.hide_cursor(), "hidden cursor"),
            (vt.cursor_style() != vt100::CursorStyle::Default, "cursor shape"),
            (vt.application_cursor(), "application cursor keys"),
            (vt.application_keypad(), "application keypad"),
            (vt.bracketed_paste(), "bracketed paste"),
            (mouse, "mouse"),
            (!plain, "colours"),
            (self.log.link_open, "open link"),
            (!self.log.autowrap, "no autowrap"),
            (self.log.kitty_levels > 0, "kitty keyboard"),
            (self.log.modify_other_keys > 0, "modifyOtherKeys"),
        ];
        let named = flags.iter().filter(|(on, _)| *on).map(|(_, name)| (*name).to_owned());
        let others = self.log.modes.iter().map(|mode| match mode {
            1004 => "focus reports".to_owned(),
            2026 => "synchronized update".to_owned(),
            other => format!("mode {other}"),
        });
        named.chain(others).collect()
    }

    /// The screen in a frame, with the cursor and the modes below it: what a failing test prints.
    pub fn describe(&self) -> String {
        let (cols, _) = self.size();
        let bar = "─".repeat(usize::from(cols));
        let mut out = format!("┌{bar}┐\n");
        for row in self.rows() {
            let _ = writeln!(out, "│{row}");
        }
        let (col, row) = self.cursor();
        let _ = write!(out, "└{bar}┘\ncursor at column {col}, row {row}; on: {:?}", self.modes_on());
        out
    }
}

pub(crate) fn parser(cols: u16, rows: u16, log: Log) -> vt100::Parser<Log> {
    let side = |cells: u16| std::num::NonZeroU16::new(cells).expect("a terminal has at least one row and column");
    vt100::Parser::new_with_callbacks(side(rows), side(cols), 2000, log)
}
