//! Checks that the tag pattern fits the tags of a repository.

use crate::{history::Versions, notes::error::Error};

/// Checks that a repository without versions has no tags that look like versions in another form.
///
/// # Errors
/// If no tag matches the pattern although there are tags that look like versions, or any tags at all if the pattern is
/// `explicit`.
pub(in crate::notes) fn guard_pattern(versions: &Versions, explicit: bool) -> Result<(), Error> {
    if !versions.all.is_empty() || versions.ignored.is_empty() {
        return Ok(());
    }
    let looks_like_version = |tag: &str| {
        let mut parts = tag.split(|c: char| !c.is_ascii_digit());
        tag.contains('.') && parts.by_ref().filter(|part| !part.is_empty()).count() >= 2
    };
    let tags = || versions.ignored.iter().map(|passed| passed.tag.as_str());
    if !explicit && !tags().any(looks_like_version) {
        return Ok(());
    }
    let examples = tags().rev().take(5).map(|tag| format!("`{tag}`")).collect();
    Err(Error::PatternMatchesNothing { count: versions.ignored.len(), examples })
}
