//! `tidings tag`: a version's tag, with its notes as the message.

use crate::{
    check,
    error::Error,
    history::{Versions, read_tag},
    model::{Notes, ObjectId},
    notes::{Line, Wanted},
    render::{self, Format, Options},
    session::Session,
};

use super::show::NOTES;

/// `tidings tag`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The version; what is checked out is tagged with it, once `tidings check` finds it right
    #[arg(value_name = "VERSION")]
    pub version: String,
    /// Tag the version's commit for this environment instead (v1.2.0-staging)
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// Keep the notes (JSON) as a git note on the commit, too, under refs/notes/tidings
    #[arg(long)]
    pub note: bool,
    /// Push what was made to the remote
    #[arg(long)]
    pub push: bool,
    /// Let a finding of the check pass, by its name (may be given several times)
    #[arg(long, value_name = "FINDING")]
    pub allow: Vec<String>,
    /// Make the tag anew, or move it
    #[arg(long)]
    pub force: bool,
    /// Print the message instead
    #[arg(long)]
    pub dry_run: bool,
    /// The language of headings
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When the version is not right, the tag stands on another commit, or git does not make it.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    if args.push {
        session.repository.must_have_remote(&session.settings.remote, "git push")?;
    }
    let line = session.line_of(Some(&args.version))?;
    let (name, commit, wanted) = match &args.environment {
        Some(environment) => in_environment(session, line, args, environment)?,
        None => of_version(session, line, args)?,
    };
    let standing = session.tags.iter().find(|tag| tag.name == name).map(|tag| tag.commit);
    let is_there = standing == Some(commit) && !args.force;
    if let Some(other) = standing.filter(|other| *other != commit && !args.force) {
        session.ui().error(
            &Error::usage(format!("the tag {name} stands on {} already", other.short()), None),
            Some("a tag is never moved, unless --force says so"),
        );
        return Err(Error::CheckFailed);
    }
    let notes = session.notes(line, &wanted)?;
    let text = text(session, &notes, Format::Text)?;
    if args.dry_run {
        let what = if is_there { "leave the tag" } else { "make the tag" };
        session.ui().tell(&format!("{what} {name} on {}:", commit.short()));
        return Ok(session.ui().show(&text)?);
    }
    session.ui().warn_of_secrets(text.as_bytes());
    if is_there {
        session.ui().tell(&format!("{name} is there already"));
    } else {
        session.repository.make_tag(&name, commit, &text, args.force)?;
    }
    let mut references = vec![format!("refs/tags/{name}")];
    if args.note {
        let json = self::text(session, &notes, Format::Json)?;
        session.repository.make_note(NOTES, commit, &json)?;
        references.push(NOTES.to_owned());
    }
    if args.push {
        let remote = &session.settings.remote;
        session.ui().tell(&format!("pushing {} to {remote}", references.join(" and ")));
        session.repository.push(&session.settings.remote, &references, args.force)?;
    }
    Ok(session.ui().report(&format!("{name}\n"))?)
}

/// A version's own tag on what is checked out.
fn of_version(session: &Session, line: &Line, args: &Args) -> Result<(String, ObjectId, Wanted), Error> {
    let version = session.version(line, &args.version)?;
    let versions = Versions::new(&session.tags, &line.history);
    let none = || crate::git::Error::NoCommit { path: session.repository.path().to_owned() };
    let head = session.repository.head()?.ok_or_else(none)?.commit;
    if let Some(entry) = versions.find(&version).and_then(|index| versions.get(index)) {
        let name = entry.tag.name.clone();
        return Ok((name.clone(), head, Wanted::Target(name)));
    }
    let refusals = check::refusals(session, line, &args.version, &args.allow)?;
    if !refusals.is_empty() {
        super::check::report(session.ui(), &refusals, check::Format::Text)?;
    }
    let newest = versions.all.last().map(|entry| entry.tag.name.as_str());
    let name = line.history.pattern.tag_name(&version, newest);
    Ok((name, head, Wanted::Unreleased(Some(version))))
}

/// An environment's tag on the commit of a version.
fn in_environment(
    session: &Session,
    line: &Line,
    args: &Args,
    environment: &str,
) -> Result<(String, ObjectId, Wanted), Error> {
    let known = &line.history.environments;
    let Some(found) = known.iter().find(|one| one.name == environment) else {
        let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
        let hint = match names.as_slice() {
            [] => "declare it in tidings.toml: environments = [\"staging\", \"prod\"]".to_owned(),
            names => format!("there are: {}", names.join(", ")),
        };
        return Err(Error::usage(format!("no environment is called `{environment}`"), Some(&hint)));
    };
    let version = session.version(line, &args.version)?;
    let versions = Versions::new(&session.tags, &line.history);
    let Some(entry) = versions.find(&version).and_then(|index| versions.get(index)) else {
        let highest = versions.all.iter().rev().take(3).map(|entry| entry.tag.name.clone()).collect();
        return Err(crate::notes::Error::NoSuchVersion { version: version.to_string(), highest }.into());
    };
    // The version may be tagged for another environment alone.
    let own = known.iter().filter_map(|one| entry.tag.name.strip_suffix(one.suffix.as_str()));
    let bare = own.filter(|bare| read_tag(bare, &line.history).is_ok()).min_by_key(|bare| bare.len());
    let name = format!("{}{}", bare.unwrap_or(&entry.tag.name), found.suffix);
    Ok((name, entry.tag.commit, Wanted::Target(entry.tag.name.clone())))
}

fn text(session: &Session, notes: &Notes, format: Format) -> Result<String, Error> {
    let options = Options { contributors: false, ..session.settings.rendering.options(format) };
    let mut out = Vec::new();
    render::render(notes, &options, &mut out)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}
