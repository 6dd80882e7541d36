//! The changes of a window as a list to edit, in the manner of `git rebase --interactive`.

use std::collections::HashMap;

use crate::model::{Change, CorrectedField, ObjectId, Section};

use super::resolved::{Corrections, VersionText, without_controls};

/// What a line of the list does with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListAction {
    /// List it.
    Keep,
    /// Do not list it.
    Hide,
    /// List it as part of the entry above.
    Merge,
}

impl ListAction {
    /// All actions.
    pub const ALL: [Self; 3] = [Self::Keep, Self::Hide, Self::Merge];

    /// The first word of the line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Hide => "hide",
            Self::Merge => "merge",
        }
    }
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// Its name: `#12`, `a1b2c3d`, or `a1b2c3d-2` for one of several changes of a commit.
    pub id: String,
    /// What is done with it.
    pub action: ListAction,
    /// Its section; `None` if it is not listed itself.
    pub section: Option<String>,
    /// Its scope.
    pub scope: Option<String>,
    /// Its title, on one line.
    pub title: String,
    /// Its description; that of a breaking change is its note.
    pub description: Option<String>,
    /// Whether it is a breaking change.
    pub is_breaking: bool,
    /// Why it is hidden.
    pub reason: Option<String>,
    /// Whether a correction hides or merges it, so that removing the correction lists it again.
    pub is_corrected: bool,
    /// Its commits.
    pub commits: Vec<ObjectId>,
    /// The number of its pull request.
    pub pull_request: Option<u64>,
    /// The table and the name of the entry of the file that a correction of it is written to.
    pub home: (&'static str, String),
    /// The entries of the file that already correct it, the most specific first: table and name.
    pub entries: Vec<(&'static str, String)>,
}

/// The version of a list, and its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListVersion {
    /// The name in the corrections file.
    pub name: String,
    /// Its texts.
    pub text: VersionText,
}

/// A list to edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryList {
    /// The corrections file, for the explanations.
    pub file: String,
    /// The version, if it is known.
    pub version: Option<ListVersion>,
    /// The entries in the order of the notes, each followed by those that are merged into it; then the hidden ones.
    pub entries: Vec<ListEntry>,
    /// The IDs of all sections.
    pub sections: Vec<String>,
}

impl EntryList {
    /// The list of the changes of a window: those of its sections, and the hidden ones with their reasons.
    #[must_use]
    pub fn new<'c>(
        corrections: &Corrections,
        listed: &'c [Section],
        hidden: impl Iterator<Item = (&'c Change, &'c str)>,
        version: Option<ListVersion>,
        sections: Vec<String>,
    ) -> Self {
        let hidden: Vec<(&Change, &str)> = hidden.collect();
        let of_sections =
            listed.iter().flat_map(|section| section.changes.iter().map(move |it| (section, it)));
        let all =
            || of_sections.clone().map(|(_, change)| change).chain(hidden.iter().map(|(change, _)| *change));
        let names = Names::new(all());
        let mut entries = Vec::new();
        for (section, change) in of_sections.clone() {
            let entry = names.entry(corrections, change);
            entries.push(ListEntry { section: Some(section.id.clone()), ..entry });
            entries.extend(merged(&names, corrections, change));
        }
        for (change, reason) in &hidden {
            let entry = names.entry(corrections, change);
            // A reason of the file is shown as it stands there, so that it can be edited.
            let own = reason
                .strip_prefix("hidden: ")
                .and_then(|it| it.strip_suffix(&format!(" ({})", corrections.file)));
            let reason = Some(own.unwrap_or(reason).to_owned());
            let is_corrected = change.corrected.contains(&CorrectedField::Hide);
            entries.push(ListEntry { action: ListAction::Hide, reason, is_corrected, ..entry });
            entries.extend(merged(&names, corrections, change));
        }
        Self { file: corrections.file.to_string(), version, entries, sections }
    }
}

