//! The pipeline: what was asked for to windows, read and enriched, to releases. The one orchestrator, and the only place that knows
//! the order of the stages.

pub mod assemble;
mod discard;
pub mod enrich;
pub mod pipeline;
pub mod releases;
pub mod select;

pub use discard::discard;
