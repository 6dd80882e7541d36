//! Options of the message parsers.

/// Options of the message parsers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `owner/name` of the repository, if known: references that name it are the repository's own.
    pub repository: Option<String>,
    /// Whether conventional bullets of a squash body become changes of their own.
    pub split_squash: bool,
    /// Types in addition to the built-in ones.
    pub types: Vec<String>,
    /// Whether to store trailers. Only rules need them, and in a long history they take much memory.
    pub keep_trailers: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { repository: None, split_squash: true, types: Vec::new(), keep_trailers: true }
    }
}
