//! Characters that must meet their neighbours to the pixel, drawn by code as terminals do.

use super::Canvas;

/// For U+2500 to U+257F: the weights of the arms to the left, right, up and down (0 none, 1 light, 2 heavy,
/// 3 double), after the characters' Unicode names. Dashes, arcs and diagonals have none and are drawn apart.
const ARMS: [&str; 8] = [
    "1100 2200 0011 0022 0000 0000 0000 0000 0000 0000 0000 0000 0101 0201 0102 0202",
    "1001 2001 1002 2002 0110 0210 0120 0220 1010 2010 1020 2020 0111 0211 0121 0112",
    "0122 0221 0212 0222 1011 2011 1021 1012 1022 2021 2012 2022 1101 2101 1201 2201",
    "1102 2102 1202 2202 1110 2110 1210 2210 1120 2120 1220 2220 1111 2111 1211 2211",
    "1121 1112 1122 2121 1221 2112 1212 2221 2212 2122 1222 2222 0000 0000 0000 0000",
    "3300 0033 0301 0103 0303 3001 1003 3003 0310 0130 0330 3010 1030 3030 0311 0133",
    "0333 3011 1033 3033 3301 1103 3303 3310 1130 3330 3311 1133 3333 0000 0000 0000",
    "0000 0000 0000 0000 1000 0010 0100 0001 2000 0020 0200 0002 1200 0012 2100 0021",
];

/// Is this character drawn here, rather than taken from a font?
pub(super) fn is_drawn(letter: char) -> bool {
    matches!(letter, '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}' | '\u{1fb00}'..='\u{1fb3b}')
}

/// Draws it over the whole cell.
pub(super) fn draw(canvas: &mut Canvas<'_>, letter: char) {
    let code = letter as u32;
    match code {
        0x2504..=0x250b => {
            let index = code - 0x2504;
            dashes(canvas, 3 + index / 4, index % 4 >= 2, index % 2 == 1);
        }
        0x254c..=0x254f => dashes(canvas, 2, code >= 0x254e, code % 2 == 1),
        0x256d..=0x2570 => arc(canvas, code - 0x256d),
        0x2571..=0x2573 => diagonals(canvas, code != 0x2572, code != 0x2571),
        0x2500..=0x257f => arms(canvas, code - 0x2500),
        0x2580..=0x259f => block(canvas, code),
        0x2800..=0x28ff => braille(canvas, code - 0x2800),
        _ => sextant(canvas, code - 0x1fb00),
    }
}

/// The unit column and row on which lines of every weight are centred.
const CENTRE: (i32, i32) = (4, 9);

fn arms(canvas: &mut Canvas<'_>, index: u32) {
    let Some(digits) = ARMS[index as usize / 16].split(' ').nth(index as usize % 16) else { return };
    let weights: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
    let [left, right, up, down] = weights[..] else { return };
    // How far a line reaches to either side of its centre: heavy lines are three units wide, double ones are two
    // lines of one unit with one between them, carved out below.
    let half = |weight: u8| i32::from(weight >= 2);
    // An arm reaches over the centre as far as the arms across it are wide, to close the corner.
    let (over_x, over_y) = (half(up).max(half(down)), half(left).max(half(right)));
    let double = |weight: u8| weight == 3;
    let both = |a: u8, b: u8| double(a) && double(b);
    let (double_x, double_y) = (double(left) || double(right), double(up) || double(down));
    // A double line keeps its centre where a single one ends at it or runs through it.
    let open_centre = (double_x && double_y)
        || (both(up, down) && (left == 0 || right == 0))
        || (both(left, right) && (up == 0 || down == 0));
    let inked = |x: i32, y: i32| {
        let on = |weight: u8, across: i32, along: bool| weight > 0 && across.abs() <= half(weight) && along;
        let line = on(left, y, x <= over_x)
            || on(right, y, x >= -over_x)
            || on(up, x, y <= over_y)
            || on(down, x, y >= -over_y);
        let carved = match (x, y) {
            (0, 0) => open_centre,
            (_, 0) => double(if x < 0 { left } else { right }),
            (0, _) => double(if y < 0 { up } else { down }),
            _ => false,
        };
        line && !carved
    };
    let unit = canvas.unit();
    for y in 0..canvas.height / unit {
        for x in 0..canvas.width / unit {
            if inked(x as i32 - CENTRE.0, y as i32 - CENTRE.1) {
                canvas.ink(x * unit, y * unit, unit, unit);
            }
        }
    }
}

