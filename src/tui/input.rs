//! From the bytes of a terminal to keys and pastes. A pure state machine: bytes and the passing of time in,
//! events out.
//!
//! Not crossterm's own reader: it waits for ever for the end of a sequence that it does not know, and Ctrl-C
//! is dead meanwhile. Here every unfinished sequence has a time limit. What looks like an answer of the
//! terminal (to a question of ours, or of the program before us) is swallowed whole, also when it comes in
//! pieces and late, so that its letters never act as keys.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::Duration;

/// After ESC, a longer pause means the Esc key.
const ESCAPE: Duration = Duration::from_millis(40);
/// A longer pause in a sequence means that its end is lost; its rest may still come.
const SEQUENCE: Duration = Duration::from_millis(500);
/// The same within a paste, which may come over a slow line.
const PASTE: Duration = Duration::from_secs(1);
/// For so long the rest of a torn sequence is known as such.
const TORN: Duration = Duration::from_secs(10);
/// More bytes in one read than a person types: the rest of a torn paste.
const TYPED: usize = 8;
/// Longest paste, in bytes; what is beyond is dropped.
const MAX_PASTE: usize = 1 << 20;

const ESC: u8 = 0x1b;
const CTRL_C: u8 = 0x03;
const PASTE_END: &[u8] = b"\x1b[201~";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Torn {
    Control,
    Text,
    Paste,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// After ESC; true: after two of them.
    Escape(bool),
    /// After ESC O.
    Single { alt: bool },
    /// After ESC [; what came since.
    Control { alt: bool, seen: Vec<u8> },
    /// Of `CSI M` of an old mouse protocol, so many bytes are left.
    Mouse(u8),
    /// In OSC, DCS, APC, PM or SOS, to be swallowed. `begin`: the byte after ESC, while nothing else came.
    Text { begin: Option<u8>, bell_ends: bool, escape: bool },
    /// In a bracketed paste.
    Paste(Vec<u8>),
    /// A sequence was given up; its rest may come.
    Torn(Torn),
    /// Within the bytes of a character.
    Character(Vec<u8>),
}

/// The tokenizer.
#[derive(Debug, Default)]
pub struct Tokenizer {
    state: State,
    events: Vec<Event>,
}

