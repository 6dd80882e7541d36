//! Runs the actions of a plan and verifies the result.

use crate::registry::{Client, Manifest, Repository};

use super::{Action, Error, Plan};

/// Runs the actions in order; `report` is called before each.
///
/// # Errors
/// If a registry operation fails, or a tag points to another image afterwards.
pub async fn perform(client: &Client, plan: &Plan, report: &dyn Fn(&Action)) -> Result<(), Error> {
    let (from, to) = (&plan.from.repository, &plan.to.repository);
    for action in &plan.actions {
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
