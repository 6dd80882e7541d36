//! GitLab: REST v4, and GraphQL beside it.

mod merge_requests;
mod releases;

pub(super) use merge_requests::GitLab;
