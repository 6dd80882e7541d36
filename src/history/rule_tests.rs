//! The rule for windows (ARCHITECTURE.md, "Windows"), implemented by sets, against the walks.

use std::{collections::BTreeSet, convert::Infallible, fmt, sync::Arc};

use proptest::prelude::*;

use crate::model::{Commit, MaintenanceLine, Node, ObjectId, Scheme, Tag, Version};

use super::super::{
    Ancestry, Assignment, Graph, Options, Prereleases, Target, Versions, WindowFor, assign, window_of,
};

type Set = BTreeSet<usize>;

fn id(number: usize) -> ObjectId {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&(number as u64).to_be_bytes());
    ObjectId::from_bytes(bytes)
}

fn number(id: ObjectId) -> usize {
    let bytes: [u8; 8] = id.as_bytes()[..8].try_into().unwrap();
    usize::try_from(u64::from_be_bytes(bytes)).unwrap()
}

/// Commit `n` has parents below `n`.
#[derive(Clone)]
struct History {
    parents: Vec<Vec<usize>>,
    dates: Vec<i64>,
    has_generations: bool,
    tags: Vec<(Version, usize)>,
    head: usize,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags: Vec<String> =
            self.tags.iter().map(|(version, commit)| format!("{version}@{commit}")).collect();
        write!(f, "parents {:?}, tags {}, head {}", self.parents, tags.join(" "), self.head)
    }
}

/// A version in an order; `None` is unreleased changes without a version.
type Named = (Option<Version>, usize);

/// What the rule says of a version.
#[derive(Debug, PartialEq, Eq)]
struct Expected {
    base: Option<Named>,
    commits: Set,
    also_in: BTreeSet<(usize, Version)>,
    /// What the base and the versions between exclude.
    excluded: Set,
}

impl History {
    fn ancestors(&self, commit: usize) -> Set {
        let mut all = Set::from([commit]);
        let mut stack = vec![commit];
        while let Some(commit) = stack.pop() {
            stack.extend(self.parents[commit].iter().copied().filter(|parent| all.insert(*parent)));
        }
        all
    }

    fn contains(&self, version: &Named, other: &Named) -> bool {
        version.1 != other.1 && self.ancestors(version.1).contains(&other.1)
    }

    /// Lowest first, but none before one that it contains; unreleased changes are above all versions.
    fn ordered(&self, mut open: Vec<Named>) -> Vec<Named> {
        open.sort_by_key(|(version, _)| (version.is_none(), version.clone()));
        let mut order = Vec::new();
        while !open.is_empty() {
            let is_free = |version: &Named| !open.iter().any(|other| self.contains(version, other));
            let next = open.iter().position(is_free).unwrap();
            order.push(open.remove(next));
        }
        order
    }

    fn expected(&self, target: &Named, order: &[Named]) -> Expected {
        let own = self.ancestors(target.1);
        let place = order.iter().position(|version| version == target).unwrap();
        let earlier = &order[..place];
        let shared =
            |version: &Named| -> Set { self.ancestors(version.1).intersection(&own).copied().collect() };
        let shares: BTreeSet<Set> = earlier.iter().map(shared).collect();
        let is_dropped = |share: &Set| shares.iter().any(|other| other != share && other.is_superset(share));
        let remaining = earlier.iter().filter(|version| !is_dropped(&shared(version)));
        let highest = remaining.max_by_key(|version| version.0.clone());
        let base = highest.map(|highest| {
            let group = earlier.iter().filter(|version| shared(version) == shared(highest));
            group.max_by_key(|version| (own.contains(&version.1), version.0.clone())).unwrap()
        });
        let base_place = base.map_or(0, |base| earlier.iter().position(|version| version == base).unwrap());
        let excluded: Set =
            earlier[base_place..].iter().flat_map(|version| self.ancestors(version.1)).collect();
        let commits: Set = own.difference(&excluded).copied().collect();
        let also_in = commits.iter().filter_map(|commit| {
            let first =
                earlier[..base_place].iter().find(|version| self.ancestors(version.1).contains(commit))?;
            Some((*commit, first.0.clone()?))
        });
        Expected { base: base.cloned(), also_in: also_in.collect(), excluded, commits }
    }

