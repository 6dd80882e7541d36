//! Types for releases on a forge, their files, and comments on pull requests and issues.

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A release on the forge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Release {
    /// Its ID: a number, or (GitLab) its tag.
    pub id: String,
    /// Its tag.
    pub tag: String,
    /// Its title.
    pub title: String,
    /// Its body, Markdown.
    pub body: String,
    /// Whether it is a draft, which only users with write access see.
    pub draft: bool,
    /// Whether it is marked as a pre-release.
    pub prerelease: bool,
    /// Whether its files cannot be changed any more, and it cannot become a draft again (GitHub).
    pub immutable: bool,
    /// The URL of its page.
    pub url: String,
    /// The URL to upload its files to (GitHub).
    pub upload_url: Option<String>,
    /// The titles of its milestones (GitLab).
    pub milestones: Vec<String>,
    /// When it was or will be released, RFC 3339 (GitLab).
    pub released_at: Option<String>,
    /// Its files.
    pub assets: Vec<Asset>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Asset {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes, if the forge returns it.
    pub size: Option<u64>,
    /// Its SHA-256 in hex digits, if the forge returns it.
    pub sha256: Option<String>,
    /// Its URL, if the ID is not enough to download it.
    pub url: Option<String>,
}

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub content: Bytes,
    /// Their SHA-256 in hex digits.
    pub sha256: String,
}

impl Attachment {
    /// A file with this name. Characters that forges do not accept in a name become a period, as on GitHub.
    #[must_use]
    pub fn new(name: &str, content: Vec<u8>) -> Self {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-+@".contains(c);
        let name: String = name.chars().map(|c| if is_plain(c) { c } else { '.' }).collect();
        let digest = Sha256::digest(&content);
        Self {
            content_type: content_type(&name).to_owned(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            content: content.into(),
            name,
        }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "json" => "application/json",
        "md" => "text/markdown",
        "txt" | "log" | "sha256" => "text/plain",
        "html" => "text/html",
        "gz" | "tgz" => "application/gzip",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

/// The fields of a release to set; `None` leaves a field unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// Its title.
    pub title: Option<String>,
    /// Its body, Markdown.
    pub body: Option<String>,
    /// Whether it is a draft.
    pub draft: Option<bool>,
    /// Whether it is a pre-release.
    pub prerelease: Option<bool>,
    /// Whether it is marked as the latest (GitHub). GitHub's default is yes, so this is set in every update.
    pub latest: Option<bool>,
    /// The branch or commit to create a missing tag at.
    pub target: Option<String>,
    /// The category of the discussion to open (GitHub).
    pub discussion: Option<String>,
    /// The titles of its milestones (GitLab).
    pub milestones: Option<Vec<String>>,
    /// When it was or will be released, RFC 3339 (GitLab).
    pub released_at: Option<String>,
}

/// A tag on the forge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTag {
    /// The ID of the commit, or of the tag object of an annotated tag; `None` if the forge does not return it.
    pub object: Option<String>,
}

/// A pull request or issue, to comment on and label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thread {
    /// A pull request (merge request).
    PullRequest(u64),
    /// An issue.
    Issue(u64),
}

impl Thread {
    /// Its number.
    #[must_use]
    pub const fn number(self) -> u64 {
        match self {
            Self::PullRequest(number) | Self::Issue(number) => number,
        }
    }

    /// Its name in messages.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::PullRequest(number) => format!("pull request #{number}"),
            Self::Issue(number) => format!("issue #{number}"),
        }
    }
}

/// A comment on a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its ID: a number.
    pub id: String,
    /// Its body, Markdown.
    pub body: String,
    /// Who wrote it; `None` if the account was deleted.
    pub author: Option<Identity>,
}

/// An account on a forge, as far as it is needed to recognise it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Its ID, which is never reused, if known.
    pub id: Option<String>,
    /// Its login, if known.
    pub login: Option<String>,
}

impl Identity {
    /// Whether both are the same account: by ID, or by login if one of the IDs is not known.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(own), Some(other)) => own == other,
            _ => self.login.is_some() && self.login == other.login,
        }
    }
}

/// A sort key for the order of creation: forges assign ascending numbers as IDs. IDs that are not numbers come last.
#[must_use]
pub fn creation_order(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}
