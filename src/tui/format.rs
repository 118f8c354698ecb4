//! Numbers, times and text as a person reads them, cut and wrapped to terminal columns.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// `202,752`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Tokens in four columns: `512`, `203k`, `1.0M`.
pub fn tokens(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        1_000..999_500 => format!("{}k", (number + 500) / 1000),
        _ => {
            let tenths = number.saturating_add(50_000) / 100_000;
            format!("{}.{}M", tenths / 10, tenths % 10)
        }
    }
}

/// A price to the last digit that says something: at least two decimals (`0.40`, `0.0245`), and no dust of
/// binary fractions (`0.09999999999999998` is `0.10`).
pub fn price(usd: f64) -> String {
    let exact = if usd.abs() < 1e6 { rounded(usd) } else { usd.to_string() };
    match exact.split_once('.') {
        None => format!("{exact}.00"),
        Some((_, decimals)) if decimals.len() == 1 => format!("{exact}0"),
        Some(_) => exact,
    }
}

/// To ten significant decimals, without the zeros behind.
fn rounded(usd: f64) -> String {
    format!("{usd:.10}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Room for a column of prices around its decimal point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimals {
    /// Columns before the point.
    pub before: usize,
    /// Columns behind it.
    pub behind: usize,
}

impl Decimals {
    /// More are rounded in a table; the details have them all.
    const MOST_BEHIND: usize = 4;
    const MOST_BEFORE: usize = 4;

    /// The room that prices up to `largest` need, with at most `decimals` each.
    pub fn of(largest: f64, decimals: usize) -> Decimals {
        let text = Decimals::rounded(largest);
        let before = text.split_once('.').map_or(text.len(), |(before, _)| before.len());
        Decimals { before: before.min(Decimals::MOST_BEFORE), behind: decimals.clamp(2, Decimals::MOST_BEHIND) }
    }

    /// Rounded to two decimals.
    pub fn to_the_cent(self) -> Decimals {
        Decimals { behind: 2, ..self }
    }

    pub fn width(self) -> usize {
        self.before + 1 + self.behind
    }

    /// A price at its place: all points of a column stand below each other.
    pub fn place(self, usd: f64) -> String {
        let exact = Decimals::rounded(usd);
        let text = match exact.split_once('.') {
            // What is not free does not look as if it were.
            Some((_, behind)) if behind.len() > self.behind && usd < 0.005 && self.behind == 2 => {
                return format!("{:>width$}", "<0.01", width = self.width());
            }
            Some((_, behind)) if behind.len() > self.behind => format!("{usd:.most$}", most = self.behind),
            _ => exact,
        };
        let (before, behind) = text.split_once('.').unwrap_or((&text, ""));
        if before.len() > self.before || behind.len() > self.behind {
            return format!("{:>width$}", cut(&text, self.width(), "+"), width = self.width());
        }
        format!("{before:>a$}.{behind:<b$}", a = self.before, b = self.behind)
    }

    /// A word at the place of the units.
    pub fn place_word(self, word: &str) -> String {
        let head = format!("{:pad$}{word}", "", pad = self.before.saturating_sub(word.width()));
        format!("{head}{:pad$}", "", pad = self.width().saturating_sub(head.width()))
    }

    /// At least two decimals, at most four.
    fn rounded(usd: f64) -> String {
        let exact = price(usd);
        match exact.split_once('.') {
            Some((_, behind)) if behind.len() > Decimals::MOST_BEHIND => {
                let text = format!("{usd:.most$}", most = Decimals::MOST_BEHIND);
                let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
                format!("{whole}.{:0<2}", decimals.trim_end_matches('0'))
            }
            _ => exact,
        }
    }
}

/// A small amount of money to the last digit that says something: `0.0000012`.
pub fn amount(usd: f64) -> String {
    if usd == 0.0 || usd >= 0.01 {
        return format!("{usd:.2}");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of decimals")]
    let decimals = (-usd.abs().log10()).ceil().clamp(2.0, 12.0) as usize + 1;
    format!("{usd:.decimals$}").trim_end_matches('0').to_owned()
}

/// [`wrap`], in at most `rows` lines; what has no room goes, with `ellipsis` in its place.
pub fn fit(text: &str, width: usize, rows: usize, ellipsis: &str) -> Vec<String> {
    let mut lines = wrap(text, width);
    if let Some(last) = rows.checked_sub(1).filter(|_| lines.len() > rows) {
        let rest = lines.split_off(last).join(" ");
        lines.push(cut(&rest, width, ellipsis));
    }
    lines
}

/// At most `width` columns, with `ellipsis` in place of what was cut off the end.
pub fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(ellipsis.width());
    let mut out = take_columns(text, room).to_owned();
    if width > 0 {
        out.push_str(ellipsis);
    }
    out
}

/// A model id in fewer columns: what is kept of it, as byte ranges, with the ellipsis between and behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortened {
    pub head: Range<usize>,
    /// Kept behind the first gap; empty when there is only one.
    pub tail: Range<usize>,
    /// Something is missing at the end.
    pub open: bool,
}

