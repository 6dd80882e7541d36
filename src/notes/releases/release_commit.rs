//! Finds release commits: changes whose title names nothing but the version that they are released in.
//!
//! A pattern cannot distinguish `Git 2.55` from `Python 3.13`; this compares with the tags.

use crate::{
    history::{Versions, Window},
    model::{Change, IdMap, Scheme, Version},
};

/// The versions whose tags point to each commit, with these tags.
pub(super) struct VersionsByCommit<'a>(IdMap<Vec<(&'a Version, Option<&'a str>)>>);

impl<'a> VersionsByCommit<'a> {
    pub(super) fn new(versions: &'a Versions) -> Self {
        let mut tagged: IdMap<Vec<_>> = IdMap::default();
        for entry in &versions.all {
            tagged.entry(entry.tag.commit).or_default().push((&entry.version, Some(entry.tag.name.as_str())));
        }
        Self(tagged)
    }

    /// Whether the title of a change names nothing but the version of its window, or a version that is tagged on one of
    /// its commits.
    pub(super) fn is_named_by(&self, change: &Change, window: &Window) -> bool {
        // `feat: support 1.2.0` is a feature, whatever its title.
        const TYPES: [&str; 6] = ["build", "chore", "changelog", "ci", "docs", "release"];
        if change.kind.as_deref().is_some_and(|kind| !TYPES.contains(&kind)) {
            return false;
        }
        // The changelog of a version is often committed just before the tagged commit.
        let target = window
            .target
            .version
            .as_ref()
            .map(|version| (version, window.target.tag.as_ref().map(|tag| tag.name.as_str())));
        let own = change.commits.iter().filter_map(|id| self.0.get(id)).flatten().copied();
        own.chain(target).any(|(version, tag)| names_only(&change.title, version, tag))
    }
}

/// The maximum number of words in addition to the version, as in `Release of Git 2.55`.
const MAX_WORDS: usize = 3;

fn names_only(title: &str, version: &Version, tag: Option<&str>) -> bool {
    let words =
        || title.split_whitespace().map(|word| word.trim_matches(['"', '`', '(', ')', ':', ',', '.', '!']));
    // Subjects use `rc0` and `rc.0` interchangeably.
    let pre = |version: &Version| version.prerelease().replace('.', "");
    let same = |other: &Version| other.same_core(version) && pre(other) == pre(version);
    // `Upgrade matchit to 0.8` updates a dependency in the version 0.8.0; `Bump git to 2.55.0` is a release.
    let is_update = |parsed: &Version| {
        parsed.numbers().len() < version.numbers().len() && words().any(|word| word == "to")
    };
    let is_version = |word: &str| {
        let bare = word.rsplit_once('@').map_or(word, |(_package, version)| version);
        let branch = bare.split_at_checked("release".len());
        let bare = match branch.filter(|(start, _)| start.eq_ignore_ascii_case("release")) {
            Some((_, rest)) => rest.trim_start_matches(['-', '_', '/']),
            None => bare,
        };
        let bare = bare.strip_prefix(['v', 'V']).unwrap_or(bare);
        // A long history has many words, and most are not versions: reject these without parsing.
        let may_be = bare.starts_with(|c: char| c.is_ascii_digit());
        let parsed = may_be.then(|| Version::parse(bare, &Scheme::Loose)).flatten();
        tag == Some(word)
            || (may_be && bare == version.to_string())
            || parsed.is_some_and(|parsed| parsed.numbers().len() > 1 && same(&parsed) && !is_update(&parsed))
    };
    words().nth(MAX_WORDS + 1).is_none() && words().filter(|word| is_version(word)).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_that_names_only_the_version_is_a_release_commit() {
        let names = |title: &str, version: &str| {
            let version = Version::parse(version, &Scheme::SemVer).unwrap();
            names_only(title, &version, Some(&format!("pkg/{version}")))
        };
        for title in [
            "Git 2.55",
            "Git 2.55.0",
            "changelog: 2.55.0",
            "Release of Git v2.55.0.",
            "pkg/2.55.0",
            "git@2.55.0",
            "Develop release2.55.0",
            "Merge release/2.55.0",
        ] {
            assert!(names(title, "2.55.0"), "{title}");
        }
        assert!(names("Git 2.55-rc0", "2.55.0-rc0"));
        assert!(names("Bump git to 2.55.0", "2.55.0"));
        assert!(!names("Upgrade matchit to 0.8", "0.8.0"), "an update of a dependency");
        for title in ["Git 2.54", "Git 2.55-rc0", "55 fixes", "Mend what broke the build of 2.55", "Git", ""]
        {
            assert!(!names(title, "2.55.0"), "{title}");
        }
    }

    #[test]
    fn release_commit_of_a_declared_post_release_is_found() {
        let pattern = crate::model::PostReleasePattern::parse("-{number}").unwrap();
        let version = Version::parse("1.2.3-1", &Scheme::SemVer.with_post_releases(pattern)).unwrap();
        assert!(names_only("Release 1.2.3-1", &version, None));
        assert!(!names_only("Release 1.2.3-2", &version, None));
    }
}
