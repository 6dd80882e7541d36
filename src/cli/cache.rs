//! `tidings cache`: cached responses of servers.

use std::io::ErrorKind;

use crate::{error::Error, settings::Process, ui::Ui};

/// `tidings cache`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The action.
    #[command(subcommand)]
    pub action: Action,
}

/// Actions on the response cache.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub enum Action {
    /// Delete all cached responses
    Clear,
    /// Print the path of the cache directory
    Path,
}

/// Runs the command.
///
/// # Errors
/// If no cache directory is known, or it cannot be deleted.
pub(super) fn run(process: &Process, ui: &Ui, action: Action) -> Result<(), Error> {
    let Some(folder) = &process.cache else {
        return Err(Error::usage("no cache directory is set", Some("set HOME or XDG_CACHE_HOME")));
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
            ui.info("cleared the cache");
            Ok(())
        }
    }
}
