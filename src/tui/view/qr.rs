//! The QR code of the link, full screen.

use super::View;
use super::page::{Page, Room, Sign};
use crate::texts::{Lang, signin as t};
use crate::tui::device::qr::{self, Fit};
use crate::tui::keymap;
use crate::wizard::Wizard;
use crate::wizard::protocol::{KeyContext, Viewport};
use crate::wizard::screens::sign_in::{Show, SignIn};
use ratatui::Frame;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// Columns that the text beside a QR code needs.
const BESIDE: u16 = 24;

/// The code alone on the screen, as large as it can be, with what to know beside or below it.
pub fn draw(view: &View, wizard: &Wizard, frame: &mut Frame) -> (Viewport, Position) {
    let lang = view.lang;
    let sign_in = &wizard.sign_in;
    let finer = sign_in.show == Show::Qr { finer: true } || wizard.facts.sign_in.sextants;
    let area = frame.area();
    let fit = qr::fit(&sign_in.link, Size::new(area.width, area.height), finer);
    let drawing = match fit {
        Fit::Half(drawing) | Fit::Sextant(drawing) => drawing,
        Fit::TooSmall { needs, has } => return qr_text(view, sign_in, frame, Some((needs, has)), finer),
        Fit::TooLong => return qr_text(view, sign_in, frame, None, finer),
    };
    let size = drawing.size();
    frame.render_widget(&drawing, Rect::new(area.x, area.y, size.width, size.height));
    let beside = area.width.saturating_sub(size.width + 4);
    let below = area.height.saturating_sub(size.height + 1);
    let place = if beside >= BESIDE {
        Rect::new(area.x + size.width + 2, area.y + 1, beside, area.height - 1)
    } else {
        Rect::new(area.x + 1, area.y + size.height + 1, area.width.saturating_sub(2), below)
    };
    let mut page = Page::new(view, Room::of(place));
    page.title(t::qr_title(lang));
    page.blank();
    page.text(t::qr_phone(lang), Style::new());
    page.blank();
    page.text(t::qr_gaps(lang), Style::new());
    page.blank();
    if let Some(note) = &sign_in.note {
        page.text(note, Style::new());
        page.blank();
    }
    qr_keys(view, &mut page);
    page.render(frame, place)
}

fn qr_text(
    view: &View,
    sign_in: &SignIn,
    frame: &mut Frame,
    sizes: Option<(Size, Size)>,
    finer: bool,
) -> (Viewport, Position) {
    let lang = view.lang;
    let area = frame.area();
    let place = Rect::new(area.x + 2, area.y + 1, area.width.saturating_sub(4), area.height.saturating_sub(1));
    let mut page = Page::new(view, Room::of(place));
    let words = |size: Size| format!("{}×{}", size.width, size.height);
    match sizes {
        Some((needs, has)) => {
            let ascii = |text: String| if lang == Lang::En { text } else { text.replace('×', "x") };
            page.sign(Sign::Warning, &t::qr_too_small(lang, ascii(words(needs)), ascii(words(has))));
            if !finer {
                page.blank();
                page.text(t::qr_ask_finer(lang), Style::new());
            }
        }
        None => page.sign(Sign::Warning, t::qr_too_long(lang)),
    }
    if let Some(note) = &sign_in.note {
        page.blank();
        page.text(note, Style::new());
    }
    page.blank();
    qr_keys(view, &mut page);
    page.render(frame, place)
}

fn qr_keys(view: &View, page: &mut Page) {
    let (theme, lang) = (&view.theme, view.lang);
    for binding in keymap::in_force(KeyContext::SignInQr).filter(|binding| binding.footer) {
        let name = binding.keys[0].name(lang);
        let label = (binding.label)(lang);
        let said = format!("{name} {label}");
        let line = vec![Span::styled(format!("{name:<5}"), theme.key), Span::styled(format!(" {label}"), theme.quiet)];
        page.drawn(Line::from(line), Some(said));
    }
}
