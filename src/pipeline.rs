//! The stages in their order: each takes values and gives values, and none calls the next.

use crate::{
    changes::{self, message},
    error::Error,
    git::{Progress, Repository},
    history::Versions,
    model::{Commit, Notes, Tag},
    releases::{self, Line, Options, Read},
    select::{self, Selected, Wanted},
};

/// Reads the windows that were asked for, with their messages and the paths that matter.
///
/// # Errors
/// When the repository cannot answer.
pub fn read(
    repository: &Repository,
    tags: &[Tag],
    line: &Line,
    wanted: &Wanted,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Read, Error> {
    let versions = Versions::new(tags, &line.history);
    select::guard_pattern(&versions, line.explicit)?;
    let (mut selected, messages) = match wanted {
        Wanted::All(named) => {
            let message = |commit: &mut Commit| {
                // What is read is all that is needed, and the messages of a long history are most of its bulk.
                let text = std::mem::take(&mut commit.message);
                message::parse(&text, commit.is_merge(), &options.messages)
            };
            let (commits, messages) = select::everything(repository, tags, &message, progress)?;
            let windows = select::every(repository, &commits, &versions, &line.history, named.as_ref())?;
            (Selected { commits, windows, ..Selected::default() }, messages)
        }
        _ => {
            let selected = select::one(repository, &versions, &line.history, wanted)?;
            let messages = changes::read(&selected.commits, &options.messages);
            (selected, messages)
        }
    };
    repository.touch(&mut selected.commits, &options.sets)?;
    Ok(Read { versions, selected, messages })
}

/// The notes of the windows.
///
/// # Errors
/// When trees or tags cannot be read.
pub fn notes(repository: &Repository, line: &Line, read: Read, options: &Options) -> Result<Notes, Error> {
    let releases = releases::releases(repository, line, &read, options)?;
    let notes = Notes {
        complete: true,
        warnings: read.versions.warnings.clone(),
        repository: options.repository.clone(),
        releases,
    };
    // Freeing a million commits one by one takes longer than writing their notes, and the program ends after that.
    std::mem::forget(read.selected.commits);
    std::mem::forget(read.messages);
    Ok(notes)
}
