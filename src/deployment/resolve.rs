//! Resolves the two ends of a deployment from what the user named.

use crate::{
    error::Error,
    model::{End, EndSource},
    session::images,
    settings::Registries,
};

use super::{
    DeploymentEnd, DeploymentEnds, Image, Sources,
    recorded::{before_images, parsed},
    running::{different_versions, previous_in_git, running},
};

/// Resolves both ends: as named, else from the last environment to the one before it.
///
/// # Errors
/// If there are no such environments, an image is missing, or nothing is deployed to the environment of the `to` end.
pub fn both(sources: &Sources<'_>, named: Option<(&str, &str)>) -> Result<DeploymentEnds, Error> {
    let (from, to) = match named {
        Some((from, to)) => (from.to_owned(), to.to_owned()),
        None => configured(sources.registries)?,
    };
    let (from, to) = (resolve(sources, &from)?, resolve(sources, &to)?);
    require_deployed(&to)?;
    if from.is_empty() {
        let ui = &sources.registries.ui;
        ui.info(&format!("nothing is deployed to `{}` yet: all changes are new", from.name()));
    }
    Ok(DeploymentEnds { from, to })
}

fn require_deployed(to: &DeploymentEnd) -> Result<(), Error> {
    if to.is_empty() {
        return Err(Error::usage(
            format!("nothing is deployed to the environment `{}` yet", to.name()),
            Some("pass a version or an image to compare with"),
        ));
    }
    if to.facts.is_mixed() {
        return Err(Error::Refused {
            message: different_versions(to),
            hint: Some("complete its deployment, or name the version".to_owned()),
        });
    }
    Ok(())
}

fn configured(registries: &Registries) -> Result<(String, String), Error> {
    let with_images: Vec<&str> =
        registries.environments.iter().map(|environment| environment.name.as_str()).collect();
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

/// Resolves one end. A declared environment is what runs in it, never a branch of that name.
///
/// # Errors
/// If an image is missing, or the registry or the repository cannot be read.
pub fn resolve(sources: &Sources<'_>, name: &str) -> Result<DeploymentEnd, Error> {
    let registries = sources.registries;
    if images::environment(registries, name).is_some()
        || (sources.environment(name).is_some() && sources.git.is_some())
    {
        return running(sources, name);
    }
    let is_revision = || sources.git.is_some_and(|(session, _)| session.repository.resolve(name).is_ok());
    if !images::is_image(name) || is_revision() {
        return Ok(by_name(sources, name));
    }
    let mut found = Vec::new();
    for reference in images::references(registries, name)? {
        found.push(images::run(async {
            let manifest = images::manifest(registries, &reference).await?;
            Image::read(registries, &reference, manifest, None).await
        })?);
    }
    Ok(DeploymentEnd::of_images(name, None, found))
}

/// A version, tag or revision, with its version and commit if they are known already.
fn by_name(sources: &Sources<'_>, name: &str) -> DeploymentEnd {
    let end = DeploymentEnd::named(name);
    let Some((session, line)) = sources.git else {
        let version = parsed(sources.registries, name);
        return DeploymentEnd { facts: End { version, ..end.facts }, ..end };
    };
    let versions = session.versions(line);
    let version = || session.version(line, name).ok().and_then(|version| versions.find(&version));
    let Some(entry) = versions.find_tag(name).or_else(version).and_then(|at| versions.get(at)) else {
        return end;
    };
    let facts = End { version: Some(entry.version.clone()), commit: Some(entry.tag.commit), ..end.facts };
    DeploymentEnd { facts, images: Vec::new(), revision: Some(entry.tag.name.clone()) }
}

/// The ends of a deployment that is still to come.
///
/// # Errors
/// If the registry or the repository cannot be read.
pub fn before(sources: &Sources<'_>, environment: &str, to: DeploymentEnd) -> Result<DeploymentEnds, Error> {
    require_deployed(&to)?;
    Ok(DeploymentEnds { from: running(sources, environment)?, to })
}

/// The ends of a deployment that is over: what ran before, and what runs now. `named` is what was deployed, if the user
/// named it; if the deployment failed, it need not run. `None` if what ran before is unknown.
///
/// # Errors
/// If nothing runs in the environment, or something else than what was named, or the registry or the repository cannot
/// be read.
pub fn after(
    sources: &Sources<'_>,
    environment: &str,
    named: Option<DeploymentEnd>,
    is_failed: bool,
) -> Result<(Option<DeploymentEnd>, DeploymentEnd), Error> {
    let running = running(sources, environment)?;
    let to = match named {
        Some(to) => to,
        None => running.clone(),
    };
    require_deployed(&to)?;
    if !runs(&running, &to) {
        if running.facts.source == EndSource::Registry && !is_failed {
            return Err(Error::Refused {
                message: format!(
                    "{environment} runs {}, not {}",
                    running.facts.version_text(),
                    to.facts.version_text()
                ),
                hint: Some(
                    "announce what runs there, or pass the promotion's record: --record FILE".to_owned(),
                ),
            });
        }
        return Ok((Some(running), to));
    }
    let from = match &running.facts.version {
        _ if !running.images.is_empty() => before_images(sources, environment, &running.images)?,
        Some(version) => Some(previous_in_git(sources, environment, version)?),
        None => None,
    };
    Ok((from, running))
}

/// Whether an end runs another one: all images of it, or without images the same version.
fn runs(running: &DeploymentEnd, other: &DeploymentEnd) -> bool {
    let (running, other) = (&running.facts, &other.facts);
    if !running.images.is_empty() && !other.images.is_empty() {
        let runs = |digest: &str| running.images.iter().any(|image| image.digest == digest);
        return other.images.iter().all(|image| runs(&image.digest));
    }
    running.version.is_some() && running.version == other.version
}
