//! The corrections file as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A corrections file. Keys are the names of commits, pull requests, issues and versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct WrittenCorrections {
    /// By commit ID of at least 7 digits, followed by `-2` for the second change of the commit.
    pub commit: BTreeMap<String, WrittenCorrection>,
    /// By the number of the pull request.
    pub pull_request: BTreeMap<String, WrittenCorrection>,
    /// By the number of the issue.
    pub issue: BTreeMap<String, WrittenCorrection>,
    /// By version or tag.
    pub version: BTreeMap<String, WrittenVersion>,
}

/// A correction as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct WrittenCorrection {
    /// The title.
    pub title: Option<String>,
    /// The ID of the section.
    pub section: Option<String>,
    /// The scope; empty for none.
    pub scope: Option<String>,
    /// Whether it is breaking.
    pub breaking: Option<bool>,
    /// The description.
    pub description: Option<String>,
    /// Why it is hidden.
    pub hide: Option<String>,
    /// The change that lists it: a commit ID, or `#12`.
    pub merge_into: Option<String>,
}

/// The texts of a version as they are written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct WrittenVersion {
    /// Markdown, shown above the sections.
    pub summary: Option<String>,
    /// What is most important, one line each.
    pub highlights: Vec<String>,
}

impl WrittenCorrections {
    /// The corrections of changes, each with the table and the name of its entry.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str, &WrittenCorrection)> {
        let tables = [("commit", &self.commit), ("pull_request", &self.pull_request), ("issue", &self.issue)];
        tables.into_iter().flat_map(|(table, entries)| {
            entries.iter().map(move |(name, correction)| (table, name.as_str(), correction))
        })
    }
}
