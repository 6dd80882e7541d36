//! Divides tags into those of the repository as a whole and those of its packages.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    layout::{self, Folders},
    tags::{self, Tag},
};

/// The tags of a repository by what they version.
#[derive(Debug, Default)]
pub(super) struct TagLines<'a> {
    /// The tags of the repository as a whole, with the same or interchangeable prefixes (`v` and none).
    pub(super) own: Vec<Tag<'a>>,
    /// Its packages, sorted by name.
    pub(super) packages: Vec<TaggedPackage<'a>>,
    /// Names in tags that are not those of a folder, with their number of tags.
    pub(super) unknown: Vec<(&'a str, usize)>,
    /// Whether the tags of the repository as a whole are left over from before it had packages.
    pub(super) own_is_old: bool,
}

/// A package that has tags.
#[derive(Debug)]
pub(super) struct TaggedPackage<'a> {
    pub(super) name: &'a str,
    /// Its folder, if there is one of its name.
    pub(super) folder: Option<&'a str>,
    /// Its most frequent prefix.
    pub(super) prefix: &'a str,
    /// The tags with that prefix.
    pub(super) tags: Vec<Tag<'a>>,
}

/// Words before or after a version that are no names of packages.
const GENERAL: [&str; 22] = [
    "",
    "v",
    "ver",
    "version",
    "versions",
    "r",
    "rel",
    "release",
    "releases",
    "released",
    "tag",
    "tags",
    "stable",
    "final",
    "hotfix",
    "hotfixes",
    "build",
    "builds",
    "nightly",
    "snapshot",
    "prod",
    "production",
];

/// How many tags a package needs for the others to be released apart from it, if most tags name none.
const REGULAR: usize = 2;

/// Divides the tags. `times` has the times of some tags in seconds, to tell whether a line is still in use.
pub(super) fn divide<'a>(
    tags: &[Tag<'a>],
    folders: &Folders<'a>,
    repository: Option<&str>,
    times: &BTreeMap<String, i64>,
) -> TagLines<'a> {
    let mut by_name: BTreeMap<&str, Vec<Tag<'a>>> = BTreeMap::new();
    for tag in tags {
        by_name.entry(package_name(tag.prefix)).or_default().push(tag.clone());
    }
    let general = by_name.remove("").unwrap_or_default();
    // Without another name, a prefix with the name of the repository is no package of it.
    let is_repository = |name: &str| repository.is_some_and(|it| it.eq_ignore_ascii_case(name));
    let only = by_name.len() == 1 && general.is_empty();
    let mut unknown = Vec::new();
    let mut packages: BTreeMap<&str, TaggedPackage<'a>> = BTreeMap::new();
    let exact: BTreeMap<&str, &str> =
        by_name.keys().filter_map(|name| Some((*name, folders.find(name)?))).collect();
    // `grep-searcher` may be in `crates/searcher`, unless that is the folder of the tags `searcher-…`.
    let is_free = |folder: &&str| exact.values().all(|other| other != folder);
    for (name, tags) in &by_name {
        let folder = exact.get(name).copied();
        let folder = folder.or_else(|| folders.find_without_prefix(name).filter(is_free));
        let Some(folder) = folder.filter(|_| !(only && is_repository(name))) else {
            unknown.push((*name, tags.len()));
            continue;
        };
        let package = package(name, Some(folder), tags);
        let kept = packages.entry(folder).or_insert_with(|| self::package(name, Some(folder), tags));
        if kept.tags.len() < package.tags.len() {
            *kept = package;
        }
    }
    let mut lines = TagLines { unknown, ..TagLines::default() };
    let named: usize = packages.values().map(|it| it.tags.len()).sum();
    let is_regular = packages.values().any(|it| it.tags.len() >= REGULAR);
    if !packages.is_empty() && (named >= general.len() || is_regular) {
        lines.packages = packages.into_values().collect();
        lines.own = with_most_frequent_prefix(&general);
        lines.own_is_old = is_old(&lines, times);
        // A line with the name of the repository needs no folder: it is the repository as a whole.
        if let Some((name, _)) = lines.unknown.iter().find(|(name, _)| is_repository(name)).copied()
            && lines.own.is_empty()
        {
            lines.own = with_most_frequent_prefix(by_name.get(name).map_or(&[], Vec::as_slice));
            lines.own_is_old = is_old(&lines, times);
        }
    } else {
        without_folders(&mut lines, general, &by_name, times);
    }
    let own_names: BTreeSet<&str> = lines.own.iter().map(|tag| package_name(tag.prefix)).collect();
    lines.unknown.retain(|(name, _)| {
        !own_names.contains(name) && lines.packages.iter().all(|it| package_name(it.prefix) != *name)
    });
    rename(&mut lines.packages);
    lines
}

