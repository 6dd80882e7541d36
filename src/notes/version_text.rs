//! Finds the summary and the highlights of a version in the corrections.

use crate::{
    corrections::{Corrections, VersionText},
    history::Versions,
    model::Version,
};

use super::options::Line;

/// The texts of a version of a line.
#[must_use]
pub fn version_text<'c>(
    corrections: &'c Corrections,
    line: &Line,
    version: &Version,
) -> Option<&'c VersionText> {
    let mut named =
        corrections.versions().filter(|(name, _)| named_version(line, name).as_ref() == Some(version));
    named.next().map(|(_, text)| text)
}

/// The texts of unreleased changes without a version: those of the lowest version above `base` that is not tagged.
pub(super) fn unreleased_text<'c>(
    corrections: &'c Corrections,
    line: &Line,
    versions: &Versions,
    base: Option<&Version>,
) -> Option<&'c VersionText> {
    let pending = corrections.versions().filter_map(|(name, text)| {
        let version = named_version(line, name)?;
        let is_pending = versions.find(&version).is_none() && base.is_none_or(|base| version > *base);
        is_pending.then_some((version, text))
    });
    pending.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, text)| text)
}

/// The version of a line that a name in the corrections means: a tag, `PACKAGE@VERSION`, or without packages a version.
#[must_use]
pub fn named_version(line: &Line, name: &str) -> Option<Version> {
    let of_package = || match &line.package {
        Some(package) => name.strip_prefix(package.as_str())?.strip_prefix('@'),
        None => Some(name),
    };
    let text = line.history.pattern.version_text(name).or_else(of_package)?;
    Version::parse(text, &line.history.scheme)
}
