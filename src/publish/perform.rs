//! Runs the actions of a plan.
//!
//! A concurrent run on another machine may publish the same release; only the forge knows which was first. After
//! creating a draft, and again before publishing it, the tag's releases are read; a run that was not first deletes its
//! own draft.

use std::time::Duration;

use crate::forge::{self, Asset, Attachment, Forge, Release};

use super::{Action, Error, Plan, plan::is_same_file};

/// How often to poll for the result of another run: twice a second, for five seconds.
const POLLS: usize = 10;
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Performs a plan and returns the resulting release; `None` if there was nothing to do and there is no release.
/// `report` is called after each action.
///
/// # Errors
/// If an action fails; the error contains the remaining ones. If a concurrent run was first, this run's draft is
/// deleted.
pub async fn perform(forge: &Forge, plan: &Plan, report: &dyn Fn(&str)) -> Result<Option<Release>, Error> {
    let (mut release, mut created) = (plan.release.clone(), false);
    for (at, action) in plan.actions.iter().enumerate() {
        match perform_action(forge, &plan.tag, release.clone(), action).await {
            Ok(done) => {
                created |= matches!(action, Action::Create { .. });
                release = done;
                report(&action.describe(&plan.tag));
                let is_next = |next: Option<&Action>| matches!(next, Some(Action::Publish { .. }));
                let checks_races =
                    matches!(action, Action::Create { .. }) || is_next(plan.actions.get(at + 1));
                if created
                    && checks_races
                    && let Some(own) = &release
                {
                    yield_to_first(forge, &plan.tag, own).await?;
                }
            }
            Err(source) => {
                let is_race = matches!(action, Action::Create { .. } | Action::Publish { .. });
                let is_useless = is_race && (source.is_conflict() || source.is_used_tag());
                if let Some(draft) = release.filter(|release| is_useless && created && release.draft) {
                    // If deletion fails, it stays a draft, which does no harm.
                    drop(forge.delete_draft(&draft).await);
                }
                return Err(failed(forge, plan, at, source));
            }
        }
    }
    Ok(release)
}

/// The error of the action at an index.
fn failed(forge: &Forge, plan: &Plan, at: usize, source: forge::Error) -> Error {
    let (forge, tag) = (forge.kind().title(), plan.tag.clone());
    let action = plan.actions.get(at);
    let doing = action.map(|action| action.describe(&tag)).unwrap_or_default();
    let remaining = plan.actions.iter().skip(at + 1).map(|action| action.describe(&tag)).collect();
    match action {
        Some(Action::Create { .. } | Action::Publish { .. }) if source.is_conflict() => Error::Taken { tag },
        Some(Action::Create { .. } | Action::Publish { .. }) if source.is_used_tag() => {
            Error::UsedTag { forge, tag }
        }
        Some(Action::Attach(_) | Action::Remove(_)) if source.is_immutable() => {
            Error::ImmutableFiles { forge, tag, doing, remaining }
        }
        Some(Action::Withdraw { .. }) if source.is_immutable() => Error::ImmutableRelease { forge, tag },
        Some(Action::Start { trigger, .. })
            if matches!(source, forge::Error::Refused { status: 403 | 404 | 409 | 422, .. }) =>
        {
            Error::NotStarted { doing, requirement: trigger.requirement(), source: Box::new(source) }
        }
        _ => Error::Incomplete { doing, remaining, source: Box::new(source) },
    }
}

/// Deletes a draft of this run if another release of the tag was published, or created before it.
async fn yield_to_first(forge: &Forge, tag: &str, own: &Release) -> Result<(), Error> {
    if !own.draft {
        return Ok(());
    }
    let before = |other: &Release| forge::creation_order(&other.id) < forge::creation_order(&own.id);
    let all = forge.releases(tag).await?;
    if all.iter().any(|other| other.id != own.id && (!other.draft || before(other))) {
        forge.delete_draft(own).await?;
        return Err(Error::Taken { tag: tag.to_owned() });
    }
    Ok(())
}

/// Waits for the run that was first: until its release is published or, if it stays a draft, no longer changes.
///
/// # Errors
/// If a request fails or is refused.
pub async fn wait_for_first(forge: &Forge, tag: &str, is_draft: bool) -> Result<(), Error> {
    let mut last = None;
    for _ in 0..POLLS {
        let now = forge.release(tag).await?;
        let is_done = match &now {
            Some(release) => !release.draft || (is_draft && now == last),
            // It was deleted: nothing to wait for.
            None => true,
        };
        if is_done {
            return Ok(());
        }
        last = now;
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(())
}

/// Uploads a file. A concurrent run may upload the same one to the same draft: the first stays.
async fn attach(forge: &Forge, release: &Release, file: &Attachment) -> Result<(), forge::Error> {
    match forge.upload(release, file).await {
        Ok(()) if forge.kind().abilities().duplicate_assets => {
            for duplicate in attached(forge, release, file).await?.iter().skip(1) {
                forge.delete_asset(release, duplicate).await?;
            }
            Ok(())
        }
        Err(error) if error.is_conflict() => {
            for _ in 0..POLLS {
                if !attached(forge, release, file).await?.is_empty() {
                    return Ok(());
                }
                tokio::time::sleep(POLL_INTERVAL).await;
            }
            Err(error)
        }
        done => done,
    }
}

/// The files of a release with the name and content of this one, oldest first.
async fn attached(forge: &Forge, release: &Release, file: &Attachment) -> Result<Vec<Asset>, forge::Error> {
    let all = forge.releases(&release.tag).await?;
    let own = all.into_iter().filter(|other| other.id == release.id).flat_map(|other| other.assets);
    let is_same = |asset: &Asset| asset.name == file.name && is_same_file(file, asset) == Some(true);
    let mut same: Vec<_> = own.filter(is_same).collect();
    same.sort_by_key(|asset| forge::creation_order(&asset.id));
    Ok(same)
}

async fn perform_action(
    forge: &Forge,
    tag: &str,
    release: Option<Release>,
    action: &Action,
) -> Result<Option<Release>, forge::Error> {
    if let Action::Start { trigger, .. } = action {
        return forge.start(trigger).await.map(|()| release);
    }
    // Without a release, the first action creates it.
    let current = release.unwrap_or_default();
    let done = match action {
        Action::Start { .. } => Ok(current),
        Action::Create { fields, files } => forge.create_release(tag, fields, files).await,
        Action::Update { fields, .. } | Action::Withdraw { fields } | Action::Publish { fields, .. } => {
            forge.update_release(&current, fields).await
        }
        Action::Remove(asset) => forge.delete_asset(&current, asset).await.map(|()| current),
        Action::Attach(file) => attach(forge, &current, file).await.map(|()| current),
    };
    done.map(Some)
}
