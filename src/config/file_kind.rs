//! The kinds of files that may contain a configuration.

use std::path::Path;

/// The kind of a file, determined by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Own,
    Cargo,
    PyProject,
    PackageJson,
}

impl FileKind {
    pub(super) fn of(path: &Path) -> Self {
        match path.file_name().and_then(|name| name.to_str()) {
            Some("Cargo.toml") => Self::Cargo,
            Some("pyproject.toml") => Self::PyProject,
            Some("package.json") => Self::PackageJson,
            _ => Self::Own,
        }
    }

    /// The key paths of the configuration, in order of precedence.
    pub(super) const fn key_paths(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Own => &[&[]],
            Self::Cargo => &[&["package", "metadata", "tidings"], &["workspace", "metadata", "tidings"]],
            Self::PyProject => &[&["tool", "tidings"]],
            Self::PackageJson => &[&["tidings"]],
        }
    }

    /// The tables to report as missing if a file that the user names has none of them.
    pub(super) const fn tables(self) -> &'static str {
        match self {
            Self::Own => "configuration",
            Self::Cargo => "table [package.metadata.tidings] or [workspace.metadata.tidings]",
            Self::PyProject => "table [tool.tidings]",
            Self::PackageJson => "key \"tidings\"",
        }
    }
}
