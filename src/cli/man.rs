//! `tidings man`: prints a manual page, of the program or of one of its commands. Packages install them.

use chrono::NaiveDate;
use clap::CommandFactory as _;

use crate::{error::Error, ui::Ui};

use super::command::Cli;

/// Prints the page of the program, or of the command with this name, with a date.
///
/// # Errors
/// If there is no such command, or stdout cannot be written.
pub(super) fn run(ui: &Ui, command: Option<&str>, date: NaiveDate) -> Result<(), Error> {
    Ok(ui.print(page(command, date)?.as_bytes())?)
}

fn page(command: Option<&str>, date: NaiveDate) -> Result<String, Error> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let shown = match command {
        None => program,
        Some(name) => match program.find_subcommand(name).filter(|command| !command.is_hide_set()) {
            Some(command) => of_command(command),
            None => return Err(Error::usage(format!("there is no command `{name}`"), None)),
        },
    };
    let version = concat!("tidings ", env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(shown).source(version).manual("Tidings").date(date.to_string());
    // Writing to memory does not fail.
    drop(man.render(&mut page));
    Ok(without_useless_breaks(&String::from_utf8_lossy(&page)))
}

/// A page without the line breaks beside a paragraph break, about which `mandoc -T lint` warns.
fn without_useless_breaks(page: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    // A blank line is a paragraph break, too.
    for line in page.lines().map(|line| if line.is_empty() { ".sp" } else { line }) {
        if line == ".br" && lines.last() == Some(&".sp") {
            continue;
        }
        while line == ".sp" && lines.last() == Some(&".br") {
            lines.pop();
        }
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

/// A command as its own page. The global options are on the page of the program.
fn of_command(command: &clap::Command) -> clap::Command {
    let name = format!("tidings-{}", command.get_name());
    let usage = format!("tidings {}", command.get_name());
    let own = command.clone().mut_args(|arg| {
        let is_global = arg.is_global_set();
        if is_global { arg.hide(true) } else { arg }
    });
    let note = "The options of all commands, and the exit codes, are on the page tidings(1).";
    own.name(name).bin_name(usage).after_help(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_without_global_options() {
        let date = NaiveDate::default();
        let text = |command| page(command, date).unwrap();
        assert!(text(None).contains("\\-\\-repo"), "{}", text(None));
        let program = Cli::command();
        for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
            let page = text(Some(command.get_name()));
            assert!(page.contains(&format!("tidings {}", command.get_name())), "{page}");
            assert!(!page.contains("\\-\\-repo") && page.contains("tidings(1)"), "{page}");
        }
        assert!(page(Some("man"), date).is_err() && page(Some("nonsense"), date).is_err());
    }
}
