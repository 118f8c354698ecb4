//! The signals that end, stop or resize the wizard. Their numbers differ between systems, so they come
//! from the library.

use rustix::process::Signal as Number;
use std::io;
use std::task::Poll;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The terminal is gone.
pub const HANG_UP: i32 = Number::HUP.as_raw();
/// Somebody wants the job stopped, as Ctrl-Z does.
pub const STOP: i32 = Number::TSTP.as_raw();
pub const CONTINUE: i32 = Number::CONT.as_raw();
/// The window has another size.
pub const RESIZE: i32 = Number::WINCH.as_raw();

/// All signals that mean something, by their numbers.
pub struct Signals(Vec<(i32, Signal)>);

impl Signals {
    pub fn new() -> io::Result<Signals> {
        let ending = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit()];
        let ending = ending.map(|kind| kind.as_raw_value());
        let of = |number| Ok((number, signal(SignalKind::from_raw(number))?));
        Ok(Signals(ending.into_iter().chain([STOP, CONTINUE, RESIZE]).map(of).collect::<io::Result<_>>()?))
    }

    /// The number of the next signal.
    pub async fn next(&mut self) -> i32 {
        std::future::poll_fn(|context| {
            let caught = |(number, signal): &mut (i32, Signal)| signal.poll_recv(context).is_ready().then_some(*number);
            self.0.iter_mut().find_map(caught).map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}