impl Tokenizer {
    /// The events that these bytes complete; `bytes` are what one read brought.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut bytes = bytes;
        if let State::Torn(kind) = self.state {
            bytes = self.after_torn(kind, bytes);
        }
        let mut at = 0;
        while at < bytes.len() {
            if let State::Paste(text) = &mut self.state {
                // Alone in its read, it was pressed: the end of the paste is lost.
                if bytes == [CTRL_C] {
                    self.finish_paste(false);
                    self.ground(CTRL_C, KeyModifiers::NONE);
                    break;
                }
                let from = text.len().saturating_sub(PASTE_END.len() - 1);
                text.extend_from_slice(&bytes[at..]);
                let end = find(&text[from..], PASTE_END).map(|found| from + found);
                let Some(end) = end else {
                    text.truncate(MAX_PASTE);
                    break;
                };
                let rest = text.split_off(end + PASTE_END.len());
                text.truncate(end);
                at = bytes.len() - rest.len();
                self.finish_paste(true);
                continue;
            }
            self.byte(bytes[at]);
            at += 1;
        }
        std::mem::take(&mut self.events)
    }

    /// How long to wait for more before [`Tokenizer::expire`]; None: for ever.
    pub fn patience(&self) -> Option<Duration> {
        match &self.state {
            State::Ground => None,
            State::Escape(_) | State::Single { .. } | State::Text { begin: Some(_), .. } => Some(ESCAPE),
            State::Control { seen, .. } if seen.is_empty() => Some(ESCAPE),
            State::Control { .. } | State::Mouse(_) | State::Text { .. } | State::Character(_) => Some(SEQUENCE),
            State::Paste(_) => Some(PASTE),
            State::Torn(_) => Some(TORN),
        }
    }

    /// Nothing came for that long.
    pub fn expire(&mut self) -> Vec<Event> {
        match std::mem::take(&mut self.state) {
            State::Escape(twice) => {
                for _ in 0..=usize::from(twice) {
                    self.key(KeyCode::Esc, KeyModifiers::NONE);
                }
            }
            State::Single { .. } => self.key(KeyCode::Char('O'), KeyModifiers::ALT),
            State::Text { begin: Some(byte), .. } => self.key(KeyCode::Char(byte.into()), KeyModifiers::ALT),
            State::Control { seen, .. } if seen.is_empty() => self.key(KeyCode::Char('['), KeyModifiers::ALT),
            State::Control { .. } | State::Mouse(_) => self.state = State::Torn(Torn::Control),
            State::Text { .. } => self.state = State::Torn(Torn::Text),
            State::Paste(text) => {
                self.state = State::Paste(text);
                self.finish_paste(false);
            }
            State::Ground | State::Torn(_) | State::Character(_) => {}
        }
        std::mem::take(&mut self.events)
    }

    /// What is left of a read once the rest of a torn sequence is taken off.
    fn after_torn<'a>(&mut self, kind: Torn, bytes: &'a [u8]) -> &'a [u8] {
        self.state = State::Ground;
        let pressed = bytes.len() == 1 || bytes.first() == Some(&ESC) || bytes.first() == Some(&CTRL_C);
        match kind {
            Torn::Control => {
                let parameters = bytes.iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
                let begun = parameters > 0 && bytes.len() > 1;
                if begun && bytes.get(parameters).is_some_and(|byte| matches!(byte, 0x40..=0x7e)) {
                    return &bytes[parameters + 1..];
                }
                if begun && parameters == bytes.len() {
                    self.state = State::Torn(kind);
                    return &[];
                }
                bytes
            }
            Torn::Text => {
                let end = bytes.iter().position(|byte| matches!(byte, 0x07)).map(|bell| bell + 1);
                let string_end = find(bytes, b"\x1b\\").map(|at| at + 2);
                match end.or(string_end) {
                    Some(end) => &bytes[end..],
                    None if pressed => bytes,
                    // Still in the middle of it.
                    None => {
                        self.state = State::Torn(kind);
                        &[]
                    }
                }
            }
            Torn::Paste => {
                if let Some(end) = find(bytes, PASTE_END) {
                    self.state = State::Paste(bytes[..end].to_vec());
                    self.finish_paste(true);
                    return &bytes[end + PASTE_END.len()..];
                }
                if bytes.len() >= TYPED && bytes.first() != Some(&ESC) {
                    self.state = State::Paste(bytes.to_vec());
                    return &[];
                }
                // A key; the rest of the paste may come still.
                let mut keys = Tokenizer::default();
                let events = keys.feed(bytes);
                self.events.extend(events);
                self.state = match keys.state {
                    State::Ground => State::Torn(kind),
                    state => state,
                };
                &[]
            }
        }
    }

    fn finish_paste(&mut self, whole: bool) {
        let State::Paste(mut text) = std::mem::take(&mut self.state) else { return };
        if !whole {
            self.state = State::Torn(Torn::Paste);
            // The beginning of the end may be there already.
            let cut = (1..PASTE_END.len()).rev().find(|length| text.ends_with(&PASTE_END[..*length])).unwrap_or(0);
            text.truncate(text.len() - cut);
        }
        text.truncate(MAX_PASTE);
        if !text.is_empty() {
            self.events.push(Event::Paste(String::from_utf8_lossy(&text).into_owned()));
        }
    }

    fn key(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.events.push(Event::Key(KeyEvent::new(code, modifiers)));
    }

    fn byte(&mut self, byte: u8) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte, KeyModifiers::NONE),
            State::Escape(twice) => self.escape(twice, byte),
            State::Single { alt } => {
                let modifiers = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
                match (letter_key(byte), byte) {
                    (Some(code), _) => self.key(code, modifiers),
                    (None, b'M') => self.key(KeyCode::Enter, modifiers),
                    // The number block in application mode.
                    (None, b'j'..=b'y') => self.ground(byte - 0x40, KeyModifiers::NONE),
                    (None, 0x20..=0x7e) => {}
                    (None, _) => self.ground(byte, KeyModifiers::NONE),
                }
            }
            State::Control { alt, mut seen } => match byte {
                0x40..=0x7e if seen.is_empty() && byte == b'M' => self.state = State::Mouse(3),
                // The function keys of the Linux console: ESC [ [ A.
                b'[' if seen.is_empty() => self.state = State::Control { alt, seen: vec![b'['] },
                0x40..=0x7e => self.control(alt, &seen, byte),
                0x20..=0x3f if seen.len() < 64 => {
                    seen.push(byte);
                    self.state = State::Control { alt, seen };
                }
                0x20..=0x3f => self.state = State::Control { alt, seen },
                // A control character within: a key; the sequence is lost.
                _ => self.ground(byte, KeyModifiers::NONE),
            },
            State::Mouse(left) => match byte {
                CTRL_C | ESC => self.ground(byte, KeyModifiers::NONE),
                _ if left > 1 => self.state = State::Mouse(left - 1),
                _ => {}
            },
            State::Text { bell_ends, escape, .. } => match byte {
                0x07 if bell_ends => {}
                // CAN and SUB end every sequence.
                0x18 | 0x1a => {}
                b'\\' if escape => {}
                _ if escape => self.escape(false, byte),
                ESC => self.state = State::Text { begin: None, bell_ends, escape: true },
                // No answer has one in it.
                CTRL_C => self.ground(byte, KeyModifiers::NONE),
                _ => self.state = State::Text { begin: None, bell_ends, escape: false },
            },
            State::Character(mut seen) => {
                if byte & 0xc0 != 0x80 {
                    // It is cut off; nobody typed it.
                    return self.ground(byte, KeyModifiers::NONE);
                }
                seen.push(byte);
                match std::str::from_utf8(&seen) {
                    Ok(text) => {
                        let characters: Vec<char> = text.chars().collect();
                        characters.into_iter().for_each(|c| self.key(KeyCode::Char(c), KeyModifiers::NONE));
                    }
                    Err(error) if error.error_len().is_none() => self.state = State::Character(seen),
                    Err(_) => {}
                }
            }
            // `feed` takes these whole.
            state @ (State::Paste(_) | State::Torn(_)) => self.state = state,
        }
    }

    fn ground(&mut self, byte: u8, modifiers: KeyModifiers) {
        let control = modifiers | KeyModifiers::CONTROL;
        match byte {
            ESC => self.state = State::Escape(false),
            b'\r' => self.key(KeyCode::Enter, modifiers),
            b'\t' => self.key(KeyCode::Tab, modifiers),
            0x7f => self.key(KeyCode::Backspace, modifiers),
            0x00 => self.key(KeyCode::Char(' '), control),
            0x01..=0x1a => self.key(KeyCode::Char(char::from(byte - 1 + b'a')), control),
            0x1c..=0x1f => self.key(KeyCode::Char(char::from(byte - 0x1c + b'4')), control),
            0x20..=0x7e => {
                let c = char::from(byte);
                let shift = if c.is_ascii_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
                self.key(KeyCode::Char(c), modifiers | shift);
            }
            0xc2..=0xf4 => self.state = State::Character(vec![byte]),
            // No character begins like this.
            _ => {}
        }
    }

    fn escape(&mut self, twice: bool, byte: u8) {
        match byte {
            b'[' => self.state = State::Control { alt: twice, seen: Vec::new() },
            b'O' => self.state = State::Single { alt: twice },
            b']' | b'P' | b'_' | b'^' | b'X' => {
                self.state = State::Text { begin: Some(byte), bell_ends: byte == b']', escape: false };
            }
            ESC if twice => {
                self.key(KeyCode::Esc, KeyModifiers::NONE);
                self.state = State::Escape(true);
            }
            ESC => self.state = State::Escape(true),
            // Without Alt: they must work whatever was pressed before.
            CTRL_C => self.ground(byte, KeyModifiers::NONE),
            _ if twice => {
                self.key(KeyCode::Esc, KeyModifiers::NONE);
                self.ground(byte, KeyModifiers::ALT);
            }
            _ => self.ground(byte, KeyModifiers::ALT),
        }
    }

    /// A whole control sequence. Keys are few and known; everything else is an answer.
    fn control(&mut self, alt: bool, seen: &[u8], last: u8) {
        if seen == b"[" {
            if let 0x41..=0x45 = last {
                self.key(KeyCode::F(last - 0x40), KeyModifiers::NONE);
            }
            return;
        }
        if !seen.iter().all(|byte| matches!(byte, b'0'..=b'9' | b';' | b':')) {
            return;
        }
        let text: String = seen.iter().map(|byte| char::from(*byte)).collect();
        // Of `code:shifted:base` and `modifiers:kind`, the parts are looked at where they matter.
        let parameters: Vec<&str> = text.split(';').collect();
        let number = |at: usize| parameters.get(at).and_then(|text| text.split(':').next()?.parse::<u32>().ok());
        let mut modifiers = modifiers_of(number(1).unwrap_or(1));
        let kind = parameters.get(1).and_then(|text| text.split(':').nth(1)).unwrap_or("1");
        if kind == "3" {
            // A key that is let go.
            return;
        }
        if alt {
            modifiers |= KeyModifiers::ALT;
        }
        let code = match (last, number(0)) {
            (b'~', Some(200)) => {
                self.state = State::Paste(Vec::new());
                return;
            }
            (b'~', Some(27)) => {
                modifiers = modifiers_of(number(1).unwrap_or(1));
                return self.code_key(number(2), modifiers);
            }
            (b'u', code) => return self.code_key(code, modifiers),
            (b'~', code) => match code {
                Some(1 | 7) => KeyCode::Home,
                Some(2) => KeyCode::Insert,
                Some(3) => KeyCode::Delete,
                Some(4 | 8) => KeyCode::End,
                Some(5) => KeyCode::PageUp,
                Some(6) => KeyCode::PageDown,
                Some(code @ 11..=15) => KeyCode::F(code as u8 - 10),
                Some(code @ 17..=21) => KeyCode::F(code as u8 - 11),
                Some(code @ 23..=24) => KeyCode::F(code as u8 - 12),
                _ => return,
            },
            (b'Z', _) => KeyCode::BackTab,
            // A place of the cursor, which is no F3.
            (b'R', Some(_)) => return,
            (last, None | Some(0 | 1)) => match letter_key(last) {
                Some(code) => code,
                None => return,
            },
            _ => return,
        };
        self.key(code, modifiers);
    }

    /// A key by its Unicode number, as kitty and xterm report them.
    fn code_key(&mut self, code: Option<u32>, modifiers: KeyModifiers) {
        let code = match code {
            Some(27) => KeyCode::Esc,
            Some(13 | 57414) => KeyCode::Enter,
            Some(9) if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            Some(9) => KeyCode::Tab,
            Some(8 | 127) => KeyCode::Backspace,
            // The private area holds keys that mean nothing here.
            Some(code @ (32..57344 | 63744..)) => match char::from_u32(code) {
                Some(c) if modifiers.contains(KeyModifiers::SHIFT) => KeyCode::Char(c.to_ascii_uppercase()),
                Some(c) => KeyCode::Char(c),
                None => return,
            },
            _ => return,
        };
        self.key(code, modifiers);
    }
}

