//! Determines the version of an image from the tags that point to it, or from its labels.

use serde::Deserialize;

use crate::{
    history::{self, TagKind, TagPattern, read_tag},
    model::Version,
    registry::{Client, Descriptor, Digest, Error, Manifest, REVISION, Repository, SOURCE, VERSION},
};

/// Maximum number of tags to resolve before falling back to labels.
const MAX_TAGS: usize = 300;
/// Maximum size of a config blob, in bytes.
const MAX_CONFIG: usize = 4 << 20;

/// A tag of an image repository that is a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageTag {
    /// The tag.
    pub name: String,
    /// The version.
    pub version: Version,
    /// The index of the environment with this tag's suffix in the options; `None` for a plain version tag.
    pub environment: Option<usize>,
}

/// Version, commit and repository from an image's labels or annotations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// `org.opencontainers.image.version`
    pub version: Option<String>,
    /// `org.opencontainers.image.revision`
    pub revision: Option<String>,
    /// `org.opencontainers.image.source`
    pub source: Option<String>,
}

/// The tags that are versions, newest version first; a version's plain tag before those with environment suffixes.
#[must_use]
pub fn newest_first(tags: &[String], options: &history::Options) -> Vec<ImageTag> {
    let plain = history::Options { pattern: TagPattern::Plain, ..options.clone() };
    let mut all: Vec<ImageTag> = tags
        .iter()
        .filter_map(|name| {
            // A package with git tags such as `pkg@1.2.0` has its own image repository with tags such as `v1.2.0`.
            let read = |text: &str| read_tag(text, options).or_else(|_| read_tag(text, &plain)).ok();
            // An image tag must not contain the `+` of build metadata.
            let (version, standing) = read(name).or_else(|| read(&name.replacen('_', "+", 1)))?;
            let environment = match standing {
                TagKind::Version => None,
                TagKind::Environment(index) => Some(index),
            };
            Some(ImageTag { name: name.clone(), version, environment })
        })
        .collect();
    all.sort_by(|one, other| {
        let by_version = other.version.cmp(&one.version);
        by_version.then(one.environment.cmp(&other.environment)).then_with(|| one.name.cmp(&other.name))
    });
    all
}

/// The tag of a version in an environment, in the form of an existing tag: `v1.2.0` and `-prod` give
/// `v1.2.0-prod`.
#[must_use]
pub fn image_tag(like: &ImageTag, suffix: &str, options: &history::Options) -> String {
    let own = like.environment.and_then(|index| options.environments.get(index));
    let bare =
        own.and_then(|environment| like.name.strip_suffix(environment.suffix.as_str())).unwrap_or(&like.name);
    format!("{bare}{suffix}")
}

/// The newest version tag that points to an image; resolves tags one after another until one does.
///
/// # Errors
/// If a request fails.
pub async fn version_at(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
    tags: &[ImageTag],
) -> Result<Option<ImageTag>, Error> {
    for tag in tags.iter().take(MAX_TAGS) {
        if client.digest(repository, &tag.name).await?.as_ref() == Some(digest) {
            return Ok(Some(tag.clone()));
        }
    }
    Ok(None)
}

/// What an image is, by its tags and labels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// The newest version tag that points to it, else a tag in the form of the version in its label.
    pub tag: Option<ImageTag>,
    /// The version of that tag.
    pub version: Option<Version>,
    /// The commit in its label.
    pub revision: Option<String>,
}

/// The version and revision of an image: by its tags, else by its labels. `tags` are the version tags of its
/// repository, newest first, and how they are parsed.
///
/// # Errors
/// If a request fails.
pub async fn identity(
    client: &Client,
    repository: &Repository,
    manifest: &Manifest,
    (tags, options): (&[ImageTag], &history::Options),
) -> Result<Identity, Error> {
    let mut tag = version_at(client, repository, &manifest.digest, tags).await?;
    let Labels { version, revision, .. } = labels(client, repository, manifest).await?;
    if tag.is_none() {
        // A label is parsed like a tag.
        tag = newest_first(&version.into_iter().collect::<Vec<_>>(), options).into_iter().next();
    }
    Ok(Identity { version: tag.as_ref().map(|tag| tag.version.clone()), tag, revision })
}

/// The labels and annotations of an image; for an index, its own annotations, else those of its first image.
///
/// # Errors
/// If a request fails.
pub async fn labels(client: &Client, repository: &Repository, manifest: &Manifest) -> Result<Labels, Error> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Image {
        config: Option<Config>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "PascalCase")]
    struct Config {
        labels: Option<std::collections::BTreeMap<String, String>>,
    }
    let mut content = manifest.content()?;
    let mut labels = Labels::default();
    labels.merge(|key| content.annotations.get(key).cloned());
    if manifest.is_index()
        && let Some(first) = content.manifests.first()
        && let Some(child) = client.manifest(repository, first.digest.as_str()).await?
    {
        content = child.content()?;
        labels.merge(|key| content.annotations.get(key).cloned());
    }
    if let Some(config) = content
        .config
        .filter(|config| config.size <= MAX_CONFIG as u64 && has_labels(config) && labels.is_incomplete())
    {
        let bytes = client.blob(repository, &config, MAX_CONFIG).await?;
        // Other config blobs have no labels.
        let image: Image = serde_json::from_slice(&bytes).unwrap_or_default();
        let config_labels = image.config.and_then(|config| config.labels).unwrap_or_default();
        labels.merge(|key| config_labels.get(key).cloned());
    }
    Ok(labels)
}

/// Whether a config blob may have labels: that of an image, not the empty one of an artifact.
fn has_labels(config: &Descriptor) -> bool {
    config.media_type.ends_with(".image.config.v1+json")
        || config.media_type.ends_with(".container.image.v1+json")
}

impl Labels {
    const fn is_incomplete(&self) -> bool {
        self.version.is_none() || self.revision.is_none() || self.source.is_none()
    }

    fn merge(&mut self, value: impl Fn(&str) -> Option<String>) {
        let some = |key| value(key).filter(|text| !text.trim().is_empty());
        self.version = self.version.take().or_else(|| some(VERSION));
        self.revision = self.revision.take().or_else(|| some(REVISION));
        self.source = self.source.take().or_else(|| some(SOURCE));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> history::Options {
        let environment =
            |name: &str| history::Environment { name: name.to_owned(), suffix: format!("-{name}") };
        history::Options {
            environments: vec![environment("staging"), environment("prod")],
            ..history::Options::default()
        }
    }

    #[test]
    fn tags_are_ordered_by_version() {
        let tags = [
            "v0.9.0",
            "latest",
            "v0.10.0-staging",
            "sha-a1b2c3d",
            "v0.10.0",
            "staging",
            "v0.10.0-rc.1",
            "v1",
            "1.0.0_b.1",
        ];
        let all = newest_first(&tags.map(str::to_owned), &options());
        let names: Vec<_> = all.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["1.0.0_b.1", "v0.10.0", "v0.10.0-staging", "v0.10.0-rc.1", "v0.9.0"]);
        assert_eq!(all[0].version.to_string(), "1.0.0+b.1");
        assert_eq!(all[2].environment, Some(0));
    }

    #[test]
    fn image_tag_keeps_the_form_of_the_existing_tag() {
        let all = newest_first(&["1.2.0".to_owned(), "v1.1.0-staging".to_owned()], &options());
        assert_eq!(image_tag(&all[0], "-prod", &options()), "1.2.0-prod");
        assert_eq!(image_tag(&all[1], "-prod", &options()), "v1.1.0-prod");
        assert_eq!(image_tag(&all[1], "", &options()), "v1.1.0");
    }
}
