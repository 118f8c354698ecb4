//! Letters, from the fonts that `scripts/test` installs.

use super::{CELL_WIDTH, Canvas};
use ab_glyph::{Font, FontVec, Glyph, PxScale, point};
use std::sync::OnceLock;

/// Which cut of a font.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub bold: bool,
    pub italic: bool,
}

const DEJAVU: &str = "/usr/share/fonts/truetype/dejavu";
const NOTO: &str = "/usr/share/fonts/opentype/noto";
/// Where "Noto Sans Mono CJK SC" sits in Debian's collections.
const MONO_SC: u32 = 7;

fn load(path: String, index: u32) -> FontVec {
    let bytes = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("read {path}: {error}. Pictures need the packages fonts-dejavu and fonts-noto-cjk; scripts/test installs them.")
    });
    FontVec::try_from_vec_and_index(bytes, index).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn dejavu(slot: &'static OnceLock<FontVec>, name: &str) -> &'static FontVec {
    slot.get_or_init(|| load(format!("{DEJAVU}/{name}.ttf"), 0))
}

fn cjk(slot: &'static OnceLock<FontVec>, name: &str) -> &'static FontVec {
    slot.get_or_init(|| load(format!("{NOTO}/{name}.ttc"), MONO_SC))
}

/// The fonts to try for a style, best first; each is read from disk when a letter first needs it.
fn candidates(style: Style) -> [fn() -> &'static FontVec; 4] {
    static REGULAR: OnceLock<FontVec> = OnceLock::new();
    static BOLD: OnceLock<FontVec> = OnceLock::new();
    static OBLIQUE: OnceLock<FontVec> = OnceLock::new();
    static SANS: OnceLock<FontVec> = OnceLock::new();
    static CJK: OnceLock<FontVec> = OnceLock::new();
    static CJK_BOLD: OnceLock<FontVec> = OnceLock::new();
    let regular = || dejavu(&REGULAR, "DejaVuSansMono");
    let own: fn() -> &'static FontVec = match style {
        Style { bold: true, .. } => || dejavu(&BOLD, "DejaVuSansMono-Bold"),
        Style { italic: true, .. } => || dejavu(&OBLIQUE, "DejaVuSansMono-Oblique"),
        _ => regular,
    };
    let wide: fn() -> &'static FontVec =
        if style.bold { || cjk(&CJK_BOLD, "NotoSansCJK-Bold") } else { || cjk(&CJK, "NotoSansCJK-Regular") };
    [own, regular, wide, || dejavu(&SANS, "DejaVuSans")]
}

/// Draws a letter and the combining marks on it.
pub(super) fn draw(canvas: &mut Canvas<'_>, letter: char, marks: impl Iterator<Item = char>, style: Style) {
    let font = candidates(style).into_iter().map(|font| font()).find(|font| font.glyph_id(letter).0 != 0);
    let Some(font) = font else { return missing(canvas) };
    let wide = canvas.width > CELL_WIDTH * canvas.unit();
    // Pixels per em: DejaVu Sans Mono advances 0.602 em, which is to be one cell; a wide character fills two.
    let em = canvas.unit() as f32 * if wide { 18.0 } else { 16.6 };
    let units = font.units_per_em().unwrap_or(1000.0);
    let advance = |id| font.h_advance_unscaled(id) / units;
    let id = font.glyph_id(letter);
    // A letter of a proportional fallback font is narrowed to its cell.
    let squeeze = (canvas.width as f32 / (advance(id) * em).max(1.0)).min(1.0);
    let scale = PxScale { x: em * squeeze, y: em };
    let scale = PxScale { x: scale.x * font.height_unscaled() / units, y: scale.y * font.height_unscaled() / units };
    let baseline = 16.0 * canvas.unit() as f32;
    let left = (canvas.width as f32 - advance(id) * em * squeeze) / 2.0;
    put(canvas, font, id.with_scale_and_position(scale, point(left.max(0.0), baseline)));
    for mark in marks {
        let mark = font.glyph_id(mark);
        if mark.0 != 0 && advance(mark) == 0.0 {
            // Marks without an advance are designed to sit on the letter before them.
            put(canvas, font, mark.with_scale_and_position(scale, point(left + advance(id) * em, baseline)));
        }
    }
}

fn put(canvas: &mut Canvas<'_>, font: &FontVec, glyph: Glyph) {
    if let Some(outline) = font.outline_glyph(glyph) {
        let bounds = outline.px_bounds();
        let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
        outline.draw(|x, y, share| canvas.blend(left + i64::from(x), top + i64::from(y), share.clamp(0.0, 1.0)));
    }
}

/// A hollow box, as terminals show for a letter that no font has.
fn missing(canvas: &mut Canvas<'_>) {
    let unit = canvas.unit();
    let (width, height) = (canvas.width - 4 * unit, 12 * unit);
    let (ink, paper) = (canvas.ink, canvas.paper);
    canvas.fill(2 * unit, 4 * unit, width, height, ink);
    canvas.fill(3 * unit, 5 * unit, width - 2 * unit, height - 2 * unit, paper);
}
