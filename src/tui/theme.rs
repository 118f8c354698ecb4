//! Colours and glyphs by meaning. The only file that names either.

use crate::texts::Lang;
use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// `NO_COLOR`, `--no-color`, `TERM=dumb` or a monochrome terminal.
    None,
    Ansi16,
    Indexed256,
}

impl Depth {
    /// From `NO_COLOR`, `COLORTERM` and `TERM`.
    pub fn from_env(var: impl Fn(&str) -> Option<String>) -> Depth {
        let term = var("TERM").unwrap_or_default();
        if var("NO_COLOR").is_some_and(|v| !v.is_empty()) || matches!(term.as_str(), "dumb" | "vt100" | "vt220") {
            Depth::None
        } else if term.contains("256color")
            || term.contains("direct")
            || var("COLORTERM").is_some_and(|v| !v.is_empty())
        {
            Depth::Indexed256
        } else {
            Depth::Ansi16
        }
    }
}

/// Styles by meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What one looks at first on a screen.
    pub title: Style,
    /// The accent: where one is, what is chosen.
    pub accent: Style,
    /// The cell that points at the row the keys act on.
    pub pointer: Style,
    /// Secondary text: units, hints, what is not in force.
    pub quiet: Style,
    /// Keys one can press.
    pub key: Style,
    pub error: Style,
    pub warning: Style,
    /// Letters that match the filter.
    pub matched: Style,
    pub added: Style,
    pub removed: Style,
    /// The field being edited.
    pub field: Style,
    pub cursor: Style,
    pub glyphs: Glyphs,
}

/// The colours of 256 that keep a contrast of at least 4.5 : 1 on black and on white alike.
pub const ACCENT: u8 = 63;
pub const GREEN: u8 = 29;
pub const RED: u8 = 131;
pub const GREY: u8 = 243;

impl Theme {
    /// The same in signs of ASCII alone.
    pub fn in_ascii(self) -> Theme {
        Theme { glyphs: Glyphs::ASCII, ..self }
    }

    pub fn new(depth: Depth, lang: Lang) -> Theme {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let (accent, green, red, grey) = match depth {
            Depth::None => (plain, plain, plain, plain),
            Depth::Ansi16 => {
                // Bright black, which some call grey, is the background of Solarized: text in it is not there.
                (plain.fg(Color::Cyan), plain.fg(Color::Green), plain.fg(Color::Red), plain.add_modifier(Modifier::DIM))
            }
            Depth::Indexed256 => (
                plain.fg(Color::Indexed(ACCENT)),
                plain.fg(Color::Indexed(GREEN)),
                plain.fg(Color::Indexed(RED)),
                plain.fg(Color::Indexed(GREY)),
            ),
        };
        Theme {
            title: bold,
            accent: accent.add_modifier(Modifier::BOLD),
            pointer: accent.add_modifier(Modifier::BOLD | Modifier::REVERSED),
            quiet: grey,
            key: bold,
            error: red.add_modifier(Modifier::BOLD),
            warning: bold,
            matched: plain.add_modifier(Modifier::UNDERLINED),
            added: green,
            removed: red,
            field: plain.add_modifier(Modifier::UNDERLINED),
            cursor: plain.add_modifier(Modifier::REVERSED),
            glyphs: Glyphs::new(lang),
        }
    }
}

/// Signs, each one column wide wherever it is drawn. Terminals in Chinese locales may draw characters
/// of ambiguous width two columns wide, so there only unambiguous ones are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub done: &'static str,
    pub here: &'static str,
    pub ahead: &'static str,
    pub pointer: &'static str,
    pub working: &'static str,
    pub failed: &'static str,
    pub warning: &'static str,
    pub unknown: &'static str,
    pub ellipsis: &'static str,
    pub dot: &'static str,
    pub mask: &'static str,
    pub up: &'static str,
    pub down: &'static str,
    pub star: &'static str,
}

