//! `tidings init`: writes a commented tidings.toml for the repository.

use std::{fs::File, io::Write as _};

use crate::{
    config::{self, init::Detected},
    error::Error,
    files::WriteTarget,
    session::{AtomicFile, Session},
};

/// `tidings init`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Print the configuration instead of writing the file
    #[arg(long)]
    pub print: bool,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

/// Limits on the files, subjects and tags to inspect: enough to detect the style, few enough to be fast.
const FILES: usize = 20_000;
const SUBJECTS: usize = 200;
const TIMES: usize = 5_000;

/// Runs the command.
///
/// # Errors
/// If a configuration already exists, or the file cannot be written.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let text = config::init::write(&detect(session)?);
    if args.print {
        session.ui().print(text.as_bytes())?;
        return Ok(());
    }
    let Some(root) = session.repository.work_tree() else {
        let hint = "use --print, and commit the output from a clone";
        return Err(Error::usage(
            "a bare repository has no work tree to write a configuration to",
            Some(hint),
        ));
    };
    let path = root.join("tidings.toml");
    if let Some(there) =
        session.settings.config_path.as_ref().or(path.exists().then_some(&path)).filter(|_| !args.force)
    {
        let hint = "use --force to replace tidings.toml, or --print to see what would be written";
        return Err(Error::usage(
            format!("a configuration already exists: {}", session.display_path(there)),
            Some(hint),
        ));
    }
    write(session.settings.files.user_target(&path)?, &text, args.force)?;
    session.ui().info(&format!("wrote {}; to preview the notes: tidings", session.display_path(&path)));
    Ok(())
}

/// Writes the whole file or nothing. Without `--force`, never replaces a file created meanwhile or a dangling link.
fn write(target: WriteTarget, text: &str, force: bool) -> Result<(), Error> {
    if force {
        return AtomicFile::write_file(target, text.as_bytes());
    }
    let fail = |source| Error::File { verb: "write", path: target.display_path().to_owned(), source };
    let mut file = File::options().write(true).create_new(true).open(target.path()).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)
}

fn detect(session: &Session) -> Result<Detected, Error> {
    let repository = &session.repository;
    let Some(head) = repository.head()? else { return Ok(Detected::default()) };
    let files = repository.files(head.commit, FILES)?;
    let commits = repository.commits()?;
    let (mut subjects, mut next) = (Vec::new(), Some(head.commit));
    while let Some(id) = next.filter(|_| subjects.len() < SUBJECTS) {
        let commit = commits.commit(id)?;
        // The last parent is the merged side, whose messages are written by hand.
        next = commit.parents.last().copied();
        subjects.push(commit.subject());
    }
    let changelog = files.iter().find(|file| {
        let lower = file.to_ascii_lowercase();
        ["changelog.md", "changes.md", "history.md", "news.md"].contains(&lower.as_str())
    });
    let times = session.tags.iter().take(TIMES).filter_map(|tag| {
        let commit = commits.commit(tag.commit).ok()?;
        Some((tag.name.clone(), commit.committer_time.seconds))
    });
    Ok(Detected {
        times: times.collect(),
        tags: session.tags.iter().map(|tag| tag.name.clone()).collect(),
        name: session.settings.options.repository.name.clone(),
        forge: session.settings.options.repository.forge,
        changelog: changelog.cloned(),
        files,
        subjects,
    })
}
