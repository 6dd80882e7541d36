//! `tidings changelog`: the whole file from nothing, or one version put into the file that is there.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{
    changelog::{self, Hidden, Placed, ReleaseSection},
    error::Error,
    files::Place,
    model::{Notes, Release, Version},
    notes::{Line, Wanted},
    render,
    session::{Session, read_changelog},
};

/// `tidings changelog`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The version that what is unreleased will have; or a version that is tagged already
    #[arg(long = "as", value_name = "VERSION", alias = "version")]
    pub as_version: Option<String>,
    /// Put it into the file
    #[arg(short, long)]
    pub write: bool,
    /// Exit 1, with a diff, if the file lacks a version or would change
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Replace a section even where it was edited by hand or is not ours
    #[arg(long)]
    pub replace: bool,
    /// Make the whole file anew from all of history
    #[arg(long, conflicts_with = "as_version")]
    pub all: bool,
    /// The file (default: CHANGELOG.md, or what the configuration says)
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The language of headings, as for notes
    #[arg(long, value_name = "NAME")]
    pub locale: Option<String>,
}

/// Runs the command for every line of versions, or the one that was named.
///
/// # Errors
/// When the repository cannot answer, the file cannot be read or written, or `--check` finds a difference.
pub(super) fn run(session: &Session, args: &Args) -> Result<(), Error> {
    shared_file(&session.settings.lines)?;
    let lines = session.lines(args.as_version.as_deref());
    if lines.len() > 1 && (args.as_version.is_some() || args.file.is_some()) {
        session.line()?;
    }
    if args.write && args.file.is_none() && session.repository.work_tree().is_none() {
        let hint = "--file FILE names a file elsewhere; without --write it is printed";
        return Err(Error::usage("a bare repository has no place for a changelog", Some(hint)));
    }
    let place = |line: &Line| match &args.file {
        Some(path) => Ok(session.settings.files.place_named(path)?),
        None => session.settings.changelog(line),
    };
    let mut files = Vec::with_capacity(lines.len());
    for line in lines {
        let place = place(line)?;
        files.push(File { line, old: read_changelog(&place)?, place, anew: None });
    }
    let mut asked = Vec::new();
    for file in files.iter().filter(|file| file.old.is_none() || args.all) {
        asked.push((file.line, unreleased(session, args, file.line)?));
    }
    let mut made = session.every(asked)?.into_iter();
    for file in files.iter_mut().filter(|file| file.old.is_none() || args.all) {
        file.anew = made.next();
    }
    let mut differs = false;
    for file in &files {
        differs |= one(session, args, file)?;
    }
    if differs { Err(Error::CheckFailed) } else { Ok(()) }
}

/// A line's file.
struct File<'s> {
    line: &'s Line,
    place: Place,
    /// What stands in it, where it is there.
    old: Option<String>,
    /// The notes of every version, where it is made anew.
    anew: Option<Notes>,
}

/// Puts what `made` makes of the file's text into its place, and says whether something was written.
fn write(
    session: &Session,
    place: &Place,
    old: Option<&str>,
    mut made: impl FnMut(Option<&str>) -> Result<String, Error>,
) -> Result<bool, Error> {
    let fail = |source| changelog::Error::Write { path: place.shown().to_owned(), source };
    let mut made = |now: Option<&str>| {
        let new = made(now)?;
        session.ui().warn_of_secrets(new.as_bytes());
        Ok::<_, Error>(new)
    };
    if let Some(mut file) = place.open_special().map_err(fail)? {
        return Ok(file.write_all(made(old)?.as_bytes()).map(|()| true).map_err(fail)?);
    }
    let git = session.repository.common_path();
    changelog::update(git, place.path(), old.map(str::to_owned), made).map_err(|error| match error {
        Error::Changelog(error) => error.at(place.shown()).into(),
        other => other,
    })
}

/// The version that what is unreleased will have, where the file is made anew.
fn unreleased(session: &Session, args: &Args, line: &Line) -> Result<Option<Version>, Error> {
    Ok(match args.as_version.as_deref().map(|text| session.named(line, text)).transpose()? {
        Some(Wanted::Unreleased(named)) => named,
        _ => None,
    })
}

