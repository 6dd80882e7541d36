//! Gitea and Forgejo client: REST v1.

mod pull_requests;
mod releases;

pub(super) use pull_requests::Gitea;
