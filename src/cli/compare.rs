//! `tidings compare`: what lies between two ends, from the history where there is one, else from what is attached to images.

use crate::{
    compare::{self, Ends},
    error::Error,
    git,
    render::{self, Format, Presentation},
};

use super::{args::Access, context::Context};

/// `tidings compare`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What runs now: an environment of the configuration, an image, a version, a commit or sha-a1b2c3d (default: the last
    /// environment)
    #[arg(value_name = "FROM", requires = "to")]
    pub from: Option<String>,
    /// What would run then (default: the last environment but one); where it is older, it is a rollback
    #[arg(value_name = "TO")]
    pub to: Option<String>,
    /// Each change under the version that brought it
    #[arg(long)]
    pub by_version: bool,
    /// Ask only for what is attached to the images, even where there is a repository
    #[arg(long)]
    pub attached: bool,
    /// Exit 4 where the notes of a version are missing
    #[arg(long)]
    pub require_complete: bool,
    /// What it is written as
    #[arg(short, long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
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
/// When an end means nothing, neither the repository nor a registry can answer, or notes are missing that had to be there.
pub(super) fn run(context: &Context, args: &Args) -> Result<(), Error> {
    let registries = context.registries(&[args.from.as_deref(), args.to.as_deref()])?;
    let session = match context.session() {
        Ok(session) => Some(session).filter(|_| !args.attached),
        Err(Error::Git(git::Error::NotARepository { .. } | git::Error::NoCommit { .. })) => {
            registries.warnings.iter().for_each(|warning| registries.ui.warn(warning));
            None
        }
        Err(error) => return Err(error),
    };
    let named = args.from.as_deref().zip(args.to.as_deref());
    let (from, to) = compare::both(session.as_ref(), &registries, named)?;
    let ends = Ends { from: &from, to: &to };
    let notes = compare::notes(session.as_ref(), &registries, &ends, args.by_version)?;
    let (ui, format) = (&registries.ui, args.format);
    let options = registries.rendering.options(format);
    if notes.releases.iter().any(|release| release.rollback) {
        ui.tell(&format!("{} is older than {}: this is a rollback", to.name, from.name));
    }
    let mut out = Vec::new();
    render::render(&notes, &options, &mut out)?;
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
