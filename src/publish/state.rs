//! What a forge has of a release before anything is done.

use crate::{
    forge::{self, Abilities, Forge, Release, RemoteTag},
    model::ForgeKind,
};

/// How things stand on the forge.
#[derive(Debug, Clone)]
pub struct RemoteState {
    /// Which forge it is.
    pub forge: ForgeKind,
    /// What it can do.
    pub abilities: Abilities,
    /// The release of the tag.
    pub release: Option<Release>,
    /// The tag; not looked for where the release is published.
    pub tag: Option<RemoteTag>,
    /// The tag of the latest release.
    pub latest: Option<String>,
    /// Whether that is a higher version.
    pub latest_is_higher: bool,
}

/// Asks the forge how things stand: at most five requests, and one for each hundred releases that are searched for a draft.
/// `is_higher` says of a tag whether its version is final and higher than the wanted one.
///
/// # Errors
/// When the forge fails or refuses.
pub async fn look(
    forge: &Forge,
    tag: &str,
    is_higher: &dyn Fn(&str) -> bool,
) -> Result<RemoteState, forge::Error> {
    let release = forge.release(tag).await?;
    let is_published = release.as_ref().is_some_and(|release| !release.draft);
    let latest = forge.latest().await?;
    Ok(RemoteState {
        forge: forge.kind(),
        abilities: forge.kind().abilities(),
        tag: if is_published { None } else { forge.tag(tag).await? },
        latest_is_higher: latest.as_deref().is_some_and(is_higher),
        latest,
        release,
    })
}
