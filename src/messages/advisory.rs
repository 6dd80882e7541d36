//! Recognises the security advisory that a message names.

use std::sync::LazyLock;

use regex::Regex;

use super::message::DescribedChange;

static ADVISORY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i-u)\bGHSA(?:-[0-9a-z]{4}){3}\b|(?i-u)\bCVE-[0-9]{4}-[0-9]{4,}\b").ok());

/// Whether a text names an advisory: `GHSA-xxxx-xxxx-xxxx`, `CVE-2026-12345`.
pub(super) fn is_named_in(text: &str) -> bool {
    ADVISORY.as_ref().is_some_and(|advisory| advisory.is_match(text))
}

/// Gives the fix of a vulnerability the type that places it under Security.
pub(super) fn mark_fix(change: &mut DescribedChange) {
    if change.kind.as_deref().is_none_or(|kind| kind == "fix") {
        change.kind = Some("security".into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_recognised() {
        for text in ["See GHSA-c2qf-rxjj-qqgw.", "CVE-2026-12345: x", "fixes ghsa-C2QF-rxjj-qqgw"] {
            assert!(is_named_in(text), "{text}");
        }
        for text in ["GHSA-1", "CVE-12", "an advisory"] {
            assert!(!is_named_in(text), "{text}");
        }
    }
}
