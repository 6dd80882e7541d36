//! The ends of a deployment that a promotion has recorded.

use std::path::Path;

use crate::{
    error::Error,
    model::{End, EndImage, EndSource, Version},
    promote::{ImageLocation, PastPromotion, PromotedImage, newest_first, newest_record},
    registry::{Digest, Reference},
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
    if let Some(other) = record.environment().filter(|other| *other != environment) {
        return Err(Error::usage(
            format!("the record is that of a promotion to `{other}`, not to `{environment}`"),
            Some("pass the record of this promotion, or --environment with its target"),
        ));
    }
    let promoted = record.images().iter().map(|image| RecordedImage {
        image,
        digest: &image.digest,
        version: Some(&record.version),
    });
    let to = recorded_end(sources, environment, promoted.collect())?;
    let to = DeploymentEnd {
        facts: End { since: Some(record.when.clone()), by: record.who.clone(), ..to.facts },
        ..to
    };
    let before = record.images().iter().filter_map(RecordedImage::before);
    Ok(DeploymentEnds { from: previous(sources, environment, before.collect())?, to })
}

/// An image that a record names: the promoted one, or the one before it.
struct RecordedImage<'r> {
    /// The promotion of the image.
    image: &'r PromotedImage,
    digest: &'r str,
    version: Option<&'r str>,
}

impl<'r> RecordedImage<'r> {
    fn before(image: &'r PromotedImage) -> Option<Self> {
        let previous = image.previous.as_ref()?;
        Some(Self { image, digest: &previous.digest, version: previous.version.as_deref() })
    }
}

/// What ran before a recorded promotion.
fn previous(
    sources: &Sources<'_>,
    environment: &str,
    images: Vec<RecordedImage<'_>>,
) -> Result<DeploymentEnd, Error> {
    if images.is_empty() {
        return Ok(DeploymentEnd::nothing(environment));
    }
    recorded_end(sources, environment, images)
}

/// What ran in an environment before the images that run now, by the records that are attached to them; `None` if they
/// have none.
///
/// # Errors
/// If the registry cannot be read.
pub(super) fn before_images(
    sources: &Sources<'_>,
    environment: &str,
    images: &[Image],
) -> Result<Option<DeploymentEnd>, Error> {
    let mut records = Vec::new();
    for image in images {
        records.extend(record_of(sources, environment, image)?.map(|record| (image, record)));
    }
    if records.is_empty() {
        return Ok(None);
    }
    let own = |(image, record): &'_ (&Image, PastPromotion)| {
        let digest = image.manifest.digest.to_string();
        let repository = image.repository.to_string();
        let is_own = |it: &&PromotedImage| it.digest == digest && it.to.image == repository;
        record.images().iter().find(is_own).cloned()
    };
    let own: Vec<PromotedImage> = records.iter().filter_map(own).collect();
    let before = own.iter().filter_map(RecordedImage::before);
    previous(sources, environment, before.collect()).map(Some)
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
    let locations = images::environment(registries, environment).unwrap_or_default();
    let Some(location) = locations.iter().find(|location| location.repository == image.repository) else {
        return Ok(None);
    };
    let target = location.repository.image(location.moving.as_deref().unwrap_or_default());
    let (client, digest) = (&registries.client, &image.manifest.digest);
    images::run(newest_record(client, &location.repository, digest, &target))
}

/// The end with the images that a record names. They may have been deleted since: then their version and digest are all
/// that is known.
fn recorded_end(
    sources: &Sources<'_>,
    environment: &str,
    recorded: Vec<RecordedImage<'_>>,
) -> Result<DeploymentEnd, Error> {
    let (mut images, mut facts) = (Vec::new(), Vec::new());
    for one in recorded {
        let image = read_recorded(sources, environment, &one)?;
        let version = image.as_ref().and_then(|image| image.version.clone());
        facts.push(EndImage {
            component: one.image.component.clone(),
            repository: one.image.to.image.clone(),
            digest: one.digest.to_owned(),
            version: version.or_else(|| one.version.and_then(|text| parsed(sources.registries, text))),
        });
        images.extend(image);
    }
    let version = facts.iter().filter_map(|image| image.version.clone()).min();
    let digest = facts.first().map(|image| image.digest.clone()).unwrap_or_default();
    let name = version.as_ref().map_or(digest, Version::to_string);
    let facts = End {
        environment: Some(environment.to_owned()),
        images: facts,
        version,
        ..End::named(name, EndSource::Record)
    };
    Ok(DeploymentEnd { facts, images, revision: None })
}

/// A recorded image as the registry has it; `None` if it was deleted since. The record says its version.
fn read_recorded(
    sources: &Sources<'_>,
    environment: &str,
    recorded: &RecordedImage<'_>,
) -> Result<Option<Image>, Error> {
    let registries = sources.registries;
    let locations = images::environment(registries, environment).unwrap_or_default();
    let is_its = |location: &&ImageLocation| location.repository.to_string() == recorded.image.to.image;
    let Some((location, digest)) = locations.iter().find(is_its).zip(Digest::parse(recorded.digest)) else {
        return Ok(None);
    };
    let image = images::run(async {
        let repository = &location.repository;
        let Some(manifest) = registries.client.manifest(repository, digest.as_str()).await? else {
            return Ok::<_, Error>(None);
        };
        let reference = Reference { repository: repository.clone(), tag: None, digest: Some(digest.clone()) };
        Image::read(registries, &reference, manifest, location.component.as_deref()).await.map(Some)
    })?;
    let version = recorded.version.and_then(|text| parsed(registries, text));
    Ok(image.map(|image| Image { version: version.or(image.version), ..image }))
}

/// Parses a version in the form of an image tag.
pub(super) fn parsed(registries: &Registries, text: &str) -> Option<Version> {
    newest_first(&[text.to_owned()], &registries.tags).into_iter().next().map(|tag| tag.version)
}
