//! Path sets, made ready to be asked.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::git::Error;
use crate::model::{ComparedSetId, ComparedSets, PathSet};

/// Where the paths of a set can lie.
pub(super) struct PathFilter {
    exclude: Globs<()>,
    /// Fixed folders or files that every matching path lies in, ascending; never empty (`""` is the root).
    pub(super) prefixes: Vec<String>,
}

impl PathFilter {
    pub(in crate::git) fn new(set: &PathSet) -> Result<Self, Error> {
        let mut prefixes: Vec<String> = set.include.iter().map(|glob| prefix(glob).0).collect();
        if prefixes.is_empty() {
            prefixes.push(String::new());
        }
        prefixes.sort();
        prefixes.dedup();
        Ok(Self { exclude: Globs::new(set.exclude.iter().map(|glob| ((), glob)))?, prefixes })
    }

    /// Whether a path below `folder` can match.
    pub(super) fn enters(&self, folder: &str) -> bool {
        let lies_in =
            |outer: &str| self.prefixes.binary_search_by(|prefix| prefix.as_str().cmp(outer)).is_ok();
        if lies_in("") || upwards(folder).any(lies_in) {
            return true;
        }
        // Whether a prefix lies in the folder: the first that is not before all that do.
        let before = |prefix: &String| {
            let below = folder.bytes().chain([b'/']);
            prefix.bytes().cmp(below) == Ordering::Less
        };
        let first = self.prefixes.get(self.prefixes.partition_point(before));
        let rest = first.and_then(|prefix| prefix.strip_prefix(folder));
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether a path is left out.
    pub(super) fn excludes(&self, path: &str) -> bool {
        self.exclude.is_match(path)
    }
}

/// A path set, compiled.
pub(super) struct Matcher {
    include: Option<Globs<()>>,
    pub(in crate::git) filter: PathFilter,
    /// Whether everything below the prefixes matches.
    pub(in crate::git) whole: bool,
}

impl Matcher {
    pub(in crate::git) fn new(set: &PathSet) -> Result<Self, Error> {
        let whole = set.exclude.is_empty() && set.include.iter().all(|glob| prefix(glob).1);
        let include = || Globs::new(set.include.iter().map(|glob| ((), glob)));
        let include = (!set.include.is_empty()).then(include).transpose()?;
        Ok(Self { include, filter: PathFilter::new(set)?, whole })
    }

    pub(in crate::git) fn matches(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(path)) && !self.filter.excludes(path)
    }
}

/// The path and the folders that it lies in, innermost first, without the root.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder))
}

/// So many globs are built as one; what they are compiled to must not grow beyond a bound of their library's.
const TOGETHER: usize = 1_000;

/// The patterns of path sets, each with its owner, the number of its set where there are several. Nearly no path fits any of them, and asking all together is
/// cheaper than asking each.
struct Globs<O> {
    /// Names without wildcards, with the sets that mean them and whether the name itself is meant, or only what lies below
    /// it. They are looked up, since the library takes the square of their length to build.
    fixed: HashMap<String, Vec<(O, bool)>>,
    /// The lengths of those names: of a path that lies deep, few folders need to be looked up.
    lengths: HashSet<usize>,
    /// Patterns with wildcards.
    wild: Vec<(GlobSet, Vec<O>)>,
}

