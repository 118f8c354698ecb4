//! A [`Screen`] as a picture, painted as a terminal paints it: cells of 10 × 20 pixels, Debian's fonts, and box
//! drawing, blocks, sextants and braille drawn by code so that neighbouring cells meet to the pixel.

mod fonts;
mod glyphs;
mod theme;

use crate::screen::Screen;
use std::path::Path;
pub use theme::Theme;

/// A colour: red, green, blue.
pub type Rgb = [u8; 3];

/// Width of a cell in pixels, at scale 1.
pub const CELL_WIDTH: u32 = 10;
/// Height of a cell in pixels, at scale 1.
pub const CELL_HEIGHT: u32 = 20;
/// Pixels of background around the screen, at scale 1.
pub const MARGIN: u32 = 10;

/// A picture of a screen.
pub struct Image {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    scale: u32,
    pixels: Vec<Rgb>,
}

/// One cell's place and colours on the image: what glyphs are painted through.
struct Canvas<'a> {
    image: &'a mut Image,
    x: u32,
    y: u32,
    /// Pixels; twice as wide for a wide character.
    width: u32,
    height: u32,
    ink: Rgb,
    paper: Rgb,
}

/// Paints a screen at 10 × 20 pixels a cell.
pub fn draw(screen: &Screen, theme: Theme) -> Image {
    draw_scaled(screen, theme, 1)
}

/// Paints a screen with cells of 10 × 20 pixels times `scale`.
pub fn draw_scaled(screen: &Screen, theme: Theme, scale: u32) -> Image {
    let (cols, rows) = screen.size();
    let width = (u32::from(cols) * CELL_WIDTH + 2 * MARGIN) * scale;
    let height = (u32::from(rows) * CELL_HEIGHT + 2 * MARGIN) * scale;
    let mut image = Image { width, height, scale, pixels: vec![theme.paper(); (width * height) as usize] };
    let cursor = screen.cursor_visible().then(|| screen.cursor());
    for row in 0..rows {
        for col in 0..cols {
            let Some(cell) = screen.vt().cell(row, col).filter(|cell| !cell.is_wide_continuation()) else { continue };
            let mut ink = theme.color(cell.fgcolor(), theme.ink());
            let mut paper = theme.color(cell.bgcolor(), theme.paper());
            if cell.dim() {
                ink = mix(paper, ink, 0.6);
            }
            if cell.inverse() {
                std::mem::swap(&mut ink, &mut paper);
            }
            if cursor == Some((col, row)) {
                (ink, paper) = (theme.paper(), theme.ink());
            }
            let (x, y) = image.cell(col, row);
            let width = scale * CELL_WIDTH * if cell.is_wide() { 2 } else { 1 };
            let mut canvas = Canvas { image: &mut image, x, y, width, height: scale * CELL_HEIGHT, ink, paper };
            canvas.fill(0, 0, canvas.width, canvas.height, paper);
            let mut letters = cell.contents().chars();
            match letters.next() {
                Some(only) if glyphs::is_drawn(only) => glyphs::draw(&mut canvas, only),
                Some(first) if !cell.contents().trim().is_empty() => {
                    let style = fonts::Style { bold: cell.bold(), italic: cell.italic() };
                    fonts::draw(&mut canvas, first, letters, style);
                }
                _ => {}
            }
            if cell.underline() {
                canvas.fill(0, 18 * scale, canvas.width, scale, ink);
            }
        }
    }
    image
}

impl Image {
    /// The top left pixel of a cell.
    pub fn cell(&self, col: u16, row: u16) -> (u32, u32) {
        let along = |cells: u16, side: u32| (MARGIN + u32::from(cells) * side) * self.scale;
        (along(col, CELL_WIDTH), along(row, CELL_HEIGHT))
    }

    /// One pixel.
    ///
    /// # Panics
    /// Outside of the picture.
    pub fn pixel(&self, x: u32, y: u32) -> Rgb {
        assert!(x < self.width && y < self.height, "({x}, {y}) is outside {} × {}", self.width, self.height);
        self.pixels[(y * self.width + x) as usize]
    }

    /// A cell of this picture as text: `#` where a pixel is nearer to the ink than to the paper.
    pub fn cell_as_text(&self, col: u16, row: u16, ink: Rgb, paper: Rgb) -> Vec<String> {
        let (left, top) = self.cell(col, row);
        let distance = |a: Rgb, b: Rgb| -> u32 { (0..3).map(|i| u32::from(a[i].abs_diff(b[i])).pow(2)).sum() };
        let mark = |x: u32, y: u32| {
            let pixel = self.pixel(x, y);
            if distance(pixel, ink) < distance(pixel, paper) { '#' } else { '.' }
        };
        let (width, height) = (CELL_WIDTH * self.scale, CELL_HEIGHT * self.scale);
        (0..height).map(|y| (0..width).map(|x| mark(left + x, top + y)).collect()).collect()
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().expect("PNG header");
        writer.write_image_data(self.pixels.as_flattened()).expect("PNG data");
        writer.finish().expect("PNG end");
        file
    }

    /// Writes the picture as a PNG file.
    pub fn save(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        std::fs::write(path, self.png()).unwrap_or_else(|error| panic!("write {}: {error}", path.display()));
    }
}

impl Canvas<'_> {
    /// Pixels per unit of design: 1 in a cell of 10 × 20.
    fn unit(&self) -> u32 {
        self.height / CELL_HEIGHT
    }

    /// Fills a rectangle, given from the cell's top left corner, cut at the cell's edges.
    fn fill(&mut self, x: u32, y: u32, width: u32, height: u32, color: Rgb) {
        for row in y..(y + height).min(self.height) {
            for col in x..(x + width).min(self.width) {
                let at = (self.y + row) * self.image.width + self.x + col;
                self.image.pixels[at as usize] = color;
            }
        }
    }

    /// Inks a rectangle.
    fn ink(&mut self, x: u32, y: u32, width: u32, height: u32) {
        self.fill(x, y, width, height, self.ink);
    }

    /// Inks one pixel, as much as `share` (0 to 1) of it is covered. Glyphs may reach out of their cell.
    fn blend(&mut self, x: i64, y: i64, share: f32) {
        let (x, y) = (i64::from(self.x) + x, i64::from(self.y) + y);
        let inside = |at: i64, side: u32| u32::try_from(at).ok().filter(|at| *at < side);
        if let (Some(x), Some(y)) = (inside(x, self.image.width), inside(y, self.image.height)) {
            let pixel = &mut self.image.pixels[(y * self.image.width + x) as usize];
            *pixel = mix(*pixel, self.ink, share);
        }
    }

    /// Inks every pixel of the cell by how much a shape covers it, given the pixel's centre.
    fn shade(&mut self, coverage: impl Fn(f32, f32) -> f32) {
        for y in 0..self.height {
            for x in 0..self.width {
                let share = coverage(x as f32 + 0.5, y as f32 + 0.5).clamp(0.0, 1.0);
                self.blend(i64::from(x), i64::from(y), share);
            }
        }
    }
}

/// `share` of `over`, the rest `under`.
fn mix(under: Rgb, over: Rgb, share: f32) -> Rgb {
    let channel = |i: usize| f32::from(under[i]) + (f32::from(over[i]) - f32::from(under[i])) * share;
    [channel(0), channel(1), channel(2)].map(|value| value.round() as u8)
}
