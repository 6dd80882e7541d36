//! How the next version was found: the facts, and their words in English.

use crate::{
    model::{Bump, Version},
    rules,
};

/// The facts that lead to a version, or to none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Derivation {
    /// The final version that the changes are counted from.
    pub since: Option<Version>,
    /// The raise that is asked for.
    pub asked: Option<Bump>,
    /// Whether a person asks, not the changes.
    pub by_hand: bool,
    /// How many changes ask for just that, by the id of the section they stand in (`None`: hidden ones).
    pub counts: Vec<(Option<String>, usize)>,
    /// What that comes to below 1.0.0, where it is something else.
    pub softened: Option<Bump>,
    /// The pre-release that is under way, and what the version is to it.
    pub prerelease: Option<(Relation, Version)>,
    /// The first version that was passed over since it exists.
    pub taken: Option<Version>,
}

/// What a version is to the pre-release before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The next pre-release of the same version.
    Follows,
    /// Its final version.
    Graduates,
    /// Another version.
    Replaces,
}

impl Derivation {
    /// In English words; `bump` is the raise that it comes to.
    pub(super) fn in_words(&self, bump: Option<Bump>) -> String {
        let mut parts = Vec::new();
        match (&self.since, self.asked) {
            (_, Some(asked)) if self.by_hand => parts.push(format!("{}: asked for by hand", asked.name())),
            (None, Some(_)) => parts.push("first version".to_owned()),
            (Some(base), Some(asked)) => {
                let name = bump.map_or("", Bump::name);
                let changes = Some(rules::list_counts(&self.counts)).filter(|changes| !changes.is_empty());
                let changes = changes.unwrap_or_else(|| format!("a {} change", asked.name()));
                let softened =
                    self.softened.map(|it| format!(" (below 1.0.0, where that raises {})", it.name()));
                parts.push(format!("{name}: {changes} since {base}{}", softened.unwrap_or_default()));
            }
            (since, None) if self.prerelease.is_none() => {
                let since = since.as_ref().map(|base| format!(" since {base}")).unwrap_or_default();
                parts.push(format!("no change{since} asks for a new version"));
            }
            (_, None) => {}
        }
        if let Some((relation, prerelease)) = &self.prerelease {
            let relation = match relation {
                Relation::Follows => "follows",
                Relation::Graduates => "graduates",
                Relation::Replaces => "replaces",
            };
            parts.push(format!("{relation} {prerelease}"));
        }
        parts.extend(self.taken.as_ref().map(|taken| format!("{taken} exists already")));
        parts.join("; ")
    }
}
