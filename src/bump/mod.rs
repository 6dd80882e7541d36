//! The next version: what the changes since the last one make of it, and whether a version that somebody chose fits them.

mod calendar;
mod fits;
mod next;
mod raise;

pub use fits::{Fit, Misfit, fits};
pub use next::{Next, NextError, NextOptions, next};
pub use raise::ZeroRules;
