//! What refers to an image: signatures, bills of materials, notes.
//!
//! A registry of the specification 1.1 keeps the list itself. Where it does not, the list is an index under the tag
//! `sha256-…`, which whoever adds to it writes as a whole. Two who do that at once can overwrite one another, and no
//! registry offers a comparison at the moment of writing: so what was written is looked at again, later than
//! anyone who read the old list would write, and written again where it was lost. Entries of others stay as they are, field by field.

use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Client, Content, Descriptor, Digest, Error, Manifest, Repository, manifest::INDEX};

/// How often a list that others overwrite is written.
const TRIES: u32 = 12;
/// The shortest and the longest time until what was written is looked at again.
const LOOKS: (Duration, Duration) = (Duration::from_millis(80), Duration::from_secs(2));

/// What refers to an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Referrers {
    /// The manifests that do, in the registry's order.
    pub all: Vec<Descriptor>,
    /// Whether the registry keeps the list; else it stands under a tag.
    pub is_kept: bool,
}

impl Client {
    /// What refers to a digest; nothing where there is no such image.
    ///
    /// # Errors
    /// When the registry cannot be asked.
    pub async fn referrers(&self, repository: &Repository, digest: &Digest) -> Result<Referrers, Error> {
        let url = self.url(repository, &format!("referrers/{digest}")).await?;
        let what = format!("read what refers to `{}`", repository.image(digest.as_str()));
        let mut all = Vec::new();
        let mut is_list = true;
        let pages = self.pages(repository, url, what.clone(), |body| {
            let Ok(content) = Content::read(body) else {
                // A page of a web server that knows no such address.
                is_list = false;
                return Ok(0);
            };
            let count = content.manifests.len();
            all.extend(content.manifests);
            Ok(count)
        });
        match pages.await? {
            Ok(()) if is_list => Ok(Referrers { all, is_kept: true }),
            Err(response) if !matches!(response.status().as_u16(), 400 | 404 | 405 | 501) => {
                Err(Error::Refused {
                    what,
                    status: response.status().as_u16(),
                    said: super::call::said(response.body()),
                })
            }
            Ok(()) | Err(_) => {
                let index = self.manifest(repository, &digest.referrers_tag()).await?;
                let all =
                    index.map_or(Ok(Vec::new()), |index| index.content().map(|content| content.manifests))?;
                Ok(Referrers { all, is_kept: false })
            }
        }
    }

    /// Puts manifests that refer to a digest on the list under its tag and takes others off it, for a registry that
    /// keeps no list.
    ///
    /// # Errors
    /// When the registry cannot be asked or told, or others keep overwriting the list.
    pub async fn list_referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
        add: &[Descriptor],
        remove: &[Digest],
    ) -> Result<(), Error> {
        let tag = subject.referrers_tag();
        for attempt in 0..TRIES {
            let begun = Instant::now();
            let current = self.manifest(repository, &tag).await?;
            let Some(next) = edited(current.as_ref(), add, remove)? else { return Ok(()) };
            self.put_manifest(repository, &tag, &next).await?;
            // Whoever read the list before this was written will have written theirs after about as long as we took.
            let pause = begun.elapsed().clamp(LOOKS.0, LOOKS.1) + uneven(add, attempt);
            let mut is_there = true;
            for times in [1, 3] {
                tokio::time::sleep(pause * times).await;
                let found = self.manifest(repository, &tag).await?;
                is_there = edited(found.as_ref(), add, remove)?.is_none();
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

/// A little that differs between two who write at once, so that they do not stay in step.
fn uneven(add: &[Descriptor], attempt: u32) -> Duration {
    let digits = add.first().and_then(|first| first.digest.as_str().get(7..)).unwrap_or_default();
    let own = digits.bytes().skip(attempt as usize).take(4).fold(0u64, |sum, byte| sum * 7 + u64::from(byte));
    Duration::from_millis(own % 97)
}

/// The list with these on it and those off it; `None` where it is so already.
fn edited(
    current: Option<&Manifest>,
    add: &[Descriptor],
    remove: &[Digest],
) -> Result<Option<Manifest>, Error> {
    let malformed = |problem: String| Error::Malformed {
        what: "the list of referrers under its tag".to_owned(),
        problem,
    };
    let mut index: Value = match current {
        None => json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }),
        Some(manifest) => {
            serde_json::from_slice(&manifest.bytes).map_err(|error| malformed(error.to_string()))?
        }
    };
    if current.is_some_and(|manifest| manifest.media_type != INDEX) {
        return Err(malformed(
            "it is no OCI index, so that somebody uses this tag for something else".to_owned(),
        ));
    }
    let manifests = index.as_object_mut().map(|index| index.entry("manifests").or_insert_with(|| json!([])));
    let Some(manifests) = manifests else { return Err(malformed("it is no object".to_owned())) };
    if manifests.is_null() {
        *manifests = json!([]);
    }
    let list = manifests.as_array_mut().ok_or_else(|| malformed("its manifests are no list".to_owned()))?;
    let named =
        |entry: &Value, digest: &Digest| entry.get("digest").and_then(Value::as_str) == Some(digest.as_str());
    let before = list.len();
    list.retain(|entry| !remove.iter().any(|digest| named(entry, digest)));
    let mut is_new = list.len() != before;
    for descriptor in add {
        if !list.iter().any(|entry| named(entry, &descriptor.digest)) {
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
    fn entries_of_others_stay_as_they_are() {
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
    fn what_is_no_list_is_left_alone() {
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
