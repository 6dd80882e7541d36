//! `tidings show`: notes as they were kept, beside an image or in the repository.

use std::borrow::Cow;

use bytes::Bytes;

use crate::{
    error::Error,
    history::Versions,
    promote,
    render::{self, Format},
    settings::{Host, Registries, Rendering},
    ui::Ui,
};

use super::{args, images, session::Session};

/// Where notes are kept in the repository.
pub(super) const NOTES: &str = "refs/notes/tidings";

/// Shows the notes of an image. No repository of git is needed.
///
/// # Errors
/// When the image has none, or the registry cannot be asked.
pub(super) fn image(registries: &Registries, host: &Host, args: &args::Show) -> Result<(), Error> {
    let ui = &registries.ui;
    let format = format(host, args)?;
    let image = images::reference(registries, &args.what)?;
    let found = images::run(async {
        let manifest = images::manifest(registries, &image).await?;
        Ok::<_, Error>(promote::find(&registries.client, &image.repository, &manifest.digest).await?)
    });
    let found = match found {
        Err(Error::Promote(error)) if matches!(*error, promote::Error::NoNotes { .. }) => {
            return Err(promote::Error::NoNotes { image: image.to_string() }.into());
        }
        found => found?,
    };
    if found.others > 0 {
        ui.warn(&format!(
            "{image} has {} other notes, attached at the same time; tidings attach puts that right",
            found.others
        ));
    }
    let shown = Kept { markdown: found.markdown, json: found.json };
    shown.show(ui, host, &registries.rendering, format, &image.to_string())
}

/// Shows the notes of a version: what its tag's message says, else the note on its commit.
///
/// # Errors
/// When the version is not tagged, or nothing was kept.
pub(super) fn version(session: &Session, host: &Host, args: &args::Show) -> Result<(), Error> {
    let format = format(host, args)?;
    let line = session.line_of(Some(&args.what))?;
    let version = session.version(line, &args.what)?;
    let versions = Versions::new(&session.tags, &line.history);
    let tagged = versions.find(&version).and_then(|index| versions.get(index));
    let Some(entry) = tagged else {
        let highest = versions.all.iter().rev().take(3).map(|entry| entry.version.to_string()).collect();
        return Err(crate::select::Error::NoSuchVersion { version: version.to_string(), highest }.into());
    };
    let message = session.repository.tag_message(&entry.tag)?;
    // A message of one line names the version and tells nothing of it.
    let message = message.filter(|text| text.lines().filter(|line| !line.trim().is_empty()).count() > 1);
    let note = session.repository.note(entry.tag.commit, NOTES)?;
    // Any format can be made of the JSON form.
    let text = match note {
        Some(note) if render::read(note.as_bytes()).is_ok() => Some(note),
        note => message.or(note),
    };
    let Some(text) = text else {
        let message = format!(
            "no notes were kept with {version}: neither the message of `{}` nor a git note has any",
            entry.tag.name
        );
        let hint = format!("tidings notes {} makes them from the history", entry.tag.name);
        return Err(Error::usage(message, Some(&hint)));
    };
    let text = Bytes::from(text);
    let is_json = render::read(&text).is_ok();
    let kept = if is_json {
        Kept { markdown: None, json: Some(text) }
    } else {
        Kept { markdown: Some(text), json: None }
    };
    kept.show(session.ui(), host, &session.settings.rendering, format, &entry.tag.name)
}

/// Notes in the forms that they were kept in.
struct Kept {
    markdown: Option<Bytes>,
    json: Option<Bytes>,
}

impl Kept {
    fn show(
        &self,
        ui: &Ui,
        host: &Host,
        rendering: &Rendering,
        format: Format,
        name: &str,
    ) -> Result<(), Error> {
        let as_kept = match format {
            Format::Markdown => &self.markdown,
            Format::Json => &self.json,
            _ => &None,
        };
        if let Some(text) = as_kept {
            return Ok(ui.print(&tame(text, host.terminals.0))?);
        }
        if let Some(json) = &self.json {
            let notes = render::read(json)?;
            let mut out = Vec::new();
            render::render(&notes, &rendering.options(format), &mut out)?;
            let shown = if format == Format::Terminal {
                ui.page(&String::from_utf8_lossy(&out))
            } else {
                ui.print(&out)
            };
            return Ok(shown?);
        }
        match (&self.markdown, format) {
            (Some(text), Format::Terminal | Format::Text) => {
                Ok(ui.page(&String::from_utf8_lossy(&tame(text, host.terminals.0)))?)
            }
            _ => Err(Error::usage(
                format!(
                    "the notes of `{name}` were not kept in a form that {} can be made of",
                    format.name()
                ),
                Some(if self.markdown.is_some() {
                    "--format markdown shows them as they are"
                } else {
                    "they may be another program's"
                }),
            )),
        }
    }
}

/// For a terminal, without what could drive it: the text may be anybody's. Elsewhere as it is.
fn tame(text: &[u8], is_terminal: bool) -> Cow<'_, [u8]> {
    if !is_terminal {
        return Cow::Borrowed(text);
    }
    let text = String::from_utf8_lossy(text);
    let shown = |c: char| matches!(c, '\n' | '\t') || !c.is_control();
    Cow::Owned(text.chars().filter(|c| shown(*c)).collect::<String>().into_bytes())
}

fn format(host: &Host, args: &args::Show) -> Result<Format, Error> {
    Ok(match &args.format {
        Some(name) => Format::parse(name)?,
        None if host.terminals.0 => Format::Terminal,
        None => Format::Markdown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pitfall_22_a_terminal_is_not_driven_by_what_was_kept() {
        let text = "# a\n\u{1b}[2J\tb\u{9b}1m\r\n";
        assert_eq!(&*tame(text.as_bytes(), true), "# a\n[2J\tb1m\n".as_bytes());
        assert_eq!(&*tame(text.as_bytes(), false), text.as_bytes());
    }
}