    fn named(&self, is_wanted: impl Fn(&Version) -> bool) -> Vec<Named> {
        let wanted = self.tags.iter().filter(|(version, _)| is_wanted(version));
        wanted.map(|(version, commit)| (Some(version.clone()), *commit)).collect()
    }

    /// The order for unreleased changes: final versions, and pre-releases that HEAD contains.
    fn unreleased_order(&self, line: Option<&MaintenanceLine>) -> Vec<Named> {
        let own = self.ancestors(self.head);
        let counts = |version: &Version| !line.is_some_and(|line| line.is_below(version));
        let mut versions = self.named(counts);
        versions
            .retain(|(version, commit)| !version.as_ref().unwrap().is_prerelease() || own.contains(commit));
        versions.push((None, self.head));
        self.ordered(versions)
    }

    fn order_for(&self, version: &Version, prereleases: Prereleases, named: Option<&Version>) -> Vec<Named> {
        let finals_only = !version.is_prerelease() && prereleases == Prereleases::Collapse;
        let mut versions = self.named(|other| !(finals_only && other.is_prerelease()));
        let named = named.filter(|named| !(finals_only && named.is_prerelease()));
        versions.extend(named.map(|named| (Some(named.clone()), self.head)));
        self.ordered(versions)
    }

    fn node(&self, id: ObjectId) -> Node {
        let commit = number(id);
        let generation = |commit: usize| u32::try_from(self.ancestors(commit).len()).unwrap();
        Node {
            parents: self.parents[commit].iter().map(|parent| super::tests::id(*parent)).collect(),
            seconds: self.dates[commit],
            generation: self.has_generations.then(|| generation(commit)),
        }
    }

    fn versions(&self) -> Versions {
        let tag = |(version, commit): &(Version, usize)| Tag {
            name: format!("v{version}"),
            object: id(*commit),
            commit: id(*commit),
        };
        Versions::new(&self.tags.iter().map(tag).collect::<Vec<_>>(), &Options::default())
    }

    /// The base and the window of a target, as [`window_of`] computes them.
    fn actual(&self, target: Target<'_>) -> Expected {
        let versions = self.versions();
        let read = |id| Ok::<_, Infallible>(self.node(id));
        let choice = window_of(&versions, target, &mut Ancestry::new(&read)).unwrap();
        let named = |index: usize| {
            let entry = versions.get(index).unwrap();
            (Some(entry.version.clone()), number(entry.tag.commit))
        };
        let base = choice.base.map(named);
        let excluding = base.iter().cloned().chain(choice.between.iter().copied().map(named));
        Expected {
            excluded: excluding.flat_map(|(_, commit)| self.ancestors(commit)).collect(),
            base,
            commits: choice.commits.iter().map(|id| number(*id)).collect(),
            also_in: choice.also_in.iter().map(|(id, at)| (number(*id), named(*at).0.unwrap())).collect(),
        }
    }

