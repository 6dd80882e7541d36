//! Where the text of a change comes from, if it is not its message.

use std::sync::Arc;

use super::Bump;

/// The file of another tool (Changesets, Knope, towncrier) that has the text of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FragmentText {
    /// Its path, from the root of the repository.
    pub path: Arc<str>,
    /// The name of the tool.
    pub tool: &'static str,
    /// Its kind, as in `minor` and `bugfix`.
    pub kind: String,
    /// The ID of its section; `None` if the tool lists no text of this kind.
    pub section: Option<String>,
    /// The bump that its kind requires, if the kind says so.
    pub bump: Option<Bump>,
}

impl FragmentText {
    /// That of notes in the JSON form, which has only the path.
    #[must_use]
    pub fn read(path: &str) -> Self {
        Self { path: path.into(), tool: "", kind: String::new(), section: None, bump: None }
    }
}
