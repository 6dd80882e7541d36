//! The plan of a promotion, and its outcome, in words.

use std::collections::BTreeSet;

use crate::{
    cli::describe::describe_changes,
    model::{Summary, plural},
    promote::{Action, DeployedImage, ImagePlan, Plan},
};

/// The plan as a dry run prints it.
pub(super) fn describe(plan: &Plan, changes: Option<&Summary>) -> String {
    let mut text = match plan.images.as_slice() {
        [image] => format!(
            "promote {} from {} to {}\n  image: {}\n  deployed now: {}\n",
            plan.version,
            image.from.repository,
            image.to.repository,
            image.manifest.digest,
            running(image)
        ),
        images => {
            let source = images.first().map(|image| image.from.name()).unwrap_or_default();
            let each = images.iter().map(|image| {
                format!(
                    "  {}: from {} to {}\n    image: {}\n    deployed now: {}\n",
                    image.to.label(),
                    image.from.repository,
                    image.to.repository,
                    image.manifest.digest,
                    running(image)
                )
            });
            let each: String = each.collect();
            format!("promote {} from {source} to {}\n{each}", plan.version, plan.target())
        }
    };
    if let Some(changes) = changes {
        text.push_str(&describe_changes(changes));
    }
    for (image, action) in plan.steps() {
        text.push_str(&format!("- {}\n", describe_action(image, action)));
    }
    if plan.is_done() {
        text.push_str("nothing to do\n");
    }
    text
}

/// What is deployed in the target of an image.
fn running(image: &ImagePlan) -> String {
    match &image.deployed {
        Some(running) => {
            let version =
                running.version.as_ref().map_or_else(|| "unknown version".to_owned(), ToString::to_string);
            format!("{version} ({})", running.digest())
        }
        None => "nothing".to_owned(),
    }
}

pub(super) fn describe_action(image: &ImagePlan, action: &Action) -> String {
    let to = &image.to.repository;
    match action {
        Action::Copy { manifest, tag: None } => {
            let what = if manifest.is_index() { "the index" } else { "the image" };
            format!("copy {what} {} to {to}", manifest.digest)
        }
        Action::Copy { tag: Some(tag), .. } => format!("copy {tag} to {to}"),
        Action::CopyReferrers { missing } => {
            let name = image.to.component.as_ref().map_or_else(|| "its".to_owned(), |it| format!("{it}'s"));
            format!("copy {name} referrers: {}", plural(missing.len(), "artifact", "artifacts"))
        }
        Action::Tag(tag) => format!("set the tag {}", to.image(tag)),
        Action::Record(_) => {
            let name = image.to.component.as_ref().map_or_else(String::new, |it| format!(" of {it}"));
            format!("attach the promotion record to the image{name}")
        }
        Action::Move(tag) => format!("move the tag {}", to.image(tag)),
    }
}

/// The last message: what runs now, and what ran before.
pub(super) fn outcome(plan: &Plan) -> String {
    let (version, place) = (&plan.version, plan.target());
    if plan.is_done() {
        return format!("nothing to do: {version} is already deployed to {place}");
    }
    let text = |before: &DeployedImage| {
        before.version.as_ref().map_or_else(|| before.digest().to_string(), ToString::to_string)
    };
    let before: BTreeSet<String> = plan.images.iter().filter_map(ImagePlan::replaced).map(text).collect();
    let was = match before.is_empty() {
        true => String::new(),
        false => format!(" (was {})", before.into_iter().collect::<Vec<_>>().join(", ")),
    };
    if plan.images.iter().any(ImagePlan::is_deployed) {
        return format!("completed the promotion of {version} to {place}{was}");
    }
    match was.as_str() {
        "" => format!("promoted {version} to {place} (first deployment)"),
        was => format!("promoted {version} to {place}{was}"),
    }
}
