//! `tidings show`: shows stored notes: attached to an image, in the repository or on the forge.

use bytes::Bytes;

use crate::{
    error::Error,
    git, history,
    model::{NotesPurpose, Tag, Version, plural},
    promote,
    render::{self, Format, Presentation},
    session::{self, Session, images},
    settings::{self, Registries, Rendering},
    ui::{self, Ui},
};

use super::{
    args::{Access, Level},
    context::Context,
    released::{self, ForgeSource, ReleasedNotes},
};

/// `tidings show`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Show the notes of an image, an environment or a version (from its tag message or git note, else its release on
    /// the forge)
    #[arg(value_name = "IMAGE|VERSION")]
    pub what: String,
    /// Print markdown or json as stored, or render text, html, terminal or another format of `tidings notes` [default:
    /// terminal on a terminal, else markdown]
    #[arg(short, long, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<Format>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}

/// The ref of the git notes that hold the notes of versions.
pub(super) const NOTES: &str = "refs/notes/tidings";

/// Runs the command.
///
/// # Errors
/// If no notes are stored, or a server fails.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = context.registries(&[Some(&args.what)])?;
    registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    let is_image = images::is_image(&args.what) || images::environment(&registries, &args.what).is_some();
    let usual = if context.process.terminals.0 { Format::Terminal } else { Format::Markdown };
    let format = args.format.unwrap_or(usual);
    match is_image {
        true => image(&registries, args, format),
        false => version(context, &registries, args, format),
    }
}

/// Shows the notes of an image. Needs no git repository.
fn image(registries: &Registries, args: &Args, format: Format) -> Result<(), Error> {
    let ui = &registries.ui;
    let all = images::references(registries, &args.what)?;
    let mut found = None;
    for image in &all {
        let notes = images::run(async {
            let manifest = images::manifest(registries, image).await?;
            Ok::<_, Error>(
                promote::find_notes(&registries.client, &image.repository, &manifest.digest).await?,
            )
        });
        match notes {
            Err(Error::Promote(error)) if matches!(*error, promote::Error::NoNotes { .. }) => {}
            notes => {
                found = Some((image, notes?));
                break;
            }
        }
    }
    let Some((image, found)) = found else {
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        return Err(promote::Error::NoNotes { image: names.join(", ") }.into());
    };
    if found.others > 0 {
        ui.warn(&format!(
            "{image} has {}, attached at the same time; to replace them: tidings attach",
            plural(found.others, "other set of notes", "other sets of notes")
        ));
    }
    let stored = StoredNotes { markdown: found.markdown, json: found.json };
    stored.show(ui, &registries.rendering, format, &image.to_string())
}

/// Shows the notes of a version: those in its tag message, else in the git note on its commit, else in its release on
/// the forge. Without a git repository, only those of the release.
fn version(context: &Context, registries: &Registries, args: &Args, format: Format) -> Result<(), Error> {
    let session = match context.session() {
        Err(Error::Git(git::Error::NotARepository { .. })) => {
            return without_clone(context, registries, args, format);
        }
        session => session?,
    };
    let line = session.line_of(Some(&args.what))?;
    let version = session.version(line, &args.what)?;
    let versions = session.versions(line);
    let tagged = versions.find(&version).and_then(|index| versions.get(index));
    let (ui, rendering) = (session.ui(), &session.settings.rendering);
    if let Some(entry) = tagged
        && let Some(stored) = stored_in_git(&session, &entry.tag)?
    {
        return stored.show(ui, rendering, format, &entry.tag.name);
    }
    let at =
        ForgeSource { ui, forge: &session.settings.forge, repository: &session.settings.options.repository };
    let last = versions.all.last().map(|entry| entry.tag.name.as_str());
    let tags = match tagged {
        Some(entry) => vec![entry.tag.name.clone()],
        None => tags(&line.history, &version, &args.what, last),
    };
    let reason = match released::find(&at, &version, &tags)? {
        ReleasedNotes::Present { tag, markdown, json } => {
            return StoredNotes { markdown, json }.show(ui, rendering, format, &tag);
        }
        ReleasedNotes::Absent(reason) => reason,
    };
    let Some(entry) = tagged else {
        session.ui().detail(&reason);
        let highest = versions.all.iter().rev().take(3).map(|entry| entry.version.to_string()).collect();
        return Err(crate::notes::Error::NoSuchVersion { version: version.to_string(), highest }.into());
    };
    let message = format!(
        "no notes are stored for {version}: neither the message of tag `{}` nor a git note has any, and {reason}",
        entry.tag.name
    );
    let hint = format!("to generate them from history: tidings notes {}", entry.tag.name);
    Err(Error::usage(message, Some(&hint)))
}

