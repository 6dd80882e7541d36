//! Resolves a rollback: what is rolled back, what is lost, and how the deployment of the older version starts.

use std::collections::BTreeMap;

use crate::{
    config,
    error::Error,
    forge::{NewDeployment, Trigger},
    history::Versions,
    model::{Version, plural},
    notes::{Line, Selector},
    publish::{DesiredRelease, Rollback},
    render,
    session::Session,
};

use super::{
    args::Args,
    desired::{body, options},
};

/// The environment that GitHub deploys to by default.
const ENVIRONMENT: &str = "production";

/// The rollback to the version in `desired`, from the version that was named, else from `running`, else from the last
/// final one; `None` without --rollback-to.
///
/// # Errors
/// If there is no such version, or it is not higher.
pub(super) fn rollback(
    session: &Session,
    (args, running): (&Args, Option<&Version>),
    (line, versions): (&Line, &Versions),
    desired: &DesiredRelease,
) -> Result<Option<Rollback>, Error> {
    let Some(to) = &args.rollback_to else { return Ok(None) };
    let version = session.version(line, to)?;
    let (from, notice) = notice(session, (args, running), line, versions, &version)?;
    let repository = &session.settings.options.repository;
    let part = |part: &Option<String>, unknown: &str| part.clone().unwrap_or_else(|| unknown.to_owned());
    Ok(Some(Rollback {
        trigger: trigger(session, args, (&desired.tag, &version), &from)?,
        from,
        notice,
        repository: format!("{}/{}", part(&repository.owner, "OWNER"), part(&repository.name, "NAME")),
    }))
}

/// What starts the deployment of the older version; `None` if the publication of its release does.
fn trigger(
    session: &Session,
    args: &Args,
    (tag, version): (&str, &Version),
    from: &str,
) -> Result<Option<Trigger>, Error> {
    let settings = &session.settings.publish;
    let environment = args.environment.as_ref().or(settings.environment.as_ref());
    let value = |name: &str| match name {
        "tag" => Some(tag.to_owned()),
        "version" => Some(version.to_string()),
        "from" => Some(from.to_owned()),
        "environment" => environment.cloned(),
        _ => None,
    };
    let expand = |text: &str| {
        config::Rollback::expand(text, &value).map_err(|name| {
            Error::usage(
                format!("`rollback` under [publish] contains {name}, but no environment is named"),
                Some("use --environment NAME, or `environment` under [publish]"),
            )
        })
    };
    let payload = || {
        let names = ["tag", "version", "from", "environment"];
        names.iter().filter_map(|name| Some(((*name).to_owned(), value(name)?))).collect::<BTreeMap<_, _>>()
    };
    Ok(match &settings.rollback {
        config::Rollback::Release => None,
        config::Rollback::Deployment => {
            let environment = environment.cloned().unwrap_or_else(|| ENVIRONMENT.to_owned());
            Some(Trigger::Deployment(NewDeployment {
                reference: tag.to_owned(),
                task: "rollback",
                is_production: NewDeployment::is_production(&environment),
                environment,
                description: format!("Roll back from {from} to {tag}").chars().take(140).collect(),
                payload: serde_json::json!(payload()),
            }))
        }
        config::Rollback::Workflow { workflow, reference, inputs } => Some(Trigger::Workflow {
            workflow: workflow.clone(),
            reference: expand(reference)?,
            inputs: inputs
                .iter()
                .map(|(name, text)| Ok((name.clone(), expand(text)?)))
                .collect::<Result<_, Error>>()?,
        }),
        config::Rollback::Event(event) => Some(Trigger::Event { event: event.clone(), payload: payload() }),
    })
}

/// The tag of the version that is rolled back, and the changes that the rollback loses, as Markdown. It is the version
/// that was named, else `running`, else the last final one.
fn notice(
    session: &Session,
    (args, running): (&Args, Option<&Version>),
    line: &Line,
    versions: &Versions,
    to: &Version,
) -> Result<(String, String), Error> {
    let named = args.version.as_ref().map(|text| session.version(line, text)).transpose()?;
    let from = match named.or_else(|| running.cloned()) {
        Some(version) => {
            let found = versions.find(&version).and_then(|index| versions.get(index));
            found.ok_or_else(|| {
                Error::usage(
                    format!("{version} is not tagged"),
                    Some("if the remote has the tag: git fetch --tags"),
                )
            })?
        }
        None => {
            let last = versions.all.iter().rev().find(|entry| !entry.version.is_prerelease());
            last.ok_or_else(|| {
                Error::usage(
                    "no final version is tagged",
                    Some("name the version to roll back: tidings publish NEWER --rollback-to OLDER"),
                )
            })?
        }
    };
    if *to >= from.version {
        return Err(Error::usage(
            format!("cannot roll back from {} to {to}: {to} is not a lower version", from.version),
            Some("name the newer version first: tidings publish NEWER --rollback-to OLDER"),
        ));
    }
    let back = versions.find(to).and_then(|index| versions.get(index));
    let back = back.map(|entry| entry.tag.name.clone()).unwrap_or_default();
    let notes = session.notes(line, &Selector::Range(from.tag.name.clone(), back))?;
    let count: usize =
        notes.releases.iter().flat_map(|it| &it.sections).map(|section| section.changes.len()).sum();
    session.ui().info(&format!(
        "rolling back from {} to {to} loses {}",
        from.version,
        plural(count, "change", "changes")
    ));
    let options = options(session, args)?;
    Ok((from.tag.name.clone(), body(&notes, &render::Options { contributors: false, ..options }, 0)?))
}
