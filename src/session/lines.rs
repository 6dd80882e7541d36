//! Selects lines of versions by what the user typed: a package's tag, `NAME@VERSION`, or a version.

use crate::{
    error::Error,
    history::{Versions, read_tag},
    model::{Scheme, Tag, Version},
    notes::{Line, Selector},
    settings::{LineSelection, shortened},
};

use super::open::Session;

impl Session {
    /// The lines of versions of a command. In order: the package that `target` or `--as` names (by a tag, or as in
    /// `core@1.2.0`), that of `--package`, that of the current directory, all.
    #[must_use]
    pub fn lines(&self, target: Option<&str>) -> &[Line] {
        let lines = self.settings.lines.as_slice();
        let ends = match target.map(Selector::parse) {
            Some(Selector::Range(from, to)) => vec![from, to],
            Some(Selector::Target(name)) => vec![name],
            _ => Vec::new(),
        };
        let named = match self.settings.selection {
            LineSelection::Package(_) => None,
            LineSelection::All | LineSelection::Folder(_) => self.line_named_by(&ends),
        };
        let index = named.or(self.settings.selection.index());
        if let (None, LineSelection::Folder(index)) = (named, self.settings.selection)
            && let Some(package) = lines.get(index).and_then(|line| line.package.as_deref())
        {
            self.inform_once(&format!(
                "using the package {package}: the current directory is in it (--all-packages for all)"
            ));
        }
        index.and_then(|index| lines.get(index)).map_or(lines, std::slice::from_ref)
    }

    /// The index of the only line that one of these names belongs to.
    fn line_named_by(&self, names: &[String]) -> Option<usize> {
        let is_of = |line: &Line| names.iter().any(|name| names_line(line, name));
        let mut named = self.settings.lines.iter().enumerate().filter(|(_, line)| is_of(line));
        named.next().filter(|_| named.next().is_none()).map(|(index, _)| index)
    }

    /// The single line of versions of a target.
    ///
    /// # Errors
    /// If there are several packages, and neither the target, `--package` nor the current directory selects one.
    pub fn line_of(&self, target: Option<&str>) -> Result<&Line, Error> {
        match self.lines(target) {
            [only] => Ok(only),
            several => {
                target.and_then(|target| self.unknown_package(target)).map_or(Ok(()), Err)?;
                let names = shortened(several.iter().filter_map(|line| line.package.as_deref()));
                let hint = format!("pass --package NAME with one of: {names}");
                Err(Error::usage(
                    "this repository has several packages, and this command needs exactly one",
                    Some(&hint),
                ))
            }
        }
    }

    /// The single line of versions of a command without a target.
    ///
    /// # Errors
    /// As [`Self::line_of`].
    pub fn line(&self) -> Result<&Line, Error> {
        self.line_of(None)
    }

    /// The tags that may be versions of a line.
    #[must_use]
    pub fn tags_of(&self, line: &Line) -> &[Tag] {
        let lines = &self.settings.lines;
        match lines.iter().position(|it| std::ptr::eq(it, line)) {
            Some(index) if lines.len() > 1 => self.line_tags().get(index),
            _ => &self.tags,
        }
    }

    /// The versions of a line.
    #[must_use]
    pub fn versions(&self, line: &Line) -> Versions {
        Versions::new(self.tags_of(line), &line.history)
    }

    /// Parses a version from the command line: with or without the tag prefix, or as in `core@1.2.0`.
    ///
    /// # Errors
    /// If it is not a valid version, or one of another package.
    pub fn version(&self, line: &Line, text: &str) -> Result<Version, Error> {
        let own = strip_package(line, text).unwrap_or(text);
        let error = match version(&line.history, own) {
            Ok(version) => return Ok(version),
            Err(error) => error,
        };
        let other =
            self.settings.lines.iter().find(|other| !std::ptr::eq(*other, line) && names_line(other, text));
        if let (Some(package), Some(other)) =
            (&line.package, other.and_then(|other| other.package.as_deref()))
        {
            let hint = format!(
                "name a version of {package}, such as {}, or select the other package: --package {other}",
                line.history.pattern.tag_name(&line.initial, None)
            );
            let message = format!("`{text}` is a version of the package {other}, not of {package}");
            return Err(Error::usage(message, Some(&hint)));
        }
        Err(self.unknown_package(text).unwrap_or(error))
    }

    /// The error for `NAME@VERSION` with the name of no package.
    fn unknown_package(&self, text: &str) -> Option<Error> {
        let (name, rest) = text.rsplit_once('@').filter(|(name, _)| !name.is_empty())?;
        let mut names = self.settings.lines.iter().filter_map(|line| line.package.as_deref()).peekable();
        let is_version = self.settings.lines.iter().any(|line| version(&line.history, rest).is_ok());
        if names.peek().is_none() || !is_version || names.clone().any(|it| it == name) {
            return None;
        }
        Some(Error::usage(
            format!("there is no package `{name}`"),
            Some(&format!("use one of: {}", shortened(names))),
        ))
    }

