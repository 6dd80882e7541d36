//! The ends of a planned promotion.

use crate::{
    error::Error,
    model::Version,
    promote::{ImageLocation, Plan, labels},
    registry::{Manifest, Repository},
    session::images,
};

use super::{DeploymentEnd, DeploymentEnds, Image, Sources};

/// The ends of a planned promotion, with the images that the plan pinned.
///
/// # Errors
/// If the registry cannot be read.
pub fn of_plan(sources: &Sources<'_>, plan: &Plan) -> Result<DeploymentEnds, Error> {
    let end = |location: &ImageLocation, manifest: &Manifest, version: Option<&Version>| {
        let environment = location.environment.as_deref();
        let name = location.environment.clone().unwrap_or_else(|| location.repository.to_string());
        let image = pinned(sources, &location.repository, manifest, version)?;
        Ok::<_, Error>(DeploymentEnd::image(&name, environment, image))
    };
    let from = match &plan.deployed {
        Some(deployed) => end(&plan.to, &deployed.manifest, deployed.version.as_ref())?,
        None => match &plan.to.environment {
            Some(environment) => DeploymentEnd::nothing(environment),
            None => DeploymentEnd::nothing(&plan.to.repository.to_string()),
        },
    };
    Ok(DeploymentEnds { from, to: end(&plan.from, &plan.manifest, Some(&plan.version))? })
}

/// An image whose version is known already.
fn pinned(
    sources: &Sources<'_>,
    repository: &Repository,
    manifest: &Manifest,
    version: Option<&Version>,
) -> Result<Image, Error> {
    let labels = images::run(labels(&sources.registries.client, repository, manifest))?;
    Ok(Image {
        repository: repository.clone(),
        manifest: manifest.clone(),
        version: version.cloned(),
        is_labelled: labels.revision.is_some(),
        revision: labels.revision,
    })
}