/// `count` dashes across the cell, with a gap after each.
fn dashes(canvas: &mut Canvas<'_>, count: u32, vertical: bool, heavy: bool) {
    let unit = canvas.unit();
    let half = u32::from(heavy);
    let side = if vertical { canvas.height } else { canvas.width };
    for dash in 0..count {
        let (from, to) = (side * dash / count, side * (dash + 1) / count);
        let length = (to - from).saturating_sub(unit.max((to - from) / 3));
        if vertical {
            canvas.ink((CENTRE.0 as u32 - half) * unit, from, (1 + 2 * half) * unit, length);
        } else {
            canvas.ink(from, (CENTRE.1 as u32 - half) * unit, length, (1 + 2 * half) * unit);
        }
    }
}

/// ╭ ╮ ╯ ╰, in the order of their code points: a quarter of a circle between two straight ends.
fn arc(canvas: &mut Canvas<'_>, index: u32) {
    let unit = canvas.unit() as f32;
    let (right, down) = (matches!(index, 0 | 3), index < 2);
    let (middle_x, middle_y) = ((CENTRE.0 as f32 + 0.5) * unit, (CENTRE.1 as f32 + 0.5) * unit);
    let radius = 4.5 * unit;
    let towards = |positive: bool| if positive { 1.0 } else { -1.0 };
    canvas.shade(|x, y| {
        // Distances from the cell's middle, counted towards the two ends.
        let (along_x, along_y) = ((x - middle_x) * towards(right), (y - middle_y) * towards(down));
        let distance = match (along_x > radius, along_y > radius) {
            (true, _) => along_y.abs(),
            (_, true) => along_x.abs(),
            _ => ((along_x - radius).hypot(along_y - radius) - radius).abs(),
        };
        unit / 2.0 + 0.5 - distance
    });
}

fn diagonals(canvas: &mut Canvas<'_>, rising: bool, falling: bool) {
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    let unit = canvas.unit() as f32;
    let length = width.hypot(height);
    canvas.shade(|x, y| {
        let to_rising = (height * x + width * y - width * height).abs() / length;
        let to_falling = (height * x - width * y).abs() / length;
        let cover = |drawn: bool, distance: f32| if drawn { unit / 2.0 + 0.5 - distance } else { 0.0 };
        cover(rising, to_rising).max(cover(falling, to_falling))
    });
}

/// U+2580 to U+259F: eighths, halves, shades, quadrants.
fn block(canvas: &mut Canvas<'_>, code: u32) {
    let (width, height) = (canvas.width, canvas.height);
    let eighths = |side: u32, count: u32| (side * count + 4) / 8;
    match code {
        0x2580 => canvas.ink(0, 0, width, height / 2),
        0x2581..=0x2588 => {
            let tall = eighths(height, code - 0x2580);
            canvas.ink(0, height - tall, width, tall);
        }
        0x2589..=0x258f => canvas.ink(0, 0, eighths(width, 0x2590 - code), height),
        0x2590 => canvas.ink(width / 2, 0, width, height),
        0x2591..=0x2593 => {
            let share = (code - 0x2590) as f32 / 4.0;
            canvas.shade(|_, _| share);
        }
        0x2594 => canvas.ink(0, 0, width, eighths(height, 1)),
        0x2595 => canvas.ink(width - eighths(width, 1), 0, width, height),
        _ => {
            // Bits: upper left 1, upper right 2, lower left 4, lower right 8; in the order of the code points.
            const QUADRANTS: [u32; 10] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];
            grid(canvas, QUADRANTS[(code - 0x2596) as usize], 2, 2);
        }
    }
}

/// U+1FB00 to U+1FB3B: 2 × 3 cells; the patterns that other blocks already have are left out of the range.
fn sextant(canvas: &mut Canvas<'_>, index: u32) {
    let skipped = 1 + u32::from(index >= 20) + u32::from(index >= 40);
    grid(canvas, index + skipped, 2, 3);
}

/// Fills the fields of a grid whose bits are set, row by row from the top left, with no gaps.
fn grid(canvas: &mut Canvas<'_>, bits: u32, columns: u32, rows: u32) {
    let edge = |side: u32, index: u32, count: u32| (side * index + count / 2) / count;
    for field in (0..columns * rows).filter(|field| bits >> field & 1 == 1) {
        let (column, row) = (field % columns, field / columns);
        let (left, top) = (edge(canvas.width, column, columns), edge(canvas.height, row, rows));
        let (right, bottom) = (edge(canvas.width, column + 1, columns), edge(canvas.height, row + 1, rows));
        canvas.ink(left, top, right - left, bottom - top);
    }
}

/// U+2800 to U+28FF: eight dots, numbered down the columns, with the lowest row added last.
fn braille(canvas: &mut Canvas<'_>, bits: u32) {
    const DOTS: [(u32, u32); 8] = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)];
    let unit = canvas.unit();
    for (bit, (column, row)) in DOTS.into_iter().enumerate() {
        if bits >> bit & 1 == 1 {
            canvas.ink((2 + 4 * column) * unit, (2 + 5 * row) * unit, 2 * unit, 2 * unit);
        }
    }
}
