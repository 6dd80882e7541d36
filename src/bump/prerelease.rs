//! Computes the next pre-release of a version: its number, and how the project writes pre-releases.

use semver::Prerelease;

use crate::model::{Scheme, Version, prerelease_number};

use super::error::Error;

/// The next pre-release of `core` with the label, spelled like the last one in `versions`.
///
/// # Errors
/// If an existing pre-release of `core` is as high, or its number is at its maximum.
pub(super) fn next<'a>(
    core: &Version,
    label: &str,
    versions: impl Iterator<Item = &'a Version> + Clone,
    scheme: &Scheme,
) -> Result<Version, Error> {
    let prereleases = versions.filter(|it| it.is_prerelease());
    let of_core = || prereleases.clone().filter(|it| it.same_core(core));
    let number = |it: &Version| prerelease_number(it.prerelease(), label);
    let number = match of_core().filter_map(number).max() {
        Some(number) => number.checked_add(1).ok_or_else(|| Error::TooLarge { version: core.clone() })?,
        None => 1,
    };
    let has_label = |it: &Version, label: &str| prerelease_number(it.prerelease(), label).is_some();
    // The development releases of PEP 440 are spelled differently from the other pre-releases: `1.0rc1`, `1.0.dev1`.
    let like = prereleases.clone().max_by_key(|it| (has_label(it, label), !has_label(it, DEV), *it));
    let spelling = match like.and_then(|it| Spelling::of(it.prerelease_text())) {
        Some(spelling) => spelling,
        None if *scheme.base() == Scheme::Pep440 => Spelling { is_short: true, ..Spelling::default() },
        None => Spelling { before: "-", between: ".", ..Spelling::default() },
    };
    let suffix = spelling.write(label, number);
    let version = Version::parse(&format!("{}{suffix}", core.core_text()), scheme)
        .filter(|it| it.is_prerelease() && it.same_core(core));
    let version = match version {
        Some(version) => version,
        None => {
            let pre = Prerelease::new(&format!("{label}.{number}"));
            core.with_prerelease(pre.map_err(|_| Error::BadLabel { label: label.to_owned() })?)
        }
    };
    match of_core().max() {
        Some(highest) if highest.precedence(&version).is_ge() => {
            Err(Error::Lower { version: version.into(), existing: highest.clone().into() })
        }
        _ => Ok(version),
    }
}

/// How a project writes its pre-releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Spelling<'a> {
    /// Between the version and the label.
    before: &'a str,
    /// The label.
    label: &'a str,
    /// Between the label and the number.
    between: &'a str,
    /// The minimum count of digits.
    digits: usize,
    /// Whether `alpha` and `beta` are written as `a` and `b`.
    is_short: bool,
}

/// The label of development releases.
const DEV: &str = "dev";

/// The short and long forms of labels in PEP 440.
const LABELS: [(&str, &str); 2] = [("a", "alpha"), ("b", "beta")];

impl<'a> Spelling<'a> {
    /// The spelling of a pre-release such as `-rc.1`. `None` if it is not a label with a number.
    fn of(text: &'a str) -> Option<Self> {
        let (before, rest) = text.split_at(text.find(|c: char| c.is_ascii_alphanumeric())?);
        let head = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = rest.get(head.len()..).unwrap_or_default();
        let label = head.trim_end_matches(['.', '-', '_']);
        if label.is_empty() || digits.is_empty() || label.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let padding = if digits.starts_with('0') { digits.len() } else { 0 };
        let is_short = label.len() == 1 || (before.is_empty() && label.eq_ignore_ascii_case("rc"));
        let between = head.get(label.len()..).unwrap_or_default();
        Some(Self { before, label, between, digits: padding, is_short })
    }

