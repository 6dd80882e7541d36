//! Computes the next version from the last one and the bump that the changes require.

use chrono::NaiveDate;
use semver::Prerelease;

use crate::{
    model::{Bump, MaintenanceLine, Scheme, Version},
    rules::RequiredBump,
};

use super::{
    calendar,
    derivation::{Derivation, Relation},
    error::Error,
    fits::fits,
    prerelease,
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
    /// All versions that exist on any branch, in any order.
    pub existing: &'a [Version],
    /// The highest final version that the last final version contains, if it is higher: it was tagged out of order.
    pub contained: Option<&'a Version>,
    /// The maintenance line of the branch.
    pub line: Option<&'a MaintenanceLine>,
    /// Whether no change since the last pre-release requires a new one.
    pub is_unchanged_since_last: bool,
    /// The version that a commit requests.
    pub release_as: Option<&'a ReleaseAs>,
}

/// The version that a commit requests with a `Release-As` trailer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseAs {
    /// The version.
    pub version: Version,
    /// The commit, abbreviated.
    pub commit: String,
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
/// version, a number is at its maximum, the version is taken by another branch or lower than an existing one, or the
/// requested version does not fit.
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
    let is_unchanged = options.is_unchanged_since_last
        && label.is_some()
        && current.is_some()
        && options.bump_override.is_none();
    let is_requested = options.release_as.is_some();
    if !is_requested && (is_unchanged || (bump.is_none() && (label.is_some() || current.is_none()))) {
        let since = current.filter(|_| is_unchanged).or(last_final).cloned();
        let derivation = Derivation { since, ..Derivation::default() };
        return Ok(Next { version: None, bump: None, reason: derivation.describe(None), derivation });
    }
    let step = Step { last_final, current, required: bump, options };
    let (core, skipped) = match options.release_as {
        Some(release_as) if options.bump_override.is_none() => (step.requested(release_as)?, None),
        _ => step.core()?,
    };
    let version = match label {
        Some(label) => prerelease::next(&core, &label, options.existing.iter().chain(last), options.scheme)?,
        None => core.clone(),
    };
    let bump = match options.scheme.calendar() {
        Some(_) => bump,
        None => step.raised_from().map_or(bump, |base| difference(base, &core)),
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
        Some(match self.raised_from() {
            Some(base) if self.options.bump_override.is_none() => self.options.zero.apply(required, base),
            _ => required,
        })
    }

    /// The next version as a final version, and the first version that was skipped because it exists.
    fn core(&self) -> Result<(Version, Option<Version>), Error> {
        let options = self.options;
        if let Some(pattern) = options.scheme.calendar() {
            let versions = options.existing.iter().chain(self.last_final).chain(self.current);
            let bump = self.required.unwrap_or(Bump::Patch);
            let numbers = calendar::numbers(pattern, &versions.collect::<Vec<_>>(), bump, options.date)?;
            return Ok((Version::from_numbers(numbers, options.scheme), None));
        }
        let core = self.lowest_core()?;
        let (core, skipped) = match self.finals().any(|it| it.same_core(&core)) {
            true => (self.above(&core)?, Some(core)),
            false => (core, None),
        };
        self.check_place(&core)?;
        Ok((core, skipped))
    }

    /// The version that a commit requests, as a final version.
    fn requested(&self, release_as: &ReleaseAs) -> Result<Version, Error> {
        let ReleaseAs { version, commit } = release_as;
        let reject = |reason: String| Error::ReleaseAs {
            version: version.clone().into(),
            commit: commit.clone(),
            reason,
        };
        if self.options.existing.contains(version) {
            return Err(reject("it is already tagged".to_owned()));
        }
        let exists = |version: &Version| self.options.existing.contains(version);
        fits(version, self.raised_from(), self.required, self.options.zero, (self.options.scheme, &exists))
            .map_err(|misfit| reject(misfit.to_string()))?;
        Ok(version.clone())
    }

    /// The version to raise: the last final version, or the highest one that it contains.
    fn raised_from(&self) -> Option<&Version> {
        self.options.contained.or(self.last_final)
    }

    fn finals(&self) -> impl Iterator<Item = &Version> {
        self.options.existing.iter().filter(|it| !it.is_prerelease())
    }

    /// The version to take instead of `core`, which another branch has. A patch goes above the patches of its minor
    /// version, a major version above all versions.
    fn above(&self, core: &Version) -> Result<Version, Error> {
        let bump = self.raised_from().and_then(|from| difference(from, core)).unwrap_or(Bump::Patch);
        let same = |count: usize| move |it: &&Version| (0..count).all(|at| it.number(at) == core.number(at));
        match bump {
            Bump::Patch => self.raised(self.finals().filter(same(2)).max().unwrap_or(core), Bump::Patch),
            Bump::Major => self.raised(self.finals().max().unwrap_or(core), Bump::Major),
            Bump::Minor => {
                let minor = self.raised(self.finals().filter(same(1)).max().unwrap_or(core), Bump::Minor)?;
                Err(Error::Taken {
                    version: core.clone().into(),
                    patch: self.next_patch()?,
                    minor: minor.into(),
                })
            }
        }
    }

    /// The next free patch version of the version to raise; `None` before the first version.
    fn next_patch(&self) -> Result<Option<Box<Version>>, Error> {
        let Some(from) = self.raised_from() else { return Ok(None) };
        let same_minor = |it: &&Version| (0..2).all(|at| it.number(at) == from.number(at));
        let highest = self.finals().filter(same_minor).max().unwrap_or(from);
        Ok(Some(self.raised(highest, Bump::Patch)?.into()))
    }

    /// Checks that a version is on the maintenance line, or above all others.
    fn check_place(&self, core: &Version) -> Result<(), Error> {
        if let Some(line) = self.options.line {
            if !line.is_below(core) {
                return Ok(());
            }
            let (version, line) = (core.clone().into(), line.to_string());
            return Err(Error::OffLine { version, line, patch: self.next_patch()? });
        }
        match self.finals().max() {
            Some(highest) if highest > core => {
                Err(Error::BelowExisting { version: core.clone().into(), highest: highest.clone().into() })
            }
            _ => Ok(()),
        }
    }

    /// The higher of the version that the changes require and the final version of the current pre-release.
    fn lowest_core(&self) -> Result<Version, Error> {
        let current = self.current.map(|it| it.with_numbers(it.numbers().to_vec(), self.options.scheme));
        let required = match (self.raised_from(), self.effective()) {
            (Some(base), Some(bump)) => Some(self.on_line(self.raised(base, bump)?)),
            (None, Some(_)) | (None, None) => Some(self.options.initial.with_prerelease(Prerelease::EMPTY)),
            (Some(_), None) => None,
        };
        // Without a required bump, the current pre-release keeps its numbers.
        let required = required.filter(|_| self.required.is_some() || current.is_none());
        Ok(required.into_iter().chain(current).max().unwrap_or_else(|| self.options.initial.clone()))
    }

    /// A version, or the first one of the maintenance line if it is below the line.
    fn on_line(&self, version: Version) -> Version {
        match self.options.line {
            Some(line) if line.is_above(&version) => {
                version.with_numbers(line.first(version.numbers().len()), self.options.scheme)
            }
            _ => version,
        }
    }

    fn raised(&self, version: &Version, bump: Bump) -> Result<Version, Error> {
        let numbers =
            raise(version.numbers(), bump).ok_or_else(|| Error::TooLarge { version: version.clone() })?;
        Ok(version.with_numbers(numbers, self.options.scheme))
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
            read: required.map_or(0, |required| required.read),
            zero_bump: self.effective().filter(|effective| Some(*effective) != self.required),
            prerelease: self.current.map(|current| (relation(current), current.clone())),
            skipped,
            contained: self.options.contained.cloned(),
            release_as: self.options.release_as.map(|it| it.commit.clone()),
            line: self.options.line.map(ToString::to_string).filter(|_| self.is_below_existing(version)),
        }
    }

    fn is_below_existing(&self, version: &Version) -> bool {
        self.finals().any(|it| it > version)
    }
}

#[cfg(test)]
#[path = "next_tests.rs"]
mod tests;
