//! Compiles path sets to matchers.

use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use globset::{ErrorKind, Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::git::Error;
use crate::model::{
    ComparedSetId, ComparedSets, PathSet,
    path_pattern::{literal_path, literal_prefix, normalize, readings},
};

/// The directories that can contain paths of a set, and its exclusions.
pub(super) struct PathFilter {
    exclude: Globs<()>,
    /// Literal prefixes, one of which every matching path has, ascending; never empty (`""` is the root).
    pub(super) prefixes: Vec<String>,
}

impl PathFilter {
    pub(in crate::git) fn new(set: &PathSet) -> Result<Self, Error> {
        let mut prefixes: Vec<String> = set.include.iter().map(|glob| literal_prefix(glob).0).collect();
        if prefixes.is_empty() {
            prefixes.push(String::new());
        }
        prefixes.sort();
        prefixes.dedup();
        Ok(Self { exclude: Globs::new(set.exclude.iter().map(|glob| ((), glob)))?, prefixes })
    }

    /// Whether a path below `folder` can match.
    pub(super) fn enters(&self, folder: &str) -> bool {
        self.is_near_prefix(folder) && !self.exclude.contains_folder(folder)
    }

    /// Whether a folder is below a prefix, or has one below it.
    fn is_near_prefix(&self, folder: &str) -> bool {
        let is_prefix =
            |outer: &str| self.prefixes.binary_search_by(|prefix| prefix.as_str().cmp(outer)).is_ok();
        if is_prefix("") || with_ancestors(folder).any(is_prefix) {
            return true;
        }
        // Whether a prefix is in the directory: check the first one that is not sorted before all of them.
        let before = |prefix: &String| {
            let below = folder.bytes().chain([b'/']);
            prefix.bytes().cmp(below) == Ordering::Less
        };
        let first = self.prefixes.get(self.prefixes.partition_point(before));
        let rest = first.and_then(|prefix| prefix.strip_prefix(folder));
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// Whether a path is excluded.
    pub(super) fn excludes(&self, path: &str) -> bool {
        self.exclude.is_match(path)
    }
}

/// A compiled path set.
pub(super) struct Matcher {
    include: Option<Globs<()>>,
    pub(in crate::git) filter: PathFilter,
    /// Whether everything below the prefixes matches.
    pub(in crate::git) whole: bool,
}

impl Matcher {
    pub(in crate::git) fn new(set: &PathSet) -> Result<Self, Error> {
        let whole = set.exclude.is_empty() && set.include.iter().all(|glob| literal_prefix(glob).1);
        let include = || Globs::new(set.include.iter().map(|glob| ((), glob)));
        let include = (!includes_all(set)).then(include).transpose()?;
        Ok(Self { include, filter: PathFilter::new(set)?, whole })
    }

    pub(in crate::git) fn matches(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(path)) && !self.filter.excludes(path)
    }
}

/// Whether a set includes all paths: it has no patterns, or one of them is the root.
fn includes_all(set: &PathSet) -> bool {
    set.include.is_empty() || set.include.iter().any(|glob| matches!(normalize(glob), "" | "**"))
}

/// The path and its parent directories, innermost first, without the root.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(folder, _)| folder))
}

/// Largest number of globs in one `GlobSet`: the library limits the size of the compiled automaton.
const GLOBS_PER_SET: usize = 1_000;

/// The patterns of path sets, each with its owner: the ID of its set if there are several. Few paths match any pattern,
/// so all are matched at once.
struct Globs<O> {
    /// Paths without wildcards, with their owners, and whether the path itself matches or only paths below it. Kept out
    /// of the `GlobSet`, because the library needs quadratic time to compile a literal.
    literal: HashMap<String, Vec<(O, bool)>>,
    /// The lengths of these paths: for a deeply nested path, few parent directories need a lookup.
    lengths: HashSet<usize>,
    /// Patterns with wildcards.
    wildcards: Vec<(GlobSet, Vec<O>)>,
    /// The owners of patterns for the root, which match every path.
    roots: Vec<O>,
}

