//! One version with what it brings.

use std::{cmp::Ordering, sync::Arc};

use chrono::NaiveDate;

use super::{Change, ObjectId, Person, Version};

/// How much a version must be raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bump {
    /// Only fixes and the like.
    Patch,
    /// Something new.
    Minor,
    /// Something breaks.
    Major,
}

impl Bump {
    /// The name in the configuration, on the command line and in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// What became of a commit of the window. Each commit has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It stands in a change of a section.
    Listed,
    /// A rule keeps it out of the notes.
    Hidden,
    /// A merge commit, spoken for by what it brings in.
    Merged,
    /// Undone inside the window, or the commit that undid it.
    Reverted,
    /// An earlier version has the same change from another branch, or another commit of the window has it.
    Duplicate,
}

impl Outcome {
    /// The name in the JSON form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Hidden => "hidden",
            Self::Merged => "merged",
            Self::Reverted => "reverted",
            Self::Duplicate => "duplicate",
        }
    }
}

/// What became of one commit and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitOutcome {
    /// The commit.
    pub id: ObjectId,
    /// Its subject, control characters removed.
    pub subject: Arc<str>,
    /// What became of it.
    pub outcome: Outcome,
    /// The id of the section that lists it, where one does.
    pub section: Option<Arc<str>>,
    /// Why, in words.
    pub reason: Arc<str>,
}

/// A heading with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name in the configuration and in the JSON form: `breaking`, `features`, `fixes`, …
    pub id: String,
    /// Its heading where the configuration gives one; otherwise the locale's word for the id.
    pub title: Option<String>,
    /// Its changes in the order they are shown.
    pub changes: Vec<Change>,
}

/// Somebody who took part in a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// Name and address.
    pub person: Arc<Person>,
    /// The login on the forge, where known.
    pub login: Option<String>,
    /// Whether nothing of theirs was released before; `None` where that was not looked up.
    pub first_time: Option<bool>,
    /// How many commits of the window are theirs (as author or co-author), merges left out.
    pub commits: usize,
    /// Whether it is a bot.
    pub bot: bool,
}

impl Contributor {
    /// The order in which they are named: most commits first, then by person.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        other.commits.cmp(&self.commits).then_with(|| self.person.cmp(&other.person))
    }
}

/// Something that operators must do or know when the version is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// What it is: `migration`, `container`, `kubernetes`, `terraform`, `environment`, or a kind of one's own.
    pub kind: String,
    /// Its heading where the configuration gives one; otherwise the locale's word for the kind.
    pub title: Option<String>,
    /// The paths that show it, ascending (migrations are numbered, so this is the order they run in).
    pub paths: Vec<String>,
}

impl Attention {
    /// Adds paths to the item of this kind and heading, or a new item with them.
    pub fn add(
        items: &mut Vec<Self>,
        kind: &str,
        title: Option<&str>,
        paths: impl IntoIterator<Item = String>,
    ) {
        let known = items.iter_mut().find(|item| item.kind == kind && item.title.as_deref() == title);
        match known {
            Some(item) => item.paths.extend(paths),
            None => items.push(Self {
                kind: kind.to_owned(),
                title: title.map(str::to_owned),
                paths: paths.into_iter().collect(),
            }),
        }
    }
}

/// Where a window starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Its version, where it is one.
    pub version: Option<Version>,
    /// Its tag, where it has one.
    pub tag: Option<String>,
    /// Its commit.
    pub commit: ObjectId,
}

/// What a window is called that is neither a version's nor what is unreleased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The revisions that it lies between, as git takes them: `v1.1.0..a1b2c3d`.
    pub range: String,
    /// The lowest version that contains all of it, where one does.
    pub within: Option<Version>,
}

/// Figures about a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// All commits of the window, merges too.
    pub commits: usize,
    /// The changes in all sections.
    pub changes: usize,
    /// The people who took part, bots left out.
    pub contributors: usize,
    /// Whole days from the base's commit to the release; `None` without a base.
    pub days_since_base: Option<i64>,
}

/// A version, its window, its sections, contributors, facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// The version; `None` for what is unreleased and not named.
    pub version: Option<Version>,
    /// What it is called where it is neither a version nor what is unreleased.
    pub place: Option<Place>,
    /// Its tag, as it is or (for a version that is named but not yet tagged) as it will be.
    pub tag: Option<String>,
    /// The newest commit of the window's version.
    pub commit: ObjectId,
    /// The tag's date, else the commit's, else today's; `None` for what is unreleased and not named.
    pub date: Option<NaiveDate>,
    /// The package, in a repository of several.
    pub package: Option<String>,
    /// Whether the version is a pre-release.
    pub prerelease: bool,
    /// Whether the window runs backwards: the target is older than its base, and the changes are those that are lost.
    pub rollback: bool,
    /// The environments whose tags stand on the version, in the order of the configuration.
    pub environments: Vec<String>,
    /// Pre-releases that collapse into this version, newest first.
    pub prereleases: Vec<Version>,
    /// The versions between base and version whose changes these are too, newest first: a comparison's alone has any.
    pub skipped: Vec<Version>,
    /// Where the window starts; `None` for the first version.
    pub base: Option<Base>,
    /// How much the changes of the window ask to raise the version; `None` where they ask for nothing.
    pub bump: Option<Bump>,
    /// The page on the forge that compares base and version.
    pub compare_url: Option<String>,
    /// In the order they are shown; none is empty.
    pub sections: Vec<Section>,
    /// Most commits first, then by name.
    pub contributors: Vec<Contributor>,
    /// What operators must do or know.
    pub attention: Vec<Attention>,
    /// Every commit of the window, newest first.
    pub commits: Vec<CommitOutcome>,
    /// Figures.
    pub statistics: Statistics,
}

impl Release {
    /// A release of a commit that has nothing in it yet; `None` is what is unreleased.
    #[must_use]
    pub const fn new(version: Option<Version>, commit: ObjectId) -> Self {
        Self {
            version,
            place: None,
            tag: None,
            commit,
            date: None,
            package: None,
            prerelease: false,
            rollback: false,
            environments: Vec::new(),
            prereleases: Vec::new(),
            skipped: Vec::new(),
            base: None,
            bump: None,
            compare_url: None,
            sections: Vec::new(),
            contributors: Vec::new(),
            attention: Vec::new(),
            commits: Vec::new(),
            statistics: Statistics { commits: 0, changes: 0, contributors: 0, days_since_base: None },
        }
    }
}
