//! Which changes are release commits: those that say nothing but the version that is made of them.
//!
//! A pattern over messages cannot tell `Git 2.55` from `Python 3.13`; the tags can.

use crate::{
    history::{Versions, Window},
    model::{Change, IdMap, Scheme, Version},
};

/// The versions that stand on each commit, with their tags.
pub(super) struct Tagged<'a>(IdMap<Vec<(&'a Version, Option<&'a str>)>>);

impl<'a> Tagged<'a> {
    pub(super) fn new(versions: &'a Versions) -> Self {
        let mut tagged: IdMap<Vec<_>> = IdMap::default();
        for entry in &versions.all {
            tagged.entry(entry.tag.commit).or_default().push((&entry.version, Some(entry.tag.name.as_str())));
        }
        Self(tagged)
    }

    /// Whether a change says nothing but the version whose window it is in, or one that stands on a commit of it.
    pub(super) fn is_named_by(&self, change: &Change, window: &Window) -> bool {
        // `feat: what 1.2.0 brings` is a feature, whatever it is called.
        const TYPES: [&str; 6] = ["build", "chore", "changelog", "ci", "docs", "release"];
        if change.kind.as_deref().is_some_and(|kind| !TYPES.contains(&kind)) {
            return false;
        }
        // The changelog of a version is often committed just below its tag.
        let target = window
            .target
            .version
            .as_ref()
            .map(|version| (version, window.target.tag.as_ref().map(|tag| tag.name.as_str())));
        let own = change.commits.iter().filter_map(|id| self.0.get(id)).flatten().copied();
        own.chain(target).any(|(version, tag)| says_only(&change.title, version, tag))
    }
}

/// The most words that stand beside the version, as in `Release of Git 2.55`.
const WORDS: usize = 3;

fn says_only(title: &str, version: &Version, tag: Option<&str>) -> bool {
    let words =
        || title.split_whitespace().map(|word| word.trim_matches(['"', '`', '(', ')', ':', ',', '.', '!']));
    // `rc0` and `rc.0` are the same to whoever writes a subject.
    let pre = |version: &Version| version.prerelease().replace('.', "");
    let same = |said: &Version| said.same_core(version) && pre(said) == pre(version);
    let is_version = |word: &str| {
        let bare = word.rsplit_once('@').map_or(word, |(_package, version)| version);
        let bare = bare.strip_prefix(['v', 'V']).unwrap_or(bare);
        // Most words are no version, and a long history has many.
        let may_be = bare.starts_with(|c: char| c.is_ascii_digit());
        let said = may_be.then(|| Version::parse(bare, &Scheme::Loose)).flatten();
        tag == Some(word) || said.is_some_and(|said| said.numbers().len() > 1 && same(&said))
    };
    words().nth(WORDS + 1).is_none() && words().filter(|word| is_version(word)).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_20_a_commit_that_says_only_its_version_is_told_from_a_change() {
        let says = |title: &str, version: &str| {
            let version = Version::parse(version, &Scheme::SemVer).unwrap();
            says_only(title, &version, Some(&format!("pkg/{version}")))
        };
        for title in [
            "Git 2.55",
            "Git 2.55.0",
            "changelog: 2.55.0",
            "Release of Git v2.55.0.",
            "pkg/2.55.0",
            "git@2.55.0",
        ] {
            assert!(says(title, "2.55.0"), "{title}");
        }
        assert!(says("Git 2.55-rc0", "2.55.0-rc0"));
        for title in ["Git 2.54", "Git 2.55-rc0", "55 fixes", "Mend what broke the build of 2.55", "Git", ""]
        {
            assert!(!says(title, "2.55.0"), "{title}");
        }
    }
}
