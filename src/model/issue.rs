//! An issue on a forge, as a change refers to it.

/// An issue that a change closes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssueRef {
    /// Its number.
    pub number: u64,
    /// `owner/name` where the message names another repository.
    pub repository: Option<String>,
    /// Its page, where the forge is known.
    pub url: Option<String>,
}
