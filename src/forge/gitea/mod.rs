//! Gitea and Forgejo client: REST v1.

mod comments;
mod pull_requests;
mod releases;

pub(super) use pull_requests::Gitea;
