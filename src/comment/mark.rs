//! The mark by which the comment is found again: not shown to readers.

use crate::model::ForgeKind;

/// The first line of the comment on a forge; `None` for a forge that is not known.
#[must_use]
pub fn mark(forge: Option<ForgeKind>) -> &'static str {
    match forge {
        // Bitbucket shows HTML comments as text, but no link definitions.
        Some(forge) if !forge.abilities().hides_html_comments => "[//]: # (tidings:pull-request)",
        _ => "<!-- tidings:pull-request -->",
    }
}
