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
    folder.split('/').count() <= MAX_DEPTH && is_released_at_any_depth(folder)
}

fn is_released_at_any_depth(folder: &str) -> bool {
    let names = || folder.split('/');
    // `paths` takes globs, so a folder name must not contain wildcards.
    let is_literal = !folder.contains(['*', '?', '[', ']', '{', '}', '!', '\\']);
    let is_visible =
        names().all(|it| !it.trim().is_empty() && !it.starts_with('.') && !UNRELEASED_FOLDERS.contains(&it));
    is_literal && is_visible
}

/// The folders of a repository, to find those of packages by name.
pub(super) struct Folders<'a> {
    all: BTreeSet<&'a str>,
    /// By the normal form of the last segment.
    by_name: BTreeMap<String, Vec<&'a str>>,
    /// Those with a manifest.
    manifests: BTreeSet<&'a str>,
}

/// Files that mark a folder as a package.
const PACKAGE_FILES: [&str; 16] = [
    "Cargo.toml",
    "package.json",
    "go.mod",
    "Chart.yaml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "composer.json",
    "mix.exs",
    "pubspec.yaml",
    "Package.swift",
    "CMakeLists.txt",
    "Dockerfile",
];

impl<'a> Folders<'a> {
    pub(super) fn of(files: &'a [String]) -> Self {
        let (mut all, mut manifests) = (BTreeSet::new(), BTreeSet::new());
        for file in files {
            let Some((folder, name)) = file.rsplit_once('/') else { continue };
            if PACKAGE_FILES.contains(&name) || name.ends_with(".gemspec") || name.ends_with(".csproj") {
                manifests.insert(folder);
            }
            let mut folder = Some(folder);
            while let Some(path) = folder.filter(|path| all.insert(*path)) {
                folder = path.rsplit_once('/').map(|(parent, _)| parent);
            }
        }
        let mut by_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for folder in &all {
            by_name.entry(normal(last(folder))).or_default().push(*folder);
        }
        Self { all, by_name, manifests }
    }

    /// The folder of a package: that path, or the folder of that name. One with a manifest comes first, then the
    /// shallowest. A folder without a manifest is only found near the root.
    pub(super) fn find(&self, package: &str) -> Option<&'a str> {
        if let Some(path) = self.all.get(package).filter(|path| is_released_at_any_depth(path)) {
            return Some(path);
        }
        let unscoped = package.strip_prefix('@').and_then(|it| it.split_once('/'));
        let names = match unscoped {
            Some((scope, name)) => vec![normal(name), normal(&format!("{scope}-{name}"))],
            None => vec![normal(package)],
        };
        let is_named = |path: &str, name: &str| {
            let path = normal(path);
            path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        };
        let depth = |path: &str| path.split('/').count();
        let rank = |path: &&str| (!self.manifests.contains(path), depth(path));
        names.iter().find_map(|name| {
            let fits = |path: &&str| {
                let near = if self.manifests.contains(path) { MAX_DEPTH + 1 } else { MAX_DEPTH - 1 };
                is_named(path, name) && depth(path) <= near && is_released_at_any_depth(path)
            };
            self.by_name.get(last(name))?.iter().copied().filter(fits).min_by_key(rank)
        })
    }

    /// The folder of a package whose published name has one more word at the start. Only folders with a manifest fit.
    pub(super) fn find_without_prefix(&self, package: &str) -> Option<&'a str> {
        let (_word, name) = package.split_once(['-', '_'])?;
        self.find(name).filter(|folder| self.manifests.contains(folder))
    }
}

/// Ignores case, and treats `_` and `.` as `-`: folders and published names often differ in these.
fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
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
