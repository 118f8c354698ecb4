//! Work that a signal may end, as long as nothing has been written.

use super::error::Error;
use std::future::Future;
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// Run `work` on a runtime of its own. SIGHUP, SIGINT and SIGTERM end it; from then on they have no
/// effect, so that the write that follows is never cut in two.
pub fn until_interrupted<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::System)?;
    runtime.block_on(async {
        tokio::select! {
            done = work => Ok(done),
            caught = caught() => Err(caught.map_or_else(Error::System, Error::Interrupted)),
        }
    })
}

/// The number of the next such signal.
async fn caught() -> io::Result<i32> {
    let [hangup, interrupt, terminate] = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()];
    let (mut on_hangup, mut on_interrupt, mut on_terminate) = (signal(hangup)?, signal(interrupt)?, signal(terminate)?);
    Ok(tokio::select! {
        _ = on_hangup.recv() => hangup.as_raw_value(),
        _ = on_interrupt.recv() => interrupt.as_raw_value(),
        _ = on_terminate.recv() => terminate.as_raw_value(),
    })
}
