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

    /// The URL of the page of a version, given by its tag.
    #[must_use]
    pub fn version(&self, tag: &str) -> String {
        format!("{}{}{}", self.url, self.pages.version, escaped(tag, "/@"))
    }

    /// The URL of the page that compares two revisions, older first.
    #[must_use]
    pub fn compare(&self, base: LinkedRevision<'_>, target: LinkedRevision<'_>) -> String {
        match self.pages.compare {
            Compare::Dots(path) => format!("{}{path}{}...{}", self.url, base.name(), target.name()),
            Compare::NewestFirst(path) => format!("{}{path}{}%0D{}", self.url, target.name(), base.name()),
            Compare::Versions(path) => {
                let (base, target) = (base.typed_name(), target.typed_name());
                format!("{}{path}?baseVersion={base}&targetVersion={target}", self.url)
            }
        }
    }
}

/// One end of a comparison page. A tag and a commit are distinct: a tag may have the name of a commit, and Azure's
/// addresses name the kind.
#[derive(Debug, Clone, Copy)]
pub enum LinkedRevision<'r> {
    /// A tag, which may not exist yet.
    Tag(&'r str),
    /// A commit.
    Commit(ObjectId),
}

impl LinkedRevision<'_> {
    /// The tag, or the first 12 digits of the commit ID, which all forges but Azure accept.
    fn name(self) -> String {
        match self {
            Self::Tag(name) => escaped(name, "/@"),
            Self::Commit(id) => id.to_string().chars().take(12).collect(),
        }
    }

    /// The name with Azure's prefix for its kind: `GT` for a tag, `GC` for a commit, which needs all digits.
    fn typed_name(self) -> String {
        match self {
            Self::Tag(name) => format!("GT{}", escaped(name, "/@")),
            Self::Commit(id) => format!("GC{id}"),
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
        let (old, new) = (LinkedRevision::Tag("pkg@1.0.0"), LinkedRevision::Tag("v1 [x](y)"));
        let compare = |forge| Links::new(&info(forge)).unwrap().compare(old, new);
        assert_eq!(compare(ForgeKind::GitHub), "https://host/o/r/compare/pkg@1.0.0...v1%20%5Bx%5D%28y%29");
        assert_eq!(compare(ForgeKind::GitLab), "https://host/o/r/-/compare/pkg@1.0.0...v1%20%5Bx%5D%28y%29");
        let version = |forge| Links::new(&info(forge)).unwrap().version("v1.0.0");
        assert_eq!(version(ForgeKind::GitHub), "https://host/o/r/releases/tag/v1.0.0");
        assert_eq!(version(ForgeKind::GitLab), "https://host/o/r/-/tags/v1.0.0");
        assert_eq!(version(ForgeKind::Azure), "https://host/o/r?version=GTv1.0.0");
        assert!(Links::new(&RepositoryInfo::default()).is_none());
        let other = Links::new(&info(ForgeKind::GitHub)).unwrap().issue(7, Some("a/b"));
        assert_eq!(other.as_deref(), Some("https://host/a/b/issues/7"));
    }

    #[test]
    fn comparison_with_a_commit_is_in_the_form_of_each_forge() {
        let commit = LinkedRevision::Commit(ObjectId::from_bytes([0xab; 20]));
        let full = "ab".repeat(20);
        let compare = |forge, base, target| {
            let url = Some("https://host/o/r".to_owned());
            let info = RepositoryInfo { forge: Some(forge), owner: None, name: None, url };
            Links::new(&info).unwrap().compare(base, target)
        };
        let tag = LinkedRevision::Tag("rel/v1");
        for (forge, expected) in [
            (ForgeKind::GitHub, "https://host/o/r/compare/rel/v1...abababababab".to_owned()),
            (ForgeKind::GitLab, "https://host/o/r/-/compare/rel/v1...abababababab".to_owned()),
            (ForgeKind::Gitea, "https://host/o/r/compare/rel/v1...abababababab".to_owned()),
            (ForgeKind::Bitbucket, "https://host/o/r/branches/compare/abababababab%0Drel/v1".to_owned()),
            (
                ForgeKind::Azure,
                format!("https://host/o/r/branchCompare?baseVersion=GTrel/v1&targetVersion=GC{full}"),
            ),
        ] {
            assert_eq!(compare(forge, tag, commit), expected);
        }
        // A tag may look like a commit ID.
        let azure = compare(ForgeKind::Azure, commit, LinkedRevision::Tag(&full));
        assert!(azure.ends_with(&format!("baseVersion=GC{full}&targetVersion=GT{full}")), "{azure}");
    }
}
