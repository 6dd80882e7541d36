//! Compares two ends by the notes that are attached to images, without a git repository.

use std::collections::BTreeSet;

use crate::{
    deployment::{DeploymentEnd, DeploymentEnds, Image},
    error::Error,
    forge::{LinkedRevision, Links},
    history::Prereleases,
    model::{Base, End, Notes, ObjectId, Release, Version},
    promote::{self, ImageTag, newest_first},
    registry::{Digest, Reference, Repository},
    render::{self, Locale},
    settings::Registries,
};

use super::{
    compared::{Compared, UNKNOWN},
    merge,
};

/// Merges the notes of the versions after `from`, up to `to`; `order` is that of the sections. Versions without notes
/// are reported as warnings.
///
/// # Errors
/// If an end has no version, no version has notes, or a registry cannot be read.
pub(super) async fn compared(
    registries: &Registries,
    ends: &DeploymentEnds,
    (by_version, order): (bool, &[String]),
) -> Result<Compared, Error> {
    let DeploymentEnds { from, to } = ends;
    let images = VersionImages::new(registries, from, to).await?;
    let start = if from.is_empty() { None } else { Some(images.version(from).await?) };
    let end = images.version(to).await?;
    let rollback = start.as_ref().is_some_and(|start| end < *start);
    let (low, high) = match &start {
        Some(start) if rollback => (Some(&end), start),
        start => (start.as_ref(), &end),
    };
    let separate = registries.tags.prereleases == Prereleases::Separate;
    let tagged: Vec<Version> = images.tags.iter().map(|(_, tag)| tag.version.clone()).collect();
    let mut versions = merge::between(&tagged, low, high, separate);
    versions.retain(|version| Some(version) != low);
    let mut notes = Notes { complete: true, ..Notes::default() };
    let mut lowest = None;
    for version in &versions {
        let is_start = start.as_ref() == Some(version);
        let own = [to, from].into_iter().zip([*version == end, is_start]).find(|(_, is_its)| *is_its);
        match images.notes(version, own.map_or(&[], |(end, _)| &end.images)).await? {
            Some((attached, release)) => {
                notes.complete &= attached.complete;
                if notes.releases.is_empty() {
                    notes.repository = attached.repository;
                }
                lowest.clone_from(&release.base);
                let gap = release.base.as_ref().and_then(|base| base.version.as_ref());
                let gap = gap.filter(|base| low.is_none_or(|low| *base > low) && !versions.contains(base));
                notes.warnings.extend(gap.map(|base| missing(base, "has no image")));
                notes.releases.push(release);
            }
            None => notes.warnings.push(missing(version, "has no notes attached")),
        }
    }
    if notes.releases.is_empty() && !versions.is_empty() {
        return Err(promote::Error::NoNotes { image: images.name(high) }.into());
    }
    notes.complete &= notes.warnings.is_empty();
    if let Some(low) = low.filter(|low| low.is_prerelease()) {
        let commits = images.commits_of(low, &tagged).await?;
        merge::without(&mut notes.releases, &commits, "already in the older version");
    }
    merge::settle(&mut notes.releases);
    notes.releases.iter_mut().for_each(|release| set_rollback(release, rollback));
    if versions.is_empty() {
        notes.releases.push(unchanged(&end));
        let (from, to) = images.known_ends(ends, (start.as_ref(), &end), &Notes::default()).await?;
        return Ok(Compared { notes, from, to });
    }
    let (from, to) = images.known_ends(ends, (start.as_ref(), &end), &notes).await?;
    if by_version {
        return Ok(Compared { notes, from, to });
    }
    let base = low.map(|low| {
        let base = lowest.filter(|base: &Base| base.version.as_ref() == Some(low));
        base.unwrap_or_else(|| Base { version: Some(low.clone()), tag: None, commit: UNKNOWN })
    });
    notes.releases = merged(&notes, base, (&versions, &end, rollback), order).into_iter().collect();
    Ok(Compared { notes, from, to })
}

/// Sets whether the changes are lost. What people wrote about a version is about what a rollback removes.
fn set_rollback(release: &mut Release, rollback: bool) {
    release.rollback = rollback;
    if rollback {
        release.summary = None;
        release.highlights.clear();
    }
}

