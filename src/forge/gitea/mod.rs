//! Gitea and Forgejo: REST v1.

mod pull_requests;
mod releases;

pub(super) use pull_requests::Gitea;
