//! Assigns changes to sections by rules, and determines the bump that they require.
//!
//! Input: changes. Output: [`Classified`], in which every change is either in a section or hidden, with the reason. The
//! first [`Rule`] that matches and has an action decides. A breaking change is always in the section [`BREAKING`]. This
//! module must not read configuration files, repositories or the clock: a [`RuleSet`] has the project's settings, and
//! [`Options`] are these settings, compiled once.

mod author;
mod builtin;
mod bump_level;
mod by_fragment;
mod classified;
mod classify;
mod compiled_rule;
mod condition;
mod correct;
mod decision;
mod dependency_update;
mod error;
mod file_kind;
mod join;
mod options;
mod pattern;
mod plain_messages;
mod read_by_files;
mod read_change;
mod read_plain;
pub mod reading;
mod reason;
mod release_title;
mod required_bump;
mod rule;
mod section;
mod trace;

pub use author::{is_assistant_name, is_bot, is_bot_address, is_bot_name};
pub use builtin::{depends_on_files, known_types, section_of_label};
pub use bump_level::BumpLevel;
pub use classified::{Classified, ClassifiedChange, HiddenChange};
pub use classify::{classify, classify_joined};
pub use error::{Error, RuleProblem};
pub use file_kind::{file_kind, is_changelog};
pub use join::{JoinKey, join_changes, updated_from};
pub use options::{Options, RuleSet, Sort, section_order};
pub use plain_messages::{PlainMessages, ReadingThresholds};
pub use read_plain::{evidence, may_be_read};
pub use reading::count_file;
pub use required_bump::{RequiredBump, list_counts, list_required};
pub use rule::{NamedRule, Rule};
pub use section::{BREAKING, SectionDefinition};
pub use trace::{ConflictingRule, RuleResult, RuleTrace, conflicts, trace};

#[cfg(test)]
mod tests;
