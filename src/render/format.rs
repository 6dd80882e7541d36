//! The formats of notes.

use crate::model::NotesPurpose;

use super::{Error, suggestion::suggestion};

/// Defines the enum of formats together with `ALL` and the names, so that none can be missing there.
macro_rules! formats {
    ($($(#[$about:meta])* $format:ident = $name:literal,)+) => {
        /// A format of notes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum Format {
            $($(#[$about])* $format,)+
        }

        impl Format {
            /// All formats, in the order of the help.
            pub const ALL: &[Self] = &[$(Self::$format),+];

            /// The name in the configuration and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$format => $name,)+
                }
            }
        }
    };
}

formats! {
    /// A section of `CHANGELOG.md`, with a heading for each version.
    #[default]
    Markdown = "markdown",
    /// The body of a release on a forge: Markdown without the version's heading.
    Release = "release",
    /// Markdown with the six headings of <https://keepachangelog.com/en/1.1.0/> and no others.
    KeepAChangelog = "keepachangelog",
    /// Plain text, for an email or an annotated tag.
    Text = "text",
    /// A standalone HTML page.
    Html = "html",
    /// The JSON form, version 1.
    Json = "json",
    /// A message in Slack's Block Kit.
    Slack = "slack",
    /// An entry of `debian/changelog` (deb-changelog(5)).
    Debian = "debian",
    /// An entry of `%changelog` in a spec file.
    Rpm = "rpm",
    /// Text for a terminal, with colours.
    Terminal = "terminal",
}

impl Format {
    /// The names of all formats, in the order of the help.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|format| format.name())
    }

    /// The format with this name.
    ///
    /// # Errors
    /// If there is none; the hint suggests the closest name.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().copied().find(|format| format.name() == text);
        known.ok_or_else(|| Error::UnknownFormat {
            name: text.to_owned(),
            hint: suggestion(text, Self::names()),
        })
    }

    /// How to show it on a terminal.
    #[must_use]
    pub const fn presentation(self) -> Presentation {
        match self {
            Self::Terminal => Presentation::Styled,
            Self::Text => Presentation::Cleaned,
            Self::Markdown
            | Self::Release
            | Self::KeepAChangelog
            | Self::Html
            | Self::Json
            | Self::Slack
            | Self::Debian
            | Self::Rpm => Presentation::Exact,
        }
    }

    /// What notes in it are usually written for.
    #[must_use]
    pub const fn purpose(self) -> NotesPurpose {
        match self {
            Self::Markdown | Self::KeepAChangelog | Self::Html | Self::Json | Self::Debian | Self::Rpm => {
                NotesPurpose::Changelog
            }
            Self::Release => NotesPurpose::Release,
            Self::Terminal => NotesPurpose::Preview,
            Self::Text | Self::Slack => NotesPurpose::Notify,
        }
    }

    /// Whether it is a section of a changelog.
    #[must_use]
    pub const fn is_changelog(self) -> bool {
        matches!(self, Self::Markdown | Self::KeepAChangelog)
    }

    /// Whether its link definitions are at the end of the file.
    #[must_use]
    pub const fn defines_links(self) -> bool {
        matches!(self, Self::KeepAChangelog)
    }

    /// Whether a list of all versions includes an empty release for unreleased changes.
    #[must_use]
    pub const fn lists_empty_releases(self) -> bool {
        matches!(self, Self::Json)
    }

    /// Whether contributors are listed by default.
    pub(super) const fn lists_contributors(self) -> bool {
        matches!(self, Self::Release | Self::Html)
    }

    /// Whether an entry without a pull request links its commit by default.
    pub(super) const fn links_commits(self) -> bool {
        matches!(self, Self::Markdown | Self::Release | Self::Html)
    }

    /// The markup to escape text for.
    pub(super) const fn markup(self) -> Markup {
        match self {
            Self::Markdown | Self::Release | Self::KeepAChangelog => Markup::Markdown,
            Self::Html => Markup::Html,
            Self::Slack => Markup::Slack,
            Self::Rpm => Markup::Rpm,
            Self::Text | Self::Json | Self::Debian | Self::Terminal => Markup::Plain,
        }
    }
}

/// How to show notes on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// With colours, in a pager.
    Styled,
    /// As text, with control characters escaped.
    Cleaned,
    /// Unchanged.
    Exact,
}

/// The markup language of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// CommonMark, as forges extend it.
    Markdown,
    /// HTML.
    Html,
    /// Slack's mrkdwn.
    Slack,
    /// An RPM spec file, where `%` starts a macro.
    Rpm,
    /// None.
    Plain,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_parsed() {
        for format in Format::ALL.iter().copied() {
            assert_eq!(Format::parse(format.name()).unwrap(), format);
        }
    }

    #[test]
    fn unknown_name_suggests_the_closest() {
        let error = Format::parse("markdwon").unwrap_err();
        assert_eq!(error.to_string(), "unknown format `markdwon`");
        assert_eq!(error.hint().unwrap(), "did you mean `markdown`?");
        assert!(
            Format::parse("zzzzzzzzzzz").unwrap_err().hint().unwrap().starts_with("use one of: markdown, ")
        );
    }
}
