//! What runs in an environment, and which versions it ever ran.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    history::VersionTag,
    model::{EndSource, Time, Version},
    promote::{ImageLocation, newest_first},
    session::images,
};

use super::{
    DeploymentEnd, Image, Sources,
    deploy_tag::{deployed, deployed_before},
};

/// What runs in a declared environment: by the registry if the environment has an image, else by the tags in git. Warns
/// if both know it and disagree.
///
/// # Errors
/// If the registry or the repository cannot be read, or neither of them knows the environment.
pub fn running(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    let Some(locations) = images::environment(sources.registries, environment) else {
        return in_git(sources, environment);
    };
    let running = in_registry(sources, environment, locations)?;
    if running.facts.is_mixed() {
        let warning = format!("{}; the lowest one counts", different_versions(&running));
        match sources.git {
            Some((session, _)) => session.warn_once(&warning),
            None => sources.registries.ui.warn(&warning),
        }
    }
    if let Some((session, _)) = sources.git {
        let recorded = in_git(sources, environment)?;
        if let Some(warning) = disagreement(environment, &running, &recorded) {
            session.warn_once(&warning);
        }
    }
    Ok(running)
}

/// The warning that the registry and git disagree about an environment, with the command that mends it.
fn disagreement(environment: &str, running: &DeploymentEnd, recorded: &DeploymentEnd) -> Option<String> {
    let in_git = recorded.facts.version.as_ref()?;
    let by =
        if recorded.facts.source == EndSource::DeployTag { "a deployment tag" } else { "its highest tag" };
    match &running.facts.version {
        Some(version) if version == in_git => None,
        Some(version) => Some(format!(
            "{environment} runs {version} by its registry, and {in_git} in git ({by}); the registry counts. To record it in \
             git: tidings tag {version} --deployed-to {environment} --push"
        )),
        None if running.is_empty() => Some(format!(
            "{environment} has no image in its registry, and runs {in_git} in git ({by}); the registry counts. To promote \
             the version: tidings promote --version {in_git}"
        )),
        None => None,
    }
}

/// The sentence that the images of an end are of different versions.
pub(super) fn different_versions(end: &DeploymentEnd) -> String {
    let versions = end.images.iter().map(|image| {
        let version = image.version.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        format!("{} {version}", image.component.clone().unwrap_or_else(|| image.repository.to_string()))
    });
    let versions: Vec<String> = versions.collect();
    format!("the images of {} are of different versions: {}", end.name(), versions.join(", "))
}

fn in_registry(
    sources: &Sources<'_>,
    environment: &str,
    locations: &[ImageLocation],
) -> Result<DeploymentEnd, Error> {
    let registries = sources.registries;
    let images = images::run(async {
        let mut images = Vec::new();
        for location in locations {
            let reference = location.reference();
            let tag = reference.tag_or_digest();
            if let Some(manifest) = registries.client.manifest(&reference.repository, tag).await? {
                let component = location.component.as_deref();
                images.push(Image::read(registries, &reference, manifest, component).await?);
            }
        }
        Ok::<_, Error>(images)
    })?;
    if images.is_empty() {
        return Ok(DeploymentEnd::nothing(environment));
    }
    Ok(DeploymentEnd::of_images(environment, Some(environment), images))
}

/// What runs in an environment by the tags in git: the newest recorded deployment, else the highest version with a tag
/// of the environment.
///
/// # Errors
/// If there is no repository, or a tag cannot be read.
pub fn in_git(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    let (session, line) = sources.git.ok_or_else(|| {
        Error::usage(
            format!("cannot determine what runs on `{environment}`: there is no git repository"),
            Some("run the command in a clone of the repository, or set `image` under [environments.NAME]"),
        )
    })?;
    let versions = session.versions(line);
    let index = sources.environment(environment);
    if let Some(deployment) = index.and_then(|index| versions.deployment(index)) {
        return deployed((session, line), &versions, environment, deployment);
    }
    let Some(entry) = index.and_then(|index| versions.in_environment(index)).and_then(|at| versions.get(at))
    else {
        return Ok(DeploymentEnd::nothing(environment));
    };
    let mut end = DeploymentEnd::tagged(environment, entry, EndSource::EnvironmentTag);
    let own = entry.environments.iter().find(|(at, _)| Some(*at) == index);
    if let Some((_, tag)) = own {
        end.facts.since = session.repository.commits()?.tag_time(tag)?.map(rfc3339);
    }
    Ok(end)
}

/// What ran in an environment before what runs now, by the tags in git: the recorded deployment says it, else it is the
/// next lower version with a tag of the environment.
///
/// # Errors
/// If a tag cannot be read.
pub(super) fn previous_in_git(
    sources: &Sources<'_>,
    environment: &str,
    running: &Version,
) -> Result<DeploymentEnd, Error> {
    let Some((session, line)) = sources.git else { return Ok(DeploymentEnd::nothing(environment)) };
    let versions = session.versions(line);
    let index = sources.environment(environment);
    if let Some(deployment) = index.and_then(|index| versions.deployment(index))
        && let Some(before) = deployed_before((session, line), &versions, environment, deployment)?
    {
        return Ok(before);
    }
    let lower = versions.all.iter().rev().filter(|entry| entry.version < *running);
    let mut tagged = lower.filter(|entry| index.is_some_and(|index| has_tag(entry, index)));
    Ok(tagged.next().map_or_else(
        || DeploymentEnd::nothing(environment),
        |entry| DeploymentEnd::tagged(environment, entry, EndSource::EnvironmentTag),
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
    for location in images::environment(sources.registries, environment).into_iter().flatten() {
        let registries = sources.registries;
        let names = images::run(registries.client.tags(&location.repository))?;
        let tags = newest_first(&names, &registries.tags).into_iter();
        versions.extend(tags.filter(|tag| tag.environment == Some(index)).map(|tag| tag.version));
    }
    if let Some((session, line)) = sources.git {
        let all = session.versions(line);
        let recorded = all.deployments.iter().filter(|deployment| deployment.environment == index);
        let recorded = recorded.flat_map(|deployment| all.at(deployment.tag.commit));
        versions.extend(recorded.filter_map(|at| Some(all.get(at)?.version.clone())));
        let tagged = all.all.iter().filter(|entry| has_tag(entry, index));
        versions.extend(tagged.map(|entry| entry.version.clone()));
    }
    Ok(versions)
}

fn rfc3339(time: Time) -> String {
    let date = chrono::DateTime::from_timestamp(time.seconds, 0).unwrap_or_default();
    date.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
