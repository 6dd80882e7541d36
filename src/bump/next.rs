//! The next version: what the changes since the last one make of it.

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
    raise::{ZeroRules, raise, size},
};

/// How the next version is found.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// How versions are written.
    pub scheme: &'a Scheme,
    /// Asked for by a person, whatever the changes ask; the zero rules do not soften it.
    pub bump_override: Option<Bump>,
    /// The label of a pre-release, as in `rc`; a final version where it is `None`.
    pub pre: Option<String>,
    /// What changes raise below 1.0.0.
    pub zero: ZeroRules,
    /// The first version, where there was none (calendar versions: the date, with counts at 0).
    pub initial: Version,
    /// Today, for calendar versions.
    pub date: NaiveDate,
    /// All versions that exist, on any branch, in any order: the next one is none of them.
    pub existing: &'a [Version],
}

/// The next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The version; `None` where nothing asks for one.
    pub version: Option<Version>,
    /// The raise from the last final version to it.
    pub bump: Option<Bump>,
    /// Why, in English words.
    pub reason: String,
    /// The same, for other words.
    pub derivation: Derivation,
}

/// The version that follows.
///
/// `last_final` is the last final version that the target contains, `last` the last one of any kind (it matters where it
/// is a pre-release above `last_final`), and `required` what the changes since `last_final` ask for.
///
/// # Errors
/// When the label is none, when the pre-release would be lower than an existing one, and when the date cannot make a
/// calendar version.
pub fn next(
    last_final: Option<&Version>,
    last: Option<&Version>,
    required: Option<&RequiredBump>,
    options: &Options<'_>,
) -> Result<Next, Error> {
    let label = options.pre.as_deref().map(parse_label).transpose()?;
    let started =
        last.filter(|it| it.is_prerelease() && last_final.is_none_or(|base| it.precedence(base).is_gt()));
    let asked = options.bump_override.or_else(|| required.map(|required| required.bump));
    if asked.is_none() && (label.is_some() || started.is_none()) {
        let derivation = Derivation { since: last_final.cloned(), ..Derivation::default() };
        return Ok(Next { version: None, bump: None, reason: derivation.in_words(None), derivation });
    }
    let step = Step { last_final, started, asked, options };
    let (core, taken) = step.core()?;
    let version = match label {
        Some(label) => prerelease(&core, &label, last, options.existing)?,
        None => core.clone(),
    };
    let bump = match options.scheme {
        Scheme::CalVer(_) => asked,
        Scheme::SemVer | Scheme::Loose => last_final.map_or(asked, |base| size(base, &core)),
    };
    let derivation = step.derivation(&version, required, taken);
    Ok(Next { version: Some(version), bump, reason: derivation.in_words(bump), derivation })
}

fn parse_label(text: &str) -> Result<String, Error> {
    let bad = || Error::BadLabel { label: text.to_owned() };
    let label = Prerelease::new(text).map_err(|_| bad())?;
    let counted = label.rsplit('.').next().is_none_or(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    if label.is_empty() || counted { Err(bad()) } else { Ok(text.to_owned()) }
}

/// What leads from the last version to the next.
struct Step<'a> {
    last_final: Option<&'a Version>,
    /// The pre-release that is under way.
    started: Option<&'a Version>,
    asked: Option<Bump>,
    options: &'a Options<'a>,
}

impl Step<'_> {
    /// What the changes raise, below 1.0.0 softened.
    fn effective(&self) -> Option<Bump> {
        let asked = self.asked?;
        Some(match self.last_final {
            Some(base) if self.options.bump_override.is_none() => self.options.zero.apply(asked, base),
            _ => asked,
        })
    }

    /// The numbers of the next version as a final version, and the first that was passed over since it exists.
    fn core(&self) -> Result<(Version, Option<Version>), Error> {
        let options = self.options;
        if let Scheme::CalVer(pattern) = options.scheme {
            let known = options.existing.iter().chain(self.last_final).chain(self.started);
            let bump = self.asked.unwrap_or(Bump::Patch);
            let numbers = calendar::numbers(pattern, known.max(), bump, options.date)?;
            return Ok((Version::from_numbers(numbers, options.scheme), None));
        }
        let mut core = self.wanted_core()?;
        let mut taken = None;
        let bump = self.effective().unwrap_or(Bump::Patch);
        while options.existing.iter().any(|it| !it.is_prerelease() && it.same_core(&core)) {
            let raised = self.raised(&core, bump)?;
            taken.get_or_insert(core);
            core = raised;
        }
        Ok((core, taken))
    }

    /// The greater of what the changes ask for and what the pre-release under way is for.
    fn wanted_core(&self) -> Result<Version, Error> {
        let started =
            self.started.map(|it| Version::from_numbers(it.numbers().to_vec(), self.options.scheme));
        let asked = match (self.last_final, self.effective()) {
            (Some(base), Some(bump)) => Some(self.raised(base, bump)?),
            (None, Some(_)) | (None, None) => Some(self.options.initial.with_prerelease(Prerelease::EMPTY)),
            (Some(_), None) => None,
        };
        // Only what asks for something can raise a pre-release that is under way.
        let asked = asked.filter(|_| self.asked.is_some() || started.is_none());
        Ok(asked.into_iter().chain(started).max().unwrap_or_else(|| self.options.initial.clone()))
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
        taken: Option<Version>,
    ) -> Derivation {
        let relation = |started: &Version| match (started.same_core(version), version.is_prerelease()) {
            (true, true) => Relation::Follows,
            (true, false) => Relation::Graduates,
            (false, _) => Relation::Replaces,
        };
        Derivation {
            since: self.last_final.cloned(),
            asked: self.asked,
            by_hand: self.options.bump_override.is_some(),
            counts: required.map(|required| required.counts.clone()).unwrap_or_default(),
            softened: self.effective().filter(|effective| Some(*effective) != self.asked),
            prerelease: self.started.map(|started| (relation(started), started.clone())),
            taken,
        }
    }
}

/// The first pre-release of `core` under the label that is higher than all there are.
fn prerelease(
    core: &Version,
    label: &str,
    last: Option<&Version>,
    existing: &[Version],
) -> Result<Version, Error> {
    let of_core = || existing.iter().chain(last).filter(|it| it.is_prerelease() && it.same_core(core));
    let counters = of_core().filter_map(|it| counter(it.prerelease().as_str(), label));
    let text = match counters.max() {
        Some((count, glue)) => {
            let count = count.checked_add(1).ok_or_else(|| Error::TooLarge { version: core.clone() })?;
            format!("{label}{}{count}", if glue { "" } else { "." })
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

/// The count of a pre-release under `label`, and whether it is glued to the label (`rc2`).
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
