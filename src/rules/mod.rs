//! Rules: which section a change stands in, or why it is not shown, and what it asks of the version.
//!
//! Changes come in, sections and reasons go out, and every change that came in is in what goes out. The first [`Rule`] that
//! matches and places a change decides. A breaking change stands in the section [`BREAKING`] and nowhere else. This module
//! reads no configuration file, repository or clock: a [`RuleSet`] says what a project wants, and [`Options`] is that,
//! compiled once.

mod author;
mod builtin;
mod bump_level;
mod classified;
mod classify;
mod compiled_rule;
mod condition;
mod decision;
mod error;
mod options;
mod pattern;
mod reason;
mod required_bump;
mod rule;
mod section;
mod trace;

pub use author::is_bot_name;
pub use builtin::{known_types, section_of_label};
pub use bump_level::BumpLevel;
pub use classified::{Classified, ClassifiedChange, HiddenChange};
pub use classify::classify;
pub use error::{Error, RuleProblem};
pub use options::{Options, RuleSet, Sort};
pub use required_bump::{RequiredBump, list_counts};
pub use rule::{NamedRule, Rule};
pub use section::{BREAKING, SectionDefinition};
pub use trace::{ConflictingRule, RuleResult, RuleTrace, conflicts, trace};

#[cfg(test)]
mod tests;