    /// The windows that [`assign`] computes, by version.
    fn all(&self, prereleases: Prereleases, named: Option<&Version>) -> Vec<(Option<Version>, Expected)> {
        let commits: Vec<Commit> = (0..self.parents.len()).map(|at| self.commit(at)).collect();
        let graph = Graph::new(&commits);
        let order = graph.newest_first(&commits);
        let graph = graph.reordered(&order);
        let ids: Vec<ObjectId> = order.iter().map(|at| commits[*at as usize].id).collect();
        let versions = self.versions();
        let wanted = Assignment {
            versions: &versions,
            head: Some(id(self.head)),
            unreleased_version: named,
            prereleases,
            line: None,
        };
        let at = |position: u32| number(ids[position as usize]);
        let windows = assign(&graph, &ids, wanted).into_iter().map(|window| {
            let base = window.base.map(|base| (base.version, number(base.commit)));
            let between =
                window.between.iter().map(|version| (version.version.clone(), number(version.commit)));
            let excluding = base.iter().cloned().chain(between);
            let expected = Expected {
                excluded: excluding.flat_map(|(_, commit)| self.ancestors(commit)).collect(),
                base,
                commits: window.commits.iter().map(|position| at(*position)).collect(),
                also_in: window
                    .also_in
                    .into_iter()
                    .map(|(position, version)| (at(position), version))
                    .collect(),
            };
            (window.target.version, expected)
        });
        windows.collect()
    }

    fn commit(&self, at: usize) -> Commit {
        Commit {
            id: id(at),
            tree: id(0),
            parents: self.parents[at].iter().map(|parent| id(*parent)).collect(),
            author: Arc::default(),
            author_time: Default::default(),
            committer_time: crate::model::Time { seconds: self.dates[at], ..Default::default() },
            message: Box::default(),
            undecodable: false,
            touches: Default::default(),
        }
    }
}

/// A window says the same if its commits are the target's without those that it excludes, whichever of the versions
/// between it names.
fn assert_same(
    history: &History,
    target: usize,
    actual: &Expected,
    expected: &Expected,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(&actual.base, &expected.base);
    prop_assert_eq!(&actual.commits, &expected.commits);
    prop_assert_eq!(&actual.also_in, &expected.also_in);
    let printed: Set = history.ancestors(target).difference(&actual.excluded).copied().collect();
    prop_assert_eq!(&printed, &expected.commits, "the printed command");
    Ok(())
}

prop_compose! {
    /// Up to 40 commits with up to 14 versions, tagged in any order.
    fn history()(
        picks in prop::collection::vec((any::<[u8; 3]>(), 0u8..10, -3_000_000i64..3_000_000), 2..40),
        tags in prop::collection::vec((0u64..3, 0u64..3, 0u64..2, 0u8..6, any::<u8>()), 0..14),
        has_generations in any::<bool>(),
        in_order in any::<bool>(),
        head in any::<u8>(),
    ) -> History {
        let mut parents = Vec::new();
        for (number, (choices, kind, _)) in picks.iter().enumerate() {
            let count = match kind { 0 => 0, 1..6 => 1, 6..9 => 2, _ => 3 };
            let near = |pick: &u8| number - 1 - usize::from(*pick) % number.min(7);
            let picked: Set =
                if number == 0 { Set::new() } else { choices[..count].iter().map(near).collect() };
            parents.push(picked.into_iter().collect());
        }
        let dates = picks.iter().enumerate().map(|(at, (_, _, skew))| 1_000_000 * at as i64 + skew).collect();
        let mut versions = BTreeSet::new();
        let mut commits = Vec::new();
        for (major, minor, patch, pre, commit) in tags {
            let pre = match pre { 0 => "-rc.1", 1 => "-rc.2", _ => "" };
            versions.insert(Version::parse(&format!("{major}.{minor}.{patch}{pre}"), &Scheme::SemVer).unwrap());
            commits.push(usize::from(commit) % parents.len());
        }
        // Most projects tag higher versions later.
        if in_order {
            commits.sort_unstable();
        }
        let head = if in_order { parents.len() - 1 - usize::from(head) % parents.len().min(4) } else { usize::from(head) % parents.len() };
        History { parents, dates, has_generations, tags: versions.into_iter().zip(commits).collect(), head }
    }
}

