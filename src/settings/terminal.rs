//! The terminal, as the command line and the host say.

use crate::ui::Ui;

use super::{
    host::Host,
    overrides::{ColorChoice, Overrides},
};

/// The terminal as the options and the host say.
#[must_use]
pub fn ui(overrides: &Overrides, host: &Host) -> Ui {
    let colour = |terminal: bool, wanted: bool| match overrides.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && wanted,
    };
    Ui {
        colour: colour(host.terminals.0, host.colours.0),
        colour_messages: colour(host.terminals.1, host.colours.1),
        quiet: overrides.quiet,
        verbose: overrides.verbose,
        progress: host.terminals.1,
        pager: host.pager.clone().filter(|_| host.terminals.0),
        height: host.size.1,
        secrets: host.secrets.clone(),
        ..Ui::default()
    }
}

/// The terminal before the options are read, for what is wrong with them.
#[must_use]
pub fn plain_ui(host: &Host) -> Ui {
    Ui { colour_messages: host.terminals.1 && host.colours.1, secrets: host.secrets.clone(), ..Ui::default() }
}