impl<O: Copy> Globs<O> {
    fn new<'p>(patterns: impl Iterator<Item = (O, &'p String)>) -> Result<Self, Error> {
        let mut fixed: HashMap<String, Vec<(O, bool)>> = HashMap::new();
        let mut wild = Vec::new();
        for (owner, pattern) in patterns {
            let trimmed = trimmed(pattern);
            let folder = trimmed.strip_suffix("/**").filter(|folder| !folder.is_empty());
            match folder {
                _ if is_fixed(trimmed) => fixed.entry(trimmed.to_owned()).or_default().push((owner, true)),
                Some(folder) if is_fixed(folder) => {
                    fixed.entry(folder.to_owned()).or_default().push((owner, false));
                }
                _ => wild.push((owner, pattern)),
            }
        }
        let lengths = fixed.keys().map(String::len).collect();
        Ok(Self { fixed, lengths, wild: wild.chunks(TOGETHER).map(Self::part).collect::<Result<_, _>>()? })
    }

    fn part(patterns: &[(O, &String)]) -> Result<(GlobSet, Vec<O>), Error> {
        let (mut globs, mut owners) = (GlobSetBuilder::new(), Vec::with_capacity(patterns.len()));
        for (owner, pattern) in patterns {
            globs.add(glob(pattern)?);
            owners.push(*owner);
        }
        let pattern = || patterns.iter().map(|(_, pattern)| pattern.as_str()).collect::<Vec<_>>().join(" ");
        let globs = globs.build().map_err(|source| Error::Glob { pattern: pattern(), source })?;
        Ok((globs, owners))
    }

    /// The sets of fixed names that a path is, or lies in.
    fn fixed<'s>(&'s self, path: &'s str) -> impl Iterator<Item = O> + 's {
        let names = (!self.fixed.is_empty()).then(|| upwards(path)).into_iter().flatten();
        let names = names.filter(|name| self.lengths.contains(&name.len()));
        let meant = move |name: &'s str| {
            let sets = self.fixed.get(name).into_iter().flatten();
            sets.filter(move |(_, itself)| *itself || name.len() < path.len()).map(|(set, _)| *set)
        };
        names.flat_map(meant)
    }

    fn is_match(&self, path: &str) -> bool {
        self.fixed(path).next().is_some() || self.wild.iter().any(|(globs, _)| globs.is_match(path))
    }
}

/// A pattern as globs are written: relative to the root.
fn trimmed(pattern: &str) -> &str {
    pattern.trim_start_matches("./").trim_end_matches('/')
}

fn glob(pattern: &str) -> Result<Glob, Error> {
    GlobBuilder::new(trimmed(pattern))
        .literal_separator(true)
        .build()
        .map_err(|source| Error::Glob { pattern: pattern.to_owned(), source })
}

/// What several path sets include.
pub(super) struct Includes {
    globs: Globs<ComparedSetId>,
    /// The path sets that include everything.
    always: Vec<ComparedSetId>,
}

impl Includes {
    pub(in crate::git) fn new(sets: &ComparedSets) -> Result<Self, Error> {
        let all = sets.iter().flat_map(|(owner, set)| set.include.iter().map(move |glob| (owner, glob)));
        let always = sets.iter().filter(|(_, set)| set.include.is_empty()).map(|(owner, _)| owner);
        Ok(Self { globs: Globs::new(all)?, always: always.collect() })
    }

    /// The path sets that include a path, ascending.
    pub(in crate::git) fn of(&self, path: &str) -> Vec<ComparedSetId> {
        let mut sets = self.always.clone();
        sets.extend(self.globs.fixed(path));
        for (globs, owners) in self.globs.wild.iter().filter(|(globs, _)| globs.is_match(path)) {
            sets.extend(globs.matches(path).into_iter().filter_map(|glob| owners.get(glob)));
        }
        sets.sort_unstable();
        sets.dedup();
        sets
    }
}

fn is_fixed(glob: &str) -> bool {
    !glob.contains(['*', '?', '[', '{', '\\'])
}

