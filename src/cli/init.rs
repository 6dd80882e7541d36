//! `tidings init`: a commented tidings.toml that fits the repository.

use std::{fs::File, io::Write as _};

use crate::{
    config::{self, init::Facts},
    error::Error,
    files::Place,
    session::Session,
};

use super::output::Output;

/// `tidings init`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print it instead of writing the file
    #[arg(long)]
    pub print: bool,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// Files and subjects looked at: enough to see a style, few enough to be quick.
const FILES: usize = 20_000;
const SUBJECTS: usize = 200;

/// Runs the command.
///
/// # Errors
/// When there is a configuration already, or the file cannot be written.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let text = config::init::write(&facts(session)?);
    if args.print {
        session.ui().print(text.as_bytes())?;
        return Ok(());
    }
    let Some(root) = session.repository.work_tree() else {
        let hint = "--print shows what would be written; commit it from a clone";
        return Err(Error::usage("a bare repository has no place for a configuration", Some(hint)));
    };
    let path = root.join("tidings.toml");
    if let Some(there) =
        session.settings.config_path.as_ref().or(path.exists().then_some(&path)).filter(|_| !args.force)
    {
        let hint = "--force replaces tidings.toml; --print shows what would be written";
        return Err(Error::usage(
            format!("there is a configuration already: {}", session.shown(there)),
            Some(hint),
        ));
    }
    write(session.settings.files.place_named(&path)?, &text, args.force)?;
    session.ui().tell(&format!("wrote {}; `tidings` shows what it makes of it", session.shown(&path)));
    Ok(())
}

/// Writes the file whole or not at all. Without `--force`, one that was made meanwhile, or a link that leads nowhere yet, stays.
fn write(place: Place, text: &str, force: bool) -> Result<(), Error> {
    if force {
        return Output::write_file(place, text.as_bytes());
    }
    let fail = |source| Error::File { verb: "write", path: place.shown().to_owned(), source };
    let mut file = File::options().write(true).create_new(true).open(place.path()).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)
}

fn facts(session: &Session) -> Result<Facts, Error> {
    let repository = &session.repository;
    let Some(head) = repository.head()? else { return Ok(Facts::default()) };
    let files = repository.files(head.commit, FILES)?;
    let commits = repository.commits()?;
    let (mut subjects, mut next) = (Vec::new(), Some(head.commit));
    while let Some(id) = next.filter(|_| subjects.len() < SUBJECTS) {
        let commit = commits.commit(id)?;
        // Down the side that was merged: that is where people wrote.
        next = commit.parents.last().copied();
        subjects.push(commit.subject());
    }
    let changelog = files.iter().find(|file| {
        let lower = file.to_ascii_lowercase();
        ["changelog.md", "changes.md", "history.md", "news.md"].contains(&lower.as_str())
    });
    Ok(Facts {
        tags: session.tags.iter().map(|tag| tag.name.clone()).collect(),
        name: session.settings.options.repository.name.clone(),
        forge: session.settings.options.repository.forge,
        changelog: changelog.cloned(),
        files,
        subjects,
    })
}
