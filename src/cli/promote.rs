//! `tidings promote`: copies an image with its notes from one environment to the next.

use std::path::PathBuf;

use crate::{
    compare,
    deployment::{self, Sources},
    error::Error,
    model::{Summary, Version, plural},
    promote::{
        self, Action, ImageLocation, Plan, PromotionRequest, ReferrerSelection, RunContext, newest_first,
    },
    registry::Reference,
    session::images,
    settings::Registries,
};

use super::{args::Access, atomic_file::AtomicFile, context::Context, describe::describe_changes};

/// `tidings promote`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Promote from this environment or image [default: the second-to-last environment with an image]
    #[arg(value_name = "FROM", requires = "to")]
    pub from: Option<String>,
    /// Promote to this environment, or to this image, whose tag is moved [default: the last environment with an image]
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Promote this version [default: the newest final version in FROM]
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// Allow a version older than the one deployed
    #[arg(long)]
    pub rollback: bool,
    /// Copy the notes with the image, or all referrers (signatures, SBOMs)
    #[arg(long, value_name = "WHICH", default_value = "notes")]
    pub referrers: ReferrerSelection,
    /// Also write the promotion record to FILE
    #[arg(long, value_name = "FILE")]
    pub record_file: Option<PathBuf>,
    /// Record NAME as the promoter [default: the pipeline's user, or the login name]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Show what would be promoted, without promoting it
    #[arg(long)]
    pub dry_run: bool,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}

/// Runs the command.
///
/// # Errors
/// If the promotion is refused, a registry fails, or the record cannot be written.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = &context.registries(&[args.from.as_deref(), args.to.as_deref()])?;
    if !args.dry_run {
        // A dry run opens the repository, which prints them.
        registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    }
    let request = request(registries, args)?;
    // Fails for an invalid path before anything is promoted.
    let record_target =
        args.record_file.as_deref().map(|path| registries.files.user_target(path)).transpose()?;
    let (client, ui) = (&registries.client, &registries.ui);
    let plan = images::run(promote::plan(client, &request, &registries.tags))?;
    for warning in &plan.warnings {
        ui.warn(warning);
    }
    if args.dry_run {
        let changes = changes(context, registries, args, &plan)?;
        return Ok(ui.report(&describe(&plan, changes.as_ref()))?);
    }
    images::run(promote::perform(client, &plan, &|action| ui.info(&describe_action(&plan, action))))?;
    ui.info(&outcome(&plan));
    if let (Some(target), Some(record)) = (record_target, &plan.record) {
        AtomicFile::write_file(target, record)?;
    }
    let tag = plan.to.moving.as_deref().map_or_else(String::new, |tag| format!(":{tag}"));
    let name = format!("{}{tag}@{}\n", plan.to.repository, plan.manifest.digest);
    Ok(ui.report(&name)?)
}

fn request(registries: &Registries, args: &Args) -> Result<PromotionRequest, Error> {
    let (from, to) = ends(registries, args)?;
    let image = match &args.from {
        Some(text) if images::environment(registries, text).is_none() => {
            let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
            // A repository without a tag or digest means its newest version.
            (image.tag.is_some() || image.digest.is_some()).then_some(image)
        }
        _ => None,
    };
    if image.is_some() && args.version.is_some() {
        return Err(Error::usage(
            "--version cannot be used with an image that has a tag or digest",
            Some("omit --version, or the tag of the image"),
        ));
    }
    if from.repository == to.repository && from.moving == to.moving {
        return Err(Error::usage(
            "FROM and TO are the same image",
            Some("name two environments, or two repositories"),
        ));
    }
    Ok(PromotionRequest {
        version: args.version.as_deref().map(|text| version(registries, text)).transpose()?,
        from,
        image,
        to,
        rollback: args.rollback,
        referrers: args.referrers,
        context: RunContext {
            who: args.by.clone().or_else(|| registries.circumstances.who.clone()),
            ..registries.circumstances.clone()
        },
    })
}

/// Both ends: as named, else the last two environments that have images.
fn ends(registries: &Registries, args: &Args) -> Result<(ImageLocation, ImageLocation), Error> {
    if let (Some(from), Some(to)) = (&args.from, &args.to) {
        return Ok((location(registries, from, false)?, location(registries, to, true)?));
    }
    match registries.environments.as_slice() {
        [.., from, to] => Ok((from.clone(), to.clone())),
        _ => Err(Error::usage(
            "the configuration has fewer than two environments with images",
            Some(
                "set `image` under [environments.staging] and [environments.production], or name both: tidings promote FROM TO",
            ),
        )),
    }
}

