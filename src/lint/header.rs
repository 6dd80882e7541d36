//! The parsed header of a message.

/// The conventional header of a message, as parsed by [`crate::messages`], which is more lenient than the linter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// The type.
    pub kind: String,
    /// The scope.
    pub scope: Option<String>,
    /// Whether it has a `!`.
    pub breaking: bool,
    /// The description.
    pub title: String,
}
