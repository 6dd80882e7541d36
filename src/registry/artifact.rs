//! Putting something beside an image: a manifest that refers to it, with what it is made of (OCI image specification
//! 1.1, "Guidelines for Artifact Usage").

use std::collections::BTreeSet;

use bytes::Bytes;

use super::{
    Annotations, Client, Content, Descriptor, Digest, Error, Manifest, Repository,
    manifest::{EMPTY, MANIFEST},
};

/// The annotation that names a version.
pub const VERSION: &str = "org.opencontainers.image.version";
/// The annotation that names a commit.
pub const REVISION: &str = "org.opencontainers.image.revision";
/// The annotation that tells a moment.
pub const CREATED: &str = "org.opencontainers.image.created";
/// The annotation that names a file.
pub const TITLE: &str = "org.opencontainers.image.title";
/// The annotation that names the artifacts, by digest and with spaces between, whose place this one takes: many registries let
/// one delete nothing.
const REPLACES: &str = "vnd.tidings.replaces";

/// How many artifacts of one type are looked at.
const MOST: usize = 200;

/// Something to put beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// What kind it is.
    pub artifact_type: String,
    /// What it is made of.
    pub layers: Vec<Layer>,
    /// Texts about it.
    pub annotations: Annotations,
    /// Whether there is to be one of its kind beside an image: it takes the place of those that are there.
    pub is_only: bool,
}

/// A part of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// What it is.
    pub media_type: String,
    /// The name of the file that it would be.
    pub title: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What came of attaching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The artifact's manifest.
    pub digest: Digest,
    /// Whether it was there before, so that nothing was written.
    pub is_unchanged: bool,
    /// How many it took the place of.
    pub replaced: usize,
}

/// The artifacts of a kind that count, by what the registry has.
struct Present {
    /// Each with its manifest.
    all: Vec<(Descriptor, Content)>,
    is_kept: bool,
}

impl Client {
    /// Puts an artifact beside what `subject` stands for.
    ///
    /// # Errors
    /// When the registry cannot be asked or told.
    pub async fn attach(
        &self,
        repository: &Repository,
        subject: &Descriptor,
        artifact: &Artifact,
    ) -> Result<Attached, Error> {
        let present = self.present(repository, &subject.digest, &artifact.artifact_type).await?;
        let bare = content(subject, artifact, &[]);
        let same = present.all.iter().find(|(_, known)| is_same(known, &bare));
        if let Some((descriptor, _)) = same
            && (present.all.len() == 1 || !artifact.is_only)
        {
            return Ok(Attached { digest: descriptor.digest.clone(), is_unchanged: true, replaced: 0 });
        }
        let replaced: Vec<Digest> = if artifact.is_only {
            present.all.iter().map(|(descriptor, _)| descriptor.digest.clone()).collect()
        } else {
            Vec::new()
        };
        self.put_blob(repository, &Bytes::from_static(b"{}")).await?;
        for layer in &artifact.layers {
            self.put_blob(repository, &layer.bytes).await?;
        }
        let manifest = Manifest::of(&content(subject, artifact, &replaced), MANIFEST)?;
        let is_told = self.put_manifest(repository, manifest.digest.as_str(), &manifest).await?;
        let is_kept = present.is_kept && (is_told || self.lists(repository, subject, &manifest).await?);
        if is_kept {
            for old in &replaced {
                // That a registry lets nothing be deleted does no harm: the new one names those it replaces.
                self.delete_manifest(repository, old).await?;
            }
        } else {
            let listed = Descriptor {
                artifact_type: Some(artifact.artifact_type.clone()),
                annotations: artifact.annotations.clone(),
                ..manifest.descriptor()
            };
            self.list_referrers(repository, &subject.digest, &[listed], &replaced).await?;
        }
        Ok(Attached { digest: manifest.digest, is_unchanged: false, replaced: replaced.len() })
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

    /// The artifacts of a kind beside an image that none other takes the place of, newest first.
    ///
    /// # Errors
    /// When the registry cannot be asked.
    pub async fn artifacts(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: &str,
    ) -> Result<Vec<(Descriptor, Content)>, Error> {
        let mut all = self.present(repository, subject, artifact_type).await?.all;
        let key = |(descriptor, content): &(Descriptor, Content)| {
            (content.annotations.get(CREATED).cloned(), descriptor.digest.clone())
        };
        all.sort_by_key(|one| std::cmp::Reverse(key(one)));
        Ok(all)
    }

    async fn present(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: &str,
    ) -> Result<Present, Error> {
        let referrers = self.referrers(repository, subject).await?;
        let mut all = Vec::new();
        let ours =
            referrers.all.into_iter().filter(|one| one.artifact_type.as_deref() == Some(artifact_type));
        for descriptor in ours.take(MOST) {
            // One that is listed and gone was deleted by somebody who could not write the list.
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
        Ok(Present { all, is_kept: referrers.is_kept })
    }
}

/// The manifest of an artifact. The same subject and artifact give the same bytes.
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

/// Whether two manifests say the same, whatever they replace.
fn is_same(known: &Content, bare: &Content) -> bool {
    let mut known = known.clone();
    known.annotations.remove(REPLACES);
    known == *bare
}
