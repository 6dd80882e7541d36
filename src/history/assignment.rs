//! Computes the windows of all versions over the whole graph, in about one pass.
//!
//! Versions claim commits in their order: each claims the reachable commits that no earlier version has claimed. Its
//! claim is its window, except where it brings up changes of an older line. The claimed commits where a claim ends are
//! where the histories of earlier versions begin, so they give the base as well (see [`super::base`]).
//!
//! Final versions, pre-releases that no final version contains, and unreleased changes have orders of their own. Each
//! order is one traversal of the arrays of the graph, O(commits + versions).

use std::convert::Infallible;

use crate::model::{IdSet, MaintenanceLine, ObjectId, Version};

use super::{
    Graph, Point, Prereleases, VersionTag, Versions, Window,
    base::{self, Choice, Forked},
    candidate::{Candidate, Key, tagged},
    claims::{Claims, Item},
    reach::Reach,
    sweep::Sweep,
};

/// The targets to compute windows for.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// The versions of the repository.
    pub versions: &'a Versions,
    /// The newest unreleased commit; `None` for no window of unreleased changes.
    pub head: Option<ObjectId>,
    /// The version to give to unreleased changes.
    pub unreleased_version: Option<&'a Version>,
    /// How pre-releases are handled.
    pub prereleases: Prereleases,
    /// The maintenance line of unreleased changes without a version: versions above it do not count.
    pub line: Option<&'a MaintenanceLine>,
}

/// The windows of all versions and of unreleased changes, newest version first. `graph` has all commits reachable from
/// them, newest first (see [`Graph::newest_first`]), with these IDs; each is in at least one window. A version without
/// commits has an empty window; a pre-release that a final version contains has none.
#[must_use]
pub fn assign(graph: &Graph, ids: &[ObjectId], wanted: Assignment<'_>) -> Vec<Window> {
    let whole = WholeGraph { graph, ids };
    let head = wanted.head.and_then(|head| whole.item(Candidate { key: wanted.head_key(), commit: head }));
    let named = head.filter(|head| head.version.key != Key::UNRELEASED);
    let is_final = wanted.unreleased_version.is_some_and(|version| !version.is_prerelease());
    let collapses = wanted.prereleases == Prereleases::Collapse;
    let mut windows = Vec::with_capacity(wanted.versions.all.len() + 1);
    let mut collapsed = Vec::new();
    let all = whole.items(tagged(wanted.versions, |_, _| true));
    if collapses {
        let is_prerelease = |item: &Item| {
            item.version
                .key
                .index()
                .and_then(|at| wanted.versions.get(at))
                .is_some_and(VersionTag::is_prerelease)
        };
        let (prereleases, finals): (Vec<Item>, Vec<Item>) = all.iter().partition(|item| is_prerelease(item));
        let claims = Claims::new(graph, merged(finals, named.filter(|_| is_final)));
        whole.windows(&claims, &|_| true, wanted, &mut windows);
        let standing: Vec<Key>;
        (standing, collapsed) = claims.standing(&prereleases);
        if !standing.is_empty() || (named.is_some() && !is_final) {
            let is_standing = |item: &Item| {
                standing.contains(&item.version.key) || (!is_final && item.version.key.index().is_none())
            };
            let claims = Claims::new(graph, merged(all, named));
            whole.windows(&claims, &is_standing, wanted, &mut windows);
        }
    } else {
        whole.windows(&Claims::new(graph, merged(all, named)), &|_| true, wanted, &mut windows);
    }
    if let Some(head) = head.filter(|_| named.is_none()) {
        let claims = Claims::new(graph, merged(whole.unreleased(head, wanted), Some(head)));
        whole.windows(&claims, &|item| item.version.key == Key::UNRELEASED, wanted, &mut windows);
    }
    for (position, key) in collapsed {
        let version = key.index().and_then(|at| wanted.versions.get(at)).map(|entry| &entry.version);
        for (_, window) in windows.iter_mut().filter(|(_, window)| window.is_of_final()) {
            if window.commits.binary_search(&position).is_ok() {
                window.prereleases.extend(version.cloned());
            }
        }
    }
    windows.sort_by_key(|(key, _)| std::cmp::Reverse(key.index().unwrap_or(usize::MAX)));
    windows.into_iter().map(|(_, window)| window).collect()
}

/// Versions with one more, lowest first.
fn merged(mut versions: Vec<Item>, other: Option<Item>) -> Vec<Item> {
    versions.extend(other);
    versions.sort_unstable_by_key(|item| item.version.key);
    versions
}

impl Assignment<'_> {
    fn head_key(&self) -> Key {
        self.unreleased_version.map_or(Key::UNRELEASED, |version| Key::untagged(version, self.versions))
    }

    fn point(&self, version: Candidate) -> Point {
        let entry = version.key.index().and_then(|at| self.versions.get(at));
        entry.map_or_else(
            || Point { commit: version.commit, version: self.unreleased_version.cloned(), tag: None },
            |entry| Point {
                commit: entry.tag.commit,
                version: Some(entry.version.clone()),
                tag: Some(entry.tag.clone()),
            },
        )
    }
}

/// The graph of the whole history, with the IDs of its commits.
struct WholeGraph<'a> {
    graph: &'a Graph,
    ids: &'a [ObjectId],
}

impl<'a> WholeGraph<'a> {
    fn item(&self, version: Candidate) -> Option<Item> {
        Some(Item { version, position: self.graph.position(version.commit)? })
    }

