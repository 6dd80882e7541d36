//! Selects the images to promote.

use crate::{
    history,
    model::Version,
    registry::{Client, Digest, Error as RegistryError, Manifest, Reference, Repository},
};

use super::{
    Error, ImageLocation, ImageTag, PromotionRequest, Refusal,
    versions::{identity, labels, newest_first, version_at},
};

/// The image to promote, with its version.
pub(super) struct Source {
    pub(super) manifest: Manifest,
    /// A tag of its version; synthesized if only a label contains the version.
    pub(super) tag: ImageTag,
    /// The version tags that point to it.
    pub(super) version_tags: Vec<String>,
    /// The tag by which it was selected; `None` for a digest.
    pub(super) selected_by: Option<String>,
    /// A warning about the selection.
    pub(super) warning: Option<String>,
}

/// The images to promote, one for each pair of the request, all of one version.
pub(super) struct Sources {
    pub(super) version: Version,
    pub(super) all: Vec<Source>,
}

/// Selects all images.
///
/// # Errors
/// If an image does not exist, the images are of different versions, or a registry operation fails.
pub(super) async fn find_all(
    client: &Client,
    request: &PromotionRequest,
    options: &history::Options,
) -> Result<Sources, Error> {
    let mut all = Vec::new();
    for pair in &request.pairs {
        all.push(find(client, (request, &pair.from), options).await?);
    }
    let versions: Vec<&Version> = all.iter().map(|source| &source.tag.version).collect();
    match versions.as_slice() {
        [first, others @ ..] if others.iter().all(|other| other == first) => {
            Ok(Sources { version: (*first).clone(), all })
        }
        versions => {
            let locations = request.pairs.iter().map(|pair| &pair.from);
            let environment = request.pairs.first().map(|pair| pair.from.name()).unwrap_or_default();
            let versions = locations.zip(versions).map(|(from, version)| (from.label(), (*version).clone()));
            Err(Refusal::DifferentVersions { environment, versions: versions.collect() }.into())
        }
    }
}

/// Selects the named image, or from the source the named version, else the one that runs there; without a moving tag,
/// the newest final version.
async fn find(
    client: &Client,
    (request, from): (&PromotionRequest, &ImageLocation),
    options: &history::Options,
) -> Result<Source, Error> {
    let repository = &from.repository;
    let names = client.tags(repository).await?;
    let mut tags = newest_first(&names, options);
    if let Some(own) = from.index {
        // If environments share a repository, an image with only another environment's tag was never in this one.
        tags.retain(|tag| tag.environment.is_none_or(|index| index == own));
    }
    if let Some(image) = &request.image {
        return named(client, image, &tags, options).await;
    }
    let name = || repository.to_string();
    let none = || Refusal::NoVersion { repository: name(), tags: names.len() };
    let newest = tags.iter().find(|tag| !tag.version.is_prerelease());
    let (tag, selected_by, warning) = match &request.version {
        Some(version) => {
            let missing = || Refusal::NoSuchVersion { repository: name(), version: version.clone() };
            let tag = tags.iter().find(|tag| tag.version == *version).ok_or_else(missing)?;
            (tag.clone(), tag.name.clone(), None)
        }
        None => match running(client, from, &tags, options).await? {
            Some((running, moving)) => {
                if let Some(refusal) = not_highest(from, &running, newest) {
                    return Err(refusal.into());
                }
                (running, moving, None)
            }
            None => {
                let newest = newest.ok_or_else(none)?;
                let version = &newest.version;
                let warning =
                    format!("no tag says what runs in {repository}: taking its highest version, {version}");
                (newest.clone(), newest.name.clone(), Some(warning))
            }
        },
    };
    let missing = || RegistryError::NoImage { image: repository.image(&selected_by) };
    let manifest = client.manifest(repository, &selected_by).await?.ok_or_else(missing)?;
    let version_tags = version_tags(client, repository, &tags, &tag.version, &manifest.digest).await?;
    Ok(Source { manifest, tag, version_tags, selected_by: Some(selected_by), warning })
}

/// The version that runs in the source, with the tag that points to it.
async fn running(
    client: &Client,
    from: &ImageLocation,
    tags: &[ImageTag],
    options: &history::Options,
) -> Result<Option<(ImageTag, String)>, Error> {
    let repository = &from.repository;
    let Some(moving) = &from.moving else { return Ok(None) };
    let Some(manifest) = client.manifest(repository, moving).await? else { return Ok(None) };
    let found = identity(client, repository, &manifest, (tags, options)).await?;
    let unversioned = || Refusal::Unversioned { image: repository.image(moving) };
    Ok(Some((found.tag.ok_or_else(unversioned)?, moving.clone())))
}

/// The refusal of a source that does not run its highest version: then it is not clear which of both is meant.
fn not_highest(from: &ImageLocation, running: &ImageTag, highest: Option<&ImageTag>) -> Option<Refusal> {
    let highest = highest.filter(|highest| highest.version != running.version)?;
    Some(Refusal::NotHighest {
        environment: from.name(),
        running: running.version.clone(),
        highest: highest.version.clone(),
    })
}

/// The tags of a version, which must all point to one image.
async fn version_tags(
    client: &Client,
    repository: &Repository,
    tags: &[ImageTag],
    version: &Version,
    digest: &Digest,
) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> = Vec::new();
    for tag in tags.iter().filter(|tag| tag.version == *version) {
        if client.digest(repository, &tag.name).await?.as_ref() != Some(digest) {
            let repository = repository.to_string();
            let one = all.first().cloned().unwrap_or_default();
            return Err(Refusal::Ambiguous { repository, one, other: tag.name.clone() }.into());
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
    let manifest = client.manifest(&image.repository, image.tag_or_digest()).await?.ok_or_else(missing)?;
    if let Some(tag) = version_at(client, &image.repository, &manifest.digest, tags).await? {
        let version_tags = vec![tag.name.clone()];
        let selected_by = image.tag.clone();
        return Ok(Source { manifest, tag, version_tags, selected_by, warning: None });
    }
    let label = labels(client, &image.repository, &manifest).await?.version;
    // A label is parsed like a tag.
    let tag = newest_first(&label.into_iter().collect::<Vec<_>>(), options).into_iter().next();
    let mut tag = tag.ok_or_else(|| Refusal::Unversioned { image: image.to_string() })?;
    if !tag.name.starts_with('v') && tags.first().is_none_or(|known| known.name.starts_with('v')) {
        tag.name.insert(0, 'v');
    }
    tag.name = tag.name.replace('+', "_");
    Ok(Source { manifest, tag, version_tags: Vec::new(), selected_by: image.tag.clone(), warning: None })
}

/// Checks that the environment ran the image: its version tag or its moving tag points to it.
pub(super) async fn check_ran(
    client: &Client,
    location: &ImageLocation,
    source: &Source,
    options: &history::Options,
) -> Result<(), Error> {
    let Some((environment, moving)) = location.environment.as_ref().zip(location.moving.as_ref()) else {
        return Ok(());
    };
    let tag = super::image_tag(&source.tag, &location.suffix, options);
    for name in [&tag, moving] {
        if client.digest(&location.repository, name).await?.as_ref() == Some(&source.manifest.digest) {
            return Ok(());
        }
    }
    let (environment, moving, version) = (environment.clone(), moving.clone(), source.tag.version.clone());
    Err(Refusal::NeverRan { environment, version, tag, moving }.into())
}
