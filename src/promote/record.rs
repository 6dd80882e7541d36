//! Records of promotions, attached to the image and written to a file.

use bytes::Bytes;
use serde::Serialize;

use crate::{
    model::Version,
    registry::{Annotations, Artifact, CREATED, Client, Content, Digest, Error, Layer, Repository, VERSION},
};

use super::request::DeployedImage;

/// The artifact type and media type of a record.
pub const PROMOTION: &str = "application/vnd.tidings.promotion.v1+json";

/// The annotation with the target: repository and moving tag.
const TO: &str = "vnd.tidings.promotion.to";
/// The annotation with the digest of the image that was deployed before.
const PREVIOUS: &str = "vnd.tidings.promotion.previous";

/// A promotion. The fields are those of the JSON format: fields may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Always 1.
    pub schema: u32,
    /// The program and version that wrote it.
    pub generator: &'static str,
    /// The time, RFC 3339.
    pub when: String,
    /// The user, if known.
    pub who: Option<String>,
    /// The URL of the pipeline run.
    pub run: Option<String>,
    /// The version.
    pub version: String,
    /// The image; with several, the first one.
    #[serde(flatten)]
    pub image: RecordedImage,
    /// Whether the version is older than the one deployed before.
    pub rollback: bool,
    /// All images, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<RecordedImage>,
}

/// An image of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordedImage {
    /// Its component, if the environment has several images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// Its digest, the same in source and target.
    pub digest: Digest,
    /// The source.
    pub from: RecordLocation,
    /// The target.
    pub to: RecordLocation,
    /// The image that was deployed before.
    pub previous: Option<Previous>,
}

/// The source or target of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecordLocation {
    /// The environment's name, if it is one.
    pub environment: Option<String>,
    /// The image repository.
    pub image: String,
    /// The tags that point to the image.
    pub tags: Vec<String>,
}

/// The image that was deployed before a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Previous {
    /// Its digest.
    pub digest: Digest,
    /// Its version, if it can be determined.
    pub version: Option<String>,
}

impl Record {
    /// The record as indented JSON with a final newline.
    ///
    /// # Errors
    /// If serialization fails, which does not happen for valid records.
    pub fn text(&self) -> Result<Bytes, Error> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Malformed {
            what: "the record".to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Bytes::from(text + "\n"))
    }
}

/// A record, as it is attached to one of its images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedRecord {
    /// The record as JSON.
    pub text: Bytes,
    /// The time of the promotion, RFC 3339.
    pub when: String,
    /// The version.
    pub version: String,
    /// The target: the repository with the moving tag, else with the version tag.
    pub target: String,
    /// The digest of the image that was deployed before.
    pub previous: Option<String>,
}

impl AttachedRecord {
    /// The record as an artifact to attach to the image.
    pub(super) fn artifact(&self) -> Artifact {
        let mut annotations = Annotations::from([
            (CREATED.to_owned(), self.when.clone()),
            (VERSION.to_owned(), self.version.clone()),
            (TO.to_owned(), self.target.clone()),
        ]);
        annotations.extend(self.previous.clone().map(|previous| (PREVIOUS.to_owned(), previous)));
        let layer = Layer {
            media_type: PROMOTION.to_owned(),
            title: "promotion.json".to_owned(),
            bytes: self.text.clone(),
        };
        Artifact {
            artifact_type: PROMOTION.to_owned(),
            layers: vec![layer],
            annotations,
            replaces_others: false,
        }
    }

    /// A record that was read, by the annotations of its artifact.
    fn read(text: Bytes, content: &Content) -> Self {
        let annotation = |name: &str| content.annotations.get(name).cloned();
        Self {
            text,
            when: annotation(CREATED).unwrap_or_default(),
            version: annotation(VERSION).unwrap_or_default(),
            target: annotation(TO).unwrap_or_default(),
            previous: annotation(PREVIOUS),
        }
    }
}

/// The newest record of a promotion of this image to the target `to`.
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

/// The record of a promotion that was interrupted between writing the record and moving the tag: the newest record of
/// the target, whose previous image is the one that is still deployed.
pub(super) async fn interrupted(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
    to: &str,
    deployed: Option<&DeployedImage>,
) -> Result<Option<AttachedRecord>, Error> {
    let Some(record) = newest(client, repository, digest, to).await? else { return Ok(None) };
    if record.annotations.get(PREVIOUS).map(String::as_str)
        != deployed.map(|deployed| deployed.digest().as_str())
    {
        return Ok(None);
    }
    if let Some(deployed) = deployed {
        // A later promotion back to the deployed image has a newer record.
        let before = newest(client, repository, deployed.digest(), to).await?;
        let time = |content: &Content| content.annotations.get(CREATED).cloned();
        if before.is_some_and(|before| time(&before) >= time(&record)) {
            return Ok(None);
        }
    }
    let text = text_of(client, repository, &record).await?;
    Ok(text.map(|text| AttachedRecord::read(text, &record)))
}

/// The JSON of a record.
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

/// The deployed image as a record's `previous`.
pub(super) fn previous(deployed: &DeployedImage) -> Previous {
    Previous { digest: deployed.digest().clone(), version: deployed.version.as_ref().map(Version::to_string) }
}
