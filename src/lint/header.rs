//! What the reader of messages makes of a subject.

/// The conventional header of a message, as the reader of messages understands it (it is more lenient than a linter).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The type.
    pub kind: String,
    /// The scope.
    pub scope: Option<String>,
    /// Whether there is a `!`.
    pub breaking: bool,
    /// The description.
    pub title: String,
}
