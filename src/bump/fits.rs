//! Checks whether a given version is high enough for its changes.

use crate::model::{Bump, Scheme, Version};

use super::raise::{ZeroRules, difference, implied_bump, raise};

/// How a valid version compares with what the changes require.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// Exactly as required, or there is no base to compare with.
    Exact,
    /// Higher than the changes require.
    Higher {
        /// The lowest version that would be enough.
        enough: Version,
    },
    /// Numbers are skipped, as from 1.2.0 to 1.4.0.
    Skips {
        /// The next version without a gap.
        expected: Version,
    },
}

/// A version that does not fit its changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is not higher than its base.
    #[error("{version} is not higher than {base}")]
    NotHigher {
        /// The version.
        version: Box<Version>,
        /// The base.
        base: Box<Version>,
    },
    /// The changes require a higher version.
    #[error("{version} is too low: the changes since {base} require a {} version", required.name())]
    TooLow {
        /// The version.
        version: Box<Version>,
        /// The base.
        base: Box<Version>,
        /// The bump that the changes require, after the rules for versions below 1.0.0.
        required: Bump,
        /// The lowest version that would be enough; `None` if a number is at its maximum.
        enough: Option<Box<Version>>,
    },
}

impl Misfit {
    /// What to do next, if there is advice.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            // The message already names the version to exceed.
            Self::NotHigher { .. } => None,
            Self::TooLow { enough, .. } => enough.as_ref().map(|enough| format!("use {enough} or higher")),
        }
    }
}

/// Checks that `version` is high enough after `base`, the version that its window starts from, for the `required` bump.
///
/// A pre-release counts as its final version: `1.3.0-rc.1` after `1.2.0` is a minor bump. If the base is a pre-release
/// with the same numbers, the bump is read from the numbers alone. Calendar versions only have to be higher. Versions
/// that exist on any branch do not count as skipped.
///
/// # Errors
/// If the version is not higher than `base`, or the changes require a higher one.
pub fn fits(
    version: &Version,
    base: Option<&Version>,
    required: Option<Bump>,
    zero: ZeroRules,
    (scheme, exists): (&Scheme, &dyn Fn(&Version) -> bool),
) -> Result<Fit, Misfit> {
    let Some(base) = base else { return Ok(Fit::Exact) };
    if version.precedence(base).is_le() {
        return Err(Misfit::NotHigher { version: version.clone().into(), base: base.clone().into() });
    }
    if scheme.calendar().is_some() {
        return Ok(Fit::Exact);
    }
    let raised = |bump| raise(base.numbers(), bump).map(|numbers| base.with_numbers(numbers, scheme));
    let step = difference(base, version);
    let before = base.is_prerelease().then(|| implied_bump(base));
    let required = required.map(|required| zero.apply(required, base));
    match (step.max(before), required) {
        (reached, Some(required)) if reached < Some(required) => Err(Misfit::TooLow {
            version: version.clone().into(),
            base: base.clone().into(),
            required,
            enough: raised(required).map(Box::new),
        }),
        _ => {
            let next = |bump| {
                let after = |it: &Version| Some(it.with_numbers(raise(it.numbers(), bump)?, scheme));
                std::iter::successors(raised(bump), after).find(|it| !exists(it))
            };
            // A post-release raises no number.
            let step = step.filter(|_| !version.same_numbers(base));
            Ok(fit(version, step, required.filter(|_| before.is_none()), next))
        }
    }
}

