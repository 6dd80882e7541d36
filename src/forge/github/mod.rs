//! GitHub client: GraphQL and REST through octocrab.

mod client;
mod pull_requests;
mod query;
mod releases;
mod response;

pub(super) use pull_requests::GitHub;
