//! The forms that notes can take.

use super::{Error, suggestion::suggestion};

/// Makes the enum of formats with the list of all and their names, so that none can be left out of it.
macro_rules! formats {
    ($($(#[$about:meta])* $format:ident = $name:literal,)+) => {
        /// What notes are written as.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum Format {
            $($(#[$about])* $format,)+
        }

        impl Format {
            /// All formats, in the order that help shows them.
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
    /// Plain text, for a mail or an annotated tag.
    Text = "text",
    /// A page that stands alone.
    Html = "html",
    /// The JSON form, version 1.
    Json = "json",
    /// A message in Slack's Block Kit.
    Slack = "slack",
    /// An entry of `debian/changelog` (deb-changelog(5)).
    Debian = "debian",
    /// An entry of `%changelog` in a spec file.
    Rpm = "rpm",
    /// Text for somebody who sits at a terminal.
    Terminal = "terminal",
}

impl Format {
    /// The names of all formats, in the order that help shows them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|format| format.name())
    }

    /// The format of this name.
    ///
    /// # Errors
    /// Where no format has this name; the hint tells the nearest one.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().copied().find(|format| format.name() == text);
        known.ok_or_else(|| Error::UnknownFormat {
            name: text.to_owned(),
            hint: suggestion(text, Self::names()),
        })
    }

    /// How it is shown to somebody who sits at a terminal.
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

    /// Whether it is a section of a changelog.
    #[must_use]
    pub const fn is_changelog(self) -> bool {
        matches!(self, Self::Markdown | Self::KeepAChangelog)
    }

    /// Whether its links are defined at the end of the file.
    #[must_use]
    pub const fn defines_links(self) -> bool {
        matches!(self, Self::KeepAChangelog)
    }

    /// Whether a list of all versions has unreleased changes even where there are none.
    #[must_use]
    pub const fn lists_empty_releases(self) -> bool {
        matches!(self, Self::Json)
    }

    /// Whether its readers expect the contributors.
    pub(super) const fn lists_contributors(self) -> bool {
        matches!(self, Self::Release | Self::Html)
    }

    /// Whether an entry without a pull request links its commit.
    pub(super) const fn links_commits(self) -> bool {
        matches!(self, Self::Markdown | Self::Release | Self::Html)
    }

    /// How text from people is made harmless in this format.
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

/// How notes are shown to somebody who sits at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presentation {
    /// With colours, a page at a time.
    Styled,
    /// As text, with escapes for what acts on a terminal.
    Cleaned,
    /// Byte for byte.
    Exact,
}

/// The languages that a reader's program understands inside notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// CommonMark, as forges extend it.
    Markdown,
    /// HTML.
    Html,
    /// Slack's mrkdwn.
    Slack,
    /// A spec file, where `%` starts a macro.
    Rpm,
    /// None.
    Plain,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for format in Format::ALL.iter().copied() {
            assert_eq!(Format::parse(format.name()).unwrap(), format);
        }
    }

    #[test]
    fn a_wrong_name_brings_the_nearest() {
        let error = Format::parse("markdwon").unwrap_err();
        assert_eq!(error.to_string(), "unknown format `markdwon`");
        assert_eq!(error.hint().unwrap(), "did you mean `markdown`?");
        assert!(
            Format::parse("zzzzzzzzzzz").unwrap_err().hint().unwrap().starts_with("use one of: markdown, ")
        );
    }
}
