//! Resolves the names of versions, tags, environments and revisions to commits.

use crate::{
    git::{self, Repository},
    history::{self, Ancestry, Point, Target, Versions, WindowFor},
    model::{ObjectId, Version},
    notes::error::Error,
};

/// Resolves a name to a commit, with its version if it has one. Tags and versions take precedence over environments,
/// and these over revisions.
///
/// # Errors
/// If the name cannot be resolved, or the repository cannot be read.
pub(super) fn point(
    repository: &Repository,
    versions: &Versions,
    options: &history::Options,
    name: &str,
) -> Result<Point, Error> {
    let environment = options.environments.iter().position(|environment| environment.name == name);
    let text = options.pattern.version_text(name).or(Some(name.strip_prefix('v').unwrap_or(name)));
    let version = text.and_then(|text| Version::parse(text, &options.scheme));
    let found = versions
        .find_tag(name)
        .or_else(|| version.as_ref().and_then(|version| versions.find(version)))
        .or_else(|| environment.and_then(|index| versions.in_environment(index)));
    if let Some(entry) = found.and_then(|index| versions.get(index)) {
        return Ok(tagged(entry));
    }
    // A branch of that name is something else.
    if let Some(declared) = environment.and_then(|index| options.environments.get(index)) {
        let (name, suffix) = (declared.name.clone(), declared.suffix.clone());
        return Err(Error::NothingInEnvironment { name, suffix });
    }
    let resolved = repository.resolve(name).or_else(|error| match name.strip_prefix("sha-") {
        Some(sha) => repository.resolve(sha),
        None => Err(error),
    });
    match resolved {
        Ok(commit) => {
            // If tags of several versions point to the commit, take the highest version.
            let highest = versions.at(commit).max().and_then(|index| versions.get(index));
            Ok(highest.map_or(Point { commit, version: None, tag: None }, tagged))
        }
        Err(git::Error::NoSuchRevision { .. }) if version.is_some() => {
            let highest = versions.all.iter().rev().take(3).map(|entry| entry.tag.name.clone()).collect();
            Err(Error::NoSuchVersion { version: name.to_owned(), highest })
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn tagged(entry: &history::VersionTag) -> Point {
    Point { commit: entry.tag.commit, version: Some(entry.version.clone()), tag: Some(entry.tag.clone()) }
}

pub(super) fn head(repository: &Repository) -> Result<ObjectId, Error> {
    let none = || git::Error::NoCommit { path: repository.path().to_owned() };
    Ok(repository.head()?.ok_or_else(none)?.commit)
}

/// Unreleased changes up to a commit, as the target of a window.
pub(super) fn unreleased(commit: ObjectId, options: &history::Options) -> Target<'_> {
    let line = options.maintenance.as_ref();
    Target { commit, of: WindowFor::Unreleased, prereleases: options.prereleases, line }
}

pub(super) fn latest<E>(
    repository: &Repository,
    versions: &Versions,
    options: &history::Options,
    ancestry: &mut Ancestry<'_, E>,
) -> Result<Point, Error>
where
    Error: From<E>,
{
    let head = head(repository)?;
    let choice = history::window_of(versions, unreleased(head, options), ancestry)?;
    let tags = versions.all.len() + versions.ignored.len();
    choice.base.and_then(|index| versions.get(index)).map(tagged).ok_or(Error::NoVersion { tags })
}
