//! Two colour schemes, as everyday terminals have them: readable, but bright yellow on white stays what it is.

use super::Rgb;

/// The colours of the terminal that a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Light text on a dark ground.
    Dark,
    /// Dark text on a light ground.
    Light,
}

const DARK: [Rgb; 16] = [
    [0x2b, 0x2f, 0x37],
    [0xe0, 0x5f, 0x68],
    [0x86, 0xbf, 0x66],
    [0xd6, 0xae, 0x58],
    [0x5c, 0x9f, 0xe8],
    [0xc0, 0x7e, 0xd8],
    [0x4f, 0xb5, 0xbe],
    [0xc3, 0xc8, 0xd1],
    [0x73, 0x7b, 0x89],
    [0xf2, 0x80, 0x88],
    [0xa4, 0xd9, 0x85],
    [0xee, 0xcc, 0x80],
    [0x83, 0xbd, 0xf9],
    [0xda, 0xa3, 0xec],
    [0x7a, 0xd2, 0xda],
    [0xf5, 0xf7, 0xfa],
];

const LIGHT: [Rgb; 16] = [
    [0x22, 0x26, 0x2c],
    [0xbe, 0x2b, 0x36],
    [0x2d, 0x80, 0x33],
    [0x96, 0x6c, 0x00],
    [0x1d, 0x5f, 0xc2],
    [0x8c, 0x3c, 0xab],
    [0x0d, 0x77, 0x84],
    [0xc9, 0xce, 0xd4],
    [0x6c, 0x74, 0x7f],
    [0xdc, 0x4a, 0x54],
    [0x3f, 0xa2, 0x48],
    [0xc9, 0xa0, 0x1e],
    [0x3b, 0x82, 0xe6],
    [0xad, 0x60, 0xcb],
    [0x22, 0x9b, 0xa9],
    [0xf3, 0xf5, 0xf7],
];

impl Theme {
    /// The default text colour.
    pub fn ink(self) -> Rgb {
        match self {
            Self::Dark => [0xd7, 0xdb, 0xe2],
            Self::Light => [0x24, 0x28, 0x2e],
        }
    }

    /// The default background.
    pub fn paper(self) -> Rgb {
        match self {
            Self::Dark => [0x15, 0x17, 0x1c],
            Self::Light => [0xfc, 0xfc, 0xfa],
        }
    }

    /// A colour as the program named it.
    pub fn color(self, color: vt100::Color, default: Rgb) -> Rgb {
        match color {
            vt100::Color::Default => default,
            vt100::Color::Rgb(r, g, b) => [r, g, b],
            vt100::Color::Idx(index) => self.indexed(index),
        }
    }

    /// One of the 256 indexed colours: 16 of the theme's own, a 6 × 6 × 6 cube, 24 greys.
    pub fn indexed(self, index: u8) -> Rgb {
        let own = if self == Self::Dark { DARK } else { LIGHT };
        match index {
            0..16 => own[usize::from(index)],
            16..232 => {
                let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
                let cube = index - 16;
                [level(cube / 36), level(cube / 6 % 6), level(cube % 6)]
            }
            232.. => [8 + 10 * (index - 232); 3],
        }
    }
}
