//! The only writer to the terminal: results, warnings, errors, progress, the pager.
//!
//! Results go to stdout and nothing else does; everything said about them goes to stderr. A reader that closes its end
//! of a pipe has seen enough: that is no error.
//!
//! Messages and what is shown to people may hold text of others: here it is made fit for a terminal ([`clean`]), and here
//! secret values are taken out. Notes are documents: they keep every byte, and a secret in them is warned of.

mod clean;
mod progress;
mod terminal;
mod watch;

pub use clean::{clean, json, line};
pub use progress::{Counter, Waiting};
pub use terminal::{Ui, colours, terminals};
pub use watch::Watched;
