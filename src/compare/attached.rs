//! What lies between two ends, from the notes that are attached to images: no repository of git is needed.

use std::collections::BTreeSet;

use crate::{
    error::Error,
    forge::Links,
    history::Prereleases,
    model::{Base, Notes, ObjectId, Release, Version},
    promote::{self, ImageTag, newest_first},
    registry::{Digest, Reference, Repository},
    render::{self, Locale},
    settings::Registries,
};

use super::{
    ends::{self, End, Image},
    merge,
};

/// Stands for a commit that nobody knows.
const UNKNOWN: ObjectId = ObjectId::from_bytes([0; 20]);

/// The notes of the versions in between, put together. What has none is named in the warnings.
///
/// # Errors
/// When an end has no version, no notes are there at all, or a registry cannot be asked.
pub(super) async fn compared(
    registries: &Registries,
    from: &End,
    to: &End,
    by_version: bool,
) -> Result<Notes, Error> {
    let shelf = Shelf::new(registries, from, to).await?;
    let start = if from.is_empty { None } else { Some(shelf.version(from).await?) };
    let end = shelf.version(to).await?;
    let rollback = start.as_ref().is_some_and(|start| end < *start);
    let (low, high) = match &start {
        Some(start) if rollback => (Some(&end), start),
        start => (start.as_ref(), &end),
    };
    let separate = registries.tags.prereleases == Prereleases::Separate;
    let known: Vec<Version> = shelf.tags.iter().map(|(_, tag)| tag.version.clone()).collect();
    let mut wanted = merge::between(&known, low, high, separate);
    wanted.retain(|version| Some(version) != low);
    let mut notes = Notes { complete: true, ..Notes::default() };
    let mut lowest = None;
    for version in &wanted {
        let image = if *version == end { to.image.as_ref() } else { None };
        let image = image.or(from.image.as_ref().filter(|_| start.as_ref() == Some(version)));
        match shelf.notes(version, image).await? {
            Some((kept, release)) => {
                notes.complete &= kept.complete;
                if notes.releases.is_empty() {
                    notes.repository = kept.repository;
                }
                lowest.clone_from(&release.base);
                let gap = release.base.as_ref().and_then(|base| base.version.as_ref());
                let gap = gap.filter(|base| low.is_none_or(|low| *base > low) && !wanted.contains(base));
                notes.warnings.extend(gap.map(|base| missing(base, "has no image")));
                notes.releases.push(release);
            }
            None => notes.warnings.push(missing(version, "has no notes attached")),
        }
    }
    if notes.releases.is_empty() && !wanted.is_empty() {
        return Err(promote::Error::NoNotes { image: shelf.name(high) }.into());
    }
    notes.complete &= notes.warnings.is_empty();
    if let Some(low) = low.filter(|low| low.is_prerelease()) {
        let commits = shelf.commits_of(low, &known).await?;
        merge::without(&mut notes.releases, &commits, "the older end has it already");
    }
    merge::settle(&mut notes.releases);
    notes.releases.iter_mut().for_each(|release| release.rollback = rollback);
    if by_version {
        return Ok(notes);
    }
    let base = low.map(|low| {
        let fits = lowest.filter(|base: &Base| base.version.as_ref() == Some(low));
        fits.unwrap_or_else(|| Base { version: Some(low.clone()), tag: None, commit: UNKNOWN })
    });
    notes.releases = one(&notes, base, (&wanted, &end, rollback)).into_iter().collect();
    Ok(notes)
}

fn missing(version: &Version, why: &str) -> String {
    format!("{version} {why}: what it brought is missing here")
}

/// One release of all, from one end to the other.
fn one(notes: &Notes, low: Option<Base>, way: (&[Version], &Version, bool)) -> Option<Release> {
    let (wanted, end, rollback) = way;
    let mut one = merge::joined(&notes.releases, low.clone())?;
    one.skipped = wanted.iter().skip(1).cloned().collect();
    let newest = Base { version: one.version.take(), tag: one.tag.take(), commit: one.commit };
    one.version = Some(end.clone());
    if rollback {
        let low = low?;
        (one.tag, one.commit, one.date) = (low.tag, low.commit, None);
        one.base = Some(Base { version: wanted.first().cloned(), ..newest });
        return Some(one);
    }
    // Where the notes of the end are missing, the newest that are there are not its.
    if newest.version.as_ref() == Some(end) {
        one.tag = newest.tag;
    } else {
        (one.commit, one.date) = (UNKNOWN, None);
    }
    let tags = one.base.as_ref().and_then(|base| base.tag.as_deref()).zip(one.tag.as_deref());
    one.compare_url =
        Links::new(&notes.repository).zip(tags).map(|(links, (from, to))| links.compare(from, to));
    Some(one)
}