impl Glyphs {
    /// For terminals that show nothing else.
    pub const ASCII: Glyphs = Glyphs {
        done: "*",
        here: ">",
        ahead: "-",
        pointer: ">",
        working: "o",
        failed: "x",
        warning: "!",
        unknown: "-",
        ellipsis: "~",
        dot: "|",
        mask: "*",
        up: "^",
        down: "v",
        star: "*",
    };

    pub const fn new(lang: Lang) -> Glyphs {
        match lang {
            Lang::En => Glyphs {
                done: "●",
                here: "◆",
                ahead: "○",
                pointer: "▸",
                working: "◌",
                failed: "✗",
                warning: "!",
                unknown: "—",
                ellipsis: "…",
                dot: "·",
                mask: "•",
                up: "▴",
                down: "▾",
                star: "*",
            },
            Lang::ZhCn => Glyphs {
                done: "▪",
                here: "▸",
                ahead: "▫",
                pointer: "▸",
                working: "◌",
                failed: "✗",
                warning: "!",
                unknown: "-",
                ellipsis: "~",
                dot: "|",
                mask: "*",
                up: "▴",
                down: "▾",
                star: "*",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    fn luminance(index: u8) -> f64 {
        let channels: [u8; 3] = if index >= 232 {
            [8 + 10 * (index - 232); 3]
        } else {
            let cube = [0, 0x5f, 0x87, 0xaf, 0xd7, 0xff];
            let at = usize::from(index - 16);
            [cube[at / 36], cube[at / 6 % 6], cube[at % 6]]
        };
        let linear = channels.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.039_28 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    #[test]
    fn every_colour_reads_on_black_and_on_white() {
        for index in [ACCENT, GREEN, RED, GREY] {
            let l = luminance(index);
            let (on_black, on_white) = ((l + 0.05) / 0.05, 1.05 / (l + 0.05));
            assert!(on_black >= 4.5 && on_white >= 4.5, "{index}: {on_black:.2} {on_white:.2}");
        }
    }

    /// The palette of 16 belongs to the user: on Solarized, bright black is the background, and other bright ones
    /// are greys of its own. None is asked for, so nothing is invisible.
    #[test]
    fn no_bright_colour_is_asked_for_in_16_colours() {
        let theme = Theme::new(Depth::Ansi16, Lang::En);
        let styles = [
            theme.title,
            theme.accent,
            theme.pointer,
            theme.quiet,
            theme.key,
            theme.error,
            theme.warning,
            theme.matched,
            theme.added,
            theme.removed,
            theme.field,
            theme.cursor,
        ];
        for style in styles {
            assert!(matches!(style.fg, None | Some(Color::Cyan | Color::Green | Color::Red)), "{style:?}");
            assert!(style.bg.is_none() && !style.add_modifier.contains(Modifier::HIDDEN), "{style:?}");
        }
        let of_256 = Theme::new(Depth::Indexed256, Lang::ZhCn);
        for style in [of_256.accent, of_256.quiet, of_256.error, of_256.added, of_256.removed] {
            let known = [ACCENT, GREEN, RED, GREY].map(Color::Indexed);
            assert!(style.fg.is_some_and(|fg| known.contains(&fg)), "{style:?}: its contrast is computed below");
        }
    }

    #[test]
    fn chinese_glyphs_have_one_width_only() {
        let g = Glyphs::new(Lang::ZhCn);
        for glyph in [
            g.done, g.here, g.ahead, g.pointer, g.working, g.failed, g.warning, g.unknown, g.ellipsis, g.dot, g.mask,
            g.up, g.down, g.star,
        ] {
            assert_eq!((glyph.width(), glyph.width_cjk()), (1, 1), "{glyph}");
        }
    }

    #[test]
    fn the_environment_says_how_many_colours() {
        let depth = |pairs: &'static [(&str, &str)]| {
            Depth::from_env(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed256);
        assert_eq!(depth(&[("TERM", "xterm")]), Depth::Ansi16);
        assert_eq!(depth(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Depth::Indexed256);
        assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(depth(&[("TERM", "dumb")]), Depth::None);
    }
}
