//! Reads the body of the release from the changelog or another file, as people have edited it.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{
    changelog::{self, BodyError, Markup},
    error::Error,
    files::Document,
    model::{Notes, Release, Version},
    notes::Line,
    session::Session,
    settings::BodySource,
};

use super::{args::Args, desired::expand};

/// The configuration key of a file with the body.
const KEY: &str = "publish.body_from";
/// The largest text that stdin may have, in bytes: as a changelog.
const STDIN_BYTES: u64 = 16 << 20;

/// The body from `--body-from`, else from `body_from` of the configuration; `None` if the body is rendered.
///
/// # Errors
/// If the file cannot be read, or has no text for the version.
pub(super) fn body_from(
    session: &Session,
    args: &Args,
    line: &Line,
    notes: &Notes,
) -> Result<Option<String>, Error> {
    let own = args.body_from.as_deref().map(BodySource::of_user);
    let configured = || session.settings.publish.body_from.clone().filter(|_| args.template.is_none());
    // A rollback keeps the body of the older release.
    let is_unused = args.rollback_to.is_some() || args.announce_only;
    let Some(source) = own.or_else(configured).filter(|_| !is_unused) else { return Ok(None) };
    let release = notes.releases.first();
    let Some((release, version)) = release.and_then(|it| Some((it, it.version.as_ref()?))) else {
        return Ok(None);
    };
    let file = read(session, line, &source, release)?;
    let body = find(&file, &source, line, version);
    let typed = session.version_name(line, version);
    let refused = |error: BodyError| {
        let message = format!("cannot take the body from {}: {error}", file.name);
        Error::Refused { message, hint: Some(error.hint(&typed)) }
    };
    body.map_err(refused).map(Some)
}

/// A file with the body.
struct File {
    /// Its path for messages.
    name: String,
    text: String,
}

/// The text of the version in the file. Only a file that the user names, not the changelog, may have no sections.
fn find(file: &File, source: &BodySource, line: &Line, version: &Version) -> Result<String, BodyError> {
    let options = changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
    match changelog::release_body(&file.text, version, line.package.as_deref(), &options) {
        Err(BodyError::NoSections) if *source != BodySource::Changelog => changelog::whole_body(&file.text),
        found => found,
    }
}

/// Reads the file, and refuses a markup in which no sections are found.
fn read(session: &Session, line: &Line, source: &BodySource, release: &Release) -> Result<File, Error> {
    let files = &session.settings.files;
    let path = |path: &Path| -> Result<PathBuf, Error> {
        let tag = release.tag.as_deref().unwrap_or_default();
        Ok(expand("path", &path.to_string_lossy(), release, tag)?.into())
    };
    let missing = |path: &Path| {
        let hint =
            "name another file, or omit --body-from (`body_from` under [publish]) to generate the body";
        let message = format!("there is no file {}", session.display_path(path));
        Error::Refused { message, hint: Some(hint.to_owned()) }
    };
    let (path, bytes) = match source {
        BodySource::Changelog => {
            session.refuse_shared_changelogs(std::slice::from_ref(line), None)?;
            let text = session.changelog_text(line)?.ok_or_else(|| missing(&line.changelog))?;
            (line.changelog.clone(), text.into_bytes())
        }
        BodySource::Project(form) => {
            let path = path(form)?;
            let found = files.find_document(Some(KEY), &path, Document::Changelog)?;
            (path.clone(), found.ok_or_else(|| missing(&path))?)
        }
        BodySource::User(form) if form.as_os_str() == "-" => (PathBuf::from("stdin"), stdin()?),
        BodySource::User(form) => {
            let path = path(form)?;
            let bytes = files.read_user_document(&path)?;
            (path, bytes)
        }
    };
    let text = changelog::text(&path, bytes)?;
    let name = session.display_path(&path);
    match changelog::markup(&path, &text) {
        None | Some(Markup::PlainText) => Ok(File { name, text }),
        Some(markup) => Err(Error::Refused {
            message: format!("cannot take the body from {name}: it is {}", markup.title()),
            hint: Some("name a Markdown file with the text of the version: --body-from FILE".to_owned()),
        }),
    }
}

fn stdin() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    io::stdin().take(STDIN_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
