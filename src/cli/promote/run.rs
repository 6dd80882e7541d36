//! Runs `tidings promote`: plans the promotion, shows or performs the plan, and writes the record.

use std::{collections::BTreeSet, path::Path};

use crate::{
    cli::context::Context,
    compare,
    deployment::{self, Sources},
    error::Error,
    model::Summary,
    promote::{self, ImagePair, ImagePlan, Plan, PlanFile, PromotionRequest, RunContext},
    registry::Reference,
    session::{AtomicFile, images},
    settings::Registries,
};

use super::{
    args::Args,
    describe::{describe, describe_action, outcome},
    request::{PromotionEnds, request},
};

/// How often a promotion is planned, if other runs change the target.
const ATTEMPTS: usize = 3;

/// Runs the command.
///
/// # Errors
/// If the promotion is refused, a registry fails, or the record cannot be written.
pub(in crate::cli) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = &context.registries(&[args.from.as_deref(), args.to.as_deref()])?;
    if !args.dry_run {
        // A dry run opens the repository, which prints them.
        registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    }
    // Fails for an invalid path before anything is promoted.
    let record_target =
        args.record_file.as_deref().map(|path| registries.files.user_target(path)).transpose()?;
    let statement_target =
        args.statement.as_deref().map(|path| registries.files.user_target(path)).transpose()?;
    let (client, ui) = (&registries.client, &registries.ui);
    let planned = planned(registries, args)?;
    let request = request_of(registries, args, planned.as_ref())?;
    let make_plan = || {
        let plan = images::run(promote::plan(client, &request, &registries.tags))?;
        if let Some(planned) = &planned {
            images::run(planned.check(client, &plan))?;
        }
        Ok::<_, Error>(plan)
    };
    let mut plan = make_plan()?;
    for warning in &plan.warnings {
        ui.warn(warning);
    }
    if args.dry_run {
        if let Some(path) = &args.plan {
            write_plan(registries, &plan, path)?;
        }
        let changes = changes(context, registries, args, &plan)?;
        return Ok(ui.report(&describe(&plan, changes.as_ref()))?);
    }
    for attempt in 1..=ATTEMPTS {
        let report = |image: &_, action: &_| ui.info(&describe_action(image, action));
        match images::run(promote::perform(client, &plan, &report)) {
            Err(Error::Promote(error))
                if attempt < ATTEMPTS && matches!(*error, promote::Error::Changed { .. }) =>
            {
                ui.warn(&format!("{error}; planning again"));
                plan = make_plan()?;
            }
            done => {
                done?;
                break;
            }
        }
    }
    ui.info(&outcome(&plan));
    if let (Some(target), Some(record)) = (record_target, &plan.record) {
        AtomicFile::write_file(target, record)?;
    }
    if let (Some(target), Some(statement)) = (statement_target, promote::statement(&plan)) {
        AtomicFile::write_file(target, statement.as_bytes())?;
    }
    let name = |image: &ImagePlan| {
        let tag = image.to.moving.as_deref().map_or_else(String::new, |tag| format!(":{tag}"));
        format!("{}{tag}@{}\n", image.to.repository, image.manifest.digest)
    };
    Ok(ui.report(&plan.images.iter().map(name).collect::<String>())?)
}

/// Writes a plan to a file.
///
/// # Errors
/// If the path is not allowed, or the file cannot be written.
pub(in crate::cli) fn write_plan(registries: &Registries, plan: &Plan, path: &Path) -> Result<(), Error> {
    let Some(file) = PlanFile::new(plan, registries.circumstances.when.clone()) else { return Ok(()) };
    AtomicFile::write_file(registries.files.user_target(path)?, file.text()?.as_bytes())
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

/// The plan of `--plan`, if it is to be performed.
fn planned(registries: &Registries, args: &Args) -> Result<Option<PlanFile>, Error> {
    let Some(path) = args.plan.as_deref().filter(|_| !args.dry_run) else { return Ok(None) };
    let text = registries.files.read_user_path(path)?;
    let plan = PlanFile::parse(&text).map_err(|problem| {
        Error::usage(
            format!("`{}` is not the plan of a promotion: {problem}", path.display()),
            Some("write one with `tidings promote --dry-run --plan FILE`"),
        )
    })?;
    Ok(Some(plan))
}

/// The request of the options, or of the plan to perform.
fn request_of(
    registries: &Registries,
    args: &Args,
    planned: Option<&PlanFile>,
) -> Result<PromotionRequest, Error> {
    let mut wanted = PromotionEnds {
        from: args.from.as_deref(),
        to: args.to.as_deref(),
        version: args.version.as_deref(),
    };
    let by_tag = wanted.from.is_some_and(|from| {
        images::is_image(from)
            && Reference::parse(from).is_ok_and(|it| it.tag.is_some() || it.digest.is_some())
    });
    if let Some(planned) = planned.filter(|_| !by_tag) {
        wanted.version = wanted.version.or(Some(&planned.version));
    }
    let request = request(registries, wanted)?;
    if let Some(planned) = planned {
        require_ends(planned, &request.pairs)?;
    }
    Ok(PromotionRequest {
        rollback: args.rollback || planned.is_some_and(|planned| planned.rollback),
        allow_unknown: args.allow_unknown,
        referrers: args.referrers,
        context: RunContext { who: args.by.clone().or(request.context.who), ..request.context },
        ..request
    })
}

/// Checks that a plan is one of a promotion of these images.
fn require_ends(planned: &PlanFile, pairs: &[ImagePair]) -> Result<(), Error> {
    let pair = |from: &str, to: &str| format!("from {from} to {to}");
    let planned: BTreeSet<String> =
        planned.images().iter().map(|image| pair(&image.from.image, &image.to.image)).collect();
    let wanted: BTreeSet<String> =
        pairs.iter().map(|it| pair(&it.from.repository.to_string(), &it.to.repository.to_string())).collect();
    if planned == wanted {
        return Ok(());
    }
    let list = |all: BTreeSet<String>| all.into_iter().collect::<Vec<_>>().join(", ");
    Err(Error::usage(
        format!("the plan is that of a promotion {}, not {}", list(planned), list(wanted)),
        Some("name the same ends as in the dry run that wrote the plan"),
    ))
}
