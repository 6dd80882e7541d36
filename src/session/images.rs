//! Resolves arguments to images: environments of the configuration, or image references.

use crate::{
    error::Error,
    promote::ImageLocation,
    registry::{Manifest, Reference},
    settings::Registries,
};

use super::runtime::block_on;

/// Runs a future that sends requests.
///
/// # Errors
/// The future's error, or if no runtime can be started.
pub fn run<T, E: Into<Error>>(future: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
    block_on(future)?.map_err(Into::into)
}

/// The environment with this name, if it has an image.
pub fn environment<'r>(registries: &'r Registries, name: &str) -> Option<&'r ImageLocation> {
    registries.environments.iter().find(|it| it.environment.as_deref() == Some(name))
}

/// Whether an argument is an image reference. Versions contain neither a slash nor a digest.
pub fn is_image(text: &str) -> bool {
    text.contains(['/', '@'])
}

/// The image of an environment, or the image with this reference.
///
/// # Errors
/// If the argument is neither an environment nor a valid reference.
pub fn reference(registries: &Registries, text: &str) -> Result<Reference, Error> {
    if let Some(environment) = environment(registries, text) {
        return Ok(Reference {
            repository: environment.repository.clone(),
            tag: environment.moving.clone(),
            digest: None,
        });
    }
    Ok(Reference::parse(text).map_err(crate::registry::Error::from)?)
}

/// The manifest or index of an image.
///
/// # Errors
/// If the image does not exist, or the request fails.
pub async fn manifest(registries: &Registries, image: &Reference) -> Result<Manifest, Error> {
    let found = registries.client.manifest(&image.repository, image.tag_or_digest()).await?;
    Ok(found.ok_or_else(|| crate::registry::Error::NoImage { image: image.to_string() })?)
}
