//! What a frame's changes are sent as. The same cells as ratatui's own backend, in fewer bytes: over a
//! slow connection a key answers sooner.

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use std::cell::Cell as Shared;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::rc::Rc;
use unicode_width::UnicodeWidthStr;

/// From this many blank cells on, erasing them is shorter than writing them.
const ERASE_FROM: u16 = 6;

/// Larger than a window on the largest screen with the smallest letters.
const LARGEST: Size = Size { width: 800, height: 300 };

/// ratatui's backend, but for how cells are written and for the cursor, which is hidden once.
pub struct Output<W: Write> {
    inner: CrosstermBackend<W>,
    cursor_shown: bool,
    /// Signs of uncertain width are written so that either width comes out right.
    careful: bool,
    /// Where the cursor is to be while it is hidden.
    rest: Rc<Shared<Position>>,
    /// Where the cursor was put last, if nothing was written since.
    placed: Option<Position>,
    /// What stands where, as far as it is one plain byte: writing it again is the shortest way across.
    seen: HashMap<(u16, u16), (u8, Pen)>,
    /// Where something else stands. What is in neither has not been written since the screen was cleared.
    odd: HashSet<(u16, u16)>,
}

/// How the terminal writes now.
#[derive(Clone, Copy, PartialEq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

impl<W: Write> Output<W> {
    /// `careful`: for locales in which terminals disagree about widths.
    pub fn new(writer: W, careful: bool) -> Output<W> {
        Output {
            inner: CrosstermBackend::new(writer),
            cursor_shown: false,
            careful,
            rest: Rc::default(),
            placed: None,
            seen: HashMap::new(),
            odd: HashSet::new(),
        }
    }

    /// Where the cursor is to be while it is hidden.
    pub fn rest(&self) -> Rc<Shared<Position>> {
        Rc::clone(&self.rest)
    }

    /// The terminal was just taken, with its cursor hidden.
    pub fn taken(&mut self) {
        self.cursor_shown = false;
        self.placed = None;
        self.seen.clear();
        self.odd.clear();
    }

    /// The bytes from column `from` to before `to`, if they look the same whoever writes them.
    fn between(&self, from: u16, to: u16, y: u16, pen: Pen) -> Option<Vec<u8>> {
        let byte = |x| {
            let (byte, was) = *self.seen.get(&(x, y))?;
            let blank = byte == b' ' && was.shows_nothing() && pen.shows_nothing();
            (blank || was == pen).then_some(byte)
        };
        (from..to).map(byte).collect()
    }

    /// Nothing is seen there, for certain.
    fn is_blank(&self, x: u16, y: u16) -> bool {
        match self.seen.get(&(x, y)) {
            Some((byte, pen)) => *byte == b' ' && pen.shows_nothing(),
            None => !self.odd.contains(&(x, y)),
        }
    }

    /// Something stands there that is not one plain byte.
    fn forget(&mut self, x: u16, y: u16) {
        self.seen.remove(&(x, y));
        self.odd.insert((x, y));
    }

    /// Take the cursor to a place.
    fn go(&mut self, at: &mut Option<(u16, u16)>, x: u16, y: u16, pen: Pen) -> io::Result<()> {
        let out = &mut self.inner;
        match *at {
            Some(place) if place == (x, y) => {}
            Some((column, row)) if row == y && (1..10).contains(&x.saturating_sub(column)) => {
                let gap = x - column;
                let again = if gap <= 4 { self.between(column, x, y, pen) } else { None };
                let out = &mut self.inner;
                match again {
                    Some(bytes) => out.write_all(&bytes)?,
                    None if gap == 1 => out.write_all(b"\x1b[C")?,
                    None => write!(out, "\x1b[{gap}C")?,
                }
            }
            Some((_, row)) if row == y => write!(out, "\x1b[{}G", u32::from(x) + 1)?,
            _ => write!(out, "\x1b[{};{}H", u32::from(y) + 1, u32::from(x) + 1)?,
        }
        *at = Some((x, y));
        Ok(())
    }
}

impl Pen {
    /// A blank written with it is nothing but blank.
    fn shows_nothing(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(ON_BLANKS)
    }
}

/// What is seen on a blank too.
const ON_BLANKS: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

