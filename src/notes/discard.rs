//! Frees large values in the background.

use std::thread;

/// Drops a value in another thread. Freeing a million commits takes longer than writing their notes: a program that
/// ends does not wait for it, and a program that continues gets the memory back.
pub fn discard<T: Send + 'static>(value: T) {
    // If no thread can be started, the closure is dropped here, and the value with it.
    let _ = thread::Builder::new().name("discard".to_owned()).spawn(move || drop(value));
}
