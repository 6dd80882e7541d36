//! A reference to an issue on a forge.

/// An issue that a change closes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssueRef {
    /// Its number.
    pub number: u64,
    /// `owner/name`, if it is in another repository.
    pub repository: Option<String>,
    /// Its URL, if the forge is known.
    pub url: Option<String>,
}
