//! The ends of a planned promotion.

use crate::{
    error::Error,
    model::Version,
    promote::{ImageLocation, Plan, labels},
    registry::Manifest,
    session::images,
};

use super::{DeploymentEnd, DeploymentEnds, Image, Sources};

/// The ends of a planned promotion, with the images that the plan pinned.
///
/// # Errors
/// If the registry cannot be read.
pub fn of_plan(sources: &Sources<'_>, plan: &Plan) -> Result<DeploymentEnds, Error> {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for image in &plan.images {
        if let Some(deployed) = &image.deployed {
            old.push(pinned(sources, &image.to, &deployed.manifest, deployed.version.as_ref())?);
        }
        new.push(pinned(sources, &image.from, &image.manifest, Some(&plan.version))?);
    }
    let source = plan.images.first().map(|image| &image.from);
    let name = source.map(ImageLocation::name).unwrap_or_default();
    let environment = source.and_then(|source| source.environment.as_deref());
    let to = DeploymentEnd::of_images(&name, environment, new);
    let target = plan.target();
    if old.is_empty() {
        return Ok(DeploymentEnds { from: DeploymentEnd::nothing(&target), to });
    }
    let environment = plan.images.first().and_then(|image| image.to.environment.as_deref());
    Ok(DeploymentEnds { from: DeploymentEnd::of_images(&target, environment, old), to })
}

/// An image whose version is known already.
fn pinned(
    sources: &Sources<'_>,
    location: &ImageLocation,
    manifest: &Manifest,
    version: Option<&Version>,
) -> Result<Image, Error> {
    let repository = &location.repository;
    let labels = images::run(labels(&sources.registries.client, repository, manifest))?;
    Ok(Image {
        component: location.component.clone(),
        repository: repository.clone(),
        manifest: manifest.clone(),
        version: version.cloned(),
        is_labelled: labels.revision.is_some(),
        revision: labels.revision,
    })
}