/// Columns in which the beginning of a name says more than the beginning of its publisher's.
const NARROWEST_NAME: usize = 12;

/// A model id in `width` columns: the publisher is shortened first and left out before the name is cut, for the name
/// says more.
pub fn shortened(id: &str, width: usize, ellipsis: &str) -> Shortened {
    let whole = |end: usize, open: bool| Shortened { head: 0..end, tail: end..end, open };
    if id.width() <= width {
        return whole(id.len(), false);
    }
    if let Some((publisher, name)) = id.split_once('/') {
        let room = width.saturating_sub(name.width() + 1 + ellipsis.width());
        if room >= 3 {
            let head = take_columns(publisher, room).len();
            return Shortened { head: 0..head, tail: publisher.len()..id.len(), open: false };
        }
        if width >= NARROWEST_NAME && publisher.width() > ellipsis.width() {
            let rest = &id[publisher.len()..];
            let open = ellipsis.width() + rest.width() > width;
            let ends = ellipsis.width() * if open { 2 } else { 1 };
            let end = publisher.len() + take_columns(rest, width.saturating_sub(ends)).len();
            return Shortened { head: 0..0, tail: publisher.len()..end, open };
        }
    }
    whole(take_columns(id, width.saturating_sub(ellipsis.width())).len(), true)
}

/// [`shortened`], written out.
pub fn model_id(id: &str, width: usize, ellipsis: &str) -> String {
    let Shortened { head, tail, open } = shortened(id, width, ellipsis);
    let gap = if tail.is_empty() { "" } else { ellipsis };
    let end = if open { ellipsis } else { "" };
    format!("{}{gap}{}{end}", &id[head], &id[tail])
}

fn take_columns(text: &str, width: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > width {
            break;
        }
        end = at + grapheme.len();
    }
    &text[..end]
}

/// Break text into lines of at most `width` columns: at spaces, after or before wide characters, else
/// anywhere. Existing line breaks stay.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for piece in pieces(paragraph) {
            let piece_width = piece.width();
            if used + piece.trim_end().width() <= width {
                line.push_str(piece);
                used += piece_width;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
            }
            let mut rest = piece;
            while rest.trim_end().width() > width {
                let head = take_columns(rest, width);
                if head.is_empty() {
                    break;
                }
                lines.push(head.to_owned());
                rest = &rest[head.len()..];
            }
            line.push_str(rest);
            used = rest.width();
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// A line may end between these two wide characters.
pub fn may_break(before: char, after: Option<char>) -> bool {
    !OPENING.contains(&before) && after.is_none_or(|after| !CLOSING.contains(&after))
}

const CLOSING: [char; 20] =
    ['。', '，', '：', '；', '？', '！', '、', '」', '』', '）', '】', '》', '”', '’', ',', ')', ':', ';', ' ', '.'];
const OPENING: [char; 7] = ['「', '『', '（', '【', '《', '“', '‘'];

