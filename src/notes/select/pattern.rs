//! Whether the tags of a repository have the form that is looked for.

use crate::{history::Versions, notes::error::Error};

/// Refuses to take a repository for one without versions when its tags only have another form.
///
/// # Errors
/// When there are tags that hold a version's numbers, and none is read as one.
pub(in crate::notes) fn guard_pattern(versions: &Versions, explicit: bool) -> Result<(), Error> {
    if !versions.all.is_empty() || versions.passed_over.is_empty() {
        return Ok(());
    }
    let holds_numbers = |tag: &str| {
        let mut parts = tag.split(|c: char| !c.is_ascii_digit());
        tag.contains('.') && parts.by_ref().filter(|part| !part.is_empty()).count() >= 2
    };
    let tags = || versions.passed_over.iter().map(|passed| passed.tag.as_str());
    if !explicit && !tags().any(holds_numbers) {
        return Ok(());
    }
    let examples = tags().rev().take(5).map(|tag| format!("`{tag}`")).collect();
    Err(Error::PatternMatchesNothing { count: versions.passed_over.len(), examples })
}
