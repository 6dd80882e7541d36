//! Joins the changes of a section that are one entry to a reader: updates of one dependency, changes with the same
//! title.

use std::collections::HashMap;

use crate::model::{Bump, Change, Joined, JoinedBy, ObjectId};

use super::{
    decision::decide,
    dependency_update::{DependencyUpdate, GroupUpdate},
    options::Options,
    read_by_files::read_by_files,
    section::SectionIndex,
};

/// What joined changes have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Subject {
    Update(String),
    GroupUpdate(String),
    /// The scope, in lower case, and the title.
    Title(Option<String>, String),
}

/// What a change has in common with those that [`join_changes`] joins with it if they are in one section.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JoinKey(Subject);

impl JoinKey {
    /// The key of a change; `None` if it is never joined.
    #[must_use]
    pub fn of(change: &Change) -> Option<Self> {
        subject(change, true).map(Self)
    }
}

/// The version that the title of a change says a dependency is updated from.
#[must_use]
pub fn updated_from(change: &Change) -> Option<String> {
    DependencyUpdate::parse(&change.title)?.from
}

/// Where joined changes are listed: the section, and what they require.
type Place = (SectionIndex, Option<Bump>, bool);

/// Joins the changes with the same subject in a section: the newest stays. Takes and returns changes newest first. A
/// breaking change stays alone, because each breaks something else, and so do those of a message that lists several.
#[must_use]
pub fn join_changes(changes: Vec<Change>, options: &Options) -> Vec<Change> {
    let subjects = subjects(&changes);
    let mut positions: HashMap<(Subject, Place), usize> = HashMap::new();
    let mut joined: Vec<Change> = Vec::with_capacity(changes.len());
    for (change, subject) in changes.into_iter().zip(subjects) {
        let key = subject.and_then(|subject| Some((subject, place(&change, options)?)));
        let newer = key.as_ref().and_then(|key| joined.get_mut(*positions.get(key)?));
        if let (Some(newer), Some((subject, _))) = (newer, &key) {
            join(newer, change, subject);
            continue;
        }
        if let Some(key) = key {
            positions.insert(key, joined.len());
        }
        joined.push(change);
    }
    joined
}

/// The subject of each change by which it may be joined.
fn subjects(changes: &[Change]) -> Vec<Option<Subject>> {
    let mut titles: HashMap<&str, u32> = HashMap::with_capacity(changes.len());
    for change in changes {
        *titles.entry(&change.title).or_default() += 1;
    }
    let is_repeated = |change: &Change| titles.get(change.title.as_str()).is_some_and(|count| *count > 1);
    let mut subjects: Vec<_> = changes.iter().map(|change| subject(change, is_repeated(change))).collect();
    if subjects.iter().any(Option::is_some) {
        let mut commits: HashMap<ObjectId, u32> = HashMap::new();
        for first in changes.iter().filter_map(|change| change.commits.first()) {
            *commits.entry(*first).or_default() += 1;
        }
        let is_shared = |first: &ObjectId| commits.get(first).is_some_and(|count| *count > 1);
        for (subject, change) in subjects.iter_mut().zip(changes) {
            *subject = subject.take().filter(|_| !change.commits.first().is_some_and(is_shared));
        }
    }
    subjects
}

fn subject(change: &Change, is_repeated: bool) -> Option<Subject> {
    if change.breaking {
        return None;
    }
    if let Some(update) = DependencyUpdate::parse(&change.title) {
        return Some(Subject::Update(update.name));
    }
    if let Some(update) = GroupUpdate::parse(&change.title) {
        return Some(Subject::GroupUpdate(update.name));
    }
    let scope = || change.scope.as_ref().map(|scope| scope.to_lowercase());
    is_repeated.then(|| Subject::Title(scope(), change.title.clone()))
}

/// Where a change is listed; `None` if it is not.
fn place(change: &Change, options: &Options) -> Option<Place> {
    let decision =
        read_by_files(change, options).map_or_else(|| decide(change, options), |read| read.decision);
    Some((decision.placement.section()?, decision.bump, change.reverts_released))
}

/// Adds an older change with the same subject to a newer one.
fn join(newer: &mut Change, older: Change, subject: &Subject) {
    let title = match subject {
        Subject::Update(_) => DependencyUpdate::parse(&newer.title)
            .zip(DependencyUpdate::parse(&older.title))
            .and_then(|(new, old)| new.joined_title(&newer.title, &old)),
        Subject::GroupUpdate(_) => GroupUpdate::parse(&newer.title)
            .zip(GroupUpdate::parse(&older.title))
            .and_then(|(new, old)| new.joined_title(&newer.title, &old)),
        Subject::Title(..) => None,
    };
    newer.title = title.unwrap_or(std::mem::take(&mut newer.title));
    let by = match subject {
        Subject::Update(_) | Subject::GroupUpdate(_) => JoinedBy::Dependency,
        Subject::Title(..) => JoinedBy::Title,
    };
    newer.joined.get_or_insert(Joined { by, own_commits: newer.commits.len() });
    absorb(newer, older);
}

