//! Size limits of files.

/// The maximum size of a configuration, template or locale, in bytes.
pub(super) const TEXT_BYTES: u64 = 1 << 20;
/// The maximum size of a changelog, in bytes.
pub(super) const CHANGELOG_BYTES: u64 = 16 << 20;
/// The maximum size of an attachment, in bytes: GitHub's limit (docs.github.com, "About releases").
pub(super) const ATTACHMENT_BYTES: u64 = 2 << 30;
