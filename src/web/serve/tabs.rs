//! The tabs of the page: the outputs that it shows.

use serde::{Deserialize, Serialize};

/// An output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tab {
    /// The entries, with forms to correct them.
    #[default]
    Entries,
    /// The release as the forge shows it.
    Forge,
    /// The change of the changelog as a diff.
    Changelog,
    /// The message for Slack.
    Slack,
    /// The card for Teams.
    Teams,
    /// The email.
    Mail,
    /// Plain text.
    Text,
    /// Markdown as written.
    Markdown,
    /// The JSON form.
    Json,
}

impl Tab {
    /// All tabs, in the order of the page.
    pub(super) const ALL: [Self; 9] = [
        Self::Entries,
        Self::Forge,
        Self::Changelog,
        Self::Slack,
        Self::Teams,
        Self::Mail,
        Self::Text,
        Self::Markdown,
        Self::Json,
    ];

    /// The name in addresses.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::Forge => "forge",
            Self::Changelog => "changelog",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Mail => "mail",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// The title; that of the forge is its name.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Entries => "Entries",
            Self::Forge => "Release",
            Self::Changelog => "Changelog",
            Self::Slack => "Slack",
            Self::Teams => "Teams",
            Self::Mail => "Email",
            Self::Text => "Text",
            Self::Markdown => "Markdown",
            Self::Json => "JSON",
        }
    }
}
