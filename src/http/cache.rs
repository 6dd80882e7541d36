//! Caches responses that rarely change, in the user's cache directory.
//!
//! One file per response, named by the digest of its key, because a key may contain secrets. A response that contains a
//! secret is not stored. Errors in reading or writing are ignored: the cache never makes a run fail.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::redact::Redactor;

/// A directory of cached responses.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
    now: i64,
    max_age: i64,
    secrets: Redactor,
}

/// A cached response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CachedResponse {
    /// The response body.
    pub body: String,
    /// Its `ETag` header.
    pub etag: Option<String>,
    /// Its `Link` header, which contains the next page.
    pub link: Option<String>,
    /// Whether it can be used without revalidation.
    pub is_fresh: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    /// The digest of the key.
    key: String,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    body: String,
}

impl Cache {
    /// The cache in a directory, which is created on the first write. `now` is in seconds since 1970, `max_age` in
    /// seconds.
    #[must_use]
    pub fn new(directory: PathBuf, now: i64, max_age: i64) -> Self {
        Self { directory, now, max_age, secrets: Redactor::default() }
    }

    /// The same cache, which does not store responses that contain one of these secrets.
    #[must_use]
    pub fn excluding(self, secrets: Redactor) -> Self {
        Self { secrets, ..self }
    }

    /// The time at which ages are computed, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The response with this key, fresh or stale.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<CachedResponse> {
        let stored: Stored = serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()?;
        // After the clock is set back, a response must not stay fresh forever.
        let is_fresh = (0..self.max_age).contains(&(self.now - stored.at));
        (stored.key == digest(key)).then_some(CachedResponse {
            body: stored.body,
            etag: stored.etag,
            link: stored.link,
            is_fresh,
        })
    }

    /// The body of the response with this key, if it is fresh.
    #[must_use]
    pub fn fresh(&self, key: &str) -> Option<String> {
        self.get(key).filter(|cached| cached.is_fresh).map(|cached| cached.body)
    }

    /// Stores a response, unless it contains a secret.
    pub fn put(&self, key: &str, body: &str, etag: Option<&str>, link: Option<&str>) {
        if [Some(body), etag, link].into_iter().flatten().any(|text| self.secrets.matches(text)) {
            return;
        }
        let stored = Stored {
            key: digest(key),
            at: self.now,
            etag: etag.map(str::to_owned),
            link: link.map(str::to_owned),
            body: body.to_owned(),
        };
        drop(self.write(&self.path(key), &stored));
    }

    fn write(&self, path: &Path, stored: &Stored) -> std::io::Result<()> {
        let directory = path.parent().unwrap_or(&self.directory);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            // Responses may contain titles of private pull requests.
            builder.mode(0o700);
        }
        builder.create(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&serde_json::to_vec(stored)?)?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }

    fn path(&self, key: &str) -> PathBuf {
        let digest = digest(key);
        let (first, rest) = digest.split_at_checked(2).unwrap_or(("", &digest));
        self.directory.join(first).join(format!("{}.json", rest.get(..38).unwrap_or(rest)))
    }
}

fn digest(key: &str) -> String {
    format!("{:x}", Sha256::digest(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_are_stored_and_become_stale() {
        let directory = tempfile::tempdir().unwrap();
        let at = |now| Cache::new(directory.path().join("a/b"), now, 60);
        assert_eq!(at(0).get("k"), None);
        at(1_000).put("k", "one", Some("\"tag\""), None);
        assert_eq!(at(1_059).fresh("k").as_deref(), Some("one"));
        let stale = at(1_060).get("k").unwrap();
        assert_eq!((stale.is_fresh, stale.etag.as_deref()), (false, Some("\"tag\"")));
        assert!(!at(999).get("k").unwrap().is_fresh, "stored in the future");
        at(2_000).put("k", "two", None, None);
        assert_eq!(at(2_000).fresh("k").as_deref(), Some("two"));
        assert_eq!(at(2_000).get("other"), None);
    }

    #[test]
    fn response_with_a_secret_is_not_stored() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = Redactor::default();
        let cache = Cache::new(directory.path().to_owned(), 0, 60).excluding(secrets.clone());
        secrets.add("TOKEN", "hidden-value");
        cache.put("GET https://a/?token=hidden-value", "one", None, None);
        assert_eq!(cache.fresh("GET https://a/?token=hidden-value").as_deref(), Some("one"));
        let file = fs::read_to_string(cache.path("GET https://a/?token=hidden-value")).unwrap();
        assert!(!file.contains("hidden"), "{file}");
        for (body, etag, link) in [
            ("{\"a\":\"aGlkZGVuLXZhbHVl\"}", None, None),
            ("", Some("\"hidden%2Dvalue\""), None),
            ("", None, Some("<https://a/?t=HIDDEN-VALUE>")),
        ] {
            cache.put("k", body, etag, link);
            assert_eq!(cache.get("k"), None, "{body} {etag:?} {link:?}");
        }
    }

    #[test]
    fn broken_file_is_ignored() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::new(directory.path().to_owned(), 0, 60);
        cache.put("k", "one", None, None);
        fs::write(cache.path("k"), "{").unwrap();
        assert_eq!(cache.get("k"), None);
        let nowhere = Cache::new(directory.path().join("file"), 0, 60);
        fs::write(directory.path().join("file"), "").unwrap();
        nowhere.put("k", "one", None, None);
        assert_eq!(nowhere.get("k"), None);
    }
}
