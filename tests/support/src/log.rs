//! What a program asked of the terminal beyond drawing, as far as tests care.

use crate::raster::Rgb;
use std::collections::BTreeSet;

/// Modes, links, clipboard and questions seen so far. Fed by the vt100 parser's callbacks.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    /// DEC private modes that are set and that vt100 itself does not know (1004 focus, 2026 synchronized update, …).
    pub modes: BTreeSet<u16>,
    /// Autowrap (DEC mode 7), the one such mode that is on from the start.
    pub autowrap: bool,
    /// How many kitty keyboard levels are pushed.
    pub kitty_levels: u16,
    /// Level of xterm's modifyOtherKeys.
    pub modify_other_keys: u16,
    /// Addresses of OSC 8 links, in order of first appearance.
    pub links: Vec<String>,
    /// An OSC 8 link was opened and not closed.
    pub link_open: bool,
    /// OSC 52 writes: (selection, base64).
    pub clipboard: Vec<(String, String)>,
    /// Answers the terminal owes the program.
    pub replies: Vec<u8>,
    /// The terminal answers no question.
    pub mute: bool,
    /// Foreground and background told to a program that asks.
    pub colors: [Rgb; 2],
}

impl Log {
    pub fn new(mute: bool, colors: [Rgb; 2]) -> Self {
        Self {
            modes: BTreeSet::new(),
            autowrap: true,
            kitty_levels: 0,
            modify_other_keys: 0,
            links: Vec::new(),
            link_open: false,
            clipboard: Vec::new(),
            replies: Vec::new(),
            mute,
            colors,
        }
    }

    fn reply(&mut self, answer: &str) {
        if !self.mute {
            self.replies.extend_from_slice(answer.as_bytes());
        }
    }

    fn set_private(&mut self, mode: u16, on: bool) {
        match mode {
            7 => self.autowrap = on,
            _ if on => _ = self.modes.insert(mode),
            _ => _ = self.modes.remove(&mode),
        }
    }

    /// DECRQM: 1 set, 2 reset, 0 not recognised.
    fn mode_state(&self, screen: &vt100::Screen, mode: u16) -> u8 {
        let on = match mode {
            7 => self.autowrap,
            25 => !screen.hide_cursor(),
            1049 => screen.alternate_screen(),
            2004 => screen.bracketed_paste(),
            1004 | 2026 => self.modes.contains(&mode),
            _ => return 0,
        };
        if on { 1 } else { 2 }
    }
}

/// Modes that vt100 keeps itself; it hands over whole parameter lists, so they must be left out here.
const KNOWN_TO_VT100: [u16; 12] = [1, 6, 9, 25, 47, 1000, 1002, 1003, 1005, 1006, 1049, 2004];

impl vt100::Callbacks for Log {
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, selection: &[u8], data: &[u8]) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.clipboard.push((text(selection), text(data)));
    }

    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        i1: Option<u8>,
        i2: Option<u8>,
        params: &[&[u16]],
        letter: char,
    ) {
        let first = params.first().and_then(|p| p.first()).copied().unwrap_or(0);
        let second = params.get(1).and_then(|p| p.first()).copied();
        match (i1, i2, letter) {
            (Some(b'?'), None, 'h' | 'l') => {
                for mode in params.iter().filter_map(|p| p.first()).filter(|m| !KNOWN_TO_VT100.contains(m)) {
                    self.set_private(*mode, letter == 'h');
                }
            }
            (Some(b'?'), Some(b'$'), 'p') => self.reply(&format!("\x1b[?{first};{}$y", self.mode_state(screen, first))),
            (Some(b'>'), None, 'u') => self.kitty_levels += 1,
            (Some(b'<'), None, 'u') => self.kitty_levels = self.kitty_levels.saturating_sub(first.max(1)),
            (Some(b'>'), None, 'm') if first == 4 => self.modify_other_keys = second.unwrap_or(0),
            (None, None, 'c') => self.reply("\x1b[?62;22c"),
            (Some(b'>'), None, 'c') => self.reply("\x1b[>0;276;0c"),
            (None, None, 'n') if first == 5 => self.reply("\x1b[0n"),
            (None, None, 'n') if first == 6 => {
                let (row, col) = screen.cursor_position();
                self.reply(&format!("\x1b[{};{}R", row + 1, col + 1));
            }
            _ => {}
        }
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        match params {
            [b"8", _, uri @ ..] => {
                // The parser splits at `;`, which an address may contain.
                let uri = String::from_utf8_lossy(&uri.join(&b';')).into_owned();
                self.link_open = !uri.is_empty();
                if self.link_open && !self.links.contains(&uri) {
                    self.links.push(uri);
                }
            }
            [which @ (b"10" | b"11"), b"?"] => {
                let [r, g, b] = self.colors[usize::from(*which == b"11")];
                let number = String::from_utf8_lossy(which).into_owned();
                self.reply(&format!("\x1b]{number};rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}\x1b\\"));
            }
            _ => {}
        }
    }
}
