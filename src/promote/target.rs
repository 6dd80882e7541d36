//! Reads what the target of a promotion has.

use crate::{history, model::Version, registry::Client};

use super::{
    Error, ImageTag, Refusal, newest_first,
    request::{DeployedImage, ImageLocation, ImagePair, PromotionRequest},
    source::Source,
    versions::identity,
};

/// What a target has before the promotion.
pub(super) struct State {
    /// The image that is deployed.
    pub(super) deployed: Option<DeployedImage>,
    /// The tag of the version in the target.
    pub(super) own_tag: String,
    /// Whether that tag points to the image already.
    pub(super) is_tagged: bool,
    /// Whether the version is older than the deployed one.
    pub(super) is_older: bool,
}

/// Reads the target of one image, for which `own_tag` is the tag of the version.
///
/// # Errors
/// If the target has a newer version and no rollback is requested, the version's tag points to another image, it cannot
/// be determined which version runs, or a registry operation fails.
pub(super) async fn read(
    client: &Client,
    request: &PromotionRequest,
    (pair, source): (&ImagePair, &Source),
    (own_tag, options): (String, &history::Options),
) -> Result<State, Error> {
    let to = &pair.to.repository;
    let tags = newest_first(&client.tags_to_write(to).await?, options);
    let deployed = deployed_image(client, &pair.to, request.allow_unknown, (&tags, options)).await?;
    let version = source.tag.version.clone();
    let highest = deployed
        .as_ref()
        .and_then(|deployed| deployed.version.clone())
        .or_else(|| highest_version(&pair.to, &tags));
    let is_older = highest.as_ref().is_some_and(|highest| version.precedence(highest).is_lt());
    if let Some(running) = highest.filter(|_| is_older && !request.rollback) {
        return Err(Refusal::Older { version, running, environment: pair.to.name() }.into());
    }
    let is_tagged = match client.digest(to, &own_tag).await? {
        Some(actual) if actual != source.manifest.digest => {
            return Err(Refusal::Taken { tag: to.image(&own_tag), actual: actual.to_string() }.into());
        }
        existing => existing.is_some(),
    };
    Ok(State { deployed, own_tag, is_tagged, is_older })
}

/// The image that is deployed in the target.
async fn deployed_image(
    client: &Client,
    location: &ImageLocation,
    allow_unknown: bool,
    (tags, options): (&[ImageTag], &history::Options),
) -> Result<Option<DeployedImage>, Error> {
    let Some(moving) = &location.moving else { return Ok(None) };
    let Some(manifest) = client.manifest(&location.repository, moving).await? else { return Ok(None) };
    let version = identity(client, &location.repository, &manifest, (tags, options)).await?.version;
    if version.is_none() && !allow_unknown {
        let image = location.repository.image(moving);
        return Err(Refusal::UnknownTarget { environment: location.name(), image }.into());
    }
    Ok(Some(DeployedImage { manifest, version }))
}

/// The highest version with an environment's tag.
fn highest_version(location: &ImageLocation, tags: &[ImageTag]) -> Option<Version> {
    let index = location.index?;
    tags.iter().find(|tag| tag.environment == Some(index)).map(|tag| tag.version.clone())
}