/// The repositories in which images of the versions may be, with the tags that name versions.
struct Shelf<'r> {
    registries: &'r Registries,
    repositories: Vec<Repository>,
    tags: Vec<(Repository, ImageTag)>,
}

impl<'r> Shelf<'r> {
    /// The repositories of both ends, else those of all environments.
    async fn new(registries: &'r Registries, from: &End, to: &End) -> Result<Self, Error> {
        let mut repositories: Vec<Repository> = Vec::new();
        let named = [to, from].into_iter().filter_map(|end| end.image.as_ref());
        let named = named.map(|image| &image.repository);
        for repository in named.chain(registries.environments.iter().map(|place| &place.repository)) {
            if !repositories.contains(repository) {
                repositories.push(repository.clone());
            }
        }
        if repositories.is_empty() {
            return Err(Error::usage(
                format!("neither a repository of git nor a registry knows `{}` and `{}`", from.name, to.name),
                Some("run it in the repository, or set image under [environments.NAME]"),
            ));
        }
        let mut shelf = Self { registries, repositories, tags: Vec::new() };
        for repository in &shelf.repositories {
            let names = registries.client.tags(repository).await?;
            let tags = newest_first(&names, &registries.tags).into_iter();
            shelf.tags.extend(tags.map(|tag| (repository.clone(), tag)));
        }
        Ok(shelf)
    }

    /// The version of an end.
    async fn version(&self, end: &End) -> Result<Version, Error> {
        let unversioned = || {
            Error::usage(
                format!("the version of `{}` cannot be told from its image", end.name),
                Some("tag the image with its version, or name the version"),
            )
        };
        if let Some(image) = &end.image {
            return self.told(image).await?.or_else(|| image.version.clone()).ok_or_else(unversioned);
        }
        if let Some(version) = ends::read(self.registries, &end.name) {
            return Ok(version);
        }
        for repository in &self.repositories {
            let reference =
                Reference { repository: repository.clone(), tag: Some(end.name.clone()), digest: None };
            if crate::registry::is_tag(&end.name)
                && let Some(manifest) = self.registries.client.manifest(repository, &end.name).await?
            {
                let image = ends::image(self.registries, &reference, manifest).await?;
                return image.version.ok_or_else(unversioned);
            }
        }
        Err(Error::usage(
            format!("no registry knows `{}`", end.name),
            Some("name an environment, an image, or a version that an image is tagged with"),
        ))
    }

    /// The version that an image's own notes tell. They know what is a suffix, which a tag does not tell without a
    /// configuration: `v1.2.0-prod` alone could be a pre-release.
    async fn told(&self, image: &Image) -> Result<Option<Version>, Error> {
        let found = promote::find(&self.registries.client, &image.repository, &image.manifest.digest).await;
        let found = match found {
            Ok(found) => found,
            Err(promote::Error::NoNotes { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Some(json) = found.json else { return Ok(None) };
        Ok(render::read(&json)?.releases.into_iter().next().and_then(|release| release.version))
    }

    /// The notes of a version, and its release in them.
    async fn notes(
        &self,
        version: &Version,
        image: Option<&Image>,
    ) -> Result<Option<(Notes, Release)>, Error> {
        let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
        let known = image.map(|image| (image.repository.clone(), image.manifest.digest.clone()));
        let mut places: Vec<(Repository, Digest)> = known.into_iter().collect();
        for (repository, tag) in self.tags.iter().filter(|(_, tag)| tag.version == *version) {
            if let Some(digest) = self.registries.client.digest(repository, &tag.name).await? {
                places.push((repository.clone(), digest));
            }
        }
        for (repository, digest) in places {
            if !seen.insert((repository.to_string(), digest.to_string())) {
                continue;
            }
            let found = match promote::find(&self.registries.client, &repository, &digest).await {
                Ok(found) => found,
                Err(promote::Error::NoNotes { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            let Some(json) = found.json else { continue };
            let mut notes = render::read(&json)?;
            let is_its = |release: &Release| release.version.as_ref() == Some(version);
            if let Some(index) = notes.releases.iter().position(is_its) {
                let mut release = notes.releases.remove(index);
                Locale::forget(&mut release);
                return Ok(Some((notes, release)));
            }
        }
        Ok(None)
    }

    /// The commits that a pre-release has since the final version below it.
    async fn commits_of(&self, low: &Version, known: &[Version]) -> Result<BTreeSet<ObjectId>, Error> {
        let mut own: Vec<&Version> = known
            .iter()
            .filter(|version| version.is_prerelease() && version.same_core(low) && *version <= low)
            .collect();
        own.sort();
        own.dedup();
        let mut commits = BTreeSet::new();
        for version in own {
            if let Some((_, release)) = self.notes(version, None).await? {
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
