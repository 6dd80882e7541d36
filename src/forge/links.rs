//! The addresses of a repository's pages on its forge.

use crate::model::{ForgeKind, ObjectId, RepositoryInfo};

/// Makes the addresses of pages. Where the forge is unknown it gives none rather than a wrong one.
#[derive(Debug, Clone, Copy)]
pub struct Links<'r> {
    forge: ForgeKind,
    url: &'r str,
}

impl<'r> Links<'r> {
    /// The pages of a repository; `None` where its forge or address is not known.
    #[must_use]
    pub fn new(repository: &'r RepositoryInfo) -> Option<Self> {
        Some(Self { forge: repository.forge?, url: repository.url.as_deref()? })
    }

    /// The page of a commit.
    #[must_use]
    pub fn commit(&self, id: ObjectId) -> String {
        match self.forge {
            ForgeKind::GitLab => format!("{}/-/commit/{id}", self.url),
            ForgeKind::Bitbucket => format!("{}/commits/{id}", self.url),
            _ => format!("{}/commit/{id}", self.url),
        }
    }

    /// The page of a pull request.
    #[must_use]
    pub fn pull_request(&self, number: u64) -> String {
        match self.forge {
            ForgeKind::GitHub => format!("{}/pull/{number}", self.url),
            ForgeKind::GitLab => format!("{}/-/merge_requests/{number}", self.url),
            ForgeKind::Gitea => format!("{}/pulls/{number}", self.url),
            ForgeKind::Bitbucket => format!("{}/pull-requests/{number}", self.url),
            ForgeKind::Azure => format!("{}/pullrequest/{number}", self.url),
        }
    }

    /// The page of an issue of this repository, or of another on the same forge (`owner/name`); `None` where the forge
    /// keeps its issues elsewhere.
    #[must_use]
    pub fn issue(&self, number: u64, repository: Option<&str>) -> Option<String> {
        let page = match repository {
            None => self.url.to_owned(),
            Some(other) => {
                let (scheme, rest) = self.url.split_once("://")?;
                format!("{scheme}://{}/{other}", rest.split('/').next()?)
            }
        };
        match self.forge {
            ForgeKind::GitHub | ForgeKind::Gitea | ForgeKind::Bitbucket => {
                Some(format!("{page}/issues/{number}"))
            }
            ForgeKind::GitLab => Some(format!("{page}/-/issues/{number}")),
            ForgeKind::Azure => None,
        }
    }

    /// The page that compares two tags or commits, older first.
    #[must_use]
    pub fn compare(&self, base: &str, target: &str) -> String {
        let (base, target) = (escaped(base, "/@"), escaped(target, "/@"));
        match self.forge {
            ForgeKind::GitHub | ForgeKind::Gitea => format!("{}/compare/{base}...{target}", self.url),
            ForgeKind::GitLab => format!("{}/-/compare/{base}...{target}", self.url),
            ForgeKind::Bitbucket => format!("{}/branches/compare/{target}%0D{base}", self.url),
            ForgeKind::Azure => {
                let version = |name: &str| {
                    let is_commit = name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
                    format!("{}{name}", if is_commit { "GC" } else { "GT" })
                };
                format!(
                    "{}/branchCompare?baseVersion={}&targetVersion={}",
                    self.url,
                    version(&base),
                    version(&target)
                )
            }
        }
    }
}

/// A name as part of an address: everything but letters, digits, `-._~` and what is kept as `%XX`.
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

    #[test]
    fn pages() {
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
