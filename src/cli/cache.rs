//! `tidings cache`: the kept answers of servers.

use std::io::ErrorKind;

use crate::{error::Error, settings::Host, ui::Ui};

/// `tidings cache`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What is done with the cache.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum Action {
    /// Delete all kept answers
    Clear,
    /// Print the path of the folder
    Path,
}

/// Runs the command.
///
/// # Errors
/// When there is no place for a cache, or the folder cannot be deleted.
pub(super) fn run(host: &Host, ui: &Ui, action: Action) -> Result<(), Error> {
    let Some(folder) = &host.cache else {
        return Err(Error::usage("there is no folder for a cache", Some("set HOME or XDG_CACHE_HOME")));
    };
    match action {
        Action::Path => Ok(ui.print(format!("{}\n", folder.display()).as_bytes())?),
        Action::Clear => {
            let cleared = std::fs::remove_dir_all(folder);
            if let Err(source) = cleared.or_else(|error| match error.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            }) {
                return Err(Error::File { verb: "clear", path: folder.clone(), source });
            }
            ui.tell("the cache is empty");
            Ok(())
        }
    }
}
