//! The values of options, by their names: the enums are those of the modules that act on them.

use clap::{ValueEnum, builder::PossibleValue};

use crate::{
    check,
    config::{Phase, Switch},
    model::Bump,
    notify::Status,
    promote::Carried,
    publish::Mode,
    render::Format,
    settings::ColorChoice,
};

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Reads an enum of another module by the names of its variants.
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
value_enum!(Carried, Notes = "notes", All = "all");
value_enum!(Mode, Auto = "auto", Keep = "keep", Append = "append", Prepend = "prepend", Replace = "replace");
value_enum!(Phase, Before = "before", After = "after");
value_enum!(Status, Succeeded = "succeeded", Failed = "failed", RolledBack = "rolled-back");
value_enum!(Switch, Auto = "auto", True = "true", False = "false");

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}
