//! Images by their names: an environment of the configuration, or a reference.

use crate::{
    error::Error,
    promote::Place,
    registry::{Manifest, Reference},
    settings::Registries,
};

use super::runtime::block_on;

/// Runs what speaks to a server.
///
/// # Errors
/// What it gives, or when the system lets nothing run.
pub fn run<T, E: Into<Error>>(future: impl Future<Output = Result<T, E>>) -> Result<T, Error> {
    block_on(future)?.map_err(Into::into)
}

/// The environment of this name that has images.
pub fn environment<'r>(registries: &'r Registries, name: &str) -> Option<&'r Place> {
    registries.environments.iter().find(|place| place.environment.as_deref() == Some(name))
}

/// Whether a text is meant as an image: a version has neither slash nor digest.
pub fn is_image(text: &str) -> bool {
    text.contains(['/', '@'])
}

/// The image that an environment's name or an image's name means.
///
/// # Errors
/// When it is neither.
pub fn reference(registries: &Registries, text: &str) -> Result<Reference, Error> {
    if let Some(place) = environment(registries, text) {
        return Ok(Reference {
            repository: place.repository.clone(),
            tag: place.moving.clone(),
            digest: None,
        });
    }
    Ok(Reference::parse(text).map_err(crate::registry::Error::from)?)
}

/// The manifest or index of an image.
///
/// # Errors
/// When there is none, or the registry cannot be asked.
pub async fn manifest(registries: &Registries, image: &Reference) -> Result<Manifest, Error> {
    let found = registries.client.manifest(&image.repository, image.wanted()).await?;
    Ok(found.ok_or_else(|| crate::registry::Error::NoImage { image: image.to_string() })?)
}
