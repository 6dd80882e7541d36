//! Runs `tidings changelog`: reads, writes, checks or prints the file of each line of versions.

use std::{io::Write as _, path::Path};

use crate::{
    changelog,
    changelog_update::{File, FileText},
    error::Error,
    files::WriteTarget,
    model::Version,
    notes::{Line, Selector},
    session::{Session, read_changelog},
};

use super::args::Args;

/// Runs the command for every line of versions, or for the one named.
///
/// # Errors
/// If the repository cannot be read, the file cannot be read or written, or `--check` finds a difference.
pub(in crate::cli) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let lines = session.lines(args.as_version.as_deref());
    if lines.len() > 1 && (args.as_version.is_some() || args.file.is_some()) {
        session.line_of(args.as_version.as_deref())?;
    }
    session.refuse_shared_changelogs(lines, args.file.as_deref())?;
    if args.write && args.file.is_none() && session.repository.work_tree().is_none() {
        let hint = "use --file FILE to write a file outside it, or omit --write to print the changelog";
        return Err(Error::usage("a bare repository has no work tree to write a changelog to", Some(hint)));
    }
    let target = |line: &Line| match &args.file {
        Some(path) => Ok(session.settings.files.user_target(path)?),
        None => session.settings.changelog(line),
    };
    let mut files = Vec::with_capacity(lines.len());
    for line in lines {
        let target = target(line)?;
        let old = read_changelog(&target)?;
        changelog::require_markdown(target.display_path(), old.as_deref())?;
        files.push(File { line, old, target, regenerated: None });
    }
    let is_regenerated = |file: &File<'_>| (file.old.is_none() && !args.prints_section()) || args.all;
    let mut lines = Vec::new();
    for file in files.iter().filter(|file| is_regenerated(file)) {
        lines.push((file.line, unreleased(session, args, file.line)?));
    }
    let mut histories = session.notes_of_all(lines)?.into_iter();
    for file in files.iter_mut().filter(|file| is_regenerated(file)) {
        file.regenerated = histories.next();
    }
    let mut differs = false;
    for file in &files {
        differs |= run_for_file(session, args, file)?;
    }
    if differs { Err(Error::CheckFailed) } else { Ok(()) }
}

/// Replaces the file's text with what `update` returns for it. Returns whether the file was written.
fn write(
    session: &Session,
    target: &WriteTarget,
    old: Option<&str>,
    mut update: impl FnMut(Option<&str>) -> Result<String, Error>,
) -> Result<bool, Error> {
    let fail = |source| changelog::Error::Write { path: target.display_path().to_owned(), source };
    let mut update = |current: Option<&str>| {
        let new = update(current)?;
        session.ui().warn_of_secrets(new.as_bytes());
        Ok::<_, Error>(new)
    };
    if let Some(mut file) = target.open_special().map_err(fail)? {
        return Ok(file.write_all(update(old)?.as_bytes()).map(|()| true).map_err(fail)?);
    }
    let git = session.repository.common_dir();
    changelog::update(git, target.path(), old.map(str::to_owned), update).map_err(|error| match error {
        Error::Changelog(error) => error.at(target.display_path()).into(),
        other => other,
    })
}

/// The version to give to unreleased changes when the file is created or regenerated.
fn unreleased(session: &Session, args: &Args, line: &Line) -> Result<Option<Version>, Error> {
    Ok(match args.as_version.as_deref().map(|text| session.named(line, text)).transpose()? {
        Some(Selector::Unreleased(named)) => named,
        _ => None,
    })
}

/// Writes, checks or prints the file of a line. Returns whether `--check` found a difference.
fn run_for_file(session: &Session, args: &Args, file: &File<'_>) -> Result<bool, Error> {
    let File { line, target, old, .. } = file;
    let path = target.display_path();
    let asked = args.update();
    let mut text = FileText::new(session, &asked, file);
    if args.prints_section() {
        session.ui().print(text.section(old.as_deref())?.as_bytes())?;
        return Ok(false);
    }
    let mut update = |current: Option<&str>| text.updated(current);
    if args.check {
        let new = update(old.as_deref())?;
        return check(session, (line, path), old.as_deref(), &new);
    }
    if !args.write {
        let new = update(old.as_deref())?;
        if line.package.is_some() {
            session.ui().info(&format!("{}:", session.display_path(path)));
        }
        session.ui().print(new.as_bytes())?;
        return Ok(false);
    }
    match write(session, target, old.as_deref(), update)? {
        true => session.ui().info(&format!("wrote {}", session.display_path(path))),
        false => session.ui().info(&format!("{} is up to date", session.display_path(path))),
    }
    Ok(false)
}

fn check(
    session: &Session,
    (line, path): (&Line, &Path),
    old: Option<&str>,
    new: &str,
) -> Result<bool, Error> {
    if old == Some(new) {
        session.ui().info(&format!("{} is up to date", session.display_path(path)));
        return Ok(false);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    session.ui().show(&changelog::diff(old.unwrap_or_default(), new, &name))?;
    let package = line.package.as_ref().map(|package| format!(" --package {package}")).unwrap_or_default();
    session.ui().warn(&format!(
        "{} is out of date; to update it: tidings{package} changelog --write",
        session.display_path(path)
    ));
    Ok(true)
}
