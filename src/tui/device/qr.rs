//! A QR code drawn with terminal cells, and as a PNG.
//!
//! Half blocks are the readable way; sextants fit a small window but need a terminal that draws them.
//! Colours are fixed, dark on light: no decoder reads the other way round.

use qrcode::{Color as Module, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Style};
use ratatui::widgets::Widget;

const DARK: Color = Color::Indexed(16);
const LIGHT: Color = Color::Indexed(231);
/// Light modules around the code. Two are enough on a screen; four are the standard's.
const QUIET: [usize; 3] = [4, 3, 2];
const PNG_QUIET: usize = 4;
/// Pixels per module.
const PNG_SCALE: usize = 8;

/// Which way fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    Half(Drawing),
    Sextant(Drawing),
    /// Columns and rows. Nothing is drawn: part of a code cannot be read.
    TooSmall {
        needs: Size,
        has: Size,
    },
    /// No QR code holds so much text.
    TooLong,
}

/// The code of `text` in the largest form that fits `area`; sextants only where the terminal is known
/// to draw them ([`draws_sextants`]), or the user asks for them.
pub fn fit(text: &str, area: Size, sextants: bool) -> Fit {
    let Some(code) = Code::of(text) else { return Fit::TooLong };
    let cells: &[Cells] = if sextants { &[Cells::Half, Cells::Sextant] } else { &[Cells::Half] };
    for &cells in cells {
        for quiet in QUIET {
            let drawing = Drawing { code: code.clone(), quiet, cells };
            let size = drawing.size();
            if size.width <= area.width && size.height <= area.height {
                return match cells {
                    Cells::Half => Fit::Half(drawing),
                    Cells::Sextant => Fit::Sextant(drawing),
                };
            }
        }
    }
    let least = cells.last().copied().unwrap_or(Cells::Half);
    let smallest = Drawing { code, quiet: QUIET[QUIET.len() - 1], cells: least };
    Fit::TooSmall { needs: smallest.size(), has: area }
}

/// True for terminals that draw U+1FB00 themselves, whatever the font.
pub fn draws_sextants(var: impl Fn(&str) -> Option<String>) -> bool {
    let var = |name| var(name).unwrap_or_default();
    let (term, program) = (var("TERM"), var("TERM_PROGRAM"));
    let named = ["xterm-kitty", "xterm-ghostty", "ghostty", "alacritty", "foot", "foot-extra", "wezterm"]
        .iter()
        .any(|known| term == *known);
    let programs = ["ghostty", "WezTerm", "kitty"].iter().any(|known| program == *known);
    let vte = var("VTE_VERSION").parse::<u32>().is_ok_and(|version| version >= 6200);
    let window = ["KITTY_WINDOW_ID", "ALACRITTY_WINDOW_ID", "GHOSTTY_RESOURCES_DIR", "WEZTERM_PANE"];
    named || programs || vte || window.iter().any(|name| !var(name).is_empty())
}

/// The code as a PNG: 8-bit gray, 8 pixels a module, quiet zone 4. None: too long.
pub fn png(text: &str) -> Option<Vec<u8>> {
    let code = Code::of(text)?;
    let side = (code.width + 2 * PNG_QUIET) * PNG_SCALE;
    let pixels: Vec<u8> = (0..side * side)
        .map(|at| {
            let (x, y) = (at % side / PNG_SCALE, at / side / PNG_SCALE);
            if code.dark(x, y, PNG_QUIET) { 0 } else { 255 }
        })
        .collect();
    let mut out = Vec::new();
    let side = u32::try_from(side).ok()?;
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().ok()?.write_image_data(&pixels).ok()?;
    Some(out)
}

/// Modules, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Code {
    modules: Vec<bool>,
    width: usize,
}

impl Code {
    /// Level L: a screen has no dirt, and the code stays small.
    fn of(text: &str) -> Option<Code> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let width = code.width();
        Some(Code { modules: code.into_colors().into_iter().map(|module| module == Module::Dark).collect(), width })
    }

    /// The module at a place that counts the quiet zone; light beyond the code.
    fn dark(&self, x: usize, y: usize, quiet: usize) -> bool {
        let inside = |at: usize| at.checked_sub(quiet).filter(|at| *at < self.width);
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => self.modules.get(y * self.width + x).copied().unwrap_or(false),
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cells {
    /// 1 × 2 modules a cell.
    Half,
    /// 2 × 3 modules a cell.
    Sextant,
}

/// A code that fits. Draws itself at the top left of the area it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    code: Code,
    quiet: usize,
    cells: Cells,
}

