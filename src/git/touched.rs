//! Which path sets a commit touches, and which paths a window changes.
//!
//! A path set is first asked along its fixed prefix: where the entry there is the same in the commit and its parent,
//! nothing below can differ, and no diff is made. Only where a wildcard remains below a differing entry are the trees
//! compared, and that stops at the first path that matches.

use std::{path::Path, thread};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::{
    Error, Repository,
    objects::Objects,
    parts::threads,
    repository::{Altered, Shared, reopen},
    trees::Trees,
};
use crate::model::{Commit, IdMap, ObjectId, PathChange, PathSet};

/// Where the paths of a set can lie.
struct Area {
    exclude: GlobSet,
    /// Fixed folders or files that every matching path lies in; never empty (`""` is the root).
    prefixes: Vec<String>,
}

impl Area {
    fn new(set: &PathSet) -> Result<Self, Error> {
        let mut prefixes: Vec<String> = set.include.iter().map(|glob| prefix(glob).0).collect();
        if prefixes.is_empty() {
            prefixes.push(String::new());
        }
        prefixes.sort();
        prefixes.dedup();
        Ok(Self { exclude: globs(&set.exclude)?, prefixes })
    }

    /// Whether a path below `folder` can match.
    fn enters(&self, folder: &str) -> bool {
        self.prefixes.iter().any(|prefix| below(prefix, folder) || below(folder, prefix))
    }
}

/// A path set, compiled.
struct Matcher {
    include: Option<GlobSet>,
    area: Area,
    /// Whether everything below the prefixes matches.
    whole: bool,
}

impl Matcher {
    fn new(set: &PathSet) -> Result<Self, Error> {
        let whole = set.exclude.is_empty() && set.include.iter().all(|glob| prefix(glob).1);
        let include = (!set.include.is_empty()).then(|| globs(&set.include)).transpose()?;
        Ok(Self { include, area: Area::new(set)?, whole })
    }

