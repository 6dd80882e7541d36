//! Option values: implements clap's `ValueEnum` for enums of other modules, which must not depend on clap.

use std::sync::LazyLock;

use clap::{ValueEnum, builder::PossibleValue};

use crate::{
    check,
    config::{Phase, Switch},
    model::{Bump, Detail},
    notify::Status,
    promote::ReferrerSelection,
    publish::Mode,
    render::Format,
    settings::ColorChoice,
};

use super::status::{PendingKind, StatusFormat};

/// The format of a command's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFormat {
    /// Plain text.
    Text,
    /// JSON.
    Json,
}

/// Implements `ValueEnum` with one name for each variant.
macro_rules! value_enum {
    ($type:ty, $($variant:ident = $name:literal),+) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant),+]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(PossibleValue::new(match self {
                    $(Self::$variant => $name),+
                }))
            }
        }
    };
}

value_enum!(AnswerFormat, Text = "text", Json = "json");
value_enum!(Bump, Major = "major", Minor = "minor", Patch = "patch");
value_enum!(check::Format, Text = "text", Json = "json", Github = "github");
value_enum!(ColorChoice, Auto = "auto", Always = "always", Never = "never");
value_enum!(ReferrerSelection, Notes = "notes", All = "all");
value_enum!(Detail, Titles = "titles", Why = "why", Full = "full");
value_enum!(Mode, Auto = "auto", Keep = "keep", Append = "append", Prepend = "prepend", Replace = "replace");
value_enum!(Phase, Before = "before", After = "after");
value_enum!(Status, Succeeded = "succeeded", Failed = "failed", RolledBack = "rolled-back");
value_enum!(PendingKind, Migration = "migration", Breaking = "breaking");
value_enum!(StatusFormat, Text = "text", Json = "json", Markdown = "markdown", Html = "html");
value_enum!(Switch, Auto = "auto", True = "true", False = "false");

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

/// The format of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareFormat {
    /// A format of notes.
    Notes(Format),
    /// Markdown for the description of a pull request, within the limit of forges.
    PullRequest,
}

static COMPARE_FORMATS: LazyLock<Vec<CompareFormat>> = LazyLock::new(|| {
    let formats = Format::ALL.iter().copied().map(CompareFormat::Notes);
    formats.chain([CompareFormat::PullRequest]).collect()
});

impl CompareFormat {
    /// The format of its notes.
    pub(super) const fn of_notes(self) -> Format {
        match self {
            Self::Notes(format) => format,
            Self::PullRequest => Format::Markdown,
        }
    }
}

impl ValueEnum for CompareFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &COMPARE_FORMATS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Notes(format) => format.name(),
            Self::PullRequest => "pull-request",
        }))
    }
}
