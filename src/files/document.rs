//! Restricts the paths that a configuration may write to.
//!
//! A path inside the work tree may still be executed: a workflow, a hook, a `Makefile`. An untrusted configuration also
//! controls part of the content (the changelog header), so only names of documents are allowed.

use std::{ffi::OsStr, path::Path};

/// The kind of document written to a path from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// A changelog.
    Changelog,
    /// An email.
    Email,
    /// The corrections of the notes, in TOML.
    Corrections,
}

/// Extensions of markup documents.
const MARKUP: &[&str] =
    &["md", "markdown", "mdown", "mkd", "mdx", "rst", "adoc", "asciidoc", "asc", "textile", "rdoc", "org"];
const EMAIL: &[&str] = &["eml", "mail", "msg", "mbox"];
/// How names of changelogs without such an extension start: `CHANGES`, `debian/changelog`, `NEWS.txt`.
const NAMES: &[&str] =
    &["change", "history", "news", "release-notes", "release_notes", "releasenotes", "releases", "whatsnew"];

impl Document {
    /// Whether the document may be written to this path, which is relative to the work tree and without links.
    pub(super) fn accepts(self, path: &Path) -> bool {
        let is_own = |name: &OsStr| self == Self::Corrections && name == ".tidings";
        let is_hidden =
            |name: &OsStr| name.as_encoded_bytes().starts_with(b".") && name != ".." && !is_own(name);
        let Some(name) = path.file_name().map(|name| name.to_string_lossy().to_lowercase()) else {
            return false;
        };
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        let is_named = || NAMES.iter().any(|begin| name.starts_with(begin));
        !path.iter().any(is_hidden)
            && match (self, extension) {
                (Self::Email, extension) => extension.is_some_and(|extension| EMAIL.contains(&extension)),
                // Many tools execute what a TOML file of theirs says.
                (Self::Corrections, extension) => extension == Some("toml") && name.contains("correction"),
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
            Self::Email => "an email (.eml)",
            Self::Corrections => "corrections (`correction….toml`)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changelog_accepts_only_document_names() {
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
    fn corrections_accept_no_file_of_another_tool() {
        let accepts = |path: &str| Document::Corrections.accepts(Path::new(path));
        assert!(accepts(".tidings/corrections.toml") && accepts("docs/Corrections-2026.toml"));
        for path in [
            "Cargo.toml",
            ".cargo/config.toml",
            ".cargo/corrections.toml",
            ".tidings/x.toml",
            "corrections.sh",
        ] {
            assert!(!accepts(path), "{path}");
        }
    }

    #[test]
    fn email_accepts_only_email_names() {
        let accepts = |path: &str| Document::Email.accepts(Path::new(path));
        assert!(accepts("out/deployment.eml") && accepts("MAIL.EML"));
        assert!(!accepts("deploy.sh") && !accepts(".x.eml") && !accepts("mail") && !accepts("CHANGELOG.md"));
    }
}
