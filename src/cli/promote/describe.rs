//! The plan of a promotion, and its outcome, in words.

use crate::{
    cli::describe::describe_changes,
    model::{Summary, plural},
    promote::{Action, Plan},
};

/// The plan as a dry run prints it.
pub(super) fn describe(plan: &Plan, changes: Option<&Summary>) -> String {
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

pub(super) fn describe_action(plan: &Plan, action: &Action) -> String {
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
/// The last message: what runs now, and what ran before.
pub(super) fn outcome(plan: &Plan) -> String {
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
