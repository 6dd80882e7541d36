//! How much the changes of a window ask to raise the version, and which of them do.

use std::collections::BTreeMap;

use crate::model::{Bump, Change, ObjectId};

use super::section::{BREAKING, SectionIndex};

/// The greatest raise that changes ask for, with those that ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredBump {
    /// How much.
    pub bump: Bump,
    /// How many changes ask for just that, by the id of the section they stand in (`None`: hidden ones), in the order of
    /// the sections. Empty where they are not known.
    pub counts: Vec<(Option<String>, usize)>,
    /// The title of the first change that asks for it.
    pub title: Option<String>,
    /// The newest commit of that change.
    pub commit: Option<ObjectId>,
}

impl RequiredBump {
    /// A raise of which nothing more is known.
    #[must_use]
    pub const fn of(bump: Bump) -> Self {
        Self { bump, counts: Vec::new(), title: None, commit: None }
    }

    /// The changes that ask for it, as in `3 features` or `2 fixes and 1 revert`; empty where they are not known.
    #[must_use]
    pub fn list(&self) -> String {
        list_counts(&self.counts)
    }
}

/// Numbers of changes by the id of their section (`None`: hidden ones), as in `2 fixes and 1 revert`.
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

/// Finds the [`RequiredBump`] while changes go by.
#[derive(Debug, Default)]
pub(super) struct BumpCounter {
    bump: Option<Bump>,
    counts: BTreeMap<Option<SectionIndex>, usize>,
    title: String,
    commit: Option<ObjectId>,
}

impl BumpCounter {
    /// Adds a change that asks for `bump` and stands in `section` (`None`: hidden).
    pub(super) fn add(&mut self, bump: Option<Bump>, section: Option<SectionIndex>, change: &Change) {
        if bump.is_none() || bump < self.bump {
            return;
        }
        if bump > self.bump {
            self.bump = bump;
            self.counts.clear();
            self.title.clone_from(&change.title);
            self.commit = change.commits.first().copied();
        }
        *self.counts.entry(section).or_default() += 1;
    }

    /// `id` gives the id of a section.
    pub(super) fn required(self, id: impl Fn(SectionIndex) -> Option<String>) -> Option<RequiredBump> {
        let bump = self.bump?;
        let mut counts: Vec<_> =
            self.counts.into_iter().map(|(section, count)| (section.and_then(&id), count)).collect();
        // `None` sorts first, and hidden changes are named last.
        counts.sort_by_key(|(section, _)| section.is_none());
        Some(RequiredBump { bump, counts, title: Some(self.title), commit: self.commit })
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