    fn matches(&self, path: &str) -> bool {
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
struct Includes {
    /// Globs, with the path set of each.
    globs: Vec<(GlobSet, Vec<u16>)>,
    /// The path sets that include everything.
    always: Vec<u16>,
}

impl Includes {
    fn new(sets: &[PathSet]) -> Result<Self, Error> {
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
    fn of(&self, path: &str) -> Vec<u16> {
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

/// A thread's memory of what lies at the prefixes of each root tree.
type AtPrefixes = Vec<Option<(ObjectId, u32)>>;

struct Query<'m, 'r> {
    matchers: &'m [Matcher],
    prefixes: &'m [String],
    trees: Trees<'r>,
    known: IdMap<std::rc::Rc<AtPrefixes>>,
}

impl Query<'_, '_> {
    fn at_prefixes(&mut self, root: Option<ObjectId>) -> Result<std::rc::Rc<AtPrefixes>, Error> {
        let Some(root) = root else { return Ok(vec![None; self.prefixes.len()].into()) };
        if let Some(known) = self.known.get(&root) {
            return Ok(std::rc::Rc::clone(known));
        }
        let found: Result<AtPrefixes, Error> =
            self.prefixes.iter().map(|prefix| self.trees.at(root, prefix)).collect();
        let found = std::rc::Rc::new(found?);
        if self.known.len() > 65_536 {
            self.known.clear();
        }
        self.known.insert(root, std::rc::Rc::clone(&found));
        Ok(found)
    }

    /// The sets of which a path differs between two root trees.
    fn touched(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<u16>, Error> {
        if old == Some(new) {
            return Ok(Vec::new());
        }
        let (before, after) = (self.at_prefixes(old)?, self.at_prefixes(Some(new))?);
        let mut touched = Vec::new();
        for (index, matcher) in (0..).zip(self.matchers) {
            let differs = |prefix: &String| {
                let at = self.prefixes.iter().position(|known| known == prefix);
                at.is_none_or(|at| before.get(at) != after.get(at))
            };
            let differs = matcher.area.prefixes.iter().any(differs);
            if differs && (matcher.whole || self.any_path(matcher, old, new)?) {
                touched.push(index);
            }
        }
        Ok(touched)
    }

    fn any_path(&mut self, matcher: &Matcher, old: Option<ObjectId>, new: ObjectId) -> Result<bool, Error> {
        let enter = |folder: &str| matcher.area.enters(folder);
        let to_end =
            self.trees.differing((old, Some(new)), "", &enter, &mut |path, _| !matcher.matches(path))?;
        Ok(!to_end)
    }
}

impl Repository {
    /// Fills in `Commit::touches` for all `commits`, on several threads where there are many. A merge commit touches
    /// what differs from each of its parents. Commits that stand near their parents are the quickest.
    ///
    /// # Errors
    /// When a glob is not valid or an object cannot be read.
    pub fn touch(&self, commits: &mut [Box<Commit>], sets: &[PathSet]) -> Result<(), Error> {
        if sets.is_empty() || commits.is_empty() {
            return Ok(());
        }
        let matchers = sets.iter().map(Matcher::new).collect::<Result<Vec<_>, _>>()?;
        let mut prefixes: Vec<String> =
            matchers.iter().flat_map(|matcher| matcher.area.prefixes.clone()).collect();
        prefixes.sort();
        prefixes.dedup();
        let roots: IdMap<ObjectId> = commits.iter().map(|commit| (commit.id, commit.tree)).collect();
        let threads = if commits.len() < 512 { 1 } else { threads() };
        let part = commits.len().div_ceil(threads);
        let done: Vec<Result<(), Error>> = thread::scope(|scope| {
            let (path, altered, shared) = (self.path(), &self.altered, &self.shared);
            let (matchers, prefixes, roots) = (&matchers, &prefixes, &roots);
            let work = |part| {
                scope.spawn(move || touch_part((path, altered, shared), part, (matchers, prefixes, roots)))
            };
            let workers: Vec<_> = commits.chunks_mut(part).map(work).collect();
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        done.into_iter().collect()
    }

    /// The paths that lie in one of the sets and differ between two commits (`None`: from nothing), in path order.
    ///
    /// # Errors
    /// When a glob is not valid or an object cannot be read.
    pub fn changed_paths(
        &self,
        old: Option<ObjectId>,
        new: ObjectId,
        sets: &[PathSet],
    ) -> Result<Vec<PathChange>, Error> {
        let mut comparison = self.comparison(sets)?;
        comparison.changed_paths(old, new)
    }

    /// A comparison of many pairs of commits, which remembers the trees it has read.
    ///
    /// # Errors
    /// When a glob is not valid.
    pub fn comparison(&self, sets: &[PathSet]) -> Result<Comparison<'_>, Error> {
        let areas = sets.iter().map(Area::new).collect::<Result<Vec<_>, _>>()?;
        let trees = Trees::new(Objects::new(&self.inner, &self.shared)?);
        Ok(Comparison { altered: &self.altered, areas, includes: Includes::new(sets)?, trees })
    }
}

fn touch_part(
    (path, altered, shared): (&Path, &Altered, &Shared),
    commits: &mut [Box<Commit>],
    (matchers, prefixes, roots): (&[Matcher], &[String], &IdMap<ObjectId>),
) -> Result<(), Error> {
    let repository = reopen(path)?;
    let trees = Trees::new(Objects::new(&repository, shared)?);
    let mut query = Query { matchers, prefixes, trees, known: IdMap::default() };
    for commit in commits {
        let root = |query: &mut Query<'_, '_>, parent: &ObjectId| match roots.get(parent) {
            Some(root) => Ok(*root),
            None => query.trees.root(altered, *parent),
        };
        let mut touches = match commit.parents.first() {
            Some(first) => {
                let first = root(&mut query, first)?;
                query.touched(Some(first), commit.tree)?
            }
            None => query.touched(None, commit.tree)?,
        };
        for parent in commit.parents.iter().skip(1) {
            if touches.is_empty() {
                break;
            }
            let parent = root(&mut query, parent)?;
            let other = query.touched(Some(parent), commit.tree)?;
            touches.retain(|set| other.contains(set));
        }
        commit.touches = touches.into();
    }
    Ok(())
}

/// A comparison of many pairs of commits by the same path sets.
pub struct Comparison<'r> {
    altered: &'r Altered,
    areas: Vec<Area>,
    includes: Includes,
    trees: Trees<'r>,
}

impl Comparison<'_> {
    /// The paths that lie in one of the sets and differ between two commits (`None`: from nothing), in path order.
    ///
    /// # Errors
    /// When an object cannot be read.
    pub fn changed_paths(&mut self, old: Option<ObjectId>, new: ObjectId) -> Result<Vec<PathChange>, Error> {
        let (areas, includes, mut changes) = (&self.areas, &self.includes, Vec::new());
        let mut root = |commit| self.trees.root(self.altered, commit);
        let old = old.map(&mut root).transpose()?;
        let new = root(new)?;
        let enter = |folder: &str| areas.iter().any(|area| area.enters(folder));
        self.trees.differing((old, Some(new)), "", &enter, &mut |path, kind| {
            let mut sets = includes.of(path);
            sets.retain(|set| areas.get(usize::from(*set)).is_some_and(|area| !area.exclude.is_match(path)));
            if !sets.is_empty() {
                changes.push(PathChange { path: path.to_owned(), kind, sets });
            }
            true
        })?;
        Ok(changes)
    }
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
