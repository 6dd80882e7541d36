//! Records how the next version was computed, and formats it as an English sentence.

use crate::{
    model::{Bump, Version},
    rules,
};

/// How the next version was computed, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Derivation {
    /// The final version that the changes are counted from.
    pub since: Option<Version>,
    /// The bump that is required.
    pub required: Option<Bump>,
    /// Whether the user requested the bump, instead of the changes requiring it.
    pub is_explicit: bool,
    /// The number of changes that require exactly this bump, by section id (`None`: hidden changes).
    pub counts: Vec<(Option<String>, usize)>,
    /// How many of these changes were placed by reading a message without a type.
    pub read: usize,
    /// The bump after the rules for versions below 1.0.0, if it differs from `required`.
    pub zero_bump: Option<Bump>,
    /// The current pre-release, and how the version relates to it.
    pub prerelease: Option<(Relation, Version)>,
    /// The version that was skipped because it already exists.
    pub skipped: Option<Version>,
    /// The higher version that the last final version contains.
    pub contained: Option<Version>,
    /// The commit that requests the version, abbreviated.
    pub release_as: Option<String>,
    /// The maintenance line, if a higher version exists.
    pub line: Option<String>,
}

/// How a version relates to the pre-release before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The next pre-release of the same version.
    Follows,
    /// The final version of the pre-release.
    Graduates,
    /// A version with other numbers.
    Replaces,
}

impl Derivation {
    /// The derivation in English. `bump` is the difference between the last final version and the next one.
    pub(super) fn describe(&self, bump: Option<Bump>) -> String {
        let mut parts = Vec::new();
        match (&self.since, self.required) {
            _ if self.release_as.is_some() && !self.is_explicit => {}
            (_, Some(required)) if self.is_explicit => {
                parts.push(format!("{}: requested explicitly", required.name()));
            }
            (None, Some(_)) => parts.push("first version".to_owned()),
            (Some(base), Some(required)) => {
                let name = bump.map_or("", Bump::name);
                let changes =
                    Some(rules::list_required(&self.counts, self.read)).filter(|changes| !changes.is_empty());
                let changes = changes.unwrap_or_else(|| format!("a {} change", required.name()));
                let zero = self.zero_bump.map(|it| format!(" (below 1.0.0, this raises {})", it.name()));
                parts.push(format!("{name}: {changes} since {base}{}", zero.unwrap_or_default()));
            }
            (since, None) if self.prerelease.is_none() => {
                let since = since.as_ref().map(|base| format!(" since {base}")).unwrap_or_default();
                parts.push(format!("no change{since} requires a new version"));
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
        let requested = self.release_as.as_ref().filter(|_| !self.is_explicit);
        parts.extend(requested.map(|commit| format!("requested by commit {commit} (Release-As)")));
        parts.extend(self.contained.as_ref().map(|version| format!("above {version}, which it contains")));
        parts.extend(self.skipped.as_ref().map(|skipped| format!("{skipped} already exists")));
        parts.extend(self.line.as_ref().map(|line| format!("on the maintenance line {line}")));
        parts.join("; ")
    }
}