/// The release of a comparison of a version with itself.
fn unchanged(version: &Version) -> Release {
    let base = Base { version: Some(version.clone()), tag: None, commit: UNKNOWN };
    Release { base: Some(base), ..Release::new(Some(version.clone()), UNKNOWN) }
}

fn missing(version: &Version, why: &str) -> String {
    format!("{version} {why}: its changes are missing here")
}

/// Merges all releases into one, from one end to the other. `low` is the older end.
fn merged(
    notes: &Notes,
    low: Option<Base>,
    (versions, end, rollback): (&[Version], &Version, bool),
    order: &[String],
) -> Option<Release> {
    let mut merged = merge::joined(&notes.releases, low.clone(), order)?;
    merged.skipped = versions.iter().skip(1).cloned().collect();
    let newest = Base { version: merged.version.take(), tag: merged.tag.take(), commit: merged.commit };
    merged.version = Some(end.clone());
    if rollback {
        let low = low?;
        (merged.tag, merged.commit, merged.date) = (low.tag, low.commit, None);
        merged.base = Some(Base { version: versions.first().cloned(), ..newest });
        return Some(merged);
    }
    // If the end has no notes, the newest notes are those of an older version.
    if newest.version.as_ref() == Some(end) {
        merged.tag = newest.tag;
    } else {
        (merged.commit, merged.date) = (UNKNOWN, None);
    }
    let tags = merged.base.as_ref().and_then(|base| base.tag.as_deref()).zip(merged.tag.as_deref());
    let links = Links::new(&notes.repository).zip(tags);
    merged.compare_url =
        links.map(|(links, (from, to))| links.compare(LinkedRevision::Tag(from), LinkedRevision::Tag(to)));
    Some(merged)
}

/// The image repositories that may contain the versions, with the image tags that name versions.
struct VersionImages<'r> {
    registries: &'r Registries,
    repositories: Vec<Repository>,
    tags: Vec<(Repository, ImageTag)>,
}

impl<'r> VersionImages<'r> {
    /// Lists the tags in the repositories of both ends and of all environments.
    async fn new(
        registries: &'r Registries,
        from: &DeploymentEnd,
        to: &DeploymentEnd,
    ) -> Result<Self, Error> {
        let mut repositories: Vec<Repository> = Vec::new();
        let named = [to, from].into_iter().flat_map(|end| &end.images).map(|image| &image.repository);
        let declared = registries.environments.iter().flat_map(|environment| &environment.images);
        for repository in named.chain(declared.map(|location| &location.repository)) {
            if !repositories.contains(repository) {
                repositories.push(repository.clone());
            }
        }
        if repositories.is_empty() {
            return Err(Error::usage(
                format!("no git repository or registry to find `{}` and `{}` in", from.name(), to.name()),
                Some(
                    "run the command in a clone of the repository, or set `image` under [environments.NAME]",
                ),
            ));
        }
        let mut images = Self { registries, repositories, tags: Vec::new() };
        for repository in &images.repositories {
            let names = registries.client.tags(repository).await?;
            let tags = newest_first(&names, &registries.tags).into_iter();
            images.tags.extend(tags.map(|tag| (repository.clone(), tag)));
        }
        Ok(images)
    }

    /// The version of an end.
    async fn version(&self, end: &DeploymentEnd) -> Result<Version, Error> {
        let unversioned = || {
            Error::usage(
                format!("cannot determine the version of `{}` from its image", end.name()),
                Some("tag the image with its version, or pass the version instead"),
            )
        };
        for image in end.images.iter().filter(|_| !end.facts.is_mixed()) {
            if let Some(version) = self.version_in_notes(image).await? {
                return Ok(version);
            }
        }
        if let Some(version) = &end.facts.version {
            return Ok(version.clone());
        }
        if !end.images.is_empty() {
            return Err(unversioned());
        }
        for repository in &self.repositories {
            let tag = Some(end.name().to_owned());
            let reference = Reference { repository: repository.clone(), tag, digest: None };
            if crate::registry::is_tag(end.name())
                && let Some(manifest) = self.registries.client.manifest(repository, end.name()).await?
            {
                let image = Image::read(self.registries, &reference, manifest, None).await?;
                return image.version.ok_or_else(unversioned);
            }
        }
        Err(Error::usage(
            format!("`{}` not found in any registry", end.name()),
            Some("pass an environment, an image, or a version that an image is tagged with"),
        ))
    }