impl<O: Copy> Globs<O> {
    fn new<'p>(patterns: impl Iterator<Item = (O, &'p String)>) -> Result<Self, Error> {
        let mut literal: HashMap<String, Vec<(O, bool)>> = HashMap::new();
        let (mut wildcards, mut roots) = (Vec::new(), Vec::new());
        for (owner, pattern) in patterns {
            let trimmed = normalize(pattern);
            if trimmed.is_empty() {
                roots.push(owner);
            }
            for reading in readings(trimmed) {
                let folder = reading.strip_suffix("/**").filter(|folder| !folder.is_empty());
                if let Some(path) = literal_path(&reading) {
                    literal.entry(path.into_owned()).or_default().push((owner, true));
                } else if let Some(folder) = folder.and_then(literal_path) {
                    literal.entry(folder.into_owned()).or_default().push((owner, false));
                } else {
                    wildcards.extend(glob(&reading)?.map(|glob| (owner, glob)));
                }
            }
        }
        let lengths = literal.keys().map(String::len).collect();
        Ok(Self {
            literal,
            lengths,
            wildcards: wildcards.chunks(GLOBS_PER_SET).map(Self::compile).collect::<Result<_, _>>()?,
            roots,
        })
    }

    /// Whether a literal pattern matches everything below a folder.
    fn contains_folder(&self, folder: &str) -> bool {
        let mut names = with_ancestors(folder).filter(|name| self.lengths.contains(&name.len()));
        !self.roots.is_empty() || names.any(|name| self.literal.contains_key(name))
    }

    fn compile(patterns: &[(O, Glob)]) -> Result<(GlobSet, Vec<O>), Error> {
        let (mut globs, mut owners) = (GlobSetBuilder::new(), Vec::with_capacity(patterns.len()));
        for (owner, glob) in patterns {
            globs.add(glob.clone());
            owners.push(*owner);
        }
        let pattern = || patterns.iter().map(|(_, glob)| glob.glob()).collect::<Vec<_>>().join(" ");
        let globs = globs.build().map_err(|source| Error::Glob { pattern: pattern(), source })?;
        Ok((globs, owners))
    }

    /// The owners of literal patterns that match a path.
    fn literal<'s>(&'s self, path: &'s str) -> impl Iterator<Item = O> + 's {
        let names = (!self.literal.is_empty()).then(|| with_ancestors(path)).into_iter().flatten();
        let names = names.filter(|name| self.lengths.contains(&name.len()));
        let matching = move |name: &'s str| {
            let sets = self.literal.get(name).into_iter().flatten();
            sets.filter(move |(_, is_exact)| *is_exact || name.len() < path.len()).map(|(set, _)| *set)
        };
        names.flat_map(matching).chain(self.roots.iter().copied())
    }

    fn is_match(&self, path: &str) -> bool {
        self.literal(path).next().is_some() || self.wildcards.iter().any(|(globs, _)| globs.is_match(path))
    }
}

/// The glob of a reading; `None` if it can only be a name: `[user-id]` is not a valid class of characters.
fn glob(pattern: &str) -> Result<Option<Glob>, Error> {
    // Backslashes escape on Windows too, since paths in trees have `/`.
    let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    match glob {
        Err(error) if matches!(error.kind(), ErrorKind::InvalidRange(..)) => Ok(None),
        glob => glob.map(Some).map_err(|source| Error::Glob { pattern: pattern.to_owned(), source }),
    }
}

/// The path sets of a comparison, compiled.
pub(in crate::git) struct SetMatchers {
    pub(super) filters: Vec<PathFilter>,
    pub(super) includes: Includes,
}

/// Path sets with their compiled form: compiling takes longer than comparing two trees.
pub(in crate::git) type CompiledSets = (ComparedSets, Arc<SetMatchers>);

impl SetMatchers {
    pub(super) fn new(sets: &ComparedSets) -> Result<Self, Error> {
        let filters = sets.iter().map(|(_, set)| PathFilter::new(set)).collect::<Result<_, _>>()?;
        Ok(Self { filters, includes: Includes::new(sets)? })
    }
}

/// Matches the `include` patterns of several path sets at once.
pub(super) struct Includes {
    globs: Globs<ComparedSetId>,
    /// The path sets that include all paths.
    match_all: Vec<ComparedSetId>,
}

impl Includes {
    pub(in crate::git) fn new(sets: &ComparedSets) -> Result<Self, Error> {
        let all = sets.iter().flat_map(|(owner, set)| set.include.iter().map(move |glob| (owner, glob)));
        let match_all = sets.iter().filter(|(_, set)| includes_all(set)).map(|(owner, _)| owner);
        Ok(Self { globs: Globs::new(all)?, match_all: match_all.collect() })
    }

