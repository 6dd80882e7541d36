//! Reads the notes of a version from its release on the forge.

use bytes::Bytes;

use crate::{
    error::Error,
    forge::{Forge, Release},
    http,
    model::{Notes, RepositoryInfo, Version},
    publish, render, session,
    settings::{ForgeAccess, ForgeSettings},
    ui::Ui,
};

/// The release asset with the notes in the JSON form.
pub(super) const JSON: &str = "notes.json";

/// The project's forge, and the settings to query it with.
pub(super) struct ForgeSource<'a> {
    pub(super) ui: &'a Ui,
    pub(super) forge: &'a ForgeSettings,
    pub(super) repository: &'a RepositoryInfo,
}

/// The result of the search for a version's release.
pub(super) enum ReleasedNotes {
    /// A release with notes.
    Present {
        /// Its tag.
        tag: String,
        /// Its body, without the markers of `tidings publish`; `None` if it is empty.
        markdown: Option<Bytes>,
        /// Its asset with the JSON form.
        json: Option<Bytes>,
    },
    /// There are no notes, for this reason.
    Absent(String),
}

/// Finds the release of the first of `tags` that has one.
///
/// # Errors
/// If the forge cannot be reached, fails or denies access.
pub(super) fn find(at: &ForgeSource<'_>, version: &Version, tags: &[String]) -> Result<ReleasedNotes, Error> {
    let absent = |reason: String| Ok(ReleasedNotes::Absent(reason));
    // A public release needs no token, so a missing one is no reason to fail.
    let access = match at.forge.forced().access(at.repository)? {
        ForgeAccess::Allowed(access) => access,
        ForgeAccess::Anonymous(access, reason) => {
            at.ui.detail(&reason);
            access
        }
        ForgeAccess::Disabled => return absent("requests to the forge are disabled".to_owned()),
        ForgeAccess::Unavailable(reason) | ForgeAccess::TokenWithheld(reason) => return absent(reason),
    };
    let kind = access.kind;
    if !kind.abilities().releases {
        return absent(format!("{} does not support releases", kind.title()));
    }
    // Cached responses may be out of date.
    let fresh = http::Options { cache: None, ..at.forge.http.clone() };
    session::with_client(at.ui, fresh, async |client| {
        let forge = Forge::new(client, access)?;
        for tag in tags {
            let Some(release) = forge.release(tag).await? else { continue };
            if release.draft {
                at.ui.warn(&format!("the release {tag} is still a draft"));
            }
            let json = json(at.ui, &forge, &release, version).await;
            let body = publish::without_markers(&release.body);
            let markdown = (!body.is_empty()).then(|| Bytes::from(body));
            if markdown.is_none() && json.is_none() {
                return absent(format!("the release {tag} on {} is empty", kind.title()));
            }
            return Ok(ReleasedNotes::Present { tag: tag.clone(), markdown, json });
        }
        absent(format!("{} has no release {}", kind.title(), tags.join(" or ")))
    })
}

/// The JSON form, if the release has it. A file of that name may be anything, so the version in it is checked.
async fn json(ui: &Ui, forge: &Forge, release: &Release, version: &Version) -> Option<Bytes> {
    let asset = release.assets.iter().find(|asset| asset.name == JSON)?;
    let problem = match forge.download(asset).await {
        Ok(content) => match render::read(&content) {
            Ok(notes) if is_about(&notes, version) => return Some(content),
            Ok(_) => format!("it does not contain the notes of {version}"),
            Err(error) => error.to_string(),
        },
        // The body is still available.
        Err(error) => error.to_string(),
    };
    ui.warn(&format!("ignored the file {JSON} of the release {}: {problem}", release.tag));
    None
}

fn is_about(notes: &Notes, version: &Version) -> bool {
    let own = notes.releases.first().and_then(|release| release.version.as_ref());
    own.is_some_and(|own| own.to_string() == version.to_string())
}
