//! `tidings man`: writes the manual pages, one for the program and one for each command. Packages install them.

use std::{fs, path::PathBuf};

use clap::CommandFactory as _;

use crate::error::Error;

use super::command::Cli;

/// `tidings man`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Write the pages to this folder
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// If the folder or a file cannot be written.
pub(super) fn run(args: &Args) -> Result<(), Error> {
    let failed = |path: &PathBuf| {
        let path = path.clone();
        move |source| Error::File { verb: "write", path, source }
    };
    fs::create_dir_all(&args.folder).map_err(failed(&args.folder))?;
    for (name, page) in pages()? {
        let path = args.folder.join(name);
        fs::write(&path, page).map_err(failed(&path))?;
    }
    Ok(())
}

/// The pages, each with the name of its file.
fn pages() -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        pages.push(page(of_command(command))?);
    }
    pages.insert(0, page(program)?);
    Ok(pages)
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

fn page(command: clap::Command) -> Result<(String, Vec<u8>), Error> {
    let name = format!("{}.1", command.get_name());
    let version = concat!("tidings ", env!("CARGO_PKG_VERSION"));
    let mut page = Vec::new();
    let man = clap_mangen::Man::new(command).source(version).manual("Tidings").date("");
    let path = PathBuf::from(&name);
    man.render(&mut page).map_err(|source| Error::File { verb: "write", path, source })?;
    Ok((name, page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_without_global_options() {
        let pages = pages().unwrap();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[0], "tidings.1");
        assert!(names.contains(&"tidings-notes.1") && !names.contains(&"tidings-man.1"), "{names:?}");
        for (name, page) in &pages {
            let text = String::from_utf8(page.clone()).unwrap();
            assert_eq!(text.contains("\\-\\-repo"), name == "tidings.1", "{name}");
            assert!(text.contains("tidings"), "{name}");
        }
    }
}
