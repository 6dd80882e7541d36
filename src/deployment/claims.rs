//! What an image says about itself, compared with the version whose notes are to be attached to it.

use crate::{
    error::Error,
    model::{ObjectId, Version, plural},
    promote::{Labels, labels, newest_first, version_at},
    registry::{Digest, Manifest, Reference, Repository},
    session::{Session, images},
    settings::Registries,
};

use super::image::commit_of_tag;

/// At most this many tags are resolved to find one that names a commit.
const MAX_TAGS: usize = 300;

/// What contradicts notes, and what is only remarkable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contradictions {
    /// The notes are those of another image.
    pub refusals: Vec<String>,
    /// The notes may be those of another image.
    pub warnings: Vec<String>,
}

/// Compares the tags and labels of an image with a version (`None` for the notes of a commit) and its commit.
///
/// # Errors
/// If the registry or the repository cannot be read.
pub fn contradictions(
    (session, registries): (&Session, &Registries),
    (image, manifest): (&Reference, &Manifest),
    (version, commit): (Option<&Version>, ObjectId),
) -> Result<Contradictions, Error> {
    let (client, repository) = (&registries.client, &image.repository);
    let mut found = Contradictions::default();
    if let Some(version) = version {
        found.refusals.extend(other_tag(registries, repository, &manifest.digest, version)?);
    }
    let labels = images::run(labels(client, repository, manifest))?;
    if let Some(revision) = &labels.revision {
        found.refusals.extend(other_commit(session, revision, commit, "its label revision"));
    } else if let Some(sha) =
        image.tag.as_deref().filter(|tag| tag.starts_with("sha-")).and_then(commit_of_tag)
        && session.repository.resolve(sha).is_ok()
    {
        // A label says where the image comes from, a tag may be anything.
        found.refusals.extend(other_commit(session, sha, commit, "its tag"));
    }
    found.warnings.extend(other_source(session, &labels));
    Ok(found)
}

/// The tag by which the image is another version.
fn other_tag(
    registries: &Registries,
    repository: &Repository,
    digest: &Digest,
    version: &Version,
) -> Result<Option<String>, Error> {
    images::run(async {
        let client = &registries.client;
        let tags = newest_first(&client.tags(repository).await?, &registries.tags);
        let mut elsewhere = None;
        for tag in tags.iter().filter(|tag| tag.version == *version) {
            if client.digest(repository, &tag.name).await?.as_ref() == Some(digest) {
                return Ok::<_, Error>(None);
            }
            elsewhere.get_or_insert(&tag.name);
        }
        let own = version_at(client, repository, digest, &tags).await?;
        let own = own.map(|tag| format!("its tag `{}` says that it is {}", tag.name, tag.version));
        let elsewhere = elsewhere.map(|name| format!("the tag `{name}` points to another image"));
        Ok(own.or(elsewhere))
    })
}

fn other_commit(session: &Session, revision: &str, commit: ObjectId, by: &str) -> Option<String> {
    match session.repository.resolve(revision) {
        Err(_) => Some(format!("{by} `{revision}` is not a commit of this repository")),
        Ok(other) if other != commit => {
            Some(format!("{by} names the commit {}, and the version is {}", other.short(), commit.short()))
        }
        Ok(_) => None,
    }
}

/// The warning that the label names another repository.
fn other_source(session: &Session, labels: &Labels) -> Option<String> {
    let own = session.settings.options.repository.url.as_deref()?;
    let source = labels.source.as_deref()?;
    (normalized(source)? != normalized(own)?)
        .then(|| format!("its label source names another repository, {source}"))
}

/// The host and the path of a repository's URL, in any of the forms that git accepts.
fn normalized(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok().filter(url::Url::has_host);
    let (host, path) = match &parsed {
        Some(parsed) => (parsed.host_str()?.to_owned(), parsed.path().to_owned()),
        None => {
            let (host, path) = url.split_once(':')?;
            (host.rsplit_once('@').map_or(host, |(_, host)| host).to_owned(), path.to_owned())
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    Some(format!("{host}/{path}").to_ascii_lowercase())
}

/// The commit in the only kind of tag that an image has: `sha-a1b2c3d`. `None` if no such tag points to it.
///
/// # Errors
/// If the registry cannot be read.
pub fn commit_of_image(
    (session, registries): (&Session, &Registries),
    (image, manifest): (&Reference, &Manifest),
) -> Result<Option<ObjectId>, Error> {
    let commit = |tag: &str| session.repository.resolve(commit_of_tag(tag)?).ok();
    if let Some(commit) = image.tag.as_deref().and_then(commit) {
        return Ok(Some(commit));
    }
    let (client, repository) = (&registries.client, &image.repository);
    images::run(async {
        let names = client.tags(repository).await?;
        let named = names.iter().rev().filter(|name| name.starts_with("sha-")).take(MAX_TAGS);
        for name in named {
            if client.digest(repository, name).await?.as_ref() == Some(&manifest.digest)
                && let Some(commit) = commit(name)
            {
                return Ok::<_, Error>(Some(commit));
            }
        }
        Ok(None)
    })
}

/// The error for an image that contradicts the notes.
#[must_use]
pub fn refusal(image: &Reference, named: &str, reasons: &[String]) -> Error {
    let count = plural(reasons.len(), "reason", "reasons");
    Error::Refused {
        message: format!("the notes of {named} do not belong to `{image}` ({count}): {}", reasons.join("; ")),
        hint: Some("attach the notes of its own version, or use --force REASON".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_compared_by_host_and_path() {
        let own = normalized("https://github.com/o/r").unwrap();
        for same in [
            "https://GitHub.com/o/r.git",
            "git@github.com:o/r.git",
            "ssh://git@github.com/o/r/",
            "https://user@github.com/O/R",
        ] {
            assert_eq!(normalized(same).as_deref(), Some(own.as_str()), "{same}");
        }
        for other in ["https://github.com/o/other", "https://gitlab.com/o/r"] {
            assert_ne!(normalized(other).as_deref(), Some(own.as_str()), "{other}");
        }
        assert_eq!(normalized("nonsense"), None);
    }
}
