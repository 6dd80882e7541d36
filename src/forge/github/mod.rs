//! GitHub: GraphQL and REST through octocrab.

mod answer;
mod client;
mod pull_requests;
mod query;
mod releases;

pub(super) use pull_requests::GitHub;
