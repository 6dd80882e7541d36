//! Doing what a plan says, and looking whether it came out so.

use crate::registry::{Client, Manifest, Repository};

use super::{Action, Error, Plan};

/// Does the actions in their order; `tell` hears of each before it is done.
///
/// # Errors
/// When a registry fails, or what stands there at the end is another image.
pub async fn perform(client: &Client, plan: &Plan, tell: &dyn Fn(&Action)) -> Result<(), Error> {
    let (from, to) = (&plan.from.repository, &plan.to.repository);
    for action in &plan.actions {
        tell(action);
        match action {
            Action::Copy { manifest, tag } => {
                client.copy(from, to, manifest).await?;
                if let Some(tag) = tag {
                    client.put_manifest(to, tag, manifest).await?;
                }
            }
            Action::Carry { .. } => {
                let wants = |referrer: &_| plan.carried.wants(referrer);
                client.copy_referrers(from, to, &plan.manifest.digest, wants).await?;
            }
            Action::Tag(tag) | Action::Move(tag) => {
                client.put_manifest(to, tag, &plan.manifest).await?;
                verify(client, to, tag, &plan.manifest).await?;
            }
            Action::Record(record) => {
                let way = to.image(record.to.tags.last().map_or("", String::as_str));
                client.attach(to, &plan.manifest.descriptor(), &record.artifact(&way)?).await?;
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
    let found = client.digest(repository, tag).await?;
    if found.as_ref() == Some(&expected.digest) {
        return Ok(());
    }
    Err(Error::Differs {
        image: repository.image(tag),
        expected: expected.digest.to_string(),
        found: found.map_or_else(|| "nothing".to_owned(), |digest| digest.to_string()),
    })
}