impl Drawing {
    /// Columns and rows.
    pub fn size(&self) -> Size {
        let side = self.code.width + 2 * self.quiet;
        let (width, height) = match self.cells {
            Cells::Half => (side, side.div_ceil(2)),
            Cells::Sextant => (side.div_ceil(2), side.div_ceil(3)),
        };
        Size::new(u16::try_from(width).unwrap_or(u16::MAX), u16::try_from(height).unwrap_or(u16::MAX))
    }

    fn cell(&self, column: usize, row: usize) -> (char, Style) {
        let dark = |x, y| self.code.dark(x, y, self.quiet);
        let paint = |fore: bool, back: bool| {
            let colour = |dark| if dark { DARK } else { LIGHT };
            Style::reset().fg(colour(fore)).bg(colour(back))
        };
        match self.cells {
            Cells::Half => {
                let (upper, lower) = (dark(column, 2 * row), dark(column, 2 * row + 1));
                // Equal halves are a space: a terminal that adds space between lines paints it, too.
                (if upper == lower { ' ' } else { '▀' }, paint(upper, lower))
            }
            Cells::Sextant => {
                let pattern =
                    (0..6).map(|bit| u32::from(dark(2 * column + bit % 2, 3 * row + bit / 2)) << bit).sum::<u32>();
                match sextant(pattern) {
                    Some(glyph) => (glyph, paint(true, false)),
                    None => (' ', paint(false, pattern != 0)),
                }
            }
        }
    }
}

/// The glyph with these sixths filled (bit 0: top left, bit 1: top right, …); None: all or none.
/// The block leaves out the two that exist elsewhere, the left and the right half.
fn sextant(pattern: u32) -> Option<char> {
    match pattern {
        0 | 63 => None,
        21 => Some('▌'),
        42 => Some('▐'),
        _ => char::from_u32(0x1fb00 + pattern - 1 - u32::from(pattern > 21) - u32::from(pattern > 42)),
    }
}