/// Runs that are not broken inside: a word with the space behind it, or one wide character.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        let mut seen_space = false;
        for (at, grapheme) in rest.grapheme_indices(true) {
            let wide = grapheme.width() > 1;
            // No line begins with closing punctuation, and none ends with an opening one.
            let stays = grapheme.starts_with(CLOSING) || rest[..at].ends_with(OPENING);
            if at > 0 && !stays && (wide || (seen_space && grapheme != " ")) {
                break;
            }
            end = at + grapheme.len();
            seen_space |= grapheme == " ";
            if wide && !grapheme.starts_with(OPENING) && !rest[end..].starts_with(CLOSING) {
                break;
            }
        }
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(grouped(1_048_576), "1,048,576");
        assert_eq!(grouped(12), "12");
        assert_eq!([999, 40_960, 202_752, 999_600, 1_048_576].map(tokens), ["999", "41k", "203k", "1.0M", "1.0M"]);
        assert_eq!([0.4, 2.0, 0.0245, 15.0].map(price), ["0.40", "2.00", "0.0245", "15.00"]);
        assert_eq!([0.010_399_999_999_999_998, 0.099_999_999_999_999_98].map(price), ["0.0104", "0.10"]);
    }

    #[test]
    fn prices_stand_below_each_other_at_the_point() {
        let prices = [0.4, 15.0, 1.1957, 0.010_399_999_999_999_998];
        let room = Decimals::of(15.0, 18);
        assert_eq!(prices.map(|usd| room.place(usd)), [" 0.40  ", "15.00  ", " 1.1957", " 0.0104"]);
        assert_eq!(room.place_word("-"), " -     ");
        let narrow = Decimals::of(0.4, 1);
        assert_eq!(narrow, Decimals { before: 1, behind: 2 });
        assert_eq!(narrow.place(12_345.678).len(), 4, "what has no room keeps its column");
        assert_eq!(Decimals::of(1e300, 0).place(1e300).len(), 7);
        let cents = room.to_the_cent();
        assert_eq!([0.0245, 15.0, 0.2989, 0.001].map(|usd| cents.place(usd)), [" 0.02", "15.00", " 0.30", "<0.01"]);
    }

    #[test]
    fn small_amounts_keep_their_first_digits() {
        assert_eq!([0.0, 0.5, 0.000_001_2, 0.000_000_95].map(amount), ["0.00", "0.50", "0.0000012", "0.00000095"]);
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(fit("one two three", 7, 2, "…"), ["one two", "three"]);
        assert_eq!(fit("one two three four", 7, 2, "…"), ["one two", "three …"]);
        assert_eq!(fit("one two three", 7, 1, "…"), ["one tw…"]);
    }

    #[test]
    fn cutting_keeps_what_says_most() {
        assert_eq!(model_id("deepseek-ai/DeepSeek-V3.2-TEE", 27, "…"), "deepseek…/DeepSeek-V3.2-TEE");
        assert_eq!(model_id("a/very-long-model-name-indeed", 12, "…"), "a/very-long…");
        // Two of a publisher whose names begin alike are told apart.
        assert_eq!(model_id("deepseek-ai/DeepSeek-V3.2-TEE", 22, "…"), "dee…/DeepSeek-V3.2-TEE");
        assert_eq!(model_id("deepseek-ai/DeepSeek-V4-Flash-0731-TEE", 22, "…"), "…/DeepSeek-V4-Flash-0…");
        assert_eq!(model_id("deepseek-ai/DeepSeek-V3.2-TEE", 19, "…"), "…/DeepSeek-V3.2-TEE");
        assert_eq!(model_id("deepseek-ai/DeepSeek-V4-Flash", 10, "..."), "deepsee...");
        assert_eq!(cut("模型名称", 5, "~"), "模型~");
        assert_eq!(cut("abc", 3, "…"), "abc");
    }

    #[test]
    fn wrapping_fits_and_loses_nothing() {
        let text = "Paste a key from chutes.ai, or averyveryverylongword that does not fit; 中文也要能够换行。";
        for width in 4..60 {
            let lines = wrap(text, width);
            assert!(lines.iter().all(|line| line.width() <= width + 1), "{width}: {lines:?}");
            let squeeze = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
            assert_eq!(squeeze(&lines.concat()), squeeze(text), "{width}");
        }
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        let text = "更贵，输入 x2.4；输出（每百万）x1.3：按“采纳”。请运行 openclaw models status，然后继续！";
        for width in 12..60 {
            for line in wrap(text, width) {
                assert!(!line.starts_with(['。', '，', '：', '；', '）', '”', '！']), "{width}: {line}");
                assert!(!line.ends_with(['（', '“']), "{width}: {line}");
            }
        }
    }
}
