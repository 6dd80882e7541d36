//! Finds suffixes that are part of the tag names of a project and no pre-release: `v7.1.0-ember-cli`.

use std::collections::{BTreeMap, BTreeSet};

use regex::escape;

/// A suffix that versions have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstantSuffix<'a> {
    /// The suffix, with its separator: `-ember-cli`.
    pub suffix: &'a str,
    /// How many of the texts end with it.
    pub count: usize,
    /// One of them.
    pub example: &'a str,
    /// Whether nearly all versions have it.
    pub is_general: bool,
}

/// Words that begin a pre-release or name an environment.
const OTHER_MEANINGS: [&str; 46] = [
    "a",
    "alpha",
    "b",
    "beta",
    "c",
    "canary",
    "cr",
    "demo",
    "dev",
    "develop",
    "development",
    "ea",
    "edge",
    "experimental",
    "insiders",
    "latest",
    "m",
    "milestone",
    "next",
    "nightly",
    "post",
    "pr",
    "pre",
    "preprod",
    "prerelease",
    "preview",
    "prod",
    "production",
    "qa",
    "rc",
    "sandbox",
    "sit",
    "snapshot",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "trunk",
    "uat",
    "unstable",
    "wip",
    "r",
    "rev",
    "live",
    "candidate",
];

/// The suffixes, most frequent first. `texts` are versions without the tag's prefix.
///
/// A suffix has no number, and at least three versions have it (or two, if they are all) that do not exist without it.
/// A pre-release is followed by its final version, or counted.
#[must_use]
pub fn constant_suffixes<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<ConstantSuffix<'a>> {
    let versions: Vec<_> = texts.filter_map(split).collect();
    let plain: BTreeSet<&str> =
        versions.iter().filter(|(_, suffix)| suffix.is_empty()).map(|(core, _)| *core).collect();
    let mut suffixes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (core, suffix) in &versions {
        if is_constant(suffix) {
            suffixes.entry(suffix).or_default().insert(core);
        }
    }
    let mut found: Vec<_> = suffixes
        .into_iter()
        .filter_map(|(suffix, cores)| {
            let counted = versions.iter().filter(|(_, other)| other.ends_with(suffix)).count();
            let enough = cores.len() >= 3 || (cores.len() == 2 && counted == versions.len());
            let (core, _) = versions.iter().rfind(|(_, other)| *other == suffix)?;
            let also_plain = cores.intersection(&plain).count();
            (enough && also_plain * 5 <= cores.len()).then_some((suffix, counted, *core))
        })
        .map(|(suffix, count, example)| ConstantSuffix {
            suffix,
            count,
            example,
            is_general: count * 5 >= versions.len() * 4,
        })
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse(it.count));
    found
}

/// The tag pattern for versions with these suffixes. Without a general one, versions may also have none.
#[must_use]
pub fn suffix_pattern(prefix: &str, suffixes: &[ConstantSuffix<'_>]) -> Option<String> {
    match suffixes {
        [] => None,
        [only] if only.is_general => Some(format!("{prefix}{{version}}{}", only.suffix)),
        several => {
            let names: Vec<_> = several.iter().map(|it| escape(it.suffix)).collect();
            Some(format!("{}(?<version>.+?)({})?", escape(prefix), names.join("|")))
        }
    }
}

/// The numbers and the rest of a version with at least two numbers.
fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let core = text.get(..end)?.trim_end_matches('.');
    let is_version = core.starts_with(|c: char| c.is_ascii_digit()) && core.contains('.');
    is_version.then(|| text.split_at(core.len()))
}

fn is_constant(suffix: &str) -> bool {
    let is_separator = |c: char| matches!(c, '-' | '.' | '_' | '+');
    let mut words = suffix.split(is_separator);
    let valid = |c: char| c.is_ascii_alphabetic() || is_separator(c);
    let is_separated = words.next() == Some("") && suffix.chars().all(valid);
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    is_separated && first.len() > 1 && !OTHER_MEANINGS.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Vec<(String, usize, bool)> {
        let found = constant_suffixes(texts.iter().copied());
        found.iter().map(|it| (it.suffix.to_owned(), it.count, it.is_general)).collect()
    }

    #[test]
    fn suffix_without_final_version_is_constant() {
        let ember = ["7.0.0-beta.1-ember-cli", "7.0.0-ember-cli", "7.1.0-ember-cli", "7.1.1-ember-cli"];
        assert_eq!(found(&ember), [("-ember-cli".to_owned(), 4, true)]);
        assert_eq!(found(&["1.0.RELEASE", "1.1.RELEASE"]), [(".RELEASE".to_owned(), 2, true)]);
        let old: Vec<_> = ["1.0.0", "2.0.0", "3.0.0", "4.0.0"].into_iter().chain(ember).collect();
        assert_eq!(found(&old), [("-ember-cli".to_owned(), 4, false)]);
        let two = ["1.0-jre", "1.0-android", "1.1-jre", "1.1-android", "1.2-jre", "1.2-android"];
        assert_eq!(found(&two).len(), 2);
    }

    #[test]
    fn prereleases_and_environments_are_not_constant() {
        for texts in [
            &["1.0.0-alpha", "1.1.0-alpha", "1.2.0-alpha"][..],
            &["1.0.0-hotfix", "1.0.0", "1.1.0-hotfix", "1.1.0", "1.2.0-hotfix", "1.2.0"],
            &["1.0.0-staging", "1.1.0-staging", "1.2.0-staging"],
            &["1.0.0-x86", "1.1.0-x86", "1.2.0-x86"],
            &["1.0.0-client", "1.1.0", "1.2.0"],
            &["1.0.0", "1.1.0", "1.2.0"],
            &["latest", "x-y", ""],
        ] {
            assert_eq!(found(texts), [], "{texts:?}");
        }
    }

    #[test]
    fn pattern_reads_every_version() {
        let pattern = |texts: &[&'static str]| suffix_pattern("v", &constant_suffixes(texts.iter().copied()));
        assert_eq!(pattern(&["1.0-jre", "1.1-jre", "1.2-jre"]).unwrap(), "v{version}-jre");
        assert_eq!(
            pattern(&["0.8", "0.9", "1.0-jre", "1.1-jre", "1.2-jre"]).unwrap(),
            r"v(?<version>.+?)(\-jre)?"
        );
        assert_eq!(pattern(&["0.8", "0.9"]), None);
    }
}
