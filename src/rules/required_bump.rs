//! Computes the bump that the changes of a window require, and counts the changes that require it.

use std::collections::BTreeMap;

use crate::model::{Bump, Change, ObjectId};

use super::section::{BREAKING, SectionIndex};

/// The highest bump that changes require, with the changes that require it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredBump {
    /// The bump.
    pub bump: Bump,
    /// How many changes require this bump, by the ID of their section (`None`: hidden), in the order of the sections.
    /// Empty if the changes are not known.
    pub counts: Vec<(Option<String>, usize)>,
    /// How many of these changes were placed by reading a message without a type.
    pub read: usize,
    /// The title of the first change that requires it.
    pub title: Option<String>,
    /// The newest commit of that change.
    pub commit: Option<ObjectId>,
}

impl RequiredBump {
    /// A bump without the changes that require it.
    #[must_use]
    pub const fn of(bump: Bump) -> Self {
        Self { bump, counts: Vec::new(), read: 0, title: None, commit: None }
    }

    /// The changes that require it, as [`list_required`] formats them; empty if they are not known.
    #[must_use]
    pub fn list(&self) -> String {
        list_required(&self.counts, self.read)
    }
}

/// Formats counts of changes, as [`list_counts`] does, with how many of them were placed by reading a message without a
/// type: `3 features (1 read from messages without a type)`.
#[must_use]
pub fn list_required(counts: &[(Option<String>, usize)], read: usize) -> String {
    let list = list_counts(counts);
    if list.is_empty() || read == 0 {
        return list;
    }
    format!("{list} ({read} read from messages without a type)")
}

/// Formats counts of changes by the ID of their section (`None`: hidden), as in `2 fixes and 1 revert`.
#[must_use]
pub fn list_counts(counts: &[(Option<String>, usize)]) -> String {
    let mut texts: Vec<_> = counts.iter().map(|(id, count)| counted(id.as_deref(), *count)).collect();
    match texts.pop() {
        Some(last) if texts.is_empty() => last,
        Some(last) => format!("{} and {last}", texts.join(", ")),
        None => String::new(),
    }
}

fn counted(section: Option<&str>, count: usize) -> String {
    let (one, many) = match section {
        Some(BREAKING) => ("breaking change", "breaking changes"),
        Some("features") => ("feature", "features"),
        Some("fixes") => ("fix", "fixes"),
        Some("reverts") => ("revert", "reverts"),
        Some("other") => ("other change", "other changes"),
        None => ("hidden change", "hidden changes"),
        Some(id) => return format!("{count} change{} in `{id}`", if count == 1 { "" } else { "s" }),
    };
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Computes the [`RequiredBump`] from one change after another.
#[derive(Debug, Default)]
pub(super) struct BumpCounter {
    bump: Option<Bump>,
    counts: BTreeMap<Option<SectionIndex>, usize>,
    read: usize,
    title: String,
    commit: Option<ObjectId>,
}

impl BumpCounter {
    /// Adds a change that requires `bump` and is in `section` (`None`: hidden).
    pub(super) fn add(&mut self, bump: Option<Bump>, section: Option<SectionIndex>, change: &Change) {
        if bump.is_none() || bump < self.bump {
            return;
        }
        if bump > self.bump {
            self.bump = bump;
            self.counts.clear();
            self.read = 0;
            self.title.clone_from(&change.title);
            self.commit = change.commits.first().copied();
        }
        *self.counts.entry(section).or_default() += 1;
        self.read += usize::from(change.reading.is_some_and(|reading| reading.placed));
    }

    /// The result; `None` if no change requires a bump. `id` returns the ID of a section.
    pub(super) fn required(self, id: impl Fn(SectionIndex) -> Option<String>) -> Option<RequiredBump> {
        let bump = self.bump?;
        let mut counts: Vec<_> =
            self.counts.into_iter().map(|(section, count)| (section.and_then(&id), count)).collect();
        // `None` sorts first, but hidden changes come last.
        counts.sort_by_key(|(section, _)| section.is_none());
        Some(RequiredBump { bump, counts, read: self.read, title: Some(self.title), commit: self.commit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_a_sentence() {
        let list = |counts: &[(Option<&str>, usize)]| {
            let counts = counts.iter().map(|(id, count)| (id.map(str::to_owned), *count)).collect();
            RequiredBump { counts, ..RequiredBump::of(Bump::Patch) }.list()
        };
        assert_eq!(list(&[]), "");
        assert_eq!(list(&[(Some("features"), 1)]), "1 feature");
        assert_eq!(
            list(&[(Some("fixes"), 2), (Some("api"), 1), (None, 3)]),
            "2 fixes, 1 change in `api` and 3 hidden changes"
        );
    }
}
