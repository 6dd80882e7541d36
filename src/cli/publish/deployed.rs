//! What publishing deploys: the environment's two ends, for the plan and for a rollback.

use crate::{
    cli::{context::Context, describe::describe_changes},
    compare,
    deployment::{self, DeploymentEnd, DeploymentEnds, Sources},
    error::Error,
    model::{Notes, Version},
    session::Session,
};

use super::args::Args;

/// The deployment that the publication starts.
pub(super) struct Deployed {
    /// The version that runs in the environment, if it has one.
    pub(super) running: Option<Version>,
    /// The environment, both ends and the changes, as a dry run prints them; empty otherwise.
    pub(super) plan: String,
}

/// The deployment to the environment of `--environment`, else of the configuration; `None` without either.
///
/// # Errors
/// If the environment is not declared, or the registry or the repository cannot be read.
pub(super) fn deployed(
    context: &Context,
    session: &Session,
    args: &Args,
    notes: &Notes,
) -> Result<Option<Deployed>, Error> {
    let Some(environment) = args.environment.as_ref().or(session.settings.publish.environment.as_ref())
    else {
        return Ok(None);
    };
    let registries = &context.registries(&[])?;
    let sources = Sources::new(Some(session), registries, &[args.version.as_deref()])?;
    if sources.environment(environment).is_none() {
        return Err(Error::usage(
            format!("there is no environment `{environment}`"),
            Some("declare it in tidings.toml: environments = [\"staging\", \"production\"]"),
        ));
    }
    let Some(release) = notes.releases.first() else { return Ok(None) };
    let tag = release.tag.as_ref().filter(|tag| session.tags.iter().any(|it| it.name == **tag));
    let to = match (tag, &release.version) {
        (Some(tag), _) => deployment::resolve(&sources, tag)?,
        (None, Some(version)) => DeploymentEnd::named("HEAD").with_version(version.clone()),
        (None, None) => DeploymentEnd::named("HEAD"),
    };
    let ends = deployment::before(&sources, environment, to)?;
    let running = ends.from.facts.version.clone();
    let plan = if args.dry_run { plan(&sources, environment, &ends)? } else { String::new() };
    Ok(Some(Deployed { running, plan }))
}

fn plan(sources: &Sources<'_>, environment: &str, ends: &DeploymentEnds) -> Result<String, Error> {
    let from = match ends.from.is_empty() {
        true => "first deployment".to_owned(),
        false => format!("now {}", ends.from.facts.version_text()),
    };
    let notes = compare::notes(sources, ends, false)?;
    let to =
        notes.releases.first().and_then(|release| release.ends.as_ref()).map(|ends| ends.to.version_text());
    let changes = describe_changes(&compare::summary(&notes));
    Ok(format!("deploys {} to {environment} ({from})\n{changes}", to.unwrap_or_default()))
}
