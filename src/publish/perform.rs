//! Does what a plan says.

use crate::forge::{self, Forge, Release};

use super::{Action, Error, Plan};

/// Performs a plan, and gives the release as it is then; `None` where there was nothing to do and nothing is there. `tell` hears
/// of each step that has been done.
///
/// # Errors
/// When the forge fails or refuses; what is left is told. Where somebody else was faster, the draft of this run is deleted.
pub async fn perform(forge: &Forge, plan: &Plan, tell: &dyn Fn(&str)) -> Result<Option<Release>, Error> {
    let (mut release, mut made) = (plan.release.clone(), false);
    for (at, action) in plan.actions.iter().enumerate() {
        match step(forge, &plan.tag, release.clone(), action).await {
            Ok(done) => {
                made |= matches!(action, Action::Create { .. });
                release = Some(done);
                tell(&action.words(&plan.tag));
            }
            Err(source) => {
                let is_race = matches!(action, Action::Create { .. } | Action::Publish { .. });
                if is_race && source.is_conflict() {
                    if let Some(draft) = release.filter(|release| made && release.draft) {
                        // That it cannot be deleted changes nothing about the release; it stays a draft.
                        drop(forge.delete_draft(&draft).await);
                    }
                    return Err(Error::Taken { tag: plan.tag.clone() });
                }
                let left = plan.actions.iter().skip(at + 1);
                return Err(Error::Stopped {
                    doing: action.words(&plan.tag),
                    remaining: left.map(|action| action.words(&plan.tag)).collect(),
                    source: Box::new(source),
                });
            }
        }
    }
    Ok(release)
}

async fn step(
    forge: &Forge,
    tag: &str,
    release: Option<Release>,
    action: &Action,
) -> Result<Release, forge::Error> {
    // Every plan for a tag without a release begins with making it.
    let there = release.unwrap_or_default();
    match action {
        Action::Create { fields, files } => forge.create_release(tag, fields, files).await,
        Action::Update { fields, .. } | Action::Withdraw { fields } | Action::Publish { fields } => {
            forge.update_release(&there, fields).await
        }
        Action::Remove(asset) => forge.delete_asset(&there, asset).await.map(|()| there),
        Action::Attach(file) => forge.upload(&there, file).await.map(|()| there),
    }
}