impl<W: Write> Write for Output<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for Output<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut cells = content.peekable();
        let mut pen = PLAIN;
        // Where the terminal's cursor is, if that is certain.
        let mut at: Option<(u16, u16)> = None;
        while let Some((x, y, cell)) = cells.next() {
            self.placed = None;
            if is_blank(cell) {
                let mut count = 1;
                // Blanks that stay between two that are new are erased along with them.
                while let Some((last, _, _)) = cells.next_if(|(nx, ny, next)| {
                    *ny == y && is_blank(next) && (x + count..*nx).all(|x| self.is_blank(x, y))
                }) {
                    count = last - x + 1;
                }
                self.go(&mut at, x, y, pen)?;
                if !pen.shows_nothing() {
                    set(&mut self.inner, &mut pen, PLAIN)?;
                }
                for x in x..x + count {
                    self.seen.insert((x, y), (b' ', PLAIN));
                    self.odd.remove(&(x, y));
                }
                // Where the next cell is written too, the cursor has to get there anyway; and some
                // terminals leave half a wide character to it.
                let goes_on = cells.peek().is_some_and(|(nx, ny, _)| (*nx, *ny) == (x + count, y));
                if count >= ERASE_FROM && !goes_on {
                    write!(self.inner, "\x1b[{count}X")?;
                } else {
                    write!(self.inner, "{:width$}", "", width = usize::from(count))?;
                    at = Some((x + count, y));
                }
                continue;
            }
            let uncertain = self.careful && is_uncertain(cell.symbol());
            if uncertain {
                // Where it takes one column, what stood behind it must go.
                self.go(&mut at, x + 1, y, pen)?;
                set(&mut self.inner, &mut pen, PLAIN)?;
                self.inner.write_all(b" ")?;
                at = Some((u16::MAX, y));
            }
            self.go(&mut at, x, y, pen)?;
            set(&mut self.inner, &mut pen, Pen { fg: cell.fg, bg: cell.bg, modifier: cell.modifier })?;
            self.inner.write_all(cell.symbol().as_bytes())?;
            match cell.symbol().as_bytes() {
                [byte] => {
                    self.seen.insert((x, y), (*byte, pen));
                    self.odd.remove(&(x, y));
                }
                _ => self.forget(x, y),
            }
            if cell.symbol().width() == 2 {
                self.forget(x + 1, y);
            }
            if uncertain {
                // The blank behind it is written already, and would be written over its second half.
                cells.next_if(|(nx, ny, next)| (*nx, *ny) == (x + 1, y) && next.symbol() == ROOM);
                self.forget(x + 1, y);
            }
            // The column behind a wide character is gone to, whatever the terminal made of it.
            let one_column = cell.symbol().width() == 1 && !uncertain;
            at = Some((if one_column { x + 1 } else { u16::MAX }, y));
        }
        if pen != PLAIN {
            set(&mut self.inner, &mut pen, PLAIN)?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.cursor_shown) {
            self.inner.hide_cursor()?;
        }
        self.set_cursor_position(self.rest.get())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.cursor_shown, true) { Ok(()) } else { self.inner.show_cursor() }
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // Not asked for: the answer would come as input, which a thread is reading already. Whoever
        // wants the place to put the cursor back draws a whole frame next, which sets it.
        Ok(Position::ORIGIN)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.placed == Some(position) {
            return Ok(());
        }
        self.placed = Some(position);
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.placed = None;
        self.seen.clear();
        self.odd.clear();
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.placed = None;
        self.seen.clear();
        self.odd.clear();
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size().map(drawn)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

/// What the view puts behind a sign of uncertain width: see `ITS_OTHER_HALF` there.
const ROOM: &str = "\u{a0}";

/// Terminals in Chinese locales disagree about its width. The blocks of a QR code are drawn as everywhere.
fn is_uncertain(symbol: &str) -> bool {
    let block = symbol.chars().all(|c| ('\u{2580}'..='\u{259f}').contains(&c));
    symbol != ROOM && symbol.width() == 1 && symbol.width_cjk() != 1 && !block
}

/// As much of a window as is drawn. Some terminals, and whoever sets a size by hand, claim 65,535 columns and rows:
/// the cells of such a frame would need all memory there is.
fn drawn(window: Size) -> Size {
    Size { width: window.width.min(LARGEST.width), height: window.height.min(LARGEST.height) }
}

/// Nothing is seen there.
fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(ON_BLANKS)
}

/// Change the pen: only what is added is named; what has to go takes everything with it.
fn set(out: &mut impl Write, pen: &mut Pen, new: Pen) -> io::Result<()> {
    if *pen == new {
        return Ok(());
    }
    let mut codes: Vec<String> = Vec::new();
    if !new.modifier.contains(pen.modifier) || new == PLAIN {
        codes.push(String::new());
        *pen = PLAIN;
    }
    for (modifier, code) in [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::SLOW_BLINK, "5"),
        (Modifier::RAPID_BLINK, "6"),
        (Modifier::REVERSED, "7"),
        (Modifier::HIDDEN, "8"),
        (Modifier::CROSSED_OUT, "9"),
    ] {
        if new.modifier.contains(modifier) && !pen.modifier.contains(modifier) {
            codes.push(code.to_owned());
        }
    }
    if new.fg != pen.fg {
        codes.push(colour(new.fg, 30));
    }
    if new.bg != pen.bg {
        codes.push(colour(new.bg, 40));
    }
    *pen = new;
    write!(out, "\x1b[{}m", codes.join(";"))
}

