//! The ends of a deployment that a promotion has recorded.

use std::path::Path;

use crate::{
    error::Error,
    model::{End, EndSource, Version},
    promote::{PastPromotion, newest_first, newest_record},
    registry::Digest,
    session::images,
    settings::Registries,
};

use super::{DeploymentEnd, DeploymentEnds, Image, Sources};

/// Reads the record that `promote --record-file` wrote.
///
/// # Errors
/// If the file cannot be read, or is not the record of a promotion.
pub fn read_record(registries: &Registries, path: &Path) -> Result<PastPromotion, Error> {
    let text = registries.files.read_user_path(path)?;
    PastPromotion::parse(&text).map_err(|problem| {
        Error::usage(
            format!("`{}` is not the record of a promotion: {problem}", path.display()),
            Some("pass the file that `tidings promote --record-file` wrote"),
        )
    })
}

/// The ends of a recorded promotion to an environment.
///
/// # Errors
/// If the record is of another environment, or the registry cannot be read.
pub fn of_record(
    sources: &Sources<'_>,
    record: &PastPromotion,
    environment: &str,
) -> Result<DeploymentEnds, Error> {
    if let Some(other) = record.to.environment.as_deref().filter(|other| *other != environment) {
        return Err(Error::usage(
            format!("the record is that of a promotion to `{other}`, not to `{environment}`"),
            Some("pass the record of this promotion, or --environment with its target"),
        ));
    }
    let to = recorded_end(sources, environment, &record.digest, Some(&record.version))?;
    let to = DeploymentEnd {
        facts: End { since: Some(record.when.clone()), by: record.who.clone(), ..to.facts },
        ..to
    };
    Ok(DeploymentEnds { from: previous(sources, environment, record)?, to })
}

/// What ran before a recorded promotion.
///
/// # Errors
/// If the registry cannot be read.
fn previous(
    sources: &Sources<'_>,
    environment: &str,
    record: &PastPromotion,
) -> Result<DeploymentEnd, Error> {
    match &record.previous {
        Some(image) => recorded_end(sources, environment, &image.digest, image.version.as_deref()),
        None => Ok(DeploymentEnd::nothing(environment)),
    }
}

/// What ran in an environment before the image that runs now, by the record that is attached to it; `None` if it has
/// none.
///
/// # Errors
/// If the registry cannot be read.
pub(super) fn before_image(
    sources: &Sources<'_>,
    environment: &str,
    image: &Image,
) -> Result<Option<DeploymentEnd>, Error> {
    let record = record_of(sources, environment, image)?;
    record.map(|record| previous(sources, environment, &record)).transpose()
}

/// The record of the promotion that brought an image to an environment.
///
/// # Errors
/// If the registry cannot be read.
pub(super) fn record_of(
    sources: &Sources<'_>,
    environment: &str,
    image: &Image,
) -> Result<Option<PastPromotion>, Error> {
    let registries = sources.registries;
    let Some(location) = images::environment(registries, environment) else { return Ok(None) };
    let target = location.repository.image(location.moving.as_deref().unwrap_or_default());
    let (client, digest) = (&registries.client, &image.manifest.digest);
    images::run(newest_record(client, &location.repository, digest, &target))
}

/// An image that a record names. It may have been deleted since: then its version is all that is known.
fn recorded_end(
    sources: &Sources<'_>,
    environment: &str,
    digest: &str,
    version: Option<&str>,
) -> Result<DeploymentEnd, Error> {
    let registries = sources.registries;
    let version = version.and_then(|text| parsed(registries, text));
    let location = images::environment(registries, environment);
    let image = match location.zip(Digest::parse(digest)) {
        Some((location, digest)) => images::run(async {
            let repository = &location.repository;
            let Some(manifest) = registries.client.manifest(repository, digest.as_str()).await? else {
                return Ok::<_, Error>(None);
            };
            let reference = crate::registry::Reference {
                repository: repository.clone(),
                tag: None,
                digest: Some(digest.clone()),
            };
            Image::read(registries, &reference, manifest).await.map(Some)
        })?,
        None => None,
    };
    let version = version.or_else(|| image.as_ref().and_then(|image| image.version.clone()));
    let name = version.as_ref().map_or_else(|| digest.to_owned(), Version::to_string);
    let facts = End {
        environment: Some(environment.to_owned()),
        digest: Some(digest.to_owned()),
        version: version.clone(),
        ..End::named(name, EndSource::Record)
    };
    let image = image.map(|image| Image { version: version.or(image.version), ..image });
    Ok(DeploymentEnd { facts, image, revision: None })
}

/// Parses a version in the form of an image tag.
pub(super) fn parsed(registries: &Registries, text: &str) -> Option<Version> {
    newest_first(&[text.to_owned()], &registries.tags).into_iter().next().map(|tag| tag.version)
}
