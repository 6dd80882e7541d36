//! `tidings show`: notes as they were kept, beside an image, in the repository or on the forge.

use bytes::Bytes;

use crate::{
    error::Error,
    git,
    history::{self, Versions},
    model::{Tag, Version},
    promote,
    render::{self, Format, Presentation},
    session::{self, Session, images},
    settings::{self, Registries, Rendering},
    ui::{self, Ui},
};

use super::{
    args::Access,
    context::Context,
    released::{self, Found, Whereabouts},
};

/// `tidings show`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An image, an environment of the configuration, or a version (from its tag's message or a git note, else from its
    /// release on the forge)
    #[arg(value_name = "IMAGE|VERSION")]
    pub what: String,
    /// markdown and json (as they were kept), text, html, terminal, or any other format of `tidings notes` (default: terminal
    /// on a terminal, else markdown)
    #[arg(short, long, value_name = "FORMAT", hide_possible_values = true)]
    pub format: Option<Format>,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// Where notes are kept in the repository.
pub(super) const NOTES: &str = "refs/notes/tidings";

/// Runs the command.
///
/// # Errors
/// When nothing was kept, or a server cannot be asked.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = context.registries(&[Some(&args.what)])?;
    registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    let is_image = images::is_image(&args.what) || images::environment(&registries, &args.what).is_some();
    let usual = if context.host.terminals.0 { Format::Terminal } else { Format::Markdown };
    let format = args.format.unwrap_or(usual);
    match is_image {
        true => image(&registries, args, format),
        false => version(context, &registries, args, format),
    }
}

/// Shows the notes of an image. No repository of git is needed.
fn image(registries: &Registries, args: &Args, format: Format) -> Result<(), Error> {
    let ui = &registries.ui;
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
    shown.show(ui, &registries.rendering, format, &image.to_string())
}

/// Shows the notes of a version: what its tag's message says, else the note on its commit, else its release on the forge. Where
/// there is no repository of git only the last is looked at.
fn version(context: &Context, registries: &Registries, args: &Args, format: Format) -> Result<(), Error> {
    let session = match context.session() {
        Err(Error::Git(git::Error::NotARepository { .. })) => {
            return without_clone(context, registries, args, format);
        }
        session => session?,
    };
    let line = session.line_of(Some(&args.what))?;
    let version = session.version(line, &args.what)?;
    let versions = Versions::new(&session.tags, &line.history);
    let tagged = versions.find(&version).and_then(|index| versions.get(index));
    let (ui, rendering) = (session.ui(), &session.settings.rendering);
    if let Some(entry) = tagged
        && let Some(kept) = kept_in_git(&session, &entry.tag)?
    {
        return kept.show(ui, rendering, format, &entry.tag.name);
    }
    let at =
        Whereabouts { ui, forge: &session.settings.forge, repository: &session.settings.options.repository };
    let last = versions.all.last().map(|entry| entry.tag.name.as_str());
    let tags = match tagged {
        Some(entry) => vec![entry.tag.name.clone()],
        None => tags(&line.history, &version, &args.what, last),
    };
    let reason = match released::find(&at, &version, &tags)? {
        Found::Notes { tag, markdown, json } => {
            return Kept { markdown, json }.show(ui, rendering, format, &tag);
        }
        Found::Nothing(reason) => reason,
    };
    let Some(entry) = tagged else {
        session.ui().detail(&reason);
        let highest = versions.all.iter().rev().take(3).map(|entry| entry.version.to_string()).collect();
        return Err(crate::notes::Error::NoSuchVersion { version: version.to_string(), highest }.into());
    };
    let message = format!(
        "no notes were kept with {version}: neither the message of `{}` nor a git note has any, and {reason}",
        entry.tag.name
    );
    let hint = format!("tidings notes {} makes them from the history", entry.tag.name);
    Err(Error::usage(message, Some(&hint)))
}

fn without_clone(
    context: &Context,
    registries: &Registries,
    args: &Args,
    format: Format,
) -> Result<(), Error> {
    let (mut repository, forge) = settings::project(&context.overrides, &context.host)?;
    let (ui, history) = (&registries.ui, &registries.tags);
    let version = session::version(history, &args.what)?;
    if forge.must_detect(&repository) {
        repository.forge = session::detected(ui, &forge, &repository)?;
    }
    let at = Whereabouts { ui, forge: &forge, repository: &repository };
    match released::find(&at, &version, &tags(history, &version, &args.what, None))? {
        Found::Notes { tag, markdown, json } => {
            Kept { markdown, json }.show(ui, &registries.rendering, format, &tag)
        }
        Found::Nothing(reason) => Err(Error::usage(
            format!("no notes of {version} were found: there is no git repository here, and {reason}"),
            Some(
                "run it in a clone (or with --repo), or say where the project lives: TIDINGS_REPOSITORY__URL=https://github.com/OWNER/NAME, or `url` under [repository]",
            ),
        )),
    }
}

/// The names that the tag of a version may have: as the pattern says, then as it was typed.
fn tags(history: &history::Options, version: &Version, typed: &str, like: Option<&str>) -> Vec<String> {
    let mut tags = vec![history.pattern.tag_name(version, like)];
    if !tags.iter().any(|tag| tag == typed) {
        tags.push(typed.to_owned());
    }
    tags
}

/// What the message of a tag says, else the note on its commit.
fn kept_in_git(session: &Session, tag: &Tag) -> Result<Option<Kept>, Error> {
    let message = session.repository.tag_message(tag)?;
    // A message of one line names the version and tells nothing of it.
    let message = message.filter(|text| text.lines().filter(|line| !line.trim().is_empty()).count() > 1);
    let note = session.repository.note(tag.commit, NOTES)?;
    // Any format can be made of the JSON form.
    let text = match note {
        Some(note) if render::read(note.as_bytes()).is_ok() => Some(note),
        note => message.or(note),
    };
    Ok(text.map(|text| {
        let text = Bytes::from(text);
        let is_json = render::read(&text).is_ok();
        if is_json {
            Kept { markdown: None, json: Some(text) }
        } else {
            Kept { markdown: Some(text), json: None }
        }
    }))
}

/// Notes in the forms that they were kept in.
struct Kept {
    markdown: Option<Bytes>,
    json: Option<Bytes>,
}

impl Kept {
    fn show(&self, ui: &Ui, rendering: &Rendering, format: Format, name: &str) -> Result<(), Error> {
        let as_kept = match format {
            Format::Markdown => &self.markdown,
            Format::Json => &self.json,
            _ => &None,
        };
        if let Some(text) = as_kept {
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
            render::render(&notes, &rendering.options(format), &mut out)?;
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
                    "the notes of `{name}` were not kept in a form that {} can be made of",
                    format.name()
                ),
                Some(if self.markdown.is_some() {
                    "--format markdown shows them as they are; `publish --attach-json`, `attach` and a git note in JSON keep what every format can be made of"
                } else {
                    "they may be another program's"
                }),
            )),
        }
    }
}
