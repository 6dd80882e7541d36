//! How messages are parsed.

/// How messages are parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// `owner/name` of the repository, where known: references to it need no name.
    pub repository: Option<String>,
    /// Whether conventional bullets of a squash body become entries.
    pub split_squash: bool,
    /// Types beside the well-known ones.
    pub types: Vec<String>,
    /// Whether trailers are kept. Only rules ask for them, and in a long history they take much memory.
    pub keep_trailers: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { repository: None, split_squash: true, types: Vec::new(), keep_trailers: true }
    }
}
