//! Resolves the output settings from the command line and the terminal.

use crate::ui::Ui;

use super::{
    overrides::{ColorChoice, Overrides},
    process::Process,
};

/// The output settings.
#[must_use]
pub fn ui(overrides: &Overrides, process: &Process) -> Ui {
    let colour = |is_terminal: bool, is_enabled: bool| match overrides.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && is_enabled,
    };
    Ui {
        colour: colour(process.terminals.0, process.colours.0),
        colour_messages: colour(process.terminals.1, process.colours.1),
        quiet: overrides.quiet,
        verbose: overrides.verbose,
        progress: process.terminals.1,
        pager: process.pager.clone().filter(|_| process.terminals.0),
        height: process.size.1,
        secrets: process.secrets.clone(),
        ..Ui::default()
    }
}

/// The output settings for errors in the options themselves.
#[must_use]
pub fn plain_ui(process: &Process) -> Ui {
    Ui {
        colour_messages: process.terminals.1 && process.colours.1,
        secrets: process.secrets.clone(),
        ..Ui::default()
    }
}
