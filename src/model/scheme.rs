//! The version schemes: parses and writes versions under each.

use semver::BuildMetadata;

use super::{
    calver::CalVer,
    loose,
    post_release::PostReleasePattern,
    version::{Suffix, Version},
};

/// A version scheme.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scheme {
    /// SemVer 2.0.0: exactly three numbers.
    #[default]
    SemVer,
    /// One to five numbers with a suffix in any common form: `1.2`, `7.0.8.7`, `5.0.0.beta1`, `2.0rc1`, `1.0.post1`.
    Loose,
    /// PEP 440, the versions of Python packages: `1.0rc1`, `1.0.post1`, `1.0.dev1`.
    Pep440,
    /// Calendar versions with a pattern.
    CalVer(CalVer),
    /// Another scheme, and how its post-releases are written.
    WithPostReleases(Box<Scheme>, PostReleasePattern),
}

impl Scheme {
    /// The scheme with the declared form of post-releases.
    #[must_use]
    pub fn with_post_releases(self, pattern: PostReleasePattern) -> Self {
        Self::WithPostReleases(Box::new(self), pattern)
    }

    /// The scheme of the versions that are no post-releases.
    #[must_use]
    pub fn base(&self) -> &Self {
        match self {
            Self::WithPostReleases(base, _) => base.base(),
            _ => self,
        }
    }

    /// The calendar pattern, if versions are calendar versions.
    #[must_use]
    pub fn calendar(&self) -> Option<&CalVer> {
        match self.base() {
            Self::CalVer(pattern) => Some(pattern),
            _ => None,
        }
    }
}

impl Version {
    /// Parses a version without a prefix; `None` if it is not valid under the scheme.
    #[must_use]
    pub fn parse(text: &str, scheme: &Scheme) -> Option<Self> {
        match scheme {
            Scheme::SemVer => semver::Version::parse(text).ok().map(Self::from),
            Scheme::Loose => loose::loose(text),
            Scheme::Pep440 => loose::pep440(text),
            Scheme::CalVer(pattern) => pattern.parse_version(text),
            Scheme::WithPostReleases(base, pattern) => pattern
                .split(text)
                .and_then(|(version, number)| Self::parse(version, base)?.post_release(number, text))
                .or_else(|| Self::parse(text, base)),
        }
    }

    /// A version of these numbers in the format of the scheme, without pre-release or build metadata.
    #[must_use]
    pub fn from_numbers(numbers: Vec<u64>, scheme: &Scheme) -> Self {
        let text = write(&numbers, scheme);
        let bytes = text.len();
        Self::from_parts(&text, (0, numbers, bytes), Suffix::default(), BuildMetadata::EMPTY)
    }

    /// As [`Self::from_numbers`], in the epoch of this version.
    #[must_use]
    pub fn with_numbers(&self, numbers: Vec<u64>, scheme: &Scheme) -> Self {
        let text = write(&numbers, scheme);
        self.renumbered(numbers, &text)
    }
}

fn write(numbers: &[u64], scheme: &Scheme) -> String {
    match scheme.calendar() {
        Some(pattern) => pattern.write(numbers),
        None => numbers.iter().map(u64::to_string).collect::<Vec<_>>().join("."),
    }
}

#[cfg(test)]
#[path = "scheme_tests.rs"]
mod tests;