    /// The version in the notes that are attached to an image. Preferred to that of its tag: without configuration,
    /// `v1.2.0-prod` could be a pre-release or have an environment suffix.
    async fn version_in_notes(&self, image: &Image) -> Result<Option<Version>, Error> {
        let found =
            promote::find_notes(&self.registries.client, &image.repository, &image.manifest.digest).await;
        let found = match found {
            Ok(found) => found,
            Err(promote::Error::NoNotes { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(json) = found.json else { return Ok(None) };
        Ok(render::read(&json)?.releases.into_iter().next().and_then(|release| release.version))
    }

    /// The notes of a version, without its release, and the release; `None` if there are none. `own` images are tried
    /// first.
    async fn notes(&self, version: &Version, own: &[Image]) -> Result<Option<(Notes, Release)>, Error> {
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        let own = own.iter().map(|image| (image.repository.clone(), image.manifest.digest.clone()));
        let mut digests: Vec<(Repository, Digest)> = own.collect();
        for (repository, tag) in self.tags.iter().filter(|(_, tag)| tag.version == *version) {
            if let Some(digest) = self.registries.client.digest(repository, &tag.name).await? {
                digests.push((repository.clone(), digest));
            }
        }
        for (repository, digest) in digests {
            if !seen.insert((repository.to_string(), digest.to_string())) {
                continue;
            }
            let found = match promote::find_notes(&self.registries.client, &repository, &digest).await {
                Ok(found) => found,
                Err(promote::Error::NoNotes { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            let Some(json) = found.json else { continue };
            let mut notes = render::read(&json)?;
            let is_its = |release: &Release| release.version.as_ref() == Some(version);
            if let Some(index) = notes.releases.iter().position(is_its) {
                let mut release = notes.releases.remove(index);
                Locale::remove_default_titles(&mut release);
                return Ok(Some((notes, release)));
            }
        }
        Ok(None)
    }

    /// What is known of both ends, whose versions are these: their commits and dates are those of their notes.
    async fn known_ends(
        &self,
        ends: &DeploymentEnds,
        (from, to): (Option<&Version>, &Version),
        notes: &Notes,
    ) -> Result<(End, End), Error> {
        let mut known = (ends.from.facts.clone(), ends.to.facts.clone());
        let both = [(&mut known.0, &ends.from, from), (&mut known.1, &ends.to, Some(to))];
        for (end, found, version) in both {
            let Some(version) = version else { continue };
            end.version = Some(version.clone());
            let listed = notes.releases.iter().find(|release| release.version.as_ref() == Some(version));
            let release = match listed {
                Some(release) => Some(release.clone()),
                None => self.notes(version, &found.images).await?.map(|(_, release)| release),
            };
            end.date = release.as_ref().and_then(|release| release.date);
            let commit = release.map(|release| release.commit).filter(|commit| *commit != UNKNOWN);
            end.commit = end.commit.or(commit);
        }
        Ok(known)
    }

    /// The commits of a pre-release and of the lower pre-releases of the same version.
    async fn commits_of(&self, low: &Version, tagged: &[Version]) -> Result<BTreeSet<ObjectId>, Error> {
        let mut own: Vec<&Version> = tagged
            .iter()
            .filter(|version| version.is_prerelease() && version.same_core(low) && *version <= low)
            .collect();
        own.sort();
        own.dedup();
        let mut commits = BTreeSet::new();
        for version in own {
            if let Some((_, release)) = self.notes(version, &[]).await? {
                commits.extend(release.commits.iter().map(|commit| commit.id));
            }
        }
        Ok(commits)
    }

    fn name(&self, version: &Version) -> String {
        let tagged = self.tags.iter().find(|(_, tag)| tag.version == *version);
        tagged.map_or_else(|| version.to_string(), |(repository, tag)| repository.image(&tag.name))
    }
}
