//! GitHub client: GraphQL and REST through octocrab.

mod client;
mod comments;
mod deployments;
mod dispatches;
mod pull_requests;
mod query;
mod releases;
mod response;

pub use dispatches::Trigger;
pub(super) use pull_requests::GitHub;
