//! `tidings attach`: attaches the notes of a version to its image.

use crate::{
    deployment,
    error::Error,
    forge::Links,
    model::{Notes, NotesPurpose, ObjectId},
    notes::{self, Line, Selector},
    promote::{NotesFiles, NotesOrigin, artifact, labels, newest_first, version_at},
    registry::{Artifact, Manifest, Reference},
    render::{self, Format},
    session::{Session, images},
    settings::Registries,
};

use super::args::{Access, Level};

/// `tidings attach`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Attach to this image (registry.example.com/team/app:v1.3.0), or the images of this environment
    #[arg(value_name = "IMAGE")]
    pub image: String,
    /// Attach the notes of this version [default: the version in the image's version tags or labels]
    #[arg(value_name = "VERSION")]
    pub version: Option<String>,
    /// Attach the notes although the image's tags or labels contradict them, and record REASON
    #[arg(long, value_name = "REASON")]
    pub force: Option<String>,
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
/// If the version of the image is unknown or contradicts the notes, or the repository or the registry fails.
pub(super) fn run(session: &Session, registries: &Registries, args: &Args) -> Result<(), Error> {
    // All images of an environment are checked before notes are attached to one of them.
    let mut all = Vec::new();
    for image in images::references(registries, &args.image)? {
        all.push(prepared(session, registries, image, args)?);
    }
    for one in &all {
        attach(session, registries, one, args.dry_run)?;
    }
    Ok(())
}

/// An image with the notes to attach to it.
struct Prepared {
    image: Reference,
    manifest: Manifest,
    /// The version of the notes, else their commit.
    named: String,
    artifact: Artifact,
}

fn prepared(
    session: &Session,
    registries: &Registries,
    image: Reference,
    args: &Args,
) -> Result<Prepared, Error> {
    let manifest = images::run(images::manifest(registries, &image))?;
    let line = session.line_of(args.version.as_deref())?;
    let selector = selector(session, registries, line, (&image, &manifest), args.version.as_deref())?;
    let notes = session.notes(line, &selector)?;
    let named = named(&notes);
    check(session, registries, (&image, &manifest), &notes, args.force.as_deref())?;
    let origin = origin(session, &notes, args.force.clone());
    let artifact = artifact(&notes, texts(session, &notes)?, origin);
    artifact.layers.iter().for_each(|layer| session.ui().warn_of_secrets(&layer.bytes));
    Ok(Prepared { image, manifest, named, artifact })
}

fn attach(session: &Session, registries: &Registries, one: &Prepared, dry_run: bool) -> Result<(), Error> {
    let Prepared { image, manifest, named, artifact } = one;
    let target = image.repository.image(manifest.digest.as_str());
    if dry_run {
        let sizes: Vec<String> = artifact
            .layers
            .iter()
            .map(|layer| format!("  {} ({}, {} bytes)\n", layer.title, layer.media_type, layer.bytes.len()))
            .collect();
        let text = format!("attach the notes of {named} to {target}\n{}", sizes.concat());
        return Ok(session.ui().report(&text)?);
    }
    let client = &registries.client;
    let attached = images::run(client.attach(&image.repository, &manifest.descriptor(), artifact))?;
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
        let selector = session.named(line, text)?;
        if let Selector::Unreleased(_) = selector {
            let highest = session.versions(line).all.into_iter().rev().take(3).map(|entry| entry.tag.name);
            let (version, highest) = (text.to_owned(), highest.collect());
            return Err(notes::Error::NoSuchVersion { version, highest }.into());
        }
        return Ok(selector);
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
    if let Some(commit) = deployment::commit_of_image((session, registries), (image, manifest))? {
        return Ok(Selector::Target(commit.to_string()));
    }
    Err(Error::usage(
        format!(
            "cannot determine the version of `{image}`: no version tag points to it, and its labels contain none"
        ),
        Some("name the version: tidings attach IMAGE VERSION"),
    ))
}

/// The version of the notes, else their commit.
fn named(notes: &Notes) -> String {
    notes.releases.first().map_or_else(String::new, |release| {
        release.version.as_ref().map_or_else(|| release.commit.short(), ToString::to_string)
    })
}

/// Checks that the image does not contradict the notes.
///
/// # Errors
/// If it does, and there is no reason to attach them nevertheless.
fn check(
    session: &Session,
    registries: &Registries,
    (image, manifest): (&Reference, &Manifest),
    notes: &Notes,
    force: Option<&str>,
) -> Result<(), Error> {
    let Some(release) = notes.releases.first() else { return Ok(()) };
    let of = (release.version.as_ref(), release.commit);
    let found = deployment::contradictions((session, registries), (image, manifest), of)?;
    let ui = session.ui();
    found.warnings.iter().for_each(|warning| ui.warn(&format!("`{image}`: {warning}")));
    if found.refusals.is_empty() {
        return Ok(());
    }
    if force.is_none() {
        return Err(deployment::refusal(image, &named(notes), &found.refusals));
    }
    found.refusals.iter().for_each(|refusal| ui.warn(&format!("forced: `{image}`: {refusal}")));
    Ok(())
}

fn origin(session: &Session, notes: &Notes, forced: Option<String>) -> NotesOrigin {
    let tag = notes.releases.first().and_then(|release| release.tag.as_deref());
    let page = tag.zip(Links::new(&notes.repository)).map(|(tag, links)| links.version(tag));
    NotesOrigin { today: session.settings.options.today, changelog: page, forced }
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