/// Without folders, several names are those of packages; only one is a prefix of all tags.
fn without_folders<'a>(
    lines: &mut TagLines<'a>,
    general: Vec<Tag<'a>>,
    named: &BTreeMap<&'a str, Vec<Tag<'a>>>,
    times: &BTreeMap<String, i64>,
) {
    let count: usize = named.values().map(Vec::len).sum();
    if named.len() > 1 && count > general.len() {
        lines.packages = named.iter().map(|(name, tags)| package(name, None, tags)).collect();
        lines.own = with_most_frequent_prefix(&general);
        lines.own_is_old = is_old(lines, times);
        return;
    }
    let only = named.values().next().filter(|tags| named.len() == 1 && tags.len() > general.len());
    lines.own = with_most_frequent_prefix(only.map_or(&general, |tags| tags));
}

/// The name of a package in a prefix of tags: `core` in `core-v`, `@scope/core` in `@scope/core@`, `dir/sub` in
/// `dir/sub/v`. Empty if the prefix has only general words.
pub(super) fn package_name(prefix: &str) -> &str {
    let is_separator = |c: char| matches!(c, '-' | '_' | '/' | '@' | '.' | '+');
    let is_general = |word: &str| GENERAL.iter().any(|it| it.eq_ignore_ascii_case(word));
    let mut name = prefix;
    loop {
        name = name.trim_end_matches(is_separator);
        let Some(at) = name.rfind(is_separator) else { break };
        match name.split_at(at) {
            (before, word) if is_general(word.trim_start_matches(is_separator)) => name = before,
            _ => break,
        }
    }
    // `release/core-1.0.0`, but not `release-tools-1.0.0`.
    while let Some((word, rest)) = name.split_once('/').filter(|(word, _)| is_general(word)) {
        name = if word.is_empty() && rest.is_empty() { "" } else { rest };
    }
    let name = name.trim_start_matches(|c: char| is_separator(c) && c != '@');
    if is_general(name.trim_start_matches('@')) { "" } else { name }
}

fn package<'a>(name: &'a str, folder: Option<&'a str>, tags: &[Tag<'a>]) -> TaggedPackage<'a> {
    let prefix = tags::prefixes(tags).first().map_or("", |(prefix, _)| *prefix);
    let tags = tags.iter().filter(|tag| tag.prefix == prefix).cloned().collect();
    TaggedPackage { name, folder, prefix, tags }
}

/// The tags with the most frequent prefix; `v` and none are interchangeable.
fn with_most_frequent_prefix<'a>(tags: &[Tag<'a>]) -> Vec<Tag<'a>> {
    let key = |prefix: &'a str| if prefix == "v" { "" } else { prefix };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in tags {
        *counts.entry(key(tag.prefix)).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(prefix, count)| (**count, std::cmp::Reverse(**prefix)));
    let most = most.map(|(prefix, _)| *prefix);
    tags.iter().filter(|tag| Some(key(tag.prefix)) == most).cloned().collect()
}

/// Whether most tags of packages are newer than the repository's own. Without times, whether a package has more tags.
fn is_old(lines: &TagLines<'_>, times: &BTreeMap<String, i64>) -> bool {
    let time = |tag: &Tag<'_>| times.get(tag.name).copied();
    let mut of_packages: Vec<i64> = lines.packages.iter().flat_map(|it| &it.tags).filter_map(time).collect();
    of_packages.sort_unstable();
    match (lines.own.iter().filter_map(time).max(), of_packages.get(of_packages.len() / 2)) {
        (Some(own), Some(median)) => own < *median,
        _ => {
            let named: usize = lines.packages.iter().map(|it| it.tags.len()).sum();
            let is_most_frequent = lines.packages.iter().all(|it| it.tags.len() <= lines.own.len());
            lines.own.len() <= named && !(lines.own.len() > REGULAR && is_most_frequent)
        }
    }
}

/// Names each package after its folder where that is unique, else after its tags.
fn rename(packages: &mut Vec<TaggedPackage<'_>>) {
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages.iter() {
        *uses.entry(layout::last(package.folder.unwrap_or(package.name))).or_default() += 1;
    }
    for package in packages.iter_mut() {
        let Some(folder) = package.folder else { continue };
        let last = layout::last(folder);
        package.name = if uses.get(last) == Some(&1) { last } else { folder };
    }
    packages.sort_by_key(|package| package.folder.unwrap_or(package.name));
    let mut seen = BTreeSet::new();
    packages.retain(|package| seen.insert(package.name));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names_are_read_from_every_common_prefix() {
        for (prefix, name) in [
            ("core@", "core"),
            ("@scope/core@", "@scope/core"),
            ("core-v", "core"),
            ("core/v", "core"),
            ("dir/sub/v", "dir/sub"),
            ("jenkins-", "jenkins"),
            ("core_", "core"),
            ("core--v", "core"),
            ("core@v", "core"),
            ("core-release-", "core"),
            ("release/core-", "core"),
            ("releases/core/v", "core"),
            ("release-tools-", "release-tools"),
            ("h2-", "h2"),
            ("dev-", "dev"),
            ("release-", ""),
            ("release/v", ""),
            ("v", ""),
            ("V", ""),
            ("", ""),
            ("rel_", ""),
            ("/", ""),
        ] {
            assert_eq!(package_name(prefix), name, "{prefix}");
        }
    }
}
