//! What a screen says, as lines of text: for prompts instead of a full screen.

use super::{MIN_HEIGHT, MIN_WIDTH, View, auth, models, sign_in};
use crate::texts::wizard as t;
use crate::wizard::{Screen, Wizard};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use unicode_width::UnicodeWidthStr;

/// Columns that lines are wrapped to.
const WIDTH: u16 = 100;
/// Rows of the sheet that a screen is drawn on; far more than any needs.
const HEIGHT: u16 = 400;

impl View {
    /// The screen's lines, in order; of a list, the first `rows`.
    pub fn lines(&self, wizard: &Wizard, rows: usize) -> Vec<String> {
        if wizard.help.is_some() || wizard.trouble.is_some() {
            return self.drawn(wizard);
        }
        match (wizard.screen, &wizard.models) {
            (Screen::Auth, _) => auth::lines(self, wizard),
            (Screen::Models, Some(list)) => {
                let mut lines = models::lines(self, list, rows);
                let hidden = list.view.len().saturating_sub(rows);
                if hidden > 0 {
                    lines.push(t::plain_more(self.lang, hidden));
                }
                lines
            }
            (Screen::SignIn, _) => sign_in::lines(self, wizard).unwrap_or_else(|| self.drawn(wizard)),
            _ => self.drawn(wizard),
        }
    }

    /// The body of the screen as it would be drawn on a very long sheet.
    fn drawn(&self, wizard: &Wizard) -> Vec<String> {
        const { assert!(WIDTH > MIN_WIDTH && HEIGHT > MIN_HEIGHT) };
        let Ok(mut sheet) = Terminal::new(TestBackend::new(WIDTH, HEIGHT));
        let Ok(_) = sheet.draw(|frame| {
            self.draw(wizard, frame);
        });
        let buffer = sheet.backend().buffer();
        // Header and rail above, keys in force below: the prompt has those.
        let (top, bottom) = (2, HEIGHT - 2);
        let mut lines = Vec::new();
        for y in top..bottom {
            let mut line = String::new();
            let mut x = 0;
            while x < WIDTH {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                x += u16::try_from(symbol.width().max(1)).unwrap_or(1);
            }
            if wizard.screen == Screen::Review {
                // A diff means its indentation.
                let line = line.strip_prefix("  ").unwrap_or(&line).trim_end();
                lines.extend((!line.is_empty()).then(|| line.to_owned()));
                continue;
            }
            // Columns are for the eye; here two spaces keep them apart.
            let parts: Vec<&str> = line.split("   ").map(str::trim).filter(|part| !part.is_empty()).collect();
            lines.extend((!parts.is_empty()).then(|| parts.join("  ")));
        }
        lines
    }
}
