//! Answers that hardly change, in the user's cache directory.
//!
//! One file for each answer, named by the digest of its key, which may hold secrets. An answer that repeats a secret is not
//! kept. A file that cannot be read or written is as good as none: a
//! cache never makes a run fail.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::redact::Redactor;

/// A directory of answers.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    now: i64,
    max_age: i64,
    secrets: Redactor,
}

/// An answer that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// The answer.
    pub body: String,
    /// The `ETag` it came with.
    pub etag: Option<String>,
    /// The `Link` header it came with, which tells the next page.
    pub link: Option<String>,
    /// Whether it is young enough to be used without asking.
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
    /// The cache in a folder, which is made when it is first written to. `now` in seconds since 1970, `max_age` in
    /// seconds.
    #[must_use]
    pub fn new(folder: PathBuf, now: i64, max_age: i64) -> Self {
        Self { folder, now, max_age, secrets: Redactor::default() }
    }

    /// The same cache, which keeps no answer that holds one of these secrets.
    #[must_use]
    pub fn without(self, secrets: Redactor) -> Self {
        Self { secrets, ..self }
    }

    /// The moment that ages are counted to, in seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// What is kept under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Cached> {
        let stored: Stored = serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()?;
        // A clock that was set back must not make an answer last for ever.
        let is_fresh = (0..self.max_age).contains(&(self.now - stored.at));
        (stored.key == digest(key)).then_some(Cached {
            body: stored.body,
            etag: stored.etag,
            link: stored.link,
            is_fresh,
        })
    }

    /// What is kept under a key and young enough.
    #[must_use]
    pub fn fresh(&self, key: &str) -> Option<String> {
        self.get(key).filter(|cached| cached.is_fresh).map(|cached| cached.body)
    }

    /// Keeps an answer, unless it repeats a secret.
    pub fn put(&self, key: &str, body: &str, etag: Option<&str>, link: Option<&str>) {
        if [Some(body), etag, link].into_iter().flatten().any(|text| self.secrets.is_in(text)) {
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
        let folder = path.parent().unwrap_or(&self.folder);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            // Titles of private pull requests are nobody else's business.
            builder.mode(0o700);
        }
        builder.create(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(stored)?)?;
        file.persist(path).map(drop).map_err(|error| error.error)
    }

    fn path(&self, key: &str) -> PathBuf {
        let digest = digest(key);
        let (first, rest) = digest.split_at_checked(2).unwrap_or(("", &digest));
        self.folder.join(first).join(format!("{}.json", rest.get(..38).unwrap_or(rest)))
    }
}

fn digest(key: &str) -> String {
    format!("{:x}", Sha256::digest(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_kept_and_grow_old() {
        let folder = tempfile::tempdir().unwrap();
        let at = |now| Cache::new(folder.path().join("a/b"), now, 60);
        assert_eq!(at(0).get("k"), None);
        at(1_000).put("k", "one", Some("\"tag\""), None);
        assert_eq!(at(1_059).fresh("k").as_deref(), Some("one"));
        let old = at(1_060).get("k").unwrap();
        assert_eq!((old.is_fresh, old.etag.as_deref()), (false, Some("\"tag\"")));
        assert!(!at(999).get("k").unwrap().is_fresh, "kept in the future");
        at(2_000).put("k", "two", None, None);
        assert_eq!(at(2_000).fresh("k").as_deref(), Some("two"));
        assert_eq!(at(2_000).get("other"), None);
    }

    #[test]
    fn answer_that_repeats_a_secret_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Redactor::default();
        let cache = Cache::new(folder.path().to_owned(), 0, 60).without(secrets.clone());
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
    fn a_broken_file_is_no_answer() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned(), 0, 60);
        cache.put("k", "one", None, None);
        fs::write(cache.path("k"), "{").unwrap();
        assert_eq!(cache.get("k"), None);
        let nowhere = Cache::new(folder.path().join("file"), 0, 60);
        fs::write(folder.path().join("file"), "").unwrap();
        nowhere.put("k", "one", None, None);
        assert_eq!(nowhere.get("k"), None);
    }
}
