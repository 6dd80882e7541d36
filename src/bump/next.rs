//! Computes the next version from the last one and the bump that the changes require.

use chrono::NaiveDate;
use semver::Prerelease;

use crate::{
    model::{Bump, Scheme, Version},
    rules::RequiredBump,
};

use super::{
    calendar,
    derivation::{Derivation, Relation},
    error::Error,
    raise::{ZeroRules, difference, raise},
};

/// How the next version is computed.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The version scheme.
    pub scheme: &'a Scheme,
    /// The bump that the user requests instead of the required one. The rules for versions below 1.0.0 do not apply to
    /// it.
    pub bump_override: Option<Bump>,
    /// The pre-release label, such as `rc`; `None` for a final version.
    pub pre: Option<String>,
    /// The bumps that changes require below 1.0.0.
    pub zero: ZeroRules,
    /// The first version, if there is none yet (calendar versions use the date instead, with counters at 0).
    pub initial: Version,
    /// Today's date, for calendar versions.
    pub date: NaiveDate,
    /// All versions that exist on any branch, in any order. They are skipped.
    pub existing: &'a [Version],
}

/// The next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The version; `None` if no change requires one.
    pub version: Option<Version>,
    /// The bump from the last final version to it.
    pub bump: Option<Bump>,
    /// The reason, in English.
    pub reason: String,
    /// The reason as data, for other languages.
    pub derivation: Derivation,
}

/// Computes the next version.
///
/// `last_final` is the last final version that the target contains, `last` the last one of any kind (used if it is a
/// pre-release above `last_final`), and `required` the bump that the changes since `last_final` require.
///
/// # Errors
/// If the label is not valid, the pre-release would be lower than an existing one, the date gives no new calendar
/// version, or a number is at its maximum.
pub fn next(
    last_final: Option<&Version>,
    last: Option<&Version>,
    required: Option<&RequiredBump>,
    options: &Options<'_>,
) -> Result<Next, Error> {
    let label = options.pre.as_deref().map(parse_label).transpose()?;
    let current =
        last.filter(|it| it.is_prerelease() && last_final.is_none_or(|base| it.precedence(base).is_gt()));
    let bump = options.bump_override.or_else(|| required.map(|required| required.bump));
    if bump.is_none() && (label.is_some() || current.is_none()) {
        let derivation = Derivation { since: last_final.cloned(), ..Derivation::default() };
        return Ok(Next { version: None, bump: None, reason: derivation.describe(None), derivation });
    }
    let step = Step { last_final, current, required: bump, options };
    let (core, skipped) = step.core()?;
    let version = match label {
        Some(label) => prerelease(&core, &label, last, options.existing)?,
        None => core.clone(),
    };
    let bump = match options.scheme {
        Scheme::CalVer(_) => bump,
        Scheme::SemVer | Scheme::Loose => last_final.map_or(bump, |base| difference(base, &core)),
    };
    let derivation = step.derivation(&version, required, skipped);
    Ok(Next { version: Some(version), bump, reason: derivation.describe(bump), derivation })
}

fn parse_label(text: &str) -> Result<String, Error> {
    let bad = || Error::BadLabel { label: text.to_owned() };
    let label = Prerelease::new(text).map_err(|_| bad())?;
    let counted = label.rsplit('.').next().is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if label.is_empty() || counted { Err(bad()) } else { Ok(text.to_owned()) }
}

/// The step from the last version to the next.
struct Step<'a> {
    last_final: Option<&'a Version>,
    /// The pre-release above the last final version.
    current: Option<&'a Version>,
    /// The bump that the user or the changes require.
    required: Option<Bump>,
    options: &'a Options<'a>,
}

