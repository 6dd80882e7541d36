//! Reads the current state of a release from the forge.

use crate::{
    forge::{self, Abilities, Forge, Release, RemoteTag},
    model::ForgeKind,
};

/// The current state on the forge.
#[derive(Debug, Clone)]
pub struct RemoteState {
    /// The forge's name.
    pub forge: &'static str,
    /// What it supports.
    pub abilities: Abilities,
    /// The release of the tag; `None` if there is none.
    pub release: Option<Release>,
    /// The tag; `None` if there is none, or the release is already published.
    pub tag: Option<RemoteTag>,
    /// The tag of the latest release.
    pub latest: Option<String>,
    /// Whether that is a higher version than the one to publish.
    pub latest_is_higher: bool,
    /// Whether the release becomes immutable when it is published; false if the forge does not say, or if it is not
    /// to be published.
    pub makes_immutable: bool,
}

impl RemoteState {
    /// The state for a plan without a request, of a forge that may not be known: there is no release.
    #[must_use]
    pub fn unread(kind: Option<ForgeKind>, has_tag: bool) -> Self {
        Self {
            forge: kind.map_or("the forge", ForgeKind::title),
            abilities: kind.map_or(Abilities::UNKNOWN, ForgeKind::abilities),
            release: None,
            tag: has_tag.then_some(RemoteTag { object: None }),
            latest: None,
            latest_is_higher: false,
            makes_immutable: false,
        }
    }
}

/// Reads the state of a tag's release: at most six requests, and one per hundred releases that are searched for a
/// draft. `is_higher` returns whether a tag's version is final and higher than the one to publish. `republishes` is
/// whether a published release is to be published again.
///
/// # Errors
/// If a request fails or is refused.
pub async fn fetch_state(
    forge: &Forge,
    tag: &str,
    is_higher: &dyn Fn(&str) -> bool,
    republishes: bool,
) -> Result<RemoteState, forge::Error> {
    let release = forge.release(tag).await?;
    let is_published = release.as_ref().is_some_and(|release| !release.draft);
    let is_immutable = release.as_ref().is_some_and(|release| release.immutable);
    let latest = forge.latest().await?;
    Ok(RemoteState {
        forge: forge.kind().title(),
        abilities: forge.kind().abilities(),
        tag: if is_published { None } else { forge.tag(tag).await? },
        latest_is_higher: latest.as_deref().is_some_and(is_higher),
        makes_immutable: (!is_published || (republishes && !is_immutable)) && forge.makes_immutable().await?,
        latest,
        release,
    })
}
