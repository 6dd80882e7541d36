//! Notes attached to images: builds the artifact, and finds it.

use bytes::Bytes;
use chrono::NaiveDate;

use super::Error;
use crate::{
    model::Notes,
    registry::{
        Annotations, Artifact, CREATED, Client, Digest, Layer, REVISION, Repository, SOURCE, VERSION,
    },
};

/// The artifact type of notes.
pub const NOTES: &str = "application/vnd.tidings.notes.v1";

/// The annotation with the URL of the version's page.
const CHANGELOG: &str = "vnd.tidings.changelog";
/// The annotation with the reason of `--force`.
const FORCED: &str = "vnd.tidings.forced";

const MARKDOWN: &str = "text/markdown";
const JSON: &str = "application/json";
/// Maximum size of each notes file, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// The files of a notes artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotesFiles {
    /// In Markdown.
    pub markdown: Bytes,
    /// In the JSON form.
    pub json: Bytes,
}

/// Notes attached to an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedNotes {
    /// In Markdown. Either file may be missing in an artifact that tidings did not create.
    pub markdown: Option<Bytes>,
    /// In the JSON form.
    pub json: Option<Bytes>,
    /// The digest of their manifest.
    pub digest: Digest,
    /// The number of other notes that are not replaced, after concurrent writes.
    pub others: usize,
}

/// What the annotations of a notes artifact say in addition to its version and commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotesOrigin {
    /// The date of unreleased notes.
    pub today: NaiveDate,
    /// The URL of the version's page.
    pub changelog: Option<String>,
    /// Why the notes were attached although the image contradicts them.
    pub forced: Option<String>,
}

/// The notes of one version as an artifact: the same notes give the same bytes. Its annotations are on its own
/// manifest only: the image and its digest stay as they are.
#[must_use]
pub fn artifact(notes: &Notes, files: NotesFiles, origin: NotesOrigin) -> Artifact {
    let release = notes.releases.first();
    let date = release.and_then(|release| release.date).unwrap_or(origin.today);
    let mut annotations = Annotations::from([(CREATED.to_owned(), format!("{date}T00:00:00Z"))]);
    if let Some(release) = release {
        annotations.insert(REVISION.to_owned(), release.commit.to_string());
        if let Some(version) = &release.version {
            annotations.insert(VERSION.to_owned(), version.to_string());
        }
    }
    let more =
        [(SOURCE, notes.repository.url.clone()), (CHANGELOG, origin.changelog), (FORCED, origin.forced)];
    annotations.extend(more.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    let layer = |media_type: &str, title: &str, bytes| Layer {
        media_type: media_type.to_owned(),
        title: title.to_owned(),
        bytes,
    };
    Artifact {
        artifact_type: NOTES.to_owned(),
        layers: vec![layer(MARKDOWN, "notes.md", files.markdown), layer(JSON, "notes.json", files.json)],
        annotations,
        replaces_others: true,
    }
}

/// The newest notes attached to an image.
///
/// # Errors
/// If there are none, or a request fails.
pub async fn find_notes(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
) -> Result<AttachedNotes, Error> {
    let all = client.artifacts(repository, digest, NOTES).await?;
    let Some((descriptor, content)) = all.first() else {
        return Err(Error::NoNotes { image: repository.image(digest.as_str()) });
    };
    let digest = descriptor.digest.clone();
    let mut notes = AttachedNotes { markdown: None, json: None, digest, others: all.len() - 1 };
    for layer in &content.layers {
        let file = match &*layer.media_type {
            MARKDOWN => &mut notes.markdown,
            JSON => &mut notes.json,
            _ => continue,
        };
        if file.is_none() {
            *file = Some(client.blob(repository, layer, MAX_BYTES).await?);
        }
    }
    Ok(notes)
}
