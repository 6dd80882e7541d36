//! Does what a plan says.
//!
//! Another run may do the same at the same time, on another machine: then only the forge can tell who was first. After making a draft,
//! and again before publishing it, the tag's releases are looked at; whoever was not first deletes its own draft.

use std::time::Duration;

use crate::forge::{self, Asset, Attachment, Forge, Release};

use super::{Action, Error, Plan, plan::is_same_file};

/// How long another run is waited for: five seconds, looked at twice a second.
const LOOKS: usize = 10;
const PAUSE: Duration = Duration::from_millis(500);

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
                let is_next = |next: Option<&Action>| matches!(next, Some(Action::Publish { .. }));
                let is_to_look = matches!(action, Action::Create { .. }) || is_next(plan.actions.get(at + 1));
                if made
                    && is_to_look
                    && let Some(own) = &release
                {
                    yield_to_first(forge, &plan.tag, own).await?;
                }
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

/// Deletes a draft that this run has made, where another release of the tag was published or made before it.
async fn yield_to_first(forge: &Forge, tag: &str, own: &Release) -> Result<(), Error> {
    if !own.draft {
        return Ok(());
    }
    let before = |other: &Release| forge::made_order(&other.id) < forge::made_order(&own.id);
    let all = forge.releases(tag).await?;
    if all.iter().any(|other| other.id != own.id && (!other.draft || before(other))) {
        forge.delete_draft(own).await?;
        return Err(Error::Taken { tag: tag.to_owned() });
    }
    Ok(())
}

/// Waits for the run that was first to end: until its release is published, or (where it stays a draft) no longer changes.
///
/// # Errors
/// When the forge fails or refuses.
pub async fn wait_for_first(forge: &Forge, tag: &str, is_draft: bool) -> Result<(), Error> {
    let mut last = None;
    for _ in 0..LOOKS {
        let now = forge.release(tag).await?;
        let is_done = match &now {
            Some(release) => !release.draft || (is_draft && now == last),
            // It was deleted: there is nobody to wait for.
            None => true,
        };
        if is_done {
            return Ok(());
        }
        last = now;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Sends a file. Another run may send the same one to the same draft: the first stays.
async fn attach(forge: &Forge, release: &Release, file: &Attachment) -> Result<(), forge::Error> {
    match forge.upload(release, file).await {
        Ok(()) if forge.kind().abilities().twin_assets => {
            for second in attached(forge, release, file).await?.iter().skip(1) {
                forge.delete_asset(release, second).await?;
            }
            Ok(())
        }
        Err(error) if error.is_conflict() => {
            for _ in 0..LOOKS {
                if !attached(forge, release, file).await?.is_empty() {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
            Err(error)
        }
        done => done,
    }
}

/// The files of a release that have the name and content of this one, the first in front.
async fn attached(forge: &Forge, release: &Release, file: &Attachment) -> Result<Vec<Asset>, forge::Error> {
    let all = forge.releases(&release.tag).await?;
    let own = all.into_iter().filter(|other| other.id == release.id).flat_map(|other| other.assets);
    let is_it = |asset: &Asset| asset.name == file.name && is_same_file(file, asset) == Some(true);
    let mut same: Vec<_> = own.filter(is_it).collect();
    same.sort_by_key(|asset| forge::made_order(&asset.id));
    Ok(same)
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
        Action::Attach(file) => attach(forge, &there, file).await.map(|()| there),
    }
}
