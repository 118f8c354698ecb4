//! New text in the style of the author: what that style is, and text written in it.

pub(crate) mod habits;
pub(crate) mod layout;
pub(crate) mod new_values;
pub(crate) mod render;
pub(crate) mod trivia;
pub(crate) mod writer;
