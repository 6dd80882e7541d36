//! Client for OCI registries: manifests, blobs, tags and referrers.
//!
//! Implements the parts of the OCI distribution specification 1.1 that tidings needs, over [`crate::http`]. Takes and
//! returns image references and bytes, and verifies content against its digest. Responses of registries are untrusted.
//! Contains nothing about versions, environments or notes.

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

pub use artifact::{Artifact, AttachOutcome, CREATED, Layer, REVISION, SOURCE, TITLE, VERSION};
pub use client::{Client, Options};
pub use credentials::{CredentialFile, Credentials, ExplicitCredentials, Login};
pub use digest::{Digest, Verifier};
pub use error::Error;
pub use manifest::{Annotations, Content, Descriptor, EMPTY, INDEX, MANIFEST, Manifest};
pub use realm::Realm;
pub use reference::{Reference, ReferenceError, Repository, is_tag};
pub use referrers::Referrers;