fn without_clone(
    context: &Context,
    registries: &Registries,
    args: &Args,
    format: Format,
) -> Result<(), Error> {
    let (mut repository, forge) = settings::project(&context.overrides, &context.process)?;
    let (ui, history) = (&registries.ui, &registries.tags);
    let version = session::version(history, &args.what)?;
    if forge.needs_detection(&repository) {
        repository.forge = session::detect_forge(ui, &forge, &repository)?;
    }
    let at = ForgeSource { ui, forge: &forge, repository: &repository };
    match released::find(&at, &version, &tags(history, &version, &args.what, None))? {
        ReleasedNotes::Present { tag, markdown, json } => {
            StoredNotes { markdown, json }.show(ui, &registries.rendering, format, &tag)
        }
        ReleasedNotes::Absent(reason) => Err(Error::usage(
            format!("no notes found for {version}: there is no git repository here, and {reason}"),
            Some(
                "run the command in a clone (or with --repo), or set the URL of the project: TIDINGS_REPOSITORY__URL=https://github.com/OWNER/NAME, or `url` under [repository]",
            ),
        )),
    }
}

/// The names that the tag of a version may have: by the tag pattern, then as typed.
fn tags(history: &history::Options, version: &Version, typed: &str, like: Option<&str>) -> Vec<String> {
    let mut tags = vec![history.pattern.tag_name(version, like)];
    if !tags.iter().any(|tag| tag == typed) {
        tags.push(typed.to_owned());
    }
    tags
}

/// The notes in the message of a tag or in the git note on its commit. A note in the JSON form wins: every format can
/// be rendered from it.
fn stored_in_git(session: &Session, tag: &Tag) -> Result<Option<StoredNotes>, Error> {
    let message = session.repository.tag_message(tag)?;
    // A message of one line only names the version.
    let message = message.filter(|text| text.lines().filter(|line| !line.trim().is_empty()).count() > 1);
    let note = session.repository.note(tag.commit, NOTES)?;
    let text = match note {
        Some(note) if render::read(note.as_bytes()).is_ok() => Some(note),
        note => message.or(note),
    };
    Ok(text.map(|text| {
        let text = Bytes::from(text);
        let is_json = render::read(&text).is_ok();
        if is_json {
            StoredNotes { markdown: None, json: Some(text) }
        } else {
            StoredNotes { markdown: Some(text), json: None }
        }
    }))
}

/// Stored notes, in the forms that are stored.
struct StoredNotes {
    markdown: Option<Bytes>,
    json: Option<Bytes>,
}

impl StoredNotes {
    fn show(&self, ui: &Ui, rendering: &Rendering, format: Format, name: &str) -> Result<(), Error> {
        let as_stored = match format {
            Format::Markdown => &self.markdown,
            Format::Json => &self.json,
            _ => &None,
        };
        if let Some(text) = as_stored {
            let text = String::from_utf8_lossy(text);
            let shown = match format {
                Format::Json => ui.print(ui::json(&text).as_bytes()),
                _ => ui.show(&text),
            };
            return Ok(shown?);
        }
        if let Some(json) = &self.json {
            let notes = render::read(json)?;
            let mut out = Vec::new();
            render::render(&notes, &rendering.options_for(NotesPurpose::Compare, format), &mut out)?;
            let text = String::from_utf8_lossy(&out);
            let shown = match format.presentation() {
                Presentation::Styled => ui.page(&text),
                Presentation::Cleaned => ui.show(&text),
                Presentation::Exact if format == Format::Markdown => ui.show(&text),
                Presentation::Exact => ui.print(&out),
            };
            return Ok(shown?);
        }
        match (&self.markdown, format.presentation()) {
            (Some(text), Presentation::Styled | Presentation::Cleaned) => {
                Ok(ui.page(&ui::clean(&String::from_utf8_lossy(text)))?)
            }
            _ => Err(Error::usage(
                format!(
                    "cannot show the notes of `{name}` as {}: they are not stored as JSON",
                    format.name()
                ),
                Some(if self.markdown.is_some() {
                    "use --format markdown; to store JSON too: tidings publish --attach-json, tidings attach or tidings tag --note"
                } else {
                    "another program may have attached them; to attach notes: tidings attach"
                }),
            )),
        }
    }
}
