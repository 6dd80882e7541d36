//! Defines the plain data that all stages share: commits, versions, changes, releases.
//!
//! This module must not read a repository, a clock or the environment, and must not use another module.

mod change;
mod commit;
mod forge_kind;
mod graph;
mod id;
mod interner;
mod issue;
mod maintenance_line;
mod notes;
pub mod path_pattern;
mod paths;
mod plural;
mod pull_request;
mod release;
mod time;
mod version;

pub use change::{Change, Trailer};
pub use commit::{Commit, MESSAGE_BYTES, Parents, Person};
pub use forge_kind::ForgeKind;
pub use graph::{Node, Tag};
pub use id::{IdHasher, IdMap, IdSet, ObjectId, ParseIdError};
pub use interner::{Edges, IdInterner, IdNumbers};
pub use issue::IssueRef;
pub use maintenance_line::MaintenanceLine;
pub use notes::{Notes, RepositoryInfo};
pub use paths::{
    ComparedSetId, ComparedSets, PathChange, PathChangeKind, PathSet, PathSetId, PathSets, TooManyPathSets,
};
pub use plural::plural;
pub use pull_request::{ForgeFacts, PullRequest, PullRequestState};
pub use release::{
    Attention, Base, Bump, CommitOutcome, Contributor, Outcome, Release, RevisionRange, Section, Statistics,
};
pub use time::Time;
pub use version::{CalVer, CalVerError, CalVerPart, Scheme, Version};
