//! `tidings compare`: shows the changes between two ends, from the history if there is a repository, else from the
//! notes attached to images.

use crate::{
    compare::{self, Ends},
    error::Error,
    git,
    model::NotesPurpose,
    render::{self, Format, Presentation},
};

use super::{
    args::{Access, Level},
    context::Context,
};

/// `tidings compare`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Compare from what runs now: an environment, image, version or commit (also as sha-a1b2c3d) [default: the last
    /// environment]
    #[arg(value_name = "FROM", requires = "to")]
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
    /// Exit with 4 if the notes of a version are missing
    #[arg(long)]
    pub require_complete: bool,
    /// Write notes in this format
    #[arg(short, long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
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
    let options = registries.rendering.options_for(NotesPurpose::Compare, format);
    if notes.releases.iter().any(|release| release.rollback) {
        ui.info(&format!("{} is older than {}: this is a rollback", to.name, from.name));
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