/// The entries of the changes that are merged into one.
fn merged(names: &Names, corrections: &Corrections, change: &Change) -> Vec<ListEntry> {
    let entries = change.merged.iter().map(|part| {
        let number =
            part.pull_request.map(|number| crate::model::PullRequest { number, ..Default::default() });
        let part = Change {
            title: part.title.clone(),
            commits: part.commits.clone(),
            pull_request: number.map(Box::new),
            ..Change::default()
        };
        ListEntry { action: ListAction::Merge, is_corrected: true, ..names.entry(corrections, &part) }
    });
    entries.collect()
}

/// How often pull requests and commits occur, so that each entry gets a name of its own.
struct Names {
    pull_requests: HashMap<u64, usize>,
    /// The changes of each first commit: pairs of title and position.
    commits: HashMap<ObjectId, Vec<String>>,
    prefixes: HashMap<String, usize>,
}

/// Digits of a commit ID in the file: an abbreviation of 7 may become ambiguous.
const WRITTEN_DIGITS: usize = 12;

impl Names {
    fn new<'c>(changes: impl Iterator<Item = &'c Change>) -> Self {
        let mut names =
            Self { pull_requests: HashMap::new(), commits: HashMap::new(), prefixes: HashMap::new() };
        let mut add = |commits: &[ObjectId], number: Option<u64>, title: &str| {
            if let Some(number) = number {
                *names.pull_requests.entry(number).or_default() += 1;
            }
            if let Some(first) = commits.first() {
                let of_commit = names.commits.entry(*first).or_default();
                if of_commit.is_empty() {
                    *names.prefixes.entry(first.short()).or_default() += 1;
                }
                of_commit.push(title.to_owned());
            }
        };
        for change in changes {
            let number = change.pull_request.as_ref().map(|it| it.number);
            let is_part = |id: &&ObjectId| !change.merged.iter().any(|part| part.commits.contains(id));
            let own: Vec<ObjectId> = change.commits.iter().filter(is_part).copied().collect();
            add(&own, number, &change.title);
            for part in &change.merged {
                add(&part.commits, part.pull_request, &part.title);
            }
        }
        names
    }

    fn entry(&self, corrections: &Corrections, change: &Change) -> ListEntry {
        let is_part = |id: &&ObjectId| !change.merged.iter().any(|part| part.commits.contains(id));
        let commits: Vec<ObjectId> = change.commits.iter().filter(is_part).copied().collect();
        let number = change.pull_request.as_ref().map(|it| it.number);
        let alone = number.filter(|number| self.pull_requests.get(number) == Some(&1));
        let first = commits.first().map(ToString::to_string).unwrap_or_default();
        let same = commits.first().and_then(|first| self.commits.get(first)).map_or(1, Vec::len);
        let is_one_of_several = same > 1 && alone.is_none();
        let suffix = if is_one_of_several { format!("-{}", change.ordinal.max(1)) } else { String::new() };
        let short = first.get(..7).unwrap_or(&first);
        let shown = if self.prefixes.get(short).is_some_and(|count| *count > 1) { &first } else { short };
        let written = first.get(..WRITTEN_DIGITS).unwrap_or(&first);
        let (id, own) = match alone {
            Some(number) => (format!("#{number}"), ("pull_request", number.to_string())),
            None => (format!("{shown}{suffix}"), ("commit", format!("{written}{suffix}"))),
        };
        let entries = corrections.entries_of(change, &commits);
        // A more specific entry would override what is written to a less specific one.
        let specific = entries.iter().find(|(table, name)| {
            *table == "commit" && (name.contains('-') || !is_one_of_several)
                || (*table, name) == (own.0, &own.1)
        });
        ListEntry {
            id,
            action: ListAction::Keep,
            section: None,
            scope: change.scope.as_deref().map(line).filter(|scope| !scope.is_empty()),
            title: line(&change.title),
            description: change
                .breaking_note
                .clone()
                .or_else(|| change.description.as_deref().map(str::to_owned)),
            is_breaking: change.breaking,
            reason: None,
            is_corrected: false,
            commits,
            pull_request: number,
            home: specific.cloned().unwrap_or(own),
            entries,
        }
    }
}

/// A text as it stands in a line of the list: no control characters, no line breaks, no spaces at its ends.
pub(super) fn line(text: &str) -> String {
    let text = without_controls(text, false).replace(['\u{85}', '\u{b}', '\u{c}', '\r'], " ");
    text.trim().to_owned()
}
