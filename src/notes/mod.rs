//! The stages in their order, in three steps that a caller makes one after another: what was asked for to windows that are read
//! ([`read`], [`whole`]), with what a forge knows of them ([`enrich`]), to releases ([`notes`], [`judge`]).

mod assemble;
mod discard;
mod error;
mod forge_data;
mod options;
mod pipeline;
mod releases;
mod select;
mod window_data;

pub use discard::discard;
pub use error::Error;
pub use options::{AttentionRule, Line, Options};
pub use pipeline::{enrich, gathered, notes, read, whole};
pub use releases::{Asked, Judged, Releases, Whole, judge};
pub use select::{Selected, Wanted};
pub use window_data::{Messages, WindowData};
