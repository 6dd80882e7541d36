//! `tidings notes` and `tidings context`: notes to stdout or a file, in a format; and what a template gets.

use std::{io, path::PathBuf};

use crate::{
    error::Error,
    model::{Notes, Release},
    notes::{Line, Wanted, discard},
    render::{self, Format, Presentation},
    session::Session,
    settings, ui,
};

use super::{args::Target, output::Output, outputs};

/// `tidings context`, and what `tidings notes` has in common with it: which releases, and what they are made for.
#[derive(Debug, clap::Args)]
pub struct Releases {
    /// Which commits.
    #[command(flatten)]
    pub target: Target,
    /// Every version, and what is unreleased
    #[arg(long, conflicts_with_all = ["target", "latest"])]
    pub all: bool,
    /// The last version
    #[arg(long, conflicts_with_all = ["target", "as_version"])]
    pub latest: bool,
    /// What the notes are written as (default: markdown)
    #[arg(short, long, value_name = "FORMAT", conflicts_with = "template")]
    pub format: Option<Format>,
    /// A template of your own
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// The language of headings: en, zh-TW, zh-CN, ja, de, fr, es, pt-BR, or a file
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}

/// `tidings notes`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which releases.
    #[command(flatten)]
    pub releases: Releases,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write notes in several formats and variables for a pipeline's next steps into a folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "format", "all"])]
    pub outputs: Option<PathBuf>,
}

/// Runs `tidings notes`.
///
/// # Errors
/// When the repository cannot answer, the notes cannot be rendered, or the file cannot be written.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let options = options(session, &args.releases)?;
    if let Some(folder) = &args.outputs {
        // One release: variables of several would stand for none.
        let notes = one(session, &args.releases, session.line_of(args.releases.target.target.as_deref())?)?;
        return outputs::write(session, &notes, &options, folder);
    }
    // A path that cannot be written is told before the long work, not after it.
    let output = args.output.as_deref();
    let output = output.map(|path| Output::open(session.settings.files.place_named(path)?)).transpose()?;
    let args = &args.releases;
    if let (true, [line]) = (render::streams(&options), session.lines(args.target.target.as_deref())) {
        let form = |release| Ok::<_, Error>(render::part(&release, &options)?);
        return session.stream(line, &wanted(session, args, line)?, form, |head, parts| {
            put(session, options.format, output, |out| render::stream(&head, parts, out))
        });
    }
    let mut notes = made(session, args)?;
    if args.all && !options.format.lists_empty_releases() && notes.releases.iter().any(says_something) {
        notes.releases.retain(says_something);
    }
    let done = put(session, options.format, output, |out| Ok(render::render(&notes, &options, out)?));
    discard(notes);
    done
}

/// What is unreleased, in a list of all versions, is worth a heading only if there is something.
fn says_something(release: &Release) -> bool {
    release.version.is_some() || !release.commits.is_empty()
}

/// Runs `tidings context`.
///
/// # Errors
/// When the repository cannot answer.
pub(super) fn context(session: &Session, args: &Releases) -> Result<(), Error> {
    let notes = made(session, args)?;
    let context = render::context(&notes, &options(session, args)?);
    session.ui().print(ui::json(&render::pretty(&context)).as_bytes())?;
    Ok(())
}

fn made(session: &Session, args: &Releases) -> Result<Notes, Error> {
    let lines = session.lines(args.target.target.as_deref());
    if let [only] = lines {
        return one(session, args, only);
    }
    let mut all =
        Notes { complete: true, repository: session.settings.options.repository.clone(), ..Notes::default() };
    let notes = if args.all {
        let named = |line| match session.wanted(
            line,
            args.target.target.as_deref(),
            args.target.as_version.as_deref(),
        )? {
            Wanted::Unreleased(named) => Ok((line, named)),
            _ => Ok((line, None)),
        };
        session.every(lines.iter().map(named).collect::<Result<_, Error>>()?)?
    } else {
        lines.iter().map(|line| one(session, args, line)).collect::<Result<_, _>>()?
    };
    for notes in notes {
        all.warnings.extend(notes.warnings);
        all.releases.extend(notes.releases);
    }
    Ok(all)
}

fn one(session: &Session, args: &Releases, line: &Line) -> Result<Notes, Error> {
    session.notes(line, &wanted(session, args, line)?)
}

fn wanted(session: &Session, args: &Releases, line: &Line) -> Result<Wanted, Error> {
    Ok(match session.wanted(line, args.target.target.as_deref(), args.target.as_version.as_deref())? {
        Wanted::Unreleased(named) if args.all => Wanted::All(named),
        _ if args.all => Wanted::All(None),
        _ if args.latest => Wanted::Latest,
        wanted => wanted,
    })
}

/// Writes to the file that was asked for, else to stdout, for people as the preview does.
fn put(
    session: &Session,
    format: Format,
    output: Option<Output>,
    write: impl FnOnce(&mut dyn io::Write) -> Result<(), Error>,
) -> Result<(), Error> {
    let ui = session.ui();
    let Some(mut output) = output else {
        if format.presentation() == Presentation::Styled {
            let mut out = Vec::new();
            write(&mut out)?;
            return Ok(ui.show_styled(&String::from_utf8_lossy(&out))?);
        }
        return ui.stream(write);
    };
    match ui.watch(&mut output, write) {
        Ok(()) => output.settle().and_then(|()| output.place()),
        Err(Error::Render(render::Error::Write(error))) => Err(output.refused(&error)),
        Err(error) => Err(error),
    }
}

fn options(session: &Session, args: &Releases) -> Result<render::Options, Error> {
    let rendering = &session.settings.rendering;
    let format = args.format;
    let mut options = rendering.options(format.unwrap_or(Format::Markdown));
    options.template = match &args.template {
        Some(path) => Some(settings::template(path, &session.settings.files)?),
        None if format.is_none() => rendering.template.clone(),
        None => None,
    };
    Ok(options)
}