/// The keys that end in a letter, after `CSI` or `SS3`.
fn letter_key(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(letter - b'P' + 1),
        _ => return None,
    })
}

/// xterm's number: one more than the bits Shift, Alt, Ctrl. Super and the locks mean nothing here.
fn modifiers_of(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let mut modifiers = KeyModifiers::NONE;
    for (bit, modifier) in [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)] {
        if bits & bit != 0 {
            modifiers |= modifier;
        }
    }
    modifiers
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The character that a key press would be in a pasted text.
pub fn text_key(input: &Event) -> Option<char> {
    let Event::Key(key) = input else { return None };
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let plain = (key.modifiers - KeyModifiers::SHIFT).is_empty();
    match key.code {
        KeyCode::Char(c) if plain => Some(c),
        KeyCode::Enter if plain => Some('\n'),
        KeyCode::Char('j') if key.modifiers == KeyModifiers::CONTROL => Some('\n'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Short names of what came: letters as they are, other keys in `<>`, pastes in `«»`.
    fn names(events: Vec<Event>) -> String {
        let name = |event: Event| match event {
            Event::Paste(text) => format!("«{text}»"),
            Event::Key(key) => match (key.code, key.modifiers - KeyModifiers::SHIFT) {
                (KeyCode::Char(c), KeyModifiers::NONE) => c.to_string(),
                (KeyCode::Char(c), KeyModifiers::CONTROL) => format!("<C-{c}>"),
                (KeyCode::Char(c), KeyModifiers::ALT) => format!("<A-{c}>"),
                (code, KeyModifiers::NONE) => format!("<{code:?}>"),
                (code, modifiers) => format!("<{modifiers:?} {code:?}>"),
            },
            other => format!("{other:?}"),
        };
        events.into_iter().map(name).collect()
    }

    /// The reads one after the other; `…`: a pause after which nothing more is waited for.
    fn read(reads: &[&str]) -> String {
        let mut tokenizer = Tokenizer::default();
        let mut events = Vec::new();
        for read in reads {
            match *read {
                "…" => events.extend(tokenizer.expire()),
                read => events.extend(tokenizer.feed(read.as_bytes())),
            }
        }
        if !matches!(tokenizer.state, State::Torn(_)) && tokenizer.patience().is_some() {
            events.extend(tokenizer.expire());
        }
        names(events)
    }

    #[test]
    fn keys_are_understood() {
        for (bytes, keys) in [
            ("aZ?é模", "aZ?é模"),
            ("\r\t\x7f\x03\x1a\x0a", "<Enter><Tab><Backspace><C-c><C-z><C-j>"),
            ("\x1b[A\x1bOB\x1b[C\x1b[D\x1b[H\x1b[F", "<Up><Down><Right><Left><Home><End>"),
            (
                "\x1b[5~\x1b[6~\x1b[3~\x1b[2~\x1b[1~\x1b[4~\x1b[Z",
                "<PageUp><PageDown><Delete><Insert><Home><End><BackTab>",
            ),
            ("\x1bOP\x1b[11~\x1b[[A\x1b[15~\x1b[24~", "<F(1)><F(1)><F(1)><F(5)><F(12)>"),
            ("\x1b[1;5D\x1b[1;5C", "<KeyModifiers(CONTROL) Left><KeyModifiers(CONTROL) Right>"),
            ("\x1bb\x1bf\x1b\x7f", "<A-b><A-f><KeyModifiers(ALT) Backspace>"),
            ("\x1b[99;5u\x1b[27;5;99~\x1b[99;133u\x1b[99;5:1u\x1b[99:67;5u", "<C-c><C-c><C-c><C-c><C-c>"),
            ("\x1b[99;5:3u\x1b[97;1:3u", ""),
            ("\x1b[13u\x1b[27u\x1b[9;2u\x1b[113u\x1b[57441u", "<Enter><Esc><BackTab>q"),
            ("\x1b[200~one\x1b[A\x03 two\x1b[201~x", "«one\u{1b}[A\u{3} two»x"),
        ] {
            assert_eq!(read(&[bytes]), keys, "{bytes:?}");
        }
    }

    /// What terminals answer, to whomever.
    const ANSWERS: [&str; 24] = [
        "\x1b[?2026;2$y",
        "\x1b[?2004;1$y",
        "\x1b[?12;40R",
        "\x1b[12;40R",
        "\x1b[?997;1n",
        "\x1b[?2;0;800;600S",
        "\x1b[?62;22c",
        "\x1b[>41;354;0c",
        "\x1b[=1;2c",
        "\x1b[?1u",
        "\x1b[8;24;80t",
        "\x1b[4;600;800t",
        "\x1b[<0;12;7M",
        "\x1b[<0;12;7m",
        "\x1b[M !!",
        "\x1b[I",
        "\x1b[0n",
        "\x1b]11;rgb:ffff/ffff/ffff\x07",
        "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
        "\x1b]52;c;dGVzdA==\x07",
        "\x1bP>|tmux 3.3a\x1b\\",
        "\x1bP1$r0 q\x1b\\",
        "\x1bP1+r524742=38\x1b\\",
        "\x1b_Gi=31;OK\x1b\\",
    ];

    #[test]
    fn answers_are_swallowed_whole_in_pieces_and_late() {
        for answer in ANSWERS {
            assert_eq!(read(&[&format!("a{answer}b")]), "ab", "{answer:?}");
            for cut in 3..answer.len() {
                let (one, other) = answer.split_at(cut);
                assert_eq!(read(&["a", one, other, "b"]), "ab", "{answer:?} cut at {cut}");
                if other.len() > 1 && other != "\x1b\\" {
                    assert_eq!(read(&["a", one, "…", other, "b"]), "ab", "{answer:?} late at {cut}");
                }
            }
        }
    }

    #[test]
    fn nothing_unfinished_kills_the_keyboard() {
        for begun in [
            "\x1b[?12;40",
            "\x1b[5",
            "\x1b[<0;1",
            "\x1b]11;rgb:ff",
            "\x1bP1$r",
            "\x1b_G",
            "\x1bO",
            "\x1b[",
            "\x1b",
            "\x1b[M ",
        ] {
            for ctrl_c in ["\x03", "\x1b[99;5u", "\x1b[27;5;99~"] {
                assert!(read(&[begun, "…", ctrl_c]).ends_with("<C-c>"), "{begun:?} {ctrl_c:?}");
            }
            assert!(read(&[begun, "\x03"]).ends_with("<C-c>"), "{begun:?}");
            assert!(read(&[begun, "…", "q"]).ends_with('q'), "{begun:?}");
            assert!(read(&[begun, "…", "\x1b[A"]).ends_with("<Up>"), "{begun:?}");
        }
    }

    #[test]
    fn a_paste_whose_end_is_lost_ends_by_itself() {
        assert_eq!(read(&["\x1b[200~text", "…", "\x03"]), "«text»<C-c>");
        assert_eq!(read(&["\x1b[200~text", "\x03"]), "«text»<C-c>");
        assert_eq!(read(&["\x1b[200~text", "…", "q", "\x1b[A"]), "«text»q<Up>");
        // It only came slowly.
        assert_eq!(read(&["\x1b[200~te", "xt", "\x1b[2", "01~x"]), "«text»x");
        assert_eq!(read(&["\x1b[200~one", "…", "and two and\x1b[201~x"]), "«one»«and two and»x");
        assert_eq!(read(&["\x1b[200~one\x1b[2", "…", "q"]), "«one»q");
    }

    #[test]
    fn escape_is_a_key_after_a_pause() {
        assert_eq!(read(&["\x1b", "…"]), "<Esc>");
        assert_eq!(read(&["\x1b", "[A"]), "<Up>");
        assert_eq!(read(&["\x1b\x1b", "…"]), "<Esc><Esc>");
        assert_eq!(read(&["\x1b\x1b[A"]), "<KeyModifiers(ALT) Up>");
        assert_eq!(Tokenizer::default().patience(), None);
    }

    proptest! {
        /// However bytes are cut, nothing panics, and the keyboard lives afterwards.
        #[test]
        fn whatever_comes_a_key_after_a_pause_is_a_key(reads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..8)) {
            let mut tokenizer = Tokenizer::default();
            for read in &reads {
                tokenizer.feed(read);
            }
            tokenizer.expire();
            let events = names(tokenizer.feed(b"\x03"));
            prop_assert!(events.ends_with("<C-c>"), "{events:?}");
        }

        /// Text and keys come out the same however they are cut into reads.
        #[test]
        fn cuts_change_nothing(parts in prop::collection::vec(prop::sample::select(vec!["a", "é", "\x1b[A", "\x1bOB", "\x1b[5~", "\x1b[99;5u", "\r", "\x1b]11;x\x07", "\x1b[?1;2c", "模"]), 1..12), cuts in prop::collection::vec(1..4_usize, 1..40)) {
            let bytes = parts.concat().into_bytes();
            let mut whole = Tokenizer::default();
            let mut pieces = Tokenizer::default();
            let expected = names(whole.feed(&bytes));
            let (mut got, mut rest) = (Vec::new(), bytes.as_slice());
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (one, other) = rest.split_at((*cut).min(rest.len()));
                got.extend(pieces.feed(one));
                rest = other;
            }
            prop_assert_eq!(names(got), expected);
        }
    }
}
