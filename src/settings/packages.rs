//! Which paths belong to which package, and the package of a folder.
//!
//! Packages may be nested: the packages of a workspace lie below a package at its root, plugins below their host. A
//! path belongs to the package whose pattern names the deepest folder. The parent gets a path of its child only if its
//! own `paths` name the child's folder too, or with `overlap = true`.

use crate::{
    config::{Config, PackageConfig},
    model::{
        PathSet,
        path_pattern::{literal_path, literal_prefix},
    },
};

use super::patterns::path_set;

/// The path patterns of all packages.
pub(super) struct PackagePaths<'c> {
    packages: &'c [PackageConfig],
    /// Sorted by folder.
    patterns: Vec<OwnedPattern<'c>>,
}

struct OwnedPattern<'c> {
    /// Its literal prefix.
    folder: String,
    text: &'c str,
    /// The index of the package.
    package: usize,
}

impl<'c> PackagePaths<'c> {
    pub(super) fn new(config: &'c Config) -> Self {
        let own = |(package, it): (usize, &'c PackageConfig)| {
            it.paths.iter().map(move |text| OwnedPattern { folder: literal_prefix(text).0, text, package })
        };
        let mut patterns: Vec<_> = config.packages.iter().enumerate().flat_map(own).collect();
        patterns.sort_by(|a, b| a.folder.cmp(&b.folder));
        Self { packages: &config.packages, patterns }
    }

    /// The folders that packages are in, each with the name of its package.
    pub(super) fn folders(&self) -> Vec<(String, String)> {
        let named = self.patterns.iter().filter(|pattern| !pattern.folder.is_empty());
        let name = |pattern: &OwnedPattern<'_>| Some(self.packages.get(pattern.package)?.name.clone());
        named.filter_map(|pattern| Some((pattern.folder.clone(), name(pattern)?))).collect()
    }

    /// The path sets of a package: its paths are those in any of the sets.
    pub(super) fn sets(&self, index: usize) -> Vec<PathSet> {
        let Some(package) = self.packages.get(index) else { return Vec::new() };
        if package.paths.is_empty() {
            let others = self.patterns.iter().filter(|pattern| pattern.package != index && !package.overlap);
            return vec![path_set(&[], &excluded(package, others))];
        }
        // Patterns with the same children share a set.
        let mut sets: Vec<PathSet> = Vec::new();
        for text in &package.paths {
            let (folder, _) = literal_prefix(text);
            let children = self.below(&folder).iter();
            let children = children.filter(|child| child.package != index && !package.overlap);
            let exclude = excluded(package, children);
            match sets.iter_mut().find(|set| set.exclude == exclude) {
                Some(set) => set.include.push(text.clone()),
                None => sets.push(PathSet { include: vec![text.clone()], exclude }),
            }
        }
        sets
    }

    /// The patterns whose folders are inside another folder.
    fn below(&self, folder: &str) -> &[OwnedPattern<'c>] {
        let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let first = self.patterns.partition_point(|pattern| {
            if folder.is_empty() { pattern.folder.is_empty() } else { pattern.folder < inside }
        });
        let rest = self.patterns.get(first..).unwrap_or_default();
        let count = rest.partition_point(|pattern| pattern.folder.starts_with(&inside));
        rest.get(..count).unwrap_or_default()
    }

    /// The package of a folder, given by its path from the root of the repository; `None` if it belongs to none or to
    /// several, or only to a package for the whole repository.
    pub(super) fn of_folder(&self, folder: &str) -> Option<&'c PackageConfig> {
        let covers = |outer: &str| {
            folder == outer || folder.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
        };
        let whole = self.patterns.iter().filter(|pattern| {
            !pattern.folder.is_empty() && covers(&pattern.folder) && literal_prefix(pattern.text).1
        });
        let whole: Vec<_> = whole.collect();
        let deepest = whole.iter().map(|pattern| pattern.folder.len()).max()?;
        let mut owners = whole.iter().filter(|pattern| pattern.folder.len() == deepest).map(|it| it.package);
        let owner = owners.next().filter(|owner| owners.all(|other| other == *owner))?;
        let package = self.packages.get(owner)?;
        let excludes = |pattern: &String| {
            let (outer, is_whole) = literal_prefix(pattern);
            is_whole && covers(&outer)
        };
        (!package.exclude_paths.iter().any(excludes)).then_some(package)
    }
}

