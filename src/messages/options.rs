//! Options of the message parsers.

use serde::{Deserialize, Serialize};

/// Options of the message parsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `owner/name` of the repository, if known: references that name it are the repository's own.
    pub repository: Option<String>,
    /// The URL of the repository's page, if known: issues below it are the repository's own.
    pub url: Option<String>,
    /// Which messages are split into the commits that their body lists.
    pub split_squash: SplitSquash,
    /// Whether the `!` of a commit in the body of a squash makes the squash a breaking change.
    pub squashed_breaking: bool,
    /// Types in addition to the built-in ones.
    pub types: Vec<String>,
    /// Whether 💥 at the start of a subject marks a breaking change, as projects that use gitmoji mean it.
    pub breaking_gitmoji: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            repository: None,
            url: None,
            split_squash: SplitSquash::Auto,
            squashed_breaking: false,
            types: Vec::new(),
            breaking_gitmoji: false,
        }
    }
}

/// Which messages are split into the commits that their body lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", from = "Written")]
pub enum SplitSquash {
    /// Those without a subject of their own: merges, promotions, git's squash text, lists of conventional lines.
    #[default]
    Auto,
    /// All: conventional commits in the body of a squash become changes of their own.
    Always,
    /// None.
    Never,
}

/// The value as written: before there were three, it was a boolean.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `auto`, `always` or `never`")]
enum Written {
    Boolean(bool),
    Name(Name),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Name {
    Auto,
    Always,
    Never,
}

impl From<Written> for SplitSquash {
    fn from(written: Written) -> Self {
        match written {
            Written::Boolean(true) | Written::Name(Name::Always) => Self::Always,
            Written::Boolean(false) | Written::Name(Name::Never) => Self::Never,
            Written::Name(Name::Auto) => Self::Auto,
        }
    }
}
