//! The corrections of a repository, with their commits resolved.

use std::{collections::BTreeMap, sync::Arc};

use crate::model::{Change, IdMap, ObjectId, PathSetId};

use super::{
    reference::{CommitKey, Reference},
    written::{WrittenCorrection, WrittenCorrections, WrittenVersion},
};

/// The corrections of a repository.
#[derive(Debug, Clone, Default)]
pub struct Corrections {
    /// The path of the file, for reasons and messages.
    pub file: Arc<str>,
    /// The path set of the file, if it exists.
    pub path_set: Option<PathSetId>,
    pub(super) commits: IdMap<Vec<CommitCorrection>>,
    pub(super) pull_requests: BTreeMap<u64, Fields>,
    pub(super) issues: BTreeMap<u64, Fields>,
    versions: BTreeMap<String, VersionText>,
    /// The entries that name a commit that the repository does not have, as in `commit a1b2c3d`.
    unknown: Vec<String>,
}

/// A correction of the changes of a commit.
#[derive(Debug, Clone)]
pub(super) struct CommitCorrection {
    /// Which of its changes, from 1; `None` for all.
    pub(super) ordinal: Option<usize>,
    pub(super) fields: Fields,
}

/// The corrected fields of an entry.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// The entry, as in `commit a1b2c3d`.
    pub(super) entry: String,
    /// Its table and its name.
    pub(super) place: (&'static str, String),
    pub(super) written: WrittenCorrection,
    pub(super) merge_into: Option<MergeTarget>,
}

/// The change that another one is merged into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MergeTarget {
    /// A commit of it, and which of the commit's changes.
    Commit(ObjectId, Option<usize>),
    /// Its pull request, or else an issue that it closes.
    Number(u64),
}

/// The texts of a version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VersionText {
    /// Markdown.
    pub summary: Option<String>,
    /// One line each.
    pub highlights: Vec<String>,
}

impl Corrections {
    /// No corrections; `file` is where they would be.
    #[must_use]
    pub fn empty(file: &str) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// Resolves the commits of a file with `commit`, which returns `None` for a commit that the repository does not
    /// have.
    ///
    /// # Errors
    /// Those of `commit`.
    pub fn new<E>(
        file: &str,
        written: WrittenCorrections,
        mut commit: impl FnMut(&str) -> Result<Option<ObjectId>, E>,
    ) -> Result<Self, E> {
        let mut corrections = Self::empty(file);
        let mut merges = Vec::new();
        for (table, name, correction) in written.entries() {
            let entry = format!("{} {name}", table.replace('_', " "));
            let merge_into = match correction.merge_into.as_deref().map(str::parse) {
                Some(Ok(Reference::Number(number))) => Some(MergeTarget::Number(number)),
                Some(Ok(Reference::Commit(key))) => match commit(&key.digits)? {
                    Some(id) => Some(MergeTarget::Commit(id, key.ordinal)),
                    None => {
                        corrections.unknown.push(format!("`merge_into` of {entry}"));
                        None
                    }
                },
                Some(Err(_)) | None => None,
            };
            merges.push((
                table,
                name,
                Fields { entry, place: (table, name.to_owned()), written: cleaned(correction), merge_into },
            ));
        }
        for (table, name, fields) in merges {
            match table {
                "commit" => {
                    let Ok(CommitKey { digits, ordinal }) = name.parse() else { continue };
                    match commit(&digits)? {
                        Some(id) => {
                            let of_commit = corrections.commits.entry(id).or_default();
                            of_commit.push(CommitCorrection { ordinal, fields });
                        }
                        None => corrections.unknown.push(fields.entry),
                    }
                }
                "pull_request" => {
                    corrections.pull_requests.extend(name.parse().ok().map(|it: u64| (it, fields)));
                }
                _ => corrections.issues.extend(name.parse().ok().map(|it: u64| (it, fields))),
            }
        }
        corrections.versions = written.version.into_iter().map(|(name, text)| (name, texts(text))).collect();
        Ok(corrections)
    }

    /// Whether no change has a correction.
    #[must_use]
    pub fn has_no_changes(&self) -> bool {
        self.commits.is_empty() && self.pull_requests.is_empty() && self.issues.is_empty()
    }

