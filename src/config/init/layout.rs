//! Detects the packages of a monorepo from the names of its files.

use std::collections::{BTreeMap, BTreeSet};

/// A folder with its own manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package<'a> {
    /// The last segment of the folder, or the whole folder if that is not unique.
    pub(super) name: &'a str,
    /// Relative to the root, without a trailing slash.
    pub(super) folder: &'a str,
}

/// The manifest at the root of a workspace, and the manifest of a package in it.
const MANIFESTS: [(&str, &str); 7] = [
    ("Cargo.toml", "Cargo.toml"),
    ("package.json", "package.json"),
    ("settings.gradle", "build.gradle"),
    ("settings.gradle.kts", "build.gradle.kts"),
    ("settings.gradle", "build.gradle.kts"),
    ("settings.gradle.kts", "build.gradle"),
    ("pom.xml", "pom.xml"),
];

/// Folders whose packages are not released.
const UNRELEASED_FOLDERS: [&str; 14] = [
    "test",
    "tests",
    "__tests__",
    "fixtures",
    "examples",
    "example",
    "samples",
    "benches",
    "fuzz",
    "docs",
    "node_modules",
    "vendor",
    "third_party",
    "target",
];

/// The maximum number of segments in a package's folder.
const MAX_DEPTH: usize = 3;

/// The packages, sorted by folder.
pub(super) fn packages(files: &[String]) -> Vec<Package<'_>> {
    let at_root: BTreeSet<&str> = files.iter().map(String::as_str).filter(|it| !it.contains('/')).collect();
    let mut folders = BTreeSet::new();
    for file in files {
        let Some((folder, name)) = file.rsplit_once('/') else { continue };
        let in_workspace = MANIFESTS.iter().any(|(root, part)| *part == name && at_root.contains(root));
        if in_workspace && is_released(folder) {
            folders.insert(folder);
        }
    }
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for folder in &folders {
        *uses.entry(last(folder)).or_default() += 1;
    }
    let name = |folder| if uses.get(last(folder)) == Some(&1) { last(folder) } else { folder };
    folders.iter().map(|folder| Package { name: name(folder), folder }).collect()
}

pub(super) fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_released(folder: &str) -> bool {
    let names = || folder.split('/');
    // `paths` takes globs, so a folder name must not contain wildcards.
    let is_literal = !folder.contains(['*', '?', '[', ']', '{', '}', '!', '\\']);
    let is_visible =
        names().all(|it| !it.trim().is_empty() && !it.starts_with('.') && !UNRELEASED_FOLDERS.contains(&it));
    is_literal && is_visible && names().count() <= MAX_DEPTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folders(files: &[&str]) -> Vec<(String, String)> {
        let files: Vec<_> = files.iter().map(|&it| it.to_owned()).collect();
        packages(&files).iter().map(|it| (it.name.to_owned(), it.folder.to_owned())).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn packages_are_detected_by_their_manifests() {
        let cargo =
            ["Cargo.toml", "crates/b/Cargo.toml", "crates/a/Cargo.toml", "crates/a/tests/x/Cargo.toml"];
        assert_eq!(folders(&cargo), pairs(&[("a", "crates/a"), ("b", "crates/b")]));
        let npm =
            ["package.json", "packages/ui/package.json", "apps/ui/package.json", "examples/x/package.json"];
        assert_eq!(folders(&npm), pairs(&[("apps/ui", "apps/ui"), ("packages/ui", "packages/ui")]));
        let gradle = ["settings.gradle.kts", "core/build.gradle.kts", "pom.xml", "web/pom.xml"];
        assert_eq!(folders(&gradle), pairs(&[("core", "core"), ("web", "web")]));
    }

    #[test]
    fn single_manifest_is_not_a_workspace() {
        assert_eq!(folders(&["Cargo.toml", "src/main.rs", "web/package.json"]), []);
    }
}
