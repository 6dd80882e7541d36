//! Resolves the two ends of a comparison: their names, and the images that these refer to.

use crate::{
    error::Error,
    model::Version,
    promote::{labels, newest_first, version_at},
    registry::{Manifest, Reference, Repository},
    session::{Session, images},
    settings::Registries,
};

/// One end of a comparison.
pub struct End {
    /// The name, as given.
    pub name: String,
    /// The image that it refers to.
    pub image: Option<Image>,
    /// Whether it is an environment to which nothing is deployed yet.
    pub is_empty: bool,
}

/// An image with its version and revision.
pub struct Image {
    /// Its repository.
    pub repository: Repository,
    /// Its manifest or index.
    pub manifest: Manifest,
    /// By its tags, else by its label.
    pub version: Option<Version>,
    /// The commit that it was built from: by its label, else by its tag.
    pub revision: Option<String>,
    /// Whether the revision comes from a label, not from the form of a tag.
    pub is_labelled: bool,
}

/// Resolves both ends, `(from, to)`: as named, else from the last environment to the one before it.
///
/// # Errors
/// If there are no such environments, an image is missing, or nothing is deployed to the environment of the `to` end.
pub fn both(
    session: Option<&Session>,
    registries: &Registries,
    named: Option<(&str, &str)>,
) -> Result<(End, End), Error> {
    let (from, to) = match named {
        Some((from, to)) => (from.to_owned(), to.to_owned()),
        None => configured(registries)?,
    };
    let end = |name: String| images::run(end(session, registries, name));
    let (from, to) = (end(from)?, end(to)?);
    if to.is_empty {
        return Err(Error::usage(
            format!("nothing is deployed to the environment `{}` yet", to.name),
            Some("pass a version or an image to compare with"),
        ));
    }
    if from.is_empty {
        registries.ui.info(&format!("nothing is deployed to `{}` yet: all changes are new", from.name));
    }
    Ok((from, to))
}

fn configured(registries: &Registries) -> Result<(String, String), Error> {
    let with_images = registries.environments.iter().filter_map(|place| place.environment.as_deref());
    let with_images: Vec<&str> = with_images.collect();
    let in_git: Vec<&str> =
        registries.tags.environments.iter().map(|environment| environment.name.as_str()).collect();
    match (with_images.as_slice(), in_git.as_slice()) {
        ([.., to, from], _) | (_, [.., to, from]) => Ok(((*from).to_owned(), (*to).to_owned())),
        _ => Err(Error::usage(
            "the configuration has fewer than two environments",
            Some("set `environments` in tidings.toml, or pass both: tidings compare FROM TO"),
        )),
    }
}

async fn end(session: Option<&Session>, registries: &Registries, name: String) -> Result<End, Error> {
    let environment = images::environment(registries, &name);
    let is_branch = || session.is_some_and(|session| session.repository.resolve(&name).is_ok());
    if environment.is_none() && (!images::is_image(&name) || is_branch()) {
        return Ok(End { name, image: None, is_empty: false });
    }
    let reference = images::reference(registries, &name)?;
    let manifest = registries.client.manifest(&reference.repository, reference.tag_or_digest()).await?;
    let is_empty = manifest.is_none() && environment.is_some();
    let image = match manifest {
        Some(manifest) => Some(image(registries, &reference, manifest).await?),
        None if is_empty => None,
        None => return Err(crate::registry::Error::NoImage { image: name }.into()),
    };
    Ok(End { name, image, is_empty })
}

/// Reads the version and revision of an image.
///
/// # Errors
/// If the registry cannot be read.
pub(super) async fn image(
    registries: &Registries,
    reference: &Reference,
    manifest: Manifest,
) -> Result<Image, Error> {
    let (client, repository) = (&registries.client, &reference.repository);
    let tags = newest_first(&client.tags(repository).await?, &registries.tags);
    let mut version = version_at(client, repository, &manifest.digest, &tags).await?.map(|tag| tag.version);
    let labels = labels(client, repository, &manifest).await?;
    version = version.or_else(|| read(registries, labels.version.as_deref()?));
    let is_labelled = labels.revision.is_some();
    let sha = reference
        .tag
        .as_deref()
        .map(|tag| tag.strip_prefix("sha-").unwrap_or(tag))
        .filter(|tag| (7..=40).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let revision = labels.revision.or_else(|| sha.map(str::to_owned));
    Ok(Image { repository: repository.clone(), manifest, version, revision, is_labelled })
}

/// Parses a version in the form of an image tag.
pub(super) fn read(registries: &Registries, text: &str) -> Option<Version> {
    newest_first(&[text.to_owned()], &registries.tags).into_iter().next().map(|tag| tag.version)
}
