//! Bitbucket Cloud client: REST 2.0.

mod comments;
mod pull_requests;

pub(super) use pull_requests::Bitbucket;
