//! The notes that are beside an image: what they are made of, and how they are found.

use bytes::Bytes;
use chrono::NaiveDate;

use super::Error;
use crate::{
    model::Notes,
    registry::{Annotations, Artifact, CREATED, Client, Digest, Layer, REVISION, Repository, VERSION},
};

/// What kind of artifact notes are.
pub const NOTES: &str = "application/vnd.tidings.notes.v1";

const MARKDOWN: &str = "text/markdown";
const JSON: &str = "application/json";
/// The largest notes that are read, in bytes.
const LARGEST: usize = 64 << 20;

/// Notes as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// In Markdown.
    pub markdown: Bytes,
    /// In the JSON form.
    pub json: Bytes,
}

/// Notes beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The texts; one may be missing where somebody else wrote them.
    pub markdown: Option<Bytes>,
    /// In the JSON form.
    pub json: Option<Bytes>,
    /// Their manifest.
    pub digest: Digest,
    /// How many others are there that none replaces: two who wrote at once.
    pub others: usize,
}

/// The notes of one version as an artifact. The same notes give the same bytes; `today` is the date of what has none.
#[must_use]
pub fn artifact(notes: &Notes, texts: Texts, today: NaiveDate) -> Artifact {
    let release = notes.releases.first();
    let date = release.and_then(|release| release.date).unwrap_or(today);
    let mut annotations = Annotations::from([(CREATED.to_owned(), format!("{date}T00:00:00Z"))]);
    if let Some(release) = release {
        annotations.insert(REVISION.to_owned(), release.commit.to_string());
        if let Some(version) = &release.version {
            annotations.insert(VERSION.to_owned(), version.to_string());
        }
    }
    let layer = |media_type: &str, title: &str, bytes| Layer {
        media_type: media_type.to_owned(),
        title: title.to_owned(),
        bytes,
    };
    Artifact {
        artifact_type: NOTES.to_owned(),
        layers: vec![layer(MARKDOWN, "notes.md", texts.markdown), layer(JSON, "notes.json", texts.json)],
        annotations,
        is_only: true,
    }
}

/// The notes beside an image.
///
/// # Errors
/// When there are none, or the registry cannot be asked.
pub async fn find(client: &Client, repository: &Repository, digest: &Digest) -> Result<Found, Error> {
    let all = client.artifacts(repository, digest, NOTES).await?;
    let Some((descriptor, content)) = all.first() else {
        return Err(Error::NoNotes { image: repository.image(digest.as_str()) });
    };
    let mut found =
        Found { markdown: None, json: None, digest: descriptor.digest.clone(), others: all.len() - 1 };
    for layer in &content.layers {
        let place = match &*layer.media_type {
            MARKDOWN => &mut found.markdown,
            JSON => &mut found.json,
            _ => continue,
        };
        if place.is_none() {
            *place = Some(client.blob(repository, layer, LARGEST).await?);
        }
    }
    Ok(found)
}
