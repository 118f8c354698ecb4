//! The full-screen side: terminal, event loop, drawing.

pub mod keymap;
pub mod terminal;
pub mod theme;
