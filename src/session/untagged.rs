//! Versions of the changelog that have no tag: the notes of the next version repeat their changes.

use crate::{changelog, error::Error, model::Version, notes::Line};

use super::{changelog::read_changelog, open::Session};

/// Versions of a changelog that no tag marks, above the highest tagged version below the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untagged {
    /// The changelog, as shown to the user.
    pub file: String,
    /// Highest first; never empty.
    pub versions: Vec<Version>,
    /// Whether no version is tagged at all.
    none_tagged: bool,
    /// The tag that the highest of them would have.
    tag: String,
}

/// How many versions a message lists.
const LISTED: usize = 3;

impl Untagged {
    /// The versions of the line's changelog that are lower than `next` and not tagged; `None` without such versions, or
    /// if the file does not exist or cannot be read. With `next` missing, all versions above the highest tag count.
    #[must_use]
    pub fn find(session: &Session, line: &Line, next: Option<&Version>) -> Option<Self> {
        let target = session.settings.changelog(line).ok()?;
        let text = read_changelog(&target).ok()??;
        Self::in_text(session, line, &session.display_path(target.display_path()), &text, next)
    }

    /// As [`Untagged::find`], in the text of a changelog.
    #[must_use]
    pub fn in_text(
        session: &Session,
        line: &Line,
        file: &str,
        text: &str,
        next: Option<&Version>,
    ) -> Option<Self> {
        let options =
            changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
        let tagged = session.versions(line);
        let is_below = |version: &Version| next.is_none_or(|next| version < next);
        let base = tagged.all.iter().rev().map(|entry| &entry.version).find(|version| is_below(version));
        // A final version repeats its pre-releases anyway.
        let may_repeat =
            |version: &Version| !version.is_prerelease() || next.is_some_and(Version::is_prerelease);
        let is_untagged = |version: &Version| {
            is_below(version) && base.is_none_or(|base| version > base) && may_repeat(version)
        };
        let mut versions: Vec<Version> =
            changelog::versions(text, &options).into_iter().filter_map(|heading| heading.version).collect();
        versions.retain(is_untagged);
        versions.sort();
        versions.reverse();
        versions.dedup();
        let like = tagged.all.last().map(|entry| entry.tag.name.as_str());
        let tag = line.history.pattern.tag_name(versions.first()?, like);
        Some(Self { file: file.to_owned(), versions, none_tagged: tagged.all.is_empty(), tag })
    }

    /// Whether tags are missing. A single version above existing tags may only be prepared: its section is written
    /// before it is tagged.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.none_tagged || self.versions.len() > 1
    }

    /// What is wrong: a sentence without a period.
    #[must_use]
    pub fn message(&self) -> String {
        let names: Vec<String> = self.versions.iter().take(LISTED).map(ToString::to_string).collect();
        let more = self.versions.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let (tags, whose) = match self.versions.len() {
            1 => ("is no tag for it", "its"),
            _ => ("are no tags for them", "their"),
        };
        format!(
            "{} has {}{more}, but there {tags}, so the notes repeat {whose} changes",
            self.file,
            names.join(", ")
        )
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> String {
        format!("fetch the tags with `git fetch --tags`, or tag the version: git tag {} COMMIT", self.tag)
    }

    /// The error for a changelog that would contain changes twice.
    #[must_use]
    pub fn into_error(self) -> Error {
        let hint = format!("{}; to write the section nevertheless, pass --allow-untagged", self.hint());
        Error::Untagged { message: self.message(), hint }
    }
}

impl Session {
    /// Warns of versions of the changelog without a tag that the notes of `next` repeat.
    pub fn warn_of_untagged(&self, line: &Line, next: Option<&Version>) {
        let untagged = Untagged::find(self, line, next);
        if let Some(untagged) = untagged.filter(|it| next.is_some() || it.is_certain()) {
            self.warn(&untagged);
        }
    }

    /// As [`Self::warn_of_untagged`], for a computed version. The file may have its section already.
    pub fn warn_of_untagged_except(&self, line: &Line, prepared: Option<&Version>) {
        if let Some(mut untagged) = Untagged::find(self, line, None).filter(Untagged::is_certain) {
            untagged.versions.retain(|version| Some(version) != prepared);
            self.warn(&untagged);
        }
    }

    fn warn(&self, untagged: &Untagged) {
        if !untagged.versions.is_empty() {
            self.warn_once(&format!("{}; {}", untagged.message(), untagged.hint()));
        }
    }
}
