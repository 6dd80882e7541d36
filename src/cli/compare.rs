//! `tidings compare`: shows the changes between two ends, from the history if there is a repository, else from the
//! notes attached to images.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    compare,
    deployment::{self, DeploymentEnd, DeploymentEnds, Sources},
    error::Error,
    model::{Notes, NotesPurpose},
    promote::{self, PromotionRequest},
    publish,
    render::{self, Options, Presentation},
    session::images,
    settings::Registries,
};

use super::{
    args::{Access, Level},
    context::Context,
    promote::{PromotionEnds, request as promotion_request, write_plan as write_promotion_plan},
    values::CompareFormat,
};

/// The longest description of a pull request: GitHub's limit, in characters. Other forges accept more.
const DESCRIPTION_CHARS: usize = 65_536;

/// `tidings compare`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Compare from what runs now: an environment, image, version or commit (also as sha-a1b2c3d); FROM..TO names both
    /// ends [default: the last environment]
    #[arg(value_name = "FROM")]
    pub from: Option<String>,
    /// Compare to what would run next; if it is older, this is a rollback [default: the second-to-last environment]
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Group changes by the version that released them
    #[arg(long)]
    pub by_version: bool,
    /// Use only notes attached to the images, even inside a repository
    #[arg(long)]
    pub attached: bool,
    /// Write the plan of the promotion that was compared to FILE, for promote --plan
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Exit with 4 if the notes of a version are missing
    #[arg(long)]
    pub require_complete: bool,
    /// Write notes in this format; pull-request is Markdown of at most 65,536 characters
    #[arg(short, long, value_name = "FORMAT", default_value = "terminal")]
    pub format: CompareFormat,
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
/// If an end cannot be resolved, neither the repository nor a registry has the notes, or notes are missing with
/// `--require-complete`.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let named = named(args)?;
    let (from, to) = named.unzip();
    let registries = context.registries(&[from, to])?;
    let session = context.session_if_any(&registries)?.filter(|_| !args.attached);
    let sources = Sources::new(session.as_ref(), &registries, &[from, to])?;
    let ends = deployment::both(&sources, named)?;
    let notes = compare::notes(&sources, &ends, args.by_version)?;
    if let Some(path) = &args.plan {
        write_plan(&registries, named, &ends, path)?;
    }
    let (ui, format) = (&registries.ui, args.format.of_notes());
    let options = registries.rendering.options_for(NotesPurpose::Compare, format);
    if notes.releases.iter().any(|release| release.rollback) {
        ui.info(&format!("{} is older than {}: this is a rollback", ends.to.name(), ends.from.name()));
    }
    let out = match args.format {
        CompareFormat::Notes(_) => rendered(&notes, &options)?,
        CompareFormat::PullRequest => description(&notes, &options)?,
    };
    match format.presentation() {
        Presentation::Styled => ui.page(&String::from_utf8_lossy(&out))?,
        Presentation::Cleaned => ui.show(&String::from_utf8_lossy(&out))?,
        Presentation::Exact => ui.print(&out)?,
    }
    if args.require_complete && !notes.complete {
        return Err(Error::NotesMissing { missing: notes.warnings.join("; ") });
    }
    Ok(())
}

fn rendered(notes: &Notes, options: &Options) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    render::render(notes, options, &mut out)?;
    Ok(out)
}

/// The description of a pull request; a longer one is cut after an entry, and says how many it leaves out.
fn description(notes: &Notes, options: &Options) -> Result<Vec<u8>, Error> {
    let text = |notes: &Notes, left_out: usize| {
        let mut text = String::from_utf8_lossy(&rendered(notes, options)?).into_owned();
        if left_out > 0 {
            let more = options.locale.text("more").replace("{count}", &left_out.to_string());
            text.push_str(&format!("\n{more}\n"));
        }
        Ok::<_, Error>(text)
    };
    let fits = |text: &str| text.chars().count() <= DESCRIPTION_CHARS;
    Ok(publish::shorten(notes, &text, &fits)?.0.into_bytes())
}

/// Writes the plan of the promotion from the new end to the current one, if it has the ends that were compared.
fn write_plan(
    registries: &Registries,
    named: Option<(&str, &str)>,
    ends: &DeploymentEnds,
    path: &Path,
) -> Result<(), Error> {
    let (to, from) = named.unzip();
    let request = promotion_request(registries, PromotionEnds { from, to, version: None })?;
    // A rollback that was compared may be planned.
    let request = PromotionRequest { rollback: true, ..request };
    let plan = images::run(promote::plan(&registries.client, &request, &registries.tags))?;
    let (mut old, mut new) = (BTreeSet::new(), BTreeSet::new());
    for image in &plan.images {
        old.extend(image.deployed.as_ref().map(|deployed| deployed.digest().to_string()));
        new.insert(image.manifest.digest.to_string());
    }
    let compared = |end: &DeploymentEnd| end.facts.images.iter().map(|image| image.digest.clone()).collect();
    if (old, new) != (compared(&ends.from), compared(&ends.to)) {
        return Err(Error::Refused {
            message: "the promotion has other ends than this comparison".to_owned(),
            hint: Some(
                "compare two environments with images, or write the plan with promote --dry-run".to_owned(),
            ),
        });
    }
    write_promotion_plan(registries, &plan, path)
}

/// Both ends as named: as two arguments, or as one with two dots.
///
/// # Errors
/// If only one end is named.
fn named(args: &Args) -> Result<Option<(&str, &str)>, Error> {
    let (from, to) = match (args.from.as_deref(), args.to.as_deref()) {
        (None, _) => return Ok(None),
        (Some(from), Some(to)) => (from, to),
        (Some(both), None) => both.split_once("..").unwrap_or((both, "")),
    };
    if from.is_empty() || to.is_empty() || to.starts_with('.') {
        return Err(Error::usage(
            "compare needs both ends, FROM and TO",
            Some(
                "write them as in `tidings compare production staging` or `tidings compare production..staging`",
            ),
        ));
    }
    Ok(Some((from, to)))
}
