//! Which version an image is: by the tags that stand on it, or by its labels.

use serde::Deserialize;

use crate::{
    history::{self, Standing, TagPattern, read_tag},
    model::Version,
    registry::{Client, Digest, Error, Manifest, REVISION, Repository, VERSION},
};

/// How many tags are asked for what they stand on before the labels must tell.
const MOST: usize = 300;
/// The largest configuration of an image that is read, in bytes.
const CONFIG: usize = 4 << 20;

/// A tag of a repository of images that names a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageTag {
    /// The tag.
    pub name: String,
    /// The version.
    pub version: Version,
    /// The environment whose tag it is, by its index in the options; `None` for the version's own.
    pub environment: Option<usize>,
}

/// What an image says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// `org.opencontainers.image.version`
    pub version: Option<String>,
    /// `org.opencontainers.image.revision`
    pub revision: Option<String>,
}

/// The tags that name versions, newest version first; a version's own tag before those of environments.
#[must_use]
pub fn newest_first(tags: &[String], options: &history::Options) -> Vec<ImageTag> {
    let plain = history::Options { pattern: TagPattern::Plain, ..options.clone() };
    let mut all: Vec<ImageTag> = tags
        .iter()
        .filter_map(|name| {
            // Images of a package with tags such as `pkg@1.2.0` in git are tagged `v1.2.0` in a repository of their own.
            let read = |text: &str| read_tag(text, options).or_else(|_| read_tag(text, &plain)).ok();
            // No tag of an image may hold the `+` of build metadata.
            let (version, standing) = read(name).or_else(|| read(&name.replacen('_', "+", 1)))?;
            let environment = match standing {
                Standing::Plain => None,
                Standing::Environment(index) => Some(index),
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

/// The name of a version's tag in an environment, in the form of a tag that is there: `v1.2.0` and `-prod` make
/// `v1.2.0-prod`.
#[must_use]
pub fn image_tag(like: &ImageTag, suffix: &str, options: &history::Options) -> String {
    let own = like.environment.and_then(|index| options.environments.get(index));
    let bare =
        own.and_then(|environment| like.name.strip_suffix(environment.suffix.as_str())).unwrap_or(&like.name);
    format!("{bare}{suffix}")
}

/// The newest version tag that stands on an image; tags are asked one after another until one does.
///
/// # Errors
/// When the registry cannot be asked.
pub async fn version_at(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
    tags: &[ImageTag],
) -> Result<Option<ImageTag>, Error> {
    for tag in tags.iter().take(MOST) {
        if client.digest(repository, &tag.name).await?.as_ref() == Some(digest) {
            return Ok(Some(tag.clone()));
        }
    }
    Ok(None)
}

/// The labels and annotations of an image; of an index those of its own, else of its first image.
///
/// # Errors
/// When the registry cannot be asked.
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
    let mut found = Labels::default();
    found.take(|key| content.annotations.get(key).cloned());
    if manifest.is_index()
        && let Some(first) = content.manifests.first()
        && let Some(child) = client.manifest(repository, first.digest.as_str()).await?
    {
        content = child.content()?;
        found.take(|key| content.annotations.get(key).cloned());
    }
    if let Some(config) =
        content.config.filter(|config| config.size <= CONFIG as u64 && found.version.is_none())
    {
        let bytes = client.blob(repository, &config, CONFIG).await?;
        // What is no configuration of an image has no labels.
        let image: Image = serde_json::from_slice(&bytes).unwrap_or_default();
        let labels = image.config.and_then(|config| config.labels).unwrap_or_default();
        found.take(|key| labels.get(key).cloned());
    }
    Ok(found)
}

impl Labels {
    fn take(&mut self, value: impl Fn(&str) -> Option<String>) {
        let some = |key| value(key).filter(|text| !text.trim().is_empty());
        self.version = self.version.take().or_else(|| some(VERSION));
        self.revision = self.revision.take().or_else(|| some(REVISION));
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
    fn pitfall_06_versions_are_ordered_as_versions() {
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
    fn a_tag_keeps_its_form() {
        let all = newest_first(&["1.2.0".to_owned(), "v1.1.0-staging".to_owned()], &options());
        assert_eq!(image_tag(&all[0], "-prod", &options()), "1.2.0-prod");
        assert_eq!(image_tag(&all[1], "-prod", &options()), "v1.1.0-prod");
        assert_eq!(image_tag(&all[1], "", &options()), "v1.1.0");
    }
}