    fn items(&self, versions: Vec<Candidate>) -> Vec<Item> {
        versions.into_iter().filter_map(|version| self.item(version)).collect()
    }

    /// The versions that count for unreleased changes: final ones, and the pre-releases that the commit contains.
    fn unreleased(&self, head: Item, wanted: Assignment<'_>) -> Vec<Item> {
        let counts = |version: &Version| !wanted.line.is_some_and(|line| line.is_below(version));
        let mut items = self.items(tagged(wanted.versions, |_, version| counts(version)));
        let is_contained = self.graph.ancestors(head.position);
        items.retain(|item| {
            let entry = item.version.key.index().and_then(|at| wanted.versions.get(at));
            entry.is_some_and(|entry| !entry.is_prerelease())
                || is_contained.get(item.position as usize) == Some(&true)
        });
        items
    }

    /// Adds the windows of the versions for which `is_wanted`.
    fn windows(
        &self,
        claims: &Claims,
        is_wanted: &dyn Fn(&Item) -> bool,
        wanted: Assignment<'_>,
        windows: &mut Vec<(Key, Window)>,
    ) {
        let mut sweep = Sweep::new(self.graph, self.ids);
        let mut commits = claims.commits();
        let mut seen = self.graph.seen();
        for (place, item) in claims.order().iter().enumerate().filter(|(_, item)| is_wanted(item)) {
            let own = commits.get_mut(place).map(std::mem::take).unwrap_or_default();
            let forks = claims.forks(place, self.graph, &mut seen);
            let window = match forks.as_slice() {
                [] => {
                    let base = claims.highest_before(place);
                    self.simple(item, base, (own, base.is_some()), (wanted, &mut sweep))
                }
                [fork] => {
                    let base = claims.base_at(place, *fork, self.graph, &mut seen);
                    let diverged = base.is_some_and(|base| base.position != *fork);
                    self.simple(item, base, (own, diverged), (wanted, &mut sweep))
                }
                _ => self.of_several(claims, (place, item), (&own, &forks), (wanted, &mut sweep)),
            };
            windows.push((item.version.key, window));
        }
    }

    /// The window of a version whose base contains all that earlier versions contain of it.
    fn simple(
        &self,
        item: &Item,
        base: Option<Item>,
        (commits, diverged): (Vec<u32>, bool),
        context: (Assignment<'_>, &mut Sweep<'a>),
    ) -> Window {
        let choice = Choice { base: base.map(|base| base.version), ..Choice::default() };
        self.window(item, &choice, (commits, diverged), context)
    }

    fn of_several(
        &self,
        claims: &Claims,
        (place, item): (usize, &Item),
        (own, forks): (&[u32], &[u32]),
        (wanted, sweep): (Assignment<'_>, &mut Sweep<'a>),
    ) -> Window {
        let mut earlier: Vec<Candidate> =
            claims.order().iter().take(place).map(|item| item.version).collect();
        earlier.sort_unstable_by_key(|other| other.key);
        let id = |position: &u32| self.ids.get(*position as usize).copied();
        let (new, forks): (Vec<ObjectId>, Vec<ObjectId>) =
            (own.iter().filter_map(id).collect(), forks.iter().filter_map(id).collect());
        let forked = Forked { commit: item.version.commit, earlier: &earlier, new: &new, forks: &forks };
        let mut reach: Reach<'_, '_, Infallible> = Reach::Whole { sweep, claims };
        let Ok(choice) = base::choose(forked, &mut reach);
        let position = |id: &ObjectId| self.graph.position(*id);
        let mut commits: Vec<u32> = choice.commits.iter().filter_map(position).collect();
        commits.sort_unstable();
        let base = IdSet::from_iter(choice.base.map(|base| base.commit));
        let is_ancestor = base.is_empty() || sweep.containing(&[item.version.commit], &base) == [true];
        self.window(item, &choice, (commits, !is_ancestor), (wanted, sweep))
    }

    fn window(
        &self,
        item: &Item,
        choice: &Choice,
        (commits, diverged): (Vec<u32>, bool),
        (wanted, sweep): (Assignment<'_>, &mut Sweep<'a>),
    ) -> Window {
        let index = item.version.key.index();
        let also = choice
            .also_in
            .iter()
            .filter_map(|(id, version)| Some((self.graph.position(*id)?, wanted.point(*version).version?)));
        let mut also_in: Vec<(u32, Version)> = also.collect();
        also_in.sort_unstable_by_key(|(position, _)| *position);
        Window {
            target: wanted.point(item.version),
            base: choice.base.map(|base| wanted.point(base)),
            between: choice.between.iter().map(|version| wanted.point(*version)).collect(),
            is_range: false,
            rollback: false,
            diverged,
            line_start: choice
                .base
                .filter(|_| diverged)
                .and_then(|base| line_start(base, item, sweep, wanted.versions)),
            environments: index.map(|at| wanted.versions.environments_running(at)).unwrap_or_default(),
            prereleases: Vec::new(),
            maintenance: wanted.line.filter(|_| item.version.key == Key::UNRELEASED).cloned(),
            commits,
            also_in,
        }
    }
}

/// The index of the lowest version that a base contains and a target does not.
fn line_start(base: Candidate, target: &Item, sweep: &mut Sweep<'_>, versions: &Versions) -> Option<usize> {
    let line: IdSet = sweep.range(&[base.commit], &[target.version.commit]).into_iter().collect();
    versions.all.iter().position(|entry| line.contains(&entry.tag.commit))
}
