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

/// The images of the environment with this name; `None` if it has none.
pub fn environment<'r>(registries: &'r Registries, name: &str) -> Option<&'r [ImageLocation]> {
    let found = registries.environments.iter().find(|environment| environment.name == name);
    found.map(|environment| environment.images.as_slice())
}

/// Whether an argument is an image reference. Versions contain neither a slash nor a digest.
pub fn is_image(text: &str) -> bool {
    text.contains(['/', '@'])
}

/// The images of an environment, or the image with this reference; never empty.
///
/// # Errors
/// If the argument is neither an environment nor a valid reference.
pub fn references(registries: &Registries, text: &str) -> Result<Vec<Reference>, Error> {
    if let Some(images) = environment(registries, text) {
        return Ok(images.iter().map(ImageLocation::reference).collect());
    }
    Ok(vec![Reference::parse(text).map_err(crate::registry::Error::from)?])
}

/// The manifest or index of an image.
///
/// # Errors
/// If the image does not exist, or the request fails.
pub async fn manifest(registries: &Registries, image: &Reference) -> Result<Manifest, Error> {
    let found = registries.client.manifest(&image.repository, image.tag_or_digest()).await?;
    Ok(found.ok_or_else(|| crate::registry::Error::NoImage { image: image.to_string() })?)
}
