//! Runs asynchronous code from synchronous commands.

use std::io;

use tokio::runtime::Builder;

/// Runs a future to completion on the current thread.
///
/// # Errors
/// If no runtime can be started.
pub(super) fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    Ok(Builder::new_current_thread().enable_all().build()?.block_on(future))
}
