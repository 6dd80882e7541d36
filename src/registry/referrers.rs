//! Reads and updates the referrers of an image: signatures, SBOMs, notes.
//!
//! A registry that implements the specification 1.1 maintains the list itself. Otherwise the list is an index under the
//! tag `sha256-…`, which every client rewrites as a whole. Concurrent writers can overwrite each other, and no registry
//! supports conditional writes: so the index is read again after any writer that read the old index must have finished,
//! and written again if the entries are gone. Other entries keep all of their fields.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Client, Content, Descriptor, Digest, Error, Manifest, Repository, manifest::INDEX};

/// Maximum number of attempts to write an index that others overwrite.
const ATTEMPTS: u32 = 12;
/// The shortest and the longest delay before a written index is read again.
const DELAYS: (Duration, Duration) = (Duration::from_millis(80), Duration::from_secs(2));

/// The referrers of an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Referrers {
    /// The manifests that refer to it, in the registry's order.
    pub all: Vec<Descriptor>,
    /// Whether the registry maintains the list; otherwise it is an index under a tag.
    pub from_api: bool,
}

impl Client {
    /// The referrers of a digest; empty if there is no such image.
    ///
    /// # Errors
    /// If a request fails.
    pub async fn referrers(&self, repository: &Repository, digest: &Digest) -> Result<Referrers, Error> {
        let url = self.url(repository, &format!("referrers/{digest}")).await?;
        let what = format!("read the referrers of `{}`", repository.image(digest.as_str()));
        let mut all = Vec::new();
        let mut is_list = true;
        let pages = self.pages(repository, url, what.clone(), |body| {
            let Ok(content) = Content::parse(body) else {
                // The page of a web server without this endpoint.
                is_list = false;
                return Ok(0);
            };
            let count = content.manifests.len();
            all.extend(content.manifests);
            Ok(count)
        });
        match pages.await? {
            Ok(_) if is_list => Ok(Referrers { all, from_api: true }),
            Err(response) if !matches!(response.status().as_u16(), 400 | 404 | 405 | 501) => {
                Err(Error::Refused {
                    what,
                    status: response.status().as_u16(),
                    detail: super::call::error_message(response.body()),
                })
            }
            Ok(_) | Err(_) => {
                let index = self.manifest(repository, &digest.referrers_tag()).await?;
                let all =
                    index.map_or(Ok(Vec::new()), |index| index.content().map(|content| content.manifests))?;
                Ok(Referrers { all, from_api: false })
            }
        }
    }

    /// Adds referrers to the index under a digest's tag and removes others, for a registry without a referrers API.
    ///
    /// # Errors
    /// If a request fails, or concurrent writers keep overwriting the index.
    pub async fn update_referrers_index(
        &self,
        repository: &Repository,
        subject: &Digest,
        add: &[Descriptor],
        remove: &[Digest],
    ) -> Result<(), Error> {
        let tag = subject.referrers_tag();
        for attempt in 0..ATTEMPTS {
            let started = Instant::now();
            let current = self.manifest(repository, &tag).await?;
            let Some(next) = edited(current.as_ref(), add, remove)? else { return Ok(()) };
            self.put_manifest(repository, &tag, &next).await?;
            // A writer that read the index before this write finishes within about the time that this one took.
            let pause = started.elapsed().clamp(DELAYS.0, DELAYS.1) + jitter(add, attempt);
            let mut is_there = true;
            for times in [1, 3] {
                tokio::time::sleep(pause * times).await;
                let stored = self.manifest(repository, &tag).await?;
                is_there = edited(stored.as_ref(), add, remove)?.is_none();
                if !is_there {
                    break;
                }
            }
            if is_there {
                return Ok(());
            }
        }
        Err(Error::Contended { image: repository.image(subject.as_str()) })
    }
}

