//! Assigns commits that touch no path, such as those of `git commit --allow-empty`, to lines of versions.
//!
//! Path filters say nothing about such a commit, so the filter of a whole repository does not exclude it. With several
//! packages it belongs to those that its scope names, else to the package for the whole repository, else to all.

use crate::{messages, model::PathSetId};

/// How commits that touch no path are assigned.
#[derive(Debug, Default)]
pub struct EmptyCommits {
    /// The path sets that all such commits count as touching.
    pub general: Vec<PathSetId>,
    /// The packages.
    pub owners: Vec<EmptyCommitOwner>,
}

/// A package to which commits that touch no path may belong.
#[derive(Debug)]
pub struct EmptyCommitOwner {
    /// Its name.
    pub package: String,
    /// The scopes that name it, in lower case.
    pub scopes: Vec<String>,
    /// Whether it is for the whole repository.
    pub is_root: bool,
    /// Its path sets, and those that limit all packages.
    pub sets: Vec<PathSetId>,
}

/// Why a commit that touches no path belongs to some packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// Its scope names them.
    Scope,
    /// They are for the whole repository.
    Root,
    /// All packages: there is no package for the whole repository.
    All,
}

impl EmptyCommits {
    /// The path sets that a commit with this subject counts as touching, ascending.
    #[must_use]
    pub fn sets(&self, subject: &str, options: &messages::Options) -> Vec<PathSetId> {
        let mut sets = self.general.clone();
        if !self.owners.is_empty() {
            let owners = self.of(subject, options).0.into_iter();
            sets.extend(owners.flat_map(|owner| owner.sets.iter().copied()));
        }
        sets.sort_unstable();
        sets.dedup();
        sets
    }

    /// Adds a path set that every such commit counts as touching.
    pub fn add_to_all(&mut self, set: PathSetId) {
        self.general.push(set);
    }

    /// The sentence for `explain` about a commit that does not belong to a package.
    #[must_use]
    pub fn reason(&self, subject: &str, options: &messages::Options) -> String {
        let (owners, basis) = self.of(subject, options);
        let names: Vec<_> = owners.iter().map(|owner| format!("`{}`", owner.package)).collect();
        let basis = match basis {
            Basis::Scope => ", which its scope names",
            Basis::Root => ", which is for the whole repository",
            Basis::All => "",
        };
        format!("it touches no path, and belongs to {}{basis}", names.join(" and "))
    }

    fn of(&self, subject: &str, options: &messages::Options) -> (Vec<&EmptyCommitOwner>, Basis) {
        let scope = messages::parse_header(subject, options).and_then(|header| header.scope);
        let scope = scope.unwrap_or_default().to_lowercase();
        let names: Vec<&str> = scope.split([',', ' ']).filter(|name| !name.is_empty()).collect();
        let is_named = |owner: &&EmptyCommitOwner| {
            names.iter().any(|name| owner.scopes.iter().any(|scope| scope == name))
        };
        let named: Vec<_> = self.owners.iter().filter(is_named).collect();
        if !named.is_empty() {
            return (named, Basis::Scope);
        }
        let roots: Vec<_> = self.owners.iter().filter(|owner| owner.is_root).collect();
        if !roots.is_empty() {
            return (roots, Basis::Root);
        }
        (self.owners.iter().collect(), Basis::All)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(name: &str, index: usize, is_root: bool) -> EmptyCommitOwner {
        let sets = vec![PathSetId::new(index).unwrap()];
        EmptyCommitOwner { package: name.to_owned(), scopes: vec![name.to_owned()], is_root, sets }
    }

    fn sets(commits: &EmptyCommits, subject: &str) -> Vec<usize> {
        commits.sets(subject, &messages::Options::default()).into_iter().map(PathSetId::index).collect()
    }

    #[test]
    fn empty_commit_belongs_to_the_package_of_its_scope() {
        let owners = vec![owner("root", 1, true), owner("a", 2, false), owner("b", 3, false)];
        let commits = EmptyCommits { general: Vec::new(), owners };
        for (subject, expected) in [
            ("fix(a): x", &[2][..]),
            ("fix(A, b): x", &[2, 3]),
            ("fix: x", &[1]),
            ("fix(c): x", &[1]),
            ("a: x", &[1]),
            ("Release a", &[1]),
        ] {
            assert_eq!(sets(&commits, subject), expected, "{subject}");
        }
    }

    #[test]
    fn empty_commit_belongs_to_all_packages_without_one_for_the_whole_repository() {
        let owners = vec![owner("a", 2, false), owner("b", 3, false)];
        let commits = EmptyCommits { general: Vec::new(), owners };
        assert_eq!((sets(&commits, "fix: x"), sets(&commits, "fix(b): x")), (vec![2, 3], vec![3]));
        let whole = EmptyCommits { general: vec![PathSetId::new(7).unwrap()], owners: Vec::new() };
        assert_eq!(sets(&whole, "fix(b): x"), [7]);
    }
}
