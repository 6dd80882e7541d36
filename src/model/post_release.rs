//! The declared form of post-releases, such as `-{number}` for `1.2.3-1`.

/// How post-releases are written after their version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostReleasePattern {
    before: String,
    after: String,
}

/// A pattern of post-releases is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostReleaseError {
    /// It has no placeholder for the number.
    #[error("`{0}` does not contain `{{number}}`")]
    NoNumber(String),
    /// The number would follow that of the version directly.
    #[error("`{0}` has no separator before `{{number}}`")]
    NoSeparator(String),
}

impl PostReleasePattern {
    /// Parses `-{number}`.
    ///
    /// # Errors
    /// If it has no placeholder, or nothing that separates it from the version.
    pub fn parse(pattern: &str) -> Result<Self, PostReleaseError> {
        let Some((before, after)) = pattern.split_once("{number}") else {
            return Err(PostReleaseError::NoNumber(pattern.to_owned()));
        };
        if before.is_empty() || before.ends_with(|c: char| c.is_ascii_digit()) {
            return Err(PostReleaseError::NoSeparator(pattern.to_owned()));
        }
        Ok(Self { before: before.to_owned(), after: after.to_owned() })
    }

    /// The version and the number of a post-release.
    pub(super) fn split<'t>(&self, text: &'t str) -> Option<(&'t str, u64)> {
        let rest = text.strip_suffix(self.after.as_str())?;
        let digits = rest.len() - rest.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (rest, number) = rest.split_at(rest.len() - digits);
        Some((rest.strip_suffix(self.before.as_str())?, number.parse().ok()?))
    }
}
