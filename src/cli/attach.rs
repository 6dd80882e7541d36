//! `tidings attach`: attaches the notes of a version to its image.

use crate::{
    error::Error,
    model::{Notes, NotesPurpose, ObjectId},
    notes::{Line, Selector},
    promote::{NotesFiles, artifact, labels, newest_first, version_at},
    registry::{Manifest, Reference},
    render::{self, Format},
    session::{Session, images},
    settings::Registries,
};

use super::args::{Access, Level};

/// `tidings attach`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Attach to this image (registry.example.com/team/app:v1.3.0), or the image of this environment
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// Attach the notes of this version [default: the version in the image's version tags or labels]
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Show what would be attached, without attaching it
    #[arg(long)]
    pub dry_run: bool,
    /// Write headings in this language
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
    /// Access to registries.
    #[command(flatten)]
    pub access: Access,
}

/// Runs the command.
///
/// # Errors
/// If the version of the image is unknown, or the repository or the registry fails.
pub(super) fn run(session: &Session, registries: &Registries, args: &Args) -> Result<(), Error> {
    let image = images::reference(registries, &args.image)?;
    let manifest = images::run(images::manifest(registries, &image))?;
    let line = session.line_of(args.version.as_deref())?;
    let selector = selector(session, registries, line, (&image, &manifest), args.version.as_deref())?;
    let notes = session.notes(line, &selector)?;
    let today = session.settings.options.today;
    let artifact = artifact(&notes, texts(session, &notes)?, today);
    artifact.layers.iter().for_each(|layer| session.ui().warn_of_secrets(&layer.bytes));
    let named = notes.releases.first().map_or_else(String::new, |release| {
        release.version.as_ref().map_or_else(|| release.commit.short(), ToString::to_string)
    });
    let target = image.repository.image(manifest.digest.as_str());
    if args.dry_run {
        let sizes: Vec<String> = artifact
            .layers
            .iter()
            .map(|layer| format!("  {} ({}, {} bytes)\n", layer.title, layer.media_type, layer.bytes.len()))
            .collect();
        let text = format!("attach the notes of {named} to {target}\n{}", sizes.concat());
        return Ok(session.ui().report(&text)?);
    }
    let client = &registries.client;
    let attached = images::run(client.attach(&image.repository, &manifest.descriptor(), &artifact))?;
    session.ui().info(&match (attached.is_unchanged, attached.replaced) {
        (true, _) => format!("the notes of {named} are already attached to {target}"),
        (false, 0) => format!("attached the notes of {named} to {target}"),
        (false, _) => format!("attached the notes of {named} to {target}, replacing older ones"),
    });
    let name = image.repository.image(attached.digest.as_str());
    Ok(session.ui().report(&format!("{name}\n"))?)
}

/// The version of the image: the one that was named, else the newest whose tag points to it, else the one in its
/// labels.
fn selector(
    session: &Session,
    registries: &Registries,
    line: &Line,
    (image, manifest): (&Reference, &Manifest),
    version: Option<&str>,
) -> Result<Selector, Error> {
    if let Some(text) = version {
        return session.named(line, text);
    }
    let (client, repository) = (&registries.client, &image.repository);
    let found = images::run(async {
        let tags = newest_first(&client.tags(repository).await?, &registries.tags);
        version_at(client, repository, &manifest.digest, &tags).await
    })?;
    if let Some(tag) = found {
        return Ok(tagged(session, session.named(line, &tag.version.to_string())?));
    }
    let labels = images::run(labels(client, repository, manifest))?;
    if let Some(selector) = labels.version.and_then(|text| session.named(line, &text).ok()) {
        return Ok(tagged(session, selector));
    }
    if let Some(revision) = labels.revision.filter(|text| text.parse::<ObjectId>().is_ok()) {
        return Ok(Selector::Target(revision));
    }
    Err(Error::usage(
        format!(
            "cannot determine the version of `{image}`: no version tag points to it, and its labels contain none"
        ),
        Some("name the version: tidings attach IMAGE VERSION"),
    ))
}

/// Warns if a version that only the image names has no git tag: its notes are then those of HEAD.
fn tagged(session: &Session, selector: Selector) -> Selector {
    if let Selector::Unreleased(Some(version)) = &selector {
        session.ui().warn(&format!("no git tag for {version}; using the notes of HEAD"));
    }
    selector
}

fn texts(session: &Session, notes: &Notes) -> Result<NotesFiles, Error> {
    let rendering = &session.settings.rendering;
    let text = |format: Format| -> Result<Vec<u8>, Error> {
        let mut options = rendering.options_for(NotesPurpose::Compare, format);
        if format == Format::Markdown {
            options.template.clone_from(&rendering.template);
        }
        let mut out = Vec::new();
        render::render(notes, &options, &mut out)?;
        Ok(out)
    };
    Ok(NotesFiles { markdown: text(Format::Markdown)?.into(), json: text(Format::Json)?.into() })
}
