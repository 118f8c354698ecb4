//! The full-screen side: terminal, event loop, drawing.

pub mod format;
pub mod keymap;
pub mod terminal;
pub mod theme;
pub mod view;