fn fit(
    version: &Version,
    step: Option<Bump>,
    required: Option<Bump>,
    raised: impl Fn(Bump) -> Option<Version>,
) -> Fit {
    let Some(step) = step else { return Fit::Exact };
    match raised(step) {
        Some(expected) if !expected.same_core(version) => return Fit::Skips { expected },
        _ => {}
    }
    match required.filter(|required| *required < step).and_then(raised) {
        Some(enough) => Fit::Higher { enough },
        None => Fit::Exact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text, &Scheme::Loose).unwrap()
    }

    fn check(text: &str, base: &str, required: Option<Bump>) -> Result<Fit, Misfit> {
        fits(
            &version(text),
            Some(&version(base)),
            required,
            ZeroRules::default(),
            (&Scheme::Loose, &|_| false),
        )
    }

    #[test]
    fn breaking_change_requires_a_major_version() {
        let misfit = check("1.2.1", "1.2.0", Some(Bump::Major)).unwrap_err();
        assert_eq!(misfit.to_string(), "1.2.1 is too low: the changes since 1.2.0 require a major version");
        assert_eq!(misfit.hint().unwrap(), "use 2.0.0 or higher");
        assert!(check("1.3.0", "1.2.0", Some(Bump::Major)).is_err());
        assert_eq!(check("2.0.0", "1.2.0", Some(Bump::Major)), Ok(Fit::Exact));
    }

    #[test]
    fn breaking_change_below_1_0_0_requires_a_minor_version() {
        assert_eq!(check("0.4.0", "0.3.1", Some(Bump::Major)), Ok(Fit::Exact));
        assert!(check("0.3.2", "0.3.1", Some(Bump::Minor)).is_err());
        let features_are_patches = ZeroRules { feature: Bump::Patch, ..ZeroRules::default() };
        let base = version("0.3.1");
        let fit = fits(
            &version("0.3.2"),
            Some(&base),
            Some(Bump::Minor),
            features_are_patches,
            (&Scheme::SemVer, &|_| false),
        );
        assert_eq!(fit, Ok(Fit::Exact));
    }

    #[test]
    fn skipped_numbers_and_unneeded_bumps_are_allowed_but_reported() {
        assert_eq!(check("1.4.0", "1.2.0", Some(Bump::Minor)), Ok(Fit::Skips { expected: version("1.3.0") }));
        assert_eq!(check("1.3.1", "1.2.0", Some(Bump::Minor)), Ok(Fit::Skips { expected: version("1.3.0") }));
        assert_eq!(check("2.0.0", "1.2.0", Some(Bump::Patch)), Ok(Fit::Higher { enough: version("1.2.1") }));
        assert_eq!(check("1.2.1", "1.2.0", None), Ok(Fit::Exact));
    }

    #[test]
    fn version_must_be_higher_than_its_base() {
        let misfit = check("1.2.0", "1.2.0", None).unwrap_err();
        assert_eq!(misfit.to_string(), "1.2.0 is not higher than 1.2.0");
        assert!(check("1.2.0-rc.1", "1.2.0", None).is_err());
        assert_eq!(
            fits(
                &version("0.1.0"),
                None,
                Some(Bump::Major),
                ZeroRules::default(),
                (&Scheme::SemVer, &|_| false)
            ),
            Ok(Fit::Exact)
        );
    }

    #[test]
    fn prerelease_counts_as_its_final_version() {
        assert_eq!(check("1.3.0-rc.1", "1.2.0", Some(Bump::Minor)), Ok(Fit::Exact));
        assert!(check("1.3.0-rc.1", "1.2.0", Some(Bump::Major)).is_err());
        assert_eq!(check("1.3.0-rc.2", "1.3.0-rc.1", Some(Bump::Minor)), Ok(Fit::Exact));
        assert_eq!(check("1.3.0", "1.3.0-rc.1", Some(Bump::Minor)), Ok(Fit::Exact));
        let misfit = check("1.3.0-rc.2", "1.3.0-rc.1", Some(Bump::Major)).unwrap_err();
        assert_eq!(misfit.hint().unwrap(), "use 2.0.0 or higher");
        assert!(check("1.2.1-rc.2", "1.2.1-rc.1", Some(Bump::Minor)).is_err());
    }

    #[test]
    fn post_release_is_enough_for_fixes() {
        let fit = |text: &str, base: &str, required| {
            fits(
                &version(text),
                Some(&version(base)),
                required,
                ZeroRules::default(),
                (&Scheme::Loose, &|_| false),
            )
        };
        assert_eq!(fit("1.0.0.post1", "1.0.0", Some(Bump::Patch)), Ok(Fit::Exact));
        assert_eq!(fit("1.0.0.post2", "1.0.0.post1", None), Ok(Fit::Exact));
        assert_eq!(fit("1.0.1", "1.0.0.post1", Some(Bump::Patch)), Ok(Fit::Exact));
        assert!(matches!(fit("1.0.0.post1", "1.0.0", Some(Bump::Minor)), Err(Misfit::TooLow { .. })));
        assert!(matches!(fit("1.0.0", "1.0.0.post1", None), Err(Misfit::NotHigher { .. })));
        assert!(fit("2!1.0.0", "1!1.0.0", None).is_ok());
    }
}
