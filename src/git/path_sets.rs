//! Path sets, made ready to be asked.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::Error;
use crate::model::PathSet;

/// Where the paths of a set can lie.
pub(super) struct Area {
    pub(super) exclude: GlobSet,
    /// Fixed folders or files that every matching path lies in; never empty (`""` is the root).
    pub(super) prefixes: Vec<String>,
}

impl Area {
    pub(super) fn new(set: &PathSet) -> Result<Self, Error> {
        let mut prefixes: Vec<String> = set.include.iter().map(|glob| prefix(glob).0).collect();
        if prefixes.is_empty() {
            prefixes.push(String::new());
        }
        prefixes.sort();
        prefixes.dedup();
        Ok(Self { exclude: globs(&set.exclude)?, prefixes })
    }

    /// Whether a path below `folder` can match.
    pub(super) fn enters(&self, folder: &str) -> bool {
        self.prefixes.iter().any(|prefix| below(prefix, folder) || below(folder, prefix))
    }
}

/// A path set, compiled.
pub(super) struct Matcher {
    include: Option<GlobSet>,
    pub(super) area: Area,
    /// Whether everything below the prefixes matches.
    pub(super) whole: bool,
}

impl Matcher {
    pub(super) fn new(set: &PathSet) -> Result<Self, Error> {
        let whole = set.exclude.is_empty() && set.include.iter().all(|glob| prefix(glob).1);
        let include = (!set.include.is_empty()).then(|| globs(&set.include)).transpose()?;
        Ok(Self { include, area: Area::new(set)?, whole })
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(path))
            && !self.area.exclude.is_match(path)
    }
}

/// Whether `path` is `folder` or lies in it.
fn below(folder: &str, path: &str) -> bool {
    folder.is_empty()
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn globs(patterns: &[String]) -> Result<GlobSet, Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        for glob in meant(pattern)? {
            set.add(glob);
        }
    }
    set.build().map_err(|source| Error::Glob { pattern: patterns.join(" "), source })
}

/// What a pattern means: itself, and where it is a name without wildcard, all below that too.
fn meant(pattern: &str) -> Result<Vec<Glob>, Error> {
    let invalid = |source| Error::Glob { pattern: pattern.to_owned(), source };
    let glob = |text: &str| GlobBuilder::new(text).literal_separator(true).build().map_err(invalid);
    let trimmed = pattern.trim_start_matches("./").trim_end_matches('/');
    let own = glob(trimmed)?;
    let below = is_fixed(trimmed).then(|| glob(&format!("{trimmed}/**"))).transpose()?;
    Ok(std::iter::once(own).chain(below).collect())
}

/// So many globs are built as one; what they are compiled to must not grow beyond a bound of their library's.
const TOGETHER: usize = 1_000;

/// What several path sets include, as few sets of globs: nearly no path fits any of them, and building one is cheaper than
/// building each.
pub(super) struct Includes {
    /// Globs, with the path set of each.
    globs: Vec<(GlobSet, Vec<u16>)>,
    /// The path sets that include everything.
    always: Vec<u16>,
}

impl Includes {
    pub(super) fn new(sets: &[PathSet]) -> Result<Self, Error> {
        let all = (0..).zip(sets).flat_map(|(owner, set)| set.include.iter().map(move |glob| (owner, glob)));
        let all: Vec<(u16, &String)> = all.collect();
        let always = (0..).zip(sets).filter(|(_, set)| set.include.is_empty()).map(|(owner, _)| owner);
        let globs = all.chunks(TOGETHER).map(Self::part).collect::<Result<_, _>>()?;
        Ok(Self { globs, always: always.collect() })
    }

    fn part(patterns: &[(u16, &String)]) -> Result<(GlobSet, Vec<u16>), Error> {
        let (mut globs, mut owners) = (GlobSetBuilder::new(), Vec::new());
        for (owner, pattern) in patterns {
            for glob in meant(pattern)? {
                globs.add(glob);
                owners.push(*owner);
            }
        }
        let pattern = || patterns.iter().map(|(_, pattern)| pattern.as_str()).collect::<Vec<_>>().join(" ");
        let globs = globs.build().map_err(|source| Error::Glob { pattern: pattern(), source })?;
        Ok((globs, owners))
    }

    /// The path sets that include a path, ascending.
    pub(super) fn of(&self, path: &str) -> Vec<u16> {
        let mut sets = self.always.clone();
        for (globs, owners) in self.globs.iter().filter(|(globs, _)| globs.is_match(path)) {
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
    let glob = glob.trim_start_matches("./").trim_end_matches('/');
    let fixed: Vec<_> = glob.split('/').take_while(|name| is_fixed(name)).collect();
    let prefix = fixed.join("/");
    let rest = glob.strip_prefix(&prefix).unwrap_or_default();
    (prefix, matches!(rest, "" | "/**" | "**"))
}

#[cfg(test)]
mod tests {
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
        let includes = Includes::new(&[set(0), PathSet::default(), set(2_000)]).unwrap();
        assert_eq!(includes.of("packages/module-7/a/src/b/c.ts"), [0, 1]);
        assert_eq!(includes.of("packages/module-2400/a/src/b/c.tsx"), [0, 1, 2]);
        assert_eq!(includes.of("packages/module-4499/a/src/c.ts"), [1, 2]);
        assert_eq!(includes.of("README.md"), [1]);
    }

    #[test]
    fn only_what_can_match_is_entered() {
        let rails = matcher(&["engines/*/db/migrate/*.rb", "db/migrate/*.rb"], &[]);
        assert!(rails.area.enters("db") && rails.area.enters("engines/shop/db"));
        assert!(!rails.area.enters("app"));
        assert!(matcher(&["**/x"], &[]).area.enters("anything"));
        assert!(
            matcher(&["src/**"], &[]).whole && matcher(&["src"], &[]).whole && matcher(&["src/"], &[]).whole
        );
        assert!(!matcher(&["src/*.rs"], &[]).whole && !matcher(&["src"], &["src/x"]).whole);
    }
}
