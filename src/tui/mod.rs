//! The full-screen side: terminal, event loop, drawing.

pub mod backend;
pub mod device;
mod effects;
mod event_loop;
pub mod format;
pub mod input;
pub mod keymap;
pub mod plain;
mod signals;
pub mod terminal;
pub mod theme;
pub mod view;

pub use event_loop::run;

use crate::chutes::endpoints::Endpoints;
use crate::chutes::oauth::attempt::Environment;
use crate::openclaw::Site;
use crate::state::State;
use crate::texts::Lang;
use crate::wizard::protocol::Outcome;
use std::sync::Arc;
use theme::{Depth, Theme};

/// Everything one run of the wizard works with.
#[derive(Debug)]
pub struct Session {
    pub site: Site,
    pub state: State,
    pub endpoints: Endpoints,
    pub depth: Depth,
    /// The terminal shows more than ASCII.
    pub unicode: bool,
    pub lang: Lang,
    /// Settings of the sign-in; None: nobody signs in.
    pub sign_in: Option<Environment>,
    /// In the demo only.
    pub demo_browser: Option<DemoBrowser>,
}

/// Stands in for a browser and its person, for somebody who has only this terminal: from the link of a sign-in
/// to the address where it ends.
#[derive(Clone)]
pub struct DemoBrowser(pub Arc<Browse>);

type Browse = dyn Fn(&str) -> Option<String> + Send + Sync;

impl std::fmt::Debug for DemoBrowser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DemoBrowser")
    }
}

impl Session {
    fn theme(&self) -> Theme {
        let theme = Theme::new(self.depth, self.lang);
        if self.unicode || self.lang == Lang::ZhCn { theme } else { theme.in_ascii() }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Outcome(Outcome),
    /// This signal, or the loss of the terminal (SIGHUP), ended it.
    Signal(i32),
}
