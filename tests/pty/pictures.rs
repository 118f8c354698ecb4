//! The rasteriser's own tests: a picture shows what a terminal would.

use testkit::raster::{self, CELL_HEIGHT, CELL_WIDTH, Image, Theme};
use testkit::{Screen, qr};

fn dark(text: &str) -> Image {
    // Without a cursor, so that every cell shows what was written.
    raster::draw(&Screen::of(format!("\x1b[?25l{text}").as_bytes(), 40, 12), Theme::Dark)
}

fn cell(image: &Image, col: u16, row: u16) -> Vec<String> {
    image.cell_as_text(col, row, Theme::Dark.ink(), Theme::Dark.paper())
}

fn ink(image: &Image, col: u16, row: u16) -> usize {
    cell(image, col, row).concat().matches('#').count()
}

#[test]
fn the_picture_has_a_margin_and_whole_cells() {
    let image = dark("");
    assert_eq!((image.width, image.height), (40 * CELL_WIDTH + 20, 12 * CELL_HEIGHT + 20));
    assert_eq!(image.pixel(0, 0), Theme::Dark.paper());
}

#[test]
fn lines_meet_their_neighbours_to_the_pixel() {
    let image = dark("┌─┐\r\n│ │\r\n└─┘ ╔═╗ ╟ ╓ ╫");
    let middle = "#".repeat(10);
    assert_eq!(cell(&image, 1, 0)[9], middle);
    assert_eq!(cell(&image, 0, 0)[9], "....######");
    assert_eq!(cell(&image, 2, 0)[9], "#####.....");
    for row in cell(&image, 0, 1) {
        assert_eq!(row, "....#.....");
    }
    assert_eq!(cell(&image, 0, 0)[19], "....#.....");
    assert_eq!(cell(&image, 0, 2)[0], "....#.....");
    // ╔: an outer and an inner corner with a gap between them.
    assert_eq!(cell(&image, 4, 2)[7..12], ["..........", "...#######", "...#......", "...#.#####", "...#.#...."]);
    // ╟: the single arm starts at the right one of the two lines.
    assert_eq!(cell(&image, 8, 2)[8..11], ["...#.#....", "...#.#####", "...#.#...."]);
    // ╓: the single line closes the double one.
    assert_eq!(cell(&image, 10, 2)[8..11], ["..........", "...#######", "...#.#...."]);
    // ╫: the single line runs through.
    assert_eq!(cell(&image, 12, 2)[9], "##########");
}

#[test]
fn blocks_quadrants_sextants_and_braille_fill_exactly_their_share() {
    let image = dark("█▀▄▌▐▁▙🬀🬁🬂🬻⣿⠁");
    let shares = [200, 100, 100, 100, 100, 30, 150, 35, 35, 70];
    for (col, share) in (0..).zip(shares) {
        assert_eq!(ink(&image, col, 0), share, "cell {col}");
    }
    assert_eq!(cell(&image, 7, 0)[6], "#####.....");
    assert_eq!(cell(&image, 7, 0)[7], "..........");
    // U+1FB3B: all but the upper left sextant.
    assert_eq!(cell(&image, 10, 0)[6], ".....#####");
    assert_eq!(cell(&image, 10, 0)[7], "##########");
    assert_eq!((ink(&image, 11, 0), ink(&image, 12, 0)), (32, 4));
}

#[test]
fn sextants_skip_the_patterns_that_other_blocks_have() {
    // Bits 21 and 42 are the half blocks; the characters before and after them must not shift.
    let image = dark("\u{1fb13}\u{1fb14}\u{1fb27}\u{1fb28}");
    let columns = |col| (cell(&image, col, 0)[0].clone(), cell(&image, col, 0)[19].clone());
    let [left, right, none, full] = ["#####.....", ".....#####", "..........", "##########"].map(|row| row.to_owned());
    assert_eq!(columns(0), (none, left.clone()), "U+1FB13: sextants 3 and 5");
    assert_eq!(columns(1), (right.clone(), left.clone()), "U+1FB14: sextants 2, 3 and 5");
    assert_eq!(columns(2), (left, right.clone()), "U+1FB27: sextants 1, 4 and 6");
    assert_eq!(columns(3), (full, right), "U+1FB28: sextants 1, 2, 4 and 6");
}