/// Resolves the name of an end. `arrives` is true for TO: only there does a tag in the name say which tag to move.
fn location(registries: &Registries, text: &str, arrives: bool) -> Result<ImageLocation, Error> {
    if let Some(location) = images::environment(registries, text) {
        return Ok(location.clone());
    }
    if !images::is_image(text) {
        let names: Vec<&str> =
            registries.environments.iter().filter_map(|location| location.environment.as_deref()).collect();
        let hint = if names.is_empty() {
            "set `image` under [environments.NAME] in tidings.toml, or name an image".to_owned()
        } else {
            format!("use one of: {}; or name an image, as in registry.example.com/team/app", names.join(", "))
        };
        return Err(Error::usage(format!("there is no environment `{text}` with an image"), Some(&hint)));
    }
    let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
    // An image in the repository of exactly one environment belongs to it.
    let mut matching =
        registries.environments.iter().filter(|location| location.repository == image.repository);
    if let (Some(location), None) = (matching.next(), matching.next()) {
        let moving = image.tag.filter(|_| arrives).or_else(|| location.moving.clone());
        return Ok(ImageLocation { moving, ..location.clone() });
    }
    Ok(ImageLocation {
        environment: None,
        index: None,
        repository: image.repository,
        moving: image.tag,
        suffix: String::new(),
    })
}

fn version(registries: &Registries, text: &str) -> Result<Version, Error> {
    let read = newest_first(&[text.to_owned()], &registries.tags);
    let wrong = || Error::usage(format!("`{text}` is not a valid version"), Some("write it as in v1.2.0"));
    read.into_iter().next().map(|tag| tag.version).ok_or_else(wrong)
}

/// The last message: what runs now, and what ran before.
fn outcome(plan: &Plan) -> String {
    let place = plan.to.environment.clone().unwrap_or_else(|| plan.to.repository.to_string());
    let before = plan.deployed.as_ref().filter(|deployed| *deployed.digest() != plan.manifest.digest);
    match (before, &plan.deployed) {
        _ if plan.actions.is_empty() => {
            format!("nothing to do: {} is already deployed to {place}", plan.version)
        }
        (Some(before), _) => {
            let version =
                before.version.as_ref().map_or_else(|| before.digest().to_string(), ToString::to_string);
            format!("promoted {} to {place} (was {version})", plan.version)
        }
        (None, Some(_)) => format!("completed the promotion of {} to {place}", plan.version),
        (None, None) => format!("promoted {} to {place} (first deployment)", plan.version),
    }
}

/// What the promotion brings, from the history or from attached notes; `None`, with a warning, if neither has it.
fn changes(
    context: &Context,
    registries: &Registries,
    args: &Args,
    plan: &Plan,
) -> Result<Option<Summary>, Error> {
    let session = context.session_if_any(registries)?;
    let sources = Sources::new(session.as_ref(), registries, &[args.version.as_deref()]);
    let sources = sources.or_else(|_| Sources::new(None, registries, &[]))?;
    let ends = deployment::of_plan(&sources, plan)?;
    match compare::notes(&sources, &ends, false) {
        Ok(notes) => Ok(Some(compare::summary(&notes))),
        Err(error) => {
            registries.ui.warn(&format!("cannot list the changes: {error}"));
            Ok(None)
        }
    }
}

/// The plan as a dry run prints it.
fn describe(plan: &Plan, changes: Option<&Summary>) -> String {
    let running = match &plan.deployed {
        Some(running) => {
            let version =
                running.version.as_ref().map_or_else(|| "unknown version".to_owned(), ToString::to_string);
            format!("{version} ({})", running.digest())
        }
        None => "nothing".to_owned(),
    };
    let mut text = format!(
        "promote {} from {} to {}\n  image: {}\n  deployed now: {running}\n",
        plan.version, plan.from.repository, plan.to.repository, plan.manifest.digest
    );
    if let Some(changes) = changes {
        text.push_str(&describe_changes(changes));
    }
    for action in &plan.actions {
        text.push_str(&format!("- {}\n", describe_action(plan, action)));
    }
    if plan.actions.is_empty() {
        text.push_str("nothing to do\n");
    }
    text
}

fn describe_action(plan: &Plan, action: &Action) -> String {
    let to = &plan.to.repository;
    match action {
        Action::Copy { manifest, tag: None } => {
            let what = if manifest.is_index() { "the index" } else { "the image" };
            format!("copy {what} {} to {to}", manifest.digest)
        }
        Action::Copy { tag: Some(tag), .. } => format!("copy {tag} to {to}"),
        Action::CopyReferrers { missing } => {
            format!("copy its referrers: {}", plural(missing.len(), "artifact", "artifacts"))
        }
        Action::Tag(tag) => format!("set the tag {}", to.image(tag)),
        Action::Record(_) => "attach the promotion record to the image".to_owned(),
        Action::Move(tag) => format!("move the tag {}", to.image(tag)),
    }
}