/// Adds the commits, people and references of an older change to a newer one that lists it.
pub(super) fn absorb(newer: &mut Change, older: Change) {
    for number in older.pull_request.map(|it| it.number).into_iter().chain(older.other_references) {
        if newer.pull_request.as_ref().is_none_or(|own| own.number != number) {
            add(&mut newer.other_references, number);
        }
    }
    newer.commits.extend(older.commits);
    for person in older.authors {
        if newer.authors.iter().all(|known| known.email != person.email) {
            newer.authors.push(person);
        }
    }
    newer.description = newer.description.take().or(older.description);
    newer.squashed_breaking.extend(older.squashed_breaking);
    older.issues.into_iter().for_each(|issue| add(&mut newer.issues, issue));
    older.merged_types.into_iter().for_each(|kind| add(&mut newer.merged_types, kind));
    older.closes.into_iter().for_each(|issue| add(&mut newer.closes, issue));
    newer.closes.sort();
    older.touches.into_iter().for_each(|set| add(&mut newer.touches, set));
    newer.touches.sort_unstable();
    older.components.into_iter().for_each(|name| add(&mut newer.components, name));
    older.also_in.into_iter().for_each(|version| add(&mut newer.also_in, version));
    if older.only_touches.is_empty() {
        newer.only_touches.clear();
    } else if !newer.only_touches.is_empty() {
        older.only_touches.into_iter().for_each(|kind| add(&mut newer.only_touches, kind));
        newer.only_touches.sort_unstable();
    }
}

fn add<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(number: u32, title: &str) -> Change {
        let mut id = [0; 20];
        id[..4].copy_from_slice(&number.to_be_bytes());
        Change { title: title.into(), commits: vec![ObjectId::from_bytes(id)], ..Change::default() }
    }

    fn by(change: &Change) -> Option<JoinedBy> {
        change.joined.map(|joined| joined.by)
    }

    fn joined(changes: Vec<Change>) -> Vec<Change> {
        join_changes(changes, &Options::default())
    }

    #[test]
    fn updates_of_one_dependency_are_joined() {
        let titles = ["bump a from 1.2 to 1.3", "add b", "bump a from 1.1 to 1.2", "bump A from 1.0 to 1.1"];
        let joined = joined((0..).zip(titles).map(|(at, title)| change(at, title)).collect());
        let titles: Vec<&str> = joined.iter().map(|change| change.title.as_str()).collect();
        assert_eq!(titles, ["bump a from 1.0 to 1.3", "add b"]);
        let commits: Vec<_> = [0, 2, 3].map(|number| change(number, "").commits[0]).into();
        assert_eq!((&joined[0].commits, by(&joined[0])), (&commits, Some(JoinedBy::Dependency)));
    }

    #[test]
    fn changes_with_the_same_title_are_joined() {
        let numbered = |number: u32, title: &str| {
            let request = crate::model::PullRequest { number: number.into(), ..Default::default() };
            Change { pull_request: Some(Box::new(request)), ..change(number, title) }
        };
        let joined = joined(vec![
            numbered(3, "Update everything"),
            change(4, "Add b"),
            numbered(2, "Update everything"),
            Change { kind: Some("fix".into()), ..change(5, "Update everything") },
            Change { scope: Some("api".into()), ..change(6, "Update everything") },
            change(1, "Update everything"),
        ]);
        let entries: Vec<_> =
            joined.iter().map(|change| (change.title.as_str(), change.commits.len())).collect();
        let expected =
            [("Update everything", 3), ("Add b", 1), ("Update everything", 1), ("Update everything", 1)];
        assert_eq!(entries, expected, "other sections and scopes stay apart");
        assert_eq!((&*joined[0].other_references, by(&joined[0])), (&[2][..], Some(JoinedBy::Title)));
    }

    #[test]
    fn breaking_changes_and_changes_of_one_commit_stay_apart() {
        let breaking = |number, title| Change { breaking: true, ..change(number, title) };
        assert_eq!(joined(vec![breaking(0, "bump a from 1 to 2"), change(1, "bump a from 0 to 1")]).len(), 2);
        assert_eq!(joined(vec![breaking(0, "drop a"), breaking(1, "drop a")]).len(), 2);
        let list = vec![change(0, "x"), change(1, "x"), change(1, "y")];
        assert_eq!(joined(list).len(), 3, "else a listed commit would be merged, too");
    }
}