    /// A version of a line as it may be typed: with several packages with the package's name, as in its tag.
    #[must_use]
    pub fn version_name(&self, line: &Line, version: &Version) -> String {
        match self.settings.lines.len() {
            1 => version.to_string(),
            _ => {
                line.history.pattern.tag_name(version, self.tags_of(line).last().map(|tag| tag.name.as_str()))
            }
        }
    }

    /// The name of a target for git: that of its tag, if it is a version of the line as in `core@1.2.0`.
    #[must_use]
    pub fn target_name(&self, line: &Line, text: &str) -> String {
        let version = strip_package(line, text).and_then(|own| version(&line.history, own).ok());
        let tagged = version.and_then(|version| {
            let versions = self.versions(line);
            versions
                .find_tag(text)
                .or_else(|| versions.find(&version))
                .and_then(|index| Some(versions.get(index)?.tag.name.clone()))
        });
        tagged.unwrap_or_else(|| text.to_owned())
    }

    /// The windows selected by a target and `--as`. A version that is already tagged selects its tag, not HEAD.
    ///
    /// # Errors
    /// If both are given, or `--as` is not a valid version.
    pub fn selector(
        &self,
        line: &Line,
        target: Option<&str>,
        as_version: Option<&str>,
    ) -> Result<Selector, Error> {
        match (target, as_version) {
            (Some(_), Some(_)) => Err(Error::usage(
                "--as applies to unreleased changes and cannot be combined with a target",
                Some("remove one of them"),
            )),
            (Some(target), None) => Ok(match Selector::parse(target) {
                Selector::Target(name) => Selector::Target(self.target_name(line, &name)),
                Selector::Range(from, to) => {
                    Selector::Range(self.target_name(line, &from), self.target_name(line, &to))
                }
                other => other,
            }),
            (None, None) => Ok(Selector::Unreleased(None)),
            (None, Some(text)) => self.named(line, text),
        }
    }

    /// The window of a version: that of its tag if it exists, otherwise the unreleased changes. Warns if HEAD contains
    /// a higher pre-release.
    ///
    /// # Errors
    /// If `text` is not a valid version, ends in the name of an environment, or is lower than a final version that HEAD
    /// contains.
    pub fn named(&self, line: &Line, text: &str) -> Result<Selector, Error> {
        let versions = self.versions(line);
        let tagged = versions.find_tag(text).or_else(|| versions.find(&self.version(line, text).ok()?));
        if let Some(entry) = tagged.and_then(|index| versions.get(index)) {
            return Ok(Selector::Target(entry.tag.name.clone()));
        }
        let version = self.new_version(line, text)?;
        if let Some(higher) = self.check_not_lower(line, &version)? {
            self.warn_once(&format!("{version} is lower than {}, which HEAD contains", higher.version));
        }
        Ok(Selector::Unreleased(Some(version)))
    }
}

/// Whether a text is a tag of a package's versions, or a version with the package's name.
fn names_line(line: &Line, text: &str) -> bool {
    line.package.is_some()
        && (read_tag(text, &line.history).is_ok()
            || strip_package(line, text).is_some_and(|own| version(&line.history, own).is_ok()))
}

/// The version in `NAME@VERSION`, if the name is that of the line's package.
fn strip_package<'t>(line: &Line, text: &'t str) -> Option<&'t str> {
    text.strip_prefix(line.package.as_deref()?)?.strip_prefix('@')
}

/// Parses a version from the command line, with or without the tag prefix.
///
/// # Errors
/// If it is not a valid version.
pub fn version(options: &crate::history::Options, text: &str) -> Result<Version, Error> {
    let bare = options.pattern.version_text(text).unwrap_or(text);
    let plain = bare.strip_prefix('v').unwrap_or(bare);
    let version = Version::parse(bare, &options.scheme).or_else(|| Version::parse(plain, &options.scheme));
    version.ok_or_else(|| {
        let hint = match options.scheme.base() {
            Scheme::SemVer => {
                "a SemVer version has three numbers: 1.2.0, 1.2.0-rc.1; for other versions, set `scheme` in tidings.toml"
            }
            Scheme::Loose => "a version has up to five numbers: 1.2, 1.2.0.1, 1.2.0-rc.1",
            Scheme::Pep440 => "a version under PEP 440 is, for example, 1.2.0, 1.2.0rc1, 1.2.0.post1 or 1.2.0.dev1",
            Scheme::CalVer(_) | Scheme::WithPostReleases(..) => "the version must match the calendar pattern of `scheme` in tidings.toml",
        };
        Error::usage(format!("`{text}` is not a valid version"), Some(hint))
    })
}
