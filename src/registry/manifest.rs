//! Manifests and indexes (OCI image specification 1.1; Docker's schema 2 has the same fields).

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Digest, Error};

/// The media type of a manifest.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of an index.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// Docker's name of a manifest.
const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// Docker's name of an index.
const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
/// The media type of the configuration of what is no image.
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// What a registry is told that we can read.
pub(super) const ACCEPTED: [&str; 4] = [MANIFEST, INDEX, DOCKER_MANIFEST, DOCKER_INDEX];

/// Texts by their keys.
pub type Annotations = BTreeMap<String, String>;

/// What stands for content in a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// What it is called.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// What kind of artifact a manifest is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// Texts about it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_null")]
    pub annotations: Annotations,
}

/// A manifest or an index as it is: its bytes are what its digest is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Its bytes.
    pub bytes: Bytes,
    /// What it is.
    pub media_type: String,
    /// The digest of the bytes.
    pub digest: Digest,
}

/// What a manifest or an index says, as far as it is needed here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Content {
    /// Always 2.
    pub schema_version: u32,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// What kind of artifact it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// The configuration of an image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Descriptor>,
    /// What a manifest is made of.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub layers: Vec<Descriptor>,
    /// What an index is made of.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "or_null")]
    pub manifests: Vec<Descriptor>,
    /// What it refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Descriptor>,
    /// Texts about it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "or_null")]
    pub annotations: Annotations,
}

/// Some builders write `null` for an empty list.
fn or_null<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

impl Content {
    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// In words, when it is none.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        // A list would be read as the fields in their order.
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err("it is no JSON object".to_owned());
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

    /// A manifest that says this.
    ///
    /// # Errors
    /// Never for what is made here.
    pub fn of(content: &Content, media_type: &str) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(content).map_err(|error| Error::Malformed {
            what: "a manifest".to_owned(),
            problem: error.to_string(),
        })?;
        Ok(Self::new(bytes.into(), media_type.to_owned()))
    }

    /// What it says.
    ///
    /// # Errors
    /// When it is no manifest.
    pub fn content(&self) -> Result<Content, Error> {
        let what = || format!("the manifest {}", self.digest);
        Content::read(&self.bytes).map_err(|problem| Error::Malformed { what: what(), problem })
    }

    /// Whether it is an index of other manifests.
    #[must_use]
    pub fn is_index(&self) -> bool {
        matches!(&*self.media_type, INDEX | DOCKER_INDEX)
    }

    /// What stands for it.
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
    fn a_manifest_is_what_its_bytes_are() {
        let text = r#"{"schemaVersion":2,"mediaType":"x","layers":null,"odd":[1],"config":{"mediaType":"c","size":2,
            "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","platform":{"os":"linux"}}}"#;
        let manifest = Manifest::new(Bytes::from_static(text.as_bytes()), MANIFEST.to_owned());
        let content = manifest.content().unwrap();
        assert_eq!(content.config.unwrap().digest, Digest::of(b"{}"));
        assert!(content.layers.is_empty() && !manifest.is_index());
        assert_eq!(manifest.descriptor().size, text.len() as u64);
    }

    #[test]
    fn what_is_no_manifest_is_told() {
        for text in
            ["", "[]", "{\"layers\":[{}]}", "{\"config\":{\"digest\":\"sha256:0\",\"size\":-1}}", "<html>"]
        {
            let manifest = Manifest::new(Bytes::from(text), MANIFEST.to_owned());
            let error = manifest.content().unwrap_err();
            assert!(matches!(error, Error::Malformed { .. }), "{text}");
        }
    }
}
