//! `tidings attach`: the notes of a version beside its image.

use crate::{
    error::Error,
    model::{Notes, ObjectId},
    notes::{Line, Wanted},
    promote::{Texts, artifact, labels, newest_first, version_at},
    registry::{Manifest, Reference},
    render::{self, Format},
    session::{Session, images},
    settings::Registries,
};

use super::args::Access;

/// `tidings attach`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The image: registry.example.com/team/app:v1.3.0, or an environment of the configuration
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// The version whose notes it gets (default: what its version tags or labels say)
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// The language of headings
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// Runs the command.
///
/// # Errors
/// When the image's version cannot be told, the repository cannot answer, or the registry cannot be told.
pub(super) fn run(session: &Session, registries: &Registries, args: &Args) -> Result<(), Error> {
    let image = images::reference(registries, &args.image)?;
    let manifest = images::run(images::manifest(registries, &image))?;
    let line = session.line_of(args.version.as_deref())?;
    let wanted = wanted(session, registries, line, (&image, &manifest), args.version.as_deref())?;
    let notes = session.notes(line, &wanted)?;
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
    session.ui().tell(&match (attached.is_unchanged, attached.replaced) {
        (true, _) => format!("the notes of {named} are attached to {target} already"),
        (false, 0) => format!("attached the notes of {named} to {target}"),
        (false, _) => format!("attached the notes of {named} to {target}, in place of older ones"),
    });
    let name = image.repository.image(attached.digest.as_str());
    Ok(session.ui().report(&format!("{name}\n"))?)
}

/// What the image is: the version that was named, else the newest whose tag stands on it, else what its labels say.
fn wanted(
    session: &Session,
    registries: &Registries,
    line: &Line,
    (image, manifest): (&Reference, &Manifest),
    version: Option<&str>,
) -> Result<Wanted, Error> {
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
    if let Some(wanted) = labels.version.and_then(|text| session.named(line, &text).ok()) {
        return Ok(tagged(session, wanted));
    }
    if let Some(revision) = labels.revision.filter(|text| text.parse::<ObjectId>().is_ok()) {
        return Ok(Wanted::Target(revision));
    }
    Err(Error::usage(
        format!(
            "the version of `{image}` cannot be told: no version tag stands on it, and its labels name none"
        ),
        Some("name the version: tidings attach IMAGE VERSION"),
    ))
}

/// Tells where a version that only the image names is not tagged: its notes are then those of what is checked out.
fn tagged(session: &Session, wanted: Wanted) -> Wanted {
    if let Wanted::Unreleased(Some(version)) = &wanted {
        session.ui().warn(&format!("no tag names {version}; its notes are those of what is checked out"));
    }
    wanted
}

fn texts(session: &Session, notes: &Notes) -> Result<Texts, Error> {
    let rendering = &session.settings.rendering;
    let text = |format: Format| -> Result<Vec<u8>, Error> {
        let mut options = rendering.options(format);
        if format == Format::Markdown {
            options.template.clone_from(&rendering.template);
        }
        let mut out = Vec::new();
        render::render(notes, &options, &mut out)?;
        Ok(out)
    };
    Ok(Texts { markdown: text(Format::Markdown)?.into(), json: text(Format::Json)?.into() })
}
