//! Runs the actions of a plan and verifies the result.

use crate::registry::{Client, Digest, Manifest, Repository};

use super::{Action, Error, ImagePlan, Plan};

/// Runs the actions in order; `report` is called before each. Reads the moving tag again right before the record and
/// the move: registries have no conditional writes, so this is as close as a run can get to another one.
///
/// # Errors
/// If a registry operation fails, the moving tag is not where the plan saw it, or a tag points to another image
/// afterwards.
pub async fn perform(
    client: &Client,
    plan: &Plan,
    report: &dyn Fn(&ImagePlan, &Action),
) -> Result<(), Error> {
    for (image, action) in plan.steps() {
        if matches!(action, Action::Record(_) | Action::Move(_)) {
            // One image that changed makes the others wait, too.
            for image in &plan.images {
                require_unchanged(client, image).await?;
            }
        }
        report(image, action);
        let (from, to) = (&image.from.repository, &image.to.repository);
        match action {
            Action::Copy { manifest, tag } => {
                client.copy(from, to, manifest).await?;
                if let Some(tag) = tag {
                    client.put_manifest(to, tag, manifest).await?;
                }
            }
            Action::CopyReferrers { .. } => {
                let wants = |referrer: &_| plan.referrers.includes(referrer);
                client.copy_referrers(from, to, &image.manifest.digest, wants).await?;
            }
            Action::Tag(tag) | Action::Move(tag) => {
                client.put_manifest(to, tag, &image.manifest).await?;
                verify(client, to, tag, &image.manifest).await?;
            }
            Action::Record(record) => {
                client.attach(to, &image.manifest.descriptor(), &record.artifact()).await?;
            }
        }
    }
    Ok(())
}

/// Checks that the moving tag still points to what the plan saw, or already to the new image.
async fn require_unchanged(client: &Client, image: &ImagePlan) -> Result<(), Error> {
    let Some(moving) = &image.to.moving else { return Ok(()) };
    let actual = client.digest(&image.to.repository, moving).await?;
    let planned = image.deployed.as_ref().map(|deployed| deployed.digest());
    if actual.as_ref() == planned || actual.as_ref() == Some(&image.manifest.digest) {
        return Ok(());
    }
    let text = |digest: Option<&Digest>| digest.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let image = image.to.repository.image(moving);
    Err(Error::Changed { image, planned: text(planned), actual: text(actual.as_ref()) })
}

async fn verify(
    client: &Client,
    repository: &Repository,
    tag: &str,
    expected: &Manifest,
) -> Result<(), Error> {
    let actual = client.digest(repository, tag).await?;
    if actual.as_ref() == Some(&expected.digest) {
        return Ok(());
    }
    Err(Error::Differs {
        image: repository.image(tag),
        expected: expected.digest.to_string(),
        actual: actual.map_or_else(|| "nothing".to_owned(), |digest| digest.to_string()),
    })
}