impl Step<'_> {
    /// The required bump after the rules for versions below 1.0.0.
    fn effective(&self) -> Option<Bump> {
        let required = self.required?;
        Some(match self.last_final {
            Some(base) if self.options.bump_override.is_none() => self.options.zero.apply(required, base),
            _ => required,
        })
    }

    /// The next version as a final version, and the first version that was skipped because it exists.
    fn core(&self) -> Result<(Version, Option<Version>), Error> {
        let options = self.options;
        if let Scheme::CalVer(pattern) = options.scheme {
            let versions = options.existing.iter().chain(self.last_final).chain(self.current);
            let bump = self.required.unwrap_or(Bump::Patch);
            let numbers = calendar::numbers(pattern, versions.max(), bump, options.date)?;
            return Ok((Version::from_numbers(numbers, options.scheme), None));
        }
        let mut core = self.lowest_core()?;
        let mut skipped = None;
        let bump = self.effective().unwrap_or(Bump::Patch);
        while options.existing.iter().any(|it| !it.is_prerelease() && it.same_core(&core)) {
            let raised = self.raised(&core, bump)?;
            skipped.get_or_insert(core);
            core = raised;
        }
        Ok((core, skipped))
    }

    /// The higher of the version that the changes require and the final version of the current pre-release.
    fn lowest_core(&self) -> Result<Version, Error> {
        let current =
            self.current.map(|it| Version::from_numbers(it.numbers().to_vec(), self.options.scheme));
        let required = match (self.last_final, self.effective()) {
            (Some(base), Some(bump)) => Some(self.raised(base, bump)?),
            (None, Some(_)) | (None, None) => Some(self.options.initial.with_prerelease(Prerelease::EMPTY)),
            (Some(_), None) => None,
        };
        // Without a required bump, the current pre-release keeps its numbers.
        let required = required.filter(|_| self.required.is_some() || current.is_none());
        Ok(required.into_iter().chain(current).max().unwrap_or_else(|| self.options.initial.clone()))
    }

    fn raised(&self, version: &Version, bump: Bump) -> Result<Version, Error> {
        let numbers =
            raise(version.numbers(), bump).ok_or_else(|| Error::TooLarge { version: version.clone() })?;
        Ok(Version::from_numbers(numbers, self.options.scheme))
    }

    fn derivation(
        &self,
        version: &Version,
        required: Option<&RequiredBump>,
        skipped: Option<Version>,
    ) -> Derivation {
        let relation = |current: &Version| match (current.same_core(version), version.is_prerelease()) {
            (true, true) => Relation::Follows,
            (true, false) => Relation::Graduates,
            (false, _) => Relation::Replaces,
        };
        Derivation {
            since: self.last_final.cloned(),
            required: self.required,
            is_explicit: self.options.bump_override.is_some(),
            counts: required.map(|required| required.counts.clone()).unwrap_or_default(),
            zero_bump: self.effective().filter(|effective| Some(*effective) != self.required),
            prerelease: self.current.map(|current| (relation(current), current.clone())),
            skipped,
        }
    }
}

/// The next pre-release of `core` with the label.
///
/// # Errors
/// If an existing pre-release of `core` is as high, or its counter is at its maximum.
fn prerelease(
    core: &Version,
    label: &str,
    last: Option<&Version>,
    existing: &[Version],
) -> Result<Version, Error> {
    let of_core = || existing.iter().chain(last).filter(|it| it.is_prerelease() && it.same_core(core));
    let counters = of_core().filter_map(|it| counter(it.prerelease().as_str(), label));
    let text = match counters.max() {
        Some((count, is_joined)) => {
            let count = count.checked_add(1).ok_or_else(|| Error::TooLarge { version: core.clone() })?;
            format!("{label}{}{count}", if is_joined { "" } else { "." })
        }
        None => format!("{label}.1"),
    };
    let pre = Prerelease::new(&text).map_err(|_| Error::BadLabel { label: label.to_owned() })?;
    let version = core.with_prerelease(pre);
    match of_core().max() {
        Some(highest) if highest.precedence(&version).is_ge() => {
            Err(Error::Lower { version: version.into(), existing: highest.clone().into() })
        }
        _ => Ok(version),
    }
}

/// The counter of a pre-release with `label`, and whether it follows the label without a dot (`rc2`).
fn counter(pre: &str, label: &str) -> Option<(u64, bool)> {
    let rest = pre.strip_prefix(label)?;
    if rest.is_empty() {
        return Some((0, false));
    }
    match rest.strip_prefix('.') {
        Some(count) => count.parse().ok().map(|count| (count, false)),
        None => rest.parse().ok().map(|count| (count, true)),
    }
}

#[cfg(test)]
#[path = "next_tests.rs"]
mod tests;
