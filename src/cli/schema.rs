//! `tidings schema`: prints a JSON Schema, or the list of them.

use clap::{ValueEnum, builder::PossibleValue};

use crate::{error::Error, ui::Ui};

/// `tidings schema`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print this schema [default: list them]
    pub name: Option<Schema>,
}

/// A file in `schemas/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// The configuration.
    Configuration,
    /// The user's hosts.
    Hosts,
    /// The notes.
    Notes,
    /// The next version.
    Next,
    /// The findings of `check`.
    Check,
    /// The explanation of a commit or a version.
    Explain,
    /// The status of the environments.
    Status,
    /// The record of a promotion.
    Promotion,
    /// The plan of a promotion.
    Plan,
}

impl Schema {
    /// Its name, what it is the schema of, and its text.
    const fn facts(self) -> (&'static str, &'static str, &'static str) {
        macro_rules! text {
            ($name:literal) => {
                include_str!(concat!("../../schemas/", $name, ".schema.json"))
            };
        }
        match self {
            Self::Configuration => ("configuration", "tidings.toml", text!("tidings")),
            Self::Hosts => ("hosts", "the user's hosts.toml", text!("hosts")),
            Self::Notes => {
                ("notes", "notes, compare and show with --format json; notes.json", text!("notes-1"))
            }
            Self::Next => ("next", "next --format json", text!("next-1")),
            Self::Check => ("check", "check --format json", text!("check-1")),
            Self::Explain => ("explain", "explain --format json", text!("explain-1")),
            Self::Status => ("status", "status --format json", text!("status-1")),
            Self::Promotion => {
                ("promotion", "the promotion record: promote --record-file", text!("promotion-1"))
            }
            Self::Plan => ("plan", "the plan of a promotion: promote --plan", text!("plan-1")),
        }
    }
}

impl ValueEnum for Schema {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Configuration,
            Self::Hosts,
            Self::Notes,
            Self::Next,
            Self::Check,
            Self::Explain,
            Self::Status,
            Self::Promotion,
            Self::Plan,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.facts().0))
    }
}

/// Prints the schema.
///
/// # Errors
/// If stdout cannot be written.
pub(super) fn run(ui: &Ui, args: &Args) -> Result<(), Error> {
    let text = match args.name {
        Some(schema) => schema.facts().2.to_owned(),
        None => list(),
    };
    Ok(ui.print(text.as_bytes())?)
}

fn list() -> String {
    let line = |schema: &Schema| {
        let (name, of, _) = schema.facts();
        format!("{name:<13}  {of}\n")
    };
    Schema::value_variants().iter().map(line).collect()
}
