//! The packages of a repository of several, from the names of its files.

use std::collections::{BTreeMap, BTreeSet};

/// A part with a manifest of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Package<'a> {
    /// The last name of its folder, or the whole folder where that is not enough.
    pub(super) name: &'a str,
    /// Relative to the root, without a slash at its end.
    pub(super) folder: &'a str,
}

/// Manifests: the file at the root that makes it a repository of several, and the file in each part.
const MANIFESTS: [(&str, &str); 7] = [
    ("Cargo.toml", "Cargo.toml"),
    ("package.json", "package.json"),
    ("settings.gradle", "build.gradle"),
    ("settings.gradle.kts", "build.gradle.kts"),
    ("settings.gradle", "build.gradle.kts"),
    ("settings.gradle.kts", "build.gradle"),
    ("pom.xml", "pom.xml"),
];

/// Folders whose manifests are not for release.
const ASIDE: [&str; 14] = [
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

const DEEPEST: usize = 3;

/// The packages by folder.
pub(super) fn packages(files: &[String]) -> Vec<Package<'_>> {
    let at_root: BTreeSet<&str> = files.iter().map(String::as_str).filter(|it| !it.contains('/')).collect();
    let mut folders = BTreeSet::new();
    for file in files {
        let Some((folder, name)) = file.rsplit_once('/') else { continue };
        let known = MANIFESTS.iter().any(|(root, part)| *part == name && at_root.contains(root));
        if known && is_for_release(folder) {
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

fn is_for_release(folder: &str) -> bool {
    let names = || folder.split('/');
    // A glob could not name such a folder.
    let plain = !folder.contains(['*', '?', '[', ']', '{', '}', '!', '\\']);
    let shown = names().all(|it| !it.trim().is_empty() && !it.starts_with('.') && !ASIDE.contains(&it));
    plain && shown && names().count() <= DEEPEST
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
    fn workspaces_are_seen_by_their_manifests() {
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
    fn a_manifest_alone_makes_no_workspace() {
        assert_eq!(folders(&["Cargo.toml", "src/main.rs", "web/package.json"]), []);
    }
}