/// Two packages in one file would take each other's sections for their own.
fn shared_file(lines: &[Line]) -> Result<(), Error> {
    for (at, line) in lines.iter().enumerate() {
        let twin = lines.iter().skip(at + 1).find(|other| other.changelog == line.changelog);
        if let (Some(twin), Some(name)) =
            (twin.and_then(|twin| twin.package.as_deref()), line.package.as_deref())
        {
            let hint =
                "give each a file of its own: changelog = \"packages/NAME/CHANGELOG.md\" in its [[packages]]";
            return Err(Error::usage(
                format!("the packages {name} and {twin} have one changelog file"),
                Some(hint),
            ));
        }
    }
    Ok(())
}

fn one(session: &Session, args: &Args, file: &File<'_>) -> Result<bool, Error> {
    let File { line, place, old, anew } = file;
    let path = place.shown();
    let mut options = session.settings.rendering.options(session.settings.changelog_format);
    if let Some(template) = &session.settings.changelog_template {
        options.template = Some(template.clone());
    }
    let mut known = None;
    let mut made = |now: Option<&str>| match (anew, now) {
        (Some(notes), None) => whole(session, args, file, (notes, &options)),
        // What was there at the beginning was to be replaced, but not what somebody else has written since.
        (Some(_), now) if args.all && now != old.as_deref() => {
            Err(changelog::Error::Changed { path: path.to_owned() }.into())
        }
        (Some(notes), _) if args.all => whole(session, args, file, (notes, &options)),
        (_, now) => put_in(session, args, file, (&options, &mut known), now.unwrap_or_default()),
    };
    if args.check {
        let new = made(old.as_deref())?;
        return check(session, path, old.as_deref(), &new);
    }
    if !args.write {
        let new = made(old.as_deref())?;
        if line.package.is_some() {
            session.ui().tell(&format!("{}:", session.shown(path)));
        }
        session.ui().print(new.as_bytes())?;
        return Ok(false);
    }
    match write(session, place, old.as_deref(), made)? {
        true => session.ui().tell(&format!("wrote {}", session.shown(path))),
        false => session.ui().tell(&format!("{} is up to date", session.shown(path))),
    }
    Ok(false)
}

