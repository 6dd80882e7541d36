//! What runs in an environment, and which versions it ever ran.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    history::{VersionTag, Versions},
    model::{End, EndSource, Version},
    promote::{ImageLocation, newest_first},
    registry::Reference,
    session::{Session, images},
};

use super::{DeploymentEnd, Image, Sources};

/// What runs in a declared environment: by the registry if the environment has an image, else by the tags in git.
///
/// # Errors
/// If the registry or the repository cannot be read, or neither of them knows the environment.
pub fn running(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    match images::environment(sources.registries, environment) {
        Some(location) => in_registry(sources, environment, location),
        None => in_git(sources, environment),
    }
}

fn in_registry(
    sources: &Sources<'_>,
    environment: &str,
    location: &ImageLocation,
) -> Result<DeploymentEnd, Error> {
    let registries = sources.registries;
    let reference =
        Reference { repository: location.repository.clone(), tag: location.moving.clone(), digest: None };
    let image = images::run(async {
        let tag = reference.tag_or_digest();
        match registries.client.manifest(&reference.repository, tag).await? {
            Some(manifest) => Image::read(registries, &reference, manifest).await.map(Some),
            None => Ok(None),
        }
    })?;
    Ok(match image {
        Some(image) => DeploymentEnd::image(environment, Some(environment), image),
        None => DeploymentEnd::nothing(environment),
    })
}

fn in_git(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    let (session, line) = sources.git.ok_or_else(|| {
        Error::usage(
            format!("cannot determine what runs on `{environment}`: there is no git repository"),
            Some("run the command in a clone of the repository, or set `image` under [environments.NAME]"),
        )
    })?;
    let versions = session.versions(line);
    let index = sources.environment(environment);
    let tagged = index.and_then(|index| versions.in_environment(index)).and_then(|at| versions.get(at));
    Ok(tagged.map_or_else(
        || DeploymentEnd::nothing(environment),
        |entry| tagged_end(environment, entry, EndSource::EnvironmentTag),
    ))
}

/// A tagged version that runs, or ran, in an environment.
pub(super) fn tagged_end(environment: &str, entry: &VersionTag, source: EndSource) -> DeploymentEnd {
    let facts = End {
        environment: Some(environment.to_owned()),
        version: Some(entry.version.clone()),
        commit: Some(entry.tag.commit),
        ..End::named(environment.to_owned(), source)
    };
    DeploymentEnd { facts, image: None, revision: Some(entry.tag.name.clone()) }
}

/// The version that ran in an environment before the highest one, by the tags of the environment.
pub(super) fn previous_in_git(
    sources: &Sources<'_>,
    environment: &str,
    running: &Version,
) -> Result<DeploymentEnd, Error> {
    let Some((session, line)) = sources.git else { return Ok(DeploymentEnd::nothing(environment)) };
    let versions = session.versions(line);
    let index = sources.environment(environment);
    let lower = versions.all.iter().rev().filter(|entry| entry.version < *running);
    let mut tagged = lower.filter(|entry| index.is_some_and(|index| has_tag(entry, index)));
    Ok(tagged.next().map_or_else(
        || DeploymentEnd::nothing(environment),
        |entry| tagged_end(environment, entry, EndSource::EnvironmentTag),
    ))
}

fn has_tag(entry: &VersionTag, environment: usize) -> bool {
    entry.environments.iter().any(|(index, _)| *index == environment)
}

/// The versions that an environment ever ran, as far as tags tell: those of its images, and those in git.
///
/// # Errors
/// If the registry cannot be read.
pub fn versions_run(sources: &Sources<'_>, environment: &str) -> Result<BTreeSet<Version>, Error> {
    let mut versions = BTreeSet::new();
    let Some(index) = sources.environment(environment) else { return Ok(versions) };
    if let Some(location) = images::environment(sources.registries, environment) {
        let registries = sources.registries;
        let names = images::run(registries.client.tags(&location.repository))?;
        let tags = newest_first(&names, &registries.tags).into_iter();
        versions.extend(tags.filter(|tag| tag.environment == Some(index)).map(|tag| tag.version));
    }
    if let Some((session, line)) = sources.git {
        let tagged = all_versions(session, line).all.into_iter();
        versions.extend(tagged.filter(|entry| has_tag(entry, index)).map(|entry| entry.version));
    }
    Ok(versions)
}

fn all_versions(session: &Session, line: &crate::notes::Line) -> Versions {
    session.versions(line)
}
