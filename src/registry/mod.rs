//! OCI registries: images by their names, what they are made of, and what refers to them.
//!
//! A narrow client of the OCI distribution specification 1.1 over [`crate::http`]: manifests, blobs, tags, referrers. Names
//! and bytes come in and go out, each checked against its digest; a registry's answer is data that may be wrong, so that nothing
//! in it can break anything here. What an image means to a project (versions, environments, notes) is for others to know.

mod artifact;
mod blob_api;
mod call;
mod challenge;
mod client;
mod copy;
mod credentials;
mod digest;
mod error;
mod manifest;
mod manifest_api;
mod realm;
mod reference;
mod referrers;
mod tag_api;
mod verify;

pub use artifact::{Artifact, Attached, CREATED, Layer, REVISION, TITLE, VERSION};
pub use client::{Client, Options};
pub use credentials::{CredentialFile, Credentials, Given, Login};
pub use digest::{Check, Digest};
pub use error::Error;
pub use manifest::{Annotations, Content, Descriptor, EMPTY, INDEX, MANIFEST, Manifest};
pub use realm::Realm;
pub use reference::{Reference, ReferenceError, Repository, is_tag};
pub use referrers::Referrers;
