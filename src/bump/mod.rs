//! Computes the next version from the changes since the last one, and checks whether a given version fits them.
//!
//! In: versions that exist, the bump that the changes require, and [`Options`]. Out: [`Next`] with its [`Derivation`],
//! or a [`Fit`]. Nothing here reads a repository or the clock.

mod calendar;
mod derivation;
mod error;
mod fits;
mod next;
mod prerelease;
mod raise;

pub use derivation::{Derivation, Relation};
pub use error::Error;
pub use fits::{Fit, Misfit, fits};
pub use next::{Next, Options, ReleaseAs, next};
pub use raise::ZeroRules;