/// The fixed beginning of a glob, in whole names, and whether everything below it matches.
fn prefix(glob: &str) -> (String, bool) {
    let glob = trimmed(glob);
    let fixed: Vec<_> = glob.split('/').take_while(|name| is_fixed(name)).collect();
    let prefix = fixed.join("/");
    let rest = glob.strip_prefix(&prefix).unwrap_or_default();
    (prefix, matches!(rest, "" | "/**" | "**"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matcher(include: &[&str], exclude: &[&str]) -> Matcher {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        Matcher::new(&PathSet { include: owned(include), exclude: owned(exclude) }).unwrap()
    }

    #[test]
    fn globs_are_relative_to_the_root() {
        let rails = matcher(&["db/migrate/*.rb"], &[]);
        assert!(rails.matches("db/migrate/001_x.rb"));
        assert!(!rails.matches("test/db/migrate/001_x.rb"));
        assert!(!rails.matches("db/migrate/old/001_x.rb"), "a star stays inside one folder");
        assert!(matcher(&["**/*.sql"], &[]).matches("x.sql"));
        assert!(matcher(&["src"], &[]).matches("src/a/b.rs"), "a name without wildcard means the folder");
        assert!(matcher(&["./src/"], &[]).matches("src/a/b.rs"));
        assert!(!matcher(&["src"], &["src/gen"]).matches("src/gen/x"));
        assert!(!matcher(&["src"], &[]).matches("srcs/x"));
    }

    #[test]
    fn thousands_of_globs_are_no_error() {
        let set = |from: usize| PathSet {
            include: (from..from + 2_500)
                .map(|number| format!("packages/module-{number}/*/src/**/*.{{ts,tsx}}"))
                .collect(),
            exclude: Vec::new(),
        };
        let mut sets = ComparedSets::default();
        let [first, second, third] =
            [set(0), PathSet::default(), set(2_000)].map(|set| sets.push(set).unwrap());
        let includes = Includes::new(&sets).unwrap();
        assert_eq!(includes.of("packages/module-7/a/src/b/c.ts"), [first, second]);
        assert_eq!(includes.of("packages/module-2400/a/src/b/c.tsx"), [first, second, third]);
        assert_eq!(includes.of("packages/module-4499/a/src/c.ts"), [second, third]);
        assert_eq!(includes.of("README.md"), [second]);
    }

    /// In quadratic time, each of these takes minutes in a debug build.
    #[test]
    fn a_long_name_costs_no_square_of_its_length() {
        let (name, folders) = ("a".repeat(200_000), "a/".repeat(10_000));
        for pattern in [name.clone(), format!("{name}/**"), folders.clone(), format!("{folders}b/**")] {
            let matcher = matcher(&[&pattern], &[&format!("x{pattern}")]);
            assert!(matcher.matches(&format!("{}/b/c", trimmed(&pattern).trim_end_matches("/**"))));
            assert!(!matcher.matches("a/b") && !matcher.filter.enters("b"));
        }
    }

    proptest! {
        #[test]
        fn fixed_names_match_as_globs_do(pattern in "(\\./)?[ab]{1,2}(/[ab]{1,2}){0,2}(/\\*\\*|/)?", path in "[ab]{1,2}(/[ab]{1,2}){0,3}") {
            let globs = |text: &str| GlobBuilder::new(text).literal_separator(true).build().unwrap().compile_matcher();
            let (own, below) = (globs(trimmed(&pattern)), globs(&format!("{}/**", trimmed(&pattern))));
            let fixed = is_fixed(trimmed(&pattern));
            let expected = own.is_match(&path) || (fixed && below.is_match(&path));
            prop_assert_eq!(matcher(&[&pattern], &[]).matches(&path), expected);
            prop_assert_eq!(matcher(&[], &[&pattern]).matches(&path), !expected);
            let (prefix, _) = prefix(&pattern);
            let within = |outer: &str, inner: &str| outer.is_empty() || inner == outer || inner.starts_with(&format!("{outer}/"));
            let enters = within(&prefix, &path) || within(&path, &prefix);
            prop_assert_eq!(matcher(&[&pattern, "c", "b-c"], &[]).filter.enters(&path), enters);
        }
    }

    #[test]
    fn only_what_can_match_is_entered() {
        let rails = matcher(&["engines/*/db/migrate/*.rb", "db/migrate/*.rb"], &[]);
        assert!(rails.filter.enters("db") && rails.filter.enters("engines/shop/db"));
        assert!(!rails.filter.enters("app"));
        assert!(matcher(&["**/x"], &[]).filter.enters("anything"));
        assert!(
            matcher(&["src/**"], &[]).whole && matcher(&["src"], &[]).whole && matcher(&["src/"], &[]).whole
        );
        assert!(!matcher(&["src/*.rs"], &[]).whole && !matcher(&["src"], &["src/x"]).whole);
    }
}
