//! Plain data, shared by every stage: what a commit, a version, a change and a release *are*.
//!
//! Nothing here reads a repository, a clock or an environment, and nothing here depends on another module.

mod change;
mod commit;
mod forge_kind;
mod graph;
mod id;
mod issue;
mod notes;
mod numbers;
mod paths;
mod pull_request;
mod release;
mod time;
mod version;

pub use change::{Change, Trailer};
pub use commit::{Commit, MESSAGE_BYTES, Parents, Person};
pub use forge_kind::ForgeKind;
pub use graph::{Node, Tag};
pub use id::{IdHasher, IdMap, IdSet, ObjectId, ParseIdError};
pub use issue::IssueRef;
pub use notes::{Notes, RepositoryInfo};
pub use numbers::{Counter, Links, Numbers};
pub use paths::{
    ComparedSetId, ComparedSets, PathChange, PathChangeKind, PathSet, PathSetId, PathSets, TooManyPathSets,
};
pub use pull_request::{ForgeFacts, PullRequest, PullRequestState};
pub use release::{
    Attention, Base, Bump, CommitOutcome, Contributor, Outcome, Place, Release, Section, Statistics,
};
pub use time::Time;
pub use version::{CalVer, CalVerError, CalVerPart, Scheme, Version};
