//! `tidings tag VERSION --deployed-to NAME`: records a deployment in git.

use crate::{
    cli::{context::Context, describe::describe_changes},
    compare,
    deployment::{self, DeployRecord, DeploymentEnd, DeploymentEnds, Sources},
    error::Error,
    git,
    model::EndSource,
    session::Session,
};

use super::{args::Args, environment::unknown_environment};

/// Records a deployment in an annotated tag, unless the newest record says the same.
///
/// # Errors
/// If the environment is not declared, the version is not tagged, the registry says that another version runs, or git
/// fails.
pub(super) fn record(
    context: &Context,
    session: &Session,
    args: &Args,
    environment: &str,
) -> Result<(), Error> {
    let registries = &context.registries(&[])?;
    let line = session.line_of(Some(&args.version))?;
    let sources = Sources { git: Some((session, line)), registries };
    if line.package.is_some() {
        return Err(Error::usage("deployments of a package cannot be recorded in git", None));
    }
    if sources.environment(environment).is_none() {
        return Err(unknown_environment(line, environment));
    }
    let to = deployment::resolve(&sources, &args.version)?;
    let (version, commit) = to.facts.version.clone().zip(to.facts.commit).ok_or_else(|| {
        let versions = session.versions(line);
        let highest = versions.all.iter().rev().take(3).map(|entry| entry.tag.name.clone()).collect();
        crate::notes::Error::NoSuchVersion { version: args.version.clone(), highest }
    })?;
    let recorded = deployment::in_git(&sources, environment)?;
    if recorded.facts.source == EndSource::DeployTag && recorded.facts.version.as_ref() == Some(&version) {
        session.ui().info(&format!("already recorded: {environment} runs {version}"));
        return Ok(());
    }
    let (from, to) = deployment::after(&sources, environment, Some(to), false)?;
    let record = DeployRecord {
        environment: environment.to_owned(),
        version,
        from: from.as_ref().and_then(|from| match from.is_empty() {
            true => Some(None),
            false => from.facts.version.clone().map(Some),
        }),
        by: args.by.clone().or_else(|| registries.circumstances.who.clone()),
        run: registries.circumstances.run.clone(),
    };
    let when = &registries.circumstances.when;
    let name = line
        .history
        .deploy_tags
        .tag_name(environment, when)
        .ok_or_else(|| Error::usage(format!("cannot record a deployment at `{when}`"), None))?;
    if args.dry_run {
        return show(session, &sources, &name, &record, from.map(|from| DeploymentEnds { from, to }));
    }
    write(session, args, (&name, commit), &record)
}

fn show(
    session: &Session,
    sources: &Sources<'_>,
    name: &str,
    record: &DeployRecord,
    ends: Option<DeploymentEnds>,
) -> Result<(), Error> {
    session.ui().info(&format!("create the tag {name}:"));
    let mut text = format!("record {} on {}{}\n", record.version, record.environment, was(&ends));
    if let Some(ends) = ends {
        let notes = compare::notes(sources, &ends, false)?;
        text.push_str(&describe_changes(&compare::summary(&notes)));
    }
    text.push_str(&record.message());
    Ok(session.ui().show(&text)?)
}

/// What ran before, in parentheses.
fn was(ends: &Option<DeploymentEnds>) -> String {
    let text = |from: &DeploymentEnd| match from.is_empty() {
        true => " (first deployment)".to_owned(),
        false => format!(" (was {})", from.facts.version_text()),
    };
    ends.as_ref().map(|ends| text(&ends.from)).unwrap_or_default()
}

fn write(
    session: &Session,
    args: &Args,
    (name, commit): (&str, crate::model::ObjectId),
    record: &DeployRecord,
) -> Result<(), Error> {
    let repository = &session.repository;
    if session.tags.iter().any(|tag| tag.name == name) {
        let exists = git::Error::Git {
            command: format!("git tag {name}"),
            message: "a deployment is recorded for this second already".to_owned(),
        };
        return Err(exists.into());
    }
    repository.create_tag(name, commit, &record.message(), false)?;
    if args.push {
        let remote = &session.settings.remote;
        let reference = format!("refs/tags/{name}");
        session.ui().info(&format!("pushing {reference} to {remote}"));
        repository.push(remote, &[reference], false)?;
    }
    Ok(session.ui().report(&format!("{name}\n"))?)
}
