//! The text of one fragment.

use crate::model::Bump;

/// A fragment, as far as it is about one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Its first paragraph, on one line. In Markdown.
    pub title: String,
    /// What follows, in Markdown.
    pub body: Option<String>,
    /// Its kind, as in `minor` and `bugfix`.
    pub kind: String,
    /// The ID of the section that lists it; `None` if the tool lists no text of this kind.
    pub section: Option<String>,
    /// The bump that its kind requires, if the kind says so.
    pub bump: Option<Bump>,
    /// The issue or pull request in its name.
    pub issue: Option<u64>,
}
