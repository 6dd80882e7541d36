//! Errors of the lint options.

/// A regular expression is not valid.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` in `{key}` is not a valid regular expression")]
pub struct Error {
    /// The key of the configuration.
    pub key: &'static str,
    /// The expression as written.
    pub pattern: String,
    /// The parser's error.
    pub source: Box<regex::Error>,
}