fn target(history: &History, of: WindowFor<'static>) -> Target<'static> {
    Target { commit: id(history.head), of, prereleases: Prereleases::Collapse, line: None }
}

proptest! {
    #[test]
    fn window_of_a_version_follows_the_rule(history in history(), separate in any::<bool>()) {
        let prereleases = if separate { Prereleases::Separate } else { Prereleases::Collapse };
        for (version, commit) in &history.tags {
            let order = history.order_for(version, prereleases, None);
            let expected = history.expected(&(Some(version.clone()), *commit), &order);
            let of = WindowFor::Version(version);
            let actual = history.actual(Target { commit: id(*commit), of, prereleases, line: None });
            assert_same(&history, *commit, &actual, &expected)?;
        }
    }

    #[test]
    fn window_of_unreleased_changes_follows_the_rule(history in history(), line in prop::option::of(0u64..3)) {
        let line = line.map(|major| MaintenanceLine::parse(&major.to_string()).unwrap());
        let expected = history.expected(&(None, history.head), &history.unreleased_order(line.as_ref()));
        let unreleased = target(&history, WindowFor::Unreleased);
        let actual = history.actual(Target { line: line.as_ref(), ..unreleased });
        assert_same(&history, history.head, &actual, &expected)?;

        let mut finals = history.named(|version| !version.is_prerelease());
        finals.push((None, history.head));
        let expected = history.expected(&(None, history.head), &history.ordered(finals));
        let actual = history.actual(target(&history, WindowFor::NextFinal(None)));
        assert_same(&history, history.head, &actual, &expected)?;
    }

    #[test]
    fn untagged_version_gets_the_window_that_its_tag_will_get(history in history(), pre in any::<bool>(), minor in 0u64..4) {
        let version = Version::parse(&format!("1.{minor}.7{}", if pre { "-rc.9" } else { "" }), &Scheme::SemVer).unwrap();
        let wanted = |of| Target { commit: id(history.head), of, prereleases: Prereleases::Collapse, line: None };
        let before = history.actual(wanted(WindowFor::Version(&version)));
        let mut tagged = history.clone();
        tagged.tags.push((version.clone(), history.head));
        prop_assert_eq!(before, tagged.actual(wanted(WindowFor::Version(&version))));
    }

    #[test]
    fn all_windows_follow_the_rule(history in history(), separate in any::<bool>(), named in prop::option::of((0u64..4, any::<bool>()))) {
        let prereleases = if separate { Prereleases::Separate } else { Prereleases::Collapse };
        let named = named.map(|(minor, pre)| {
            Version::parse(&format!("1.{minor}.7{}", if pre { "-rc.9" } else { "" }), &Scheme::SemVer).unwrap()
        });
        let windows = history.all(prereleases, named.as_ref());
        let mut seen = Set::new();
        for (version, actual) in &windows {
            let (commit, order) = match version {
                Some(version) => {
                    let tagged = history.tags.iter().find(|(other, _)| other == version);
                    let commit = tagged.map_or(history.head, |(_, commit)| *commit);
                    (commit, history.order_for(version, prereleases, named.as_ref()))
                }
                None => (history.head, history.unreleased_order(None)),
            };
            let expected = history.expected(&(version.clone(), commit), &order);
            assert_same(&history, commit, actual, &expected)?;
            seen.extend(&actual.commits);
        }
        // Every commit that a version or HEAD contains is in a window.
        let tips = history.tags.iter().map(|(_, commit)| *commit).chain([history.head]);
        let reached: Set = tips.flat_map(|commit| history.ancestors(commit)).collect();
        prop_assert_eq!(seen, reached);
        // Exactly the pre-releases that a final version contains have no window.
        let finals = history.tags.iter().cloned().chain(named.iter().map(|named| (named.clone(), history.head)));
        let finals: Set = finals
            .filter(|(version, _)| !version.is_prerelease())
            .flat_map(|(_, commit)| history.ancestors(commit))
            .collect();
        for (version, commit) in &history.tags {
            let collapses = !separate && version.is_prerelease() && finals.contains(commit);
            let has_window = windows.iter().any(|(other, _)| other.as_ref() == Some(version));
            prop_assert_eq!(has_window, !collapses, "{}", version);
        }
    }
}
