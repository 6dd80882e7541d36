//! Runs the actions of a plan and verifies the result.

use crate::registry::{Client, Digest, Manifest, Repository};

use super::{Action, Error, Plan};

/// Runs the actions in order; `report` is called before each. Reads the moving tag again right before the record and
/// the move: registries have no conditional writes, so this is as close as a run can get to another one.
///
/// # Errors
/// If a registry operation fails, the moving tag is not where the plan saw it, or a tag points to another image
/// afterwards.
pub async fn perform(client: &Client, plan: &Plan, report: &dyn Fn(&Action)) -> Result<(), Error> {
    let (from, to) = (&plan.from.repository, &plan.to.repository);
    for action in &plan.actions {
        if matches!(action, Action::Record(_) | Action::Move(_)) {
            require_unchanged(client, plan).await?;
        }
        report(action);
        match action {
            Action::Copy { manifest, tag } => {
                client.copy(from, to, manifest).await?;
                if let Some(tag) = tag {
                    client.put_manifest(to, tag, manifest).await?;
                }
            }
            Action::CopyReferrers { .. } => {
                let wants = |referrer: &_| plan.referrers.includes(referrer);
                client.copy_referrers(from, to, &plan.manifest.digest, wants).await?;
            }
            Action::Tag(tag) | Action::Move(tag) => {
                client.put_manifest(to, tag, &plan.manifest).await?;
                verify(client, to, tag, &plan.manifest).await?;
            }
            Action::Record(record) => {
                let target = to.image(record.to.tags.last().map_or("", String::as_str));
                client.attach(to, &plan.manifest.descriptor(), &record.artifact(&target)?).await?;
            }
        }
    }
    Ok(())
}

/// Checks that the moving tag still points to what the plan saw, or already to the new image.
async fn require_unchanged(client: &Client, plan: &Plan) -> Result<(), Error> {
    let Some(moving) = &plan.to.moving else { return Ok(()) };
    let actual = client.digest(&plan.to.repository, moving).await?;
    let planned = plan.deployed.as_ref().map(|deployed| deployed.digest());
    if actual.as_ref() == planned || actual.as_ref() == Some(&plan.manifest.digest) {
        return Ok(());
    }
    let text = |digest: Option<&Digest>| digest.map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let image = plan.to.repository.image(moving);
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
