//! What can be wrong with the options.

/// A regular expression cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` in `{key}` is no regular expression")]
pub struct Error {
    /// Where it is given.
    pub key: &'static str,
    /// The expression.
    pub pattern: String,
    /// What is wrong with it.
    pub source: Box<regex::Error>,
}
