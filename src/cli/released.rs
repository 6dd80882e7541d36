//! The notes of a version as its release on the forge has them.

use bytes::Bytes;

use crate::{
    error::Error,
    forge::{Forge, Release},
    http,
    model::{Notes, RepositoryInfo, Version},
    publish, render, session,
    settings::{Asking, ForgeSettings},
    ui::Ui,
};

/// The file of a release that holds its notes in the JSON form.
pub(super) const JSON: &str = "notes.json";

/// The forge on which a project lives, and how it is asked.
pub(super) struct Whereabouts<'a> {
    pub(super) ui: &'a Ui,
    pub(super) forge: &'a ForgeSettings,
    pub(super) repository: &'a RepositoryInfo,
}

/// What was found of a version.
pub(super) enum Found {
    /// A release with notes.
    Notes {
        /// Its tag.
        tag: String,
        /// Its body, without our marks; `None` where it is empty.
        markdown: Option<Bytes>,
        /// Its file with the JSON form.
        json: Option<Bytes>,
    },
    /// Nothing, for this reason.
    Nothing(String),
}

/// Looks for the release of one of `tags`, the first that has one.
///
/// # Errors
/// When the forge cannot be reached, fails or refuses.
pub(super) fn find(at: &Whereabouts<'_>, version: &Version, tags: &[String]) -> Result<Found, Error> {
    let nothing = |reason: String| Ok(Found::Nothing(reason));
    // Nobody names a version to hear that no token is set: a public release is read without one.
    let access = match at.forge.insisting().asking(at.repository)? {
        Asking::Yes(access) => access,
        Asking::Anonymously(access, reason) => {
            at.ui.detail(&reason);
            access
        }
        Asking::Unwanted => return nothing("the forge was not to be asked".to_owned()),
        Asking::No(reason) | Asking::Stranger(reason) => return nothing(reason),
    };
    let kind = access.kind;
    if !kind.abilities().releases {
        return nothing(format!("{} has no releases", kind.title()));
    }
    // Answers that were kept tell how things stood, not how they stand.
    let fresh = http::Options { cache: None, ..at.forge.http.clone() };
    session::wait(at.ui, fresh, async |client| {
        let forge = Forge::new(client, access)?;
        for tag in tags {
            let Some(release) = forge.release(tag).await? else { continue };
            if release.draft {
                at.ui.warn(&format!("the release {tag} is a draft still"));
            }
            let json = json(at.ui, &forge, &release, version).await;
            let body = publish::unmarked(&release.body);
            let markdown = (!body.is_empty()).then(|| Bytes::from(body));
            if markdown.is_none() && json.is_none() {
                return nothing(format!("the release {tag} on {} says nothing", kind.title()));
            }
            return Ok(Found::Notes { tag: tag.clone(), markdown, json });
        }
        nothing(format!("{} has no release {}", kind.title(), tags.join(" or ")))
    })
}

/// The JSON form, where the release has it: anybody may attach a file of that name.
async fn json(ui: &Ui, forge: &Forge, release: &Release, version: &Version) -> Option<Bytes> {
    let asset = release.assets.iter().find(|asset| asset.name == JSON)?;
    let problem = match forge.download(asset).await {
        Ok(content) => match render::read(&content) {
            Ok(notes) if is_about(&notes, version) => return Some(content),
            Ok(_) => format!("it is not about {version}"),
            Err(error) => error.to_string(),
        },
        // The body is there all the same.
        Err(error) => error.to_string(),
    };
    ui.warn(&format!("the file {JSON} of the release {} is passed over: {problem}", release.tag));
    None
}

fn is_about(notes: &Notes, version: &Version) -> bool {
    let own = notes.releases.first().and_then(|release| release.version.as_ref());
    own.is_some_and(|own| own.to_string() == version.to_string())
}
