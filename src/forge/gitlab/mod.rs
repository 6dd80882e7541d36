//! GitLab client: REST v4, and GraphQL for newcomers.

mod comments;
mod merge_requests;
mod releases;

pub(super) use merge_requests::GitLab;
