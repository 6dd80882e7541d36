//! Runs the stages in order. A caller takes three steps: select and read the windows ([`read`], [`full_history`]), add
//! the forge's data ([`enrich`]), and build releases ([`notes()`]) or the changes of one window ([`window_changes`]).

mod areas;
mod assemble;
mod attention;
mod claimed_number;
mod commit_cache;
mod contributors;
mod discard;
mod empty_commits;
mod error;
mod first_seen;
mod forge_data;
mod habit;
mod manifest;
mod options;
mod people;
mod pipeline;
mod releases;
mod requested;
mod select;
mod variables;
mod version_text;
mod window_data;

pub use commit_cache::CommitCache;
pub use discard::discard;
pub use empty_commits::{EmptyCommitOwner, EmptyCommits};
pub use error::Error;
pub use options::{AssumedPullRequest, AttentionRule, Line, Options};
pub use pipeline::{TagsOf, collect_releases, enrich, full_history, notes, read};
pub use releases::{FullHistory, LineRequest, Releases, WindowChanges, window_changes};
pub use requested::{RequestedVersion, requested_version};
pub use select::{Selection, Selector, base_candidates};
pub use version_text::{named_version, version_text};
pub use window_data::{Messages, WindowData};