fn check(session: &Session, path: &Path, old: Option<&str>, new: &str) -> Result<bool, Error> {
    if old == Some(new) {
        session.ui().tell(&format!("{} is up to date", session.shown(path)));
        return Ok(false);
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    session.ui().show(&changelog::diff(old.unwrap_or_default(), new, &name))?;
    session.ui().warn(&format!(
        "{} would change; `tidings changelog --write` brings it up to date",
        session.shown(path)
    ));
    Ok(true)
}

/// The whole file from all of history. What is unreleased stands in it only where it has something to say.
fn whole(
    session: &Session,
    args: &Args,
    File { line, place, .. }: &File<'_>,
    (notes, options): (&Notes, &render::Options),
) -> Result<String, Error> {
    let mut sections = Vec::with_capacity(notes.releases.len());
    for release in notes.releases.iter().filter(|release| is_worth_a_section(release)) {
        sections.push((release, render::section(release, notes, options)?));
    }
    let entries: Vec<_> = sections.iter().map(|(release, section)| entry(release, section)).collect();
    let options = placing(session, args, line);
    changelog::create(&session.settings.changelog_header, &entries, &options).map_err(hidden(place.shown()))
}

fn hidden(path: &Path) -> impl FnOnce(Hidden) -> Error {
    move |source| changelog::Error::Hidden { path: path.to_owned(), source }.into()
}

/// How sections are put in. A file in the form of Keep a Changelog has its addresses at the end.
fn placing(session: &Session, args: &Args, line: &Line) -> changelog::Options {
    changelog::Options {
        scheme: line.history.scheme.clone(),
        replace: args.replace,
        definitions: session.settings.changelog_format.defines_links(),
    }
}

fn entry<'a>(release: &'a Release, section: &'a str) -> ReleaseSection<'a> {
    ReleaseSection {
        version: release.version.as_ref(),
        markdown: section,
        tag: release.tag.as_deref(),
        compare_url: release.compare_url.as_deref(),
    }
}

/// A version always has its section; what is unreleased only if it says something.
fn is_worth_a_section(release: &Release) -> bool {
    release.version.is_some() || !release.sections.is_empty()
}

/// One version, or what is unreleased, put into the file. Its notes are `known` where the file is read again.
fn put_in(
    session: &Session,
    args: &Args,
    File { line, place, .. }: &File<'_>,
    (options, known): (&render::Options, &mut Option<(Wanted, Notes)>),
    old: &str,
) -> Result<String, Error> {
    let wanted = match &args.as_version {
        Some(text) => session.named(line, text)?,
        None => missing(session, line, old)?,
    };
    let mut notes = match known.take().filter(|(of, _)| *of == wanted) {
        Some((_, notes)) => notes,
        None => session.notes(line, &wanted)?,
    };
    *known = Some((wanted, notes.clone()));
    notes.releases.iter_mut().for_each(|release| keep_date(release, line, old));
    let Some(release) = notes.releases.first().filter(|release| is_worth_a_section(release)) else {
        return Ok(old.to_owned());
    };
    let section = render::section(release, &notes, options)?;
    let placed = changelog::insert(old, &entry(release, &section), &placing(session, args, line));
    let placed = placed.map_err(hidden(place.shown()))?;
    let name = release.version.as_ref().map_or_else(|| "Unreleased".to_owned(), ToString::to_string);
    if placed.placed == Placed::Added && names_versions_otherwise(line, old) {
        session.ui().warn(&format!(
            "no heading of the file is read as a version, so {name} stands at its end; with headings such as `## 1.2.0` it finds its place"
        ));
    }
    match placed.placed {
        Placed::KeptEdited => session.ui().warn(&format!(
            "the section of {name} was edited by hand since it was written, and is kept (--replace writes it anew)"
        )),
        Placed::KeptForeign => session.ui().warn(&format!(
            "the section of {name} was not written by tidings, and is kept (--replace writes it anew)"
        )),
        _ => {}
    }
    Ok(placed.text)
}

/// Whether a file speaks of versions, none of them in a heading that is read as one.
fn names_versions_otherwise(line: &Line, old: &str) -> bool {
    let options = changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
    let is_version = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        Version::parse(word.strip_prefix('v').unwrap_or(word), &line.history.scheme).is_some()
    };
    // Prose may name a version, too; a line that begins with one is a heading by its looks.
    let names = |line: &str| line.split_whitespace().take(3).any(is_version);
    changelog::versions(old, &options).is_empty() && old.lines().any(names)
}

/// A version that is not tagged yet keeps the date under which it was first put into the file.
fn keep_date(release: &mut Release, line: &Line, old: &str) {
    let is_named = matches!(&release.version, Some(version) if release.date.is_some() && !version.to_string().is_empty());
    let options = changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
    let there = changelog::versions(old, &options);
    let heading =
        there.iter().find(|heading| heading.version.is_some() && heading.version == release.version);
    let written = heading.and_then(|heading| {
        let words = heading.text.split(|c: char| !c.is_ascii_digit() && c != '-');
        words.filter(|word| word.len() == 10).find_map(|word| word.parse().ok())
    });
    if let (true, Some(date)) = (is_named, written) {
        release.date = Some(date);
    }
}

/// Without `--as`: the last version if the file lacks it, else what is unreleased.
fn missing(session: &Session, line: &Line, old: &str) -> Result<Wanted, Error> {
    let options = changelog::Options { scheme: line.history.scheme.clone(), ..changelog::Options::default() };
    let there = changelog::versions(old, &options);
    let read = session.read(line, &Wanted::Unreleased(None))?;
    let last = read.selected.choice.and_then(|choice| choice.base).and_then(|index| read.versions.get(index));
    // The file may be ahead of the tags: its newest version was put in before it is tagged.
    let newest = there.iter().filter_map(|heading| heading.version.as_ref()).max();
    if let Some(ahead) = newest.filter(|newest| last.is_none_or(|last| **newest > last.version)) {
        return Ok(Wanted::Unreleased(Some(ahead.clone())));
    }
    Ok(match last {
        Some(last) if !there.iter().any(|heading| heading.version.as_ref() == Some(&last.version)) => {
            Wanted::Target(last.tag.name.clone())
        }
        _ => Wanted::Unreleased(None),
    })
}