/// A small delay that differs between concurrent writers, so that they do not stay in step.
fn jitter(add: &[Descriptor], attempt: u32) -> Duration {
    let digits = add.first().and_then(|first| first.digest.as_str().get(7..)).unwrap_or_default();
    let own = digits.bytes().skip(attempt as usize).take(4).fold(0u64, |sum, byte| sum * 7 + u64::from(byte));
    Duration::from_millis(own % 97)
}

/// The index with some referrers added and others removed; `None` if nothing changes.
fn edited(
    current: Option<&Manifest>,
    add: &[Descriptor],
    remove: &[Digest],
) -> Result<Option<Manifest>, Error> {
    let malformed = |problem: String| Error::Malformed { what: "the referrers index".to_owned(), problem };
    let mut index: Value = match current {
        None => json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }),
        Some(manifest) => {
            serde_json::from_slice(&manifest.bytes).map_err(|error| malformed(error.to_string()))?
        }
    };
    if current.is_some_and(|manifest| manifest.media_type != INDEX) {
        return Err(malformed("it is not an OCI index: the tag is used for something else".to_owned()));
    }
    let manifests = index.as_object_mut().map(|index| index.entry("manifests").or_insert_with(|| json!([])));
    let Some(manifests) = manifests else { return Err(malformed("it is not a JSON object".to_owned())) };
    if manifests.is_null() {
        *manifests = json!([]);
    }
    let list = manifests.as_array_mut().ok_or_else(|| malformed("`manifests` is not an array".to_owned()))?;
    let has_digest =
        |entry: &Value, digest: &Digest| entry.get("digest").and_then(Value::as_str) == Some(digest.as_str());
    let before = list.len();
    list.retain(|entry| !remove.iter().any(|digest| has_digest(entry, digest)));
    let mut is_new = list.len() != before;
    for descriptor in add {
        if !list.iter().any(|entry| has_digest(entry, &descriptor.digest)) {
            list.push(serde_json::to_value(descriptor).map_err(|error| malformed(error.to_string()))?);
            is_new = true;
        }
    }
    if !is_new {
        return Ok(None);
    }
    let bytes = serde_json::to_vec(&index).map_err(|error| malformed(error.to_string()))?;
    Ok(Some(Manifest::new(Bytes::from(bytes), INDEX.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor(text: &str) -> Descriptor {
        Manifest::new(Bytes::from(text.to_owned()), "m".to_owned()).descriptor()
    }

    #[test]
    fn other_entries_are_unchanged() {
        let other = json!({ "mediaType": "x", "digest": "sha256:odd", "size": 1, "data": "e30=", "own": { "b": 1, "a": [2] } });
        let text =
            json!({ "schemaVersion": 2, "annotations": { "k": "v" }, "manifests": [other] }).to_string();
        let list = Manifest::new(text.into(), INDEX.to_owned());
        let (old, new) = (descriptor("old"), descriptor("new"));
        let with_old = edited(Some(&list), std::slice::from_ref(&old), &[]).unwrap().unwrap();
        let with_new = edited(Some(&with_old), std::slice::from_ref(&new), &[old.digest]).unwrap().unwrap();
        let value: Value = serde_json::from_slice(&with_new.bytes).unwrap();
        assert_eq!(value["annotations"]["k"], "v");
        assert_eq!(value["manifests"], json!([other, new]));
        assert_eq!(edited(Some(&with_new), &[new], &[]).unwrap(), None);
    }

    #[test]
    fn invalid_index_is_not_overwritten() {
        for (text, media_type) in
            [("{}", "application/x"), ("[]", INDEX), ("{\"manifests\":1}", INDEX), ("x", INDEX)]
        {
            let odd = Manifest::new(text.into(), media_type.to_owned());
            assert!(edited(Some(&odd), &[descriptor("a")], &[]).is_err(), "{text}");
        }
        let none = Manifest::new("{\"manifests\":null}".into(), INDEX.to_owned());
        assert!(edited(Some(&none), &[descriptor("a")], &[]).unwrap().is_some());
    }
}