#[test]
fn colours_and_attributes_are_painted() {
    let image = dark("\x1b[31;44m█ \x1b[0m\x1b[38;5;196m█\x1b[38;2;1;2;3m█\x1b[0;7m \x1b[0;4m_\x1b[0;2m█\x1b[0m");
    let at = |col: u16| {
        let (x, y) = image.cell(col, 0);
        image.pixel(x + 5, y + 5)
    };
    assert_eq!(at(0), Theme::Dark.indexed(1));
    assert_eq!(at(1), Theme::Dark.indexed(4));
    assert_eq!(at(2), [255, 0, 0]);
    assert_eq!(at(3), [1, 2, 3]);
    assert_eq!(at(4), Theme::Dark.ink());
    assert_eq!(cell(&image, 5, 0)[18], "##########");
    let dim = at(6);
    assert!(dim != Theme::Dark.ink() && dim != Theme::Dark.paper(), "{dim:?}");
}

#[test]
fn letters_bold_letters_and_wide_characters_come_from_fonts() {
    let image = dark("i\x1b[1mi\x1b[0mW你\u{10ffff}");
    let (thin, bold, wide) = (ink(&image, 0, 0), ink(&image, 1, 0), ink(&image, 2, 0));
    assert!(20 < thin && thin < bold && thin < wide, "{thin} {bold} {wide}");
    // A wide character spreads over both of its cells.
    assert!(ink(&image, 3, 0) > 20 && ink(&image, 4, 0) > 20);
    // What no font has is a hollow box, not nothing.
    assert_eq!(cell(&image, 5, 0)[4], "..######..");
}

#[test]
fn the_cursor_is_a_filled_cell_unless_hidden() {
    let shown = raster::draw(&Screen::of(b"a", 40, 12), Theme::Light);
    let (x, y) = shown.cell(1, 0);
    assert_eq!(shown.pixel(x + 5, y + 10), Theme::Light.ink());
    let hidden = raster::draw(&Screen::of(b"a\x1b[?25l", 40, 12), Theme::Light);
    assert_eq!(hidden.pixel(x + 5, y + 10), Theme::Light.paper());
}

#[test]
fn a_larger_scale_is_the_same_drawing() {
    let screen = Screen::of("\x1b[?25l┼▀".as_bytes(), 2, 1);
    let (small, large) = (raster::draw(&screen, Theme::Dark), raster::draw_scaled(&screen, Theme::Dark, 3));
    assert_eq!((large.width, large.height), (3 * small.width, 3 * small.height));
    for y in 0..small.height {
        for x in 0..small.width {
            assert_eq!(small.pixel(x, y), large.pixel(3 * x + 1, 3 * y + 1), "({x}, {y})");
        }
    }
}

#[test]
fn the_file_is_a_png_of_the_same_size() {
    let image = dark("hello");
    let reader = png::Decoder::new(std::io::Cursor::new(image.png())).read_info().expect("a PNG");
    assert_eq!((reader.info().width, reader.info().height), (image.width, image.height));
}

#[test]
fn a_qr_code_on_a_screen_can_be_read_in_half_blocks_and_in_sextants() {
    let text = "https://example.org/authorize?state=abc";
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::L).expect("a code");
    let side = code.width() as i32;
    let is_dark = |x: i32, y: i32| {
        let inside = (0..side).contains(&x) && (0..side).contains(&y);
        inside && code[(x as usize, y as usize)] == qrcode::Color::Dark
    };
    // Dark modules are ink on a light ground, with two modules of quiet zone.
    let colors = "\x1b[38;5;16;48;5;231m";
    let halves = (-2..side + 2).step_by(2).map(|y| {
        let row: String = (-2..side + 2)
            .map(|x| match (is_dark(x, y), is_dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        format!("{colors}{row}\x1b[0m\r\n")
    });
    let half_blocks = Screen::of(format!("\x1b[?25l{}", halves.collect::<String>()).as_bytes(), 80, 40);
    assert_eq!(qr::decode(&raster::draw(&half_blocks, Theme::Dark)), [text]);

    let sextant = |x: i32, y: i32| {
        let bits: u32 = (0..6).map(|i| u32::from(is_dark(x + i % 2, y + i / 2)) << i).sum();
        match bits {
            0 => ' ',
            21 => '▌',
            42 => '▐',
            63 => '█',
            _ => char::from_u32(0x1fb00 + bits - 1 - u32::from(bits > 21) - u32::from(bits > 42)).expect("a sextant"),
        }
    };
    let rows = (-2..side + 2).step_by(3).map(|y| {
        let row: String = (-2..side + 2).step_by(2).map(|x| sextant(x, y)).collect();
        format!("{colors}{row}\x1b[0m\r\n")
    });
    let sextants = Screen::of(format!("\x1b[?25l{}", rows.collect::<String>()).as_bytes(), 80, 24);
    assert_eq!(qr::decode(&raster::draw(&sextants, Theme::Light)), [text]);
    assert_eq!(qr::decode(&dark("no code here")), Vec::<String>::new());
}
