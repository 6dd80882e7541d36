//! Which image goes on.

use crate::{
    history,
    model::Version,
    registry::{Client, Digest, Error as RegistryError, Manifest, Reference},
};

use super::{
    Error, ImageTag, Place, Refusal, Wish,
    versions::{labels, newest_first, version_at},
};

/// The image that goes on, with its version.
pub(super) struct Source {
    pub(super) manifest: Manifest,
    /// A tag of its version; made up where only a label names it.
    pub(super) tag: ImageTag,
    /// The version tags that stand on it.
    pub(super) standing: Vec<String>,
}

/// Finds it: the image that was named, or of the environment the version that was named, else the newest final one.
pub(super) async fn find(client: &Client, wish: &Wish, options: &history::Options) -> Result<Source, Error> {
    let repository = &wish.from.repository;
    let names = client.tags(repository).await?;
    let mut tags = newest_first(&names, options);
    if let Some(own) = wish.from.index {
        // In a repository of several environments, what has only another one's tag was never here.
        tags.retain(|tag| tag.environment.is_none_or(|index| index == own));
    }
    if let Some(image) = &wish.image {
        return named(client, image, &tags, options).await;
    }
    let place = || repository.to_string();
    let tag = match &wish.version {
        Some(version) => tags
            .iter()
            .find(|tag| tag.version == *version)
            .ok_or_else(|| Refusal::NoSuchVersion { place: place(), version: version.clone() })?,
        None => tags
            .iter()
            .find(|tag| !tag.version.is_prerelease())
            .ok_or_else(|| Refusal::NoVersion { place: place(), tags: names.len() })?,
    };
    let tag = tag.clone();
    let missing = || RegistryError::NoImage { image: repository.image(&tag.name) };
    let manifest = client.manifest(repository, &tag.name).await?.ok_or_else(missing)?;
    let standing = standing(client, wish, &tags, &tag.version, &manifest.digest).await?;
    Ok(Source { manifest, tag, standing })
}

/// The tags of a version, which must all stand on one image.
async fn standing(
    client: &Client,
    wish: &Wish,
    tags: &[ImageTag],
    version: &Version,
    digest: &Digest,
) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> = Vec::new();
    for tag in tags.iter().filter(|tag| tag.version == *version) {
        if client.digest(&wish.from.repository, &tag.name).await?.as_ref() != Some(digest) {
            let place = wish.from.repository.to_string();
            let one = all.first().cloned().unwrap_or_default();
            return Err(Refusal::Ambiguous { place, one, other: tag.name.clone() }.into());
        }
        all.push(tag.name.clone());
    }
    Ok(all)
}

async fn named(
    client: &Client,
    image: &Reference,
    tags: &[ImageTag],
    options: &history::Options,
) -> Result<Source, Error> {
    let missing = || RegistryError::NoImage { image: image.to_string() };
    let manifest = client.manifest(&image.repository, image.wanted()).await?.ok_or_else(missing)?;
    if let Some(tag) = version_at(client, &image.repository, &manifest.digest, tags).await? {
        let standing = vec![tag.name.clone()];
        return Ok(Source { manifest, tag, standing });
    }
    let label = labels(client, &image.repository, &manifest).await?.version;
    // A label is read as a tag would be.
    let tag = newest_first(&label.into_iter().collect::<Vec<_>>(), options).into_iter().next();
    let mut tag = tag.ok_or_else(|| Refusal::Unversioned { image: image.to_string() })?;
    if !tag.name.starts_with('v') && tags.first().is_none_or(|known| known.name.starts_with('v')) {
        tag.name.insert(0, 'v');
    }
    tag.name = tag.name.replace('+', "_");
    Ok(Source { manifest, tag, standing: Vec::new() })
}

/// Whether the environment ran the image: its tag of the version stands on it, or its moving tag does.
pub(super) async fn has_run(
    client: &Client,
    place: &Place,
    source: &Source,
    options: &history::Options,
) -> Result<(), Error> {
    let Some((environment, moving)) = place.environment.as_ref().zip(place.moving.as_ref()) else {
        return Ok(());
    };
    let tag = super::image_tag(&source.tag, &place.suffix, options);
    for name in [&tag, moving] {
        if client.digest(&place.repository, name).await?.as_ref() == Some(&source.manifest.digest) {
            return Ok(());
        }
    }
    let (environment, moving, version) = (environment.clone(), moving.clone(), source.tag.version.clone());
    Err(Refusal::NeverRan { environment, version, tag, moving }.into())
}
