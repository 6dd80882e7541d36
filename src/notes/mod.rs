//! The pipeline: what was asked for to windows, read and enriched, to releases. The one orchestrator, and the only place that knows
//! the order of the stages.

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
