//! Reads messages that have no type, with a small linear model.
//!
//! `training/` made the model: a table of weights for hashed features, without the words themselves. See
//! `docs/reading.md` for how it was made and how well it does.

mod extract;
mod feature;
mod files;
mod model;
mod read;

pub use extract::visit_features;
pub use feature::Feature;
pub use files::count_file;
pub use model::{CLASSES, FILTER_BITS, Layout, STEPS_PER_LOGIT, WEIGHT_BITS};
pub use read::{Evidence, Input, Read};
