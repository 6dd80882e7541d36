//! The kinds of files that may hold a configuration.

use std::path::Path;

/// What a file is by its name.
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

    /// The keys that lead to the configuration, in the order in which they count.
    pub(super) const fn key_paths(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Own => &[&[]],
            Self::Cargo => &[&["package", "metadata", "tidings"], &["workspace", "metadata", "tidings"]],
            Self::PyProject => &[&["tool", "tidings"]],
            Self::PackageJson => &[&["tidings"]],
        }
    }

    /// What must be in a file of this kind that the user names.
    pub(super) const fn tables(self) -> &'static str {
        match self {
            Self::Own => "configuration",
            Self::Cargo => "table [package.metadata.tidings] or [workspace.metadata.tidings]",
            Self::PyProject => "table [tool.tidings]",
            Self::PackageJson => "key \"tidings\"",
        }
    }
}
