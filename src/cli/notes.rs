//! `tidings notes` and `tidings context`: writes notes in a format to stdout or a file, and prints the template
//! context.

use std::{io, path::PathBuf};

use crate::{
    error::Error,
    model::{Detail, Notes, Release},
    notes::{self, Line, Selector, discard},
    render::{self, Format, Presentation},
    session::{AtomicFile, Session},
    settings, ui,
};

use super::{
    args::{Level, Target},
    outputs,
};

/// `tidings context`, and the options that `tidings notes` shares with it.
#[derive(Debug, clap::Args)]
pub struct Releases {
    /// The commits to select.
    #[command(flatten)]
    pub target: Target,
    /// Select every version, and unreleased changes
    #[arg(long, conflicts_with_all = ["target", "latest"])]
    pub all: bool,
    /// Select the latest version
    #[arg(long, conflicts_with_all = ["target", "as_version"])]
    pub latest: bool,
    /// Write notes in this format [default: markdown]
    #[arg(short, long, value_name = "FORMAT", conflicts_with = "template")]
    pub format: Option<Format>,
    /// Render the notes with this template
    #[arg(short, long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// Write headings in this language: en, zh-TW, zh-CN, ja, de, fr, es, pt-BR, or a file
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
    /// The level of detail.
    #[command(flatten)]
    pub level: Level,
}

/// `tidings notes`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The releases to select.
    #[command(flatten)]
    pub releases: Releases,
    /// Write to FILE instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write notes in several formats, and variables for later pipeline steps, to a directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["output", "format", "all"])]
    pub outputs: Option<PathBuf>,
}

/// Runs `tidings notes`.
///
/// # Errors
/// If the repository cannot be read, the notes cannot be rendered, or the file cannot be written.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    let options = options(session, &args.releases)?;
    if let Some(folder) = &args.outputs {
        // One release: the variables describe only one.
        let notes = one(session, &args.releases, session.line_of(args.releases.target.names_line())?)?;
        return outputs::write(session, &notes, &options, folder);
    }
    // Opens the file first, so that a path that cannot be written fails before the long work.
    let output = args.output.as_deref();
    let output =
        output.map(|path| AtomicFile::open(session.settings.files.user_target(path)?)).transpose()?;
    let args = &args.releases;
    if let (true, [line]) = (render::can_stream(&options), session.lines(args.target.names_line())) {
        let form = |release| Ok::<_, Error>(render::part(&release, &options)?);
        return session.stream(line, &selector(session, args, line)?, form, |head, parts| {
            write_notes(session, options.format, output, |out| render::stream(&head, parts, out))
        });
    }
    let mut notes = notes(session, args)?;
    if args.all && !options.format.lists_empty_releases() && notes.releases.iter().any(is_worth_a_heading) {
        notes.releases.retain(is_worth_a_heading);
    }
    let done = write_notes(session, options.format, output, |out| Ok(render::render(&notes, &options, out)?));
    discard(notes);
    done
}

/// In a list of all versions, unreleased changes get a heading only if there are any.
fn is_worth_a_heading(release: &Release) -> bool {
    release.version.is_some() || !release.commits.is_empty()
}

/// Runs `tidings context`.
///
/// # Errors
/// If the repository cannot be read.
pub(super) fn context(session: &Session, args: &Releases) -> Result<(), Error> {
    let notes = notes(session, args)?;
    let context = render::context(&notes, &options(session, args)?);
    session.ui().print(ui::json(&render::pretty(&context)).as_bytes())?;
    Ok(())
}

/// The notes of the releases selected, of all lines of versions.
fn notes(session: &Session, args: &Releases) -> Result<Notes, Error> {
    let lines = session.lines(args.target.names_line());
    if let [only] = lines {
        return one(session, args, only);
    }
    let mut all =
        Notes { complete: true, repository: session.settings.options.repository.clone(), ..Notes::default() };
    let notes = if args.all {
        let named = |line| match session.selector(
            line,
            args.target.target.as_deref(),
            args.target.as_version.as_deref(),
        )? {
            Selector::Unreleased(named) => Ok((line, named)),
            _ => Ok((line, None)),
        };
        session.notes_of_all(lines.iter().map(named).collect::<Result<_, Error>>()?)?
    } else {
        of_each(session, args, lines)?
    };
    for notes in notes {
        all.warnings.extend(notes.warnings);
        all.releases.extend(notes.releases);
    }
    Ok(all)
}

/// The notes of each line. A package without versions has no latest one, which is an error only if no package has one.
fn of_each(session: &Session, args: &Releases, lines: &[Line]) -> Result<Vec<Notes>, Error> {
    let (mut all, mut without) = (Vec::with_capacity(lines.len()), None);
    for line in lines {
        match one(session, args, line) {
            Err(error @ Error::Notes(notes::Error::NoVersion { .. })) => {
                session.ui().info(&format!(
                    "{}: no version is tagged yet",
                    line.package.as_deref().unwrap_or_default()
                ));
                without = Some(error);
            }
            found => all.push(found?),
        }
    }
    match without {
        Some(error) if all.is_empty() => Err(error),
        _ => Ok(all),
    }
}

fn one(session: &Session, args: &Releases, line: &Line) -> Result<Notes, Error> {
    session.notes(line, &selector(session, args, line)?)
}

fn selector(session: &Session, args: &Releases, line: &Line) -> Result<Selector, Error> {
    Ok(match session.selector(line, args.target.target.as_deref(), args.target.as_version.as_deref())? {
        Selector::Unreleased(named) if args.all => Selector::All(named),
        _ if args.all => Selector::All(None),
        _ if args.latest => Selector::Latest,
        selector => selector,
    })
}

/// Writes to the output file, else to stdout; formats with colors as the preview does.
fn write_notes(
    session: &Session,
    format: Format,
    output: Option<AtomicFile>,
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
    match ui.scan_secrets(&mut output, write) {
        Ok(()) => output.sync().and_then(|()| output.persist()),
        Err(Error::Render(render::Error::Write(error))) => Err(output.write_error(&error)),
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
    options.json_reasons = !args.all || options.detail >= Detail::Why;
    Ok(options)
}
