//! What is written down about a promotion, beside the image and in a file.

use bytes::Bytes;
use serde::Serialize;

use crate::{
    model::Version,
    registry::{Annotations, Artifact, CREATED, Client, Content, Digest, Error, Layer, Repository, VERSION},
};

use super::wish::Running;

/// What kind of artifact a record is, and of what media type.
pub const PROMOTION: &str = "application/vnd.tidings.promotion.v1+json";

/// The annotation that names where the image went: repository and moving tag.
const TO: &str = "vnd.tidings.promotion.to";
/// The annotation that names what ran there before, by digest.
const PREVIOUS: &str = "vnd.tidings.promotion.previous";

/// A promotion that was done. The fields are those of the JSON; some may be added, none renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Always 1.
    pub schema: u32,
    /// Who wrote it.
    pub generator: &'static str,
    /// The moment.
    pub when: String,
    /// Who promoted.
    pub who: Option<String>,
    /// The page of the pipeline's run.
    pub run: Option<String>,
    /// The version.
    pub version: String,
    /// The image's digest, the same on both sides.
    pub digest: Digest,
    /// Where it came from.
    pub from: End,
    /// Where it went.
    pub to: End,
    /// What ran there before.
    pub previous: Option<Previous>,
    /// Whether it went back to an older version.
    pub rollback: bool,
}

/// An end of the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// The environment, where it is one.
    pub environment: Option<String>,
    /// The repository.
    pub image: String,
    /// The tags that stand on the image.
    pub tags: Vec<String>,
}

/// What ran before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// Its digest.
    pub digest: Digest,
    /// Its version, where it can be told.
    pub version: Option<String>,
}

impl Record {
    /// As a file: indented, with a final line feed.
    ///
    /// # Errors
    /// Never for what is made here.
    pub fn text(&self) -> Result<Bytes, Error> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Malformed {
            what: "the record".to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Bytes::from(text + "\n"))
    }

    /// As an artifact beside the image.
    pub(super) fn artifact(&self, to: &str) -> Result<Artifact, Error> {
        let mut annotations = Annotations::from([
            (CREATED.to_owned(), self.when.clone()),
            (VERSION.to_owned(), self.version.clone()),
            (TO.to_owned(), to.to_owned()),
        ]);
        if let Some(previous) = &self.previous {
            annotations.insert(PREVIOUS.to_owned(), previous.digest.to_string());
        }
        let layer = Layer {
            media_type: PROMOTION.to_owned(),
            title: "promotion.json".to_owned(),
            bytes: self.text()?,
        };
        Ok(Artifact { artifact_type: PROMOTION.to_owned(), layers: vec![layer], annotations, is_only: false })
    }
}

/// The newest record beside an image of its way to here.
pub(super) async fn newest(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
    to: &str,
) -> Result<Option<Content>, Error> {
    let all = client.artifacts(repository, digest, PROMOTION).await?;
    Ok(all
        .into_iter()
        .map(|(_, content)| content)
        .find(|content| content.annotations.get(TO).is_some_and(|it| it == to)))
}

/// The text of the record of a promotion that broke off after it was written and before the moving tag was set: the
/// newest record of the environment, saying that this image comes after what still runs.
pub(super) async fn begun(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
    to: &str,
    running: Option<&Running>,
) -> Result<Option<Bytes>, Error> {
    let Some(record) = newest(client, repository, digest, to).await? else { return Ok(None) };
    if record.annotations.get(PREVIOUS).map(String::as_str) != running.map(|running| running.digest.as_str())
    {
        return Ok(None);
    }
    if let Some(running) = running {
        // One that went back here since is newer.
        let before = newest(client, repository, &running.digest, to).await?;
        let moment = |content: &Content| content.annotations.get(CREATED).cloned();
        if before.is_some_and(|before| moment(&before) >= moment(&record)) {
            return Ok(None);
        }
    }
    text_of(client, repository, &record).await
}

/// The text of a record.
pub(super) async fn text_of(
    client: &Client,
    repository: &Repository,
    record: &Content,
) -> Result<Option<Bytes>, Error> {
    match record.layers.first() {
        Some(layer) => Ok(Some(client.blob(repository, layer, 1 << 20).await?)),
        None => Ok(None),
    }
}

/// The version's name in a record.
pub(super) fn previous(running: &Running) -> Previous {
    Previous { digest: running.digest.clone(), version: running.version.as_ref().map(Version::to_string) }
}
