//! How much of a file is read.

/// The most that is read of a configuration, template or locale, in bytes.
pub(super) const TEXT_BYTES: u64 = 1 << 20;
/// The most that is read of a changelog, in bytes.
pub(super) const CHANGELOG_BYTES: u64 = 16 << 20;
/// The most that is read of a file to attach, in bytes: what GitHub takes (docs.github.com, "About releases").
pub(super) const ATTACHMENT_BYTES: u64 = 2 << 30;
