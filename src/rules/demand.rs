//! How much the changes of a window ask to raise the version, and which of them do.

use crate::model::{Bump, Change, ObjectId};

use super::BREAKING;

/// The greatest raise that is asked for, with those who ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// How much.
    pub bump: Bump,
    /// How many changes ask for just that, by the id of the section they stand in (`None`: hidden ones), in the order of
    /// the sections. Empty where the demand comes from a person.
    pub by: Vec<(Option<String>, usize)>,
    /// The title of the first change that asks for it.
    pub title: Option<String>,
    /// The newest commit of that change.
    pub commit: Option<ObjectId>,
}

impl Demand {
    /// A demand of which nothing more is known.
    #[must_use]
    pub const fn of(bump: Bump) -> Self {
        Self { bump, by: Vec::new(), title: None, commit: None }
    }

    /// Who asks, as in `3 features` or `2 fixes and 1 revert`; empty where that is not known.
    #[must_use]
    pub fn askers(&self) -> String {
        listed(&self.by)
    }
}

/// Who asks, by the id of their section.
pub(super) fn listed(by: &[(Option<String>, usize)]) -> String {
    let mut texts: Vec<_> = by.iter().map(|(id, count)| counted(id.as_deref(), *count)).collect();
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

/// Counts while changes go by.
#[derive(Debug, Default)]
pub(super) struct Tally {
    bump: Option<Bump>,
    /// By the place of the section.
    counts: std::collections::BTreeMap<Option<usize>, usize>,
    title: String,
    commit: Option<ObjectId>,
}

impl Tally {
    pub(super) fn add(&mut self, ask: Option<Bump>, section: Option<usize>, change: &Change) {
        if ask.is_none() || ask < self.bump {
            return;
        }
        if ask > self.bump {
            self.bump = ask;
            self.counts.clear();
            self.title.clone_from(&change.title);
            self.commit = change.commits.first().copied();
        }
        *self.counts.entry(section).or_default() += 1;
    }

    pub(super) fn demand(self, id: impl Fn(usize) -> Option<String>) -> Option<Demand> {
        let bump = self.bump?;
        let mut by: Vec<_> =
            self.counts.into_iter().map(|(section, count)| (section.and_then(&id), count)).collect();
        // `None` sorts first, and hidden changes are named last.
        by.sort_by_key(|(section, _)| section.is_none());
        Some(Demand { bump, by, title: Some(self.title), commit: self.commit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn askers_read_as_a_sentence() {
        let demand = |by: &[(Option<&str>, usize)]| {
            let by = by.iter().map(|(id, count)| (id.map(str::to_owned), *count)).collect();
            Demand { by, ..Demand::of(Bump::Patch) }.askers()
        };
        assert_eq!(demand(&[]), "");
        assert_eq!(demand(&[(Some("features"), 1)]), "1 feature");
        assert_eq!(
            demand(&[(Some("fixes"), 2), (Some("api"), 1), (None, 3)]),
            "2 fixes, 1 change in `api` and 3 hidden changes"
        );
    }
}
