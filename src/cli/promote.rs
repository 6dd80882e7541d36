//! `tidings promote`: an image with its notes from one environment to the next.

use std::path::PathBuf;

use crate::{
    error::Error,
    model::Version,
    promote::{self, Action, Carried, Circumstances, Place, Plan, Wish, newest_first},
    registry::Reference,
    session::images,
    settings::Registries,
};

use super::{args::Access, context::Context, output::Output};

/// `tidings promote`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where from: an environment of the configuration, or an image (default: the last
    /// but one of the environments that have images)
    #[arg(value_name = "FROM", requires = "to")]
    pub from: Option<String>,
    /// Where to: an environment, or an image whose tag is moved (default: the last environment that has images)
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// The version (default: the newest final version on FROM)
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// Let it be older than what runs there
    #[arg(long)]
    pub rollback: bool,
    /// What goes with the image: its notes, or all that refers to it (signatures, bills of materials)
    #[arg(long, value_name = "WHICH", default_value = "notes")]
    pub referrers: Carried,
    /// Write the record of the promotion to a file, too
    #[arg(long, value_name = "FILE")]
    pub record_file: Option<PathBuf>,
    /// Who promotes, for the record (default: who runs the pipeline, or is logged in)
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only tell what would be done
    #[arg(long)]
    pub dry_run: bool,
    /// How registries are reached.
    #[command(flatten)]
    pub access: Access,
}

/// Runs the command.
///
/// # Errors
/// When the image must not go on, a registry fails, or the record cannot be written.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = &context.registries(&[args.from.as_deref(), args.to.as_deref()])?;
    registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
    let wish = wish(registries, args)?;
    // A path that is refused is told before anything is promoted.
    let place = args.record_file.as_deref().map(|path| registries.files.place_named(path)).transpose()?;
    let (client, ui) = (&registries.client, &registries.ui);
    let plan = images::run(promote::plan(client, &wish, &registries.tags))?;
    for warning in &plan.warnings {
        ui.warn(warning);
    }
    if args.dry_run {
        return Ok(ui.report(&shown(&plan))?);
    }
    images::run(promote::perform(client, &plan, &|action| ui.tell(&told(&plan, action))))?;
    if plan.actions.is_empty() {
        ui.tell(&format!("{} runs there already: nothing to do", plan.version));
    }
    if let (Some(place), Some(record)) = (place, &plan.record) {
        Output::write_file(place, record)?;
    }
    let tag = plan.to.moving.as_deref().map_or_else(String::new, |tag| format!(":{tag}"));
    let name = format!("{}{tag}@{}\n", plan.to.repository, plan.manifest.digest);
    Ok(ui.report(&name)?)
}

fn wish(registries: &Registries, args: &Args) -> Result<Wish, Error> {
    let (from, to) = ends(registries, args)?;
    let image = match &args.from {
        Some(text) if images::environment(registries, text).is_none() => {
            let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
            // A repository alone stands for its newest version.
            (image.tag.is_some() || image.digest.is_some()).then_some(image)
        }
        _ => None,
    };
    if image.is_some() && args.version.is_some() {
        return Err(Error::usage(
            "--version does not go with an image that is named already",
            Some("leave one of them out"),
        ));
    }
    if from.repository == to.repository && from.moving == to.moving {
        return Err(Error::usage(
            "FROM and TO are the same",
            Some("name two environments, or two repositories"),
        ));
    }
    Ok(Wish {
        version: args.version.as_deref().map(|text| version(registries, text)).transpose()?,
        from,
        image,
        to,
        rollback: args.rollback,
        carried: args.referrers,
        circumstances: Circumstances {
            who: args.by.clone().or_else(|| registries.circumstances.who.clone()),
            ..registries.circumstances.clone()
        },
    })
}

/// Both ends: as named, else the last two environments that have images.
fn ends(registries: &Registries, args: &Args) -> Result<(Place, Place), Error> {
    if let (Some(from), Some(to)) = (&args.from, &args.to) {
        return Ok((place(registries, from, false)?, place(registries, to, true)?));
    }
    match registries.environments.as_slice() {
        [.., from, to] => Ok((from.clone(), to.clone())),
        _ => Err(Error::usage(
            "the configuration has no two environments with images",
            Some(
                "set image under [environments.staging] and [environments.production], or name both: tidings promote FROM TO",
            ),
        )),
    }
}

/// What a name means as an end of the way; a tag in it is what is moved only where images arrive.
fn place(registries: &Registries, text: &str, arrives: bool) -> Result<Place, Error> {
    if let Some(place) = images::environment(registries, text) {
        return Ok(place.clone());
    }
    if !images::is_image(text) {
        let names: Vec<&str> =
            registries.environments.iter().filter_map(|place| place.environment.as_deref()).collect();
        let hint = if names.is_empty() {
            "set image under [environments.NAME] in tidings.toml, or name an image".to_owned()
        } else {
            format!("there are: {}; an image has a slash in its name", names.join(", "))
        };
        return Err(Error::usage(format!("no environment with images is called `{text}`"), Some(&hint)));
    }
    let image = Reference::parse(text).map_err(crate::registry::Error::from)?;
    // An image in the repository of one environment alone is that environment's.
    let mut known = registries.environments.iter().filter(|place| place.repository == image.repository);
    if let (Some(place), None) = (known.next(), known.next()) {
        let moving = image.tag.filter(|_| arrives).or_else(|| place.moving.clone());
        return Ok(Place { moving, ..place.clone() });
    }
    Ok(Place {
        environment: None,
        index: None,
        repository: image.repository,
        moving: image.tag,
        suffix: String::new(),
    })
}

fn version(registries: &Registries, text: &str) -> Result<Version, Error> {
    let read = newest_first(&[text.to_owned()], &registries.tags);
    let wrong = || Error::usage(format!("`{text}` is no version"), Some("write it as in v1.2.0"));
    read.into_iter().next().map(|tag| tag.version).ok_or_else(wrong)
}

/// The plan, as a dry run prints it.
fn shown(plan: &Plan) -> String {
    let running = match &plan.running {
        Some(running) => {
            let version =
                running.version.as_ref().map_or_else(|| "no version".to_owned(), ToString::to_string);
            format!("{version} ({})", running.digest)
        }
        None => "nothing".to_owned(),
    };
    let mut text = format!(
        "promote {} from {} to {}\n  image: {}\n  runs there now: {running}\n",
        plan.version, plan.from.repository, plan.to.repository, plan.manifest.digest
    );
    for action in &plan.actions {
        text.push_str(&format!("- {}\n", told(plan, action)));
    }
    if plan.actions.is_empty() {
        text.push_str("nothing to do\n");
    }
    text
}

fn told(plan: &Plan, action: &Action) -> String {
    let to = &plan.to.repository;
    match action {
        Action::Copy { manifest, tag: None } => {
            let what = if manifest.is_index() { "the index" } else { "the image" };
            format!("copy {what} {} to {to}", manifest.digest)
        }
        Action::Copy { tag: Some(tag), .. } => format!("copy {tag} to {to}"),
        Action::Carry { missing } => match missing.len() {
            1 => "carry what refers to it: 1 artifact".to_owned(),
            count => format!("carry what refers to it: {count} artifacts"),
        },
        Action::Tag(tag) => format!("set the tag {}", to.image(tag)),
        Action::Record(_) => "write the record of the promotion beside the image".to_owned(),
        Action::Move(tag) => format!("move the tag {}", to.image(tag)),
    }
}
