//! The notes of an announcement: between the two ends of a deployment, or of one version.

use bytes::Bytes;

use crate::{
    compare,
    config::Phase,
    deployment::{self, DeploymentEnd, DeploymentEnds, Image, Sources},
    error::Error,
    model::Notes,
    notes::Selector,
    notify::Status,
    promote::{self, AttachedNotes},
    render::{self, Locale},
    session::{Session, images},
    settings::Registries,
};

use super::args::Args;

/// The notes of the deployment to a declared environment or of a range, else those of the named version.
///
/// # Errors
/// If the ends or their notes are not available, or the status contradicts them.
pub(super) fn notes(session: Option<&Session>, registries: &Registries, args: &Args) -> Result<Notes, Error> {
    let range = args.what.as_deref().and_then(|what| what.split_once(".."));
    let names = range.map_or([args.what.as_deref(), None], |(from, to)| [Some(from), Some(to)]);
    let sources = Sources::new(session, registries, &names)?;
    let environment = args.environment.as_deref().filter(|name| sources.environment(name).is_some());
    let notes = match (range, environment) {
        (Some(range), _) => compare::notes(&sources, &of_range(&sources, range, args)?, false)?,
        (None, Some(environment)) => of_deployment(&sources, environment, args)?,
        (None, None) => {
            if let Some(name) = &args.environment {
                registries.ui.warn(&format!(
                    "`{name}` is not a declared environment: the message lists only the changes of one version"
                ));
            }
            of_version(&sources, args)?
        }
    };
    check_status(&notes, args)?;
    Ok(notes)
}

/// The ends of a range. Its start is what runs in the environment that the message names.
fn of_range(sources: &Sources<'_>, (from, to): (&str, &str), args: &Args) -> Result<DeploymentEnds, Error> {
    let to = if to.is_empty() { "HEAD" } else { to };
    let mut ends = match from {
        "" => DeploymentEnds {
            from: DeploymentEnd::nothing(args.environment.as_deref().unwrap_or_default()),
            to: deployment::resolve(sources, to)?,
        },
        from => deployment::both(sources, Some((from, to)))?,
    };
    if ends.from.facts.environment.is_none() {
        ends.from.facts.environment.clone_from(&args.environment);
    }
    Ok(ends)
}

/// The notes between what runs and what will run, or between what ran before and what runs now.
fn of_deployment(sources: &Sources<'_>, environment: &str, args: &Args) -> Result<Notes, Error> {
    let named = match (&args.what, &args.as_version) {
        (Some(_), Some(_)) => {
            return Err(Error::usage(
                "--as applies to unreleased changes and cannot be combined with a version or image",
                Some("remove one of them"),
            ));
        }
        (Some(what), None) => Some(deployment::resolve(sources, what)?),
        (None, Some(version)) => Some(unreleased(sources, version)?),
        (None, None) => None,
    };
    let ends = match (args.phase, &args.record) {
        (Phase::Before, _) => {
            let to = named.map_or_else(|| next(sources, environment), Ok)?;
            deployment::before(sources, environment, to)?
        }
        (Phase::After, Some(path)) => {
            let record = deployment::read_record(sources.registries, path)?;
            deployment::of_record(sources, &record, environment)?
        }
        (Phase::After, None) => {
            let is_failed = args.status == Some(Status::Failed);
            let (from, to) = deployment::after(sources, environment, named, is_failed)?;
            let Some(from) = from else {
                sources.registries.ui.warn(&format!(
                    "cannot determine what ran on {environment} before {}: only its own changes are listed; pass the \
                     promotion's record: --record FILE",
                    to.facts.version_text()
                ));
                return own_notes(sources, &to);
            };
            DeploymentEnds { from, to }
        }
    };
    compare::notes(sources, &ends, false)
}

/// Unreleased changes as this version; the version's tag if it has one.
fn unreleased(sources: &Sources<'_>, version: &str) -> Result<DeploymentEnd, Error> {
    let (session, line) = sources.git.ok_or_else(|| Error::usage("--as needs a git repository", None))?;
    match session.named(line, version)? {
        Selector::Unreleased(Some(version)) => Ok(DeploymentEnd::named("HEAD").with_version(version)),
        Selector::Target(tag) => deployment::resolve(sources, &tag),
        _ => deployment::resolve(sources, version),
    }
}

