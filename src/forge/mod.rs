//! Forges: locates repositories, builds URLs of their pages, and reads pull requests, manages releases and records
//! deployments through their APIs.
//!
//! A lookup takes a list of numbers or commits and returns the results, and messages about what is missing. A failed
//! request never discards other results. The number of requests depends on the size of the lookup, not of the
//! repository.

mod access;

mod bitbucket;
mod commenting;
mod deploying;
mod deployment;
mod dispatch;
mod error;
mod gitea;
mod github;
mod gitlab;
mod kind;
mod links;
mod lookup_result;
mod profile;
mod profile_fields;
mod publishing;
mod pull_request_head;
mod release;
mod remote_url;
mod rest;
mod server;

pub use access::{Access, Credentials, default_api, detect, is_default_api, kind_from_api, public_forge};
pub use deployment::{DeploymentState, DeploymentStatus, NewDeployment, RecordedDeployment};
pub use dispatch::Forge;
pub use error::Error;
pub use github::Trigger;
pub use links::{LinkedRevision, Links};
pub use lookup_result::LookupResult;
pub use profile_fields::{Abilities, TokenServer};
pub use pull_request_head::{HeadQuery, PullRequestHead};
pub use release::{Asset, Attachment, Comment, Fields, Identity, Release, RemoteTag, Thread, creation_order};
pub use remote_url::locate;
pub use server::{Server, api_url, web_url};
