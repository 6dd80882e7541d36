//! The next version: what the changes since the last one make of it, and whether a version that somebody chose fits them.

mod calendar;
mod derivation;
mod error;
mod fits;
mod next;
mod raise;

pub use derivation::{Derivation, Relation};
pub use error::Error;
pub use fits::{Fit, Misfit, fits};
pub use next::{Next, Options, next};
pub use raise::ZeroRules;