impl Widget for &Drawing {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let size = self.size();
        let area = area.intersection(buffer.area);
        if area.width < size.width || area.height < size.height {
            return;
        }
        for row in 0..size.height {
            for column in 0..size.width {
                let (glyph, style) = self.cell(usize::from(column), usize::from(row));
                if let Some(cell) = buffer.cell_mut((area.x + column, area.y + row)) {
                    cell.set_char(glyph).set_style(style);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> String {
        format!(
            "https://api.chutes.ai/idp/authorize?client_id=cid_abc123def456ghi789jkl012&redirect_uri=http://127.0.0.1:1456/oauth-callback&response_type=code&scope=openid+profile+chutes:invoke&state=kS8X_aB3aLMr2Py0ZsHkGP&code_challenge={}&code_challenge_method=S256",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        )
    }

    fn decode(width: usize, height: usize, gray: impl FnMut(usize, usize) -> u8) -> Option<String> {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, gray);
        let grids = image.detect_grids();
        grids.first().and_then(|grid| grid.decode().ok()).map(|(_, text)| text)
    }

    /// The cells as a terminal paints them on a theme of that gray, 12 × 24 pixels each.
    fn rasterise(drawing: &Drawing, theme: u8) -> Option<String> {
        const W: usize = 12;
        const H: usize = 24;
        let size = drawing.size();
        let area = Rect::new(0, 0, size.width + 6, size.height + 4);
        let mut buffer = Buffer::empty(area);
        drawing.render(Rect::new(3, 2, size.width, size.height), &mut buffer);
        let gray = |colour: Color| match colour {
            Color::Indexed(16) => 0,
            Color::Indexed(231) => 255,
            _ => theme,
        };
        decode(usize::from(area.width) * W, usize::from(area.height) * H, |x, y| {
            let column = u16::try_from(x / W).expect("small");
            let row = u16::try_from(y / H).expect("small");
            let cell = buffer.cell((column, row)).expect("inside");
            let glyph = cell.symbol().chars().next().expect("a glyph");
            let (dx, dy) = (x % W, y % H);
            let filled = match glyph {
                ' ' => false,
                '▀' => dy < H / 2,
                '▌' => dx < W / 2,
                '▐' => dx >= W / 2,
                glyph => {
                    let bit = dy / (H / 3) * 2 + dx / (W / 2);
                    let pattern = (1..63).find(|pattern| sextant(*pattern) == Some(glyph)).expect("a sextant");
                    pattern >> bit & 1 == 1
                }
            };
            gray(if filled { cell.fg } else { cell.bg })
        })
    }

    #[test]
    fn both_forms_decode_on_dark_and_light_themes() {
        let Fit::Half(half) = fit(&link(), Size::new(120, 40), false) else { panic!("120×40 fits half blocks") };
        let Fit::Sextant(sextant) = fit(&link(), Size::new(80, 24), true) else { panic!("80×24 fits sextants") };
        for drawing in [half, sextant] {
            for theme in [0, 255] {
                assert_eq!(rasterise(&drawing, theme).as_deref(), Some(link().as_str()), "{:?} {theme}", drawing.cells);
            }
        }
    }

    #[test]
    fn what_does_not_fit_says_what_it_needs_and_draws_nothing() {
        let tight = |sextants| fit(&link(), Size::new(60, 20), sextants);
        assert_eq!(tight(false), Fit::TooSmall { needs: Size::new(65, 33), has: Size::new(60, 20) });
        assert_eq!(tight(true), Fit::TooSmall { needs: Size::new(33, 22), has: Size::new(60, 20) });
        assert!(matches!(fit(&link(), Size::new(65, 33), true), Fit::Half(_)), "half blocks come first");
        assert!(matches!(fit(&link(), Size::new(80, 24), false), Fit::TooSmall { .. }));
        assert_eq!(fit(&"x".repeat(4000), Size::new(400, 400), true), Fit::TooLong);
        let Fit::Half(drawing) = fit(&link(), Size::new(65, 33), false) else { panic!("fits") };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 64, 33));
        drawing.render(Rect::new(0, 0, 65, 33), &mut buffer);
        assert_eq!(buffer, Buffer::empty(Rect::new(0, 0, 64, 33)), "never a part");
    }

    #[test]
    fn colours_are_fixed_and_the_quiet_zone_is_light() {
        let Fit::Half(drawing) = fit(&link(), Size::new(65, 33), false) else { panic!("fits") };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 65, 33));
        drawing.render(Rect::new(0, 0, 65, 33), &mut buffer);
        for cell in buffer.content() {
            assert!(matches!(cell.fg, DARK | LIGHT) && matches!(cell.bg, DARK | LIGHT));
        }
        for x in 0..65 {
            assert_eq!((buffer[(x, 0)].symbol(), buffer[(x, 0)].bg), (" ", LIGHT));
        }
    }

    #[test]
    fn the_png_decodes_and_is_gray() {
        let bytes = png(&link()).expect("an image");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a header");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a frame");
        assert_eq!((info.color_type, info.bit_depth), (png::ColorType::Grayscale, png::BitDepth::Eight));
        let side = info.width as usize;
        assert_eq!(side, (61 + 8) * 8);
        assert_eq!(decode(side, side, |x, y| pixels[y * side + x]), Some(link()));
        assert_eq!(png(&"x".repeat(4000)), None);
    }

    #[test]
    fn every_sextant_has_its_own_glyph() {
        let glyphs: std::collections::BTreeSet<_> = (0..64).filter_map(sextant).collect();
        assert_eq!(glyphs.len(), 62);
        assert_eq!((sextant(1), sextant(62)), (Some('\u{1fb00}'), Some('\u{1fb3b}')));
        let kitty = |name: &str| (name == "TERM").then(|| "xterm-kitty".to_owned());
        assert!(draws_sextants(kitty) && !draws_sextants(|_| None));
        assert!(draws_sextants(|name| (name == "VTE_VERSION").then(|| "7006".to_owned())));
        assert!(!draws_sextants(|name| (name == "TERM").then(|| "linux".to_owned())));
    }
}