/// The code of a colour; `base` is 30 for the letters, 40 for the ground.
fn colour(colour: Color, base: u8) -> String {
    let plain = |n: u8| (base + n).to_string();
    let bright = |n: u8| (base + 60 + n).to_string();
    match colour {
        Color::Reset => plain(9),
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(r, g, b) => format!("{};2;{r};{g};{b}", base + 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    use std::num::NonZero;
    use std::sync::{Arc, Mutex};

    /// What was sent.
    #[derive(Clone, Default)]
    struct Sent(Arc<Mutex<Vec<u8>>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("the bytes").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Random frames, one after the other: the terminal shows exactly the last one.
    #[test]
    fn the_terminal_shows_what_was_drawn() {
        draw_at_random(&["a", "b", " ", " ", " ", " ", "—", "é"], false);
        draw_at_random(&["a", "b", " ", " ", " ", " ", "—", "é", "模"], true);
    }

    /// A terminal that draws a sign two columns wide and one that draws it in one get the same bytes, and in both
    /// what follows stands where it belongs.
    #[test]
    fn a_sign_of_uncertain_width_moves_nothing() {
        let options = || ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(Rect::new(0, 0, 20, 1)) };
        let sent = Sent::default();
        let mut terminal = Terminal::with_options(Output::new(sent.clone(), true), options()).expect("a terminal");
        for text in ["abcdefgh", "a→\u{a0}b°\u{a0}c", "a①\u{a0}b°\u{a0}c", "abcdefgh"] {
            terminal.draw(|frame| frame.render_widget(ratatui::text::Line::raw(text), frame.area())).expect("drawn");
            for wide in [false, true] {
                let bytes = String::from_utf8(sent.0.lock().expect("the bytes").clone()).expect("text");
                // A wide character in its place is what a terminal makes of it that takes two columns.
                let bytes = if wide { bytes.replace(['→', '°', '①'], "宽") } else { bytes };
                let mut screen = vt100::Parser::new(NonZero::new(1).expect("a row"), NonZero::new(20).expect("c"), 0);
                screen.process(bytes.as_bytes());
                let row = screen.screen().rows(0, 20).next().expect("a row");
                let expected = match wide {
                    true => text.replace('\u{a0}', "").replace(['→', '°', '①'], "宽"),
                    false => text.replace('\u{a0}', " "),
                };
                assert_eq!(row.trim_end(), expected, "wide: {wide}");
            }
        }
    }

    fn draw_at_random(symbols: &[&str], wide: bool) {
        let (width, height) = (40_u16, 12_u16);
        let mut screen =
            vt100::Parser::new(NonZero::new(height).expect("rows"), NonZero::new(width).expect("columns"), 0);
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 20).unwrap_or(0) % below
        };
        let styles = [
            Style::new(),
            Style::new().fg(Color::Indexed(63)).add_modifier(Modifier::BOLD),
            Style::new().fg(Color::Cyan),
            Style::new().add_modifier(Modifier::UNDERLINED),
            Style::new().bg(Color::Red).add_modifier(Modifier::REVERSED),
        ];
        let options = ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(Rect::new(0, 0, width, height)) };
        let sent = Sent::default();
        let mut terminal = Terminal::with_options(Output::new(sent.clone(), false), options).expect("a terminal");
        for _ in 0..60 {
            let mut drawn = None;
            terminal
                .draw(|frame| {
                    let buffer = frame.buffer_mut();
                    for y in 0..height {
                        let mut x = random(10) as u16;
                        while x < width - 24 {
                            let text: String = (0..random(12)).map(|_| symbols[random(symbols.len())]).collect();
                            x = buffer.set_stringn(x, y, text, 24, styles[random(styles.len())]).0
                                + random(4) as u16
                                + 1;
                        }
                    }
                    drawn = Some(buffer.clone());
                })
                .expect("drawn");
            let bytes = std::mem::take(&mut *sent.0.lock().expect("the bytes"));
            screen.process(&bytes);
            let buffer = drawn.expect("a frame");
            let mut skip = false;
            for y in 0..height {
                for x in 0..width {
                    let (cell, seen) = (&buffer[(x, y)], screen.screen().cell(y, x).expect("a cell"));
                    if std::mem::take(&mut skip) {
                        continue;
                    }
                    skip = unicode_width::UnicodeWidthStr::width(cell.symbol()) == 2;
                    let contents = if seen.contents().is_empty() { " " } else { seen.contents() };
                    assert_eq!(contents, cell.symbol(), "{x} {y}");
                    let has = |modifier| cell.modifier.contains(modifier);
                    // What a terminal leaves of half a wide character's underline is its own affair.
                    if !wide {
                        assert_eq!(seen.underline(), has(Modifier::UNDERLINED), "{x} {y}");
                        assert_eq!(seen.inverse(), has(Modifier::REVERSED), "{x} {y}");
                    }
                    if cell.symbol() != " " {
                        assert_eq!(seen.bold(), has(Modifier::BOLD), "{x} {y}");
                        let fg = match cell.fg {
                            Color::Indexed(index) => vt100::Color::Idx(index),
                            Color::Cyan => vt100::Color::Idx(6),
                            _ => vt100::Color::Default,
                        };
                        assert_eq!(seen.fgcolor(), fg, "{x} {y}");
                    }
                }
            }
        }
    }
}
