//! `tidings cache`: the kept answers of servers.

use std::io::ErrorKind;

use crate::{error::Error, settings::Host, ui::Ui};

use super::args::CacheAction;

/// Runs the command.
///
/// # Errors
/// When there is no place for a cache, or the folder cannot be deleted.
pub(super) fn run(host: &Host, ui: &Ui, action: CacheAction) -> Result<(), Error> {
    let Some(folder) = &host.cache else {
        return Err(Error::usage("there is no folder for a cache", Some("set HOME or XDG_CACHE_HOME")));
    };
    match action {
        CacheAction::Path => Ok(ui.print(format!("{}\n", folder.display()).as_bytes())?),
        CacheAction::Clear => {
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