    /// The entries that correct a change with these commits, the most specific first: table and name.
    #[must_use]
    pub fn entries_of(&self, change: &Change, commits: &[ObjectId]) -> Vec<(&'static str, String)> {
        let of_commits = commits.iter().filter_map(|commit| self.commits.get(commit)).flatten();
        let (of_one, of_all): (Vec<_>, Vec<_>) = of_commits
            .filter(|it| it.ordinal.is_none_or(|own| own == change.ordinal.max(1)))
            .partition(|it| it.ordinal.is_some());
        let of_commits = of_one.into_iter().chain(of_all).map(|it| &it.fields);
        let of_pull_request = pull_requests(change).filter_map(|number| self.pull_requests.get(&number));
        let of_issues = issues(change).filter_map(|number| self.issues.get(&number));
        of_commits.chain(of_pull_request).chain(of_issues).map(|fields| fields.place.clone()).collect()
    }

    /// The texts of versions, each with the name in the file.
    pub fn versions(&self) -> impl Iterator<Item = (&str, &VersionText)> {
        self.versions.iter().map(|(name, text)| (name.as_str(), text))
    }

    /// The entries that name a commit that the repository does not have.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// The numbers of pull requests with a correction, each with its entry.
    pub fn pull_requests(&self) -> impl Iterator<Item = (u64, &str)> {
        self.pull_requests.iter().map(|(number, fields)| (*number, fields.entry.as_str()))
    }

    /// The numbers of issues with a correction, each with its entry.
    pub fn issues(&self) -> impl Iterator<Item = (u64, &str)> {
        self.issues.iter().map(|(number, fields)| (*number, fields.entry.as_str()))
    }

    /// The numbers that changes are merged into, each with the entry that says so.
    pub fn merge_numbers(&self) -> impl Iterator<Item = (u64, &str)> {
        let of_commits = self.commits.values().flatten().map(|it| &it.fields);
        let all = of_commits.chain(self.pull_requests.values()).chain(self.issues.values());
        all.filter_map(|fields| match fields.merge_into {
            Some(MergeTarget::Number(number)) => Some((number, fields.entry.as_str())),
            Some(MergeTarget::Commit(..)) | None => None,
        })
    }
}

/// The pull requests of a change: its own, then those that its subject names too. Without data from a forge, a number
/// is taken for a pull request that the forge may know as an issue, so such a number counts as well.
pub(super) fn pull_requests(change: &Change) -> impl Iterator<Item = u64> {
    let own = change.pull_request.as_ref().map(|pull_request| pull_request.number);
    let named = change.issues.iter().filter(move |issue| own.is_none() && issue.repository.is_none());
    own.into_iter().chain(change.other_references.iter().copied()).chain(named.map(|issue| issue.number))
}

/// The issues of this repository that a change names or closes.
pub(super) fn issues(change: &Change) -> impl Iterator<Item = u64> {
    let issues = change.issues.iter().chain(&change.closes);
    issues.filter(|issue| issue.repository.is_none()).map(|issue| issue.number)
}

fn texts(written: WrittenVersion) -> VersionText {
    let summary = written.summary.map(|text| without_controls(&text, true).trim().to_owned());
    let lines = written.highlights.iter().map(|line| without_controls(line, false).trim().to_owned());
    VersionText {
        summary: summary.filter(|text| !text.is_empty()),
        highlights: lines.filter(|line| !line.is_empty()).collect(),
    }
}

/// A correction with texts like those of changes: without control and bidirectional-override characters.
fn cleaned(written: &WrittenCorrection) -> WrittenCorrection {
    let line = |text: &Option<String>| text.as_ref().map(|it| without_controls(it, false).trim().to_owned());
    WrittenCorrection {
        title: line(&written.title),
        section: written.section.clone(),
        scope: line(&written.scope),
        breaking: written.breaking,
        description: written.description.as_ref().map(|it| without_controls(it, true).trim().to_owned()),
        hide: line(&written.hide),
        merge_into: written.merge_into.clone(),
    }
}

/// A text without control characters and bidirectional overrides; line breaks are spaces unless `multiline`.
pub(super) fn without_controls(text: &str, multiline: bool) -> String {
    let is_override = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = |c: char| match c {
        '\n' if multiline => Some('\n'),
        '\n' | '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        c if c.is_control() || is_override(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(kept).collect()
}
