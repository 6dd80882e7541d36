//! Reads the records of past promotions.

use serde::Deserialize;

use crate::registry::{Client, Digest, Error, Repository};

use super::record::{newest, text_of};

/// A promotion as its record has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PastPromotion {
    /// The time, RFC 3339.
    pub when: String,
    /// The user, if known.
    pub who: Option<String>,
    /// The version.
    pub version: String,
    /// The image; with several, the first one.
    #[serde(flatten)]
    image: PromotedImage,
    /// All images, if there are several.
    #[serde(default)]
    images: Vec<PromotedImage>,
}

/// An image of a past promotion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PromotedImage {
    /// Its component, if the environment has several images.
    pub component: Option<String>,
    /// Its digest.
    pub digest: String,
    /// The target.
    pub to: PastLocation,
    /// The image that was deployed before; `None` for the first deployment.
    pub previous: Option<PastImage>,
}

/// The target of a past promotion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PastLocation {
    /// The environment's name, if it is one.
    pub environment: Option<String>,
    /// The image repository.
    pub image: String,
}

/// The image that was deployed before a past promotion.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PastImage {
    /// Its digest.
    pub digest: String,
    /// Its version, if it could be determined.
    pub version: Option<String>,
}

impl PastPromotion {
    /// Parses a record.
    ///
    /// # Errors
    /// If it is not the record of a promotion.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }

    /// The images; never empty.
    #[must_use]
    pub fn images(&self) -> &[PromotedImage] {
        if self.images.is_empty() { std::slice::from_ref(&self.image) } else { &self.images }
    }

    /// The environment that the images were promoted to, if it is one.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.image.to.environment.as_deref()
    }
}

/// The newest promotion of an image to a target, a repository with a tag; `None` if it has no readable record.
///
/// # Errors
/// If a request fails.
pub async fn newest_record(
    client: &Client,
    repository: &Repository,
    digest: &Digest,
    target: &str,
) -> Result<Option<PastPromotion>, Error> {
    let Some(record) = newest(client, repository, digest, target).await? else { return Ok(None) };
    let text = text_of(client, repository, &record).await?;
    Ok(text.and_then(|text| PastPromotion::parse(&text).ok()))
}
