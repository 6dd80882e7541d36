//! Lets go of what a long history was read into.

use std::thread;

/// Drops a value in another thread. Freeing a million commits takes longer than writing their notes; where the program ends after
/// that, it does not wait for it, and where it goes on, the memory comes back.
pub fn discard<T: Send + 'static>(value: T) {
    // Where no thread can be started, the value is dropped with the closure, here.
    let _ = thread::Builder::new().name("discard".to_owned()).spawn(move || drop(value));
}