    /// The pre-release with another label or number.
    fn write(self, label: &str, number: u64) -> String {
        let Self { before, between, digits, .. } = self;
        // PEP 440 joins other labels to the version, but writes `.dev1`.
        let is_dev = |label: &str| label.eq_ignore_ascii_case(DEV);
        let before = match (before, between) {
            ("", _) if is_dev(label) => ".",
            (".", "") if is_dev(self.label) && !is_dev(label) => "",
            _ => before,
        };
        let is_same = prerelease_number(self.label, label).is_some();
        let is_short = self.is_short || before.is_empty() && is_dev(self.label);
        let short = LABELS.iter().find(|(_, long)| is_short && *long == label);
        let label = if is_same { self.label } else { short.map_or(label, |(short, _)| short) };
        let is_upper = !self.label.is_empty() && self.label.chars().all(|c| c.is_ascii_uppercase());
        let label = if is_upper { label.to_ascii_uppercase() } else { label.to_owned() };
        format!("{before}{label}{between}{number:0digits$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_of(core: &str, label: &str, existing: &[&str], scheme: &Scheme) -> String {
        let read = |text: &str| Version::parse(text, scheme).unwrap();
        let existing: Vec<_> = existing.iter().map(|text| read(text)).collect();
        next(&read(core), label, existing.iter(), scheme)
            .map_or_else(|error| error.to_string(), |it| it.to_string())
    }

    #[test]
    fn prerelease_is_spelled_like_the_last_one() {
        let loose = |existing: &[&str], label| next_of("1.1.0", label, existing, &Scheme::Loose);
        for (existing, rc, beta, dev) in [
            ("1.0.0-rc.4", "1.1.0-rc.1", "1.1.0-beta.1", "1.1.0-dev.1"),
            ("1.0.0-rc4", "1.1.0-rc1", "1.1.0-beta1", "1.1.0-dev1"),
            ("1.0.0rc4", "1.1.0rc1", "1.1.0b1", "1.1.0.dev1"),
            ("1.0.0a4", "1.1.0rc1", "1.1.0b1", "1.1.0.dev1"),
            ("1.0.0.beta4", "1.1.0.rc1", "1.1.0.beta1", "1.1.0.dev1"),
            ("1.0.0-RC4", "1.1.0-RC1", "1.1.0-BETA1", "1.1.0-DEV1"),
            ("1.0.0_rc-04", "1.1.0_rc-01", "1.1.0_beta-01", "1.1.0_dev-01"),
        ] {
            let found = [loose(&[existing], "rc"), loose(&[existing], "beta"), loose(&[existing], "dev")];
            assert_eq!(found, [rc, beta, dev], "after {existing}");
        }
        assert_eq!(loose(&["1.0.0rc4", "1.0.0.post1.dev2"], "rc"), "1.1.0rc1", "its own spelling");
        assert_eq!(loose(&[], "rc"), "1.1.0-rc.1");
        assert_eq!(next_of("1.1.0", "rc", &["1.0.0-rc4"], &Scheme::SemVer), "1.1.0-rc1");
    }

    #[test]
    fn pep440_prerelease_has_the_normal_form() {
        let pep = |existing: &[&str], label| next_of("1.1.0", label, existing, &Scheme::Pep440);
        assert_eq!(pep(&[], "rc"), "1.1.0rc1");
        assert_eq!(pep(&[], "alpha"), "1.1.0a1");
        assert_eq!(pep(&[], "dev"), "1.1.0.dev1");
        assert_eq!(pep(&["1.1.0a1", "1.1.0a2"], "alpha"), "1.1.0a3");
        assert_eq!(pep(&["1.1.0alpha2"], "a"), "1.1.0alpha3", "one label in two spellings");
        assert_eq!(pep(&["1.1.0.dev2"], "a"), "1.1.0a1", "above the development release");
        assert_eq!(pep(&["1.0.0beta1", "1.1.0.dev2"], "rc"), "1.1.0rc1", "like the last one but `dev`");
        assert_eq!(
            pep(&["1.1.0rc1"], "dev"),
            "1.1.0.dev1 would be lower than 1.1.0rc1, which already exists"
        );
    }
}
