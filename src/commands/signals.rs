//! Work that a signal may end, as long as nothing has been written.

use super::error::Error;
use crate::signals;
use std::future::Future;

/// Run `work` on a runtime of its own. SIGHUP, SIGINT and SIGTERM end it.
pub fn until_interrupted<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::System)?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => Ok(done),
            number = signals::next() => Err(Error::Interrupted(number)),
        }
    });
    // A name that is being looked up cannot be given up, and is not waited for.
    runtime.shutdown_background();
    done
}
