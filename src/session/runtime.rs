//! From the one thread of a command to what waits for servers.

use std::io;

use tokio::runtime::Builder;

/// Runs a future to its end, on this thread.
///
/// # Errors
/// When the system gives no runtime.
pub(super) fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    Ok(Builder::new_current_thread().enable_all().build()?.block_on(future))
}
