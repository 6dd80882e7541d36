//! The values that are one of a few words.

use serde::{Deserialize, Serialize};

use crate::model::{ForgeKind, PathChangeKind};

/// What becomes of pre-releases once their final version is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prereleases {
    /// Their changes stand with the final version.
    Collapse,
    /// Each keeps a section of its own.
    Separate,
}

/// What makes one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// The pull request, unless its commits are conventional.
    Auto,
    /// The pull request.
    PullRequest,
    /// The commit.
    Commit,
}

/// The order inside a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// By scope.
    Scope,
    /// By title.
    Title,
}

/// What a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A web hook of Slack.
    Slack,
    /// A web hook of Microsoft Teams.
    Teams,
    /// A web hook of one's own.
    Webhook,
    /// A mail.
    Email,
}

impl Channel {
    /// The name in the configuration and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }
}

/// Where a deployment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Still to come.
    Before,
    /// Over.
    After,
}

/// How much a version is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Raise {
    /// The first number.
    Major,
    /// The second number.
    Minor,
    /// The third number.
    Patch,
    /// Not at all.
    None,
}

/// How the description of a commit begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// With a lower-case letter.
    Lower,
    /// With an upper-case letter.
    Sentence,
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathEvent {
    /// It is new.
    Added,
    /// Its content or mode is another.
    Modified,
    /// It is gone.
    Deleted,
}

/// The form of a changelog's sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangelogFormat {
    /// A heading for each section of the configuration.
    Markdown,
    /// The six headings of Keep a Changelog, and link definitions at the end.
    KeepAChangelog,
}

/// A forge by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forge {
    /// github.com or GitHub Enterprise.
    GitHub,
    /// gitlab.com or a self-hosted GitLab.
    GitLab,
    /// Gitea or Forgejo.
    Gitea,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Azure DevOps.
    Azure,
}

impl From<Forge> for ForgeKind {
    fn from(forge: Forge) -> Self {
        match forge {
            Forge::GitHub => Self::GitHub,
            Forge::GitLab => Self::GitLab,
            Forge::Gitea => Self::Gitea,
            Forge::Bitbucket => Self::Bitbucket,
            Forge::Azure => Self::Azure,
        }
    }
}

impl From<PathEvent> for PathChangeKind {
    fn from(event: PathEvent) -> Self {
        match event {
            PathEvent::Added => Self::Added,
            PathEvent::Modified => Self::Modified,
            PathEvent::Deleted => Self::Deleted,
        }
    }
}