    /// The path sets that include a path, ascending.
    pub(in crate::git) fn of(&self, path: &str) -> Vec<ComparedSetId> {
        let mut sets = self.match_all.clone();
        sets.extend(self.globs.literal(path));
        for (globs, owners) in self.globs.wildcards.iter().filter(|(globs, _)| globs.is_match(path)) {
            sets.extend(globs.matches(path).into_iter().filter_map(|glob| owners.get(glob)));
        }
        sets.sort_unstable();
        sets.dedup();
        sets
    }
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
        assert!(!rails.matches("db/migrate/old/001_x.rb"), "`*` does not match `/`");
        assert!(matcher(&["**/*.sql"], &[]).matches("x.sql"));
        assert!(matcher(&["src"], &[]).matches("src/a/b.rs"), "a literal pattern matches the directory");
        assert!(matcher(&["./src/"], &[]).matches("src/a/b.rs"));
        assert!(!matcher(&["src"], &["src/gen"]).matches("src/gen/x"));
        assert!(!matcher(&["src"], &[]).matches("srcs/x"));
    }

    #[test]
    fn thousands_of_globs_are_accepted() {
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

    /// With quadratic time, each pattern would take minutes in a debug build.
    #[test]
    fn long_literal_patterns_take_linear_time() {
        let (name, folders) = ("a".repeat(200_000), "a/".repeat(10_000));
        for pattern in [name.clone(), format!("{name}/**"), folders.clone(), format!("{folders}b/**")] {
            let matcher = matcher(&[&pattern], &[&format!("x{pattern}")]);
            assert!(matcher.matches(&format!("{}/b/c", normalize(&pattern).trim_end_matches("/**"))));
            assert!(!matcher.matches("a/b") && !matcher.filter.enters("b"));
        }
    }

    proptest! {
        #[test]
        fn literal_patterns_match_like_globs(pattern in "(\\./)?[ab]{1,2}(/[ab]{1,2}){0,2}(/\\*\\*|/)?", path in "[ab]{1,2}(/[ab]{1,2}){0,3}") {
            let globs = |text: &str| GlobBuilder::new(text).literal_separator(true).build().unwrap().compile_matcher();
            let (own, below) = (globs(normalize(&pattern)), globs(&format!("{}/**", normalize(&pattern))));
            let literal = literal_path(normalize(&pattern)).is_some();
            let expected = own.is_match(&path) || (literal && below.is_match(&path));
            prop_assert_eq!(matcher(&[&pattern], &[]).matches(&path), expected);
            prop_assert_eq!(matcher(&[], &[&pattern]).matches(&path), !expected);
            let (prefix, _) = literal_prefix(&pattern);
            let within = |outer: &str, inner: &str| outer.is_empty() || inner == outer || inner.starts_with(&format!("{outer}/"));
            let enters = within(&prefix, &path) || within(&path, &prefix);
            prop_assert_eq!(matcher(&[&pattern, "c", "b-c"], &[]).filter.enters(&path), enters);
            // A folder that is excluded as a whole is not entered.
            let excluded = (literal || pattern.ends_with("/**")) && within(&prefix, &path);
            prop_assert_eq!(matcher(&[], &[&pattern]).filter.enters(&path), !excluded);
        }
    }

    #[test]
    fn brackets_match_names_and_globs() {
        let next = matcher(&["app/[slug]", "app/(group)/[user-id]/**", "gen/{{name}}/*.rs"], &[]);
        assert!(next.matches("app/[slug]/page.tsx") && next.matches("app/[slug]"));
        assert!(next.matches("app/s") && !next.matches("app/x"));
        assert!(next.matches("app/(group)/[user-id]/page.tsx") && next.matches("gen/{{name}}/a.rs"));
        assert!(next.filter.enters("app/[slug]") && !next.whole);
        assert!(!matcher(&[], &["app/[slug]"]).matches("app/[slug]/page.tsx"));
        assert!(matcher(&["packages/[ab]/src/**"], &[]).matches("packages/a/src/x"));
        assert!(matcher(&["app/\\[slug\\]"], &[]).whole);
        assert!(Matcher::new(&PathSet { include: vec!["a[".into()], exclude: vec![] }).is_err());
    }

    #[test]
    fn root_pattern_matches_every_path() {
        for root in [".", "./", "./."] {
            assert!(matcher(&[root], &[]).matches("a/b") && matcher(&[root], &[]).whole);
            assert!(matcher(&["x", root], &["a"]).matches("b") && !matcher(&[root], &["a"]).matches("a/b"));
            assert!(!matcher(&[], &[root]).matches("a/b") && !matcher(&[], &[root]).filter.enters("a"));
            let mut sets = ComparedSets::default();
            let id = sets.push(PathSet { include: vec![root.to_owned()], exclude: vec![] }).unwrap();
            assert_eq!(Includes::new(&sets).unwrap().of("a/b"), [id]);
        }
    }

    #[test]
    fn only_directories_that_can_match_are_entered() {
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