/// What is deployed next to an environment, if nothing was named: what runs in the environment before it, else the
/// latest version.
fn next(sources: &Sources<'_>, environment: &str) -> Result<DeploymentEnd, Error> {
    let all = &sources.registries.tags.environments;
    let before = sources.environment(environment).and_then(|index| index.checked_sub(1));
    if let Some(source) = before.and_then(|index| all.get(index)) {
        let running = deployment::running(sources, &source.name)?;
        if !running.is_empty() {
            return Ok(running);
        }
    }
    let (session, line) = sources.git.ok_or_else(|| {
        Error::usage("no version to announce", Some("name one: tidings notify VERSION --environment NAME"))
    })?;
    let latest = session.notes(line, &Selector::Latest)?;
    let tag = latest.releases.into_iter().next().and_then(|release| release.tag);
    deployment::resolve(sources, &tag.unwrap_or_default())
}

/// The notes of one version: attached to an image, or generated from history.
fn of_version(sources: &Sources<'_>, args: &Args) -> Result<Notes, Error> {
    if let Some(what) = args
        .what
        .as_deref()
        .filter(|what| images::is_image(what) || images::environment(sources.registries, what).is_some())
    {
        return own_notes(sources, &deployment::resolve(sources, what)?);
    }
    let (session, line) = sources.git.ok_or_else(|| {
        Error::usage(
            "there is no git repository to read the version from",
            Some("run the command in a clone of the repository, or name an image with attached notes"),
        )
    })?;
    let selector = match (&args.what, &args.as_version) {
        (None, None) => Selector::Latest,
        (what, version) => session.selector(line, what.as_deref(), version.as_deref())?,
    };
    session.notes(line, &selector)
}

/// The notes of one end alone.
fn own_notes(sources: &Sources<'_>, end: &DeploymentEnd) -> Result<Notes, Error> {
    let registries = sources.registries;
    if end.images.is_empty() {
        let (session, line) = sources.git.ok_or_else(|| Error::usage("there is no git repository", None))?;
        let name = end.revision.clone().unwrap_or_else(|| end.name().to_owned());
        return session.notes(line, &Selector::Target(name));
    }
    let Some(json) = attached_notes(registries, &end.images)? else {
        let none = || promote::Error::NoNotes { image: end.name().to_owned() };
        let tagged = end.facts.version.as_ref().zip(sources.git);
        let (version, (session, line)) = tagged.ok_or_else(none)?;
        return session.notes(line, &Selector::Target(version.to_string()));
    };
    let mut notes = render::read(&json)?;
    notes.releases.iter_mut().for_each(Locale::remove_default_titles);
    Ok(notes)
}

/// The notes, as JSON, that are attached to the first of the images that has any.
fn attached_notes(registries: &Registries, images: &[Image]) -> Result<Option<Bytes>, Error> {
    for image in images {
        let found = promote::find_notes(&registries.client, &image.repository, &image.manifest.digest);
        match images::run(found) {
            Ok(AttachedNotes { json: Some(json), .. }) => return Ok(Some(json)),
            Ok(_) => {}
            Err(Error::Promote(error)) if matches!(*error, promote::Error::NoNotes { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Checks that a rollback is one.
fn check_status(notes: &Notes, args: &Args) -> Result<(), Error> {
    if args.status != Some(Status::RolledBack) {
        return Ok(());
    }
    let Some(release) = notes.releases.first() else { return Ok(()) };
    let Some(ends) = &release.ends else {
        return Err(Error::usage(
            "cannot determine what was rolled back from which version",
            Some("pass both, FROM..TO, or --environment with a declared environment, or --record FILE"),
        ));
    };
    if !release.rollback {
        let (from, to) = (ends.from.version_text(), ends.to.version_text());
        return Err(Error::Refused {
            message: format!("--status rolled-back contradicts the deployment: it went from {from} to {to}"),
            hint: Some("roll back first, or pass the versions as FROM..TO".to_owned()),
        });
    }
    Ok(())
}
