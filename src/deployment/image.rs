//! An image with its version and revision.

use crate::{
    error::Error,
    model::{EndImage, Version},
    promote::{identity, newest_first},
    registry::{Manifest, Reference, Repository},
    settings::Registries,
};

/// An image with its version and revision.
#[derive(Debug, Clone)]
pub struct Image {
    /// Its component, if the environment has several images.
    pub component: Option<String>,
    /// Its repository.
    pub repository: Repository,
    /// Its manifest or index.
    pub manifest: Manifest,
    /// By its tags, else by its label.
    pub version: Option<Version>,
    /// The commit that it was built from: by its label, else by its tag.
    pub revision: Option<String>,
    /// Whether the revision comes from a label, not from the form of a tag.
    pub is_labelled: bool,
}

impl Image {
    /// Reads the version and revision of an image.
    ///
    /// # Errors
    /// If the registry cannot be read.
    pub async fn read(
        registries: &Registries,
        reference: &Reference,
        manifest: Manifest,
        component: Option<&str>,
    ) -> Result<Self, Error> {
        let (client, repository) = (&registries.client, &reference.repository);
        let tags = newest_first(&client.tags(repository).await?, &registries.tags);
        let found = identity(client, repository, &manifest, (&tags, &registries.tags)).await?;
        let is_labelled = found.revision.is_some();
        let revision =
            found.revision.or_else(|| reference.tag.as_deref().and_then(commit_of_tag).map(str::to_owned));
        Ok(Self {
            component: component.map(str::to_owned),
            repository: repository.clone(),
            manifest,
            version: found.version,
            revision,
            is_labelled,
        })
    }

    /// What is known of it.
    pub(super) fn facts(&self) -> EndImage {
        EndImage {
            component: self.component.clone(),
            repository: self.repository.to_string(),
            digest: self.manifest.digest.to_string(),
            version: self.version.clone(),
        }
    }
}

/// The commit in a tag of the form `sha-a1b2c3d`, or a commit ID.
pub fn commit_of_tag(tag: &str) -> Option<&str> {
    let sha = tag.strip_prefix("sha-").unwrap_or(tag);
    ((7..=40).contains(&sha.len()) && sha.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(sha)
}
