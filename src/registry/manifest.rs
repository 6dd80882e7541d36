//! Parses and builds manifests and indexes (OCI image specification 1.1; Docker's schema 2 has the same fields).

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Digest, Error};

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// Docker's media type of a manifest.
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker's media type of an index.
const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// The media type of an empty config blob, for artifacts that are not images.
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// The media types to accept.
pub(super) const ACCEPTED: [&str; 4] = [MANIFEST, INDEX, DOCKER_MANIFEST, DOCKER_INDEX];

/// Annotation values by key.
pub type Annotations = BTreeMap<String, String>;

/// A reference to content (OCI image specification, "Content Descriptors").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The media type of the content.
    pub media_type: String,
    /// The digest of the content.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// The type of artifact, if it is the descriptor of a manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Its annotations.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_null")]
    pub annotations: Annotations,
}

/// The bytes of a manifest or an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its bytes.
    pub bytes: Bytes,
    /// Its media type.
    pub media_type: String,
    /// The digest of the bytes.
    pub digest: Digest,
}

/// The fields of a manifest or an index that tidings uses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Content {
    /// Always 2.
    pub schema_version: u32,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The type of artifact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The config blob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Descriptor>,
    /// The layers of a manifest.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub layers: Vec<Descriptor>,
    /// The manifests of an index.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub manifests: Vec<Descriptor>,
    /// The manifest that this one refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Its annotations.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_null")]
    pub annotations: Annotations,
}

/// Some builders write `null` for an empty list.
fn or_null<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Content {
    /// Parses a manifest or an index.
    ///
    /// # Errors
    /// If it is not a valid one.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        // serde would accept an array with the fields in order.
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err("it is not a JSON object".to_owned());
        }
        serde_json::from_slice(text).map_err(|error| error.to_string())
    }
}

impl Manifest {
    /// A manifest of these bytes.
    #[must_use]
    pub fn new(bytes: Bytes, media_type: String) -> Self {
        let digest = Digest::of(&bytes);
        Self { bytes, media_type, digest }
    }

    /// A manifest with this content.
    ///
    /// # Errors
    /// If serialization fails, which does not happen for valid content.
    pub fn of(content: &Content, media_type: &str) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(content).map_err(|error| Error::Malformed {
            what: "a manifest".to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Self::new(bytes.into(), media_type.to_owned()))
    }

    /// The parsed content.
    ///
    /// # Errors
    /// If it is not a valid manifest.
    pub fn content(&self) -> Result<Content, Error> {
        let what = || format!("the manifest {}", self.digest);
        Content::parse(&self.bytes).map_err(|problem| Error::Malformed { what: what(), problem })
    }

    /// Whether it is an index of other manifests.
    #[must_use]
    pub fn is_index(&self) -> bool {
        matches!(&*self.media_type, INDEX | DOCKER_INDEX)
    }

    /// The descriptor of this manifest.
    #[must_use]
    pub fn descriptor(&self) -> Descriptor {
        Descriptor {
            media_type: self.media_type.clone(),
            digest: self.digest.clone(),
            size: self.bytes.len() as u64,
            artifact_type: None,
            annotations: Annotations::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifest_is_parsed() {
        let text = r#"{"schemaVersion":2,"mediaType":"x","layers":null,"odd":[1],"config":{"mediaType":"c","size":2,
            "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","platform":{"os":"linux"}}}"#;
        let manifest = Manifest::new(Bytes::from_static(text.as_bytes()), MANIFEST.to_owned());
        let content = manifest.content().unwrap();
        assert_eq!(content.config.unwrap().digest, Digest::of(b"{}"));
        assert!(content.layers.is_empty() && !manifest.is_index());
        assert_eq!(manifest.descriptor().size, text.len() as u64);
    }

    #[test]
    fn invalid_manifest_is_an_error() {
        for text in
            ["", "[]", "{\"layers\":[{}]}", "{\"config\":{\"digest\":\"sha256:0\",\"size\":-1}}", "<html>"]
        {
            let manifest = Manifest::new(Bytes::from(text), MANIFEST.to_owned());
            let error = manifest.content().unwrap_err();
            assert!(matches!(error, Error::Malformed { .. }), "{text}");
        }
    }
}
