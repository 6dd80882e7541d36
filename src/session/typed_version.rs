//! Judges a version that the user types for unreleased changes: `--as`, `check`, `tag`.

use crate::{
    error::Error,
    history::{Ancestry, VersionTag, looks_like_environment},
    model::Version,
    notes::Line,
};

use super::Session;

impl Session {
    /// Parses a version that does not exist yet, with or without the tag prefix.
    ///
    /// # Errors
    /// If it is not a valid version, or ends in the name of an environment.
    pub fn new_version(&self, line: &Line, text: &str) -> Result<Version, Error> {
        let environments = &line.history.environments;
        for environment in environments {
            let Some(bare) = text.strip_suffix(environment.suffix.as_str()) else { continue };
            if let Ok(version) = self.version(line, bare) {
                return Err(environment_suffix(text, &version, &environment.suffix, &environment.name, true));
            }
        }
        let version = self.version(line, text)?;
        if looks_like_environment(&version) {
            let name = version.prerelease().as_str();
            let bare = Version::from_numbers(version.numbers().to_vec(), &line.history.scheme);
            return Err(environment_suffix(text, &bare, &format!("-{name}"), name, false));
        }
        Ok(version)
    }

    /// Checks that no final version that HEAD contains is higher than a version that is not tagged yet. Returns the
    /// highest pre-release that HEAD contains, if that is higher.
    ///
    /// # Errors
    /// If a final version is higher, or the repository cannot be read.
    pub fn check_not_lower(&self, line: &Line, version: &Version) -> Result<Option<VersionTag>, Error> {
        let versions = self.versions(line);
        let higher: Vec<&VersionTag> =
            versions.all.iter().filter(|entry| entry.version.precedence(version).is_gt()).collect();
        let Some(head) = self.repository.head()?.filter(|_| !higher.is_empty()) else { return Ok(None) };
        let commits = self.repository.commits()?;
        let read = |id| commits.node(id);
        let tips: Vec<_> = higher.iter().map(|entry| entry.tag.commit).collect();
        let is_ancestor = Ancestry::new(&read).ancestors_among(head.commit, &tips)?;
        let contained = higher.into_iter().zip(is_ancestor).rev();
        let mut contained = contained
            .filter(|(entry, is_ancestor)| *is_ancestor || entry.tag.commit == head.commit)
            .map(|(entry, _)| entry);
        let highest = contained.next();
        let highest_final = highest.into_iter().chain(contained).find(|entry| !entry.is_prerelease());
        match highest_final {
            Some(entry) => {
                Err(Error::Lower { version: version.clone().into(), contained: entry.version.clone().into() })
            }
            None => Ok(highest.cloned()),
        }
    }
}

/// The error for a version with the suffix of an environment.
fn environment_suffix(text: &str, version: &Version, suffix: &str, name: &str, is_declared: bool) -> Error {
    let hint = match is_declared {
        true => format!("type {version}; to tag an environment: tidings tag {version} --environment {name}"),
        false => format!(
            "type {version}; if `{suffix}` is an environment, declare it: environments = [\"{name}\"]"
        ),
    };
    Error::usage(format!("`{text}` ends in the name of an environment (`{suffix}`)"), Some(&hint))
}
