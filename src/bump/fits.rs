//! Whether a version that somebody chose is big enough for what it brings.

use crate::model::{Bump, Scheme, Version};

use super::raise::{ZeroRules, looks, raise, size};

/// How a version that may be used stands to what the changes ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// As asked, or there is nothing to compare with.
    Right,
    /// Raised further than the changes ask.
    Larger {
        /// What would do.
        enough: Version,
    },
    /// Numbers are left out, as from 1.2.0 to 1.4.0: worth a warning.
    Skips {
        /// The version that comes next.
        expected: Version,
    },
}

/// A version that must not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// It is not higher than the one before it.
    #[error("{version} is not higher than {base}")]
    NotHigher {
        /// The version.
        version: Box<Version>,
        /// The one before it.
        base: Box<Version>,
    },
    /// The changes ask for more.
    #[error("{version} is too small: the changes since {base} ask for a {} version", asked.name())]
    TooSmall {
        /// The version.
        version: Box<Version>,
        /// The one before it.
        base: Box<Version>,
        /// What the changes ask for, below 1.0.0 softened.
        asked: Bump,
        /// The lowest version that would do; `None` where a number cannot be raised any more.
        enough: Option<Box<Version>>,
    },
}

impl Misfit {
    /// The way out, where one is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotHigher { .. } => None,
            Self::TooSmall { enough, .. } => enough.as_ref().map(|enough| format!("use {enough} or higher")),
        }
    }
}

/// Whether `version` is big enough after `base`, the version that its window starts from, for what the changes ask. A
/// pre-release counts as the version it is for: `1.3.0-rc.1` after `1.2.0` is a minor raise. After a pre-release of the same
/// numbers, the numbers show how big the raise was. Calendar versions only have to be higher. Versions that exist, on whatever
/// branch, are not left out.
///
/// # Errors
/// When it is not higher than `base`, and when the changes ask for more.
pub fn fits(
    version: &Version,
    base: Option<&Version>,
    asked: Option<Bump>,
    zero: ZeroRules,
    (scheme, exists): (&Scheme, &dyn Fn(&Version) -> bool),
) -> Result<Fit, Misfit> {
    let Some(base) = base else { return Ok(Fit::Right) };
    if version.precedence(base).is_le() {
        return Err(Misfit::NotHigher { version: version.clone().into(), base: base.clone().into() });
    }
    if matches!(scheme, Scheme::CalVer(_)) {
        return Ok(Fit::Right);
    }
    let raised = |bump| raise(base.numbers(), bump).map(|numbers| Version::from_numbers(numbers, scheme));
    let step = size(base, version);
    let before = base.is_prerelease().then(|| looks(base));
    let asked = asked.map(|asked| zero.apply(asked, base));
    match (step.max(before), asked) {
        (reached, Some(asked)) if reached < Some(asked) => Err(Misfit::TooSmall {
            version: version.clone().into(),
            base: base.clone().into(),
            asked,
            enough: raised(asked).map(Box::new),
        }),
        _ => {
            let next = |bump| {
                let after = |it: &Version| Some(Version::from_numbers(raise(it.numbers(), bump)?, scheme));
                std::iter::successors(raised(bump), after).find(|it| !exists(it))
            };
            Ok(fit(version, step, asked.filter(|_| before.is_none()), next))
        }
    }
}

fn fit(
    version: &Version,
    step: Option<Bump>,
    asked: Option<Bump>,
    raised: impl Fn(Bump) -> Option<Version>,
) -> Fit {
    let Some(step) = step else { return Fit::Right };
    match raised(step) {
        Some(expected) if !expected.same_core(version) => return Fit::Skips { expected },
        _ => {}
    }
    match asked.filter(|asked| *asked < step).and_then(raised) {
        Some(enough) => Fit::Larger { enough },
        None => Fit::Right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text, &Scheme::Loose).unwrap()
    }

    fn check(text: &str, base: &str, asked: Option<Bump>) -> Result<Fit, Misfit> {
        fits(&version(text), Some(&version(base)), asked, ZeroRules::default(), (&Scheme::Loose, &|_| false))
    }

    #[test]
    fn a_breaking_change_is_no_patch() {
        let misfit = check("1.2.1", "1.2.0", Some(Bump::Major)).unwrap_err();
        assert_eq!(misfit.to_string(), "1.2.1 is too small: the changes since 1.2.0 ask for a major version");
        assert_eq!(misfit.hint().unwrap(), "use 2.0.0 or higher");
        assert!(check("1.3.0", "1.2.0", Some(Bump::Major)).is_err());
        assert_eq!(check("2.0.0", "1.2.0", Some(Bump::Major)), Ok(Fit::Right));
    }

    #[test]
    fn below_one_a_breaking_change_is_a_minor() {
        assert_eq!(check("0.4.0", "0.3.1", Some(Bump::Major)), Ok(Fit::Right));
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
        assert_eq!(fit, Ok(Fit::Right));
    }

    #[test]
    fn left_out_numbers_and_needless_raises_are_allowed_and_told() {
        assert_eq!(check("1.4.0", "1.2.0", Some(Bump::Minor)), Ok(Fit::Skips { expected: version("1.3.0") }));
        assert_eq!(check("1.3.1", "1.2.0", Some(Bump::Minor)), Ok(Fit::Skips { expected: version("1.3.0") }));
        assert_eq!(check("2.0.0", "1.2.0", Some(Bump::Patch)), Ok(Fit::Larger { enough: version("1.2.1") }));
        assert_eq!(check("1.2.1", "1.2.0", None), Ok(Fit::Right));
    }

    #[test]
    fn a_version_is_higher_than_the_one_before() {
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
            Ok(Fit::Right)
        );
    }

    #[test]
    fn a_pre_release_counts_as_what_it_is_for() {
        assert_eq!(check("1.3.0-rc.1", "1.2.0", Some(Bump::Minor)), Ok(Fit::Right));
        assert!(check("1.3.0-rc.1", "1.2.0", Some(Bump::Major)).is_err());
        assert_eq!(check("1.3.0-rc.2", "1.3.0-rc.1", Some(Bump::Minor)), Ok(Fit::Right));
        assert_eq!(check("1.3.0", "1.3.0-rc.1", Some(Bump::Minor)), Ok(Fit::Right));
        let misfit = check("1.3.0-rc.2", "1.3.0-rc.1", Some(Bump::Major)).unwrap_err();
        assert_eq!(misfit.hint().unwrap(), "use 2.0.0 or higher");
        assert!(check("1.2.1-rc.2", "1.2.1-rc.1", Some(Bump::Minor)).is_err());
    }
}
