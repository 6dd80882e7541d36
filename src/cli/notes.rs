//! `tidings notes` and `tidings context`: notes to stdout or a file, in a format; and what a template gets.

use std::{io::Write, path::Path};

use crate::{
    error::Error,
    model::{Notes, Release},
    releases::Line,
    render::{self, Format},
    select::Wanted,
    settings,
};

use super::{args, outputs, session::Session};

/// Runs `tidings notes`.
///
/// # Errors
/// When the repository cannot answer, the notes cannot be rendered, or the file cannot be written.
pub(super) fn run(session: &Session, args: &args::Notes) -> Result<(), Error> {
    let options = options(session, args)?;
    if let Some(folder) = &args.outputs {
        // One release: variables of several would stand for none.
        let notes = one(session, args, session.line()?)?;
        return outputs::write(session, &notes, &options, folder);
    }
    // A path that cannot be written is told before the long work, not after it.
    let output = args.output.as_deref().map(Output::open).transpose()?;
    if let (true, [line]) = (render::streams(&options), session.settings.lines.as_slice()) {
        return session.stream(line, &wanted(session, args, line)?, |head, releases| {
            put(session, output, |out| render::stream(&head, releases, &options, out))
        });
    }
    let mut notes = made(session, args)?;
    if args.all && options.format != Format::Json && notes.releases.iter().any(says_something) {
        notes.releases.retain(says_something);
    }
    let done = put(session, output, |out| Ok(render::render(&notes, &options, out)?));
    // The program ends here; freeing the notes of a long history piece by piece would only take time.
    std::mem::forget(notes);
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
pub(super) fn context(session: &Session, args: &args::Notes) -> Result<(), Error> {
    let notes = made(session, args)?;
    let context = render::context(&notes, &options(session, args)?);
    session.ui().print(format!("{context:#}\n").as_bytes())?;
    Ok(())
}

fn made(session: &Session, args: &args::Notes) -> Result<Notes, Error> {
    let several = session.settings.lines.len() > 1;
    if !several {
        return one(session, args, session.line()?);
    }
    let mut all =
        Notes { complete: true, repository: session.settings.options.repository.clone(), ..Notes::default() };
    for line in &session.settings.lines {
        let notes = one(session, args, line)?;
        all.warnings.extend(notes.warnings);
        all.releases.extend(notes.releases);
    }
    Ok(all)
}

fn one(session: &Session, args: &args::Notes, line: &Line) -> Result<Notes, Error> {
    session.notes(line, &wanted(session, args, line)?)
}

fn wanted(session: &Session, args: &args::Notes, line: &Line) -> Result<Wanted, Error> {
    Ok(match session.wanted(line, &args.target)? {
        Wanted::Unreleased(named) if args.all => Wanted::All(named),
        _ if args.all => Wanted::All(None),
        _ if args.latest => Wanted::Latest,
        wanted => wanted,
    })
}

/// Writes to the file that was asked for, else to stdout.
fn put(
    session: &Session,
    output: Option<Output<'_>>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Error>,
) -> Result<(), Error> {
    let Some(mut output) = output else { return session.ui().stream(write) };
    write(&mut output.file)?;
    output.finish()
}

fn options(session: &Session, args: &args::Notes) -> Result<render::Options, Error> {
    let rendering = &session.settings.rendering;
    let format = args.format.as_deref().map(Format::parse).transpose()?;
    let mut options = rendering.options(format.unwrap_or(Format::Markdown));
    if let Some(locale) = &args.locale {
        options.locale = settings::locale(locale)?;
    }
    options.template = match &args.template {
        Some(path) => Some(settings::template(path)?),
        None if format.is_none() => rendering.template.clone(),
        None => None,
    };
    Ok(options)
}

/// A file that is written aside and moved into its place when it is whole.
struct Output<'p> {
    file: tempfile::NamedTempFile,
    path: &'p Path,
}

impl<'p> Output<'p> {
    fn open(path: &'p Path) -> Result<Self, Error> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let fail = |source| Error::File { verb: "write", path: path.to_owned(), source };
        if path.is_dir() {
            return Err(fail(std::io::ErrorKind::IsADirectory.into()));
        }
        Ok(Self {
            file: tempfile::NamedTempFile::new_in(folder).map_err(|error| fail(error.kind().into()))?,
            path,
        })
    }

    fn finish(mut self) -> Result<(), Error> {
        let fail = |source| Error::File { verb: "write", path: self.path.to_owned(), source };
        self.file.flush().and_then(|()| self.file.as_file().sync_all()).map_err(fail)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // A temporary file is private; notes are as readable as any file that the user makes.
            let mode = std::fs::metadata(self.path).map_or(0o644, |old| old.permissions().mode());
            let permissions = std::fs::Permissions::from_mode(mode);
            self.file.as_file().set_permissions(permissions).map_err(fail)?;
        }
        self.file.persist(self.path).map(drop).map_err(|error| fail(error.error))
    }
}
