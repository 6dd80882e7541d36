//! Where a configuration may have us write.
//!
//! A path inside the work tree may still be a program: a workflow, a hook, a `Makefile`. What a stranger's configuration names,
//! with a header of their choice, is written only where a document would be.

use std::{ffi::OsStr, path::Path};

/// What is written to a path that a configuration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// A changelog.
    Changelog,
    /// A mail.
    Mail,
}

/// Extensions of documents in a markup.
const MARKUP: &[&str] =
    &["md", "markdown", "mdown", "mkd", "mdx", "rst", "adoc", "asciidoc", "asc", "textile", "rdoc", "org"];
const MAIL: &[&str] = &["eml", "mail", "msg", "mbox"];
/// What the names of changelogs begin with that have no such extension: `CHANGES`, `debian/changelog`, `NEWS.txt`.
const NAMES: &[&str] =
    &["change", "history", "news", "release-notes", "release_notes", "releasenotes", "releases", "whatsnew"];

impl Document {
    /// Whether it may be written to this path, relative to the work tree and without links.
    pub(super) fn accepts(self, path: &Path) -> bool {
        let is_hidden = |name: &OsStr| name.as_encoded_bytes().starts_with(b".") && name != "..";
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_lowercase()) else {
            return false;
        };
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let is_named = || NAMES.iter().any(|begin| name.starts_with(begin));
        !path.iter().any(is_hidden)
            && match (self, extension) {
                (Self::Mail, extension) => extension.is_some_and(|extension| MAIL.contains(&extension)),
                (Self::Changelog, Some("txt" | "text" | "x") | None) => is_named(),
                (Self::Changelog, Some(extension)) => {
                    MARKUP.contains(&extension)
                        || (!extension.is_empty()
                            && extension.bytes().all(|byte| byte.is_ascii_digit())
                            && is_named())
                }
            }
    }

    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Changelog => "a changelog",
            Self::Mail => "a mail (.eml)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changelogs_are_written_to_documents_only() {
        let accepts = |path: &str| Document::Changelog.accepts(Path::new(path));
        for path in [
            "CHANGELOG.md",
            "docs/changes.rst",
            "debian/changelog",
            "NEWS",
            "HISTORY.txt",
            "ChangeLog-2.0",
            "CHANGELOG-1.x",
            "packages/core/CHANGELOG.mdx",
            "doc/release_notes",
            "README.md",
            "docs/../CHANGES.md",
        ] {
            assert!(accepts(path), "{path}");
        }
        for path in [
            ".github/workflows/x.yml",
            ".github/CHANGELOG.md",
            "Makefile",
            "src/main.rs",
            ".envrc",
            ".gitattributes",
            ".husky/pre-commit",
            "changelog.sh",
            "CHANGES.py",
            "CMakeLists.txt",
            "requirements.txt",
            ".CHANGELOG.md",
            "package.json",
            "Dockerfile",
            "index.html",
            "changelog.",
            "",
        ] {
            assert!(!accepts(path), "{path}");
        }
    }

    #[test]
    fn mails_are_written_to_mails_only() {
        let accepts = |path: &str| Document::Mail.accepts(Path::new(path));
        assert!(accepts("out/deployment.eml") && accepts("MAIL.EML"));
        assert!(!accepts("deploy.sh") && !accepts(".x.eml") && !accepts("mail") && !accepts("CHANGELOG.md"));
    }
}
