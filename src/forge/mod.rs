//! The forges: where a repository lives, the addresses of its pages, and what its server knows of merged pull requests
//! and releases.
//!
//! A question is a list of numbers or of commits; what comes back is what was had and, in words, what was not. One answer that
//! is missing never loses the rest. Requests grow with the question and never with the repository.

mod access;
mod address;
mod bitbucket;
mod dispatch;
mod error;
mod found;
mod gitea;
mod github;
mod gitlab;
mod kind;
mod links;
mod profile;
mod profile_fields;
mod publishing;
mod release;
mod rest;
mod server;

pub use access::{Access, Credentials, api_of, detect, is_usual_api, kind_of_api, public_forge};
pub use address::locate;
pub use dispatch::Forge;
pub use error::Error;
pub use found::Found;
pub use links::Links;
pub use profile_fields::{Abilities, TokenServer};
pub use release::{Asset, Attachment, Comment, Fields, Release, RemoteTag, Thread, made_order};
pub use server::{Server, api_address, web_address};
