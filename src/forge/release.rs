//! Releases on a forge: what it has, what is wanted of it, and the threads that a release is announced in.

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A release as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Release {
    /// What the forge knows it by: a number, or (GitLab) its tag.
    pub id: String,
    /// Its tag.
    pub tag: String,
    /// Its title.
    pub title: String,
    /// Its text, Markdown.
    pub body: String,
    /// Whether only those who may write see it.
    pub draft: bool,
    /// Whether it is marked as a pre-release.
    pub prerelease: bool,
    /// Its page.
    pub url: String,
    /// Where its files are sent (GitHub).
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
    /// What the forge knows it by.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in bytes, where the forge tells.
    pub size: Option<u64>,
    /// Its SHA-256 in hexadecimal digits, where the forge tells.
    pub sha256: Option<String>,
    /// Where it is read from, where what the forge knows it by does not lead there.
    pub url: Option<String>,
}

/// A file that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes.
    pub content: Bytes,
    /// Their SHA-256 in hexadecimal digits.
    pub sha256: String,
}

impl Attachment {
    /// A file of this name. What forges do not take in a name becomes a full stop, as GitHub does it.
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

/// What is to be set on a release; `None` leaves what is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    /// Its title.
    pub title: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Whether it stays hidden.
    pub draft: Option<bool>,
    /// Whether it is a pre-release.
    pub prerelease: Option<bool>,
    /// Whether it becomes the latest (GitHub). GitHub takes silence for yes, so it is told whatever else changes.
    pub latest: Option<bool>,
    /// The branch or commit that a missing tag is made at.
    pub target: Option<String>,
    /// The category of the discussion that is opened (GitHub).
    pub discussion: Option<String>,
    /// The titles of its milestones (GitLab).
    pub milestones: Option<Vec<String>>,
    /// When it was or will be released, RFC 3339 (GitLab).
    pub released_at: Option<String>,
}

/// A tag as the forge has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTag {
    /// The commit, or the object of an annotated tag, 40 hexadecimal digits; `None` where the forge does not show it.
    pub object: Option<String>,
}

/// A place for comments and labels.
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

    /// How messages name it.
    #[must_use]
    pub fn title(self) -> String {
        match self {
            Self::PullRequest(number) => format!("pull request #{number}"),
            Self::Issue(number) => format!("issue #{number}"),
        }
    }
}

/// A comment of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What the forge knows it by: a number.
    pub id: String,
    /// Its text, Markdown.
    pub body: String,
}

/// Where a release or comment stands among those that were made: forges count their numbers upwards. What has no number comes last.
#[must_use]
pub fn made_order(id: &str) -> u64 {
    id.parse().unwrap_or(u64::MAX)
}
