//! Attaches artifacts to images: a manifest that refers to the image, with layers (OCI image specification 1.1,
//! "Guidelines for Artifact Usage").

use std::collections::BTreeSet;

use bytes::Bytes;

use super::{
    Annotations, Client, Content, Descriptor, Digest, Error, Manifest, Repository,
    manifest::{EMPTY, MANIFEST},
};

/// The annotation with the version.
pub const VERSION: &str = "org.opencontainers.image.version";
/// The annotation with the commit ID.
pub const REVISION: &str = "org.opencontainers.image.revision";
/// The annotation with the URL of the source code.
pub const SOURCE: &str = "org.opencontainers.image.source";
/// The annotation with the time of creation.
pub const CREATED: &str = "org.opencontainers.image.created";
/// The annotation with the file name.
pub const TITLE: &str = "org.opencontainers.image.title";
/// The annotation with the digests, separated by spaces, of the artifacts that this one replaces: many registries do
/// not support deletion.
const REPLACES: &str = "vnd.tidings.replaces";

/// Maximum number of artifacts of one type that are read.
const MAX_ARTIFACTS: usize = 200;

/// An artifact to attach to an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its type.
    pub artifact_type: String,
    /// Its layers.
    pub layers: Vec<Layer>,
    /// Its annotations.
    pub annotations: Annotations,
    /// Whether it replaces existing artifacts of its type.
    pub replaces_others: bool,
}

/// A layer of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// Its media type.
    pub media_type: String,
    /// Its file name.
    pub title: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// The outcome of attaching an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachOutcome {
    /// The digest of the artifact's manifest.
    pub digest: Digest,
    /// Whether it existed, so that nothing was written.
    pub is_unchanged: bool,
    /// How many artifacts it replaced.
    pub replaced: usize,
}

/// The existing artifacts of one type, without replaced ones.
struct ExistingArtifacts {
    /// Each with its manifest.
    all: Vec<(Descriptor, Content)>,
    /// Whether the registry maintains the list of referrers.
    from_api: bool,
}

impl Client {
    /// Attaches an artifact to `subject`.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn attach(
        &self,
        repository: &Repository,
        subject: &Descriptor,
        artifact: &Artifact,
    ) -> Result<AttachOutcome, Error> {
        let existing = self.existing(repository, &subject.digest, &artifact.artifact_type).await?;
        let bare = content(subject, artifact, &[]);
        let same = existing.all.iter().find(|(_, content)| is_same(content, &bare));
        if let Some((descriptor, _)) = same
            && (existing.all.len() == 1 || !artifact.replaces_others)
        {
            return Ok(AttachOutcome { digest: descriptor.digest.clone(), is_unchanged: true, replaced: 0 });
        }
        let replaced: Vec<Digest> = if artifact.replaces_others {
            existing.all.iter().map(|(descriptor, _)| descriptor.digest.clone()).collect()
        } else {
            Vec::new()
        };
        self.put_blob(repository, &Bytes::from_static(b"{}")).await?;
        for layer in &artifact.layers {
            self.put_blob(repository, &layer.bytes).await?;
        }
        let manifest = Manifest::of(&content(subject, artifact, &replaced), MANIFEST)?;
        let is_confirmed = self.put_manifest(repository, manifest.digest.as_str(), &manifest).await?;
        let from_api =
            existing.from_api && (is_confirmed || self.lists(repository, subject, &manifest).await?);
        if from_api {
            for old in &replaced {
                // If deletion is not supported, the annotation still marks the old ones as replaced.
                self.delete_manifest(repository, old).await?;
            }
        } else {
            let listed = Descriptor {
                artifact_type: Some(artifact.artifact_type.clone()),
                annotations: artifact.annotations.clone(),
                ..manifest.descriptor()
            };
            self.update_referrers_index(repository, &subject.digest, &[listed], &replaced).await?;
        }
        Ok(AttachOutcome { digest: manifest.digest, is_unchanged: false, replaced: replaced.len() })
    }

    async fn lists(
        &self,
        repository: &Repository,
        subject: &Descriptor,
        manifest: &Manifest,
    ) -> Result<bool, Error> {
        let referrers = self.referrers(repository, &subject.digest).await?;
        Ok(referrers.all.iter().any(|referrer| referrer.digest == manifest.digest))
    }

    /// The artifacts of one type that are attached to an image, without replaced ones, newest first.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn artifacts(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: &str,
    ) -> Result<Vec<(Descriptor, Content)>, Error> {
        let mut all = self.existing(repository, subject, artifact_type).await?.all;
        let key = |(descriptor, content): &(Descriptor, Content)| {
            (content.annotations.get(CREATED).cloned(), descriptor.digest.clone())
        };
        all.sort_by_key(|one| std::cmp::Reverse(key(one)));
        Ok(all)
    }

    async fn existing(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: &str,
    ) -> Result<ExistingArtifacts, Error> {
        let referrers = self.referrers(repository, subject).await?;
        let mut all = Vec::new();
        let ours =
            referrers.all.into_iter().filter(|one| one.artifact_type.as_deref() == Some(artifact_type));
        for descriptor in ours.take(MAX_ARTIFACTS) {
            // A listed but missing one was deleted without updating the list.
            if let Some(manifest) = self.manifest(repository, descriptor.digest.as_str()).await? {
                all.push((descriptor, manifest.content()?));
            }
        }
        let replaced: BTreeSet<String> = all
            .iter()
            .filter_map(|(_, content)| content.annotations.get(REPLACES))
            .flat_map(|digests| digests.split_whitespace().map(str::to_owned))
            .collect();
        all.retain(|(descriptor, _)| !replaced.contains(descriptor.digest.as_str()));
        Ok(ExistingArtifacts { all, from_api: referrers.from_api })
    }
}

/// The manifest of an artifact. Deterministic: the same subject and artifact give the same bytes.
fn content(subject: &Descriptor, artifact: &Artifact, replaced: &[Digest]) -> Content {
    let layer = |layer: &Layer| Descriptor {
        media_type: layer.media_type.clone(),
        digest: Digest::of(&layer.bytes),
        size: layer.bytes.len() as u64,
        artifact_type: None,
        annotations: Annotations::from([(TITLE.to_owned(), layer.title.clone())]),
    };
    let mut annotations = artifact.annotations.clone();
    if !replaced.is_empty() {
        let digests: BTreeSet<&str> = replaced.iter().map(Digest::as_str).collect();
        annotations.insert(REPLACES.to_owned(), digests.into_iter().collect::<Vec<_>>().join(" "));
    }
    Content {
        schema_version: 2,
        media_type: Some(MANIFEST.to_owned()),
        artifact_type: Some(artifact.artifact_type.clone()),
        config: Some(Descriptor {
            media_type: EMPTY.to_owned(),
            digest: Digest::of(b"{}"),
            size: 2,
            artifact_type: None,
            annotations: Annotations::new(),
        }),
        layers: artifact.layers.iter().map(layer).collect(),
        manifests: Vec::new(),
        subject: Some(Descriptor { artifact_type: None, annotations: Annotations::new(), ..subject.clone() }),
        annotations,
    }
}

/// Whether two manifests are equal, except for the artifacts that they replace.
fn is_same(known: &Content, bare: &Content) -> bool {
    let mut known = known.clone();
    known.annotations.remove(REPLACES);
    known == *bare
}
