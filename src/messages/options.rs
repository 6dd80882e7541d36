//! Options of the message parsers.

/// Options of the message parsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `owner/name` of the repository, if known: references that name it are the repository's own.
    pub repository: Option<String>,
    /// The URL of the repository's page, if known: issues below it are the repository's own.
    pub url: Option<String>,
    /// Whether conventional bullets of a squash body become changes of their own.
    pub split_squash: bool,
    /// Types in addition to the built-in ones.
    pub types: Vec<String>,
    /// Whether 💥 at the start of a subject marks a breaking change, as projects that use gitmoji mean it.
    pub breaking_gitmoji: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { repository: None, url: None, split_squash: true, types: Vec::new(), breaking_gitmoji: false }
    }
}
