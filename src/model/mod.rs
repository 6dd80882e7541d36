//! Defines the plain data that all stages share: commits, versions, changes, releases.
//!
//! This module must not read a repository, a clock or the environment, and must not use another module.

mod account;
mod bump;
mod calver;
mod change;
mod commit;
mod content_check;
mod correction;
mod detail;
mod ends;
mod environment_status;
mod file_counts;
mod file_kind;
mod forge_kind;
mod fragment_text;
mod graph;
mod id;
mod identifier;
mod interner;
mod issue;
mod loose;
mod maintenance_line;
mod notes;
mod notes_file;
mod notes_purpose;
pub mod path_pattern;
mod paths;
mod plural;
mod post_release;
mod pull_request;
mod reading;
mod reason_heading;
mod release;
mod scheme;
mod suffix;
mod time;
mod version;

pub use account::Account;
pub use bump::Bump;
pub use calver::{CalVer, CalVerError, CalVerPart};
pub use change::{Change, Joined, JoinedBy, Trailer};
pub use commit::{Commit, MESSAGE_BYTES, Parents, Person};
pub use content_check::ContentCheck;
pub use correction::{CorrectedField, Correction, MergedChange, Merging, WrittenChange};
pub use detail::{ComponentDisplay, Detail};
pub use ends::{End, EndImage, EndSource, Ends};
pub use environment_status::{EnvironmentStatus, Pending, Summary};
pub use file_counts::FileCounts;
pub use file_kind::FileKind;
pub use forge_kind::ForgeKind;
pub use fragment_text::FragmentText;
pub use graph::{Node, Tag};
pub use id::{CommitPrefix, IdHasher, IdMap, IdSet, ObjectId, ParseIdError};
pub use interner::{Edges, IdInterner, IdNumbers};
pub use issue::IssueRef;
pub use maintenance_line::MaintenanceLine;
pub use notes::{Notes, RepositoryInfo};
pub use notes_file::NotesFile;
pub use notes_purpose::NotesPurpose;
pub use paths::{
    ComparedSetId, ComparedSets, PathChange, PathChangeKind, PathSet, PathSetId, PathSets, TooManyPathSets,
};
pub use plural::{first_few, plural};
pub use post_release::{PostReleaseError, PostReleasePattern};
pub use pull_request::{ForgeFacts, PullRequest, PullRequestState};
pub use reading::{Confidence, Reading, ReadingClass};
pub use reason_heading::is_reason_heading;
pub use release::{
    Attention, Base, CommitOutcome, Contributor, Outcome, Release, RevisionRange, Section, Statistics,
};
pub use scheme::Scheme;
pub use suffix::prerelease_number;
pub use time::Time;
pub use version::Version;
