//! Builds URLs of a repository's pages on its forge.

use super::profile_fields::{Compare, Pages};
use crate::model::{ObjectId, RepositoryInfo};

/// Builds the URLs of a repository's pages.
#[derive(Debug, Clone, Copy)]
pub struct Links<'r> {
    pages: &'static Pages,
    url: &'r str,
}

impl<'r> Links<'r> {
    /// The links of a repository; `None` if its forge or URL is unknown.
    #[must_use]
    pub fn new(repository: &'r RepositoryInfo) -> Option<Self> {
        Some(Self { pages: &repository.forge?.profile().pages, url: repository.url.as_deref()? })
    }

    /// The URL of a commit.
    #[must_use]
    pub fn commit(&self, id: ObjectId) -> String {
        format!("{}{}{id}", self.url, self.pages.commit)
    }

    /// The URL of a pull request.
    #[must_use]
    pub fn pull_request(&self, number: u64) -> String {
        format!("{}{}{number}", self.url, self.pages.pull_request)
    }

    /// The URL of an issue of this repository, or of another on the same forge (`owner/name`); `None` if the forge's
    /// issues are not in the repository.
    #[must_use]
    pub fn issue(&self, number: u64, repository: Option<&str>) -> Option<String> {
        let path = self.pages.issue?;
        match repository {
            None => Some(format!("{}{path}{number}", self.url)),
            Some(other) => {
                let (scheme, rest) = self.url.split_once("://")?;
                Some(format!("{scheme}://{}/{other}{path}{number}", rest.split('/').next()?))
            }
        }
    }

    /// The URL of the page that compares two tags or commits, older first.
    #[must_use]
    pub fn compare(&self, base: &str, target: &str) -> String {
        let (base, target) = (escaped(base, "/@"), escaped(target, "/@"));
        match self.pages.compare {
            Compare::Dots(path) => format!("{}{path}{base}...{target}", self.url),
            Compare::NewestFirst(path) => format!("{}{path}{target}%0D{base}", self.url),
            Compare::Versions(path) => {
                let version = |name: &str| {
                    let is_commit = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                    format!("{}{name}", if is_commit { "GC" } else { "GT" })
                };
                format!(
                    "{}{path}?baseVersion={}&targetVersion={}",
                    self.url,
                    version(&base),
                    version(&target)
                )
            }
        }
    }
}

/// Percent-encodes a name for a URL: all bytes except letters, digits, `-._~` and those in `kept`.
pub(super) fn escaped(name: &str, kept: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.as_bytes().contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ForgeKind;

    #[test]
    fn urls_of_pages() {
        let info = |forge| RepositoryInfo {
            forge: Some(forge),
            owner: None,
            name: None,
            url: Some("https://host/o/r".to_owned()),
        };
        let compare = |forge| Links::new(&info(forge)).unwrap().compare("pkg@1.0.0", "v1 [x](y)");
        assert_eq!(compare(ForgeKind::GitHub), "https://host/o/r/compare/pkg@1.0.0...v1%20%5Bx%5D%28y%29");
        assert_eq!(compare(ForgeKind::GitLab), "https://host/o/r/-/compare/pkg@1.0.0...v1%20%5Bx%5D%28y%29");
        assert!(Links::new(&RepositoryInfo::default()).is_none());
        let other = Links::new(&info(ForgeKind::GitHub)).unwrap().issue(7, Some("a/b"));
        assert_eq!(other.as_deref(), Some("https://host/a/b/issues/7"));
    }
}
