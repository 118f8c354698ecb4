//! What the tests, the screenshots and the measurements of openclaw-chutes stand on.
//!
//! - [`Home`]: a throw-away home directory and the clean environment that goes with it.
//! - [`Pty`]: a real program in a real pseudo-terminal: keys in, [`Screen`] out, no sleeps.
//! - [`raster`]: a [`Screen`] as a picture, the way a terminal would paint it.
//! - [`http`]: a browser of a few lines.
//! - [`scene`]: pictures of a program, taken by a script.
//! - [`Sshd`], [`Tmux`]: the places where terminal programs break.
//! - [`need`]: what not every machine has.
//! - [`peer`]: the real OpenClaw, where `scripts/test` installed it.
//! - [`measure`]: medians, memory and instruction counts, for printing, never for asserting.
//!
//! Everything here panics with an explanation instead of returning errors: a test that cannot go on has failed.

mod home;
pub mod http;
pub mod keys;
mod log;
pub mod measure;
pub mod need;
pub mod peer;
mod pty;
pub mod qr;
pub mod raster;
pub mod scene;
mod screen;
mod ssh;
mod tmux;

pub use home::{Home, Ran};
pub use pty::{Launch, Pty};
pub use rustix::process::Signal;
pub use screen::Screen;
pub use ssh::Sshd;
pub use tmux::Tmux;

use std::time::Duration;

/// How long a condition may take to come true before the test fails: 20 s, or the whole seconds in
/// `OPENCLAW_CHUTES_TEST_TIMEOUT`. It never makes a passing test slower.
pub fn timeout() -> Duration {
    let seconds = std::env::var("OPENCLAW_CHUTES_TEST_TIMEOUT").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(20))
}

/// Looks until there is what is waited for, a little apart; nothing says when a process has come so far.
///
/// # Panics
/// After `longest`, with `otherwise`.
#[track_caller]
pub fn until<T>(longest: Duration, mut look: impl FnMut() -> Option<T>, otherwise: impl Fn() -> String) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < longest, "waited in vain: {}", otherwise());
        std::thread::sleep(Duration::from_millis(20));
    }
}