/// The paths that a package excludes, and those of the packages inside it.
fn excluded<'p>(
    package: &PackageConfig,
    children: impl Iterator<Item = &'p OwnedPattern<'p>>,
) -> Vec<String> {
    package.exclude_paths.iter().cloned().chain(children.map(|child| child.text.to_owned())).collect()
}

/// The scopes of commit messages that name a package: its name, without the part before the last slash
/// (`@acme/core`), and the names of its folders.
pub(super) fn scopes(package: &PackageConfig) -> Vec<String> {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let folders = package.paths.iter().map(|path| literal_prefix(path)).filter(|(_, is_whole)| *is_whole);
    let folders = folders.map(|(folder, _)| last(&folder));
    let mut scopes = vec![package.name.to_lowercase(), last(&package.name)];
    scopes.extend(folders);
    scopes.retain(|scope| !scope.is_empty());
    scopes.sort();
    scopes.dedup();
    scopes
}

/// Whether a package is for the whole repository: it has no paths, or names the root.
pub(super) fn is_root(package: &PackageConfig) -> bool {
    let is_root =
        |path: &String| literal_prefix(path) == (String::new(), true) && literal_path(path).is_some();
    package.paths.is_empty() || package.paths.iter().any(is_root)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::parse;

    fn config(packages: &[(&str, &[&str], &str)]) -> Config {
        let package = |(name, paths, more): &(&str, &[&str], &str)| {
            format!("[[packages]]\nname = '{name}'\npaths = {paths:?}\n{more}\n")
        };
        parse(&packages.iter().map(package).collect::<String>(), Path::new("t")).unwrap()
    }

    fn sets(config: &Config, index: usize) -> Vec<(Vec<String>, Vec<String>)> {
        PackagePaths::new(config).sets(index).into_iter().map(|set| (set.include, set.exclude)).collect()
    }

    fn owned(list: &[&str]) -> Vec<String> {
        list.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn parent_leaves_the_paths_of_its_children_to_them() {
        let config = config(&[
            ("root", &[], "exclude_paths = ['docs']"),
            ("a", &["a/"], ""),
            ("x", &["a/plugins/x/**"], ""),
            ("ab", &["ab"], ""),
        ]);
        assert_eq!(sets(&config, 0), [(vec![], owned(&["docs", "a/", "a/plugins/x/**", "ab"]))]);
        assert_eq!(sets(&config, 1), [(owned(&["a/"]), owned(&["a/plugins/x/**"]))]);
        assert_eq!(sets(&config, 2), [(owned(&["a/plugins/x/**"]), vec![])]);
        assert_eq!(sets(&config, 3), [(owned(&["ab"]), vec![])]);
    }

    #[test]
    fn parent_that_names_the_folder_of_a_child_shares_it() {
        let config = config(&[("a", &["a", "a/x"], ""), ("x", &["a/x"], ""), ("y", &["a/y"], "")]);
        let expected = [(owned(&["a"]), owned(&["a/x", "a/y"])), (owned(&["a/x"]), vec![])];
        assert_eq!(sets(&config, 0), expected);
        assert_eq!(sets(&config, 1), [(owned(&["a/x"]), vec![])]);
    }

    #[test]
    fn overlapping_parent_keeps_all_paths() {
        let config = config(&[("all", &["."], "overlap = true"), ("rest", &["."], ""), ("x", &["x"], "")]);
        assert_eq!(sets(&config, 0), [(owned(&["."]), vec![])]);
        assert_eq!(sets(&config, 1), [(owned(&["."]), owned(&["x"]))]);
    }

    #[test]
    fn folder_belongs_to_the_innermost_package() {
        let config = config(&[
            ("root", &[], ""),
            ("a", &["a"], "exclude_paths = ['a/docs']"),
            ("x", &["a/x"], ""),
            ("one", &["shared"], ""),
            ("two", &["shared/"], ""),
        ]);
        let paths = PackagePaths::new(&config);
        let of = |folder: &str| paths.of_folder(folder).map(|package| package.name.clone());
        assert_eq!((of("a").as_deref(), of("a/src").as_deref()), (Some("a"), Some("a")));
        assert_eq!((of("a/x/src").as_deref(), of("a/xy").as_deref()), (Some("x"), Some("a")));
        for folder in ["", "b", "ab", "shared", "a/docs", "a/docs/x"] {
            assert_eq!(of(folder), None, "{folder}");
        }
    }

    #[test]
    fn scope_is_the_name_or_folder_of_a_package() {
        let config = config(&[("@acme/Core", &["packages/kernel", "**/*.x"], "")]);
        assert_eq!(scopes(&config.packages[0]), ["@acme/core", "core", "kernel"]);
    }
}
