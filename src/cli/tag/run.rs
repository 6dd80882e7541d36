//! Runs `tidings tag`: tags a version with its notes, or records a deployment.

use crate::{
    check,
    cli::{context::Context, show::NOTES},
    error::Error,
    history::read_tag,
    model::{Notes, NotesPurpose, ObjectId},
    notes::{Line, Selector},
    render::{self, Format, Options},
    session::Session,
};

use super::{args::Args, deployed, environment::unknown_environment};

/// Runs the command.
///
/// # Errors
/// If the check fails, the tag points to another commit, or git fails.
pub(in crate::cli) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let session = &context.session()?;
    if args.push {
        session.repository.require_remote(&session.settings.remote, "git push")?;
    }
    if let Some(environment) = &args.deployed_to {
        return deployed::record(context, session, args, environment);
    }
    let line = session.line_of(Some(&args.version))?;
    let (name, commit, selector) = match &args.environment {
        Some(environment) => in_environment(session, line, args, environment)?,
        None => of_version(session, line, args)?,
    };
    let current = session.tags.iter().find(|tag| tag.name == name).map(|tag| tag.commit);
    let exists = current == Some(commit) && !args.force;
    if let Some(other) = current.filter(|other| *other != commit && !args.force) {
        session.ui().error(
            &Error::usage(format!("the tag {name} already points to {}", other.short()), None),
            Some("use --force to move it"),
        );
        return Err(Error::CheckFailed);
    }
    let notes = session.notes(line, &selector)?;
    let text = text(session, &notes, Format::Text)?;
    if args.dry_run {
        let what = if exists { "keep the tag" } else { "create the tag" };
        session.ui().info(&format!("{what} {name} on {}:", commit.short()));
        return Ok(session.ui().show(&text)?);
    }
    session.ui().warn_of_secrets(text.as_bytes());
    if exists {
        session.ui().info(&format!("the tag {name} already exists"));
    } else {
        session.repository.create_tag(&name, commit, &text, args.force)?;
    }
    let mut references = vec![format!("refs/tags/{name}")];
    if args.note {
        let json = self::text(session, &notes, Format::Json)?;
        session.repository.write_note(NOTES, commit, &json)?;
        references.push(NOTES.to_owned());
    }
    if args.push {
        let remote = &session.settings.remote;
        session.ui().info(&format!("pushing {} to {remote}", references.join(" and ")));
        session.repository.push(&session.settings.remote, &references, args.force)?;
    }
    Ok(session.ui().report(&format!("{name}\n"))?)
}

/// The tag of a version, on HEAD.
fn of_version(session: &Session, line: &Line, args: &Args) -> Result<(String, ObjectId, Selector), Error> {
    let version = session.new_version(line, &args.version)?;
    let versions = session.versions(line);
    let none = || crate::git::Error::NoCommit { path: session.repository.path().to_owned() };
    let head = session.repository.head()?.ok_or_else(none)?.commit;
    if let Some(entry) = versions.find(&version).and_then(|index| versions.get(index)) {
        let name = entry.tag.name.clone();
        return Ok((name.clone(), head, Selector::Target(name)));
    }
    check::check_names(&args.allow)?;
    let refusals = check::refusals(session, line, &args.version, &args.allow)?;
    if !refusals.is_empty() {
        crate::cli::check::report(session.ui(), &refusals, check::Format::Text)?;
    }
    let newest = versions.all.last().map(|entry| entry.tag.name.as_str());
    let name = line.history.pattern.tag_name(&version, newest);
    Ok((name, head, Selector::Unreleased(Some(version))))
}

/// The environment tag of a version, on its commit.
fn in_environment(
    session: &Session,
    line: &Line,
    args: &Args,
    environment: &str,
) -> Result<(String, ObjectId, Selector), Error> {
    let environments = &line.history.environments;
    let found = environments.iter().find(|one| one.name == environment);
    let found = found.ok_or_else(|| unknown_environment(line, environment))?;
    let version = session.version(line, &args.version)?;
    let versions = session.versions(line);
    let Some(entry) = versions.find(&version).and_then(|index| versions.get(index)) else {
        let highest = versions.all.iter().rev().take(3).map(|entry| entry.tag.name.clone()).collect();
        return Err(crate::notes::Error::NoSuchVersion { version: version.to_string(), highest }.into());
    };
    // The version may have only the tag of another environment.
    let own = environments.iter().filter_map(|one| entry.tag.name.strip_suffix(one.suffix.as_str()));
    let bare = own.filter(|bare| read_tag(bare, &line.history).is_ok()).min_by_key(|bare| bare.len());
    let name = format!("{}{}", bare.unwrap_or(&entry.tag.name), found.suffix);
    Ok((name, entry.tag.commit, Selector::Target(entry.tag.name.clone())))
}

fn text(session: &Session, notes: &Notes, format: Format) -> Result<String, Error> {
    let options = Options {
        contributors: false,
        ..session.settings.rendering.options_for(NotesPurpose::Release, format)
    };
    let mut out = Vec::new();
    render::render(notes, &options, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
